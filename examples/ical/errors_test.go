package ical_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/ical"
)

// Each with the line, the field, and the beginning of the problem.
func TestErrors(t *testing.T) {
	const begin = "UID:u\nSUMMARY:Day\n" // the event's own lines follow from line 7 on
	for _, c := range []struct {
		name  string
		text  string
		line  int
		field string
		says  string
	}{
		{"empty", "", 1, "file", "is empty"},
		{"a web page", "<!DOCTYPE html>\n<html>", 1, "file", `neither a property, NAME:value, nor the continuation of one, which begins with a space, in "<!DOCTYPE html>"`},
		{"begins with something else", "BEGIN:VEVENT\nEND:VEVENT", 1, "BEGIN", `"VEVENT"; a file is`},
		{"a calendar in one", "BEGIN:VCALENDAR\nBEGIN:VCALENDAR", 2, "BEGIN", `"VCALENDAR"`},
		{"outside", "VERSION:2.0\nBEGIN:VCALENDAR", 1, "VERSION", "stands outside"},
		{"after the end", file() + "X:1", 5, "X", "stands outside"},
		{"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101", 2, "file", "ends within the VEVENT that begins here"},
		{"cut off by one", strings.TrimSuffix(file(), "END:VCALENDAR\n"), 1, "file", "ends within the VCALENDAR"},
		{"wrong end", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", 3, "END", `"VCALENDAR", where VEVENT is open since line 2`},
		{"another calendar", "BEGIN:VCALENDAR\nCALSCALE:HEBREW\nEND:VCALENDAR", 2, "CALSCALE", `"HEBREW"; only GREGORIAN`},
		{"no colon", file("DTSTART"), 5, "file", "neither"},
		{"no name", file(":x"), 5, "file", "neither"},
		{"parameter without a value", file("DTSTART;VALUE:20260101"), 5, "DTSTART", "a parameter that is not NAME=value"},
		{"parameter without a name", file("DTSTART;=DATE:20260101"), 5, "DTSTART", "a parameter that is not NAME=value"},
		{"parameter without an end", file("DTSTART;VALUE=DATE"), 5, "DTSTART", "parameter VALUE has no end"},
		{"quote without an end", file(`DTSTART;X="a:20260101`), 5, "DTSTART", "parameter X has no end"},
		{"no start", file(begin), 4, "DTSTART", "missing"},
		{"start twice", file(begin + "DTSTART:20260101\nDTSTART:20260102"), 8, "DTSTART", "given twice, also on line 7"},
		{"no such date", file(begin + "DTSTART:20260230"), 7, "DTSTART", `"20260230"; must be a date`},
		{"not a date", file(begin + "DTSTART;VALUE=DATE:2026-01-01"), 7, "DTSTART", `"2026-01-01"; must be a date`},
		{"year 0", file(begin + "DTSTART:00000101"), 7, "DTSTART", `"00000101"; must be a date`},
		{"not a time", file(begin + "DTSTART:tomorrow"), 7, "DTSTART", `"TOMORROW"; must be a date`},
		{"a number as a time", file(begin + "DTSTART:6"), 7, "DTSTART", `"6"; must be a date, 20261225, or a time`},
		{"no such time", file(begin + "DTSTART:20260101T250000"), 7, "DTSTART", `"20260101T250000"; must be a date, 20261225, or a time`},
		{"ends before", file(begin + "DTSTART:20260102\nDTEND:20260101"), 8, "DTEND", `"20260101" is before DTSTART`},
		{"end is no date", file(begin + "DTSTART:20260102\nDTEND:x"), 8, "DTEND", `"X"; must be a date`},
		{"two ends", file(begin + "DTSTART:20260102\nDTEND:20260103\nDURATION:P1D"), 9, "DURATION", `"P1D" beside a DTEND`},
		{"half a day", file(begin + "DTSTART:20260102\nDURATION:PT12H"), 8, "DURATION", `"PT12H"; must be whole days`},
		{"negative", file(begin + "DTSTART:20260102\nDURATION:-P1D"), 8, "DURATION", `"-P1D"; must be`},
		{"too long", file(begin + "DTSTART:20260102\nDURATION:P99999999999999999999W"), 8, "DURATION", `"P99999`},
		{"no duration", file(begin + "DTSTART:20260102\nDURATION:P"), 8, "DURATION", `"P"; must be`},
		{"duration without a unit", file(begin + "DTSTART:20260102\nDURATION:P1"), 8, "DURATION", `"P1"; must be`},
		{"EXDATE in UTC", file(begin + "DTSTART:20260102\nEXDATE:20260101T230000Z"), 8, "EXDATE", `"20260101T230000Z"; must be a date: which one that time is depends on a zone`},
		{"EXDATE is no date", file(begin + "DTSTART:20260102\nEXDATE:20260103,"), 8, "EXDATE", `""; must be a date`},
		{"RDATE is a period", file(begin + "DTSTART:20260102\nRDATE;VALUE=PERIOD:20260101T000000Z/P1D"), 8, "RDATE", `"20260101T000000Z/P1D"; must be a date`},
		{"EXRULE", file(begin + "DTSTART:20260102\nEXRULE:FREQ=DAILY"), 8, "EXRULE", "not read"},
		{"this and future", file(begin+"DTSTART:20260102", "UID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260102\nDTSTART:20260102"), 11, "RECURRENCE-ID", "RANGE is not read"},
		{"RECURRENCE-ID in UTC", file(begin+"DTSTART:20260102", "UID:u\nRECURRENCE-ID:20260101T230000Z\nDTSTART:20260102"), 11, "RECURRENCE-ID", "must be a date: which"},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.text, nil, c.line, c.field, c.says) })
	}
}

func TestRuleErrors(t *testing.T) {
	for _, c := range []struct{ rule, says string }{
		{"", "has no FREQ"},
		{"INTERVAL=2", "has no FREQ"},
		{"FREQ=DAILY;FREQ=DAILY", `"FREQ=DAILY"; each part`},
		{"FREQ", `"FREQ"; each part`},
		{"FREQ=SECONDLY", `FREQ="SECONDLY"; must be DAILY`},
		{"FREQ=DAILY;COUNT=2;UNTIL=20270101", "has COUNT and UNTIL"},
		{"FREQ=DAILY;COUNT=0", `COUNT with "0"; must be`},
		{"FREQ=DAILY;COUNT=99999999999999999999", `COUNT with "99999999999999999999"`},
		{"FREQ=DAILY;INTERVAL=-1", `INTERVAL with "-1"; must be`},
		{"FREQ=MONTHLY;INTERVAL=9223372036854775807", `INTERVAL with`},
		{"FREQ=DAILY;UNTIL=soon", `UNTIL="SOON"; must be a date`},
		{"FREQ=DAILY;UNTIL=20261231T230000Z", `UNTIL="20261231T230000Z"; must be a date: which`},
		{"FREQ=WEEKLY;WKST=1MO", `WKST="1MO"; must be a weekday`},
		{"FREQ=MONTHLY;BYDAY=XX", `BYDAY with "XX"`},
		{"FREQ=MONTHLY;BYDAY=", `BYDAY with ""`},
		{"FREQ=MONTHLY;BYDAY=0MO", `BYDAY with "0"`},
		{"FREQ=MONTHLY;BYDAY=53MO", `BYDAY="53MO"; a month has five`},
		{"FREQ=YEARLY;BYMONTH=12;BYDAY=-53MO", `BYDAY="-53MO"; a month has five`},
		{"FREQ=YEARLY;BYDAY=54MO", `BYDAY with "54"`},
		{"FREQ=WEEKLY;BYDAY=1MO", `BYDAY="1MO"; weekdays have a number only`},
		{"FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", `BYDAY="1MO"; weekdays have a number only`},
		{"FREQ=YEARLY;BYMONTH=13", `BYMONTH with "13"`},
		{"FREQ=YEARLY;BYMONTH=-1", `BYMONTH with "-1"`},
		{"FREQ=YEARLY;BYMONTHDAY=0", `BYMONTHDAY with "0"`},
		{"FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go"},
		{"FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY goes only"},
		{"FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO goes only"},
		{"FREQ=YEARLY;BYSETPOS=1", "BYSETPOS must have"},
		{"FREQ=YEARLY;BYEASTER=1", `"BYEASTER" is not a part`},
		{"RSCALE=HEBREW;FREQ=YEARLY", `"RSCALE" is not a part`},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes true"},
		{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never comes true"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			fails(t, file("UID:u\nSUMMARY:Day\nDTSTART:20260101\nRRULE:"+c.rule), nil, 8, "RRULE", c.says)
		})
	}
}

// fails reads a text that is wrong.
func fails(t *testing.T, text string, o *ical.Options, line int, field, says string) {
	t.Helper()
	list, err := ical.Holidays(strings.NewReader(text), 2026, 2028, o)
	require.Error(t, err)
	assert.Nil(t, list)
	require.ErrorIs(t, err, itsm.ErrInvalid)
	var where *ical.Error
	require.ErrorAs(t, err, &where)
	var what *itsm.FieldError
	require.ErrorAs(t, err, &what)
	assert.Equal(t, line, where.Line, err)
	assert.Equal(t, field, what.Field, err)
	assert.Contains(t, what.Problem, says)
	if strings.Contains(text, "UID:u") {
		assert.Equal(t, "u", where.UID)
	}
}

func TestErrorText(t *testing.T) {
	_, err := ical.Holidays(strings.NewReader(file("UID:7@example.com\nSUMMARY:New Year\nDTSTART:20261301")), 2026, 2026, nil)
	assert.EqualError(t, err, `ical: line 7, event "7@example.com" "New Year": DTSTART: "20261301"; must be a date, 20261225`)
	_, err = ical.Holidays(strings.NewReader("?"), 2026, 2026, nil)
	assert.EqualError(t, err, `ical: line 1: file: neither a property, NAME:value, nor the continuation of one, which begins with a space, in "?"`)
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		from, to int
		o        *ical.Options
		field    string
	}{
		{0, 0, nil, "from"},
		{1899, 2026, nil, "from"},
		{2201, 2201, nil, "from"},
		{2026, 2201, nil, "to"},
		{2026, 2025, nil, "to"},
		{2026, 2026, &ical.Options{MaxBytes: -1}, "MaxBytes"},
		{2026, 2026, &ical.Options{MaxDates: -1}, "MaxDates"},
	} {
		_, err := ical.Holidays(strings.NewReader(file()), c.from, c.to, c.o)
		var what *itsm.FieldError
		require.ErrorAs(t, err, &what)
		assert.Equal(t, c.field, what.Field)
	}
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("line is dead")
	r := io.MultiReader(strings.NewReader("BEGIN:VCALENDAR\n"), iotest.ErrReader(broken))
	_, err := ical.Holidays(r, 2026, 2026, nil)
	require.ErrorIs(t, err, broken)
	assert.NotErrorIs(t, err, itsm.ErrInvalid)
	list, err := ical.Holidays(iotest.OneByteReader(strings.NewReader(file("DTSTART:20260101"))), 2026, 2026, nil)
	require.NoError(t, err)
	assert.Len(t, list, 1)
}

// What a hostile file can cost is bounded.
func TestBounds(t *testing.T) {
	t.Run("bytes", func(t *testing.T) {
		text := file("DTSTART:20260101")
		_, err := ical.Holidays(strings.NewReader(text), 2026, 2026, &ical.Options{MaxBytes: int64(len(text))})
		require.NoError(t, err)
		fails(t, text, &ical.Options{MaxBytes: int64(len(text)) - 1}, 7, "file", "longer than")
	})
	t.Run("bytes, when nothing is said", func(t *testing.T) {
		_, err := ical.Holidays(io.MultiReader(strings.NewReader("BEGIN:VCALENDAR\nX:"), endless{"x"}), 2026, 2026, nil)
		require.ErrorContains(t, err, "longer than 16777216 bytes")
	})
	for name, r := range map[string]io.Reader{
		"folded": endless{"\n "}, "blank": endless{"\n"}, "deep": endless{"BEGIN:X\n"},
	} {
		t.Run("endless, "+name, func(t *testing.T) {
			_, err := ical.Holidays(io.MultiReader(strings.NewReader("BEGIN:VCALENDAR\nX:"), r), 2026, 2026, &ical.Options{MaxBytes: 1 << 20})
			require.ErrorContains(t, err, "longer than 1048576 bytes")
		})
	}
	t.Run("dates", func(t *testing.T) {
		const daily = "UID:u\nDTSTART:20260101\nRRULE:FREQ=DAILY"
		list, err := ical.Holidays(strings.NewReader(file(daily)), 2026, 2028, &ical.Options{MaxDates: 1096})
		require.NoError(t, err)
		assert.Len(t, list, 1096)
		fails(t, file(daily), &ical.Options{MaxDates: 1095}, 4, "VEVENT", "more than 1095 dates")
		long := file("UID:u\nDTSTART:00010101\nDTEND:99991231")
		fails(t, long, &ical.Options{MaxDates: 1095}, 4, "VEVENT", "more than 1095 dates")
		list, err = ical.Holidays(strings.NewReader(long), 2026, 2028, nil)
		require.NoError(t, err)
		assert.Len(t, list, 1096)
		_, err = ical.Holidays(strings.NewReader(file("DTSTART:00010101\nRRULE:FREQ=DAILY")), 1900, 2200, nil)
		require.ErrorContains(t, err, "more than 10000 dates")
	})
	t.Run("recurrence", func(t *testing.T) {
		for _, rule := range []string{
			"DTSTART:16010101\nRRULE:FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;INTERVAL=2",    // many days for one date
			"DTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", // far beyond the years
			"DTSTART:20260101\nRRULE:FREQ=YEARLY;INTERVAL=9000",                    // until the library gives up
		} {
			text := file(strings.Repeat(rule+"\nEND:VEVENT\nBEGIN:VEVENT\n", 10_000) + rule)
			_, err := ical.Holidays(strings.NewReader(text), 2026, 2028, nil)
			require.ErrorContains(t, err, "reach over more than 100000 years")
		}
	})
	t.Run("replacements", func(t *testing.T) {
		one := "UID:u\nDTSTART:20250101\nEND:VEVENT\nBEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260101\nDTSTART:20250102\nEND:VEVENT\nBEGIN:VEVENT\n"
		begin := time.Now()
		_, err := ical.Holidays(strings.NewReader(file(strings.Repeat(one, 50_000)+"DTSTART:20260101")), 2026, 2028, nil)
		require.NoError(t, err)
		assert.Less(t, time.Since(begin), time.Minute, "it is not quadratic")
	})
}
