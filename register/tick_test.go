package register_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

const day = 24 * time.Hour

func (f fixture) tick(now time.Time, limit int) register.Ticked[Ticket] {
	f.t.Helper()
	ticked, err := f.Tick(ctx, "acme", now, limit)
	require.NoError(f.t, err)
	return ticked
}

// dueTerms is how many timers a tick would look at, some day.
func (f fixture) dueTerms() (n int) {
	f.t.Helper()
	f.unit(f.backend.Read, func(ctx context.Context, tx store.Tx) (err error) {
		n, err = tx.Count(ctx, store.Query{Kind: "ticket", Index: "register.due"})
		return err
	})
	return n
}

func TestTickFiresWhatIsDue(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		var committed []string
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Committed = func(_ context.Context, list []register.Change[Ticket]) {
				for _, c := range list {
					committed = append(committed, c.Record.Title+" "+c.Event.Name)
				}
			}
		})
		until := start.Add(time.Hour)
		late := f.create(Open{Title: "late"})
		f.do(late.ID, Wait{Until: until.Add(time.Microsecond)})
		early := f.create(Open{Title: "early"})
		f.do(early.ID, Wait{Until: until})
		f.create(Open{Title: "idle"})
		committed = nil

		assert.Empty(t, f.tick(until.Add(-time.Microsecond), 10))
		ticked := f.tick(until, 10)
		require.Len(t, ticked.Fired, 1)
		assert.Equal(t, "resume", ticked.Fired[0].Timer)
		assert.Equal(t, until, ticked.Fired[0].Due)
		assert.Equal(t, f.get(early.ID), ticked.Fired[0].Record)
		assert.Equal(t, itsm.Stamp{At: until, By: itsm.System("acme")}, ticked.Fired[0].Event.Stamp)
		assert.Equal(t, open, f.get(early.ID).State)
		assert.Empty(t, f.tick(until, 10), "it fires once")
		assert.Len(t, f.tick(until.Add(day), 10).Fired, 1)
		assert.Equal(t, []string{"early resume", "late resume"}, committed)
		assert.Empty(t, f.tick(until.Add(100*day), 10))

		f.do(late.ID, Finish{Code: "x"})
		assert.Len(t, f.tick(start.Add(10*day), 10).Fired, 1)
		assert.Equal(t, closed, f.get(late.ID).State)
	})
}

func TestTickLimit(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		for i := range 250 {
			rec := f.create(Open{Title: fmt.Sprint(i)})
			f.do(rec.ID, Wait{Until: start.Add(time.Duration(250-i) * time.Minute)})
		}
		now := start.Add(day)
		ticked := f.tick(now, 3)
		assert.True(t, ticked.More)
		require.Len(t, ticked.Fired, 3)
		assert.Equal(t, "249", ticked.Fired[0].Record.Title, "the longest due first")
		ticked = f.tick(now, 1000)
		assert.Len(t, ticked.Fired, 247)
		assert.False(t, ticked.More)
		_, err := f.Tick(ctx, "acme", now, 0)
		assert.Equal(t, "limit", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Tick(ctx, "acme", time.Time{}, 1)
		assert.Equal(t, "now", requireAs[*itsm.FieldError](t, err).Field)
	})
}

func TestTickBehindTheRecordIsLifted(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		f.clock.add(day)
		rec := f.create(Open{Title: "x"})
		rec = f.do(rec.ID, Wait{Until: start})
		ticked := f.tick(start, 1)
		require.Len(t, ticked.Fired, 1)
		assert.Equal(t, rec.Updated, ticked.Fired[0].Record.Updated)
	})
}

func TestR35_RefusedRuleReportsOnceUntilTheRecordChanges(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x", Group: "g"})
		f.do(rec.ID, Finish{Code: "x"}, Lock{On: true})
		before := f.body(rec.ID)
		now := start.Add(5*day + time.Hour)

		ticked := f.tick(now, 10)
		assert.Empty(t, ticked.Fired)
		require.Len(t, ticked.Refused, 1)
		refused := ticked.Refused[0]
		assert.Equal(t, []any{rec.ID, "auto-close", "close", "unlocked", now, 3}, []any{refused.ID, refused.Timer, refused.Command, refused.Rule, refused.At, refused.Revision})
		require.ErrorIs(t, refused.Err, itsm.ErrRefused)
		for i := range 3 {
			assert.Empty(t, f.tick(now.Add(time.Duration(i)*day), 10))
		}
		assert.Equal(t, []string{"open", "finish", "lock", "refusal of close"}, f.told(rec.ID))
		assert.Zero(t, f.dueTerms(), "later ticks do not even look at it")
		refused.Err = nil
		assert.Equal(t, refused, *f.history(rec.ID)[3].Refusal)
		assert.Equal(t, before.Body, f.body(rec.ID).Body, "the record has not changed")
		assert.Equal(t, []string{"x"}, f.find(byGroup("g")), "and is found as before")

		// What rewrites the record without changing it does not wake the rule.
		require.NoError(t, f.Erase(ctx, itsm.Actor{ID: "dpo", Tenant: "acme", Roles: []itsm.Role{"privacy"}}, rec.ID, 1, "on request"))
		assert.Empty(t, f.tick(now.Add(day), 10))

		// A change does: it is refused, and told, once more.
		f.do(rec.ID, Edit{Title: "y"})
		assert.Equal(t, 1, f.dueTerms())
		assert.Len(t, f.tick(now.Add(day), 10).Refused, 1)
		assert.Empty(t, f.tick(now.Add(day), 10))
		f.do(rec.ID, Lock{On: false})
		assert.Len(t, f.tick(now.Add(day), 10).Fired, 1)
		_, err := f.Verify(ctx, ann, rec.ID)
		require.NoError(t, err)
	})
}

// The refusal of one rule does not keep the others of its record.
func TestR35_EachRuleForItself(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		since := func(t *Ticket) time.Time { return t.Since }
		f := setupProcess(t, b, process(t, func(d *itsm.Definition[Ticket]) {
			d.Timers = []itsm.Timer[Ticket]{
				{Name: "first", In: []itsm.State{done}, Since: since, Command: Close{}},
				{Name: "second", In: []itsm.State{done}, Since: since, Wait: itsm.Wait{Days: 1}, Command: Close{}},
				{Name: "third", In: []itsm.State{done}, Since: since, Wait: itsm.Wait{Days: 2}, Command: Ping{}},
			}
		}))
		rec := f.create(Open{Title: "x"})
		f.do(rec.ID, Finish{Code: "x"}, Lock{On: true})
		refused := func(ticked register.Ticked[Ticket]) (timers []string) {
			for _, r := range ticked.Refused {
				timers = append(timers, r.Timer)
			}
			return timers
		}
		assert.Equal(t, []string{"first"}, refused(f.tick(start.Add(day/2), 10)))
		assert.Equal(t, []string{"second"}, refused(f.tick(start.Add(day*3/2), 10)))
		assert.Empty(t, f.tick(start.Add(day*3/2), 10))
		ticked := f.tick(start.Add(3*day), 10)
		require.Len(t, ticked.Fired, 1)
		assert.Equal(t, "third", ticked.Fired[0].Timer)
		assert.Equal(t, []string{"first", "second"}, refused(ticked), "the record has changed")
		assert.Equal(t, []string{"open", "finish", "lock", "refusal of close", "refusal of close", "ping", "refusal of close", "refusal of close"}, f.told(rec.ID))
	})
}

// A rule that is due again as soon as it has fired waits for the next tick.
func TestTickEndsWithARestlessRule(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setupProcess(t, b, process(t, func(d *itsm.Definition[Ticket]) {
			d.Timers = []itsm.Timer[Ticket]{{Name: "ping", In: []itsm.State{open}, Since: func(t *Ticket) time.Time { return t.Opened }, Command: Ping{}}}
		}))
		one, two := f.create(Open{Title: "a"}), f.create(Open{Title: "b"})
		for i := range 3 {
			assert.Len(t, f.tick(start.Add(day), 1000).Fired, 2)
			assert.Equal(t, i+1, f.get(one.ID).Pings)
			assert.Equal(t, i+1, f.get(two.ID).Pings)
		}
	})
}

func TestTickGoesOnPastWhatItCannotRead(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		var recs []Ticket
		for i := range 5 {
			rec := f.create(Open{Title: fmt.Sprint(i)})
			recs = append(recs, f.do(rec.ID, Wait{Until: start.Add(time.Duration(i) * time.Minute)}))
		}
		head, body := f.body(recs[1].ID).Head, `{"broken":`
		f.unit(f.backend.Write, func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: "ticket", ID: recs[1].ID})
			if err != nil {
				return err
			}
			key := register.AppendKey(nil, itsm.Key{itsm.InstantValue(start), itsm.TextValue("resume")})
			_, err = tx.Put(ctx, store.PutParams{Kind: "ticket", ID: d.ID, Expect: d.Version, Head: head, Body: []byte(body),
				Terms: []store.Term{{Index: "register.due", Key: key}}})
			return err
		})
		for range 2 {
			ticked, err := f.Tick(ctx, "acme", start.Add(day), 10)
			require.ErrorIs(t, err, register.ErrUnreadable)
			assert.Equal(t, recs[1].ID, requireAs[*register.BodyError](t, err).ID)
			_ = ticked
		}
		for i, rec := range recs {
			if i != 1 {
				assert.Equal(t, open, f.get(rec.ID).State)
			}
		}
	})
}

func TestTickUnderSeveralWorkers(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		const n = 60
		for i := range n {
			rec := f.create(Open{Title: fmt.Sprint(i)})
			f.do(rec.ID, Finish{Code: "x"})
			if i%3 == 0 {
				f.do(rec.ID, Lock{On: true})
			}
		}
		var mu sync.Mutex
		fired, refused := 0, 0
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				for range 3 {
					ticked, err := f.Tick(ctx, "acme", start.Add(30*day), n)
					mu.Lock()
					fired += len(ticked.Fired)
					refused += len(ticked.Refused)
					if err != nil {
						t.Error(err)
					}
					mu.Unlock()
				}
			})
		}
		workers.Wait()
		assert.Equal(t, n*2/3, fired)
		assert.Equal(t, n/3, refused)
	})
}

// A unique key that a timer's command would take twice is a refusal too.
func TestTickRefusalByTheBackend(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		p := process(t)
		p.Indexes = append(p.Indexes, itsm.Index[Ticket]{Name: "one open at a time", Unique: true, Keys: func(t *Ticket) []itsm.Key {
			if t.State != open {
				return nil
			}
			return []itsm.Key{{itsm.TextValue(t.Group)}}
		}})
		f := setupProcess(t, b, p)
		a := f.create(Open{Title: "a", Group: "g"})
		f.do(a.ID, Wait{Until: start.Add(time.Hour)})
		f.create(Open{Title: "b", Group: "g"})
		ticked := f.tick(start.Add(day), 10)
		require.Len(t, ticked.Refused, 1)
		require.ErrorIs(t, ticked.Refused[0].Err, store.ErrExists)
		assert.Equal(t, waiting, f.get(a.ID).State)
		assert.Equal(t, []string{"open", "wait", "refusal of resume"}, f.told(a.ID))
		assert.Empty(t, f.tick(start.Add(day), 10))
		_, err := f.Verify(ctx, ann, a.ID)
		require.NoError(t, err)
	})
}

func TestTickStopsWithTheBackend(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		calls := 0
		fail := errors.New("disk on fire")
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Observe = func(_ context.Context, _ store.Tx, c register.Change[Ticket]) error {
				if c.Event.Name == "resume" {
					calls++
					return fail
				}
				return nil
			}
		})
		for range 5 {
			f.do(f.create(Open{Title: "x"}).ID, Wait{Until: start})
		}
		_, err := f.Tick(ctx, "acme", start.Add(day), 3)
		require.ErrorIs(t, err, fail)
		assert.Equal(t, 3, calls, "as many failures as the limit end it")
	})
}
