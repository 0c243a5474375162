package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// ladder is a book with one target over all time, with such levels.
func provedLadder(t *testing.T, targets ...sla.Target) (*sla.Book, sla.Terms) {
	t.Helper()
	terms := sla.Terms{Targets: targets}
	b, err := sla.NewBook(desk(), sla.Version{Agreement: "A", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: at(t, "01 00:00"), Terms: terms})
	require.NoError(t, err)
	return b, terms
}

// randomLevels is a ladder of few different points, so that they meet.
func randomLevels(r *rand.Rand) []sla.Level {
	var list []sla.Level
	for i := range 1 + r.IntN(4) {
		l := level(fmt.Sprint("l", i))
		switch r.IntN(3) {
		case 0:
			l.Share = []string{"25", "50", "75", "100", "150"}[r.IntN(5)]
		case 1:
			l.Before = fmt.Sprintf("%dh", 1+r.IntN(5))
		case 2:
			l.After = fmt.Sprintf("%dh", r.IntN(3))
			if l.After == "0h" {
				l.After = "0s"
			}
		}
		if r.IntN(3) == 0 {
			l.Repeat = sla.Repeat{Every: fmt.Sprintf("%dm", 30*(1+r.IntN(4))), Times: 1 + r.IntN(4)}
		}
		list = append(list, l)
	}
	return list
}

// TestProveLevelsNaive compares what is proved of ladders with how they fire for a
// clock that runs on.
func TestProveLevelsNaive(t *testing.T) {
	t.Parallel()
	times := make(map[sla.DefectKind]int)
	for round := range 500 {
		r := rand.New(rand.NewPCG(uint64(round), 12))
		b, terms := provedLadder(t, sla.Target{Name: "t", Metric: sla.Resolution, Within: "4h", Levels: randomLevels(r)})
		start := at(t, "02 09:00")
		w, err := b.Track(itsm.Ref{Kind: "incident", ID: "1"},
			sla.Moment{At: start, Facts: sla.Facts{"phase": phase(itsm.Open)}},
			sla.Moment{At: start.AddDate(0, 0, 20), Facts: sla.Facts{"phase": phase(itsm.Done)}})
		require.NoError(t, err)
		fired := w.Promises[0].Fired
		require.Len(t, fired, terms.MostFirings(sla.Resolution))
		require.Len(t, fired, terms.Targets[0].MostFirings())

		var want []string
		note := func(k sla.DefectKind, level, other string) {
			want = append(want, fmt.Sprint(k, " ", level, " ", other))
			times[k]++
		}
		levels := terms.Targets[0].Levels
		first := make([]time.Duration, len(levels))
		last := make([]time.Duration, len(levels))
		for i, l := range levels {
			for _, f := range fired {
				if f.Level == l.Name && f.Nth == 0 {
					first[i] = f.At.Sub(start)
				}
				if f.Level == l.Name {
					last[i] = f.At.Sub(start)
				}
			}
			if l.Before == "5h" { // it fires at the start, and would have an hour before
				first[i] -= time.Hour
				note(sla.TooEarly, l.Name, "")
			}
		}
		for i, l := range levels {
			if j := slices.Index(first[:i], first[i]); j >= 0 {
				note(sla.SamePoint, l.Name, levels[j].Name)
			}
			if j := slices.IndexFunc(first[:i], func(o time.Duration) bool { return o > first[i] }); j >= 0 {
				note(sla.OutOfOrder, l.Name, levels[j].Name)
			}
			next := -1
			for j := range levels {
				if first[j] > first[i] && first[j] < last[i] && (next < 0 || first[j] < first[next]) {
					next = j
				}
			}
			if next >= 0 {
				note(sla.RepeatsPast, l.Name, levels[next].Name)
			}
		}
		var got []string
		found, err := terms.Prove(desk())
		require.NoError(t, err)
		for _, d := range found {
			if d.Level != "" {
				got = append(got, fmt.Sprint(d.Kind, " ", d.Level, " ", d.Other))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got, "%+v", levels)
	}
	assert.Len(t, times, 4)
}

// TestProveLevelsDepends has ladders of which nothing is said, as it depends on when
// the clock begins, and some of which something is all the same.
func TestProveLevelsDepends(t *testing.T) {
	t.Parallel()
	before, after, share, wall := level("before"), level("after"), level("share"), level("wall")
	before.Before, after.After, share.Share = "100h", "0s", "100"
	wall.After, wall.Wall = "0s", true
	early := before
	early.Name, early.Wall = "early", true
	office := map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}}
	cases := []struct {
		name   string
		target sla.Target
		want   []string
	}{
		{"a deadline", sla.Target{By: sla.Deadline{Days: 1, At: "16:00"}, Levels: []sla.Level{before, after}}, nil},
		{"a deadline in order", sla.Target{By: sla.Deadline{Field: "due"}, Levels: []sla.Level{after, before}}, []string{"out of order before after"}},
		{"due three times", sla.Target{By: sla.Deadline{Field: "due"}, Levels: []sla.Level{after, share, wall}}, []string{"same point share after", "same point wall after"}},
		{"due three times, of a time", sla.Target{Within: "4h", Levels: []sla.Level{wall, share, after}}, []string{"same point after wall", "same point share wall"}},
		{"wall time of a calendar", sla.Target{Within: "4h", Calendar: "office", Levels: []sla.Level{early}}, nil},
		{"wall time of all time", sla.Target{Within: "4h", Levels: []sla.Level{early}}, []string{"too early early "}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.target.Name, c.target.Metric = "t", sla.Resolution
			terms := sla.Terms{Calendars: office, Targets: []sla.Target{c.target}}
			found, err := terms.Prove(desk())
			require.NoError(t, err)
			var got []string
			for _, d := range found {
				if d.Level != "" {
					got = append(got, fmt.Sprint(d.Kind, " ", d.Level, " ", d.Other))
				}
			}
			slices.Sort(got)
			assert.Equal(t, c.want, got)
		})
	}
}

// TestProveNeverReached: no level fires for work that pauses all the time, whatever
// becomes of it.
func TestProveNeverReached(t *testing.T) {
	t.Parallel()
	terms := sane()
	terms.Services = nil
	m := metric(&terms, sla.Resolution)
	m.Pause = sla.Not(sla.OneOf("phase", itsm.Done))
	found, err := terms.Prove(desk())
	require.NoError(t, err)
	require.True(t, hasDefect(found, sla.Defect{Kind: sla.NeverReached, Metric: sla.Resolution, Target: "P1", Level: "warn"}))
	b, err := sla.NewBook(desk(), sla.Version{Agreement: "A", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: at(t, "01 00:00"), Terms: terms})
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(5, 6))
	paused := 0
	for range 300 {
		var moments []sla.Moment
		now := at(t, "02 09:00")
		for range 8 {
			now = now.Add(time.Duration(r.IntN(40)) * time.Hour)
			moment := sla.Moment{At: now, Facts: sla.Facts{"phase": phase(itsm.Phases()[r.IntN(5)]), "priority": priority(1 + r.Int64N(4))}}
			if r.IntN(6) == 0 {
				moment.Recompute = "to see"
			}
			moments = append(moments, moment)
		}
		w, err := b.Track(itsm.Ref{Kind: "incident", ID: "1"}, moments...)
		require.NoError(t, err)
		for _, p := range w.Promises {
			if p.Metric == sla.Resolution {
				require.Empty(t, p.Fired)
				paused += int(min(p.Paused, 1))
			}
		}
	}
	assert.NotZero(t, paused)
}

// TestProveReachedBefore: where clocks may begin in the past, the time before the
// first event counts, so that levels are reached although clocks pause ever since.
func TestProveReachedBefore(t *testing.T) {
	t.Parallel()
	terms := sane()
	terms.Services, terms.Calendar = nil, ""
	m := metric(&terms, sla.Resolution)
	m.Pause, m.Since = sla.Not(sla.OneOf("phase", itsm.Done)), "opened"
	found, err := terms.Prove(desk())
	require.NoError(t, err)
	require.False(t, slices.ContainsFunc(found, func(d sla.Defect) bool { return d.Kind == sla.NeverReached }))
	b, err := sla.NewBook(desk(), sla.Version{Agreement: "A", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: at(t, "01 00:00"), Terms: terms})
	require.NoError(t, err)
	w, err := b.Track(item(), story(t, `
		03 09:00 ann: opened 02 09:00, phase done, priority 1
		04 09:00 ann: phase open`)...)
	require.NoError(t, err)
	i := slices.IndexFunc(w.Promises, func(p sla.Promise) bool { return p.Target == "P1" })
	require.GreaterOrEqual(t, i, 0)
	assert.NotEmpty(t, w.Promises[i].Fired)
}

// TestLadderEndsAcrossTargets: a level that repeated at one target has fired often
// enough for another one at which it does so less.
func TestLadderEndsAcrossTargets(t *testing.T) {
	t.Parallel()
	often, once := level("warn"), level("warn")
	often.Share, often.Repeat = "25", sla.Repeat{Every: "1h", Times: 3}
	once.Share = "25"
	b, terms := provedLadder(t,
		sla.Target{Name: "often", Metric: sla.Resolution, When: sla.Is("priority", priority(1)), Within: "4h", Levels: []sla.Level{often}},
		sla.Target{Name: "once", Metric: sla.Resolution, When: sla.Is("priority", priority(2)), Within: "4h", Levels: []sla.Level{once}})
	w, err := b.Track(item(), story(t, `
		02 09:00 ann: phase open, priority 1
		02 12:30 ann: priority 2
		03 12:30 ann: priority 1`)...)
	require.NoError(t, err)
	assert.Len(t, w.Promises[0].Fired, 4)
	assert.Equal(t, 4, terms.MostFirings(sla.Resolution))
	assert.Zero(t, terms.MostFirings(sla.Response))
}
