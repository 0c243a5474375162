package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/itsmkit/itsm"
)

// ReadJSONLines reads JSON Lines, one [Line] a line, as strictly as
// [itsm.ParseJSON]. What cannot be read is a [*Fault] with line, column and field,
// and reading goes on; an error of the reader itself is the last. Lines of nothing
// but spaces are passed over, as is a byte order mark. No line is longer than
// maxLine bytes; 0: 1 MiB.
func ReadJSONLines(r io.Reader, maxLine int) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		lines := newJSONLines(r, maxLine)
		var row incoming
		for lines.next(&row, anyRow) {
			if row.fault != nil {
				if !yield(Line{}, row.fault) {
					return
				}
			} else if !yield(row.Line, nil) {
				return
			}
		}
		if err := lines.err(); err != nil {
			yield(Line{}, err)
		}
	}
}

// WriteJSONLine writes one line, as [ReadJSONLines] reads it: what is read and
// written again is the same to the byte.
func WriteJSONLine(w io.Writer, l Line) error {
	if wrong := l.check(); wrong != nil {
		return below("line", wrong)
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// check refuses a line that could not be read back.
func (l *Line) check() *itsm.FieldError {
	n := 0
	for _, has := range []bool{l.CI != nil, l.Relation != nil, l.Register != nil, l.Relate != nil} {
		if has {
			n++
		}
	}
	switch {
	case n != 1:
		return &itsm.FieldError{Problem: fmt.Sprintf("holds %d things; give one", n)}
	case l.Register != nil && !l.Register.Next.IsZero():
		return &itsm.FieldError{Field: "next_verify", Problem: "is given; it follows from the rest when the CI is registered"}
	}
	return nil
}

// below is an error about what lies below a path.
func below(path string, e *itsm.FieldError) error {
	return &itsm.FieldError{Field: strings.TrimSuffix(path+"."+e.Field, "."), Problem: e.Problem}
}

// incoming is a line or a row of a table as it was read.
type incoming struct {
	Line
	number int                                   // of the line
	fault  *Fault                                // it cannot be read
	where  func(field string) (line, column int) // of a field; 0 if it is not there
}

// wanted is which rows are read; the others are passed over.
type wanted uint8

const (
	anyRow wanted = iota
	onlyCIs
	onlyRelations
)

// rowReader reads the rows of a source one after the other.
type rowReader interface {
	next(row *incoming, want wanted) bool
	err() error
	sum() uint32 // of all that was read
}

type jsonLines struct {
	lines *lineReader
	texts texts
}

func newJSONLines(r io.Reader, maxLine int) *jsonLines {
	return &jsonLines{newLineReader(r, maxLine), make(texts)}
}

func (j *jsonLines) err() error  { return j.lines.err }
func (j *jsonLines) sum() uint32 { return j.lines.sum }

func (j *jsonLines) next(row *incoming, want wanted) bool {
	for {
		line, fault, more := j.lines.next()
		if !more {
			return false
		}
		*row = incoming{number: j.lines.number, fault: fault}
		if fault != nil {
			return true
		}
		s := jsonScanner{b: line, texts: j.texts}
		if s.peek() == 0 && s.at == len(s.b) {
			continue
		}
		is, fault := s.line(&row.Line, want)
		if fault != nil {
			fault.Line, row.fault = row.number, fault
			row.Line = Line{}
			return true
		}
		if is {
			number := row.number
			row.where = func(field string) (int, int) { return number, whereJSON(line, field) }
			return true
		}
	}
}

// names of a line.
const (
	lineCI       = "ci"
	lineRelation = "relation"
	lineRegister = "register"
	lineRelate   = "relate"
)

// line reads a whole line; false: it holds what is not wanted.
func (s *jsonScanner) line(l *Line, want wanted) (is bool, fault *Fault) {
	names := 0
	fault = s.object("", func(name string, at int) *Fault {
		if names++; names > 1 {
			return s.fault(at, name, "is a second thing in the line; write it into one of its own")
		}
		ofCI, ofRelation := name == lineCI || name == lineRegister, name == lineRelation || name == lineRelate
		if want == onlyCIs && ofRelation || want == onlyRelations && ofCI {
			_, fault := s.raw(name)
			return fault
		}
		is = true
		switch name {
		case lineCI:
			return recordOf(s, name, &l.CI)
		case lineRelation:
			return recordOf(s, name, &l.Relation)
		case lineRegister:
			l.Register = new(CIRow)
			return s.row(l.Register, Kind)
		case lineRelate:
			l.Relate = new(RelationRow)
			return s.row(l.Relate, RelationKind)
		}
		return s.fault(at, name, "is none of: %s, %s, %s, %s", lineCI, lineRelation, lineRegister, lineRelate)
	})
	if fault == nil {
		fault = s.end()
	}
	if fault == nil && names == 0 {
		fault = s.fault(0, "", "is empty; give one of: %s, %s, %s, %s", lineCI, lineRelation, lineRegister, lineRelate)
	}
	return is, fault
}

func recordOf[R any](s *jsonScanner, name string, into **R) *Fault {
	s.space()
	at := s.at
	raw, fault := s.raw(name)
	if fault != nil {
		return fault
	}
	r, err := itsm.ParseJSON[R](raw)
	var field *itsm.FieldError
	if errors.As(err, &field) {
		fault := &Fault{Column: at + 1, Field: field.Field, Problem: field.Problem}
		if i := whereIn(raw, field.Field); i >= 0 {
			fault.Column = at + i + 1
		}
		return fault
	}
	if err != nil {
		return s.fault(at, name, "%s", err)
	}
	*into = &r
	return nil
}

// whereJSON is the column at which the value of a field of the line's row begins; 0
// if it is not there.
func whereJSON(line []byte, field string) int {
	s := jsonScanner{b: line, texts: texts{}}
	column := 0
	s.object("", func(_ string, at int) *Fault {
		raw, fault := s.raw("")
		if i := whereIn(raw, field); fault == nil && i >= 0 {
			column = at + i + 1
		}
		return fault
	})
	return column
}

// whereIn is where the value of a field begins within an object, that of the nearest
// to it that there is; -1 if there is none. The names of attributes hold points, so
// what follows one is a name as a whole first.
func whereIn(object []byte, field string) int {
	s := jsonScanner{b: object, texts: texts{}}
	found := -1
	if s.peek() != '{' {
		return found
	}
	s.object("", func(name string, at int) *Fault {
		raw, fault := s.raw("")
		if rest, is := strings.CutPrefix(field, name); fault == nil && is {
			switch {
			case rest == "":
				found = at
			case rest[0] == '.':
				if found = whereIn(raw, rest[1:]); found >= 0 {
					found += at
				} else {
					found = at
				}
			case rest[0] == '[':
				found = at
			}
		}
		return fault
	})
	return found
}
