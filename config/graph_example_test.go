package config_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// shop is a web shop: the site runs on one of two web servers, orders need the
// database too, which is a cluster of three of which two have to work. Both web
// servers are on one switch.
func shop() (*config.Graph, map[string]uuid.UUID) {
	ids := map[string]uuid.UUID{}
	var nodes []config.Node
	ci := func(name, class string, needs ...config.Need) {
		ids[name] = uuid.UUID{6: 0x80, 8: 0x80, 15: byte(len(nodes) + 1)}
		nodes = append(nodes, config.Node{ID: ids[name], Class: class, Name: name, Owner: "bob", Criticality: itsm.High, Needs: needs})
	}
	ci("shop", "business service")
	ci("web", "application", config.Need{Group: "web servers", AtLeast: 1})
	ci("orders", "application")
	ci("db", "cluster", config.Need{Group: "nodes", AtLeast: 2})
	for _, name := range []string{"web-1", "web-2", "db-1", "db-2", "db-3"} {
		ci(name, "server")
	}
	ci("switch-a", "network device")
	ci("switch-b", "network device")
	ci("switch-c", "network device")
	ci("orders-vm", "virtual machine")

	var links []config.Link
	relate := func(from, relation, to, group string) {
		links = append(links, config.Link{ID: uuid.UUID{6: 0x80, 8: 0x80, 14: 1, 15: byte(len(links) + 1)}, Type: relation, From: ids[from], To: ids[to], Group: group})
	}
	relate("shop", "depends on", "web", "")
	relate("shop", "depends on", "orders", "")
	relate("web", "runs on", "web-1", "web servers")
	relate("web", "runs on", "web-2", "web servers")
	relate("orders", "runs on", "orders-vm", "")
	relate("orders-vm", "runs on", "db", "")
	for i, name := range []string{"db-1", "db-2", "db-3"} {
		relate(name, "member of", "db", "nodes")
		relate(name, "connects to", []string{"switch-a", "switch-b", "switch-c"}[i], "")
	}
	relate("web-1", "connects to", "switch-a", "")
	relate("web-2", "connects to", "switch-a", "")

	g, err := config.NewGraph(config.DefaultModel(), slices.Values(nodes), slices.Values(links), nil)
	if err != nil {
		fmt.Println(err)
	}
	return g, ids
}

// What stops when a switch fails, why, and what is left of what still works.
func ExampleGraph_Impact() {
	g, ids := shop()
	lost, err := g.Impact(ids["switch-a"])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range lost.Services() {
		fmt.Println("stops:", g.Explain(lost.Chain(s.CI)))
	}
	for _, d := range lost.Degraded() {
		n, _ := g.Node(d.CI)
		fmt.Println("still works:", n.Name, "with", g.ExplainGroup(d))
	}
	s := lost.Summary()
	fmt.Println(s.CIs, "CIs,", s.Services, "service")
	// Output:
	// stops: shop ← web ← web servers (1 of 2 needed, lost: web-1, web-2) ← web-1 ← switch-a
	// still works: db with nodes (2 of 3 needed, lost: db-1)
	// 6 CIs, 1 service
}

// The single points of failure of the shop; the switch is one although there are two
// web servers.
func ExampleGraph_SinglePoints() {
	g, ids := shop()
	points, err := g.SinglePoints(ids["shop"])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range points {
		lost, _ := g.Impact(p.CI)
		fmt.Println(g.Explain(lost.Chain(ids["shop"])))
	}
	// Output:
	// shop ← web
	// shop ← orders
	// shop ← orders ← orders-vm ← db
	// shop ← web ← web servers (1 of 2 needed, lost: web-1, web-2) ← web-1 ← switch-a
	// shop ← orders ← orders-vm
}

// The redundancy of the web servers is only apparent: they share a switch. That of
// the database is real.
func ExampleGraph_ApparentRedundancy() {
	g, _ := shop()
	list, err := g.ApparentRedundancy()
	if err != nil {
		fmt.Println(err)
		return
	}
	name := func(id uuid.UUID) string { n, _ := g.Node(id); return n.Name }
	for _, a := range list {
		for _, s := range a.Shared {
			lost, _ := g.Impact(s.CI)
			fmt.Printf("%s needs %d of %d %s, which share %s:\n", name(a.CI), a.Need.AtLeast, a.Size, a.Need.Group, name(s.CI))
			for _, member := range s.Takes {
				fmt.Println(" ", g.Explain(lost.Chain(member)))
			}
		}
	}
	// Output:
	// web needs 1 of 2 web servers, which share switch-a:
	//   web-1 ← switch-a
	//   web-2 ← switch-a
}

// The shop is down and orders are known to work: what may be the cause?
func ExampleGraph_Causes() {
	g, ids := shop()
	causes, err := g.Causes([]uuid.UUID{ids["shop"], ids["web-1"]}, []uuid.UUID{ids["orders"]}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range causes.List {
		n, _ := g.Node(c.CI)
		fmt.Println(n.Name, "explains", len(c.Explains), "and would take", c.Others, "others")
	}
	// Output:
	// switch-a explains 2 and would take 4 others
	// shop explains 1 and would take 0 others
	// web-1 explains 1 and would take 0 others
	// web explains 1 and would take 1 others
}

// Orders are down, and so is one node of their database, which does with two of
// three; the web and another node work. No single loss explains that: which two do?
func ExampleGraph_Diagnoses() {
	g, ids := shop()
	failed, working := []uuid.UUID{ids["orders"], ids["db-3"]}, []uuid.UUID{ids["web"], ids["db-1"]}
	diagnoses, err := g.Diagnoses(failed, working, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range diagnoses.List {
		if len(d.Alone) > 0 {
			continue // says of a failed CI only that it has failed
		}
		var names []string
		for _, id := range d.CIs {
			n, _ := g.Node(id)
			names = append(names, n.Name)
		}
		lost, _ := g.Impact(d.CIs...)
		fmt.Println(strings.Join(names, " and "), "would take", d.Others, "others:")
		fmt.Println(" ", g.Explain(lost.Chain(ids["orders"])))
	}
	// Output:
	// switch-c and orders-vm would take 3 others:
	//   orders ← orders-vm
	// db and switch-c would take 4 others:
	//   orders ← orders-vm ← db
	// db-2 and db-3 would take 4 others:
	//   orders ← orders-vm ← db ← nodes (2 of 3 needed, lost: db-2, db-3) ← db-2
	// db-3 and switch-b would take 5 others:
	//   orders ← orders-vm ← db ← nodes (2 of 3 needed, lost: db-2, db-3) ← db-2 ← switch-b
	// db-2 and switch-c would take 5 others:
	//   orders ← orders-vm ← db ← nodes (2 of 3 needed, lost: db-2, db-3) ← db-3 ← switch-c
	// switch-b and switch-c would take 6 others:
	//   orders ← orders-vm ← db ← nodes (2 of 3 needed, lost: db-2, db-3) ← db-2 ← switch-b
}

// A change is seen by the next question; the graph it was made from stays as it is.
func ExampleGraph_With() {
	g, ids := shop()
	moved, err := g.With(config.GraphChanges{
		Ended:  []config.Link{{ID: uuid.UUID{6: 0x80, 8: 0x80, 14: 1, 15: 14}, Type: "connects to", From: ids["web-2"], To: ids["switch-a"]}},
		Linked: []config.Link{{ID: uuid.UUID{6: 0x80, 8: 0x80, 14: 2, 15: 1}, Type: "connects to", From: ids["web-2"], To: ids["switch-b"]}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range []*config.Graph{g, moved} {
		lost, _ := g.Impact(ids["switch-a"])
		fmt.Println("the shop stops:", lost.Has(ids["shop"]))
	}
	_, err = g.With(config.GraphChanges{Linked: []config.Link{{Type: "runs on", From: ids["web-1"], To: ids["web"]}}})
	fmt.Println(err)
	// Output:
	// the shop stops: true
	// the shop stops: false
	// linked[0].type: "runs on" leads from no server to a application; what does: backed up by
}

// What the shop depends on, and how.
func ExampleGraph_Walk() {
	g, ids := shop()
	w, err := g.Walk([]uuid.UUID{ids["shop"]}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := w.Path(ids["switch-c"])
	for i, l := range p.Links {
		a, _ := g.Node(p.CIs[i])
		b, _ := g.Node(p.CIs[i+1])
		fmt.Printf("%s needs %s (%s)\n", a.Name, b.Name, l.Type)
	}
	fmt.Println(w.Len(), "CIs in all")
	// Output:
	// shop needs orders (depends on)
	// orders needs orders-vm (runs on)
	// orders-vm needs db (runs on)
	// db needs db-3 (member of)
	// db-3 needs switch-c (connects to)
	// 13 CIs in all
}
