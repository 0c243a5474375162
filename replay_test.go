package itsm_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func TestReplayRefuses(t *testing.T) {
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "b", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")), on[n1]("go", from("a"), to("b")), on[n2]("end", from("b"), to("Z"))},
	})
	require.NoError(t, err)
	r := unborn(1)
	history := []itsm.Event[thing]{
		fires(t, lc, &r, do[n0]{Note: "one"}, at(0, "ann")),
		fires(t, lc, &r, do[n1]{Note: "two"}, at(time.Hour, "ann")),
		fires(t, lc, &r, do[n2]{Note: "three"}, at(2*time.Hour, "ann")),
	}
	again, err := lc.Replay(history...)
	require.NoError(t, err)
	require.Equal(t, r, again)
	half, err := lc.Replay(history[:2]...)
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, half.Trail)

	other := func(change func(*itsm.Event[thing])) itsm.Event[thing] {
		e := history[1]
		change(&e)
		return e
	}
	first, second, third := history[0], history[1], history[2]
	for _, c := range []struct {
		name   string
		events []itsm.Event[thing]
		want   string
	}{
		{"none", nil, "events: is empty; a record has at least its birth"},
		{"birth missing", []itsm.Event[thing]{second, third}, "events[0].revision: is 2; the next is 1"},
		{"one missing", []itsm.Event[thing]{first, third}, "events[1].revision: is 3; the next is 2"},
		{"one twice", []itsm.Event[thing]{first, first}, "events[1].revision: is 1; the next is 2"},
		{"reordered", []itsm.Event[thing]{first, third, second}, "events[1].revision: is 3; the next is 2"},
		{"of another record", []itsm.Event[thing]{first, other(func(e *itsm.Event[thing]) { e.ID = uuid.UUID{15: 9} })},
			"events[1].id: is 00000000-0000-0000-0000-000000000009, not 00000000-0000-0000-0000-000000000001"},
		{"from elsewhere", []itsm.Event[thing]{first, other(func(e *itsm.Event[thing]) { e.From = "b" })}, `events[1].from: is "b"; the record is "a"`},
		{"born elsewhere", []itsm.Event[thing]{other(func(e *itsm.Event[thing]) { e.Revision = 1 })}, `events[0].from: is "a"; the record is before birth`},
		{"without command", []itsm.Event[thing]{first, other(func(e *itsm.Event[thing]) { e.Command = nil })}, "events[1]: command: is nil"},
		{"with a pointer", []itsm.Event[thing]{first, other(func(e *itsm.Event[thing]) { e.Command = (*do[n1])(nil) })},
			"events[1]: command: is a *itsm_test.do[github.com/itsmkit/itsm_test.n1]; pass a value"},
		{"at no time", []itsm.Event[thing]{first, other(func(e *itsm.Event[thing]) { e.Stamp.At = time.Time{} })}, "events[1]: at: is the zero time; give an instant"},
	} {
		replayed, err := lc.Replay(c.events...)
		require.EqualError(t, err, c.want, c.name)
		require.ErrorIs(t, err, itsm.ErrInvalid)

		var last thing
		var failed []error
		for r, err := range lc.Course(c.events...) {
			require.Empty(t, failed, "the error is the last that comes")
			if last = r; err != nil {
				failed = append(failed, err)
			}
		}
		require.Len(t, failed, 1, c.name)
		require.EqualError(t, failed[0], c.want, c.name)
		require.Equal(t, replayed, last, c.name)
	}
}

// TestCourse compares the record after each event with the replay of all up to it,
// after the whole course is over: what is kept stays what it was.
func TestCourse(t *testing.T) {
	lc := repairs(t)
	r := unborn(1)
	var history []itsm.Event[thing]
	for _, step := range []struct {
		cmd itsm.Command[thing]
		by  itsm.Stamp
	}{
		{do[n0]{Set: map[string]string{"what": "pump"}, Note: "one"}, at(0, "ann")},
		{do[n1]{Set: map[string]string{"who": "bob"}, Note: "two"}, at(time.Hour, "bob", "agent")},
		{do[n2]{Set: map[string]string{"what": "valve"}, Note: "three"}, at(time.Hour, "bob")},
		{do[n3]{Note: "four"}, itsm.Stamp{At: monday.AddDate(0, 0, 6), By: itsm.System("")}},
	} {
		history = append(history, fires(t, lc, &r, step.cmd, step.by))
	}
	var course []thing
	for r, err := range lc.Course(history...) {
		require.NoError(t, err)
		course = append(course, r)
	}
	require.Len(t, course, len(history))
	for i, got := range course {
		want, err := lc.Replay(history[:i+1]...)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Equal(t, r, course[len(course)-1])

	again := lc.Course(history...)
	for range 2 { // it starts anew, and may be left at any time
		for got, err := range again {
			require.NoError(t, err)
			require.Equal(t, course[0], got)
			break
		}
	}
}

// History is not judged by the rules of today: neither roles nor guards, nor even
// which states there are.
func TestReplayAsksNoRule(t *testing.T) {
	was, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("old", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("old")), on[n1]("end", from("old"), to("Z"))},
	})
	require.NoError(t, err)
	is, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "Z"),
		Transitions: []itsm.Transition[thing]{by[n0]("open", []itsm.Role{"boss"}, from(""), to("a")),
			by[n1]("end", []itsm.Role{"boss"}, from("a"), to("Z"))},
	})
	require.NoError(t, err)
	r := unborn(1)
	e := fires(t, was, &r, do[n0]{Bad: ""}, at(0, "ann"))
	again, err := is.Replay(e)
	require.NoError(t, err)
	require.Equal(t, r, again)
	require.Equal(t, itsm.State("old"), again.State)
}
