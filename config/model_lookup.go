package config

import (
	"slices"

	"github.com/itsmkit/itsm"
)

// Classes lists the classes as declared.
func (m *Model) Classes() []Class { return cloneClasses(m.classes) }

// RelationTypes lists the types of relations as declared.
func (m *Model) RelationTypes() []RelationType { return cloneTypes(m.types) }

// Class is the class of that name as declared; what it inherits is in
// [Model.Attributes].
func (m *Model) Class(name string) (Class, bool) {
	i, known := m.classAt[name]
	if !known {
		return Class{}, false
	}
	return cloneClasses(m.classes[i : i+1])[0], true
}

// RelationType is the type of relation of that name.
func (m *Model) RelationType(name string) (RelationType, bool) {
	t, inverse, known := m.Reading(name)
	return t, known && !inverse
}

// Reading is the type of relation that has the name, or has it as its inverse:
// what stands first is then the second of the relation. A name that is its own
// inverse reads forward.
func (m *Model) Reading(name string) (t RelationType, inverse, known bool) {
	r, known := m.typeAt[name]
	if !known {
		return RelationType{}, false, false
	}
	return cloneTypes(m.types[r.at : r.at+1])[0], r.inverse, true
}

// typeOf is the type of that name without a copy; nil if there is none.
func (m *Model) typeOf(name string) *RelationType {
	if r, known := m.typeAt[name]; known && !r.inverse {
		return &m.types[r.at]
	}
	return nil
}

// IsA reports whether a class is the other one or descends from it. An unknown
// class is none, and none descends from it.
func (m *Model) IsA(class, ancestor string) bool {
	at, known := m.classAt[class]
	if !known {
		return false
	}
	for ; at >= 0; at = m.parents[at] {
		if m.classes[at].Name == ancestor {
			return true
		}
	}
	return false
}

// IsService reports whether the CIs of a class are services: it or an ancestor
// says so.
func (m *Model) IsService(class string) bool {
	at, known := m.classAt[class]
	return known && m.services[at]
}

// Within lists a class and its descendants, as declared; nil for an unknown class.
func (m *Model) Within(class string) []string {
	var list []string
	for _, c := range m.classes {
		if m.IsA(c.Name, class) {
			list = append(list, c.Name)
		}
	}
	return list
}

// Attributes lists the attributes that CIs of a class have: those of its ancestors
// first, from the top, then its own, each as narrowed by the class. Nil for an
// unknown class.
func (m *Model) Attributes(class string) []Attribute {
	at, known := m.classAt[class]
	if !known {
		return nil
	}
	return m.attributes[at].declared()
}

func (l *rules) declared() []Attribute {
	list := make([]Attribute, len(l.list))
	for i := range l.list {
		list[i] = l.list[i].Attribute.clone()
	}
	return list
}

// Attribute is the attribute of that name of the CIs of a class, as narrowed by it.
func (m *Model) Attribute(class, name string) (Attribute, bool) {
	r := m.rulesOf(class).find(name)
	if r == nil {
		return Attribute{}, false
	}
	return r.Attribute.clone(), true
}

// rulesOf are the attributes of a class; none for an unknown one.
func (m *Model) rulesOf(class string) *rules {
	if at, known := m.classAt[class]; known {
		return &m.attributes[at]
	}
	return &rules{}
}

// rulesAt are the attributes of a class as they are asked of a CI of a criticality.
func (m *Model) rulesAt(class string, level itsm.Level) *rules {
	l := *m.rulesOf(class)
	l.level = level
	return &l
}

// rulesOfType are the attributes of a type of relation; none for an unknown one.
func (m *Model) rulesOfType(name string) *rules {
	if r, known := m.typeAt[name]; known && !r.inverse {
		return &m.ofTypes[r.at]
	}
	return &rules{}
}

// Allows reports whether a relation of a type may lead from a CI of the one class
// to one of the other.
func (m *Model) Allows(relation, from, to string) bool {
	t := m.typeOf(relation)
	return t != nil && m.joins(t, from, to)
}

func (m *Model) joins(t *RelationType, from, to string) bool {
	return slices.ContainsFunc(t.Pairs, func(p Pair) bool { return m.IsA(from, p.From) && m.IsA(to, p.To) })
}

// Between lists the types of relations that may lead from a CI of the one class to
// one of the other, as declared.
func (m *Model) Between(from, to string) []RelationType {
	var list []RelationType
	for i := range m.types {
		if m.joins(&m.types[i], from, to) {
			list = append(list, m.types[i])
		}
	}
	return cloneTypes(list)
}

// AttributeNames lists the attributes of all classes, in the order in which they
// are declared first.
func (m *Model) AttributeNames() []string {
	names := make([]string, len(m.columns))
	for i, a := range m.columns {
		names[i] = a.Name
	}
	return names
}
