package sla

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Misalignment is a supplier's target that allows more time than a customer was
// promised for the same work (ISO/IEC 20000-1, 8.3.4.1), with a witness; or two
// targets that cannot be compared, and why not.
type Misalignment struct {
	Metric   string     `json:"metric"`
	Customer Commitment `json:"customer"` // in an SLA
	Supplier Commitment `json:"supplier"` // in an OLA or a contract
	Work     Facts      `json:"work,omitempty"`

	// Start is the instant, of all in the span, at which work has to begin for the
	// supplier to be latest after the customer's due time; the first if there are
	// several.
	Start time.Time `json:"start,omitzero"`

	Undecided string `json:"undecided,omitzero"` // why they cannot be compared; nothing else is known then
}

// Commitment is one side of a comparison.
type Commitment struct {
	Agreement string    `json:"agreement"` // its number
	Version   int       `json:"version"`
	Target    string    `json:"target"`
	Due       time.Time `json:"due,omitzero"` // of work that begins at the start, without pauses
}

// Excess is how much later the supplier's due time is than the customer's.
func (m Misalignment) Excess() time.Duration { return m.Supplier.Due.Sub(m.Customer.Due) }

// String is the misalignment on one line.
func (m Misalignment) String() string {
	pair := fmt.Sprintf("%s: %s and %s", m.Metric, m.Customer, m.Supplier)
	if m.Undecided != "" {
		return pair + " cannot be compared: " + m.Undecided
	}
	return fmt.Sprintf("%s: work that begins at %s is due at %s and at %s, %s later; for example: %s",
		pair, m.Start.Format(time.RFC3339Nano), m.Customer.Due.Format(time.RFC3339Nano), m.Supplier.Due.Format(time.RFC3339Nano), m.Excess(), m.Work)
}

// String names the target: AGR0000001 version 2 "P1 resolution".
func (c Commitment) String() string {
	return fmt.Sprintf("%s version %d %q", c.Agreement, c.Version, c.Target)
}

// Align compares what suppliers promise with what customers were promised (8.3.4.1,
// 8.3.4.2): wherever a target of an SLA and one of an OLA or a contract are for the
// same work and the same metric, the supplier's due time must not be the later one,
// whenever in [from, until) the work begins. Each pair in which it is comes with its
// worst instant.
//
// What is compared is what a clock would get. A target counts for work that it
// claims and no more specific one in its place does; of several equally specific ones
// of a supplier, the one that is due first. Versions count while they are in force.
// Whether there is such work is decided by [Satisfy], and the work is the witness.
//
// The comparison is exact to the microsecond, not by samples. A due time, as a
// function of the start, stands still or goes with it, except where a calendar opens
// or closes, at the start or at the due time, and where a deadline's date changes.
// Between two such instants the difference of two due times only rises or only
// falls, so it is greatest beside one of them; all of them are tried.
//
// It takes work without pauses, and each supplier by himself: that two who work one
// after the other fit into the customer's time together is not asked. A deadline in a
// field is the same as another in that field, and cannot be compared with anything
// else. A span of more than ten years, and one that [NewBook] would refuse for a
// version, is an *[itsm.FieldError].
func (b *Book) Align(from, until time.Time) ([]Misalignment, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	from, until = itsm.Normal(from), itsm.Normal(until)
	if err := checkSpan("", from, until, false); err != nil {
		return nil, err
	}
	if until.After(from.AddDate(mostAligned, 0, 0)) {
		return nil, &itsm.FieldError{Field: "until", Problem: fmt.Sprintf("%s is more than %d years after %s", stamped(until), mostAligned, stamped(from))}
	}
	var found []Misalignment
	for i := range b.slots {
		customer := &b.slots[i]
		if customer.kind != ServiceLevel {
			continue
		}
		for j := range b.slots {
			supplier := &b.slots[j]
			if supplier.kind == ServiceLevel || supplier.metric != customer.metric {
				continue
			}
			list, err := b.alignSlots(customer, supplier, from, until)
			if err != nil {
				return nil, err
			}
			found = append(found, list...)
		}
	}
	slices.SortStableFunc(found, func(a, c Misalignment) int {
		return cmp.Or(a.Customer.compare(c.Customer), a.Supplier.compare(c.Supplier), cmp.Compare(a.Metric, c.Metric))
	})
	return found, nil
}

const (
	mostAligned = 10 // years
	mostRivals  = 6  // of equally specific targets for the same work
)

func (c Commitment) compare(o Commitment) int {
	return cmp.Or(cmp.Compare(c.Agreement, o.Agreement), cmp.Compare(c.Version, o.Version), cmp.Compare(c.Target, o.Target))
}

// alignSlots compares two slots, over spans in which the same versions are in force.
func (b *Book) alignSlots(customer, supplier *slot, from, until time.Time) ([]Misalignment, error) {
	changes := []time.Time{from, until}
	for _, r := range slices.Concat(customer.rules, supplier.rules) {
		for _, t := range []time.Time{r.version.From, r.version.Until} {
			if t.After(from) && t.Before(until) {
				changes = append(changes, t)
			}
		}
	}
	slices.SortFunc(changes, time.Time.Compare)
	changes = slices.CompactFunc(changes, time.Time.Equal)
	var found []Misalignment
	for i := 1; i < len(changes); i++ {
		p := pairing{b, customer.inForce(changes[i-1]), supplier.inForce(changes[i-1]), changes[i-1], changes[i]}
		for _, c := range p.customers {
			for _, s := range p.suppliers {
				m, err := p.align(c, s)
				if err != nil {
					return nil, err
				}
				if m != nil {
					found = worst(found, *m)
				}
			}
		}
	}
	return found, nil
}

func (s *slot) inForce(at time.Time) []*promised {
	var list []*promised
	for _, r := range s.rules {
		if r.version.inForce(at) {
			list = append(list, r)
		}
	}
	return list
}

// worst adds a misalignment, or puts it in the place of a lesser one of the pair.
func worst(list []Misalignment, m Misalignment) []Misalignment {
	for i := range list {
		if o := &list[i]; o.Customer.compare(m.Customer) == 0 && o.Supplier.compare(m.Supplier) == 0 {
			if m.Undecided == "" && (o.Undecided != "" || m.Excess() > o.Excess()) {
				*o = m
			}
			return list
		}
	}
	return append(list, m)
}

// pairing is two slots over a span in which the same versions are in force.
type pairing struct {
	book                 *Book
	customers, suppliers []*promised
	from, until          time.Time
}

// align compares a target of a customer with one of a supplier; nil: they are
// aligned, or never for the same work.
func (p *pairing) align(c, s *promised) (*Misalignment, error) {
	m := &Misalignment{Metric: c.metric.Name, Customer: c.commitment(), Supplier: s.commitment()}
	work := []Condition{c.claim(), s.claim()}
	for _, r := range p.customers {
		if len(r.fields) > len(c.fields) {
			work = append(work, Not(r.claim()))
		}
	}
	var rivals []*promised
	for _, r := range p.suppliers {
		if len(r.fields) > len(s.fields) {
			work = append(work, Not(r.claim()))
		}
	}
	if _, holds, err := p.satisfy(m, work); err != nil || !holds {
		return m.orNil(), err
	}
	for _, r := range p.suppliers {
		if r == s || len(r.fields) != len(s.fields) {
			continue
		}
		_, holds, err := p.satisfy(m, append(slices.Clip(work), r.claim()))
		if err != nil {
			return nil, err
		}
		if holds || m.Undecided != "" {
			rivals = append(rivals, r)
		}
	}
	if len(rivals) > mostRivals {
		m.Undecided = fmt.Sprintf("%d other targets of the supplier are for the same work and as specific; %d are the most", len(rivals), mostRivals)
	}
	if m.Undecided != "" {
		return m, nil
	}
	// One set of rivals after the other is for the work too, the others are not.
	for set := range 1 << len(rivals) {
		suppliers, conditions := []*promised{s}, slices.Clip(work)
		for i, r := range rivals {
			if set&(1<<i) != 0 {
				suppliers, conditions = append(suppliers, r), append(conditions, r.claim())
			} else {
				conditions = append(conditions, Not(r.claim()))
			}
		}
		facts, holds, err := p.satisfy(m, conditions)
		if err != nil || m.Undecided != "" {
			return m.orNil(), err
		}
		if holds {
			p.compare(m, c, suppliers, facts)
		}
	}
	return m.orNil(), nil
}

// orNil is the misalignment if there is one.
func (m *Misalignment) orNil() *Misalignment {
	if m.Undecided == "" && m.Start.IsZero() {
		return nil
	}
	return m
}

// satisfy looks for work for which all conditions hold. That it cannot be decided is
// noted.
func (p *pairing) satisfy(m *Misalignment, conditions []Condition) (Facts, bool, error) {
	w, holds, err := Satisfy(p.book.schema, All(conditions...))
	var undecided *UndecidedError
	if errors.As(err, &undecided) {
		m.Undecided = undecided.Error()
		return nil, false, nil
	}
	return w.After, holds, err
}

// compare looks for the instant at which the supplier is latest after the customer.
func (p *pairing) compare(m *Misalignment, c *promised, suppliers []*promised, work Facts) {
	all := append([]*promised{c}, suppliers...)
	if field := c.target.By.Field; slices.ContainsFunc(suppliers, func(r *promised) bool { return r.target.By.Field == field }) && field != "" {
		return // one of them is as early
	}
	for _, r := range all {
		if r.target.By.Field != "" {
			m.Undecided = "what is due by the field " + itsm.Quoted(r.target.By.Field) + " is known only of a piece of work"
			return
		}
	}
	for _, start := range p.starts(all) {
		due := c.due(start)
		supplied := suppliers[0].due(start)
		for _, r := range suppliers[1:] {
			if t := r.due(start); t.Before(supplied) {
				supplied = t
			}
		}
		if excess := supplied.Sub(due); excess > 0 && (m.Start.IsZero() || excess > m.Excess()) {
			m.Start, m.Customer.Due, m.Supplier.Due, m.Work = start, due, supplied, work
		}
	}
}

// due is when work is due that begins at an instant, without pauses.
func (r *promised) due(start time.Time) time.Time {
	goal, _ := r.goal(start, nil)
	return itsm.Normal(r.calendar.Add(start, goal))
}

// claim is the condition under which the target claims work.
func (r *promised) claim() Condition {
	list := []Condition{r.version.terms.When, r.target.When}
	if services := r.version.terms.Services; len(services) > 0 {
		values := make([]itsm.Value, 0, len(services))
		for _, ref := range services {
			values = append(values, itsm.ReferenceValue(ref))
		}
		list = append(list, Is(serviceField, values...))
	}
	return All(list...)
}

func (r *promised) commitment() Commitment {
	return Commitment{Agreement: r.version.Agreement, Version: r.version.Number, Target: r.target.Name}
}

// starts is the instants of the span at which a due time may change its course, and
// the microseconds beside them, in order.
func (p *pairing) starts(rules []*promised) []time.Time {
	var list []time.Time
	last := p.until.Add(-time.Microsecond)
	add := func(t time.Time) {
		for _, beside := range []time.Duration{-time.Microsecond, 0, time.Microsecond} {
			if at := t.UTC().Add(beside); !at.Before(p.from) && !at.After(last) {
				list = append(list, at)
			}
		}
	}
	add(p.from)
	add(last)
	for _, r := range rules {
		r.bends(p.from, p.until, add)
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// bends visits the starts within a span at which the due time may change its course.
func (r *promised) bends(from, until time.Time, visit func(time.Time)) {
	for w := range r.calendar.Windows(from, r.due(until).Add(time.Second)) {
		for _, edge := range []time.Time{w.Open, w.Close} {
			visit(edge)
			if r.within != 0 {
				visit(itsm.Normal(r.calendar.Add(edge, -r.within)))
			}
		}
	}
	if r.within != 0 {
		return
	}
	day := dayOf(from.Unix()) - 1 // no zone is farther from UTC
	for at := r.calendar.midnight(day); at.Before(until); at = r.calendar.midnight(day) {
		due, _ := r.target.By.due(at, nil, r.calendar)
		visit(at)
		visit(due)
		visit(r.due(at))
		day++
	}
}

// midnight is when a date begins on the calendar's clock.
func (c *Calendar) midnight(day dayNumber) time.Time {
	if c.isAlways() {
		return time.Unix(day.midnight(), 0).UTC()
	}
	return time.Unix(c.zone.firstAt(day.midnight()), 0).UTC()
}
