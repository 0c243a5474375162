package benchmarks

import (
	"fmt"
	"testing"

	"github.com/itsmkit/itsm/config"
)

// BenchmarkGraphRank ranks all CIs by what their loss takes down, in estates where
// little needs much, where what is needed has no cycles, and where nearly all need
// each other.
func BenchmarkGraphRank(b *testing.B) {
	rank := func(name string, n int, nodes []config.Node, links []config.Link) {
		b.Run(fmt.Sprintf("shape=%s/nodes=%d", name, n), func(b *testing.B) {
			g := estateGraph(b, nodes, links)
			want := -1
			timed(b, "itsm", func() func() int {
				return func() int {
					r, err := g.Rank(nil)
					if err != nil {
						b.Fatal(err)
					}
					lost := 0
					for _, w := range r.List {
						lost += w.Lost
					}
					return lost
				}
			}, &want)
			if n <= 10_000 {
				timed(b, "impacts", func() func() int {
					return func() int {
						lost := 0
						for _, node := range nodes {
							i, err := g.Impact(node.ID)
							if err != nil {
								b.Fatal(err)
							}
							lost += i.Len() - 1
						}
						return lost
					}
				}, &want)
			}
		})
	}
	for _, n := range graphSizes(b) {
		nodes, links := layers(n)
		rank("layers", n, nodes, links)
		for _, acyclic := range []bool{true, false} {
			nodes, links := estate(n, true, drawEdges(n, "uniform", acyclic))
			rank(map[bool]string{true: "acyclic", false: "cyclic"}[acyclic], n, nodes, links)
		}
	}
}
