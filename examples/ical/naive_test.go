package ical_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/examples/ical"
	"github.com/itsmkit/itsm/sla"
)

// naiveRule is a recurrence as RFC 5545 words it: a date is in it or not. It has no
// BYSETPOS, and its weeks begin on Monday.
type naiveRule struct {
	freq                               string
	interval                           int
	weekdays                           []string // "MO", "2TU", "-1FR"
	months, monthdays, yeardays, weeks []int
}

func (r naiveRule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "FREQ=%s;INTERVAL=%d", r.freq, r.interval)
	if len(r.weekdays) > 0 {
		b.WriteString(";BYDAY=" + strings.Join(r.weekdays, ","))
	}
	for _, part := range []struct {
		name string
		list []int
	}{{"BYMONTH", r.months}, {"BYMONTHDAY", r.monthdays}, {"BYYEARDAY", r.yeardays}, {"BYWEEKNO", r.weeks}} {
		if len(part.list) > 0 {
			b.WriteString(";" + part.name + "=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(part.list), " ", ","), "[]"))
		}
	}
	return b.String()
}

// has reports whether a date recurs by the rule since start.
func (r naiveRule) has(start, t time.Time) bool {
	monday := func(t time.Time) time.Time { return t.AddDate(0, 0, -int(t.Weekday()+6)%7) }
	var periods int
	switch r.freq {
	case "YEARLY":
		periods = t.Year() - start.Year()
	case "MONTHLY":
		periods = (t.Year()-start.Year())*12 + int(t.Month()) - int(start.Month())
	case "WEEKLY":
		periods = int(monday(t).Sub(monday(start)).Hours()) / 24 / 7
	case "DAILY":
		periods = int(t.Sub(start).Hours()) / 24
	}
	if t.Before(start) || periods%r.interval != 0 {
		return false
	}
	in := func(list []int, n, length int) bool { // the n-th of length, or counted from the end
		return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-length-1)
	}
	inMonth, inYear := time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day(), time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	if len(r.months) > 0 && !slices.Contains(r.months, int(t.Month())) || !in(r.monthdays, t.Day(), inMonth) || !in(r.yeardays, t.YearDay(), inYear) {
		return false
	}
	_, week := t.ISOWeek()
	if len(r.weeks) > 0 && !slices.Contains(r.weeks, week) {
		return false
	}
	if len(r.weekdays) > 0 {
		nth, length := t.Day(), inMonth
		if r.freq == "YEARLY" && len(r.months) == 0 {
			nth, length = t.YearDay(), inYear
		}
		name := strings.ToUpper(t.Weekday().String()[:2])
		return slices.ContainsFunc(r.weekdays, func(d string) bool {
			return d == name || d == fmt.Sprint((nth+6)/7, name) || d == fmt.Sprint(-((length-nth)/7+1), name)
		})
	}
	// What the rule does not say comes from the start.
	switch isOpen := len(r.monthdays)+len(r.yeardays) == 0; {
	case r.freq == "YEARLY" && isOpen && len(r.weeks) > 0, r.freq == "WEEKLY":
		return t.Weekday() == start.Weekday()
	case r.freq == "YEARLY" && isOpen:
		return t.Day() == start.Day() && (len(r.months) > 0 || t.Month() == start.Month())
	case r.freq == "MONTHLY" && isOpen:
		return t.Day() == start.Day()
	}
	return true
}

func randomRule(rnd *rand.Rand) naiveRule {
	pick := func(one int, most int, orNegative bool) (list []int) {
		for one == 0 || rnd.IntN(one) == 0 {
			n := rnd.IntN(most) + 1
			if orNegative && rnd.IntN(3) == 0 {
				n = -n
			}
			if one = max(2, one); !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
		return list
	}
	r := naiveRule{freq: []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}[rnd.IntN(4)], interval: 1 + rnd.IntN(3)}
	r.months = pick(3, 12, false)
	if r.freq != "WEEKLY" {
		r.monthdays = pick(4, 31, true)
	}
	if r.freq == "YEARLY" {
		r.yeardays = pick(8, 366, true)
		r.weeks = pick(6, 53, false)
	}
	for rnd.IntN(2) == 0 {
		d := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}[rnd.IntN(7)]
		if (r.freq == "YEARLY" || r.freq == "MONTHLY") && len(r.weeks) == 0 && rnd.IntN(2) == 0 {
			most := 5
			if r.freq == "YEARLY" && len(r.months) == 0 {
				most = 53
			}
			if d = fmt.Sprint(1+rnd.IntN(most), d); rnd.IntN(2) == 0 {
				d = "-" + d
			}
		}
		r.weekdays = append(r.weekdays, d)
	}
	return r
}

// Recurrences by the library, within what is let through to it, are those that a
// look at every date finds.
func TestRecurrenceAgainstNaive(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5545, 3310))
	compared := 0
	for range 500 {
		r := randomRule(rnd)
		start := time.Date(2024, 1, 1+rnd.IntN(700), 0, 0, 0, 0, time.UTC)
		want := []sla.Date{sla.DateOf(start)}
		for d := start.AddDate(0, 0, 1); d.Year() <= 2034; d = d.AddDate(0, 0, 1) {
			if r.has(start, d) {
				want = append(want, sla.DateOf(d))
			}
		}
		text := file("DTSTART:" + start.Format("20060102") + "\nRRULE:" + r.String())
		list, err := ical.Holidays(strings.NewReader(text), 2024, 2034, nil)
		if err != nil && strings.Contains(err.Error(), "never comes true") {
			require.Len(t, want, 1, "%s from %s", r, start.Format(time.DateOnly))
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, ical.Dates(list), "%s from %s", r, start.Format(time.DateOnly))
		compared++
	}
	require.Greater(t, compared, 300)
}
