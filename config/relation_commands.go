package config

import (
	"errors"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
)

// Relate says that a relation leads from one CI to another. Where the policy does
// not look the CIs up, whoever gives the command has read them, and says of which
// class and in what state they are ([CI.End]).
//
// People relate by a controlled type only under a change record (R20); what a
// program finds of one is born as proposed, to be activated under a change.
type Relate struct {
	Type       string                `json:"type"`
	From       End                   `json:"from"`
	To         End                   `json:"to"`
	Group      string                `json:"group,omitzero"` // of suppliers of From, see [Need]
	Proposed   bool                  `json:"proposed,omitzero"`
	Attributes map[string]itsm.Value `json:"attributes,omitempty"`
	Source     string                `json:"source,omitzero"` // from where it is known; zero: the actor
	Change     itsm.Ref              `json:"change,omitzero"`
	Since      time.Time             `json:"since,omitzero"`  // from when on it is so; zero: from now on
	Reason     string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)
	Seen       time.Time             `json:"seen,omitzero"`   // filled in by the decision when a program found it
}

func (p *Policy) relate(_ *Relation, c Relate, s itsm.Stamp, near []*Relation) (Relate, error) {
	c.Since, c.Seen = itsm.Normal(c.Since), time.Time{}
	if c.Source == "" {
		c.Source = s.By.ID
	}
	controlled := p.typeControlled(c.Type)
	var wrong []error
	switch {
	case p.observes(s.By):
		c.Seen = s.At
		c.Proposed = c.Proposed || controlled && c.Change.IsZero()
	case controlled && !c.Proposed && c.Change.IsZero():
		wrong = append(wrong, itsm.Refuse("R20", "%q is controlled; name the change, or propose it", c.Type))
	}
	if p.End != nil {
		wrong = append(wrong, p.lookUp(fromName, &c.From, s), p.lookUp(toName, &c.To, s))
	}
	if err := decided(wrong...); err != nil {
		return c, err
	}
	var r Relation
	c.Apply(&r, s)
	r.State = relateTo(nil, c, s)
	l := p.Model.rulesOfType(c.Type)
	return c, decided(p.checkChange(c.Change, s), p.checkRefs("attributes", l, c.Attributes, s), p.Model.CheckRelation(&r, c.From, c.To, near))
}

// lookUp fills in what a CI is.
func (p *Policy) lookUp(field string, end *End, s itsm.Stamp) error {
	found, known := p.End(s.By.Tenant, end.ID)
	if !known {
		return &itsm.FieldError{Field: field, Problem: fmt.Sprintf("%s is no CI", end.ID)}
	}
	found.ID = end.ID
	*end = found
	return nil
}

func (p *Policy) typeControlled(name string) bool {
	t := p.Model.typeOf(name)
	return t != nil && t.Controlled
}

func (p *Policy) aroundRelate(_ *Relation, c Relate, near []*Relation) []itsm.Selection[Relation] {
	if len(near) > 0 {
		return nil
	}
	return p.around(c.Type, c.From.ID, c.To.ID)
}

func relateTo(_ *Relation, c Relate, _ itsm.Stamp) itsm.State {
	if c.Proposed {
		return Proposed
	}
	return Active
}

// Check asks for a type and two CIs of which the class is known.
func (c Relate) Check(_ *Relation, s itsm.Stamp) error {
	return errors.Join(
		itsm.CheckLine("type", c.Type), c.From.check(fromName), c.To.check(toName),
		optional(itsm.CheckLine, "group", c.Group), optional(itsm.CheckLine, "source", c.Source),
		checkNames("attributes", c.Attributes), checkSince(c.Since, c.Reason, s))
}

func (e End) check(path string) error {
	wrong := []error{itsm.CheckLine(path+".class", e.Class), optional(itsm.CheckLine, path+".state", string(e.State))}
	if refOf(e.ID).IsZero() {
		wrong = append(wrong, &itsm.FieldError{Field: path + ".id", Problem: "is missing; name a CI"})
	}
	return errors.Join(wrong...)
}

// Apply makes it a new relation.
func (c Relate) Apply(r *Relation, s itsm.Stamp) {
	since := sinceOf(c.Since, s)
	r.Type, r.From, r.To, r.Group = c.Type, c.From.ID, c.To.ID, c.Group
	r.InState, r.Change, r.Source, r.Seen = since, c.Change, c.Source, c.Seen
	r.Attributes = asserted(nil, c.Attributes, Assertion{Since: since, Source: c.Source, Seen: s.At, Change: c.Change})
}

func (c Relate) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.from(c.Source)
	f.add(typeName, itsm.TextValue(c.Type))
	f.add(fromName, itsm.ReferenceValue(refOf(c.From.ID)))
	f.add(toName, itsm.ReferenceValue(refOf(c.To.ID)))
	f.given(groupName, itsm.TextValue(c.Group))
	for name, v := range c.Attributes {
		f.given(name, v)
	}
}

// Activate makes a proposed relation one that counts.
type Activate Move

func (p *Policy) activate(r *Relation, c Activate, s itsm.Stamp, near []*Relation) (Activate, error) {
	m, err := p.moveRelation(r, Move(c), s)
	would := *r
	would.State = Active
	return Activate(m), decided(err, p.Model.checkOthers(&would, near))
}

func (p *Policy) aroundActivate(r *Relation, _ Activate, near []*Relation) []itsm.Selection[Relation] {
	if len(near) > 0 {
		return nil
	}
	return p.around(r.Type, r.From, r.To)
}

// moveRelation completes a move of a relation; that of a controlled type moves only
// under a change record (R20).
func (p *Policy) moveRelation(r *Relation, m Move, s itsm.Stamp) (Move, error) {
	m.Since, m.Was = itsm.Normal(m.Since), r.InState
	err := p.checkChange(m.Change, s)
	if m.Change.IsZero() && p.typeControlled(r.Type) {
		err = decided(err, itsm.Refuse("R20", "%q is controlled; name the change", r.Type))
	}
	return m, err
}

func (m Move) checkRelation(r *Relation, s itsm.Stamp) error {
	if !m.Since.IsZero() && m.Since.Before(r.InState) {
		return &itsm.FieldError{Field: "since", Problem: fmt.Sprintf("is before it became %s, at %s", r.State, r.InState.Format(time.RFC3339))}
	}
	return checkSince(m.Since, m.Reason, s)
}

func (m Move) applyRelation(r *Relation, s itsm.Stamp) {
	r.InState = sinceOf(m.Since, s)
	r.touch(m.Change)
}

// touch keeps the change that was named last.
func (r *Relation) touch(change itsm.Ref) {
	if !change.IsZero() {
		r.Change = change
	}
}

// Check asks for a sensible time.
func (c Activate) Check(r *Relation, s itsm.Stamp) error { return Move(c).checkRelation(r, s) }

// Apply dates it.
func (c Activate) Apply(r *Relation, s itsm.Stamp) { Move(c).applyRelation(r, s) }

func (c Activate) state(f *facts, s itsm.Stamp) { Move(c).state(f, s) }

// Unrelate says that the relation is no more, and from when on. One that never was
// is unrelated from its beginning on.
type Unrelate Move

func (p *Policy) unrelate(r *Relation, c Unrelate, s itsm.Stamp) (Unrelate, error) {
	if r.State == Proposed { // it never counted
		m := Move(c)
		m.Since, m.Was = itsm.Normal(m.Since), r.InState
		return Unrelate(m), p.checkChange(m.Change, s)
	}
	m, err := p.moveRelation(r, Move(c), s)
	return Unrelate(m), err
}

// Check asks for a sensible time.
func (c Unrelate) Check(r *Relation, s itsm.Stamp) error { return Move(c).checkRelation(r, s) }

// Apply dates the end.
func (c Unrelate) Apply(r *Relation, s itsm.Stamp) { Move(c).applyRelation(r, s) }

func (c Unrelate) state(f *facts, s itsm.Stamp) { Move(c).state(f, s) }

// Adjust says what attributes a relation has, as [SetAttributes] does of a CI.
// Controlled ones change only under a change record (R20), whoever says so.
type Adjust struct {
	Values map[string]itsm.Value `json:"values"`
	Change itsm.Ref              `json:"change,omitzero"`
	Since  time.Time             `json:"since,omitzero"`
	Until  time.Time             `json:"until,omitzero"`
	Reason string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	Was []Replaced `json:"was,omitempty"` // filled in by the decision
}

func (p *Policy) adjust(r *Relation, c Adjust, s itsm.Stamp) (Adjust, error) {
	c.Since, c.Until, c.Was = itsm.Normal(c.Since), itsm.Normal(c.Until), nil
	l := p.Model.rulesOfType(r.Type)
	wrong := []error{l.values("values", c.Values, nil), p.checkRefs("values", l, c.Values, s), p.checkChange(c.Change, s)}
	var without []string
	for _, name := range namesOf(c.Values) {
		a := r.Attributes[name]
		c.Was = append(c.Was, Replaced{name, a.Value, a.Since})
		if rule := l.find(name); rule != nil && rule.Controlled && c.Change.IsZero() && !a.Value.Equal(c.Values[name]) {
			without = append(without, name)
		}
	}
	if len(without) > 0 {
		wrong = append(wrong, itsm.Refuse("R20", "controlled and so changed only under a change: %s; name it", joined(without)))
	}
	return c, decided(wrong...)
}

// Check asks for values, and for a time that is over when it ends.
func (c Adjust) Check(_ *Relation, s itsm.Stamp) error {
	return errors.Join(checkStated(c.Values), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s))
}

// Apply sets the attributes.
func (c Adjust) Apply(r *Relation, s itsm.Stamp) {
	if c.Until.IsZero() {
		r.Attributes = asserted(r.Attributes, c.Values, Assertion{Since: sinceOf(c.Since, s), Source: s.By.ID, Seen: s.At, Change: c.Change})
	} else {
		r.Attributes = notBefore(r.Attributes, c.Values, c.Until)
	}
	r.touch(c.Change)
}

func (c Adjust) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	for name, v := range c.Values {
		f.add(name, v)
	}
}

// Sight says that the relation was seen to be there.
type Sight struct {
	Source string    `json:"source"`
	Seen   time.Time `json:"seen,omitzero"` // when; zero: now
}

func sight(_ *Relation, c Sight, _ itsm.Stamp) (Sight, error) {
	c.Seen = itsm.Normal(c.Seen)
	return c, nil
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

// Apply keeps when it was seen last.
func (c Sight) Apply(r *Relation, s itsm.Stamp) {
	if seen := sinceOf(c.Seen, s); seen.After(r.Seen) {
		r.Seen = seen
	}
}
