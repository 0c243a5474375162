package config

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// found lists the fields that a table of all that the lines say has.
func (out *tableWriter) found(lines iter.Seq[Line]) []string {
	always, has, parted := out.given()
	var fixed []cell
	for _, c := range out.wholes {
		if parted[c.head] {
			fixed = append(fixed, cell{c.head + "." + className, c.head, className}, cell{c.head + "." + nameName, c.head, nameName})
		} else {
			fixed = append(fixed, c)
		}
	}
	for _, c := range fixed {
		if _, fills := always[c]; !fills && slices.Contains([]string{nameName, className, typeName, fromName, toName}, c.head) {
			has[c] = true
		}
	}
	for l := range orNothing(lines) {
		r, wrong := out.rowOf(&l)
		if wrong != nil {
			continue // that is said when it is to be written
		}
		for _, cells := range [][]cell{fixed, saidBy(r), slices.Collect(maps.Keys(always))} {
			for _, c := range cells {
				if has[c] {
					continue
				}
				if as, fills := always[c]; fills {
					text, err := textOf(r, c)
					has[c] = text != as || err != nil
				} else {
					has[c] = !sayingOf(r, c).isNothing()
				}
			}
		}
	}
	return out.order(fixed, has)
}

// given is what the table says by itself: what every row has, which fields have a
// column, and which ends have parts.
func (out *tableWriter) given() (always map[cell]string, has map[cell]bool, parted map[string]bool) {
	always, has, parted = make(map[cell]string), make(map[cell]bool), make(map[string]bool)
	note := func(c cell) {
		if c.tail != "" {
			parted[c.head] = true
		}
	}
	for _, f := range out.table.always(out.model) {
		always[f.cell] = f.text
		note(f.cell)
	}
	for _, name := range out.table.Columns {
		if c, err := out.table.field(out.model, name); err == nil { // "-" is none
			has[c] = true
			note(c)
		}
	}
	return always, has, parted
}

// order puts fields in order, those that can be the name of a column.
func (out *tableWriter) order(fixed []cell, has map[cell]bool) []string {
	var names []string
	take := func(c cell) {
		if known, err := out.table.field(out.model, c.field); has[c] && err == nil && known == c && utf8.ValidString(c.field) {
			names = append(names, c.field)
		}
	}
	for _, c := range fixed {
		take(c)
		delete(has, c)
	}
	for _, c := range slices.SortedFunc(maps.Keys(has), func(a, b cell) int { return strings.Compare(a.field, b.field) }) { // attributes before needs
		take(c)
	}
	if len(names) == 0 {
		names = append(names, fixed[1].field) // of rows that Table.Always is all of
	}
	return names
}
