package incident

import (
	"fmt"

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
	if !p.belongs(c.Group, c.To) {
		return c, &itsm.FieldError{Field: "to", Problem: fmt.Sprintf("%q does not belong to the group %q", c.To, c.Group)}
	}
	return c, nil
}

// Check asks for a group, and for a reason to escalate.
func (c Assign) Check(*Incident, itsm.Stamp) error {
	if err := itsm.CheckLine("group", c.Group); err != nil {
		return err
	}
	if c.To != "" {
		if err := itsm.CheckLine("to", c.To); err != nil {
			return err
		}
	}
	if c.Escalate {
		return itsm.CheckText("reason", c.Reason)
	}
	return nil
}

// Apply moves the incident and counts.
func (c Assign) Apply(inc *Incident, s itsm.Stamp) {
	moved := c.Group != inc.Group
	if moved && inc.Group != "" {
		inc.Counts.Reassignments++
	}
	if c.Escalate {
		inc.Counts.Escalations++
	}
	if inc.Times.Assigned.IsZero() {
		inc.Times.Assigned = s.At
	}
	if inc.Hold != nil && moved && inc.Hold.Back == InProgress {
		hold := *inc.Hold
		hold.Back = Assigned // another group has not started
		inc.Hold = &hold
	}
	inc.Group, inc.Assignee = c.Group, c.To
}

// assignTo is where an incident in progress goes when it is assigned: on with the
// work within the group, back to assigned in another.
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

// Check refuses nothing.
func (Acknowledge) Check(*Incident, itsm.Stamp) error { return nil }

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

// Apply stamps response and start of repair.
func (Start) Apply(inc *Incident, s itsm.Stamp) {
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
	if err := itsm.CheckLine("to", c.To); err != nil {
		return err
	}
	return itsm.CheckText("reason", c.Reason)
}

// Apply counts.
func (Escalate) Apply(inc *Incident, _ itsm.Stamp) { inc.Counts.Escalations++ }
