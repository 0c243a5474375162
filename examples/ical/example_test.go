package ical_test

import (
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/itsmkit/itsm/examples/ical"
	"github.com/itsmkit/itsm/sla"
)

// check keeps the examples short; a program handles its errors.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// What is due jumps over the holidays of a feed.
func ExampleHolidays() {
	const feed = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//holidays//EN
BEGIN:VEVENT
UID:thanksgiving@example.com
DTSTART;VALUE=DATE:20201126
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
SUMMARY:Thanksgiving
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:shutdown@example.com
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20270102
SUMMARY:Between the years
END:VEVENT
BEGIN:VEVENT
UID:party@example.com
DTSTART;TZID=America/New_York:20261120T170000
SUMMARY:Party
END:VEVENT
END:VCALENDAR
`
	list, err := ical.Holidays(strings.NewReader(feed), 2026, 2026, &ical.Options{
		Skipped: func(e ical.Event, why ical.Reason) { fmt.Printf("%s: %s\n", e.Summary, why) },
	})
	check(err)
	for _, h := range list[:2] {
		fmt.Println(h.Date, h.Name)
	}
	office, err := sla.NewCalendar(sla.Hours{
		Zone:     "America/New_York",
		Week:     sla.Weekdays(sla.Span{"09:00", "17:00"}),
		Holidays: ical.Dates(list),
	})
	check(err)
	newYork, err := time.LoadLocation("America/New_York")
	check(err)
	opened := time.Date(2026, 11, 25, 15, 0, 0, 0, newYork) // a Wednesday
	fmt.Println("due", office.Add(opened, 4*time.Hour).Format("Mon 2 Jan 15:04"))
	// Output:
	// Party: timed
	// 2026-11-26 Thanksgiving
	// 2026-12-24 Between the years
	// due Fri 27 Nov 11:00
}

// Only the events that are public holidays of one land.
func ExampleOptions() {
	const feed = `BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260106
SUMMARY:Epiphany
DESCRIPTION:Public holiday in Bavaria
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260214
SUMMARY:Valentine's Day
DESCRIPTION:Observance
END:VEVENT
END:VCALENDAR
`
	list, err := ical.Holidays(strings.NewReader(feed), 2026, 2026, &ical.Options{
		Keep: func(e ical.Event) bool {
			return e.Description == "Public holiday" || strings.Contains(e.Description, "Bavaria")
		},
		Skipped: func(e ical.Event, why ical.Reason) { fmt.Println(why, e.Summary) },
	})
	check(err)
	fmt.Println(list)
	// Output:
	// refused Valentine's Day
	// [{2026-01-06 Epiphany}]
}

// A calendar's holidays for others to subscribe to.
func ExampleWrite() {
	stamp := time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC)
	check(ical.Write(unix{}, stamp, []ical.Holiday{{Date: "2026-12-25", Name: "Christmas"}}))
	// Output:
	// BEGIN:VCALENDAR
	// VERSION:2.0
	// PRODID:-//itsmkit//itsm examples/ical//EN
	// BEGIN:VEVENT
	// UID:20261225-68d3ab4c9e2afbdb@itsmkit
	// DTSTAMP:20260102T080000Z
	// DTSTART;VALUE=DATE:20261225
	// SUMMARY:Christmas
	// TRANSP:TRANSPARENT
	// END:VEVENT
	// END:VCALENDAR
}

// unix prints what is written without the carriage returns.
type unix struct{}

func (unix) Write(p []byte) (int, error) {
	_, err := os.Stdout.WriteString(strings.ReplaceAll(string(p), "\r", ""))
	return len(p), err
}
