package sla

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/itsmkit/itsm"
)

// Target is what an agreement promises for some of the work: how much time it may
// take until a metric's clock stops.
type Target struct {
	Name   string    `json:"name"`          // within its agreement: "P1 resolution"
	Metric string    `json:"metric"`        // [Response], [Update], [Resolution], or one of the agreement's own
	When   Condition `json:"when,omitzero"` // the work it is for; unset: all of the agreement

	// Within is the time allowed, "4h30m", or By when it is due if nothing pauses the
	// clock: one of both.
	Within string   `json:"within,omitzero"`
	By     Deadline `json:"by,omitzero"`

	// Calendar names the calendar that counts, one of the agreement's. Unset: the
	// agreement's usual one.
	Calendar string `json:"calendar,omitzero"`

	// Objective is the share of the work that has to meet the target, in per cent:
	// "95", "99.9". Unset: "100".
	Objective string `json:"objective,omitzero"`

	Levels []Level `json:"levels,omitempty"` // of escalation
}

// Deadline says when work is due that is not given an amount of time: at the
// instant in a field of its own, or at a time of day so many business days after
// the clock's start. The clock gets as much time as its calendar has until then, so
// pauses move the due time as they do for any other; what was past already when the
// clock started is due at its start.
type Deadline struct {
	Field string `json:"field,omitzero"` // a declared instant: "due"

	Days int    `json:"days,omitzero"` // business days after the start's date, by the calendar; 0: the date itself
	At   string `json:"at,omitzero"`   // time of day on the calendar's clock: "16:00"
}

// IsZero reports whether there is no deadline.
func (d Deadline) IsZero() bool { return d == Deadline{} }

const mostDays = 1000

// check says everything that is wrong with a target. Calendars and metrics are for
// the terms to look up.
func (t *Target) check(s Schema, field string) error {
	wrong := []error{itsm.CheckLine(field+".name", t.Name), itsm.CheckLine(field+".metric", t.Metric)}
	if !t.When.IsZero() {
		wrong = append(wrong, t.When.Check(s, field+".when"))
	}
	switch {
	case t.Within == "" && t.By.IsZero():
		wrong = append(wrong, &itsm.FieldError{Field: field + ".within", Problem: `is missing; give a time as in "4h", or a deadline in "by"`})
	case t.Within != "" && !t.By.IsZero():
		wrong = append(wrong, &itsm.FieldError{Field: field + ".by", Problem: "and within are both given; a target has one of them"})
	case t.Within != "":
		_, err := parseDuration(field+".within", t.Within)
		wrong = append(wrong, err)
	default:
		wrong = append(wrong, t.By.check(s, field+".by"))
	}
	if _, err := t.objective(field); err != nil {
		wrong = append(wrong, err)
	}
	wrong = append(wrong, checkLevels(t.Levels, field))
	return errors.Join(wrong...)
}

func (d *Deadline) check(s Schema, field string) error {
	if d.Field != "" {
		if d.Days != 0 || d.At != "" {
			return &itsm.FieldError{Field: field, Problem: "names a field and a time of day; give one or the other"}
		}
		return checkInstantField(s, field+".field", d.Field)
	}
	var wrong problems
	if d.Days < 0 || d.Days > mostDays {
		wrong.add(field+".days", "is %d; give 0 to %d", d.Days, mostDays)
	}
	wrong.timeOfDay(field+".at", d.At)
	return errors.Join(wrong...)
}

// longestTime is far beyond any sensible target and far from what overflows.
const longestTime = 100 * 365 * 24 * time.Hour

// parseDuration reads a time as definitions write it: more than none, at most a
// hundred years, and in whole microseconds, which is what every store can keep.
func parseDuration(field, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, &itsm.FieldError{Field: field, Problem: itsm.Quoted(text) + ` is no time, as in "4h30m"`}
	case d <= 0:
		return 0, &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is %v; give a time of more than none", d)}
	case d > longestTime:
		return 0, &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is %v; a hundred years are the most", d)}
	case d%time.Microsecond != 0:
		return 0, &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is %v; give whole microseconds", d)}
	}
	return d, nil
}

// objective is the share that has to meet the target, in per cent.
func (t *Target) objective(field string) (decimal.Decimal, error) {
	if t.Objective == "" {
		return hundred(), nil
	}
	return parsePercent(field+".objective", t.Objective)
}

func hundred() decimal.Decimal { return decimal.NewFromInt(100) }

// parsePercent reads a share in per cent, more than 0 and at most 100.
func parsePercent(field, text string) (decimal.Decimal, error) {
	p, err := itsm.ParseDecimal(field, text)
	if err == nil && (p.Sign() <= 0 || p.GreaterThan(hundred())) {
		err = &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is %s; give more than 0 and at most 100 per cent", p)}
	}
	return p, err
}

// due is when work is due that is counted from an instant on; false while the field
// that says so has no value.
func (d *Deadline) due(start time.Time, f Facts, c *Calendar) (time.Time, bool) {
	if d.Field != "" {
		v := f[d.Field]
		return v.Instant(), !v.IsZero()
	}
	var none problems
	seconds, _ := none.timeOfDay("at", d.At) // checked when the terms were
	return c.dayAt(start, d.Days, int64(seconds)), true
}

// dayAt is a time of day on the n-th business day after t's date, 0 for t's date.
func (c *Calendar) dayAt(t time.Time, n int, seconds int64) time.Time {
	t = c.AddDays(t, n)
	if c.isAlways() {
		return time.Unix(dayOf(t.Unix()).midnight()+seconds, 0).In(t.Location())
	}
	day := dayOf(c.zone.wall(bounded(t)))
	return time.Unix(c.zone.firstAt(day.midnight()+seconds), 0).In(t.Location())
}

// clone is a copy that shares nothing that could change.
func (t Target) clone() Target {
	t.When = t.When.clone()
	t.Levels = cloneLevels(t.Levels)
	return t
}
