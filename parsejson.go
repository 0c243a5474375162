package itsm

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// maxNesting is how deep the objects and arrays of a definition may lie in one
// another: to find what is wrong in one takes longer the deeper it lies.
const maxNesting = 100

// ParseJSON reads one definition that people write by hand, such as an agreement
// or a policy, so strictly that no slip of the pen goes unseen: a field that T does
// not have or that is written in other letter case, a name given twice in one
// object, a value of another kind, null anywhere, data after the value, text that
// is not UTF-8 and an escaped half of a surrogate pair are each a [FieldError] with
// the path of the field, "targets[1].when.field", or "data" for the whole. So is
// nesting more than a hundred deep, which no definition needs.
//
// The letter case of names is not looked at where T decides for itself: within
// types with an UnmarshalJSON or UnmarshalText, and in the keys of maps.
func ParseJSON[T any](data []byte) (T, error) {
	var v, none T
	typ := reflect.TypeFor[T]()
	if string(bytes.TrimSpace(data)) == "null" {
		return none, &FieldError{"data", "is null; give " + article(jsonKind(typ))}
	}
	if field := misnamed(data, typ, false); field != nil {
		return none, field
	}
	if err := strictJSON(data, &v); err != nil { // also of what is no JSON
		return none, err
	}
	return v, nil
}

// misnamed is the first name in a JSON text that is given twice or not written as the
// type declares it, or the first null unless those are fine; nil if there is none, and
// of what is no JSON.
func misnamed(data []byte, typ reflect.Type, nulls bool) *FieldError {
	d := nameReader{json.NewDecoder(bytes.NewReader(data)), nulls}
	d.UseNumber()
	var field *FieldError
	errors.As(d.check(typ, "", 0), &field)
	return field
}

type nameReader struct {
	*json.Decoder
	nulls bool // are fine
}

// check reads one value. A nil type is one that declares nothing. Any error but a
// FieldError says that the data is no JSON.
func (d nameReader) check(typ reflect.Type, path string, depth int) error {
	token, err := d.Token()
	if err == nil && token == nil && path != "" && !d.nulls {
		return &FieldError{fieldPath(path), "is null; leave out what is not given"}
	}
	if err != nil || token != json.Delim('{') && token != json.Delim('[') {
		return err
	}
	if depth == maxNesting {
		return &FieldError{"data", fmt.Sprintf("is nested more than %d deep", maxNesting)}
	}
	typ = declaring(typ)
	member := elementOf(typ)
	fields := jsonFields(typ)
	given := make(map[string]bool)
	for i := 0; d.More(); i++ {
		at := path + "[" + strconv.Itoa(i) + "]"
		if token == json.Delim('{') {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name := key.(string)
			at = path + "." + name
			if given[name] {
				return &FieldError{fieldPath(at), "is given twice"}
			}
			given[name] = true
			if right := inLetterCase(name, fields); right != name {
				return &FieldError{fieldPath(at), "is not a field here; write " + Quoted(right)}
			}
			if fields != nil {
				member = fields[name]
			}
		}
		if err := d.check(member, at, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token() // its end
	return err
}

// inLetterCase is the name as it is declared; one that is not declared in any
// letter case is left as it is.
func inLetterCase(name string, fields map[string]reflect.Type) string {
	if _, declared := fields[name]; declared {
		return name
	}
	for _, f := range sortedKeys(fields) {
		if strings.EqualFold(f, name) {
			return f
		}
	}
	return name
}

// elementOf is the type of the values of a map, slice or array, nil of any other.
func elementOf(typ reflect.Type) reflect.Type {
	if typ == nil || typ.Kind() == reflect.Struct {
		return nil
	}
	return typ.Elem()
}

// declaring is the struct, map, slice or array that a type is or points to, nil
// for any other and for one that reads itself.
func declaring(typ reflect.Type) reflect.Type {
	for typ != nil {
		p := reflect.PointerTo(typ)
		if p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			return nil
		}
		switch typ.Kind() {
		case reflect.Pointer:
			typ = typ.Elem()
		case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
			return typ
		default:
			return nil
		}
	}
	return nil
}

// jsonFields is the names under which JSON is read into a struct, with their
// types: its own fields, then those of the structs it embeds, level by level. Of
// what is no struct it is nil.
func jsonFields(typ reflect.Type) map[string]reflect.Type {
	if typ == nil || typ.Kind() != reflect.Struct {
		return nil
	}
	fields := make(map[string]reflect.Type)
	seen := map[reflect.Type]bool{typ: true}
	for level := []reflect.Type{typ}; len(level) > 0; {
		var below []reflect.Type
		for _, t := range level {
			for i := range t.NumField() {
				f := t.Field(i)
				tag := f.Tag.Get("json")
				name, _, _ := strings.Cut(tag, ",")
				embedded := f.Type
				if f.Anonymous && embedded.Kind() == reflect.Pointer {
					embedded = embedded.Elem()
				}
				switch {
				case tag == "-":
				case f.Anonymous && name == "" && embedded.Kind() == reflect.Struct:
					if !seen[embedded] {
						seen[embedded] = true
						below = append(below, embedded)
					}
				case f.IsExported():
					if name == "" {
						name = f.Name
					}
					if _, nearer := fields[name]; !nearer {
						fields[name] = f.Type
					}
				}
			}
		}
		level = below
	}
	return fields
}
