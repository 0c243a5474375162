package incident

import (
	"errors"

	"github.com/itsmkit/itsm"
)

// Assign gives the incident to a group, and to a person in it. Without a group it
// stays in its own; without a person the group has it. Escalate makes it a
// functional escalation: the others know or may more.
type Assign struct {
	Group    string `json:"group,omitzero"`
	To       string `json:"to,omitzero"`
	Escalate bool   `json:"escalate,omitzero"`
	Reason   string `json:"reason,omitzero"` // needed to escalate
}

func (p *Policy) assign(inc *Incident, c Assign, _ itsm.Stamp) (Assign, error) {
	if c.Group == "" {
		c.Group = inc.Group
	}
	if c.Group != "" && !p.belongs(c.Group, c.To) {
		return c, &itsm.FieldError{Field: "to", Problem: itsm.Quoted(c.To) + " does not belong to the group " + itsm.Quoted(c.Group)}
	}
	return c, nil
}

// Check asks for a group, and for a reason to escalate.
func (c Assign) Check(*Incident, itsm.Stamp) error {
	reason := itsm.CheckOptional(itsm.CheckText, "reason", c.Reason)
	if c.Escalate {
		reason = itsm.CheckText("reason", c.Reason)
	}
	return errors.Join(itsm.CheckLine("group", c.Group), itsm.CheckOptional(itsm.CheckLine, "to", c.To), reason)
}

// Apply moves the incident and counts.
func (c Assign) Apply(inc *Incident, s itsm.Stamp) {
	if c.Group != inc.Group && inc.Group != "" {
		inc.Counts.Reassignments++
	}
	if c.Escalate {
		inc.Counts.Escalations++
	}
	if inc.Times.Assigned.IsZero() {
		inc.Times.Assigned = s.At
	}
	if inc.Hold != nil && inc.Hold.Back == InProgress {
		hold := *inc.Hold
		hold.Back = assignTo(inc, c, s)
		inc.Hold = &hold
	}
	inc.Group, inc.Assignee = c.Group, c.To
}

// assignTo is where an incident in progress goes when it is assigned, or to which
// it returns from hold: on with the work within the group, back to assigned in
// another or when nobody has it.
func assignTo(inc *Incident, c Assign, _ itsm.Stamp) itsm.State {
	if c.Group == inc.Group && c.To != "" {
		return InProgress
	}
	return Assigned
}

// Acknowledge is the first answer to the caller. An automatic reply is not one:
// it does not stamp the response.
type Acknowledge struct {
	Text      string `json:"text,omitzero"`
	Automatic bool   `json:"automatic,omitzero"`
}

// Check asks only that a text is one.
func (c Acknowledge) Check(*Incident, itsm.Stamp) error {
	return itsm.CheckOptional(itsm.CheckText, "text", c.Text)
}

// Apply stamps the response.
func (c Acknowledge) Apply(inc *Incident, s itsm.Stamp) {
	if !c.Automatic {
		responded(inc, s)
	}
}

func responded(inc *Incident, s itsm.Stamp) {
	if inc.Times.Responded.IsZero() {
		inc.Times.Responded = s.At
	}
}

// Start begins the work. It is also a response.
type Start struct{}

// Check refuses nothing; the row requires an assignee.
func (Start) Check(*Incident, itsm.Stamp) error { return nil }

// Apply stamps response and start of repair, and ends a wait in a state from which
// a host has it lead.
func (Start) Apply(inc *Incident, s itsm.Stamp) {
	inc.EndHold(s)
	responded(inc, s)
	if inc.Times.RepairStarted.IsZero() {
		inc.Times.RepairStarted = s.At
	}
}

// Escalate takes the incident to somebody with more authority (hierarchical
// escalation); whose it is does not change. [Assign] escalates functionally.
type Escalate struct {
	To     string `json:"to"` // who was told
	Reason string `json:"reason"`
}

// Check asks for whom and why.
func (c Escalate) Check(*Incident, itsm.Stamp) error {
	return errors.Join(itsm.CheckLine("to", c.To), itsm.CheckText("reason", c.Reason))
}

// Apply counts.
func (Escalate) Apply(inc *Incident, _ itsm.Stamp) { inc.Counts.Escalations++ }
