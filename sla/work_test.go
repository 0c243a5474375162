package sla_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

var (
	recorder = itsm.Actor{ID: "rec", Tenant: "acme", Roles: []itsm.Role{sla.Recorder}}
	manager  = itsm.Actor{ID: "mia", Tenant: "acme", Roles: []itsm.Role{sla.Manager}}
	stranger = itsm.Actor{ID: "eve", Tenant: "acme"}
)

// kept is work in a register over a backend, with a clock that tests turn.
type kept struct {
	*register.Register[sla.Work]
	t     testing.TB
	book  *sla.Book
	now   time.Time
	heard []sla.Alarm
}

func keep(t testing.TB, backend store.Backend, versions ...sla.Version) *kept {
	t.Helper()
	book, err := sla.NewBook(schema(), versions...)
	require.NoError(t, err)
	k := &kept{t: t, book: book}
	process, err := sla.WorkProcess(func(tenant string) *sla.Book {
		if tenant != "acme" {
			return nil
		}
		return book
	}, nil)
	require.NoError(t, err)
	k.Register, err = register.New(backend, process, &register.Options[sla.Work]{
		Now: func() time.Time { return k.now },
		Committed: func(_ context.Context, changes []register.Change[sla.Work]) {
			for _, c := range changes {
				switch cmd := c.Event.Command.(type) {
				case sla.Begin:
					k.heard = append(k.heard, cmd.Alarms...)
				case sla.Observe:
					k.heard = append(k.heard, cmd.Alarms...)
				case sla.Reach:
					k.heard = append(k.heard, cmd.Alarms...)
				}
			}
		},
	})
	require.NoError(t, err)
	return k
}

// tell has the register hear a story, the first line of which begins the work.
func (k *kept) tell(text string) sla.Work {
	k.t.Helper()
	var w sla.Work
	for i, m := range story(k.t, text) {
		k.now = m.At
		var err error
		by := recorder
		by.ID = m.By
		switch {
		case i == 0:
			w, err = k.Create(context.Background(), by, sla.Begin{Item: item(), Facts: m.Facts})
		case m.Recompute != "":
			w, err = k.Do(context.Background(), manager, w.ID, sla.Recompute{Reason: m.Recompute})
		default:
			w, err = k.Do(context.Background(), by, w.ID, sla.Observe{Facts: m.Facts})
		}
		require.NoError(k.t, err)
	}
	return w
}

func (k *kept) tick(text string) register.Ticked[sla.Work] {
	k.t.Helper()
	k.now = at(k.t, text)
	done, err := k.Tick(context.Background(), "acme", k.now, 1000)
	require.NoError(k.t, err)
	return done
}

// TestWorkIsTheFoldOfItsMoments: what a register keeps, event by event, is what
// Track makes of the same moments, and what the journal gives again.
func TestWorkIsTheFoldOfItsMoments(t *testing.T) {
	tale := `
		23 09:00 ann: phase open, priority 2, group desk
		23 10:00 bob: phase paused, hold_reason caller
		23 11:00 ann: phase active, -hold_reason
		23 12:00 bob: priority 1
		23 14:00 bob: phase done
		24 09:00 ann: phase active
		24 10:00 mia: recompute a mistake in the agreement
		24 12:00 bob: phase done`
	one := byPriority(1, "4h")
	one.Levels = []sla.Level{{Name: "warn", Share: "50", Who: []string{"lead"}, What: "notify"}}
	version := agreement("A", nil, one, byPriority(2, "8h"), sla.Target{Name: "answer", Metric: sla.Response, Within: "1h"})
	k := keep(t, memory.New(), version)
	w := k.tell(tale)
	pure, err := k.book.Track(item(), story(t, tale)...)
	require.NoError(t, err)
	pure.Header = w.Header
	assert.JSONEq(t, asJSON(t, pure), asJSON(t, w))

	replayed, err := k.Replay(context.Background(), manager, w.ID)
	require.NoError(t, err)
	assert.Equal(t, asJSON(t, w), asJSON(t, replayed))
	assert.Equal(t, sla.Settled, w.State)
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestLevelsByTick(t *testing.T) {
	version := ladder(sla.Level{Name: "warn", Share: "75"}, sla.Level{Name: "late", After: "0s", Repeat: sla.Repeat{Every: "1h", Times: 1}})
	k := keep(t, memory.New(), version)
	w := k.tell("23 09:00 ann: start")
	assert.Empty(t, k.tick("23 14:59").Fired)
	require.Len(t, k.tick("23 15:30").Fired, 1)
	assert.Equal(t, []sla.Alarm{{Promise: 1, Level: "warn", At: at(t, "23 15:00"), Who: []string{"lead"}, What: "notify"}}, k.heard)
	assert.Empty(t, k.tick("23 15:30").Fired, "once")

	t.Run("a clock that steps back fires nothing again", func(t *testing.T) {
		assert.Empty(t, k.tick("23 12:00").Fired)
	})
	k.heard = nil
	require.Len(t, k.tick("24 12:00").Fired, 1, "one step for all that is due")
	assert.Equal(t, []time.Time{at(t, "23 17:00"), at(t, "24 10:00")}, []time.Time{k.heard[0].At, k.heard[1].At})
	w, err := k.Get(context.Background(), recorder, w.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{"warn 23 15:00", "late 23 17:00", "late+1 24 10:00"}, fired(only(t, w)))
	assert.Empty(t, k.tick("30 12:00").Fired, "the ladder has ended")

	t.Run("the clock is what it would be without", func(t *testing.T) {
		w = sla.Work{}
		for item := range k.Find(context.Background(), recorder, sla.OfItem(item())) {
			w = item
		}
		pure, _ := told(t, "23 09:00 ann: start", version)
		assert.Equal(t, only(t, pure).State, only(t, w).State)
		_, err := k.book.Explain(&w, 1, at(t, "30 12:00"))
		require.NoError(t, err)
	})
}

// TestManyWorkersTickOneStore: clocks that differ and step back, registers that are
// opened anew; each level of each work fires once.
func TestManyWorkersTickOneStore(t *testing.T) {
	version := ladder(sla.Level{Name: "half", Share: "50"}, sla.Level{Name: "due", After: "0s"}, sla.Level{Name: "wall", After: "90m", Wall: true})
	version.Terms.Targets[0].Within = "4h"
	backend := storetest.Flaky(memory.New(), 5)
	k := keep(t, backend, version)
	const n = 40
	for i := range n {
		k.now = at(t, "23 09:00").Add(time.Duration(i) * time.Minute)
		_, err := k.Create(context.Background(), recorder, sla.Begin{Item: itsm.Ref{Kind: "incident", ID: fmt.Sprint(i)}, Facts: facts(t, "start")})
		require.NoError(t, err)
	}
	var mu sync.Mutex
	count := make(map[string]int)
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			for step := range 60 {
				own := keep(t, backend, version) // as after a restart
				when := at(t, "23 12:00").Add(time.Duration(step)*20*time.Minute - time.Duration(worker)*7*time.Minute)
				own.now = when
				if _, err := own.Tick(context.Background(), "acme", when, 7); err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, a := range own.heard {
					count[a.Level]++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	assert.Equal(t, map[string]int{"half": n, "due": n, "wall": n}, count)
}

// TestAWorkerWithoutTheVersionSilencesNothing: where the book of one worker lacks a
// version, as before it has loaded what was agreed, its tick is an error, and the
// level fires once a worker comes whose book has it.
func TestAWorkerWithoutTheVersionSilencesNothing(t *testing.T) {
	backend, ctx := memory.New(), context.Background()
	target := eightHours()
	target.Levels = []sla.Level{{Name: "half", Share: "50", Who: []string{"lead"}, What: "notify"}}
	right := keep(t, backend, agreement("A", flags(), target))
	right.tell("23 09:00 ann: start")

	stale := keep(t, backend, agreement("B", flags(), target))
	done, err := stale.Tick(ctx, "acme", at(t, "23 14:00"), 10)
	require.ErrorIs(t, err, sla.ErrBook)
	require.ErrorContains(t, err, `"A", version 1`)
	require.Empty(t, done.Fired)
	require.Empty(t, done.Refused, "a refused rule would be silent until the work changes (R35)")

	require.Len(t, right.tick("23 14:01").Fired, 1)
	require.Empty(t, right.tick("23 14:02").Fired)
}

func TestWorkRefuses(t *testing.T) {
	k := keep(t, memory.New(), agreement("A", flags(), eightHours()))
	ctx := context.Background()
	w := k.tell("23 09:00 ann: start")
	for _, c := range []struct {
		by    itsm.Actor
		cmd   itsm.Command[sla.Work]
		field string
	}{
		{recorder, sla.Observe{Facts: sla.Facts{"color": itsm.TextValue("red")}}, "facts.color"},
		{recorder, sla.Observe{Facts: sla.Facts{"phase": itsm.TextValue("odd")}}, "facts.phase"},
		{recorder, sla.Observe{Facts: sla.Facts{"priority": itsm.TextValue("1")}}, "facts.priority"},
		{manager, sla.Recompute{}, "reason"},
	} {
		_, err := k.Do(ctx, c.by, w.ID, c.cmd)
		itsmtest.RequireField(t, err, c.field)
	}
	_, err := k.Create(ctx, recorder, sla.Begin{})
	itsmtest.RequireField(t, err, "item")
	_, err = k.Create(ctx, recorder, sla.Begin{Item: item(), Facts: facts(t, "start")})
	require.ErrorIs(t, err, store.ErrExists, "a record is one piece of work")
	other := recorder
	other.Tenant = "other"
	_, err = k.Create(ctx, other, sla.Begin{Item: item(), Facts: facts(t, "start")})
	itsmtest.RequireField(t, err, "book")
	for _, cmd := range []itsm.Command[sla.Work]{sla.Observe{}, sla.Recompute{Reason: "why not"}, sla.File{}, sla.Reach{}} {
		_, err := k.Do(ctx, stranger, w.ID, cmd)
		require.ErrorIs(t, err, itsm.ErrRefused, "%T", cmd)
	}
	_, err = k.Do(ctx, recorder, w.ID, sla.File{})
	require.ErrorIs(t, err, itsm.ErrRefused, "it lives")
	_, err = sla.WorkProcess(nil, &sla.WorkPolicy{Managers: []itsm.Role{"boss", "boss"}})
	require.Equal(t, []string{"recorders", "managers[1]", "books"}, itsmtest.Fields(err))
}

func TestWorkPolicyIsTheHosts(t *testing.T) {
	policy := &sla.WorkPolicy{Recorders: []itsm.Role{"desk"}, Managers: []itsm.Role{"boss"}}
	process, err := sla.WorkProcess(func(string) *sla.Book { return nil }, policy)
	require.NoError(t, err)
	policy.Recorders[0], policy.Managers[0] = "else", "else"
	roles := map[string][]itsm.Role{}
	for _, row := range process.Lifecycle.Transitions() {
		roles[row.Name] = row.Roles
	}
	require.Equal(t, map[string][]itsm.Role{
		"begin":     {itsm.SystemRole, "desk"},
		"observe":   {itsm.SystemRole, "desk"},
		"reach":     {itsm.SystemRole},
		"recompute": {"boss"},
		"file":      {itsm.SystemRole, "desk"},
	}, roles)
}

// TestWorkWithoutAPromiseIsFiledToo: not all work is under an agreement.
func TestWorkWithoutAPromiseIsFiledToo(t *testing.T) {
	for tale, may := range map[string]bool{
		"23 09:00 ann: group net":                         true,
		"23 09:00 ann: start":                             false,
		"23 09:00 ann: start, pause":                      false,
		"23 09:00 ann: start\n23 10:00 bob: stop":         true,
		"23 09:00 ann: start\n23 10:00 bob: cancel":       true,
		"23 09:00 ann: start\n23 10:00 bob: reset, pause": false,
	} {
		k := keep(t, memory.New(), agreement("A", flags(), eightHours()))
		w := k.tell(tale)
		w, err := k.Do(context.Background(), recorder, w.ID, sla.File{})
		if !may {
			require.ErrorIs(t, err, itsm.ErrRefused, tale)
			continue
		}
		require.NoError(t, err, tale)
		require.Equal(t, sla.Filed, w.State, tale)
	}
}

func TestSelections(t *testing.T) {
	k := keep(t, memory.New(), agreement("A", flags(), eightHours()))
	w := k.tell("23 09:00 ann: start\n23 12:00 bob: stop")
	found := func(sel itsm.Selection[sla.Work]) []uuid.UUID {
		var ids []uuid.UUID
		for w, err := range k.Find(context.Background(), recorder, sel) {
			require.NoError(t, err)
			ids = append(ids, w.ID)
		}
		return ids
	}
	one, none := []uuid.UUID{w.ID}, []uuid.UUID(nil)
	assert.Equal(t, one, found(sla.OfItem(item())))
	assert.Equal(t, one, found(sla.StoppedIn(at(t, "23 12:00"), at(t, "23 12:01"))))
	assert.Equal(t, none, found(sla.StoppedIn(at(t, "23 12:01"), time.Time{})))
	assert.Equal(t, one, found(sla.UnderAgreement("A", false)))
	assert.Equal(t, none, found(sla.UnderAgreement("A", true)))
}

// TestWorkCommandForms pins how each command is written (testdata/commands).
func TestWorkCommandForms(t *testing.T) {
	process, err := sla.WorkProcess(func(string) *sla.Book { return nil }, nil)
	require.NoError(t, err)
	promises := []sla.Promise{{
		ID: 1, Kind: sla.ServiceLevel, Party: "acme", Metric: sla.Resolution, Agreement: "AGR0000001", Version: 2, Target: "P1",
		State: sla.State{
			Goal: 4 * time.Hour, Started: at(t, "23 09:00"), Last: at(t, "23 14:00"), Elapsed: 5 * time.Hour, Paused: time.Hour,
			Status: sla.Paused, Reason: "hold_reason caller", Reached: at(t, "23 13:00"), Breached: at(t, "23 13:00"), Cause: sla.TooLate,
		},
		Ending: sla.Void, Reopened: 1, Next: at(t, "24 09:00"),
		Fired: []sla.Firing{{Target: "P1", Level: "warn", Nth: 1, At: at(t, "23 12:00")}},
	}}
	alarms := []sla.Alarm{{Promise: 1, Level: "warn", Nth: 1, At: at(t, "23 12:00"), Who: []string{"lead"}, What: "notify"}}
	some := sla.Facts{"priority": itsm.IntValue(1), "due": itsm.InstantValue(at(t, "24 09:00"))}
	itsmtest.Commands(t, process.Lifecycle,
		sla.Begin{Item: item(), Facts: some, Promises: promises, Alarms: alarms},
		sla.Observe{Facts: some, Promises: promises, Alarms: alarms},
		sla.Reach{Promises: promises, Alarms: alarms},
		sla.Recompute{Reason: "the customer insists", Promises: promises, Alarms: alarms},
		sla.File{},
	)
}
