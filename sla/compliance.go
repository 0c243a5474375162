package sla

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Compliance is how well a period kept what agreements promise (ISO/IEC 20000-1,
// 8.3.3): all of it, and broken down. Its text has one figure a line; its JSON form
// reads back as the same report.
//
// What counts is a clock, not a record: one that was stopped in the period, by what
// it waited for or by a reset (R25), is met or missed. One that an exception of its
// agreement's version excuses is listed under that name, and is neither. Those that
// were cancelled, and those that still ran when the period ended, are counted apart,
// so that what is late and unfinished is not hidden.
//
// A report is of the work as it is given. One that has been issued stays as it was
// if it is made of the work as it stood then, see [Book.AsOf]: what was reopened
// since has its clock run on, and is judged when it stops again.
type Compliance struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	At   time.Time `json:"at"`   // the instant for which it is made; what still ran is as it was then
	Zone string    `json:"zone"` // whose days and months are told apart

	Cell

	By []Breakdown `json:"by,omitempty"` // in the order asked for
}

// Breakdown is a report broken down by one or several dimensions.
type Breakdown struct {
	By     []Dimension `json:"by"`
	Cycles []string    `json:"cycles,omitempty"` // of the period, when one of the dimensions is a cycle
	Cells  []Cell      `json:"cells,omitempty"`  // in the order of their keys; none without a clock
}

// Cell is the figures of the clocks with one key.
type Cell struct {
	Key []string `json:"key,omitempty"` // a text for each dimension; empty: without a value

	// Met is how many clocks were met, of how many. No data is not all of them.
	Met itsm.Ratio `json:"met"`

	// Agreement, Target and Objective are those of the clocks if they are of one
	// target, and what the agreement asks for, in per cent; else they are unset.
	// Objective is unset too if versions of the agreement differ in it.
	Agreement string  `json:"agreement,omitzero"`
	Target    string  `json:"target,omitzero"`
	Objective string  `json:"objective,omitzero"`
	Verdict   Verdict `json:"verdict"`

	Missed  []Judged  `json:"missed,omitempty"`  // by when they were stopped
	Kept    []Judged  `json:"kept,omitempty"`    // those met, if the options ask for them
	Excused []Excused `json:"excused,omitempty"` // by when they were stopped

	Cancelled     int64    `json:"cancelled"`      // clocks cancelled in the period: void, superseded or taken anew
	CancelledLate int64    `json:"cancelled_late"` // those of them that were breached already
	Running       int64    `json:"running"`        // clocks that ran or paused when the period ended
	Late          []Judged `json:"late,omitempty"` // those of them that were breached already and are not excused

	Elapsed itsm.Spread   `json:"elapsed"`          // of the clocks that count, in the time of their calendars
	Causes  []MissedCause `json:"causes,omitempty"` // what the missed have in common, the most frequent first
}

// Verdict says how a cell stands to the objective of its target.
type Verdict string

// The verdicts. The share is compared exactly, never as a rounded percentage.
const (
	ObjectiveReached Verdict = "reached"
	ObjectiveMissed  Verdict = "missed"
	NoData           Verdict = "no data"
	NoObjective      Verdict = "no objective" // the cell is not of one target with one objective
)

// Verdicts lists every verdict.
func Verdicts() []Verdict {
	return []Verdict{ObjectiveReached, ObjectiveMissed, NoData, NoObjective}
}

// Judged is a clock in a report.
type Judged struct {
	Work    uuid.UUID     `json:"work"`    // zero if the work is no record
	Item    itsm.Ref      `json:"item"`    // the record that the work is
	Promise int           `json:"promise"` // its ID within the work
	Elapsed time.Duration `json:"elapsed"` // nanoseconds
	Goal    time.Duration `json:"goal"`    // nanoseconds
	Cause   Cause         `json:"cause,omitzero"`
}

// Excused is a clock that an exception excuses.
type Excused struct {
	Judged
	Exception string `json:"exception"`
}

// MissedCause is something that missed clocks have in common: the cause of the
// breach, the field "cause"; that the clock was "reopened"; or the value of a field
// that the options name.
type MissedCause struct {
	Field string `json:"field"`
	Value string `json:"value,omitzero"` // empty: without one
	Count int64  `json:"count"`
}

// ComplianceOptions say what to report besides; nil means all of them zero.
type ComplianceOptions struct {
	// By is the breakdowns, each by up to four dimensions. Nil: one by
	// [ByTarget]; empty: none.
	By [][]Dimension

	// At is the instant for which the report is made, for clocks that still run: a
	// report of a month that is not over is made for today. Zero, or after the
	// period: its end.
	At time.Time

	// Kept lists the clocks that were met too, not only their number.
	Kept bool

	// Percentiles are the ranks asked for, each from 1 to 100, rising. Nil: 50, 90
	// and 95; empty: none.
	Percentiles []int

	// Causes are declared fields, such as "group", whose values are counted among
	// the missed, beside the cause of the breach.
	Causes []string
}

// MeasureCompliance reports a period from work as it is given; in which order it
// comes does not matter. Work needs to be there of which a clock was stopped or
// cancelled in the period, and, for what was late at the end, of which one ran then;
// [StoppedIn] and [UnderAgreement] select such work. Each piece is to come once: one
// that comes twice counts twice. Neither the sequence nor what it points at is kept.
//
// Work with a promise of a version that the book does not have is an error that
// names it. A sequence that can fail, as a register's Find, is given to a
// [ComplianceMeter].
func MeasureCompliance(work iter.Seq[*Work], b *Book, p Period, o *ComplianceOptions) (*Compliance, error) {
	m, err := NewComplianceMeter(b, p, o)
	if err != nil {
		return nil, err
	}
	for w := range work {
		if err := m.Add(w); err != nil {
			return nil, err
		}
	}
	return m.Compliance(), nil
}

// mostDimensions is how many a breakdown may have.
const mostDimensions = 4

// complete fills in the defaults and refuses what cannot be reported.
func (o *ComplianceOptions) complete(s Schema, p Period) (ComplianceOptions, error) {
	var c ComplianceOptions
	if o != nil {
		c = *o
	}
	var wrong problems
	c.By, c.Percentiles, c.Causes = slices.Clone(c.By), slices.Clone(c.Percentiles), slices.Clone(c.Causes)
	if c.By == nil {
		c.By = [][]Dimension{{ByTarget}}
	}
	if c.Percentiles == nil {
		c.Percentiles = []int{50, 90, 95}
	}
	for i, by := range c.By {
		c.By[i] = slices.Clone(by)
		wrong.breakdown(s, fmt.Sprintf("by[%d]", i), by)
	}
	if c.At = itsm.Normal(c.At); c.At.IsZero() || c.At.After(p.To) {
		c.At = p.To
	} else if !c.At.After(p.From) {
		wrong.add("at", "%s is not after the beginning of the period at %s", c.At.Format(time.RFC3339), p.From.Format(time.RFC3339))
	}
	for i, name := range c.Causes {
		field := fmt.Sprintf("causes[%d]", i)
		if s.index(name) < 0 {
			wrong.add(field, "%s", s.undeclared(name))
		} else if slices.Contains(c.Causes[:i], name) {
			wrong.add(field, "%s is named before", itsm.Quoted(name))
		}
	}
	wrong = append(wrong, itsm.CheckRanks("percentiles", c.Percentiles))
	return c, errors.Join(wrong...)
}

// breakdown says what is wrong with the dimensions of a breakdown.
func (p *problems) breakdown(s Schema, field string, by []Dimension) {
	if len(by) < 1 || len(by) > mostDimensions {
		p.add(field, "has %d dimensions; give 1 to %d", len(by), mostDimensions)
		return
	}
	cycles := 0
	for i, d := range by {
		at := fmt.Sprintf("%s[%d]", field, i)
		if err := d.check(s, at); err != nil {
			*p = append(*p, err)
		} else if slices.Contains(by[:i], d) {
			p.add(at, "%s is named before", itsm.Quoted(d))
		}
		if _, ok := d.cycle(); ok {
			if cycles++; cycles > 1 {
				p.add(at, "is a second cycle; name one")
			}
		}
	}
}

// verdict compares a share with an objective in per cent, exactly.
func verdict(met itsm.Ratio, objective string) Verdict {
	switch {
	case !met.HasData():
		return NoData
	case objective == "":
		return NoObjective
	case comparePercent(met, objective) < 0:
		return ObjectiveMissed
	}
	return ObjectiveReached
}

// compare orders clocks that were stopped at one instant, by their records.
func (j *Judged) compare(o *Judged) int {
	return cmp.Or(
		cmp.Compare(j.Item.Kind, o.Item.Kind), cmp.Compare(j.Item.ID, o.Item.ID),
		slices.Compare(j.Work[:], o.Work[:]), cmp.Compare(j.Promise, o.Promise))
}
