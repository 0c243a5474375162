package sla_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// life is a story as it was tracked: the work after each moment.
type life struct {
	t        testing.TB
	book     *sla.Book
	versions []sla.Version
	tale     []sla.Moment
	states   []sla.Work
}

// live tracks a story moment by moment.
func liveThrough(t testing.TB, b *sla.Book, versions []sla.Version, tale []sla.Moment) *life {
	t.Helper()
	l := &life{t: t, book: b, versions: versions, tale: tale}
	w := sla.Work{Item: item()}
	for _, m := range tale {
		var err error
		w, err = b.Observe(&w, m)
		require.NoError(t, err, "%s", l)
		l.states = append(l.states, w)
	}
	return l
}

// String is what a failure says of the story.
func (l *life) String() string { return asJSON(l.t, l.versions) + "\n" + tellAgain(l.tale) }

func (l *life) last() *sla.Work { return &l.states[len(l.states)-1] }

// steps visits each promise before and after each moment.
func (l *life) steps(visit func(moment int, was, is *sla.Promise)) {
	for i := 1; i < len(l.states); i++ {
		for j := range l.states[i-1].Promises {
			visit(i, &l.states[i-1].Promises[j], &l.states[i].Promises[j])
		}
	}
}

func (l *life) clock(p *sla.Promise) sla.Clock {
	c, err := l.book.Clock(*p)
	require.NoError(l.t, err)
	return c
}

// lives has a law hold for random stories under random books.
func throughLives(t *testing.T, n int, seed uint64, law func(*testing.T, tales, *life)) {
	t.Helper()
	for i := range n {
		r := newTales(seed<<32 + uint64(i))
		versions := r.book()
		b, err := sla.NewBook(schema(), versions...)
		require.NoError(t, err)
		for range 5 {
			if law(t, r, liveThrough(t, b, versions, r.story())); t.Failed() {
				t.FailNow()
			}
		}
	}
}

func TestR23_OfTrackedWork(t *testing.T) {
	throughLives(t, 60, 23, func(t *testing.T, _ tales, l *life) { l.r23() })
}

func (l *life) r23() {
	for i := range l.states {
		for j := range l.states[i].Promises {
			p := &l.states[i].Promises[j]
			wall := p.Last.Sub(p.Started)
			require.GreaterOrEqual(l.t, wall, p.Elapsed+p.Paused, "%s", l)
		}
	}
	l.steps(func(i int, was, is *sla.Promise) {
		require.LessOrEqual(l.t, was.Elapsed, is.Elapsed, "%s", l)
		require.LessOrEqual(l.t, was.Paused, is.Paused, "%s", l)
		require.Equal(l.t, was.Started, is.Started)
		if was.Status != sla.Running {
			require.Equal(l.t, was.Elapsed, is.Elapsed, "%s", l)
		}
	})
}

func TestR24_DueIsTheEarliestInstantAndMetIsWithinTheGoal(t *testing.T) {
	throughLives(t, 60, 24, func(t *testing.T, _ tales, l *life) { l.r24() })
}

func (l *life) r24() {
	for i := range l.states {
		for j := range l.states[i].Promises {
			p := &l.states[i].Promises[j]
			c := l.clock(p)
			due := c.At(p.Last).Due
			require.False(l.t, due.Before(p.Started), "%s", l)
			if p.Reached.IsZero() && p.Status.IsLive() {
				on := c
				if p.Status == sla.Paused {
					var err error
					on, err = c.Resume(p.Last)
					require.NoError(l.t, err)
				}
				if then := on.At(due); due.Before(itsm.Normal(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC))) {
					require.Equal(l.t, p.Goal, then.Elapsed, "%s", l)
					require.Less(l.t, on.At(due.Add(-1)).Elapsed, p.Goal, "%s", l)
				}
			}
			if p.IsMet() {
				require.LessOrEqual(l.t, p.Elapsed, p.Goal, "%s", l)
			}
			require.Equal(l.t, p.Status == sla.Stopped && p.Breached.IsZero(), p.IsMet())
			if p.Elapsed > p.Goal {
				require.False(l.t, p.Breached.IsZero(), "%s", l)
			}
		}
	}
}

func TestR25_WhatHasEndedKeepsItsResult(t *testing.T) {
	throughLives(t, 60, 25, func(t *testing.T, _ tales, l *life) { l.r25() })
}

func (l *life) r25() {
	l.steps(func(i int, was, is *sla.Promise) {
		if was.Ending != "" && was.Ending != sla.Done {
			require.Equal(l.t, *was, *is, "%s", l)
		}
		if was.Ending == sla.Done && is.Reopened == was.Reopened {
			require.Equal(l.t, *was, *is, "%s", l)
		}
	})
	for _, w := range l.states {
		lives := map[string]bool{}
		for _, p := range w.Promises {
			slot := fmt.Sprint(p.Kind, p.Party, p.Metric)
			require.False(l.t, lives[slot], "two clocks live in one slot\n%s", l)
			lives[slot] = p.Status.IsLive()
			require.Equal(l.t, p.Status.IsLive(), p.Ending == "")
		}
	}
}

func TestR26_AnotherTargetKeepsElapsedAndPaused(t *testing.T) {
	changed := 0
	throughLives(t, 60, 26, func(t *testing.T, _ tales, l *life) { changed += l.r26() })
	assert.Greater(t, changed, 20)
}

// r26: whatever happens to a clock at a moment, it then shows what it would have
// shown without.
func (l *life) r26() (changed int) {
	l.steps(func(i int, was, is *sla.Promise) {
		if was.Status.IsLive() {
			would := l.clock(was).At(l.states[i].Moments[i].At)
			require.Equal(l.t, would.Elapsed, is.Elapsed, "%s", l)
			require.Equal(l.t, would.Paused, is.Paused, "%s", l)
		}
		if was.Target != is.Target {
			changed++
		}
	})
	return changed
}

// TestR26_AnotherAgreementKeepsElapsedAndPaused where it measures in the same way
// and began with the work.
func TestR26_AnotherAgreementKeepsElapsedAndPaused(t *testing.T) {
	superseded := 0
	for seed := range uint64(300) {
		r := newTales(26<<40 + seed)
		m := r.metric("m")
		m.Start, m.Cancel, m.Reset, m.Since, m.Reopened = sla.Condition{}, sla.Condition{}, sla.Condition{}, "", sla.Continue
		one := agreement("A", []sla.Metric{m}, sla.Target{Name: "all", Metric: "m", Within: "8h"})
		two := agreement("B", []sla.Metric{m}, sla.Target{Name: "vip", Metric: "m", Within: "4h", When: isSet("vip")})
		one.From, two.From = atMinute(0), atMinute(0)
		one.Terms.Calendars, two.Terms.Calendars = taleHours(), taleHours()
		one.Terms.Calendar = pick(r, "", "office", "berlin", "night")
		two.Terms.Calendar = one.Terms.Calendar
		b, err := sla.NewBook(schema(), one, two)
		require.NoError(t, err)
		l := liveThrough(t, b, []sla.Version{one, two}, r.story())
		for i := range l.last().Promises {
			if p := &l.last().Promises[i]; i > 0 {
				was := &l.last().Promises[i-1]
				if was.Ending != sla.Superseded {
					continue
				}
				superseded++
				for _, w := range l.states {
					if len(w.Promises) > i {
						first := &w.Promises[i] // as it was when it was made
						require.Equal(t, []time.Duration{was.Elapsed, was.Paused}, []time.Duration{first.Elapsed, first.Paused}, "%v\n%s", p, l)
						break
					}
				}
			}
		}
	}
	assert.Greater(t, superseded, 50)
}

func TestR33_ABreachOfTrackedWorkStays(t *testing.T) {
	throughLives(t, 60, 33, func(t *testing.T, _ tales, l *life) { l.r33() })
}

func (l *life) r33() {
	l.steps(func(i int, was, is *sla.Promise) {
		if !was.Breached.IsZero() {
			require.Equal(l.t, []any{was.Breached, was.Cause}, []any{is.Breached, is.Cause}, "%s", l)
		}
		require.True(l.t, len(is.Fired) >= len(was.Fired) && slices.Equal(was.Fired, is.Fired[:len(was.Fired)]), "nor is what fired\n%s", l)
	})
	for _, p := range l.last().Promises {
		times := map[string]int{}
		for i, f := range p.Fired {
			require.Equal(l.t, times[f.Level], f.Nth, "each once\n%s", l)
			times[f.Level]++
			require.False(l.t, i > 0 && f.At.Before(p.Fired[i-1].At), "in order\n%s", l)
			require.False(l.t, f.At.Before(p.Started) || f.At.After(p.Last), "%s", l)
		}
	}
}

// TestEachWayToTheSameWork: moment by moment, all at once, as of each instant, and
// in a register with its ticks. What was kept on the way stays as it was.
func TestEachWayToTheSameWork(t *testing.T) {
	throughLives(t, 60, 1, func(t *testing.T, r tales, l *life) {
		l.once()
		l.registered(r)
	})
}

func (l *life) once() {
	told := make([]sla.Moment, len(l.tale))
	for i, m := range l.tale {
		told[i] = sla.Moment{At: m.At, By: m.By, Recompute: m.Recompute, Facts: m.Facts.With(nil)}
	}
	var kept []string
	for i := range l.states {
		kept = append(kept, asJSON(l.t, l.states[i]))
	}
	all, err := l.book.Track(item(), l.tale...)
	require.NoError(l.t, err)
	require.Equal(l.t, *l.last(), all, "%s", l)
	for i, w := range l.states {
		if i+1 < len(l.states) && l.tale[i+1].At.Equal(l.tale[i].At) {
			continue
		}
		past, err := l.book.AsOf(&all, itsm.Normal(l.tale[i].At))
		require.NoError(l.t, err)
		require.Equal(l.t, w, past, "%s", l)
	}
	before, err := l.book.AsOf(&all, l.tale[0].At.Add(-time.Hour))
	require.NoError(l.t, err)
	require.Empty(l.t, before.Moments)
	for i := range l.states {
		_, err := l.book.Observe(&l.states[i], sla.Moment{At: l.last().Moments[len(l.tale)-1].At.Add(90 * time.Hour), Recompute: "another branch"})
		require.NoError(l.t, err, "%s", l)
	}
	for i := range l.states {
		require.Equal(l.t, kept[i], asJSON(l.t, l.states[i]), "a copy that was kept changed\n%s", l)
	}
	for i, m := range l.tale {
		require.True(l.t, m.At.Equal(told[i].At) && len(told[i].Facts.Changes(m.Facts)) == 0, "the story changed")
	}
}

// registered is the story by commands, with levels that fire in between.
func (l *life) registered(r tales) {
	process, err := sla.WorkProcess(func(string) *sla.Book { return l.book }, nil)
	require.NoError(l.t, err)
	var w sla.Work
	alarms := map[int]int{}
	fire := func(cmd itsm.Command[sla.Work], at time.Time, by itsm.Actor) {
		s := itsm.Stamp{At: at, By: by}
		if cmd == nil {
			cmd = sla.Reach{}
		}
		e, err := process.Lifecycle.Fire(&w, cmd, s)
		require.NoError(l.t, err, "%s", l)
		for _, a := range alarmsOf(e.Command) {
			alarms[a.Promise]++
		}
	}
	for i, m := range l.tale {
		by := itsm.Actor{ID: m.By, Tenant: "acme", Roles: []itsm.Role{sla.Recorder, sla.Manager}}
		switch {
		case i == 0:
			w.ID, w.Number = uuid.UUID{1}, "WRK1"
			fire(sla.Begin{Item: item(), Facts: m.Facts}, m.At, by)
		case m.Recompute != "" && w.State == sla.Settled:
			fire(sla.Observe{Facts: m.Facts}, m.At, by) // there is nothing to recompute
		case m.Recompute != "":
			fire(sla.Recompute{Reason: m.Recompute}, m.At, by)
		default:
			fire(sla.Observe{Facts: m.Facts}, m.At, by)
		}
		if i+1 < len(l.tale) {
			for range r.IntN(4) {
				next := w.Next()
				if !next.IsZero() && next.Before(l.tale[i+1].At) {
					at := next.Add(time.Duration(r.Int64N(int64(l.tale[i+1].At.Sub(next)))))
					fire(nil, itsm.Normal(at), itsm.System("acme"))
				}
			}
		}
	}
	require.Equal(l.t, l.last().Promises, w.Promises, "%s", l)
	for _, p := range w.Promises {
		require.Equal(l.t, len(p.Fired), alarms[p.ID], "an alarm for each level that fired\n%s", l)
	}
}

func alarmsOf(cmd any) []sla.Alarm {
	switch cmd := cmd.(type) {
	case sla.Begin:
		return cmd.Alarms
	case sla.Observe:
		return cmd.Alarms
	case sla.Recompute:
		return cmd.Alarms
	case sla.Reach:
		return cmd.Alarms
	}
	return nil
}

// TestEachPromiseIsExplainedAtEachTime: the intervals follow one another, and add
// up to what the clock shows.
func TestEachPromiseIsExplainedAtEachTime(t *testing.T) {
	throughLives(t, 25, 5, func(t *testing.T, r tales, l *life) { l.explained(r) })
}

func (l *life) explained(r tales) {
	w := l.last()
	for i := range w.Promises {
		p := &w.Promises[i]
		for range 3 {
			at := p.Started.Add(time.Duration(r.Int64N(int64(200 * time.Hour))))
			a, err := l.book.Explain(w, p.ID, at)
			require.NoError(l.t, err, "%s", l)
			require.Equal(l.t, l.clock(p).At(at), a.Reading, "%s", l)
			require.Equal(l.t, a.Reading.Elapsed, a.Total(sla.AsElapsed), "%s\n%s", a, l)
			require.Equal(l.t, a.Reading.Paused, a.Total(sla.AsPaused)+a.Total(sla.AsDone), "%s\n%s", a, l)
			from := p.Started
			for _, x := range a.Intervals {
				require.True(l.t, x.From.Equal(from) && x.To.After(x.From), "%s", a)
				from = x.To
			}
			require.NotEmpty(l.t, a.Choices)
			last := a.Choices[len(a.Choices)-1]
			require.Equal(l.t, p.Target, last.Candidates[0].Target, "%s", l)
		}
	}
}
