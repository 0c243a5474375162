package topology

import (
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
)

// Levels are nodes in levels, ascending within each. They never change.
type Levels struct {
	nodes  []uint32
	starts []uint32 // where each level begins; one more, where the last ends
}

// Nodes lists all of them, level after level, to be read only.
func (l *Levels) Nodes() []uint32 { return l.nodes }

// Len is how many levels there are. None is empty.
func (l *Levels) Len() int { return max(len(l.starts), 1) - 1 }

// Level lists the nodes of one level, to be read only; nil when there is none.
func (l *Levels) Level(i int) []uint32 {
	if i < 0 || i >= l.Len() {
		return nil
	}
	return l.nodes[l.starts[i]:l.starts[i+1]:l.starts[i+1]]
}

// Reach is what can be reached from some nodes: level d holds the nodes at a
// distance of d edges, level 0 those it starts from. It never changes and is safe
// for concurrent use.
type Reach struct {
	Levels
	t        *Topology
	ranks    ranks
	distance []uint32 // by rank
}

// ReachOptions limit a walk.
type ReachOptions struct {
	MaxDistance int // in edges; 0: as far as it gets
}

// Reach walks breadth first along the edges from some nodes, which may repeat; use
// [Topology.Reverse] to walk against them. A node that there is not is an error. Nil
// options mean no limit.
//
// But for a bit a node, time and memory are in proportion to what is reached.
func (t *Topology) Reach(from []uint32, o *ReachOptions) (*Reach, error) {
	if err := t.checkAll("from", from); err != nil {
		return nil, err
	}
	limit := 0
	if o != nil {
		limit = o.MaxDistance
	}
	if limit < 0 {
		return nil, &itsm.FieldError{Field: "max_distance", Problem: fmt.Sprintf("is %d; give at least 1, or 0 for no limit", limit)}
	}
	return t.reach(from, limit, None), nil
}

// reach ends after the level of a node that it looks for.
func (t *Topology) reach(from []uint32, limit int, target uint32) *Reach {
	n := t.Nodes()
	seen := make([]uint64, wordsFor(n))
	queue := make([]uint32, 0, 64)
	for _, v := range from {
		if seen[v/64]>>(v%64)&1 == 0 {
			seen[v/64] |= 1 << (v % 64)
			queue = append(queue, v)
		}
	}
	slices.Sort(queue)
	// The list of nodes is the queue. Each level is sorted before it is walked
	// from, which also makes the walk run through memory in one direction.
	sorter := NewSorter(n)
	starts := []uint32{0}
	for begin, end := 0, len(queue); begin < end; begin, end = end, len(queue) {
		starts = append(starts, uint32(end))
		level := len(starts) - 2
		if level == limit && limit > 0 || target != None && seen[target/64]>>(target%64)&1 != 0 {
			break
		}
		for i := begin; i < end; i++ {
			queue = t.out.visit(queue[i], seen, queue)
		}
		sorter.Sort(queue[end:])
	}
	r := &Reach{Levels{slices.Clip(queue), starts}, t, newRanks(seen), make([]uint32, len(queue))}
	for d := range r.Len() {
		for _, v := range r.Level(d) {
			r.distance[r.ranks.of(v)] = uint32(d)
		}
	}
	return r
}

// visit appends the neighbours of a node that were not seen before. It writes each
// one and counts only the new, which is faster than a branch that nobody can foresee.
func (r *rows) visit(v uint32, seen []uint64, queue []uint32) []uint32 {
	list := r.of(v)
	n := len(queue)
	queue = slices.Grow(queue, len(list))
	room := queue[:n+len(list)]
	for _, w := range list {
		word := seen[w/64]
		room[n] = w
		n += int(^word >> (w % 64) & 1)
		seen[w/64] = word | 1<<(w%64)
	}
	return queue[:n]
}

// Has reports whether v is reached.
func (r *Reach) Has(v uint32) bool { return r.ranks.has(v) }

// Distance is how many edges v is away; false when it is not reached.
func (r *Reach) Distance(v uint32) (int, bool) {
	if !r.ranks.has(v) {
		return 0, false
	}
	return int(r.distance[r.ranks.of(v)]), true
}

// Before is the node before v on the way that [Reach.Path] gives; [None] for one
// that it starts from or does not reach.
func (r *Reach) Before(v uint32) uint32 {
	if !r.ranks.has(v) {
		return None
	}
	d := r.distance[r.ranks.of(v)]
	if d == 0 {
		return None
	}
	for _, u := range r.t.in.of(v) {
		if r.ranks.has(u) && r.distance[r.ranks.of(u)] == d-1 {
			return u
		}
	}
	return None
}

// Path is a shortest way to v, along the edges, with both its ends; nil when v is not
// reached. Of several it is the one that, told from v backwards, has the smallest
// nodes first.
func (r *Reach) Path(v uint32) []uint32 {
	d, ok := r.Distance(v)
	if !ok {
		return nil
	}
	path := make([]uint32, d+1)
	for ; d >= 0; d-- {
		path[d] = v
		v = r.Before(v)
	}
	return path
}
