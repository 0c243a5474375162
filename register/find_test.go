package register_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

func TestFindSelects(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		var recs []Ticket
		for i, group := range []string{"b", "a", "b", "", "b\x00", "B"} {
			recs = append(recs, f.create(Open{
				Title: fmt.Sprint("t", i), Group: group, Budget: money(fmt.Sprintf("%d EUR", []int{9, 10, -1, 0, 100, 2}[i])),
				Deadline: start.Add(time.Duration(i) * time.Hour),
			}))
		}
		ids := func(list ...int) (out []uuid.UUID) {
			for _, i := range list {
				out = append(out, recs[i].ID)
			}
			return out
		}
		number := func(n int64) itsm.Value { return itsm.IntValue(n) }
		for name, c := range map[string]struct {
			sel  itsm.Selection[Ticket]
			want []string
		}{
			"all":          {itsm.Selection[Ticket]{}, []string{"t0", "t1", "t2", "t3", "t4", "t5"}},
			"backwards":    {itsm.Selection[Ticket]{Reverse: true}, []string{"t5", "t4", "t3", "t2", "t1", "t0"}},
			"where":        {itsm.Selection[Ticket]{Where: func(t *Ticket) bool { return t.Group == "b" }}, []string{"t0", "t2"}},
			"ids":          {itsm.Selection[Ticket]{IDs: append(ids(3, 1, 3), uuid.Max)}, []string{"t3", "t1"}},
			"no ids":       {itsm.Selection[Ticket]{IDs: ids()}, []string{"t0", "t1", "t2", "t3", "t4", "t5"}},
			"empty ids":    {itsm.Selection[Ticket]{IDs: []uuid.UUID{}}, []string{}},
			"ids reversed": {itsm.Selection[Ticket]{IDs: ids(3, 1), Reverse: true}, []string{"t1", "t3"}},
			"group":        {byGroup("b"), []string{"t0", "t2"}},
			"index":        {itsm.Selection[Ticket]{Index: "group"}, []string{"t5", "t1", "t0", "t2", "t4"}},
			"range": {itsm.Selection[Ticket]{Index: "group", From: itsm.TextValue("a"), To: itsm.TextValue("b\x00")},
				[]string{"t1", "t0", "t2"}},
			"from": {itsm.Selection[Ticket]{Index: "budget", From: number(9)}, []string{"t0", "t1", "t4"}},
			"to":   {itsm.Selection[Ticket]{Index: "budget", To: number(9), Reverse: true}, []string{"t5", "t3", "t2"}},
			"tuple": {itsm.Selection[Ticket]{Index: "budget", Equal: itsm.Key{number(10)}, From: itsm.InstantValue(start), To: itsm.InstantValue(start.Add(2 * time.Hour))},
				[]string{"t1"}},
			"tuple without": {itsm.Selection[Ticket]{Index: "budget", Equal: itsm.Key{number(10)}, To: itsm.InstantValue(start.Add(time.Hour))}, []string{}},
		} {
			assert.Equal(t, c.want, f.find(c.sel), name)
			n, err := f.Count(ctx, ann, c.sel)
			require.NoError(t, err)
			assert.Equal(t, len(c.want), n, name)
		}
	})
}

func TestFindRefuses(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		for field, sel := range map[string]itsm.Selection[Ticket]{
			"selection.index": {Index: "colour"},
			"selection":       {IDs: []uuid.UUID{uuid.Max}, Index: "group"},
		} {
			n := 0
			for _, err := range f.Find(ctx, ann, sel) {
				assert.Equal(t, field, requireAs[*itsm.FieldError](t, err).Field)
				n++
			}
			assert.Equal(t, 1, n)
			_, err := f.Count(ctx, ann, sel)
			require.ErrorIs(t, err, itsm.ErrInvalid)
		}
		for _, err := range f.Find(ctx, ann, itsm.Selection[Ticket]{Equal: itsm.Key{itsm.IntValue(1)}}) {
			assert.Equal(t, "selection.index", requireAs[*itsm.FieldError](t, err).Field)
		}
		for _, err := range f.Find(ctx, ann, byGroup(strings.Repeat("x", 2000))) {
			assert.Equal(t, "selection", requireAs[*itsm.FieldError](t, err).Field)
		}
	})
}

func TestRecordWithSeveralKeysComesOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		for i := range 250 {
			f.create(Open{Title: fmt.Sprintf("%03d", i), Watchers: []string{"bob", fmt.Sprintf("w%d", i%7), "bob"}})
		}
		all := f.find(itsm.Selection[Ticket]{Index: "watcher"})
		assert.Len(t, all, 250)
		assert.Len(t, slices.Compact(sorted(all)), 250)
		for sel, want := range map[*itsm.Selection[Ticket]]int{
			{Index: "watcher"}: 250, {Index: "watcher", Reverse: true}: 250,
			{Index: "watcher", From: itsm.TextValue("c")}: 250, {Index: "watcher", To: itsm.TextValue("w1")}: 250,
			{Index: "group"}: 0,
		} {
			n, err := f.Count(ctx, ann, *sel)
			require.NoError(t, err)
			assert.Equal(t, want, n)
			assert.Len(t, f.find(*sel), want)
		}
		assert.Len(t, f.find(byWatcher("bob")), 250)
		assert.Len(t, f.find(byWatcher("w3")), 36)
	})
}

// TestFindWhileWriting changes, in the loop and beside it, everything but the
// records that are looked for: each of those must come exactly once.
func TestFindWhileWriting(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		var moving []Ticket
		for i := range 300 {
			f.create(Open{Title: fmt.Sprintf("%03d", i), Group: "still"})
			moving = append(moving, f.create(Open{Title: "m", Group: "still"}))
		}
		var seen []string
		i := 0
		for rec, err := range f.Find(ctx, ann, byGroup("still")) {
			require.NoError(t, err)
			if rec.Title != "m" {
				seen = append(seen, rec.Title)
			}
			if i%2 == 0 && i < len(moving) {
				f.do(moving[i].ID, Edit{Group: "away"})
				f.create(Open{Title: "m", Group: "still"})
			}
			i++
		}
		require.Len(t, seen, 300)
		assert.Len(t, slices.Compact(sorted(seen)), 300)
	})
}

func TestFindStopsWhenTheLoopDoes(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		for range 5 {
			f.create(Open{Title: "x"})
		}
		n := 0
		for _, err := range f.Find(ctx, ann, itsm.Selection[Ticket]{}) {
			require.NoError(t, err)
			if n++; n == 3 {
				break
			}
		}
		assert.Equal(t, 3, n)
		for range f.History(ctx, ann, f.create(Open{Title: "x"}).ID) {
			break
		}
	})
}

func TestInSharesOneUnit(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		committed := 0
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Committed = func(context.Context, []register.Change[Ticket]) { committed++ }
		})
		other := process(t, func(d *itsm.Definition[Ticket]) { d.Kind = "case" })
		other.Prefix = "CAS"
		cases, err := register.New(b, other, &register.Options[Ticket]{Now: f.clock.Now})
		require.NoError(t, err)
		rec := f.create(Open{Title: "x", Group: "g"})
		committed = 0

		var made Ticket
		f.unit(b.Write, func(ctx context.Context, tx store.Tx) error {
			if _, err := f.In(tx).Do(ctx, ann, rec.ID, Edit{Group: "h"}); err != nil {
				return err
			}
			// A refusal leaves the unit as it was.
			_, refused := f.In(tx).Do(ctx, ann, rec.ID, Reopen{})
			if !assert.ErrorIs(t, refused, itsm.ErrRefused) {
				return refused
			}
			var err error
			if made, err = cases.In(tx).Create(ctx, ann, Open{Title: "case of " + rec.Title}); err != nil {
				return err
			}
			if _, err = cases.In(tx).With(register.Call{IfRevision: 1}).Do(ctx, ann, made.ID, Lock{On: true}); err != nil {
				return err
			}
			// It sees its own writes.
			n, err := f.In(tx).Count(ctx, ann, byGroup("h"))
			if err != nil {
				return err
			}
			assert.Equal(t, 1, n)
			for found, err := range f.In(tx).Find(ctx, ann, byGroup("h")) {
				if err != nil {
					return err
				}
				assert.Equal(t, rec.ID, found.ID)
			}
			_, err = f.In(tx).Get(ctx, ann, rec.ID)
			if err != nil {
				return err
			}
			_, err = f.In(tx).Get(ctx, eve, rec.ID)
			assert.Equal(t, "by.tenant", requireAs[*itsm.FieldError](t, err).Field)
			return nil
		})
		assert.Equal(t, "h", f.get(rec.ID).Group)
		assert.Equal(t, []string{"open", "edit"}, f.told(rec.ID))
		got, err := cases.Get(ctx, ann, made.ID)
		require.NoError(t, err)
		assert.True(t, got.Locked)
		assert.Regexp(t, "^CAS0", got.Number)
		assert.Zero(t, committed, "the commit is the host's")
		_, err = f.Get(ctx, ann, made.ID)
		require.ErrorIs(t, err, store.ErrNotFound, "kinds are apart")

		// All or nothing.
		err = store.Retry(ctx, nil, func(ctx context.Context) error {
			return b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
				if _, err := f.In(tx).Do(ctx, ann, rec.ID, Edit{Group: "lost"}); err != nil {
					return err
				}
				_, err := cases.In(tx).Do(ctx, ann, made.ID, Reopen{})
				return err
			})
		})
		require.ErrorIs(t, err, itsm.ErrRefused)
		assert.Equal(t, "h", f.get(rec.ID).Group)
	})
}

// An observer may act on other registers in the same transaction.
func TestObserverActsInTheSameUnit(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		other := process(t, func(d *itsm.Definition[Ticket]) { d.Kind = "case" })
		cases, err := register.New(b, other, nil)
		require.NoError(t, err)
		f := setup(t, b, func(o *register.Options[Ticket]) {
			o.Observe = func(ctx context.Context, tx store.Tx, c register.Change[Ticket]) error {
				_, err := cases.In(tx).Create(ctx, ann, Open{Title: "after " + c.Event.Name})
				return err
			}
		})
		f.create(Open{Title: "x"})
		list := collect(t, cases.Find(ctx, ann, itsm.Selection[Ticket]{}))
		assert.Equal(t, []string{"after open"}, names(list))
	})
}
