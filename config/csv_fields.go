package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// setText sets a field, or the part of one that is called tail, to what a text says.
func setText(r rowFields, head, tail, text string, m *Model) (err error) {
	switch p := r.field(head).(type) {
	case *string:
		*p = text
	case *itsm.Level:
		*p = itsm.Level(text)
	case *itsm.State:
		*p = itsm.State(text)
	case *uuid.UUID:
		known := false
		if *p, known = plainUUID(blankless(text)); !known {
			err = fmt.Errorf("%s is no UUID", itsm.Quoted(text))
		}
	case *itsm.Ref:
		*p, err = itsm.ParseRef(text)
	case *time.Time:
		var v itsm.Value
		v, err = itsm.ParseValue(itsm.Instant, blankless(text))
		*p = v.Instant()
	case *bool:
		var v itsm.Value
		v, err = itsm.ParseValue(itsm.Truth, blankless(text))
		*p = v.Truth()
	case *Handle:
		switch tail {
		case className:
			p.Class = text
		case nameName:
			p.Name = text
		default:
			*p, err = ParseHandle(text)
		}
	case *[]Need:
		n, wrong := strconv.Atoi(blankless(text))
		if wrong != nil {
			return fmt.Errorf("%s is no whole number", itsm.Quoted(text))
		}
		*p = append(*p, Need{tail, n})
	case *map[string]itsm.Value:
		rule := r.rules(m).find(tail)
		if rule == nil {
			return fmt.Errorf("is given, and %s has no such attribute; leave it empty", r.what())
		}
		if rule.Type != itsm.Text && rule.Type != itsm.Reference {
			text = blankless(text)
		}
		var v itsm.Value
		if v, err = itsm.ParseValue(rule.Type, text); err == nil {
			if *p == nil {
				*p = make(map[string]itsm.Value)
			}
			(*p)[tail] = v
		}
	}
	return err
}

// blankless is what a cell says that is no text.
func blankless(text string) string { return strings.Trim(text, " \t") }

// textOf is the text that setText makes the field of, or of its part; "" for one that
// says nothing.
func textOf(r rowFields, c cell) (string, error) {
	switch p := r.field(c.head).(type) {
	case *string:
		return *p, nil
	case *itsm.Level:
		return string(*p), nil
	case *itsm.State:
		return string(*p), nil
	case *uuid.UUID:
		if *p != uuid.Nil {
			return p.String(), nil
		}
	case *itsm.Ref:
		text, err := p.MarshalText()
		return string(text), err
	case *time.Time:
		return itsm.InstantValue(*p).String(), nil
	case *bool:
		return strconv.FormatBool(*p), nil
	case *Handle:
		switch c.tail {
		case className:
			return p.Class, nil
		case nameName:
			return p.Name, nil
		}
		text, err := p.MarshalText()
		return string(text), err
	case *[]Need:
		for _, n := range *p {
			if n.Group == c.tail {
				return strconv.Itoa(n.AtLeast), nil
			}
		}
	case *map[string]itsm.Value:
		v := (*p)[c.tail]
		if e := v.Number().Exponent(); e < -maxExponent || e > maxExponent {
			return "", fmt.Errorf("is not a decimal that can be written out")
		}
		return v.String(), nil
	}
	return "", nil
}

// saying is what a field says, to be compared.
type saying struct {
	typ   itsm.Type // of an attribute
	class string    // of an end that is named by class and name
	text  string
}

func (s saying) isNothing() bool { return s == saying{} }

// String is it for people.
func (s saying) String() string {
	switch text := itsm.Quoted(s.text); {
	case s.isNothing():
		return "nothing"
	case s.typ != "":
		return fmt.Sprintf("the %s %s", s.typ, text)
	case s.class != "":
		return fmt.Sprintf("class %s, name %s", itsm.Quoted(s.class), text)
	default:
		return text
	}
}

// sayingOf is what a field says as a whole. False says nothing, and an attribute that
// is to be taken away something.
func sayingOf(r rowFields, c cell) saying {
	switch p := r.field(c.head).(type) {
	case *bool:
		if !*p {
			return saying{}
		}
	case *Handle:
		if p.ID == uuid.Nil {
			return saying{class: p.Class, text: p.Name}
		}
		return saying{text: p.ID.String()}
	case *[]Need:
		var of []string // more than one of a group are too many
		for _, n := range *p {
			if n.Group == c.tail {
				of = append(of, strconv.Itoa(n.AtLeast))
			}
		}
		return saying{text: strings.Join(of, " and ")}
	case *map[string]itsm.Value:
		v, given := (*p)[c.tail]
		if given && v.IsZero() {
			return saying{text: "null"}
		}
		text, _ := textOf(r, c)
		return saying{typ: v.Type(), text: text}
	}
	text, err := textOf(r, c)
	if err != nil {
		text = problemOf(err) // whoever writes it refuses it
	}
	return saying{text: text}
}

// saidBy lists the attributes and needs of which rows say something, by name.
func saidBy(rows ...rowFields) []cell {
	var attributes, needs []string
	for _, r := range rows {
		if p, is := r.field(attributesName).(*map[string]itsm.Value); is {
			for name := range *p {
				attributes = append(attributes, name)
			}
		}
		if p, is := r.field(needsName).(*[]Need); is {
			for _, n := range *p {
				needs = append(needs, n.Group)
			}
		}
	}
	var list []cell
	for _, of := range []struct {
		head  string
		tails []string
	}{{attributesName, attributes}, {needsName, needs}} {
		slices.Sort(of.tails)
		for _, tail := range slices.Compact(of.tails) {
			list = append(list, cell{of.head + "." + tail, of.head, tail})
		}
	}
	return list
}

// wholes are the fields of a kind that have no name after a point.
func wholes(kind string) []cell {
	var list []cell
	for _, name := range rowFieldNames(kind) {
		if name != attributesName && name != needsName {
			list = append(list, cell{name, name, ""})
		}
	}
	return list
}
