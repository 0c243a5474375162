package sla

import (
	"math"
	"time"
)

// Calendar tells when service is given and counts the time of it. Build one with
// [NewCalendar] or [ParseCalendar]. It never changes and is safe for concurrent
// use; the zero Calendar, and a nil one, are open around the clock.
//
// Instants that it returns are in the location of the one that it was given.
// Between them it answers for every year, at the same cost.
type Calendar struct {
	hours    Hours
	zone     zone
	pieces   pieces
	dates    openDates
	holidays []date
}

// NewCalendar builds the calendar of a definition, which it copies. What is wrong
// with one comes as *[itsm.FieldError] values, joined.
func NewCalendar(h Hours) (*Calendar, error) {
	p, err := h.plan()
	if err != nil {
		return nil, err
	}
	return newCalendar(h.normal(), p), nil
}

func newCalendar(h Hours, p *plan) *Calendar {
	c := &Calendar{hours: h}
	after := int64(0)
	if n := len(p.specials); n > 0 {
		after = (p.specials[n-1].day + 3).midnight()
	}
	c.zone = expandZone(p.location, after)
	c.pieces = expand(p, &c.zone)
	c.dates = newOpenDates(p, &c.zone)
	c.holidays = holidays(p, &c.zone)
	return c
}

// Hours is the definition of the calendar, a copy in normal form: windows and
// dates in order.
func (c *Calendar) Hours() Hours {
	if c.isAlways() {
		return Hours{Zone: "UTC", Week: EveryDay(Span{"00:00", "24:00"})}.normal()
	}
	return c.hours.normal()
}

// isAlways reports whether this is the zero Calendar, or nil.
func (c *Calendar) isAlways() bool { return c == nil || len(c.pieces.start) == 0 }

// Between is the business time from a to b, to the nanosecond; negative when b is
// before a. What is too long for a Duration, 292 years, is the longest one.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	from, fromNanos := c.at(a)
	to, toNanos := c.at(b)
	return duration(to-from, toNanos-fromNanos)
}

// Add is the instant at which d of business time after t has elapsed, the earliest
// one: a budget that is used up when the calendar closes ends there, not at the
// next opening. A negative d walks backwards, to the latest instant from which as
// much business time leads to t. Add(t, 0) is t.
func (c *Calendar) Add(t time.Time, d time.Duration) time.Time {
	if d == 0 {
		return t
	}
	count, nanos := c.at(t)
	count, nanos = carry(count+int64(d/time.Second), nanos+int64(d%time.Second))
	// An open second is [begin, begin+1s]. Going forwards the budget ends in the
	// second before a whole number, going backwards in the one after.
	if d > 0 && nanos == 0 {
		count, nanos = count-1, nanosPerSecond
	}
	var second int64
	if c.isAlways() {
		second = count
	} else {
		weeks := c.pieces.week
		guess := bounded(t) + int64(float64(d/time.Second)*float64(weekSeconds)/float64(weeks.total))
		second = c.pieces.second(count, guess)
	}
	return time.Unix(second, nanos).In(t.Location())
}

// at is the business time before t, from some beginning on, in whole seconds and
// the nanoseconds of the one that runs.
func (c *Calendar) at(t time.Time) (int64, int64) {
	sec := bounded(t)
	if c.isAlways() {
		return sec, int64(t.Nanosecond())
	}
	count, isOpen := c.pieces.at(sec)
	if !isOpen {
		return count, 0
	}
	return count, int64(t.Nanosecond())
}

const nanosPerSecond = int64(time.Second)

// bounded is t in seconds since 1970, within what can be counted with.
func bounded(t time.Time) int64 { return min(max(t.Unix(), earliest), latest) }

// carry brings nanoseconds into [0, 1s).
func carry(sec, nanos int64) (int64, int64) {
	if nanos < 0 {
		return sec - 1, nanos + nanosPerSecond
	}
	if nanos >= nanosPerSecond {
		return sec + 1, nanos - nanosPerSecond
	}
	return sec, nanos
}

// duration is so many seconds and nanoseconds, within what a Duration can hold.
func duration(sec, nanos int64) time.Duration {
	const most = math.MaxInt64 / nanosPerSecond
	switch { // both of one sign, so that only a sum too long is cut
	case sec > 0 && nanos < 0:
		sec, nanos = sec-1, nanos+nanosPerSecond
	case sec < 0 && nanos > 0:
		sec, nanos = sec+1, nanos-nanosPerSecond
	}
	switch {
	case sec > most:
		return math.MaxInt64
	case sec < -most:
		return math.MinInt64
	}
	return saturated(time.Duration(sec)*time.Second, time.Duration(nanos))
}

// saturated is a + b, within what a Duration can hold.
func saturated(a, b time.Duration) time.Duration {
	sum := a + b
	switch {
	case a > 0 && b > 0 && sum < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && sum >= 0:
		return math.MinInt64
	}
	return sum
}
