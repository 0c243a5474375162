package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

// naiveClock is the second implementation of a clock: it goes from one minute to
// the next, asks the naive calendar whether that is open, and writes down what it
// finds. It shares nothing with the first but the events.
type naiveClock struct {
	calendars map[*sla.Calendar]*naive

	now      time.Time
	calendar *naive // nil: all time
	goal     time.Duration
	status   sla.Status
	reason   string
	by       string

	elapsed, paused   time.Duration
	reached, breached time.Time
	cause             sla.Cause
	list              []sla.Interval
}

func (n *naiveClock) isOpen(t time.Time) bool {
	return n.calendar == nil || n.calendar.open[n.calendar.at(t)]
}

// next is the end of the minute that t lies in, or an earlier end.
func (n *naiveClock) next(t, end time.Time) time.Time {
	if minute := t.Truncate(time.Minute).Add(time.Minute); minute.Before(end) {
		return minute
	}
	return end
}

// walk lets time pass, minute by minute.
func (n *naiveClock) walk(end time.Time) {
	for n.now.Before(end) {
		next := n.next(n.now, end)
		span := next.Sub(n.now)
		i := sla.Interval{From: n.now, To: next, As: sla.AsClosed}
		switch {
		case n.status == sla.Cancelled:
			return
		case !n.isOpen(n.now):
			if n.calendar.isHoliday(n.now) {
				i.As = sla.AsHoliday
			}
		case n.status == sla.Running:
			i.As = sla.AsElapsed
			n.elapsed += span
			if n.elapsed >= n.goal && n.reached.IsZero() {
				n.reached = next.Add(n.goal - n.elapsed)
			}
			if n.elapsed > n.goal && n.breached.IsZero() {
				n.breached, n.cause = n.reached, sla.TooLate
			}
		default:
			i.As, i.Reason, i.By = sla.AsPaused, n.reason, n.by
			if n.status == sla.Stopped {
				i.As = sla.AsDone
			}
			n.paused += span
		}
		if last := len(n.list) - 1; last >= 0 && n.list[last].As == i.As && n.list[last].Reason == i.Reason && n.list[last].By == i.By {
			n.list[last].To = next
		} else {
			n.list = append(n.list, i)
		}
		n.now = next
	}
}

// isHoliday reports whether the clock on the wall shows a date that is listed as a
// holiday, and not as an exception.
func (n *naive) isHoliday(t time.Time) bool {
	date := sla.DateOf(t.In(n.loc))
	_, replaced := n.hours.Exceptions[date]
	return !replaced && slices.Contains(n.hours.Holidays, date)
}

func (n *naiveClock) do(e sla.Event) {
	if e.Do != sla.Start {
		n.walk(e.At)
	}
	n.now = e.At
	switch e.Do {
	case sla.Start, sla.Retarget:
		n.calendar, n.goal = n.calendars[e.Calendar], e.Goal
		if e.Do == sla.Start {
			n.status = sla.Running
		}
		if n.elapsed < n.goal {
			n.reached = time.Time{}
		} else if n.reached.IsZero() {
			n.reached = e.At
		}
		if n.elapsed > n.goal && n.breached.IsZero() {
			n.breached, n.cause = e.At, sla.Tightened
		}
	case sla.Pause:
		n.status, n.reason, n.by = sla.Paused, e.Reason, e.By
	case sla.Resume, sla.Reopen:
		n.status, n.reason, n.by = sla.Running, "", ""
	case sla.Stop:
		n.status, n.reason, n.by = sla.Stopped, "", e.By
	case sla.Cancel:
		n.status = sla.Cancelled
	}
}

// due is when the goal is reached if the clock runs from now on; false if that is
// after the time that the calendars know.
func (n *naiveClock) due() (time.Time, bool) {
	if !n.reached.IsZero() {
		return n.reached, true
	}
	at, left := n.now, n.goal-n.elapsed
	for left > 0 {
		if n.calendar != nil && n.calendar.at(at) >= len(n.calendar.open) {
			return at, false
		}
		next := n.next(at, at.Add(time.Hour))
		if n.isOpen(at) {
			if next.Sub(at) > left {
				next = at.Add(left)
			}
			left -= next.Sub(at)
		}
		at = next
	}
	return at, true
}

// clockCalendars are those that the clocks of TestNaiveClock are measured by: some
// on the days on which their clocks change, one random.
func clockCalendars(t *testing.T, r *rand.Rand) ([]*sla.Calendar, map[*sla.Calendar]*naive) {
	t.Helper()
	day := sla.Span{"00:00", "24:00"}
	begin, end := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, time.May, 5, 0, 0, 0, 0, time.UTC)
	list := []*sla.Calendar{nil}
	calendars := map[*sla.Calendar]*naive{nil: nil}
	for _, h := range []sla.Hours{
		{
			Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "12:00"}, sla.Span{"13:00", "17:00"}),
			Holidays:   []sla.Date{"2026-03-18", "2026-03-19", "2026-03-29", "2026-04-03", "2026-04-06"},
			Exceptions: map[sla.Date][]sla.Span{"2026-03-18": {{"10:00", "11:30"}}, "2026-03-20": {}, "2026-03-22": {{"01:30", "03:30"}}},
		},
		{
			Zone: "America/New_York", Week: sla.EveryDay(sla.Span{"22:00", "06:00"}),
			Holidays: []sla.Date{"2026-03-07", "2026-03-08", "2026-03-15", "2026-03-24", "2026-03-25"},
		},
		{
			Zone: "Australia/Lord_Howe", Week: sla.Weekdays(day),
			Holidays: []sla.Date{"2026-03-14", "2026-03-24", "2026-03-27", "2026-04-05"},
		},
		{Zone: "Africa/Cairo", Week: sla.EveryDay(sla.Span{"23:30", "00:30"}, sla.Span{"01:00", "02:00"}), Holidays: []sla.Date{"2026-03-11", "2026-04-24"}},
		{Zone: "UTC", Week: sla.EveryDay(day), Holidays: []sla.Date{"2026-03-12", "2026-03-30"}},
		randomHours(r, "America/Havana", begin.AddDate(0, 0, 20)),
	} {
		c := calendar(t, h)
		list, calendars[c] = append(list, c), newNaive(h, begin, end, time.Minute)
	}
	return list, calendars
}

// TestNaiveClock compares clocks with the naive one after every event of random
// histories and at instants between and after them.
func TestNaiveClock(t *testing.T) {
	t.Parallel()
	list, calendars := clockCalendars(t, rand.New(rand.NewPCG(1, 10)))
	for round := range uint64(*rounds) {
		r := rand.New(rand.NewPCG(round, 9))
		h := randomHistory(t, r, march(r), list...)
		slow := naiveClock{calendars: calendars}
		for i := range h.events {
			slow.do(h.events[i])
			at := h.events[i].At.Add(time.Duration(r.Int64N(int64(9 * time.Hour))))
			if i == len(h.events)-1 {
				at = at.Add(time.Duration(r.Int64N(int64(60 * time.Hour))))
			}
			then := slow
			then.list = slices.Clone(slow.list)
			if then.status == sla.Running || then.status == sla.Paused {
				then.walk(at)
			}
			compareClock(t, fmt.Sprintf("round %d, event %d: %v", round, i, h.events[:i+1]), h.events[:i+1], at, &then)
		}
	}
}

// compareClock asks both clocks the same.
func compareClock(t *testing.T, where string, events []sla.Event, at time.Time, n *naiveClock) {
	t.Helper()
	same := func(want, got time.Time, what string) {
		t.Helper()
		require.True(t, want.Equal(got), "%s: want %v, got %v; at %v, %s", what, want, got, at, where)
	}
	c, err := sla.Fold(events...)
	require.NoError(t, err)
	now := c.At(at)
	require.Equal(t, n.status, now.Status, where)
	require.Equal(t, n.elapsed, now.Elapsed, where)
	require.Equal(t, n.paused, now.Paused, where)
	require.Equal(t, n.goal-n.elapsed, now.Remaining, where)
	require.Equal(t, !n.breached.IsZero(), now.Breached, where)
	if due, known := n.due(); known {
		same(due, now.Due, "due")
	}
	if c.Last.Equal(n.now) {
		same(n.reached, c.Reached, "reached")
		same(n.breached, c.Breached, "breached")
		require.Equal(t, n.cause, c.Cause, where)
	}

	loc, err := time.LoadLocation("Asia/Kolkata")
	require.NoError(t, err)
	x, err := sla.Explain(at.In(loc), events...)
	require.NoError(t, err)
	require.Equal(t, c.At(at.In(loc)), x.Reading, where)
	same(n.breached, x.Breached, "breached")
	require.Equal(t, n.cause, x.Cause, where)
	for _, at := range []time.Time{x.At, x.Reading.Due, x.Breached} {
		require.True(t, at.IsZero() || at.Location() == loc, "%s: %v", where, at)
	}
	require.Len(t, x.Intervals, len(n.list), "%v, want %v; %s", x, n.list, where)
	var sum time.Duration
	end := c.Started
	for i, got := range x.Intervals {
		want := n.list[i]
		same(want.From, got.From, "from")
		same(want.To, got.To, "to")
		require.Equal(t, loc, got.From.Location())
		require.Equal(t, loc, got.To.Location())
		want.From, want.To = got.From, got.To
		require.Equal(t, want, got, where)
		require.True(t, got.From.Equal(end), "no gap")
		require.Positive(t, got.Duration())
		end, sum = got.To, sum+got.Duration()
	}
	same(n.now, end, "the end")
	require.Equal(t, now.Elapsed, x.Total(sla.AsElapsed), where)
	require.Equal(t, now.Paused, x.Total(sla.AsPaused)+x.Total(sla.AsDone), where)
	all := time.Duration(0)
	for _, as := range sla.CountedAs() {
		all += x.Total(as)
	}
	require.Equal(t, sum, all, where)
	require.Equal(t, n.now.Sub(c.Started), all, where)
}
