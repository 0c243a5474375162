package config_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// estate is a register of CIs and one of relations over the same memory backend,
// with a clock that stands still until it is set.
type estate struct {
	cis       *register.Register[config.CI]
	relations *register.Register[config.Relation]
	t         *testing.T
	ctx       context.Context
	now       time.Time
}

func newEstate(t *testing.T, policy *config.Policy) *estate {
	t.Helper()
	e := &estate{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	backend, clock := memory.New(), func() time.Time { return e.now }
	cis, err := config.Process(policy)
	require.NoError(t, err)
	e.cis, err = register.New(backend, cis, &register.Options[config.CI]{Now: clock})
	require.NoError(t, err)
	process, err := config.RelationProcess(policy)
	require.NoError(t, err)
	e.relations, err = register.New(backend, process, &register.Options[config.Relation]{Now: clock})
	require.NoError(t, err)
	return e
}

func (e *estate) register(by itsm.Actor, c config.Register) config.CI {
	e.t.Helper()
	ci, err := e.cis.Create(e.ctx, by, c)
	require.NoError(e.t, err)
	return ci
}

func (e *estate) do(by itsm.Actor, id uuid.UUID, commands ...itsm.Command[config.CI]) config.CI {
	e.t.Helper()
	var ci config.CI
	for _, c := range commands {
		var err error
		ci, err = e.cis.Do(e.ctx, by, id, c)
		require.NoError(e.t, err)
	}
	return ci
}

// names lists the CIs that a selection finds.
func (e *estate) names(sel itsm.Selection[config.CI]) []string {
	e.t.Helper()
	var list []string
	for ci, err := range e.cis.Find(e.ctx, ann, sel) {
		require.NoError(e.t, err)
		list = append(list, ci.Name)
	}
	return list
}

func (e *estate) numbers(sel itsm.Selection[config.Relation]) []string {
	e.t.Helper()
	var list []string
	for r, err := range e.relations.Find(e.ctx, ann, sel) {
		require.NoError(e.t, err)
		list = append(list, r.Number)
	}
	return list
}

func TestSelections(t *testing.T) {
	e := newEstate(t, nil)
	web := e.register(ann, server())
	other := server()
	other.Name, other.Owner, other.Criticality, other.Environment = "db-1", "eve", itsm.Low, "test"
	other.Attributes = values{"serial_number": word("S-2"), "memory": number(64)}
	db := e.register(ann, other)
	shop := e.register(ann, config.Register{Name: "shop", Class: "business service"})

	for want, sel := range map[string]itsm.Selection[config.CI]{
		"state":       config.InState(config.Planned),
		"class":       config.ByClass("business service"),
		"name":        config.ByName("shop"),
		"environment": {Where: func(ci *config.CI) bool { return ci.Environment == "" }},
		"ids":         config.ByID(shop.ID),
	} {
		require.Equal(t, []string{"shop"}, e.names(sel), want)
	}
	require.Equal(t, []string{"db-1", "web-1"}, e.names(config.ByClass("server")), "by name")
	require.Empty(t, e.names(config.ByClass("computer")))
	require.Equal(t, []string{"db-1"}, e.names(config.ByOwner("eve")))
	require.Equal(t, []string{"db-1"}, e.names(config.ByEnvironment("test")))
	require.Equal(t, []string{"web-1"}, e.names(config.ByCriticality(itsm.High)))
	require.Equal(t, []string{"db-1", "web-1"}, e.names(config.ByChange(change)))
	require.Equal(t, []string{"db-1"}, e.names(config.WithAttribute("serial_number", word("S-2"))))
	require.Empty(t, e.names(config.WithAttribute("memory", number(64))), "is not indexed")

	require.Equal(t, []string{"web-1", "db-1"}, e.names(config.ToVerify(time.Time{}, time.Time{})), "the planned one is not in use")
	require.Equal(t, []string{"web-1"}, e.names(config.ToVerify(time.Time{}, e.now.Add(91*day))))
	e.now = e.now.Add(hour)
	e.do(probe, db.ID, config.Observe{Source: "scan", Values: values{"memory": number(1), "version": word("7")}})
	e.now = e.now.Add(hour)
	e.do(probe, web.ID, config.Observe{Source: "scan", Values: values{"memory": number(1)}})
	require.Equal(t, []string{"db-1", "web-1"}, e.names(config.DriftingIn("memory")), "the oldest first")
	require.Equal(t, []string{"db-1"}, e.names(config.DriftingIn("version")))
	e.do(ann, db.ID, config.SetAttributes{Values: values{"memory": number(1)}, Change: change})
	require.Equal(t, []string{"web-1"}, e.names(config.DriftingIn("memory")))

	fails := config.Verify{Against: "survey", Result: config.Failed, Found: "Memory.", Action: "Find the change"}
	e.do(ann, web.ID, fails, fails)
	require.Equal(t, []string{"web-1", "web-1"}[:len(e.names(config.ActionsOf("bob")))], e.names(config.ActionsOf("bob")))
	require.NotEmpty(t, e.names(config.ActionsOf("bob")))
	e.do(bob, web.ID, config.CompleteAction{Action: 1, Text: "Done."}, config.CompleteAction{Action: 2, Text: "Done."})
	require.Empty(t, e.names(config.ActionsOf("bob")))

	again, err := e.cis.Replay(e.ctx, ann, web.ID)
	require.NoError(t, err)
	is, err := e.cis.Get(e.ctx, ann, web.ID)
	require.NoError(t, err)
	require.Equal(t, text(t, is), text(t, again))
}

// What one class is found by finds CIs of every class that has it.
func TestFoundByWhatAnotherClassIndexes(t *testing.T) {
	e := newEstate(t, under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With([]config.Class{{Name: "vault", Attributes: []config.Attribute{attr("memory", itsm.Number, func(a *config.Attribute) { a.Indexed = true })}}}, nil)
		require.NoError(t, err)
	}))
	e.register(ann, server())
	require.Equal(t, []string{"web-1"}, e.names(config.WithAttribute("memory", number(64))))
}

// TestRelationsInARegister: the rules hold over all relations of the register.
func TestRelationsInARegister(t *testing.T) {
	e := newEstate(t, nil)
	host, here, there := e.register(ann, server()), config.CI{}, config.CI{}
	here = e.register(ann, config.Register{Name: "Berlin", Class: "location"})
	there = e.register(ann, config.Register{Name: "Paris", Class: "location"})
	place := func(to config.CI) config.Relate {
		return config.Relate{Type: "located in", From: host.End(), To: to.End(), Change: change}
	}
	first, err := e.relations.Create(e.ctx, ann, place(here))
	require.NoError(t, err)
	_, err = e.relations.Create(e.ctx, ann, place(here))
	itsmtest.RequireRule(t, err, "duplicate")
	_, err = e.relations.Create(e.ctx, ann, place(there))
	itsmtest.RequireRule(t, err, "cardinality")
	wanted := place(there)
	wanted.Proposed = true
	second, err := e.relations.Create(e.ctx, ann, wanted)
	require.NoError(t, err)
	_, err = e.relations.Do(e.ctx, ann, second.ID, config.Activate{Change: change})
	itsmtest.RequireRule(t, err, "cardinality")

	require.Equal(t, []string{first.Number, second.Number}, e.numbers(config.RelationsFrom(host.ID)))
	require.Equal(t, []string{second.Number}, e.numbers(config.RelationsTo(there.ID)))
	e.now = e.now.Add(hour)
	_, err = e.relations.Do(e.ctx, ann, first.ID, config.Unrelate{Change: change})
	require.NoError(t, err)
	_, err = e.relations.Do(e.ctx, ann, second.ID, config.Activate{Change: change})
	require.NoError(t, err)
	require.Equal(t, []string{second.Number}, e.numbers(config.RelationsFrom(host.ID)))
	require.Equal(t, []string{first.Number, second.Number}, e.numbers(config.RelationsOf(host.ID)))
	require.Equal(t, []string{first.Number}, e.numbers(config.RelationsOfType("located in", config.Ended)))
	require.Len(t, e.numbers(config.RelationsByChange(change)), 2)
	require.Empty(t, e.numbers(config.RelationsDrifting()))
	_, err = e.relations.Do(e.ctx, probe, second.ID, config.Sight{Gone: true, Source: "scan"})
	require.NoError(t, err)
	require.Equal(t, []string{second.Number}, e.numbers(config.RelationsDrifting()))

	offers := func(from, to config.CI) config.Relate {
		return config.Relate{Type: "offers", From: from.End(), To: to.End(), Change: change}
	}
	a, b := e.register(ann, config.Register{Name: "a", Class: "business service"}), e.register(ann, config.Register{Name: "b", Class: "business service"})
	gold := e.register(ann, config.Register{Name: "gold", Class: "service offering"})
	_, err = e.relations.Create(e.ctx, ann, offers(a, gold))
	require.NoError(t, err)
	_, err = e.relations.Create(e.ctx, ann, offers(b, gold))
	itsmtest.RequireRule(t, err, "cardinality") // seen from the other end
}

// TestJournalHoldsEveryAssertion: the facts of a CI come from its history as the
// register gives it.
func TestJournalHoldsEveryAssertion(t *testing.T) {
	e := newEstate(t, nil)
	ci := e.register(ann, server())
	e.now = e.now.Add(day)
	e.do(ann, ci.ID,
		config.SetAttributes{Values: values{"memory": number(128)}, Change: change},
		config.SetAttributes{Values: values{"memory": number(96)}, Change: change, Since: e.now.Add(-hour), Reason: "Miscounted."})
	var said []string
	for entry, err := range e.cis.History(e.ctx, ann, ci.ID) {
		require.NoError(t, err)
		for _, f := range config.FactsOf(*entry.Event) {
			if f.Attribute == "memory" {
				said = append(said, f.Value.String()+" from "+f.From.Format(time.DateTime)+" "+f.Reason)
			}
		}
	}
	require.Equal(t, []string{
		"64 from 2026-03-02 09:00:00 ", "128 from 2026-03-03 09:00:00 ", "96 from 2026-03-03 08:00:00 Miscounted.",
	}, said)
}

// Sources that disagree are found until they agree.
func TestOutrankedIn(t *testing.T) {
	e := newEstate(t, ranking(config.Precedence{Sources: []string{"agent", "scan"}}))
	web := e.register(ann, server())
	other := server()
	other.Name, other.Attributes = "db-1", values{"serial_number": word("S-2"), "memory": number(64)}
	db := e.register(ann, other)
	look := func(source string, ci uuid.UUID, firmware string) {
		e.now = e.now.Add(hour)
		e.do(probe, ci, config.Observe{Source: source, Values: values{"firmware": word(firmware)}})
	}
	look("agent", web.ID, "1")
	look("agent", db.ID, "1")
	look("scan", db.ID, "2")
	look("scan", web.ID, "2")
	require.Equal(t, []string{"db-1", "web-1"}, e.names(config.OutrankedIn("firmware")), "the oldest first")
	require.Equal(t, []string{"db-1", "web-1"}, e.names(config.OutrankedIn("")))
	require.Empty(t, e.names(config.OutrankedIn("hostname")))
	look("scan", db.ID, "1")
	require.Equal(t, []string{"web-1"}, e.names(config.OutrankedIn("firmware")))

	// What is exported and imported keeps them.
	elsewhere := newEstate(t, nil)
	itsmtest.RoundTrip(t, "acme", []register.Kind{e.cis}, func(b store.Backend) []register.Kind {
		process, err := config.Process(nil)
		require.NoError(t, err)
		elsewhere.cis, err = register.New(b, process, nil)
		require.NoError(t, err)
		return []register.Kind{elsewhere.cis}
	}, func() store.Backend { return memory.New() })
	require.Equal(t, []string{"web-1"}, elsewhere.names(config.OutrankedIn("firmware")))
}
