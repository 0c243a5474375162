package config_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

func end(n byte, class string) config.End {
	return config.End{ID: id(n), Class: class, State: config.Live}
}

func runsOn(from, to byte) config.Relate {
	return config.Relate{Type: "runs on", From: end(from, "application"), To: end(to, "server")}
}

func locatedIn(from, to byte) config.Relate {
	return config.Relate{Type: "located in", From: end(from, "server"), To: end(to, "location"), Change: change}
}

// related begins a walk with a relation.
func related(t testing.TB, policy *config.Policy, by itsm.Actor, c config.Relate, near ...*config.Relation) *relationWalk {
	t.Helper()
	w := itsmtest.New(t, relations(t, policy))
	w.Do(by, c, near...)
	w.Wait(hour)
	return w
}

func TestRelate(t *testing.T) {
	w := itsmtest.New(t, relations(t, nil))
	for name, c := range map[string]struct {
		edit  func(*config.Relate)
		field string
	}{
		"unknown type":      {func(c *config.Relate) { c.Type = "likes" }, "type"},
		"the inverse":       {func(c *config.Relate) { c.Type = "hosts" }, "type"},
		"wrong pair":        {func(c *config.Relate) { c.From, c.To = c.To, c.From }, "type"},
		"unknown class":     {func(c *config.Relate) { c.To.Class = "toaster" }, "to.class"},
		"no class":          {func(c *config.Relate) { c.To.Class = "" }, "to.class"},
		"no CI":             {func(c *config.Relate) { c.From.ID = uuid.Nil }, "from"},
		"itself":            {func(c *config.Relate) { c.From, c.To = end(1, "virtual machine"), end(1, "cluster") }, "to"},
		"disposed":          {func(c *config.Relate) { c.To.State = config.Disposed }, "to"},
		"unknown attribute": {func(c *config.Relate) { c.Attributes = values{"colour": word("red")} }, "attributes.colour"},
		"wrong value": {func(c *config.Relate) {
			c.Type, c.To, c.Attributes = "depends on", end(2, "database"), values{"strength": word("iron")}
		}, "attributes.strength"},
		"future": {func(c *config.Relate) { c.Since = w.Now().Add(hour) }, "since"},
		"past":   {func(c *config.Relate) { c.Since = w.Now().Add(-hour) }, "reason"},
	} {
		r := runsOn(1, 2)
		c.edit(&r)
		err := w.Refused(ann, r)
		require.ErrorIs(t, err, itsm.ErrInvalid, name)
		itsmtest.RequireField(t, err, c.field)
	}
	require.ErrorContains(t, w.Refused(ann, config.Relate{Type: "hosts", From: end(2, "server"), To: end(1, "application")}), `"runs on"`)
	w.Do(ann, config.Relate{Type: "depends on", From: end(1, "application"), To: end(2, "database"), Group: "data", Attributes: values{"strength": word("hard")}, Since: w.Now()})
	r := w.Record()
	require.Equal(t, config.Active, r.State)
	require.Equal(t, []uuid.UUID{id(1), id(2)}, []uuid.UUID{r.From, r.To})
	require.Equal(t, word("hard"), r.Value("strength"))
	require.True(t, r.Seen.IsZero(), "nobody saw it")
	facts := config.RelationFactsOf(w.Events()[0])
	require.Equal(t, []string{"state", "from", "group", "strength", "to", "type"}, attributesOf(facts))
	require.Equal(t, ref(2), facts[4].Value)

	loop := config.Relate{Type: "connects to", From: end(3, "network device"), To: end(3, "network device")}
	itsmtest.New(t, relations(t, nil)).Do(ann, loop) // cycles are meant there
}

// TestRelationRules: no relation is said twice, and no more are active than may be.
func TestRelationRules(t *testing.T) {
	first := related(t, nil, ann, runsOn(1, 2)).Record()
	w := itsmtest.New(t, relations(t, nil)).Another()
	itsmtest.RequireRule(t, w.Refused(ann, runsOn(1, 2), first), "duplicate")
	grouped := runsOn(1, 2)
	grouped.Group = "web"
	w.Fork().Do(ann, grouped, first)
	w.Fork().Do(ann, runsOn(1, 3), first)

	place := related(t, nil, ann, locatedIn(1, 9)).Record()
	itsmtest.RequireRule(t, w.Refused(ann, locatedIn(1, 8), place), "cardinality")
	w.Fork().Do(ann, locatedIn(2, 9), place)
	proposed := locatedIn(1, 8)
	proposed.Proposed = true
	w.Do(ann, proposed, place)
	require.Equal(t, config.Proposed, w.Record().State)
	itsmtest.RequireRule(t, w.Refused(ann, config.Activate{Change: change}, place), "cardinality")
	meant := *w.Record()
	w.Another().Do(ann, locatedIn(1, 7), &meant) // what is only proposed does not count
	itsmtest.RequireRule(t, w.Another().Refused(ann, locatedIn(1, 8), &meant), "duplicate")

	ended := *place
	ended.State = config.Ended
	w.Do(ann, config.Activate{Change: change}, &ended)
	require.Equal(t, config.Active, w.Record().State)
}

// TestR20_ControlledRelations: people relate and unrelate by a controlled type only
// under a change; what a program finds is proposed.
func TestR20_ControlledRelations(t *testing.T) {
	bare := locatedIn(1, 9)
	bare.Change = itsm.Ref{}
	w := itsmtest.New(t, relations(t, nil))
	itsmtest.RequireRule(t, w.Refused(ann, bare), "R20")
	meant := bare
	meant.Proposed = true
	require.Equal(t, config.Proposed, related(t, nil, ann, meant).Record().State)
	w.Do(probe, bare)
	require.Equal(t, config.Proposed, w.Record().State)
	require.Equal(t, w.Now(), w.Record().Seen)
	gone := w.Fork()
	gone.Do(probe, config.Unrelate{})
	require.Equal(t, config.Ended, gone.Record().State)

	itsmtest.RequireRule(t, w.Refused(ann, config.Activate{}), "R20")
	w.Do(ann, config.Activate{Change: change})
	require.Equal(t, change, w.Record().Change)
	itsmtest.RequireRule(t, w.Refused(probe, config.Unrelate{}), "R20")
	w.Do(ann, config.Unrelate{Change: change})
	for _, c := range relationSamples() {
		itsmtest.RequireRule(t, w.Refused(ann, c), itsm.RuleState) // R5
	}

	m, err := config.DefaultModel().With(nil, []config.RelationType{{
		Name: "uplink", Inverse: "downlink", Carries: config.ToFirst, Pairs: []config.Pair{{From: "item", To: "item"}},
		Attributes: []config.Attribute{{Name: "circuit", Type: itsm.Text, Controlled: true}, {Name: "speed", Type: itsm.Number, Required: true}},
	}})
	require.NoError(t, err)
	policy := under(func(p *config.Policy) { p.Model = m })
	up := config.Relate{Type: "uplink", From: end(1, "server"), To: end(2, "server")}
	itsmtest.RequireField(t, itsmtest.New(t, relations(t, policy)).Refused(ann, up), "attributes.speed")
	up.Attributes = values{"speed": number(10)}
	w = related(t, policy, ann, up)
	itsmtest.RequireRule(t, w.Refused(probe, config.Adjust{Values: values{"circuit": word("C1")}}), "R20")
	itsmtest.RequireField(t, w.Refused(probe, config.Adjust{Values: values{"speed": {}}}), "values.speed")
	itsmtest.RequireField(t, w.Refused(probe, config.Adjust{}), "values")
	e := w.Do(ann, config.Adjust{Values: values{"circuit": word("C1"), "speed": number(40)}, Change: change})
	require.Equal(t, word("C1"), w.Record().Value("circuit"))
	require.Equal(t, []string{"circuit", "speed"}, attributesOf(config.RelationFactsOf(e)))
}

// TestR34_RelationsOfThePast: as of CIs.
func TestR34_RelationsOfThePast(t *testing.T) {
	w := related(t, nil, ann, runsOn(1, 2))
	began := w.Record().InState
	w.Wait(10 * day)
	since := w.Now().Add(-5 * day)
	itsmtest.RequireField(t, w.Refused(ann, config.Unrelate{Since: since}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, config.Unrelate{Since: began.Add(-day), Reason: "Told late."}), "since")
	e := w.Fork().Do(ann, config.Unrelate{Since: since, Reason: "Told late."})
	require.Equal(t, began, e.Command.(config.Unrelate).Was)
	require.Equal(t, []config.Fact{{
		Subject: w.Record().ID, Attribute: "state", Value: state(config.Ended), From: since, Recorded: w.Now(),
		By: "ann", Source: "ann", Reason: "Told late.",
	}}, config.RelationFactsOf(e))

	dep := related(t, nil, ann, config.Relate{
		Type: "depends on", From: end(1, "application"), To: end(2, "database"), Attributes: values{"strength": word("hard")},
	})
	dep.Wait(day)
	e = dep.Do(ann, config.Adjust{Values: values{"strength": word("soft")}, Since: began, Until: began.Add(hour), Reason: "It began soft."})
	require.Equal(t, word("hard"), dep.Record().Value("strength"))
	require.Equal(t, began.Add(hour), dep.Record().Attributes["strength"].Since)
	dep.Do(ann, config.Adjust{Values: values{"strength": word("hard")}, Since: began.Add(2 * hour), Until: began.Add(3 * hour), Reason: "As it was."})
	require.Equal(t, began.Add(hour), dep.Record().Attributes["strength"].Since, "it was the same then")
	require.Equal(t, word("hard"), e.Command.(config.Adjust).Was[0].Value)
}

func TestSight(t *testing.T) {
	w := related(t, nil, probe, runsOn(1, 2))
	seen := w.Record().Seen
	w.Do(probe, config.Sight{Source: "scan", Seen: seen.Add(-hour)})
	require.Equal(t, seen, w.Record().Seen, "it was seen later already")
	e := w.Do(probe, config.Sight{Source: "scan"})
	require.Equal(t, w.Now(), w.Record().Seen)
	require.Empty(t, config.RelationFactsOf(e))
	itsmtest.RequireField(t, w.Refused(probe, config.Sight{}), "source")
	itsmtest.RequireField(t, w.Refused(probe, config.Sight{Source: "scan", Seen: w.Now().Add(hour)}), "seen")
}

// TestR20_ARelationSeenToBeGone: what a program looks for and does not find stays as
// it is recorded, with the difference beside it, until it is seen again or ended.
func TestR20_ARelationSeenToBeGone(t *testing.T) {
	gone := func(seen time.Time) config.Sight { return config.Sight{Gone: true, Source: "scan", Seen: seen} }
	factsOf := func(e itsm.Event[config.Relation]) []string {
		var list []string
		for _, f := range config.RelationFactsOf(e) {
			list = append(list, f.Attribute+"="+f.Value.String()+" from "+f.Source)
		}
		return list
	}
	w := related(t, nil, ann, locatedIn(1, 9))
	r := w.Record()
	require.True(t, w.Do(probe, gone(r.Opened.Add(-hour))).Command.(config.Sight).Stale, "it was related since")
	require.Zero(t, r.Drift)

	e := w.Do(probe, gone(time.Time{}))
	first := w.Now()
	require.Equal(t, []string{"drift:state=ended from scan"}, factsOf(e))
	require.Equal(t, config.Active, r.State)
	w.Wait(hour).Do(probe, gone(time.Time{}))
	require.Equal(t, config.Drift{Observed: state(config.Ended), First: first, Last: w.Now(), Source: "scan"}, r.Drift)
	require.Equal(t, []config.Finding{{
		Deficiency: config.Drifted, CI: r.Ref(), Number: r.Number, Attribute: "state",
		Problem: "is recorded as active and seen as ended by scan since " + first.Format(time.RFC3339),
	}}, config.RelationFindings(r))
	require.Empty(t, factsOf(w.Do(probe, config.Sight{Source: "late scan", Seen: first})), "an older look ends nothing")
	require.NotZero(t, r.Drift)

	ended := w.Fork()
	require.Equal(t, []string{"state=ended from ann", "drift:state= from ann"}, factsOf(ended.Do(ann, config.Unrelate{Change: change})))
	require.Zero(t, ended.Record().Drift)
	require.Empty(t, config.RelationFindings(ended.Record()))

	w.Wait(hour)
	require.Equal(t, []string{"drift:state= from scan"}, factsOf(w.Do(probe, config.Sight{Source: "scan"})))
	require.Zero(t, r.Drift)
	require.Empty(t, config.RelationFindings(r))
	require.True(t, w.Do(probe, gone(first)).Command.(config.Sight).Stale)

	// Of one that is only proposed it is the other way round.
	found := locatedIn(1, 9)
	found.Change = itsm.Ref{}
	w = itsmtest.New(t, relations(t, nil))
	w.Do(probe, found)
	r = w.Record()
	require.Equal(t, config.Drift{Observed: state(config.Active), First: w.Now(), Last: w.Now(), Source: "probe"}, r.Drift)
	require.Contains(t, config.RelationFindings(r)[0].Problem, "is recorded as proposed and seen as active")
	require.Equal(t, []string{"drift:state= from scan"}, factsOf(w.Wait(hour).Do(probe, gone(time.Time{}))))
	require.Zero(t, r.Drift)
	old := config.Sight{Source: "late scan", Seen: w.Now().Add(-time.Minute)}
	require.True(t, w.Do(probe, old).Command.(config.Sight).Stale)
	require.Equal(t, []string{"drift:state=active from scan"}, factsOf(w.Wait(hour).Do(probe, config.Sight{Source: "scan"})))
	require.Equal(t, []string{"state=active from ann", "drift:state= from ann"}, factsOf(w.Do(ann, config.Activate{Change: change})))
	require.Zero(t, r.Drift)
	require.Empty(t, config.RelationFindings(nil))
}

// TestEndsAreLookedUp: where the policy knows the CIs, nobody else says what they are.
func TestEndsAreLookedUp(t *testing.T) {
	estate := map[uuid.UUID]config.End{ // by id, which need not be given again
		id(1): {Class: "application", State: config.Live}, id(2): end(2, "server"), id(3): {ID: id(3), Class: "server", State: config.Disposed},
	}
	policy := under(func(p *config.Policy) {
		p.End = func(tenant string, ci uuid.UUID) (config.End, bool) {
			end, known := estate[ci]
			return end, known && tenant == "acme"
		}
	})
	w := itsmtest.New(t, relations(t, policy))
	to := func(n byte) config.Relate {
		return config.Relate{Type: "runs on", From: config.End{ID: id(1), Class: "location"}, To: config.End{ID: id(n)}}
	}
	itsmtest.RequireField(t, w.Refused(ann, to(4)), "to")
	itsmtest.RequireField(t, w.Refused(ann, to(3)), "to")
	proposed := w.Another()
	meant := to(2)
	meant.Proposed = true
	proposed.Do(ann, meant)
	e := w.Do(ann, to(2))
	require.Equal(t, end(1, "application"), e.Command.(config.Relate).From)

	estate[id(2)] = config.End{ID: id(2), Class: "server", State: config.Disposed}
	itsmtest.RequireField(t, proposed.Refused(ann, config.Activate{}), "to")
	delete(estate, id(2))
	itsmtest.RequireField(t, proposed.Refused(ann, config.Activate{}), "to")
	estate[id(2)] = end(2, "server")
	proposed.Do(ann, config.Activate{})
}

// TestCheckRelation: the rules of a relation as a function.
func TestCheckRelation(t *testing.T) {
	m := config.DefaultModel()
	r := related(t, nil, ann, locatedIn(1, 9)).Record()
	require.NoError(t, m.CheckRelation(r, end(1, "server"), end(9, "location"), []*config.Relation{r}))
	itsmtest.RequireField(t, m.CheckRelation(r, end(1, "server"), end(9, "server"), nil), "type")
	itsmtest.RequireField(t, m.CheckRelation(r, end(1, "server"), config.End{}, nil), "to.class")
	other := *r
	other.ID, other.Number = id(77), "REL0000077"
	itsmtest.RequireRule(t, m.CheckRelation(r, end(1, "server"), end(9, "location"), []*config.Relation{&other}), "duplicate")
	ended := *r
	ended.State = config.Ended
	require.NoError(t, m.CheckRelation(&ended, config.End{ID: id(1), Class: "server", State: config.Disposed}, end(9, "location"), []*config.Relation{&other}))
}
