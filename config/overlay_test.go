package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// everything asks a graph everything and writes down the answers.
func everything(t *testing.T, g *config.Graph) string {
	t.Helper()
	var b strings.Builder
	say := func(what string, answer any) { fmt.Fprintf(&b, "%s: %+v\n", what, answer) }
	nodes := slices.Collect(g.AllNodes())
	say("counts", []int{g.Nodes(), g.Links()})
	say("nodes", nodes)
	say("links", slices.Collect(g.AllLinks()))
	var ids []uuid.UUID
	for _, n := range nodes {
		ids = append(ids, n.ID)
	}
	for i, id := range ids {
		from, to := g.LinksOf(id)
		say("links of", []any{from, to})
		say("impact", asked(g.Impact(id, ids[(i+1)%len(ids)])))
		points, err := g.SinglePoints(id)
		say("points", []any{points, err})
		causes, err := g.Causes([]uuid.UUID{id}, []uuid.UUID{ids[len(ids)/2]}, nil)
		say("causes", causes)
		say("", err)
		diagnoses, err := g.Diagnoses([]uuid.UUID{id, ids[len(ids)-1]}, []uuid.UUID{ids[len(ids)/2]}, nil)
		say("diagnoses", diagnoses)
		say("", err)
		for _, way := range config.Ways() {
			w, err := g.Walk([]uuid.UUID{id}, &config.WalkOptions{Way: way})
			require.NoError(t, err)
			say(string(way), w.CIs())
			for _, to := range ids {
				say("path", w.Path(to))
			}
			paths, more, err := g.Paths(id, ids[(i+1)%len(ids)], 3, &config.WalkOptions{Way: way, MaxDistance: 4})
			for _, p := range paths {
				say("paths", *p)
			}
			say("", []any{more, err})
		}
	}
	rank, err := g.Rank(nil)
	require.NoError(t, err)
	say("rank", rank.List)
	apparent, err := g.ApparentRedundancy()
	say("apparent", []any{apparent, err})
	for _, c := range g.UndeclaredCycles() {
		say("undeclared", c.CIs)
		say("round", *c.Witness)
	}
	order, err := g.Order(nil)
	say("order", []any{order, err})
	cuts, err := g.Cuts()
	say("cuts", []any{cuts, err})
	return b.String()
}

// asked writes down an impact.
func asked(i *config.Impact, err error) string {
	if err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("%+v %+v %+v", slices.Collect(i.All()), i.Degraded(), i.Summary())
	for _, id := range i.Lost() {
		text += fmt.Sprintf("\n%+v", i.Chain(id))
	}
	return text
}

// change makes up a few changes and applies them to the estate as well.
func (e *naiveEstate) change(rng *rand.Rand) config.GraphChanges {
	var c config.GraphChanges
	touched := map[uuid.UUID]bool{}
	for range rng.IntN(3) {
		if len(e.links) > 0 {
			i := rng.IntN(len(e.links))
			c.Ended = append(c.Ended, e.links[i])
			touched[e.links[i].From], touched[e.links[i].To] = true, true
			e.links = slices.Delete(e.links, i, i+1)
		}
	}
	if ids := e.ids(); rng.IntN(4) == 0 && len(ids) > 0 {
		gone := ids[rng.IntN(len(ids))]
		c.Gone = append(c.Gone, gone)
		delete(e.nodes, gone)
		e.links = slices.DeleteFunc(e.links, func(l config.Link) bool {
			is := l.From == gone || l.To == gone
			if is {
				touched[l.From], touched[l.To] = true, true
			}
			return is
		})
		if rng.IntN(3) == 0 { // and is back, with nothing of what it was
			e.nodes[gone] = config.Node{ID: gone, Class: "thing", Name: "again"}
			touched[gone] = true
		}
	}
	for range rng.IntN(3) {
		touched[e.addNode(rng)] = true
	}
	for range rng.IntN(4) {
		if len(e.nodes) > 0 {
			l := e.randomLink(rng)
			c.Linked, e.links = append(c.Linked, l), append(e.links, l)
		}
	}
	for _, id := range e.ids() {
		switch {
		case rng.IntN(5) == 0:
			e.setNeeds(rng, id)
			c.Nodes = append(c.Nodes, e.nodes[id])
		case touched[id]:
			e.fitNeeds(id)
			c.Nodes = append(c.Nodes, e.nodes[id])
		}
	}
	return c
}

// A graph with changes answers as one that was built with them, and what it was
// made from still answers as before.
func TestGraphWithChangesIsTheGraphBuiltWithThem(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 20)), abstractModel(t)
	for range 12 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, &config.GraphOptions{FoldAfter: -1 + 21*rng.IntN(2)})
		graphs, answers := []*config.Graph{g}, []string{everything(t, g)}
		for range 12 {
			was := graphs[len(graphs)-1]
			c := e.change(rng)
			now, err := was.With(c)
			require.NoError(t, err, "%+v", c)
			fresh := e.graph(t, nil)
			want := everything(t, fresh)
			require.Equal(t, want, everything(t, now))
			require.Equal(t, want, everything(t, now.Fold()))
			require.Zero(t, now.Fold().Changes())
			e.checkImpact(t, now, someOf(rng, e.ids(), 2))
			graphs, answers = append(graphs, now), append(answers, want)
		}
		// Two that come of the same one do not touch each other.
		half := graphs[len(graphs)/2]
		other := &naiveEstate{model, map[uuid.UUID]config.Node{}, nil}
		for n := range half.AllNodes() {
			other.nodes[n.ID] = n
		}
		other.links = slices.Collect(half.AllLinks())
		now, err := half.With(other.change(rng))
		require.NoError(t, err)
		require.Equal(t, everything(t, other.graph(t, nil)), everything(t, now))
		for i, g := range graphs {
			require.Equal(t, answers[i], everything(t, g), i)
		}
	}
}
