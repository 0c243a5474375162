package sla

import (
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// AgreementKind is the kind of record of [Agreement], as references name it.
const AgreementKind = "agreement"

// Agreement is what was agreed with one party, from its first draft to its end: a
// service level agreement with a customer (ISO/IEC 20000-1, 8.3.3), a contract with
// an external supplier (8.3.4.1), or an agreement with an internal one (8.3.4.2).
//
// What has been agreed is never edited. Another version is proposed beside it, and
// once that is agreed it takes effect on a date, on which the one before ends. Until
// then yet another may be agreed in its place. Which version is in force at an instant
// the dates say, [Agreement.At]; the record's state follows them as the system's
// timers are fired.
type Agreement struct {
	itsm.Header

	Kind  Kind   `json:"kind"`
	Party string `json:"party"` // with whom: a customer, a team, a supplier
	Title string `json:"title"`
	Owner string `json:"owner"` // the responsible person on our side

	Versions []AgreementVersion `json:"versions,omitempty"` // agreed, in the order of their numbers, which is that of their dates too but for those replaced
	Current  int                `json:"current,omitzero"`   // the number of the one that took effect last; 0: none has yet
	Proposal *Proposal          `json:"proposal,omitempty"` // what is to become the next

	NextReview time.Time         `json:"next_review,omitzero"`
	Reviews    []AgreementReview `json:"reviews,omitempty"`  // the last has no outcome while it goes on
	Disputes   []Dispute         `json:"disputes,omitempty"` // recorded to closure (8.3.4.1)
	Notice     *Termination      `json:"notice,omitempty"`   // of its end before the end that was agreed
}

// AgreementVersion is one version that was agreed: from when until when, by whom,
// and what. Only its end changes: with the next version, or when it is extended. One
// that is replaced before it took effect ends when it would have begun.
type AgreementVersion struct {
	Number     int         `json:"number"` // from 1 on
	From       time.Time   `json:"from"`   // when it takes effect
	Until      time.Time   `json:"until,omitzero"`
	Terms      Terms       `json:"terms"`
	Summary    string      `json:"summary,omitzero"` // what is new in it
	Signed     []string    `json:"signed"`           // who agreed
	Agreed     time.Time   `json:"agreed"`           // when
	Late       string      `json:"late,omitzero"`    // why it was agreed after it took effect (R34)
	Assessment *Assessment `json:"assessment,omitempty"`
}

// Proposal is a version that has not been agreed yet.
type Proposal struct {
	Terms       Terms       `json:"terms"`
	Until       time.Time   `json:"until,omitzero"`        // the end that is proposed; zero: open
	Summary     string      `json:"summary,omitzero"`      // what is new in it
	Signatories []string    `json:"signatories,omitempty"` // all of whom have to agree
	Revisions   int         `json:"revisions,omitzero"`    // how often it was written anew
	Assessment  *Assessment `json:"assessment,omitempty"`  // of the proposal as it stands
}

// Assessment is what a change of an agreement was found to affect, before it was
// approved (8.3.4.1).
type Assessment struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Impact string    `json:"impact"` // on services, requirements, other agreements and costs
}

// AgreementReview is one look at whether an agreement still fits what is needed.
type AgreementReview struct {
	Began    time.Time     `json:"began"`
	Finished time.Time     `json:"finished,omitzero"`
	By       string        `json:"by,omitzero"` // who finished it
	Outcome  ReviewOutcome `json:"outcome,omitzero"`
	Changes  []string      `json:"changes,omitempty"` // that are needed
}

// ReviewOutcome says what is to become of an agreement after a review.
type ReviewOutcome string

// The outcomes of a review.
const (
	KeepAgreement   ReviewOutcome = "keep"   // it fits
	ChangeAgreement ReviewOutcome = "change" // another version is needed
	EndAgreement    ReviewOutcome = "end"    // it is not to be extended
)

// ReviewOutcomes lists every outcome.
func ReviewOutcomes() []ReviewOutcome {
	return []ReviewOutcome{KeepAgreement, ChangeAgreement, EndAgreement}
}

// Dispute is a disagreement with the party about the agreement.
type Dispute struct {
	ID         int       `json:"id"` // within the agreement, from 1 on
	About      string    `json:"about"`
	By         string    `json:"by"` // who raised it
	Raised     time.Time `json:"raised"`
	Settled    time.Time `json:"settled,omitzero"`
	Settlement string    `json:"settlement,omitzero"` // how
}

// IsOpen reports whether the dispute has not been settled.
func (d *Dispute) IsOpen() bool { return d.Settled.IsZero() }

// Termination says that an agreement ends before the end that was agreed.
type Termination struct {
	Given  time.Time `json:"given"` // when notice was given
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"` // when it ends
}

// last is the version agreed last; nil while there is none.
func (a *Agreement) last() *AgreementVersion {
	if len(a.Versions) == 0 {
		return nil
	}
	return &a.Versions[len(a.Versions)-1]
}

// End is the first instant at which the agreement is not in force any more: the end
// that was agreed, or that of a notice before it. Zero: it is open.
func (a *Agreement) End() time.Time {
	var end time.Time
	if v := a.last(); v != nil {
		end = v.Until
	}
	if a.Notice != nil && (end.IsZero() || a.Notice.At.Before(end)) {
		end = a.Notice.At
	}
	return end
}

// At is the version in force at an instant; nil if none is. A notice that was given
// counts, whether or not the record has been brought to its end.
func (a *Agreement) At(at time.Time) *AgreementVersion {
	if end := a.End(); !end.IsZero() && !at.Before(end) {
		return nil
	}
	for i := range a.Versions {
		if v := &a.Versions[i]; !at.Before(v.From) && (v.Until.IsZero() || at.Before(v.Until)) {
			return v
		}
	}
	return nil
}

// isReplaced reports whether another version was agreed in place of this one before
// it took effect.
func (v *AgreementVersion) isReplaced() bool { return !v.Until.IsZero() && !v.Until.After(v.From) }

// Next is when the next agreed version takes effect; the zero time if none is to.
func (a *Agreement) Next() time.Time {
	if v := a.after(a.Current); v != nil {
		return v.From
	}
	return time.Time{}
}

// after is the version that takes effect after one of a number; nil if none does.
func (a *Agreement) after(number int) *AgreementVersion {
	for i := number; i < len(a.Versions); i++ {
		v := &a.Versions[i]
		switch {
		case v.isReplaced():
			continue
		case a.Notice != nil && !v.From.Before(a.Notice.At):
			return nil
		}
		return v
	}
	return nil
}

// InForce is the versions of the agreement that are, were or will be in force, as
// [NewBook] takes them: those that were agreed, without any that a notice keeps from
// taking effect. All of them belong in the book, for clocks keep the version under
// which they began.
func (a *Agreement) InForce() []Version {
	var list []Version
	a.eachInForce(func(v *AgreementVersion, until time.Time) {
		known := time.Time{}
		if v.Agreed.After(v.From) {
			known = v.Agreed
		}
		list = append(list, Version{
			Agreement: a.Number, Number: v.Number, Kind: a.Kind, Party: a.Party,
			From: v.From, Until: until, Terms: v.Terms.clone(), Known: known,
		})
	})
	return list
}

// eachInForce visits the versions that are, were or will be in force, each with the
// end that it then has; zero: none.
func (a *Agreement) eachInForce(visit func(v *AgreementVersion, until time.Time)) {
	end := a.End()
	for i := range a.Versions {
		v := &a.Versions[i]
		until := v.Until
		if !end.IsZero() && (until.IsZero() || end.Before(until)) {
			until = end
		}
		if until.IsZero() || until.After(v.From) {
			visit(v, until)
		}
	}
}

// OpenDisputes lists the disputes that have not been settled.
func (a *Agreement) OpenDisputes() []Dispute {
	var open []Dispute
	for _, d := range a.Disputes {
		if d.IsOpen() {
			open = append(open, d)
		}
	}
	return open
}

// services lists what the agreement is for, in any version that is not over and in
// the proposal, each once.
func (a *Agreement) services() []itsm.Ref {
	var list []itsm.Ref
	add := func(t *Terms) {
		for _, ref := range t.Services {
			if !slices.Contains(list, ref) {
				list = append(list, ref)
			}
		}
	}
	for i := max(a.Current-1, 0); i < len(a.Versions); i++ {
		if v := &a.Versions[i]; !v.isReplaced() {
			add(&v.Terms)
		}
	}
	if a.Proposal != nil {
		add(&a.Proposal.Terms)
	}
	return list
}
