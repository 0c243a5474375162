package sla_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// promise is a version with one target.
func promiseOf(number string, kind sla.Kind, hours *sla.Hours, targets ...sla.Target) sla.Version {
	terms := sla.Terms{Targets: targets}
	if hours != nil {
		terms.Calendars, terms.Calendar = map[string]sla.Hours{"hours": *hours}, "hours"
	}
	for i := range terms.Targets {
		if terms.Targets[i].Name == "" {
			terms.Targets[i].Name = fmt.Sprint("target ", i)
		}
		terms.Targets[i].Metric = sla.Resolution
	}
	return sla.Version{Agreement: number, Number: 1, Kind: kind, Party: number, From: year2026, Terms: terms}
}

func aligned(t testing.TB, from, until time.Time, versions ...sla.Version) []sla.Misalignment {
	t.Helper()
	book, err := sla.NewBook(sla.DefaultAgreementPolicy().Schema, versions...)
	require.NoError(t, err)
	list, err := book.Align(from, until)
	require.NoError(t, err)
	return list
}

func berlinOffice() *sla.Hours {
	return &sla.Hours{Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-12-25"}}
}

func within(d string) sla.Target { return sla.Target{Within: d} }

// TestISO_8_3_4_1_SupplierTargetsAreAlignedWithCustomers compares pairs over a year.
func TestISO_8_3_4_1_SupplierTargetsAreAlignedWithCustomers(t *testing.T) {
	next := year2026.AddDate(1, 0, 0)
	pair := func(c, s sla.Version) []sla.Misalignment { return aligned(t, year2026, next, c, s) }
	customer := promiseOf("SLA", sla.ServiceLevel, berlinOffice(), within("8h"))

	require.Empty(t, pair(customer, promiseOf("UC", sla.Underpinning, berlinOffice(), within("8h"))), "the same time")
	require.Empty(t, pair(customer, promiseOf("UC", sla.Underpinning, nil, within("8h"))), "around the clock is never later")
	require.Empty(t, pair(customer, promiseOf("SLA2", sla.ServiceLevel, berlinOffice(), within("80h"))), "two customers")

	longer := pair(customer, promiseOf("UC", sla.Underpinning, berlinOffice(), within("8h0.000001s")))
	require.Len(t, longer, 1)
	require.Equal(t, "UC", longer[0].Supplier.Agreement)

	// The supplier has the same hours but another holiday: only around that date is he
	// late, by the time from the close before it to the end of the day after.
	holiday := berlinOffice()
	holiday.Holidays = append(holiday.Holidays, "2026-05-27") // a Wednesday
	found := pair(customer, promiseOf("UC", sla.Underpinning, holiday, within("8h")))
	require.Len(t, found, 1)
	require.Equal(t, 24*oneHour, found[0].Excess())
	require.Equal(t, "2026-05-26T07:00:00.000001Z", found[0].Start.Format(time.RFC3339Nano), "the first start whose eight hours do not fit the day before")
	require.Empty(t, aligned(t, year2026, time.Date(2026, time.May, 26, 7, 0, 0, 1000, time.UTC), customer, promiseOf("UC", sla.Underpinning, holiday, within("8h"))))

	// A deadline against a time: 16:00 on the next business day is up to 15 working
	// hours away, and no more than 7.
	byNext := sla.Target{By: sla.Deadline{Days: 1, At: "16:00"}}
	require.Empty(t, pair(promiseOf("SLA", sla.ServiceLevel, berlinOffice(), byNext), promiseOf("OLA", sla.OperationalLevel, berlinOffice(), within("7h"))))
	found = pair(promiseOf("SLA", sla.ServiceLevel, berlinOffice(), byNext), promiseOf("OLA", sla.OperationalLevel, berlinOffice(), within("7h0.000001s")))
	require.Len(t, found, 1)
	require.Empty(t, pair(promiseOf("SLA", sla.ServiceLevel, berlinOffice(), within("15h")), promiseOf("OLA", sla.OperationalLevel, berlinOffice(), byNext)))
	require.Len(t, pair(promiseOf("SLA", sla.ServiceLevel, berlinOffice(), within("14h59m")), promiseOf("OLA", sla.OperationalLevel, berlinOffice(), byNext)), 1)
}

// TestAlignLooksOnlyAtTheSameWork has targets that are, or are not, for the same work.
func TestAlignLooksOnlyAtTheSameWork(t *testing.T) {
	next := year2026.AddDate(1, 0, 0)
	one, two := sla.Is("priority", itsm.IntValue(1)), sla.Is("priority", itsm.IntValue(2))
	target := func(name string, when sla.Condition, d string) sla.Target {
		return sla.Target{Name: name, When: when, Within: d}
	}
	pairs := func(versions ...sla.Version) []string {
		list := []string{}
		for _, m := range aligned(t, year2026, next, versions...) {
			text := m.Customer.Target + " " + m.Supplier.Target
			if m.Undecided != "" {
				text += " undecided"
			}
			list = append(list, text)
		}
		return list
	}
	customer := promiseOf("SLA", sla.ServiceLevel, nil, target("P1", one, "1h"), target("P2", two, "4h"), target("rest", sla.Condition{}, "9h"))
	supplier := func(targets ...sla.Target) sla.Version {
		return promiseOf("UC", sla.Underpinning, nil, targets...)
	}
	require.Empty(t, pairs(customer, supplier(target("p1", one, "1h"), target("p2", two, "4h"), target("rest", sla.Condition{}, "9h"))))
	require.Equal(t, []string{"P1 all", "P2 all"}, pairs(customer, supplier(target("all", sla.Condition{}, "8h"))))
	require.Equal(t, []string{"P2 rest"}, pairs(customer, supplier(target("p1", one, "1h"), target("rest", sla.Condition{}, "9h"))), "a more specific one takes P1")
	require.Equal(t, []string{"P1 p1"}, pairs(customer, supplier(target("p1", one, "2h"), target("rest", sla.Condition{}, "1h"))))
	require.Empty(t, pairs(customer, supplier(target("p1 a", one, "2h"), target("p1 b", one, "1h"))), "of two the shorter one counts")
	require.Equal(t, []string{"P1 p1 a", "P1 p1 b"}, pairs(customer, supplier(target("p1 a", one, "3h"), target("p1 b", one, "2h"))))

	special := promiseOf("SLA", sla.ServiceLevel, nil, target("P1", one, "4h"), target("rest", sla.Condition{}, "1h"))
	require.Empty(t, pairs(special, supplier(target("p1", one, "4h"))), "the rest is not P1")

	// Other services, other metrics, other times.
	elsewhere := supplier(target("all", sla.Condition{}, "99h"))
	elsewhere.Terms.Services = []itsm.Ref{{Kind: "ci", ID: "dns"}}
	ofMail := promiseOf("SLA", sla.ServiceLevel, nil, target("P1", one, "1h"))
	ofMail.Terms.Services = []itsm.Ref{mailService}
	require.Empty(t, pairs(ofMail, elsewhere))
	elsewhere.Terms.Services = append(elsewhere.Terms.Services, mailService)
	require.Equal(t, []string{"P1 all"}, pairs(ofMail, elsewhere))
	response := supplier(target("all", sla.Condition{}, "99h"))
	response.Terms.Targets[0].Metric = sla.Response
	require.Empty(t, pairs(customer, response))
	later := supplier(target("all", sla.Condition{}, "99h"))
	later.From = next
	require.Empty(t, pairs(customer, later))
	later.From = next.Add(-oneHour)
	found := aligned(t, year2026, next, customer, later)
	require.Len(t, found, 3)
	require.False(t, found[0].Start.Before(later.From))
	require.Equal(t, "priority 1", found[0].Work.String())

	// Deadlines in fields.
	due := func(field string) sla.Target { return sla.Target{Name: "due", By: sla.Deadline{Field: field}} }
	byField := promiseOf("SLA", sla.ServiceLevel, nil, due("responded"))
	require.Empty(t, pairs(byField, supplier(due("responded"))))
	require.Equal(t, []string{"due all undecided"}, pairs(byField, supplier(target("all", sla.Condition{}, "1h"))))
}

// TestAlignFindsTheWorstAmongVersions splits the span by a version of another
// agreement with the customer: the worst instant is that of the whole span.
func TestAlignFindsTheWorstAmongVersions(t *testing.T) {
	customer := promiseOf("SLA", sla.ServiceLevel, berlinOffice(), within("8h"))
	other := promiseOf("SLB", sla.ServiceLevel, nil, within("999h"))
	other.Party, other.From = customer.Party, year2026.AddDate(0, 6, 0)
	hours := berlinOffice()
	hours.Holidays = append(hours.Holidays, "2026-10-02") // a Friday
	found := aligned(t, year2026, year2026.AddDate(1, 0, 0), customer, other, promiseOf("UC", sla.Underpinning, hours, within("8h0.000001s")))
	require.Len(t, found, 1)
	require.Equal(t, 88*oneHour+time.Microsecond, found[0].Excess())
	require.Equal(t, "2026-09-30T15:00:00Z", found[0].Start.Format(time.RFC3339Nano))
}

func TestAlignRefuses(t *testing.T) {
	book, err := sla.NewBook(nil)
	require.NoError(t, err)
	for field, span := range map[string][2]time.Time{
		"until": {year2026, year2026},
		"from":  {{}, year2026},
	} {
		_, err := book.Align(span[0], span[1])
		itsmtest.RequireField(t, err, field)
	}
	_, err = book.Align(year2026, year2026.AddDate(10, 0, 1))
	itsmtest.RequireField(t, err, "until")
	_, err = book.Align(year2026, time.Time{})
	itsmtest.RequireField(t, err, "until")
}

// TestAlignAgainstSamples holds the exact comparison of random calendars and times
// against due times at very many starts: none is worse than the witness, and the
// witness is what the calendars say.
func TestAlignAgainstSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 341))
	misaligned, fine := 0, 0
	for range 60 {
		span := [2]time.Time{year2026.Add(time.Duration(rng.IntN(300*24)) * oneHour), {}}
		span[1] = span[0].Add(time.Duration(1+rng.IntN(21*24)) * oneHour)
		c, cDue := randomTarget(t, rng)
		s, sDue := randomTarget(t, rng)
		c.Kind, c.Agreement, s.Kind, s.Agreement = sla.ServiceLevel, "SLA", sla.Underpinning, "UC"
		found := aligned(t, span[0], span[1], c, s)
		var worst time.Duration
		if len(found) > 0 {
			m := found[0]
			misaligned++
			require.Empty(t, m.Undecided)
			require.False(t, m.Start.Before(span[0]) || !m.Start.Before(span[1]))
			require.Equal(t, cDue(m.Start), m.Customer.Due)
			require.Equal(t, sDue(m.Start), m.Supplier.Due)
			worst = m.Excess()
			require.Positive(t, worst)
		} else {
			fine++
		}
		try := func(at time.Time) {
			if excess := sDue(at).Sub(cDue(at)); excess > worst {
				t.Fatalf("%v later at %v, but %v was the worst\n%+v\n%+v", excess, at, found, c, s)
			}
		}
		for at := span[0]; at.Before(span[1]); at = at.Add(5 * time.Minute) {
			try(at)
			if micro := at.Add(time.Microsecond); micro.Before(span[1]) {
				try(micro)
			}
			try(at.Add(time.Duration(rng.IntN(int(min(5*time.Minute, span[1].Sub(at))/1000))) * 1000))
		}
	}
	require.Greater(t, misaligned, 15)
	require.Greater(t, fine, 5)
}

// randomTarget is a version with one target, and when that has work due.
func randomTarget(t testing.TB, rng *rand.Rand) (sla.Version, func(time.Time) time.Time) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"}
	var hours *sla.Hours
	var calendar *sla.Calendar
	if rng.IntN(6) > 0 {
		from, length := rng.IntN(14), 2+rng.IntN(8)
		window := sla.Span{fmt.Sprintf("%02d:00", from), fmt.Sprintf("%02d:30", from+length)}
		hours = &sla.Hours{Zone: zones[rng.IntN(len(zones))], Week: sla.Weekdays(window)}
		if rng.IntN(2) == 0 {
			hours.Week.Sat = []sla.Span{{"22:00", "06:00"}}
		}
		for range rng.IntN(3) {
			hours.Holidays = append(hours.Holidays, sla.DateOf(year2026.AddDate(0, 0, rng.IntN(365))))
		}
		var err error
		calendar, err = sla.NewCalendar(*hours)
		require.NoError(t, err)
	}
	if rng.IntN(3) > 0 {
		d := time.Duration(1+rng.IntN(40*60)) * time.Minute
		return promiseOf("X", sla.ServiceLevel, hours, within(d.String())), func(at time.Time) time.Time {
			return calendar.Add(at, d).UTC()
		}
	}
	by := sla.Deadline{Days: rng.IntN(3), At: fmt.Sprintf("%02d:00", rng.IntN(24))}
	zone := time.UTC
	if hours != nil {
		var err error
		zone, err = time.LoadLocation(hours.Zone)
		require.NoError(t, err)
	}
	clock, err := time.Parse("15:04", by.At)
	require.NoError(t, err)
	return promiseOf("X", sla.ServiceLevel, hours, sla.Target{By: by}), func(at time.Time) time.Time {
		day := calendar.AddDays(at, by.Days).In(zone)
		due := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), 0, 0, 0, zone)
		return calendar.Add(at, max(calendar.Between(at, due), 0)).UTC()
	}
}
