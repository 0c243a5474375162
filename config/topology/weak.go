package topology

// Connected finds the weakly connected components: the parts that hang together
// when the direction of edges does not count. They are in the order of their
// smallest nodes.
//
// It joins trees of nodes, each under its smallest node, halving the ways up as it
// goes (Tarjan and van Leeuwen 1984).
func (t *Topology) Connected() *Partition {
	n := t.Nodes()
	up := make([]uint32, n)
	for v := range up {
		up[v] = uint32(v)
	}
	for v := range up {
		root := top(up, uint32(v))
		for _, w := range t.out.of(uint32(v)) {
			other := top(up, w)
			if other < root {
				root, other = other, root
			}
			up[other] = root
		}
	}
	parts := uint32(0)
	for v := range up { // a node's top is smaller, so its part is known
		if up[v] == uint32(v) {
			up[v] = parts
			parts++
		} else {
			up[v] = up[up[v]]
		}
	}
	p := newPartition(up, int(parts))
	return &p
}

// top is the smallest node of the tree that v is in.
func top(up []uint32, v uint32) uint32 {
	for up[v] != v {
		up[v] = up[up[v]]
		v = up[v]
	}
	return v
}
