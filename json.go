package itsm

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// strictJSON reads one JSON value, refusing unknown fields, trailing data, text that
// is not UTF-8 and halves of characters. The error names the field.
func strictJSON(data []byte, into any) error {
	switch {
	case !utf8.Valid(data):
		return &FieldError{"data", "is not valid UTF-8"}
	case len(bytes.TrimSpace(data)) == 0:
		return &FieldError{"data", "is empty; give an object"}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		err = wholeCharacters("data", data)
	}
	if err != nil {
		return locatedError(data, reflect.TypeOf(into).Elem(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return &FieldError{"data", "goes on after the JSON value"}
	}
	return nil
}

// locatedError names the field of a type that JSON could not be read into. Not
// every error of package encoding/json knows it, so the members are tried one by
// one.
func locatedError(data []byte, typ reflect.Type, err error) error {
	if !json.Valid(data) {
		return &FieldError{"data", err.Error()}
	}
	path, cause := faultIn(data, err, maxNesting, func(part []byte) error {
		d := json.NewDecoder(bytes.NewReader(part))
		d.DisallowUnknownFields()
		if err := d.Decode(reflect.New(typ).Interface()); err != nil {
			return err
		}
		return wholeCharacters("data", part)
	})
	return &FieldError{fieldPath(path), jsonProblem(cause)}
}

// wholeCharacters refuses JSON in which half of a surrogate pair is escaped, "\\ud83d":
// package encoding/json makes U+FFFD of it, another text than was meant.
func wholeCharacters(field string, data []byte) error {
	unit := func(i int) uint64 {
		if i+6 > len(data) || data[i] != '\\' || data[i+1] != 'u' {
			return 0
		}
		n, _ := strconv.ParseUint(string(data[i+2:i+6]), 16, 16)
		return n
	}
	for i := 0; ; {
		next := bytes.IndexByte(data[i:], '\\')
		if next < 0 {
			return nil
		}
		i += next
		switch n := unit(i); {
		case n >= 0xD800 && n < 0xDC00 && unit(i+6) >= 0xDC00 && unit(i+6) < 0xE000:
			i += 12
		case n >= 0xD800 && n < 0xE000:
			return &FieldError{field, "holds half of a surrogate pair, which is no character"}
		default:
			i += min(2, len(data)-i)
		}
	}
}

// fieldPath is the path of a part, ".cis[1]", as a FieldError names it; that of the
// whole is "data".
func fieldPath(path string) string { return cmp.Or(strings.TrimPrefix(path, "."), "data") }

// faultIn is the path of the smallest part of a JSON value that cannot be read,
// ".cis[1]", and the reason; err is that of the whole. Read reads a value of which
// all but one part is left out. It looks no deeper than so many levels, because
// each is read again from the outermost.
func faultIn(data []byte, err error, deepest int, read func([]byte) error) (string, error) {
	if deepest == 0 {
		return "", err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	open, _ := d.Token()
	empty := map[json.Token]string{json.Delim('{'): "{}", json.Delim('['): "[]"}[open]
	if empty == "" || read([]byte(empty)) != nil { // not a part is at fault, but the whole
		return partNamed(data, err), err
	}
	for i := 0; d.More(); i++ {
		before, after, step := "[", "]", "["+strconv.Itoa(i)+"]"
		if open == json.Delim('{') {
			name, _ := d.Token()
			key, _ := json.Marshal(name)
			before, after, step = "{"+string(key)+":", "}", "."+name.(string)
		}
		var part json.RawMessage
		if d.Decode(&part) != nil {
			return "", err
		}
		readPart := func(b []byte) error { return read([]byte(before + string(b) + after)) }
		if err := readPart(part); err != nil {
			path, cause := faultIn(part, err, deepest-1, readPart)
			return step + path, cause
		}
	}
	return "", err
}

// partNamed is the path of the part that a type which reads itself found at fault,
// ".schedule.mon[1]", if its object has a member of that name.
func partNamed(data []byte, err error) string {
	var field *FieldError
	var members map[string]json.RawMessage
	if !errors.As(err, &field) || json.Unmarshal(data, &members) != nil {
		return ""
	}
	first := field.Field
	if end := strings.IndexAny(first, ".["); end >= 0 {
		first = first[:end]
	}
	if _, given := members[first]; !given {
		return ""
	}
	return "." + field.Field
}

// encodeError names what could not be written as JSON.
func encodeError(err error) error {
	var field *FieldError
	if errors.As(err, &field) {
		return err
	}
	return &FieldError{"data", err.Error()}
}

// jsonProblem is what a field that could not be read is told to be.
func jsonProblem(err error) string {
	var field *FieldError
	if errors.As(err, &field) {
		return field.Problem
	}
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return "is " + article(typ.Value) + "; give " + article(jsonKind(typ.Type))
	}
	// There is no type for this error; its text is all there is.
	if strings.HasPrefix(err.Error(), "json: unknown field ") {
		return "is not a field here"
	}
	return err.Error()
}

// jsonKind is how JSON writes values of a type.
func jsonKind(typ reflect.Type) string {
	switch kind := typ.Kind(); {
	case reflect.PointerTo(typ).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()), kind == reflect.String:
		return "string"
	case kind == reflect.Pointer:
		return jsonKind(typ.Elem())
	case kind == reflect.Struct, kind == reflect.Map:
		return "object"
	case kind == reflect.Slice, kind == reflect.Array:
		return "array"
	case kind == reflect.Bool:
		return "bool"
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return "whole number"
	}
	return typ.String()
}

func article(noun string) string {
	if strings.ContainsAny(noun[:min(1, len(noun))], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}
