package config_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// next lists where a walk goes from a CI, and by which relations.
func (e *naiveEstate) next(v uuid.UUID, o *config.WalkOptions) map[uuid.UUID][]config.Link {
	to := map[uuid.UUID][]config.Link{}
	for _, l := range e.links {
		if len(o.Types) > 0 && !slices.Contains(o.Types, l.Type) || o.Hard && l.Soft {
			continue
		}
		t, _ := e.model.RelationType(l.Type)
		needs, needed := l.From, l.To
		if t.Carries == config.ToSecond {
			needs, needed = l.To, l.From
		}
		carries := t.Carries != config.Nowhere
		if o.Way == config.ToSuppliers && carries && needs == v {
			to[needed] = append(to[needed], l)
		}
		if o.Way == config.ToDependents && carries && needed == v {
			to[needs] = append(to[needs], l)
		}
		if (o.Way == config.Forward || o.Way == config.EitherWay) && l.From == v {
			to[l.To] = append(to[l.To], l)
		}
		if (o.Way == config.Backward || o.Way == config.EitherWay) && l.To == v && !(o.Way == config.EitherWay && l.From == v) {
			to[l.From] = append(to[l.From], l)
		}
	}
	return to
}

// simple lists all simple ways by trying all, up to a length.
func (e *naiveEstate) simple(way []uuid.UUID, to uuid.UUID, most int, o *config.WalkOptions) [][]uuid.UUID {
	last := way[len(way)-1]
	if last == to {
		return [][]uuid.UUID{slices.Clone(way)}
	}
	var list [][]uuid.UUID
	if len(way) > most {
		return nil
	}
	for w := range e.next(last, o) {
		if !slices.Contains(way, w) {
			list = append(list, e.simple(append(slices.Clip(way), w), to, most, o)...)
		}
	}
	return list
}

func compareWays(a, b []uuid.UUID) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return slices.CompareFunc(a, b, compareIDs)
}

func (e *naiveEstate) distances(from []uuid.UUID, o *config.WalkOptions) map[uuid.UUID]int {
	at := map[uuid.UUID]int{}
	for _, v := range from {
		at[v] = 0
	}
	for d := 0; d < len(e.nodes) && (o.MaxDistance == 0 || d < o.MaxDistance); d++ {
		for v, own := range at {
			if own != d {
				continue
			}
			for w := range e.next(v, o) {
				if _, seen := at[w]; !seen {
					at[w] = d + 1
				}
			}
		}
	}
	return at
}

func TestWalksAgreeWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 15)), abstractModel(t)
	for range 400 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, nil)
		o := &config.WalkOptions{Way: config.Ways()[rng.IntN(5)], MaxDistance: rng.IntN(4), Hard: rng.IntN(3) == 0}
		if rng.IntN(2) == 0 {
			o.Types = []string{"needs", "notes", "feeds"}[rng.IntN(3):]
		}
		from := someOf(rng, e.ids(), 3)
		w, err := g.Walk(from, o)
		require.NoError(t, err)
		want := e.distances(from, o)
		require.Equal(t, len(want), w.Len())
		require.ElementsMatch(t, keysOf(want), w.CIs())
		for _, id := range e.ids() {
			d, is := w.Distance(id)
			distance, reached := want[id]
			require.Equal(t, reached, is)
			require.Equal(t, distance, d)
			if p := w.Path(id); reached {
				require.Contains(t, from, p.CIs[0])
				require.Equal(t, id, p.CIs[d])
				e.checkPath(t, p, o)
			} else {
				require.Nil(t, p)
			}
		}
		if ids := e.ids(); len(ids) > 0 {
			e.checkPaths(t, g, ids[rng.IntN(len(ids))], ids[rng.IntN(len(ids))], o)
		}
	}
}

func keysOf[T any](m map[uuid.UUID]T) []uuid.UUID {
	var list []uuid.UUID
	for id := range m {
		list = append(list, id)
	}
	return list
}

func (e *naiveEstate) checkPath(t *testing.T, p *config.Path, o *config.WalkOptions) {
	t.Helper()
	require.Len(t, p.Links, len(p.CIs)-1)
	for i, l := range p.Links {
		between := e.next(p.CIs[i], o)[p.CIs[i+1]]
		require.NotEmpty(t, between)
		first := slices.MinFunc(between, func(a, b config.Link) int { return compareIDs(a.ID, b.ID) })
		require.Equal(t, first, l)
	}
}

func (e *naiveEstate) checkPaths(t *testing.T, g *config.Graph, from, to uuid.UUID, o *config.WalkOptions) {
	t.Helper()
	most := o.MaxDistance
	if most == 0 {
		most = len(e.nodes)
	}
	want := e.simple([]uuid.UUID{from}, to, most, o)
	slices.SortFunc(want, compareWays)
	got, more, err := g.Paths(from, to, 5, o)
	require.NoError(t, err)
	require.Equal(t, len(want) > 5, more)
	require.Len(t, got, min(len(want), 5))
	for i, p := range got {
		require.Equal(t, want[i], p.CIs)
		e.checkPath(t, p, o)
	}
	one, err := g.Path(from, to, o)
	require.NoError(t, err)
	require.Equal(t, len(want) > 0, one != nil)
	if one != nil {
		require.Len(t, one.CIs, len(want[0]))
		require.Contains(t, want, one.CIs)
	}
}

func TestR22_CyclesAgreeWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 16)), abstractModel(t)
	for range 400 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, nil)
		o := &config.WalkOptions{Way: config.ToSuppliers, Hard: rng.IntN(3) == 0}
		together := map[uuid.UUID][]uuid.UUID{}
		for _, a := range e.ids() {
			for _, b := range e.ids() {
				_, there := e.distances([]uuid.UUID{a}, o)[b]
				_, back := e.distances([]uuid.UUID{b}, o)[a]
				if there && back {
					together[a] = append(together[a], b)
				}
			}
		}
		var cyclic, undeclared [][]uuid.UUID
		for _, a := range e.ids() {
			part := together[a]
			if _, loop := e.next(a, o)[a]; part[0] != a || len(part) == 1 && !loop {
				continue
			}
			cyclic = append(cyclic, part)
			bad := false
			for _, v := range part {
				for w, links := range e.next(v, o) {
					bad = bad || slices.Contains(part, w) && slices.ContainsFunc(links, func(l config.Link) bool { return l.Type == "needs" })
				}
			}
			if bad {
				undeclared = append(undeclared, part)
			}
		}
		got, err := g.Cycles(o)
		require.NoError(t, err)
		e.checkCycles(t, cyclic, got, o)
		for i, c := range got {
			require.LessOrEqual(t, len(c.Witness.Links), slices.Min(distancesBack(e, cyclic[i][0], o)))
			require.Equal(t, slices.MinFunc(c.Witness.CIs, compareIDs), c.Witness.CIs[0])
			e.checkMinimal(t, c.Witness, o, false)
		}
		e.checkOrder(t, g, len(cyclic) > 0, o)
		if o.Hard {
			continue // a soft relation is no excuse for what no type declares
		}
		found := g.UndeclaredCycles()
		for _, c := range found {
			require.True(t, slices.ContainsFunc(c.Witness.Links, func(l config.Link) bool { return l.Type == "needs" }))
			require.Equal(t, slices.MinFunc(c.Witness.CIs, compareIDs), c.Witness.CIs[0])
			e.checkMinimal(t, c.Witness, o, true)
		}
		e.checkRounds(t, undeclared, found)
	}
}

// distancesBack lists how long the ways round from a CI are.
func distancesBack(e *naiveEstate, id uuid.UUID, o *config.WalkOptions) []int {
	var list []int
	for w := range e.next(id, o) {
		if d, back := e.distances([]uuid.UUID{w}, o)[id]; back {
			list = append(list, d+1)
		}
	}
	return list
}

func (e *naiveEstate) checkCycles(t *testing.T, want [][]uuid.UUID, got []config.Cycle, o *config.WalkOptions) {
	t.Helper()
	e.checkRounds(t, want, got)
	for _, c := range got {
		e.checkPath(t, c.Witness, o)
	}
}

func (e *naiveEstate) checkRounds(t *testing.T, want [][]uuid.UUID, got []config.Cycle) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, c := range got {
		require.Equal(t, want[i], c.CIs)
		require.Equal(t, c.Witness.CIs[0], c.Witness.CIs[len(c.Witness.CIs)-1])
		for _, id := range c.Witness.CIs {
			require.Contains(t, c.CIs, id)
		}
		for _, l := range c.Witness.Links {
			require.Contains(t, e.links, l)
		}
	}
}

// Every question refuses what it cannot answer about.
func TestQuestionsRefuse(t *testing.T) {
	g, err := config.NewGraph(abstractModel(t), slices.Values([]config.Node{thing(2), thing(1)}), slices.Values([]config.Link{needs(1, 1, 2, "")}), nil)
	require.NoError(t, err)
	ask := func(id uuid.UUID, o *config.WalkOptions) map[string]error {
		var of []string
		if o != nil {
			of = o.Types
		}
		_, walk := g.Walk([]uuid.UUID{id}, o)
		_, path := g.Path(id, id, o)
		_, _, paths := g.Paths(id, id, 9, o)
		_, order := g.Order(o)
		_, cycles := g.Cycles(o)
		_, _, topology := g.Topology(o)
		_, cuts := g.Cuts(of...)
		_, impact := g.Impact(id)
		_, single := g.SinglePoints(id)
		_, apparent := g.ApparentRedundancy(id)
		return map[string]error{"walk": walk, "path": path, "paths": paths, "order": order, "cycles": cycles, "topology": topology, "cuts": cuts, "impact": impact, "single": single, "apparent": apparent}
	}
	for field, o := range map[string]*config.WalkOptions{"max_distance": {MaxDistance: -1}, "way": {Way: "up"}, "types[1]": {Types: []string{"needs", "eats"}}} {
		for _, question := range []string{"walk", "path", "paths", "order", "cycles", "topology"} {
			itsmtest.RequireField(t, ask(id(1), o)[question], field)
		}
	}
	require.Error(t, ask(id(1), &config.WalkOptions{Types: []string{"eats"}})["cuts"])
	for question, field := range map[string]string{"walk": "from[0]", "path": "from", "paths": "from", "impact": "lost[0]", "single": "of[0]", "apparent": "of[0]"} {
		itsmtest.RequireField(t, ask(id(9), nil)[question], field)
	}
	_, err = g.Path(id(1), id(9), nil)
	itsmtest.RequireField(t, err, "to")

	w, err := g.Walk([]uuid.UUID{id(2), id(1), id(2)}, nil)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{id(1), id(2)}, w.CIs(), "in the order of ids, whatever that of the question")
}

// checkMinimal asks that without any one of the CIs on a way round there is none among
// the others, or none with an undeclared relation.
func (e *naiveEstate) checkMinimal(t *testing.T, p *config.Path, o *config.WalkOptions, undeclared bool) {
	t.Helper()
	require.Len(t, sortedIDs(p.CIs), len(p.Links))
	for _, without := range p.CIs {
		rest := &naiveEstate{e.model, map[uuid.UUID]config.Node{}, nil}
		for _, id := range p.CIs {
			if id != without {
				rest.nodes[id] = e.nodes[id]
			}
		}
		for _, l := range e.links {
			if _, from := rest.nodes[l.From]; !from {
				continue
			}
			if _, to := rest.nodes[l.To]; to {
				rest.links = append(rest.links, l)
			}
		}
		for v := range rest.nodes {
			for w, links := range rest.next(v, o) {
				bad := slices.ContainsFunc(links, func(l config.Link) bool { return l.Type == "needs" })
				_, back := rest.distances([]uuid.UUID{w}, o)[v]
				require.False(t, back && (bad || !undeclared), "%v without %v", p, without)
			}
		}
	}
}

func (e *naiveEstate) checkOrder(t *testing.T, g *config.Graph, cyclic bool, o *config.WalkOptions) {
	t.Helper()
	order, err := g.Order(o)
	if cyclic {
		var loop *config.LoopError
		require.ErrorAs(t, err, &loop)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		return
	}
	require.NoError(t, err)
	level := map[uuid.UUID]int{}
	for i, list := range order {
		for _, id := range list {
			level[id] = i
		}
	}
	require.Len(t, level, len(e.nodes))
	for _, id := range e.ids() {
		most := -1
		for w := range e.next(id, o) {
			most = max(most, level[w])
		}
		require.Equal(t, most+1, level[id])
	}
}
