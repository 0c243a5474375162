package sla_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/itsmkit/itsm/sla"
)

// naive is the second implementation of a calendar: it writes down for every step
// of a stretch of time what the clock on the wall shows, finds the boundaries of
// each window in that list as the conventions say, and marks the steps between.
// It shares nothing with the first but the definition.
type naive struct {
	loc   *time.Location
	hours sla.Hours
	step  time.Duration // divides all boundaries
	begin time.Time
	shows []time.Time // in UTC, what the clock shows when each step begins
	open  []bool
	dates map[sla.Date]bool // those that the clock shows; whether a window starts on them

	firsts, lasts map[time.Time]int // the steps of each quarter of an hour in shows
}

func newNaive(h sla.Hours, begin, end time.Time, step time.Duration) *naive {
	loc, err := time.LoadLocation(h.Zone)
	if err != nil {
		panic(err)
	}
	begin = begin.UTC().Truncate(time.Hour)
	n := &naive{
		loc: loc, hours: h, step: step, begin: begin, dates: map[sla.Date]bool{},
		firsts: map[time.Time]int{}, lasts: map[time.Time]int{},
	}
	for t := begin; t.Before(end); t = t.Add(step) {
		_, offset := t.In(loc).Zone()
		shown := t.Add(time.Duration(offset) * time.Second)
		if i := len(n.shows); shown.Unix()%(15*60) == 0 {
			if _, again := n.firsts[shown]; !again {
				n.firsts[shown] = i
			}
			n.lasts[shown] = i
			n.dates[dateOf(shown)] = false
		}
		n.shows = append(n.shows, shown)
	}
	n.open = make([]bool, len(n.shows))
	first, last := n.shows[0].AddDate(0, 0, -4), n.shows[len(n.shows)-1].AddDate(0, 0, 4)
	for day := first.Truncate(24 * time.Hour); day.Before(last); day = day.AddDate(0, 0, 1) {
		for _, w := range n.windowsOn(day) {
			n.mark(day, w)
		}
	}
	return n
}

func (n *naive) windowsOn(day time.Time) []sla.Span {
	date := dateOf(day)
	if windows, ok := n.hours.Exceptions[date]; ok {
		return windows
	}
	for _, holiday := range n.hours.Holidays {
		if holiday == date {
			return nil
		}
	}
	w := n.hours.Week
	switch day.Weekday() {
	case time.Monday:
		return w.Mon
	case time.Tuesday:
		return w.Tue
	case time.Wednesday:
		return w.Wed
	case time.Thursday:
		return w.Thu
	case time.Friday:
		return w.Fri
	case time.Saturday:
		return w.Sat
	}
	return w.Sun
}

func clockTime(day time.Time, s string) time.Time {
	hour, minute := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// mark opens the steps of a window.
func (n *naive) mark(day time.Time, w sla.Span) {
	from, to := clockTime(day, w[0]), clockTime(day, w[1])
	if to.Before(from) {
		to = to.AddDate(0, 0, 1)
	}
	a, b := n.first(from), n.last(to)
	for i := a; i < b; i++ {
		n.open[i] = true
	}
	if _, shown := n.dates[dateOf(day)]; shown && a < b {
		n.dates[dateOf(day)] = true
	}
}

func dateOf(t time.Time) sla.Date { return sla.Date(t.Format("2006-01-02")) }

// first is the step at which the clock shows a time first, or if it never does, the
// one right after it jumped over it.
func (n *naive) first(wall time.Time) int {
	if i, shown := n.firsts[wall]; shown {
		return i
	}
	return n.jump(wall)
}

// last is the same for the last time it shows it.
func (n *naive) last(wall time.Time) int {
	if i, shown := n.lasts[wall]; shown {
		return i
	}
	return n.jump(wall)
}

func (n *naive) jump(wall time.Time) int {
	for i, shown := range n.shows {
		if !shown.Before(wall) {
			return i
		}
	}
	return len(n.shows)
}

func (n *naive) at(t time.Time) int { return int(t.Sub(n.begin) / n.step) }

func (n *naive) between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -n.between(b, a)
	}
	var sum time.Duration
	for a.Before(b) {
		next := n.begin.Add(time.Duration(n.at(a)+1) * n.step)
		if next.After(b) {
			next = b
		}
		if n.open[n.at(a)] {
			sum += next.Sub(a)
		}
		a = next
	}
	return sum
}

// add walks step by step; ok is false when it would leave the stretch.
func (n *naive) add(t time.Time, d time.Duration) (end time.Time, ok bool) {
	for d > 0 {
		i := n.at(t)
		if i >= len(n.open) {
			return t, false
		}
		length := n.begin.Add(time.Duration(i+1) * n.step).Sub(t)
		if n.open[i] {
			length = min(length, d)
			d -= length
		}
		t = t.Add(length)
	}
	for d < 0 {
		i := n.at(t.Add(-1))
		if !t.After(n.begin) {
			return t, false
		}
		length := t.Sub(n.begin.Add(time.Duration(i) * n.step))
		if n.open[i] {
			length = min(length, -d)
			d += length
		}
		t = t.Add(-length)
	}
	return t, true
}

func (n *naive) addDays(t time.Time, days int) (time.Time, bool) {
	local := t.In(n.loc)
	y, m, d := local.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	ofDay := time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), 0, time.UTC).Sub(day)
	direction := 1
	if days < 0 {
		direction, days = -1, -days
	}
	for days > 0 {
		day = day.AddDate(0, 0, direction)
		if day.Before(n.shows[0]) || day.AddDate(0, 0, 2).After(n.shows[len(n.shows)-1]) {
			return t, false
		}
		if n.dates[dateOf(day)] {
			days--
		}
	}
	wall := day.Add(ofDay).Truncate(n.step)
	i := n.first(wall)
	rest := day.Add(ofDay).Add(time.Duration(local.Nanosecond())).Sub(wall)
	if !n.shows[i].Equal(wall) {
		rest = 0
	}
	return n.begin.Add(time.Duration(i)*n.step + rest), true
}

var rounds = flag.Int("rounds", 160, "how many random calendars TestNaive compares")

// TestNaive compares the calendar with the naive one for random definitions, in
// the days around a change of the clock, in any year.
func TestNaive(t *testing.T) {
	t.Parallel()
	zones := []string{
		"America/New_York", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia",
		"America/Havana", "Asia/Tehran", "Africa/Casablanca", "Africa/Cairo", "America/Santiago", "Asia/Gaza",
		"Antarctica/Troll", "Pacific/Chatham", "America/St_Johns", "Europe/Dublin", "America/Nuuk", "Asia/Kolkata", "UTC",
		"Pacific/Kwajalein", "Antarctica/Casey",
	}
	for round := range *rounds {
		r := rand.New(rand.NewPCG(uint64(round), 7))
		zone := zones[r.IntN(len(zones))]
		year := 1975 + r.IntN(140)
		switch r.IntN(4) {
		case 0: // where repeating the years begins and where it begins again
			year = 2099 + 400*r.IntN(3) + r.IntN(6)
		case 1:
			year = 1975 + r.IntN(8000)
		}
		compare(t, fmt.Sprintf("round %d", round), r, zone, year, 7*24*time.Hour, time.Minute)
	}
}

// TestNaiveHistory does so to the second, in years when clocks showed local mean
// time and changed by odd amounts, or by whole days.
func TestNaiveHistory(t *testing.T) {
	t.Parallel()
	zones := []string{
		"America/Juneau", "Asia/Manila", "Pacific/Apia", "America/New_York", "Europe/Amsterdam", "Africa/Monrovia",
		"Asia/Singapore", "Europe/Paris",
	}
	for round := range *rounds / 20 {
		r := rand.New(rand.NewPCG(uint64(round), 8))
		compare(t, fmt.Sprintf("round %d", round), r, zones[round%len(zones)], 1840+r.IntN(135), 2*24*time.Hour, time.Second)
	}
}

// compare asks both calendars the same about the days around the first change of
// the clock in a year or after it.
func compare(t *testing.T, round string, r *rand.Rand, zone string, year int, around, step time.Duration) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Skipf("zone %s is not known here: %v", zone, err)
	}
	middle := time.Date(year, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), 0, 0, 0, time.UTC)
	if _, end := middle.In(loc).ZoneBounds(); !end.IsZero() && end.Year() < year+30 && r.IntN(8) > 0 {
		middle = end.UTC()
	}
	hours := randomHours(r, zone, middle)
	cal, err := sla.NewCalendar(hours)
	if err != nil {
		t.Fatalf("%s: %v: %+v", round, err, hours)
	}
	from, to := middle.Add(-around), middle.Add(around)
	n := newNaive(hours, from.Add(-3*24*time.Hour), to.Add(3*24*time.Hour), step)
	where := func() string { return fmt.Sprintf("%s: %+v around %v", round, hours, middle) }
	instant := func() time.Time {
		at := from.Add(time.Duration(r.Int64N(int64(to.Sub(from)))))
		if r.IntN(3) == 0 {
			at = middle.Add(time.Duration(r.Int64N(int64(8*time.Hour))) - 4*time.Hour)
		}
		if r.IntN(2) == 0 {
			at = at.Truncate(15 * time.Minute)
		}
		return at
	}
	for range 12 {
		a, b := instant(), instant()
		if got, want := cal.Between(a, b), n.between(a, b); got != want {
			t.Fatalf("between %v and %v are %v, want %v; %s", a, b, got, want, where())
		}
		if got, want := cal.IsOpen(a), n.open[n.at(a)]; got != want {
			t.Fatalf("open at %v: %v, want %v; %s", a, got, want, where())
		}
		d := time.Duration(r.Int64N(int64(60 * time.Hour)))
		if r.IntN(2) == 0 {
			d = n.between(a, b) // ends at a boundary, if b is closed
		}
		for _, d := range []time.Duration{d, -d} {
			if want, ok := n.add(a, d); ok {
				if got := cal.Add(a, d); !got.Equal(want) {
					t.Fatalf("%v after %v is %v, want %v; %s", d, a, got.UTC(), want.UTC(), where())
				}
			}
		}
		days := r.IntN(9) - 4
		if want, ok := n.addDays(a, days); ok && days != 0 {
			if got := cal.AddDays(a, days); !got.Equal(want) {
				t.Fatalf("%d days after %v are %v, want %v; %s", days, a.In(loc), got.In(loc), want.In(loc), where())
			}
		}
	}
	n.compareWindows(t, cal, from, to, where)
}

func (n *naive) compareWindows(t *testing.T, cal *sla.Calendar, from, to time.Time, where func() string) {
	t.Helper()
	var want []sla.Window
	for at := from; at.Before(to); at = n.begin.Add(time.Duration(n.at(at)+1) * n.step) {
		if !n.open[n.at(at)] {
			continue
		}
		end := n.begin.Add(time.Duration(n.at(at)+1) * n.step)
		if end.After(to) {
			end = to
		}
		if last := len(want) - 1; last >= 0 && want[last].Close.Equal(at) {
			want[last].Close = end
		} else {
			want = append(want, sla.Window{Open: at, Close: end})
		}
	}
	for w := range cal.Windows(from, to) {
		if len(want) == 0 || !w.Open.Equal(want[0].Open) || !w.Close.Equal(want[0].Close) {
			t.Fatalf("window %v, want the first of %v; %s", w, want, where())
		}
		want = want[1:]
	}
	if len(want) > 0 {
		t.Fatalf("windows %v are missing; %s", want, where())
	}
}

// randomHours makes a definition with boundaries where clocks change, in the small
// hours, and special dates around an instant.
func randomHours(r *rand.Rand, zone string, middle time.Time) sla.Hours {
	for {
		h := sla.Hours{Zone: zone}
		for _, day := range []*[]sla.Span{&h.Week.Mon, &h.Week.Tue, &h.Week.Wed, &h.Week.Thu, &h.Week.Fri, &h.Week.Sat, &h.Week.Sun} {
			*day = randomSpans(r)
		}
		if r.IntN(10) == 0 {
			h.Week = sla.EveryDay(sla.Span{"00:00", "24:00"})
		}
		for range r.IntN(4) {
			h.Holidays = append(h.Holidays, near(r, middle))
		}
		for range r.IntN(4) {
			if h.Exceptions == nil {
				h.Exceptions = map[sla.Date][]sla.Span{}
			}
			h.Exceptions[near(r, middle)] = randomSpans(r)
		}
		if year := middle.Year(); year < 1901 || year > 2199 {
			h.Holidays, h.Exceptions = nil, nil
		}
		if _, err := sla.NewCalendar(h); err == nil {
			return h
		}
	}
}

func near(r *rand.Rand, t time.Time) sla.Date { return sla.DateOf(t.AddDate(0, 0, r.IntN(9)-4)) }

func randomSpans(r *rand.Rand) []sla.Span {
	var list []sla.Span
	for range r.IntN(3) {
		list = append(list, sla.Span{randomTime(r), randomTime(r)})
	}
	return list
}

func randomTime(r *rand.Rand) string {
	hour := r.IntN(24)
	if r.IntN(2) == 0 {
		hour = []int{0, 1, 2, 3, 23}[r.IntN(5)]
	}
	return fmt.Sprintf("%02d:%02d", hour, 15*r.IntN(4))
}
