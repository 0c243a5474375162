package benchmarks

import (
	"bufio"
	"encoding/csv"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config"
)

// The services of Wikimedia and what they depend on; see the README of ../shared/data.
const (
	wikimediaServices     = "../../../shared/data/wikimedia_service_catalog.yaml"
	wikimediaDependencies = "../../../shared/data/wikimedia_service_dependencies.csv"
)

// wikimedia reads the names in the catalogue, and the pairs of a consumer and the
// listener that it calls, each once. Most listeners have the name of a service.
func wikimedia(t *testing.T) (catalogue []string, pairs [][2]string) {
	t.Helper()
	text, err := os.ReadFile(wikimediaServices)
	if os.IsNotExist(err) {
		t.Skip("the catalogue may not be published and is not here: ../shared/data/wikimedia_service_catalog.yaml")
	}
	if err != nil {
		t.Fatal(err)
	}
	_, body, found := strings.Cut(string(text), "service::catalog:")
	if !found {
		t.Fatal("the catalogue has no service::catalog")
	}
	for _, m := range regexp.MustCompile(`(?m)^  ([^ :#]+):`).FindAllStringSubmatch(body, -1) {
		catalogue = append(catalogue, m[1])
	}
	file, err := os.Open(wikimediaDependencies)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(bufio.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if pair := [2]string{row[0], row[1]}; !slices.Contains(pairs, pair) {
			pairs = append(pairs, pair)
		}
	}
	return catalogue, pairs
}

// wikimediaTotals is what the graph of all services says.
type wikimediaTotals struct {
	Services, CIs, Links    int
	Cycles, InCycles        int
	Lost                    int // with each CI, over all
	SinglePoints, TakesMost int
	Widest                  string // whose loss takes most
}

// TestWikimedia makes a graph of real services and asks it everything.
func TestWikimedia(t *testing.T) {
	catalogue, pairs := wikimedia(t)
	names := slices.Clone(catalogue)
	for _, p := range pairs {
		names = append(names, p[0], p[1])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	id := func(name string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(name)) }
	nodes := func(yield func(config.Node) bool) {
		for _, name := range names {
			if !yield(config.Node{ID: id(name), Class: "application", Name: name}) {
				return
			}
		}
	}
	links := func(yield func(config.Link) bool) {
		for _, p := range pairs {
			if !yield(config.Link{Type: "depends on", From: id(p[0]), To: id(p[1])}) {
				return
			}
		}
	}
	g, err := config.NewGraph(config.DefaultModel(), nodes, links, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := wikimediaTotals{Services: len(catalogue), CIs: g.Nodes(), Links: g.Links()}
	cycles, err := g.Cycles(nil)
	if err != nil {
		t.Fatal(err)
	}
	got.Cycles = len(cycles)
	for _, c := range cycles {
		got.InCycles += len(c.CIs)
	}
	for n := range g.AllNodes() {
		impact, err := g.Impact(n.ID)
		if err != nil {
			t.Fatal(err)
		}
		lost := impact.Len()
		got.Lost += lost
		if lost > got.TakesMost {
			got.TakesMost, got.Widest = lost, n.Name
		}
	}
	var all []uuid.UUID
	for n := range g.AllNodes() {
		all = append(all, n.ID)
	}
	points, err := g.SinglePoints(all...)
	if err != nil {
		t.Fatal(err)
	}
	got.SinglePoints = len(points)
	want := wikimediaTotals{
		Services: 136, CIs: 195, Links: 119, Cycles: 1, InCycles: 2,
		Lost: 356, SinglePoints: 57, TakesMost: 21, Widest: "schema",
	}
	if got != want {
		t.Errorf("the totals are\n%+v, want\n%+v", got, want)
	}
}
