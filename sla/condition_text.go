package sla

import "strings"

// How closely the words of a condition bind: what binds less than its surroundings
// stands in parentheses.
const (
	bindsOr = iota
	bindsAnd
)

// String is the condition as people read it, on one line:
//
//	priority is 1 or 2 and not (hold_reason is "caller")
//
// And binds more than or. The zero Condition reads "always".
func (c Condition) String() string {
	var b strings.Builder
	c.write(&b, bindsOr)
	return b.String()
}

func (c *Condition) write(b *strings.Builder, around int) {
	switch {
	case len(c.All) == 1:
		c.All[0].write(b, around)
	case len(c.Any) == 1:
		c.Any[0].write(b, around)
	case len(c.All) > 1:
		writeGroup(b, c.All, " and ", bindsAnd)
	case len(c.Any) > 1 && around > bindsOr:
		b.WriteByte('(')
		writeGroup(b, c.Any, " or ", bindsOr)
		b.WriteByte(')')
	case len(c.Any) > 1:
		writeGroup(b, c.Any, " or ", bindsOr)
	case c.Not != nil:
		b.WriteString("not (")
		c.Not.write(b, bindsOr)
		b.WriteByte(')')
	default:
		c.writeTest(b)
	}
}

func writeGroup(b *strings.Builder, list []Condition, word string, binds int) {
	for i := range list {
		if i > 0 {
			b.WriteString(word)
		}
		list[i].write(b, binds)
	}
}

func (c *Condition) writeTest(b *strings.Builder) {
	switch {
	case c.isZero(), c.All != nil:
		b.WriteString("always")
		return
	case c.Any != nil:
		b.WriteString("never")
		return
	}
	b.WriteString(plainName(c.Field))
	switch {
	case c.Changed:
		b.WriteString(" changed")
	case c.Missing:
		b.WriteString(" is missing")
	case c.Given:
		b.WriteString(" is given")
	case c.Is != nil:
		c.writeValues(b)
	case c.isRange():
		c.writeRange(b)
	default:
		b.WriteString(" is nothing")
	}
}

// writeValues writes a list of values: is 1, 2 or 3.
func (c *Condition) writeValues(b *strings.Builder) {
	b.WriteString(" is ")
	for i, v := range c.Is {
		switch {
		case i == 0:
		case i == len(c.Is)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(plainValue(v))
	}
	if len(c.Is) == 0 {
		b.WriteString("nothing")
	}
}

func (c *Condition) writeRange(b *strings.Builder) {
	if !c.From.IsZero() {
		b.WriteString(" from " + plainValue(c.From))
	}
	if !c.Below.IsZero() {
		b.WriteString(" below " + plainValue(c.Below))
	}
}
