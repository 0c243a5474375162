package config

import (
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
)

// RelationMove is what each command says that moves a relation to another state. A
// move is never dated before the one that led to the state it leaves.
type RelationMove struct {
	Change itsm.Ref  `json:"change,omitzero"`
	Since  time.Time `json:"since,omitzero"`  // from when on it is in the new state; zero: from now on
	Reason string    `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Was     time.Time `json:"was,omitzero"`     // from when on it was in the state that it leaves
	Settled bool      `json:"settled,omitzero"` // it was seen not to be as recorded, and is accounted for now
}

// Activate makes a proposed relation one that counts.
type Activate RelationMove

func (p *Policy) activate(r *Relation, c Activate, s itsm.Stamp, near []*Relation) (Activate, error) {
	m, err := p.moveRelation(r, "activate", RelationMove(c), s)
	would := *r
	would.State = Active
	wrong := []error{err, p.Model.checkOthers(&would, p.relationsAs(near))}
	if p.End != nil { // they may have changed since it was proposed
		from, to := End{ID: r.From}, End{ID: r.To}
		lost := decided(p.lookUp(fromName, &from, s), p.lookUp(toName, &to, s))
		if lost == nil {
			lost = p.Model.checkEnds(&would, p.asOurs(from), p.asOurs(to))
		}
		wrong = append(wrong, lost)
	}
	return Activate(m), decided(wrong...)
}

func (p *Policy) aroundActivate(r *Relation, _ Activate, near []*Relation) []itsm.Selection[Relation] {
	if len(near) > 0 {
		return nil
	}
	return p.around(r.Type, r.From, r.To)
}

// moveRelation completes a move of a relation; that of a controlled type moves only
// under a change record (R20).
func (p *Policy) moveRelation(r *Relation, command string, m RelationMove, s itsm.Stamp) (RelationMove, error) {
	m = m.from(r)
	err := p.checkChange(m.Change, s, r.use(command, m.Since))
	if m.Change.IsZero() && p.typeControlled(r.Type) {
		err = decided(err, itsm.Refuse("R20", "%q is controlled; name the change", r.Type))
	}
	return m, err
}

// from fills in what it moves from.
func (m RelationMove) from(r *Relation) RelationMove {
	m.Since, m.Was, m.Settled = itsm.Normal(m.Since), r.InState, r.drifts()
	return m
}

func (m RelationMove) check(r *Relation, s itsm.Stamp) error {
	if !m.Since.IsZero() && m.Since.Before(r.InState) {
		return &itsm.FieldError{Field: "since", Problem: fmt.Sprintf("is before it became %s, at %s", r.State, r.InState.Format(time.RFC3339))}
	}
	return checkSince(m.Since, m.Reason, s)
}

func (m RelationMove) apply(r *Relation, s itsm.Stamp) {
	r.InState, r.Drift = sinceOf(m.Since, s), Drift{}
	r.touch(m.Change)
}

// touch keeps the change that was named last.
func (r *Relation) touch(change itsm.Ref) {
	if !change.IsZero() {
		r.Change = change
	}
}

// Check asks for a sensible time.
func (c Activate) Check(r *Relation, s itsm.Stamp) error { return RelationMove(c).check(r, s) }

// Apply dates it.
func (c Activate) Apply(r *Relation, s itsm.Stamp) { RelationMove(c).apply(r, s) }

func (c Activate) state(f *facts, s itsm.Stamp) { RelationMove(c).state(f, s) }

// Unrelate says that the relation is no more, and from when on. One that never was
// is unrelated since its beginning.
type Unrelate RelationMove

func (p *Policy) unrelate(r *Relation, c Unrelate, s itsm.Stamp) (Unrelate, error) {
	if p.relationAs(r.State) == Proposed { // it never counted
		m := RelationMove(c).from(r)
		return Unrelate(m), p.checkChange(m.Change, s, r.use("unrelate", m.Since))
	}
	m, err := p.moveRelation(r, "unrelate", RelationMove(c), s)
	return Unrelate(m), err
}

// Check asks for a sensible time.
func (c Unrelate) Check(r *Relation, s itsm.Stamp) error { return RelationMove(c).check(r, s) }

// Apply dates the end.
func (c Unrelate) Apply(r *Relation, s itsm.Stamp) { RelationMove(c).apply(r, s) }

func (c Unrelate) state(f *facts, s itsm.Stamp) { RelationMove(c).state(f, s) }

func (m RelationMove) state(f *facts, _ itsm.Stamp) {
	f.since(m.Since, m.Change, m.Reason)
	if m.Settled {
		f.settled([]string{stateName})
	}
}
