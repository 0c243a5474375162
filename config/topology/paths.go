package topology

import (
	"container/heap"
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
)

// Path is a shortest way along the edges, with both its ends; nil when there is
// none. Of several it is the one with the smallest nodes first. A node that there is
// not is an error.
func (t *Topology) Path(from, to uint32) ([]uint32, error) {
	if err := t.checkEnds(from, to); err != nil {
		return nil, err
	}
	path := t.Reverse().reach([]uint32{to}, 0, from).Path(from)
	slices.Reverse(path)
	return path, nil
}

func (t *Topology) checkEnds(from, to uint32) error {
	if err := t.check("from", from); err != nil {
		return err
	}
	return t.check("to", to)
}

// Paths are some of the simple ways from one node to another: those that come to
// no node twice. Several edges between two nodes make one way.
type Paths struct {
	List [][]uint32 // nodes, with both ends; short ones first, then the smallest nodes first
	More bool       // there are more, within the same length
}

// Paths lists the simple ways from one node to another that have at most maxLength
// edges, and stops after limit of them.
//
// The algorithm is Yen 1971 with Lawler 1972's way to find no path twice: each next
// path leaves one that is known at some node, and the rest of it is searched breadth
// first among nodes from which the end is near enough. So listing k paths takes k
// times maxLength searches at most, whatever the number of paths there are.
func (t *Topology) Paths(from, to uint32, maxLength, limit int) (*Paths, error) {
	if err := t.checkEnds(from, to); err != nil {
		return nil, err
	}
	if maxLength < 0 {
		return nil, &itsm.FieldError{Field: "max_length", Problem: fmt.Sprintf("is %d; give 0 or more", maxLength)}
	}
	if limit < 0 {
		return nil, &itsm.FieldError{Field: "limit", Problem: fmt.Sprintf("is %d; give 0 or more", limit)}
	}
	s := newSearch(t, from, to, maxLength)
	result := &Paths{}
	if first := s.rest([]uint32{from}, nil); first != nil {
		heap.Push(&s.found, candidate{path: first})
	}
	for len(s.found) > 0 {
		if len(result.List) == limit {
			result.More = true
			break
		}
		next := heap.Pop(&s.found).(candidate)
		result.List = append(result.List, next.path)
		s.leave(next)
	}
	return result, nil
}

// candidate is the first path of those that share a start and do not go on from it
// to some nodes.
type candidate struct {
	path   []uint32
	shared int      // how many of its edges the start has
	barred []uint32 // nodes, ascending
}

// candidates is a heap: short paths first, then the smallest nodes first.
type candidates []candidate

func (c candidates) Len() int      { return len(c) }
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c candidates) Less(i, j int) bool {
	if len(c[i].path) != len(c[j].path) {
		return len(c[i].path) < len(c[j].path)
	}
	return slices.Compare(c[i].path, c[j].path) < 0
}

func (c *candidates) Push(x any) { *c = append(*c, x.(candidate)) }

func (c *candidates) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	(*c)[last] = candidate{}
	*c = (*c)[:last]
	return x
}

// search finds the rests of paths.
type search struct {
	t         *Topology
	to        uint32
	maxLength int
	away      *Reach   // how far the end is, for nodes that it is near enough to
	round     uint32   // numbers the searches
	seen      []uint32 // by rank: in which search
	before    []uint32 // by rank: from which node
	queue     []uint32
	found     candidates
}

func newSearch(t *Topology, from, to uint32, maxLength int) *search {
	s := &search{t: t, to: to, maxLength: maxLength}
	if maxLength == 0 || from == to { // only the node itself; 0 would be no limit
		s.away = t.Reverse().reach([]uint32{to}, 0, to)
	} else {
		s.away = t.Reverse().reach([]uint32{to}, maxLength, None)
	}
	s.seen, s.before = make([]uint32, len(s.away.nodes)), make([]uint32, len(s.away.nodes))
	return s
}

// leave divides all other paths that a candidate is the first of, by the node at
// which they leave it, and finds the first of each.
func (s *search) leave(c candidate) {
	barred := c.barred
	for i := c.shared; i < len(c.path)-1; i++ {
		next := c.path[i+1]
		at, _ := slices.BinarySearch(barred, next)
		barred = slices.Insert(slices.Clone(barred), at, next)
		if path := s.rest(c.path[:i+1], barred); path != nil {
			heap.Push(&s.found, candidate{path, i, barred})
		}
		barred = nil
	}
}

// rest is the shortest simple path that starts like that and does not go on to one
// of the barred nodes; of several the one with the smallest nodes first, which is
// the first that a walk breadth first through ascending neighbours finds.
func (s *search) rest(start, barred []uint32) []uint32 {
	last := start[len(start)-1]
	if !s.away.Has(last) {
		return nil
	}
	if s.round++; s.round == 0 { // came round
		clear(s.seen)
		s.round = 1
	}
	for _, v := range start {
		s.seen[s.away.ranks.of(v)] = s.round
	}
	if last == s.to {
		return slices.Clone(start)
	}
	s.queue = append(s.queue[:0], last)
	length := len(start) // of the path to a neighbour, in edges
	for begin, end := 0, 1; begin < end; begin, end, length = end, len(s.queue), length+1 {
		for _, v := range s.queue[begin:end] {
			for _, w := range s.t.out.of(v) {
				if !s.away.ranks.has(w) {
					continue
				}
				rank := s.away.ranks.of(w)
				if s.seen[rank] == s.round || length+int(s.away.distance[rank]) > s.maxLength {
					continue
				}
				if v == last {
					if _, no := slices.BinarySearch(barred, w); no {
						continue
					}
				}
				s.seen[rank], s.before[rank] = s.round, v
				if w == s.to {
					return s.trace(start, length)
				}
				s.queue = append(s.queue, w)
			}
		}
	}
	return nil
}

// trace is the start of a path and what was found after it, back from the end.
func (s *search) trace(start []uint32, length int) []uint32 {
	path := make([]uint32, length+1)
	copy(path, start)
	for v, i := s.to, length; i >= len(start); i-- {
		path[i] = v
		v = s.before[s.away.ranks.of(v)]
	}
	return path
}
