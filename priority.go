package itsm

import (
	"fmt"
	"slices"
	"strconv"
)

// Level grades impact and urgency.
type Level string

// The levels of [DefaultMatrix]. A host's matrix may name others.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

// Priority ranks work: 1 is the most pressing, 0 is none given. Its text form is
// "P1".
type Priority int

// MaxPriority is the least pressing priority.
const MaxPriority Priority = 9

// IsValid reports whether p is between 1 and [MaxPriority].
func (p Priority) IsValid() bool { return p >= 1 && p <= MaxPriority }

// String is the text form: "P1", or "" for none.
func (p Priority) String() string {
	if p == 0 {
		return ""
	}
	return "P" + strconv.Itoa(int(p))
}

// ParsePriority reads "P1" to "P9"; the empty text is none.
func ParsePriority(s string) (Priority, error) {
	if s == "" {
		return 0, nil
	}
	if len(s) != 2 || s[0] != 'P' || s[1] < '1' || s[1] > '9' {
		return 0, &FieldError{"priority", Quoted(s) + " is not one of P1 to P9"}
	}
	return Priority(s[1] - '0'), nil
}

// MarshalText writes the text form.
func (p Priority) MarshalText() ([]byte, error) {
	if p != 0 && !p.IsValid() {
		return nil, &FieldError{"priority", fmt.Sprintf("%d is not between 1 and %d", int(p), MaxPriority)}
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads the text form.
func (p *Priority) UnmarshalText(b []byte) error {
	parsed, err := ParsePriority(string(b))
	if err == nil {
		*p = parsed
	}
	return err
}

// Matrix derives the priority from impact and urgency (ISO/IEC 20000-1 8.6.1;
// R10).
type Matrix struct {
	Impacts    []Level      `json:"impacts"`    // highest first
	Urgencies  []Level      `json:"urgencies"`  // highest first
	Priorities [][]Priority `json:"priorities"` // a row per impact, a column per urgency
}

// DefaultMatrix is the usual three by three: high/high is P1, low/low P5.
func DefaultMatrix() Matrix {
	levels := func() []Level { return []Level{High, Medium, Low} }
	return Matrix{levels(), levels(), [][]Priority{
		{1, 2, 3},
		{2, 3, 4},
		{3, 4, 5},
	}}
}

// Clone is a copy that shares nothing with m.
func (m Matrix) Clone() Matrix {
	c := Matrix{slices.Clone(m.Impacts), slices.Clone(m.Urgencies), slices.Clone(m.Priorities)}
	for i, row := range c.Priorities {
		c.Priorities[i] = slices.Clone(row)
	}
	return c
}

// Of is the priority of an impact and an urgency; a level that the matrix does
// not know is a [FieldError].
func (m Matrix) Of(impact, urgency Level) (Priority, error) {
	i, j := slices.Index(m.Impacts, impact), slices.Index(m.Urgencies, urgency)
	if i < 0 {
		return 0, &FieldError{"impact", Quoted(impact) + " is none of: " + Listed(m.Impacts)}
	}
	if j < 0 {
		return 0, &FieldError{"urgency", Quoted(urgency) + " is none of: " + Listed(m.Urgencies)}
	}
	if i >= len(m.Priorities) || j >= len(m.Priorities[i]) {
		return 0, &FieldError{"priorities", fmt.Sprintf("has no cell for the impact %q and the urgency %q", impact, urgency)}
	}
	return m.Priorities[i][j], nil
}

// Check refuses a matrix with a level named twice or empty, with a cell missing
// or out of range, or in which a higher level makes something less pressing.
func (m Matrix) Check(field string) error {
	for _, axis := range []struct {
		name   string
		levels []Level
	}{{"impacts", m.Impacts}, {"urgencies", m.Urgencies}} {
		if len(axis.levels) == 0 {
			return &FieldError{field + "." + axis.name, "is empty; name the levels, highest first"}
		}
		for i, l := range axis.levels {
			at := fmt.Sprintf("%s.%s[%d]", field, axis.name, i)
			if err := CheckLine(at, string(l)); err != nil {
				return err
			}
			if slices.Contains(axis.levels[:i], l) {
				return &FieldError{at, Quoted(l) + " is named before"}
			}
		}
	}
	if len(m.Priorities) != len(m.Impacts) {
		return &FieldError{field + ".priorities", fmt.Sprintf("has %d rows for %d impacts", len(m.Priorities), len(m.Impacts))}
	}
	for i, row := range m.Priorities {
		at := fmt.Sprintf("%s.priorities[%d]", field, i)
		if len(row) != len(m.Urgencies) {
			return &FieldError{at, fmt.Sprintf("has %d columns for %d urgencies", len(row), len(m.Urgencies))}
		}
		for j, p := range row {
			switch {
			case !p.IsValid():
				return &FieldError{fmt.Sprintf("%s[%d]", at, j), fmt.Sprintf("is %d; give 1 to %d", int(p), MaxPriority)}
			case j > 0 && p < row[j-1], i > 0 && p < m.Priorities[i-1][j]:
				return &FieldError{fmt.Sprintf("%s[%d]", at, j), fmt.Sprintf("is %s, more pressing than that of a higher level", p)}
			}
		}
	}
	return nil
}
