package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// checkNode says what is wrong with a CI on its own; nothing: an empty problem.
func checkNode(m *Model, n *Node) (field, problem string) {
	if n.ID == uuid.Nil {
		return "id", "is missing"
	}
	if at, known := m.classAt[n.Class]; !known {
		return "class", fmt.Sprintf("%q is no class of the model", n.Class)
	} else if m.classes[at].Abstract {
		return "class", fmt.Sprintf("%q is abstract; give a class that descends from it", n.Class)
	}
	for i, need := range n.Needs {
		if err := need.check("need"); err != nil {
			var f *itsm.FieldError
			errors.As(err, &f)
			return fmt.Sprintf("needs[%d]%s", i, strings.TrimPrefix(f.Field, "need")), f.Problem
		}
		for _, other := range n.Needs[:i] {
			if other.Group == need.Group {
				return fmt.Sprintf("needs[%d].group", i), fmt.Sprintf("%q is said twice", need.Group)
			}
		}
	}
	return "", ""
}

// wrongLink says what is wrong with a relation between CIs of two classes; an empty
// class is that of a CI that is not there.
func wrongLink(m *Model, l *Link, from, to string) (field, problem string) {
	t := m.typeOf(l.Type)
	switch read, inverse, known := m.Reading(l.Type); {
	case t == nil && known && inverse:
		return typeName, fmt.Sprintf("%q is how %q reads from the second; give that, with the ends the other way round", l.Type, read.Name)
	case t == nil:
		return typeName, fmt.Sprintf("%q is none of the model; its types are: %s", l.Type, itsm.Listed(m.typeNames()))
	case from == "":
		return fromName, l.From.String() + " is none of the CIs"
	case to == "":
		return toName, l.To.String() + " is none of the CIs"
	case !m.joins(t, from, to):
		return typeName, fmt.Sprintf("%q leads from no %s to a %s; %s", t.Name, from, to, m.instead(from, to))
	}
	return "", ""
}

// wrongCIs are the CIs that are left out for a fault of their own, by where that is told.
type wrongCIs map[uuid.UUID]string

// add notes that a CI is wrong.
func (o *wrongCIs) add(id uuid.UUID, at string) {
	if *o == nil {
		*o = wrongCIs{}
	}
	if id != uuid.Nil {
		(*o)[id] = at
	}
}

// follows reports whether what is wrong with a relation is that the CI which the field
// names is left out, and says where that is told.
func (o wrongCIs) follows(l *Link, field string) (problem string, is bool) {
	id := uuid.Nil
	switch field {
	case fromName:
		id = l.From
	case toName:
		id = l.To
	}
	at, is := o[id]
	return fmt.Sprintf("%s is left out, see %s", id, at), is
}

// pairTable remembers which types may join which classes.
type pairTable struct {
	m    *Model
	rows [][]int8 // by type and first class: by second class 1 yes, -1 no, 0 not yet known
}

func newPairTable(m *Model) *pairTable {
	return &pairTable{m, make([][]int8, len(m.types)*len(m.classes))}
}

func (p *pairTable) allows(typ, from, to uint32) bool {
	row := &p.rows[int(typ)*len(p.m.classes)+int(from)]
	if *row == nil {
		*row = make([]int8, len(p.m.classes))
	}
	if (*row)[to] == 0 {
		(*row)[to] = -1
		if p.m.joins(&p.m.types[typ], p.m.classes[from].Name, p.m.classes[to].Name) {
			(*row)[to] = 1
		}
	}
	return (*row)[to] > 0
}

// faultOf is a fault of a CI or relation, which it names.
func faultOf(list string, place int, field, problem, who string) *itsm.FieldError {
	if who != "" {
		who = " (" + who + ")"
	}
	return &itsm.FieldError{Field: fmt.Sprintf("%s[%d].%s", list, place, field), Problem: problem + who}
}

// namedCI is a CI for a message, by what is known of it.
func namedCI(id uuid.UUID, name string) string {
	switch {
	case id == uuid.Nil && name == "":
		return ""
	case id == uuid.Nil:
		return "CI " + name
	case name == "":
		return "CI " + id.String()
	}
	return "CI " + name + ", " + id.String()
}

func namedRelation(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return "relation " + id.String()
}
