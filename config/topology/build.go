package topology

import (
	"fmt"

	"github.com/itsmkit/itsm"
)

// Options are what a topology may keep beside its shape.
type Options struct {
	EdgeNumbers bool // which edge leads to which neighbour: 8 bytes an edge more
}

// New builds the graph of nodes 0 to nodes-1 and the given edges, which it
// does not keep. Nil options mean none of them. Counts that do not fit and an edge
// at a node that there is not are a [*itsm.FieldError].
//
// It sorts by counting, so time is in proportion to nodes and edges; edges that come
// in the order of From take a quarter less. While it builds it needs 4 bytes an edge
// more, 12 with the numbers of the edges or with more than 262,144 nodes.
func New(nodes int, edges []Edge, o *Options) (*Topology, error) {
	if err := checkCounts(int64(nodes), int64(len(edges))); err != nil {
		return nil, err
	}
	t := &Topology{out: newRows(nodes, nil), in: newRows(nodes, nil)}
	if err := t.count(nodes, edges); err != nil {
		return nil, err
	}
	if o != nil && o.EdgeNumbers {
		t.fillNumbered(edges)
	} else {
		t.fill(edges, nodes > near)
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
// sorted too. Edges that ascend by From have sorted the first rows already. All room
// is made just before it is written to, as what was just cleared is still near.
func (t *Topology) fill(edges []Edge, large bool) {
	var s *stage
	first := edges
	if large {
		s = newStage(t.Nodes(), len(edges))
		first = s.gather(edges, &t.in)
	}
	t.in.node = make([]uint32, len(edges))
	t.in.put(first)
	owner := make(owners, len(edges)+1)
	t.out.node = make([]uint32, len(edges))
	t.in.turn(&t.out, owner, s)
	if !ascending(edges) {
		t.in.rewind()
		t.out.turn(&t.in, owner, s)
	}
}

func ascending(edges []Edge) bool {
	last := uint32(0)
	for _, e := range edges {
		if e.From < last {
			return false
		}
		last = e.From
	}
	return true
}

// put puts the From of each edge into the row of its To. Here and below, slices are
// locals because the compiler would load those of r anew for every edge, which takes
// a third longer.
func (r *rows) put(edges []Edge) {
	next, node := r.next(), r.node
	for _, e := range edges {
		p := next[e.To]
		next[e.To] = p + 1
		node[p] = e.From
	}
}

// turn goes through all rows by node and puts each node into the rows of its
// neighbours, by way of the stage if there is one.
func (r *rows) turn(into *rows, owner owners, s *stage) {
	owner.mark(r.start[:len(r.start)-1])
	if s != nil {
		into.put(s.gatherRows(r, owner, into))
		return
	}
	next, node := into.next(), into.node
	v, at := uint32(0), owner[:len(r.node)]
	for i, w := range r.node {
		v = max(v, at[i])
		at[i] = 0
		p := next[w]
		next[w] = p + 1
		node[p] = v
	}
}

// owners says whose row each place is in, for loops over all places: it holds the
// node where a row begins and 0 elsewhere, so that the largest so far is the owner.
// To go row by row instead takes longer, as nobody can foresee where short rows end.
type owners []uint32

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
	owner := make(owners, len(edges)+1)
	owner.mark(in)
	packed := make([]uint64, len(edges))
	for i, e := range edges {
		p := in[e.To]
		in[e.To] = p + 1
		packed[p] = uint64(e.From)<<32 | uint64(i)
	}
	node, edge := make([]uint32, len(edges)), make([]uint32, len(edges))
	t.out.node, t.out.edge = node, edge
	to, at := uint32(0), owner[:len(packed)]
	for i, k := range packed {
		to = max(to, at[i])
		at[i] = 0
		from := k >> 32
		p := out[from]
		out[from] = p + 1
		node[p], edge[p] = to, uint32(k)
	}
	if !ascending(edges) {
		t.in.rewind()
		owner.mark(t.out.start[:len(out)])
		from, at := uint32(0), owner[:len(node)]
		for i, to := range node {
			from = max(from, at[i])
			p := in[to]
			in[to] = p + 1
			packed[p] = uint64(from)<<32 | uint64(edge[i])
		}
	}
	node, edge = make([]uint32, len(edges)), make([]uint32, len(edges))
	t.in.node, t.in.edge = node, edge
	for i, k := range packed {
		node[i], edge[i] = uint32(k>>32), uint32(k)
	}
}
