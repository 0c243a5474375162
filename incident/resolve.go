package incident

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Resolve restores the service, or says why there is nothing to restore. It ends
// a hold at the same instant, and resolves the open children as well (R18).
type Resolve struct {
	Code        string    `json:"code"`
	Notes       string    `json:"notes"`
	DuplicateOf uuid.UUID `json:"duplicate_of,omitzero"` // the incident that is worked on instead (R17)
	Cascade     uuid.UUID `json:"cascade,omitzero"`      // the system's: the parent that was resolved
}

// aroundResolve asks for the children, for the chain of duplicates from the target
// on, and for what the incident at its end is part of.
func aroundResolve(inc *Incident, c Resolve, near []*Incident) []itsm.Selection[Incident] {
	var ask []itsm.Selection[Incident]
	if len(near) == 0 {
		ask = append(ask, ByParent(inc.ID))
	}
	next := chainEnd(inc, c.DuplicateOf, near, duplicateOf)
	if last := workedOn(near, c.DuplicateOf); last != nil {
		next = chainEnd(inc, last.Parent, near, parentOf)
	}
	if next != uuid.Nil && next != inc.ID {
		ask = append(ask, itsm.Selection[Incident]{IDs: []uuid.UUID{next}})
	}
	return ask
}

func (p *Policy) resolve(inc *Incident, c Resolve, s itsm.Stamp, near []*Incident) (Resolve, error) {
	if fromSystem := s.By.Has(itsm.SystemRole); fromSystem != (c.Cascade != uuid.Nil) {
		return c, &itsm.FieldError{Field: "cascade", Problem: "goes with the system: it resolves the children of a resolved parent, others leave it out"}
	}
	if c.Cascade != uuid.Nil && c.Cascade != inc.Parent {
		return c, itsm.Refuse("R18", "is not part of the incident %s", c.Cascade)
	}
	if err := itsm.CheckOneOf("code", c.Code, p.Codes); err != nil {
		return c, err
	}
	if c.DuplicateOf == uuid.Nil {
		return c, nil
	}
	if c.DuplicateOf == inc.ID {
		return c, itsm.Refuse("R17", "cannot be a duplicate of itself")
	}
	target := find(near, c.DuplicateOf)
	switch {
	case target == nil:
		return c, &itsm.FieldError{Field: "duplicate_of", Problem: fmt.Sprintf("%s is no incident", c.DuplicateOf)}
	case chainEnd(inc, target.ID, near, duplicateOf) == inc.ID:
		return c, itsm.Refuse("R17", "%s leads back here as a duplicate", target.Number)
	}
	last := workedOn(near, target.ID)
	if last != nil && isOpen(last) && chainEnd(inc, last.Parent, near, parentOf) == inc.ID {
		return c, itsm.Refuse("R17", "%s is part of this one and would be resolved with it; detach it first", last.Number)
	}
	return c, nil
}

// workedOn is the incident at the end of a chain of duplicates: the one that is
// worked on instead of all of them. It is nil while the chain is not at hand.
func workedOn(near []*Incident, id uuid.UUID) *Incident {
	for range near {
		at := find(near, id)
		if at == nil {
			return nil
		}
		if id = duplicateOf(at); id == uuid.Nil {
			return at
		}
	}
	return nil
}

// Check asks for code and notes (R12).
func (c Resolve) Check(*Incident, itsm.Stamp) error {
	return errors.Join(itsm.CheckLine("code", c.Code), itsm.CheckText("notes", c.Notes))
}

// Apply resolves.
func (c Resolve) Apply(inc *Incident, s itsm.Stamp) {
	inc.EndHold(s)
	inc.Solution = &Resolution{c.Code, s.By.ID, c.DuplicateOf, c.Cascade}
	inc.Times.Resolved = s.At
}

// resolveChildren resolves the open children with the parent (R18).
func resolveChildren(inc *Incident, c Resolve, _ itsm.Stamp, near []*Incident) []itsm.FollowUp[Incident] {
	var follow []itsm.FollowUp[Incident]
	for _, child := range near {
		if child.Parent == inc.ID && isOpen(child) {
			follow = append(follow, itsm.FollowUp[Incident]{ID: child.ID, Command: Resolve{
				Code: c.Code, Notes: "Resolved with " + inc.Number + ": " + c.Notes, Cascade: inc.ID,
			}})
		}
	}
	return follow
}

// Reopen takes up a resolved incident again, within the window (R13), together
// with the children that its resolution resolved (R18).
type Reopen struct {
	Reason  string    `json:"reason"`
	Cascade uuid.UUID `json:"cascade,omitzero"` // the system's: the parent that was reopened

	AssigneeGone bool `json:"assignee_gone,omitzero"` // filled in by the decision
}

func (p *Policy) reopen(inc *Incident, c Reopen, s itsm.Stamp) (Reopen, error) {
	if fromSystem := s.By.Has(itsm.SystemRole); fromSystem != (c.Cascade != uuid.Nil) {
		return c, &itsm.FieldError{Field: "cascade", Problem: "goes with the system: it reopens what the parent's resolution resolved, others leave it out"}
	}
	if inc.Solution == nil {
		return c, itsm.Refuse("R13", "is not resolved; there is nothing to reopen")
	}
	if c.Cascade != uuid.Nil && c.Cascade != inc.Solution.Cascade {
		return c, itsm.Refuse("R18", "was not resolved by that parent")
	}
	c.AssigneeGone = inc.Assignee == "" || !p.belongs(inc.Group, inc.Assignee)
	return c, nil
}

// Check asks for a reason.
func (c Reopen) Check(*Incident, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply reopens and counts.
func (c Reopen) Apply(inc *Incident, _ itsm.Stamp) {
	inc.Counts.Reopens++
	inc.Solution = nil
	if c.AssigneeGone {
		inc.Assignee = ""
	}
}

// reopenTo is where a reopened incident goes.
func reopenTo(_ *Incident, c Reopen, _ itsm.Stamp) itsm.State {
	if c.AssigneeGone {
		return Assigned
	}
	return InProgress
}

// aroundReopen asks for the children.
func aroundReopen(inc *Incident, _ Reopen, near []*Incident) []itsm.Selection[Incident] {
	if len(near) > 0 {
		return nil
	}
	return []itsm.Selection[Incident]{ByParent(inc.ID)}
}

// reopenChildren reopens the children that the parent's resolution resolved (R18).
// The parent no longer says so itself, but they do.
func reopenChildren(inc *Incident, c Reopen, _ itsm.Stamp, near []*Incident) []itsm.FollowUp[Incident] {
	var follow []itsm.FollowUp[Incident]
	for _, child := range near {
		if child.Parent == inc.ID && isResolved(child) && child.Solution.Cascade == inc.ID {
			follow = append(follow, itsm.FollowUp[Incident]{ID: child.ID, Command: Reopen{
				Reason: "Reopened with " + inc.Number + ": " + c.Reason, Cascade: inc.ID,
			}})
		}
	}
	return follow
}

// inWindow holds reopening to the window (R13).
func (p *Policy) inWindow(inc *Incident, s itsm.Stamp) error {
	if end := p.windowEnd(inc); !s.At.Before(end) {
		return fmt.Errorf("could be reopened until %s; follow it up with a new incident once it is closed", end.Format(time.RFC3339))
	}
	return nil
}

// afterWindow keeps the system from closing earlier than reopening ends.
func (p *Policy) afterWindow(inc *Incident, s itsm.Stamp) error {
	if end := p.windowEnd(inc); s.By.Has(itsm.SystemRole) && s.At.Before(end) {
		return fmt.Errorf("closes by itself at %s, not before", end.Format(time.RFC3339))
	}
	return nil
}

func (p *Policy) windowEnd(inc *Incident) time.Time {
	return itsm.Normal(p.Window.After(inc.Times.Resolved))
}

// resolvedAt is what the window and the timer that closes count from.
func resolvedAt(inc *Incident) time.Time { return inc.Times.Resolved }

// Close ends a resolved incident for good.
type Close struct {
	Notes string `json:"notes,omitzero"`
}

// Check asks only that notes are a text; the row's guards have looked.
func (c Close) Check(*Incident, itsm.Stamp) error {
	return itsm.CheckOptional(itsm.CheckText, "notes", c.Notes)
}

// Apply stamps the closing.
func (Close) Apply(inc *Incident, s itsm.Stamp) { inc.Times.Closed = s.At }

// Cancel ends an incident that was none, without resolving anything.
type Cancel struct {
	Reason string `json:"reason"`
}

// Check asks for a reason.
func (c Cancel) Check(*Incident, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply ends a hold and stamps the closing.
func (Cancel) Apply(inc *Incident, s itsm.Stamp) {
	inc.EndHold(s)
	inc.Times.Closed = s.At
}

// aroundCancel asks for the children.
func aroundCancel(inc *Incident, _ Cancel, near []*Incident) []itsm.Selection[Incident] {
	if len(near) > 0 {
		return nil
	}
	return []itsm.Selection[Incident]{ByParent(inc.ID)}
}

// cancel refuses while a child is open.
func cancel(inc *Incident, c Cancel, _ itsm.Stamp, near []*Incident) (Cancel, error) {
	for _, child := range near {
		if child.Parent == inc.ID && isOpen(child) {
			return c, itsm.Refuse("open children", "%s is part of it and %s; end or detach it first", child.Number, child.State)
		}
	}
	return c, nil
}

// The standing of another incident, whatever a host calls its states.

func isOpen(inc *Incident) bool     { return inc.Solution == nil && inc.Times.Closed.IsZero() }
func isResolved(inc *Incident) bool { return inc.Solution != nil && inc.Times.Closed.IsZero() }

func find(near []*Incident, id uuid.UUID) *Incident {
	for _, inc := range near {
		if inc.ID == id {
			return inc
		}
	}
	return nil
}
