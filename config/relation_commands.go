package config

import (
	"errors"
	"fmt"
	"maps"
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
	Group      string                `json:"group,omitzero"` // of suppliers of From, of To where the type carries to the second; see [Need]
	Proposed   bool                  `json:"proposed,omitzero"`
	Attributes map[string]itsm.Value `json:"attributes,omitempty"`
	Source     string                `json:"source,omitzero"` // from where it is known; zero: the actor
	Change     itsm.Ref              `json:"change,omitzero"`
	Since      time.Time             `json:"since,omitzero"`  // from when on it is so; zero: from now on
	Reason     string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)
	Seen       time.Time             `json:"seen,omitzero"`   // filled in by the decision when a program found it
}

func (p *Policy) relate(born *Relation, c Relate, s itsm.Stamp, near []*Relation) (Relate, error) {
	c.Attributes, c.Since, c.Seen = maps.Clone(c.Attributes), itsm.Normal(c.Since), time.Time{}
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
	r.ID = born.ID
	c.Apply(&r, s)
	use := r.use("relate", c.Since)
	r.State = relateTo(nil, c, s)
	l := p.Model.rulesOfType(c.Type)
	return c, decided(p.checkChange(c.Change, s, use), p.checkRefs("attributes", l, c.Attributes, s), p.Model.CheckRelation(&r, p.asOurs(c.From), p.asOurs(c.To), p.relationsAs(near)))
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

// asOurs is a CI in a host's own state of which nothing is left as the model looks at
// it, which knows the states of this package.
func (p *Policy) asOurs(end End) End {
	if p.gone(end.State) {
		end.State = Disposed
	}
	return end
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

// found reports whether it is proposed because a program found it.
func (c Relate) found() bool { return c.Proposed && !c.Seen.IsZero() }

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
		itsm.CheckOptional(itsm.CheckLine, "group", c.Group), itsm.CheckOptional(itsm.CheckLine, "source", c.Source),
		checkNames("attributes", c.Attributes), checkSince(c.Since, c.Reason, s))
}

func (e End) check(path string) error {
	wrong := []error{itsm.CheckLine(path+".class", e.Class), itsm.CheckOptional(itsm.CheckLine, path+".state", string(e.State))}
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
	if c.found() {
		r.Drift = Drift{}.again(itsm.TextValue(Active), c.Source, c.Seen)
	}
	r.Attributes = asserted(nil, c.Attributes, Assertion{Since: since, Source: c.Source, Seen: s.At, Change: c.Change})
}

func (c Relate) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.from(c.Source)
	f.add(typeName, itsm.TextValue(c.Type))
	f.add(fromName, itsm.ReferenceValue(refOf(c.From.ID)))
	f.add(toName, itsm.ReferenceValue(refOf(c.To.ID)))
	f.given(groupName, itsm.TextValue(c.Group))
	if c.found() {
		f.drifts(stateName, itsm.TextValue(Active))
		f.list[len(f.list)-1].From = c.Seen // and not since when it is proposed
	}
	for name, v := range c.Attributes {
		f.given(name, v)
	}
}
