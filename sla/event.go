package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Event is one thing that happens to a clock.
type Event struct {
	At       time.Time     `json:"at"`
	Do       Action        `json:"do"`
	Reason   string        `json:"reason,omitzero"`   // of a pause or a cancellation
	By       string        `json:"by,omitzero"`       // who; for explanations only
	Goal     time.Duration `json:"goal,omitzero"`     // of a start or another target, nanoseconds
	Calendar *Calendar     `json:"calendar,omitzero"` // of a start or another target; nil: all time
}

// Action is what an event does to a clock.
type Action string

// The actions; each is a method of [Clock] too, but for the first, see [NewClock].
const (
	Start    Action = "start"
	Pause    Action = "pause"
	Resume   Action = "resume"
	Stop     Action = "stop"
	Cancel   Action = "cancel"
	Reopen   Action = "reopen"
	Retarget Action = "retarget"
)

// Actions lists every action.
func Actions() []Action { return []Action{Start, Pause, Resume, Stop, Cancel, Reopen, Retarget} }

// Fold is the clock that events make, in order; the first starts it. An error names
// the event.
func Fold(events ...Event) (Clock, error) {
	var c Clock
	if len(events) == 0 {
		return c, &itsm.FieldError{Field: "events", Problem: "is empty; the first starts the clock"}
	}
	var n tally
	for i := range events {
		if err := c.fold(&events[i], &n); err != nil {
			if len(events) > 1 {
				err = fmt.Errorf("events[%d]: %w", i, err)
			}
			return Clock{}, err
		}
	}
	return c, nil
}

// After is the clock after one more event.
func (c Clock) After(e Event) (Clock, error) {
	next := c
	if err := next.follow(&e); err != nil {
		return c, err
	}
	return next, nil
}

// follow applies an event, or leaves the clock as it is.
func (c *Clock) follow(e *Event) error { return c.fold(e, new(tally)) }

// fold is follow, with what is known of the last event.
func (c *Clock) fold(e *Event, n *tally) error {
	if err := e.check(); err != nil {
		return err
	}
	at := e.At.Round(0) // no monotonic reading
	if e.Do == Start {
		if !c.Started.IsZero() {
			return &itsm.FieldError{Field: "clock", Problem: "was started before; a new start is another clock (R25)"}
		}
		*c = Clock{e.Calendar, State{Goal: e.Goal, Started: at, Last: at, Status: Running}}
		if e.Goal == 0 {
			c.Reached = at
		}
		return nil
	}
	if err := c.check(e); err != nil {
		return err
	}
	c.count(at, n.since(c, at))
	switch e.Do {
	case Pause:
		c.Status, c.Reason = Paused, e.Reason
	case Resume, Reopen:
		c.Status, c.Reason = Running, ""
	case Stop:
		c.Status, c.Reason = Stopped, ""
	case Cancel:
		c.Status, c.Reason = Cancelled, e.Reason
	case Retarget:
		c.retarget(e.Goal, e.Calendar)
	}
	return nil
}

// tally is the business time before a clock's last event, kept from one event to
// the next where several follow one another, so that it is counted once.
type tally struct {
	calendar   *Calendar
	sec, nanos int64
	known      bool
}

// since is the business time from the last event of a clock to an instant.
func (n *tally) since(c *Clock, at time.Time) time.Duration {
	if !n.known || n.calendar != c.Calendar {
		n.sec, n.nanos = c.Calendar.at(c.Last)
	}
	sec, nanos := c.Calendar.at(at)
	spent := duration(sec-n.sec, nanos-n.nanos)
	n.calendar, n.sec, n.nanos, n.known = c.Calendar, sec, nanos, true
	return spent
}

// check refuses an event that no clock could follow.
func (e *Event) check() error {
	if err := itsm.CheckTime("at", e.At); err != nil {
		return err
	}
	switch e.Do {
	case Start, Retarget:
		if e.Goal < 0 {
			return &itsm.FieldError{Field: "goal", Problem: fmt.Sprintf("is %v; give a time of none or more", e.Goal)}
		}
	case Pause, Cancel:
		return itsm.CheckLine("reason", e.Reason)
	case Resume, Stop, Reopen:
	default:
		return itsm.CheckOneOf("do", e.Do, Actions())
	}
	return nil
}

// checkForm refuses a state that no sequence of events makes.
func (s *State) checkForm() error {
	wrong := []error{itsm.CheckTime("started", s.Started), itsm.CheckOneOf("status", s.Status, Statuses())}
	complain := func(field, format string, args ...any) {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	if s.Last.Before(s.Started) {
		complain("last", "%s is before the start at %s", s.Last.Format(time.RFC3339Nano), s.Started.Format(time.RFC3339Nano))
	}
	for _, d := range []struct {
		field string
		time  time.Duration
	}{{"goal", s.Goal}, {"elapsed", s.Elapsed}, {"paused", s.Paused}} {
		if d.time < 0 {
			complain(d.field, "is %v; give a time of none or more", d.time)
		}
	}
	if passed := s.Last.Sub(s.Started); passed >= 0 && saturated(s.Elapsed, s.Paused) > passed {
		complain("elapsed", "is %v, and paused %v, but only %v have passed since the start", s.Elapsed, s.Paused, passed)
	}
	if waits := s.Status == Paused || s.Status == Cancelled; waits {
		wrong = append(wrong, itsm.CheckLine("reason", s.Reason))
	} else if s.Reason != "" {
		complain("reason", "is %s on a clock that is %s", itsm.Quoted(s.Reason), s.Status)
	}
	for _, i := range []struct {
		field string
		at    time.Time
	}{{"reached", s.Reached}, {"breached", s.Breached}} {
		if !i.at.IsZero() && (i.at.Before(s.Started) || i.at.After(s.Last)) {
			complain(i.field, "%s is not between the start and the last event", i.at.Format(time.RFC3339Nano))
		}
	}
	if s.Elapsed >= s.Goal && s.Reached.IsZero() {
		complain("reached", "is missing; %v have elapsed of %v", s.Elapsed, s.Goal)
	} else if s.Elapsed < s.Goal && !s.Reached.IsZero() {
		complain("reached", "is set, but %v have elapsed of %v", s.Elapsed, s.Goal)
	}
	if s.Elapsed > s.Goal && s.Breached.IsZero() {
		complain("breached", "is missing; %v have elapsed of %v", s.Elapsed, s.Goal)
	}
	if s.Breached.IsZero() != (s.Cause == "") || s.Cause != "" && !slices.Contains(Causes(), s.Cause) {
		complain("cause", "is %s; a breach has one of: %s", itsm.Quoted(s.Cause), itsm.Listed(Causes()))
	}
	return errors.Join(wrong...)
}
