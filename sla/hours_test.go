package sla_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func TestNewCalendarRefuses(t *testing.T) {
	day := sla.Weekdays(sla.Span{"09:00", "17:00"})
	for _, c := range []struct {
		name   string
		hours  sla.Hours
		fields []string
	}{
		{"no zone", sla.Hours{Week: day}, []string{"tz"}},
		{"a zone that does not exist", sla.Hours{Zone: "Europe/Atlantis", Week: day}, []string{"tz"}},
		{"a path", sla.Hours{Zone: "../../etc/passwd", Week: day}, []string{"tz"}},
		{"the machine's zone", sla.Hours{Zone: "Local", Week: day}, []string{"tz"}},
		{"never open", sla.Hours{Zone: "UTC"}, []string{"schedule"}},
		{
			"open by exception only",
			sla.Hours{Zone: "UTC", Exceptions: map[sla.Date][]sla.Span{"2026-12-24": {{"09:00", "12:00"}}}},
			[]string{"schedule"},
		},
		{"no time of day", sla.Hours{Zone: "UTC", Week: sla.Week{Mon: []sla.Span{{"9:00", "17:00"}}}}, []string{"schedule.mon[0][0]"}},
		{"no time at all", sla.Hours{Zone: "UTC", Week: sla.Week{Mon: []sla.Span{{"", ""}}}}, []string{"schedule.mon[0][0]", "schedule.mon[0][1]"}},
		{"letters", sla.Hours{Zone: "UTC", Week: sla.Week{Tue: []sla.Span{{"09:00", "1a:00"}}}}, []string{"schedule.tue[0][1]"}},
		{"a sign", sla.Hours{Zone: "UTC", Week: sla.Week{Tue: []sla.Span{{"-9:00", "+1:00"}}}}, []string{"schedule.tue[0][0]", "schedule.tue[0][1]"}},
		{"after the end of the day", sla.Hours{Zone: "UTC", Week: sla.Week{Tue: []sla.Span{{"09:00", "24:01"}}}}, []string{"schedule.tue[0][1]"}},
		{"61 minutes", sla.Hours{Zone: "UTC", Week: sla.Week{Tue: []sla.Span{{"09:60", "10:00"}}}}, []string{"schedule.tue[0][0]"}},
		{"starts at the end of the day", sla.Hours{Zone: "UTC", Week: sla.Week{Wed: []sla.Span{{"24:00", "06:00"}}}}, []string{"schedule.wed[0][0]"}},
		{"no length", sla.Hours{Zone: "UTC", Week: sla.Week{Wed: []sla.Span{{"00:00", "00:00"}}}}, []string{"schedule.wed[0]"}},
		{"overlap in a day", sla.Hours{Zone: "UTC", Week: sla.Week{Thu: []sla.Span{{"12:00", "14:00"}, {"09:00", "13:00"}}}}, []string{"schedule.thu[0]"}},
		{
			"overlap over midnight",
			sla.Hours{Zone: "UTC", Week: sla.Week{Mon: []sla.Span{{"22:00", "06:00"}}, Tue: []sla.Span{{"05:00", "09:00"}}}},
			[]string{"schedule.tue[0]"},
		},
		{
			"overlap over the end of the week",
			sla.Hours{Zone: "UTC", Week: sla.Week{Sun: []sla.Span{{"22:00", "06:00"}}, Mon: []sla.Span{{"05:00", "09:00"}}}},
			[]string{"schedule.mon[0]"},
		},
		{"no date", sla.Hours{Zone: "UTC", Week: day, Holidays: []sla.Date{"2026-12-25", "25.12.2026"}}, []string{"holidays[1]"}},
		{"a date that does not exist", sla.Hours{Zone: "UTC", Week: day, Holidays: []sla.Date{"2026-02-29"}}, []string{"holidays[0]"}},
		{"a date too early", sla.Hours{Zone: "UTC", Week: day, Holidays: []sla.Date{"1899-12-31"}}, []string{"holidays[0]"}},
		{"a date too late", sla.Hours{Zone: "UTC", Week: day, Exceptions: map[sla.Date][]sla.Span{"2201-01-01": nil}}, []string{"exceptions.2201-01-01"}},
		{
			"overlap in an exception",
			sla.Hours{Zone: "UTC", Week: day, Exceptions: map[sla.Date][]sla.Span{"2026-12-24": {{"09:00", "12:00"}, {"11:00", "13:00"}}}},
			[]string{"exceptions.2026-12-24[1]"},
		},
		{
			"everything at once",
			sla.Hours{Zone: "Mars", Week: sla.Week{Mon: []sla.Span{{"x", "10:00"}}}, Holidays: []sla.Date{"x"}},
			[]string{"tz", "schedule.mon[0][0]", "holidays[0]"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := sla.NewCalendar(c.hours)
			require.ErrorIs(t, err, itsm.ErrInvalid)
			require.Equal(t, c.fields, itsmtest.Fields(err))
		})
	}
}

func TestWindowsThatTouch(t *testing.T) {
	c := calendar(t, sla.Hours{Zone: "UTC", Week: sla.Week{
		Sat: []sla.Span{{"22:00", "24:00"}},
		Sun: []sla.Span{{"00:00", "12:00"}, {"12:00", "00:00"}},
		Mon: []sla.Span{{"00:00", "06:00"}},
	}})
	var list []sla.Window
	for w := range c.Windows(instant(t, "2026-11-20T00:00:00Z"), instant(t, "2026-11-25T00:00:00Z")) {
		list = append(list, w)
	}
	require.Equal(t, []sla.Window{{Open: instant(t, "2026-11-21T22:00:00Z"), Close: instant(t, "2026-11-23T06:00:00Z")}}, list)
	require.Equal(t, 32*60, int(list[0].Duration().Minutes()))
}

func TestExceptionsBeatHolidaysAndMayOverlapTheNightBefore(t *testing.T) {
	c := calendar(t, sla.Hours{
		Zone: "UTC", Week: sla.EveryDay(sla.Span{"22:00", "06:00"}),
		Holidays:   []sla.Date{"2026-12-24", "2026-12-24", "2026-12-25"},
		Exceptions: map[sla.Date][]sla.Span{"2026-12-24": {{"05:00", "12:00"}}},
	})
	var list []sla.Window
	for w := range c.Windows(instant(t, "2026-12-23T12:00:00Z"), instant(t, "2026-12-27T00:00:00Z")) {
		list = append(list, w)
	}
	require.Equal(t, []sla.Window{
		{Open: instant(t, "2026-12-23T22:00:00Z"), Close: instant(t, "2026-12-24T12:00:00Z")},
		{Open: instant(t, "2026-12-26T22:00:00Z"), Close: instant(t, "2026-12-27T00:00:00Z")},
	}, list)
}

func TestCalendarNeverChanges(t *testing.T) {
	windows := []sla.Span{{"13:00", "00:00"}, {"09:00", "12:00"}}
	h := sla.Hours{
		Zone: "UTC", Week: sla.Weekdays(windows...), Holidays: []sla.Date{"2026-12-26", "2026-12-25"},
		Exceptions: map[sla.Date][]sla.Span{"2026-12-24": nil},
	}
	c := calendar(t, h)
	normal := c.Hours()
	require.Equal(t, []sla.Span{{"09:00", "12:00"}, {"13:00", "24:00"}}, normal.Week.Mon)
	require.Equal(t, []sla.Date{"2026-12-25", "2026-12-26"}, normal.Holidays)

	windows[0], h.Holidays[0] = sla.Span{}, ""
	delete(h.Exceptions, "2026-12-24")
	copied := c.Hours()
	copied.Week.Mon[0], copied.Holidays[0], copied.Exceptions["2026-12-24"] = sla.Span{}, "", []sla.Span{{}}
	require.Equal(t, normal, c.Hours())

	itsmtest.RequireField(t, c.UnmarshalJSON([]byte(`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}}`)), "calendar")
	require.Equal(t, normal, c.Hours())
}

func TestParseCalendarRefuses(t *testing.T) {
	for _, c := range []struct{ text, field string }{
		{``, "calendar"},
		{`null`, "calendar"},
		{`[]`, "calendar"},
		{`"UTC"`, "calendar"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}`, "calendar"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}} x`, "calendar"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}} {}`, "calendar"},
		{"{\"tz\": \"U\xffTC\", \"schedule\": {}}", "calendar"},
		{`{"tz": "UTC", "tz": "UTC", "schedule": {}}`, "calendar"},
		{`{"schedule": {"mon": [["09:00", "17:00"]]}}`, "tz"},
		{`{"tz": "UTC"}`, "schedule"},
		{`{"TZ": "UTC", "schedule": {}}`, "TZ"},
		{`{"tz": null, "schedule": {}}`, "tz"},
		{`{"tz": 1e999, "schedule": {}}`, "tz"},
		{`{"tz": "UTC", "schedule": []}`, "schedule"},
		{`{"tz": "UTC", "schedule": {}}`, "schedule"},
		{`{"tz": "UTC", "schedule": {"mon": null}}`, "schedule.mon"},
		{`{"tz": "UTC", "schedule": {"monday": []}}`, "schedule.monday"},
		{`{"tz": "UTC", "schedule": {"mon": [], "mon": []}}`, "schedule"},
		{`{"tz": "UTC", "schedule": {"mon": ["09:00", "17:00"]}}`, "schedule.mon[0]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00"]]}}`, "schedule.mon[0]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00", "18:00"]]}}`, "schedule.mon[0]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", 17]]}}`, "schedule.mon[0][1]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", true]]}}`, "schedule.mon[0][1]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", {}]]}}`, "schedule.mon[0][1]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}, "holidays": {}}`, "holidays"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}, "holidays": [20261225]}`, "holidays[0]"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}, "exceptions": null}`, "exceptions"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}, "exceptions": {"2026-12-24": [], "2026-12-24": []}}`, "exceptions"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}, "exceptions": {"24 December": []}}`, "exceptions.24 December"},
		{`{"tz": "UTC", "schedule": {"mon": [["09:00", "17:00"]]}, "name": "office"}`, "name"},
	} {
		got, err := sla.ParseCalendar([]byte(c.text))
		require.Nil(t, got, c.text)
		itsmtest.RequireField(t, err, c.field)
	}
	_, err := sla.ParseCalendar([]byte(`{"tz": "` + strings.Repeat("x", 10_000) + `", "schedule": {"mon": [["09:00", "17:00"]]}}`))
	require.Less(t, len(err.Error()), 300, "a message does not repeat all of a long text")
}

func TestCalendarJSON(t *testing.T) {
	for name, c := range lawful(t) {
		text, err := c.MarshalJSON()
		require.NoError(t, err)
		read, err := sla.ParseCalendar(text)
		require.NoError(t, err, name)
		require.Equal(t, c.Hours(), read.Hours(), name)
		again, err := json.Marshal(read)
		require.NoError(t, err)
		require.Equal(t, string(text), string(again), name)
	}

	var agreement struct {
		Hours    sla.Hours
		Calendar *sla.Calendar
		None     *sla.Calendar
	}
	text := `{"Hours":{"tz":"UTC","schedule":{"mon":[["22:00","24:00"]]},"exceptions":{"2026-12-24":[]}},` +
		`"Calendar":{"tz":"UTC","schedule":{"tue":[["09:00","17:00"]]},"holidays":["2026-12-25"]},"None":null}`
	require.NoError(t, json.Unmarshal([]byte(text), &agreement))
	again, err := json.Marshal(agreement)
	require.NoError(t, err)
	require.Equal(t, text, string(again))
	require.Nil(t, agreement.None)
	again, err = json.Marshal(sla.Hours{Zone: "UTC", Exceptions: map[sla.Date][]sla.Span{"2026-12-24": nil}})
	require.NoError(t, err)
	require.Equal(t, `{"tz":"UTC","schedule":{},"exceptions":{"2026-12-24":[]}}`, string(again))
}

func FuzzParseCalendar(f *testing.F) {
	for name, c := range lawful(f) {
		text, err := c.MarshalJSON()
		if err != nil {
			f.Fatal(name, err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"tz": "UTC", "schedule": {"mon": [["22:00", "06:00"], ["09:00", "00:00"]]}, "exceptions": {"2026-12-24": []}}`))
	f.Add([]byte(`{"tz": "Local", "schedule": {"mon": [["09:00"]]}, "holidays": ["1900-01-01"]}`))
	at := instant(f, "2026-11-23T10:00:00Z")
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := sla.ParseCalendar(text)
		if err != nil {
			require.ErrorIs(t, err, itsm.ErrInvalid)
			return
		}
		written, err := c.MarshalJSON()
		require.NoError(t, err)
		again, err := sla.ParseCalendar(written)
		require.NoError(t, err)
		require.Equal(t, c.Hours(), again.Hours())
		const budget = 100*time.Second + 1
		end := c.Add(at, budget)
		require.True(t, end.Equal(again.Add(at, budget)))
		require.Equal(t, budget, c.Between(at, end))
		require.True(t, c.IsOpen(c.NextOpen(at)))
		require.True(t, c.AddDays(at, 3).After(at))
	})
}
