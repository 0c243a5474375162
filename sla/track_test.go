package sla_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// flags is a metric whose conditions are flags of the work.
func flags(more ...func(*sla.Metric)) []sla.Metric {
	is := func(flag string) sla.Condition { return sla.Is(flag, itsm.TruthValue(true)) }
	m := sla.Metric{
		Name: "flags", Start: is("start"), Stop: is("stop"), Cancel: is("cancel"), Reset: is("reset"), Pause: is("pause"),
	}
	for _, change := range more {
		change(&m)
	}
	return []sla.Metric{m}
}

func eightHours() sla.Target { return sla.Target{Name: "8h", Metric: "flags", Within: "8h"} }

// TestOrderForALiveClock: stop before cancel before reset before pause before
// resume.
func TestOrderForALiveClock(t *testing.T) {
	for _, c := range []struct {
		happens string
		status  sla.Status
		ending  sla.Ending
		more    int // clocks that began besides
	}{
		{"stop, cancel, reset, pause", sla.Stopped, sla.Done, 0},
		{"cancel, reset, pause", sla.Cancelled, sla.Void, 0},
		{"reset, pause", sla.Stopped, sla.Renewed, 1},
		{"reset", sla.Stopped, sla.Renewed, 1},
		{"reset, start false", sla.Running, "", 0}, // a reset needs a start
		{"pause", sla.Paused, "", 0},
		{"start false", sla.Running, "", 0},
		{"group net", sla.Running, "", 0},
	} {
		w, b := told(t, "23 09:00 ann: start\n23 10:00 bob: "+c.happens, agreement("A", flags(), eightHours()))
		p := w.Promises[0]
		assert.Equal(t, c.status, p.Status, c.happens)
		assert.Equal(t, c.ending, p.Ending, c.happens)
		require.Len(t, w.Promises, 1+c.more, c.happens)
		assert.Equal(t, time.Hour, p.Elapsed, "%s: the hour before counts as it was", c.happens)
		if c.more > 0 {
			next := w.Promises[1]
			assert.Equal(t, at(t, "23 10:00"), next.Started, c.happens)
			assert.Equal(t, 2*time.Hour, read(t, b, next, "23 12:00").Elapsed+read(t, b, next, "23 12:00").Paused, c.happens)
		}
	}
	t.Run("a clock that pauses takes them too", func(t *testing.T) {
		for happens, want := range map[string]sla.Status{
			"stop": sla.Stopped, "cancel": sla.Cancelled, "reset": sla.Stopped, "pause false": sla.Running, "group net": sla.Paused,
		} {
			w, _ := told(t, "23 09:00 ann: start, pause\n23 10:00 bob: "+happens, agreement("A", flags(), eightHours()))
			p := w.Promises[0]
			assert.Equal(t, want, p.Status, happens)
			assert.Equal(t, []time.Duration{0, time.Hour}, []time.Duration{p.Elapsed, p.Paused}, "%s: stopping ends the pause", happens)
		}
	})
}

// TestOrderWhereNoClockLives: one begins on start and neither stop nor cancel, and
// then may pause.
func TestOrderWhereNoClockLives(t *testing.T) {
	for happens, want := range map[string]sla.Status{
		"start":              sla.Running,
		"start, pause":       sla.Paused,
		"start, reset":       sla.Running,
		"start, stop":        "",
		"start, cancel":      "",
		"pause":              "",
		"start false, pause": "",
	} {
		w, _ := told(t, "23 09:00 ann: "+happens, agreement("A", flags(), eightHours()))
		if want == "" {
			assert.Empty(t, w.Promises, happens)
			continue
		}
		assert.Equal(t, want, only(t, w).Status, happens)
	}
	t.Run("after a cancelled one another begins", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: start\n23 10:00 ann: cancel\n23 11:00 ann: cancel false", agreement("A", flags(), eightHours()))
		require.Len(t, w.Promises, 2)
		assert.Equal(t, sla.Void, w.Promises[0].Ending)
		assert.Equal(t, at(t, "23 11:00"), w.Promises[1].Started)
	})
}

func TestDueAtClosingAndDoneOvernightIsMet(t *testing.T) {
	w, _ := told(t, `
		23 09:00 ann: start
		24 08:59 bob: stop`, agreement("A", flags(), eightHours()))
	p := only(t, w)
	assert.True(t, p.IsMet())
	assert.Equal(t, at(t, "23 17:00"), p.Reached)
	late, _ := told(t, `
		23 09:00 ann: start
		24 09:01 bob: stop`, agreement("A", flags(), eightHours()))
	assert.False(t, only(t, late).IsMet())
	assert.True(t, at(t, "23 17:00").Equal(only(t, late).Breached))
}

func TestReopened(t *testing.T) {
	tale := `
		23 09:00 ann: start
		23 12:00 bob: stop
		23 15:00 ann: stop false
		23 16:00 bob: stop`
	reopened := func(r sla.Reopening) []sla.Metric { return flags(func(m *sla.Metric) { m.Reopened = r }) }

	t.Run("the same clock goes on, and the last stop decides", func(t *testing.T) {
		for _, r := range []sla.Reopening{"", sla.Continue} {
			w, b := told(t, tale, agreement("A", reopened(r), eightHours()))
			p := only(t, w)
			assert.Equal(t, 4*time.Hour, p.Elapsed)
			assert.Equal(t, 3*time.Hour, p.Paused, "the time from the stop on is a pause")
			assert.Equal(t, 1, p.Reopened)
			assert.Equal(t, at(t, "23 16:00"), p.Last)
			a, err := b.Explain(&w, 1, at(t, "27 09:00"))
			require.NoError(t, err)
			assert.Equal(t, 3*time.Hour, a.Total(sla.AsDone))
		}
	})
	t.Run("a late one is late, though it was in time before", func(t *testing.T) {
		w, b := told(t, "23 09:00 ann: start\n23 16:00 bob: stop\n24 09:00 ann: stop false\n24 11:00 bob: stop", agreement("A", flags(), eightHours()))
		assert.False(t, only(t, w).IsMet())
		before, err := b.AsOf(&w, at(t, "23 18:00"))
		require.NoError(t, err)
		assert.True(t, only(t, before).IsMet(), "a report of that evening stays as it was")
	})
	t.Run("R25: a restart is another clock, and the old one keeps its result", func(t *testing.T) {
		w, _ := told(t, tale, agreement("A", reopened(sla.Restart), eightHours()))
		require.Len(t, w.Promises, 2)
		assert.Equal(t, 3*time.Hour, w.Promises[0].Elapsed)
		assert.Equal(t, time.Hour, w.Promises[1].Elapsed)
		assert.True(t, w.Promises[0].IsMet())
	})
	t.Run("never", func(t *testing.T) {
		w, _ := told(t, tale, agreement("A", reopened(sla.Never), eightHours()))
		assert.Equal(t, 3*time.Hour, only(t, w).Elapsed)
	})
	t.Run("response clocks never are", func(t *testing.T) {
		w, _ := told(t, `
			23 09:00 ann: phase open
			23 10:00 bob: phase active, responded 23 10:00
			23 11:00 bob: phase done
			23 12:00 ann: phase active, -responded`,
			agreement("A", nil, sla.Target{Name: "answer", Metric: sla.Response, Within: "1h"}))
		assert.Equal(t, time.Hour, only(t, w).Elapsed)
		assert.True(t, only(t, w).IsMet())
	})
	t.Run("a cancelled one is not reopened", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: start\n23 10:00 ann: cancel\n23 11:00 ann: cancel false, stop", agreement("A", flags(), eightHours()))
		assert.Equal(t, sla.Cancelled, only(t, w).Status)
	})
}

func TestR25_AResetOpensAnotherClock(t *testing.T) {
	w, _ := told(t, `
		23 09:00 ann: phase open, public_notes 0
		23 11:00 bob: public_notes 1
		23 16:00 bob: public_notes 2
		24 09:00 bob: group net
		24 10:00 bob: phase done`,
		agreement("A", nil, sla.Target{Name: "news", Metric: sla.Update, Within: "4h"}))
	require.Len(t, w.Promises, 3)
	var elapsed []time.Duration
	var met []bool
	for _, p := range w.Promises {
		elapsed, met = append(elapsed, p.Elapsed), append(met, p.IsMet())
	}
	assert.Equal(t, []time.Duration{2 * time.Hour, 5 * time.Hour, 2 * time.Hour}, elapsed)
	assert.Equal(t, []bool{true, false, true}, met)
	assert.Equal(t, []sla.Ending{sla.Renewed, sla.Renewed, sla.Done}, []sla.Ending{w.Promises[0].Ending, w.Promises[1].Ending, w.Promises[2].Ending})
}

func TestR26_APriorityChangeKeepsElapsedAndPaused(t *testing.T) {
	version := agreement("A", nil, byPriority(1, "4h"), byPriority(2, "8h"))
	version.Terms.Targets[0].Calendar = "always"
	w, b := told(t, `
		23 09:00 ann: phase open, priority 2
		23 10:00 bob: phase paused, hold_reason caller
		23 12:00 ann: phase active, -hold_reason
		23 13:00 bob: priority 1`, version)
	p := only(t, w)
	assert.Equal(t, "P1", p.Target)
	assert.Equal(t, []time.Duration{2 * time.Hour, 2 * time.Hour}, []time.Duration{p.Elapsed, p.Paused})
	now := read(t, b, p, "23 19:00")
	assert.Equal(t, 8*time.Hour, now.Elapsed, "the new calendar counts the evening")
	assert.Equal(t, at(t, "23 15:00"), now.Due)
}

func TestR33_ADowngradeDoesNotTakeABreachBack(t *testing.T) {
	version := agreement("A", nil, byPriority(1, "4h"), byPriority(3, "40h"))
	w, b := told(t, `
		23 09:00 ann: phase open, priority 1
		23 15:00 bob: priority 3
		23 16:00 bob: phase done`, version)
	p := only(t, w)
	assert.Equal(t, "P3", p.Target)
	assert.Equal(t, sla.TooLate, p.Cause)
	assert.Equal(t, at(t, "23 13:00"), p.Breached)
	assert.False(t, p.IsMet())
	assert.Equal(t, 33*time.Hour, read(t, b, p, "23 16:00").Remaining)

	t.Run("above the new goal already is a breach at that moment", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open, priority 3\n23 15:00 bob: priority 1", version)
		p := only(t, w)
		assert.Equal(t, sla.Tightened, p.Cause)
		assert.Equal(t, at(t, "23 15:00"), p.Breached)
	})
	t.Run("at the new goal exactly is none", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open, priority 3\n23 13:00 bob: priority 1, phase active\n24 08:00 bob: group net", version)
		p := only(t, w)
		assert.Equal(t, at(t, "23 13:00"), p.Reached)
		assert.Equal(t, at(t, "23 13:00"), p.Breached, "but then it goes on")
		assert.Equal(t, sla.TooLate, p.Cause)
	})
	t.Run("nor does a priority that nothing is promised for", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open, priority 1\n23 10:00 bob: priority 2\n24 10:00 bob: phase done", version)
		p := only(t, w)
		assert.Equal(t, "P1", p.Target, "what was promised stays promised")
		assert.False(t, p.IsMet())
	})
	t.Run("a stop is judged by the target until then", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open, priority 3\n23 15:00 bob: priority 1, phase done", version)
		assert.True(t, only(t, w).IsMet())
	})
}

func TestAnotherAgreementTakesOver(t *testing.T) {
	silver := agreement("silver", nil, sla.Target{Name: "all", Metric: sla.Resolution, Within: "40h"})
	gold := agreement("gold", nil, sla.Target{Name: "vip", Metric: sla.Resolution, Within: "8h"})
	gold.Terms.When = sla.Is("vip", itsm.TruthValue(true))
	tale := `
		23 09:00 ann: phase open
		23 10:00 bob: phase paused, hold_reason caller
		23 11:00 ann: phase active, -hold_reason
		23 12:00 bob: phase done
		23 14:00 ann: phase active
		23 16:00 bob: vip`
	w, b := told(t, tale, silver, gold)
	require.Len(t, w.Promises, 2)
	old, now := w.Promises[0], w.Promises[1]
	assert.Equal(t, []any{sla.Cancelled, sla.Superseded, "superseded by gold"}, []any{old.Status, old.Ending, old.Reason})
	assert.Equal(t, []any{"gold", sla.Running, at(t, "23 09:00")}, []any{now.Agreement, now.Status, now.Started}, "from the opening on")
	assert.Equal(t, []time.Duration{4 * time.Hour, 3 * time.Hour}, []time.Duration{now.Elapsed, now.Paused}, "with the pauses since then, a stop being one")
	assert.Equal(t, []time.Duration{4 * time.Hour, 3 * time.Hour}, []time.Duration{old.Elapsed, old.Paused})

	a, err := b.Explain(&w, 2, at(t, "23 17:00"))
	require.NoError(t, err)
	assert.Equal(t, 5*time.Hour, a.Total(sla.AsElapsed))
	require.Len(t, a.Choices, 1)
	require.Len(t, a.Choices[0].Candidates, 2)
	assert.Equal(t, []string{"gold", "silver"}, []string{a.Choices[0].Candidates[0].Agreement, a.Choices[0].Candidates[1].Agreement})

	t.Run("not one that was not in force at the opening", func(t *testing.T) {
		later := gold
		later.From = at(t, "23 09:30")
		w, _ := told(t, tale, silver, later)
		assert.Equal(t, "silver", only(t, w).Agreement)
	})
	t.Run("what was above its goal then is breached since it was", func(t *testing.T) {
		strict := gold
		strict.Terms.Targets = []sla.Target{{Name: "vip", Metric: sla.Resolution, Within: "1h30m"}}
		w, _ := told(t, tale, silver, strict)
		assert.Equal(t, at(t, "23 11:30"), w.Promises[1].Breached)
	})
}

func TestRunningClocksKeepTheirVersion(t *testing.T) {
	first := agreement("A", nil, sla.Target{Name: "all", Metric: sla.Resolution, Within: "16h"})
	first.Until = at(t, "24 00:00")
	second := agreement("A", nil, sla.Target{Name: "all", Metric: sla.Resolution, Within: "4h"})
	second.Number, second.From = 2, first.Until
	tale := `
		23 09:00 ann: phase open
		24 10:00 bob: group net`
	w, _ := told(t, tale, first, second)
	assert.Equal(t, 1, only(t, w).Version)
	assert.True(t, only(t, w).Breached.IsZero())

	t.Run("new work has the new one", func(t *testing.T) {
		w, _ := told(t, "24 00:00 ann: phase open", first, second)
		assert.Equal(t, 2, only(t, w).Version)
	})
	t.Run("until it is taken anew for a reason", func(t *testing.T) {
		w, b := told(t, tale+"\n24 11:00 mia: recompute the customer insists", first, second)
		require.Len(t, w.Promises, 2)
		assert.Equal(t, []any{sla.Cancelled, sla.Recomputed, "the customer insists"},
			[]any{w.Promises[0].Status, w.Promises[0].Ending, w.Promises[0].Reason})
		now := w.Promises[1]
		assert.Equal(t, []any{2, at(t, "23 09:00"), at(t, "23 13:00")}, []any{now.Version, now.Started, now.Breached})
		_, err := b.Explain(&w, 2, at(t, "25 09:00"))
		require.NoError(t, err)
	})
	t.Run("a book without it says so", func(t *testing.T) {
		other, err := sla.NewBook(schema(), second)
		require.NoError(t, err)
		_, err = other.Observe(&w, story(t, "24 12:00 bob: group app")[0])
		itsmtest.RequireField(t, err, "promises[1]")
	})
}

func TestSince(t *testing.T) {
	m := flags(func(m *sla.Metric) { m.Since = "opened" })
	tale := `
		23 09:00 ann: opened 23 08:00, pause
		23 11:00 bob: pause false
		23 12:00 bob: pause
		23 13:00 bob: pause false, start`
	w, b := told(t, tale, agreement("A", m, eightHours()))
	p := only(t, w)
	assert.Equal(t, at(t, "23 08:00"), p.Started)
	assert.Equal(t, []time.Duration{time.Hour, 3 * time.Hour}, []time.Duration{p.Elapsed, p.Paused}, "the pauses since then count")
	_, err := b.Explain(&w, 1, at(t, "23 14:00"))
	require.NoError(t, err)

	t.Run("a date still to come, or none, is the event", func(t *testing.T) {
		for _, tale := range []string{"23 09:00 ann: start, opened 24 08:00", "23 09:00 ann: start"} {
			w, _ := told(t, tale, agreement("A", m, eightHours()))
			assert.Equal(t, at(t, "23 09:00"), only(t, w).Started)
		}
	})
}

func TestKindsRunSideBySide(t *testing.T) {
	target := sla.Target{Name: "all", Metric: sla.Resolution, Within: "8h"}
	outer, inner, supplier := agreement("S", nil, target), agreement("O", nil, target), agreement("C", nil, target)
	inner.Kind, inner.Party = sla.OperationalLevel, "messaging"
	inner.Terms.When = sla.OneOf("group", "messaging")
	supplier.Kind, supplier.Party = sla.Underpinning, "carrier"
	supplier.Terms.Metrics = []sla.Metric{{Name: sla.Resolution, Start: sla.OneOf("hold_reason", "vendor"), Stop: sla.Not(sla.OneOf("hold_reason", "vendor"))}}
	w, _ := told(t, `
		23 09:00 ann: phase open, group desk
		23 10:00 bob: group messaging
		23 11:00 bob: phase paused, hold_reason vendor
		23 14:00 bob: phase active, -hold_reason
		23 15:00 bob: phase done`, outer, inner, supplier)
	require.Len(t, w.Promises, 3)
	for i, want := range []struct {
		agreement string
		elapsed   time.Duration
	}{{"S", 6 * time.Hour}, {"O", 5 * time.Hour}, {"C", 3 * time.Hour}} {
		assert.Equal(t, want.agreement, w.Promises[i].Agreement)
		assert.Equal(t, want.elapsed, w.Promises[i].Elapsed)
		assert.Equal(t, sla.Done, w.Promises[i].Ending)
	}
}

func TestTheMostSpecificWinsThenTheFirstDue(t *testing.T) {
	all := sla.Target{Name: "all", Metric: sla.Resolution, Within: "1h"}
	slow, fast := byPriority(1, "24h"), byPriority(1, "8h")
	slow.Name, fast.Name = "slow", "fast"
	fast.Calendar = "always"
	service := agreement("B", nil, sla.Target{Name: "mail", Metric: sla.Resolution, When: sla.Is("priority", priority(1)), Within: "40h"})
	service.Terms.Services = []itsm.Ref{{Kind: "service", ID: "mail"}}

	w, _ := told(t, "23 09:00 ann: phase open, priority 2", agreement("A", nil, all, slow, fast))
	assert.Equal(t, "all", only(t, w).Target)
	w, _ = told(t, "23 09:00 ann: phase open, priority 1", agreement("A", nil, all, slow, fast))
	assert.Equal(t, "fast", only(t, w).Target, "of two with one field the one that is due first")
	w, b := told(t, "23 09:00 ann: phase open, priority 1, service service:mail", agreement("A", nil, all, slow, fast), service)
	assert.Equal(t, "mail", only(t, w).Target, "by service and priority")
	a, err := b.Explain(&w, 1, at(t, "23 10:00"))
	require.NoError(t, err)
	var order []string
	for _, c := range a.Choices[0].Candidates {
		order = append(order, c.Target)
	}
	assert.Equal(t, []string{"mail", "fast", "slow", "all"}, order)
	assert.Equal(t, []string{"priority", "service"}, a.Choices[0].Candidates[0].Fields)
}

// TestR34_AVersionAgreedLateChangesNothingBefore: what was tracked before it was
// agreed stays as it was, and so does what was reported of it.
func TestR34_AVersionAgreedLateChangesNothingBefore(t *testing.T) {
	first := agreement("A", nil, sla.Target{Name: "all", Metric: sla.Resolution, Within: "16h"})
	second := agreement("A", nil, sla.Target{Name: "all", Metric: sla.Resolution, Within: "1h"})
	tale := `
		23 09:00 ann: phase open
		24 12:00 bob: phase done`
	w, _ := told(t, tale, first)
	require.True(t, only(t, w).IsMet())

	first.Until = at(t, "20 00:00")
	second.Number, second.From, second.Known = 2, first.Until, at(t, "25 12:00")
	late, err := sla.NewBook(schema(), first, second)
	require.NoError(t, err)
	again, err := late.AsOf(&w, at(t, "24 12:00"))
	require.NoError(t, err)
	assert.Equal(t, w, again)
	_, err = late.Explain(&w, 1, at(t, "26 09:00"))
	require.NoError(t, err)

	t.Run("what begins after that has it, also from before", func(t *testing.T) {
		w, _ := told(t, "25 11:59 ann: phase open", first, second)
		assert.Equal(t, 1, only(t, w).Version)
		w, _ = told(t, "25 12:00 ann: phase open", first, second)
		assert.Equal(t, 2, only(t, w).Version)
	})
	t.Run("a clock taken anew then has it too", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open\n25 13:00 mia: recompute as agreed", first, second)
		require.Len(t, w.Promises, 2)
		assert.Equal(t, []any{2, at(t, "23 10:00")}, []any{w.Promises[1].Version, w.Promises[1].Breached})
	})
	t.Run("a date that is none", func(t *testing.T) {
		second.Known = time.Date(1066, 10, 14, 0, 0, 0, 0, time.UTC)
		_, err := sla.NewBook(schema(), first, second)
		itsmtest.RequireField(t, err, "versions[1].known")
	})
}

// TestTakingOverCountsFromWhereItWouldHaveBegun: by the metric of the agreement that
// takes over, which may begin its clocks later than the other.
func TestTakingOverCountsFromWhereItWouldHaveBegun(t *testing.T) {
	silver := agreement("silver", []sla.Metric{{Name: "m", Stop: sla.OneOf("phase", itsm.Done)}}, sla.Target{Name: "all", Metric: "m", Within: "40h"})
	gold := agreement("gold", flags(func(m *sla.Metric) { m.Name = "m" }), sla.Target{Name: "vip", Metric: "m", Within: "2h"})
	gold.Terms.When = sla.Is("vip", itsm.TruthValue(true))
	tale := `
		23 09:00 ann: phase open
		23 12:00 bob: start
		23 13:00 bob: vip`
	w, _ := told(t, tale, silver, gold)
	require.Len(t, w.Promises, 2)
	assert.Equal(t, []any{at(t, "23 12:00"), time.Hour}, []any{w.Promises[1].Started, w.Promises[1].Elapsed})

	t.Run("or from now, if it never would have", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open\n23 13:00 bob: vip", silver, gold)
		assert.Equal(t, at(t, "23 13:00"), w.Promises[1].Started)
	})
}

func TestNoBookAndNoWorkAreRefused(t *testing.T) {
	var none *sla.Book
	b, err := sla.NewBook(schema())
	require.NoError(t, err)
	w, err := b.Track(item())
	require.NoError(t, err)
	for name, ask := range map[string]func() error{
		"track":   func() error { _, err := none.Track(item()); return err },
		"observe": func() error { _, err := none.Observe(&w, sla.Moment{At: at(t, "23 09:00")}); return err },
		"as of":   func() error { _, err := none.AsOf(&w, at(t, "23 09:00")); return err },
		"explain": func() error { _, err := none.Explain(&w, 1, at(t, "23 09:00")); return err },
		"clock":   func() error { _, err := none.Clock(sla.Promise{}); return err },
		"prove":   func() error { _, err := none.Prove(); return err },
		"align":   func() error { _, err := none.Align(at(t, "23 09:00"), at(t, "24 09:00")); return err },
		"credits": func() error { _, err := none.Credits(&sla.Compliance{}, "A", 1); return err },
	} {
		t.Run(name, func(t *testing.T) { itsmtest.RequireField(t, ask(), "book") })
	}
	for name, ask := range map[string]func() error{
		"observe": func() error { _, err := b.Observe(nil, sla.Moment{At: at(t, "23 09:00")}); return err },
		"as of":   func() error { _, err := b.AsOf(nil, at(t, "23 09:00")); return err },
		"explain": func() error { _, err := b.Explain(nil, 1, at(t, "23 09:00")); return err },
	} {
		t.Run(name+" nothing", func(t *testing.T) { itsmtest.RequireField(t, ask(), "work") })
	}
	assert.Empty(t, none.Fields())
	assert.Empty(t, none.Schema())
	assert.Empty(t, none.Versions())
}

// TestAsOfHasTheLevelsReachedByThen, whether or not a moment or a tick told of them.
func TestAsOfHasTheLevelsReachedByThen(t *testing.T) {
	w, b := told(t, "23 09:00 ann: start", ladder(sla.Level{Name: "half", Share: "50"}, sla.Level{Name: "due", After: "0s"}))
	past, err := b.AsOf(&w, at(t, "23 14:00"))
	require.NoError(t, err)
	assert.Equal(t, []string{"half 23 13:00"}, fired(only(t, past)))
	assert.Equal(t, at(t, "23 17:00"), past.Next())
}
