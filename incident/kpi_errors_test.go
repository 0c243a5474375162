package incident_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func TestWhatCannotBeAskedIsRefused(t *testing.T) {
	lc := lifecycle(t, nil)
	for name, test := range map[string]struct {
		period  sla.Period
		options *incident.KPIOptions
		field   string
	}{
		"no beginning":       {sla.Period{To: midnight}, nil, "from"},
		"no end":             {sla.Period{From: midnight}, nil, "to"},
		"empty":              {sla.Period{From: midnight, To: midnight}, nil, "to"},
		"empty once normal":  {sla.Period{From: midnight, To: midnight.Add(1)}, nil, "to"},
		"turned round":       {sla.Period{From: midnight.Add(1), To: midnight}, nil, "to"},
		"too long":           {sla.Period{From: midnight, To: midnight.AddDate(101, 0, 0)}, nil, "to"},
		"year 10000":         {sla.Period{From: midnight, To: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, "to"},
		"zone of a machine":  {sla.Period{From: midnight, To: midnight.Add(day), Zone: time.Local}, nil, "zone"},
		"unknown field":      {week, &incident.KPIOptions{By: []string{"group", "colour"}}, "by[1]"},
		"field twice":        {week, &incident.KPIOptions{By: []string{"group", "group"}}, "by[1]"},
		"age of none":        {week, &incident.KPIOptions{Ages: []time.Duration{0}}, "ages[0]"},
		"ages falling":       {week, &incident.KPIOptions{Ages: []time.Duration{day, hour}}, "ages[1]"},
		"age twice":          {week, &incident.KPIOptions{Ages: []time.Duration{day, day}}, "ages[1]"},
		"rank 0":             {week, &incident.KPIOptions{Percentiles: []int{0}}, "percentiles[0]"},
		"rank 101":           {week, &incident.KPIOptions{Percentiles: []int{50, 101}}, "percentiles[1]"},
		"percentile twice":   {week, &incident.KPIOptions{Percentiles: []int{50, 50}}, "percentiles[1]"},
		"percentile falling": {week, &incident.KPIOptions{Percentiles: []int{50, 40}}, "percentiles[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := incident.Measure(slices.Values([]*incident.Incident{}), lc, test.period, test.options)
			itsmtest.RequireField(t, err, test.field)
		})
	}
	_, err := incident.NewMeter(nil, week, nil)
	itsmtest.RequireField(t, err, "lifecycle")
}

// TestAnImpossibleIncidentIsNamed, and leaves the figures as they were.
func TestAnImpossibleIncidentIsNamed(t *testing.T) {
	lc := lifecycle(t, nil)
	resolved := func() *incident.Incident {
		return story(t, lc, 1, step{hour, ann, outage()}, step{2 * hour, ann, toBob()}, step{3 * hour, bob, incident.Start{}},
			step{4 * hour, bob, fixed()}, step{5 * hour, carl, incident.Close{}})
	}
	outcome := incident.Met
	m, err := incident.NewMeter(lc, week, &incident.KPIOptions{Promise: func(*incident.Incident, time.Time) incident.Outcome { return outcome }})
	require.NoError(t, err)
	require.NoError(t, m.Add(resolved()))
	want := m.KPIs()
	for field, change := range map[string]func(*incident.Incident){
		"state":           func(i *incident.Incident) { i.State = "asleep" },
		"opened":          func(i *incident.Incident) { i.Opened = time.Time{} },
		"times.responded": func(i *incident.Incident) { i.Times.Responded = i.Opened.Add(-1) },
		"times.resolved":  func(i *incident.Incident) { i.Times.Resolved = i.Opened.Add(-1) },
		"times.closed":    func(i *incident.Incident) { i.Times.Closed = i.Opened.Add(-1) },
		"outcome":         func(*incident.Incident) { outcome = "lost" },
	} {
		t.Run(field, func(t *testing.T) {
			inc := resolved()
			change(inc)
			err := m.Add(inc)
			itsmtest.RequireField(t, err, field)
			require.ErrorContains(t, err, "INC: ")
			require.Equal(t, want, m.KPIs())
			outcome = incident.Met
		})
	}
	itsmtest.RequireField(t, m.Add(nil), "incident")
	asleep := resolved()
	asleep.State = "asleep"
	_, err = incident.Measure(slices.Values([]*incident.Incident{resolved(), asleep}), lc, week, nil)
	itsmtest.RequireField(t, err, "state")
}

// TestRecordsOfOthersCount: a record that lacks a time its state should have, as
// one that a host imported, counts from when it got there.
func TestRecordsOfOthersCount(t *testing.T) {
	lc := lifecycle(t, nil)
	inc := incident.Incident{
		Header:   itsm.Header{State: incident.Closed, Opened: midnight, Since: midnight.Add(hour)},
		Solution: &incident.Resolution{Code: "fixed"},
	}
	k := measure(t, lc, nil, &inc)
	require.Equal(t, int64(1), k.Resolved)
	require.Equal(t, int64(1), k.Closed)
	mean, ok := k.Resolution.Calendar.Mean()
	require.True(t, ok)
	require.Equal(t, hour, mean)
}
