package sla

import (
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// ServiceKind is the kind of record of [Service], as references name it.
const ServiceKind = "service"

// Service is an entry of the service catalogue (ISO/IEC 20000-1, 8.2.2 and 8.2.4):
// what is offered to whom, for which outcomes, on what it depends, and what was asked
// of it. References to a service are to this record or to its CI; which of the two
// is for a host to choose.
type Service struct {
	itsm.Header

	Name        string     `json:"name"`
	Description string     `json:"description"`
	Outcomes    []string   `json:"outcomes,omitempty"` // that are intended
	Owner       string     `json:"owner,omitzero"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	CI          itsm.Ref   `json:"ci,omitzero"`          // the service as a configuration item (R21)
	Audiences   []string   `json:"audiences,omitempty"`  // who may see it, as the host names them; none: everybody
	DependsOn   []itsm.Ref `json:"depends_on,omitempty"` // other services

	Requirements []Requirement `json:"requirements,omitempty"`
	Offerings    []Offering    `json:"offerings,omitempty"`

	Launched time.Time `json:"launched,omitzero"`
	Retires  time.Time `json:"retires,omitzero"` // when it is to be removed, or was
}

// Requirement is what was asked of a service, and by whom (8.2.2). Agreements name
// those that they answer.
type Requirement struct {
	ID     string    `json:"id"` // as the host numbers them: "REQ-7"
	Text   string    `json:"text"`
	Source string    `json:"source"` // a customer, a law, a plan
	Agreed time.Time `json:"agreed"` // when
}

// Offering is one form in which a service can be had.
type Offering struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Outcomes    []string `json:"outcomes,omitempty"`
	Audiences   []string `json:"audiences,omitempty"` // of the service's; none: all of them
	CI          itsm.Ref `json:"ci,omitzero"`
	Hours       string   `json:"hours,omitzero"` // when it can be requested, in words
}

// CatalogueEntry is the part of a service that one audience gets to see.
type CatalogueEntry struct {
	Service     itsm.Ref   `json:"service"`
	Number      string     `json:"number"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Outcomes    []string   `json:"outcomes,omitempty"`
	DependsOn   []itsm.Ref `json:"depends_on,omitempty"`
	Offerings   []Offering `json:"offerings,omitempty"` // those for the audience
	Retires     time.Time  `json:"retires,omitzero"`    // if it is going to
}

// Ref points at the service's record.
func (s *Service) Ref() itsm.Ref { return itsm.RefTo(ServiceKind, s.ID) }

// IsOn reports whether the service is offered: live, or retiring.
func (s *Service) IsOn() bool { return s.State == Live || s.State == Retiring }

// Visible is what an audience gets to see of the service; false if it is nothing,
// because the service is not for it or is not offered (8.2.4).
func (s *Service) Visible(audience string) (CatalogueEntry, bool) {
	if !s.IsOn() || !isFor(s.Audiences, audience) {
		return CatalogueEntry{}, false
	}
	entry := CatalogueEntry{
		Service: s.Ref(), Number: s.Number, Name: s.Name, Description: s.Description,
		Outcomes: slices.Clone(s.Outcomes), DependsOn: slices.Clone(s.DependsOn), Retires: s.Retires,
	}
	for _, o := range s.Offerings {
		if isFor(o.Audiences, audience) {
			o.Outcomes, o.Audiences = slices.Clone(o.Outcomes), nil
			entry.Offerings = append(entry.Offerings, o)
		}
	}
	return entry, true
}

func isFor(audiences []string, audience string) bool {
	return len(audiences) == 0 || slices.Contains(audiences, audience)
}

// is reports whether a reference is to the service: to its record or to its CI.
func (s *Service) is(ref itsm.Ref) bool {
	return ref == s.Ref() || !s.CI.IsZero() && ref == s.CI
}

// requirement is the place of a requirement, -1 if there is none of the name.
func (s *Service) requirement(id string) int {
	return slices.IndexFunc(s.Requirements, func(r Requirement) bool { return r.ID == id })
}

// offering is the place of an offering, -1 if there is none of the name.
func (s *Service) offering(name string) int {
	return slices.IndexFunc(s.Offerings, func(o Offering) bool { return o.Name == name })
}
