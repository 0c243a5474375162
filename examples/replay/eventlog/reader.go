package eventlog

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Log is an event log in memory: its rows in the order in which they happened.
// Texts are kept once each.
type Log struct {
	texts []string
	rows  []Row

	lifted int // rows whose time ran backwards
	first  int // line of the first of them
}

// Len is the number of rows.
func (l *Log) Len() int { return len(l.rows) }

// lift counts a row whose time was before that of its incident's row before it.
func (l *Log) lift(row *Row) {
	l.lifted++
	if l.first == 0 || row.Line < l.first {
		l.first = row.Line
	}
}

// Row is one event of the log.
type Row struct {
	Line  int       // of the file
	At    time.Time // when it happened, never before the incident's row before it
	key   uint32    // which incident
	order int64
	opens bool // the first row of its incident
	ends  bool // the last
	cells [cellCount]uint32
}

// cellCount is how many texts a row keeps: a field each, then an oracle each.
const cellCount = 22 + 7

// FormatError says where a log cannot be read: file, line and column.
type FormatError struct {
	File    string
	Line    int
	Column  string
	Problem string
}

func (e *FormatError) Error() string {
	at := e.File
	if e.Line > 0 {
		at += fmt.Sprintf(": line %d", e.Line)
	}
	if e.Column != "" {
		at += fmt.Sprintf(": column %q", e.Column)
	}
	return at + ": " + e.Problem
}

// Read reads a log under a mapping: CSV in UTF-8, plain or compressed by gzip or
// xz. File is its name in messages. Anything that does not fit is a [FormatError], such
// as a time before 1901 or after 2199, or one that makes the log longer than a hundred
// years, which its figures would list day by day.
func Read(ctx context.Context, file string, in io.Reader, m *Mapping) (*Log, error) {
	plain, err := unpack(file, in)
	if err != nil {
		return nil, err
	}
	r := &reader{file: file, mapping: m, texts: map[string]uint32{"": 0}, log: &Log{texts: []string{""}}}
	r.csv = csv.NewReader(plain)
	r.csv.ReuseRecord = true
	r.csv.Comma = []rune(cmp.Or(m.Delimiter, ","))[0]
	if err := r.header(); err != nil {
		return nil, err
	}
	for {
		if err := ctx.Err(); err != nil && len(r.log.rows)%4096 == 0 {
			return nil, fmt.Errorf("%s: line %d: %w", file, r.line, err)
		}
		err := r.row()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.log.rows) == 0 {
		return nil, &FormatError{File: file, Problem: "has a header and no rows"}
	}
	r.sort()
	return r.log, nil
}

// reader is a log being read.
type reader struct {
	file    string
	mapping *Mapping
	csv     *csv.Reader
	line    int // of the record read last
	log     *Log
	texts   map[string]uint32

	columns [cellCount]Column // by cell: none when the log does not have it
	places  [cellCount][]int  // by cell: of its columns in a record
	ignored [cellCount]bool   // by cell: the missing text stays a value
	fixed   [cellCount]uint32
	values  [cellCount]map[string]string
	known   map[uint32]Standing // the states seen so far

	earliest, latest struct {
		at   time.Time
		line int
	}
}

// cell is the place of a field or oracle in a row.
func cell[S Field | Oracle](s S) int {
	switch s := any(s).(type) {
	case Field:
		return slices.Index(Fields(), s)
	case Oracle:
		return len(Fields()) + slices.Index(Oracles(), s)
	}
	return -1
}

func (r *reader) fail(line int, column, format string, args ...any) error {
	return &FormatError{r.file, line, column, fmt.Sprintf(format, args...)}
}

// header finds the mapped columns.
func (r *reader) header() error {
	record, err := r.csv.Read()
	switch {
	case err == io.EOF:
		return r.fail(0, "", "is empty")
	case err != nil:
		return r.broken(err)
	}
	for i, name := range record {
		if !utf8.ValidString(name) || slices.ContainsFunc([]byte(name), func(b byte) bool { return b == 0 }) {
			return r.fail(1, "", "column %d has no readable name; is this a CSV file?", i+1)
		}
	}
	r.known = make(map[uint32]Standing)
	place := func(cell int, column Column) error {
		r.columns[cell] = column
		for _, name := range column {
			i := slices.Index(record, name)
			if i < 0 {
				return r.fail(1, name, "is not in the header, which has: %s", shortened(names(record)))
			}
			r.places[cell] = append(r.places[cell], i)
		}
		return nil
	}
	for _, f := range Fields() {
		c := cell(f)
		if err := place(c, r.mapping.Columns[f]); err != nil {
			return err
		}
		r.fixed[c] = r.intern(r.mapping.Constants[f])
		r.ignored[c] = slices.Contains(r.mapping.KeepMissing, f)
		r.values[c] = r.mapping.Values[f]
	}
	for _, o := range Oracles() {
		c := cell(o)
		if name := r.mapping.Oracles[o]; name != "" {
			if err := place(c, Column{name}); err != nil {
				return err
			}
		}
		r.values[c] = r.mapping.Values[Field(o)]
	}
	return nil
}

// broken says where the CSV itself cannot be read.
func (r *reader) broken(err error) error {
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return r.fail(syntax.Line, "", "%v", syntax.Err)
	}
	return r.fail(r.line+1, "", "%v", err)
}

func (r *reader) row() error {
	record, err := r.csv.Read()
	if err == io.EOF {
		return err
	}
	if err != nil {
		return r.broken(err)
	}
	line, _ := r.csv.FieldPos(0)
	r.line = line
	row := Row{Line: line}
	for c := range row.cells {
		row.cells[c] = r.fixed[c]
		if len(r.places[c]) > 0 {
			text := r.cell(record, c)
			if !utf8.ValidString(text) {
				return r.fail(line, r.columns[c].String(), "is not valid UTF-8")
			}
			if text == "" {
				continue
			}
			if ours, mapped := r.values[c][text]; mapped {
				text = ours
			}
			row.cells[c] = r.intern(text)
		}
	}
	if row.key = row.cells[cell(Incident)]; row.key == 0 {
		return r.fail(line, r.columns[cell(Incident)].String(), "is empty; every row names its incident")
	}
	if row.At, err = r.time(&row, cell(At)); err != nil {
		return err
	}
	if row.At.IsZero() {
		return r.fail(line, r.columns[cell(At)].String(), "is empty; every row has a time")
	}
	opened, err := r.time(&row, cell(Opened))
	if err != nil {
		return err
	}
	for _, c := range []int{cell(OracleClosed), cell(OracleResolved)} {
		if _, err := r.time(&row, c); err != nil {
			return err
		}
	}
	if err := r.span(line, cell(At), row.At); err != nil {
		return err
	}
	if err := r.span(line, cell(Opened), opened); err != nil {
		return err
	}
	if text := r.log.texts[row.cells[cell(Order)]]; text != "" {
		if row.order, err = strconv.ParseInt(text, 10, 64); err != nil {
			return r.fail(line, r.columns[cell(Order)].String(), "%q is no whole number", text)
		}
	}
	state := row.cells[cell(State)]
	standing, known := r.known[state]
	if !known {
		if standing, known = r.mapping.States[r.log.texts[state]]; !known {
			return r.fail(line, r.columns[cell(State)].String(), "%q is not in the mapping's states: %s", r.log.texts[state], names(keys(r.mapping.States)))
		}
		r.known[state] = standing
	}
	for _, f := range standing.Clears {
		row.cells[cell(f)] = 0
	}
	r.log.rows = append(r.log.rows, row)
	return nil
}

// cell is what a record has for a field or oracle, "" when it is missing.
func (r *reader) cell(record []string, c int) string {
	places := r.places[c]
	if len(places) == 1 {
		return r.present(record[places[0]], c)
	}
	var joined strings.Builder
	some := false
	for i, place := range places {
		if i > 0 {
			joined.WriteByte('/')
		}
		part := r.present(record[place], c)
		some = some || part != ""
		joined.WriteString(part)
	}
	if !some {
		return ""
	}
	return joined.String()
}

// present is a text, or "" for the one that stands for none.
func (r *reader) present(text string, c int) string {
	if text == r.mapping.Missing && !r.ignored[c] {
		return ""
	}
	return text
}

// time reads the instant in a cell, zero when it is missing.
func (r *reader) time(row *Row, c int) (time.Time, error) {
	text := r.log.texts[row.cells[c]]
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(r.mapping.Time, text, r.mapping.location)
	if err != nil {
		return t, r.fail(row.Line, r.columns[c].String(), "%q is no time of the form %q", text, r.mapping.Time)
	}
	if t = t.UTC(); t.Year() < firstYear || t.Year() > lastYear {
		return t, r.fail(row.Line, r.columns[c].String(), "%q is in the year %d; a log is of the years %d to %d", text, t.Year(), firstYear, lastYear)
	}
	return t, nil
}

// The years of which a log may be: its days, in any zone, are then of the years
// 1900 to 2200, as a period's are.
const (
	firstYear = 1901
	lastYear  = 2199
)

// longestLog is from the earliest time of a log to its latest, which its figures
// list day by day.
const longestLog = 100 * 365 * 24 * time.Hour

// span refuses a time that is too far from those read before; none is in order.
func (r *reader) span(line, c int, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	if r.earliest.at.IsZero() || at.Before(r.earliest.at) {
		r.earliest.at, r.earliest.line = at, line
	}
	if at.After(r.latest.at) {
		r.latest.at, r.latest.line = at, line
	}
	if r.latest.at.Sub(r.earliest.at) > longestLog {
		return r.fail(line, r.columns[c].String(), "the log is longer than a hundred years: from %s, in line %d, to %s, in line %d",
			r.earliest.at.Format(time.RFC3339), r.earliest.line, r.latest.at.Format(time.RFC3339), r.latest.line)
	}
	return nil
}

func (r *reader) intern(text string) uint32 {
	if i, known := r.texts[text]; known {
		return i
	}
	text = string([]byte(text)) // the record's memory is used again
	i := uint32(len(r.log.texts))
	r.log.texts = append(r.log.texts, text)
	r.texts[text] = i
	return i
}

// sort orders the rows of each incident by their number, or time, and then by their
// place in the file; lifts a time that runs backwards to the one before; fills in
// what a row keeps of the one before; and lays all incidents out along time, as the
// history happened.
func (r *reader) sort() {
	rows := r.log.rows
	numbered := len(r.places[cell(Order)]) > 0
	slices.SortStableFunc(rows, func(a, b Row) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		if numbered {
			return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.Line, b.Line))
		}
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Line, b.Line))
	})
	var said *Row // the incident's row before, of those that say something
	for i := range rows {
		row := &rows[i]
		row.opens = i == 0 || rows[i-1].key != row.key
		row.ends = i == len(rows)-1 || rows[i+1].key != row.key
		if !row.opens && row.At.Before(rows[i-1].At) {
			row.At = rows[i-1].At
			r.log.lift(row)
		}
		if row.opens {
			said = nil
		}
		standing := r.known[row.cells[cell(State)]]
		for _, f := range standing.Keeps {
			row.cells[cell(f)] = 0
			if said != nil {
				row.cells[cell(f)] = said.cells[cell(f)]
			}
		}
		if !standing.Skip {
			said = row
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return a.At.Compare(b.At) })
}

func shortened(s string) string {
	const most = 300
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
