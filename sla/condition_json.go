package sla

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/itsmkit/itsm"
)

// ParseCondition reads the JSON form of a condition. It is strict: what is unknown,
// given twice, null, false or malformed comes back as *[itsm.FieldError] that names
// the place. Whether the condition makes sense is for [Condition.Check] to say.
func ParseCondition(data []byte) (Condition, error) {
	if !utf8.Valid(data) {
		return Condition{}, malformed("condition", "is not valid UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return Condition{}, malformed("condition", "is not JSON: %v", err)
	}
	r := reader{json.NewDecoder(bytes.NewReader(data))}
	r.tokens.UseNumber()
	return r.condition("", 1)
}

func (r reader) condition(path string, depth int) (Condition, error) {
	var c Condition
	if depth > maxDepth {
		return c, malformed(place(path), "is more than %d levels deep; write it flatter", maxDepth)
	}
	_, err := r.object(place(path), func(key string) error {
		at := below(path, key)
		var err error
		switch key {
		case "all":
			c.All, err = r.conditions(at, depth+1)
		case "any":
			c.Any, err = r.conditions(at, depth+1)
		case "not":
			var inner Condition
			inner, err = r.condition(at, depth+1)
			c.Not = &inner
		case "field":
			c.Field, err = r.text(at)
		case "is":
			c.Is = []itsm.Value{}
			err = r.array(at, func(at string) error {
				v, err := r.value(at)
				c.Is = append(c.Is, v)
				return err
			})
		case "given":
			c.Given, err = true, r.yes(at)
		case "missing":
			c.Missing, err = true, r.yes(at)
		case "changed":
			c.Changed, err = true, r.yes(at)
		case "from":
			c.From, err = r.value(at)
		case "below":
			c.Below, err = r.value(at)
		default:
			err = malformed(place(path),
				"has %s; a condition has all, any, not, field, is, given, missing, changed, from and below", quoted(key))
		}
		return err
	})
	if err != nil {
		return Condition{}, err
	}
	return c, nil
}

func (r reader) conditions(path string, depth int) ([]Condition, error) {
	list := []Condition{}
	err := r.array(path, func(at string) error {
		c, err := r.condition(at, depth)
		list = append(list, c)
		return err
	})
	return list, err
}

// yes reads what can only be true: the opposite has a word of its own.
func (r reader) yes(path string) error {
	token, err := r.tokens.Token()
	if err != nil || token != true {
		return malformed(path, "is %s; give true, or leave it out", describe(token))
	}
	return nil
}

// value reads a value that is not missing.
func (r reader) value(path string) (itsm.Value, error) {
	var raw json.RawMessage
	if err := r.tokens.Decode(&raw); err != nil {
		return itsm.Value{}, malformed(path, "is not well formed")
	}
	if raw[0] == '{' {
		inner := reader{json.NewDecoder(bytes.NewReader(raw))}
		inner.tokens.UseNumber()
		if _, err := inner.object(path, func(string) error { _, err := inner.text(path); return err }); err != nil {
			return itsm.Value{}, err
		}
	}
	var v itsm.Value
	if err := v.UnmarshalJSON(raw); err != nil {
		return itsm.Value{}, malformed(path, "%s", problemOf(err))
	}
	if v.IsZero() {
		return itsm.Value{}, malformed(path, `is a missing value; "missing" asks for that`)
	}
	return v, nil
}

// problemOf is what an error says without the place that it names.
func problemOf(err error) string {
	var field *itsm.FieldError
	if errors.As(err, &field) {
		return field.Problem
	}
	return err.Error()
}
