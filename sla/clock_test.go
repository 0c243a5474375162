package sla_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// office is Monday to Friday, nine to five, in Berlin.
func office(t testing.TB) *sla.Calendar {
	t.Helper()
	c, err := sla.NewCalendar(sla.Hours{Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	require.NoError(t, err)
	return c
}

// berlin is a time of day in November 2026; the 23rd is a Monday.
func berlin(t testing.TB, day, hour, minute int) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return time.Date(2026, time.November, day, hour, minute, 0, 0, loc)
}

// follow applies events in turn; none may fail.
func follow(t testing.TB, c sla.Clock, events ...func(sla.Clock) (sla.Clock, error)) sla.Clock {
	t.Helper()
	for _, event := range events {
		next, err := event(c)
		require.NoError(t, err)
		c = next
	}
	return c
}

func pause(at time.Time, reason string) func(sla.Clock) (sla.Clock, error) {
	return func(c sla.Clock) (sla.Clock, error) { return c.Pause(at, reason) }
}

func resume(at time.Time) func(sla.Clock) (sla.Clock, error) {
	return func(c sla.Clock) (sla.Clock, error) { return c.Resume(at) }
}

func stop(at time.Time) func(sla.Clock) (sla.Clock, error) {
	return func(c sla.Clock) (sla.Clock, error) { return c.Stop(at) }
}

func reopen(at time.Time) func(sla.Clock) (sla.Clock, error) {
	return func(c sla.Clock) (sla.Clock, error) { return c.Reopen(at) }
}

func retarget(at time.Time, target sla.Target) func(sla.Clock) (sla.Clock, error) {
	return func(c sla.Clock) (sla.Clock, error) { return c.Retarget(at, target) }
}

func start(t testing.TB, target sla.Target, at time.Time) sla.Clock {
	t.Helper()
	c, err := target.Start(at)
	require.NoError(t, err)
	return c
}

// events is a random history: what each clock was, and when it became so.
type events struct {
	at     []time.Time
	clocks []sla.Clock
}

// randomEvents lets a clock live through a random history. Every event that the
// clock's status permits may come.
func randomEvents(t *testing.T, r *rand.Rand, cal *sla.Calendar) events {
	t.Helper()
	random := func() sla.Target {
		target := sla.Target{Metric: "resolution", Goal: time.Duration(1+r.IntN(40)) * time.Hour, Calendar: cal}
		switch r.IntN(3) {
		case 0:
			target.Pauses = []string{"vendor", "caller"}
		case 1:
			target.Pauses = []string{}
		}
		return target
	}
	at := time.Date(2026, time.March, 20, 8, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(1e6)) * time.Second)
	h := events{[]time.Time{at}, []sla.Clock{start(t, random(), at)}}
	for range 20 {
		at = at.Add(time.Duration(r.Int64N(int64(20 * time.Hour))))
		c := h.clocks[len(h.clocks)-1]
		var err error
		switch {
		case c.Stopped:
			c, err = c.Reopen(at)
		case c.Hold != "" && r.IntN(2) == 0:
			c, err = c.Resume(at)
		case r.IntN(6) == 0:
			c, err = c.Stop(at)
		case r.IntN(5) == 0:
			c, err = c.Retarget(at, random())
		default:
			c, err = c.Pause(at, []string{"caller", "vendor", "problem"}[r.IntN(3)])
		}
		require.NoError(t, err)
		h.at, h.clocks = append(h.at, at), append(h.clocks, c)
	}
	return h
}

// after is the clock as it was at an instant.
func (e events) after(at time.Time) sla.Clock {
	c := e.clocks[0]
	for i := range e.at {
		if !e.at[i].After(at) {
			c = e.clocks[i]
		}
	}
	return c
}

func TestR23_ElapsedNeverFallsNorExceedsWallTimeNorGrowsWhilePaused(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 23))
		cal := office(t)
		if seed%3 == 0 {
			cal = nil
		}
		h := randomEvents(t, r, cal)
		var last sla.Reading
		before := h.at[0]
		for at := h.at[0]; at.Before(h.at[len(h.at)-1].Add(24 * time.Hour)); at = at.Add(time.Duration(r.Int64N(int64(3 * time.Hour)))) {
			now := h.after(at).At(at)
			require.GreaterOrEqual(t, now.Elapsed, last.Elapsed, "seed %d at %v", seed, at)
			require.LessOrEqual(t, now.Elapsed-last.Elapsed, at.Sub(before), "seed %d at %v", seed, at)
			require.LessOrEqual(t, now.Elapsed, at.Sub(h.at[0]), "seed %d at %v", seed, at)
			if status := now.Status; status != sla.Running && h.after(before).Last.Equal(h.after(at).Last) {
				require.Equal(t, last.Elapsed, now.Elapsed, "seed %d: %s at %v", seed, status, at)
			}
			if now.Status != sla.Stopped {
				require.Equal(t, cal.Between(h.at[0], at), now.Elapsed+now.Paused, "seed %d at %v", seed, at)
			}
			last, before = now, at
		}
	}
}

func TestR24_DueIsTheEarliestInstantThatReachesTheGoal(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 24))
		cal := office(t)
		h := randomEvents(t, r, cal)
		for i, c := range h.clocks {
			at := h.at[i].Add(time.Duration(r.Int64N(int64(10 * time.Hour))))
			now := c.At(at)
			require.False(t, now.Due.Before(c.Started), "seed %d, event %d", seed, i)
			if now.Status == sla.Stopped || now.Remaining <= 0 {
				continue
			}
			if now.Status == sla.Paused {
				c = follow(t, c, resume(at))
			}
			require.Equal(t, c.Target.Goal, c.At(now.Due).Elapsed, "seed %d, event %d", seed, i)
			require.Less(t, c.At(now.Due.Add(-1)).Elapsed, c.Target.Goal, "seed %d, event %d", seed, i)
			require.True(t, c.At(now.Due).Due.Equal(now.Due), "seed %d, event %d: due does not move when it is reached", seed, i)
			require.True(t, c.At(now.Due.Add(72*time.Hour)).Due.Equal(now.Due), "seed %d, event %d: nor later", seed, i)
		}
	}
}

func TestR24_MetMeansElapsedAtMostTheGoal(t *testing.T) {
	c := start(t, sla.Target{Metric: "resolution", Goal: 8 * time.Hour, Calendar: office(t)}, berlin(t, 23, 9, 0))
	require.True(t, c.At(berlin(t, 23, 10, 0)).Due.Equal(berlin(t, 23, 17, 0)), "due at closing time, not at the next opening")

	overnight := follow(t, c, stop(berlin(t, 24, 8, 59)))
	require.True(t, overnight.At(berlin(t, 30, 0, 0)).Met(), "due at closing time and done overnight")
	require.Equal(t, time.Duration(0), overnight.At(berlin(t, 30, 0, 0)).Remaining)

	late := follow(t, c, stop(berlin(t, 24, 9, 0).Add(1)))
	require.False(t, late.At(berlin(t, 30, 0, 0)).Met(), "a nanosecond too late")
	require.True(t, late.Breached.Equal(berlin(t, 23, 17, 0)), "it is the due time that passed")
}

func TestR26_ANewTargetKeepsElapsedAndPaused(t *testing.T) {
	cal := office(t)
	c := start(t, sla.Target{Metric: "resolution", Goal: 8 * time.Hour, Calendar: cal}, berlin(t, 23, 9, 0))
	c = follow(t, c,
		pause(berlin(t, 23, 10, 0), "caller"),
		resume(berlin(t, 23, 12, 0)),
		retarget(berlin(t, 23, 13, 0), sla.Target{Metric: "resolution", Goal: 4 * time.Hour}), // around the clock
	)
	now := c.At(berlin(t, 23, 13, 0))
	require.Equal(t, 2*time.Hour, now.Elapsed)
	require.Equal(t, 2*time.Hour, now.Paused)
	require.True(t, now.Due.Equal(berlin(t, 23, 15, 0)), "due %v", now.Due)
	require.Equal(t, 8*time.Hour, c.At(berlin(t, 23, 19, 0)).Elapsed, "the new calendar counts the evening")

	t.Run("what the old target did not pause for the new one may", func(t *testing.T) {
		c := start(t, sla.Target{Metric: "resolution", Goal: 8 * time.Hour, Calendar: cal}, berlin(t, 23, 9, 0))
		c = follow(t, c, pause(berlin(t, 23, 10, 0), "vendor"))
		require.Equal(t, sla.Running, c.At(berlin(t, 23, 11, 0)).Status)
		c = follow(t, c, retarget(berlin(t, 23, 11, 0),
			sla.Target{Metric: "resolution", Goal: 8 * time.Hour, Calendar: cal, Pauses: []string{"vendor"}}))
		now := c.At(berlin(t, 23, 15, 0))
		require.Equal(t, sla.Paused, now.Status)
		require.Equal(t, 2*time.Hour, now.Elapsed)
	})
}

func TestR33_ABreachStays(t *testing.T) {
	target := func(hours int) sla.Target {
		return sla.Target{Metric: "resolution", Goal: time.Duration(hours) * time.Hour, Calendar: office(t)}
	}
	c := start(t, target(4), berlin(t, 23, 9, 0))
	require.False(t, c.At(berlin(t, 23, 13, 0)).Breached)
	require.True(t, c.At(berlin(t, 23, 13, 1)).Breached)
	c = follow(t, c, pause(berlin(t, 23, 14, 0), "caller"))

	t.Run("a downgrade does not take it back", func(t *testing.T) {
		c := follow(t, c, retarget(berlin(t, 23, 15, 0), target(40)))
		now := c.At(berlin(t, 23, 16, 0))
		require.True(t, now.Breached)
		require.Equal(t, 35*time.Hour, now.Remaining)
		require.False(t, follow(t, c, stop(berlin(t, 23, 16, 0))).At(berlin(t, 23, 16, 0)).Met())
	})
	t.Run("nor does reopening", func(t *testing.T) {
		c := follow(t, c, stop(berlin(t, 23, 15, 0)), reopen(berlin(t, 24, 9, 0)))
		require.True(t, c.At(berlin(t, 24, 9, 0)).Breached)
	})
	t.Run("nor does a clock that steps back", func(t *testing.T) {
		require.True(t, c.At(berlin(t, 23, 9, 0)).Breached)
		require.Equal(t, 5*time.Hour, c.At(berlin(t, 20, 9, 0)).Elapsed)
		resumed := follow(t, c, resume(berlin(t, 23, 15, 0)))
		require.Equal(t, resumed.At(berlin(t, 23, 15, 0)), resumed.At(berlin(t, 23, 9, 0)))
		_, err := c.Resume(berlin(t, 23, 13, 59))
		requireField(t, err, "at")
	})
	t.Run("an upgrade breaches when it comes", func(t *testing.T) {
		c := start(t, target(8), berlin(t, 23, 9, 0))
		c = follow(t, c, retarget(berlin(t, 23, 12, 0), target(2)))
		require.True(t, c.At(berlin(t, 23, 12, 0)).Breached)
		require.True(t, c.Breached.Equal(berlin(t, 23, 12, 0)))
		require.True(t, c.At(berlin(t, 23, 12, 0)).Due.Equal(berlin(t, 23, 12, 0)))
	})
	t.Run("in any history", func(t *testing.T) {
		for seed := range uint64(60) {
			h := randomEvents(t, rand.New(rand.NewPCG(seed, 33)), office(t))
			breached := time.Time{}
			for i, c := range h.clocks {
				if !breached.IsZero() {
					require.Equal(t, breached, c.Breached, "seed %d, event %d", seed, i)
				}
				breached = c.Breached
			}
		}
	})
}

func TestReopenedClockGoesOn(t *testing.T) {
	c := start(t, sla.Target{Metric: "resolution", Goal: 8 * time.Hour, Calendar: office(t)}, berlin(t, 23, 9, 0))
	c = follow(t, c,
		pause(berlin(t, 23, 12, 0), "caller"),
		stop(berlin(t, 23, 14, 0)), // ends the hold
		reopen(berlin(t, 24, 11, 0)),
	)
	now := c.At(berlin(t, 24, 12, 0))
	require.Equal(t, sla.Reading{
		Status: sla.Running, Elapsed: 4 * time.Hour, Paused: 7 * time.Hour, Remaining: 4 * time.Hour, Due: berlin(t, 24, 16, 0),
	}, now)
	require.True(t, follow(t, c, stop(berlin(t, 24, 16, 0))).At(berlin(t, 25, 0, 0)).Met())
	require.False(t, follow(t, c, stop(berlin(t, 24, 16, 1))).At(berlin(t, 25, 0, 0)).Met(), "the last stop decides")
}

func TestPausesByReason(t *testing.T) {
	at := berlin(t, 23, 9, 0)
	for _, c := range []struct {
		pauses []string
		reason string
		want   sla.Status
	}{
		{nil, "caller", sla.Paused},
		{nil, "vendor", sla.Running},
		{[]string{}, "caller", sla.Running},
		{[]string{"vendor"}, "vendor", sla.Paused},
		{[]string{"vendor"}, "caller", sla.Running},
	} {
		clock := start(t, sla.Target{Metric: "resolution", Goal: time.Hour, Pauses: c.pauses}, at)
		require.Equal(t, c.want, follow(t, clock, pause(at, c.reason)).At(at).Status, "%v, %s", c.pauses, c.reason)
	}
	require.Equal(t, []string{"caller"}, sla.DefaultPauses())
	require.Equal(t, []sla.Status{"running", "paused", "stopped"}, sla.Statuses())
}

func TestClockRefuses(t *testing.T) {
	at := berlin(t, 23, 9, 0)
	target := sla.Target{Metric: "resolution", Goal: time.Hour}
	running := start(t, target, at)
	held := follow(t, running, pause(at, "caller"))
	stopped := follow(t, running, stop(at))
	for _, c := range []struct {
		name  string
		clock sla.Clock
		event func(sla.Clock) (sla.Clock, error)
		field string
	}{
		{"no reason", running, pause(at, ""), "reason"},
		{"bad reason", running, pause(at, "\xff"), "reason"},
		{"the zero time", running, pause(time.Time{}, "caller"), "at"},
		{"a time before the last event", held, resume(at.Add(-1)), "at"},
		{"a year that cannot be written", held, stop(at.AddDate(9000, 0, 0)), "at"},
		{"resume without a hold", running, resume(at), "clock"},
		{"reopen without a stop", held, reopen(at), "clock"},
		{"pause after a stop", stopped, pause(at, "caller"), "clock"},
		{"resume after a stop", stopped, resume(at), "clock"},
		{"a second stop", stopped, stop(at), "clock"},
		{"a new target after a stop", stopped, retarget(at, target), "clock"},
		{"another metric", running, retarget(at, sla.Target{Metric: "response", Goal: 1}), "metric"},
		{"a bad target", running, retarget(at, sla.Target{Metric: "resolution"}), "goal"},
		{"a clock not started", sla.Clock{}, stop(at), "clock"},
		{"a clock not started", sla.Clock{}, pause(at, "caller"), "clock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, err := c.event(c.clock)
			requireField(t, err, c.field)
			require.Equal(t, c.clock, after)
		})
	}
	require.NotPanics(t, func() { sla.Clock{}.At(at) })
}

func TestTargetRefuses(t *testing.T) {
	for field, target := range map[string]sla.Target{
		"metric":    {Metric: " ", Goal: 1},
		"goal":      {Metric: "resolution", Goal: -1},
		"pauses[1]": {Metric: "resolution", Goal: 1, Pauses: []string{"caller", "caller"}},
		"pauses[0]": {Metric: "resolution", Goal: 1, Pauses: []string{""}},
	} {
		_, err := target.Start(berlin(t, 23, 9, 0))
		requireField(t, err, field)
	}
	_, err := sla.Target{Metric: "resolution", Goal: 1}.Start(time.Time{})
	requireField(t, err, "at")
}

func requireField(t testing.TB, err error, field string) {
	t.Helper()
	var wrong *itsm.FieldError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, field, wrong.Field, "%v", err)
	require.ErrorIs(t, err, itsm.ErrInvalid)
}

func TestClockIsAValue(t *testing.T) {
	pauses := []string{"vendor"}
	c := start(t, sla.Target{Metric: "resolution", Goal: time.Hour, Pauses: pauses}, berlin(t, 23, 9, 0))
	pauses[0] = "caller"
	require.Equal(t, []string{"vendor"}, c.Target.Pauses)

	before := c
	follow(t, c, pause(berlin(t, 23, 10, 0), "vendor"), stop(berlin(t, 23, 11, 0)))
	require.Equal(t, before, c)
}

func TestClockJSON(t *testing.T) {
	for seed := range uint64(10) {
		h := randomEvents(t, rand.New(rand.NewPCG(seed, 5)), office(t))
		c := h.clocks[len(h.clocks)-1]
		text, err := json.Marshal(c)
		require.NoError(t, err)
		var read sla.Clock
		require.NoError(t, json.Unmarshal(text, &read))
		again, err := json.Marshal(read)
		require.NoError(t, err)
		require.JSONEq(t, string(text), string(again))
		at := h.at[len(h.at)-1].Add(100 * time.Hour)
		require.Equal(t, c.At(at), read.At(at))
	}
}

// TestClockJSONRefuses reads clocks that no events lead to.
func TestClockJSONRefuses(t *testing.T) {
	var zero sla.Clock
	text, err := json.Marshal(zero)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &zero), "one that has not been started")

	good := `{"target":{"metric":"resolution","goal":3600000000000},"started":"2026-03-02T09:00:00Z",` +
		`"last":"2026-03-02T10:00:00Z","elapsed":60000000000,"paused":0}`
	require.NoError(t, json.Unmarshal([]byte(good), new(sla.Clock)))
	for _, c := range []struct{ old, new, field string }{
		{`"metric":"resolution",`, ``, "metric"},
		{`"goal":3600000000000`, `"goal":-5`, "goal"},
		{`"started":"2026-03-02T09:00:00Z",`, ``, "started"},
		{`"last":"2026-03-02T10:00:00Z",`, ``, "last"},
		{`"last":"2026-03-02T10`, `"last":"2026-03-02T08`, "last"},
		{`"elapsed":60000000000`, `"elapsed":-1`, "elapsed"},
		{`"elapsed":60000000000`, `"elapsed":3600000000001`, "breached"},
		{`"paused":0`, `"paused":-1`, "paused"},
		{`"paused":0`, `"paused":0,"hold":"a\nb"`, "hold"},
		{`"paused":0`, `"paused":0,"hold":"caller","stopped":true`, "hold"},
	} {
		kept := sla.Clock{Hold: "as it was"}
		err := json.Unmarshal([]byte(strings.Replace(good, c.old, c.new, 1)), &kept)
		var field *itsm.FieldError
		require.ErrorAs(t, err, &field, c.new)
		require.Equal(t, c.field, field.Field)
		require.Equal(t, sla.Clock{Hold: "as it was"}, kept)
	}
	require.Error(t, json.Unmarshal([]byte(`{"odd":1}`), new(sla.Clock)))
}

// TestMadeSLA measures as the incident log does that ships with the examples: from
// opening to closing, Monday to Friday 14:00 to 23:00, at most 62 hours.
func TestMadeSLA(t *testing.T) {
	cal, err := sla.NewCalendar(sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"14:00", "23:00"})})
	require.NoError(t, err)
	target := sla.Target{Metric: "resolution", Goal: 62 * time.Hour, Calendar: cal, Pauses: []string{}}
	opened := time.Date(2016, time.February, 29, 1, 16, 0, 0, time.UTC)
	c := follow(t, start(t, target, opened), pause(opened.Add(time.Hour), "caller"))

	due := time.Date(2016, time.March, 8, 22, 0, 0, 0, time.UTC) // six days of nine hours, and eight more
	require.True(t, c.At(opened).Due.Equal(due), "due %v", c.At(opened).Due)
	require.True(t, follow(t, c, stop(due)).At(due).Met())
	require.False(t, follow(t, c, stop(due.Add(time.Minute))).At(due.Add(time.Minute)).Met())
}

func TestReadingAllocatesNothing(t *testing.T) {
	c := start(t, sla.Target{Metric: "resolution", Goal: 8 * time.Hour, Calendar: office(t)}, berlin(t, 23, 9, 0))
	at := berlin(t, 23, 12, 0)
	require.Zero(t, testing.AllocsPerRun(100, func() { c.At(at) }))
}
