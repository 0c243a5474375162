package itsm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
)

// repairs is a lifecycle to extend.
func repairs(t *testing.T) *itsm.Lifecycle[thing] {
	t.Helper()
	since := func(r *thing) time.Time { return r.Since }
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("new", "work", "wait?", "Closed", "Lost"), Fields: fields("who", "what"),
		Transitions: []itsm.Transition[thing]{
			on[n0]("open", from(""), to("new"), itsm.Sets("what")),
			by[n1]("take", []itsm.Role{"agent", "boss"}, from("new", "wait?"), to("work"), itsm.Sets("who")),
			on[n2]("wait", from("work"), to("wait?")),
			by[n3]("close", []itsm.Role{"agent", itsm.SystemRole}, from("work", "wait?"), to("Closed"), itsm.Requires("who")),
			on[n4]("note", from("new", "work", "wait?"), itsm.Stay()),
			by[n5]("lose", []itsm.Role{"boss"}, from("new"), to("Lost")),
		},
		Timers: []itsm.Timer[thing]{{Name: "give up", In: []itsm.State{"wait?"}, Since: since, Wait: itsm.Wait{Days: 5}, Command: do[n3]{}}},
		Legacy: []itsm.Legacy{{Name: "hold", Version: 1, As: "wait", AsVersion: 1}, {Name: "vanish", Version: 1, As: "lose", AsVersion: 1}},
	})
	require.NoError(t, err)
	return lc
}

func TestMermaid(t *testing.T) {
	lc := repairs(t)
	itsmtest.Golden(t, "testdata/repairs.mmd", []byte(lc.Mermaid()))
	require.Equal(t, lc.Mermaid(), repairs(t).Mermaid())
}

// A row of a host takes over the states it names, from the rows of that command.
func TestWithOverrides(t *testing.T) {
	lc := repairs(t)
	before := lc.Mermaid()
	more, err := lc.With(itsm.Definition[thing]{
		Kind:   "thing",
		States: append(states("review"), itsm.StateDef{State: "new", Phase: itsm.Open}),
		Fields: fields("verdict"),
		Transitions: []itsm.Transition[thing]{
			by[n3]("close", []itsm.Role{"boss"}, from("work", "review"), to("review", "Closed"), itsm.Pick(pick[n3]), itsm.Sets("verdict")),
			on[n6]("reject", from("review"), to("work"), itsm.Requires("verdict")),
		},
	})
	require.NoError(t, err)
	require.Equal(t, before, lc.Mermaid(), "the original is as it was")
	itsmtest.Golden(t, "testdata/repairs-review.mmd", []byte(more.Mermaid()))
	require.Equal(t, append(lc.Commands(), "reject"), func() []string {
		names := more.Commands()
		for i, n := range names { // the command whose row was replaced in part keeps its place
			if n == "close" {
				require.Equal(t, 3, i)
			}
		}
		return names
	}())

	r := unborn(1)
	fires(t, more, &r, do[n0]{}, at(0, "ann"))
	fires(t, more, &r, do[n1]{Set: map[string]string{"who": "bob"}}, at(0, "bob", "agent"))
	fails(t, more, &r, do[n3]{To: "review"}, at(0, "bob", "agent")) // the row that asked for an agent is gone here
	e := fires(t, more, &r, do[n3]{To: "review", Set: map[string]string{"verdict": "no"}}, at(0, "eve", "boss"))
	require.Equal(t, itsm.State("review"), e.To)
	fires(t, more, &r, do[n6]{}, at(0, "ann"))
	fires(t, more, &r, do[n2]{}, at(0, "ann"))
	fires(t, more, &r, do[n3]{}, at(0, "bob", "agent")) // and still there from wait
	require.Equal(t, itsm.State("Closed"), r.State)
}

func TestWithRoles(t *testing.T) {
	// Without a list all roles that the rows name are handed out, and still are
	// when a host adds one.
	lc := repairs(t)
	more, err := lc.With(itsm.Definition[thing]{Roles: []itsm.Role{"auditor"},
		Transitions: []itsm.Transition[thing]{by[n6]("audit", []itsm.Role{"auditor"}, from("work"), itsm.Stay())}})
	require.NoError(t, err)
	require.Empty(t, more.Warnings())

	// With a list, a role that nobody has keeps everybody out.
	closed := itsm.Definition[thing]{Kind: "thing", States: states("a", "Z"), Roles: []itsm.Role{"agent"},
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")), by[n1]("end", []itsm.Role{"agent"}, from("a"), to("Z"))}}
	lc, err = itsm.NewLifecycle(closed)
	require.NoError(t, err)
	audit := itsm.Definition[thing]{Transitions: []itsm.Transition[thing]{by[n1]("end", []itsm.Role{"auditor"}, from("a"), to("Z"))}}
	_, err = lc.With(audit)
	require.ErrorContains(t, err, `no role: "a" can be left only by auditor`)
	audit.Roles = []itsm.Role{"auditor"}
	_, err = lc.With(audit)
	require.NoError(t, err)
}

func TestWithReplaces(t *testing.T) {
	lc := repairs(t)
	since := func(r *thing) time.Time { return r.Opened }
	more, err := lc.With(itsm.Definition[thing]{
		States: []itsm.StateDef{{State: "work", Phase: itsm.Open}},
		Timers: []itsm.Timer[thing]{{Name: "give up", In: []itsm.State{"wait?", "work"}, Since: since, Wait: itsm.Wait{Time: time.Hour}, Command: do[n3]{}}},
		Fields: []itsm.Field[thing]{itsm.TextField("who", func(*thing) string { return "always" })},
	})
	require.NoError(t, err)
	r := thing{Header: itsm.Header{State: "work", Opened: monday}}
	require.Empty(t, lc.Due(&r))
	require.Equal(t, monday.Add(time.Hour), more.Due(&r)[0].At)
	require.Equal(t, itsm.Open, more.Phase("work"))
	require.Len(t, more.States(), len(lc.States()))
	fires(t, more, &r, do[n3]{}, at(0, "system", itsm.SystemRole)) // who is always there
}

func TestWithRefused(t *testing.T) {
	for _, c := range []struct {
		add  itsm.Definition[thing]
		want string
	}{
		{itsm.Definition[thing]{Kind: "door"}, `kind: is "door"; this is a lifecycle of "thing"`},
		{itsm.Definition[thing]{Transitions: []itsm.Transition[thing]{on[n6]("take", from("work"), itsm.Stay())}}, "version 1 in another row"},
		{itsm.Definition[thing]{Transitions: []itsm.Transition[thing]{on[n1]("grab", from("work"), itsm.Stay())}}, "a command's type has one name"},
		{itsm.Definition[thing]{Transitions: []itsm.Transition[thing]{on[n6]("x", to("work"))}}, "names no state it leads from"},
		{itsm.Definition[thing]{States: states("dead end"), Transitions: []itsm.Transition[thing]{on[n6]("x", from("work"), to("dead end"))}},
			`trap: "dead end"; shortest way there: open → new, take → work, x → dead end`},
		{itsm.Definition[thing]{States: states("work", "work")}, ""}, // the same state, twice the same
	} {
		_, err := repairs(t).With(c.add)
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

func TestWithout(t *testing.T) {
	lc := repairs(t)
	before := lc.Mermaid()

	// A command alone; its rows are gone and nothing else.
	less, err := lc.Without("note")
	require.NoError(t, err)
	require.Equal(t, []string{"open", "take", "wait", "close", "lose"}, less.Commands())
	require.Equal(t, before, lc.Mermaid())

	// The only way to a state: the state goes too, and what led from it, the timer
	// that ran there, and the forms in which the command was once stored.
	less, err = lc.Without("wait")
	require.NoError(t, err)
	require.Empty(t, less.Warnings())
	require.Equal(t, states("new", "work", "Closed", "Lost"), less.States())
	require.Empty(t, less.Due(&thing{Header: itsm.Header{State: "wait?", Since: monday}}))
	_, err = less.Decode("hold", 1, []byte("{}"))
	require.EqualError(t, err, `name: "hold" is no command of thing; they are: open, take, close, note, lose`)
	_, err = less.Decode("vanish", 1, []byte("{}"))
	require.NoError(t, err)

	_, err = lc.Without("close", "lose")
	require.ErrorContains(t, err, "no end: \"new\"")
	_, err = lc.Without("burn")
	require.EqualError(t, err, `name: "burn" is no command of thing; they are: open, take, wait, close, note, lose`)
}

// States that are cut off one after the other all go.
func TestWithoutCascades(t *testing.T) {
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "b", "c", "d", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")), on[n1]("end", from("a", "b", "c", "d"), to("Z")),
			on[n2]("b", from("a"), to("b")), on[n3]("c", from("b"), to("c")), on[n4]("d", from("c"), to("d"))},
		Legacy: []itsm.Legacy{{Name: "old d", Version: 1, As: "d", AsVersion: 1}},
	})
	require.NoError(t, err)
	less, err := lc.Without("b")
	require.NoError(t, err)
	require.Equal(t, states("a", "Z"), less.States())
	require.Equal(t, []string{"open", "end"}, less.Commands())
	require.Empty(t, less.Warnings())
}

func TestTighten(t *testing.T) {
	lc := repairs(t)
	before := lc.Mermaid()
	tight, err := lc.Tighten("take", itsm.By("agent"), itsm.Requires("what"),
		itsm.Guard("four eyes", func(r *thing, s itsm.Stamp) error {
			if len(r.Trail) < 2 {
				return errors.New("two have to look at it")
			}
			return nil
		}))
	require.NoError(t, err)
	require.Equal(t, before, lc.Mermaid())

	r := thing{Header: itsm.Header{State: "new", Number: "T1", Revision: 1, Updated: monday}}
	tried := r
	fires(t, lc, &tried, do[n1]{}, at(0, "eve", "boss"))
	require.EqualError(t, fails(t, tight, &r, do[n1]{}, at(0, "eve", "boss")), "T1: take refused: needs one of the roles: agent")
	require.EqualError(t, fails(t, tight, &r, do[n1]{}, at(0, "bob", "agent")), "T1: take refused: missing: what")
	r.Fields = map[string]string{"what": "pump"}
	require.EqualError(t, fails(t, tight, &r, do[n1]{}, at(0, "bob", "agent")), "T1: take refused: four eyes: two have to look at it")
	r.State = "wait?"
	require.ErrorContains(t, fails(t, tight, &r, do[n1]{}, at(0, "bob", "agent")), "four eyes", "all rows of the command")
	r.Trail = []string{"one", "two"}
	fires(t, tight, &r, do[n1]{}, at(0, "bob", "agent"))

	for _, c := range []struct {
		name    string
		clauses []itsm.Clause
		want    string
	}{
		{"burn", nil, `name: "burn" is no command of thing`},
		{"take", []itsm.Clause{itsm.To("Lost")}, "clauses: holds a itsm.toClause; only Requires, Guard and By tighten"},
		{"take", []itsm.Clause{itsm.Sets("who"), itsm.From("work")}, "clauses: holds a itsm.setsClause; only Requires, Guard and By tighten\nclauses: holds a itsm.fromClause"},
		{"take", []itsm.Clause{itsm.By("nobody")}, `transition "take": names no role that may`},
		{"take", []itsm.Clause{itsm.Requires("colour")}, `requires the field "colour", which is not declared`},
		{"take", []itsm.Clause{itsm.Requires("who")}, `unfillable: "take" from "new" requires who`},
	} {
		_, err := lc.Tighten(c.name, c.clauses...)
		require.ErrorContains(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
	require.True(t, strings.HasPrefix(lc.Mermaid(), "stateDiagram-v2\n"))
}
