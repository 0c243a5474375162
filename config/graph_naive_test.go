package config_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// naiveEstate is CIs and relations as maps and lists, of which everything is answered by
// definition: by repeated sweeps, recursion and trying all.
type naiveEstate struct {
	model *config.Model
	nodes map[uuid.UUID]config.Node
	links []config.Link
}

// abstractModel has a type of relation for each direction of need, between all.
func abstractModel(t testing.TB) *config.Model {
	t.Helper()
	all := []config.Pair{{From: "item", To: "item"}}
	m, err := config.NewModel(
		[]config.Class{{Name: "item", Abstract: true}, {Name: "thing", Parent: "item"}, {Name: "service", Parent: "item", Service: true}},
		[]config.RelationType{
			{Name: "needs", Inverse: "is needed by", Pairs: all, Carries: config.ToFirst},
			{Name: "feeds", Inverse: "is fed by", Pairs: all, Carries: config.ToSecond, Cycles: true},
			{Name: "notes", Inverse: "is noted by", Pairs: all, Carries: config.Nowhere},
			{Name: "joins", Inverse: "joins", Pairs: all, Carries: config.ToFirst, Cycles: true},
		})
	require.NoError(t, err)
	return m
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

func (e *naiveEstate) ids() []uuid.UUID {
	var list []uuid.UUID
	for id := range e.nodes {
		list = append(list, id)
	}
	slices.SortFunc(list, compareIDs)
	return list
}

type demand struct {
	supplier uuid.UUID
	group    string
}

// demands is what a CI needs, by relation; soft: what it would rather have.
func (e *naiveEstate) demands(u uuid.UUID, soft bool) []demand {
	var list []demand
	for _, l := range e.links {
		if l.Soft != soft {
			continue
		}
		t, _ := e.model.RelationType(l.Type)
		if t.Carries == config.ToFirst && l.From == u {
			list = append(list, demand{l.To, l.Group})
		}
		if t.Carries == config.ToSecond && l.To == u {
			list = append(list, demand{l.From, l.Group})
		}
	}
	return list
}

func (e *naiveEstate) members(u uuid.UUID, group string) []uuid.UUID {
	var list []uuid.UUID
	for _, d := range e.demands(u, false) {
		if d.group == group && !slices.Contains(list, d.supplier) {
			list = append(list, d.supplier)
		}
	}
	slices.SortFunc(list, compareIDs)
	return list
}

// wishes lists the suppliers that a CI needs softly.
func (e *naiveEstate) wishes(u uuid.UUID) []uuid.UUID {
	var list []uuid.UUID
	for _, d := range e.demands(u, true) {
		list = append(list, d.supplier)
	}
	return sortedIDs(list)
}

// bonds lists by which relation a CI needs each supplier of a group, or softly: the one
// with the smallest id.
func (e *naiveEstate) bonds(u uuid.UUID, suppliers []uuid.UUID, group string, soft bool) []config.Link {
	var list []config.Link
	for _, s := range suppliers {
		var all []config.Link
		for _, l := range e.links {
			t, _ := e.model.RelationType(l.Type)
			ends := t.Carries == config.ToFirst && l.From == u && l.To == s || t.Carries == config.ToSecond && l.To == u && l.From == s
			if ends && l.Soft == soft && (soft || l.Group == group) {
				all = append(all, l)
			}
		}
		list = append(list, slices.MinFunc(all, func(a, b config.Link) int { return compareIDs(a.ID, b.ID) }))
	}
	return list
}

func lostOf(members []uuid.UUID, lost map[uuid.UUID]int) []uuid.UUID {
	return slices.DeleteFunc(slices.Clone(members), func(m uuid.UUID) bool { _, is := lost[m]; return !is })
}

// fails reports whether a CI cannot work when some are lost.
func (e *naiveEstate) fails(u uuid.UUID, lost map[uuid.UUID]int) bool {
	some := map[string]bool{}
	for _, n := range e.nodes[u].Needs {
		some[n.Group] = true
		members := e.members(u, n.Group)
		if len(members)-len(lostOf(members, lost)) < n.AtLeast {
			return true
		}
	}
	for _, d := range e.demands(u, false) {
		if _, is := lost[d.supplier]; is && !some[d.group] {
			return true
		}
	}
	return false
}

// impact sweeps over all CIs until nothing more is lost.
func (e *naiveEstate) impact(start ...uuid.UUID) map[uuid.UUID]int {
	lost := map[uuid.UUID]int{}
	for _, id := range start {
		lost[id] = 0
	}
	for step := 1; ; step++ {
		var more []uuid.UUID
		for u := range e.nodes {
			if _, is := lost[u]; !is && e.fails(u, lost) {
				more = append(more, u)
			}
		}
		if more == nil {
			return lost
		}
		for _, u := range more {
			lost[u] = step
		}
	}
}

func TestImpactAgreesWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 10)), abstractModel(t)
	for range 1500 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, nil)
		e.checkImpact(t, g, someOf(rng, e.ids(), 3))
	}
}

func (e *naiveEstate) checkImpact(t *testing.T, g *config.Graph, start []uuid.UUID) {
	t.Helper()
	want := e.impact(start...)
	got, err := g.Impact(start...)
	require.NoError(t, err)
	require.Equal(t, len(want), got.Len())
	var order []uuid.UUID
	services, degraded := 0, []config.GroupState(nil)
	for _, id := range e.ids() {
		distance, lost := want[id]
		d, is := got.Distance(id)
		require.Equal(t, lost, is)
		require.Equal(t, lost, got.Has(id))
		require.Equal(t, distance, d)
		if lost {
			order = append(order, id)
			e.checkChain(t, got, id, want)
			if e.model.IsService(e.nodes[id].Class) {
				services++
			}
			continue
		}
		require.Nil(t, got.Chain(id))
		if wishes := e.wishes(id); len(lostOf(wishes, want)) > 0 {
			l := lostOf(wishes, want)
			degraded = append(degraded, config.GroupState{CI: id, Size: len(wishes), Lost: l, Links: e.bonds(id, l, "", true)})
		}
		for _, n := range e.nodes[id].Needs {
			members := e.members(id, n.Group)
			if l := lostOf(members, want); len(l) > 0 {
				degraded = append(degraded, config.GroupState{CI: id, Need: n, Size: len(members), Lost: l, Links: e.bonds(id, l, n.Group, false)})
			}
		}
	}
	slices.SortStableFunc(order, func(a, b uuid.UUID) int { return cmp.Compare(want[a], want[b]) })
	require.Equal(t, len(order), len(got.Lost()))
	if len(order) > 0 {
		require.Equal(t, order, got.Lost())
	}
	require.Equal(t, len(degraded), len(got.Degraded()))
	for i, d := range got.Degraded() {
		require.Equal(t, degraded[i], d)
		require.GreaterOrEqual(t, d.Left(), d.Need.AtLeast)
	}
	require.Len(t, got.Services(), services)
	s := got.Summary()
	require.Equal(t, []int{len(want), services}, []int{s.CIs, s.Services})
	for _, counts := range [][]config.ImpactCount{s.Classes, s.Owners, s.Criticalities} {
		cis, of := 0, 0
		for _, c := range counts {
			cis, of = cis+c.CIs, of+c.Services
		}
		require.Equal(t, []int{len(want), services}, []int{cis, of})
	}
}

// checkChain asks that each loss follows from those before it.
func (e *naiveEstate) checkChain(t *testing.T, got *config.Impact, id uuid.UUID, want map[uuid.UUID]int) {
	t.Helper()
	chain := got.Chain(id)
	require.Len(t, chain, want[id]+1)
	for i, l := range chain {
		require.Equal(t, i, l.Distance)
		if i == 0 {
			require.Equal(t, config.Loss{CI: l.CI}, l)
			continue
		}
		require.Equal(t, chain[i-1].CI, l.Supplier)
		before := map[uuid.UUID]int{}
		for w, d := range want {
			if d < i {
				before[w] = d
			}
		}
		require.Contains(t, e.links, l.Link)
		require.False(t, l.Link.Soft)
		require.Contains(t, []uuid.UUID{l.Link.From, l.Link.To}, l.CI)
		require.Contains(t, []uuid.UUID{l.Link.From, l.Link.To}, l.Supplier)
		if l.Group.Size == 0 {
			require.True(t, e.fails(l.CI, map[uuid.UUID]int{l.Supplier: 0}), "alone")
			continue
		}
		members := e.members(l.CI, l.Group.Need.Group)
		down := lostOf(members, before)
		require.Equal(t, config.GroupState{
			CI: l.CI, Need: l.Group.Need, Size: len(members), Lost: down, Links: e.bonds(l.CI, down, l.Group.Need.Group, false),
		}, l.Group)
		require.Contains(t, e.nodes[l.CI].Needs, l.Group.Need)
		require.Less(t, l.Group.Left(), l.Group.Need.AtLeast)
		require.Contains(t, l.Group.Lost, l.Supplier)
	}
	require.Equal(t, id, chain[len(chain)-1].CI)
}

func (e *naiveEstate) takes(x uuid.UUID, of []uuid.UUID) []uuid.UUID {
	var list []uuid.UUID
	lost := e.impact(x)
	for _, s := range sortedIDs(of) {
		if _, is := lost[s]; is && s != x {
			list = append(list, s)
		}
	}
	return list
}

func TestSinglePointsAgreeWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 11)), abstractModel(t)
	for range 1500 {
		e := randomEstate(t, rng, model)
		e.checkSinglePoints(t, e.graph(t, nil), someOf(rng, e.ids(), 3))
	}
}

func (e *naiveEstate) checkSinglePoints(t *testing.T, g *config.Graph, of []uuid.UUID) {
	t.Helper()
	want := []config.SinglePoint{}
	for _, x := range e.ids() {
		if takes := e.takes(x, of); len(takes) > 0 {
			want = append(want, config.SinglePoint{CI: x, Takes: takes})
		}
	}
	slices.SortStableFunc(want, func(a, b config.SinglePoint) int { return cmp.Compare(len(b.Takes), len(a.Takes)) })
	got, err := g.SinglePoints(of...)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestRankAgreesWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 12)), abstractModel(t)
	for range 500 {
		e := randomEstate(t, rng, model)
		e.checkRank(t, e.graph(t, nil))
	}
}

func (e *naiveEstate) checkRank(t *testing.T, g *config.Graph) {
	t.Helper()
	var want []config.Weight
	for _, x := range e.ids() {
		w := config.Weight{CI: x, Criticalities: make([]int, 3)}
		for _, v := range e.takes(x, e.ids()) {
			w.Lost++
			if n := e.nodes[v]; e.model.IsService(n.Class) {
				w.Services++
				if i := slices.Index([]itsm.Level{itsm.High, itsm.Medium, itsm.Low}, n.Criticality); i >= 0 {
					w.Criticalities[i]++
				}
			}
		}
		if w.Lost > 0 {
			want = append(want, w)
		}
	}
	slices.SortStableFunc(want, func(a, b config.Weight) int {
		return cmp.Or(slices.Compare(b.Criticalities, a.Criticalities), b.Services-a.Services, b.Lost-a.Lost)
	})
	got, err := g.Rank(nil)
	require.NoError(t, err)
	require.Equal(t, want, got.List)
	require.Zero(t, got.Left)
}

func TestCausesAgreeWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 13)), abstractModel(t)
	for range 1500 {
		e := randomEstate(t, rng, model)
		failed := someOf(rng, e.ids(), 3)
		working := slices.DeleteFunc(someOf(rng, e.ids(), 2), func(w uuid.UUID) bool { return slices.Contains(failed, w) })
		e.checkCauses(t, e.graph(t, nil), failed, working)
	}
}

func (e *naiveEstate) checkCauses(t *testing.T, g *config.Graph, failed, working []uuid.UUID) {
	t.Helper()
	var want []config.Cause
	explained := map[uuid.UUID]bool{}
	for _, x := range e.ids() {
		lost := e.impact(x)
		if slices.ContainsFunc(working, func(w uuid.UUID) bool { _, is := lost[w]; return is }) {
			continue
		}
		c := config.Cause{CI: x, Others: len(lost)}
		for _, f := range sortedIDs(failed) {
			if d, is := lost[f]; is {
				c.Explains, c.Distance, c.Others = append(c.Explains, f), c.Distance+d, c.Others-1
				explained[f] = true
			}
		}
		if len(c.Explains) > 0 {
			want = append(want, c)
		}
	}
	slices.SortStableFunc(want, func(a, b config.Cause) int {
		return cmp.Or(len(b.Explains)-len(a.Explains), a.Others-b.Others, a.Distance-b.Distance)
	})
	got, err := g.Causes(failed, working, nil)
	require.NoError(t, err)
	require.Equal(t, want, got.List)
	for _, f := range sortedIDs(failed) {
		require.Equal(t, !explained[f], slices.Contains(got.Unexplained, f))
	}
}

func TestApparentRedundancyAgreesWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 14)), abstractModel(t)
	found := 0
	for range 1500 {
		e := randomEstate(t, rng, model)
		found += e.checkApparent(t, e.graph(t, nil))
	}
	require.Greater(t, found, 100)
}

func (e *naiveEstate) checkApparent(t *testing.T, g *config.Graph) int {
	t.Helper()
	var want []config.Apparent
	lost := map[uuid.UUID]map[uuid.UUID]int{}
	for _, x := range e.ids() {
		lost[x] = e.impact(x)
	}
	for _, u := range e.ids() {
		for _, n := range e.nodes[u].Needs {
			members := e.members(u, n.Group)
			if len(members) == n.AtLeast {
				continue
			}
			var all []uuid.UUID
			for _, x := range e.ids() {
				if x != u && len(members)-len(lostOf(members, lost[x])) < n.AtLeast {
					all = append(all, x)
				}
			}
			a := config.Apparent{CI: u, Need: n, Size: len(members)}
			for _, x := range all {
				if !slices.ContainsFunc(all, func(y uuid.UUID) bool {
					_, takes := lost[x][y]
					_, mutual := lost[y][x]
					return x != y && takes && (!mutual || compareIDs(y, x) < 0)
				}) {
					a.Shared = append(a.Shared, config.SinglePoint{CI: x, Takes: lostOf(members, lost[x])})
				}
			}
			if len(a.Shared) > 0 {
				want = append(want, a)
			}
		}
	}
	got, err := g.ApparentRedundancy()
	require.NoError(t, err)
	require.Equal(t, want, got)
	return len(want)
}
