package config

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Verifications is how well the CIs of an estate are verified (ISO/IEC 20000-1
// 8.2.6). Those in use or on the way there count; what is on paper, retired or
// disposed of does not.
type Verifications struct {
	At       time.Time         `json:"at"`
	Due      []DueVerification `json:"due,omitempty"`      // the earliest first, then by id
	Actions  []OverdueAction   `json:"actions,omitempty"`  // the earliest due first, then by id and number
	Measures []Measure         `json:"measures,omitempty"` // as [VerificationAspects], by criticality
}

// DueVerification is a CI that is to be verified by a time.
type DueVerification struct {
	ID          uuid.UUID  `json:"id"`
	Number      string     `json:"number,omitzero"`
	Name        string     `json:"name,omitzero"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	Due         time.Time  `json:"due"`
	Overdue     bool       `json:"overdue,omitzero"`
}

// OverdueAction is an action that was to be done by now.
type OverdueAction struct {
	CI     uuid.UUID `json:"ci"`
	Number string    `json:"number,omitzero"`
	Action
}

// The aspects of verification.
const (
	Overdue       Aspect = "verification overdue" // of those that are verified at intervals
	NeverVerified Aspect = "never verified"       // of those
	Confirmed     Aspect = "verified in time"     // of those: the last one passed, and the next is not due
	Attested      Aspect = "attested in time"     // of those: the last one is the owner's word
	ActionOverdue Aspect = "action overdue"       // of open actions; an id for each, so that of a CI may come twice
)

// VerificationAspects lists the aspects of [VerificationsOf].
func VerificationAspects() []Aspect {
	return []Aspect{Overdue, NeverVerified, Confirmed, Attested, ActionOverdue}
}

// VerificationsOf counts how the CIs stand at a time, and lists what is to be verified
// before the other. What is due at an instant is overdue from that instant on. A nil
// policy means [DefaultPolicy]; it gives the order of the criticalities, and what states mean.
func VerificationsOf(policy *Policy, cis iter.Seq[*CI], at, before time.Time) (*Verifications, error) {
	p, err := prepared(policy)
	if err != nil {
		return nil, err
	}
	if err := itsm.CheckTime("at", at); err != nil {
		return nil, err
	}
	v := &Verifications{At: itsm.Normal(at)}
	tallies := make(map[Aspect]*reckoning)
	for _, a := range VerificationAspects() {
		tallies[a] = newReckoning(a)
	}
	for ci := range records(cis) {
		v.actions(ci, tallies[ActionOverdue])
		if !p.inUse(ci.State) || ci.NextVerify.IsZero() {
			continue
		}
		overdue := !at.Before(ci.NextVerify)
		passed := !overdue && ci.Verified.Result == Passed
		of := string(ci.Criticality)
		tallies[Overdue].count(ci.ID, of, overdue)
		tallies[NeverVerified].count(ci.ID, of, ci.Verified.At.IsZero())
		tallies[Confirmed].count(ci.ID, of, passed)
		tallies[Attested].count(ci.ID, of, passed && ci.Verified.Against == "")
		if overdue || ci.NextVerify.Before(before) {
			v.Due = append(v.Due, DueVerification{ci.ID, ci.Number, ci.Name, ci.Criticality, ci.NextVerify, overdue})
		}
	}
	byRank := func(a, b string) int { return cmp.Compare(p.rank(itsm.Level(a)), p.rank(itsm.Level(b))) }
	for _, a := range VerificationAspects() {
		v.Measures = append(v.Measures, tallies[a].measure(byRank))
	}
	slices.SortFunc(v.Due, func(a, b DueVerification) int { return cmp.Or(a.Due.Compare(b.Due), compareIDs(a.ID, b.ID)) })
	slices.SortFunc(v.Actions, func(a, b OverdueAction) int {
		return cmp.Or(a.Due.Compare(b.Due), compareIDs(a.CI, b.CI), cmp.Compare(a.ID, b.ID))
	})
	return v, nil
}

// actions counts the open actions of a CI. They count in whatever state it is.
func (v *Verifications) actions(ci *CI, t *reckoning) {
	for _, a := range ci.OpenActions() {
		overdue := !v.At.Before(a.Due)
		t.count(ci.ID, string(ci.Criticality), overdue)
		if overdue {
			v.Actions = append(v.Actions, OverdueAction{ci.ID, ci.Number, a})
		}
	}
}

// String is the report: the measures, then what is due, one a line.
func (v *Verifications) String() string {
	var b strings.Builder
	for _, m := range v.Measures {
		b.WriteString(m.String())
	}
	for _, d := range v.Due {
		state := "due"
		if d.Overdue {
			state = "overdue since"
		}
		fmt.Fprintf(&b, "%s %s: %s %s\n", d.Number, shown(itsm.TextValue(d.Name)), state, instant(d.Due))
	}
	for _, a := range v.Actions {
		fmt.Fprintf(&b, "%s action %d (%s) of %s: overdue since %s\n", a.Number, a.ID, shown(itsm.TextValue(a.Title)), a.Owner, instant(a.Due))
	}
	return b.String()
}
