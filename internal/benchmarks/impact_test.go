package benchmarks

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/config/topology"
)

// needModel has one kind of CI and one kind of need.
func needModel(tb testing.TB) *config.Model {
	m, err := config.NewModel([]config.Class{{Name: "thing"}}, []config.RelationType{
		{Name: "needs", Inverse: "is needed by", Carries: config.ToFirst, Cycles: true, Pairs: []config.Pair{{From: "thing", To: "thing"}}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func drawID(rng *rand.Rand) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], rng.Uint64())
	binary.BigEndian.PutUint64(id[8:], rng.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// estate is CIs with random ids and five relations each. Redundant estates give
// every fifth CI two of its suppliers as a group of which it needs one.
func estate(n int, redundant bool, edges []topology.Edge) ([]config.Node, []config.Link) {
	rng := rand.New(rand.NewPCG(uint64(n), 6))
	nodes, links := make([]config.Node, n), make([]config.Link, len(edges))
	for v := range nodes {
		nodes[v] = config.Node{ID: drawID(rng), Class: "thing", Name: "thing"}
	}
	grouped := make([]int, n)
	seen := make(map[topology.Edge]bool)
	for i, e := range edges {
		links[i] = config.Link{ID: drawID(rng), Type: "needs", From: nodes[e.From].ID, To: nodes[e.To].ID}
		if redundant && e.From%5 == 0 && grouped[e.From] < 2 && !seen[e] {
			seen[e] = true
			links[i].Group = "pair"
			grouped[e.From]++
		}
	}
	for v, k := range grouped {
		if k == 2 {
			nodes[v].Needs = []config.Need{{Group: "pair", AtLeast: 1}}
		}
	}
	return nodes, links
}

func estateGraph(tb testing.TB, nodes []config.Node, links []config.Link) *config.Graph {
	g, err := config.NewGraph(needModel(tb), slices.Values(nodes), slices.Values(links), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// sweeps is the impact by definition: sweeps over all CIs until nothing more is
// lost.
func sweeps(nodes []config.Node, links []config.Link, start uuid.UUID) int {
	suppliers := map[uuid.UUID][]config.Link{}
	for _, l := range links {
		suppliers[l.From] = append(suppliers[l.From], l)
	}
	lost := map[uuid.UUID]bool{start: true}
	for more := true; more; {
		more = false
		for _, n := range nodes {
			if lost[n.ID] {
				continue
			}
			inGroup := map[uuid.UUID]bool{}
			fails := false
			for _, l := range suppliers[n.ID] {
				if !lost[l.To] {
					continue
				}
				if l.Group == "" || len(n.Needs) == 0 {
					fails = true
				} else {
					inGroup[l.To] = true
				}
			}
			if fails || len(inGroup) > 1 {
				lost[n.ID], more = true, true
			}
		}
	}
	return len(lost)
}

// eachEstate runs a benchmark for each size.
func eachEstate(b *testing.B, run func(b *testing.B, n int, nodes []config.Node, links []config.Link)) {
	for _, n := range graphSizes(b) {
		nodes, links := estate(n, true, drawEdges(n, "uniform", false))
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) { run(b, n, nodes, links) })
	}
}

// BenchmarkGraphRecords builds a graph from CIs and relations with UUIDs, and says
// how many bytes a relation it keeps.
func BenchmarkGraphRecords(b *testing.B) {
	eachEstate(b, func(b *testing.B, n int, nodes []config.Node, links []config.Link) {
		b.Run("impl=itsm", func(b *testing.B) {
			runtime.GC()
			b.ReportAllocs()
			for b.Loop() {
				estateGraph(b, nodes, links)
			}
			b.ReportMetric(heapKept(func() any { return estateGraph(b, nodes, links) })/float64(len(links)), "kept-B/edge")
		})
		b.Run("impl=maps", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, in := map[uuid.UUID][]config.Link{}, map[uuid.UUID][]config.Link{}
				for _, l := range links {
					out[l.From], in[l.To] = append(out[l.From], l), append(in[l.To], l)
				}
				if len(out)+len(in) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	})
}

// BenchmarkGraphImpact loses one CI of a graph in which nearly all is then lost.
func BenchmarkGraphImpact(b *testing.B) {
	eachEstate(b, func(b *testing.B, n int, nodes []config.Node, links []config.Link) {
		want := -1
		timed(b, "itsm", func() func() int {
			g := estateGraph(b, nodes, links)
			start := hub(links)
			return func() int {
				i, err := g.Impact(start)
				if err != nil {
					b.Fatal(err)
				}
				return i.Len()
			}
		}, &want)
		if want >= 0 && want < n/2 {
			b.Fatalf("%d are lost, which is not nearly all", want)
		}
		if withPeers(n) {
			timed(b, "sweeps", func() func() int {
				start := hub(links)
				return func() int { return sweeps(nodes, links, start) }
			}, &want)
		}
	})
}

// hub is a CI that others need.
func hub(links []config.Link) uuid.UUID { return links[0].To }

// BenchmarkGraphImpactSmall loses a CI that ten need, in graphs of any size: chains of
// eleven.
func BenchmarkGraphImpactSmall(b *testing.B) {
	for _, n := range graphSizes(b) {
		nodes, links := chains(n)
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			want := -1
			timed(b, "itsm", func() func() int {
				g := estateGraph(b, nodes, links)
				return func() int {
					i, err := g.Impact(nodes[10].ID)
					if err != nil {
						b.Fatal(err)
					}
					return i.Len()
				}
			}, &want)
		})
	}
}

// chains are CIs each of which needs the next, eleven in a row.
func chains(n int) ([]config.Node, []config.Link) {
	var edges []topology.Edge
	for v := range n {
		if v%11 != 10 && v+1 < n {
			for range edgesPerNode {
				edges = append(edges, topology.Edge{From: uint32(v), To: uint32(v + 1)})
			}
		}
	}
	return estate(n, false, edges)
}

// BenchmarkGraphWith adds a relation to a graph and asks what is lost then.
func BenchmarkGraphWith(b *testing.B) {
	for _, n := range graphSizes(b) {
		nodes, links := chains(n)
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			want := -1
			ask := func(g *config.Graph) int {
				i, err := g.Impact(nodes[10].ID)
				if err != nil {
					b.Fatal(err)
				}
				return i.Len()
			}
			more := config.Link{ID: uuid.UUID{15: 1}, Type: "needs", From: nodes[n/11/2*11].ID, To: nodes[5].ID}
			timed(b, "itsm", func() func() int {
				g := estateGraph(b, nodes, links)
				for i := range 1000 { // that others were added before
					var err error
					g, err = g.With(config.GraphChanges{Linked: []config.Link{{ID: uuid.UUID{14: 1, 13: byte(i >> 8), 12: byte(i)}, Type: "needs", From: nodes[n/2+i%100].ID, To: nodes[n/2+i%100+1].ID}}})
					if err != nil {
						b.Fatal(err)
					}
				}
				return func() int {
					now, err := g.With(config.GraphChanges{Linked: []config.Link{more}})
					if err != nil {
						b.Fatal(err)
					}
					return ask(now)
				}
			}, &want)
			if withPeers(n) {
				timed(b, "rebuilt", func() func() int {
					all := append(slices.Clone(links), more)
					return func() int { return ask(estateGraph(b, nodes, all)) }
				}, &want)
			}
		})
	}
}

// BenchmarkGraphSinglePoints finds the single points of failure of a service with
// three levels of redundant suppliers.
func BenchmarkGraphSinglePoints(b *testing.B) {
	for _, n := range graphSizes(b) {
		nodes, links := layers(n)
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			want := -1
			g := estateGraph(b, nodes, links)
			timed(b, "itsm", func() func() int {
				return func() int {
					points, err := g.SinglePoints(nodes[0].ID)
					if err != nil {
						b.Fatal(err)
					}
					return len(points)
				}
			}, &want)
			if n <= 10_000 {
				timed(b, "definition", func() func() int {
					return func() int {
						count := 0
						for _, node := range nodes[1:] {
							i, err := g.Impact(node.ID)
							if err != nil {
								b.Fatal(err)
							}
							if i.Has(nodes[0].ID) {
								count++
							}
						}
						return count
					}
				}, &want)
			}
		})
	}
}

// layers are a service and what it needs in layers: each CI has a pair of suppliers in
// the next one, of which it needs one, and every hundredth another that it needs by
// itself.
func layers(n int) ([]config.Node, []config.Link) {
	rng := rand.New(rand.NewPCG(uint64(n), 7))
	nodes := make([]config.Node, n)
	for v := range nodes {
		nodes[v] = config.Node{ID: drawID(rng), Class: "thing", Name: "thing"}
	}
	var links []config.Link
	need := func(from, to int, group string) {
		links = append(links, config.Link{ID: drawID(rng), Type: "needs", From: nodes[from].ID, To: nodes[to].ID, Group: group})
	}
	for v := range n {
		first, last := 2*v+1, min(4*v+8, n)
		if first+1 >= n {
			break
		}
		a := first + rng.IntN(last-first)
		c := first + rng.IntN(last-first)
		need(v, a, "pair")
		if c != a {
			need(v, c, "pair")
		}
		nodes[v].Needs = []config.Need{{Group: "pair", AtLeast: 1}}
		if v%100 == 0 {
			need(v, first, "")
		}
	}
	return nodes, links
}
