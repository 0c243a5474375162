package sla

import (
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
)

// Clock measures one piece of work: how much of the time that counts has passed,
// and of how much. [NewClock] starts one. It is a value: each event gives the clock
// after it and leaves the one before as it is, so a clock is the fold of its events
// (see [Fold]) and may be written as JSON.
//
// Events come in the order of their times; one before the last event, and one that
// does not go with the clock's status, is an error, *[itsm.FieldError], and comes
// back with the clock unchanged.
type Clock struct {
	// Calendar says which time counts. Nil: all of it.
	Calendar *Calendar `json:"calendar,omitzero"`

	State
}

// State is all of a clock but its calendar: what is kept of one where the calendar
// is kept elsewhere, as a [Promise] does.
type State struct {
	// Goal is the time allowed.
	Goal time.Duration `json:"goal"` // nanoseconds

	Started time.Time `json:"started"`

	// Last is the time of the last event. Elapsed and Paused are as they were then,
	// both in the time of the calendar: they add up to all business time since the
	// start, the time from a stop to a reopening among the paused.
	Last    time.Time     `json:"last"`
	Elapsed time.Duration `json:"elapsed"`
	Paused  time.Duration `json:"paused"`

	Status Status `json:"status"`
	Reason string `json:"reason,omitzero"` // of the pause that lasts, or of the cancellation

	// Reached is since when Elapsed has been at the goal or above it, whichever goal
	// was in force: a longer goal that is exceeded already leaves it where an earlier
	// one was reached, since the clock was breached then and no goal takes that back.
	// Breached is when a goal was first exceeded: the due time that
	// passed, or the time of the new goal that was exceeded already; Cause says which.
	// It is never taken back (R33).
	Reached  time.Time `json:"reached,omitzero"`
	Breached time.Time `json:"breached,omitzero"`
	Cause    Cause     `json:"cause,omitzero"`
}

// Status says what a clock does.
type Status string

// What a clock does.
const (
	Running   Status = "running"   // counts
	Paused    Status = "paused"    // waits for somebody or something else
	Stopped   Status = "stopped"   // the work is done; may be reopened
	Cancelled Status = "cancelled" // there is nothing to measure any more
)

// Statuses lists every status.
func Statuses() []Status { return []Status{Running, Paused, Stopped, Cancelled} }

// IsLive reports whether the clock runs or pauses: whether it is neither stopped
// nor cancelled.
func (s Status) IsLive() bool { return s == Running || s == Paused }

// Cause says how a goal came to be exceeded.
type Cause string

// The causes of a breach.
const (
	TooLate   Cause = "too late"  // time passed
	Tightened Cause = "tightened" // a new goal was exceeded already when it came
)

// Causes lists every cause.
func Causes() []Cause { return []Cause{TooLate, Tightened} }

// Reading is what a clock shows at an instant.
type Reading struct {
	Status    Status        `json:"status"`
	Elapsed   time.Duration `json:"elapsed"`
	Paused    time.Duration `json:"paused"`
	Remaining time.Duration `json:"remaining"` // negative once the goal is exceeded

	// Due is the earliest instant at which Elapsed reaches the goal if no further
	// pause comes (R24), or since when it has: [State].Reached. While the clock is
	// paused, it is as if the work went on right now; of one that is stopped or
	// cancelled, as if it had gone on then. It is in the location of the instant
	// asked about.
	Due time.Time `json:"due"`

	Breached bool `json:"breached"` // the goal was exceeded, now or once
}

// Met reports whether the work was done within its goal, to the nanosecond.
func (r Reading) Met() bool { return r.Status == Stopped && !r.Breached }

// NewClock starts a clock: so much time of a calendar is allowed from an instant
// on. A nil calendar counts all time.
func NewClock(at time.Time, goal time.Duration, c *Calendar) (Clock, error) {
	return Fold(Event{At: at, Do: Start, Goal: goal, Calendar: c})
}

// Pause stops counting until [Clock.Resume], for a reason; given again, it changes
// the reason.
func (c Clock) Pause(at time.Time, reason string) (Clock, error) {
	return c.After(Event{At: at, Do: Pause, Reason: reason})
}

// Resume ends a pause.
func (c Clock) Resume(at time.Time) (Clock, error) { return c.After(Event{At: at, Do: Resume}) }

// Stop says that the work is done. It ends a pause.
func (c Clock) Stop(at time.Time) (Clock, error) { return c.After(Event{At: at, Do: Stop}) }

// Cancel says that there is nothing to measure any more, and why.
func (c Clock) Cancel(at time.Time, reason string) (Clock, error) {
	return c.After(Event{At: at, Do: Cancel, Reason: reason})
}

// Reopen goes on with a stopped clock: the time since then counts as paused, and
// the next stop decides.
func (c Clock) Reopen(at time.Time) (Clock, error) { return c.After(Event{At: at, Do: Reopen}) }

// Retarget measures against another goal, and counts by another calendar, from an
// instant on, as after a change of priority. What has elapsed and what was paused
// stays as it is (R26). If more has elapsed than the new goal allows, the clock is
// breached now; a breach that was before stays (R33).
func (c Clock) Retarget(at time.Time, goal time.Duration, calendar *Calendar) (Clock, error) {
	return c.After(Event{At: at, Do: Retarget, Goal: goal, Calendar: calendar})
}

// At reads the clock. It looks forward from its last event: an earlier instant
// shows what that one shows, so that nothing that has been measured is taken back.
// One that is stopped or cancelled shows what it showed then.
func (c Clock) At(t time.Time) Reading {
	c.forward(t)
	return c.reading(t.Location())
}

// forward counts the time until an instant, if there is any to count.
func (c *Clock) forward(t time.Time) {
	if c.Status.IsLive() && t.After(c.Last) {
		c.advance(t)
	}
}

// reading is what the clock shows as of its last event.
func (c *Clock) reading(loc *time.Location) Reading {
	return Reading{
		Status:    c.Status,
		Elapsed:   c.Elapsed,
		Paused:    c.Paused,
		Remaining: c.Goal - c.Elapsed, // neither is negative
		Due:       c.due().In(loc),
		Breached:  !c.Breached.IsZero(),
	}
}

// due is when the goal is or was reached, from the last event on.
func (c *Clock) due() time.Time {
	if !c.Reached.IsZero() {
		return c.Reached
	}
	return c.Calendar.Add(c.Last, c.Goal-c.Elapsed)
}

// advance counts the time since the last event.
func (c *Clock) advance(at time.Time) { c.count(at, c.Calendar.Between(c.Last, at)) }

// count adds the business time from the last event to an instant. What a stopped
// clock counts is paused.
func (c *Clock) count(at time.Time, spent time.Duration) {
	if c.Status != Running {
		c.Paused = saturated(c.Paused, spent)
		c.Last = at
		return
	}
	left := c.Goal - c.Elapsed
	if c.Reached.IsZero() && spent >= left {
		c.Reached = c.Calendar.Add(c.Last, left)
	}
	c.Elapsed = saturated(c.Elapsed, spent)
	if c.Elapsed > c.Goal && c.Breached.IsZero() {
		c.Breached, c.Cause = c.Reached, TooLate
	}
	c.Last = at
}

// retarget takes another goal and calendar.
func (c *Clock) retarget(goal time.Duration, calendar *Calendar) {
	c.Goal, c.Calendar = goal, calendar
	switch {
	case c.Elapsed < goal:
		c.Reached = time.Time{}
	case c.Reached.IsZero():
		c.Reached = c.Last
	}
	if c.Elapsed > goal && c.Breached.IsZero() {
		c.Breached, c.Cause = c.Last, Tightened
	}
}

// check refuses an event that the clock cannot follow.
func (c *Clock) check(e *Event) error {
	if c.Started.IsZero() {
		return &itsm.FieldError{Field: "clock", Problem: "has not been started; start it first"}
	}
	if e.At.Before(c.Last) {
		return &itsm.FieldError{Field: "at", Problem: fmt.Sprintf("%s is before the clock's last event at %s",
			e.At.Format(time.RFC3339Nano), c.Last.Format(time.RFC3339Nano))}
	}
	problem := ""
	switch e.Do {
	case Pause, Stop, Cancel, Retarget:
		if !c.Status.IsLive() {
			problem = fmt.Sprintf("is %s; only a clock that runs or pauses takes a %s", c.Status, e.Do)
		}
	case Resume:
		if c.Status != Paused {
			problem = fmt.Sprintf("is %s; there is nothing to resume", c.Status)
		}
	case Reopen:
		if c.Status != Stopped {
			problem = fmt.Sprintf("is %s; there is nothing to reopen", c.Status)
		}
	}
	if problem != "" {
		return &itsm.FieldError{Field: "clock", Problem: problem}
	}
	return nil
}
