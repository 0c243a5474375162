package register_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// doubtful is a backend that loses sight of commits: of those on its list, by the
// number of the unit, it says that it does not know. Half of them happened.
type doubtful struct {
	store.Backend
	units   int
	lost    []int // committed
	unmade  []int // not committed
	because error
}

func (b *doubtful) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	b.units++
	unit := b.units
	err := b.Backend.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		if slices.Contains(b.unmade, unit) {
			return &store.UnknownError{Err: b.because}
		}
		return nil
	})
	if err == nil && slices.Contains(b.lost, unit) {
		return &store.UnknownError{Err: b.because}
	}
	return err
}

func TestUnknownOutcomeIsPassedOn(t *testing.T) {
	for _, because := range []error{errors.New("the line broke"), &store.RetryError{Err: errors.New("a careless adapter")}} {
		for _, happened := range []bool{true, false} {
			b := &doubtful{Backend: memory.New(), because: because}
			committed := 0
			f := setup(t, b, func(o *register.Options[Ticket]) {
				o.Committed = func(context.Context, []register.Change[Ticket]) { committed++ }
			})
			rec := f.create(Open{Title: "x"})
			if happened {
				b.lost = []int{2, 4}
			} else {
				b.unmade = []int{2, 4}
			}
			keyed := f.With(register.Call{Key: "k"})
			_, err := keyed.Do(ctx, ann, rec.ID, Ping{N: 1})
			require.ErrorIs(t, err, store.ErrUnknown)
			require.ErrorIs(t, err, because)
			assert.Equal(t, 2, b.units, "it is not run again")
			assert.Equal(t, 1, committed, "nobody is told what nobody knows")

			o, err := keyed.Perform(ctx, ann, rec.ID, Ping{N: 1})
			require.NoError(t, err)
			assert.Equal(t, happened, o.Repeated)
			assert.Equal(t, 1, o.Record.Pings, "with a key it happens once")
			assert.Equal(t, []string{"open", "ping"}, f.told(rec.ID))

			// Without one, the record tells.
			results := f.Bulk(ctx, ann, slices.Values([]register.Item[Ticket]{
				{ID: rec.ID, Command: Lock{On: true}}, {ID: rec.ID, Command: Ping{N: 2}},
			}))
			require.ErrorIs(t, results[0].Err, store.ErrUnknown)
			require.NoError(t, results[1].Err)
			assert.Equal(t, happened, f.get(rec.ID).Locked)
			assert.Equal(t, 2, f.get(rec.ID).Pings)
			f.checked(rec.ID)
		}
	}
}

func TestUnknownOutcomeInATick(t *testing.T) {
	for _, happened := range []bool{true, false} {
		b := &doubtful{Backend: memory.New(), because: errors.New("the line broke")}
		f := setup(t, b)
		var ids []uuid.UUID
		for range 4 {
			ids = append(ids, f.do(f.create(Open{Title: "x"}).ID, Wait{Until: start}).ID)
		}
		if happened {
			b.lost = []int{b.units + 3} // each record takes a unit that fires and one that finds no more
		} else {
			b.unmade = []int{b.units + 3}
		}
		ticked, err := f.Tick(ctx, "acme", start.Add(day), 10)
		require.ErrorIs(t, err, store.ErrUnknown)
		assert.Len(t, ticked.Fired, 1, "a backend in trouble is left alone")
		again := f.tick(start.Add(day), 10)
		if happened {
			assert.Len(t, again.Fired, 2)
		} else {
			assert.Len(t, again.Fired, 3)
		}
		for _, id := range ids {
			assert.Equal(t, []string{"open", "wait", "resume"}, f.told(id))
		}
	}
}

// refusing is a backend that refuses the next commits, and has the unit run again.
type refusing struct {
	store.Backend
	times int
}

func (b *refusing) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return b.Backend.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
		err := fn(ctx, tx)
		if err == nil && b.times > 0 {
			b.times--
			return &store.RetryError{Err: errors.New("somebody was faster")}
		}
		return err
	})
}

func TestObserverIsRunAgainCommittedIsNot(t *testing.T) {
	b := &refusing{Backend: memory.New()}
	var observed, committed []string
	inside := false
	f := setup(t, b, func(o *register.Options[Ticket]) {
		o.Observe = func(ctx context.Context, tx store.Tx, c register.Change[Ticket]) error {
			_, err := tx.Get(ctx, store.GetParams{Kind: "ticket", ID: c.Record.ID})
			observed = append(observed, c.Event.Name)
			inside = true
			return err
		}
		o.Committed = func(_ context.Context, list []register.Change[Ticket]) {
			for _, c := range list {
				committed = append(committed, fmt.Sprint(c.Record.Title, " ", c.Event.Name, " ", c.Record.Revision))
			}
			assert.True(t, inside, "after the last observer")
			inside = false
		}
	})
	parent := f.create(Open{Title: "parent"})
	f.create(Open{Title: "child", Parent: parent.ID})
	observed, committed = nil, nil
	b.times = 2
	f.do(parent.ID, Finish{Code: "c"})
	assert.Equal(t, []string{"finish", "finish", "finish", "finish", "finish", "finish"}, observed)
	assert.Equal(t, []string{"parent finish 2", "child finish 2"}, committed)
	assert.Equal(t, []string{"open", "finish"}, f.told(parent.ID))

	observed, committed = nil, nil
	b.times = 1
	_, err := f.Do(ctx, ann, parent.ID, Finish{Code: "again"})
	require.ErrorIs(t, err, itsm.ErrRefused)
	assert.Empty(t, observed)
	b.times = 1
	ticked := f.tick(start.Add(30*day), 10)
	assert.Len(t, ticked.Fired, 2)
	assert.Equal(t, []string{"parent close 3", "child close 3"}, committed)
}

func TestTwoRegistersInOneUnitThatIsRerun(t *testing.T) {
	b := &refusing{Backend: memory.New()}
	var observed []string
	d := newDesk(t, b, func(o *register.Options[Ticket]) {
		o.Observe = func(_ context.Context, _ store.Tx, c register.Change[Ticket]) error {
			observed = append(observed, c.Record.Number+" "+c.Event.Name)
			return nil
		}
		o.Committed = func(context.Context, []register.Change[Ticket]) { t.Error("the commit is the host's") }
	})
	b.times = 1
	tries := 0
	err := store.Retry(ctx, nil, func(ctx context.Context) error {
		return b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
			tries++
			rec, err := d.In(tx).With(register.Call{Key: "k"}).Create(ctx, ann, Open{Title: "x"})
			if err != nil {
				return err
			}
			made, err := d.cases.In(tx).Create(ctx, ann, Open{Title: "of " + rec.Number})
			if err != nil {
				return err
			}
			if _, err = d.In(tx).Do(ctx, ann, rec.ID, Lock{On: true}); err != nil {
				return err
			}
			_, err = d.cases.In(tx).Do(ctx, ann, made.ID, Lock{On: true})
			return err
		})
	})
	require.NoError(t, err)
	assert.Equal(t, 2, tries)
	once := []string{"TKT0000001 open", "CAS0000001 open", "TKT0000001 lock", "CAS0000001 lock"}
	assert.Equal(t, slices.Concat(once, once), observed, "in the order of the changes, across registers")
	var told []string
	for _, e := range d.journal() {
		told = append(told, fmt.Sprint(e.Kind, " ", e.Revision))
	}
	assert.Equal(t, []string{"ticket 1", "case 1", "ticket 2", "case 2"}, told)
}

// A refusal in the second register undoes the first, keys and numbers included.
func TestTwoRegistersAllOrNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, b)
		rec := d.create(Open{Title: "x", Slug: "mine", Group: "g"})
		held, err := d.cases.Create(ctx, ann, Open{Title: "y", Slug: "held"})
		require.NoError(t, err)
		before, count := d.body(rec.ID), len(d.journal())
		for name, second := range map[string]func(context.Context, store.Tx) error{
			"refusal": func(ctx context.Context, tx store.Tx) error {
				_, err := d.cases.In(tx).Do(ctx, ann, held.ID, Reopen{})
				return err
			},
			"input": func(ctx context.Context, tx store.Tx) error {
				_, err := d.cases.In(tx).Create(ctx, ann, Open{})
				return err
			},
			"unique key": func(ctx context.Context, tx store.Tx) error {
				_, err := d.cases.In(tx).Create(ctx, ann, Open{Title: "z", Slug: "held"})
				return err
			},
			"revision": func(ctx context.Context, tx store.Tx) error {
				_, err := d.cases.In(tx).With(register.Call{IfRevision: 9}).Do(ctx, ann, held.ID, Lock{})
				return err
			},
			"tenant": func(ctx context.Context, tx store.Tx) error {
				_, err := d.cases.In(tx).Create(ctx, eve, Open{Title: "z"})
				return err
			},
		} {
			var refusal error
			err := store.Retry(ctx, &store.RetryOptions{Attempts: 100, MinWait: 1, MaxWait: 1}, func(ctx context.Context) error {
				return b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
					if _, err := d.In(tx).With(register.Call{Key: "k"}).Do(ctx, ann, rec.ID, Edit{Slug: "theirs", Group: "h"}); err != nil {
						return err
					}
					if _, err := d.In(tx).Create(ctx, ann, Open{Title: "new", Slug: "mine"}); err != nil {
						return err
					}
					refusal = second(ctx, tx)
					return refusal
				})
			})
			require.Error(t, err, name)
			require.NotErrorIs(t, err, store.ErrRetry, name)
			require.ErrorIs(t, err, refusal, name)
			assert.Equal(t, before, d.body(rec.ID), name)
			assert.Len(t, d.journal(), count, name)
			assert.Equal(t, []string{"x"}, d.find(byGroup("g")), name)
		}
		o, err := d.With(register.Call{Key: "k"}).Perform(ctx, ann, rec.ID, Lock{On: true})
		require.NoError(t, err, "the key was not used up")
		assert.False(t, o.Repeated)
	})
}

func TestBulkHonoursWhatEachItemSays(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		var committed []string
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Committed = func(_ context.Context, list []register.Change[Ticket]) {
				for _, c := range list {
					committed = append(committed, c.Event.Name)
				}
			}
		})
		rec := f.create(Open{Title: "x", Slug: "s"})
		at := rec.Updated.Add(1)
		f.clock.add(day)
		ended, cancel := context.WithCancel(ctx)
		items := []register.Item[Ticket]{
			{Command: Open{Title: "a"}, Call: register.Call{Key: "a"}},
			{Command: Open{Title: "a"}, Call: register.Call{Key: "a"}},
			{Command: Open{Title: "b"}, Call: register.Call{Key: "a"}},
			{Command: Open{Title: "c", Slug: "s"}},
			{ID: rec.ID, Command: Lock{On: true}, Call: callAt(at, "found later")},
			{ID: rec.ID, Command: Lock{}, Call: callAt(rec.Opened.Add(-1), "earlier")},
			{ID: rec.ID, Command: nil},
			{ID: rec.ID, Command: Ping{}, Call: register.Call{IfRevision: 2}},
			{ID: rec.ID, Command: Ping{}},
		}
		results := f.Bulk(ended, ann, func(yield func(register.Item[Ticket]) bool) {
			for i, item := range items {
				if i == len(items)-1 {
					cancel()
				}
				if !yield(item) {
					return
				}
			}
		})
		require.Len(t, results, len(items))
		for i, want := range []error{nil, nil, register.ErrKeyUsed, store.ErrExists, nil, itsm.ErrInvalid, itsm.ErrInvalid, nil, context.Canceled} {
			if want == nil {
				require.NoError(t, results[i].Err, i)
				assert.NotEmpty(t, results[i].Record.Number)
			} else {
				require.ErrorIs(t, results[i].Err, want, i)
				assert.Zero(t, results[i].Outcome, "no result beside an error")
			}
		}
		assert.Equal(t, results[0].Record, results[1].Record)
		assert.Equal(t, []bool{false, true}, []bool{results[0].Repeated, results[1].Repeated})
		assert.Equal(t, "found later", results[4].Event.Stamp.Reason)
		assert.Equal(t, 3, f.get(rec.ID).Revision)
		assert.Equal(t, []string{"open", "open", "lock", "ping"}, committed)
		assert.Nil(t, f.Bulk(ctx, ann, slices.Values[[]register.Item[Ticket]](nil)))
	})
}

// Of many that give different commands under one key, one has it.
func TestOneKeyForManyCommands(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		var mu sync.Mutex
		won := make(map[int]int)
		lost := 0
		atOnce(12, func(i int) {
			n := i % 4 // three of each
			o, err := f.With(register.Call{Key: "k"}).Perform(ctx, ann, rec.ID, Ping{N: n})
			mu.Lock()
			defer mu.Unlock()
			var used *register.KeyError
			switch {
			case err == nil:
				won[n]++
				if o.Record.Pings != 1 || o.Record.Revision != 2 || o.Event.Command.(Ping).N != n {
					t.Error("another's result", o)
				}
			case errors.As(err, &used):
				lost++
				if used.ID != rec.ID || used.Key != "k" {
					t.Error(used)
				}
			default:
				t.Error(err)
			}
		})
		assert.Len(t, won, 1)
		assert.Equal(t, 9, lost)
		assert.Equal(t, []string{"open", "ping"}, f.told(rec.ID))
	})
}

// Who comes too late is told what the record is at by now.
func TestStaleRevisionSaysTheCurrentOne(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		for round := 1; round <= 5; round++ {
			var mu sync.Mutex
			won := 0
			atOnce(6, func(int) {
				_, err := f.With(register.Call{IfRevision: round}).Do(ctx, ann, rec.ID, Ping{N: round})
				var stale *register.RevisionError
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case !errors.As(err, &stale) || !errors.Is(err, store.ErrConflict):
					t.Error(err)
				case stale.Asked != round || stale.Current != round+1 || stale.ID != rec.ID:
					t.Error(stale)
				}
			})
			assert.Equal(t, 1, won)
		}
		assert.Equal(t, 6, f.checked(rec.ID).Revision)
	})
}
