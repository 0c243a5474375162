package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Propose begins the entry of a service.
type Propose struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Outcomes    []string   `json:"outcomes,omitempty"`
	Owner       string     `json:"owner,omitzero"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	CI          itsm.Ref   `json:"ci,omitzero"`
	Audiences   []string   `json:"audiences,omitempty"`
}

func (p *ServicePolicy) propose(_ *Service, c Propose, _ itsm.Stamp) (Propose, error) {
	c.Outcomes, c.Audiences = slices.Clone(c.Outcomes), slices.Clone(c.Audiences)
	return c, p.fits(c.Criticality, c.Audiences)
}

// fits refuses a level or an audience that the policy does not list.
func (p *ServicePolicy) fits(level itsm.Level, audiences []string) error {
	wrong := []error{itsm.CheckChoices("audiences", audiences)}
	if level != "" {
		wrong = append(wrong, itsm.CheckOneOf("criticality", level, p.Levels))
	}
	for i, a := range audiences {
		wrong = append(wrong, itsm.CheckOneOf(fmt.Sprintf("audiences[%d]", i), a, p.Audiences))
	}
	return errors.Join(wrong...)
}

// Check asks for a name and a description.
func (c Propose) Check(*Service, itsm.Stamp) error {
	wrong := []error{checkNamed(c.Name, c.Description, c.Outcomes), checkOptionalRef("ci", c.CI)}
	if c.Owner != "" {
		wrong = append(wrong, itsm.CheckLine("owner", c.Owner))
	}
	return errors.Join(wrong...)
}

// Apply makes the entry.
func (c Propose) Apply(s *Service, _ itsm.Stamp) {
	s.Name, s.Description, s.Outcomes, s.Owner = c.Name, c.Description, c.Outcomes, c.Owner
	s.Criticality, s.CI, s.Audiences = c.Criticality, c.CI, c.Audiences
}

// Describe replaces what the entry says of the service. What is left out is removed;
// a service that has been launched keeps a criticality and a CI.
type Describe struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Outcomes    []string   `json:"outcomes,omitempty"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	CI          itsm.Ref   `json:"ci,omitzero"`
	Audiences   []string   `json:"audiences,omitempty"`
}

func (p *ServicePolicy) describe(s *Service, c Describe, _ itsm.Stamp) (Describe, error) {
	c.Outcomes, c.Audiences = slices.Clone(c.Outcomes), slices.Clone(c.Audiences)
	switch {
	case s.IsOn() && c.CI.IsZero():
		return c, itsm.Refuse("R21 CI", "a service that is offered is a CI; give one")
	case s.IsOn() && c.Criticality == "":
		return c, itsm.Refuse("8.2.2 criticality", "is known of a service that is offered; give one")
	}
	return c, p.fits(c.Criticality, c.Audiences)
}

// Check asks for a name and a description, and that each offering keeps its audience.
func (c Describe) Check(s *Service, _ itsm.Stamp) error {
	wrong := []error{checkNamed(c.Name, c.Description, c.Outcomes), checkOptionalRef("ci", c.CI)}
	for _, o := range s.Offerings {
		if who := outside(o.Audiences, c.Audiences); who != "" {
			wrong = append(wrong, &itsm.FieldError{Field: "audiences", Problem: fmt.Sprintf("lacks %s, for whom %s is; change that first", itsm.Quoted(who), itsm.Quoted(o.Name))})
		}
	}
	return errors.Join(wrong...)
}

// Apply describes it.
func (c Describe) Apply(s *Service, _ itsm.Stamp) {
	s.Name, s.Description, s.Outcomes = c.Name, c.Description, c.Outcomes
	s.Criticality, s.CI, s.Audiences = c.Criticality, c.CI, c.Audiences
}

// outside is the first of some audiences that is none of a service's.
func outside(list, audiences []string) string {
	for _, a := range list {
		if !isFor(audiences, a) {
			return a
		}
	}
	return ""
}

// Require documents a requirement (8.2.2), or changes the one of that ID.
type Require struct {
	ID     string    `json:"id"`
	Text   string    `json:"text"`
	Source string    `json:"source"`
	Agreed time.Time `json:"agreed"`
}

// Check asks for all of it, and for a date that has come.
func (c Require) Check(_ *Service, s itsm.Stamp) error {
	err := errors.Join(itsm.CheckLine("id", c.ID), itsm.CheckText("text", c.Text), itsm.CheckLine("source", c.Source), checkDate("agreed", c.Agreed))
	if err == nil && c.Agreed.After(s.At) {
		return &itsm.FieldError{Field: "agreed", Problem: fmt.Sprintf("%s is after %s; a requirement is documented once it is agreed", stamped(c.Agreed), stamped(s.At))}
	}
	return err
}

// Apply documents it.
func (c Require) Apply(s *Service, _ itsm.Stamp) {
	r := Requirement{ID: c.ID, Text: c.Text, Source: c.Source, Agreed: itsm.Normal(c.Agreed)}
	list := slices.Clone(s.Requirements)
	if i := s.requirement(c.ID); i >= 0 {
		list[i] = r
	} else {
		list = append(list, r)
	}
	s.Requirements = list
}

// DropRequirement withdraws a requirement.
type DropRequirement struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

func dropRequirement(s *Service, c DropRequirement, _ itsm.Stamp) (DropRequirement, error) {
	if s.IsOn() && len(s.Requirements) == 1 && s.requirement(c.ID) == 0 {
		return c, itsm.Refuse("8.2.2 requirements", "%s is the last one; a service that is offered has at least one", itsm.Quoted(c.ID))
	}
	return c, nil
}

// Check asks for one that there is, and a reason.
func (c DropRequirement) Check(s *Service, _ itsm.Stamp) error {
	if s.requirement(c.ID) < 0 {
		return &itsm.FieldError{Field: "id", Problem: itsm.Quoted(c.ID) + " is no requirement of the service"}
	}
	return itsm.CheckLine("reason", c.Reason)
}

// Apply withdraws it.
func (c DropRequirement) Apply(s *Service, _ itsm.Stamp) {
	if i := s.requirement(c.ID); i >= 0 {
		s.Requirements = slices.Delete(slices.Clone(s.Requirements), i, i+1)
	}
}

// Offer adds an offering, or changes the one of that name.
type Offer struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Outcomes    []string `json:"outcomes,omitempty"`
	Audiences   []string `json:"audiences,omitempty"`
	CI          itsm.Ref `json:"ci,omitzero"`
	Hours       string   `json:"hours,omitzero"`
}

func offer(_ *Service, c Offer, _ itsm.Stamp) (Offer, error) {
	c.Outcomes, c.Audiences = slices.Clone(c.Outcomes), slices.Clone(c.Audiences)
	return c, nil
}

// Check asks for a name and a description, and for audiences of the service.
func (c Offer) Check(s *Service, _ itsm.Stamp) error {
	wrong := []error{checkNamed(c.Name, c.Description, c.Outcomes), checkOptionalRef("ci", c.CI), itsm.CheckChoices("audiences", c.Audiences)}
	if c.Hours != "" {
		wrong = append(wrong, itsm.CheckLine("hours", c.Hours))
	}
	if who := outside(c.Audiences, s.Audiences); who != "" {
		wrong = append(wrong, &itsm.FieldError{Field: "audiences", Problem: fmt.Sprintf("has %s, for whom the service is not; describe that first", itsm.Quoted(who))})
	}
	return errors.Join(wrong...)
}

// Apply offers it.
func (c Offer) Apply(s *Service, _ itsm.Stamp) {
	o := Offering(c)
	list := slices.Clone(s.Offerings)
	if i := s.offering(c.Name); i >= 0 {
		list[i] = o
	} else {
		list = append(list, o)
	}
	s.Offerings = list
}

// WithdrawOffering takes an offering back.
type WithdrawOffering struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Check asks for one that there is, and a reason.
func (c WithdrawOffering) Check(s *Service, _ itsm.Stamp) error {
	if s.offering(c.Name) < 0 {
		return &itsm.FieldError{Field: "name", Problem: itsm.Quoted(c.Name) + " is no offering of the service"}
	}
	return itsm.CheckLine("reason", c.Reason)
}

// Apply takes it back.
func (c WithdrawOffering) Apply(s *Service, _ itsm.Stamp) {
	if i := s.offering(c.Name); i >= 0 {
		s.Offerings = slices.Delete(slices.Clone(s.Offerings), i, i+1)
	}
}

// Depend says that the service depends on another, or does so no more (8.2.2).
type Depend struct {
	On   itsm.Ref `json:"on"` // another service: its record or its CI
	Stop bool     `json:"stop,omitzero"`
}

// Check asks for another service.
func (c Depend) Check(s *Service, _ itsm.Stamp) error {
	if err := c.On.Check("on"); err != nil {
		return err
	}
	depends := slices.Contains(s.DependsOn, c.On)
	switch {
	case s.is(c.On):
		return &itsm.FieldError{Field: "on", Problem: c.On.String() + " is the service itself"}
	case depends && !c.Stop:
		return &itsm.FieldError{Field: "on", Problem: c.On.String() + " is among its dependencies already"}
	case !depends && c.Stop:
		return &itsm.FieldError{Field: "on", Problem: c.On.String() + " is not among its dependencies"}
	}
	return nil
}

// Apply notes it.
func (c Depend) Apply(s *Service, _ itsm.Stamp) {
	if !c.Stop {
		s.DependsOn = append(slices.Clone(s.DependsOn), c.On)
	} else if i := slices.Index(s.DependsOn, c.On); i >= 0 {
		s.DependsOn = slices.Delete(slices.Clone(s.DependsOn), i, i+1)
	}
}

// Transfer makes somebody else the owner.
type Transfer struct {
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// Check asks for somebody else, and a reason.
func (c Transfer) Check(s *Service, _ itsm.Stamp) error {
	if c.To == s.Owner && c.To != "" {
		return &itsm.FieldError{Field: "to", Problem: itsm.Quoted(c.To) + " is the owner already"}
	}
	return errors.Join(itsm.CheckLine("to", c.To), itsm.CheckLine("reason", c.Reason))
}

// Apply names the owner.
func (c Transfer) Apply(s *Service, _ itsm.Stamp) { s.Owner = c.To }

// Launch makes the service live.
type Launch struct{}

// Check asks for nothing: the guards have looked.
func (Launch) Check(*Service, itsm.Stamp) error { return nil }

// Apply notes when.
func (Launch) Apply(s *Service, at itsm.Stamp) { s.Launched = at.At }

// Abandon ends a proposal.
type Abandon struct {
	Reason string `json:"reason"`
}

// Check asks for a reason.
func (c Abandon) Check(*Service, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply does nothing: the state says it.
func (Abandon) Apply(*Service, itsm.Stamp) {}

// Retire says until when the service is offered, or changes that.
type Retire struct {
	On     time.Time `json:"on"` // when it is removed, not in the past
	Reason string    `json:"reason"`
}

func retire(_ *Service, c Retire, s itsm.Stamp) (Retire, error) {
	c.On = itsm.Normal(c.On)
	if err := checkDate("on", c.On); err != nil {
		return c, err
	}
	if c.On.Before(s.At) {
		return c, &itsm.FieldError{Field: "on", Problem: fmt.Sprintf("%s is in the past, at %s", stamped(c.On), stamped(s.At))}
	}
	return c, nil
}

// Check asks for a reason.
func (c Retire) Check(*Service, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply notes when.
func (c Retire) Apply(s *Service, _ itsm.Stamp) { s.Retires = c.On }

// Remove is the system's: the service is offered no more.
type Remove struct{}

// Check asks for nothing: the guard has looked.
func (Remove) Check(*Service, itsm.Stamp) error { return nil }

// Apply does nothing: the state says it.
func (Remove) Apply(*Service, itsm.Stamp) {}

func checkNamed(name, description string, outcomes []string) error {
	wrong := []error{itsm.CheckLine("name", name), itsm.CheckText("description", description)}
	for i, o := range outcomes {
		wrong = append(wrong, itsm.CheckLine(fmt.Sprintf("outcomes[%d]", i), o))
	}
	return errors.Join(wrong...)
}

func checkOptionalRef(field string, ref itsm.Ref) error {
	if ref.IsZero() {
		return nil
	}
	return ref.Check(field)
}
