package benchmarks

import "github.com/itsmkit/itsm/config/topology"

// csr is the plainest graph there is, and what is asked of it the plainest way there
// is to find it: one direction, nothing sorted, checked or explained. It is the least
// that any implementation has to do, and stands beside the library so that ratios are
// from one run.
type csr struct{ start, node []uint32 }

func plainCSR(n int, edges []topology.Edge) *csr {
	g := &csr{make([]uint32, n+1), make([]uint32, len(edges))}
	next := make([]uint32, n)
	for _, e := range edges {
		next[e.From]++
	}
	for v, k := range next {
		g.start[v+1] = g.start[v] + k
		next[v] = g.start[v]
	}
	for _, e := range edges {
		g.node[next[e.From]] = e.To
		next[e.From]++
	}
	return g
}

func (g *csr) nodes() int { return len(g.start) - 1 }

// turned has every edge turned round.
func (g *csr) turned() *csr {
	edges := make([]topology.Edge, 0, len(g.node))
	for v := range uint32(g.nodes()) {
		for _, w := range g.node[g.start[v]:g.start[v+1]] {
			edges = append(edges, topology.Edge{From: w, To: v})
		}
	}
	return plainCSR(g.nodes(), edges)
}

// breadthFirst is how many nodes are reached and how far the last is.
func (g *csr) breadthFirst(from uint32) (reached int, farthest int32) {
	distance := make([]int32, g.nodes())
	for v := range distance {
		distance[v] = -1
	}
	distance[from] = 0
	queue := make([]uint32, 1, g.nodes())
	queue[0] = from
	for i := 0; i < len(queue); i++ {
		v := queue[i]
		for _, w := range g.node[g.start[v]:g.start[v+1]] {
			if distance[w] < 0 {
				distance[w] = distance[v] + 1
				queue = append(queue, w)
			}
		}
	}
	return len(queue), distance[queue[len(queue)-1]]
}

// components is how many strongly connected components there are: Tarjan's
// algorithm as the books have it.
func (g *csr) components() int {
	n := g.nodes()
	index, low, next := make([]uint32, n), make([]uint32, n), make([]uint32, n)
	waits := make([]bool, n)
	component := make([]uint32, n)
	var calls, stack []uint32
	count, last := 0, uint32(0)
	enter := func(v uint32) {
		last++
		index[v], low[v], next[v], waits[v] = last, last, g.start[v], true
		calls, stack = append(calls, v), append(stack, v)
	}
	for root := range uint32(n) {
		if index[root] != 0 {
			continue
		}
		enter(root)
		for len(calls) > 0 {
			v := calls[len(calls)-1]
			if next[v] < g.start[v+1] {
				w := g.node[next[v]]
				next[v]++
				if index[w] == 0 {
					enter(w)
				} else if waits[w] {
					low[v] = min(low[v], index[w])
				}
				continue
			}
			calls = calls[:len(calls)-1]
			if low[v] == index[v] {
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					waits[w], component[w] = false, uint32(count)
					if w == v {
						break
					}
				}
				count++
			}
			if len(calls) > 0 {
				u := calls[len(calls)-1]
				low[u] = min(low[u], low[v])
			}
		}
	}
	return count
}

// order is a topological order: Kahn's algorithm.
func (g *csr) order() []uint32 {
	n := g.nodes()
	waiting := make([]uint32, n)
	for _, w := range g.node {
		waiting[w]++
	}
	queue := make([]uint32, 0, n)
	for v, k := range waiting {
		if k == 0 {
			queue = append(queue, uint32(v))
		}
	}
	for i := 0; i < len(queue); i++ {
		v := queue[i]
		for _, w := range g.node[g.start[v]:g.start[v+1]] {
			if waiting[w]--; waiting[w] == 0 {
				queue = append(queue, w)
			}
		}
	}
	return queue
}

// dominators is the nearest dominator of each node as Cooper, Harvey and Kennedy
// find it (A Simple, Fast Dominance Algorithm, 2001), itself for the root and for
// what is not reached.
func (g *csr) dominators(back *csr, root uint32) []uint32 {
	n := g.nodes()
	const none = topology.None
	number, next := make([]uint32, n), make([]uint32, n)
	for v := range number {
		number[v] = none
	}
	order := make([]uint32, 0, n) // postorder
	calls := []uint32{root}
	number[root], next[root] = 0, g.start[root]
	for len(calls) > 0 {
		v := calls[len(calls)-1]
		if next[v] < g.start[v+1] {
			w := g.node[next[v]]
			next[v]++
			if number[w] == none {
				number[w], next[w] = 0, g.start[w]
				calls = append(calls, w)
			}
			continue
		}
		calls = calls[:len(calls)-1]
		number[v] = uint32(len(order))
		order = append(order, v)
	}
	above := make([]uint32, len(order)) // by postorder
	for i := range above {
		above[i] = none
	}
	top := len(order) - 1
	above[top] = uint32(top)
	for changed := true; changed; {
		changed = false
		for i := top - 1; i >= 0; i-- {
			v, best := order[i], none
			for _, u := range back.node[back.start[v]:back.start[v+1]] {
				j := number[u]
				if j == none || above[j] == none {
					continue
				}
				if best == none {
					best = j
					continue
				}
				for best != j {
					for best < j {
						best = above[best]
					}
					for j < best {
						j = above[j]
					}
				}
			}
			if above[i] != best {
				above[i], changed = best, true
			}
		}
	}
	result := make([]uint32, n)
	for v := range result {
		result[v] = uint32(v)
		if i := number[v]; i != none {
			result[v] = order[above[i]]
		}
	}
	return result
}
