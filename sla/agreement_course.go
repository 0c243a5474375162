package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Review begins a look at whether the agreement still fits what is needed (8.3.3,
// 8.3.4.1). It stays in force.
type Review struct{}

// Check asks for nothing.
func (Review) Check(*Agreement, itsm.Stamp) error { return nil }

// Apply notes when the review began.
func (Review) Apply(a *Agreement, s itsm.Stamp) {
	a.Reviews = append(slices.Clone(a.Reviews), AgreementReview{Began: s.At})
}

// FinishReview says what came of the review, and when the next one is.
type FinishReview struct {
	Outcome    ReviewOutcome `json:"outcome"`
	Changes    []string      `json:"changes,omitempty"`    // that are needed, if the outcome is [ChangeAgreement]
	NextReview time.Time     `json:"next_review,omitzero"` // zero: when the policy says
}

func (p *AgreementPolicy) finishReview(_ *Agreement, c FinishReview, s itsm.Stamp) (FinishReview, error) {
	var err error
	c.Changes = slices.Clone(c.Changes)
	c.NextReview, err = p.review(c.NextReview, s.At)
	return c, err
}

// Check asks for an outcome, and for the changes that it needs.
func (c FinishReview) Check(*Agreement, itsm.Stamp) error {
	wrong := []error{itsm.CheckOneOf("outcome", c.Outcome, ReviewOutcomes())}
	for i, change := range c.Changes {
		wrong = append(wrong, itsm.CheckText(fmt.Sprintf("changes[%d]", i), change))
	}
	switch {
	case c.Outcome == ChangeAgreement && len(c.Changes) == 0:
		wrong = append(wrong, &itsm.FieldError{Field: "changes", Problem: "is missing; say what is to change"})
	case c.Outcome != ChangeAgreement && len(c.Changes) > 0:
		wrong = append(wrong, &itsm.FieldError{Field: "changes", Problem: fmt.Sprintf("is given; the outcome would be %q", ChangeAgreement)})
	}
	return errors.Join(wrong...)
}

// Apply finishes the review.
func (c FinishReview) Apply(a *Agreement, s itsm.Stamp) {
	a.Reviews, a.NextReview = slices.Clone(a.Reviews), c.NextReview
	if n := len(a.Reviews); n > 0 {
		r := &a.Reviews[n-1]
		r.Finished, r.By, r.Outcome, r.Changes = s.At, s.By.ID, c.Outcome, c.Changes
	}
}

// Extend moves the end of an agreement to a later date, on the same terms.
type Extend struct {
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`

	// Filled in by the decision.
	Was time.Time `json:"was"` // the end before
}

func extend(a *Agreement, c Extend, s itsm.Stamp) (Extend, error) {
	c.Until = itsm.Normal(c.Until)
	if err := errors.Join(checkDate("until", c.Until), a.isStanding(s.At)); err != nil {
		return c, err
	}
	c.Was = a.last().Until
	switch {
	case c.Was.IsZero():
		return c, itsm.Refuse("term", "%s is open; there is nothing to extend", a.Number)
	case !c.Until.After(c.Was):
		return c, &itsm.FieldError{Field: "until", Problem: fmt.Sprintf("%s is not after the end at %s; give a later one, or terminate", stamped(c.Until), stamped(c.Was))}
	}
	return c, nil
}

// Check asks for a reason.
func (c Extend) Check(*Agreement, itsm.Stamp) error { return itsm.CheckLine("reason", c.Reason) }

// Apply moves the end.
func (c Extend) Apply(a *Agreement, _ itsm.Stamp) {
	a.Versions = slices.Clone(a.Versions)
	a.last().Until = c.Until
}

// Terminate ends an agreement before the end that was agreed: at once, or at the end
// of a notice. Notice once given can only be shortened. With a dispute open the
// agreement is no more in force from then on, but its record is over only once the
// dispute is settled.
type Terminate struct {
	Reason string    `json:"reason"`
	At     time.Time `json:"at,omitzero"` // zero: at once
}

func terminate(a *Agreement, c Terminate, s itsm.Stamp) (Terminate, error) {
	if c.At.IsZero() {
		c.At = s.At
	}
	c.At = itsm.Normal(c.At)
	if err := checkDate("at", c.At); err != nil {
		return c, err
	}
	end := a.End()
	switch {
	case c.At.Before(s.At):
		return c, &itsm.FieldError{Field: "at", Problem: fmt.Sprintf("%s is in the past, at %s; what was terminated then is recorded as of then (R34)", stamped(c.At), stamped(s.At))}
	case !end.IsZero() && !c.At.Before(end):
		return c, &itsm.FieldError{Field: "at", Problem: fmt.Sprintf("%s is not before the end at %s; there is nothing to terminate", stamped(c.At), stamped(end))}
	}
	return c, nil
}

// Check asks for a reason.
func (c Terminate) Check(*Agreement, itsm.Stamp) error { return itsm.CheckText("reason", c.Reason) }

// Apply gives notice.
func (c Terminate) Apply(a *Agreement, s itsm.Stamp) {
	a.Notice = &Termination{Given: s.At, By: s.By.ID, Reason: c.Reason, At: c.At}
}

func afterTerminate(a *Agreement, c Terminate, s itsm.Stamp) itsm.State {
	if c.At.After(s.At) || len(a.OpenDisputes()) > 0 {
		return a.State
	}
	return Terminated
}

// End is the system's: a notice is over.
type End struct{}

// Check asks for nothing: the guards have looked.
func (End) Check(*Agreement, itsm.Stamp) error { return nil }

// Apply does nothing: the state says it.
func (End) Apply(*Agreement, itsm.Stamp) {}

// Expire is the system's: the end that was agreed has come.
type Expire struct{}

// Check asks for nothing: the guards have looked.
func (Expire) Check(*Agreement, itsm.Stamp) error { return nil }

// Apply does nothing: the state says it.
func (Expire) Apply(*Agreement, itsm.Stamp) {}

func noticeOver(a *Agreement, s itsm.Stamp) error { return over(noticeEnd(a), s) }

func termOver(a *Agreement, s itsm.Stamp) error { return over(termEnd(a), s) }

func over(end time.Time, s itsm.Stamp) error {
	switch {
	case end.IsZero():
		return errors.New("there is none on which it ends so")
	case s.At.Before(end):
		return fmt.Errorf("it ends at %s", stamped(end))
	}
	return nil
}

func disputesSettled(a *Agreement, _ itsm.Stamp) error {
	if open := a.OpenDisputes(); len(open) > 0 {
		return fmt.Errorf("%d is open, %s; settle it first", open[0].ID, itsm.Quoted(open[0].About))
	}
	return nil
}

// wasAgreed refuses a dispute about what was only ever a draft.
func wasAgreed(a *Agreement, _ itsm.Stamp) error {
	if a.last() == nil {
		return errors.New("there was none; the draft was withdrawn")
	}
	return nil
}

// RaiseDispute records a disagreement with the party (8.3.4.1), also after the end.
type RaiseDispute struct {
	About string `json:"about"`
}

// Check asks what it is about.
func (c RaiseDispute) Check(*Agreement, itsm.Stamp) error { return itsm.CheckText("about", c.About) }

// Apply records it.
func (c RaiseDispute) Apply(a *Agreement, s itsm.Stamp) {
	a.Disputes = append(slices.Clone(a.Disputes), Dispute{ID: len(a.Disputes) + 1, About: c.About, By: s.By.ID, Raised: s.At})
}

// SettleDispute closes a dispute.
type SettleDispute struct {
	Dispute    int    `json:"dispute"` // its ID
	Settlement string `json:"settlement"`
}

func settleDispute(a *Agreement, c SettleDispute, _ itsm.Stamp) (SettleDispute, error) {
	if c.Dispute < 1 || c.Dispute > len(a.Disputes) {
		return c, &itsm.FieldError{Field: "dispute", Problem: fmt.Sprintf("%d is none of the %d of %s", c.Dispute, len(a.Disputes), a.Number)}
	}
	if d := &a.Disputes[c.Dispute-1]; !d.IsOpen() {
		return c, itsm.Refuse("settled", "dispute %d was settled at %s; raise another", d.ID, stamped(d.Settled))
	}
	return c, nil
}

// Check asks how it was settled.
func (c SettleDispute) Check(*Agreement, itsm.Stamp) error {
	return itsm.CheckText("settlement", c.Settlement)
}

// Apply settles it.
func (c SettleDispute) Apply(a *Agreement, s itsm.Stamp) {
	a.Disputes = slices.Clone(a.Disputes)
	for i := range a.Disputes {
		if d := &a.Disputes[i]; d.ID == c.Dispute {
			d.Settled, d.Settlement = s.At, c.Settlement
		}
	}
}

// HandOver makes somebody else responsible.
type HandOver struct {
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// Check asks for somebody else, and a reason.
func (c HandOver) Check(a *Agreement, _ itsm.Stamp) error {
	if c.To == a.Owner {
		return &itsm.FieldError{Field: "to", Problem: itsm.Quoted(c.To) + " is responsible already"}
	}
	return errors.Join(itsm.CheckLine("to", c.To), itsm.CheckLine("reason", c.Reason))
}

// Apply names the owner.
func (c HandOver) Apply(a *Agreement, _ itsm.Stamp) { a.Owner = c.To }
