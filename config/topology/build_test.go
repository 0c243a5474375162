package topology

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Lists as long as these fit into no test.
func TestCountsThatDoNotFit(t *testing.T) {
	assert.NoError(t, checkCounts(MaxNodes, MaxEdges))
	assert.EqualError(t, checkCounts(MaxNodes+1, 0), "nodes: are 2147483648; a topology has 0 to 2147483647")
	assert.EqualError(t, checkCounts(0, MaxEdges+1), "edges: are 4294967296; a topology has at most 4294967295")
}

// naiveRows sorts the edges of each node by comparing them.
func naiveRows(nodes int, edges []Edge, ends func(Edge) (owner, neighbour uint32)) rows {
	number := make([]uint32, len(edges))
	for i := range number {
		number[i] = uint32(i)
	}
	slices.SortFunc(number, func(i, j uint32) int {
		a, u := ends(edges[i])
		b, v := ends(edges[j])
		return cmp.Or(cmp.Compare(a, b), cmp.Compare(u, v), cmp.Compare(i, j))
	})
	r := rows{start: make([]uint32, nodes+1), node: make([]uint32, len(edges)), edge: number}
	for at, i := range number {
		owner, neighbour := ends(edges[i])
		r.node[at] = neighbour
		for v := int(owner) + 1; v <= nodes; v++ {
			r.start[v]++
		}
	}
	return r
}

// However a topology is filled, it is the same, and whatever the order of the edges.
func TestWaysToFillRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 8))
	orders := []struct {
		name    string
		compare func(a, b Edge) int
	}{
		{"as drawn", nil},
		{"by from", func(a, b Edge) int { return cmp.Compare(a.From, b.From) }},
		{"by from and to", func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) }},
		{"by to", func(a, b Edge) int { return cmp.Compare(a.To, b.To) }},
		{"from the last", func(a, b Edge) int { return cmp.Compare(b.From, a.From) }},
	}
	for _, nodes := range []int{0, 1, 2, 7, 511, 512, 513, 1025, 3000} {
		for range 3 {
			edges := make([]Edge, min(nodes, 1)*rng.IntN(2*nodes+2))
			used := 1 + rng.IntN(max(nodes, 1)) // the others have no edge
			for i := range edges {
				edges[i] = Edge{uint32(rng.IntN(used)), uint32(nodes - 1 - rng.IntN(used))}
			}
			for _, o := range orders {
				if o.compare != nil {
					slices.SortStableFunc(edges, o.compare)
				}
				out := naiveRows(nodes, edges, func(e Edge) (owner, neighbour uint32) { return e.From, e.To })
				in := naiveRows(nodes, edges, func(e Edge) (owner, neighbour uint32) { return e.To, e.From })
				g, err := New(nodes, edges, &Options{EdgeNumbers: true})
				require.NoError(t, err)
				require.Equal(t, [2]rows{out, in}, [2]rows{g.out, g.in}, "%d nodes, edges %s, numbered", nodes, o.name)
				out.edge, in.edge = nil, nil
				for _, large := range []bool{false, true} {
					g := Topology{out: newRows(nodes, nil), in: newRows(nodes, nil)}
					require.NoError(t, g.count(nodes, edges))
					g.fill(edges, large)
					require.Equal(t, [2]rows{out, in}, [2]rows{g.out, g.in}, "%d nodes, edges %s, large %t", nodes, o.name, large)
				}
			}
		}
	}
}

// One graph beyond the limit is built as any other.
func TestLargeTopology(t *testing.T) {
	const nodes = near + 1
	edges := []Edge{{near, 0}, {0, near}, {7, near}, {near, near}, {7, 5}, {1000, near - 1}, {0, near}}
	g, err := New(nodes, edges, nil)
	require.NoError(t, err)
	assert.Equal(t, []uint32{0, near}, g.Out(near))
	assert.Equal(t, []uint32{0, 0, 7, near}, g.In(near))
	assert.Equal(t, []uint32{5, near}, g.Out(7))
	assert.Equal(t, []uint32{1000}, g.In(near-1))
	assert.Equal(t, 1, g.SelfLoops())
}
