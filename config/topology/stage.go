package topology

import "math/bits"

// near is up to how many nodes rows are filled at once. Those of more lie so far
// apart that nearly every write waits for memory. It is then faster to write twice,
// first the edges sorted into coarse parts, then part by part: with a million nodes
// it takes a quarter less time, with two million half.
const near = 1 << 18

// stage is where edges wait in between, sorted by the part that their To is in.
type stage struct {
	edges []Edge
	next  []uint32 // where the next edge of each part goes
	shift uint     // a node's part is its number without so many of its bits
}

// stageParts is at most how many parts there are: as many as a processor's nearest
// cache can write to in turn.
const stageParts = 512

func newStage(nodes, edges int) *stage {
	shift := uint(bits.Len(uint(nodes / stageParts)))
	return &stage{edges: make([]Edge, edges), next: make([]uint32, (nodes-1)>>shift+1), shift: shift}
}

// begin makes ready for edges to the rows, which are still empty.
func (s *stage) begin(into *rows) {
	next := into.next()
	for part := range s.next {
		s.next[part] = next[part<<s.shift]
	}
}

// gather sorts edges.
func (s *stage) gather(edges []Edge, into *rows) []Edge {
	s.begin(into)
	sorted, next, shift := s.edges, s.next, s.shift
	for _, e := range edges {
		part := e.To >> shift
		p := next[part]
		next[part] = p + 1
		sorted[p] = e
	}
	return sorted
}

// gatherRows sorts the edges to each node of the rows from the owner of the row.
func (s *stage) gatherRows(r *rows, owner owners, into *rows) []Edge {
	s.begin(into)
	sorted, next, shift := s.edges, s.next, s.shift
	v, at := uint32(0), owner[:len(r.node)]
	for i, w := range r.node {
		v = max(v, at[i])
		at[i] = 0
		part := w >> shift
		p := next[part]
		next[part] = p + 1
		sorted[p] = Edge{v, w}
	}
	return sorted
}
