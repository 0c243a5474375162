package itsm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// deep is everything about a record, to see whether it changed.
func deep(t *testing.T, r *thing) string {
	t.Helper()
	data, err := json.Marshal(r)
	require.NoError(t, err)
	return string(data)
}

// fails fires and expects an error that leaves the record alone.
func fails(t *testing.T, lc *itsm.Lifecycle[thing], r *thing, cmd itsm.Command[thing], s itsm.Stamp) error {
	t.Helper()
	before, shallow := deep(t, r), *r
	e, err := lc.Fire(r, cmd, s)
	require.Error(t, err)
	require.Equal(t, itsm.Event[thing]{}, e)
	require.Equal(t, before, deep(t, r))
	require.Equal(t, shallow, *r)
	return err
}

func fires(t *testing.T, lc *itsm.Lifecycle[thing], r *thing, cmd itsm.Command[thing], s itsm.Stamp) itsm.Event[thing] {
	t.Helper()
	e, err := lc.Fire(r, cmd, s)
	require.NoError(t, err)
	return e
}

// gated has one row that every kind of refusal can stop. The trace says who was
// asked, in order.
func gated(t *testing.T, trace *[]string) *itsm.Lifecycle[thing] {
	t.Helper()
	ask := func(name string) { *trace = append(*trace, name) }
	refuse := func(name string) func(*thing, itsm.Stamp) error {
		return func(_ *thing, s itsm.Stamp) error {
			ask(name)
			if strings.Contains(s.Reason, "not "+name) {
				return errors.New("it is " + name)
			}
			return nil
		}
	}
	decide := func(_ *thing, c do[n1], s itsm.Stamp) (do[n1], error) {
		ask("decide")
		switch {
		case strings.Contains(s.Reason, "not decided"):
			return c, itsm.Refuse("R1", "choose %d", 1)
		case strings.Contains(s.Reason, "never decided"):
			return c, &itsm.FieldError{Field: "note", Problem: "is odd"}
		}
		if c.Note == "empty" {
			c.Bad = "is empty"
		}
		return c, nil
	}
	f := itsm.Field[thing]{Name: "f", Type: itsm.Text, Get: func(r *thing) itsm.Value {
		ask("fields")
		return itsm.TextValue(r.Fields["f"])
	}}
	owner := itsm.Relation[thing]{Role: "owner", Holds: func(r *thing, a itsm.Actor) bool {
		ask("role")
		return r.Fields["owner"] == a.ID
	}}
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "b", "Z"), Fields: append(fields("g"), f), Relations: []itsm.Relation[thing]{owner},
		Transitions: []itsm.Transition[thing]{
			on[n0]("open", from(""), to("a"), itsm.Sets("f", "g")),
			itsm.On("go", do[n1]{}, from("a"), to("b", "Z"), itsm.By("boss", "owner", "agent"), itsm.Requires("f", "g"),
				itsm.Guard("light", refuse("light")), itsm.Guard("dry", refuse("dry")), itsm.Decide(decide), itsm.Pick(pick[n1])),
			on[n2]("end", from("b", "a"), to("Z")),
			on[n3]("rate", from("Z"), itsm.Stay()),
		},
	})
	require.NoError(t, err)
	return lc
}

func ready(t *testing.T, lc *itsm.Lifecycle[thing]) thing {
	t.Helper()
	r := unborn(1)
	fires(t, lc, &r, do[n0]{Set: map[string]string{"f": "1", "g": "2", "owner": "olga"}, Note: "opened"}, at(0, "ann"))
	return r
}

// The checks come in the documented order: each row breaks one rule and all that
// come after it.
func TestFireOrder(t *testing.T) {
	var trace []string
	lc := gated(t, &trace)
	backdated := func(s itsm.Stamp, reason string) itsm.Stamp {
		s.Recorded, s.Reason = s.At.Add(time.Hour), reason
		return s
	}
	agent, other := at(time.Minute, "ag", "agent"), at(time.Minute, "ed", "editor")
	all := "not light not dry not decided"
	missing := func(r *thing) { r.Fields = map[string]string{"f": ""} }
	elsewhere := func(r *thing) { r.State = "b" }

	for _, c := range []struct {
		name   string
		break_ func(*thing)
		cmd    itsm.Command[thing]
		stamp  itsm.Stamp
		rule   string // "": not a refusal
		text   string
		asked  string
	}{
		{"command", elsewhere, &do[n1]{}, itsm.Stamp{}, "", "command: is a *itsm_test.do[github.com/itsmkit/itsm_test.n1]; pass a value", ""},
		{"stamp", elsewhere, do[n1]{}, itsm.Stamp{By: other.By}, "", "T1: go: at: is the zero time; give an instant", ""},
		{"state", elsewhere, do[n1]{Bad: "x"}, backdated(other, all), itsm.RuleState, `T1: go refused: not open from "b"; open are: end`, ""},
		{"role", missing, do[n1]{Bad: "x"}, backdated(other, all), itsm.RuleRole, "T1: go refused: needs one of the roles: boss, owner, agent", "role"},
		{"fields", missing, do[n1]{Bad: "x"}, backdated(agent, all), itsm.RuleFields, "T1: go refused: missing: f, g", "role fields"},
		{"first guard", nil, do[n1]{Bad: "x"}, backdated(agent, all), "light", "T1: go refused: light: it is light", "role fields light"},
		{"second guard", nil, do[n1]{Bad: "x"}, backdated(agent, "not dry not decided"), "dry", "T1: go refused: dry: it is dry", "role fields light dry"},
		{"decide", nil, do[n1]{Bad: "x"}, backdated(agent, "not decided"), "R1", "T1: go refused: R1: choose 1", "role fields light dry decide"},
		{"decide, field", nil, do[n1]{Bad: "x"}, backdated(agent, "never decided"), "", "T1: go: note: is odd", "role fields light dry decide"},
		{"check", nil, do[n1]{Bad: "x"}, agent, "", "T1: go: bad: x", "role fields light dry decide"},
		{"check sees what was decided", nil, do[n1]{Note: "empty"}, agent, "", "T1: go: bad: is empty", "role fields light dry decide"},
		{"pick", nil, do[n1]{To: "a"}, agent, "pick", `T1: go refused: pick: chose "a", which is none of: b, Z`, "role fields light dry decide"},
		{"pick of nothing", nil, do[n1]{}, agent, "pick", `T1: go refused: pick: chose before birth, which is none of: b, Z`, "role fields light dry decide"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ready(t, lc)
			if c.break_ != nil {
				c.break_(&r)
			}
			trace = nil
			err := fails(t, lc, &r, c.cmd, c.stamp)
			require.EqualError(t, err, c.text)
			require.Equal(t, c.asked, strings.Join(trace, " "))
			var refusal *itsm.TransitionError
			if c.rule == "" {
				require.False(t, errors.As(err, &refusal))
				require.ErrorIs(t, err, itsm.ErrInvalid)
				require.NotErrorIs(t, err, itsm.ErrRefused)
				return
			}
			require.ErrorAs(t, err, &refusal)
			require.ErrorIs(t, err, itsm.ErrRefused)
			require.Equal(t, c.rule, refusal.Rule)
			require.Equal(t, []any{"thing", "T1", "go", r.State}, []any{refusal.Kind, refusal.Number, refusal.Name, refusal.From})
		})
	}
}

func TestFire(t *testing.T) {
	var trace []string
	lc := gated(t, &trace)
	r := unborn(7)
	s := itsm.Stamp{At: time.Date(2026, 3, 2, 10, 0, 0, 1999, time.FixedZone("CET", 3600)), By: itsm.Actor{ID: "ann", Tenant: "acme"}}
	e := fires(t, lc, &r, do[n0]{Set: map[string]string{"f": "1", "g": "2"}, Note: "opened"}, s)

	normal := itsm.Stamp{At: monday.Add(time.Microsecond), By: s.By}
	require.Equal(t, itsm.Event[thing]{ID: unborn(7).ID, Number: "T7", Revision: 1, Name: "open", Version: 1, From: itsm.None, To: "a",
		Stamp: normal, Role: itsm.Anyone, Command: do[n0]{Set: map[string]string{"f": "1", "g": "2"}, Note: "opened"}}, e)
	h := itsm.Header{ID: e.ID, Number: "T7", State: "a", Since: normal.At, Revision: 1, Opened: normal.At, Updated: normal.At}
	require.Equal(t, h, r.Header)
	require.Equal(t, []string{"opened"}, r.Trail)

	// The same instant will do; a stay keeps since.
	e = fires(t, lc, &r, do[n1]{To: "b"}, itsm.Stamp{At: normal.At, By: itsm.Actor{ID: "bob", Roles: []itsm.Role{"agent", "boss"}}})
	require.Equal(t, itsm.Role("boss"), e.Role)
	fires(t, lc, &r, do[n2]{}, at(time.Hour, "bob"))
	fires(t, lc, &r, do[n3]{}, at(2*time.Hour, "bob"))
	h.State, h.Since, h.Revision, h.Updated = "Z", monday.Add(time.Hour), 4, monday.Add(2*time.Hour)
	require.Equal(t, h, r.Header)
}

// What was decided is in the event, not what was given.
func TestFireKeepsDecision(t *testing.T) {
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("Z"), itsm.DecideAmong(
			func(_ *thing, c do[n0], s itsm.Stamp, near []*thing) (do[n0], error) {
				c.Note = fmt.Sprint(s.By.ID, " near ", len(near))
				return c, nil
			}))},
	})
	require.NoError(t, err)
	r, other := unborn(1), unborn(2)
	given := do[n0]{Note: "given"}
	e, err := lc.Fire(&r, given, at(0, "ann"), &other)
	require.NoError(t, err)
	require.Equal(t, do[n0]{Note: "ann near 1"}, e.Command)
	require.Equal(t, do[n0]{Note: "given"}, given)
	require.Equal(t, []string{"ann near 1"}, r.Trail)
}

func TestFireRoles(t *testing.T) {
	var trace []string
	lc := gated(t, &trace)
	for _, c := range []struct {
		by   itsm.Actor
		want itsm.Role
	}{
		{itsm.Actor{ID: "x", Roles: []itsm.Role{"boss"}}, "boss"},
		{itsm.Actor{ID: "x", Roles: []itsm.Role{"agent", "boss"}}, "boss"}, // the row's order, not the actor's
		{itsm.Actor{ID: "olga"}, "owner"},
		{itsm.Actor{ID: "olga", Roles: []itsm.Role{"agent"}}, "owner"},
		{itsm.Actor{ID: "olga", Roles: []itsm.Role{"boss"}}, "boss"},
		{itsm.Actor{ID: "x", Roles: []itsm.Role{"owner"}}, ""}, // a relation cannot be handed out
		{itsm.Actor{ID: "x"}, ""},
		{itsm.Actor{ID: "x", Roles: []itsm.Role{itsm.Anyone, itsm.SystemRole, ""}}, ""},
		{itsm.System("acme"), ""},
	} {
		r := ready(t, lc)
		s := itsm.Stamp{At: monday, By: c.by}
		if c.want == "" {
			var refusal *itsm.TransitionError
			require.ErrorAs(t, fails(t, lc, &r, do[n1]{To: "b"}, s), &refusal)
			require.Equal(t, []itsm.Role{"boss", "owner", "agent"}, refusal.Roles)
			refusal.Roles[0] = "changed by the caller" // and not in the lifecycle
			continue
		}
		require.Equal(t, c.want, fires(t, lc, &r, do[n1]{To: "b"}, s).Role, c.by.String())
	}
}

type foreign struct{}

func (foreign) Check(*thing, itsm.Stamp) error { return nil }
func (foreign) Apply(*thing, itsm.Stamp)       {}

func TestFireBadInput(t *testing.T) {
	var trace []string
	lc := gated(t, &trace)
	r := ready(t, lc)
	require.EqualError(t, fails(t, lc, &r, nil, at(0, "ann")), "command: is nil")
	require.EqualError(t, fails(t, lc, &r, (*do[n0])(nil), at(0, "ann")), "command: is a *itsm_test.do[github.com/itsmkit/itsm_test.n0]; pass a value")
	require.EqualError(t, fails(t, lc, &r, foreign{}, at(0, "ann")), "command: is a itsm_test.foreign, which no transition of thing takes; they are: open, go, end, rate")
	_, err := lc.Fire(nil, do[n2]{}, at(0, "ann"))
	require.EqualError(t, err, "record: is nil")

	r.State = "lost" // such as by a lifecycle of another time
	require.EqualError(t, fails(t, lc, &r, do[n2]{}, at(0, "ann")), `T1: end refused: not open from "lost"; nothing is`)
	n := unborn(1)
	n.Number = ""
	require.EqualError(t, fails(t, lc, &n, do[n2]{}, at(0, "ann")), `new thing: end refused: not open from before birth; open are: open`)
	require.EqualError(t, fails(t, lc, &n, do[n0]{Bad: "x"}, at(0, "ann")), `new thing: open: bad: x`)
}

// A refusal that comes wrapped, or with another, loses nothing.
func TestFireWrappedRefusals(t *testing.T) {
	for _, c := range []struct {
		err  error
		rule string
		text string
	}{
		{itsm.Refuse("R1", "no"), "R1", "T1: open refused: R1: no"},
		{fmt.Errorf("task 2: %w", itsm.Refuse("R1", "no")), "R1", "T1: open refused: R1: task 2: R1: no"},
		{errors.Join(itsm.Refuse("R1", "no"), itsm.Refuse("R2", "nor that")), "R1", "T1: open refused: R1: R1: no\nR2: nor that"},
		{&itsm.TransitionError{Kind: "part", Number: "P1", Name: "cut", Rule: "R3"}, "R3", "T1: open: P1: cut refused: R3"},
	} {
		lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
			Kind: "thing", States: states("Z"),
			Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("Z"),
				itsm.Decide(func(_ *thing, d do[n0], _ itsm.Stamp) (do[n0], error) { return d, c.err }))},
		})
		require.NoError(t, err)
		r := unborn(1)
		got := fails(t, lc, &r, do[n0]{}, at(0, "ann"))
		require.EqualError(t, got, c.text)
		var refusal *itsm.TransitionError
		require.ErrorAs(t, got, &refusal)
		require.Equal(t, c.rule, refusal.Rule)
		require.ErrorIs(t, got, itsm.ErrRefused)
	}
}

// Nothing panics for want of a record.
func TestNilRecords(t *testing.T) {
	follow := itsm.Follow(func(*thing, do[n0], itsm.Stamp, []*thing) []itsm.FollowUp[thing] {
		return []itsm.FollowUp[thing]{{Command: do[n0]{}}}
	})
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{Kind: "thing", States: states("Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("Z"), follow)}})
	require.NoError(t, err)
	require.Nil(t, lc.Permitted(nil, at(0, "ann")))
	require.Nil(t, lc.Due(nil))
	require.Nil(t, lc.Needs(nil, do[n0]{}, nil))
	require.Nil(t, lc.Follow(nil, itsm.Event[thing]{Name: "open", Command: do[n0]{}}, nil))
	r := thing{}
	require.Len(t, lc.Follow(&r, itsm.Event[thing]{Name: "open", Command: do[n0]{}}, nil), 1)
	require.Nil(t, lc.Follow(&r, itsm.Event[thing]{Name: "open"}, nil), "an event without a command")
	require.Nil(t, lc.Follow(&r, itsm.Event[thing]{Name: "open", Command: do[n4]{}}, nil), "an event of another lifecycle")
	_, err = lc.Fire(&r, do[n0]{}, at(0, "ann"), &thing{}, nil)
	require.EqualError(t, err, "near[1]: is nil")
	require.ErrorIs(t, err, itsm.ErrInvalid)
}
