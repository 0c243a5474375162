package sla

import (
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
)

// ComplianceMeter takes in work piece by piece and reports how it kept what was
// promised; see [MeasureCompliance]. It keeps a few numbers for each cell, 8 bytes
// and 4 for each breakdown for each clock that counts, and what it lists. It is not
// safe for concurrent use.
type ComplianceMeter struct {
	book    *Book
	period  Period
	options ComplianceOptions

	rules  []*promised
	byName map[ruleName]int32 // their numbers
	aims   []string           // their objectives

	axes   []*axis
	tables []table // the first is all clocks
	causes []*axis // the fields whose values are counted among the missed

	missed, kept, excused, late ranked
	elapsed                     []time.Duration
	cells                       []int32 // of each elapsed time, by table

	lastName ruleName // the one looked up last, and its rule: often that of the next too
	lastRule int32

	// Of what is being added.
	found  []int32 // the rule of each promise
	facts  []int32 // the value on each axis that is a field; less than zero: not looked up
	values []int32 // the value on each axis
	cell   []int32 // the cell in each table
}

// ruleName tells targets apart.
type ruleName struct {
	agreement string
	version   int
	target    string
}

// NewComplianceMeter prepares to report a period. What is wrong with it or with the
// options is an *[itsm.FieldError].
func NewComplianceMeter(b *Book, p Period, o *ComplianceOptions) (*ComplianceMeter, error) {
	if b == nil {
		return nil, &itsm.FieldError{Field: "book", Problem: "is nil; give the agreements"}
	}
	p, err := p.Normal()
	if err != nil {
		return nil, err
	}
	options, err := o.complete(b.schema, p)
	if err != nil {
		return nil, err
	}
	m := &ComplianceMeter{book: b, period: p, options: options, byName: make(map[ruleName]int32)}
	for _, v := range b.versions {
		for _, r := range v.rules {
			m.byName[ruleName{v.Agreement, v.Number, r.target.Name}] = int32(len(m.rules))
			m.rules = append(m.rules, r)
			m.aims = append(m.aims, r.target.aim())
		}
	}
	m.tables = make([]table, 1+len(options.By))
	for i, by := range options.By {
		for _, d := range by {
			m.tables[i+1].axes = append(m.tables[i+1].axes, m.axis(d))
		}
	}
	for i := range m.tables {
		m.tables[i].byKey = make(map[cellKey]int32)
	}
	m.tables[0].cell(cellKey{}) // is there without a clock, too
	for _, name := range options.Causes {
		m.causes = append(m.causes, newAxis(ByFact(name), p, nil))
	}
	m.facts, m.values, m.cell = make([]int32, len(m.axes)), make([]int32, len(m.axes)), make([]int32, len(m.tables))
	return m, nil
}

// axis is the number of a dimension among the axes.
func (m *ComplianceMeter) axis(d Dimension) int {
	for i, a := range m.axes {
		if a.Dimension == d {
			return i
		}
	}
	m.axes = append(m.axes, newAxis(d, m.period, m.rules))
	return len(m.axes) - 1
}

// Add takes in one piece of work, of which it keeps nothing. One with a promise of
// a version that is not in the book is an error that names it, and is as if it had
// not been added.
func (m *ComplianceMeter) Add(w *Work) error {
	if w == nil {
		return &itsm.FieldError{Field: "work", Problem: "is nil"}
	}
	m.found = m.found[:0]
	for i := range w.Promises {
		p := &w.Promises[i]
		if name := (ruleName{p.Agreement, p.Version, p.Target}); name != m.lastName {
			n, known := m.byName[name]
			if !known {
				_, err := m.book.rule(p)
				return fmt.Errorf("%s: %w", w.Item, err)
			}
			m.lastName, m.lastRule = name, n
		}
		m.found = append(m.found, m.lastRule)
	}
	for i := range m.facts {
		m.facts[i] = -1
	}
	for i := range w.Promises {
		m.promise(w, &w.Promises[i], m.found[i])
	}
	return nil
}

// promise counts a clock.
func (m *ComplianceMeter) promise(w *Work, p *Promise, rule int32) {
	switch {
	case !p.Started.Before(m.options.At):
	case p.Status.IsLive() || !p.Last.Before(m.options.At):
		m.running(w, p, rule)
	case p.Last.Before(m.period.From):
	case p.Status == Cancelled:
		m.place(w, p.Last, rule)
		for i, c := range m.cell {
			t := &m.tables[i].tallies[c]
			t.cancelled++
			if !p.Breached.IsZero() {
				t.cancelledLate++
			}
		}
	default:
		m.finished(w, p, rule)
	}
}

// finished counts a clock that was stopped.
func (m *ComplianceMeter) finished(w *Work, p *Promise, rule int32) {
	m.place(w, p.Last, rule)
	if e := m.excuse(w, p, rule); e != "" {
		m.excused.add(m.cell, judgedAt{at: p.Last.UnixMicro(), Judged: judged(w, p), exception: e})
		return
	}
	met := p.Breached.IsZero()
	for i, c := range m.cell {
		t := &m.tables[i].tallies[c]
		t.judged++
		if met {
			t.met++
		}
		t.elapsed = t.elapsed.Plus(p.Elapsed)
	}
	m.elapsed = append(m.elapsed, p.Elapsed)
	m.cells = append(m.cells, m.cell...)
	switch {
	case !met:
		m.missed.add(m.cell, judgedAt{at: p.Last.UnixMicro(), Judged: judged(w, p), reopened: p.Reopened > 0})
		for _, a := range m.causes {
			m.missed.causes = append(m.missed.causes, a.ofFact(w.Facts[a.field]))
		}
	case m.options.Kept:
		m.kept.add(m.cell, judgedAt{at: p.Last.UnixMicro(), Judged: judged(w, p)})
	}
}

// running counts a clock that had neither been stopped nor cancelled at the instant
// for which the report is made. If it was later, whether it was late then is told by
// when it was breached, and by how much by the moments of the work, if they are there.
func (m *ComplianceMeter) running(w *Work, p *Promise, rule int32) {
	at, calendar := m.options.At, m.rules[rule].calendar
	m.place(w, at.Add(-time.Microsecond), rule)
	for i, c := range m.cell {
		m.tables[i].tallies[c].running++
	}
	c := Clock{calendar, p.State}
	switch {
	case p.Last.Before(at):
		c.advance(at)
		if c.Breached.IsZero() {
			return
		}
	case p.Breached.IsZero() || !p.Breached.Before(at):
		return
	case p.Cause == TooLate && calendar.Between(p.Breached, at) <= 0:
		return // its time was up, and not exceeded
	}
	if m.excuse(w, p, rule) == "" {
		if !p.Last.Before(at) {
			m.asThen(&c.State, w, p)
		}
		j := judged(w, p)
		j.Elapsed, j.Goal, j.Cause = c.Elapsed, c.Goal, c.Cause
		m.late.add(m.cell, judgedAt{at: c.Breached.UnixMicro(), Judged: j})
	}
}

// asThen is a clock as it stood at the instant for which the report is made, if the
// moments of its work lead to it.
func (m *ComplianceMeter) asThen(s *State, w *Work, p *Promise) {
	at := m.options.At
	past, err := m.book.AsOf(w, at.Add(-time.Microsecond))
	if err != nil || p.ID > len(past.Promises) {
		return
	}
	q := past.Promises[p.ID-1]
	if q.slot() != p.slot() || q.Agreement != p.Agreement || q.Version != p.Version || !q.Started.Equal(p.Started) || !q.Status.IsLive() {
		return
	}
	c, err := m.book.Clock(q)
	if err != nil {
		return
	}
	c.forward(at)
	*s = c.State
}

// place finds the cell of a clock in each table.
func (m *ComplianceMeter) place(w *Work, at time.Time, rule int32) {
	for i, a := range m.axes {
		if a.field == "" {
			m.values[i] = a.of(rule, at, nil)
			continue
		}
		if m.facts[i] < 0 {
			m.facts[i] = a.ofFact(w.Facts[a.field])
		}
		m.values[i] = m.facts[i]
	}
	for i := range m.tables {
		t := &m.tables[i]
		var key cellKey
		for j, a := range t.axes {
			key[j] = m.values[a]
		}
		c := t.cell(key)
		t.tallies[c].mark(rule, m)
		m.cell[i] = c
	}
}

// excuse is the name of the exception that excuses a clock; empty: none does.
func (m *ComplianceMeter) excuse(w *Work, p *Promise, rule int32) string {
	list := m.rules[rule].version.terms.Exceptions
	for i := range list {
		if list[i].holds(p, w.Facts) {
			return list[i].Name
		}
	}
	return ""
}

func judged(w *Work, p *Promise) Judged {
	return Judged{w.ID, w.Item, p.ID, p.Elapsed, p.Goal, p.Cause}
}

// aim is the objective of a target in its normal form.
func (t *Target) aim() string {
	d, _ := t.objective("") // checked when the terms were
	return d.String()
}
