package itsm

import (
	"slices"
	"time"
)

// Calendar counts business time. *sla.Calendar is one.
type Calendar interface {
	Add(t time.Time, d time.Duration) time.Time // the instant at which d of business time after t has elapsed
	AddDays(t time.Time, n int) time.Time       // n business days after t
}

// Wait is how long a time-driven rule waits: so many days, then so much time,
// both in the calendar's terms. Without a calendar they are days of 24 hours and
// elapsed time.
type Wait struct {
	Days     int
	Time     time.Duration
	Calendar Calendar
}

// IsZero reports whether there is nothing to wait for, in whatever calendar.
func (w Wait) IsZero() bool { return w.Days == 0 && w.Time == 0 }

// After is the instant at which the wait that begins at t is over.
func (w Wait) After(t time.Time) time.Time {
	if w.Calendar == nil {
		return t.UTC().AddDate(0, 0, w.Days).Add(w.Time) // in UTC every day has 24 hours
	}
	if w.Days != 0 {
		t = w.Calendar.AddDays(t, w.Days)
	}
	if w.Time != 0 {
		t = w.Calendar.Add(t, w.Time)
	}
	return t
}

// longestWait is far beyond any sensible one and far from what overflows.
const longestWait = 100 * 365 // days

// Check asks for a wait of more than none and at most a hundred years, naming the
// field.
func (w Wait) Check(field string) error {
	switch {
	case w.Days < 0 || w.Time < 0:
		return &FieldError{field, "is negative"}
	case w.IsZero():
		return &FieldError{field, "is zero; give days or time"}
	case w.Days > longestWait || w.Time > longestWait*24*time.Hour:
		return &FieldError{field, "is longer than a hundred years"}
	}
	return nil
}

// Timer is a time-driven rule: while a record is in one of the states, and once
// the wait since an instant of the record is over, the system gives a command.
type Timer[R any] struct {
	Name    string
	In      []State
	Since   func(*R) time.Time // what the wait counts from; the zero time: the timer does not run
	Wait    Wait
	Command Command[R]
}

// Due says when a time-driven rule of a record fires, and with which command.
type Due[R any] struct {
	Timer   string
	At      time.Time
	Command Command[R]
}

// Due lists the timers that run for r, the earliest first, equals as declared.
// An instant may lie in the past. Nothing runs for a nil record.
func (lc *Lifecycle[R]) Due(r *R) []Due[R] {
	if r == nil {
		return nil
	}
	var due []Due[R]
	state := head(r).State
	for i := range lc.def.Timers {
		timer := &lc.def.Timers[i]
		if !slices.Contains(timer.In, state) {
			continue
		}
		if since := timer.Since(r); !since.IsZero() {
			due = append(due, Due[R]{timer.Name, Normal(timer.Wait.After(since)), timer.Command})
		}
	}
	slices.SortStableFunc(due, func(a, b Due[R]) int { return a.At.Compare(b.At) })
	return due
}
