package register_test

import (
	"context"
	"errors"
	"fmt"
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

func TestCreateAndDo(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "Mail is down", Group: "mail"})
		assert.Regexp(t, `^TKT000000\d$`, rec.Number)
		assert.Equal(t, uuid.Version(7), rec.ID.Version())
		assert.Equal(t, open, rec.State)
		assert.Equal(t, 1, rec.Revision)
		assert.Equal(t, rec, f.get(rec.ID))

		after := f.do(rec.ID, Wait{Until: start.Add(time.Hour)})
		assert.Equal(t, waiting, after.State)
		assert.Equal(t, 2, after.Revision)
		assert.Equal(t, after, f.get(rec.ID))
		assert.Equal(t, []string{"open", "wait"}, f.told(rec.ID))

		byNumber, err := f.ByNumber(ctx, ann, rec.Number)
		require.NoError(t, err)
		assert.Equal(t, after, byNumber)

		assert.Greater(t, f.create(Open{Title: "Print"}).Number, rec.Number)
	})
}

func TestNumberGrowsBeyondItsZeros(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		f.unit(b.Write, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Next(ctx, store.NextParams{Sequence: "TKT", After: 9_999_999})
			return err
		})
		assert.Equal(t, "TKT10000001", f.create(Open{Title: "x"}).Number)
	})
}

func TestRefusalChangesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		before := f.body(rec.ID)

		_, err := f.Do(ctx, ann, rec.ID, Reopen{})
		refused := requireAs[*itsm.TransitionError](t, err)
		assert.Equal(t, itsm.RuleState, refused.Rule)
		assert.Contains(t, refused.Permitted, "finish")
		_, err = f.Do(ctx, itsm.Actor{ID: "joe", Tenant: "acme"}, rec.ID, Lock{On: true})
		assert.Equal(t, itsm.RuleRole, requireAs[*itsm.TransitionError](t, err).Rule)
		_, err = f.Do(ctx, ann, rec.ID, Finish{})
		assert.Equal(t, "code", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Do(ctx, ann, rec.ID, &Lock{})
		require.ErrorIs(t, err, itsm.ErrInvalid)
		_, err = f.Do(ctx, ann, rec.ID, nil)
		require.ErrorIs(t, err, itsm.ErrInvalid)

		assert.Equal(t, before, f.body(rec.ID))
		assert.Equal(t, []string{"open"}, f.told(rec.ID))
		_, err = f.Create(ctx, ann, Lock{})
		require.ErrorIs(t, err, itsm.ErrRefused)
		n, err := f.Count(ctx, ann, itsm.Selection[Ticket]{})
		require.NoError(t, err)
		assert.Equal(t, 1, n)
	})
}

func TestUnknownRecord(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		for _, id := range []uuid.UUID{uuid.Nil, uuid.Max} {
			_, err := f.Do(ctx, ann, id, Lock{})
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = f.Get(ctx, ann, id)
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = f.Replay(ctx, ann, id)
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = f.Verify(ctx, ann, id)
			require.ErrorIs(t, err, store.ErrNotFound)
			n := 0
			for _, err := range f.History(ctx, ann, id) {
				require.ErrorIs(t, err, store.ErrNotFound)
				n++
			}
			assert.Equal(t, 1, n)
		}
		_, err := f.Permitted(ctx, ann, uuid.Max)
		require.ErrorIs(t, err, store.ErrNotFound)
		for _, number := range []string{"", "TKT0000001", strings.Repeat("9", 2000)} {
			_, err = f.ByNumber(ctx, ann, number)
			require.ErrorIs(t, err, store.ErrNotFound)
			assert.Equal(t, number, requireAs[*register.NumberError](t, err).Number)
		}
	})
}

func TestPermitted(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		permitted := func(id uuid.UUID) []string {
			options, err := f.Permitted(ctx, ann, id)
			require.NoError(t, err)
			var list []string
			for _, o := range options {
				if o.Refusal == nil {
					list = append(list, o.Name)
				}
			}
			return list
		}
		assert.Equal(t, []string{"open"}, permitted(uuid.Nil))
		rec := f.create(Open{Title: "x"})
		assert.Equal(t, []string{"edit", "wait", "finish", "lock", "link", "ping"}, permitted(rec.ID))
		f.do(rec.ID, Lock{On: true})
		assert.Equal(t, []string{"edit", "wait", "lock", "link", "ping"}, permitted(rec.ID))
	})
}

func TestTenantsAreApart(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		mine := f.create(Open{Title: "mine", Slug: "s"})
		_, err := f.Get(ctx, eve, mine.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = f.ByNumber(ctx, eve, mine.Number)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = f.Do(ctx, eve, mine.ID, Lock{On: true})
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = f.Try(ctx, eve, mine.ID, Lock{On: true})
		require.ErrorIs(t, err, store.ErrNotFound)
		require.ErrorIs(t, f.Erase(ctx, itsm.Actor{ID: "p", Tenant: "evil", Roles: []itsm.Role{"privacy"}}, mine.ID, 1, "x"), store.ErrNotFound)
		assert.Empty(t, collect(t, f.Find(ctx, eve, itsm.Selection[Ticket]{})))
		assert.Empty(t, collect(t, f.Find(ctx, eve, itsm.Selection[Ticket]{IDs: []uuid.UUID{mine.ID}})))

		theirs, err := f.Create(ctx, eve, Open{Title: "theirs", Slug: "s"}) // unique within a tenant
		require.NoError(t, err)
		assert.Regexp(t, `^TKT000000\d$`, theirs.Number, "each tenant counts for itself")
		_, err = f.Do(ctx, eve, theirs.ID, Link{Peer: mine.ID})
		require.NoError(t, err)
		o, err := f.Perform(ctx, eve, theirs.ID, Ping{})
		require.NoError(t, err)
		require.Len(t, o.Refused, 1)
		require.ErrorIs(t, o.Refused[0].Err, store.ErrNotFound)
		assert.Zero(t, f.get(mine.ID).Pings)

		nobody := itsm.Actor{ID: "ann", Roles: ann.Roles}
		_, err = f.Create(ctx, nobody, Open{Title: "x"})
		assert.Equal(t, "by.tenant", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Get(ctx, nobody, mine.ID)
		assert.Equal(t, "by.tenant", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Tick(ctx, "", start, 1)
		assert.Equal(t, "by.tenant", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Create(ctx, itsm.Actor{ID: "ann", Tenant: "a\xff"}, Open{Title: "x"})
		assert.Equal(t, "by.tenant", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Create(ctx, itsm.Actor{ID: "ann", Tenant: "acme", Roles: []itsm.Role{agent, "\xff"}}, Open{Title: "x"})
		assert.Equal(t, "by.roles[1]", requireAs[*itsm.FieldError](t, err).Field)
	})
}

func TestUniqueKeyIsRefusedWithItsHolder(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		first := f.create(Open{Title: "a", Slug: "one"})
		_, err := f.Create(ctx, ann, Open{Title: "b", Slug: "one"})
		require.ErrorIs(t, err, store.ErrExists)
		assert.Equal(t, first.ID, requireAs[*store.ExistsError](t, err).Holder)
		f.do(first.ID, Edit{Slug: "two"})
		f.create(Open{Title: "b", Slug: "one"})
	})
}

func TestTooLongForAnIndex(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		_, err := f.Create(ctx, ann, Open{Title: "a", Group: strings.Repeat("g", 2000)})
		assert.Equal(t, "index.group", requireAs[*itsm.FieldError](t, err).Field)
	})
}

func TestNewRefuses(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		good := process(t)
		key := func(*Ticket) []itsm.Key { return nil }
		for field, change := range map[string]func(*itsm.Process[Ticket]){
			"process.lifecycle":  func(p *itsm.Process[Ticket]) { p.Lifecycle = nil },
			"process.prefix":     func(p *itsm.Process[Ticket]) { p.Prefix = "" },
			"process.kind":       func(p *itsm.Process[Ticket]) { p.Prefix = "register.key" },
			"process.indexes[0]": func(p *itsm.Process[Ticket]) { p.Indexes = []itsm.Index[Ticket]{{Name: "", Keys: key}} },
			"process.indexes[1]": func(p *itsm.Process[Ticket]) {
				p.Indexes = []itsm.Index[Ticket]{{Name: "a", Keys: key}, {Name: "a", Keys: key}}
			},
			"process.indexes[2]": func(p *itsm.Process[Ticket]) {
				p.Indexes = []itsm.Index[Ticket]{{Name: "a", Keys: key}, {Name: "b", Keys: key}, {Name: "register.due", Keys: key}}
			},
			"process.indexes[3]": func(p *itsm.Process[Ticket]) {
				p.Indexes = []itsm.Index[Ticket]{{Name: "a", Keys: key}, {Name: "b", Keys: key}, {Name: "c", Keys: key}, {Name: "d"}}
			},
		} {
			p := good
			change(&p)
			_, err := register.New(b, p, nil)
			assert.Equal(t, field, requireAs[*itsm.FieldError](t, err).Field)
		}
		_, err := register.New(nil, good, nil)
		assert.Equal(t, "backend", requireAs[*itsm.FieldError](t, err).Field)
		r, err := register.New(b, good, nil)
		require.NoError(t, err)
		rec, err := r.Create(ctx, ann, Open{Title: "x"})
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now(), rec.Opened, time.Minute)
	})
}

func TestUnreadableIsNamed(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x", Group: "g"})
		rewrite := func(change func(*store.PutParams)) { f.tamper(rec.ID, change) }
		good := f.body(rec.ID)
		for name, body := range map[string]string{
			"empty":         "",
			"cut":           string(good.Body[:20]),
			"unknown field": strings.Replace(string(good.Body), `"title"`, `"headline"`, 1),
			"trailing":      string(good.Body) + "{}",
			"not UTF-8":     strings.Replace(string(good.Body), `"x"`, "\"\xff\"", 1),
			"another's":     strings.Replace(string(good.Body), rec.ID.String(), uuid.Max.String(), 1),
			"wrong type":    strings.Replace(string(good.Body), `"x"`, "7", 1),
		} {
			rewrite(func(p *store.PutParams) { p.Body = []byte(body) })
			_, err := f.Get(ctx, ann, rec.ID)
			wrong := requireAs[*register.BodyError](t, err)
			require.ErrorIs(t, err, register.ErrUnreadable, name)
			assert.Equal(t, rec.ID, wrong.ID)
			assert.Contains(t, err.Error(), "ticket "+rec.ID.String())
			_, err = f.Do(ctx, ann, rec.ID, Lock{})
			require.ErrorIs(t, err, register.ErrUnreadable, name)
			for _, err := range f.Find(ctx, ann, itsm.Selection[Ticket]{}) {
				require.ErrorIs(t, err, register.ErrUnreadable, name)
			}
		}
		for _, head := range []string{"", "x", string(good.Head[:10]), "\x02" + string(good.Head[1:]), string(good.Head) + "\x09ab"} {
			rewrite(func(p *store.PutParams) { p.Body, p.Head = good.Body, []byte(head) })
			_, err := f.Do(ctx, ann, rec.ID, Lock{})
			requireAs[*register.BodyError](t, err)
		}
		rewrite(func(p *store.PutParams) { p.Body, p.Head = good.Body, good.Head })
		f.do(rec.ID, Lock{})
	})
}

func TestForgottenStateIsNamed(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		rec := setup(t, b).create(Open{Title: "x"})
		setup(t, b).do(rec.ID, Wait{Until: start})
		f := setupProcess(t, b, process(t, func(d *itsm.Definition[Ticket]) { // the host has dropped a state
			kept := d.Transitions[:0]
			for _, tr := range d.Transitions {
				tr.From = without(tr.From, waiting)
				if tr.Name != "wait" && len(tr.From) > 0 {
					kept = append(kept, tr)
				}
			}
			d.Transitions = kept
			d.States = []itsm.StateDef{d.States[0], d.States[2], d.States[3]}
			d.Timers = d.Timers[1:]
		}))
		assert.Equal(t, waiting, f.get(rec.ID).State, "it can still be read")
		_, err := f.Do(ctx, ann, rec.ID, Edit{})
		wrong := requireAs[*register.StateError](t, err)
		assert.Equal(t, register.StateError{Kind: "ticket", ID: rec.ID, Number: rec.Number, State: waiting}, *wrong)
		require.ErrorIs(t, err, register.ErrUnreadable)
		_, err = f.Permitted(ctx, ann, rec.ID)
		requireAs[*register.StateError](t, err)
	})
}

func without(list []itsm.State, s itsm.State) []itsm.State {
	var kept []itsm.State
	for _, x := range list {
		if x != s {
			kept = append(kept, x)
		}
	}
	return kept
}

func TestTryLeavesNoTrace(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		var committed int
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Committed = func(context.Context, []register.Change[Ticket]) { committed++ }
		})
		parent := f.create(Open{Title: "parent"})
		child := f.create(Open{Title: "child", Parent: parent.ID})
		before := committed

		o, err := f.Try(ctx, ann, parent.ID, Finish{Code: "fixed"})
		require.NoError(t, err)
		assert.Equal(t, done, o.Record.State)
		assert.Equal(t, "finish", o.Event.Name)
		require.Len(t, o.Follow, 1)
		assert.Equal(t, child.ID, o.Follow[0].Record.ID)

		assert.Equal(t, open, f.get(parent.ID).State)
		assert.Equal(t, []string{"open"}, f.told(child.ID))
		assert.Equal(t, before, committed)

		_, err = f.Try(ctx, ann, parent.ID, Reopen{})
		require.ErrorIs(t, err, itsm.ErrRefused)
		o, err = f.Try(ctx, ann, uuid.Nil, Open{Title: "maybe"})
		require.NoError(t, err)
		_, err = f.Get(ctx, ann, o.Record.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
		f.unit(b.Write, func(ctx context.Context, tx store.Tx) error {
			_, err := f.In(tx).Try(ctx, ann, parent.ID, Finish{Code: "x"})
			require.ErrorIs(t, err, itsm.ErrInvalid)
			return nil
		})
	})
}

func TestBulkGivesAResultForEachItem(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		items := []register.Item[Ticket]{
			{Command: Open{Title: "new"}},
			{ID: rec.ID, Command: Reopen{}},
			{ID: rec.ID, Command: Lock{On: true}, Call: register.Call{IfRevision: 1}},
			{ID: rec.ID, Command: Lock{On: true}, Call: register.Call{IfRevision: 1}},
			{ID: uuid.Max, Command: Lock{}},
		}
		results := f.Bulk(ctx, ann, func(yield func(register.Item[Ticket]) bool) {
			for _, item := range items {
				if !yield(item) {
					return
				}
			}
		})
		require.Len(t, results, len(items))
		require.NoError(t, results[0].Err)
		assert.Equal(t, "new", f.get(results[0].Record.ID).Title)
		require.ErrorIs(t, results[1].Err, itsm.ErrRefused)
		require.NoError(t, results[2].Err)
		require.ErrorIs(t, results[3].Err, store.ErrConflict)
		require.ErrorIs(t, results[4].Err, store.ErrNotFound)
		assert.Equal(t, 2, f.get(rec.ID).Revision)
	})
}

func TestEndedContext(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err := f.Do(ended, ann, rec.ID, Lock{})
		require.ErrorIs(t, err, context.Canceled)
		_, err = f.Tick(ended, "acme", start, 1)
		require.ErrorIs(t, err, context.Canceled)
		for _, err := range f.Find(ended, ann, itsm.Selection[Ticket]{}) {
			require.ErrorIs(t, err, context.Canceled)
		}
		assert.Equal(t, 1, f.get(rec.ID).Revision)
	})
}

func TestRetryIsBounded(t *testing.T) {
	f := setup(t, busy{memory.New()}, func(o *register.Options[Ticket]) { o.Retry.Attempts = 3 })
	_, err := f.Create(ctx, ann, Open{Title: "x"})
	require.ErrorIs(t, err, store.ErrRetry)
	assert.Contains(t, err.Error(), "3 attempts")
}

// busy never lets a unit through.
type busy struct{ store.Backend }

func (busy) Write(context.Context, store.Tenant, func(context.Context, store.Tx) error) error {
	return &store.RetryError{Err: errors.New("busy")}
}

func TestObserverAndCommitted(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		var observed, committed []string
		fail := errors.New("observer says no")
		refuse := false
		name := func(c register.Change[Ticket]) string { return fmt.Sprint(c.Record.Title, " ", c.Event.Name) }
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Observe = func(ctx context.Context, tx store.Tx, c register.Change[Ticket]) error {
				d, err := tx.Get(ctx, store.GetParams{Kind: "ticket", ID: c.Record.ID})
				require.NoError(t, err)
				assert.JSONEq(t, asJSON(t, c.Record), string(d.Body), "it sees what was written")
				observed = append(observed, name(c))
				if refuse {
					return fail
				}
				return nil
			}
			o.Committed = func(_ context.Context, list []register.Change[Ticket]) {
				for _, c := range list {
					committed = append(committed, name(c))
				}
			}
		})
		parent := f.create(Open{Title: "parent"})
		f.create(Open{Title: "child", Parent: parent.ID})
		f.do(parent.ID, Finish{Code: "fixed"})
		assert.Equal(t, []string{"parent open", "child open", "parent finish", "child finish"}, committed)
		assert.Subset(t, observed, committed)

		refuse = true
		_, err := f.Do(ctx, ann, parent.ID, Reopen{})
		require.ErrorIs(t, err, fail)
		assert.Equal(t, done, f.get(parent.ID).State)
		assert.Len(t, committed, 4)

		// What an observer refuses fails the unit, also where the record's own
		// refusal would only be noted.
		fail = itsm.Refuse("observer", "says no")
		_, err = f.Tick(ctx, "acme", start.Add(30*day), 10)
		require.ErrorIs(t, err, itsm.ErrRefused)
		assert.Equal(t, []string{"open", "finish"}, f.told(parent.ID))
	})
}
