package config

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/itsmkit/itsm"
)

// csvRecords parts CSV into records and fields. Package encoding/csv would read a
// field of any length, and stops at a quote in the wrong place.
type csvRecords struct {
	lines  *lineReader
	comma  byte
	text   []byte     // of all fields of the record, one after the other
	fields []csvField // of the record
	first  int        // the line that the record begins in
	wrong  *Fault     // its first line that is no UTF-8; it is read to its end all the same
	ended  bool
}

// csvField is where a field's text is, and where it begins in the file.
type csvField struct {
	from, to     int
	line, column int
}

func (c *csvRecords) field(i int) []byte { return c.text[c.fields[i].from:c.fields[i].to] }

// next reads a record; false: there is none any more. A fault is one of the record,
// and there may be more after it.
func (c *csvRecords) next() (*Fault, bool) {
	c.text, c.fields = c.text[:0], c.fields[:0]
	for !c.ended {
		line, fault, more := c.lines.next()
		if !more {
			c.ended = true
			break
		}
		c.first = c.lines.number
		if fault != nil && line == nil {
			if c.lines.quotes%2 == 1 { // what follows is in quotes, perhaps
				c.ended = true
				fault.Problem += ", and opens a quote that it does not close; nothing after it was read"
			}
			return fault, true
		}
		if len(line) == 0 {
			continue
		}
		c.wrong = fault
		if fault := c.record(line); c.wrong == nil {
			return fault, true
		}
		return c.wrong, true
	}
	return nil, false
}

// record parts a line, and those after it when a quoted field goes on there.
func (c *csvRecords) record(line []byte) *Fault {
	for at := 0; ; {
		f := csvField{from: len(c.text), line: c.lines.number, column: at + 1}
		if at < len(line) && line[at] == '"' {
			var fault *Fault
			if line, at, fault = c.quoted(line, at+1, f); fault != nil {
				return fault
			}
		} else {
			for at < len(line) && line[at] != c.comma {
				if line[at] == '"' {
					return &Fault{Line: c.lines.number, Column: at + 1, Problem: `has a quote within a field that does not begin with one; quote the whole, and write "" within`}
				}
				c.text = append(c.text, line[at])
				at++
			}
		}
		f.to = len(c.text)
		c.fields = append(c.fields, f)
		if at >= len(line) {
			return nil
		}
		at++ // the comma
	}
}

// quoted reads a field to what follows its end.
func (c *csvRecords) quoted(line []byte, at int, f csvField) ([]byte, int, *Fault) {
	for {
		for at < len(line) {
			switch {
			case line[at] != '"':
				c.text = append(c.text, line[at])
				at++
			case at+1 < len(line) && line[at+1] == '"':
				c.text = append(c.text, '"')
				at += 2
			case at+1 == len(line) || line[at+1] == c.comma:
				return line, at + 1, nil
			default:
				return line, at, &Fault{Line: c.lines.number, Column: at + 1, Problem: `has a quote that neither ends the field nor is doubled; write "" within`}
			}
		}
		if c.lines.crlf {
			c.text = append(c.text, '\r')
		}
		next, fault, more := c.lines.next()
		if !more {
			c.ended = true
			return line, at, &Fault{Line: f.line, Column: f.column, Problem: "opens a quote that is never closed; nothing after it was read"}
		}
		if c.wrong == nil && next != nil {
			c.wrong = fault
		}
		c.text = append(c.text, '\n')
		if fault != nil && next == nil || len(c.text)+len(next) > c.lines.most {
			c.ended = true
			return line, at, &Fault{Line: f.line, Column: f.column, Problem: fmt.Sprintf("is a record longer than %d bytes, perhaps for a quote that is not closed; nothing after it was read", c.lines.most)}
		}
		line, at = next, 0
	}
}

// tableRows reads the rows of a table.
type tableRows struct {
	records csvRecords
	table   *Table
	model   *Model
	texts   texts
	columns []cell              // by column; without a field: left out
	values  []map[string]string // by column: what cells stand for
	order   []int               // the columns, that which says the class or type first
	always  []fixed
	begun   bool

	places   map[string]int // the columns of the fields of a record, found when asked for
	needs    []string       // the fields of what it needs, in order
	placesOf int            // the line it begins in
}

func newTableRows(r io.Reader, t *Table, m *Model, maxLine int) (*tableRows, error) {
	if err := t.check(m); err != nil {
		return nil, err
	}
	comma := byte(',')
	if t.Comma != 0 {
		comma = byte(t.Comma)
	}
	return &tableRows{
		records: csvRecords{lines: newLineReader(r, maxLine), comma: comma},
		table:   t, model: m, texts: make(texts), always: t.always(m),
	}, nil
}

func (t *tableRows) err() error  { return t.records.lines.err }
func (t *tableRows) sum() uint32 { return t.records.lines.sum }

// next reads a row. A table of what is not wanted has none, but is read to its end.
func (t *tableRows) next(row *incoming, want wanted) bool {
	for {
		fault, more := t.records.next()
		if !more {
			if t.begun || t.err() != nil {
				return false
			}
			t.begun = true // nothing at all is no table
			*row = incoming{number: 1, fault: &Fault{Line: 1, Problem: "is missing; the first line names the columns"}}
			return true
		}
		*row = incoming{number: t.records.first, fault: fault}
		switch {
		case fault != nil:
			t.records.ended = t.records.ended || !t.begun // without its header a table says nothing
			t.begun = true
			return true
		case !t.begun:
			t.begun = true
			if row.fault = t.header(); row.fault != nil {
				t.records.ended = true
				return true
			}
		case want == onlyCIs && t.table.Of != Kind || want == onlyRelations && t.table.Of != RelationKind:
		default:
			row.fault = t.row(&row.Line)
			if row.fault != nil {
				row.Line = Line{}
			}
			row.place = t.place
			return true
		}
	}
}

// header finds out what the columns are.
func (t *tableRows) header() *Fault {
	c := &t.records
	names, fields := make(map[string]bool), make(map[string]bool)
	for i, f := range c.fields {
		wrong := func(format string, args ...any) *Fault {
			return &Fault{Line: f.line, Column: f.column, Problem: fmt.Sprintf(format, args...)}
		}
		name := string(c.field(i))
		if names[name] {
			return wrong("the column %s is named twice", itsm.Quoted(name))
		}
		names[name] = true
		field, mapped := t.table.Columns[name]
		switch {
		case !mapped:
			field = name
		case field == leftOut:
			t.columns = append(t.columns, cell{})
			continue
		}
		column, err := t.table.field(t.model, field)
		if err != nil {
			return wrong("the column %s", err)
		}
		if fields[column.field] {
			return wrong("the column %s is a second one for %s", itsm.Quoted(name), column.field)
		}
		fields[column.field] = true
		t.columns = append(t.columns, column)
	}
	for _, name := range namesOf(t.table.Columns) {
		if t.table.Columns[name] != leftOut && !names[name] {
			return &Fault{Line: c.first, Problem: fmt.Sprintf("there is no column %s, which the mapping has", itsm.Quoted(name))}
		}
	}
	for i := range t.always {
		t.always[i].column = slices.Index(t.columns, t.always[i].cell)
		fields[t.always[i].field] = true
	}
	for _, whole := range []string{fromName, toName} {
		for _, part := range []string{whole + "." + className, whole + "." + nameName} {
			if fields[whole] && fields[part] {
				return &Fault{Line: c.first, Problem: fmt.Sprintf("both %s and %s are given; one says what the other does", whole, part)}
			}
		}
	}
	for _, column := range t.columns {
		t.values = append(t.values, t.table.valuesOf(t.model, column.field))
	}
	kind := className
	if t.table.Of == RelationKind {
		kind = typeName
	}
	for i, column := range t.columns {
		if column.field == kind {
			t.order = slices.Insert(t.order, 0, i)
		} else if column.field != "" {
			t.order = append(t.order, i)
		}
	}
	return nil
}

// row makes a row of the record.
func (t *tableRows) row(l *Line) *Fault {
	c := &t.records
	if len(c.fields) != len(t.columns) {
		return &Fault{Line: c.first, Problem: fmt.Sprintf("has %d fields; the header has %d", len(c.fields), len(t.columns))}
	}
	if t.table.Of == RelationKind {
		l.Relate = new(RelationRow)
	} else {
		l.Register = new(CIRow)
	}
	r := l.row()
	if fault := t.fixed(r, true); fault != nil { // attributes are read as their class says
		return fault
	}
	for _, i := range t.order {
		column, text := t.columns[i], t.text(i)
		if text == "" {
			continue
		}
		if err := setText(r, column.head, column.tail, text, t.model); err != nil {
			return &Fault{Line: c.fields[i].line, Column: c.fields[i].column, Field: column.field, Problem: problemOf(err)}
		}
	}
	return t.fixed(r, false)
}

// text is what a cell of the record says.
func (t *tableRows) text(column int) string {
	raw := t.records.field(column)
	if text, stands := t.values[column][string(raw)]; stands {
		return text
	}
	return t.texts.of(raw)
}

// fixed sets what every row has, the class or type or the rest, unless the row says
// something itself.
func (t *tableRows) fixed(r rowFields, kind bool) *Fault {
	for i := range t.always {
		f := &t.always[i]
		if (f.field == className || f.field == typeName) != kind || f.column >= 0 && t.text(f.column) != "" {
			continue
		}
		if err := setText(r, f.head, f.tail, f.text, t.model); err != nil {
			return &Fault{Line: t.records.first, Field: f.field, Problem: problemOf(err)}
		}
	}
	return nil
}

// place says where the cell of a fault's field begins. What is needed of a group has a
// column of its own, and that is its name in a table.
func (t *tableRows) place(f *Fault) {
	if t.placesOf != t.records.first {
		t.placesOf, t.places, t.needs = t.records.first, make(map[string]int), t.needs[:0]
		for i, c := range t.columns {
			if i >= len(t.records.fields) || c.field == "" {
				continue
			}
			t.places[c.field] = i
			if _, named := t.places[c.head]; !named {
				t.places[c.head] = i
			}
			if c.head == needsName && t.text(i) != "" {
				t.needs = append(t.needs, c.field)
			}
		}
		for _, c := range t.always {
			if _, own := t.places[c.field]; c.head == needsName && !(own && t.text(t.places[c.field]) != "") {
				t.needs = append(t.needs, c.field)
			}
		}
	}
	if at, _, is := strings.Cut(strings.TrimPrefix(f.Field, needsName+"["), "]."); is {
		if n, err := strconv.Atoi(at); err == nil && n < len(t.needs) {
			f.Field = t.needs[n]
		}
	}
	f.Line, f.Column = t.records.first, 0
	if i, there := t.places[f.Field]; there {
		f.Line, f.Column = t.records.fields[i].line, t.records.fields[i].column
	}
}
