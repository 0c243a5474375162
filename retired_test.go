package itsm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// TestRetire: nobody can give a retired command any more, and what was done with it
// stays readable for ever.
func TestRetire(t *testing.T) {
	lc := repairs(t)
	var events []itsm.Event[thing]
	r := unborn(1)
	for _, cmd := range []itsm.Command[thing]{do[n0]{Note: "opened"}, do[n1]{Set: map[string]string{"who": "bob"}}, do[n2]{Note: "for parts"}} {
		events = append(events, fires(t, lc, &r, cmd, at(0, "bob", "agent")))
	}
	less, err := lc.Retire("wait", "note")
	require.NoError(t, err)
	require.Equal(t, []string{"open", "take", "close", "lose"}, less.Commands())
	require.NotContains(t, less.Mermaid(), "note")
	require.Equal(t, lc.States(), less.States(), "records may be there")

	for i, e := range events {
		data, err := less.EncodeEvent(e)
		require.NoError(t, err)
		events[i], err = less.DecodeEvent(data)
		require.NoError(t, err)
		require.Equal(t, e, events[i])
	}
	again, err := less.Replay(events...)
	require.NoError(t, err)
	require.Equal(t, r, again)
	old, err := less.Decode("hold", 1, []byte(`{"note":"x"}`))
	require.NoError(t, err, "a form that leads to a retired command")
	require.Equal(t, do[n2]{Note: "x"}, old)
	require.Equal(t, "wait", less.NameOf(old))

	fires(t, less, &again, do[n1]{}, at(0, "bob", "agent")) // a record in a state that nothing leads to any more goes on
	refused := fails(t, less, &again, do[n2]{}, at(0, "bob", "agent"))
	require.EqualError(t, refused, `T1: wait refused: not open from "work", as it is retired; open are: close`)
	var refusal *itsm.TransitionError
	require.ErrorAs(t, refused, &refusal)
	require.Equal(t, itsm.RuleRetired, refusal.Rule)
	for _, o := range less.Permitted(&again, at(0, "bob", "agent")) {
		require.NotContains(t, []string{"wait", "note"}, o.Name)
	}
	require.Nil(t, less.Needs(&again, do[n2]{}, nil))
	require.Nil(t, less.Follow(&again, events[2], nil))

	without, err := less.Without("lose")
	require.NoError(t, err)
	require.Equal(t, itsm.Paused, without.Phase("wait?"), "taking out another command leaves the state")
	without, err = less.Without("wait")
	require.NoError(t, err)
	require.Empty(t, without.Phase("wait?"))

	var warned []string
	for _, f := range less.Warnings() {
		warned = append(warned, f.String())
	}
	require.Equal(t, []string{`unreachable: "wait?"`}, warned)
}

func TestRetireRefused(t *testing.T) {
	lc := repairs(t)
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"burn"}, `name: "burn" is no command of thing; they are: open, take, wait, close, note, lose`},
		{[]string{"open"}, "no birth"},
		{[]string{"wait", "take", "close"}, `trap: "wait?"`}, // where old records are
	} {
		_, err := lc.Retire(c.names...)
		require.ErrorIs(t, err, itsm.ErrInvalid, c.names)
		require.ErrorContains(t, err, c.want)
	}
}

// TestR5_RecordsThatARetiredCommandLedSomewhereGoOn: what is left there and from there
// on has a way out and an end, though nothing new comes there.
func TestR5_RecordsThatARetiredCommandLedSomewhereGoOn(t *testing.T) {
	build := func(rows ...itsm.Transition[thing]) (*itsm.Lifecycle[thing], error) {
		return itsm.NewLifecycle(itsm.Definition[thing]{
			Kind: "thing", States: states("a", "old", "older", "Z"), Roles: []itsm.Role{"agent"}, Fields: fields("x"),
			Transitions: append(rows, on[n0]("open", from(""), to("a")), on[n1]("end", from("a"), to("Z"))),
			Retired:     []itsm.Transition[thing]{on[n2]("shelve", from("a"), to("old"))},
		})
	}
	lc, err := build(on[n3]("age", from("old"), to("older")), on[n4]("bury", from("older"), to("Z"), itsm.Requires("x")))
	require.NoError(t, err)
	require.Equal(t, `[unreachable: "old" unreachable: "older"]`, fmt.Sprint(lc.Warnings()), "and no row that never fires")
	for want, rows := range map[string][]itsm.Transition[thing]{
		`trap: "old"`:   nil,
		`trap: "older"`: {on[n3]("age", from("old"), to("older"))},
		`no end: "old"`: {on[n3]("age", from("old"), to("older")), on[n4]("rejuvenate", from("older"), to("old"))},
		`no role: "old" can be left only by boss`: {by[n3]("age", []itsm.Role{"boss"}, from("old"), to("Z"))},
	} {
		_, err := build(rows...)
		require.ErrorContains(t, err, want)
	}
	_, err = itsm.NewLifecycle(itsm.Definition[thing]{Kind: "thing", States: states("a", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")), on[n1]("end", from("a"), to("Z"))},
		Retired:     []itsm.Transition[thing]{on[n2]("shelve", from("a"), to("gone"))}})
	require.NoError(t, err, "records may have been moved on from a state that is no more")
}

// TestRetiredAreAPartOfADefinition: so does a process retire commands of its own.
func TestRetiredAreAPartOfADefinition(t *testing.T) {
	define := func(change func(*itsm.Definition[parcel])) (*itsm.Lifecycle[parcel], error) {
		def := parcelDefinition()
		def.Transitions = append(def.Transitions, itsm.On("return", send{}, from("posted"), to("Delivered"), anyone()))
		change(&def)
		return itsm.NewLifecycle(def)
	}
	lc, err := define(func(def *itsm.Definition[parcel]) {
		def.Retired, def.Transitions = def.Transitions[1:2], append(def.Transitions[:1:1], def.Transitions[2])
	})
	require.NoError(t, err)
	cmd, err := lc.Decode("bring", 1, []byte(`{"road":"x"}`))
	require.NoError(t, err)
	require.Equal(t, deliver{"x"}, cmd)
	require.Equal(t, []string{"post", "return"}, lc.Commands())

	t.Run("and a host takes them back into use", func(t *testing.T) {
		used, err := lc.With(itsm.Definition[parcel]{Transitions: []itsm.Transition[parcel]{
			itsm.On("deliver", deliver{}, from("posted"), to("Delivered"), anyone(), itsm.Version(3))}})
		require.NoError(t, err)
		require.Equal(t, []string{"post", "return", "deliver"}, used.Commands())
	})
	t.Run("or out of the book", func(t *testing.T) {
		without, err := lc.Without("deliver")
		require.NoError(t, err)
		_, err = without.Decode("bring", 1, []byte(`{"road":"x"}`))
		require.EqualError(t, err, `name: "bring" is no command of parcel; they are: post, return`)
	})
	t.Run("and has no conditions on them", func(t *testing.T) {
		_, err := lc.Tighten("deliver", itsm.Requires("x"))
		require.ErrorContains(t, err, `name: "deliver" is retired; nobody can give it`)
	})
	for want, change := range map[string]func(*itsm.Definition[parcel]){
		`transition "deliver" is retired and in use`: func(def *itsm.Definition[parcel]) { def.Retired = def.Transitions[1:2] },
		`transition "x": takes itsm_test.post, as "post" does; a command's type has one name`: func(def *itsm.Definition[parcel]) {
			def.Retired = []itsm.Transition[parcel]{itsm.On("x", post{})}
		},
		`transition "x" was not made by itsm.On`: func(def *itsm.Definition[parcel]) {
			def.Retired = []itsm.Transition[parcel]{{Name: "x"}}
		},
		`transition "return": has the version 0; the first is 1`: func(def *itsm.Definition[parcel]) {
			def.Transitions = def.Transitions[:2]
			def.Retired = []itsm.Transition[parcel]{itsm.On("return", send{}, itsm.Version(0))}
		},
		`transition "return": takes itsm_test.send version 2 here and itsm_test.send version 1 in another row`: func(def *itsm.Definition[parcel]) {
			def.Transitions = def.Transitions[:2]
			def.Retired = []itsm.Transition[parcel]{itsm.On("return", send{}), itsm.On("return", send{}, itsm.Version(2))}
		},
		`timer "t" gives a itsm_test.send, which no transition takes`: func(def *itsm.Definition[parcel]) {
			def.Retired, def.Transitions = def.Transitions[2:], def.Transitions[:2]
			def.Timers = []itsm.Timer[parcel]{{Name: "t", In: []itsm.State{"posted"}, Since: func(p *parcel) time.Time { return p.Opened }, Wait: itsm.Wait{Days: 1}, Command: send{}}}
		},
	} {
		_, err := define(change)
		require.ErrorContains(t, err, want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

type send struct{}

func (send) Check(*parcel, itsm.Stamp) error { return nil }
func (send) Apply(*parcel, itsm.Stamp)       {}
