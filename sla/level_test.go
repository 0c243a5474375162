package sla_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

func ladder(levels ...sla.Level) sla.Version {
	target := eightHours()
	for i := range levels {
		levels[i].Who, levels[i].What = []string{"lead"}, "notify"
		if levels[i].Name == "" {
			levels[i].Name = fmt.Sprintf("L%d", i)
		}
	}
	target.Levels = levels
	return agreement("A", flags(), target)
}

// fired is what a promise's levels did: "L0 23 15:00".
func fired(p sla.Promise) []string {
	var list []string
	for _, f := range p.Fired {
		text := f.Level
		if f.Nth > 0 {
			text += fmt.Sprintf("+%d", f.Nth)
		}
		list = append(list, text+" "+f.At.Format("02 15:04"))
	}
	return list
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name   string
		level  sla.Level
		tale   string
		fired  []string
		next   string
		repeat sla.Repeat
	}{
		{name: "a share", level: sla.Level{Share: "75"}, tale: "23 15:00 bob: group a", fired: []string{"L0 23 15:00"}},
		{name: "not before", level: sla.Level{Share: "75"}, tale: "23 14:59 bob: group a", next: "23 15:00"},
		{name: "a share above all", level: sla.Level{Share: "150"}, tale: "23 10:00 bob: group a", next: "24 13:00"},
		{name: "a pause holds it up", level: sla.Level{Share: "75"}, tale: "23 10:00 bob: pause\n23 11:00 bob: pause false", next: "23 16:00"},
		{name: "while it pauses none is due", level: sla.Level{Share: "75"}, tale: "23 10:00 bob: pause\n24 16:00 bob: group a"},
		{name: "before", level: sla.Level{Before: "2h"}, tale: "23 10:00 bob: group a", next: "23 15:00"},
		{name: "when due", level: sla.Level{After: "0s"}, tale: "23 10:00 bob: group a", next: "23 17:00"},
		{name: "after, in business time", level: sla.Level{After: "1h"}, tale: "24 08:00 bob: group a", next: "24 10:00"},
		{name: "after, in wall time", level: sla.Level{After: "1h", Wall: true}, tale: "24 08:00 bob: group a", fired: []string{"L0 23 18:00"}},
		{name: "after, in wall time, paused since", level: sla.Level{After: "20h", Wall: true}, tale: "24 10:00 bob: pause", next: "24 13:00"},
		{name: "before, in wall time", level: sla.Level{Before: "1h", Wall: true}, tale: "23 10:00 bob: group a", next: "23 16:00"},
		{name: "repeated", level: sla.Level{After: "0s", Repeat: sla.Repeat{Every: "1h", Times: 2}}, tale: "24 10:00 bob: group a",
			fired: []string{"L0 23 17:00", "L0+1 24 10:00"}, next: "24 11:00"},
		{name: "to the end", level: sla.Level{After: "0s", Repeat: sla.Repeat{Every: "1h", Times: 2}}, tale: "27 10:00 bob: group a",
			fired: []string{"L0 23 17:00", "L0+1 24 10:00", "L0+2 24 11:00"}},
		{name: "what stops fires no more", level: sla.Level{Share: "75"}, tale: "23 14:00 bob: stop"},
		{name: "what stops then has reached it", level: sla.Level{Share: "75"}, tale: "23 15:00 bob: stop", fired: []string{"L0 23 15:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := told(t, "23 09:00 ann: start\n"+c.tale, ladder(c.level))
			p := only(t, w)
			assert.Equal(t, c.fired, fired(p))
			if c.next == "" {
				assert.Zero(t, p.Next)
			} else {
				assert.Equal(t, at(t, c.next), p.Next)
			}
			assert.Equal(t, p.Next, w.Next())
		})
	}
}

func TestLevelsFireInTheOrderOfTheirInstants(t *testing.T) {
	w, _ := told(t, "23 09:00 ann: start\n27 12:00 bob: stop", ladder(
		sla.Level{Name: "late", After: "1h"}, sla.Level{Name: "half", Share: "50"},
		sla.Level{Name: "same", Share: "50"}, sla.Level{Name: "evening", After: "2h", Wall: true}))
	assert.Equal(t, []string{"half 23 13:00", "same 23 13:00", "evening 23 19:00", "late 24 10:00"}, fired(only(t, w)))
}

// TestALevelFiresOnceForAClock: whatever targets the clock gets.
func TestALevelFiresOnceForAClock(t *testing.T) {
	one, two := byPriority(1, "4h"), byPriority(2, "8h")
	level := []sla.Level{{Name: "warn", Share: "50", Who: []string{"lead"}, What: "notify"}}
	one.Levels, two.Levels = level, level
	w, _ := told(t, `
		23 09:00 ann: phase open, priority 1
		23 11:30 bob: priority 2
		23 14:00 bob: priority 1
		23 15:00 bob: phase done
		23 16:00 bob: phase active
		24 12:00 bob: phase done`, agreement("A", nil, one, two))
	assert.Equal(t, []string{"warn 23 11:00"}, fired(only(t, w)))

	t.Run("a tighter target may have reached it already", func(t *testing.T) {
		w, _ := told(t, "23 09:00 ann: phase open, priority 2\n23 12:00 bob: priority 1", agreement("A", nil, one, two))
		assert.Equal(t, []string{"warn 23 12:00"}, fired(only(t, w)), "when it comes, not before")
		assert.Equal(t, "P1", only(t, w).Fired[0].Target)
	})
}

func TestShareIsExact(t *testing.T) {
	target := eightHours()
	target.Within = "1s"
	target.Levels = []sla.Level{{Name: "third", Share: "33.3333333", Who: []string{"lead"}, What: "notify"}}
	w, _ := told(t, "23 09:00 ann: start", agreement("A", flags(), target))
	assert.Equal(t, 333334*time.Microsecond, only(t, w).Next.Sub(at(t, "23 09:00")), "the first microsecond by which it is reached")
	require.Empty(t, only(t, w).Fired)
}
