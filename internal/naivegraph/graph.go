// Package naivegraph answers what a [topology.Topology] is asked by what the answer
// means, as slowly as that takes: with maps, recursion and by trying without each
// node. The fast answers are held against it, on made-up graphs and on real ones.
package naivegraph

import (
	"slices"

	"github.com/itsmkit/itsm/config/topology"
)

// graph is nodes 0 to n-1 and edges.
type graph struct {
	n     int
	edges []topology.Edge
}

// nothing is left out.
const nothing = -1

// distances is how far each node is from some, in edges, without one node and one
// edge. Those that are not reached are not in the map.
func (g *graph) distances(from []uint32, node, edge int) map[uint32]int {
	far := make(map[uint32]int)
	for _, v := range from {
		if int(v) != node {
			far[v] = 0
		}
	}
	for changed := true; changed; {
		changed = false
		for i, e := range g.edges {
			d, reached := far[e.From]
			if !reached || i == edge || int(e.To) == node {
				continue
			}
			if old, known := far[e.To]; !known || d+1 < old {
				far[e.To], changed = d+1, true
			}
		}
	}
	return far
}

// turned has every edge turned round.
func (g *graph) turned() *graph {
	list := make([]topology.Edge, len(g.edges))
	for i, e := range g.edges {
		list[i] = topology.Edge{From: e.To, To: e.From}
	}
	return &graph{g.n, list}
}

// after lists the nodes that edges of v lead to, ascending, each once.
func (g *graph) after(v uint32) []uint32 {
	var list []uint32
	for _, e := range g.edges {
		if e.From == v {
			list = append(list, e.To)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// parts is how many parts hang together, without one node and one edge, and the
// smallest node of each node's part.
func (g *graph) parts(node, edge int) (int, map[uint32]uint32) {
	least := make(map[uint32]uint32)
	for v := range uint32(g.n) {
		if int(v) != node {
			least[v] = v
		}
	}
	for changed := true; changed; {
		changed = false
		for i, e := range g.edges {
			if i == edge || int(e.From) == node || int(e.To) == node || least[e.From] == least[e.To] {
				continue
			}
			m := min(least[e.From], least[e.To])
			least[e.From], least[e.To], changed = m, m, true
		}
	}
	count := 0
	for v, m := range least {
		if v == m {
			count++
		}
	}
	return count, least
}

// simple lists all ways from one node to another that come to no node twice and
// have at most so many edges: short ones first, then the smallest nodes first.
func (g *graph) simple(from, to uint32, most int) [][]uint32 {
	away := g.turned().distances([]uint32{to}, nothing, nothing)
	var list [][]uint32
	var walk func(path []uint32)
	walk = func(path []uint32) {
		v := path[len(path)-1]
		if d, reached := away[v]; !reached || len(path)-1+d > most {
			return
		}
		if v == to {
			list = append(list, slices.Clone(path))
			return
		}
		for _, w := range g.after(v) {
			if !slices.Contains(path, w) {
				walk(append(path, w))
			}
		}
	}
	walk([]uint32{from})
	slices.SortStableFunc(list, func(a, b []uint32) int { return len(a) - len(b) })
	return list
}

// level is the number of edges of the longest way to a node, in a graph without
// cycles.
func (g *graph) level(v uint32, known map[uint32]int) int {
	if d, ok := known[v]; ok {
		return d
	}
	d := 0
	for _, e := range g.edges {
		if e.To == v {
			d = max(d, g.level(e.From, known)+1)
		}
	}
	known[v] = d
	return d
}

// cycle is the first of the shortest cycles through a node; nil: there is none.
func (g *graph) cycle(v uint32) []uint32 {
	if slices.Contains(g.after(v), v) {
		return []uint32{v}
	}
	var best []uint32
	for _, w := range g.after(v) {
		d, reached := g.distances([]uint32{w}, nothing, nothing)[v]
		if !reached || best != nil && d+1 >= len(best) {
			continue
		}
		way := g.simple(w, v, d)[0]
		best = append([]uint32{v}, way[:len(way)-1]...)
	}
	return best
}

// least is the shortest of the cycles that go along one for a while and then straight
// back to where they began, of several the first on the way, from its smallest node.
func (g *graph) least(cycle []uint32) []uint32 {
	for size := 1; ; size++ {
		for i := range len(cycle) - size + 1 {
			part := slices.Clone(cycle[i : i+size])
			if !slices.Contains(g.after(part[size-1]), part[0]) {
				continue
			}
			for part[0] != slices.Min(part) {
				part = append(part[1:], part[0])
			}
			return part
		}
	}
}
