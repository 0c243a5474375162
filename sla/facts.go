package sla

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/itsmkit/itsm"
)

// misfit says what is wrong with a value of a field, "" when nothing is.
func misfit(f *itsm.FieldDef, v itsm.Value) (problem string) {
	if v.Type() != f.Type {
		return fmt.Sprintf("has the type %s; %s has the type %s", v.Type(), cut(f.Name), f.Type)
	}
	if slices.ContainsFunc(f.Domain, v.Equal) {
		return "" // the domain itself was checked
	}
	if _, err := v.MarshalJSON(); err != nil {
		var field *itsm.FieldError
		if errors.As(err, &field) {
			return field.Problem
		}
		return err.Error()
	}
	if len(f.Domain) > 0 {
		return itsm.Quoted(v.String()) + " is none of: " + itsm.Listed(f.Domain)
	}
	return ""
}

// Schema is the declared fields that conditions may ask for.
type Schema []itsm.FieldDef

// Check refuses a schema in which a name is no line of text or is there twice, a
// type is unknown, or a domain holds a value of another type or one twice.
func (s Schema) Check() error {
	var wrong problems
	names := make(map[string]bool, len(s))
	for i := range s {
		if names[s[i].Name] {
			wrong.add(fmt.Sprintf("schema[%d].name", i), "%s is there already", itsm.Quoted(s[i].Name))
		}
		names[s[i].Name] = true
		wrong.field(fmt.Sprintf("schema[%d]", i), &s[i])
	}
	return errors.Join(wrong...)
}

// field says what is wrong with one declaration.
func (p *problems) field(path string, f *itsm.FieldDef) {
	if err := itsm.CheckLine(path+".name", f.Name); err != nil {
		*p = append(*p, err)
	}
	if !slices.Contains(itsm.Types(), f.Type) {
		p.add(path+".type", "%s is none of: %s", itsm.Quoted(f.Type), itsm.Listed(itsm.Types()))
		return
	}
	free := itsm.FieldDef{Name: f.Name, Type: f.Type}
	for i, v := range f.Domain {
		at := fmt.Sprintf("%s.domain[%d]", path, i)
		if v.IsZero() {
			p.add(at, "is a missing value; any field may be missing, so leave it out")
		} else if problem := misfit(&free, v); problem != "" {
			p.add(at, "%s", problem)
		} else if slices.ContainsFunc(f.Domain[:i], v.Equal) {
			p.add(at, "%s is there already", itsm.Quoted(v.String()))
		}
	}
}

// Field is the declaration of a name, if there is one.
func (s Schema) Field(name string) (itsm.FieldDef, bool) {
	if i := s.index(name); i >= 0 {
		return s[i], true
	}
	return itsm.FieldDef{}, false
}

func (s Schema) index(name string) int {
	return slices.IndexFunc(s, func(f itsm.FieldDef) bool { return f.Name == name })
}

// Names lists the names in the declared order.
func (s Schema) Names() []string {
	names := make([]string, len(s))
	for i := range s {
		names[i] = s[i].Name
	}
	return names
}

// undeclared is what is wrong with a name that the schema does not have.
func (s Schema) undeclared(name string) string {
	if len(s) == 0 {
		return itsm.Quoted(name) + " is not declared; no field is"
	}
	return itsm.Quoted(name) + " is not declared; the fields are: " + itsm.Listed(s.Names())
}

// Facts are the values of the declared fields of one piece of work at an instant.
// A field that is missing has no entry; an entry with the zero Value is as good as
// none. Their JSON is an object, {"priority": 1, "phase": "open"}.
type Facts map[string]itsm.Value

// Check refuses an undeclared name, a value of another type and one outside the
// domain; path is where the facts stand.
func (f Facts) Check(schema Schema, path string) error {
	for name, v := range f {
		if i := schema.index(name); i < 0 || !v.IsZero() && misfit(&schema[i], v) != "" {
			return f.misfits(schema, path)
		}
	}
	return nil
}

// misfits is everything that is wrong, in the order of the names.
func (f Facts) misfits(schema Schema, path string) error {
	var wrong problems
	for _, name := range f.names() {
		at := below(path, plainName(cut(name)))
		i := schema.index(name)
		if i < 0 {
			wrong.add(at, "%s", schema.undeclared(name))
		} else if v := f[name]; !v.IsZero() {
			if problem := misfit(&schema[i], v); problem != "" {
				wrong.add(at, "%s", problem)
			}
		}
	}
	return errors.Join(wrong...)
}

// With is the facts after some of them changed: a new map, in which a missing
// value removed its name, nil when nothing is left.
func (f Facts) With(changes Facts) Facts {
	next := make(Facts, len(f)+len(changes))
	maps.Copy(next, f)
	maps.Copy(next, changes)
	maps.DeleteFunc(next, func(_ string, v itsm.Value) bool { return v.IsZero() })
	if len(next) == 0 {
		return nil
	}
	return next
}

// Changes is what [Facts.With] needs to make the other facts of these: the values
// that are new or differ, and a missing one for each name that went. Nil: none.
func (f Facts) Changes(to Facts) Facts {
	var changes Facts
	note := func(name string) {
		if compare(f[name], to[name]) != 0 {
			if changes == nil {
				changes = make(Facts)
			}
			changes[name] = to[name]
		}
	}
	for name := range f {
		note(name)
	}
	for name := range to {
		note(name)
	}
	return changes
}

// news is what of some changes makes a difference, in a map of its own: who gave the
// changes may go on writing theirs.
func (f Facts) news(changes Facts) Facts {
	isNew := func(name string) bool { return compare(f[name], changes[name]) != 0 }
	n := 0
	for name := range changes {
		if isNew(name) {
			n++
		}
	}
	if n == len(changes) && n > 0 {
		return maps.Clone(changes)
	}
	var news Facts
	for name, v := range changes {
		if isNew(name) {
			if news == nil {
				news = make(Facts, n)
			}
			news[name] = v
		}
	}
	return news
}

// String is the facts on one line, by name: phase "open", priority 1.
func (f Facts) String() string {
	var list []string
	for _, name := range f.names() {
		if v := f[name]; !v.IsZero() {
			list = append(list, plainName(name)+" "+plainValue(v))
		}
	}
	if list == nil {
		return "nothing given"
	}
	return strings.Join(list, ", ")
}

func (f Facts) names() []string { return slices.Sorted(maps.Keys(f)) }

// below is the path of a part of what stands at a path, which may be empty.
func below(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}

// plainName is the name of a field for people: quoted unless it is one word.
func plainName(name string) string {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r != '.' && r != '-' && (r < '0' || r > '9')) {
			return strconv.Quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// plainValue is a value for people.
func plainValue(v itsm.Value) string {
	switch v.Type() {
	case itsm.Text, itsm.Reference:
		return strconv.Quote(v.String())
	case "":
		return "missing"
	default:
		return v.String()
	}
}
