package itsm

import (
	"slices"
	"unicode/utf8"
)

// Field declares one field of a record, once, for everything that asks for it by
// name: required fields, conditions, index terms, mappings of tables.
type Field[R any] struct {
	Name   string
	Type   Type
	Domain []Value // every value it can have, when that is a short list
	Get    func(*R) Value
}

// TextField declares a text; with a domain, one of a few texts.
func TextField[R any, S ~string](name string, get func(*R) S, domain ...S) Field[R] {
	values := make([]Value, len(domain))
	for i, s := range domain {
		values[i] = TextValue(s)
	}
	return Field[R]{name, Text, values, func(r *R) Value { return TextValue(get(r)) }}
}

// Def is the declaration without Get.
func (f Field[R]) Def() FieldDef { return FieldDef{f.Name, f.Type, slices.Clone(f.Domain)} }

// FieldDef is the declaration of a field without how it is read.
type FieldDef struct {
	Name   string
	Type   Type
	Domain []Value // every value it may have; empty: any of the type
}

// Check refuses a missing value and one of another type, outside the domain, or of
// text that is not UTF-8, naming the field by the given path.
func (f FieldDef) Check(field string, v Value) error {
	if v.IsZero() {
		return &FieldError{field, "is missing; give " + article(string(f.Type))}
	}
	if v.Type() != f.Type {
		return &FieldError{field, "is " + article(string(v.Type())) + "; give " + article(string(f.Type))}
	}
	if !utf8.ValidString(v.text) {
		return &FieldError{field, "is not valid UTF-8"}
	}
	if len(f.Domain) > 0 && !slices.ContainsFunc(f.Domain, v.Equal) {
		return &FieldError{field, Quoted(v.String()) + " is none of: " + Listed(f.Domain)}
	}
	return nil
}

// CustomFields are the host's own fields of one kind of record, kept in
// [Header.Custom].
type CustomFields []FieldDef

// Check refuses an undeclared name and a value that does not fit; a missing
// value clears the field.
func (list CustomFields) Check(values map[string]Value) error {
	for _, name := range sortedKeys(values) {
		i := slices.IndexFunc(list, func(f FieldDef) bool { return f.Name == name })
		if i < 0 {
			return &FieldError{"custom." + name, "is not declared; the custom fields are: " + Listed(list.Names())}
		}
		if values[name].IsZero() {
			continue
		}
		if err := list[i].Check("custom."+name, values[name]); err != nil {
			return err
		}
	}
	return nil
}

// Names lists the names in the declared order.
func (list CustomFields) Names() []string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name
	}
	return names
}

// Merge is the custom fields of a record after a command set some of them: a new
// map, in which a missing value removed its name.
func Merge(old, set map[string]Value) map[string]Value {
	if len(set) == 0 {
		return old
	}
	merged := make(map[string]Value, len(old)+len(set))
	for name, v := range old {
		merged[name] = v
	}
	for name, v := range set {
		if v.IsZero() {
			delete(merged, name)
		} else {
			merged[name] = v
		}
	}
	if len(merged) == 0 {
		return nil
	}
	return merged
}

// FieldsOf declares the host's own fields for records of type R.
func FieldsOf[R any](list CustomFields) []Field[R] {
	fields := make([]Field[R], len(list))
	for i, f := range list {
		fields[i] = Field[R]{f.Name, f.Type, f.Domain, func(r *R) Value {
			return any(r).(Headed).Head().Custom[f.Name]
		}}
	}
	return fields
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
