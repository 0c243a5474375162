package incident

import (
	"errors"
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
)

// Declare makes it a major incident (ISO/IEC 20000-1 8.6.1; R14).
type Declare struct {
	Criteria []string `json:"criteria"` // those of the policy that it meets
	Owner    string   `json:"owner"`    // who is responsible
}

func (p *Policy) declare(_ *Incident, c Declare, _ itsm.Stamp) (Declare, error) {
	c.Criteria = slices.Clone(c.Criteria)
	for i, met := range c.Criteria {
		if err := itsm.CheckOneOf(fmt.Sprintf("criteria[%d]", i), met, p.Criteria); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Check asks for at least one criterion met and for an owner.
func (c Declare) Check(*Incident, itsm.Stamp) error {
	if len(c.Criteria) == 0 {
		return &itsm.FieldError{Field: "criteria", Problem: "is empty; name those that the incident meets (R14)"}
	}
	wrong := []error{itsm.CheckLine("owner", c.Owner)}
	for i, met := range c.Criteria {
		wrong = append(wrong, itsm.CheckLine(fmt.Sprintf("criteria[%d]", i), met))
	}
	return errors.Join(wrong...)
}

// Apply makes it major; given again, it names other criteria or another owner and
// keeps the rest.
func (c Declare) Apply(inc *Incident, s itsm.Stamp) {
	m := Major{Declared: s.At}
	if inc.Major != nil {
		m = *inc.Major
	}
	m.Criteria, m.Owner = slices.Clone(c.Criteria), c.Owner
	inc.Major = &m
}

// Demote takes a declaration back.
type Demote struct {
	Reason string `json:"reason"`
}

// Check asks for a reason.
func (c Demote) Check(*Incident, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply makes it an ordinary incident.
func (Demote) Apply(inc *Incident, _ itsm.Stamp) { inc.Major = nil }

// Inform tells an audience how the major incident stands.
type Inform struct {
	Audience Audience `json:"audience"`
	Text     string   `json:"text"`
}

// Check asks for an audience and a text.
func (c Inform) Check(*Incident, itsm.Stamp) error {
	return errors.Join(itsm.CheckOneOf("audience", c.Audience, Audiences()), itsm.CheckText("text", c.Text))
}

// Apply counts, and stamps when management was informed.
func (c Inform) Apply(inc *Incident, s itsm.Stamp) {
	inc.changeMajor(func(m *Major) {
		m.Updates++
		if c.Audience == Management {
			m.ManagementInformed = s.At
		}
	})
}

// changeMajor changes a copy of what makes the incident major; of an ordinary one
// it changes nothing.
func (inc *Incident) changeMajor(change func(*Major)) {
	if inc.Major != nil {
		m := *inc.Major
		change(&m)
		inc.Major = &m
	}
}

// Review looks back at a resolved major incident: its report, and what was found
// to improve. Both gate the closing (R14).
type Review struct {
	Report   itsm.Ref `json:"report"` // the document
	Findings string   `json:"findings"`
}

// Check asks for both.
func (c Review) Check(*Incident, itsm.Stamp) error {
	return errors.Join(c.Report.Check("report"), itsm.CheckText("findings", c.Findings))
}

// Apply keeps the report and stamps the review.
func (c Review) Apply(inc *Incident, s itsm.Stamp) {
	inc.changeMajor(func(m *Major) { m.Report, m.Reviewed = c.Report, s.At })
}

// isMajor keeps what is for major incidents from the others (R14).
func isMajor(inc *Incident, _ itsm.Stamp) error {
	if inc.Major == nil {
		return errors.New("is no major incident; declare it first")
	}
	return nil
}

// isNotMajor keeps a major incident from being cancelled (R14).
func isNotMajor(inc *Incident, _ itsm.Stamp) error {
	if inc.Major != nil {
		return errors.New("is a major incident; demote it first")
	}
	return nil
}

// resolvable leaves a major incident to a manager, and the others to the agents
// and to the cascade.
func (p *Policy) resolvable(inc *Incident, s itsm.Stamp) error {
	switch {
	case inc.Major != nil && !s.By.Has(p.Managers...):
		return errors.New("a major incident is resolved by a manager")
	case inc.Major == nil && !s.By.Has(p.Agents...) && !s.By.Has(itsm.SystemRole):
		return errors.New("an incident that is not major is resolved by an agent")
	}
	return nil
}

// lookedBack gates the closing of a major incident on report and review.
func lookedBack(inc *Incident, _ itsm.Stamp) error {
	if inc.Major != nil && (inc.Major.Reviewed.IsZero() || inc.Major.Reviewed.Before(inc.Times.Resolved)) {
		return errors.New("a major incident is reported and reviewed after its resolution, before it closes")
	}
	return nil
}
