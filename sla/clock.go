package sla

import (
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
)

// Clock measures one piece of work against a [Target]. [Target.Start] makes one.
// It is a value: each event gives the clock after it and leaves the one before as
// it is, so a clock is the fold of its events and may be written as JSON.
//
// Events come in the order of their times; one before the last event, and one that
// does not go with the clock's status, is an error, *[itsm.FieldError], and comes
// back with the clock unchanged.
type Clock struct {
	Target  Target    `json:"target"`
	Started time.Time `json:"started"`

	// Last is the time of the last event. Elapsed and Paused are as they were then,
	// both in the time of the calendar: they add up to all business time since the
	// start.
	Last    time.Time     `json:"last"`
	Elapsed time.Duration `json:"elapsed"`
	Paused  time.Duration `json:"paused"`

	Hold    string `json:"hold,omitzero"` // the reason of the hold that lasts, if one does
	Stopped bool   `json:"stopped,omitzero"`

	// Reached is when Elapsed reached the goal, and Breached when that was first
	// exceeded: the due time that passed, or the time of the new target that was
	// exceeded already. Breached is never taken back (R33).
	Reached  time.Time `json:"reached,omitzero"`
	Breached time.Time `json:"breached,omitzero"`
}

// Status says what a clock does.
type Status string

// What a clock does.
const (
	Running Status = "running" // counts
	Paused  Status = "paused"  // on hold for a reason that stops it
	Stopped Status = "stopped" // the work is done
)

// Statuses lists every status.
func Statuses() []Status { return []Status{Running, Paused, Stopped} }

// Reading is what a clock shows at an instant.
type Reading struct {
	Status    Status        `json:"status"`
	Elapsed   time.Duration `json:"elapsed"`
	Paused    time.Duration `json:"paused"`
	Remaining time.Duration `json:"remaining"` // negative once the goal is exceeded

	// Due is the earliest instant at which Elapsed reaches the goal if no further
	// pause comes, or at which it did (R24). While the clock is paused, it is as if
	// the work went on right now. It is in the location of the instant asked about.
	Due time.Time `json:"due"`

	Breached bool `json:"breached"` // the goal was exceeded, now or once
}

// Met reports whether the work was done within its goal, to the nanosecond.
func (r Reading) Met() bool { return r.Status == Stopped && !r.Breached }

// Start starts a clock. The target is checked and copied.
func (t Target) Start(at time.Time) (Clock, error) {
	if err := t.Check(); err != nil {
		return Clock{}, err
	}
	if err := itsm.CheckTime("at", at); err != nil {
		return Clock{}, err
	}
	at = at.Round(0) // no monotonic reading
	return Clock{Target: t.own(), Started: at, Last: at}, nil
}

// Pause puts the work on hold for a reason, or changes the reason. The clock
// pauses if its target names the reason; otherwise it runs on, and remembers it in
// case the target changes.
func (c Clock) Pause(at time.Time, reason string) (Clock, error) {
	if err := itsm.CheckLine("reason", reason); err != nil {
		return c, err
	}
	next, err := c.live(at, "paused")
	if err != nil {
		return c, err
	}
	next.Hold = reason
	return next, nil
}

// Resume ends the hold.
func (c Clock) Resume(at time.Time) (Clock, error) {
	if c.Hold == "" && !c.Stopped {
		return c, &itsm.FieldError{Field: "clock", Problem: "is not on hold; there is nothing to resume"}
	}
	next, err := c.live(at, "resumed")
	if err != nil {
		return c, err
	}
	next.Hold = ""
	return next, nil
}

// Stop says that the work is done. It ends a hold.
func (c Clock) Stop(at time.Time) (Clock, error) {
	next, err := c.live(at, "stopped again")
	if err != nil {
		return c, err
	}
	next.Hold, next.Stopped = "", true
	return next, nil
}

// Reopen goes on with a stopped clock: the time since then counts as paused, and
// the next stop decides.
func (c Clock) Reopen(at time.Time) (Clock, error) {
	if !c.Stopped {
		return c, &itsm.FieldError{Field: "clock", Problem: "is not stopped; there is nothing to reopen"}
	}
	if err := c.check(at); err != nil {
		return c, err
	}
	next := c.advance(at.Round(0))
	next.Stopped = false
	return next, nil
}

// Retarget measures against another target for the same metric from an instant on,
// as after a change of priority. What has elapsed and what was paused stays as it
// is (R26). If more has elapsed than the new goal allows, the clock is breached
// now; a breach that was before stays (R33).
func (c Clock) Retarget(at time.Time, t Target) (Clock, error) {
	if err := t.Check(); err != nil {
		return c, err
	}
	if t.Metric != c.Target.Metric {
		return c, &itsm.FieldError{Field: "metric", Problem: fmt.Sprintf("is %s; this clock measures %s", quoted(t.Metric), quoted(c.Target.Metric))}
	}
	next, err := c.live(at, "given another target")
	if err != nil {
		return c, err
	}
	next.Target = t.own()
	switch {
	case next.Elapsed < t.Goal:
		next.Reached = time.Time{}
	case next.Reached.IsZero():
		next.Reached = next.Last
	}
	if next.Elapsed > t.Goal && next.Breached.IsZero() {
		next.Breached = next.Last
	}
	return next, nil
}

// At reads the clock. It looks forward from its last event: an earlier instant
// shows what that one shows, so that nothing that has been measured is taken back.
// A stopped clock shows what it showed when it stopped.
func (c Clock) At(t time.Time) Reading {
	if c.Stopped || t.Before(c.Last) {
		t = c.Last
	}
	now := c.advance(t)
	due := now.Reached
	if due.IsZero() {
		due = c.Target.Calendar.Add(now.Last, c.Target.Goal-now.Elapsed)
	}
	return Reading{
		Status:    now.status(),
		Elapsed:   now.Elapsed,
		Paused:    now.Paused,
		Remaining: saturated(c.Target.Goal, -now.Elapsed),
		Due:       due.In(t.Location()),
		Breached:  !now.Breached.IsZero(),
	}
}

func (c *Clock) isPaused() bool { return c.Stopped || c.Target.pausedBy(c.Hold) }

func (c *Clock) status() Status {
	switch {
	case c.Stopped:
		return Stopped
	case c.isPaused():
		return Paused
	default:
		return Running
	}
}

// check refuses an event that the clock cannot follow.
func (c *Clock) check(at time.Time) error {
	if c.Started.IsZero() {
		return &itsm.FieldError{Field: "clock", Problem: "has not been started; start it with its target"}
	}
	if err := itsm.CheckTime("at", at); err != nil {
		return err
	}
	if at.Before(c.Last) {
		return &itsm.FieldError{Field: "at", Problem: fmt.Sprintf("%s is before the clock's last event at %s",
			at.Format(time.RFC3339Nano), c.Last.Format(time.RFC3339Nano))}
	}
	return nil
}

// live is the clock at the time of an event that only a clock that is not stopped
// can follow.
func (c Clock) live(at time.Time, what string) (Clock, error) {
	if err := c.check(at); err != nil {
		return c, err
	}
	if c.Stopped {
		return c, &itsm.FieldError{Field: "clock", Problem: "is stopped and cannot be " + what + "; reopen it first"}
	}
	return c.advance(at.Round(0)), nil
}

// advance counts the time since the last event.
func (c Clock) advance(at time.Time) Clock {
	spent := c.Target.Calendar.Between(c.Last, at)
	if c.isPaused() {
		c.Paused = saturated(c.Paused, spent)
		c.Last = at
		return c
	}
	left := c.Target.Goal - c.Elapsed
	if c.Reached.IsZero() && spent >= left {
		c.Reached = c.Target.Calendar.Add(c.Last, left)
	}
	c.Elapsed = saturated(c.Elapsed, spent)
	if c.Elapsed > c.Target.Goal && c.Breached.IsZero() {
		c.Breached = c.Reached
	}
	c.Last = at
	return c
}
