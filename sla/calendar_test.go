package sla_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

var _ itsm.Calendar = (*sla.Calendar)(nil)

func calendar(t testing.TB, h sla.Hours) *sla.Calendar {
	t.Helper()
	c, err := sla.NewCalendar(h)
	require.NoError(t, err)
	return c
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return at
}

// lawful are calendars that differ in everything that matters to arithmetic.
func lawful(t testing.TB) map[string]*sla.Calendar {
	night := sla.EveryDay(sla.Span{"22:00", "02:30"}, sla.Span{"03:00", "04:00"})
	return map[string]*sla.Calendar{
		"office": calendar(t, sla.Hours{
			Zone: "America/New_York", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}),
			Holidays:   []sla.Date{"2026-01-01", "2026-07-03", "2199-12-25"},
			Exceptions: map[sla.Date][]sla.Span{"2026-12-24": {{"09:00", "12:00"}}, "2026-12-26": {{"00:00", "24:00"}}},
		}),
		"night":     calendar(t, sla.Hours{Zone: "Europe/Berlin", Week: night}),
		"half hour": calendar(t, sla.Hours{Zone: "Australia/Lord_Howe", Week: night}),
		"rare":      calendar(t, sla.Hours{Zone: "America/Sao_Paulo", Week: sla.Week{Sun: []sla.Span{{"00:30", "00:31"}}}}),
		"always": calendar(t, sla.Hours{
			Zone: "Asia/Beirut", Week: sla.EveryDay(sla.Span{"00:00", "24:00"}), Holidays: []sla.Date{"2026-03-29", "2026-10-25"},
		}),
		"never closed": calendar(t, sla.Hours{Zone: "Europe/Dublin", Week: sla.EveryDay(sla.Span{"00:00", "24:00"})}),
		"zero":         {},
		"nil":          nil,
	}
}

// anywhere is an instant of the years 1 to 9999, more often of ours.
func anywhere(r *rand.Rand) time.Time {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix()
	if r.IntN(2) == 0 {
		first, last = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	}
	return time.Unix(first+r.Int64N(last-first), r.Int64N(1e9)).UTC()
}

func TestLaws(t *testing.T) {
	for name, c := range lawful(t) {
		r := rand.New(rand.NewPCG(3, 4))
		for range 2000 {
			a := anywhere(r)
			b := a.Add(time.Duration(r.Int64N(int64(100*365*24*time.Hour))) - 50*365*24*time.Hour)
			d := b.Add(time.Duration(r.Int64N(int64(1000 * time.Hour))))
			require.Equal(t, c.Between(a, d), c.Between(a, b)+c.Between(b, d), "%s: %v %v %v", name, a, b, d)
			require.Equal(t, -c.Between(a, b), c.Between(b, a), "%s: %v %v", name, a, b)

			budget := c.Between(a, b)
			end := c.Add(a, budget)
			require.Equal(t, budget, c.Between(a, end), "%s: %v after %v", name, budget, a)
			if a.Before(b) && budget > 0 {
				require.False(t, end.After(b), "%s: %v after %v is %v, not the earliest", name, budget, a, end)
				require.False(t, c.Between(a, end.Add(-1)) >= budget, "%s: %v after %v is %v, not the earliest", name, budget, a, end)
			}
			if b.Before(a) && budget < 0 {
				require.False(t, end.Before(b), "%s: %v before %v is %v, not the latest", name, budget, a, end)
			}
			d2 := time.Duration(r.Int64N(int64(20*365*24*time.Hour))) - 10*365*24*time.Hour
			if name != "rare" { // it would take two hundred thousand years
				require.Equal(t, d2, c.Between(a, c.Add(a, d2)), "%s: %v after %v", name, d2, a)
			}
			require.Equal(t, a, c.Add(a, 0))

			require.Equal(t, c.IsOpen(a), c.Between(a, a.Add(1)) == 1, "%s: %v", name, a)
			opens, closes := c.NextOpen(a), c.NextClose(a)
			require.Equal(t, time.Duration(0), c.Between(a, opens), "%s: %v", name, a)
			require.True(t, c.IsOpen(opens), "%s: %v", name, a)
			if closes.IsZero() {
				continue
			}
			require.False(t, c.IsOpen(closes), "%s: %v", name, a)
			require.Equal(t, closes.Sub(opens), c.Between(opens, closes), "%s: %v", name, a)
		}
	}
}

// TestLongSpans adds up windows over decades, across the years where the table of
// a calendar begins to repeat.
func TestLongSpans(t *testing.T) {
	for name, c := range lawful(t) {
		for _, year := range []int{1850, 2020, 2090, 2495, 2900, 9300} {
			from := time.Date(year, 5, 3, 7, 11, 13, 17, time.UTC)
			to := from.AddDate(20, 3, 2)
			var sum time.Duration
			last := from
			for w := range c.Windows(from, to) {
				require.True(t, w.Open.Before(w.Close), "%s: %v", name, w)
				require.True(t, w.Open.After(last) || w.Open.Equal(from), "%s: %v after %v", name, w, last)
				sum += w.Duration()
				last = w.Close
			}
			require.Equal(t, sum, c.Between(from, to), "%s: from %v", name, from)
			require.True(t, c.Add(from, sum).Equal(last), "%s: from %v: %v, want %v", name, from, c.Add(from, sum), last)
		}
	}
}

// TestEveryYear counts what can be counted without a calendar: the weekdays of any
// year, eight hours each.
func TestEveryYear(t *testing.T) {
	loc, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	c := calendar(t, sla.Hours{Zone: "America/New_York", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	for year := 1; year < 9999; year += 1 + year%23 {
		days := 0
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				days++
			}
		}
		from, to := time.Date(year, 1, 1, 0, 0, 0, 0, loc), time.Date(year+1, 1, 1, 0, 0, 0, 0, loc)
		require.Equal(t, time.Duration(days)*8*time.Hour, c.Between(from, to), "year %d", year)
		require.Equal(t, 17, c.Add(from, time.Duration(days)*8*time.Hour).In(loc).Hour(), "year %d", year)
	}
}

func TestSkippedDay(t *testing.T) {
	// In Samoa Thursday, 29 December 2011, was followed by Saturday the 31st.
	c := calendar(t, sla.Hours{Zone: "Pacific/Apia", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	thursday, monday := instant(t, "2011-12-29T16:00:00-10:00"), instant(t, "2012-01-02T10:00:00+14:00")
	require.Equal(t, 2*time.Hour, c.Between(thursday, monday))
	require.True(t, c.Add(thursday, 2*time.Hour).Equal(monday))
	require.True(t, c.AddDays(thursday, 1).Equal(instant(t, "2012-01-02T16:00:00+14:00")))
	require.True(t, c.AddDays(monday, -1).Equal(instant(t, "2011-12-29T10:00:00-10:00")))

	// A shift over the end of Thursday ends with Thursday.
	c = calendar(t, sla.Hours{Zone: "Pacific/Apia", Week: sla.Week{Thu: []sla.Span{{"22:00", "06:00"}}}})
	require.Equal(t, 2*time.Hour, c.Between(thursday, monday))

	// One of the Friday that was not begins when the clock has jumped over its
	// beginning; yet the Friday is no business day.
	c = calendar(t, sla.Hours{Zone: "Pacific/Apia", Week: sla.Week{Fri: []sla.Span{{"22:00", "06:00"}}}})
	require.Equal(t, 6*time.Hour, c.Between(thursday, monday))
	require.True(t, c.AddDays(thursday, 1).Equal(instant(t, "2012-01-06T16:00:00+14:00")))
}

func TestMidnightChange(t *testing.T) {
	// In São Paulo Sunday, 4 November 2018, began at 01:00.
	c := calendar(t, sla.Hours{Zone: "America/Sao_Paulo", Week: sla.EveryDay(sla.Span{"00:00", "08:00"})})
	require.True(t, c.NextOpen(instant(t, "2018-11-03T12:00:00-03:00")).Equal(instant(t, "2018-11-04T01:00:00-02:00")))
	require.Equal(t, 7*time.Hour, c.Between(instant(t, "2018-11-03T12:00:00-03:00"), instant(t, "2018-11-04T12:00:00-02:00")))
	// Saturday, 17 February 2018, had its last hour twice.
	c = calendar(t, sla.Hours{Zone: "America/Sao_Paulo", Week: sla.Week{Sat: []sla.Span{{"18:00", "24:00"}}}})
	require.Equal(t, 7*time.Hour, c.Between(instant(t, "2018-02-17T12:00:00-02:00"), instant(t, "2018-02-18T12:00:00-03:00")))
	// In Beirut midnight of 29 March 2026 was skipped: what ends there ends at the change.
	c = calendar(t, sla.Hours{Zone: "Asia/Beirut", Week: sla.Week{Sat: []sla.Span{{"20:00", "24:00"}}}})
	require.Equal(t, 4*time.Hour, c.Between(instant(t, "2026-03-28T12:00:00+02:00"), instant(t, "2026-03-29T12:00:00+03:00")))
}

func TestHalfHourChange(t *testing.T) {
	// On Lord Howe Island the half hour from 01:30 on 5 April 2026 came twice.
	c := calendar(t, sla.Hours{Zone: "Australia/Lord_Howe", Week: sla.EveryDay(sla.Span{"22:00", "06:00"})})
	night := instant(t, "2026-04-04T12:00:00+11:00")
	require.Equal(t, 8*time.Hour+30*time.Minute, c.Between(night, night.Add(24*time.Hour)))
	c = calendar(t, sla.Hours{Zone: "Australia/Lord_Howe", Week: sla.EveryDay(sla.Span{"01:45", "01:50"})})
	require.Equal(t, 35*time.Minute, c.Between(night, night.Add(24*time.Hour)), "opens the first time, closes the last")
}

func TestRepeatedHour(t *testing.T) {
	// In Berlin the hour from 02:00 on 25 October 2026 came twice.
	from, to := instant(t, "2026-10-24T12:00:00+02:00"), instant(t, "2026-10-25T12:00:00+01:00")
	for _, c := range []struct {
		windows []sla.Span
		want    time.Duration
	}{
		{[]sla.Span{{"01:00", "02:30"}}, 150 * time.Minute},
		{[]sla.Span{{"02:30", "04:00"}}, 150 * time.Minute},
		{[]sla.Span{{"02:15", "02:45"}}, 90 * time.Minute},
		{[]sla.Span{{"01:00", "02:15"}, {"02:45", "04:00"}}, 240 * time.Minute}, // they overlap on that night
		{[]sla.Span{{"01:00", "02:00"}}, 120 * time.Minute},                     // 02:00, too, came twice
		{[]sla.Span{{"03:00", "04:00"}}, 60 * time.Minute},
		{[]sla.Span{{"22:00", "06:00"}}, 9 * time.Hour},
	} {
		cal := calendar(t, sla.Hours{Zone: "Europe/Berlin", Week: sla.EveryDay(c.windows...)})
		require.Equal(t, c.want, cal.Between(from, to), "%v", c.windows)
	}
}

func TestSkippedHour(t *testing.T) {
	// In Berlin the hour from 02:00 on 29 March 2026 did not come.
	from, to := instant(t, "2026-03-28T12:00:00+01:00"), instant(t, "2026-03-29T12:00:00+02:00")
	for _, c := range []struct {
		windows []sla.Span
		want    time.Duration
	}{
		{[]sla.Span{{"01:00", "02:30"}}, 60 * time.Minute},
		{[]sla.Span{{"02:30", "04:00"}}, 60 * time.Minute},
		{[]sla.Span{{"02:15", "02:45"}}, 0},
		{[]sla.Span{{"22:00", "06:00"}}, 7 * time.Hour},
	} {
		cal := calendar(t, sla.Hours{Zone: "Europe/Berlin", Week: sla.EveryDay(c.windows...)})
		require.Equal(t, c.want, cal.Between(from, to), "%v", c.windows)
	}
	// A date whose only window did not come is no business day.
	cal := calendar(t, sla.Hours{Zone: "Europe/Berlin", Week: sla.Week{Sun: []sla.Span{{"02:15", "02:45"}}}})
	require.True(t, cal.AddDays(from, 1).Equal(instant(t, "2026-04-05T12:00:00+02:00")))
}

func TestAddDays(t *testing.T) {
	c := calendar(t, sla.Hours{
		Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}),
		Holidays:   []sla.Date{"2026-12-25"},
		Exceptions: map[sla.Date][]sla.Span{"2026-12-24": {}, "2026-12-26": {{"10:00", "12:00"}}},
	})
	for _, test := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-23T10:00:00+01:00", 1, "2026-11-24T10:00:00+01:00"},
		{"2026-11-27T10:00:00+01:00", 1, "2026-11-30T10:00:00+01:00"},
		// From a closed date it is the next, or the one before.
		{"2026-11-28T10:00:00+01:00", 1, "2026-11-30T10:00:00+01:00"},
		{"2026-11-28T10:00:00+01:00", -1, "2026-11-27T10:00:00+01:00"},
		{"2026-11-28T23:59:59.999999999+01:00", 0, "2026-11-28T23:59:59.999999999+01:00"},
		// The time of day may be a closed one, and stays what the clock shows.
		{"2026-11-27T22:00:00.000000001+01:00", 5, "2026-12-04T22:00:00.000000001+01:00"},
		{"2026-03-27T02:30:00+01:00", 1, "2026-03-30T02:30:00+02:00"},
		// An exception opens a Saturday, and another closes a Thursday.
		{"2026-12-23T10:00:00+01:00", 1, "2026-12-26T10:00:00+01:00"},
		{"2026-12-28T10:00:00+01:00", -2, "2026-12-23T10:00:00+01:00"},
		// The date is that of the calendar's zone.
		{"2026-11-23T23:30:00Z", 1, "2026-11-25T00:30:00+01:00"},
		// Ten years are 2610 weekdays, one less for the special dates.
		{"2026-11-23T10:00:00+01:00", 2610, "2036-11-25T10:00:00+01:00"},
		{"2026-11-23T10:00:00+01:00", 130_000, calendarDays(t, "2026-11-23T10:00:00+01:00", 130_000)},
	} {
		if got := c.AddDays(instant(t, test.from), test.n); !got.Equal(instant(t, test.want)) {
			t.Errorf("%d days after %s are %v, want %s", test.n, test.from, got, test.want)
		}
	}
	require.NotPanics(t, func() {
		c.AddDays(instant(t, "2026-11-23T10:00:00+01:00"), math.MaxInt)
		c.AddDays(instant(t, "2026-11-23T10:00:00+01:00"), math.MinInt)
	})
	always := (*sla.Calendar)(nil)
	require.True(t, always.AddDays(instant(t, "2026-11-28T10:00:00Z"), 2).Equal(instant(t, "2026-11-30T10:00:00Z")))

	// In a gap it is the first instant after it, in a repeated hour the first time.
	daily := calendar(t, sla.Hours{Zone: "Europe/Berlin", Week: sla.EveryDay(sla.Span{"09:00", "17:00"})})
	require.True(t, daily.AddDays(instant(t, "2026-03-28T02:30:00.5+01:00"), 1).Equal(instant(t, "2026-03-29T03:00:00+02:00")))
	require.True(t, daily.AddDays(instant(t, "2026-10-24T02:30:00.5+02:00"), 1).Equal(instant(t, "2026-10-25T02:30:00.5+02:00")))
}

// calendarDays counts on one date at a time, with the one holiday and the two
// exceptions of TestAddDays.
func calendarDays(t testing.TB, from string, n int) string {
	t.Helper()
	d := instant(t, from).UTC() // without clock changes: this is about dates
	for n > 0 {
		d = d.AddDate(0, 0, 1)
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		switch date := sla.DateOf(d); {
		case date == "2026-12-26", !weekend && date != "2026-12-24" && date != "2026-12-25":
			n--
		}
	}
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return time.Date(d.Year(), d.Month(), d.Day(), 10, 0, 0, 0, loc).Format(time.RFC3339)
}

func TestNextCloseNever(t *testing.T) {
	for _, name := range []string{"never closed", "zero", "nil"} {
		c := lawful(t)[name]
		require.True(t, c.NextClose(instant(t, "2026-11-23T10:00:00Z")).IsZero(), name)
	}
	c := lawful(t)["always"]
	require.True(t, c.NextClose(instant(t, "2026-11-23T10:00:00Z")).IsZero(), "after its last holiday")
	require.True(t, c.NextClose(instant(t, "2025-11-23T10:00:00Z")).Equal(instant(t, "2026-03-29T00:00:00+02:00")))
}

func TestResultsAreInTheLocationGiven(t *testing.T) {
	c := office(t)
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	at := instant(t, "2026-11-28T10:00:00Z").In(tokyo)
	for _, got := range []time.Time{c.Add(at, time.Hour), c.AddDays(at, 1), c.NextOpen(at), c.NextClose(at)} {
		require.Equal(t, tokyo, got.Location())
	}
	for w := range c.Windows(at, at.AddDate(0, 0, 7).UTC()) {
		require.Equal(t, tokyo, w.Open.Location())
		require.Equal(t, tokyo, w.Close.Location())
	}
}

func TestWindowsStops(t *testing.T) {
	c := office(t)
	at := instant(t, "2026-11-23T10:00:00+01:00")
	n := 0
	for range c.Windows(at, at.AddDate(5000, 0, 0)) {
		if n++; n == 3 {
			break
		}
	}
	require.Equal(t, 3, n)
	for w := range c.Windows(at, at.Add(-time.Hour)) {
		t.Errorf("window %v in a range that is none", w)
	}
}

// TestExtremes asks about instants and durations that no business has.
func TestExtremes(t *testing.T) {
	instants := []time.Time{
		{}, time.Unix(0, 0), time.Unix(math.MinInt64, 0), time.Unix(math.MaxInt64, 999_999_999), time.Unix(1<<55, 1), time.Unix(-1<<55, 1),
		time.Unix(1<<62, 0), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for name, c := range lawful(t) {
		for _, a := range instants {
			for _, b := range instants {
				c.Between(a, b)
				for range c.Windows(a, b) {
					break
				}
			}
			for _, d := range []time.Duration{math.MinInt64, -1, 1, math.MaxInt64} {
				c.Add(a, d)
			}
			c.AddDays(a, 1)
			c.AddDays(a, math.MinInt)
			c.IsOpen(a)
			c.NextOpen(a)
			c.NextClose(a)
		}
		first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
		if name == "rare" {
			require.Positive(t, c.Between(first, last))
			continue
		}
		require.Equal(t, time.Duration(math.MaxInt64), c.Between(first, last), name)
		require.Equal(t, time.Duration(math.MinInt64), c.Between(last, first), name)
	}
	always := (*sla.Calendar)(nil)
	longest := time.Duration(math.MaxInt64)
	at := time.Date(2026, 1, 1, 0, 0, 0, 999_999_999, time.UTC)
	require.Equal(t, longest, always.Between(at, always.Add(at, longest)))
	require.Equal(t, longest-1, always.Between(at, always.Add(at, longest-1)))
	require.Equal(t, -longest-1, always.Between(at, always.Add(at, -longest-1)))
}

func TestArithmeticAllocatesNothing(t *testing.T) {
	at := instant(t, "2026-11-23T10:00:00+01:00")
	far := instant(t, "2526-11-23T10:00:00+01:00")
	for name, c := range lawful(t) {
		for _, at := range []time.Time{at, far} {
			for what, f := range map[string]func(){
				"Between":   func() { c.Between(at, far) },
				"Add":       func() { c.Add(at, 2000*time.Hour) },
				"AddDays":   func() { c.AddDays(at, 20) },
				"IsOpen":    func() { c.IsOpen(at) },
				"NextOpen":  func() { c.NextOpen(at) },
				"NextClose": func() { c.NextClose(at) },
			} {
				require.Zero(t, testing.AllocsPerRun(20, f), "%s of the calendar %q at %v", what, name, at)
			}
		}
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	c := office(t)
	at := instant(t, "2026-11-23T10:00:00+01:00")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			end := c.Add(at, time.Duration(i)*time.Hour)
			c.Between(at, end)
			c.AddDays(at, i)
			c.Hours().Week.Mon[0] = sla.Span{}
			for range c.Windows(at, end) {
				c.NextClose(at)
			}
		})
	}
	all.Wait()
}
