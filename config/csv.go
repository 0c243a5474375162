package config

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// Table says how CIs or relations are read from a table and written as one, CSV after
// RFC 4180, whose first record names its columns.
//
// A column holds a field of a row: "id", "name", "class", "description", "owner",
// "criticality", "environment", "version", "state", "source", "change", "since",
// "reason", "attributes.memory" and "needs.web" (how many of that group) of a CI;
// "id", "type", "from", "to", "group", "proposed", "source", "change", "since",
// "reason" and "attributes.bandwidth" of a relation. From and to are [Handle]s, or
// have a column each for the parts: "from.class" and "from.name". An attribute whose
// name is none of a field needs no "attributes." before it. A cell is read as the
// type of its attribute says, in the form of [itsm.ParseValue]; an empty one says
// nothing. Text is kept as it is, line breaks within quotes too; blanks around
// numbers, truth values, times and ids are not part of them.
type Table struct {
	Of    string // Kind or RelationKind: what each row is
	Comma rune   // what parts the columns, of ASCII; zero: a comma

	// Columns is what the columns mean, by their names in the table; one that is not
	// here is the field of its name. "-" leaves a column out.
	Columns map[string]string

	// Values are what cells stand for, by field and by their text in the table, where
	// that uses other words: {"state": {"Live": "live", "n/a": ""}}. Other texts are read
	// as they are. A text is written as the one that stands for it; that of which several
	// do cannot be, unless it is one of them.
	Values map[string]map[string]string

	// Always is what every row has, by field, unless it says something itself:
	// {"class": "server"}. Values are not for these.
	Always map[string]string
}

// copied is the table apart from what its owner makes of it later.
func (t *Table) copied() *Table {
	if t == nil {
		return nil
	}
	values := maps.Clone(t.Values)
	for name, of := range values {
		values[name] = maps.Clone(of)
	}
	return &Table{t.Of, t.Comma, maps.Clone(t.Columns), values, maps.Clone(t.Always)}
}

// leftOut marks a column that is not read.
const leftOut = "-"

// ReadCSV reads a table, typed by the model, and gives each row as a [Line] with
// Register or Relate. What cannot be read is a [*Fault] with line, column and field,
// and reading goes on with the next record; but a header that does not fit, or a
// quote that is never closed, is the last thing that is read. So is an error of the
// reader itself. Empty lines are passed over, as is a byte order mark. No record is
// longer than maxLine bytes; 0: 1 MiB.
func ReadCSV(r io.Reader, t *Table, m *Model, maxLine int) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		rows, err := newTableRows(r, t, m, maxLine)
		if err != nil {
			yield(Line{}, err)
			return
		}
		var row incoming
		for rows.next(&row, anyRow) {
			if row.fault != nil {
				if !yield(Line{}, row.fault) {
					return
				}
			} else if !yield(row.Line, nil) {
				return
			}
		}
		if err := rows.err(); err != nil {
			yield(Line{}, err)
		}
	}
}

// check refuses a table that could read nothing.
func (t *Table) check(m *Model) error {
	if t == nil || m == nil {
		return &itsm.FieldError{Field: "table", Problem: "or the model is missing"}
	}
	if err := itsm.CheckOneOf("table.of", t.Of, []string{Kind, RelationKind}); err != nil {
		return err
	}
	if c := t.Comma; c < 0 || c >= 0x80 || c == '"' || c == '\n' || c == '\r' {
		return &itsm.FieldError{Field: "table.comma", Problem: fmt.Sprintf("is %q; give a character of ASCII that is neither quote nor line break", c)}
	}
	columns, values, always := maps.Clone(t.Columns), make(map[string]string), make(map[string]string)
	maps.DeleteFunc(columns, func(_, field string) bool { return field == leftOut })
	for field := range t.Always {
		always[field] = field
	}
	for _, field := range namesOf(t.Values) {
		values[field] = field
		if _, empty := t.Values[field][""]; empty {
			return &itsm.FieldError{Field: "table.values." + field, Problem: "is about the empty text, which says nothing; give in always what is to be there then"}
		}
	}
	return cmp.Or(t.checkFields(m, "table.columns", columns), t.checkFields(m, "table.values", values), t.checkFields(m, "table.always", always))
}

// valuesOf are the values of a field, by what they are in the table.
func (t *Table) valuesOf(m *Model, field string) map[string]string {
	for name, values := range t.Values {
		if c, err := t.field(m, name); err == nil && c.field == field {
			return values
		}
	}
	return nil
}

// checkFields refuses a name that is for no field, and two that are for one.
func (t *Table) checkFields(m *Model, path string, fields map[string]string) error {
	by := make(map[string]string)
	for _, name := range namesOf(fields) {
		c, err := t.field(m, fields[name])
		if other, twice := by[c.field]; err == nil && twice {
			err = fmt.Errorf("is for %s, and so is %s", c.field, itsm.Quoted(other))
		}
		if err != nil {
			return &itsm.FieldError{Field: path + "." + name, Problem: err.Error()}
		}
		by[c.field] = name
	}
	return nil
}

// cell is what one column holds.
type cell struct {
	field string // path of the row: "attributes.memory"
	head  string // "attributes"
	tail  string // "memory"
}

// field is what a name stands for.
func (t *Table) field(m *Model, name string) (cell, error) {
	head, tail, parted := strings.Cut(name, ".")
	known := rowFieldNames(t.Of)
	switch {
	case parted && tail != "" && (head == attributesName || head == needsName && t.Of == Kind):
		return cell{name, head, tail}, nil
	case parted && t.Of == RelationKind && (head == fromName || head == toName) && (tail == className || tail == nameName):
		return cell{name, head, tail}, nil
	case !parted && slices.Contains(known, name) && name != attributesName && name != needsName:
		return cell{name, name, ""}, nil
	case t.attribute(m, name):
		return cell{attributesName + "." + name, attributesName, name}, nil
	}
	return cell{}, fmt.Errorf("%s is no field here; they are: %s, and %q leaves a column out", itsm.Quoted(name), strings.Join(known, ", "), leftOut)
}

// attribute reports whether any class or type has an attribute of the name.
func (t *Table) attribute(m *Model, name string) bool {
	has := func(l rules) bool { return l.find(name) != nil }
	if t.Of == RelationKind {
		return slices.ContainsFunc(m.ofTypes, has)
	}
	return slices.ContainsFunc(m.attributes, has)
}

// fixed is a cell that every row has, unless its own column says something.
type fixed struct {
	cell
	text   string
	column int // -1: there is none
}

// always lists the cells that every row has, in order.
func (t *Table) always(m *Model) []fixed {
	var list []fixed
	for _, name := range namesOf(t.Always) {
		if c, _ := t.field(m, name); t.Always[name] != "" {
			list = append(list, fixed{c, t.Always[name], -1})
		}
	}
	return list
}
