package ical_test

import (
	"fmt"
	"slices"

	"github.com/itsmkit/itsm/sla"
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"
)

// Which date of a holiday closes the office: the one it falls on, or the one on
// which it is observed.
const (
	actual   = false
	observed = true
)

// rickarDates is the dates of holidays of github.com/rickar/cal in some years. The
// years around are asked too: New Year 2028 is a Saturday and observed on the Friday
// before, in 2027.
func rickarDates(holidays []*cal.Holiday, from, to int, isObserved bool) []sla.Date {
	var dates []sla.Date
	for year := from - 1; year <= to+1; year++ {
		for _, h := range holidays {
			date, observed := h.Calc(year)
			if isObserved {
				date = observed
			}
			if !date.IsZero() && from <= date.Year() && date.Year() <= to { // zero: not in that year
				dates = append(dates, sla.DateOf(date))
			}
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// Holidays by calculation instead of a file: those of the United States in
// github.com/rickar/cal.
func Example_rickar() {
	holidays := []*cal.Holiday{us.NewYear, us.IndependenceDay, us.ThanksgivingDay, us.ChristmasDay}
	fmt.Println(rickarDates(holidays, 2026, 2027, actual))
	closed := rickarDates(holidays, 2026, 2027, observed)
	fmt.Println(closed)
	office, err := sla.NewCalendar(sla.Hours{
		Zone:     "America/New_York",
		Week:     sla.Weekdays(sla.Span{"09:00", "17:00"}),
		Holidays: closed,
	})
	check(err)
	fmt.Println(len(office.Hours().Holidays))
	// Output:
	// [2026-01-01 2026-07-04 2026-11-26 2026-12-25 2027-01-01 2027-07-04 2027-11-25 2027-12-25]
	// [2026-01-01 2026-07-03 2026-11-26 2026-12-25 2027-01-01 2027-07-05 2027-11-25 2027-12-24 2027-12-31]
	// 9
}
