package eventlog

import (
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// figures measures the incidents that a replay makes of a log: those of its rows
// and those that follow them up.
type figures struct {
	meter *incident.Meter

	// What the meter asks about while an incident is added: the clock of the
	// agreement as it stood after the last row, and whether it is the incident's.
	reading sla.Reading
	clocked bool
}

// newFigures prepares to measure the days of a log, in the zone and by the calendar
// of its mapping, broken down by what the log says of an incident. The days go from
// the first opening to the last row.
func newFigures(t *translator) (*figures, error) {
	f := new(figures)
	period := incident.Period{Zone: t.mapping.location}
	for i := range t.log.rows {
		row := &t.log.rows[i]
		if opened := t.openedAt(row); period.From.IsZero() || opened.Before(period.From) {
			period.From = opened
		}
		if row.At.After(period.To) {
			period.To = row.At
		}
	}
	if period.From.IsZero() {
		return f, nil // no row
	}
	midnight := func(at time.Time, days int) time.Time {
		year, month, day := at.In(period.Zone).Date()
		return time.Date(year, month, day+days, 0, 0, 0, 0, period.Zone)
	}
	period.From, period.To = midnight(period.From, 0), midnight(period.To, 1)

	o := &incident.KPIOptions{By: []string{}, Promise: f.outcome}
	for _, field := range []Field{Service, Group} {
		if _, named := t.mapping.Columns[field]; named {
			o.By = append(o.By, string(field))
		}
	}
	o.By = append(o.By, "priority")
	if target := t.mapping.Target; target != nil {
		o.Calendar = target.Calendar
	}
	var err error
	if f.meter, err = incident.NewMeter(t.rules, period, o); err != nil {
		return nil, fmt.Errorf("figures of the log: %w", err)
	}
	return f, nil
}

// openedAt is when the log says that an incident was opened, as the report takes
// it; in other rows than its first, when the row happened.
func (t *translator) openedAt(row *Row) time.Time {
	if row.opens {
		if opened, err := t.time(row, cell(Opened)); err == nil && !opened.IsZero() && opened.Before(row.At) {
			return opened
		}
	}
	return row.At
}

// add measures what became of one incident of the log, after its last row.
func (f *figures) add(s *story, row *Row) error {
	if f.meter == nil || s.inc == nil {
		return nil
	}
	for i, inc := range append(slices.Clone(s.past), s.inc) {
		f.clocked = i == 0 && !s.clock.Started.IsZero()
		f.reading = s.clock.At(row.At)
		if err := f.meter.Add(inc); err != nil {
			return fmt.Errorf("figures of the log: %w", err)
		}
	}
	return nil
}

// outcome is what the agreement's clock says, once it is decided: the clock stopped
// at the closing, or what was promised has been exceeded already. A follow-up, and
// a priority that nothing was promised for, have no clock.
func (f *figures) outcome(*incident.Incident, time.Time) incident.Outcome {
	switch {
	case !f.clocked:
		return incident.Unpromised
	case f.reading.Breached:
		return incident.Breached
	case f.reading.Met():
		return incident.Met
	}
	return incident.Unpromised
}

// kpis are the figures; nil without any row. The groups go without their days,
// which would be most of the result.
func (f *figures) kpis() *incident.KPIs {
	if f.meter == nil {
		return nil
	}
	k := f.meter.KPIs()
	for _, table := range k.By {
		for i := range table.Groups {
			table.Groups[i].Days = nil
		}
	}
	return k
}
