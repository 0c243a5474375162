package benchmarks

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/config/topology"
)

// estateTotals is what all shapes of call graphs, taken as CIs that need one another,
// have together.
type estateTotals struct {
	Shapes, CIs, Links int
	Lost, Farthest     int // with each CI, over all; the most steps
	Points, Taken      int // single points of failure of all CIs, and what they take
	Causes, Certain    int // of what is lost with each CI; those that explain all of it
	Pairs              int // of CIs whose joint loss takes the first caller
	Cycles, Shared     int // cycles; groups whose redundancy is only apparent
}

// callEstate is a call graph as CIs: who calls needs who is called. Of the services that
// one calls several times under one name it needs one in a group, so that redundancy
// is asked too: of every third that calls more than two.
func callEstate(nodes int, edges []topology.Edge) (ids []uuid.UUID, cis []config.Node, links []config.Link) {
	ids = make([]uuid.UUID, nodes)
	cis = make([]config.Node, nodes)
	out := make([]int, nodes)
	for _, e := range edges {
		out[e.From]++
	}
	for v := range ids {
		binary.BigEndian.PutUint32(ids[v][12:], uint32(v+1))
		cis[v] = config.Node{ID: ids[v], Class: "application", Name: fmt.Sprint(v)}
	}
	for _, e := range edges {
		l := config.Link{Type: "depends on", From: ids[e.From], To: ids[e.To]}
		if e.From%3 == 0 && out[e.From] > 2 {
			l.Group = "called"
		}
		if !slices.Contains(links, l) {
			links = append(links, l)
		}
	}
	for v := range cis {
		if v%3 == 0 && out[v] > 2 {
			cis[v].Needs = []config.Need{{Group: "called", AtLeast: 1}}
		}
	}
	return ids, cis, links
}

func (c *estateTotals) add(nodes int, edges []topology.Edge) error {
	ids, cis, links := callEstate(nodes, edges)
	g, err := config.NewGraph(config.DefaultModel(), slices.Values(cis), slices.Values(links), nil)
	if err != nil {
		return err
	}
	c.Shapes++
	c.CIs += g.Nodes()
	c.Links += g.Links()
	points, err := g.SinglePoints(ids...)
	if err != nil {
		return err
	}
	takes := make(map[uuid.UUID][]uuid.UUID)
	for _, p := range points {
		takes[p.CI] = p.Takes
		c.Taken += len(p.Takes)
	}
	c.Points += len(points)
	for _, id := range ids {
		impact, err := g.Impact(id)
		if err != nil {
			return err
		}
		lost := impact.Lost()
		c.Lost += len(lost)
		c.Farthest = max(c.Farthest, impact.Steps()-1)
		others := slices.DeleteFunc(slices.Clone(lost), func(o uuid.UUID) bool { return o == id })
		slices.SortFunc(others, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		if !slices.Equal(others, takes[id]) {
			return fmt.Errorf("the loss of %s takes %v, as a single point of failure %v", id, others, takes[id])
		}
		causes, err := g.Causes(lost, nil, nil)
		if err != nil {
			return err
		}
		c.Causes += len(causes.List)
		if len(causes.List) == 0 || len(causes.List[0].Explains) != len(lost) {
			return fmt.Errorf("of what is lost with %s no cause explains all", id)
		}
		for _, cause := range causes.List {
			if len(cause.Explains) == len(lost) {
				c.Certain++
			}
		}
	}
	if err := c.addPairs(g, ids[0], takes); err != nil {
		return err
	}
	cycles, err := g.Cycles(nil)
	if err != nil {
		return err
	}
	c.Cycles += len(cycles)
	shared, err := g.ApparentRedundancy(ids...)
	if err != nil {
		return err
	}
	c.Shared += len(shared)
	return nil
}

// addPairs asks why the first has failed, of which the single points of failure are
// one answer each.
func (c *estateTotals) addPairs(g *config.Graph, first uuid.UUID, takes map[uuid.UUID][]uuid.UUID) error {
	diagnoses, err := g.Diagnoses([]uuid.UUID{first}, nil, nil)
	if err != nil {
		return err
	}
	single := 0
	for _, d := range diagnoses.List {
		lost, err := g.Impact(d.CIs...)
		if err != nil || !lost.Has(first) || lost.Len() != d.Others+1 {
			return fmt.Errorf("%v is no diagnosis of %s: %w", d, first, err)
		}
		if len(d.CIs) == 1 {
			single++
			if d.CIs[0] != first && !slices.Contains(takes[d.CIs[0]], first) {
				return fmt.Errorf("%s is no single point of failure of %s", d.CIs[0], first)
			}
			continue
		}
		c.Pairs++
		for _, id := range d.CIs {
			if slices.Contains(takes[id], first) {
				return fmt.Errorf("%s alone loses %s, and is in %v", id, first, d.CIs)
			}
		}
	}
	points := 1
	for _, list := range takes {
		if slices.Contains(list, first) {
			points++
		}
	}
	if single != points || diagnoses.Left > 0 {
		return fmt.Errorf("%d single CIs explain the failure of %s, of %d", single, first, points)
	}
	return nil
}

// TestCallGraphsAsEstates asks of real shapes what CIs are asked: what is lost with
// each, single points of failure, causes, redundancy. What follows from another answer
// is held against it; the totals are golden.
func TestCallGraphsAsEstates(t *testing.T) {
	var total estateTotals
	seen := 0
	eachShape(t, func(nodes int, edges []topology.Edge) error {
		if seen++; underRace && seen%20 != 0 {
			return nil
		}
		return total.add(nodes, edges)
	})
	want := estateTotals{
		Shapes: 9_419, CIs: 99_966, Links: 93_797,
		Lost: 186_015, Farthest: 10, Points: 48_117, Taken: 86_049,
		Causes: 475_412, Certain: 186_015, Pairs: 125, Cycles: 893, Shared: 90,
	}
	if underRace {
		return
	}
	if total != want {
		t.Errorf("the totals are\n%+v, want\n%+v", total, want)
	}
}
