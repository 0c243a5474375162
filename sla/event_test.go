package sla_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func pause(at time.Time, reason string) sla.Event {
	return sla.Event{At: at, Do: sla.Pause, Reason: reason}
}

func cancel(at time.Time, reason string) sla.Event {
	return sla.Event{At: at, Do: sla.Cancel, Reason: reason}
}

func retarget(at time.Time, hours int, cal *sla.Calendar) sla.Event {
	return sla.Event{At: at, Do: sla.Retarget, Goal: time.Duration(hours) * time.Hour, Calendar: cal}
}

func resume(at time.Time) sla.Event { return sla.Event{At: at, Do: sla.Resume} }
func stop(at time.Time) sla.Event   { return sla.Event{At: at, Do: sla.Stop} }
func reopen(at time.Time) sla.Event { return sla.Event{At: at, Do: sla.Reopen} }

// history is what happens to a clock, and the clock after each event.
type history struct {
	events []sla.Event
	clocks []sla.Clock
}

// randomHistory lets a clock live through a random history of some days in March.
// Every event that the clock's status permits may come, at odd nanoseconds, at a
// boundary of the calendar or at the time of the one before, and any calendar.
func randomHistory(t testing.TB, r *rand.Rand, begin time.Time, calendars ...*sla.Calendar) history {
	t.Helper()
	target := func(e sla.Event) sla.Event {
		e.Goal, e.Calendar = time.Duration(r.Int64N(int64(40*time.Hour))), calendars[r.IntN(len(calendars))]
		if r.IntN(3) > 0 {
			e.Goal = e.Goal.Truncate(4 * time.Hour)
		}
		return e
	}
	at := begin
	h := history{events: []sla.Event{target(sla.Event{At: at, Do: sla.Start})}}
	c, err := sla.Fold(h.events...)
	require.NoError(t, err)
	h.clocks = append(h.clocks, c)
	for len(h.events) < 20 {
		switch gap := time.Duration(r.Int64N(int64(20 * time.Hour))); r.IntN(6) {
		case 0:
		case 1:
			at = at.Add(gap).Truncate(15 * time.Minute)
			at = later(at, c.Last)
		default:
			at = at.Add(gap)
		}
		e := sla.Event{At: at, By: []string{"ann", "bob"}[r.IntN(2)]}
		switch {
		case c.Status == sla.Stopped:
			e.Do = sla.Reopen
		case c.Status == sla.Paused && r.IntN(2) == 0:
			e.Do = sla.Resume
		case r.IntN(6) == 0:
			e.Do = sla.Stop
		case r.IntN(5) == 0:
			e.Do = sla.Retarget
			e = target(e)
		case len(h.events) > 10 && r.IntN(12) == 0:
			e.Do, e.Reason = sla.Cancel, "void"
		default:
			e.Do, e.Reason = sla.Pause, []string{"caller", "vendor"}[r.IntN(2)]
		}
		c = follow(t, c, e)
		h.events, h.clocks = append(h.events, e), append(h.clocks, c)
		if c.Status == sla.Cancelled {
			break
		}
	}
	return h
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// march is a random second of the weeks in which clocks change.
func march(r *rand.Rand) time.Time {
	return time.Date(2026, time.March, 3, 8, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(28 * 24 * time.Hour))))
}

// end is when the last event came.
func (h history) end() time.Time { return h.events[len(h.events)-1].At }

// after is the clock as it was at an instant.
func (h history) after(at time.Time) sla.Clock {
	c := h.clocks[0]
	for i := range h.events {
		if !h.events[i].At.After(at) {
			c = h.clocks[i]
		}
	}
	return c
}

func TestClockRefuses(t *testing.T) {
	at := berlin(t, 23, 9, 0)
	running := opened(t, 1, nil)
	paused := follow(t, running, pause(at, "caller"))
	stopped := follow(t, running, stop(at))
	cancelled := follow(t, running, cancel(at, "a duplicate"))
	start := sla.Event{At: at, Do: sla.Start, Goal: 1}
	for _, c := range []struct {
		name  string
		clock sla.Clock
		event sla.Event
		field string
	}{
		{"no reason to pause", running, pause(at, ""), "reason"},
		{"a bad reason to pause", running, pause(at, "\xff"), "reason"},
		{"no reason to cancel", running, cancel(at, " "), "reason"},
		{"a reason of two lines", running, cancel(at, "a\nb"), "reason"},
		{"the zero time", running, pause(time.Time{}, "caller"), "at"},
		{"a time before the last event", paused, resume(at.Add(-1)), "at"},
		{"a year that cannot be written", paused, stop(at.AddDate(9000, 0, 0)), "at"},
		{"no action", running, sla.Event{At: at}, "do"},
		{"an action that is none", running, sla.Event{At: at, Do: "rewind"}, "do"},
		{"a second start", running, start, "clock"},
		{"a start after a stop", stopped, start, "clock"},
		{"resume without a pause", running, resume(at), "clock"},
		{"reopen without a stop", running, reopen(at), "clock"},
		{"reopen while paused", paused, reopen(at), "clock"},
		{"pause after a stop", stopped, pause(at, "caller"), "clock"},
		{"resume after a stop", stopped, resume(at), "clock"},
		{"a second stop", stopped, stop(at), "clock"},
		{"another target after a stop", stopped, retarget(at, 1, nil), "clock"},
		{"cancel after a stop", stopped, cancel(at, "a duplicate"), "clock"},
		{"pause after a cancellation", cancelled, pause(at, "caller"), "clock"},
		{"resume after a cancellation", cancelled, resume(at), "clock"},
		{"stop after a cancellation", cancelled, stop(at), "clock"},
		{"a second cancellation", cancelled, cancel(at, "a duplicate"), "clock"},
		{"reopen after a cancellation", cancelled, reopen(at), "clock"},
		{"another target after a cancellation", cancelled, retarget(at, 1, nil), "clock"},
		{"a goal of less than none", running, retarget(at, -1, nil), "goal"},
		{"a clock not started", sla.Clock{}, stop(at), "clock"},
		{"a clock not started", sla.Clock{}, pause(at, "caller"), "clock"},
		{"a clock not started", sla.Clock{}, reopen(at), "clock"},
		{"a start with a goal of less than none", sla.Clock{}, sla.Event{At: at, Do: sla.Start, Goal: -1}, "goal"},
		{"a start at the zero time", sla.Clock{}, sla.Event{Do: sla.Start}, "at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, err := c.clock.After(c.event)
			itsmtest.RequireField(t, err, c.field)
			require.Equal(t, c.clock, after)
		})
	}
	require.NotPanics(t, func() { sla.Clock{}.At(at) })
}

// TestMethodsAreEvents compares each method with the event that it stands for.
func TestMethodsAreEvents(t *testing.T) {
	at := berlin(t, 23, 10, 0)
	running := opened(t, 8, office(t))
	paused, stopped := follow(t, running, pause(at, "caller")), follow(t, running, stop(at))
	for _, c := range []struct {
		clock  sla.Clock
		method func(sla.Clock) (sla.Clock, error)
		event  sla.Event
	}{
		{running, func(c sla.Clock) (sla.Clock, error) { return c.Pause(at, "caller") }, pause(at, "caller")},
		{paused, func(c sla.Clock) (sla.Clock, error) { return c.Resume(at) }, resume(at)},
		{running, func(c sla.Clock) (sla.Clock, error) { return c.Stop(at) }, stop(at)},
		{running, func(c sla.Clock) (sla.Clock, error) { return c.Cancel(at, "void") }, cancel(at, "void")},
		{stopped, func(c sla.Clock) (sla.Clock, error) { return c.Reopen(at) }, reopen(at)},
		{running, func(c sla.Clock) (sla.Clock, error) { return c.Retarget(at, 4*time.Hour, nil) }, retarget(at, 4, nil)},
	} {
		got, err := c.method(c.clock)
		require.NoError(t, err)
		require.Equal(t, follow(t, c.clock, c.event), got, "%s", c.event.Do)
	}
}

func TestFold(t *testing.T) {
	at := berlin(t, 23, 9, 0)
	begin := sla.Event{At: at, Do: sla.Start, Goal: time.Hour, Calendar: office(t)}
	for _, c := range []struct {
		name   string
		events []sla.Event
		field  string
		place  string
	}{
		{"no events", nil, "events", ""},
		{"no start", []sla.Event{stop(at)}, "clock", ""},
		{"two starts", []sla.Event{begin, begin}, "clock", "events[1]: "},
		{"a bad one", []sla.Event{begin, pause(at, "caller"), stop(at.Add(-1))}, "at", "events[2]: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock, err := sla.Fold(c.events...)
			itsmtest.RequireField(t, err, c.field)
			require.Contains(t, err.Error(), c.place)
			require.Zero(t, clock)
		})
	}
	require.Equal(t, []sla.Action{"start", "pause", "resume", "stop", "cancel", "reopen", "retarget"}, sla.Actions())
	require.Equal(t, []sla.Status{"running", "paused", "stopped", "cancelled"}, sla.Statuses())
	require.Equal(t, []sla.Cause{"too late", "tightened"}, sla.Causes())
}

// TestFoldIsOneEventAfterAnother compares folding, which keeps what it has counted,
// with clocks that start afresh from each event.
func TestFoldIsOneEventAfterAnother(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 34))
		h := randomHistory(t, r, march(r), office(t), nil, newYork(t))
		for i, c := range h.clocks {
			folded, err := sla.Fold(h.events[:i+1]...)
			require.NoError(t, err)
			require.Equal(t, c, folded, "seed %d, event %d", seed, i)
		}
	}
}

// TestSeveralEventsAtOneInstant follow one another in order.
func TestSeveralEventsAtOneInstant(t *testing.T) {
	at := berlin(t, 23, 10, 0)
	c := follow(t, opened(t, 8, office(t)),
		pause(at, "caller"), resume(at), stop(at), reopen(at), retarget(at, 4, office(t)), pause(at, "vendor"), stop(at))
	require.Equal(t, sla.Stopped, c.Status)
	require.Equal(t, time.Hour, c.Elapsed)
	require.Zero(t, c.Paused)
	require.True(t, c.At(at).Met())
}

// TestTimesWithoutAMonotonicReading are kept, so that clocks can be compared.
func TestTimesWithoutAMonotonicReading(t *testing.T) {
	now := time.Now()
	c, err := sla.NewClock(now, 0, nil)
	require.NoError(t, err)
	c = follow(t, c, pause(now.Add(1), "caller"), resume(now.Add(2)), stop(now.Add(3)))
	for _, at := range []time.Time{c.Started, c.Last, c.Reached, c.Breached, c.At(now).Due} {
		require.Equal(t, at.Round(0), at)
	}
	require.Equal(t, 2*time.Nanosecond, c.Elapsed)

	x, err := sla.Explain(now.Add(5), sla.Event{At: now, Do: sla.Start})
	require.NoError(t, err)
	for _, at := range []time.Time{x.At, x.Reading.Due, x.Breached, x.Intervals[0].From, x.Intervals[0].To} {
		require.Equal(t, at.Round(0), at)
	}
}

// TestLongestTimes cuts what a Duration cannot hold, and does not turn it round.
func TestLongestTimes(t *testing.T) {
	const longest = time.Duration(1<<63 - 1)
	begin := time.Date(1500, time.January, 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, cal := range []*sla.Calendar{nil, office(t)} {
		events := []sla.Event{
			{At: begin, Do: sla.Start, Goal: longest - 1, Calendar: cal},
			pause(begin.AddDate(0, 0, 1), "caller"),
			resume(begin.AddDate(2000, 0, 0)),
		}
		c, err := sla.Fold(events...)
		require.NoError(t, err)
		now := c.At(end)
		require.Equal(t, longest, now.Paused)
		require.Equal(t, longest, now.Elapsed)
		require.Equal(t, time.Duration(-1), now.Remaining)
		require.True(t, now.Breached)
		require.True(t, c.At(end).Due.After(begin.AddDate(2292, 0, 0)), "%v", now.Due)

		c = follow(t, c, stop(end), reopen(end.AddDate(0, 1, 0)), retarget(end.AddDate(0, 2, 0), 0, nil))
		require.Equal(t, longest, c.At(end).Elapsed)
		require.Equal(t, longest, c.At(end).Paused)
	}
}

func TestFoldingAllocatesNothing(t *testing.T) {
	events := []sla.Event{
		{At: berlin(t, 23, 9, 0), Do: sla.Start, Goal: 8 * time.Hour, Calendar: office(t)},
		pause(berlin(t, 23, 10, 0), "caller"), resume(berlin(t, 23, 11, 0)), retarget(berlin(t, 23, 12, 0), 2, nil),
		pause(berlin(t, 24, 10, 0), "caller"), stop(berlin(t, 24, 11, 0)), reopen(berlin(t, 24, 12, 0)),
		cancel(berlin(t, 25, 12, 0), "void"),
	}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := sla.Fold(events...); err != nil {
			t.Fatal(err)
		}
	}))
	c, err := sla.Fold(events[0])
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := c.After(events[1]); err != nil {
			t.Fatal(err)
		}
	}))
}

// newYork is a night shift over the hour that clocks skip and repeat.
func newYork(t testing.TB) *sla.Calendar {
	t.Helper()
	return calendar(t, sla.Hours{Zone: "America/New_York", Week: sla.EveryDay(sla.Span{"22:00", "06:00"})})
}
