package incident

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// Meter takes in incidents one by one and computes figures from them; see
// [Measure]. It keeps a few numbers for each group and day, and for the percentiles
// 16 bytes, and 4 for each breakdown, for each time measured: some 60 bytes for an
// incident with a response and a resolution. It is not safe for concurrent use.
type Meter struct {
	lc      *itsm.Lifecycle[Incident]
	period  sla.Period
	options KPIOptions
	days    sla.Division

	reasons    []HoldReason // every one that occurred; the process's own first
	all        *tally
	breakdowns []breakdown
	touched    []*tally // those of the incident being added
	groups     []int32  // their places in the breakdowns

	response, resolution spans
}

// breakdown is the tallies by the values of one field.
type breakdown struct {
	field   itsm.Field[Incident]
	byKey   map[string]int32
	tallies []*tally
}

// NewMeter prepares to measure a period. What is wrong with it or with the options
// is an *[itsm.FieldError].
func NewMeter(lc *itsm.Lifecycle[Incident], p sla.Period, o *KPIOptions) (*Meter, error) {
	if lc == nil {
		return nil, &itsm.FieldError{Field: "lifecycle", Problem: "is nil; give that of the process"}
	}
	p, err := p.Normal()
	if err != nil {
		return nil, err
	}
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	m := &Meter{lc: lc, period: p, options: options, days: p.Divide(sla.Daily), reasons: HoldReasons()}
	m.all = m.newTally(itsm.Value{})
	for i, name := range options.By {
		field, ok := lc.Field(name)
		if !ok {
			return nil, &itsm.FieldError{Field: fmt.Sprintf("by[%d]", i), Problem: itsm.Quoted(name) + " is no field; they are: " + itsm.Listed(m.fieldNames())}
		}
		m.breakdowns = append(m.breakdowns, breakdown{field: field, byKey: make(map[string]int32)})
	}
	n := len(m.breakdowns)
	m.touched, m.groups = make([]*tally, n+1), make([]int32, n)
	m.touched[0] = m.all
	m.response.groups, m.resolution.groups = make([][]int32, n), make([][]int32, n)
	return m, nil
}

func (m *Meter) fieldNames() []string {
	var names []string
	for _, f := range m.lc.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// Add takes in one incident, of which it keeps nothing. One that cannot be measured
// is an error that names it, and is as if it had not been added.
func (m *Meter) Add(inc *Incident) error {
	c, err := m.course(inc)
	if err != nil || !c.opened.Before(m.period.To) {
		return err
	}
	outcome := Unpromised
	if c.measured && m.options.Promise != nil {
		outcome = m.options.Promise(inc, c.resolved)
		if err := itsm.CheckOneOf("outcome", outcome, Outcomes()); err != nil {
			return named(inc, err)
		}
	}
	if m.place(&c); !c.counts() {
		return nil
	}
	m.find(inc)
	for _, t := range m.touched {
		t.volumes(&c)
	}
	if c.responded {
		calendar, business := m.elapsed(&m.response, c.opened, inc.Times.Responded)
		for _, t := range m.touched {
			t.response.add(calendar, business)
		}
	}
	if c.measured {
		calendar, business := m.elapsed(&m.resolution, c.opened, c.resolved)
		for _, t := range m.touched {
			t.rates(inc, outcome)
			t.resolution.add(calendar, business)
		}
		m.holds(inc)
	}
	return nil
}

// course is where an incident stood when the period ended. What came later is left
// out.
type course struct {
	opened, resolved, closed, cancelled time.Time // zero: not before the end
	duplicate, major                    bool
	responded, measured                 bool // in the period, and for the times and rates

	// Where it counts, as [Meter.place] finds it; less than zero: nowhere.
	openedOn, resolvedOn, closedOn, cancelledOn int  // days
	bucket                                      int  // of ages, while open
	before                                      bool // open when the period began
}

func (m *Meter) course(inc *Incident) (course, error) {
	if inc == nil {
		return course{}, &itsm.FieldError{Field: "incident", Problem: "is nil"}
	}
	c := course{opened: inc.Opened, major: inc.Major != nil}
	switch m.lc.Phase(inc.State) {
	case itsm.Open, itsm.Active, itsm.Paused:
	case itsm.Done:
		c.resolved = inc.Since
		if inc.Solution != nil {
			c.resolved = first(inc.Times.Resolved, inc.Since)
		}
	case itsm.Final:
		end := first(inc.Times.Closed, inc.Since)
		if inc.Solution == nil {
			c.cancelled = end
		} else {
			c.resolved, c.closed = first(inc.Times.Resolved, end), end
		}
	default:
		return c, named(inc, &itsm.FieldError{Field: "state", Problem: itsm.Quoted(inc.State) + " is no state of the lifecycle"})
	}
	for _, at := range []struct {
		field string
		time  time.Time
	}{{"times.responded", inc.Times.Responded}, {"times.resolved", c.resolved}, {"times.closed", c.closed}, {"times.closed", c.cancelled}} {
		if !at.time.IsZero() && at.time.Before(c.opened) {
			return c, named(inc, &itsm.FieldError{Field: at.field, Problem: "is before the opening at " + c.opened.Format(time.RFC3339)})
		}
	}
	if c.opened.IsZero() {
		return c, named(inc, &itsm.FieldError{Field: "opened", Problem: "is the zero time"})
	}
	for _, at := range []*time.Time{&c.resolved, &c.closed, &c.cancelled} {
		if !at.Before(m.period.To) {
			*at = time.Time{}
		}
	}
	c.duplicate = !c.resolved.IsZero() && inc.Solution != nil && inc.Solution.DuplicateOf != uuid.Nil
	counts := !c.duplicate && c.cancelled.IsZero()
	c.measured = counts && m.in(c.resolved)
	c.responded = counts && m.in(inc.Times.Responded)
	return c, nil
}

// place finds the days and the age bucket in which an incident counts.
func (m *Meter) place(c *course) {
	c.openedOn, c.resolvedOn = m.days.Of(c.opened), m.days.Of(c.resolved)
	c.closedOn, c.cancelledOn = m.days.Of(c.closed), m.days.Of(c.cancelled)
	ended := first(c.resolved, c.cancelled)
	c.before = c.opened.Before(m.period.From) && (ended.IsZero() || !ended.Before(m.period.From))
	c.bucket = -1
	if ended.IsZero() {
		c.bucket = bucket(m.options.Ages, m.period.To.Sub(c.opened))
	}
}

// counts reports whether an incident counts anywhere; one that does not makes no
// group either.
func (c *course) counts() bool {
	return max(c.openedOn, c.resolvedOn, c.closedOn, c.cancelledOn, c.bucket) >= 0 || c.before || c.responded || c.measured
}

func (m *Meter) in(t time.Time) bool { return !t.IsZero() && m.period.Contains(t) }

// first is the first of two times that is one.
func first(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

func named(inc *Incident, err error) error { return fmt.Errorf("%s: %w", inc.Number, err) }

// find finds the tallies in which an incident counts.
func (m *Meter) find(inc *Incident) {
	for i := range m.breakdowns {
		b := &m.breakdowns[i]
		value := b.field.Get(inc)
		key := keyOf(value)
		g, known := b.byKey[key]
		if !known {
			g = int32(len(b.tallies))
			b.byKey[key] = g
			b.tallies = append(b.tallies, m.newTally(value))
		}
		m.groups[i], m.touched[i+1] = g, b.tallies[g]
	}
}

// keyOf is the text of a value, without an allocation for small whole numbers.
func keyOf(v itsm.Value) string {
	if v.Type() == itsm.Number && v.Number().Exponent() == 0 && v.Number().NumDigits() <= 18 {
		return strconv.FormatInt(v.Number().CoefficientInt64(), 10)
	}
	return v.String()
}

// elapsed measures the time from a to b and keeps it for the percentiles.
func (m *Meter) elapsed(s *spans, a, b time.Time) (calendar, business time.Duration) {
	calendar = b.Sub(a)
	s.calendar = append(s.calendar, calendar)
	if m.options.Calendar != nil {
		business = m.options.Calendar.Between(a, b)
		s.business = append(s.business, business)
	}
	for i, g := range m.groups {
		s.groups[i] = append(s.groups[i], g)
	}
	return calendar, business
}

// holds adds the time that an incident waited, by reason.
func (m *Meter) holds(inc *Incident) {
	for _, h := range inc.Held {
		i := slices.Index(m.reasons, h.Reason)
		if i < 0 {
			i = len(m.reasons)
			m.reasons = append(m.reasons, h.Reason)
		}
		for _, t := range m.touched {
			for len(t.held) <= i {
				t.held = append(t.held, itsm.TotalTime{})
			}
			t.held[i] = t.held[i].Plus(h.For)
		}
	}
}

// bucket is the place of an age between bounds.
func bucket(bounds []time.Duration, age time.Duration) int {
	i := 0
	for i < len(bounds) && age >= bounds[i] {
		i++
	}
	return i
}

// KPIs are the figures of all incidents added so far. More may be added after.
func (m *Meter) KPIs() *KPIs {
	sizes := make([]int, len(m.breakdowns))
	for i, b := range m.breakdowns {
		sizes[i] = len(b.tallies)
	}
	rank := func(s *spans, times []time.Duration) spread { return s.rank(times, m.options.Percentiles, sizes) }
	r := ranked{
		rank(&m.response, m.response.calendar), rank(&m.response, m.response.business),
		rank(&m.resolution, m.resolution.calendar), rank(&m.resolution, m.resolution.business),
	}
	k := &KPIs{From: m.period.From, To: m.period.To, Zone: m.period.Zone.String()}
	k.Figures = m.figures(m.all, func(s *spread) []itsm.Percentile { return s.all }, &r)
	for i, b := range m.breakdowns {
		order := make([]int, len(b.tallies))
		for g := range order {
			order[g] = g
		}
		slices.SortFunc(order, func(x, y int) int { return b.tallies[x].key.Compare(b.tallies[y].key) })
		table := Breakdown{Field: b.field.Name}
		for _, g := range order {
			of := func(s *spread) []itsm.Percentile { return s.groups[i][g] }
			table.Groups = append(table.Groups, Group{b.tallies[g].key.String(), m.figures(b.tallies[g], of, &r)})
		}
		k.By = append(k.By, table)
	}
	return k
}
