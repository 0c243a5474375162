package incident

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// KPIOptions say what to measure besides; nil means all of them zero.
type KPIOptions struct {
	// Calendar counts business time, as *sla.Calendar does. Without one the
	// figures in business time are no data.
	Calendar interface {
		Between(a, b time.Time) time.Duration
	}

	// Promise says whether an incident, resolved at an instant in the period, kept
	// what was promised for it. It is asked once for each that is not a duplicate.
	// Nil: nothing was promised.
	Promise func(inc *Incident, resolved time.Time) Outcome

	// By names the declared fields by which everything is broken down, in this
	// order. Nil: those of [DefaultBreakdowns]; empty: none.
	By []string

	// Ages are the bounds between the age buckets of the backlog, rising. Nil:
	// those of [DefaultAges]; empty: one bucket for all.
	Ages []time.Duration

	// Percentiles are the ranks asked for, each from 1 to 100, rising. Nil: those
	// of [DefaultPercentiles]; empty: none.
	Percentiles []int
}

// DefaultBreakdowns are the fields by which figures are broken down unless the
// options name others.
func DefaultBreakdowns() []string { return []string{"service", "group", "priority"} }

// DefaultAges are one day, three, seven, fourteen and thirty, of 24 hours.
func DefaultAges() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{day, 3 * day, 7 * day, 14 * day, 30 * day}
}

// DefaultPercentiles are the median and the ranks 90 and 95.
func DefaultPercentiles() []int { return []int{50, 90, 95} }

// Outcome says how an incident stands to what was promised for it.
type Outcome string

// The outcomes.
const (
	Unpromised Outcome = "unpromised" // no target applies
	Met        Outcome = "met"
	Breached   Outcome = "breached" // once is for good (R33)
)

// Outcomes lists every outcome.
func Outcomes() []Outcome { return []Outcome{Unpromised, Met, Breached} }

// Measure computes the figures of a period from the incidents as they are now; in
// which order they come does not matter. Each is asked where it stands by the
// phase that the lifecycle gives its state, so that a host's own states count as
// they should. Neither the sequence nor what it points at is kept.
//
// Incidents that were closed or cancelled before the period change nothing and may
// be left out, and so may those opened after it. [Figures] says what is counted.
// An incident in a state that the lifecycle does not have, or with times that
// cannot be, is an error that names it.
//
// A sequence that can fail, as a register's Find, is given to a [Meter].
func Measure(incidents iter.Seq[*Incident], lc *itsm.Lifecycle[Incident], p sla.Period, o *KPIOptions) (*KPIs, error) {
	m, err := NewMeter(lc, p, o)
	if err != nil {
		return nil, err
	}
	for inc := range incidents {
		if err := m.Add(inc); err != nil {
			return nil, err
		}
	}
	return m.KPIs(), nil
}

// complete fills in the defaults and refuses what cannot be measured.
func (o *KPIOptions) complete() (KPIOptions, error) {
	var c KPIOptions
	if o != nil {
		c = *o
	}
	c.By, c.Ages, c.Percentiles = slices.Clone(c.By), slices.Clone(c.Ages), slices.Clone(c.Percentiles)
	if c.By == nil {
		c.By = DefaultBreakdowns()
	}
	if c.Ages == nil {
		c.Ages = DefaultAges()
	}
	if c.Percentiles == nil {
		c.Percentiles = DefaultPercentiles()
	}
	for i, name := range c.By {
		if slices.Contains(c.By[:i], name) {
			return c, &itsm.FieldError{Field: fmt.Sprintf("by[%d]", i), Problem: itsm.Quoted(name) + " is named before"}
		}
	}
	for i, bound := range c.Ages {
		if bound <= 0 || i > 0 && bound <= c.Ages[i-1] {
			return c, &itsm.FieldError{Field: fmt.Sprintf("ages[%d]", i), Problem: fmt.Sprintf("is %s; give bounds of more than none, rising", bound)}
		}
	}
	return c, itsm.CheckRanks("percentiles", c.Percentiles)
}
