package config

import (
	"errors"
	"time"

	"github.com/itsmkit/itsm"
)

// Sight says that the relation was seen to be there, or was looked for and is gone.
// The record does not follow: where it says otherwise what was seen is kept beside it
// as a [Drift] of its state, to be reported (R20), until the two agree or somebody
// moves it. What was seen before something newer is known says nothing any more.
type Sight struct {
	Gone   bool      `json:"gone,omitzero"`
	Source string    `json:"source"`
	Seen   time.Time `json:"seen,omitzero"` // when; zero: now

	// Filled in by the decision.
	Stale   bool `json:"stale,omitzero"`   // something newer is known
	Drifts  bool `json:"drifts,omitzero"`  // a proposed one is there, or an active one gone
	Settled bool `json:"settled,omitzero"` // it differed and agrees again
}

func (p *Policy) sight(r *Relation, c Sight, s itsm.Stamp) (Sight, error) {
	c.Seen = itsm.Normal(c.Seen)
	counts, known := p.relationAs(r.State) == Active, r.Seen
	if counts && r.Since.After(known) { // to propose it says nothing of whether it is there
		known = r.Since
	}
	c.Stale = sinceOf(c.Seen, s).Before(known)
	c.Drifts = !c.Stale && c.Gone == counts
	c.Settled = !c.Stale && !c.Drifts && r.drifts()
	return c, nil
}

func (r *Relation) drifts() bool { return !r.Drift.Observed.IsZero() }

func (c Sight) observed() itsm.Value {
	if c.Gone {
		return itsm.TextValue(Ended)
	}
	return itsm.TextValue(Active)
}

// Check asks for a source and a time that has been.
func (c Sight) Check(_ *Relation, s itsm.Stamp) error {
	wrong := []error{itsm.CheckLine("source", c.Source)}
	if !c.Seen.IsZero() {
		wrong = append(wrong, itsm.CheckTime("seen", c.Seen))
		if c.Seen.After(s.At) {
			wrong = append(wrong, &itsm.FieldError{Field: "seen", Problem: "has not come yet"})
		}
	}
	return errors.Join(wrong...)
}

// Apply keeps when it was looked for last, and what was seen to differ.
func (c Sight) Apply(r *Relation, s itsm.Stamp) {
	seen := sinceOf(c.Seen, s)
	if seen.After(r.Seen) {
		r.Seen = seen
	}
	switch {
	case c.Drifts:
		r.Drift = r.Drift.again(c.observed(), c.Source, seen)
	case c.Settled:
		r.Drift = Drift{}
	}
}

func (c Sight) state(f *facts, s itsm.Stamp) {
	f.seen(c.Seen, c.Source, s)
	switch {
	case c.Drifts:
		f.drifts(stateName, c.observed())
	case c.Settled:
		f.settled([]string{stateName})
	}
}

// RelationFindings lists what is deficient in the record of a relation, as [Findings]
// does of a CI: that it is only proposed and was found to be there, or is recorded as
// active and was seen to be gone (R20). One in a state of a host's own is one that the
// host keeps up: only what is [Ended] has none. See [HealthOf] for the rules of the model.
func RelationFindings(r *Relation) []Finding {
	if r == nil || r.State == Ended || !r.drifts() {
		return nil
	}
	return []Finding{{Drifted, r.Ref(), r.Number, stateName, r.Drift.against(itsm.TextValue(r.State))}}
}
