package incident_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func measure(t testing.TB, lc *itsm.Lifecycle[incident.Incident], o *incident.KPIOptions, list ...*incident.Incident) *incident.KPIs {
	t.Helper()
	k, err := incident.Measure(slices.Values(list), lc, week, o)
	require.NoError(t, err)
	require.Equal(t, k.Before+k.Opened, k.Resolved+k.Cancelled+k.Backlog, "volumes balance")
	return k
}

// counted is what one incident adds to the figures.
type counted struct {
	before, opened, resolved, closed, cancelled, backlog int64
	duplicates, majors                                   int64
	responses, resolutions                               int64
	first, reopened, reassigned                          itsm.Ratio
}

func counts(k *incident.KPIs) counted {
	return counted{k.Before, k.Opened, k.Resolved, k.Closed, k.Cancelled, k.Backlog, k.Duplicates, k.Majors,
		k.Response.Calendar.Count, k.Resolution.Calendar.Count, k.FirstAssignment, k.Reopened, k.Reassigned}
}

// TestISO_9_1_WhatCounts says, for each way an incident can stand to the period,
// what it adds.
func TestISO_9_1_WhatCounts(t *testing.T) {
	lc := withOwnStates(t)
	const end = 7 * day
	report, assign, start, resolve := step{0, ann, outage()}, step{hour, ann, toBob()}, step{2 * hour, bob, incident.Start{}}, step{3 * hour, bob, fixed()}
	at := func(d time.Duration, s step) step { s.at = d; return s }
	closing := func(d time.Duration) step { return step{d, carl, incident.Close{}} }
	reopen := func(d time.Duration) step { return step{d, carl, incident.Reopen{Reason: "It came back."}} }
	cancel := func(d time.Duration) step { return step{d, ann, incident.Cancel{Reason: "It was a drill."}} }
	duplicate := fixed()
	duplicate.DuplicateOf = id(200)
	whole, none := itsm.Ratio{Num: 1, Den: 1}, itsm.Ratio{Num: 0, Den: 1}

	for name, test := range map[string]struct {
		steps []step
		want  counted
	}{
		"opened, still open":    {[]step{report, assign}, counted{opened: 1, backlog: 1}},
		"responded, still open": {[]step{report, assign, start}, counted{opened: 1, backlog: 1, responses: 1}},
		"on hold":               {[]step{report, assign, {2 * hour, bob, forCaller()}}, counted{opened: 1, backlog: 1}},
		"resolved": {[]step{report, assign, start, resolve},
			counted{opened: 1, resolved: 1, responses: 1, resolutions: 1, first: whole, reopened: none, reassigned: none}},
		"resolved without response or assignment": {[]step{report, resolve},
			counted{opened: 1, resolved: 1, resolutions: 1, reopened: none, reassigned: none}},
		"closed": {[]step{report, assign, resolve, closing(4 * hour)},
			counted{opened: 1, resolved: 1, closed: 1, resolutions: 1, first: whole, reopened: none, reassigned: none}},
		"reassigned": {[]step{report, assign, {2 * hour, bob, incident.Assign{Group: "network"}}, resolve},
			counted{opened: 1, resolved: 1, resolutions: 1, first: none, reopened: none, reassigned: whole}},
		"reopened, still open": {[]step{report, assign, resolve, reopen(4 * hour)}, counted{opened: 1, backlog: 1}},
		"reopened and resolved": {[]step{report, assign, resolve, reopen(4 * hour), at(5*hour, resolve)},
			counted{opened: 1, resolved: 1, resolutions: 1, first: none, reopened: whole, reassigned: none}},
		"resolved before, reopened and resolved within": {[]step{at(-3*day, report), at(-2*day, assign), at(-1*day, resolve), reopen(hour), at(5*hour, resolve)},
			counted{before: 1, resolved: 1, resolutions: 1, first: none, reopened: whole, reassigned: none}},
		"resolved within, and again after": {[]step{report, assign, at(end-hour, resolve), reopen(end), at(end+hour, resolve)}, counted{opened: 1, backlog: 1}},
		"cancelled":                        {[]step{report, assign, start, cancel(3 * hour)}, counted{opened: 1, cancelled: 1}},
		"cancelled after":                  {[]step{report, assign, start, cancel(end)}, counted{opened: 1, backlog: 1, responses: 1}},
		"resolved, reopened and cancelled": {[]step{report, assign, resolve, reopen(4 * hour), cancel(5 * hour)}, counted{opened: 1, cancelled: 1}},
		"a duplicate": {[]step{report, assign, start, {3 * hour, bob, duplicate}, closing(4 * hour)},
			counted{opened: 1, resolved: 1, closed: 1, duplicates: 1}},
		"a duplicate after": {[]step{report, assign, start, {end, bob, duplicate}}, counted{opened: 1, backlog: 1, responses: 1}},
		"major":             {[]step{report, assign, {2 * hour, mia, major()}}, counted{opened: 1, backlog: 1, majors: 1}},
		"major before":      {[]step{at(-hour, report), assign, {2 * hour, mia, major()}}, counted{before: 1, backlog: 1}},

		"opened at the beginning": {[]step{report}, counted{opened: 1, backlog: 1}},
		"opened just before":      {[]step{at(-time.Microsecond, report)}, counted{before: 1, backlog: 1}},
		"opened just in time":     {[]step{at(end-time.Microsecond, report)}, counted{opened: 1, backlog: 1}},
		"opened at the end":       {[]step{at(end, report)}, counted{}},
		"resolved at the end":     {[]step{report, assign, at(end, resolve)}, counted{opened: 1, backlog: 1}},
		"resolved at the beginning": {[]step{at(-2*hour, report), at(-hour, assign), at(0, resolve)},
			counted{before: 1, resolved: 1, resolutions: 1, first: whole, reopened: none, reassigned: none}},
		"resolved just before, closed within": {[]step{at(-2*hour, report), at(-hour, assign), at(-time.Microsecond, resolve), closing(hour)}, counted{closed: 1}},
		"over before":                         {[]step{at(-3*hour, report), at(-2*hour, resolve), closing(-hour)}, counted{}},

		"waiting in a state of the host's": {[]step{report, assign, start, {3 * hour, ann, AskApproval{Question: "May we?"}}}, counted{opened: 1, backlog: 1, responses: 1}},
		"done in a state of the host's": {[]step{report, assign, start, {3 * hour, bob, Watching{}}},
			counted{opened: 1, resolved: 1, responses: 1, resolutions: 1, first: whole, reopened: none, reassigned: none}},
		"ended in a state of the host's": {[]step{report, assign, start, {3 * hour, bob, Reject{}}}, counted{opened: 1, cancelled: 1}},
		"archived in a state of the host's": {[]step{report, assign, resolve, {4 * hour, mia, Archive{}}},
			counted{opened: 1, resolved: 1, closed: 1, resolutions: 1, first: whole, reopened: none, reassigned: none}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, counts(measure(t, lc, nil, story(t, lc, 1, test.steps...))))
		})
	}
}

// TestKPIsAsText pins the text of a small desk's week, which reads like a report.
func TestKPIsAsText(t *testing.T) {
	lc := withOwnStates(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	k, err := incident.Measure(slices.Values(weekOfDesk(t, lc)), lc, sla.Period{From: week.From, To: week.To, Zone: berlin}, withTargets(t))
	require.NoError(t, err)
	itsmtest.Golden(t, "testdata/kpis.txt", []byte(k.String()))
}

func TestKPIsAsJSON(t *testing.T) {
	lc := withOwnStates(t)
	empty := measure(t, lc, nil)
	for _, k := range []*incident.KPIs{empty, measure(t, lc, withTargets(t), weekOfDesk(t, lc)...),
		measure(t, lc, &incident.KPIOptions{By: []string{}, Ages: []time.Duration{}, Percentiles: []int{}}, weekOfDesk(t, lc)...)} {
		data, err := json.Marshal(k)
		require.NoError(t, err)
		var again incident.KPIs
		require.NoError(t, json.Unmarshal(data, &again))
		require.Equal(t, *k, again)
		require.Equal(t, k.String(), again.String())
	}
}

// TestNothingAskedIsNothingGiven tells an empty list from a missing one.
func TestNothingAskedIsNothingGiven(t *testing.T) {
	lc := withOwnStates(t)
	k := measure(t, lc, &incident.KPIOptions{By: []string{}, Ages: []time.Duration{}, Percentiles: []int{}}, weekOfDesk(t, lc)...)
	require.Empty(t, k.By)
	require.Equal(t, []incident.Age{{Count: 2}}, k.Ages)
	require.Equal(t, int64(2), k.Resolution.Calendar.Count)
	require.Empty(t, k.Resolution.Calendar.Percentiles)

	k = measure(t, lc, &incident.KPIOptions{}, weekOfDesk(t, lc)...)
	require.Len(t, k.By, len(incident.DefaultBreakdowns()))
	require.Len(t, k.Ages, len(incident.DefaultAges())+1)
	require.Len(t, k.Resolution.Calendar.Percentiles, len(incident.DefaultPercentiles()))
}

// TestAgesBeginAtTheirBound: who is as old as a bound is in the bucket after it.
func TestAgesBeginAtTheirBound(t *testing.T) {
	lc := lifecycle(t, nil)
	opened := func(age time.Duration) *incident.Incident { return story(t, lc, 1, step{7*day - age, ann, outage()}) }
	k := measure(t, lc, &incident.KPIOptions{Ages: []time.Duration{hour, day}},
		opened(time.Microsecond), opened(hour-time.Microsecond), opened(hour), opened(day-time.Microsecond), opened(day), opened(9*day))
	require.Equal(t, []incident.Age{{0, hour, 2}, {hour, day, 2}, {day, 0, 2}}, k.Ages)
}

// TestAnyDeclaredFieldBreaksDown, a host's own too: equal values are one group, and
// groups come in the order of the values, not of their texts.
func TestAnyDeclaredFieldBreaksDown(t *testing.T) {
	lc := under(t, func(p *incident.Policy) { p.Custom = itsm.CustomFields{{Name: "seats", Type: itsm.Number}} })
	var list []*incident.Incident
	for _, seats := range []string{"18446744073709551617", "10", "1", "", "1.00", "9", "-3", "0.5"} {
		report := outage()
		if seats != "" {
			report.Custom = map[string]itsm.Value{"seats": itsm.NumberValue(decimal.RequireFromString(seats))}
		}
		list = append(list, story(t, lc, 1, step{0, ann, report}))
	}
	k := measure(t, lc, &incident.KPIOptions{By: []string{"seats", "major", "opened"}}, list...)
	var got []string
	for _, g := range k.By[0].Groups {
		got = append(got, fmt.Sprintf("%s: %d", g.Key, g.Opened))
	}
	require.Equal(t, []string{": 1", "-3: 1", "0.5: 1", "1: 2", "9: 1", "10: 1", "18446744073709551617: 1"}, got)
	require.Equal(t, "false", k.By[1].Groups[0].Key)
	require.Equal(t, "2026-03-02T00:00:00Z", k.By[2].Groups[0].Key)
}

// TestReasonsOfAHostAreSorted, whichever occurs first.
func TestReasonsOfAHostAreSorted(t *testing.T) {
	lc := lifecycle(t, nil)
	waited := func(reason incident.HoldReason) *incident.Incident {
		inc := story(t, lc, 1, step{0, ann, outage()}, step{day, bob, fixed()})
		inc.Held = []incident.Held{{reason, hour}}
		return inc
	}
	k := measure(t, lc, nil, waited("weather"), waited("approval"), waited(incident.AwaitingEvidence))
	var reasons []incident.HoldReason
	for _, h := range k.Holds {
		reasons = append(reasons, h.Reason)
	}
	require.Equal(t, append(incident.HoldReasons(), "approval", "weather"), reasons)
	require.Equal(t, "1.38 %", k.Holds[5].Percent(), "an hour of three days")
}

// TestR27_NothingIsNoData: no incidents give neither none nor all per cent.
func TestR27_NothingIsNoData(t *testing.T) {
	k := measure(t, lifecycle(t, nil), nil)
	require.Len(t, k.Days, 7)
	require.Empty(t, k.By[0].Groups)
	for _, r := range []itsm.Ratio{k.FirstAssignment, k.Reopened, k.Reopens, k.Reassigned, k.Reassignments, k.Breached} {
		require.Equal(t, "no data", r.Percent())
		require.Equal(t, "no data", r.Each())
		require.False(t, r.HasData())
	}
	for _, s := range []itsm.Spread{k.Response.Calendar, k.Response.Business, k.Resolution.Calendar, k.Resolution.Business} {
		_, ok := s.Mean()
		require.False(t, ok)
		_, ok = s.Percentile(50)
		require.False(t, ok)
		require.Equal(t, "no data", s.String())
	}
	for _, h := range k.Holds {
		require.Equal(t, "no data", h.Percent())
	}
	business := measure(t, lifecycle(t, nil), nil, story(t, lifecycle(t, nil), 1, step{0, ann, outage()}, step{hour, bob, fixed()})).Resolution.Business
	require.Equal(t, "no data", business.String(), "no calendar, no business time")
}

// TestOrderDoesNotMatter, and what may be left out changes nothing.
func TestOrderDoesNotMatter(t *testing.T) {
	lc := withOwnStates(t)
	list := weekOfDesk(t, lc)
	want := measure(t, lc, withTargets(t), list...)
	slices.Reverse(list)
	require.Equal(t, want, measure(t, lc, withTargets(t), list...))

	elsewhere := outage()
	elsewhere.Service, elsewhere.Group = ticket, "archive" // would be groups of their own
	over := story(t, lc, 7, step{-9 * day, ann, elsewhere}, step{-8 * day, bob, incident.Assign{To: "bob"}}, step{-8 * day, bob, incident.Start{}},
		step{-8 * day, bob, fixed()}, step{-7 * day, carl, incident.Close{}})
	cancelled := story(t, lc, 8, step{-9 * day, ann, elsewhere}, step{-8 * day, ann, incident.Cancel{Reason: "It was a drill."}})
	after := story(t, lc, 9, step{7 * day, ann, elsewhere})
	require.Equal(t, want, measure(t, lc, withTargets(t), slices.Concat(list, []*incident.Incident{over, cancelled, after})...))

	m, err := incident.NewMeter(lc, week, withTargets(t))
	require.NoError(t, err)
	for _, inc := range list {
		m.KPIs() // looking in between changes nothing
		require.NoError(t, m.Add(inc))
	}
	require.Equal(t, want, m.KPIs())
	require.Equal(t, want, m.KPIs())
}
