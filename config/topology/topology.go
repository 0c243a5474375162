package topology

import (
	"fmt"
	"math"
	"slices"

	"github.com/itsmkit/itsm"
)

// Topology is a directed graph of nodes numbered from 0, and nothing but its
// shape: several edges may lead from one node to another, and an edge may lead back
// to its own node. It never changes and is safe for concurrent use.
//
// It is kept as compressed sparse rows, the neighbours of all nodes one after the
// other, once along the edges and once against them: 8 bytes an edge and 8 a node,
// and 8 more an edge with the numbers of the edges.
//
// Every list of nodes is in a fixed order, which each question states; what else is
// equal goes by the smaller node, then by the smaller edge. Nothing recurses, so a
// chain of a million nodes is as good as any other shape.
type Topology struct {
	out, in rows
	loops   int
}

// Edge leads from one node to another. Its number is its place in the list that
// the topology was built from.
type Edge struct {
	From, To uint32
}

// None stands where there is no node, or no edge.
const None uint32 = math.MaxUint32

// MaxNodes and MaxEdges are the most that a topology can have.
const (
	MaxNodes = math.MaxInt32
	MaxEdges = math.MaxUint32
)

// rows are the neighbours of all nodes in one direction.
type rows struct {
	start []uint32 // where a node's neighbours begin; one more, where the last end
	node  []uint32 // the neighbours, ascending
	edge  []uint32 // the number of the edge to each, ascending among equal ones; nil: not kept
}

// Rows are the compressed sparse rows of a topology in one direction, to be read only:
// the neighbours of v are Node[Start[v]:Start[v+1]].
type Rows struct {
	Start []uint32 // one more than there are nodes
	Node  []uint32
	Edge  []uint32 // beside Node the numbers of the edges; nil when they were not kept
}

// Rows are the rows along the edges and against them, for what is kept beside
// each edge by its place.
func (t *Topology) Rows() (out, in Rows) {
	return Rows{t.out.start, t.out.node, t.out.edge}, Rows{t.in.start, t.in.node, t.in.edge}
}

// of lists the neighbours of a node that there is.
func (r *rows) of(v uint32) []uint32 {
	from, to := r.start[v], r.start[v+1]
	return r.node[from:to:to]
}

// Nodes is how many nodes there are: 0 to Nodes()-1.
func (t *Topology) Nodes() int { return max(len(t.out.start), 1) - 1 }

// Edges is how many edges there are.
func (t *Topology) Edges() int { return len(t.out.node) }

// SelfLoops is how many edges lead from a node to itself.
func (t *Topology) SelfLoops() int { return t.loops }

// Out lists the nodes that the edges of v lead to, ascending, a node once for each
// edge. It is a part of the topology and must not be edited; nil when there is no
// node v.
func (t *Topology) Out(v uint32) []uint32 {
	if int64(v) >= int64(t.Nodes()) {
		return nil
	}
	return t.out.of(v)
}

// In lists the nodes whose edges lead to v, as [Topology.Out] does.
func (t *Topology) In(v uint32) []uint32 {
	if int64(v) >= int64(t.Nodes()) {
		return nil
	}
	return t.in.of(v)
}

// OutEdges lists the numbers of the edges to the nodes of Out(v), in that order. It
// must not be edited; nil when the topology was built without them.
func (t *Topology) OutEdges(v uint32) []uint32 { return t.out.edgesOf(v) }

// InEdges lists the numbers of the edges from the nodes of In(v), in that order, as
// [Topology.OutEdges] does.
func (t *Topology) InEdges(v uint32) []uint32 { return t.in.edgesOf(v) }

func (r *rows) edgesOf(v uint32) []uint32 {
	if r.edge == nil || int64(v) >= int64(len(r.start)-1) {
		return nil
	}
	from, to := r.start[v], r.start[v+1]
	return r.edge[from:to:to]
}

// Parallel is how many edges lead from one node to another. It searches the shorter
// of the two nodes' lists.
func (t *Topology) Parallel(from, to uint32) int {
	out, in := t.Out(from), t.In(to)
	if len(in) < len(out) {
		out, to = in, from
	}
	first, last := span(out, to)
	return last - first
}

// EdgesBetween lists the numbers of the edges from one node to another, ascending,
// to be read only; nil when the topology was built without them.
func (t *Topology) EdgesBetween(from, to uint32) []uint32 {
	first, last := span(t.Out(from), to)
	if list := t.OutEdges(from); list != nil {
		return list[first:last:last]
	}
	return nil
}

// span is where a node stands in a sorted list.
func span(list []uint32, v uint32) (first, last int) {
	first, found := slices.BinarySearch(list, v)
	if !found {
		return first, first
	}
	after, _ := slices.BinarySearch(list[first:], v+1)
	return first, first + after
}

// Reverse is the topology with every edge turned round, at no cost: it shares all
// there is with t. What is asked of it is answered against the edges of t.
func (t *Topology) Reverse() *Topology { return &Topology{t.in, t.out, t.loops} }

// check refuses a node that there is not.
func (t *Topology) check(field string, v uint32) error {
	if int64(v) < int64(t.Nodes()) {
		return nil
	}
	return &itsm.FieldError{Field: field, Problem: noNode(v, t.Nodes())}
}

// checkAll refuses a list with a node that there is not, naming its place.
func (t *Topology) checkAll(field string, list []uint32) error {
	for i, v := range list {
		if int64(v) >= int64(t.Nodes()) {
			return t.check(fmt.Sprintf("%s[%d]", field, i), v)
		}
	}
	return nil
}

func noNode(v uint32, nodes int) string {
	if nodes == 0 {
		return fmt.Sprintf("is %d; there are no nodes", v)
	}
	return fmt.Sprintf("is %d; the nodes are 0 to %d", v, nodes-1)
}
