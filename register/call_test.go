package register_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func mem() store.Backend { return memory.New() }

func callAt(at time.Time, reason string) register.Call { return register.Call{At: at, Reason: reason} }

func TestR34_BackdatedFactKeepsReasonAndRecordingTime(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		happened := rec.Updated.Add(10 * time.Minute)
		now := f.clock.add(time.Hour).Add(time.Second) // the next look

		_, err := f.With(callAt(happened, "")).Do(ctx, ann, rec.ID, Lock{On: true})
		assert.Equal(t, "reason", requireAs[*itsm.FieldError](t, err).Field)
		now = now.Add(time.Second)
		there := time.FixedZone("there", 7200)
		rec, err = f.With(callAt(happened.In(there).Add(7), "the line was down")).Do(ctx, ann, rec.ID, Lock{On: true})
		require.NoError(t, err)
		assert.Equal(t, happened, rec.Updated)
		s := f.history(rec.ID)[1].Event.Stamp
		assert.Equal(t, itsm.Stamp{At: happened, By: ann, Recorded: now, Reason: "the line was down"}, s)

		_, err = f.With(callAt(happened.Add(-time.Second), "earlier still")).Do(ctx, ann, rec.ID, Lock{})
		assert.Equal(t, "at", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.With(callAt(f.clock.Now().Add(time.Hour), "tomorrow")).Do(ctx, ann, rec.ID, Lock{})
		assert.Equal(t, "recorded", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.With(register.Call{Reason: "no time"}).Do(ctx, ann, rec.ID, Lock{})
		assert.Equal(t, "call.reason", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.With(callAt(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), "x")).Do(ctx, ann, rec.ID, Lock{})
		assert.Equal(t, "call.at", requireAs[*itsm.FieldError](t, err).Field)
		assert.Equal(t, 2, f.get(rec.ID).Revision)
	})
}

func TestR34_FollowUpsOfABackdatedFact(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		parent := f.create(Open{Title: "parent"})
		early := f.create(Open{Title: "early", Parent: parent.ID})
		f.clock.add(time.Hour)
		late := f.create(Open{Title: "late", Parent: parent.ID})
		f.clock.add(2 * time.Hour)
		ahead := f.create(Open{Title: "ahead", Parent: parent.ID})
		f.clock.add(-time.Hour)
		at := early.Updated.Add(time.Minute)
		_, err := f.With(callAt(at, "found later")).Do(ctx, ann, parent.ID, Finish{Code: "fixed"})
		require.NoError(t, err)
		assert.Equal(t, at, f.get(early.ID).Updated)
		assert.Equal(t, late.Updated, f.get(late.ID).Updated, "never before what it follows on its record")
		assert.Equal(t, ahead.Updated, f.get(ahead.ID).Updated, "even if the clock is behind that")
		for _, id := range []Ticket{early, late, ahead} {
			s := f.history(id.ID)[1].Event.Stamp
			assert.Equal(t, "found later", s.Reason)
			assert.False(t, s.Recorded.Before(s.At))
			assert.Equal(t, itsm.System("acme"), s.By)
		}
	})
}

func TestClockBehindTheRecordIsLifted(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		f.clock.add(-time.Hour)
		after := f.do(rec.ID, Lock{On: true})
		assert.Equal(t, rec.Updated, after.Updated)
		assert.Equal(t, itsm.Stamp{At: rec.Updated, By: ann}, f.history(rec.ID)[1].Event.Stamp)
	})
}

func TestIfRevision(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		at := f.With(register.Call{IfRevision: 1})
		_, err := at.Do(ctx, ann, rec.ID, Lock{On: true})
		require.NoError(t, err)
		_, err = at.Do(ctx, ann, rec.ID, Lock{On: false})
		require.ErrorIs(t, err, store.ErrConflict)
		stale := requireAs[*register.RevisionError](t, err)
		assert.Equal(t, register.RevisionError{Kind: "ticket", ID: rec.ID, Number: rec.Number, Asked: 1, Current: 2}, *stale)
		assert.True(t, f.get(rec.ID).Locked)
		_, err = at.Create(ctx, ann, Open{Title: "x"})
		assert.Equal(t, "call.ifRevision", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.With(register.Call{IfRevision: -1}).Do(ctx, ann, rec.ID, Lock{})
		assert.Equal(t, "call.ifRevision", requireAs[*itsm.FieldError](t, err).Field)
	})
}

func TestKeyMakesACallSafeToRepeat(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		var committed int
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Committed = func(context.Context, []register.Change[Ticket]) { committed++ }
		})
		once := f.With(register.Call{Key: "k1"})
		rec, err := once.Create(ctx, ann, Open{Title: "x", Watchers: []string{}})
		require.NoError(t, err)
		f.do(rec.ID, Lock{On: true})
		again, err := once.Perform(ctx, ann, uuid.Nil, Open{Title: "x"})
		require.NoError(t, err)
		assert.True(t, again.Repeated)
		assert.Equal(t, rec, again.Record, "as it was then")
		assert.Equal(t, "open", again.Event.Name)
		assert.Equal(t, 2, committed)
		n, err := f.Count(ctx, ann, itsm.Selection[Ticket]{})
		require.NoError(t, err)
		assert.Equal(t, 1, n)

		second := f.With(register.Call{Key: "k2"})
		for range 3 {
			after, err := second.Do(ctx, ann, rec.ID, Ping{N: 1})
			require.NoError(t, err)
			assert.Equal(t, 1, after.Pings)
			assert.Equal(t, 3, after.Revision)
		}
		bob := ann
		bob.ID = "bob"
		for _, call := range []func() error{
			func() error { _, err := second.Do(ctx, ann, rec.ID, Ping{N: 2}); return err },
			func() error { _, err := second.Do(ctx, ann, rec.ID, Lock{}); return err },
			func() error { _, err := second.Do(ctx, bob, rec.ID, Ping{N: 1}); return err },
			func() error { _, err := second.Create(ctx, ann, Open{Title: "x"}); return err },
		} {
			err := call()
			require.ErrorIs(t, err, register.ErrKeyUsed)
			assert.Equal(t, register.KeyError{Kind: "ticket", Key: "k2", ID: rec.ID}, *requireAs[*register.KeyError](t, err))
		}
		theirs, err := once.Create(ctx, eve, Open{Title: "x"})
		require.NoError(t, err, "keys are the tenant's")
		assert.NotEqual(t, rec.ID, theirs.ID)

		_, err = f.With(register.Call{Key: strings.Repeat("k", 256)}).Do(ctx, ann, rec.ID, Ping{})
		assert.Equal(t, "call.key", requireAs[*itsm.FieldError](t, err).Field)
	})
}

func TestRefusedCommandDoesNotUseItsKeyUp(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		keyed := f.With(register.Call{Key: "k"})
		_, err := keyed.Do(ctx, ann, rec.ID, Reopen{})
		require.ErrorIs(t, err, itsm.ErrRefused)
		f.do(rec.ID, Finish{Code: "x"})
		_, err = keyed.Do(ctx, ann, rec.ID, Reopen{})
		require.NoError(t, err)
	})
}

func TestForgetKeys(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		for _, key := range []string{"a", "b", "c"} {
			_, err := f.With(register.Call{Key: key}).Do(ctx, ann, rec.ID, Ping{})
			require.NoError(t, err)
		}
		mid := f.clock.add(time.Minute)
		_, err := f.With(register.Call{Key: "d"}).Do(ctx, ann, rec.ID, Ping{})
		require.NoError(t, err)
		for _, want := range []int{2, 1, 0} {
			n, err := f.ForgetKeys(ctx, "acme", mid, 2)
			require.NoError(t, err)
			assert.Equal(t, want, n)
		}
		_, err = f.With(register.Call{Key: "a"}).Do(ctx, ann, rec.ID, Ping{})
		require.NoError(t, err)
		_, err = f.With(register.Call{Key: "d"}).Do(ctx, ann, rec.ID, Ping{})
		require.NoError(t, err)
		assert.Equal(t, 5, f.get(rec.ID).Pings)
		_, err = f.ForgetKeys(ctx, "acme", mid, 0)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	})
}
