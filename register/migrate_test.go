package register_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

const parked itsm.State = "parked"

// oleg may migrate.
var oleg = itsm.Actor{ID: "oleg", Tenant: "acme", Roles: []itsm.Role{"operator"}}

// renamed is the process after the host has renamed the state waiting.
func renamed(d *itsm.Definition[Ticket]) {
	rename := func(list []itsm.State) {
		for i := range list {
			if list[i] == waiting {
				list[i] = parked
			}
		}
	}
	for i := range d.Transitions {
		rename(d.Transitions[i].From)
		rename(d.Transitions[i].To)
	}
	for i := range d.Timers {
		rename(d.Timers[i].In)
	}
	for i := range d.States {
		if d.States[i].State == waiting {
			d.States[i].State = parked
		}
	}
}

var toParked = map[itsm.State]itsm.State{waiting: parked}

func (f fixture) migrate(moves map[itsm.State]itsm.State, o *register.SweepOptions) register.Swept {
	f.t.Helper()
	swept, err := f.Migrate(ctx, oleg, moves, "renamed", o)
	require.NoError(f.t, err)
	return swept
}

// checked asserts that a record is what its journal gives, and that this verifies.
func (f fixture) checked(id uuid.UUID) Ticket {
	f.t.Helper()
	rec, err := f.Replay(ctx, ann, id)
	require.NoError(f.t, err)
	require.Equal(f.t, string(f.body(id).Body), asJSON(f.t, rec))
	_, err = f.Verify(ctx, ann, id)
	require.NoError(f.t, err)
	return f.get(id)
}

func TestMigrateMovesAndJournals(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		until := start.Add(48 * time.Hour)
		rec := old.create(Open{Title: "x", Group: "g", Custom: map[string]itsm.Value{"site": itsm.TextValue("north")}})
		rec = old.do(rec.ID, Wait{Until: until})
		idle := old.create(Open{Title: "idle"})
		idleBody := old.body(idle.ID)
		_, err := old.With(register.Call{Key: "k"}).Do(ctx, ann, rec.ID, Edit{Title: "z", Group: "g"})
		require.NoError(t, err)

		var observed, committed []string
		f := setupProcess(t, b, process(t, renamed), func(o *register.Options[Ticket]) {
			o.Observe = func(ctx context.Context, tx store.Tx, c register.Change[Ticket]) error {
				if c.Migration != nil {
					observed = append(observed, fmt.Sprint(c.Record.Title, " to ", c.Event.To, " by ", c.Migration.By.ID))
				}
				return nil
			}
			o.Committed = func(_ context.Context, list []register.Change[Ticket]) {
				for _, c := range list {
					assert.Equal(t, c.Event.Name == "", c.Migration != nil)
					assert.Equal(t, c.Event.Command == nil, c.Migration != nil)
					committed = append(committed, fmt.Sprint(c.Event.From, " ", c.Event.To, " ", c.Event.Revision, " ", c.Event.ID == rec.ID))
				}
			}
		})
		_, err = f.Do(ctx, ann, rec.ID, Resume{})
		requireAs[*register.StateError](t, err)
		ticked, err := f.Tick(ctx, "acme", until, 10)
		requireAs[*register.StateError](t, err)
		assert.Empty(t, ticked.Fired)

		f.clock.add(time.Hour)
		swept := f.migrate(toParked, nil)
		assert.Equal(t, register.Swept{Looked: 2, Changed: 1}, swept)
		moved := f.checked(rec.ID)
		want := old.get(rec.ID)
		assert.Equal(t, parked, moved.State)
		assert.Equal(t, 4, moved.Revision)
		assert.Equal(t, moved.Updated, moved.Since)
		assert.True(t, moved.Updated.After(start.Add(time.Hour)))
		assert.Equal(t, want, moved)
		assert.Equal(t, until, moved.Until)

		history := f.history(rec.ID)
		require.Len(t, history, 4)
		assert.Equal(t, register.MigrationEntry, history[3].Type)
		assert.Equal(t, register.Migration{
			Number: rec.Number, Revision: 4, From: waiting, To: parked, At: moved.Updated, By: oleg, Reason: "renamed",
		}, *history[3].Migration)
		assert.Nil(t, history[3].Event)
		assert.Equal(t, []string{"waiting parked 4 true"}, committed)
		assert.Contains(t, observed, "z to parked by oleg")
		assert.Equal(t, idleBody, f.body(idle.ID), "what need not move is not even written")

		// What was done is done.
		before := f.body(rec.ID)
		assert.Equal(t, register.Swept{Looked: 2}, f.migrate(toParked, nil))
		assert.Equal(t, before, f.body(rec.ID))

		// The key of a call from before still tells of then, the timer of the new
		// state runs, and the record takes commands.
		again, err := f.With(register.Call{Key: "k"}).Perform(ctx, ann, rec.ID, Edit{Title: "z", Group: "g"})
		require.NoError(t, err)
		assert.True(t, again.Repeated)
		assert.Equal(t, waiting, again.Record.State)
		byNumber, err := f.ByNumber(ctx, ann, rec.Number)
		require.NoError(t, err)
		assert.Equal(t, moved, byNumber)
		_, err = f.With(register.Call{IfRevision: 3}).Do(ctx, ann, rec.ID, Lock{})
		require.ErrorIs(t, err, store.ErrConflict, "who has seen the record before its move is told")
		ticked, err = f.Tick(ctx, "acme", until, 10)
		require.NoError(t, err)
		require.Len(t, ticked.Fired, 1)
		assert.Equal(t, "resume", ticked.Fired[0].Timer)
		f.do(rec.ID, Finish{Code: "c"})
		f.checked(rec.ID)
		assert.Equal(t, []string{"z"}, f.find(byGroup("g")))
	})
}

// What a timer counts from the state begins with the move; what the old lifecycle
// had silenced may be tried again.
func TestMigrateStartsTheTimersOfTheState(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		rec := old.create(Open{Title: "x"})
		old.do(rec.ID, Finish{Code: "c"}, Lock{On: true})
		require.Len(t, old.tick(start.Add(6*day), 1).Refused, 1)
		require.Zero(t, old.dueTerms())
		f := setupProcess(t, b, process(t, func(d *itsm.Definition[Ticket]) {
			d.States[2].State = "solved"
			for i := range d.Transitions {
				for _, list := range [][]itsm.State{d.Transitions[i].From, d.Transitions[i].To} {
					if at := slices.Index(list, done); at >= 0 {
						list[at] = "solved"
					}
				}
			}
			d.Timers[1].In = []itsm.State{"solved"}
		}))
		f.clock.add(10 * day)
		f.migrate(map[itsm.State]itsm.State{done: "solved"}, nil)
		moved := f.checked(rec.ID)
		assert.Equal(t, 1, f.dueTerms())
		assert.Empty(t, f.tick(moved.Since.Add(5*day-1), 10))
		assert.Len(t, f.tick(moved.Since.Add(5*day), 10).Refused, 1)
	})
}

func TestMigrateRefuses(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		rec := old.create(Open{Title: "x"})
		old.do(rec.ID, Wait{Until: start})
		f := setupProcess(t, b, process(t, renamed))
		before := f.body(rec.ID)
		nobody := oleg
		nobody.ID = ""
		garbled := oleg
		garbled.ID = "o\xff"
		for field, call := range map[string]func() (register.Swept, error){
			`moves["waiting"]`: func() (register.Swept, error) {
				return f.Migrate(ctx, oleg, map[itsm.State]itsm.State{waiting: "nowhere"}, "x", nil)
			},
			`moves["open"]`: func() (register.Swept, error) {
				return f.Migrate(ctx, oleg, map[itsm.State]itsm.State{open: parked, waiting: parked}, "x", nil)
			},
			`moves[""]`: func() (register.Swept, error) {
				return f.Migrate(ctx, oleg, map[itsm.State]itsm.State{"": parked}, "x", nil)
			},
			"moves":  func() (register.Swept, error) { return f.Migrate(ctx, oleg, nil, "x", nil) },
			"reason": func() (register.Swept, error) { return f.Migrate(ctx, oleg, toParked, " ", nil) },
			"by.tenant": func() (register.Swept, error) {
				return f.Migrate(ctx, itsm.Actor{ID: "x", Roles: oleg.Roles}, toParked, "x", nil)
			},
			"by.id": func() (register.Swept, error) {
				if _, err := f.Migrate(ctx, garbled, toParked, "x", nil); !errors.Is(err, itsm.ErrInvalid) {
					t.Error("text that is not UTF-8 passes", err)
				}
				return f.Migrate(ctx, nobody, toParked, "x", nil)
			},
			"options.unit": func() (register.Swept, error) {
				return f.Migrate(ctx, oleg, toParked, "x", &register.SweepOptions{Unit: -1})
			},
			"options.limit": func() (register.Swept, error) {
				return f.Migrate(ctx, oleg, toParked, "x", &register.SweepOptions{Limit: -1})
			},
			"call": func() (register.Swept, error) {
				return f.With(register.Call{Key: "k"}).Migrate(ctx, oleg, toParked, "x", nil)
			},
			"tx": func() (swept register.Swept, err error) {
				f.unit(b.Write, func(_ context.Context, tx store.Tx) error {
					swept, err = f.In(tx).Migrate(ctx, oleg, toParked, "x", nil)
					return nil
				})
				return swept, err
			},
		} {
			swept, err := call()
			assert.Equal(t, field, requireAs[*itsm.FieldError](t, err).Field)
			assert.Zero(t, swept)
		}
		_, err := f.Migrate(ctx, ann, toParked, "x", nil)
		refused := requireAs[*itsm.TransitionError](t, err)
		assert.Equal(t, []any{itsm.RuleRole, []itsm.Role{"operator"}}, []any{refused.Rule, refused.Roles})
		strict := setupProcess(t, b, process(t, renamed), func(o *register.Options[Ticket]) { o.Migrators = nil })
		_, err = strict.Migrate(ctx, oleg, toParked, "x", nil)
		require.ErrorIs(t, err, itsm.ErrRefused, "nobody may unless the host says who")
		_, err = f.Migrate(ctx, oleg, toParked, "x", &register.SweepOptions{From: "rubbish"})
		require.ErrorIs(t, err, store.ErrCursor)
		assert.Equal(t, before, f.body(rec.ID))
		theirs := itsm.Actor{ID: "x", Tenant: "evil", Roles: oleg.Roles}
		swept, err := f.Migrate(ctx, theirs, toParked, "x", nil)
		require.NoError(t, err)
		assert.Zero(t, swept, "another tenant's records are not seen")
	})
}

// A record that cannot move holds no other up, and is named.
func TestMigrateListsWhatStays(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		unique := func(p itsm.Process[Ticket]) itsm.Process[Ticket] {
			p.Indexes = append(p.Indexes, itsm.Index[Ticket]{Name: "one parked", Unique: true, Keys: func(t *Ticket) []itsm.Key {
				if t.State != parked {
					return nil
				}
				return []itsm.Key{{itsm.TextValue(t.Group)}}
			}})
			return p
		}
		old := setup(t, b)
		var recs []Ticket
		for i := range 5 {
			rec := old.create(Open{Title: fmt.Sprint(i), Group: []string{"a", "b", "a", "c", "d"}[i]})
			recs = append(recs, old.do(rec.ID, Wait{Until: start}))
		}
		old.breakBody(recs[1].ID)
		f := setupProcess(t, b, unique(process(t, renamed)))
		f.tamper(recs[3].ID, func(p *store.PutParams) {
			p.Body = []byte(asJSON(t, func() Ticket { r := recs[3]; r.State = "limbo"; return r }()))
		})
		for _, unit := range []int{1, 2, 100} {
			swept := f.migrate(toParked, &register.SweepOptions{Unit: unit})
			assert.Equal(t, []int{5, 3}, []int{swept.Looked, swept.Refused})
			require.Len(t, swept.Stayed, 3)
			for i, at := range []int{1, 2, 3} {
				assert.Equal(t, recs[at].ID, swept.Stayed[i].ID)
			}
			require.ErrorIs(t, swept.Stayed[0].Err, register.ErrUnreadable)
			require.ErrorIs(t, swept.Stayed[1].Err, store.ErrExists)
			assert.Equal(t, waiting, swept.Stayed[1].State)
			assert.Equal(t, recs[2].Number, swept.Stayed[1].Number)
			assert.Equal(t, itsm.State("limbo"), requireAs[*register.StateError](t, swept.Stayed[2].Err).State)
		}
		assert.Equal(t, parked, f.checked(recs[0].ID).State)
		assert.Equal(t, parked, f.checked(recs[4].ID).State)
		assert.Equal(t, waiting, f.checked(recs[2].ID).State)
	})
}

// An interrupted walk goes on where it ended, or from the beginning; the result
// is the same.
func TestMigrateIsResumable(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		const n = 37
		old := setup(t, b)
		for i := range n {
			rec := old.create(Open{Title: fmt.Sprint(i)})
			if i%3 > 0 {
				old.do(rec.ID, Wait{Until: start})
			}
		}
		broken := errors.New("pulled the plug")
		plug := 5
		f := setupProcess(t, b, process(t, renamed), func(o *register.Options[Ticket]) {
			o.Observe = func(context.Context, store.Tx, register.Change[Ticket]) error {
				if plug--; plug == 0 {
					return broken
				}
				return nil
			}
		})
		swept, err := f.Migrate(ctx, oleg, toParked, "x", &register.SweepOptions{Unit: 3})
		require.ErrorIs(t, err, broken)
		require.NotEmpty(t, swept.Next)
		looked, changed := swept.Looked, swept.Changed
		plug = 1
		again, err := f.Migrate(ctx, oleg, toParked, "x", &register.SweepOptions{From: swept.Next})
		require.ErrorIs(t, err, broken)
		assert.Equal(t, register.Swept{Next: swept.Next}, again, "an error does not lose the place")
		var told []int
		for swept.Next != "" {
			swept = f.migrate(toParked, &register.SweepOptions{
				Unit: 4, Limit: 8, From: swept.Next, Progress: func(s register.Swept) { told = append(told, s.Looked) },
			})
			assert.LessOrEqual(t, swept.Looked, 8)
			looked, changed = looked+swept.Looked, changed+swept.Changed
		}
		assert.Equal(t, []int{n, n - (n+2)/3}, []int{looked, changed})
		assert.Equal(t, []int{4, 8, 4, 8}, told[:4])
		assert.Equal(t, register.Swept{Looked: n}, f.migrate(toParked, nil))
	})
}

// Several that migrate at once move each record once.
func TestMigrateUnderSeveralWorkers(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		var ids []uuid.UUID
		for range 40 {
			rec := old.create(Open{Title: "x"})
			ids = append(ids, old.do(rec.ID, Wait{Until: start}).ID)
		}
		moved := make([]int, 4)
		atOnce(len(moved), func(i int) {
			f := setupProcess(t, b, process(t, renamed))
			swept, err := f.Migrate(ctx, oleg, toParked, "x", &register.SweepOptions{Unit: 5})
			if err != nil || swept.Refused > 0 {
				t.Error(swept, err)
			}
			moved[i] = swept.Changed
		})
		sum := 0
		for _, n := range moved {
			sum += n
		}
		assert.Equal(t, len(ids), sum)
		f := setupProcess(t, b, process(t, renamed))
		for _, id := range ids {
			assert.Equal(t, 3, f.checked(id).Revision)
		}
	})
}

func TestMigrationCanBeErased(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		rec := old.create(Open{Title: "x"})
		old.do(rec.ID, Wait{Until: start})
		f := setupProcess(t, b, process(t, renamed))
		f.migrate(toParked, nil)
		dpo := itsm.Actor{ID: "dpo", Tenant: "acme", Roles: []itsm.Role{"privacy"}}
		require.NoError(t, f.Erase(ctx, dpo, rec.ID, 3, "named a person"))
		_, err := f.Verify(ctx, ann, rec.ID)
		require.NoError(t, err)
		_, err = f.Replay(ctx, ann, rec.ID)
		assert.EqualValues(t, 3, requireAs[*register.ErasedError](t, err).Place)
		assert.Equal(t, []string{"open", "wait", "migration", "erasure"}, f.told(rec.ID))
	})
}

func TestReindexFindsWhatWasWrittenBefore(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		lean := process(t, func(d *itsm.Definition[Ticket]) { d.Timers = d.Timers[:1] })
		lean.Indexes = lean.Indexes[1:] // without "group"
		old := setupProcess(t, b, lean)
		var recs []Ticket
		for i := range 7 {
			recs = append(recs, old.create(Open{Title: fmt.Sprint(i), Group: []string{"g", "h"}[i%2], Watchers: []string{"w"}}))
		}
		old.do(recs[0].ID, Finish{Code: "c"})
		f := setup(t, b)
		assert.Empty(t, f.find(byGroup("g")))
		assert.Zero(t, f.dueTerms())
		var bodies, heads []string
		for _, rec := range recs {
			bodies, heads = append(bodies, string(f.body(rec.ID).Body)), append(heads, string(f.body(rec.ID).Head))
		}
		var told []int
		swept, err := f.Reindex(ctx, "acme", &register.SweepOptions{Unit: 3, Progress: func(s register.Swept) { told = append(told, s.Changed) }})
		require.NoError(t, err)
		assert.Equal(t, register.Swept{Looked: 7, Changed: 7}, swept)
		assert.Equal(t, []int{3, 6, 7}, told)
		assert.Equal(t, []string{"0", "2", "4", "6"}, f.find(byGroup("g")))
		assert.Len(t, f.find(byWatcher("w")), 7)
		assert.Equal(t, 1, f.dueTerms())
		for i, rec := range recs {
			assert.Equal(t, bodies[i], string(f.body(rec.ID).Body))
			assert.Equal(t, heads[i], string(f.body(rec.ID).Head))
			f.checked(rec.ID)
		}
		assert.Len(t, f.tick(start.Add(30*day), 10).Fired, 1)
		_, err = f.Reindex(ctx, "", nil)
		assert.Equal(t, "by.tenant", requireAs[*itsm.FieldError](t, err).Field)
		_, err = f.Reindex(ctx, "acme", &register.SweepOptions{Unit: -1})
		assert.Equal(t, "options.unit", requireAs[*itsm.FieldError](t, err).Field)
	})
}

// A silent timer stays silent (R35), what cannot be indexed is named.
func TestReindexListsWhatStays(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		silent := old.create(Open{Title: "same"})
		old.do(silent.ID, Finish{Code: "c"}, Lock{On: true})
		require.Len(t, old.tick(start.Add(6*day), 1).Refused, 1)
		second := old.create(Open{Title: "same"})
		other := old.create(Open{Title: "other"})
		unreadable := old.create(Open{Title: "y"})
		old.breakBody(unreadable.ID)

		p := process(t)
		p.Indexes = append(p.Indexes, itsm.Index[Ticket]{Name: "title", Unique: true, Keys: func(t *Ticket) []itsm.Key {
			return []itsm.Key{{itsm.TextValue(t.Title)}}
		}})
		f := setupProcess(t, b, p)
		swept, err := f.Reindex(ctx, "acme", nil)
		require.NoError(t, err)
		assert.Equal(t, []int{4, 2, 2}, []int{swept.Looked, swept.Changed, swept.Refused})
		require.Len(t, swept.Stayed, 2)
		assert.Equal(t, second.ID, swept.Stayed[0].ID)
		assert.Equal(t, silent.ID, requireAs[*store.ExistsError](t, swept.Stayed[0].Err).Holder)
		assert.Equal(t, unreadable.ID, swept.Stayed[1].ID)
		assert.Equal(t, []string{"other"}, f.find(itsm.Selection[Ticket]{Index: "title", Equal: itsm.Key{itsm.TextValue("other")}}))
		assert.Zero(t, f.dueTerms())
		assert.Empty(t, f.tick(start.Add(9*day), 10))
		f.checked(other.ID)
	})
}

// The list of what stayed is bounded, the count is not.
func TestSweepBoundsItsList(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		old := setup(t, b)
		const n = 1010
		f := setupProcess(t, b, process(t, renamed))
		for range n {
			old.do(old.create(Open{Title: "x"}).ID, Wait{Until: start})
		}
		limbo := map[itsm.State]itsm.State{"limbo": parked}
		swept := f.migrate(limbo, &register.SweepOptions{Unit: 300})
		assert.Equal(t, []int{n, 0, n, 1000}, []int{swept.Looked, swept.Changed, swept.Refused, len(swept.Stayed)})
	})
}
