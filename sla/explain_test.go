package sla_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// explained is the explanation of events at an instant.
func explained(t testing.TB, at time.Time, events ...sla.Event) sla.Explanation {
	t.Helper()
	x, err := sla.Explain(at, events...)
	require.NoError(t, err)
	return x
}

// counted is the intervals in short: as what they count, and how long they last.
func counted(x sla.Explanation) []string {
	list := []string{}
	for _, i := range x.Intervals {
		list = append(list, strings.Join(strings.Fields(string(i.As)+" "+i.Duration().String()+" "+i.Reason+" "+i.By), " "))
	}
	return list
}

func TestExplainEndsWithTheClock(t *testing.T) {
	begin := sla.Event{At: berlin(t, 23, 9, 0), Do: sla.Start, Goal: 8 * time.Hour, Calendar: office(t)}
	late := berlin(t, 27, 12, 0)
	for _, c := range []struct {
		name   string
		at     time.Time
		events []sla.Event
		want   []string
	}{
		{"at the start", berlin(t, 23, 9, 0), nil, []string{}},
		{"before the start", berlin(t, 20, 9, 0), nil, []string{}},
		{"running", berlin(t, 23, 10, 0), nil, []string{"elapsed 1h0m0s"}},
		{
			"before the last event", berlin(t, 23, 8, 0), []sla.Event{pause(berlin(t, 23, 12, 0), "caller")},
			[]string{"elapsed 3h0m0s"},
		},
		{"stopped", late, []sla.Event{stop(berlin(t, 23, 12, 0))}, []string{"elapsed 3h0m0s"}},
		{"stopped overnight", late, []sla.Event{stop(berlin(t, 23, 19, 0))}, []string{"elapsed 8h0m0s", "closed 2h0m0s"}},
		{"cancelled", late, []sla.Event{cancel(berlin(t, 23, 12, 0), "void")}, []string{"elapsed 3h0m0s"}},
		{
			"reopened", berlin(t, 24, 10, 0),
			[]sla.Event{{At: berlin(t, 23, 12, 0), Do: sla.Stop, By: "bob"}, reopen(berlin(t, 24, 9, 30))},
			[]string{"elapsed 3h0m0s", "done 5h0m0s bob", "closed 16h0m0s", "done 30m0s bob", "elapsed 30m0s"},
		},
		{
			"paused again for the same and for another reason", berlin(t, 23, 14, 0),
			[]sla.Event{
				pause(berlin(t, 23, 10, 0), "caller"), pause(berlin(t, 23, 11, 0), "caller"), pause(berlin(t, 23, 12, 0), "vendor"),
				{At: berlin(t, 23, 13, 0), Do: sla.Pause, Reason: "vendor", By: "ann"},
			},
			[]string{"elapsed 1h0m0s", "paused 2h0m0s caller", "paused 1h0m0s vendor", "paused 1h0m0s vendor ann"},
		},
		{
			"by another calendar", berlin(t, 23, 20, 0), []sla.Event{retarget(berlin(t, 23, 18, 0), 4, nil)},
			[]string{"elapsed 8h0m0s", "closed 1h0m0s", "elapsed 2h0m0s"},
		},
		{
			"events at one instant", berlin(t, 23, 11, 0),
			[]sla.Event{pause(berlin(t, 23, 10, 0), "caller"), resume(berlin(t, 23, 10, 0)), stop(berlin(t, 23, 10, 0)), reopen(berlin(t, 23, 10, 0))},
			[]string{"elapsed 2h0m0s"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := explained(t, c.at, append([]sla.Event{begin}, c.events...)...)
			require.Equal(t, c.want, counted(x))
			require.Equal(t, c.at, x.At)
		})
	}
}

func TestExplainRefuses(t *testing.T) {
	at := berlin(t, 23, 9, 0)
	_, err := sla.Explain(time.Time{}, sla.Event{At: at, Do: sla.Start})
	itsmtest.RequireField(t, err, "at")
	_, err = sla.Explain(at)
	itsmtest.RequireField(t, err, "events")
	_, err = sla.Explain(at, stop(at))
	itsmtest.RequireField(t, err, "clock")
	_, err = sla.Explain(at, sla.Event{At: at, Do: sla.Start}, resume(at))
	require.ErrorContains(t, err, "events[1]")
	require.Equal(t, []sla.Counted{"elapsed", "paused", "done", "closed", "holiday"}, sla.CountedAs())
}

// TestExplainNamesHolidays on the dates that the clock shows, from midnight to
// midnight, whatever is open on them.
func TestExplainNamesHolidays(t *testing.T) {
	for _, c := range []struct {
		name  string
		hours sla.Hours
		from  string
		to    string
		want  []string
	}{
		{
			"a weekend that is one", sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-11-28"}},
			"2026-11-27T17:00:00Z", "2026-11-30T09:00:00Z", []string{"closed 7h0m0s", "holiday 24h0m0s", "closed 33h0m0s"},
		},
		{
			"an exception on one is none",
			sla.Hours{
				Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-11-25"},
				Exceptions: map[sla.Date][]sla.Span{"2026-11-25": {}},
			},
			"2026-11-24T17:00:00Z", "2026-11-26T09:00:00Z", []string{"closed 40h0m0s"},
		},
		{
			"a night shift that ends on one", sla.Hours{Zone: "UTC", Week: sla.EveryDay(sla.Span{"22:00", "06:00"}), Holidays: []sla.Date{"2026-11-25"}},
			"2026-11-24T22:00:00Z", "2026-11-26T22:00:00Z", []string{"elapsed 8h0m0s", "holiday 18h0m0s", "closed 22h0m0s"},
		},
		{
			"of 23 hours", sla.Hours{Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-03-29"}},
			"2026-03-28T12:00:00+01:00", "2026-03-30T09:00:00+02:00", []string{"closed 12h0m0s", "holiday 23h0m0s", "closed 9h0m0s"},
		},
		{
			"midnight is skipped", sla.Hours{Zone: "Asia/Beirut", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-03-29"}},
			"2026-03-28T12:00:00+02:00", "2026-03-30T09:00:00+03:00", []string{"closed 12h0m0s", "holiday 23h0m0s", "closed 9h0m0s"},
		},
		{
			"one that the clock never showed, and the next",
			sla.Hours{Zone: "Pacific/Apia", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2011-12-30", "2011-12-31"}},
			"2011-12-29T17:00:00-10:00", "2012-01-02T09:00:00+14:00", []string{"closed 7h0m0s", "holiday 24h0m0s", "closed 33h0m0s"},
		},
		{
			"part of one", sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-11-23", "2026-11-24"}},
			"2026-11-24T23:59:58.5Z", "2026-11-25T00:00:00.25Z", []string{"holiday 1.5s", "closed 250ms"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := explained(t, instant(t, c.to), sla.Event{At: instant(t, c.from), Do: sla.Start, Calendar: calendar(t, c.hours)})
			require.Equal(t, c.want, counted(x))
		})
	}
}

func TestExplanationString(t *testing.T) {
	at := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	begin := sla.Event{At: at, Do: sla.Start, Goal: 90 * time.Minute}
	for _, c := range []struct {
		at     time.Time
		events []sla.Event
		want   string
	}{
		{at, nil, "running: 0s elapsed of 1h30m, 0s paused, due Mon 2026-11-23 10:30"},
		{
			at.Add(61 * time.Second), nil,
			"Mon 2026-11-23 09:00:00  Mon 2026-11-23 09:01:01  1m1s  elapsed\n" +
				"running: 1m1s elapsed of 1h30m, 0s paused, due Mon 2026-11-23 10:30:00",
		},
		{
			at.Add(time.Hour), []sla.Event{{At: at.Add(time.Minute + 1), Do: sla.Pause, Reason: "vendor", By: "bob"}},
			"Mon 2026-11-23 09:00:00.000000000  Mon 2026-11-23 09:01:00.000000001    1m0.000000001s  elapsed\n" +
				"Mon 2026-11-23 09:01:00.000000001  Mon 2026-11-23 10:00:00.000000000  58m59.999999999s  paused for vendor by bob\n" +
				"paused: 1m0.000000001s elapsed of 1h30m, 58m59.999999999s paused, due Mon 2026-11-23 11:28:59.999999999",
		},
		{
			at, []sla.Event{stop(at.Add(time.Hour))},
			"Mon 2026-11-23 09:00  Mon 2026-11-23 10:00  1h  elapsed\n" +
				"stopped: 1h elapsed of 1h30m, 0s paused, due Mon 2026-11-23 10:30, met",
		},
		{
			at, []sla.Event{retarget(at.Add(80*time.Minute), 1, nil), cancel(at.Add(80*time.Minute), "void")},
			"Mon 2026-11-23 09:00  Mon 2026-11-23 10:20  1h20m  elapsed\n" +
				"cancelled: 1h20m elapsed of 1h, 0s paused, due Mon 2026-11-23 10:20, breached Mon 2026-11-23 10:20 (tightened)",
		},
	} {
		require.Equal(t, c.want, explained(t, c.at, append([]sla.Event{begin}, c.events...)...).String())
	}
}

func TestExplanationJSON(t *testing.T) {
	at := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	x := explained(t, at.Add(time.Hour), sla.Event{At: at, Do: sla.Start, Goal: time.Second}, pause(at.Add(2*time.Second), "caller"))
	text, err := json.Marshal(x)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"at": "2026-11-23T10:00:00Z",
		"reading": {
			"status": "paused", "elapsed": 2000000000, "paused": 3598000000000, "remaining": -1000000000,
			"due": "2026-11-23T09:00:01Z", "breached": true
		},
		"breached": "2026-11-23T09:00:01Z",
		"cause": "too late",
		"intervals": [
			{"from": "2026-11-23T09:00:00Z", "to": "2026-11-23T09:00:02Z", "as": "elapsed"},
			{"from": "2026-11-23T09:00:02Z", "to": "2026-11-23T10:00:00Z", "as": "paused", "reason": "caller"}
		]
	}`, string(text))
	var read sla.Explanation
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, x, read)
}

// TestExplainAllocatesTwice: what it works with, and what it returns.
func TestExplainAllocatesTwice(t *testing.T) {
	events := []sla.Event{
		{At: berlin(t, 23, 9, 0), Do: sla.Start, Goal: 8 * time.Hour, Calendar: office(t)},
		pause(berlin(t, 23, 10, 0), "caller"), resume(berlin(t, 25, 11, 0)), retarget(berlin(t, 26, 12, 0), 200, nil),
		retarget(berlin(t, 26, 12, 0), 200, office(t)),
	}
	at := berlin(t, 23, 9, 0).AddDate(1, 0, 0)
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() {
		if _, err := sla.Explain(at, events...); err != nil {
			t.Fatal(err)
		}
	}), 2.0)
}
