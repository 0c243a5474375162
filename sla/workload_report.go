package sla

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// WorkloadReport holds the work that was opened in a period against the limits of
// the agreements in force (ISO/IEC 20000-1, 8.3.3). Its text has one figure a line.
type WorkloadReport struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Limits []LimitCount `json:"limits,omitempty"` // by agreement, version and their order in it
}

// LimitCount is how one limit was kept.
type LimitCount struct {
	Agreement string `json:"agreement"`
	Version   int    `json:"version"`
	Name      string `json:"name"` // of the limit
	Limit     int    `json:"limit"`
	Per       Cycle  `json:"per"`
	Zone      string `json:"zone"` // the agreement's, whose days and months are counted

	Cycles []CycleCount `json:"cycles,omitempty"` // those in which the version is in force
	Trend  Trend        `json:"trend"`            // of the counts of whole cycles; the others are left out
}

// CycleCount is how much work was opened in one cycle. One that lies in the period
// and in the version's force only in part is held to the whole limit, and is not
// Whole.
type CycleCount struct {
	Name  string   `json:"name"` // "2026-11"
	Whole bool     `json:"whole"`
	Count int      `json:"count"`
	Over  int      `json:"over"`            // by how much the limit was exceeded; 0: it was not
	Above []Opened `json:"above,omitempty"` // the work above the limit, in the order of opening
}

// Opened is a piece of work and when it was opened.
type Opened struct {
	Work uuid.UUID `json:"work"` // zero if the work is no record
	Item itsm.Ref  `json:"item"`
	At   time.Time `json:"at"`
}

func (o Opened) compare(p Opened) int {
	return cmp.Or(o.At.Compare(p.At), cmp.Compare(o.Item.Kind, p.Item.Kind), cmp.Compare(o.Item.ID, p.Item.ID), slices.Compare(o.Work[:], p.Work[:]))
}

// WorkloadMeter takes in work piece by piece and counts it against limits; see
// [MeasureWorkload]. It is not safe for concurrent use.
type WorkloadMeter struct {
	book   *Book
	period Period
	limits []limit
}

// limit is one limit of a version while work is counted.
type limit struct {
	version *version
	*Workload
	whole  Period // in which the version is in force
	dates  Division
	opened [][]Opened // by cycle
}

// MeasureWorkload counts the work that was opened in a period against each workload
// limit of the versions that were in force then, by the days and months of the
// agreement's zone. Work is an agreement's if it is for its services, and its
// conditions and those of the limit hold, on its facts as they are now. It is opened
// when its record is, or, where it is none, at its first moment. In which order it
// comes does not matter.
//
// A sequence that can fail is given to a [WorkloadMeter].
func MeasureWorkload(work iter.Seq[*Work], b *Book, p Period) (*WorkloadReport, error) {
	m, err := NewWorkloadMeter(b, p)
	if err != nil {
		return nil, err
	}
	for w := range work {
		if err := m.Add(w); err != nil {
			return nil, err
		}
	}
	return m.Report()
}

// NewWorkloadMeter prepares to count the work of a period. What is wrong with it is
// an *[itsm.FieldError]. The period's own zone does not matter.
func NewWorkloadMeter(b *Book, p Period) (*WorkloadMeter, error) {
	if b == nil {
		return nil, &itsm.FieldError{Field: "book", Problem: "is nil; give the agreements"}
	}
	p, err := p.Normal()
	if err != nil {
		return nil, err
	}
	m := &WorkloadMeter{book: b, period: p}
	for _, v := range b.versions {
		whole := Period{laterOf(p.From, v.From), p.To, v.terms.zone}
		if !v.Until.IsZero() && v.Until.Before(whole.To) {
			whole.To = v.Until
		}
		if !whole.From.Before(whole.To) {
			continue
		}
		for i := range v.terms.Workload {
			l := limit{version: v, Workload: &v.terms.Workload[i], whole: whole}
			l.dates = whole.Divide(l.Per)
			l.opened = make([][]Opened, len(l.dates.names))
			m.limits = append(m.limits, l)
		}
	}
	return m, nil
}

// Add takes in one piece of work. One that was never opened is an error that names
// it.
func (m *WorkloadMeter) Add(w *Work) error {
	if w == nil {
		return &itsm.FieldError{Field: "work", Problem: "is nil"}
	}
	o := Opened{w.ID, w.Item, w.Opened}
	if o.At.IsZero() && len(w.Moments) > 0 {
		o.At = w.Moments[0].At
	}
	if o.At.IsZero() {
		return fmt.Errorf("%s: %w", w.Item, &itsm.FieldError{Field: "opened", Problem: "is the zero time, and there are no moments"})
	}
	for i := range m.limits {
		l := &m.limits[i]
		if l.whole.Contains(o.At) && l.version.isFor(w.Facts) && l.When.Holds(w.Facts, w.Facts) {
			c := l.dates.Of(o.At)
			l.opened[c] = append(l.opened[c], o)
		}
	}
	return nil
}

// isFor reports whether work with such values is the agreement's.
func (v *version) isFor(f Facts) bool {
	p := promised{version: v, target: &Target{}}
	return p.claims(f, f)
}

// Report is the report of all work added so far. More may be added after. A limit
// with more cycles than a trend can be found of is an *[itsm.FieldError].
func (m *WorkloadMeter) Report() (*WorkloadReport, error) {
	r := &WorkloadReport{From: m.period.From, To: m.period.To}
	for i := range m.limits {
		l := &m.limits[i]
		c := LimitCount{Agreement: l.version.Agreement, Version: l.version.Number, Name: l.Name, Limit: l.Limit, Per: l.Per, Zone: l.version.terms.zone.String()}
		points := make([]Point, len(l.opened))
		for n, cycle := range l.whole.Cycles(l.Per) {
			list := slices.SortedFunc(slices.Values(l.opened[n]), Opened.compare)
			one := CycleCount{Name: l.dates.names[n], Whole: cycle.IsWhole(l.Per), Count: len(list)}
			if one.Over = max(len(list)-l.Limit, 0); one.Over > 0 {
				one.Above = list[l.Limit:]
			}
			c.Cycles = append(c.Cycles, one)
			points[n].Name = one.Name
			if one.Whole {
				points[n].Value = itsm.Ratio{Num: int64(one.Count), Den: 1}
			}
		}
		var err error
		if c.Trend, err = TrendOf(points...); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", l.Name, c.Agreement, err)
		}
		r.Limits = append(r.Limits, c)
	}
	return r, nil
}

// String lists the figures, one a line.
func (r *WorkloadReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "workload from %s to %s\n", r.From.Format(time.RFC3339Nano), r.To.Format(time.RFC3339Nano))
	for _, l := range r.Limits {
		fmt.Fprintf(&b, "%s version %d, %s: at most %d a %s of %s\n", l.Agreement, l.Version, l.Name, l.Limit, l.Per, l.Zone)
		for _, c := range l.Cycles {
			fmt.Fprintf(&b, "  %-14s %d", c.Name, c.Count)
			if c.Over > 0 {
				fmt.Fprintf(&b, ", %d over", c.Over)
			}
			if !c.Whole {
				b.WriteString(", in part")
			}
			b.WriteByte('\n')
			for _, o := range c.Above {
				fmt.Fprintf(&b, "  %-14s %s opened %s\n", "above", o.name(), o.At.Format(time.RFC3339Nano))
			}
		}
		fmt.Fprintf(&b, "  %-14s %s\n", "trend", l.Trend)
	}
	return b.String()
}

func (o Opened) name() string {
	if o.Item.IsZero() {
		return o.Work.String()
	}
	return o.Item.String()
}
