package config_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestRegister(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, nil))
	for field, edit := range map[string]func(*config.Register){
		"name":              func(c *config.Register) { c.Name = "" },
		"class":             func(c *config.Register) { c.Class = "toaster" },
		"criticality":       func(c *config.Register) { c.Criticality = "huge" },
		"state":             func(c *config.Register) { c.State = "lost" },
		"attributes.memory": func(c *config.Register) { c.Attributes = values{"memory": number(-1)} },
		"attributes.cpus":   func(c *config.Register) { c.Attributes = values{"cpus": word("eight")} },
		"attributes.colour": func(c *config.Register) { c.Attributes = values{"colour": word("red")} },
		"attributes.role":   func(c *config.Register) { c.Class, c.Attributes = "network device", nil },
		"needs[0].at_least": func(c *config.Register) { c.Needs = []config.Need{{Group: "power"}} },
		"needs[1].group":    func(c *config.Register) { c.Needs = []config.Need{{Group: "a", AtLeast: 1}, {Group: "a", AtLeast: 2}} },
		"since":             func(c *config.Register) { c.Since = w.Now().Add(hour) },
		"reason":            func(c *config.Register) { c.Since = w.Now().Add(-hour) },
		"environment":       func(c *config.Register) { c.Environment = "a\nb" },
	} {
		c := server()
		edit(&c)
		itsmtest.RequireField(t, w.Refused(ann, c), field)
	}
	c := server()
	c.Class = "computer"
	itsmtest.RequireField(t, w.Refused(ann, c), "class")
	require.ErrorContains(t, w.Refused(ann, c), "abstract")
	itsmtest.RequireRule(t, w.Refused(otto, server()), itsm.RuleRole)

	c = server()
	c.Needs = []config.Need{{Group: "power", AtLeast: 1}, {Group: "net", AtLeast: 2}}
	w.Do(ann, c)
	ci := w.Record()
	require.Equal(t, config.Live, ci.State)
	require.Equal(t, w.Now().Add(90*day), ci.NextVerify)
	require.Equal(t, []config.Need{{Group: "net", AtLeast: 2}, {Group: "power", AtLeast: 1}}, ci.Needs)
	require.Equal(t, 2, ci.Need("net"))
	require.Zero(t, ci.Need("none"))
	require.Equal(t, config.Assertion{Value: number(64), Since: w.Now(), Source: "ann", Seen: w.Now(), Change: change}, ci.Attributes["memory"])
	require.Equal(t, config.End{ID: ci.ID, Class: "server", State: config.Live}, ci.End())
}

func TestPolicyLists(t *testing.T) {
	policy := under(func(p *config.Policy) { p.Environments = []string{"production"} })
	w := itsmtest.New(t, lifecycle(t, policy))
	c := server()
	c.Environment = "prod"
	itsmtest.RequireField(t, w.Refused(ann, c), "environment")
	w.Do(ann, server())
	itsmtest.RequireField(t, w.Refused(ann, config.Describe{Environment: "prod", Change: change}), "environment")
	itsmtest.RequireField(t, w.Refused(ann, config.Describe{}), "name")
	w.Do(probe, config.Observe{Source: "scan", Values: values{"environment": word("prod"), "version": word("prod")}})
	require.Equal(t, []string{"environment", "version"}, w.Record().Drifting(), "what differs from a controlled one is kept, whatever it is")

	policy.Controlled = nil
	w = registered(t, policy)
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Values: values{"environment": word("prod")}}), "values.environment")
	w.Do(probe, config.Observe{Source: "scan", Values: values{"environment": word("production"), "version": word("prod")}})
}

// TestR20_DriftIsKept: what discovery sees of a controlled attribute is kept beside
// what is believed, until both agree.
func TestR20_DriftIsKept(t *testing.T) {
	w := registered(t, nil)
	seen := values{"memory": number(128), "firmware": word("1.2"), "hostname": word("web-1.example")}
	w.Do(probe, config.Observe{Source: "scan", Values: seen})
	first := w.Now()
	ci := w.Record()
	require.Equal(t, number(64), ci.Value("memory"))
	require.Equal(t, map[string]config.Drift{"memory": {Observed: number(128), First: first, Last: first, Source: "scan"}}, ci.Drifts)
	require.Equal(t, config.Assertion{Value: word("1.2"), Since: first, Source: "scan", Seen: first}, ci.Attributes["firmware"])
	require.Equal(t, first, ci.Attributes["hostname"].Seen)
	require.Equal(t, "ann", ci.Attributes["hostname"].Source, "it only was confirmed")
	require.Equal(t, first, ci.Seen)

	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: seen})
	require.Equal(t, config.Drift{Observed: number(128), First: first, Last: w.Now(), Source: "scan"}, ci.Drifts["memory"])
	w.Wait(hour).Do(probe, config.Observe{Source: "other scan", Values: values{"memory": number(96)}})
	require.Equal(t, config.Drift{Observed: number(96), First: w.Now(), Last: w.Now(), Source: "other scan"}, ci.Drifts["memory"])

	settled := w.Fork()
	settled.Wait(hour).Do(ann, config.SetAttributes{Values: values{"memory": number(96)}, Change: change})
	require.Empty(t, settled.Record().Drifts)
	other := w.Fork()
	other.Wait(hour).Do(ann, config.SetAttributes{Values: values{"memory": number(32)}, Change: change})
	require.Len(t, other.Record().Drifts, 1, "it still differs")
	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: values{"memory": number(64)}})
	require.Empty(t, ci.Drifts)

	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: values{"memory": {}, "version": word("9")}})
	require.Equal(t, []string{"memory", "version"}, ci.Drifting())
	require.True(t, ci.Drifts["memory"].Observed.IsZero())
	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: values{"firmware": {}, "name": word("WEB-1")}})
	require.NotContains(t, ci.Attributes, "firmware")
	require.Equal(t, "WEB-1", ci.Name)

	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Values: values{"memory": word("a lot")}}), "values.memory")
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Values: values{"colour": word("red")}}), "values.colour")
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Values: values{"owner": word("eve")}}), "values.owner")
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Values: values{"version": {}}}), "values.version")
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Seen: w.Now().Add(hour)}), "seen")
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{}), "source")
}

// TestStaleObservation: what was seen before something newer is known says nothing.
func TestStaleObservation(t *testing.T) {
	w := registered(t, nil)
	looked := w.Now()
	w.Wait(day).Do(ann, config.SetAttributes{Values: values{"firmware": word("2")}})
	known := w.Now()
	w.Wait(hour)
	e := w.Do(probe, config.Observe{Source: "scan", Seen: looked, Values: values{"firmware": word("1"), "ip_address": word("10.0.0.1")}})
	require.Equal(t, []string{"firmware"}, e.Command.(config.Observe).Stale)
	require.Equal(t, word("2"), w.Record().Value("firmware"))
	require.Equal(t, known, w.Record().Attributes["firmware"].Seen)
	require.Equal(t, looked, w.Record().Attributes["ip_address"].Since)
	require.Equal(t, looked, w.Record().Seen)
	facts := config.FactsOf(e)
	require.Len(t, facts, 1)
	require.Equal(t, config.Fact{
		Subject: w.Record().ID, Attribute: "ip_address", Value: word("10.0.0.1"), From: looked, Recorded: w.Now(),
		By: "probe", Source: "scan", Reason: "seen then by scan",
	}, facts[0])
}

// TestStaleDrift: an older look neither ends a drift nor brings one, and tells no
// other name.
func TestStaleDrift(t *testing.T) {
	w := registered(t, nil)
	looked := w.Now()
	w.Wait(day).Do(probe, config.Observe{Source: "scan", Values: values{"memory": number(128), "name": word("web")}})
	drifts := w.Record().Drifts
	w.Wait(hour)
	e := w.Do(probe, config.Observe{Source: "late scan", Seen: looked, Values: values{"memory": number(64), "name": word("www")}})
	require.Equal(t, []string{"memory", "name"}, e.Command.(config.Observe).Stale)
	require.Equal(t, drifts, w.Record().Drifts)
	require.Equal(t, "web", w.Record().Name)
	require.Empty(t, config.FactsOf(e))
}

// TestR34_FactsOfThePast: they have a reason, and the event keeps what they replace.
func TestR34_FactsOfThePast(t *testing.T) {
	w := registered(t, nil)
	born := w.Now().Add(-hour)
	w.Wait(10 * day)
	since := w.Now().Add(-5 * day)
	set := config.SetAttributes{Values: values{"memory": number(128)}, Change: change, Since: since}
	itsmtest.RequireField(t, w.Refused(ann, set), "reason")
	set.Since = w.Now().Add(hour)
	itsmtest.RequireField(t, w.Refused(ann, set), "since")
	set.Since, set.Reason = since, "The ticket was closed late."
	e := w.Do(ann, set)
	require.Equal(t, []config.Replaced{{Attribute: "memory", Value: number(64), Since: born}}, e.Command.(config.SetAttributes).Was)
	require.Equal(t, since, w.Record().Attributes["memory"].Since)
	require.Equal(t, []config.Fact{{
		Subject: w.Record().ID, Attribute: "memory", Value: number(128), From: since, Recorded: w.Now(),
		By: "ann", Source: "ann", Change: change, Reason: "The ticket was closed late.",
	}}, config.FactsOf(e))

	// Of a time that is over: what is believed now stays.
	fix := config.SetAttributes{
		Values: values{"memory": number(96)}, Change: change, Since: since.Add(-day), Until: since.Add(day), Reason: "There were two steps.",
	}
	e = w.Do(ann, fix)
	require.Equal(t, number(128), w.Record().Value("memory"))
	require.Equal(t, since.Add(day), w.Record().Attributes["memory"].Since)
	require.Equal(t, since.Add(day), config.FactsOf(e)[0].Until)

	// That it was the same then moves nothing.
	same := fix
	same.Values, same.Since, same.Until = values{"memory": number(128)}, w.Now().Add(-5*hour), w.Now().Add(-4*hour)
	w.Do(ann, same)
	require.Equal(t, since.Add(day), w.Record().Attributes["memory"].Since)
	fix.Until = fix.Since
	itsmtest.RequireField(t, w.Refused(ann, fix), "until")
	fix.Until = w.Now().Add(day)
	itsmtest.RequireField(t, w.Refused(ann, fix), "until")

	e = w.Do(ann, config.Own{Owner: "eve", Since: since, Reason: "She told late."})
	require.Equal(t, []config.Replaced{{Attribute: "owner", Value: word("bob"), Since: born}}, e.Command.(config.Own).Was)
	require.Equal(t, []string{"owner"}, attributesOf(config.FactsOf(e)))
	for _, c := range []itsm.Command[config.CI]{
		config.Own{Owner: "bob", Since: since}, config.Describe{Name: "x", Since: since}, config.Maintain{Change: change, Since: since},
		config.SetNeed{Need: config.Need{Group: "a", AtLeast: 1}, Change: change, Since: since},
		config.Reclassify{Class: "virtual machine", Values: values{"serial_number": {}}, Change: change, Since: since},
	} {
		itsmtest.RequireField(t, w.Refused(ann, c), "reason")
	}
	itsmtest.RequireField(t, w.Refused(ann, config.Maintain{Change: change, Since: born.Add(-day), Reason: "Told late."}), "since")
	e = w.Do(ann, config.Maintain{Change: change, Since: since, Reason: "Told late."})
	require.Equal(t, since, w.Record().InState)
	require.Equal(t, born, e.Command.(config.Maintain).Was)
	require.Equal(t, []config.Fact{{
		Subject: w.Record().ID, Attribute: "state", Value: state(config.InMaintenance), From: since, Recorded: w.Now(),
		By: "ann", Source: "ann", Change: change, Reason: "Told late.",
	}}, config.FactsOf(e))
}

func attributesOf(facts []config.Fact) []string {
	var list []string
	for _, f := range facts {
		list = append(list, f.Attribute)
	}
	return list
}

// TestR5_Disposed: nothing changes any more.
func TestR5_Disposed(t *testing.T) {
	w := registered(t, nil)
	w.Do(mia, config.Retire{Change: change})
	w.Do(mia, config.Reinstate{Change: change})
	w.Do(mia, config.Retire{Change: change})
	itsmtest.RequireRule(t, w.Refused(ann, config.Dispose{}), itsm.RuleRole)
	w.Do(mia, config.Dispose{})
	for _, c := range samples() {
		for _, by := range []itsm.Actor{ann, mia, bob, probe, system} {
			itsmtest.RequireRule(t, w.Refused(by, c), itsm.RuleState)
		}
	}
}

// TestR5_DisposedFromTheStart: what is registered as disposed of is as final, was never
// there, and nobody is asked to verify it; what is registered as retired comes back.
func TestR5_DisposedFromTheStart(t *testing.T) {
	c := server()
	c.State, c.Change = config.Disposed, itsm.Ref{}
	w := itsmtest.New(t, lifecycle(t, nil))
	e := w.Do(ann, c)
	require.Equal(t, config.Disposed, w.Record().State)
	require.Zero(t, w.Record().NextVerify)
	for _, c := range samples() {
		itsmtest.RequireRule(t, w.Refused(mia, c), itsm.RuleState)
	}
	timeline, err := config.NewTimeline(slices.Values(config.FactsOf(e)), nil, nil)
	require.NoError(t, err)
	view, _ := timeline.At(w.Record().ID, config.AsOf{Valid: w.Now()})
	require.Equal(t, config.Disposed, view.State())
	require.False(t, view.Present())
	require.Empty(t, config.Findings(nil, w.Record(), w.Now().Add(1000*day)))

	c.State = config.Retired
	w = itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, c)
	require.Zero(t, w.Record().NextVerify)
	itsmtest.RequireRule(t, w.Refused(ann, config.Reinstate{Change: change}), itsm.RuleRole)
	w.Wait(day).Do(mia, config.Reinstate{Change: change})
	require.Equal(t, w.Now().Add(90*day), w.Record().NextVerify)

	strict := under(func(p *config.Policy) { p.UnderChange = []itsm.State{config.Retired} })
	itsmtest.RequireRule(t, itsmtest.New(t, lifecycle(t, strict)).Refused(ann, c), "R20")
}

// TestLife leads a CI through all its states.
func TestLife(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, config.Register{Name: "web-2", Class: "server"})
	require.Equal(t, config.Planned, w.Record().State)
	for _, step := range []struct {
		command itsm.Command[config.CI]
		to      itsm.State
	}{
		{config.Order{}, config.Ordered}, {config.Build{}, config.InBuild}, {config.Test{}, config.InTest},
		{config.Build{}, config.InBuild}, {config.Test{}, config.InTest}, {config.Deploy{Change: change}, config.Live},
		{config.Maintain{Change: change}, config.InMaintenance}, {config.Return{Change: change}, config.Live},
		{config.Retire{Change: change}, config.Retired}, {config.Dispose{}, config.Disposed},
	} {
		w.Wait(day).Do(mia, step.command)
		require.Equal(t, step.to, w.Record().State)
		require.Equal(t, w.Now(), w.Record().InState)
	}
}

// TestVerifiedFromUseOn: what lay on paper for long is not overdue the day it comes
// into use.
func TestVerifiedFromUseOn(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, config.Register{Name: "web-2", Class: "server", Criticality: itsm.High})
	w.Wait(400*day).Do(ann, config.Test{})
	tested := w.Now()
	require.Equal(t, tested.Add(90*day), w.Record().NextVerify)
	w.Wait(day).Do(ann, config.Deploy{Change: change})
	require.Equal(t, tested.Add(90*day), w.Record().NextVerify, "it counts already")
	w.Do(ann, config.Describe{Criticality: itsm.Low})
	require.Equal(t, tested.Add(365*day), w.Record().NextVerify)
	w.Wait(day).Do(mia, config.Retire{Change: change})
	w.Wait(400*day).Do(mia, config.Reinstate{Change: change})
	require.Equal(t, w.Now().Add(365*day), w.Record().NextVerify)
}

func TestReclassify(t *testing.T) {
	w := registered(t, nil)
	to := config.Reclassify{Class: "virtual machine", Change: change}
	itsmtest.RequireField(t, w.Refused(ann, to), "attributes.serial_number")
	to.Values = values{"serial_number": {}, "hypervisor_id": word("vm-7")}
	e := w.Do(ann, to)
	require.Equal(t, "virtual machine", w.Record().Class)
	require.NotContains(t, w.Record().Attributes, "serial_number")
	require.Equal(t, number(64), w.Record().Value("memory"))
	require.Equal(t, []string{"class", "hypervisor_id", "serial_number"}, attributesOf(config.FactsOf(e)))

	itsmtest.RequireField(t, w.Refused(ann, config.Reclassify{Class: "virtual machine", Change: change}), "class")
	itsmtest.RequireField(t, w.Refused(ann, config.Reclassify{Class: "computer", Change: change}), "class")
	away := values{"memory": {}, "cpus": {}, "hostname": {}, "hypervisor_id": {}}
	itsmtest.RequireField(t, w.Refused(ann, config.Reclassify{Class: "network device", Values: away, Change: change}), "values.role")
	itsmtest.RequireField(t, w.Refused(ann, config.Reclassify{Class: "virtual machine", Values: values{"colour": {}}, Change: change}), "values.colour")
	away["role"] = word("switch")
	w.Do(ann, config.Reclassify{Class: "network device", Values: away, Change: change})
	itsmtest.RequireField(t, w.Refused(ann, config.SetAttributes{Values: values{"role": {}}, Change: change}), "values.role")
}

// TestReclassifySettlesDrifts: what differs of an attribute that the new class does
// not have could never agree again, whether it was believed to have a value or not;
// of the others it stays until they agree.
func TestReclassifySettlesDrifts(t *testing.T) {
	w := registered(t, nil)
	w.Do(probe, config.Observe{Source: "scan", Values: values{"memory": number(128), "cpus": number(4), "serial_number": word("S-9"), "operating_system": word("x"), "version": word("2")}})
	w.Wait(hour)
	gone := w.Fork()
	e := gone.Do(ann, config.Reclassify{Class: "contract", Values: values{"memory": {}, "cpus": {}, "hostname": {}, "serial_number": {}}, Change: change})
	require.Equal(t, []string{"version"}, gone.Record().Drifting())
	require.Equal(t, []string{"cpus", "memory", "operating_system", "serial_number"}, e.Command.(config.Reclassify).Settled)
	require.Contains(t, attributesOf(config.FactsOf(e)), "drift:operating_system")

	w.Do(ann, config.Reclassify{Class: "virtual machine", Values: values{"memory": {}, "cpus": number(4), "serial_number": {}}, Change: change})
	require.Equal(t, []string{"memory", "operating_system", "version"}, w.Record().Drifting(), "it still has none, and is seen with 128")
}

func TestNeeds(t *testing.T) {
	w := registered(t, nil)
	need := func(group string, n int) config.SetNeed {
		return config.SetNeed{Need: config.Need{Group: group, AtLeast: n}, Change: change}
	}
	itsmtest.RequireField(t, w.Refused(ann, need("power", 0)), "need.at_least")
	itsmtest.RequireField(t, w.Refused(ann, need("", 1)), "need.group")
	itsmtest.RequireField(t, w.Refused(ann, config.DropNeed{Group: "power"}), "group")
	w.Do(ann, need("power", 1))
	w.Do(ann, need("net", 1))
	e := w.Do(ann, need("power", 2))
	require.Equal(t, 1, e.Command.(config.SetNeed).Was)
	require.Equal(t, []config.Need{{Group: "net", AtLeast: 1}, {Group: "power", AtLeast: 2}}, w.Record().Needs)
	require.Equal(t, number(2), config.FactsOf(e)[0].Value)
	e = w.Do(ann, config.DropNeed{Group: "net", Change: change})
	require.Equal(t, []config.Need{{Group: "power", AtLeast: 2}}, w.Record().Needs)
	require.Equal(t, "need:net", config.FactsOf(e)[0].Attribute)
	require.True(t, config.FactsOf(e)[0].Value.IsZero())
}

// TestReferences: a reference leads to a CI of the classes that the attribute names.
func TestReferences(t *testing.T) {
	m, err := config.DefaultModel().With([]config.Class{{Name: "desk", Parent: "item", Attributes: []config.Attribute{
		{Name: "stands_in", Type: itsm.Reference, Refers: []string{config.Kind}, Classes: []string{"location"}},
		{Name: "leads_to", Type: itsm.Reference},
	}}}, nil)
	require.NoError(t, err)
	policy := under(func(p *config.Policy) {
		p.Model = m
		p.End = func(_ string, ci uuid.UUID) (config.End, bool) {
			class, known := map[uuid.UUID]string{id(1): "location", id(2): "server"}[ci]
			return config.End{ID: ci, Class: class, State: config.Live}, known
		}
	})
	w := itsmtest.New(t, lifecycle(t, policy))
	desk := func(v itsm.Value) config.Register {
		return config.Register{Name: "desk", Class: "desk", Attributes: values{"stands_in": v}}
	}
	itsmtest.RequireField(t, w.Refused(ann, desk(ref(2))), "attributes.stands_in")
	itsmtest.RequireField(t, w.Refused(ann, desk(ref(3))), "attributes.stands_in")
	itsmtest.RequireField(t, w.Refused(ann, desk(itsm.ReferenceValue(itsm.Ref{Kind: "person", ID: "1"}))), "attributes.stands_in")
	itsmtest.RequireField(t, w.Refused(ann, config.Register{Name: "desk", Class: "desk", Attributes: values{"lies_in": ref(1)}}), "attributes.lies_in")
	w.Do(ann, desk(ref(1)))
	w.Do(ann, config.SetAttributes{Values: values{"leads_to": ref(2)}})
	itsmtest.RequireField(t, w.Refused(ann, config.SetAttributes{Values: values{"stands_in": ref(2)}}), "values.stands_in")
	w.Do(ann, config.SetAttributes{Values: values{"leads_to": itsm.ReferenceValue(itsm.Ref{Kind: "person", ID: "1"})}})
}

// TestVerification: it comes again by criticality; one that fails has an action.
func TestVerification(t *testing.T) {
	w := registered(t, nil)
	w.Wait(day).Do(ann, config.Verify{Against: "survey", Result: config.Passed})
	require.Equal(t, config.Verification{At: w.Now(), By: "ann", Against: "survey", Result: config.Passed}, w.Record().Verified)
	require.Equal(t, w.Now().Add(90*day), w.Record().NextVerify)
	verified := w.Now()
	w.Wait(day).Do(ann, config.Describe{Criticality: itsm.Low})
	require.Equal(t, verified.Add(365*day), w.Record().NextVerify, "counted from the last verification")

	fails := config.Verify{Against: "survey", Result: config.Failed, Found: "Another memory.", Action: "Find the change"}
	for field, edit := range map[string]func(*config.Verify){
		"against": func(c *config.Verify) { c.Against = "" },
		"result":  func(c *config.Verify) { c.Result = "so so" },
		"found":   func(c *config.Verify) { c.Found = "" },
		"action":  func(c *config.Verify) { c.Action = "" },
		"due":     func(c *config.Verify) { c.Due = w.Now() },
	} {
		c := fails
		edit(&c)
		itsmtest.RequireField(t, w.Refused(ann, c), field)
	}
	itsmtest.RequireField(t, w.Refused(ann, config.Verify{Against: "survey", Result: config.Passed, Owner: "bob"}), "action")
	w.Do(ann, fails)
	due := w.Now().Add(30 * day)
	require.Equal(t, []config.Action{{ID: 1, Title: "Find the change", Owner: "bob", Due: due, Opened: w.Now()}}, w.Record().OpenActions())

	itsmtest.RequireRule(t, w.Refused(ann, config.Attest{}), itsm.RuleRole)
	w.Wait(day).Do(bob, config.Attest{Text: "It is right."})
	require.Equal(t, config.Verification{At: w.Now(), By: "bob", Result: config.Passed}, w.Record().Verified)

	w.Do(mia, config.Retire{Change: change})
	itsmtest.RequireRule(t, w.Refused(mia, config.Dispose{}), "R8 actions")
	itsmtest.RequireField(t, w.Refused(bob, config.CompleteAction{Action: 2, Text: "Done."}), "action")
	itsmtest.RequireField(t, w.Refused(bob, config.CompleteAction{Action: 1}), "text")
	w.Do(bob, config.CompleteAction{Action: 1, Text: "CHG7, forgotten."})
	itsmtest.RequireField(t, w.Refused(bob, config.CompleteAction{Action: 1, Text: "Again."}), "action")
	require.Empty(t, w.Record().OpenActions())
	w.Do(mia, config.Dispose{})

	unowned := itsmtest.New(t, lifecycle(t, nil))
	unowned.Do(ann, config.Register{Name: "x", Class: "server"})
	itsmtest.RequireField(t, unowned.Refused(ann, fails), "owner")
}

// TestOwnAttributesAreSaidElsewhere: who sets what every record has as an attribute is
// told the command for it.
func TestOwnAttributesAreSaidElsewhere(t *testing.T) {
	w := registered(t, nil)
	for _, name := range config.OwnAttributes() {
		err := w.Refused(ann, config.SetAttributes{Values: values{name: word("x")}})
		itsmtest.RequireField(t, err, "values."+name)
		require.ErrorContains(t, err, "besides its attributes", name)
	}
	require.ErrorContains(t, w.Refused(ann, config.SetAttributes{Values: values{"owner": word("eve")}}), "register and own say it")
	r := related(t, nil, ann, locatedIn(1, 9))
	for _, name := range config.OwnRelationAttributes() {
		require.ErrorContains(t, r.Refused(ann, config.Adjust{Values: values{name: word("x")}}), "besides its attributes", name)
	}
	require.ErrorContains(t, w.Refused(ann, config.SetAttributes{Values: values{"colour": word("red")}}), "is not declared")
}
