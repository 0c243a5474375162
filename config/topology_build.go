package config

import (
	"fmt"

	"github.com/itsmkit/itsm"
)

// TopologyOptions are what a topology may keep beside its shape.
type TopologyOptions struct {
	EdgeNumbers bool // which edge leads to which neighbour: 8 bytes an edge more
}

// NewTopology builds the graph of nodes 0 to nodes-1 and the given edges, which it
// does not keep. Nil options mean none of them. Counts that do not fit and an edge
// at a node that there is not are a [*itsm.FieldError].
//
// It sorts by counting, so time is in proportion to nodes and edges. While it builds
// it needs 4 bytes an edge more at most, 12 with the numbers of the edges.
func NewTopology(nodes int, edges []Edge, o *TopologyOptions) (*Topology, error) {
	if err := checkCounts(int64(nodes), int64(len(edges))); err != nil {
		return nil, err
	}
	t := &Topology{out: newRows(nodes, edges), in: newRows(nodes, edges)}
	if err := t.count(nodes, edges); err != nil {
		return nil, err
	}
	if o != nil && o.EdgeNumbers {
		t.out.edge, t.in.edge = make([]uint32, len(edges)), make([]uint32, len(edges))
		t.fillNumbered(edges)
	} else {
		t.fill(edges)
	}
	return t, nil
}

func newRows(nodes int, edges []Edge) rows {
	return rows{start: make([]uint32, nodes+1), node: make([]uint32, len(edges))}
}

func checkCounts(nodes, edges int64) error {
	if nodes < 0 || nodes > MaxNodes {
		return &itsm.FieldError{Field: "nodes", Problem: fmt.Sprintf("are %d; a topology has 0 to %d", nodes, MaxNodes)}
	}
	if edges > MaxEdges {
		return &itsm.FieldError{Field: "edges", Problem: fmt.Sprintf("are %d; a topology has at most %d", edges, int64(MaxEdges))}
	}
	return nil
}

// next is where in a node's row the next neighbour goes. As rows are filled, it
// moves on to where the next node's row begins: what is left is their starts, but
// for the first.
func (r *rows) next() []uint32 { return r.start[1:] }

// rewind makes next begin anew once the rows have been filled.
func (r *rows) rewind() {
	copy(r.start[1:], r.start)
	r.start[0] = 0
}

// count sets where the rows begin.
func (t *Topology) count(nodes int, edges []Edge) error {
	out, in := t.out.next(), t.in.next()
	in = in[:len(out)]
	for i, e := range edges {
		if uint64(e.From) >= uint64(len(out)) || uint64(e.To) >= uint64(len(out)) {
			return badEdge(i, e, nodes)
		}
		out[e.From]++
		in[e.To]++
		if e.From == e.To {
			t.loops++
		}
	}
	var outs, ins uint32
	for v := range out {
		out[v], outs = outs, outs+out[v]
		in[v], ins = ins, ins+in[v]
	}
	return nil
}

func badEdge(i int, e Edge, nodes int) error {
	end, v := "from", e.From
	if int64(v) < int64(nodes) {
		end, v = "to", e.To
	}
	return &itsm.FieldError{Field: fmt.Sprintf("edges[%d].%s", i, end), Problem: noNode(v, nodes)}
}

// fill puts the edges into the rows against them, in any order; turns these into the
// rows along them, which so get sorted; and those into the first again, which so get
// sorted too.
func (t *Topology) fill(edges []Edge) {
	in := t.in.next()
	for _, e := range edges {
		p := in[e.To]
		in[e.To] = p + 1
		t.in.node[p] = e.From
	}
	var owner owners
	if len(in) <= foreseen {
		owner = make(owners, len(edges)+1)
	}
	t.in.turn(&t.out, owner)
	t.in.rewind()
	t.out.turn(&t.in, owner)
}

// turn goes through all rows by node and puts each node into the rows of its
// neighbours.
func (r *rows) turn(into *rows, owner owners) {
	next := into.next()
	if owner == nil {
		start := uint32(0)
		for v, end := range r.start[1:] {
			for _, w := range r.node[start:end] {
				p := next[w]
				next[w] = p + 1
				into.node[p] = uint32(v)
			}
			start = end
		}
		return
	}
	owner.mark(r.start[:len(next)])
	v, at := uint32(0), owner[:len(r.node)]
	for i, w := range r.node {
		v = max(v, at[i])
		at[i] = 0
		p := next[w]
		next[w] = p + 1
		into.node[p] = v
	}
}

// owners says whose row each place is in, for loops over all places: it holds the
// node where a row begins and 0 elsewhere, so that the largest so far is the owner.
// To go row by row instead takes half as long again, as nobody can foresee where
// short rows end; but with many nodes it is the memory that all wait for.
type owners []uint32

// foreseen is up to how many nodes owners are worth their room.
const foreseen = 1 << 18

// mark notes where the rows begin; those of the last nodes may be empty and begin
// where there is no place, for which there is one more.
func (o owners) mark(start []uint32) {
	for v, at := range start {
		o[at] = uint32(v)
	}
}

// fillNumbered does what fill does, and the numbers of the edges with it: what goes
// to the rows against the edges is written as one, then taken apart.
func (t *Topology) fillNumbered(edges []Edge) {
	out, in := t.out.next(), t.in.next()
	owner, packed := make(owners, len(edges)+1), make([]uint64, len(edges))
	owner.mark(in)
	for i, e := range edges {
		p := in[e.To]
		in[e.To] = p + 1
		packed[p] = uint64(e.From)<<32 | uint64(i)
	}
	to, at := uint32(0), owner[:len(packed)]
	for i, k := range packed {
		to = max(to, at[i])
		at[i] = 0
		from := k >> 32
		p := out[from]
		out[from] = p + 1
		t.out.node[p], t.out.edge[p] = to, uint32(k)
	}
	t.in.rewind()
	owner.mark(t.out.start[:len(out)])
	from, at := uint32(0), owner[:len(t.out.node)]
	for i, to := range t.out.node {
		from = max(from, at[i])
		p := in[to]
		in[to] = p + 1
		packed[p] = uint64(from)<<32 | uint64(t.out.edge[i])
	}
	for i, k := range packed {
		t.in.node[i], t.in.edge[i] = uint32(k>>32), uint32(k)
	}
}
