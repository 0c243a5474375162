package ical_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/examples/ical"
	"github.com/itsmkit/itsm/sla"
)

// file is a calendar of events, each given as the text of its lines.
func file(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//test//EN\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\n" + strings.TrimSpace(e) + "\nEND:VEVENT\n")
	}
	return b.String() + "END:VCALENDAR\n"
}

// shown is holidays as the tables below have them: "date name; …".
func shown(list []ical.Holiday) string {
	var texts []string
	for _, h := range list {
		texts = append(texts, strings.TrimSpace(string(h.Date)+" "+h.Name))
	}
	return strings.Join(texts, "; ")
}

// In 2026 to 2028, unless it says otherwise.
func TestHolidays(t *testing.T) {
	for _, c := range []struct {
		name     string
		text     string
		from, to int
		want     string
	}{
		{"no event", file(), 0, 0, ""},
		{"one day without an end", file("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas"), 0, 0, "2026-12-25 Christmas"},
		{"the end is the day after", file("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227"), 0, 0, "2026-12-25; 2026-12-26"},
		{"an end on the same day", file("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225"), 0, 0, "2026-12-25"},
		{"an end with a time", file("DTSTART;VALUE=DATE:20261225\nDTEND;TZID=Mars/Base:20261226T000000"), 0, 0, "2026-12-25"},
		{"duration of days", file("DTSTART;VALUE=DATE:20261225\nDURATION:P2D"), 0, 0, "2026-12-25; 2026-12-26"},
		{"duration of hours", file("DTSTART;VALUE=DATE:20261225\nDURATION:P1DT24H0M0S"), 0, 0, "2026-12-25; 2026-12-26"},
		{"duration of a week", file("DTSTART;VALUE=DATE:20261228\nDURATION:P1W"), 2026, 2026, "2026-12-28; 2026-12-29; 2026-12-30; 2026-12-31"},
		{"duration of nothing", file("DTSTART;VALUE=DATE:20261225\nDURATION:P0D"), 0, 0, "2026-12-25"},
		{"eight digits are a date", file("DTSTART:20261225"), 0, 0, "2026-12-25"},
		{"lower case", strings.ToLower(file("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=2")), 0, 0, "2026-12-25; 2027-12-25"},
		{
			"a company shutdown over two years", file("DTSTART;VALUE=DATE:20261228\nDTEND;VALUE=DATE:20270103\nSUMMARY:Shutdown"),
			2027, 2027, "2027-01-01 Shutdown; 2027-01-02 Shutdown",
		},
		{"folded, within a character too", file("DTSTART;VAL\n UE=DATE:2026\n\t1225\nSUMMARY:Fr\xc3\n \xb6hlich"), 0, 0, "2026-12-25 Fröhlich"},
		{"CRLF", strings.ReplaceAll(file("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christ\n mas"), "\n", "\r\n"), 0, 0, "2026-12-25 Christmas"},
		{"byte order mark, blank lines, no end of line", "\ufeff" + strings.ReplaceAll(strings.TrimSpace(file("DTSTART:20261225")), "\n", "\n\n"), 0, 0, "2026-12-25"},
		{"escapes", file(`DTSTART:20261225` + "\n" + `SUMMARY:A\, B\; C\\n \n D\x`), 0, 0, `2026-12-25 A, B; C\n D\x`},
		{"not UTF-8", file("DTSTART:20261225\nSUMMARY:Fr\xf6hlich"), 0, 0, "2026-12-25 Fr\ufffdhlich"},
		{"quoted parameters", file(`DTSTART;X-A="a;b:c,d";X-B=1,"2:3";VALUE="DATE":20261225`), 0, 0, "2026-12-25"},
		{"a zone that nobody knows", file("DTSTART;VALUE=DATE;TZID=Customized Time Zone:20261225"), 0, 0, "2026-12-25"},
		{
			"only what the event itself says",
			file("DTSTART:20261225\nBEGIN:VALARM\nDTSTART:20260101\nRRULE:FREQ=DAILY\nSUMMARY:Alarm\nEND:VALARM\nSUMMARY:Christmas"), 0, 0,
			"2026-12-25 Christmas",
		},
		{
			"other components", "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE\n" +
				"BEGIN:VTODO\nDTSTART:20260101\nEND:VTODO\nEND:VCALENDAR\n" + file("DTSTART:20261225"), 0, 0, "2026-12-25",
		},
		{
			"equal ones merge, in order", file("DTSTART:20260501\nSUMMARY:b", "DTSTART:20260501\nSUMMARY:a", "DTSTART:20260501\nSUMMARY:b", "DTSTART:20260101\nSUMMARY:z"),
			0, 0, "2026-01-01 z; 2026-05-01 a; 2026-05-01 b",
		},
		{"transparent", file("DTSTART:20261225\nTRANSP:TRANSPARENT"), 0, 0, "2026-12-25"},

		// Recurrence.
		{"the fourth Thursday of November", file("DTSTART;VALUE=DATE:20111124\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:T"), 0, 0, "2026-11-26 T; 2027-11-25 T; 2028-11-23 T"},
		{"the last Monday of May", file("DTSTART:19700525\nRRULE:FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5"), 0, 0, "2026-05-25; 2027-05-31; 2028-05-29"},
		{"since long ago", file("DTSTART:16010101\nRRULE:FREQ=YEARLY"), 0, 0, "2026-01-01; 2027-01-01; 2028-01-01"},
		{"all that may be", file("DTSTART:19000101\nRRULE:FREQ=YEARLY;INTERVAL=100"), 1900, 2200, "1900-01-01; 2000-01-01; 2100-01-01; 2200-01-01"},
		{"leap days", file("DTSTART:20240229\nRRULE:FREQ=YEARLY"), 0, 0, "2028-02-29"},
		{"Easter is a list", file("DTSTART:20260406\nRDATE;VALUE=DATE:20270329,20280417\nRDATE;VALUE=DATE:20290402"), 0, 0, "2026-04-06; 2027-03-29; 2028-04-17"},
		{"exceptions", file("DTSTART:20260101\nRRULE:FREQ=YEARLY\nRDATE:20260601\nEXDATE;VALUE=DATE:20270101,20260601\nEXDATE:20300101"), 0, 0, "2026-01-01; 2028-01-01"},
		{"an exception for the first", file("DTSTART:20260101\nRRULE:FREQ=YEARLY\nEXDATE:20260101"), 0, 0, "2027-01-01; 2028-01-01"},
		{"exceptions with a time", file("DTSTART:20260101\nRRULE:FREQ=YEARLY\nEXDATE;TZID=W. Europe Standard Time:20270101T000000\nEXDATE:20280101T000000Z"), 0, 0, "2026-01-01"},
		{"count", file("DTSTART:20250101\nRRULE:FREQ=YEARLY;COUNT=3"), 0, 0, "2026-01-01; 2027-01-01"},
		{"the first counts although its rule does not give it", file("DTSTART:20260102\nRRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1;COUNT=2"), 0, 0, "2026-01-02; 2026-05-01"},
		{"count of one", file("DTSTART:20260102\nRRULE:FREQ=DAILY;COUNT=1"), 0, 0, "2026-01-02"},
		{"until a date", file("DTSTART:20260101\nRRULE:FREQ=YEARLY;UNTIL=20270101"), 0, 0, "2026-01-01; 2027-01-01"},
		{"until the end of a day", file("DTSTART:20260101\nRRULE:FREQ=YEARLY;UNTIL=20270101T235959Z"), 0, 0, "2026-01-01; 2027-01-01"},
		{"it began after the years", file("DTSTART:20300101\nRRULE:FREQ=YEARLY"), 0, 0, ""},
		{"several days, that recur", file("DTSTART:20201230\nDURATION:P3D\nRRULE:FREQ=YEARLY;INTERVAL=2"), 2027, 2027, "2027-01-01"},
		{"a week without a weekday means that of the first", file("DTSTART:20260812\nRRULE:FREQ=YEARLY;BYWEEKNO=33"), 0, 0, "2026-08-12; 2027-08-18; 2028-08-16"},
		{"weekdays with and without a number", file("DTSTART:20260105\nRRULE:FREQ=MONTHLY;BYDAY=MO,1TU;UNTIL=20260131"), 0, 0, "2026-01-05; 2026-01-06; 2026-01-12; 2026-01-19; 2026-01-26"},
		{"the last weekday of a month", file("DTSTART:20260130\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"), 0, 0, "2026-01-30; 2026-02-27; 2026-03-31"},
		{"times of day are ignored", file("DTSTART:20260101\nRRULE:FREQ=YEARLY;BYHOUR=9,10;BYMINUTE=30;BYSECOND=0;COUNT=2;"), 0, 0, "2026-01-01; 2027-01-01"},
		{
			"one is moved", file("UID:a\nDTSTART:20260101\nRRULE:FREQ=YEARLY\nSUMMARY:New Year", "UID:a\nRECURRENCE-ID;VALUE=DATE:20270101\nDTSTART:20270102\nSUMMARY:Moved"), 0, 0,
			"2026-01-01 New Year; 2027-01-02 Moved; 2028-01-01 New Year",
		},
		{
			"one is moved, said before", file("UID:a\nRECURRENCE-ID:20270101\nDTSTART:20270102", "UID:b\nRECURRENCE-ID:20280101\nDTSTART:20280701", "UID:a\nDTSTART:20260101\nRRULE:FREQ=YEARLY"), 0, 0,
			"2026-01-01; 2027-01-02; 2028-01-01; 2028-07-01",
		},
		{"one is cancelled", file("UID:a\nDTSTART:20260101\nRRULE:FREQ=YEARLY", "UID:a\nRECURRENCE-ID:20270101\nDTSTART:20270101\nSTATUS:CANCELLED"), 0, 0, "2026-01-01; 2028-01-01"},
		{"without a UID nothing is replaced", file("DTSTART:20260101", "RECURRENCE-ID:20260101\nDTSTART:20260102"), 0, 0, "2026-01-01; 2026-01-02"},
		{"what is cancelled may be broken", file("STATUS:Cancelled\nRRULE:?", "DTSTART:20260101"), 0, 0, "2026-01-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.from == 0 {
				c.from, c.to = 2026, 2028
			}
			list, err := ical.Holidays(strings.NewReader(c.text), c.from, c.to, nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, shown(list))
		})
	}
}

func TestSkipped(t *testing.T) {
	text := file(
		"UID:1\nDTSTART:20260101\nSUMMARY:New\n  Year\nCATEGORIES:Public,a\\,b\nCATEGORIES: Rest \nDESCRIPTION:x\\ny",
		"UID:2\nDTSTART:20260102\nSTATUS:CANCELLED",
		"UID:3\nDTSTART;TZID=Nowhere/Land:20260103T000000\nDTEND;TZID=Nowhere/Land:20260104T000000",
		"UID:4\nDTSTART:20260104T000000Z",
		"UID:5\nDTSTART:20260105\nTRANSP:TRANSPARENT",
		"UID:6\nDTSTART:20260106\nRRULE:broken\nSUMMARY:refused",
		"UID:7\nDTSTART:20250107",
		"UID:8\nDTSTART:20260108\nEXDATE:20260108",
	)
	var told []string
	var kept []ical.Event
	list, err := ical.Holidays(strings.NewReader(text), 2026, 2026, &ical.Options{
		SkipTransparent: true,
		Keep: func(e ical.Event) bool {
			if e.UID == "1" {
				kept = append(kept, e)
			}
			return e.Summary != "refused"
		},
		Skipped: func(e ical.Event, why ical.Reason) { told = append(told, fmt.Sprint(e.UID, " ", why, " ", e.Line)) },
	})
	require.NoError(t, err)
	assert.Equal(t, "2026-01-01 New Year", shown(list))
	assert.Equal(t, []string{"2 cancelled 13", "3 timed 18", "4 timed 23", "5 transparent 27", "6 refused 32", "7 outside 38", "8 outside 42"}, told)
	assert.Equal(t, []ical.Event{{UID: "1", Summary: "New Year", Description: "x\ny", Categories: []string{"Public", "a,b", "Rest"}, Line: 4}}, kept)
}

func TestReasons(t *testing.T) {
	assert.Len(t, ical.Reasons(), 5)
}

func TestDates(t *testing.T) {
	assert.Empty(t, ical.Dates(nil))
	list := []ical.Holiday{{"2026-05-01", "b"}, {"2026-01-01", "z"}, {"2026-05-01", "a"}}
	assert.Equal(t, []sla.Date{"2026-01-01", "2026-05-01"}, ical.Dates(list))
	assert.Equal(t, ical.Holiday{"2026-05-01", "b"}, list[0], "the list is left alone")
}

// endless is a file that never ends.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	return n, nil
}

var _ io.Reader = endless{}
