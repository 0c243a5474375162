package config

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/itsmkit/itsm"
)

// WriteCSV writes CIs or relations as a table that [ReadCSV] reads, with the same
// Table and Model, as the same rows. Records are written as their [CI.Row] or
// [Relation.Row]. The fields are the columns, in this order, and what they leave out
// is not written; a column is named as in Table.Columns, else as the field is.
//
// Without fields everything is written. Then name and class, or type, from and to,
// are columns, those of Table.Columns, and those of which any row says something, in
// the order of [Table], attributes and needs last and by name; but none of which all
// rows say what Table.Always says. To find that out the lines are listed twice, and
// must be the same.
//
// Each row is read back before it is written. What would come back as something else,
// such as a value of another type than its attribute's, nothing where Table.Always
// says something, or a relation in a state of which no row is, such as [Ended] or a
// host's own, is an [*itsm.FieldError] with place and field, as in
// "lines[3].attributes.memory", and then what was written until then is a part. An
// error of the writer is returned as it is.
func WriteCSV(w io.Writer, t *Table, m *Model, lines iter.Seq[Line], fields ...string) error {
	if err := t.check(m); err != nil {
		return err
	}
	out := &tableWriter{w: bufio.NewWriter(w), table: t, model: m, all: len(fields) == 0, wholes: wholes(t.Of), asked: make(map[string]bool)}
	if out.all {
		fields = out.found(lines)
	}
	if err := out.header(fields); err != nil {
		return err
	}
	n := 0
	for l := range orNothing(lines) {
		if wrong := out.line(&l); wrong != nil {
			return below(fmt.Sprintf("lines[%d]", n), wrong)
		}
		if _, err := out.w.Write(out.record); err != nil {
			return err
		}
		n++
	}
	return out.w.Flush()
}

// tableWriter writes the records of a table. Package encoding/csv would write an
// empty cell that is alone as an empty line, which is passed over, and a byte order
// mark that begins the first column's name as if it were one.
type tableWriter struct {
	w       *bufio.Writer
	table   *Table
	model   *Model
	all     bool // nothing is to be left out
	columns []cell
	values  []map[string][]string // by column: what stands for a text in the table
	asked   map[string]bool       // fields that have a column, or of which a part has

	wholes []cell
	texts  []string
	record []byte
	again  bytes.Buffer // what is written, to be read back
	back   *tableRows
}

// header writes the names of the columns.
func (out *tableWriter) header(fields []string) error {
	t := out.table
	named := make(map[string]string) // columns by their fields
	for column, name := range t.Columns {
		if c, err := t.field(out.model, name); err == nil {
			named[c.field] = column
		}
	}
	var names []string
	for i, field := range fields {
		wrong := func(format string, args ...any) error {
			return &itsm.FieldError{Field: fmt.Sprintf("fields[%d]", i), Problem: fmt.Sprintf(format, args...)}
		}
		c, err := t.field(out.model, field)
		if err != nil {
			return wrong("%s", err)
		}
		if slices.Contains(out.columns, c) {
			return wrong("%s is given twice", c.field)
		}
		name, mapped := named[c.field]
		if !mapped {
			name = field
		}
		if other, taken := t.Columns[name]; taken && !mapped {
			return wrong("%s has no column: what %s stands for in the table is %q; name another for it", c.field, itsm.Quoted(name), other)
		}
		names, out.columns = append(names, name), append(out.columns, c)
		out.values = append(out.values, standing(t.valuesOf(out.model, c.field)))
		out.asked[c.field] = true
		if c.tail != "" {
			out.asked[c.head] = true // an end, for one of its parts
		}
	}
	out.write(names)
	var err error
	if out.back, err = newTableRows(&out.again, t, out.model, math.MaxInt); err != nil {
		return err
	}
	fault, _ := out.back.records.next()
	if fault == nil {
		fault = out.back.header()
	}
	if fault != nil {
		return &itsm.FieldError{Field: "fields", Problem: fault.Problem}
	}
	_, err = out.w.Write(out.record)
	return err
}

// line makes the record of a line.
func (out *tableWriter) line(l *Line) *itsm.FieldError {
	r, wrong := out.rowOf(l)
	if wrong != nil {
		return wrong
	}
	out.texts = out.texts[:0]
	for i, c := range out.columns {
		text, err := textOf(r, c)
		if err == nil {
			text, err = inTable(text, out.values[i])
		}
		if err == nil && !utf8.ValidString(text) {
			err = errors.New("is not valid UTF-8")
		}
		if err != nil {
			return &itsm.FieldError{Field: c.field, Problem: problemOf(err)}
		}
		out.texts = append(out.texts, text)
	}
	out.write(out.texts)
	fault, _ := out.back.records.next()
	var back Line
	if fault == nil {
		fault = out.back.row(&back)
	}
	if fault != nil {
		return &itsm.FieldError{Field: fault.Field, Problem: fault.Problem}
	}
	return out.compare(r, back.row())
}

// standing lists what stands for each text, in order.
func standing(values map[string]string) map[string][]string {
	back := make(map[string][]string, len(values))
	for _, in := range namesOf(values) {
		if text := values[in]; text != "" { // nothing is written as nothing
			back[text] = append(back[text], in)
		}
	}
	return back
}

// inTable is what stands for a text, itself if nothing does.
func inTable(text string, values map[string][]string) (string, error) {
	switch by := values[text]; {
	case len(by) == 0 || slices.Contains(by, text):
		return text, nil
	case len(by) == 1:
		return by[0], nil
	default:
		return "", fmt.Errorf("is %s, for which several stand in the table: %s; leave one of them, or let it stand for itself too", itsm.Quoted(text), itsm.Listed(by))
	}
}

// rowOf is the row that a line is written as.
func (out *tableWriter) rowOf(l *Line) (rowFields, *itsm.FieldError) {
	wrong := func(field, format string, args ...any) (rowFields, *itsm.FieldError) {
		return nil, &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	switch {
	case (l.CI != nil || l.Register != nil) != (out.table.Of == Kind):
		return wrong("", "is of another kind than the table, which is of %q", out.table.Of)
	case l.CI != nil:
		r := l.CI.Row()
		return &r, nil
	case l.Relation != nil && l.Relation.State != Proposed && l.Relation.State != Active && l.Relation.State != itsm.None:
		return wrong(stateName, "is %q; a row is of a relation that is %s or %s", l.Relation.State, Proposed, Active)
	case l.Relation != nil:
		r := l.Relation.Row()
		return &r, nil
	}
	return l.row(), nil
}

// write makes a record, and gives it to be read back.
func (out *tableWriter) write(texts []string) {
	comma := byte(',')
	if out.table.Comma != 0 {
		comma = byte(out.table.Comma)
	}
	out.record = out.record[:0]
	for i, text := range texts {
		if i > 0 {
			out.record = append(out.record, comma)
		}
		if text == "" && len(texts) > 1 || text != "" && !strings.HasPrefix(text, "\uFEFF") && !strings.ContainsAny(text, string(rune(comma))+"\"\r\n") {
			out.record = append(out.record, text...)
			continue
		}
		out.record = append(out.record, '"')
		out.record = append(out.record, strings.ReplaceAll(text, `"`, `""`)...)
		out.record = append(out.record, '"')
	}
	out.record = append(out.record, '\n')
	out.again.Write(out.record)
}

// compare refuses a row of which something comes back as something else. What no
// column is asked for may come back as nothing.
func (out *tableWriter) compare(r, back rowFields) *itsm.FieldError {
	for _, cells := range [][]cell{out.wholes, saidBy(r, back)} {
		for _, c := range cells {
			was, is := sayingOf(r, c), sayingOf(back, c)
			switch asked := out.asked[c.field]; {
			case was == is:
			case asked || !is.isNothing():
				return &itsm.FieldError{Field: c.field, Problem: fmt.Sprintf("is %s, and would be read back as %s", was, is)}
			case out.all:
				return &itsm.FieldError{Field: c.field, Problem: fmt.Sprintf("is %s, and has no column: that cannot be the name of one, or it was not there when the lines were listed first", was)}
			}
		}
	}
	return nil
}
