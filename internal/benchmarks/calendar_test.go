package benchmarks

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/us"

	"github.com/itsmkit/itsm/sla"
)

// The calendar that all are asked about: Monday to Friday, nine to five in New
// York, the eleven public holidays of the United States.
const zone = "America/New_York"

// The years in question; from 2021 on there are eleven holidays each year.
const firstYear, lastYear, allYears = 2022, 2034, 13

func newYork(tb testing.TB) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// spans are how far apart the two instants are.
var spans = []struct {
	name string
	d    time.Duration
}{
	{"day", 24 * time.Hour},
	{"month", 30 * 24 * time.Hour},
	{"year", 365 * 24 * time.Hour},
	{"decade", 3652 * 24 * time.Hour},
}

// budgets are how much business time is added.
var budgets = []struct {
	name string
	d    time.Duration
}{
	{"8h", 8 * time.Hour},
	{"40h", 40 * time.Hour},
	{"2000h", 2000 * time.Hour},
}

// starts are instants of the first two years, the same for all. There are several
// so that nobody can learn the answer, a power of two to take turns cheaply.
func starts(loc *time.Location) [64]time.Time {
	r := rand.New(rand.NewPCG(1, 2))
	var list [64]time.Time
	begin := time.Date(firstYear, 1, 1, 0, 0, 0, 0, loc)
	for i := range list {
		list[i] = begin.Add(time.Duration(r.Int64N(int64(2*365*24*time.Hour/time.Second))) * time.Second)
	}
	return list
}

// office is the library's calendar, with the holidays of as many years.
func office(tb testing.TB, years int) *sla.Calendar {
	tb.Helper()
	c, err := sla.NewCalendar(officeHours(tb, years))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func officeHours(tb testing.TB, years int) sla.Hours {
	h := sla.Hours{Zone: zone, Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}
	for day := time.Date(firstYear, 1, 1, 0, 0, 0, 0, newYork(tb)); day.Year() < firstYear+years; day = day.AddDate(0, 0, 1) {
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday && !isWorkday(day) {
			h.Holidays = append(h.Holidays, sla.DateOf(day))
		}
	}
	return h
}

// rickar is the peer's calendar with its cache on.
func rickar() *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.Cacheable = true
	c.AddHoliday(us.Holidays...)
	return c
}

// sums is the least that any calendar must do: all windows in order, each with
// the business time before it. It knows nothing but its own years.
type sums struct {
	from, to []int64 // seconds since 1970
	before   []int64 // seconds in the windows before
}

func prefixSums(loc *time.Location) *sums {
	s := &sums{}
	total := int64(0)
	for day := time.Date(firstYear, 1, 1, 0, 0, 0, 0, loc); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		if !isWorkday(day) {
			continue
		}
		y, m, d := day.Date()
		from := time.Date(y, m, d, 9, 0, 0, 0, loc).Unix()
		to := time.Date(y, m, d, 17, 0, 0, 0, loc).Unix()
		s.from, s.to, s.before = append(s.from, from), append(s.to, to), append(s.before, total)
		total += to - from
	}
	return s
}

// at is the business time from the beginning until t.
func (s *sums) at(t int64) int64 {
	i, found := slices.BinarySearch(s.from, t)
	if !found {
		i--
	}
	if i < 0 {
		return 0
	}
	return s.before[i] + min(t, s.to[i]) - s.from[i]
}

func (s *sums) between(a, b time.Time) time.Duration {
	return time.Duration(s.at(b.Unix())-s.at(a.Unix())) * time.Second
}

func (s *sums) add(t time.Time, d time.Duration) time.Time {
	want := s.at(t.Unix()) + int64(d/time.Second)
	i, _ := slices.BinarySearch(s.before, want) // the first window that begins with as much before it
	i--                                         // the budget ends in the one before, at its end at the latest
	return time.Unix(s.from[i]+want-s.before[i], 0).In(t.Location())
}

func isWorkday(day time.Time) bool {
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	return !slices.ContainsFunc(us.Holidays, func(h *cal.Holiday) bool {
		for year := day.Year(); year <= day.Year()+1; year++ { // a New Year's Day may be observed the day before
			if actual, observed := h.Calc(year); sameDay(actual, day) || sameDay(observed, day) {
				return true
			}
		}
		return false
	})
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// TestCalendarsAgree sees to it that the benchmarks compare like with like.
func TestCalendarsAgree(t *testing.T) {
	loc := newYork(t)
	peer, least, own := rickar(), prefixSums(loc), office(t, allYears)
	for _, start := range starts(loc) {
		for _, span := range spans {
			end := start.Add(span.d)
			want := least.between(start, end)
			if got := peer.WorkHoursInRange(start, end); got != want {
				t.Errorf("rickar: from %v to %v are %v, want %v", start, end, got, want)
			}
			if got := own.Between(start, end); got != want {
				t.Errorf("itsm: from %v to %v are %v, want %v", start, end, got, want)
			}
		}
		for _, budget := range budgets {
			want := least.add(start, budget.d)
			if got := peer.AddWorkHours(start, budget.d); !got.Equal(want) {
				t.Errorf("rickar: %v after %v is %v, want %v", budget.d, start, got, want)
			}
			if got := own.Add(start, budget.d); !got.Equal(want) {
				t.Errorf("itsm: %v after %v is %v, want %v", budget.d, start, got, want)
			}
		}
	}
}

func BenchmarkBetween(b *testing.B) {
	loc := newYork(b)
	from := starts(loc)
	for _, span := range spans {
		var to [len(from)]time.Time
		for i := range from {
			to[i] = from[i].Add(span.d)
		}
		run := func(impl string, between func(a, b time.Time) time.Duration) {
			b.Run("span="+span.name+"/impl="+impl, func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					between(from[i%len(from)], to[i%len(from)])
					i++
				}
			})
		}
		run("itsm", office(b, allYears).Between)
		run("rickar", rickar().WorkHoursInRange)
		run("sums", prefixSums(loc).between)
	}
}

func BenchmarkAdd(b *testing.B) {
	loc := newYork(b)
	from := starts(loc)
	for _, budget := range budgets {
		run := func(impl string, add func(time.Time, time.Duration) time.Time) {
			b.Run("budget="+budget.name+"/impl="+impl, func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					add(from[i%len(from)], budget.d)
					i++
				}
			})
		}
		run("itsm", office(b, allYears).Add)
		run("rickar", rickar().AddWorkHours)
		run("sums", prefixSums(loc).add)
	}
}

// BenchmarkConstruct builds the calendar with the holidays of ten years.
func BenchmarkConstruct(b *testing.B) {
	hours := officeHours(b, 10)
	b.Run("impl=itsm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := sla.NewCalendar(hours); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(keptBytes(b, hours), "kept-B")
	})
}

// keptBytes is what one calendar keeps of what its construction allocates.
func keptBytes(b *testing.B, hours sla.Hours) float64 {
	var before, after runtime.MemStats
	list := make([]*sla.Calendar, 256)
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range list {
		c, err := sla.NewCalendar(hours)
		if err != nil {
			b.Fatal(err)
		}
		list[i] = c
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(list)
	return float64(after.HeapAlloc-before.HeapAlloc) / float64(len(list))
}

// TestCalendarAllocatesNothing, neither in the years that holidays are named for
// nor far away from them.
func TestCalendarAllocatesNothing(t *testing.T) {
	c := office(t, allYears)
	for _, year := range []int{firstYear, lastYear + 40} {
		from := time.Date(year, 3, 2, 10, 0, 0, 0, newYork(t))
		to := from.AddDate(1, 0, 0)
		if n := testing.AllocsPerRun(100, func() { c.Between(from, to) }); n != 0 {
			t.Errorf("Between makes %v allocations in %d, want none", n, year)
		}
		if n := testing.AllocsPerRun(100, func() { c.Add(from, 2000*time.Hour) }); n != 0 {
			t.Errorf("Add makes %v allocations in %d, want none", n, year)
		}
	}
}
