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
	number int          // of the line
	fault  *Fault       // it cannot be read
	place  func(*Fault) // says where its field is, and how it is called there
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
			var places map[string]int
			row.place = func(f *Fault) {
				if places == nil {
					places = placesIn(line)
				}
				f.Line, f.Column = number, placeOf(places, f.Field)
			}
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
	at := s.at
	raw, fault := s.raw(name)
	if fault != nil {
		return fault
	}
	r, err := itsm.ParseJSON[R](raw)
	var field *itsm.FieldError
	if errors.As(err, &field) {
		fault := &Fault{Column: at + 1, Field: field.Field, Problem: field.Problem}
		if i := placeOf(placesIn(s.b), field.Field); i > 0 {
			fault.Column = i
		}
		return fault
	}
	if err != nil {
		return s.fault(at, name, "%s", err)
	}
	*into = &r
	return nil
}

// deepest is how deep fields of rows and records lie that faults are about.
const deepest = 3

// placesIn are the columns at which the values of the fields of a line's row or record
// begin, by path.
func placesIn(line []byte) map[string]int {
	s := jsonScanner{b: line, texts: texts{}}
	places := make(map[string]int)
	var look func(path string, depth int) *Fault
	look = func(path string, depth int) *Fault {
		return s.object("", func(name string, at int) (fault *Fault) {
			if depth > 0 { // what is in the line has no name there
				name = within(path, name)
				places[name] = at + 1
			} else {
				name = ""
			}
			if s.peek() == '{' && depth < deepest {
				return look(name, depth+1)
			}
			_, fault = s.raw("")
			return fault
		})
	}
	look("", 0)
	return places
}

// placeOf is the column of a field, that of the nearest around it that there is; 0 if
// there is none. The names of attributes hold points.
func placeOf(places map[string]int, field string) int {
	for field != "" {
		if at, there := places[field]; there {
			return at
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return 0
}
