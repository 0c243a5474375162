package config_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestR34_CorrectionsOfTheDescription: what was believed of a time that is over is
// corrected, and what is believed now stays.
func TestR34_CorrectionsOfTheDescription(t *testing.T) {
	w := registered(t, nil)
	w.Do(ann, config.SetNeed{Need: config.Need{Group: "nodes", AtLeast: 2}, Change: change})
	w.Wait(10 * day)
	since, until := w.Now().Add(-8*day), w.Now().Add(-5*day)
	before := *w.Record()
	var facts []config.Fact
	for _, c := range []itsm.Command[config.CI]{
		config.Own{Owner: "eve", Since: since, Until: until, Reason: "She had it."},
		config.Describe{Environment: "test", Criticality: itsm.Low, Clear: []string{"version"}, Change: change, Since: since, Until: until, Reason: "It was tried out."},
		config.SetNeed{Need: config.Need{Group: "nodes", AtLeast: 1}, Change: change, Since: since, Until: until, Reason: "One was enough."},
		config.DropNeed{Group: "power", Change: change, Since: since, Until: until, Reason: "It had a battery."},
	} {
		facts = append(facts, config.FactsOf(w.Do(ann, c))...)
	}
	after := *w.Record()
	for _, name := range []string{"owner", "criticality", "environment"} {
		a, _ := after.Assertion(name)
		require.Equal(t, before.Value(name), a.Value, "what is believed now stays")
		require.Equal(t, until, a.Since, "and has been so since then")
	}
	after.Header, after.Known = before.Header, before.Known
	require.Equal(t, before, after)
	for _, f := range facts {
		require.Equal(t, []time.Time{since, until}, []time.Time{f.From, f.Until}, f.Attribute)
	}
	require.Equal(t, []string{"owner", "criticality", "environment", "version", "need:nodes", "need:power"}, attributesOf(facts))

	var all []config.Fact
	for _, e := range w.Events() {
		all = append(all, config.FactsOf(e)...)
	}
	tl, err := new(config.Timeline).With(slices.Values(all), nil)
	require.NoError(t, err)
	for at, want := range map[time.Time][]itsm.Value{
		since.Add(-1): {word("bob"), word("production"), word("high"), number(2)},
		since:         {word("eve"), word("test"), word("low"), number(1)},
		until:         {word("bob"), word("production"), word("high"), number(2)},
	} {
		v, _ := tl.At(w.Record().ID, config.AsOf{Valid: at})
		require.Equal(t, want, []itsm.Value{v.Value("owner"), v.Value("environment"), v.Value("criticality"), v.Value("need:nodes")})
	}
	for _, c := range []itsm.Command[config.CI]{
		config.Own{Owner: "eve", Since: since, Until: since, Reason: "x"}, config.Describe{Name: "x", Until: until},
		config.SetNeed{Need: config.Need{Group: "a", AtLeast: 1}, Change: change, Since: since, Until: w.Now().Add(hour), Reason: "x"},
		config.DropNeed{Group: "a", Change: change, Since: until, Until: since, Reason: "x"},
	} {
		itsmtest.RequireField(t, w.Refused(ann, c), "until")
	}
}

// TestDescribeClears: what a CI may do without can be taken away.
func TestDescribeClears(t *testing.T) {
	policy := under(func(p *config.Policy) { p.Environments = []string{"production"} })
	w := registered(t, policy)
	w.Do(ann, config.Describe{Description: "Serves.", Version: "3", Change: change})
	registeredAt := w.Record().VerifyFrom
	itsmtest.RequireRule(t, w.Refused(ann, config.Describe{Clear: []string{"version"}}), "R20")
	for field, c := range map[string]config.Describe{
		"clear[0]": {Clear: []string{"name"}, Change: change},
		"clear[1]": {Clear: []string{"version", "version"}, Change: change},
		"clear[2]": {Clear: []string{"description", "environment", "version"}, Version: "4", Change: change},
	} {
		itsmtest.RequireField(t, w.Refused(ann, c), field)
	}
	e := w.Do(ann, config.Describe{Clear: []string{"description", "criticality", "environment", "version"}, Change: change})
	ci := w.Record()
	require.Equal(t, []any{"", itsm.Level(""), "", ""}, []any{ci.Description, ci.Criticality, ci.Environment, ci.Version})
	require.Equal(t, registeredAt.Add(180*day), ci.NextVerify, "it is not graded any more")
	for _, f := range config.FactsOf(e) {
		require.True(t, f.Value.IsZero(), f.Attribute)
	}
	require.Len(t, e.Command.(config.Describe).Was, 4)
}

// TestR34_DatesOfMovesAreCorrected: within what lies around them, by a manager with a
// reason, and the timeline shows it.
func TestR34_DatesOfMovesAreCorrected(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, nil))
	c := server()
	c.State = config.InTest
	w.Do(ann, c)
	began := w.Now()
	w.Wait(30*day).Do(ann, config.Deploy{Change: change})
	live := w.Now()
	w.Wait(30 * day)
	states := func(days ...int) (list []string) {
		t.Helper()
		var facts []config.Fact
		for _, e := range w.Events() {
			facts = append(facts, config.FactsOf(e)...)
		}
		tl, err := new(config.Timeline).With(slices.Values(facts), nil)
		require.NoError(t, err)
		for _, d := range days {
			v, _ := tl.At(w.Record().ID, config.AsOf{Valid: began.Add(time.Duration(d) * day)})
			list = append(list, string(v.State()))
		}
		return list
	}
	require.Equal(t, []string{"in test", "in test", "live", "live"}, states(9, 29, 30, 39))

	itsmtest.RequireRule(t, w.Refused(ann, config.CorrectState{Change: change, Since: began.Add(10 * day), Reason: "x"}), itsm.RuleRole)
	for field, c := range map[string]config.CorrectState{
		"reason": {Change: change, Since: began.Add(day)},
		"since":  {Change: change, Since: began.Add(-1), Reason: "x"},
		"until":  {Change: change, State: config.InTest, Since: began.Add(day), Reason: "x"},
		"state":  {Change: change, State: "lost", Since: began.Add(day), Reason: "x"},
	} {
		itsmtest.RequireField(t, w.Refused(mia, c), field)
	}
	itsmtest.RequireField(t, w.Refused(mia, config.CorrectState{Change: change, Reason: "x"}), "since")
	itsmtest.RequireField(t, w.Refused(mia, config.CorrectState{Change: change, Since: live, Reason: "x"}), "since")
	itsmtest.RequireField(t, w.Refused(mia, config.CorrectState{Change: change, State: config.InTest, Since: live, Until: w.Now().Add(hour), Reason: "x"}), "until")
	itsmtest.RequireField(t, w.Refused(mia, config.CorrectState{Change: change, State: config.Disposed, Since: live, Until: w.Now(), Reason: "x"}), "state")

	itsmtest.RequireRule(t, w.Refused(mia, config.CorrectState{Since: began.Add(10 * day), Reason: "It was live before."}), "R20")
	itsmtest.RequireRule(t, w.Refused(mia, config.CorrectState{State: config.Live, Since: began, Until: began.Add(5 * day), Reason: "It was live first."}), "R20")
	e := w.Do(mia, config.CorrectState{Change: change, Since: began.Add(10 * day), Reason: "It was live before."})
	require.Equal(t, live, e.Command.(config.CorrectState).Was)
	require.Equal(t, began.Add(10*day), w.Record().InState)
	require.Equal(t, []string{"in test", "live", "live", "live"}, states(9, 10, 30, 39))

	w.Do(mia, config.CorrectState{Change: change, State: config.InTest, Since: began.Add(10 * day), Until: began.Add(35 * day), Reason: "No, later."})
	require.Equal(t, []any{config.Live, began.Add(35 * day)}, []any{w.Record().State, w.Record().InState})
	require.Equal(t, []string{"in test", "in test", "in test", "live"}, states(9, 10, 30, 39))

	w.Do(mia, config.CorrectState{State: config.InBuild, Since: began, Until: began.Add(5 * day), Reason: "It was built first."})
	require.Equal(t, began.Add(35*day), w.Record().InState)
	require.Equal(t, []string{"in build", "in build", "in test"}, states(0, 4, 5))
	require.Equal(t, "It was built first.", config.FactsOf(w.Events()[len(w.Events())-1])[0].Reason)
	w.Do(ann, config.Maintain{Change: change, Since: began.Add(40 * day), Reason: "Told late."})
}

// TestR20_ThePastOfWhatIsControlledChangesUnderAChangeToo: whether or not it is the
// value that is believed now.
func TestR20_ThePastOfWhatIsControlledChangesUnderAChangeToo(t *testing.T) {
	w := registered(t, nil)
	w.Do(ann, config.SetAttributes{Values: values{"memory": number(128)}, Change: change})
	w.Do(ann, config.SetNeed{Need: config.Need{Group: "power", AtLeast: 1}, Change: change})
	w.Wait(10 * day)
	since, until := w.Now().Add(-20*day), w.Now().Add(-15*day)
	for _, c := range []itsm.Command[config.CI]{
		config.SetAttributes{Values: values{"memory": number(128)}, Since: since, Until: until, Reason: "It had been more."},
		config.SetAttributes{Values: values{"memory": number(128)}, Since: since, Reason: "It had been more."},
		config.Describe{Environment: "production", Since: since, Until: until, Reason: "It was there."},
		config.SetNeed{Need: config.Need{Group: "power", AtLeast: 1}, Since: since, Reason: "It was needed then too."},
	} {
		itsmtest.RequireRule(t, w.Refused(ann, c), "R20")
	}
	w.Fork().Do(ann, config.SetAttributes{Values: values{"memory": number(128)}}) // says nothing new
}

// TestR20_SoItIsOfRelations: of the attributes of a relation that are controlled.
func TestR20_SoItIsOfRelations(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With(nil, []config.RelationType{{
			Name: "mirrors", Inverse: "is mirrored by", Pairs: []config.Pair{{From: "server", To: "server"}}, Carries: config.Nowhere,
			Attributes: []config.Attribute{{Name: "plan", Type: itsm.Text, Controlled: true}},
		}})
		require.NoError(t, err)
	})
	w := related(t, policy, ann, config.Relate{Type: "mirrors", From: end(1, "server"), To: end(2, "server"), Attributes: values{"plan": word("a")}, Change: change})
	earlier := w.Now().Add(-10 * hour)
	for _, c := range []config.Adjust{
		{Values: values{"plan": word("b")}},
		{Values: values{"plan": word("a")}, Since: earlier, Reason: "Told late."},
		{Values: values{"plan": word("a")}, Since: earlier, Until: earlier.Add(hour), Reason: "Told late."},
	} {
		itsmtest.RequireRule(t, w.Refused(ann, c), "R20")
	}
}

// TestAnAttributeMayBeCalledNeeds: what is controlled under that name are the needs.
func TestAnAttributeMayBeCalledNeeds(t *testing.T) {
	w := registered(t, under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With([]config.Class{{Name: "box", Parent: "server", Attributes: []config.Attribute{{Name: "needs", Type: itsm.Text}}}}, nil)
		require.NoError(t, err)
	}))
	w.Do(ann, config.Reclassify{Class: "box", Change: change})
	w.Do(ann, config.SetAttributes{Values: values{"needs": word("light")}})
	require.Equal(t, word("light"), w.Record().Value("needs"))
}
