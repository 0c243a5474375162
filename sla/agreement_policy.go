package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// AgreementPolicy is what differs from host to host in how agreements are made.
// [AgreementProcess] copies it, but for the calendar of ReviewEvery. In a policy of
// one's own every zero value means zero or none: start from
// [DefaultAgreementPolicy].
type AgreementPolicy struct {
	Managers  []itsm.Role // who may draft, assess and review agreements and record disputes
	Approvers []itsm.Role // who may besides agree to versions, extend and terminate

	// Schema is the fields that conditions of the terms may ask for: that of the books
	// which are made of the agreements.
	Schema Schema

	// Assessed are the kinds of agreements of which a later version is agreed only
	// after its impact was assessed.
	Assessed []Kind

	// ReviewEvery is after how long an agreement is reviewed unless a date is given,
	// and the latest date that can be. It is more than zero.
	ReviewEvery itsm.Wait
}

// Approver is the role of a policy's approvers in [DefaultAgreementPolicy].
const Approver itsm.Role = "sla.approver"

// ResponsiblePerson is the relational role of an agreement's owner, and of a
// service's.
const ResponsiblePerson itsm.Role = "responsible person"

// DefaultAgreementPolicy has the roles [Manager] and [Approver], reviews every 365
// days, asks for an assessment of later versions of contracts, and knows the fields
// of the usual work: service, phase, priority, hold_reason, responded, public_notes,
// group and category.
func DefaultAgreementPolicy() *AgreementPolicy {
	phases := make([]itsm.Value, 0, len(itsm.Phases()))
	for _, p := range itsm.Phases() {
		phases = append(phases, itsm.TextValue(p))
	}
	return &AgreementPolicy{
		Managers:  []itsm.Role{Manager},
		Approvers: []itsm.Role{Approver},
		Schema: Schema{
			{Name: serviceField, Type: itsm.Reference},
			{Name: "phase", Type: itsm.Text, Domain: phases},
			{Name: "priority", Type: itsm.Number},
			{Name: "hold_reason", Type: itsm.Text},
			{Name: "responded", Type: itsm.Instant},
			{Name: "public_notes", Type: itsm.Number},
			{Name: "group", Type: itsm.Text},
			{Name: "category", Type: itsm.Text},
		},
		Assessed:    []Kind{Underpinning},
		ReviewEvery: itsm.Wait{Days: 365},
	}
}

// check refuses a policy under which the process could not run.
func (p *AgreementPolicy) check() error {
	wrong := []error{itsm.CheckRoles("managers", p.Managers, ResponsiblePerson), itsm.CheckRoles("approvers", p.Approvers, ResponsiblePerson), p.Schema.Check()}
	for i, k := range p.Assessed {
		field := fmt.Sprintf("assessed[%d]", i)
		wrong = append(wrong, itsm.CheckOneOf(field, k, Kinds()))
	}
	return errors.Join(append(wrong, p.ReviewEvery.Check("review_every"))...)
}

func (p *AgreementPolicy) clone() *AgreementPolicy {
	c := *p
	c.Managers, c.Approvers, c.Assessed = slices.Clone(p.Managers), slices.Clone(p.Approvers), slices.Clone(p.Assessed)
	c.Schema = slices.Clone(p.Schema)
	for i := range c.Schema {
		c.Schema[i].Domain = slices.Clone(c.Schema[i].Domain)
	}
	return &c
}

// prove refuses terms whose conditions contradict themselves, when they are to be
// agreed: a *[DefectsError].
func (p *AgreementPolicy) prove(t *Terms) error {
	defects, err := t.Prove(p.Schema)
	if err != nil {
		return err
	}
	return Refuse(defects)
}

// terms checks what is to be agreed against the schema.
func (p *AgreementPolicy) terms(t *Terms) error {
	if err := t.Check(p.Schema); err != nil {
		return errors.Join(placed("terms", err)...)
	}
	return nil
}

// review is the date of the next review: the given one, or the latest that may be.
func (p *AgreementPolicy) review(given, from time.Time) (time.Time, error) {
	latest := itsm.Normal(p.ReviewEvery.After(from))
	if given.IsZero() {
		return latest, nil
	}
	given = itsm.Normal(given)
	if err := checkDate("next_review", given); err != nil {
		return given, err
	}
	if !given.After(from) || given.After(latest) {
		return given, &itsm.FieldError{Field: "next_review", Problem: fmt.Sprintf(
			"%s is not after %s and by %s; agreements are reviewed at planned intervals", stamped(given), stamped(from), stamped(latest))}
	}
	return given, nil
}

func stamped(t time.Time) string { return t.Format(time.RFC3339) }
