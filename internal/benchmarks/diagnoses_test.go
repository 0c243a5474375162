package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config"
)

// stacks is a data centre: ten services each need forty applications, each of which
// runs on one of two machines, which lie on hosts; all hosts of a rack share a switch.
// The rest of the n CIs are services of the same kind. Nodes are services first.
func stacks(services int) ([]config.Node, []config.Link) {
	const applications, hosts, perRack = 40, 40, 8
	rng := rand.New(rand.NewPCG(uint64(services), 7))
	var nodes []config.Node
	var links []config.Link
	add := func(needs ...config.Need) int {
		nodes = append(nodes, config.Node{ID: drawID(rng), Class: "thing", Needs: needs})
		return len(nodes) - 1
	}
	need := func(from, to int, group string) {
		links = append(links, config.Link{ID: drawID(rng), Type: "needs", From: nodes[from].ID, To: nodes[to].ID, Group: group})
	}
	for range services {
		add()
	}
	var host []int
	for at := 0; at < services; at += 10 {
		var rack int
		if at%100 == 0 { // a hundred services share hosts
			host = nil
			for i := range hosts {
				if i%perRack == 0 {
					rack = add()
				}
				host = append(host, add())
				need(host[i], rack, "")
			}
		}
		for s := at; s < min(at+10, services); s++ {
			for range applications {
				app := add(config.Need{Group: "machines", AtLeast: 1})
				need(s, app, "")
				for range 2 {
					vm := add()
					need(app, vm, "machines")
					need(vm, host[rng.IntN(hosts)], "")
				}
			}
		}
	}
	return nodes, links
}

// BenchmarkGraphDiagnoses finds all pairs that explain why ten services have failed
// and others work, in estates of different sizes.
func BenchmarkGraphDiagnoses(b *testing.B) {
	ask := func(b *testing.B, g *config.Graph, failed, working []uuid.UUID, o *config.DiagnosisOptions) {
		b.ReportAllocs()
		var d *config.Diagnoses
		for b.Loop() {
			var err error
			if d, err = g.Diagnoses(failed, working, o); err != nil {
				b.Fatal(err)
			}
		}
		w, err := g.Walk(failed, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(w.Len()), "needed")
		b.ReportMetric(float64(len(d.List)), "diagnoses")
		b.ReportMetric(float64(d.Left), "left")
	}
	ids := func(nodes []config.Node) []uuid.UUID {
		var list []uuid.UUID
		for _, n := range nodes {
			list = append(list, n.ID)
		}
		return list
	}
	for _, services := range []int{10, 830} {
		nodes, links := stacks(services)
		g := estateGraph(b, nodes, links)
		for _, c := range []struct{ failed, working, most int }{{1, 0, 2}, {2, 0, 2}, {10, 0, 2}, {2, 8, 2}, {1, 0, 3}, {10, 0, 3}} {
			b.Run(fmt.Sprintf("stacks=%d/failed=%d/working=%d/most=%d", len(nodes), c.failed, c.working, c.most), func(b *testing.B) {
				ask(b, g, ids(nodes[:c.failed]), ids(nodes[c.failed:c.failed+c.working]), &config.DiagnosisOptions{Most: c.most})
			})
		}
	}
	eachEstate(b, func(b *testing.B, n int, nodes []config.Node, links []config.Link) {
		g := estateGraph(b, nodes, links)
		ask(b, g, ids(nodes[:10]), nil, nil)
	})
}
