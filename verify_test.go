package itsm_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// findings builds a lifecycle and gives what verification found, refused or not.
func findings(t *testing.T, def itsm.Definition[thing]) []itsm.Finding {
	t.Helper()
	lc, err := itsm.NewLifecycle(def)
	if err == nil {
		return lc.Warnings()
	}
	var refused *itsm.LifecycleError
	require.ErrorAs(t, err, &refused)
	require.NoError(t, refused.Malformed)
	require.ErrorIs(t, err, itsm.ErrInvalid)
	return refused.Findings
}

func path(steps ...string) []itsm.Step {
	list := []itsm.Step{}
	for i := 0; i < len(steps); i += 2 {
		list = append(list, itsm.Step{Name: steps[i], To: itsm.State(steps[i+1])})
	}
	return list
}

// rows are short for transitions open to anyone.
func on[N any](name string, clauses ...itsm.Clause) itsm.Transition[thing] {
	return itsm.On(name, do[N]{}, append(clauses, anyone())...)
}

func by[N any](name string, roles []itsm.Role, clauses ...itsm.Clause) itsm.Transition[thing] {
	return itsm.On(name, do[N]{}, append(clauses, itsm.By(roles...))...)
}

// The smallest broken lifecycle of each defect.
func TestVerify(t *testing.T) {
	open := on[n0]("open", from(""), to("a"))
	end := on[n1]("end", from("a"), to("Z"))
	since := func(r *thing) time.Time { return r.Since }
	agents := []itsm.Role{"agent"}
	system := []itsm.Role{itsm.SystemRole}

	for _, c := range []struct {
		name string
		def  itsm.Definition[thing]
		want []itsm.Finding
	}{
		{"clean", itsm.Definition[thing]{
			States: states("a", "Z"), Transitions: []itsm.Transition[thing]{open, end},
		}, nil},
		{"born final", itsm.Definition[thing]{
			States: states("Z"), Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("Z"))},
		}, nil},
		{"a final state may be noted on, which R5 leaves to the process", itsm.Definition[thing]{
			States:      states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("rate", from("Z"), itsm.Stay()), on[n3]("again", from("Z"), to("Z"))},
		}, nil},

		{"trap", itsm.Definition[thing]{
			States:      states("a", "b", "Z"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("fall", from("a"), to("b")), on[n3]("note", from("b"), itsm.Stay())},
		}, []itsm.Finding{{Defect: itsm.Trap, State: "b", Path: path("open", "a", "fall", "b")}}},
		{"a step to itself is no way out", itsm.Definition[thing]{
			States:      states("a", "b", "Z"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("fall", from("a", "b"), to("b"))},
		}, []itsm.Finding{{Defect: itsm.Trap, State: "b", Path: path("open", "a", "fall", "b")}}},

		{"two states without end", itsm.Definition[thing]{
			States: states("a", "b", "c", "Z"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("fall", from("a", "c"), to("b")),
				on[n3]("roll", from("b"), to("c"))},
		}, []itsm.Finding{
			{Defect: itsm.NoEnd, State: "b", Path: path("open", "a", "fall", "b")},
			{Defect: itsm.NoEnd, State: "c", Path: path("open", "a", "fall", "b", "roll", "c")},
		}},
		{"what others filled elsewhere does not help", itsm.Definition[thing]{
			States: states("a", "b", "c", "Z"), Fields: fields("f"),
			Transitions: []itsm.Transition[thing]{
				on[n0]("open a", from(""), to("a")), on[n1]("open b", from(""), to("b")),
				on[n2]("fill", from("a"), to("c"), itsm.Sets("f")), on[n3]("skip", from("b"), to("c")),
				on[n4]("end", from("c"), to("Z"), itsm.Requires("f")),
			},
		}, []itsm.Finding{{Defect: itsm.NoEnd, State: "b", Path: path("open b", "b")}}},

		{"way out of a final state", itsm.Definition[thing]{
			States:      states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("reopen", from("Z"), to("a"))},
		}, []itsm.Finding{{Defect: itsm.FinalExit, State: "Z", Transition: "reopen", Path: path("open", "a", "end", "Z")}}},

		{"ambiguous", itsm.Definition[thing]{
			States:      states("a", "b", "Z"),
			Transitions: []itsm.Transition[thing]{open, on[n1]("end", from("a", "b"), to("Z")), on[n1]("end", from("a"), to("b"))},
		}, []itsm.Finding{{Defect: itsm.Ambiguous, State: "a", Transition: "end", Path: path("open", "a")}}},
		{"ambiguous within a row", itsm.Definition[thing]{
			States:      states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, on[n1]("end", from("a", "a"), to("Z"))},
		}, []itsm.Finding{{Defect: itsm.Ambiguous, State: "a", Transition: "end", Path: path("open", "a")}}},

		{"unfillable", itsm.Definition[thing]{
			States: states("a", "Z"), Fields: fields("f", "g"),
			Transitions: []itsm.Transition[thing]{open, end, on[n2]("close", from("a"), to("Z"), itsm.Requires("f", "g"), itsm.Sets("f")),
				on[n3]("fill", from("a"), itsm.Stay(), itsm.Sets("g"))},
		}, []itsm.Finding{{Defect: itsm.Unfillable, State: "a", Transition: "close", Fields: []string{"f"}, Path: path("open", "a")}}},
		{"unfillable only together", itsm.Definition[thing]{
			States: states("a", "b", "c", "Z"), Fields: fields("f", "g"),
			Transitions: []itsm.Transition[thing]{open,
				on[n1]("left", from("a"), to("b"), itsm.Sets("f")), on[n2]("right", from("a"), to("b"), itsm.Sets("g")),
				on[n3]("end", from("b"), to("Z")), on[n4]("close", from("b"), to("Z"), itsm.Requires("g", "f"))},
		}, []itsm.Finding{
			{Defect: itsm.Unreachable, State: "c"},
			{Defect: itsm.Unfillable, State: "b", Transition: "close", Fields: []string{"f"}, Path: path("open", "a", "left", "b")},
		}},
		{"a birth requires a field", itsm.Definition[thing]{
			States: states("a", "Z"), Fields: fields("f"),
			Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a"), itsm.Requires("f")), end},
		}, []itsm.Finding{
			{Defect: itsm.Unborn, Path: path()},
			{Defect: itsm.Unfillable, Transition: "open", Fields: []string{"f"}, Path: path()},
		}},

		{"nobody has the role", itsm.Definition[thing]{
			Roles: agents, States: states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, by[n1]("end", []itsm.Role{"boss", "owner"}, from("a"), to("Z")),
				by[n2]("drop", []itsm.Role{"boss"}, from("a"), to("Z")), on[n3]("note", from("a"), itsm.Stay())},
		}, []itsm.Finding{
			{Defect: itsm.NoRole, State: "a", Roles: []itsm.Role{"boss", "owner"}, Path: path("open", "a")},
			{Defect: itsm.Dead, State: "a", Transition: "end", Path: path("open", "a")},
			{Defect: itsm.Dead, State: "a", Transition: "drop", Path: path("open", "a")},
		}},
		{"the system has nothing to act on", itsm.Definition[thing]{
			States:      states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, by[n1]("end", system, from("a"), to("Z"))},
		}, []itsm.Finding{{Defect: itsm.NoRole, State: "a", Roles: system, Path: path("open", "a")}}},
		{"the system has a timer", itsm.Definition[thing]{
			Roles: agents, States: states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, by[n1]("end", system, from("a"), to("Z"))},
			Timers:      []itsm.Timer[thing]{{Name: "t", In: []itsm.State{"a"}, Since: since, Command: do[n1]{}}},
		}, nil},
		{"the system follows", itsm.Definition[thing]{
			Roles: agents, States: states("a", "Z"),
			Transitions: []itsm.Transition[thing]{
				itsm.On("open", do[n0]{}, from(""), to("a"), anyone(), itsm.Follow(func(*thing, do[n0], itsm.Stamp, []*thing) []itsm.FollowUp[thing] { return nil })),
				by[n1]("end", system, from("a"), to("Z"))},
		}, nil},
		{"a relation is always there", itsm.Definition[thing]{
			Roles: agents, States: states("a", "Z"),
			Relations:   []itsm.Relation[thing]{{Role: "owner", Holds: func(*thing, itsm.Actor) bool { return false }}},
			Transitions: []itsm.Transition[thing]{open, by[n1]("end", []itsm.Role{"owner"}, from("a"), to("Z"))},
		}, nil},

		{"the system may not", itsm.Definition[thing]{
			States: states("a", "Z"),
			Transitions: []itsm.Transition[thing]{open, by[n1]("end", agents, from("a"), to("Z")),
				by[n2]("give up", system, from("a"), to("Z"))},
			Timers: []itsm.Timer[thing]{{Name: "t", In: []itsm.State{"a"}, Since: since, Command: do[n1]{}}},
		}, []itsm.Finding{{Defect: itsm.BadTimer, State: "a", Transition: "end", Path: path("open", "a")}}},
		{"no row from there", itsm.Definition[thing]{
			States: states("a", "Z"), Transitions: []itsm.Transition[thing]{open, end},
			Timers: []itsm.Timer[thing]{{Name: "t", In: []itsm.State{"a", "Z"}, Since: since, Command: do[n1]{}}},
		}, []itsm.Finding{{Defect: itsm.BadTimer, State: "Z", Transition: "end", Path: path("open", "a", "end", "Z")}}},

		{"unborn", itsm.Definition[thing]{
			States: states("a", "Z"), Transitions: []itsm.Transition[thing]{end},
		}, []itsm.Finding{{Defect: itsm.Unborn, Path: path()}}},
		{"empty", itsm.Definition[thing]{}, []itsm.Finding{{Defect: itsm.Unborn, Path: path()}}},

		{"unreachable, and so never fires", itsm.Definition[thing]{
			States:      states("a", "b", "Z"),
			Transitions: []itsm.Transition[thing]{open, on[n1]("end", from("a", "b"), to("Z")), on[n2]("back", from("b"), to("a"))},
		}, []itsm.Finding{
			{Defect: itsm.Unreachable, State: "b"},
			{Defect: itsm.Dead, State: "b", Transition: "back"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.def.Kind = "thing"
			require.Equal(t, c.want, findings(t, c.def))
		})
	}
}

// Every defect is in the table above by its own name.
func TestVerifyRoles(t *testing.T) {
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")),
			by[n1]("end", []itsm.Role{"agent"}, from("a"), to("Z"))},
	})
	require.NoError(t, err)
	require.Empty(t, lc.Verify())
	require.Empty(t, lc.Verify("agent", "boss"))
	found := lc.Verify("boss")
	require.Len(t, found, 2)
	require.Equal(t, `no role: "a" can be left only by agent; shortest way there: open → a`, found[0].String())
	require.True(t, found[0].IsError())
	require.Equal(t, `never fires: "end" from "a"; shortest way there: open → a`, found[1].String())
	require.False(t, found[1].IsError())
}

// The error lists what refuses the lifecycle, not what is merely odd.
func TestLifecycleErrorText(t *testing.T) {
	_, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "b", "Z"), Fields: fields("f", "g"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a"), itsm.Requires("f", "g"))},
	})
	require.EqualError(t, err, "lifecycle of \"thing\" refused\n\tno birth: before birth; shortest way there: (none needed)\n"+
		"\tunfillable: \"open\" from before birth requires f, g; shortest way there: (none needed)")
	var refused *itsm.LifecycleError
	require.True(t, errors.As(err, &refused))
}
