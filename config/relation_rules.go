package config

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// CheckRelation holds a relation against the model: its type is known and allows
// the classes of its ends, none of which is disposed of, its attributes are those
// of the type; and, unless it has ended, none of the others that have not says the
// same, and no more active ones than the type allows lead from its first CI or to
// its second. Others are the relations of the same ends that are at hand; those of
// another type, the relation itself, and what is nil do not matter. It knows no states
// but those of this package, and takes any other for one of what is there; a process
// looks at what [Policy.Phase] says of them first. Every fault is a
// [itsm.FieldError] or a refusal, all of them joined.
func (m *Model) CheckRelation(r *Relation, from, to End, others []*Relation) error {
	if r == nil {
		return &itsm.FieldError{Field: "relation", Problem: "is nil"}
	}
	return errors.Join(m.checkEnds(r, from, to), m.checkRelationValues(r), m.checkOthers(r, others))
}

func (m *Model) checkRelationValues(r *Relation) error {
	values := make(map[string]itsm.Value, len(r.Attributes))
	for name, a := range r.Attributes {
		values[name] = a.Value
	}
	l := m.rulesOfType(r.Type)
	return errors.Join(l.values("attributes", values, nil),
		l.missing("attributes", func(name string) bool { return !values[name].IsZero() }))
}

// checkEnds holds the type and the classes of the ends against the model.
func (m *Model) checkEnds(r *Relation, from, to End) error {
	t := m.typeOf(r.Type)
	if t == nil {
		if read, inverse, known := m.Reading(r.Type); known && inverse {
			return &itsm.FieldError{Field: typeName, Problem: fmt.Sprintf("%q is how %q reads from the second; give that, with the ends the other way round", r.Type, read.Name)}
		}
		return itsm.CheckOneOf(typeName, r.Type, m.typeNames())
	}
	var wrong []error
	for _, end := range []struct {
		field string
		id    uuid.UUID
		is    End
	}{{fromName, r.From, from}, {toName, r.To, to}} {
		switch _, known := m.classAt[end.is.Class]; {
		case end.id == uuid.Nil:
			wrong = append(wrong, &itsm.FieldError{Field: end.field, Problem: "is missing; name a CI"})
		case !known:
			wrong = append(wrong, &itsm.FieldError{Field: end.field + ".class", Problem: fmt.Sprintf("%s is no class", shown(itsm.TextValue(end.is.Class)))})
		case end.is.State == Disposed && r.State != Ended:
			wrong = append(wrong, &itsm.FieldError{Field: end.field, Problem: fmt.Sprintf("%s is disposed of (R5)", end.id)})
		}
	}
	switch {
	case len(wrong) > 0:
	case r.From == r.To && !t.Cycles:
		wrong = append(wrong, &itsm.FieldError{Field: toName, Problem: "is the CI that it leads from"})
	case !m.joins(t, from.Class, to.Class):
		wrong = append(wrong, &itsm.FieldError{Field: typeName, Problem: fmt.Sprintf("%q leads from no %s to a %s; %s", t.Name, from.Class, to.Class, m.instead(from.Class, to.Class))})
	}
	return errors.Join(wrong...)
}

func (m *Model) typeNames() []string {
	names := make([]string, len(m.types))
	for i, t := range m.types {
		names[i] = t.Name
	}
	return names
}

// instead says which types may lead from one class to another.
func (m *Model) instead(from, to string) string {
	var names []string
	for i := range m.types {
		if m.joins(&m.types[i], from, to) {
			names = append(names, m.types[i].Name)
		}
	}
	if len(names) == 0 {
		return "nothing does"
	}
	return "what does: " + itsm.Listed(names)
}

// checkOthers holds a relation that has not ended against those around it.
func (m *Model) checkOthers(r *Relation, others []*Relation) error {
	t := m.typeOf(r.Type)
	if t == nil || r.State == Ended {
		return nil
	}
	var wrong []error
	leadFrom, leadTo := 0, 0
	for _, o := range others {
		if o == nil || o.ID == r.ID || o.Type != r.Type || o.State == Ended {
			continue
		}
		if r.same(o) {
			wrong = append(wrong, itsm.Refuse("duplicate", "%s says the same", o.Number))
		}
		if o.State == Proposed {
			continue
		}
		if o.From == r.From {
			leadFrom++
		}
		if o.To == r.To {
			leadTo++
		}
	}
	if r.State == Proposed {
		return errors.Join(wrong...)
	}
	if t.MostFrom > 0 && leadFrom >= t.MostFrom {
		wrong = append(wrong, itsm.Refuse("cardinality", "%d lead from %s that are %q already, and %d may; end one first", leadFrom, r.From, t.Name, t.MostFrom))
	}
	if t.MostTo > 0 && leadTo >= t.MostTo {
		wrong = append(wrong, itsm.Refuse("cardinality", "%d lead to %s that are %q already, and %d may; end one first", leadTo, r.To, t.Name, t.MostTo))
	}
	return errors.Join(wrong...)
}

// around asks for the relations that a rule about one must see.
func (p *Policy) around(relation string, from, to uuid.UUID) []itsm.Selection[Relation] {
	t := p.Model.typeOf(relation)
	if t == nil {
		return nil
	}
	asked := []itsm.Selection[Relation]{openFrom(from, itsm.TextValue(relation), itsm.ReferenceValue(refOf(to)))}
	if t.MostFrom > 0 {
		asked[0] = openFrom(from, itsm.TextValue(relation))
	}
	if t.MostTo > 0 {
		asked = append(asked, openTo(to, itsm.TextValue(relation)))
	}
	return asked
}
