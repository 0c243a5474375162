package eventlog

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

// state goes to where the row says the incident stands, after so many steps
// already. What it must pass on the way and the log has not is counted as filled
// in.
func (t *translator) state(s *story, row *Row, to Standing, steps int) error {
	for range 8 { // more steps than the longest way has
		if t.arrived(s.inc, row, to) {
			break
		}
		done, err := t.step(s, row, to)
		if err != nil {
			return err
		}
		if !done {
			break
		}
		steps++
	}
	if steps > 0 && (t.changed(s, row, State) || to.State == incident.Assigned && t.changed(s, row, Group, Assignee)) {
		steps-- // the log's own
	}
	t.books.filledIn += steps
	return nil
}

// step gives the next command on the way. It reports whether that was carried out;
// if not, the story is stuck.
func (t *translator) step(s *story, row *Row, to Standing) (bool, error) {
	c := t.next(s, row, to)
	if c == nil {
		t.refused(row, "return to "+string(to.State), s.inc.State, fmt.Errorf("no command leads from %s to %s", s.inc.State, to.State))
		s.stuck = true
		return false, nil
	}
	done, err := t.give(s, row, c)
	if err == nil && !done {
		s.stuck = true
		if _, ok := c.(incident.Assign); ok {
			t.moved(s, row, done)
		}
		if _, ok := c.(incident.Reopen); ok && s.last != nil && t.over(t.mapping.States[t.text(s.last, State)].State) {
			s.refusedReopens++
		}
	}
	return done, err
}

// over reports whether a state is one in which an incident is resolved or ended.
func (t *translator) over(state itsm.State) bool {
	phase := t.rules.Phase(state)
	return phase == itsm.Done || phase == itsm.Final
}

// arrived reports whether the incident stands where the log says. The log's "new"
// may have a group, which makes it assigned; its "assigned" says to whom.
func (t *translator) arrived(inc *incident.Incident, row *Row, to Standing) bool {
	switch to.State {
	case incident.New:
		return inc.State == incident.New || inc.State == incident.Assigned
	case incident.Assigned:
		return inc.State == incident.Assigned && inc.Group == t.group(inc, row) && inc.Assignee == t.text(row, Assignee)
	case incident.OnHold:
		return inc.State == incident.OnHold && inc.Hold.Reason == to.Reason
	}
	return inc.State == to.State
}

// next is the next command on the way, nil where there is none.
func (t *translator) next(s *story, row *Row, to Standing) itsm.Command[incident.Incident] {
	from := s.inc.State
	switch {
	case from == incident.Closed || from == incident.Cancelled:
		if to.State == incident.Resolved || to.State == incident.Closed {
			return t.toward(s, row, to) // refused: the record is immutable
		}
		return incident.FollowUp{Of: s.inc.ID, Reason: "The log goes on after closing."}
	case from == incident.Resolved && to.State != incident.Closed && t.mapping.Policy.ClosesItself && !row.At.Before(t.windowEnd(s.inc)):
		return incident.Close{}
	case from == incident.Resolved && to.State != incident.Closed:
		return incident.Reopen{Reason: "The log goes on after resolving."}
	}
	return t.toward(s, row, to)
}

// toward is the next command from an open incident, or from a resolved one to
// its closing.
func (t *translator) toward(s *story, row *Row, to Standing) itsm.Command[incident.Incident] {
	from := s.inc.State
	switch to.State {
	case incident.New:
		if from == incident.OnHold {
			return incident.Resume{}
		}
	case incident.InProgress:
		switch {
		case from == incident.OnHold:
			return incident.Resume{}
		case s.inc.Assignee == "":
			return incident.Assign{Group: t.group(s.inc, row), To: t.by(row)}
		}
		return incident.Start{}
	case incident.Assigned:
		c := incident.Assign{Group: t.group(s.inc, row), To: t.text(row, Assignee)}
		switch {
		case from == incident.OnHold:
			return incident.Resume{}
		case from == incident.InProgress && c.Group == s.inc.Group:
			c.To = "" // with a name it would go on being worked on
		}
		return c
	case incident.OnHold:
		return t.hold(row, to.Reason)
	case incident.Resolved:
		return t.resolve(row)
	case incident.Closed:
		if from != incident.Resolved && from != incident.Closed {
			return t.resolve(row)
		}
		return incident.Close{}
	case incident.Cancelled:
		return incident.Cancel{Reason: "Cancelled in the log."}
	}
	return nil
}

// group is the group that has the incident after a row.
func (t *translator) group(inc *incident.Incident, row *Row) string {
	return cmp.Or(t.text(row, Group), inc.Group, "unknown")
}

func (t *translator) resolve(row *Row) incident.Resolve {
	return incident.Resolve{Code: cmp.Or(t.text(row, Code), "unknown"), Notes: "Resolved in the log."}
}

func (t *translator) hold(row *Row, reason incident.HoldReason) incident.Hold {
	c := incident.Hold{Reason: reason}
	switch reason {
	case incident.AwaitingCaller:
		c.Question = "Asked in the log."
		return c
	case incident.AwaitingVendor:
		c.Awaits = ref("vendor", t.text(row, Vendor))
	case incident.AwaitingProblem:
		c.Awaits = ref("problem", t.text(row, Problem))
	case incident.AwaitingChange:
		c.Awaits = ref("change", t.text(row, Change))
	}
	if c.Awaits.IsZero() {
		c.Awaits, _ = itsm.ParseRef(t.mapping.Awaits[string(reason)])
	}
	return c
}

// closesItself reports whether a row closes an incident without anybody doing so.
// Where the mapping does not say whose doing that is, it is after the window.
func (t *translator) closesItself(inc *incident.Incident, row *Row) bool {
	if len(t.mapping.System) > 0 {
		return slices.Contains(t.mapping.System, t.text(row, By))
	}
	return !row.At.Before(t.windowEnd(inc))
}

// windowEnd is until when a resolved incident may be reopened.
func (t *translator) windowEnd(inc *incident.Incident) time.Time {
	return inc.Times.Resolved.AddDate(0, 0, t.mapping.Policy.WindowDays)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
