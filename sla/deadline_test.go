package sla_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

func byDeadline(d sla.Deadline) sla.Target {
	return sla.Target{Name: "deadline", Metric: "flags", By: d}
}

func TestDeadlineAtATimeOfDay(t *testing.T) {
	for _, c := range []struct {
		start    string
		deadline sla.Deadline
		calendar string
		due      string
	}{
		{"23 10:00", sla.Deadline{Days: 1, At: "16:00"}, "", "24 16:00"},
		{"27 10:00", sla.Deadline{Days: 1, At: "16:00"}, "", "30 16:00"},       // over the weekend
		{"28 10:00", sla.Deadline{Days: 1, At: "16:00"}, "", "30 16:00"},       // from a Saturday
		{"27 10:00", sla.Deadline{Days: 1, At: "16:00"}, "always", "28 16:00"}, // every day is a business day
		{"23 10:00", sla.Deadline{Days: 0, At: "16:00"}, "", "23 16:00"},
		{"23 16:30", sla.Deadline{Days: 0, At: "16:00"}, "", "23 16:30"}, // past already: at the start
		{"23 10:00", sla.Deadline{Days: 1, At: "20:00"}, "", "24 17:00"}, // the office closes before
		{"23 10:00", sla.Deadline{Days: 1, At: "24:00"}, "always", "25 00:00"},
	} {
		target := byDeadline(c.deadline)
		target.Calendar = c.calendar
		w, b := told(t, c.start+" ann: start", agreement("A", flags(), target))
		assert.Equal(t, at(t, c.due), read(t, b, only(t, w), c.start).Due, "%+v", c)
	}
}

// TestDeadlineWithPauses: what has no fixed time is moved by pauses all the same.
func TestDeadlineWithPauses(t *testing.T) {
	w, b := told(t, `
		23 10:00 ann: start
		23 11:00 bob: pause
		23 15:00 ann: pause false`, agreement("A", flags(), byDeadline(sla.Deadline{Days: 1, At: "16:00"})))
	p := only(t, w)
	assert.Equal(t, 14*time.Hour, p.Goal, "seven hours each day")
	assert.Equal(t, at(t, "25 12:00"), read(t, b, p, "23 15:00").Due, "four hours later")
	w, _ = told(t, `
		23 10:00 ann: start
		23 11:00 bob: pause
		23 15:00 ann: pause false
		25 12:00 bob: stop`, agreement("A", flags(), byDeadline(sla.Deadline{Days: 1, At: "16:00"})))
	assert.True(t, only(t, w).IsMet())
}

func TestDeadlineInAField(t *testing.T) {
	version := agreement("A", flags(), byDeadline(sla.Deadline{Field: "due"}))
	w, b := told(t, "23 10:00 ann: start, due 25 12:00", version)
	assert.Equal(t, at(t, "25 12:00"), read(t, b, only(t, w), "23 11:00").Due)

	t.Run("without a value nothing is promised yet", func(t *testing.T) {
		w, b := told(t, "23 10:00 ann: start\n23 12:00 bob: due 24 10:00", version)
		p := only(t, w)
		assert.Equal(t, at(t, "23 12:00"), p.Started)
		assert.Equal(t, at(t, "24 10:00"), read(t, b, p, "23 12:00").Due)
	})
	t.Run("another date is another goal, by what has elapsed", func(t *testing.T) {
		w, b := told(t, `
			23 10:00 ann: start, due 25 12:00
			23 11:00 bob: pause
			23 13:00 ann: pause false
			23 14:00 bob: due 24 12:00`, version)
		p := only(t, w)
		assert.Equal(t, at(t, "24 14:00"), read(t, b, p, "23 14:00").Due, "two hours were paused")
	})
	t.Run("one that is exceeded already is a breach then", func(t *testing.T) {
		w, _ := told(t, "23 10:00 ann: start, due 25 12:00\n24 10:00 bob: due 23 12:00", version)
		p := only(t, w)
		assert.Equal(t, sla.Tightened, p.Cause)
		assert.Equal(t, at(t, "24 10:00"), p.Breached)
	})
	t.Run("no date any more leaves the goal", func(t *testing.T) {
		w, _ := told(t, "23 10:00 ann: start, due 23 12:00\n23 11:00 bob: -due", version)
		assert.Equal(t, 2*time.Hour, only(t, w).Goal)
	})
	t.Run("past when it started: due at the start", func(t *testing.T) {
		w, b := told(t, "23 10:00 ann: start, due 20 12:00", version)
		p := only(t, w)
		assert.Equal(t, at(t, "23 10:00"), read(t, b, p, "23 10:00").Due)
		assert.True(t, read(t, b, p, "23 10:01").Breached)
		w, _ = told(t, "23 10:00 ann: start, due 20 12:00\n23 10:00 bob: stop", version)
		require.True(t, only(t, w).IsMet())
	})
}
