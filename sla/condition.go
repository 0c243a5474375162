package sla

import (
	"math"
	"slices"

	"github.com/itsmkit/itsm"
)

// Condition is a predicate over declared fields, as data. It is one of the groups
// All, Any and Not, or one test of a Field; [Condition.Check] refuses anything else.
// The zero Condition is unset: what that means is said where one stands.
//
//	{"all": [
//		{"field": "priority", "is": [1, 2]},
//		{"not": {"field": "hold_reason", "is": ["caller"]}}
//	]}
type Condition struct {
	All []Condition `json:"all,omitzero"`  // every one of these holds
	Any []Condition `json:"any,omitzero"`  // at least one of these holds
	Not *Condition  `json:"not,omitempty"` // this does not hold; omitzero would drop one that is unset

	// Field is the field that is tested, by exactly one of the following.
	Field string `json:"field,omitzero"`

	Is      []itsm.Value `json:"is,omitzero"`      // has one of these values
	Given   bool         `json:"given,omitzero"`   // has a value
	Missing bool         `json:"missing,omitzero"` // has none
	Changed bool         `json:"changed,omitzero"` // is not what it was before the event

	// From and Below are a range: at least From and less than Below. Either may be
	// left out. The field is a number, an instant or a span.
	From  itsm.Value `json:"from,omitzero"`
	Below itsm.Value `json:"below,omitzero"`
}

// All holds when every one of the conditions does.
func All(list ...Condition) Condition { return Condition{All: append([]Condition{}, list...)} }

// Any holds when at least one of the conditions does.
func Any(list ...Condition) Condition { return Condition{Any: append([]Condition{}, list...)} }

// Not holds when the condition does not.
func Not(c Condition) Condition { return Condition{Not: &c} }

// Is holds when the field has one of the values.
func Is(field string, values ...itsm.Value) Condition {
	return Condition{Field: field, Is: append([]itsm.Value{}, values...)}
}

// OneOf is [Is] for named strings: OneOf("phase", itsm.Open, itsm.Active).
func OneOf[S ~string](field string, texts ...S) Condition {
	values := make([]itsm.Value, len(texts))
	for i, s := range texts {
		values[i] = itsm.TextValue(s)
	}
	return Condition{Field: field, Is: values}
}

// Given holds when the field has a value.
func Given(field string) Condition { return Condition{Field: field, Given: true} }

// Missing holds when the field has no value.
func Missing(field string) Condition { return Condition{Field: field, Missing: true} }

// Range holds when the field is at least from and less than below; a zero Value
// sets no limit on its side.
func Range(field string, from, below itsm.Value) Condition {
	return Condition{Field: field, From: from, Below: below}
}

// Changed holds when the field is not what it was before the event: it has another
// value, a first one, or none any more.
func Changed(field string) Condition { return Condition{Field: field, Changed: true} }

// IsZero reports whether the condition is unset.
func (c Condition) IsZero() bool { return c.isZero() }

func (c *Condition) isZero() bool {
	return c.All == nil && c.Any == nil && c.Not == nil && c.Field == "" && c.Is == nil &&
		!c.Given && !c.Missing && !c.Changed && c.From.IsZero() && c.Below.IsZero()
}

// Holds reports whether the condition is true at an event, given the facts before
// and after it. Only Changed asks for those before; nil means that there was
// nothing before, so what is given after has changed. A missing field has none of
// any values and is in no range. The zero Condition asks for nothing and holds.
//
// It allocates nothing, unless it compares numbers of more than 15 digits.
func (c Condition) Holds(before, after Facts) bool { return c.holds(before, after) }

func (c *Condition) holds(before, after Facts) bool {
	switch {
	case c.All != nil:
		for i := range c.All {
			if !c.All[i].holds(before, after) {
				return false
			}
		}
		return true
	case c.Any != nil:
		for i := range c.Any {
			if c.Any[i].holds(before, after) {
				return true
			}
		}
		return false
	case c.Not != nil:
		return !c.Not.holds(before, after)
	case c.Changed:
		return compare(before[c.Field], after[c.Field]) != 0
	}
	return c.isZero() || c.accepts(after[c.Field])
}

// accepts is the test of a value, for all tests but Changed.
func (c *Condition) accepts(v itsm.Value) bool {
	switch {
	case c.Missing:
		return v.IsZero()
	case v.IsZero():
		return false
	case c.Given:
		return true
	case c.Is != nil:
		for i := range c.Is {
			if compare(v, c.Is[i]) == 0 {
				return true
			}
		}
		return false
	case c.From.IsZero() && c.Below.IsZero():
		return false
	}
	return within(v, c.From, true) && within(v, c.Below, false)
}

// within reports whether v is on the right side of one end of a range.
func within(v, end itsm.Value, isFrom bool) bool {
	return end.IsZero() || v.Type() == end.Type() && compare(v, end) < 0 != isFrom
}

// compare is [itsm.Value.Compare] without its allocation for numbers of different
// scales, as far as they are short.
func compare(v, w itsm.Value) int {
	if v.Type() != itsm.Number || w.Type() != itsm.Number {
		return v.Compare(w)
	}
	d, e := v.Number(), w.Number()
	const exact = 16 // digits of a coefficient that certainly is an int64
	if d.Exponent() == e.Exponent() || d.NumDigits() > exact || e.NumDigits() > exact {
		return v.Compare(w)
	}
	if d.Exponent() < e.Exponent() {
		return -compareScaled(e.CoefficientInt64(), d.CoefficientInt64(), int64(e.Exponent())-int64(d.Exponent()))
	}
	return compareScaled(d.CoefficientInt64(), e.CoefficientInt64(), int64(d.Exponent())-int64(e.Exponent()))
}

// compareScaled compares a, followed by so many zeros, with b.
func compareScaled(a, b, zeros int64) int {
	const most = math.MaxInt64 / 10
	for ; zeros > 0 && a != 0; zeros-- {
		if a > most {
			return +1
		}
		if a < -most {
			return -1
		}
		a *= 10
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return +1
	}
	return 0
}

// Fields lists the fields that the condition asks for, in order.
func (c Condition) Fields() []string {
	var names []string
	c.each(func(c *Condition) {
		if c.Field != "" {
			names = append(names, c.Field)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// each calls visit for the condition and all that it is made of.
func (c *Condition) each(visit func(*Condition)) {
	visit(c)
	for i := range c.All {
		c.All[i].each(visit)
	}
	for i := range c.Any {
		c.Any[i].each(visit)
	}
	if c.Not != nil {
		c.Not.each(visit)
	}
}

// clone is a copy that shares nothing that could change.
func (c Condition) clone() Condition {
	c.All, c.Any, c.Is = clones(c.All), clones(c.Any), slices.Clone(c.Is)
	if c.Not != nil {
		inner := c.Not.clone()
		c.Not = &inner
	}
	return c
}

func clones(list []Condition) []Condition {
	if list == nil {
		return nil
	}
	copies := make([]Condition, len(list))
	for i := range list {
		copies[i] = list[i].clone()
	}
	return copies
}
