package topology

// Order is the topological order by levels: a node's level is the number of edges of
// the longest way that leads to it, so every edge leads to a later level, and the
// nodes of a level do not depend on one another. Within a level nodes ascend. When
// there are cycles, the error is a [*CycleError].
//
// This is Kahn 1962 with the list of nodes as its queue: time in proportion to nodes
// and edges, where a heap, for the order in which always the smallest possible node
// comes next, would cost a logarithm more and give no levels.
func (t *Topology) Order() (*Levels, error) {
	n := t.Nodes()
	waiting := make([]uint32, n) // for how many edges
	queue := make([]uint32, 0, n)
	for v := range waiting {
		waiting[v] = t.in.start[v+1] - t.in.start[v]
		if waiting[v] == 0 {
			queue = append(queue, uint32(v))
		}
	}
	sorter := NewSorter(n)
	starts := []uint32{0}
	for begin, end := 0, len(queue); begin < end; begin, end = end, len(queue) {
		starts = append(starts, uint32(end))
		for i := begin; i < end; i++ {
			for _, w := range t.out.of(queue[i]) {
				waiting[w]--
				if waiting[w] == 0 {
					queue = append(queue, w)
				}
			}
		}
		sorter.Sort(queue[end:])
	}
	if len(queue) < n {
		return nil, &CycleError{t.Components()}
	}
	return &Levels{queue, starts}, nil
}
