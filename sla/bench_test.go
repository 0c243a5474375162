package sla

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// newYork is office hours in New York with eleven holidays a year for ten years,
// the calendar that the goals for speed are set for.
func newYork() Hours {
	h := Hours{Zone: "America/New_York", Week: Weekdays(Span{"09:00", "17:00"})}
	for year := 2022; year < 2032; year++ {
		for _, day := range []string{"01-01", "01-15", "02-19", "05-27", "06-19", "07-04", "09-02", "10-14", "11-11", "11-28", "12-25"} {
			h.Holidays = append(h.Holidays, Date(fmt.Sprintf("%d-%s", year, day)))
		}
	}
	return h
}

func mustCalendar(tb testing.TB, h Hours) *Calendar {
	tb.Helper()
	c, err := NewCalendar(h)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// instants are spread over the two years from 2022 on.
func instants() [64]time.Time {
	r := rand.New(rand.NewPCG(1, 2))
	var list [64]time.Time
	for i := range list {
		list[i] = time.Unix(1640995200+r.Int64N(2*365*daySeconds), 0).UTC()
	}
	return list
}

func BenchmarkBetween(b *testing.B) {
	c := mustCalendar(b, newYork())
	from := instants()
	for _, days := range []int{1, 30, 365, 3652} {
		b.Run(fmt.Sprintf("days=%d", days), func(b *testing.B) {
			b.ReportAllocs()
			to := from
			for i := range to {
				to[i] = from[i].Add(time.Duration(days) * 24 * time.Hour)
			}
			i := 0
			for b.Loop() {
				c.Between(from[i%len(from)], to[i%len(from)])
				i++
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	c := mustCalendar(b, newYork())
	from := instants()
	for _, hours := range []int{8, 40, 2000, 20000} {
		b.Run(fmt.Sprintf("hours=%d", hours), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				c.Add(from[i%len(from)], time.Duration(hours)*time.Hour)
				i++
			}
		})
	}
}

func BenchmarkAddDays(b *testing.B) {
	c := mustCalendar(b, newYork())
	from := instants()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c.AddDays(from[i%len(from)], 5)
		i++
	}
}

// BenchmarkNewCalendar does without reading the zone from disk, in the case that
// says so.
func BenchmarkNewCalendar(b *testing.B) {
	h := newYork()
	b.Run("from=hours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := NewCalendar(h); err != nil {
				b.Fatal(err)
			}
		}
	})
	p, err := h.plan()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("from=plan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			newCalendar(h, p)
		}
	})
}

// pausing is the events of a clock in office hours: a start, and pauses and
// resumptions so much time apart.
func pausing(c *Calendar, n int, apart time.Duration) []Event {
	at := time.Date(2023, time.January, 2, 15, 0, 0, 0, time.UTC)
	events := []Event{{At: at, Do: Start, Goal: 40 * time.Hour, Calendar: c}}
	for len(events) < n {
		at = at.Add(apart)
		e := Event{At: at, Do: Resume, By: "ann"}
		if len(events)%2 == 1 {
			e.Do, e.Reason = Pause, "caller"
		}
		events = append(events, e)
	}
	return events
}

// BenchmarkFold reads a clock after it has folded twenty events.
func BenchmarkFold(b *testing.B) {
	events := pausing(mustCalendar(b, newYork()), 20, 5*time.Hour)
	at := events[len(events)-1].At.Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		c, err := Fold(events...)
		if err != nil {
			b.Fatal(err)
		}
		c.At(at)
	}
}

func BenchmarkClockAt(b *testing.B) {
	c, err := Fold(pausing(mustCalendar(b, newYork()), 19, 5*time.Hour)...)
	if err != nil {
		b.Fatal(err)
	}
	at := instants()
	for i := range at {
		at[i] = c.Last.Add(time.Duration(i) * time.Hour)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c.At(at[i%len(at)])
		i++
	}
}

// BenchmarkExplain explains a clock that has been running for a year, with twenty
// pauses.
func BenchmarkExplain(b *testing.B) {
	events := pausing(mustCalendar(b, newYork()), 41, 200*time.Hour)
	at := events[0].At.AddDate(1, 0, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Explain(at, events...); err != nil {
			b.Fatal(err)
		}
	}
}
