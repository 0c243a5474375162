package topology

import (
	"cmp"
	"slices"
)

// Cuts are the nodes and edges that hold a graph together when the direction of
// edges does not count.
type Cuts struct {
	Points  []CutPoint // articulation points, ascending
	Bridges []Edge     // by From, then To; none has another edge between its ends
}

// CutPoint is a node without which what hangs together falls apart.
type CutPoint struct {
	Node  uint32
	Parts int // into how many, two or more
}

// undirected is a walk through all edges at a node, those along and then those
// against the direction.
type undirected struct {
	node, before uint32
	next         uint32 // how many of them are done
	parts        uint32 // that only this node connects with what was seen before
	back         bool   // the edge that the walk came by has been met
}

// Cuts finds articulation points and bridges in one depth-first walk: Hopcroft and
// Tarjan 1973 (Algorithm 447). Of several edges between two nodes none is a bridge,
// and an edge from a node to itself counts for nothing. Time is in proportion to
// nodes and edges.
func (t *Topology) Cuts() *Cuts {
	n := t.Nodes()
	index, low := make([]uint32, n), make([]uint32, n)
	cuts := &Cuts{}
	var calls []undirected
	last := uint32(0)
	for root := range index {
		if index[root] != 0 {
			continue
		}
		last++
		index[root], low[root] = last, last
		at := undirected{node: uint32(root), before: None}
		for {
			w, more := t.neighbour(&at)
			switch {
			case more && w == at.before && !at.back:
				at.back = true
			case more && index[w] == 0:
				last++
				index[w], low[w] = last, last
				calls = append(calls, at)
				at = undirected{node: w, before: at.node}
			case more:
				low[at.node] = min(low[at.node], index[w])
			}
			if more {
				continue
			}
			cuts.point(&at)
			if len(calls) == 0 {
				break
			}
			done := at.node
			at = calls[len(calls)-1]
			calls = calls[:len(calls)-1]
			low[at.node] = min(low[at.node], low[done])
			if low[done] >= index[at.node] {
				at.parts++
			}
			if low[done] > index[at.node] {
				cuts.Bridges = append(cuts.Bridges, t.directed(at.node, done))
			}
		}
	}
	slices.SortFunc(cuts.Points, func(a, b CutPoint) int { return cmp.Compare(a.Node, b.Node) })
	slices.SortFunc(cuts.Bridges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return cuts
}

// neighbour is the node at the other end of the next edge.
func (t *Topology) neighbour(at *undirected) (w uint32, more bool) {
	out := t.out.of(at.node)
	i := int(at.next)
	if i >= len(out) {
		i -= len(out)
		if out = t.in.of(at.node); i >= len(out) {
			return 0, false
		}
	}
	at.next++
	return out[i], true
}

// point notes a node that the walk leaves, if it is an articulation point: what lies
// before it, if anything, is one more part.
func (c *Cuts) point(at *undirected) {
	parts := at.parts
	if at.before != None {
		parts++
	}
	if parts > 1 {
		c.Points = append(c.Points, CutPoint{at.node, int(parts)})
	}
}

// directed is the one edge between two nodes.
func (t *Topology) directed(v, w uint32) Edge {
	if t.Parallel(v, w) > 0 {
		return Edge{v, w}
	}
	return Edge{w, v}
}
