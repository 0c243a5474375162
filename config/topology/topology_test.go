package topology_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
	"github.com/itsmkit/itsm/internal/naivegraph"
)

// randomEdges makes up the edges of small graphs of all sorts: sparse and dense,
// with and without cycles, with self-loops and several edges between two nodes.
func randomEdges(rng *rand.Rand) (nodes int, edges []topology.Edge) {
	nodes = rng.IntN(11)
	if nodes == 0 {
		return 0, nil
	}
	acyclic, used := rng.IntN(3) == 0, 1+rng.IntN(nodes)
	names := rng.Perm(nodes)
	for range rng.IntN(3 * nodes) {
		a, b := rng.IntN(used), rng.IntN(used)
		if acyclic && a == b {
			continue
		}
		if acyclic && a > b {
			a, b = b, a
		}
		edges = append(edges, topology.Edge{From: uint32(names[a]), To: uint32(names[b])})
	}
	return nodes, edges
}

func TestTopologyAgreesWithDefinitions(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for i := range 1000 {
		nodes, edges := randomEdges(rng)
		sets := [][]uint32{nil}
		for range min(nodes, 3) {
			set := make([]uint32, 1+rng.IntN(3))
			for j := range set {
				set[j] = uint32(rng.IntN(nodes))
			}
			sets = append(sets, set)
		}
		if err := naivegraph.Check(nodes, edges, sets...); err != nil {
			t.Fatalf("graph %d: %d nodes, edges %v: %v", i, nodes, edges, err)
		}
	}
}

func FuzzTopology(f *testing.F) {
	f.Add(uint8(3), []byte{0, 1, 1, 2, 2, 0})
	f.Add(uint8(4), []byte{0, 1, 0, 1, 1, 1, 3, 1, 2, 3})
	f.Fuzz(func(t *testing.T, nodes uint8, ends []byte) {
		nodes %= 9
		if nodes == 0 || len(ends) > 40 {
			return
		}
		var edges []topology.Edge
		for ; len(ends) > 1; ends = ends[2:] {
			edges = append(edges, topology.Edge{From: uint32(ends[0] % nodes), To: uint32(ends[1] % nodes)})
		}
		require.NoError(t, naivegraph.Check(int(nodes), edges, []uint32{0, uint32(nodes - 1)}))
	})
}

func TestTopologyRefuses(t *testing.T) {
	_, err := topology.New(-1, nil, nil)
	assert.EqualError(t, err, "nodes: are -1; a topology has 0 to 2147483647")
	_, err = topology.New(2, []topology.Edge{{0, 1}, {1, 2}}, nil)
	assert.EqualError(t, err, "edges[1].to: is 2; the nodes are 0 to 1")
	assert.ErrorIs(t, err, itsm.ErrInvalid)
	_, err = topology.New(2, []topology.Edge{{topology.None, 5}}, nil)
	assert.EqualError(t, err, "edges[0].from: is 4294967295; the nodes are 0 to 1")
	_, err = topology.New(2, []topology.Edge{{2, 0}}, nil)
	assert.EqualError(t, err, "edges[0].from: is 2; the nodes are 0 to 1")
	_, err = topology.New(0, []topology.Edge{{0, 0}}, nil)
	assert.EqualError(t, err, "edges[0].from: is 0; there are no nodes")

	g, err := topology.New(3, []topology.Edge{{0, 1}}, nil)
	require.NoError(t, err)
	_, err = g.Reach([]uint32{0, 3}, nil)
	assert.EqualError(t, err, "from[1]: is 3; the nodes are 0 to 2")
	_, err = g.Reach([]uint32{0}, &topology.ReachOptions{MaxDistance: -1})
	assert.EqualError(t, err, "max_distance: is -1; give at least 1, or 0 for no limit")
	_, err = g.Dominators([]uint32{topology.None})
	assert.EqualError(t, err, "roots[0]: is 4294967295; the nodes are 0 to 2")
	_, err = g.Path(3, 0)
	assert.EqualError(t, err, "from: is 3; the nodes are 0 to 2")
	_, err = g.Path(0, 3)
	assert.EqualError(t, err, "to: is 3; the nodes are 0 to 2")
	_, err = g.Paths(0, 3, 1, 1)
	assert.EqualError(t, err, "to: is 3; the nodes are 0 to 2")
	_, err = g.Paths(0, 1, -1, 1)
	assert.EqualError(t, err, "max_length: is -1; give 0 or more")
	_, err = g.Paths(0, 1, 1, -1)
	assert.EqualError(t, err, "limit: is -1; give 0 or more")
}

// What is asked about a node that there is not has no answer, and does no harm.
func TestTopologyWithoutTheNode(t *testing.T) {
	g, err := topology.New(2, []topology.Edge{{0, 1}}, nil)
	require.NoError(t, err)
	numbered := must(topology.New(2, []topology.Edge{{0, 1}}, &topology.Options{EdgeNumbers: true}))
	assert.Nil(t, numbered.OutEdges(2))
	assert.Nil(t, numbered.InEdges(topology.None))
	assert.Empty(t, numbered.EdgesBetween(0, 2))
	for _, g := range []*topology.Topology{g, {}} {
		v := uint32(g.Nodes())
		assert.Nil(t, g.Out(v))
		assert.Nil(t, g.In(topology.None))
		assert.Nil(t, g.OutEdges(0), "built without numbers")
		assert.Nil(t, g.InEdges(v))
		assert.Nil(t, g.EdgesBetween(0, 1))
		assert.Zero(t, g.Parallel(v, 0)+g.Parallel(0, v))
		r, err := g.Reach(nil, nil)
		require.NoError(t, err)
		assert.False(t, r.Has(v))
		assert.Nil(t, r.Path(v))
		assert.Equal(t, topology.None, r.Before(v))
		assert.Nil(t, r.Level(0))
		assert.Nil(t, r.Level(-1))
		assert.Zero(t, r.Len())
		d, err := g.Dominators(nil)
		require.NoError(t, err)
		assert.Nil(t, d.Chain(v))
		assert.Equal(t, topology.None, d.Above(v))
		assert.Zero(t, d.Count(v))
		c := g.Components()
		assert.Equal(t, topology.None, c.Of(v))
		assert.Nil(t, c.Part(c.Len()))
		assert.Nil(t, c.Cycle(-1))
	}
}

// A caller who appends to a list of the topology does not write into it.
func TestTopologyIsNotWrittenByAppend(t *testing.T) {
	g, err := topology.New(3, []topology.Edge{{0, 1}, {1, 2}, {2, 0}}, &topology.Options{EdgeNumbers: true})
	require.NoError(t, err)
	c, reach := g.Components(), must(g.Reach([]uint32{0}, nil))
	for _, list := range [][]uint32{g.Out(0), g.In(0), g.OutEdges(0), g.InEdges(0), g.EdgesBetween(0, 1), c.Part(0), reach.Level(0)} {
		assert.Equal(t, len(list), cap(list))
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestCycleErrorNamesACycle(t *testing.T) {
	ring := make([]topology.Edge, 12)
	for i := range ring {
		ring[i] = topology.Edge{From: uint32(i), To: uint32((i + 1) % len(ring))}
	}
	_, err := must(topology.New(12, ring, nil)).Order()
	assert.EqualError(t, err, "no topological order: 1 component has a cycle: 0 → 1 → 2 → 3 → 4 → 5 → 6 → 7 → … 4 more → 0")
	_, err = must(topology.New(4, []topology.Edge{{0, 1}, {1, 1}, {1, 2}, {3, 2}, {2, 3}}, nil)).Order()
	assert.EqualError(t, err, "no topological order: 2 components have cycles; the first: 2 → 3 → 2")
	var e *topology.CycleError
	require.True(t, errors.As(err, &e))
	assert.Equal(t, []int{0, 1}, slices.Collect(e.Components.AllCyclic()))
}

// A chain is as deep as a graph gets; nothing may recurse along it, nor take more
// than time in proportion.
func TestTopologyOfALongChain(t *testing.T) {
	const n = 200_000
	edges := make([]topology.Edge, 0, n)
	for v := range uint32(n - 1) {
		edges = append(edges, topology.Edge{From: v, To: v + 1})
	}
	g := must(topology.New(n, edges, nil))
	r := must(g.Reach([]uint32{0}, nil))
	assert.Equal(t, n, r.Len())
	assert.Len(t, r.Path(n-1), n)
	assert.Len(t, must(g.Path(0, n-1)), n)
	for v := range uint32(200) {
		assert.Len(t, must(g.Path(v, 200)), 201-int(v))
	}
	assert.Equal(t, n, must(g.Order()).Len())
	assert.Len(t, must(g.Dominators([]uint32{0})).Chain(n-1), n)
	assert.Len(t, g.Cuts().Bridges, n-1)
	assert.Len(t, g.Cuts().Points, n-2)
	assert.Equal(t, 1, g.Connected().Len())
	assert.Equal(t, n, g.Components().Len())
	ring := must(topology.New(n, append(edges, topology.Edge{From: n - 1, To: 0}), nil))
	assert.Len(t, ring.Components().Cycle(0), n)
	assert.Empty(t, ring.Cuts().Points)
	_, err := ring.Order()
	assert.Error(t, err)
}

// Two full meshes with one way between them, back through where one came from: the
// first mesh is full of ways that look right and lead nowhere.
func TestPathsDoNotExplode(t *testing.T) {
	const size = 40
	var edges []topology.Edge
	for a := range uint32(size) {
		for b := range uint32(size) {
			if a != b {
				edges = append(edges, topology.Edge{From: a, To: b})
			}
		}
	}
	edges = append(edges, topology.Edge{From: 0, To: size}, topology.Edge{From: size, To: size + 1})
	g := must(topology.New(size+2, edges, nil))
	p := must(g.Paths(0, size+1, 30, 100))
	assert.Equal(t, [][]uint32{{0, size, size + 1}}, p.List)
	assert.False(t, p.More)
	p = must(g.Paths(1, size+1, 30, 100))
	assert.Len(t, p.List, 100)
	assert.True(t, p.More)
	assert.Equal(t, []uint32{1, 0, size, size + 1}, p.List[0])
	assert.Equal(t, []uint32{1, 2, 0, size, size + 1}, p.List[1])
	assert.Equal(t, []uint32{1, 2, 3, 0, size, size + 1}, p.List[size-1])
}

// Large lists take other ways through the code than small ones: hubs are sorted
// differently, and so are wide levels.
func TestTopologyOfHubs(t *testing.T) {
	const n = 70_000
	rng := rand.New(rand.NewPCG(5, 2))
	var edges []topology.Edge
	for v := range uint32(n) {
		if v != 7 {
			edges = append(edges, topology.Edge{From: 7, To: v})
		}
		if v%3 == 0 {
			edges = append(edges, topology.Edge{From: v, To: 8}, topology.Edge{From: 7, To: v})
		}
	}
	rng.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
	for _, o := range []*topology.Options{nil, {EdgeNumbers: true}} {
		g := must(topology.New(n, edges, o))
		for v := range uint32(n) {
			assertOrdered(t, g, edges, v)
		}
		r := must(g.Reach([]uint32{7}, nil))
		require.Equal(t, 2, r.Len())
		assert.True(t, slices.IsSorted(r.Level(1)))
		assert.Len(t, r.Level(1), n-1)
	}
}

// Levels that are wide enough to be sorted through bits, one after another.
func TestTopologyOfWideLevels(t *testing.T) {
	const width, levels = 20_000, 4
	rng := rand.New(rand.NewPCG(5, 4))
	names := rng.Perm(width * levels)
	var edges []topology.Edge
	for i, name := range names[width:] {
		edges = append(edges, topology.Edge{From: uint32(names[i]), To: uint32(name)})
	}
	g := must(topology.New(width*levels, edges, nil))
	var starts []uint32
	for _, v := range names[:width] {
		starts = append(starts, uint32(v))
	}
	for _, l := range []*topology.Levels{must(g.Order()), &must(g.Reach(starts, nil)).Levels} {
		require.Equal(t, levels, l.Len())
		for i := range levels {
			want := slices.Clone(names[i*width : (i+1)*width])
			slices.Sort(want)
			require.Len(t, l.Level(i), width)
			for j, v := range l.Level(i) {
				require.Equal(t, want[j], int(v))
			}
		}
	}
}

// So many nodes that rows are turned one by one.
func TestTopologyOfManyNodes(t *testing.T) {
	const n = 300_000
	rng := rand.New(rand.NewPCG(5, 6))
	edges := make([]topology.Edge, 2*n)
	for i := range edges {
		edges[i] = topology.Edge{From: uint32(rng.IntN(n)), To: uint32(rng.IntN(n))}
	}
	plain := must(topology.New(n, edges, nil))
	numbered := must(topology.New(n, edges, &topology.Options{EdgeNumbers: true}))
	for v := range uint32(n) {
		assertOrdered(t, numbered, edges, v)
		require.True(t, slices.Equal(plain.Out(v), numbered.Out(v)) && slices.Equal(plain.In(v), numbered.In(v)))
	}
}

func assertOrdered(t *testing.T, g *topology.Topology, edges []topology.Edge, v uint32) {
	t.Helper()
	require.True(t, slices.IsSorted(g.Out(v)) && slices.IsSorted(g.In(v)))
	numbers := g.OutEdges(v)
	for i, e := range numbers {
		w := g.Out(v)[i]
		require.Equal(t, topology.Edge{From: v, To: w}, edges[e])
		require.False(t, i > 0 && g.Out(v)[i-1] == w && numbers[i-1] >= e)
	}
	for i, e := range g.InEdges(v) {
		require.Equal(t, topology.Edge{From: g.In(v)[i], To: v}, edges[e])
	}
}

// What a walk keeps does not depend on the graph but for a bit a node.
func TestReachOfLittleIsLittle(t *testing.T) {
	const n = 1 << 20
	g := must(topology.New(n, []topology.Edge{{0, 1}, {1, 2}}, nil))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	must(g.Reach([]uint32{0}, nil))
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(n/8+n/16+64<<10))
}

func ExampleTopology() {
	// 0 is the shop, 1 and 2 are its servers, 3 the disk that both are on, 4 power.
	uses := []topology.Edge{{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}}
	t, err := topology.New(5, uses, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	needs, _ := t.Reach([]uint32{0}, nil)
	fmt.Println("the shop needs", needs.Nodes(), "and power by", needs.Path(4))
	hit, _ := t.Reverse().Reach([]uint32{2}, nil)
	fmt.Println("server 2 is needed by", hit.Nodes()[1:])
	d, _ := t.Dominators([]uint32{0})
	fmt.Println("no way to power avoids", d.Chain(4))
	order, _ := t.Reverse().Order()
	for i := range order.Len() {
		fmt.Println("start", order.Level(i))
	}
	// Output:
	// the shop needs [0 1 2 3 4] and power by [0 1 3 4]
	// server 2 is needed by [0]
	// no way to power avoids [0 3 4]
	// start [4]
	// start [3]
	// start [1 2]
	// start [0]
}

func ExampleTopology_Paths() {
	t, _ := topology.New(4, []topology.Edge{{0, 1}, {1, 3}, {0, 2}, {2, 3}, {1, 2}}, nil)
	p, _ := t.Paths(0, 3, 5, 2)
	fmt.Println(p.List, "more:", p.More)
	// Output: [[0 1 3] [0 2 3]] more: true
}

func ExampleTopology_Components() {
	t, _ := topology.New(5, []topology.Edge{{0, 1}, {1, 2}, {2, 3}, {3, 1}, {2, 1}, {3, 4}}, nil)
	c := t.Components()
	for i := range c.AllCyclic() {
		fmt.Println(c.Part(i), "by", c.Cycle(i))
	}
	_, err := t.Order()
	fmt.Println(err)
	// Output:
	// [1 2 3] by [1 2]
	// no topological order: 1 component has a cycle: 1 → 2 → 1
}

func ExampleTopology_Cuts() {
	t, _ := topology.New(5, []topology.Edge{{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}, {4, 3}}, nil)
	fmt.Printf("%+v\n", *t.Cuts())
	// Output: {Points:[{Node:2 Parts:2} {Node:3 Parts:2}] Bridges:[{From:2 To:3}]}
}
