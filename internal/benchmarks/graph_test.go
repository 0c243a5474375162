package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	peer "github.com/dominikbraun/graph"
	"github.com/itsmkit/itsm/config/topology"
	"gonum.org/v1/gonum/graph/flow"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"gonum.org/v1/gonum/graph/traverse"

	gonum "gonum.org/v1/gonum/graph"
)

// edgesPerNode is as in the goals: 10,000 nodes with 50,000 edges and so on.
const edgesPerNode = 5

// graphSizes is how many nodes the graphs have; ITSM_RECORDS names other numbers.
func graphSizes(tb testing.TB) []int {
	tb.Helper()
	names := os.Getenv("ITSM_RECORDS")
	if names == "" {
		return []int{1_000}
	}
	var list []int
	for name := range strings.SplitSeq(names, ",") {
		n, err := strconv.Atoi(name)
		if err != nil || n < 10 {
			tb.Fatalf("ITSM_RECORDS: %q is no number of 10 or more", name)
		}
		list = append(list, n)
	}
	return list
}

// peersUpTo is how many nodes the peers are given; ITSM_PEERS=all takes the limit
// away. A million nodes cost them some GB and up to 20 s a question.
const peersUpTo = 100_000

// quadratic is up to how many nodes dominikbraun/graph is asked for a topological
// order: 10,000 take it a quarter of a minute.
const quadratic = 1_000

func withPeers(n int) bool { return n <= peersUpTo || os.Getenv("ITSM_PEERS") == "all" }

// drawEdges draws edges, none from a node to itself, which not every peer takes.
// In the shape "power" a few nodes have most of the edges that lead to anything: a
// million nodes have one with 160,000. Acyclic edges go up a random order of the
// nodes.
func drawEdges(n int, shape string, acyclic bool) []topology.Edge {
	rng := rand.New(rand.NewPCG(uint64(n), 5))
	rank := rng.Perm(n)
	edges := make([]topology.Edge, 0, n*edgesPerNode)
	for len(edges) < cap(edges) {
		from, to := rng.IntN(n), 0
		if shape == "power" {
			u := rng.Float64()
			to = rank[int(u*u*u*u*float64(n))]
		} else {
			to = rng.IntN(n)
		}
		if from == to {
			continue
		}
		if acyclic && rank[from] > rank[to] {
			from, to = to, from
		}
		edges = append(edges, topology.Edge{From: uint32(from), To: uint32(to)})
	}
	return edges
}

func built(tb testing.TB, n int, edges []topology.Edge, o *topology.Options) *topology.Topology {
	t, err := topology.New(n, edges, o)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func gonumGraph(n int, edges []topology.Edge) *simple.DirectedGraph {
	g := simple.NewDirectedGraph()
	for v := range n {
		g.AddNode(simple.Node(v))
	}
	for _, e := range edges {
		g.SetEdge(simple.Edge{F: simple.Node(e.From), T: simple.Node(e.To)})
	}
	return g
}

func dominikGraph(tb testing.TB, n int, edges []topology.Edge) peer.Graph[uint32, uint32] {
	g := peer.New(func(v uint32) uint32 { return v }, peer.Directed())
	for v := range uint32(n) {
		if err := g.AddVertex(v); err != nil {
			tb.Fatal(err)
		}
	}
	for _, e := range edges {
		if err := g.AddEdge(e.From, e.To); err != nil && err != peer.ErrEdgeAlreadyExists {
			tb.Fatal(err)
		}
	}
	return g
}

// eachGraph runs a benchmark for each size and shape.
func eachGraph(b *testing.B, acyclic bool, run func(b *testing.B, n int, edges []topology.Edge)) {
	for _, n := range graphSizes(b) {
		for _, shape := range []string{"uniform", "power"} {
			b.Run(fmt.Sprintf("shape=%s/nodes=%d", shape, n), func(b *testing.B) {
				run(b, n, drawEdges(n, shape, acyclic))
			})
		}
	}
}

// timed measures one implementation. What it needs is made when it is its turn.
func timed(b *testing.B, impl string, prepare func() func() int, want *int) {
	b.Run("impl="+impl, func(b *testing.B) {
		run := prepare()
		runtime.GC()
		b.ReportAllocs()
		b.ResetTimer()
		for b.Loop() {
			if got := run(); *want < 0 {
				*want = got
			} else if got != *want {
				b.Fatalf("the answer is %d, another's %d", got, *want)
			}
		}
	})
}

// BenchmarkGraphBuild builds a graph from edges between dense ids, and says how many
// bytes an edge it keeps.
func BenchmarkGraphBuild(b *testing.B) {
	eachGraph(b, false, func(b *testing.B, n int, edges []topology.Edge) {
		build := func(impl string, build func() any) {
			b.Run("impl="+impl, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					build()
				}
				b.ReportMetric(heapKept(build)/float64(len(edges)), "kept-B/edge")
			})
		}
		build("csr", func() any { return plainCSR(n, edges) })
		build("itsm", func() any { return built(b, n, edges, nil) })
		build("itsm-numbered", func() any { return built(b, n, edges, &topology.Options{EdgeNumbers: true}) })
		if withPeers(n) {
			build("gonum", func() any { return gonumGraph(n, edges) })
			build("dominikbraun", func() any { return dominikGraph(b, n, edges) })
		}
	})
}

// heapKept is how many bytes the result holds.
func heapKept(build func() any) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	result := build()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(result)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

// BenchmarkGraphReach walks breadth first from one node.
func BenchmarkGraphReach(b *testing.B) {
	eachGraph(b, false, func(b *testing.B, n int, edges []topology.Edge) {
		reached, root := -1, edges[0].From
		timed(b, "csr", func() func() int {
			g := plainCSR(n, edges)
			return func() int { n, _ := g.breadthFirst(root); return n }
		}, &reached)
		timed(b, "itsm", func() func() int {
			t, from := built(b, n, edges, nil), []uint32{root}
			return func() int {
				r, err := t.Reach(from, nil)
				if err != nil {
					b.Fatal(err)
				}
				return len(r.Nodes())
			}
		}, &reached)
		if !withPeers(n) {
			return
		}
		timed(b, "gonum", func() func() int {
			g := gonumGraph(n, edges)
			return func() int {
				count := 0
				w := traverse.BreadthFirst{Visit: func(gonum.Node) { count++ }}
				w.Walk(g, simple.Node(root), nil)
				return count
			}
		}, &reached)
		timed(b, "dominikbraun", func() func() int {
			g := dominikGraph(b, n, edges)
			return func() int {
				count := 0
				if err := peer.BFS(g, root, func(uint32) bool { count++; return false }); err != nil {
					b.Fatal(err)
				}
				return count
			}
		}, &reached)
	})
}

// BenchmarkGraphComponents finds the strongly connected components.
func BenchmarkGraphComponents(b *testing.B) {
	eachGraph(b, false, func(b *testing.B, n int, edges []topology.Edge) {
		count := -1
		timed(b, "csr", func() func() int { return plainCSR(n, edges).components }, &count)
		timed(b, "itsm", func() func() int {
			t := built(b, n, edges, nil)
			return func() int { return t.Components().Len() }
		}, &count)
		if !withPeers(n) {
			return
		}
		timed(b, "gonum", func() func() int {
			g := gonumGraph(n, edges)
			return func() int { return len(topo.TarjanSCC(g)) }
		}, &count)
		timed(b, "dominikbraun", func() func() int {
			g := dominikGraph(b, n, edges)
			return func() int {
				list, err := peer.StronglyConnectedComponents(g)
				if err != nil {
					b.Fatal(err)
				}
				return len(list)
			}
		}, &count)
	})
}

// BenchmarkGraphOrder finds a topological order of a graph without cycles.
func BenchmarkGraphOrder(b *testing.B) {
	eachGraph(b, true, func(b *testing.B, n int, edges []topology.Edge) {
		count := n
		timed(b, "csr", func() func() int {
			g := plainCSR(n, edges)
			return func() int { return len(g.order()) }
		}, &count)
		timed(b, "itsm", func() func() int {
			t := built(b, n, edges, nil)
			return func() int {
				order, err := t.Order()
				if err != nil {
					b.Fatal(err)
				}
				return len(order.Nodes())
			}
		}, &count)
		if !withPeers(n) {
			return
		}
		timed(b, "gonum", func() func() int {
			g := gonumGraph(n, edges)
			return func() int {
				list, err := topo.Sort(g)
				if err != nil {
					b.Fatal(err)
				}
				return len(list)
			}
		}, &count)
		if n > quadratic {
			return
		}
		timed(b, "dominikbraun", func() func() int {
			g := dominikGraph(b, n, edges)
			return func() int {
				list, err := peer.TopologicalSort(g)
				if err != nil {
					b.Fatal(err)
				}
				return len(list)
			}
		}, &count)
	})
}

// BenchmarkGraphDominators finds the nearest dominator of each node from one root,
// and counts the nodes that have one other than the root.
func BenchmarkGraphDominators(b *testing.B) {
	eachGraph(b, false, func(b *testing.B, n int, edges []topology.Edge) {
		deep, root := -1, edges[0].From
		timed(b, "csr", func() func() int {
			g := plainCSR(n, edges)
			back := g.turned()
			return func() int {
				count := 0
				for v, u := range g.dominators(back, root) {
					if u != uint32(v) && u != root {
						count++
					}
				}
				return count
			}
		}, &deep)
		timed(b, "itsm", func() func() int {
			t, roots := built(b, n, edges, nil), []uint32{root}
			return func() int {
				d, err := t.Dominators(roots)
				if err != nil {
					b.Fatal(err)
				}
				count := 0
				for v := range uint32(n) {
					if u := d.Above(v); u != topology.None && u != root {
						count++
					}
				}
				return count
			}
		}, &deep)
		if !withPeers(n) {
			return
		}
		timed(b, "gonum", func() func() int {
			g := gonumGraph(n, edges)
			return func() int {
				d := flow.Dominators(simple.Node(root), g)
				count := 0
				for v := range uint32(n) {
					if u := d.DominatorOf(int64(v)); u != nil && u.ID() != int64(root) {
						count++
					}
				}
				return count
			}
		}, &deep)
	})
}

// BenchmarkGraphMore measures the questions that no peer answers.
func BenchmarkGraphMore(b *testing.B) {
	eachGraph(b, false, func(b *testing.B, n int, edges []topology.Edge) {
		t := built(b, n, edges, nil)
		for _, q := range []struct {
			name string
			ask  func()
		}{
			{"cuts", func() { t.Cuts() }},
			{"connected", func() { t.Connected() }},
			{"path", func() { _, _ = t.Path(edges[0].From, edges[1].To) }},
			{"paths", func() { _, _ = t.Paths(edges[0].From, edges[1].To, 20, 20) }},
			{"reach-2", func() { _, _ = t.Reach([]uint32{edges[0].From}, &topology.ReachOptions{MaxDistance: 2}) }},
		} {
			b.Run("question="+q.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					q.ask()
				}
			})
		}
	})
}
