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

	promise incident.Outcome // of the incident that is being added
}

// period is that of a log: from the first opening to the last row, in days of the
// mapping's zone. It is zero without a row.
func (t *translator) period() sla.Period {
	period := sla.Period{Zone: t.mapping.location}
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
		return period
	}
	period.From = sla.Daily.Period(period.From, period.Zone).From
	period.To = sla.Daily.Period(period.To, period.Zone).To
	return period
}

// newFigures prepares to measure a period by the calendar of the agreement, if
// there is one, broken down by what the log says of an incident.
func newFigures(t *translator, a *agreement, period sla.Period) (*figures, error) {
	f := new(figures)
	if period.From.IsZero() {
		return f, nil
	}
	o := &incident.KPIOptions{By: []string{}, Promise: func(*incident.Incident, time.Time) incident.Outcome { return f.promise }}
	for _, field := range []Field{Service, Group} {
		if _, named := t.mapping.Columns[field]; named {
			o.By = append(o.By, string(field))
		}
	}
	o.By = append(o.By, "priority")
	if a != nil {
		o.Calendar = a.calendar()
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

// add measures what became of one incident of the log, after its last row, and of
// what was promised for it. What follows it up is promised nothing.
func (f *figures) add(s *story, promise incident.Outcome) error {
	if f.meter == nil || s.inc == nil {
		return nil
	}
	for i, inc := range append(slices.Clone(s.past), s.inc) {
		if f.promise = incident.Unpromised; i == 0 {
			f.promise = promise
		}
		if err := f.meter.Add(inc); err != nil {
			return fmt.Errorf("figures of the log: %w", err)
		}
	}
	return nil
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
