package itsm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// pointed embeds its header in a way that has none to begin with.
type pointed struct{ *itsm.Header }

type poke struct{}

func (poke) Check(*pointed, itsm.Stamp) error { return nil }
func (poke) Apply(*pointed, itsm.Stamp)       {}

type plain struct{ Name string }

func TestMalformed(t *testing.T) {
	open, end := on[n0]("open", from(""), to("a")), on[n1]("end", from("a"), to("Z"))
	base := func() itsm.Definition[thing] {
		return itsm.Definition[thing]{Kind: "thing", States: states("a", "b", "Z"), Fields: fields("f"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("go", from("a"), to("b")), on[n3]("stop", from("b"), to("Z"))}}
	}
	_, err := itsm.NewLifecycle(base())
	require.NoError(t, err)

	rows := func(list ...itsm.Transition[thing]) func(*itsm.Definition[thing]) {
		return func(d *itsm.Definition[thing]) { d.Transitions = append(d.Transitions, list...) }
	}
	edited := func(edit func(*itsm.Transition[thing])) func(*itsm.Definition[thing]) {
		return func(d *itsm.Definition[thing]) { edit(&d.Transitions[2]) }
	}
	timer := func(edit func(*itsm.Timer[thing])) func(*itsm.Definition[thing]) {
		return func(d *itsm.Definition[thing]) {
			t := itsm.Timer[thing]{Name: "t", In: []itsm.State{"a"}, Since: func(r *thing) time.Time { return r.Since }, Command: do[n1]{}}
			edit(&t)
			d.Timers = append(d.Timers, t)
		}
	}
	hold := func(*thing, itsm.Actor) bool { return true }
	relation := func(list ...itsm.Relation[thing]) func(*itsm.Definition[thing]) {
		return func(d *itsm.Definition[thing]) { d.Relations = list }
	}
	get := func(*thing) itsm.Value { return itsm.Value{} }
	declare := func(list ...itsm.Field[thing]) func(*itsm.Definition[thing]) {
		return func(d *itsm.Definition[thing]) { d.Fields = append(d.Fields, list...) }
	}
	many := numbered("r", 257)

	for _, c := range []struct {
		change func(*itsm.Definition[thing])
		want   string
	}{
		{func(d *itsm.Definition[thing]) { d.Kind = "" }, `kind "": is missing`},
		{func(d *itsm.Definition[thing]) { d.States = append(d.States, itsm.StateDef{Phase: itsm.Open}) }, `state "": is missing`},
		{func(d *itsm.Definition[thing]) { d.States = append(d.States, d.States[0]) }, `state "a" is declared twice`},
		{func(d *itsm.Definition[thing]) { d.States[0].Phase = "odd" }, `state "a" has the phase "odd"; give one of: open, active, paused, done, final`},
		{declare(field("f")), `field "f" is declared twice`},
		{declare(itsm.Field[thing]{Type: itsm.Text, Get: get}), `field "": is missing`},
		{declare(itsm.Field[thing]{Name: "g", Type: "odd", Get: get}), `field "g" needs a type and a function that gets it`},
		{declare(itsm.Field[thing]{Name: "g", Type: itsm.Text}), `field "g" needs a type and a function that gets it`},
		{relation(itsm.Relation[thing]{Role: "owner"}), `relation "owner" has no name, no function or is declared twice`},
		{relation(itsm.Relation[thing]{Holds: hold}), `role "": is missing`},
		{relation(itsm.Relation[thing]{"owner", hold}, itsm.Relation[thing]{"owner", hold}), `relation "owner" has no name, no function or is declared twice`},
		{relation(itsm.Relation[thing]{itsm.Anyone, hold}), `relation "anyone" has the name of a role that is handed out`},
		{relation(itsm.Relation[thing]{itsm.SystemRole, hold}), `relation "system" has the name of a role that is handed out`},
		{func(d *itsm.Definition[thing]) {
			relation(itsm.Relation[thing]{"owner", hold})(d)
			d.Roles = []itsm.Role{"owner"}
		},
			`relation "owner" has the name of a role that is handed out`},

		{rows(itsm.Transition[thing]{Name: "made by hand"}), `transition "made by hand" was not made by itsm.On`},
		{rows(on[n4]("", from("a"), to("b"))), `transition "": is missing`},
		{rows(on[n4]("x", to("b"))), `transition "x": names no state it leads from`},
		{rows(on[n4]("x", from("a"))), `transition "x": says either where it leads to or that it stays`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Stay())), `transition "x": says either where it leads to or that it stays`},
		{rows(on[n4]("x", from("a"), to("a", "b"))), `transition "x": leads to several states and has nothing to pick one`},
		{rows(itsm.On("x", do[n4]{}, from("a"), to("b"))), `transition "x": names no role that may; say itsm.Anyone if all may`},
		{rows(itsm.On("x", do[n4]{}, from("a"), to("b"), itsm.By(""))), `transition "x": role: is missing`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Version(0))), `transition "x": has the version 0; the first is 1`},
		{rows(on[n4]("x", from("a"), to("lost"))), `transition "x" names the state "lost", which is not declared`},
		{rows(on[n4]("x", from("lost"), to("a"))), `transition "x" names the state "lost", which is not declared`},
		{rows(on[n4]("x", from("a"), to(""))), `transition "x" names the state "", which is not declared`},
		{rows(on[n4]("x", from(""), itsm.Stay())), `transition "x": stays before birth; a birth leads to a state`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Requires("g"))), `transition "x": requires the field "g", which is not declared`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Sets("g"))), `transition "x": sets the field "g", which is not declared`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Guard("", func(*thing, itsm.Stamp) error { return nil }))), `transition "x": a guard has no name or no test`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Guard[thing]("g", nil))), `transition "x": a guard has no name or no test`},
		{rows(on[n4]("x", from("a"), to("b", "a"), itsm.Pick(pick[n3]))), `transition "x": the clause itsm.pickClause[`},
		{rows(on[n1]("x", from("b"), to("Z"))), `transition "x": takes itsm_test.do[github.com/itsmkit/itsm_test.n1], as "end" does; a command's type has one name`},
		{rows(on[n4]("end", from("b"), to("Z"))), `transition "end": takes itsm_test.do[github.com/itsmkit/itsm_test.n4] version 1 here and itsm_test.do[github.com/itsmkit/itsm_test.n1] version 1 in another row`},
		{rows(on[n1]("end", from("b"), to("Z"), itsm.Version(2))), `version 2 here`},
		{rows(itsm.On("x", &do[n4]{}, from("a"), to("b"), anyone())), `transition "x": the prototype is a *itsm_test.do[github.com/itsmkit/itsm_test.n4]; pass a value of a struct type`},
		{rows(itsm.On[itsm.Command[thing]]("x", nil, from("a"), to("b"), anyone())), `transition "x": the prototype is a <nil>; pass a value of a struct type`},
		{rows(on[n4]("x", from("a"), to("b"), nil)), `transition "x": the clause <nil> is for another record or command`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Decide[thing, do[n4]](nil))), `transition "x": the clause itsm.decideClause[`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.DecideAmong[thing, do[n4]](nil))), `has no function`},
		{rows(on[n4]("x", from("a"), to("b", "a"), itsm.Pick[thing, do[n4]](nil))), `has no function`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Needs[thing, do[n4]](nil))), `has no function`},
		{rows(on[n4]("x", from("a"), to("b"), itsm.Follow[thing, do[n4]](nil))), `has no function`},

		// What is not text would not come back from an event as it was.
		{func(d *itsm.Definition[thing]) { d.Kind = "\xff" }, `kind "\xff": is not valid UTF-8`},
		{func(d *itsm.Definition[thing]) {
			d.States = append(d.States, itsm.StateDef{State: "\xff", Phase: itsm.Open})
		}, `state "\xff": is not valid UTF-8`},
		{func(d *itsm.Definition[thing]) { d.Roles = []itsm.Role{"a\nb"} }, `role "a\nb": holds a line break`},
		{rows(on[n4]("\xff", from("a"), to("b"))), `transition "\xff": is not valid UTF-8`},
		{rows(itsm.On("x", do[n4]{}, from("a"), to("b"), itsm.By("\xff"))), `transition "x": role: is not valid UTF-8`},

		// Rows that lifecycles list can be edited before they are given back.
		{edited(func(t *itsm.Transition[thing]) { t.From = nil }), `transition "go": names no state it leads from`},
		{edited(func(t *itsm.Transition[thing]) { t.To = nil }), `transition "go": says either where it leads to or that it stays`},
		{edited(func(t *itsm.Transition[thing]) { t.To = []itsm.State{"a", "b"} }), `transition "go": leads to several states and has nothing to pick one`},
		{edited(func(t *itsm.Transition[thing]) { t.Roles = nil }), `transition "go": names no role that may; say itsm.Anyone if all may`},
		{edited(func(t *itsm.Transition[thing]) { t.Guards = append(t.Guards, itsm.NamedGuard[thing]{}) }), `transition "go": a guard has no name or no test`},

		{timer(func(t *itsm.Timer[thing]) { t.Name = "" }), `timer "": is missing`},
		{timer(func(t *itsm.Timer[thing]) { t.In = nil }), `timer "t" needs a name, states, an instant to count from and a command`},
		{timer(func(t *itsm.Timer[thing]) { t.Since = nil }), `timer "t" needs a name, states, an instant to count from and a command`},
		{timer(func(t *itsm.Timer[thing]) { t.Command = nil }), `timer "t" needs a name, states, an instant to count from and a command`},
		{timer(func(t *itsm.Timer[thing]) { t.Command = &do[n1]{} }), `timer "t" gives a *itsm_test.do[github.com/itsmkit/itsm_test.n1], which no transition takes`},
		{timer(func(t *itsm.Timer[thing]) { t.In = []itsm.State{"lost"} }), `timer "t" names the state "lost", which is not declared`},
		{timer(func(t *itsm.Timer[thing]) { t.Wait.Days = -1 }), `timer "t" waits a negative time`},
		{timer(func(t *itsm.Timer[thing]) { t.Wait.Time = -1 }), `timer "t" waits a negative time`},
		{func(d *itsm.Definition[thing]) {
			timer(func(*itsm.Timer[thing]) {})(d)
			timer(func(*itsm.Timer[thing]) {})(d)
		}, `timer "t" is declared twice`},
		{func(d *itsm.Definition[thing]) { declare(fields(many...)...)(d); d.Transitions[1].Requires = many },
			"the transitions require 257 different fields; 256 are the most"},
	} {
		def := base()
		c.change(&def)
		_, err := itsm.NewLifecycle(def)
		require.ErrorContains(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		var refused *itsm.LifecycleError
		require.ErrorAs(t, err, &refused)
		require.Empty(t, refused.Findings)
	}

	_, err = itsm.NewLifecycle(itsm.Definition[pointed]{Kind: "x", States: states("Z"),
		Transitions: []itsm.Transition[pointed]{itsm.On("poke", poke{}, from(""), to("Z"), anyone())}})
	require.ErrorContains(t, err, "records of type itsm_test.pointed embed no itsm.Header, by value")
	_, err = itsm.NewLifecycle(itsm.Definition[plain]{Kind: "x"})
	require.ErrorContains(t, err, "records of type itsm_test.plain embed no itsm.Header, by value")
}

// All that is malformed is told at once.
func TestMalformedTogether(t *testing.T) {
	_, err := itsm.NewLifecycle(itsm.Definition[thing]{Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a"))}})
	require.EqualError(t, err, "lifecycle of \"\" refused: kind \"\": is missing\ntransition \"open\" names the state \"a\", which is not declared")
}

// A lifecycle is not changed through what it was made of nor through what it says
// of itself.
func TestLifecycleNeverChanges(t *testing.T) {
	f := field("f")
	f.Domain = []itsm.Value{itsm.TextValue("x")}
	def := itsm.Definition[thing]{
		Kind: "thing", States: append(states("a", "lost"), states("Z")...), Fields: []itsm.Field[thing]{f}, Roles: []itsm.Role{"agent"},
		Relations: []itsm.Relation[thing]{{"owner", func(*thing, itsm.Actor) bool { return false }}},
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a"), itsm.Sets("f")),
			on[n1]("end", from("a"), to("Z"), itsm.Requires("f"), itsm.Guard("g", func(*thing, itsm.Stamp) error { return nil }))},
		Timers: []itsm.Timer[thing]{{Name: "t", In: []itsm.State{"a"}, Since: func(r *thing) time.Time { return r.Since }, Command: do[n1]{}}},
		Legacy: []itsm.Legacy{{Name: "close", Version: 1, As: "end", AsVersion: 1}},
	}
	lc, err := itsm.NewLifecycle(def)
	require.NoError(t, err)
	tell := func() string {
		r := thing{Header: itsm.Header{State: "a"}, Fields: map[string]string{"f": "x"}}
		domain, _ := lc.Field("f")
		return fmt.Sprint(lc.Mermaid(), lc.Commands(), lc.States(), lc.Warnings(), domain.Domain, lc.Fields()[0].Domain, len(lc.Permitted(&r, at(0, "ann"))),
			lc.Permitted(&r, at(0, "ann"))[1], len(lc.Due(&r)), lc.Transitions()[1].Requires, lc.Verify(), lc.Verify("agent"))
	}
	before := tell()

	meddle := func(def itsm.Definition[thing]) {
		for i := range def.Transitions {
			row := &def.Transitions[i]
			row.From[0], row.Roles[0], row.To[0] = "Z", "meddler", "lost"
			for j := range row.Requires {
				row.Requires[j] = "g"
			}
			for j := range row.Guards {
				row.Guards[j].Name = "h"
			}
		}
		for i := range def.States {
			def.States[i].State = "q"
		}
		def.Fields[0].Domain[0] = itsm.TextValue("y")
		def.Fields[0].Name = "q"
	}
	meddle(itsm.Definition[thing]{States: lc.States(), Fields: lc.Fields(), Transitions: lc.Transitions()})
	fieldOf, _ := lc.Field("f")
	fieldOf.Domain[0] = itsm.TextValue("y")
	lc.Commands()[0] = "q"
	lc.Warnings()[0].State = "q"
	r := thing{Header: itsm.Header{State: "a"}}
	lc.Permitted(&r, at(0, "ann"))[1].To[0] = "q"
	require.Equal(t, before, tell())
	meddle(def)
	def.Timers[0].In[0], def.Legacy[0].Name, def.Relations[0].Role, def.Roles[0] = "Z", "q", "q", "q"
	require.Equal(t, before, tell())
	_, err = lc.Decode("close", 1, []byte("{}"))
	require.NoError(t, err)

	require.Equal(t, "thing", lc.Kind())
	require.Equal(t, itsm.Final, lc.Phase("Z"))
	require.Equal(t, itsm.Phase(""), lc.Phase("q"))
	_, known := lc.Field("q")
	require.False(t, known)
}
