package sla

import (
	"cmp"
	"slices"
	"time"
)

// AddDays is n business days after t, at the same time of day on the calendar's
// clock. A business day is a date on which at least one window starts; t's own
// date does not count, be it one or not: a business day after a Saturday is the
// Monday, after a Friday too. A negative n counts backwards.
//
// The time of day is kept also where the calendar is closed then. If the clock
// skips it on that date, the result is the first instant after the gap; if it shows
// it twice, the first of both. AddDays(t, 0) is t.
func (c *Calendar) AddDays(t time.Time, n int) time.Time {
	if n == 0 {
		return t
	}
	const most = 1 << 31 // some million years
	days := min(max(int64(n), -most), most)
	if c.isAlways() {
		return t.UTC().AddDate(0, 0, int(days)).In(t.Location())
	}
	wall := c.zone.wall(bounded(t))
	day := c.dates.add(dayOf(wall), days)
	target := day.midnight() + wall - dayOf(wall).midnight()
	sec := c.zone.firstAt(target)
	nanos := int64(t.Nanosecond())
	if c.zone.wall(sec) != target {
		nanos = 0
	}
	return time.Unix(sec, nanos).In(t.Location())
}

// openDates counts the dates on which a window starts: those of the weekly pattern
// and, beside them, the dates that differ from it.
type openDates struct {
	inWeek [8]int64 // of the pattern before each weekday, and in all

	// Dates that are open although the pattern is closed (+1) or closed although
	// it is open (-1), in order, each with the sum so far.
	days []dayNumber
	sums []int64

	begin  dayNumber // of the lap; what differs repeats with it
	end    dayNumber
	perLap int64
}

func newOpenDates(p *plan, z *zone) openDates {
	lap := z.lap()
	d := openDates{begin: dayOf(lap.begin), end: dayOf(lap.end)}
	for i, spans := range p.week {
		d.inWeek[i+1] = d.inWeek[i]
		if len(spans) > 0 {
			d.inWeek[i+1]++
		}
	}
	sum := int64(0)
	unusual := unusualDates(p, z)
	d.days, d.sums = make([]dayNumber, 0, len(unusual)), make([]int64, 0, len(unusual))
	for _, day := range unusual {
		usually := len(p.week[day.weekday()]) > 0
		opens := isOpenDate(p, z, day)
		if opens == usually {
			continue
		}
		if opens {
			sum++
		} else {
			sum--
		}
		d.days, d.sums = append(d.days, day), append(d.sums, sum)
	}
	if lap != noLap() {
		d.perLap = d.upTo(d.end-1) - d.upTo(d.begin-1)
	}
	return d
}

// unusualDates is, in order, where a date may be open or closed against the weekly
// pattern: the special ones, and those of which a clock that is put forward skips
// all or a whole window.
func unusualDates(p *plan, z *zone) []dayNumber {
	list := make([]dayNumber, 0, len(p.specials))
	for _, s := range p.specials {
		list = append(list, s.day)
	}
	for c := range z.changes(z.lap().end) {
		from, to := c.at+int64(c.from), c.at+int64(c.to) // what a clock put forward skips
		for day := dayOf(from); day.midnight() <= to; day++ {
			if skipped := slices.ContainsFunc(p.on(day), func(s span) bool {
				return from <= day.midnight()+int64(s.from) && day.midnight()+min(int64(s.to), daySeconds) <= to
			}); skipped {
				list = append(list, day)
			}
		}
	}
	slices.SortFunc(list, func(a, b dayNumber) int { return cmp.Compare(a, b) })
	return slices.Compact(list)
}

// isOpenDate reports whether the clock shows the date and a window of some length
// starts on it.
func isOpenDate(p *plan, z *zone, day dayNumber) bool {
	if dayOf(z.wall(z.firstAt(day.midnight()))) > day {
		return false
	}
	return slices.ContainsFunc(p.on(day), func(s span) bool {
		return z.firstAt(day.midnight()+int64(s.from)) < z.lastAt(day.midnight()+int64(s.to))
	})
}

// upTo is the number of open dates up to and with a day, counted from some
// beginning on.
func (d *openDates) upTo(day dayNumber) int64 {
	var more int64
	if day >= d.end {
		laps := int64(day-d.begin) / lapDays
		more = laps * d.perLap
		day -= dayNumber(laps * lapDays)
	}
	// Weeks are counted from one so early that their number is not negative.
	const monday = 3
	n := int64(day) + monday + weeksBack*7
	count := n/7*d.inWeek[7] + d.inWeek[n%7+1]
	i, found := slices.BinarySearch(d.days, day)
	if found {
		i++
	}
	if i > 0 {
		count += d.sums[i-1]
	}
	return count + more
}

// add is the n-th open date after a day, or before it.
func (d *openDates) add(day dayNumber, n int64) dayNumber {
	// The date sought is the first up to which so many are open.
	target := d.upTo(day) + n
	if n < 0 {
		target = d.upTo(day-1) + n + 1
	}
	low, high := day, day
	for step := dayNumber(7); d.upTo(low) >= target; step *= 2 {
		low -= step
	}
	for step := dayNumber(7); d.upTo(high) < target; step *= 2 {
		high += step
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; d.upTo(middle) < target {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
