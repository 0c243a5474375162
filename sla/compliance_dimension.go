package sla

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Dimension is what the cells of a report are told apart by: one of the constants,
// or a declared field, see [ByFact]. A clock counts in the cycle in which it was
// stopped or cancelled; one that still runs, in the last of the report.
type Dimension string

// The dimensions. Cycles are those of the period's zone.
const (
	ByTarget    Dimension = "target"    // a target of an agreement, whatever the version
	ByAgreement Dimension = "agreement" // whatever the version
	ByVersion   Dimension = "version"   // of an agreement
	ByKind      Dimension = "kind"      // of the agreement
	ByMetric    Dimension = "metric"
	ByParty     Dimension = "party" // the customer, team or supplier
	ByDay       Dimension = "day"
	ByWeek      Dimension = "week"
	ByMonth     Dimension = "month"
	ByQuarter   Dimension = "quarter"
	ByYear      Dimension = "year"
)

// Dimensions lists every dimension that is not a declared field.
func Dimensions() []Dimension {
	return []Dimension{ByTarget, ByAgreement, ByVersion, ByKind, ByMetric, ByParty, ByDay, ByWeek, ByMonth, ByQuarter, ByYear}
}

// ByFact is the values of a declared field, as the facts of the work are now:
// ByFact("service"), ByFact("priority").
func ByFact(name string) Dimension { return factPrefix + Dimension(name) }

const factPrefix = "facts."

// fact is the declared field that the dimension is.
func (d Dimension) fact() (name string, ok bool) { return strings.CutPrefix(string(d), factPrefix) }

// cycle is the cycle that the dimension is.
func (d Dimension) cycle() (Cycle, bool) {
	c := Cycle(d)
	return c, slices.Contains(Cycles(), c)
}

// label is the dimension for people.
func (d Dimension) label() string {
	if name, ok := d.fact(); ok {
		return plainName(name)
	}
	return string(d)
}

func (d Dimension) check(s Schema, field string) error {
	if name, ok := d.fact(); ok {
		if s.index(name) < 0 {
			return &itsm.FieldError{Field: field, Problem: s.undeclared(name)}
		}
		return nil
	}
	if !slices.Contains(Dimensions(), d) {
		return &itsm.FieldError{Field: field, Problem: fmt.Sprintf("%s is none of: %s; a declared field is named as in %q", itsm.Quoted(d), itsm.Listed(Dimensions()), ByFact("priority"))}
	}
	return nil
}

// axis is a dimension while cells are told apart by it: its values are numbered in
// the order in which they come.
type axis struct {
	Dimension
	field  string   // of a fact
	dates  Division // of a cycle
	rules  []int32
	ids    map[string]int32
	labels []label
}

// label is a value of a dimension: its text, and what it is ordered by.
type label struct {
	text  string
	rank  int
	value itsm.Value
	next  string // after the text
}

func (a label) compare(b label) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), a.value.Compare(b.value), cmp.Compare(a.text, b.text), cmp.Compare(a.next, b.next))
}

func newAxis(d Dimension, p Period, rules []*promised) *axis {
	a := &axis{Dimension: d, ids: make(map[string]int32)}
	if name, ok := d.fact(); ok {
		a.field = name
		return a
	}
	if c, ok := d.cycle(); ok {
		a.dates = p.Divide(c)
		for i, name := range a.dates.names {
			a.labels = append(a.labels, label{text: name, rank: i})
		}
		return a
	}
	for _, r := range rules {
		l := d.ofRule(r)
		key := l.text + "\x00" + l.next + l.value.String() // a line holds no zero byte
		id, known := a.ids[key]
		if !known {
			id = int32(len(a.labels))
			a.ids[key] = id
			a.labels = append(a.labels, l)
		}
		a.rules = append(a.rules, id)
	}
	return a
}

// ofRule is the value of a dimension that a clock has from its target.
func (d Dimension) ofRule(r *promised) label {
	v := r.version
	switch d {
	case ByTarget:
		return label{text: v.Agreement, next: r.target.Name}
	case ByAgreement:
		return label{text: v.Agreement}
	case ByVersion:
		return label{text: v.Agreement, value: itsm.IntValue(int64(v.Number))}
	case ByKind:
		return label{text: string(v.Kind), rank: v.Kind.rank()}
	case ByMetric:
		return label{text: r.metric.Name, rank: metricRank(r.metric.Name)}
	default:
		return label{text: v.Party}
	}
}

// name is a value as the key of a cell.
func (a *axis) name(id int32) string {
	l := a.labels[id]
	switch {
	case a.field != "":
		return l.value.String()
	case a.Dimension == ByTarget:
		return l.text + " " + l.next
	case a.Dimension == ByVersion:
		return l.text + " version " + l.value.String()
	}
	return l.text
}

// of is the number of the value that a clock has which was stopped, or is looked
// at, at an instant.
func (a *axis) of(rule int32, at time.Time, f Facts) int32 {
	switch {
	case a.field != "":
		return a.ofFact(f[a.field])
	case a.rules != nil:
		return a.rules[rule]
	default:
		return int32(a.dates.Of(at))
	}
}

func (a *axis) ofFact(v itsm.Value) int32 {
	if v.Type() == itsm.Number { // priorities, mostly: few, and costly to write out
		for id := range a.labels[:min(len(a.labels), fewValues)] {
			if l := &a.labels[id]; l.value.Type() == itsm.Number && l.value.Number().Equal(v.Number()) {
				return int32(id)
			}
		}
	}
	key := v.String()
	id, known := a.ids[key]
	if !known {
		id = int32(len(a.labels))
		a.ids[key] = id
		a.labels = append(a.labels, label{value: v})
	}
	return id
}

// fewValues is how many numbers are looked for before their texts are.
const fewValues = 8
