package topology

import "iter"

// Partition puts every node into one part. It never changes.
type Partition struct {
	part   []uint32 // of each node
	nodes  []uint32
	starts []uint32 // where the nodes of each part begin; one more, where the last end
}

// Len is how many parts there are.
func (p *Partition) Len() int { return max(len(p.starts), 1) - 1 }

// Of is the part of v; [None] when there is no node v.
func (p *Partition) Of(v uint32) uint32 {
	if int64(v) >= int64(len(p.part)) {
		return None
	}
	return p.part[v]
}

// Part lists the nodes of a part, ascending, to be read only; nil when there is none.
func (p *Partition) Part(i int) []uint32 {
	if i < 0 || i >= p.Len() {
		return nil
	}
	return p.nodes[p.starts[i]:p.starts[i+1]:p.starts[i+1]]
}

// newPartition lists the nodes of so many parts.
func newPartition(part []uint32, parts int) Partition {
	p := Partition{part, make([]uint32, len(part)), make([]uint32, parts+1)}
	next := p.starts[1:]
	for _, i := range part {
		next[i]++
	}
	sum := uint32(0)
	for i, size := range next {
		next[i] = sum
		sum += size
	}
	for v, i := range part {
		p.nodes[next[i]] = uint32(v)
		next[i]++
	}
	return p
}

// Components are the strongly connected components: two nodes are in one when there
// is a way from each to the other. They are in reverse topological order: an edge
// between two leads from a later one to an earlier one.
type Components struct {
	Partition
	t *Topology
}

// call is a node in the middle of a depth-first walk.
type call struct {
	node, next uint32 // next: where the walk goes on in its row
	index      uint32 // when the walk came to it
}

// Components finds the strongly connected components in one depth-first walk that
// needs a single number a node: Tarjan 1972 as Nuutila and Soisalon-Soininen 1994
// and Pearce 2005 (An improved algorithm for finding the strongly connected
// components of a directed graph) made it smaller. Time is in proportion to nodes
// and edges.
func (t *Topology) Components() *Components {
	n := t.Nodes()
	rank, count := t.components()
	// Pearce counts components downwards from n-1.
	for v, r := range rank {
		rank[v] = uint32(n-1) - r
	}
	return &Components{newPartition(rank, count), t}
}

// components gives each node the number of its component, from Nodes()-1
// downwards, and says how many there are.
//
// While the walk goes on, the number of a node is 0 before the walk has come to it,
// then when it came to it or to the earliest node it found a way back to, and at the
// end that of its component. The first are always smaller than the last, so that
// what is finished never looks like a way back.
func (t *Topology) components() (rank []uint32, count int) {
	n := t.Nodes()
	start, node := t.out.start, t.out.node
	rank = make([]uint32, n)
	var calls []call
	var stack []uint32 // finished, but not yet in a component
	index, component := uint32(1), uint32(n-1)
	for root := range rank {
		if rank[root] != 0 {
			continue
		}
		v := uint32(root)
		first, low := index, index
		rank[v] = index
		index++
		next, end := start[v], start[v+1]
		for {
			for next < end {
				w := node[next]
				next++
				r := rank[w]
				if r == 0 {
					rank[v] = low
					calls = append(calls, call{v, next, first})
					v, first, low = w, index, index
					rank[v] = index
					index++
					next, end = start[v], start[v+1]
					continue
				}
				low = min(low, r)
			}
			if low == first {
				index--
				for len(stack) > 0 && rank[stack[len(stack)-1]] >= low {
					rank[stack[len(stack)-1]] = component
					stack = stack[:len(stack)-1]
					index--
				}
				low = component
				component--
				count++
			} else {
				stack = append(stack, v)
			}
			rank[v] = low
			if len(calls) == 0 {
				break
			}
			back := calls[len(calls)-1]
			calls = calls[:len(calls)-1]
			v, next, first = back.node, back.next, back.index
			low, end = min(low, rank[v]), start[v+1]
		}
	}
	return rank, count
}

// Cyclic reports whether a component has a cycle: several nodes, or an edge from its
// only node to itself.
func (c *Components) Cyclic(i int) bool {
	list := c.Part(i)
	return len(list) > 1 || len(list) == 1 && c.t.loops > 0 && c.t.Parallel(list[0], list[0]) > 0
}

// AllCyclic yields the components that have a cycle, in their order.
func (c *Components) AllCyclic() iter.Seq[int] {
	return func(yield func(int) bool) {
		if c == nil || c.t == nil || c.Len() == len(c.part) && c.t.loops == 0 {
			return
		}
		for i := range c.Len() {
			if c.Cyclic(i) && !yield(i) {
				return
			}
		}
	}
}
