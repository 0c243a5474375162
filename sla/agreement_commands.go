package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Draft begins an agreement: with whom, who is responsible for it on our side, and
// what the first version is proposed to say.
type Draft struct {
	Kind        Kind      `json:"kind"`
	Party       string    `json:"party"`
	Title       string    `json:"title"`
	Owner       string    `json:"owner"`
	Terms       Terms     `json:"terms"`
	Until       time.Time `json:"until,omitzero"`        // the end that is proposed; zero: open
	Signatories []string  `json:"signatories,omitempty"` // all of whom have to agree
}

func (p *AgreementPolicy) draft(_ *Agreement, c Draft, _ itsm.Stamp) (Draft, error) {
	c.Terms, c.Until, c.Signatories = c.Terms.clone(), itsm.Normal(c.Until), slices.Clone(c.Signatories)
	return c, p.terms(&c.Terms)
}

// Check asks for a kind, a party, a title and an owner.
func (c Draft) Check(*Agreement, itsm.Stamp) error {
	return errors.Join(itsm.CheckOneOf("kind", c.Kind, Kinds()), itsm.CheckLine("party", c.Party),
		itsm.CheckLine("title", c.Title), itsm.CheckLine("owner", c.Owner), checkOpenDate("until", c.Until), itsm.CheckChoices("signatories", c.Signatories))
}

// Apply drafts the agreement.
func (c Draft) Apply(a *Agreement, _ itsm.Stamp) {
	a.Kind, a.Party, a.Title, a.Owner = c.Kind, c.Party, c.Title, c.Owner
	a.Proposal = &Proposal{Terms: c.Terms, Until: c.Until, Signatories: c.Signatories}
}

// Revise proposes the next version, beside the one in force, or writes the proposal
// anew. An assessment made of the proposal before no longer counts.
type Revise struct {
	Terms       Terms     `json:"terms"`
	Until       time.Time `json:"until,omitzero"` // the end that is proposed; zero: open
	Summary     string    `json:"summary"`        // what is new
	Signatories []string  `json:"signatories,omitempty"`
}

func (p *AgreementPolicy) revise(a *Agreement, c Revise, s itsm.Stamp) (Revise, error) {
	c.Terms, c.Until, c.Signatories = c.Terms.clone(), itsm.Normal(c.Until), slices.Clone(c.Signatories)
	if err := a.isStanding(s.At); err != nil {
		return c, err
	}
	return c, p.terms(&c.Terms)
}

// Check asks what is new.
func (c Revise) Check(*Agreement, itsm.Stamp) error {
	return errors.Join(itsm.CheckText("summary", c.Summary), checkOpenDate("until", c.Until), itsm.CheckChoices("signatories", c.Signatories))
}

// Apply replaces the proposal. Signatories that are not given stay: those of the
// proposal before, or whoever agreed to the last version.
func (c Revise) Apply(a *Agreement, _ itsm.Stamp) {
	next := &Proposal{Terms: c.Terms, Until: c.Until, Summary: c.Summary, Signatories: c.Signatories}
	if a.Proposal != nil {
		next.Revisions = a.Proposal.Revisions + 1
	}
	if len(next.Signatories) == 0 {
		switch v := a.last(); {
		case a.Proposal != nil:
			next.Signatories = a.Proposal.Signatories
		case v != nil:
			next.Signatories = v.Signed
		}
	}
	a.Proposal = next
}

// Withdraw drops the proposal. Where nothing has been agreed before, the agreement
// ends with it. What has been agreed and is not in force yet is not withdrawn by one
// side: another version is agreed in its place, or all of it is terminated.
type Withdraw struct {
	Reason string `json:"reason"`
}

// Check asks for a reason.
func (c Withdraw) Check(*Agreement, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply drops the proposal.
func (Withdraw) Apply(a *Agreement, _ itsm.Stamp) { a.Proposal = nil }

// Assess records what the proposal was found to affect, before it is agreed (8.3.4.1).
type Assess struct {
	Impact string `json:"impact"` // on services, requirements, other agreements and costs
}

// Check asks for the impact.
func (c Assess) Check(*Agreement, itsm.Stamp) error { return itsm.CheckText("impact", c.Impact) }

// Apply keeps it with the proposal.
func (c Assess) Apply(a *Agreement, s itsm.Stamp) {
	next := *a.Proposal
	next.Assessment = &Assessment{By: s.By.ID, At: s.At, Impact: c.Impact}
	a.Proposal = &next
}

// isProposed asks for a proposal.
func isProposed(a *Agreement, _ itsm.Stamp) error {
	if a.Proposal == nil {
		return errors.New("there is none; revise the agreement first")
	}
	return nil
}

// isAssessed asks for the impact of a change, of the kinds of which the policy wants
// to know it.
func (p *AgreementPolicy) isAssessed(a *Agreement, _ itsm.Stamp) error {
	if slices.Contains(p.Assessed, a.Kind) && a.Proposal.Assessment == nil {
		return errors.New("the impact of the change is not known; assess it first")
	}
	return nil
}

// Agree accepts the proposal as the next version. From its date on it is in force,
// and the version before ends. Versions agreed before for the same date or a later one
// never take effect; one that has taken effect is not replaced so.
type Agree struct {
	From   time.Time `json:"from,omitzero"` // when it takes effect; zero: at once
	Signed []string  `json:"signed"`        // who agreed: all signatories, and others

	// Late says why what takes effect in the past is agreed only now (R34). Clocks that
	// run keep their version, unless they are recomputed.
	Late string `json:"late,omitzero"`

	// NextReview is when the agreement is to be reviewed. Zero: for the first version,
	// when the policy says; for a later one, as before.
	NextReview time.Time `json:"next_review,omitzero"`

	// Filled in by the decision.
	Was time.Time `json:"was,omitzero"` // the end of the version before, which this one replaces; zero: open, or none
}

func (p *AgreementPolicy) agree(a *Agreement, c Agree, s itsm.Stamp) (Agree, error) {
	if c.From.IsZero() {
		c.From = s.At
	}
	c.From, c.Signed = itsm.Normal(c.From), slices.Clone(c.Signed)
	if err := errors.Join(checkSpan("", c.From, a.Proposal.Until, true), itsm.CheckChoices("signed", c.Signed)); err != nil {
		return c, err
	}
	for _, who := range a.Proposal.Signatories {
		if !slices.Contains(c.Signed, who) {
			return c, itsm.Refuse("signatories", "%s has to agree too", who)
		}
	}
	switch isLate := c.From.Before(s.At); {
	case isLate && c.Late == "":
		return c, &itsm.FieldError{Field: "late", Problem: fmt.Sprintf(
			"is missing; it would take effect at %s, in the past: say why it is agreed only now (R34)", stamped(c.From))}
	case !isLate && c.Late != "":
		return c, &itsm.FieldError{Field: "late", Problem: "is given, but the version does not take effect in the past"}
	}
	if v := a.last(); v != nil {
		if err := a.follows(c.From, s); err != nil {
			return c, err
		}
		c.Was = v.Until
	}
	if err := p.terms(&a.Proposal.Terms); err != nil {
		return c, err
	}
	if err := p.prove(&a.Proposal.Terms); err != nil {
		return c, err
	}
	if a.last() != nil && c.NextReview.IsZero() {
		return c, nil
	}
	var err error
	c.NextReview, err = p.review(c.NextReview, laterOf(c.From, s.At))
	return c, err
}

// follows refuses a version that would take the place of one that has taken effect,
// or leave a gap.
func (a *Agreement) follows(from time.Time, s itsm.Stamp) error {
	if err := a.isStanding(s.At); err != nil {
		return err
	}
	known := laterOf(s.At, s.Recorded) // until then clocks may have begun under it
	var before *AgreementVersion
	for i := range a.Versions {
		switch v := &a.Versions[i]; {
		case v.isReplaced():
		case v.From.Before(from):
			before = v
		case !v.From.After(known):
			return &itsm.FieldError{Field: "from", Problem: fmt.Sprintf(
				"%s is not after %s, when version %d took effect; give a later one", stamped(from), stamped(v.From), v.Number)}
		}
	}
	if before != nil && !before.Until.IsZero() && from.After(before.Until) {
		return &itsm.FieldError{Field: "from", Problem: fmt.Sprintf(
			"%s would leave a gap: version %d ends at %s; extend that first, or give an earlier one", stamped(from), before.Number, stamped(before.Until))}
	}
	return nil
}

// isStanding refuses what needs an agreement that goes on.
func (a *Agreement) isStanding(at time.Time) error {
	if a.Notice != nil {
		return itsm.Refuse("notice", "was given: %s ends at %s; draft another agreement", a.Number, stamped(a.Notice.At))
	}
	if end := a.End(); !end.IsZero() && !at.Before(end) {
		return itsm.Refuse("term", "%s ended at %s; draft another agreement", a.Number, stamped(end))
	}
	return nil
}

// Check asks who agreed.
func (c Agree) Check(*Agreement, itsm.Stamp) error {
	if len(c.Signed) == 0 {
		return &itsm.FieldError{Field: "signed", Problem: "is missing; name who agreed"}
	}
	if c.Late != "" {
		return itsm.CheckLine("late", c.Late)
	}
	return nil
}

// Apply makes a version of the proposal.
func (c Agree) Apply(a *Agreement, s itsm.Stamp) {
	p := a.Proposal
	next := AgreementVersion{
		Number: len(a.Versions) + 1, From: c.From, Until: p.Until, Terms: p.Terms, Summary: p.Summary,
		Signed: c.Signed, Agreed: s.At, Late: c.Late, Assessment: p.Assessment,
	}
	versions := slices.Clone(a.Versions)
	for i := range versions {
		switch v := &versions[i]; {
		case !v.From.Before(c.From):
			v.Until = v.From
		case v.Until.IsZero() || v.Until.After(c.From):
			v.Until = c.From
		}
	}
	a.Versions, a.Proposal = append(versions, next), nil
	if !c.From.After(s.At) {
		a.Current = next.Number
	}
	if !c.NextReview.IsZero() {
		a.NextReview = c.NextReview
	}
}

func afterAgree(_ *Agreement, c Agree, s itsm.Stamp) itsm.State {
	if c.From.After(s.At) {
		return Agreed
	}
	return Active
}

// Activate is the system's: an agreed version takes effect.
type Activate struct {
	// Filled in by the decision.
	Version int `json:"version"` // its number
}

func activate(a *Agreement, c Activate, s itsm.Stamp) (Activate, error) {
	c.Version = a.Current
	for v := a.after(a.Current); v != nil && !v.From.After(s.At); v = a.after(v.Number) {
		c.Version = v.Number
	}
	if c.Version == a.Current {
		return c, itsm.Refuse("date", "no version takes effect by %s", stamped(s.At))
	}
	return c, nil
}

// Check asks for nothing: the decision has looked.
func (Activate) Check(*Agreement, itsm.Stamp) error { return nil }

// Apply says which version is in force.
func (c Activate) Apply(a *Agreement, _ itsm.Stamp) { a.Current = c.Version }

// checkOpenDate asks for a date that may be left out.
func checkOpenDate(field string, t time.Time) error {
	if t.IsZero() {
		return nil
	}
	return checkDate(field, t)
}
