package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// NewModel verifies classes and types of relations and makes a model of them,
// which shares nothing with them. Every fault is a [itsm.FieldError] with the path
// of what is wrong, "classes[3].attributes[1].pattern", all of them joined:
//
//   - a class or type without a name or with that of another, a type's inverse that
//     is the name or inverse of another type;
//   - a parent that is not there, or a class that is its own ancestor;
//   - an attribute that makes no sense in itself: a pattern that does not compile, a
//     range that nothing is in, a domain with values that the rest refuses;
//   - placeholders that are of another type, blank or listed twice, letter case and
//     white space making no difference;
//   - a class that does not narrow what it inherits. What it leaves out of the
//     attribute stays as it is, what it gives must allow less: fewer values, a
//     smaller range, which leaves of the values inherited those within it; a yes
//     stays a yes, and criticalities and placeholders are added to those inherited.
//     Another type, unit or pattern is refused;
//   - an attribute that has the name of what every CI has, see [OwnAttributes], or of
//     what else rules ask of every CI: change, seen, next_verification, drifts; of a
//     relation, one of [OwnRelationAttributes]. Other names of columns, such as source,
//     since or reason, are free: in a [Table] such a one is "attributes.source";
//   - an attribute that has in two classes different types: of one name it is one
//     column of a table;
//   - an identifier that is empty or there already, in the class or inherited; or with an
//     attribute that the class does not have, that is neither a text nor a number, or
//     that is listed twice; of [OwnAttributes] it may have name, environment and version;
//   - classes in pairs and references that are not there, a type without pairs, with
//     a negative cardinality or an unknown direction.
func NewModel(classes []Class, types []RelationType) (*Model, error) {
	b := builder{m: &Model{
		classes:     cloneClasses(classes),
		types:       cloneTypes(types),
		classAt:     make(map[string]int),
		typeAt:      make(map[string]reading),
		parents:     make([]int, len(classes)),
		services:    make([]bool, len(classes)),
		attributes:  make([]rules, len(classes)),
		ofTypes:     make([]rules, len(types)),
		identifiers: make([][]int, len(classes)),
	}}
	b.nameClasses()
	for _, i := range b.fromAbove() {
		b.resolveClass(i)
		b.resolveIdentifiers(i)
	}
	b.column()
	for i := range b.m.types {
		b.resolveType(i)
	}
	if err := errors.Join(b.wrong...); err != nil {
		return nil, err
	}
	return b.m, nil
}

// With is the model with classes and types of relations added, as a new value,
// verified like the first. One of a name that exists takes its place. The paths of
// faults count in the whole: those of the model first.
func (m *Model) With(classes []Class, types []RelationType) (*Model, error) {
	return NewModel(
		put(m.classes, classes, func(c Class) string { return c.Name }),
		put(m.types, types, func(t RelationType) string { return t.Name }))
}

// put is old with each of add in the place of its namesake, or at the end.
func put[T any](old, add []T, name func(T) string) []T {
	list := slices.Clone(old)
	for _, a := range add {
		if i := slices.IndexFunc(list, func(o T) bool { return name(o) == name(a) }); i >= 0 {
			list[i] = a
		} else {
			list = append(list, a)
		}
	}
	return list
}

func cloneClasses(list []Class) []Class {
	list = slices.Clone(list)
	for i := range list {
		list[i].Attributes = cloneAttributes(list[i].Attributes)
		list[i].Identifiers = slices.Clone(list[i].Identifiers)
		for j, names := range list[i].Identifiers {
			list[i].Identifiers[j] = slices.Clone(names)
		}
	}
	return list
}

func cloneTypes(list []RelationType) []RelationType {
	list = slices.Clone(list)
	for i := range list {
		list[i].Pairs = slices.Clone(list[i].Pairs)
		list[i].Attributes = cloneAttributes(list[i].Attributes)
	}
	return list
}

func cloneAttributes(list []Attribute) []Attribute {
	list = slices.Clone(list)
	for i := range list {
		list[i] = list[i].clone()
	}
	return list
}

// builder verifies a model.
type builder struct {
	m     *Model
	wrong []error
}

func (b *builder) fault(path, format string, args ...any) {
	b.wrong = append(b.wrong, &itsm.FieldError{Field: path, Problem: fmt.Sprintf(format, args...)})
}

// nameClasses finds every class by its name, and its parent.
func (b *builder) nameClasses() {
	for i, c := range b.m.classes {
		path := fmt.Sprintf("classes[%d]", i)
		if err := itsm.CheckLine(path+".name", c.Name); err != nil {
			b.wrong = append(b.wrong, err)
		} else if _, twice := b.m.classAt[c.Name]; twice {
			b.fault(path+".name", "%q is declared before", c.Name)
		} else {
			b.m.classAt[c.Name] = i
		}
		if c.Description != "" {
			if err := itsm.CheckText(path+".description", c.Description); err != nil {
				b.wrong = append(b.wrong, err)
			}
		}
	}
	for i, c := range b.m.classes {
		b.m.parents[i] = -1
		if c.Parent == "" {
			continue
		}
		at, known := b.m.classAt[c.Parent]
		if !known {
			b.fault(fmt.Sprintf("classes[%d].parent", i), "%q is no class", c.Parent)
			continue
		}
		b.m.parents[i] = at
	}
}

// fromAbove lists the classes so that each comes after its parent. Where they lead
// in a circle it cuts the last link of it.
func (b *builder) fromAbove() []int {
	const (
		unseen = iota
		onWay
		done
	)
	var order []int
	seen := make([]int, len(b.m.classes))
	for i := range b.m.classes {
		var way []int
		at := i
		for at >= 0 && seen[at] == unseen {
			seen[at] = onWay
			way = append(way, at)
			at = b.m.parents[at]
		}
		if at >= 0 && seen[at] == onWay {
			var circle []string
			for _, c := range way[slices.Index(way, at):] {
				circle = append(circle, b.m.classes[c].Name)
			}
			last := way[len(way)-1]
			b.fault(fmt.Sprintf("classes[%d].parent", last), "makes the class its own ancestor: %s", strings.Join(append(circle, circle[0]), " → "))
			b.m.parents[last] = -1
		}
		for _, c := range slices.Backward(way) {
			seen[c] = done
			order = append(order, c)
		}
	}
	return order
}

// resolveClass gives a class the attributes of its parent, which is resolved.
func (b *builder) resolveClass(i int) {
	c := &b.m.classes[i]
	b.m.services[i] = c.Service
	var inherited rules
	if p := b.m.parents[i]; p >= 0 {
		b.m.services[i] = c.Service || b.m.services[p]
		inherited = b.m.attributes[p]
	}
	b.m.attributes[i] = b.resolve(fmt.Sprintf("classes[%d]", i), c.Attributes, inherited, c.Parent, slices.Concat(OwnAttributes(), fieldNames()))
	b.m.attributes[i].own = ownOfCI
}

// resolve verifies attributes that are declared over those inherited.
func (b *builder) resolve(path string, declared []Attribute, inherited rules, parent string, reserved []string) rules {
	result := inherited.clone()
	seen := make(map[string]bool)
	for j, a := range declared {
		at := fmt.Sprintf("%s.attributes[%d]", path, j)
		faults := len(b.wrong)
		fault := func(part, format string, args ...any) { b.fault(at+"."+part, format, args...) }
		a.checkForm(fault)
		switch {
		case seen[a.Name]:
			fault("name", "%q is declared before", a.Name)
		case slices.Contains(reserved, a.Name):
			fault("name", "%q is what all have; they are: %s", a.Name, strings.Join(reserved, ", "))
		}
		seen[a.Name] = true
		for k, class := range a.Classes {
			if _, known := b.m.classAt[class]; !known {
				fault(fmt.Sprintf("classes[%d]", k), "%q is no class", class)
			}
		}
		if len(b.wrong) > faults {
			continue
		}
		of, unsaid := inherited.find(a.Name), len(a.Domain) == 0
		if of != nil {
			a = a.narrowed(of.Attribute, parent, b.m.IsA, fault)
		}
		r, err := compiled(a)
		if err != nil {
			fault("pattern", "%v", err)
		}
		if len(b.wrong) == faults && of != nil && unsaid {
			r.narrowDomain(parent, fault)
		}
		if len(b.wrong) == faults {
			r.checkValues(fault)
		}
		result.put(r)
	}
	return result
}

// column checks that an attribute is of one type wherever it is declared, and
// keeps it once for all classes.
func (b *builder) column() {
	first := make(map[string]int)
	for i, c := range b.m.classes {
		for j, a := range c.Attributes {
			k, known := first[a.Name]
			switch {
			case !known:
				first[a.Name] = len(b.m.columns)
				b.m.columns = append(b.m.columns, Attribute{Name: a.Name, Type: a.Type, Indexed: a.Indexed})
			case b.m.columns[k].Type != a.Type && !b.inherits(i, a.Name):
				b.fault(fmt.Sprintf("classes[%d].attributes[%d].type", i, j), "is %s; another class declares %q as %s", a.Type, a.Name, b.m.columns[k].Type)
			default:
				b.m.columns[k].Indexed = b.m.columns[k].Indexed || a.Indexed
			}
		}
	}
}

// inherits reports whether a class narrows an attribute: what is wrong with that
// was said already.
func (b *builder) inherits(class int, name string) bool {
	p := b.m.parents[class]
	return p >= 0 && b.m.attributes[p].find(name) != nil
}

func (b *builder) resolveType(i int) {
	t := &b.m.types[i]
	path := fmt.Sprintf("types[%d]", i)
	b.nameType(path+".name", t.Name, reading{i, false})
	if t.Inverse != t.Name {
		b.nameType(path+".inverse", t.Inverse, reading{i, true})
	}
	if len(t.Pairs) == 0 {
		b.fault(path+".pairs", "is empty; name the classes that it joins")
	}
	for j, p := range t.Pairs {
		at := fmt.Sprintf("%s.pairs[%d]", path, j)
		if slices.Contains(t.Pairs[:j], p) {
			b.fault(at, "is listed before")
		}
		if _, known := b.m.classAt[p.From]; !known {
			b.fault(at+".from", "%q is no class", p.From)
		}
		if _, known := b.m.classAt[p.To]; !known {
			b.fault(at+".to", "%q is no class", p.To)
		}
	}
	if t.MostFrom < 0 {
		b.fault(path+".most_from", "is %d; give 0 for any number, or more", t.MostFrom)
	}
	if t.MostTo < 0 {
		b.fault(path+".most_to", "is %d; give 0 for any number, or more", t.MostTo)
	}
	if err := itsm.CheckOneOf(path+".carries", t.Carries, Directions()); err != nil {
		b.wrong = append(b.wrong, err)
	}
	for j, a := range t.Attributes {
		at := fmt.Sprintf("%s.attributes[%d]", path, j)
		if len(a.RequiredAt) > 0 {
			b.fault(at+".required_at", "is for CIs; a relation has no criticality")
		}
		if len(a.RecommendedAt) > 0 {
			b.fault(at+".recommended_at", "is for CIs; a relation has no criticality")
		}
		if len(a.Placeholders) > 0 {
			b.fault(at+".placeholders", "is for CIs; a relation is identified by what it says")
		}
	}
	b.m.ofTypes[i] = b.resolve(path, t.Attributes, rules{}, "", OwnRelationAttributes())
	b.m.ofTypes[i].own = ownOfRelation
}

// nameType finds a type by one of its names.
func (b *builder) nameType(path, name string, r reading) {
	if err := itsm.CheckLine(path, name); err != nil {
		b.wrong = append(b.wrong, err)
	} else if other, twice := b.m.typeAt[name]; twice {
		b.fault(path, "%q is a name of types[%d] already", name, other.at)
	} else {
		b.m.typeAt[name] = r
	}
}
