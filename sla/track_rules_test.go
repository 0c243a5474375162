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

// isSet holds while a flag of the work is true.
func isSet(name string) sla.Condition { return sla.Is(name, itsm.TruthValue(true)) }

// TestLevelsOfAClockThatCountsFromThePast: they fire when they were reached,
// whatever happened to the work since.
func TestLevelsOfAClockThatCountsFromThePast(t *testing.T) {
	version := ladder(sla.Level{Share: "25"}, sla.Level{Before: "5h"})
	version.Terms.Metrics = flags(func(m *sla.Metric) { m.Since = "opened" })
	for _, between := range []string{"", "23 12:00 bob: group net\n", "23 11:00 bob: group net\n23 12:00 bob: group app\n"} {
		w, _ := told(t, "23 09:00 ann: opened 23 09:00\n"+between+"23 13:00 ann: start", version)
		assert.Equal(t, []string{"L0 23 11:00", "L1 23 12:00"}, fired(only(t, w)), between)
	}
	w, _ := told(t, "23 09:00 ann: opened 23 09:00\n23 10:00 ann: pause\n23 11:00 ann: pause false\n23 13:00 ann: start", version)
	assert.Equal(t, []string{"L0 23 12:00", "L1 23 13:00"}, fired(only(t, w)), "an hour later for a pause of an hour")
}

// TestALevelThatRepeatedMoreOften: what fired four times under one target has fired
// under another, where a level of that name fires twice.
func TestALevelThatRepeatedMoreOften(t *testing.T) {
	version := ladder(sla.Level{Name: "late", Share: "25", Repeat: sla.Repeat{Every: "1h", Times: 3}})
	calm := sla.Target{Name: "calm", Metric: "flags", Within: "40h", When: sla.OneOf("group", "calm"),
		Levels: []sla.Level{{Name: "late", Share: "5", Repeat: sla.Repeat{Every: "1h", Times: 1}, Who: []string{"lead"}, What: "notify"}}}
	version.Terms.Targets = append(version.Terms.Targets, calm)
	w, _ := told(t, "23 09:00 ann: start\n24 09:00 bob: group calm\n24 12:00 bob: group app", version)
	p := only(t, w)
	assert.Equal(t, []string{"late 23 11:00", "late+1 23 12:00", "late+2 23 13:00", "late+3 23 14:00"}, fired(p))
	assert.Zero(t, p.Next)
}

// TestR25_AClockInAnothersPlaceFiresItsOwnLevels: those of the past when they were
// reached, also where its forerunner has fired one of that name, which stays fired.
func TestR25_AClockInAnothersPlaceFiresItsOwnLevels(t *testing.T) {
	old := ladder(sla.Level{Name: "half", Share: "50"})
	vip := agreement("B", flags(), sla.Target{Name: "vip", Metric: "flags", Within: "4h", When: isSet("vip"),
		Levels: []sla.Level{{Name: "half", Share: "50", Who: []string{"boss"}, What: "notify"}}})
	for then, levels := range map[string][]string{"vip": {"half 23 11:00"}, "recompute a mistake": {"half 23 13:00"}} {
		w, _ := told(t, "23 09:00 ann: start\n23 14:00 bob: "+then, old, vip)
		require.Len(t, w.Promises, 2, then)
		assert.Equal(t, []string{"half 23 13:00"}, fired(w.Promises[0]), then)
		assert.Equal(t, levels, fired(w.Promises[1]), then)
	}
}

// TestWhatIsClaimedAgainBeginsAnew: where a recompute finds no target nothing is
// promised, and the next claim counts from where it comes. Without a recompute what
// was promised stays promised.
func TestWhatIsClaimedAgainBeginsAnew(t *testing.T) {
	target := eightHours()
	target.When = isSet("vip")
	w, _ := told(t, "23 09:00 ann: start, vip\n23 11:00 bob: vip false\n23 12:00 mia: recompute no customer of ours\n23 15:00 mia: vip\n23 16:00 bob: group net",
		agreement("A", flags(), target))
	require.Len(t, w.Promises, 2)
	assert.Equal(t, []any{sla.Recomputed, 3 * time.Hour}, []any{w.Promises[0].Ending, w.Promises[0].Elapsed})
	assert.Equal(t, []any{at(t, "23 15:00"), time.Hour}, []any{w.Promises[1].Started, w.Promises[1].Elapsed})
}

// TestR25_WhatAnEarlierClockMeasuredIsNotCountedAgain: a clock that is taken anew,
// or by another agreement, counts from where the one that it replaces began if
// others had ended before that, whatever ended them.
func TestR25_WhatAnEarlierClockMeasuredIsNotCountedAgain(t *testing.T) {
	restart := func(m *sla.Metric) { m.Reopened = sla.Restart }
	other := agreement("B", flags(restart), sla.Target{Name: "vip", Metric: "flags", Within: "6h", When: isSet("vip")})
	for name, ended := range map[string]string{
		"reset":   "23 10:00 bob: pause\n23 11:00 bob: reset, pause false\n23 12:00 bob: reset false",
		"restart": "23 10:00 bob: stop\n23 11:00 bob: stop false",
		"cancel":  "23 10:00 bob: cancel\n23 11:00 bob: cancel false",
	} {
		for _, then := range []string{"recompute a mistake", "vip"} {
			w, b := told(t, "23 09:00 ann: start\n"+ended+"\n23 14:00 bob: pause\n23 15:00 ann: pause false\n23 16:00 mia: "+then, agreement("A", flags(restart), eightHours()), other)
			require.Len(t, w.Promises, 3, name)
			now := w.Promises[2]
			assert.Equal(t, at(t, "23 11:00"), now.Started, "%s, %s", name, then)
			assert.Equal(t, []time.Duration{4 * time.Hour, time.Hour}, []time.Duration{now.Elapsed, now.Paused}, "%s, %s", name, then)
			_, err := b.Explain(&w, 3, at(t, "23 17:00"))
			require.NoError(t, err)
		}
	}
}

// TestARecomputeIsNotUndone: what was taken anew under the agreements in force then
// does not go back, at the next moment, to one that had ended.
func TestARecomputeIsNotUndone(t *testing.T) {
	old := agreement("A", flags(), eightHours())
	old.Until = at(t, "23 12:00")
	now := agreement("B", flags(), sla.Target{Name: "24h", Metric: "flags", Within: "24h"})
	now.From = old.Until
	tale := "23 09:00 ann: start\n23 13:00 mia: recompute the contract was renewed"
	for _, more := range []string{"", "\n23 14:00 bob: group net", "\n23 14:00 bob: group net\n23 15:00 bob: group app"} {
		w, _ := told(t, tale+more, old, now)
		require.Len(t, w.Promises, 2, more)
		assert.Equal(t, "B", w.Promises[1].Agreement)
	}
	t.Run("another one that was in force then may take over", func(t *testing.T) {
		vip := agreement("C", flags(), sla.Target{Name: "vip", Metric: "flags", Within: "40h", When: isSet("vip")})
		vip.From = old.Until
		w, _ := told(t, tale+"\n23 14:00 bob: vip", old, now, vip)
		require.Len(t, w.Promises, 3)
		assert.Equal(t, "C", w.Promises[2].Agreement)
		assert.Equal(t, at(t, "23 09:00"), w.Promises[2].Started)
	})
}

// TestAReasonIsOneLine: a value of several lines that has a clock pause is given as
// the reason on one.
func TestAReasonIsOneLine(t *testing.T) {
	asked := flags(func(m *sla.Metric) { m.Pause = sla.Given("customer") })
	b, err := sla.NewBook(schema(), agreement("A", asked, eightHours()))
	require.NoError(t, err)
	tale := story(t, "23 09:00 ann: start")
	tale[0].Facts["customer"] = itsm.TextValue("acme\n\x7fnorth\t")
	w, err := b.Track(item(), tale...)
	require.NoError(t, err)
	assert.Equal(t, []any{sla.Paused, "customer acme  north "}, []any{only(t, w).Status, only(t, w).Reason})
}

// TestARecomputeHasALineAsReason, also while no clock lives.
func TestARecomputeHasALineAsReason(t *testing.T) {
	for _, tale := range []string{"23 09:00 ann: start", "23 09:00 ann: stop"} {
		w, b := told(t, tale, agreement("A", flags(), eightHours()))
		for _, reason := range []string{" ", "a\nb", "\xff"} {
			_, err := b.Observe(&w, sla.Moment{At: at(t, "23 10:00"), Recompute: reason})
			itsmtest.RequireField(t, err, "recompute")
		}
	}
}

// TestExplainGoesWithThePromise: it explains what the promise shows, also at an
// instant before its last moment, at which nothing happened to the clock.
func TestExplainGoesWithThePromise(t *testing.T) {
	w, b := told(t, "23 09:00 ann: start\n23 12:00 bob: group net", agreement("A", flags(), eightHours()))
	for _, when := range []string{"22 09:00", "23 10:00", "23 12:00"} {
		a, err := b.Explain(&w, 1, at(t, when))
		require.NoError(t, err)
		assert.Equal(t, 3*time.Hour, a.Total(sla.AsElapsed), when)
		assert.Equal(t, only(t, w).Elapsed, a.Reading.Elapsed, when)
	}
	_, err := b.Explain(&w, 1, time.Time{})
	itsmtest.RequireField(t, err, "at")
}

// TestAPauseForAnotherReason is told as such.
func TestAPauseForAnotherReason(t *testing.T) {
	held := flags(func(m *sla.Metric) { m.Pause = sla.Given("hold_reason") })
	w, b := told(t, "23 09:00 ann: start, hold_reason caller\n23 10:00 bob: hold_reason vendor\n23 12:00 bob: group net", agreement("A", held, eightHours()))
	assert.Equal(t, "hold_reason vendor", only(t, w).Reason)
	a, err := b.Explain(&w, 1, at(t, "23 12:00"))
	require.NoError(t, err)
	var reasons []string
	for _, i := range a.Intervals {
		reasons = append(reasons, i.Reason+" "+i.Duration().String()+" by "+i.By)
	}
	assert.Equal(t, []string{"hold_reason caller 1h0m0s by ann", "hold_reason vendor 2h0m0s by bob"}, reasons)
}
