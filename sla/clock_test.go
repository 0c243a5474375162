package sla_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
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

// opened starts a clock at nine on Monday in Berlin.
func opened(t testing.TB, hours int, cal *sla.Calendar) sla.Clock {
	t.Helper()
	c, err := sla.NewClock(berlin(t, 23, 9, 0), time.Duration(hours)*time.Hour, cal)
	require.NoError(t, err)
	return c
}

// follow applies events in turn; none may fail.
func follow(t testing.TB, c sla.Clock, events ...sla.Event) sla.Clock {
	t.Helper()
	for _, event := range events {
		next, err := c.After(event)
		require.NoError(t, err)
		c = next
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
		h := randomHistory(t, r, march(r), cal)
		begin := h.events[0].At
		var last sla.Reading
		before := begin
		for at := begin; at.Before(h.end().Add(24 * time.Hour)); at = at.Add(time.Duration(r.Int64N(int64(3 * time.Hour)))) {
			now := h.after(at).At(at)
			require.GreaterOrEqual(t, now.Elapsed, last.Elapsed, "seed %d at %v", seed, at)
			require.LessOrEqual(t, now.Elapsed-last.Elapsed, at.Sub(before), "seed %d at %v", seed, at)
			require.LessOrEqual(t, now.Elapsed, at.Sub(begin), "seed %d at %v", seed, at)
			if status := now.Status; status != sla.Running && h.after(before).Last.Equal(h.after(at).Last) && before.After(begin) {
				require.Equal(t, last.Elapsed, now.Elapsed, "seed %d: %s at %v", seed, status, at)
			}
			if now.Status.IsLive() {
				require.Equal(t, cal.Between(begin, at), now.Elapsed+now.Paused, "seed %d at %v", seed, at)
			}
			last, before = now, at
		}
	}
}

func TestR24_DueIsTheEarliestInstantThatReachesTheGoal(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 24))
		h := randomHistory(t, r, march(r), office(t), nil)
		for i, c := range h.clocks {
			at := h.events[i].At.Add(time.Duration(r.Int64N(int64(10 * time.Hour))))
			now := c.At(at)
			require.False(t, now.Due.Before(c.Started), "seed %d, event %d", seed, i)
			if !now.Status.IsLive() || now.Remaining <= 0 {
				continue
			}
			if now.Status == sla.Paused {
				c = follow(t, c, resume(at))
			}
			require.Equal(t, c.Goal, c.At(now.Due).Elapsed, "seed %d, event %d", seed, i)
			require.Less(t, c.At(now.Due.Add(-1)).Elapsed, c.Goal, "seed %d, event %d", seed, i)
			require.True(t, c.At(now.Due).Due.Equal(now.Due), "seed %d, event %d: due does not move when it is reached", seed, i)
			require.True(t, c.At(now.Due.Add(72*time.Hour)).Due.Equal(now.Due), "seed %d, event %d: nor later", seed, i)
		}
	}
}

func TestR24_MetMeansElapsedAtMostTheGoal(t *testing.T) {
	c := opened(t, 8, office(t))
	require.True(t, c.At(berlin(t, 23, 10, 0)).Due.Equal(berlin(t, 23, 17, 0)), "due at closing time, not at the next opening")

	overnight := follow(t, c, stop(berlin(t, 24, 8, 59)))
	require.True(t, overnight.At(berlin(t, 30, 0, 0)).Met(), "due at closing time and done overnight")
	require.Equal(t, time.Duration(0), overnight.At(berlin(t, 30, 0, 0)).Remaining)

	late := follow(t, c, stop(berlin(t, 24, 9, 0).Add(1)))
	require.False(t, late.At(berlin(t, 30, 0, 0)).Met(), "a nanosecond too late")
	require.True(t, late.Breached.Equal(berlin(t, 23, 17, 0)), "it is the due time that passed")
}

// TestR24_AGoalOfZero is a deadline that was past when the work began.
func TestR24_AGoalOfZero(t *testing.T) {
	at := berlin(t, 23, 9, 0)
	c := opened(t, 0, office(t))
	require.True(t, c.At(at).Due.Equal(at), "due at the start")
	require.False(t, c.At(at).Breached, "of none, none has passed")
	require.True(t, follow(t, c, stop(at)).At(at).Met(), "stopped at once")

	late := follow(t, c, stop(at.Add(1)))
	require.False(t, late.At(at).Met())
	require.True(t, late.Breached.Equal(at))
	require.Equal(t, sla.TooLate, late.Cause)

	t.Run("after closing time", func(t *testing.T) {
		evening := berlin(t, 23, 20, 0)
		c, err := sla.NewClock(evening, 0, office(t))
		require.NoError(t, err)
		require.True(t, c.At(berlin(t, 24, 8, 0)).Due.Equal(evening))
		require.True(t, follow(t, c, stop(berlin(t, 24, 9, 0))).At(at).Met(), "no business time has passed")
		require.False(t, follow(t, c, stop(berlin(t, 24, 9, 0).Add(1))).At(at).Met())
	})
	t.Run("paused at once", func(t *testing.T) {
		c := follow(t, c, pause(at, "caller"), stop(berlin(t, 25, 12, 0)))
		require.True(t, c.At(at).Met())
	})
}

func TestR26_ANewTargetKeepsElapsedAndPaused(t *testing.T) {
	c := follow(t, opened(t, 8, office(t)),
		pause(berlin(t, 23, 10, 0), "caller"),
		resume(berlin(t, 23, 12, 0)),
		retarget(berlin(t, 23, 13, 0), 4, nil), // around the clock
	)
	now := c.At(berlin(t, 23, 13, 0))
	require.Equal(t, 2*time.Hour, now.Elapsed)
	require.Equal(t, 2*time.Hour, now.Paused)
	require.True(t, now.Due.Equal(berlin(t, 23, 15, 0)), "due %v", now.Due)
	require.Equal(t, 8*time.Hour, c.At(berlin(t, 23, 19, 0)).Elapsed, "the new calendar counts the evening")

	t.Run("a paused clock stays paused", func(t *testing.T) {
		c := follow(t, opened(t, 8, office(t)), pause(berlin(t, 23, 10, 0), "caller"), retarget(berlin(t, 23, 16, 0), 4, nil))
		now := c.At(berlin(t, 23, 20, 0))
		require.Equal(t, sla.Reading{
			Status: sla.Paused, Elapsed: time.Hour, Paused: 10 * time.Hour, Remaining: 3 * time.Hour, Due: berlin(t, 23, 23, 0),
		}, now, "six hours by the old calendar, four by the new")
		require.Equal(t, "caller", c.Reason)
	})
	t.Run("due is since when the goal in force has been reached", func(t *testing.T) {
		c := follow(t, opened(t, 2, office(t)), retarget(berlin(t, 23, 13, 0), 3, office(t)))
		require.True(t, c.At(berlin(t, 23, 14, 0)).Due.Equal(berlin(t, 23, 11, 0)), "the first of the two goals, then the second")
		c = follow(t, c, retarget(berlin(t, 23, 14, 0), 6, office(t)))
		require.True(t, c.At(berlin(t, 23, 14, 0)).Due.Equal(berlin(t, 23, 15, 0)), "due again")
		c = follow(t, c, retarget(berlin(t, 23, 14, 0), 5, office(t)))
		require.True(t, c.At(berlin(t, 23, 14, 0)).Due.Equal(berlin(t, 23, 14, 0)), "reached when it came")
	})
}

func TestR33_ABreachStays(t *testing.T) {
	c := opened(t, 4, office(t))
	require.False(t, c.At(berlin(t, 23, 13, 0)).Breached)
	require.True(t, c.At(berlin(t, 23, 13, 0).Add(1)).Breached)
	c = follow(t, c, pause(berlin(t, 23, 14, 0), "caller"))
	require.Equal(t, sla.TooLate, c.Cause)

	t.Run("a downgrade does not take it back", func(t *testing.T) {
		c := follow(t, c, retarget(berlin(t, 23, 15, 0), 40, office(t)))
		now := c.At(berlin(t, 23, 16, 0))
		require.True(t, now.Breached)
		require.Equal(t, 35*time.Hour, now.Remaining)
		require.False(t, follow(t, c, stop(berlin(t, 23, 16, 0))).At(berlin(t, 23, 16, 0)).Met())
	})
	t.Run("nor does a longer goal that is exceeded too", func(t *testing.T) {
		c := follow(t, opened(t, 2, office(t)), retarget(berlin(t, 23, 15, 0), 4, office(t)))
		now := c.At(berlin(t, 23, 15, 0))
		require.Equal(t, -2*time.Hour, now.Remaining)
		require.True(t, now.Breached && now.Due.Equal(c.Breached) && now.Due.Equal(berlin(t, 23, 11, 0)), "due when the goal of then was")
	})
	t.Run("nor does an upgrade give it another cause", func(t *testing.T) {
		c := follow(t, c, retarget(berlin(t, 23, 15, 0), 1, office(t)))
		require.Equal(t, sla.TooLate, c.Cause)
		require.True(t, c.Breached.Equal(berlin(t, 23, 13, 0)))
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
		after, err := resumed.Pause(berlin(t, 23, 14, 59), "caller")
		itsmtest.RequireField(t, err, "at")
		require.Equal(t, resumed, after)
	})
	t.Run("an upgrade breaches when it comes", func(t *testing.T) {
		c := follow(t, opened(t, 8, office(t)), retarget(berlin(t, 23, 12, 0), 2, office(t)))
		require.True(t, c.At(berlin(t, 23, 12, 0)).Breached)
		require.True(t, c.Breached.Equal(berlin(t, 23, 12, 0)))
		require.Equal(t, sla.Tightened, c.Cause)
		require.True(t, c.At(berlin(t, 23, 12, 0)).Due.Equal(berlin(t, 23, 12, 0)))
		c = follow(t, c, retarget(berlin(t, 23, 13, 0), 8, office(t)), stop(berlin(t, 25, 13, 0)))
		require.Equal(t, sla.Tightened, c.Cause, "the first breach is the one that is kept")
	})
	t.Run("an upgrade to what has elapsed does not", func(t *testing.T) {
		c := follow(t, opened(t, 8, office(t)), retarget(berlin(t, 23, 12, 0), 3, office(t)))
		require.False(t, c.At(berlin(t, 23, 12, 0)).Breached)
		require.True(t, follow(t, c, stop(berlin(t, 23, 12, 0))).At(berlin(t, 23, 12, 0)).Met())
		late := follow(t, c, stop(berlin(t, 23, 12, 1)))
		require.True(t, late.Breached.Equal(berlin(t, 23, 12, 0)))
		require.Equal(t, sla.TooLate, late.Cause)
	})
	t.Run("in any history", func(t *testing.T) {
		for seed := range uint64(60) {
			r := rand.New(rand.NewPCG(seed, 33))
			h := randomHistory(t, r, march(r), office(t), nil)
			var before sla.Clock
			for i, c := range h.clocks {
				if !before.Breached.IsZero() {
					require.Equal(t, before.Breached, c.Breached, "seed %d, event %d", seed, i)
					require.Equal(t, before.Cause, c.Cause, "seed %d, event %d", seed, i)
				}
				before = c
			}
		}
	})
}

func TestReopenedClockGoesOn(t *testing.T) {
	c := follow(t, opened(t, 8, office(t)),
		pause(berlin(t, 23, 12, 0), "caller"),
		stop(berlin(t, 23, 14, 0)),
		reopen(berlin(t, 24, 11, 0)),
	)
	now := c.At(berlin(t, 24, 12, 0))
	require.Equal(t, sla.Reading{
		Status: sla.Running, Elapsed: 4 * time.Hour, Paused: 7 * time.Hour, Remaining: 4 * time.Hour, Due: berlin(t, 24, 16, 0),
	}, now)
	require.True(t, follow(t, c, stop(berlin(t, 24, 16, 0))).At(berlin(t, 25, 0, 0)).Met())
	require.False(t, follow(t, c, stop(berlin(t, 24, 16, 1))).At(berlin(t, 25, 0, 0)).Met(), "the last stop decides")
}

func TestStoppingEndsAPause(t *testing.T) {
	c := follow(t, opened(t, 8, office(t)), pause(berlin(t, 23, 12, 0), "caller"), stop(berlin(t, 23, 14, 0)))
	require.Equal(t, sla.Stopped, c.Status)
	require.Empty(t, c.Reason)
	require.Equal(t, 3*time.Hour, c.Elapsed)
	require.Equal(t, 2*time.Hour, c.Paused)
	require.Equal(t, sla.Running, follow(t, c, reopen(berlin(t, 23, 15, 0))).Status, "it does not go on with the pause")
}

func TestPausingAgainChangesTheReason(t *testing.T) {
	c := follow(t, opened(t, 8, office(t)), pause(berlin(t, 23, 12, 0), "caller"), pause(berlin(t, 23, 14, 0), "vendor"))
	require.Equal(t, "vendor", c.Reason)
	require.Equal(t, 2*time.Hour, c.Paused)
	require.Empty(t, follow(t, c, resume(berlin(t, 23, 14, 0))).Reason)
}

func TestCancelKeepsWhatWasMeasured(t *testing.T) {
	for name, c := range map[string]sla.Clock{
		"running": opened(t, 2, office(t)),
		"paused":  follow(t, opened(t, 2, office(t)), pause(berlin(t, 23, 12, 0), "caller")),
	} {
		t.Run(name, func(t *testing.T) {
			before := c.At(berlin(t, 23, 14, 0))
			c := follow(t, c, cancel(berlin(t, 23, 14, 0), "a duplicate"))
			require.Equal(t, "a duplicate", c.Reason)
			want := before
			want.Status = sla.Cancelled
			for _, at := range []time.Time{berlin(t, 20, 9, 0), berlin(t, 23, 14, 0), berlin(t, 30, 9, 0)} {
				require.Equal(t, want, c.At(at), "%v", at)
			}
			require.True(t, c.At(berlin(t, 30, 9, 0)).Breached, "what was breached before")
			require.False(t, c.At(berlin(t, 30, 9, 0)).Met())
		})
	}
	c := follow(t, opened(t, 8, office(t)), cancel(berlin(t, 23, 9, 0), "a duplicate"))
	require.False(t, c.At(berlin(t, 30, 9, 0)).Met(), "nothing was done in time")
}

func TestClockIsAValue(t *testing.T) {
	c := opened(t, 1, office(t))
	before := c
	follow(t, c, pause(berlin(t, 23, 10, 0), "vendor"), retarget(berlin(t, 23, 10, 0), 1, nil), stop(berlin(t, 23, 11, 0)))
	c.At(berlin(t, 23, 16, 0))
	require.Equal(t, before, c)
}

// TestMadeSLA measures as the incident log does that ships with the examples: from
// opening to closing, Monday to Friday 14:00 to 23:00, at most 62 hours.
func TestMadeSLA(t *testing.T) {
	cal, err := sla.NewCalendar(sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"14:00", "23:00"})})
	require.NoError(t, err)
	opened := time.Date(2016, time.February, 29, 1, 16, 0, 0, time.UTC)
	c, err := sla.NewClock(opened, 62*time.Hour, cal)
	require.NoError(t, err)

	due := time.Date(2016, time.March, 8, 22, 0, 0, 0, time.UTC) // six days of nine hours, and eight more
	require.True(t, c.At(opened).Due.Equal(due), "due %v", c.At(opened).Due)
	require.True(t, follow(t, c, stop(due)).At(due).Met())
	require.False(t, follow(t, c, stop(due.Add(time.Minute))).At(due.Add(time.Minute)).Met())
}

func TestReadingAllocatesNothing(t *testing.T) {
	c := opened(t, 8, office(t))
	at := berlin(t, 23, 12, 0)
	require.Zero(t, testing.AllocsPerRun(100, func() { c.At(at) }))
}
