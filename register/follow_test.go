package register_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

func TestR18_ChildsRefusalIsListedAndTheParentProceeds(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		parent := f.create(Open{Title: "parent"})
		one := f.create(Open{Title: "one", Parent: parent.ID})
		grandchild := f.create(Open{Title: "grandchild", Parent: one.ID})
		locked := f.create(Open{Title: "locked", Parent: parent.ID})
		f.do(locked.ID, Lock{On: true})
		finished := f.create(Open{Title: "finished", Parent: parent.ID})
		f.do(finished.ID, Finish{Code: "before"})
		stranger := f.create(Open{Title: "stranger"})
		lockedBody := f.body(locked.ID)

		o, err := f.Perform(ctx, ann, parent.ID, Finish{Code: "fixed"})
		require.NoError(t, err)
		assert.Equal(t, done, o.Record.State)
		assert.Equal(t, 3, o.Record.Finished, "the decision saw its children")
		require.Len(t, o.Follow, 2)
		assert.Equal(t, []string{"one", "grandchild"}, []string{o.Follow[0].Record.Title, o.Follow[1].Record.Title})
		assert.Equal(t, itsm.System("acme"), o.Follow[0].Event.Stamp.By)
		assert.Equal(t, "fixed", f.get(grandchild.ID).Code)
		assert.Equal(t, o.Event.Stamp.At, f.get(grandchild.ID).Updated)
		assert.Equal(t, "before", f.get(finished.ID).Code)
		assert.Equal(t, open, f.get(stranger.ID).State)

		require.Len(t, o.Refused, 2)
		refused := o.Refused[0]
		require.ErrorIs(t, refused.Err, itsm.ErrRefused)
		assert.Equal(t, []any{locked.ID, locked.Number, 2, open, "finish", "unlocked"},
			[]any{refused.ID, refused.Number, refused.Revision, refused.State, refused.Command, refused.Rule})
		assert.JSONEq(t, `{"code":"fixed"}`, string(refused.Data))
		assert.Equal(t, itsm.RuleState, o.Refused[1].Rule)

		// The refusal stands in the child's journal and changes nothing else.
		assert.Equal(t, []string{"open", "lock", "refusal of finish"}, f.told(locked.ID))
		assert.Equal(t, lockedBody.Body, f.body(locked.ID).Body)
		kept := f.history(locked.ID)[2].Refusal
		refused.Err = nil
		assert.Equal(t, refused, *kept)
		for _, id := range []uuid.UUID{parent.ID, one.ID, grandchild.ID, locked.ID, finished.ID} {
			_, err = f.Verify(ctx, ann, id)
			require.NoError(t, err)
			replayed, err := f.Replay(ctx, ann, id)
			require.NoError(t, err)
			assert.Equal(t, string(f.body(id).Body), asJSON(t, replayed))
		}
		f.do(locked.ID, Lock{On: false}, Finish{Code: "later"})
	})
}

func TestFollowUpsThatGoInCirclesEnd(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		a, c := f.create(Open{Title: "a"}), f.create(Open{Title: "c"})
		f.do(a.ID, Link{Peer: c.ID})
		f.do(c.ID, Link{Peer: a.ID})
		o, err := f.Perform(ctx, ann, a.ID, Ping{N: 1})
		require.NoError(t, err)
		assert.Len(t, o.Follow, 1)
		assert.Equal(t, 1, f.get(a.ID).Pings)
		assert.Equal(t, 1, f.get(c.ID).Pings)
	})
	f := setup(t, mem())
	a := f.create(Open{Title: "a"})
	f.do(a.ID, Link{Peer: a.ID}, Lock{On: true})
	_, err := f.Do(ctx, ann, a.ID, Ping{Rising: true})
	require.ErrorIs(t, err, register.ErrTooMany)
	assert.Equal(t, register.LimitError{Kind: "ticket", ID: a.ID, Command: "ping", Limit: 10_000}, *requireAs[*register.LimitError](t, err))
	assert.Zero(t, f.get(a.ID).Pings, "the whole unit is undone")
}

// What a decision needs are other records, whatever it asks for.
func TestRecordIsNotNearItself(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		id := uuid.MustParse("01a20ab1-6a44-7d16-8a93-b66d8a094d14")
		f := setup(t, b, func(o *register.Options[Ticket]) { o.NewID = func() uuid.UUID { return id } })
		f.create(Open{Title: "its own parent", Parent: id})
		o, err := f.Perform(ctx, ann, id, Finish{Code: "x"})
		require.NoError(t, err)
		assert.Zero(t, o.Record.Finished)
		assert.Empty(t, o.Refused)
	})
}

func TestFollowUpOnNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		a := f.create(Open{Title: "a"})
		f.do(a.ID, Link{Peer: uuid.Max})
		o, err := f.Perform(ctx, ann, a.ID, Ping{})
		require.NoError(t, err)
		require.Len(t, o.Refused, 1)
		require.ErrorIs(t, o.Refused[0].Err, store.ErrNotFound)
		assert.Equal(t, uuid.Max, o.Refused[0].ID)
	})
}

func TestFollowUpOnWhatCannotBeRead(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		a, child := f.create(Open{Title: "a"}), f.create(Open{Title: "child"})
		f.do(a.ID, Link{Peer: child.ID})
		f.breakBody(child.ID)
		o, err := f.Perform(ctx, ann, a.ID, Ping{})
		require.NoError(t, err)
		require.Len(t, o.Refused, 1)
		require.ErrorIs(t, o.Refused[0].Err, register.ErrUnreadable)
	})
}

// A decision that needs more than it may fails before anything is written.
func TestNeedsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("creates 10,001 records")
	}
	written := 0
	f := setup(t, mem(), func(o *register.Options[Ticket]) {
		o.Observe = func(context.Context, store.Tx, register.Change[Ticket]) error { written++; return nil }
	})
	parent := f.create(Open{Title: "parent"})
	for range 10_001 {
		f.create(Open{Title: "c", Parent: parent.ID})
	}
	_, err := f.Do(ctx, ann, parent.ID, Finish{Code: "x"})
	require.ErrorIs(t, err, register.ErrTooMany)
	assert.Equal(t, 10_002, written, "it ends before anything is written")
	assert.Equal(t, []string{"open"}, f.told(parent.ID))
}
