package ical_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/ical"
)

// Whatever is read, there are valid dates in order, or an error with a line. What
// was read can be written, and is read again as it was.
func FuzzHolidays(f *testing.F) {
	for _, text := range []string{
		file("UID:a\nDTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanks\\, giv\n ing\nEXDATE:20211125"),
		file("UID:a\nRECURRENCE-ID:20221124\nDTSTART:20221125\nDURATION:P2D", "DTSTART:20200101\nDTEND:20200103\nRDATE:20210101,20220101\nTRANSP:TRANSPARENT"),
		file("DTSTART:20200101\nRRULE:FREQ=YEARLY;BYWEEKNO=1,-1,53;BYDAY=MO,SU;WKST=SU;COUNT=5", "DTSTART;TZID=X:20200101T010000\nSTATUS:CANCELLED"),
		file("DTSTART:20200101\nRRULE:FREQ=YEARLY;BYDAY=53MO,-53TU,WE;INTERVAL=2;UNTIL=20300101", "DTSTART:20200101\nRRULE:FREQ=MONTHLY;BYSETPOS=-1,1;BYMONTHDAY=-31,31"),
		file("DTSTART:20200101\nRRULE:FREQ=YEARLY;BYYEARDAY=-366,366,1", "DTSTART:20200101\nRRULE:FREQ=WEEKLY;BYDAY=MO,SU;BYSETPOS=1;WKST=WE;INTERVAL=146400"),
	} {
		f.Add([]byte(text), 2000, 2030)
	}
	f.Fuzz(func(t *testing.T, text []byte, from, to int) {
		list, err := ical.Holidays(bytes.NewReader(text), from, to, &ical.Options{Skipped: func(_ ical.Event, why ical.Reason) {
			if !slices.Contains(ical.Reasons(), why) {
				t.Errorf("skipped: %q", why)
			}
		}})
		if err != nil {
			var where *ical.Error
			if !errors.Is(err, itsm.ErrInvalid) || errors.As(err, &where) && where.Line < 1 {
				t.Errorf("not a typed error: %#v", err)
			}
			return
		}
		for i, h := range list {
			d, err := time.Parse(time.DateOnly, string(h.Date))
			if err != nil || d.Year() < from || d.Year() > to {
				t.Errorf("date %q", h.Date)
			}
			if i > 0 && h.Date < list[i-1].Date {
				t.Errorf("%v after %v", h, list[i-1])
			}
		}
		var written bytes.Buffer
		if err := ical.Write(&written, time.Unix(0, 0), list); err != nil {
			t.Fatal(err)
		}
		again, err := ical.Holidays(&written, from, to, nil)
		if err != nil || !slices.Equal(ical.Dates(again), ical.Dates(list)) {
			t.Errorf("written and read again: %v %v", again, err)
		}
	})
}
