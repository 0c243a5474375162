package sla

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Explanation lists the whole time of a clock, from its start to an instant or to
// its end: what was counted, what was not, and why. The intervals follow one
// another without gaps, none is empty, and those counted add up to the reading to
// the nanosecond. All instants are in the location of the one asked about.
type Explanation struct {
	At        time.Time  `json:"at"` // the instant asked about
	Reading   Reading    `json:"reading"`
	Breached  time.Time  `json:"breached,omitzero"` // when; see [State]
	Cause     Cause      `json:"cause,omitzero"`
	Intervals []Interval `json:"intervals"`
}

// Interval is a span of time that counts in one way: from From on, until just
// before To.
type Interval struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	As     Counted   `json:"as"`
	Reason string    `json:"reason,omitzero"` // of a pause
	By     string    `json:"by,omitzero"`     // who paused or stopped the clock
}

// Duration is how long the interval lasts.
func (i Interval) Duration() time.Duration { return i.To.Sub(i.From) }

// Counted says as what time counts.
type Counted string

// What time counts as.
const (
	AsElapsed Counted = "elapsed" // towards the goal
	AsPaused  Counted = "paused"  // business time, but the clock was paused
	AsDone    Counted = "done"    // business time from a stop to a reopening; paused to the reading
	AsClosed  Counted = "closed"  // no business time
	AsHoliday Counted = "holiday" // no business time, on a date that the calendar lists as a holiday
)

// CountedAs lists every way in which time counts.
func CountedAs() []Counted { return []Counted{AsElapsed, AsPaused, AsDone, AsClosed, AsHoliday} }

// Explain is the explanation of the clock that events make, at an instant. Like
// [Clock.At] it looks forward from the last event: an instant before it, or even
// before the start, explains all that has been measured. Of a clock that is stopped
// or cancelled it explains the time until then. There is an interval for every
// window of the calendar and every closing, some five hundred for a year of office
// hours.
func Explain(at time.Time, events ...Event) (Explanation, error) {
	if err := itsm.CheckTime("at", at); err != nil {
		return Explanation{}, err
	}
	c, err := Fold(events...)
	if err != nil {
		return Explanation{}, err
	}
	c.forward(at)
	loc := at.Location()
	x := Explanation{At: at.Round(0), Reading: c.reading(loc), Cause: c.Cause}
	if !c.Breached.IsZero() {
		x.Breached = c.Breached.In(loc)
	}
	legs := legs(events, c.Last.In(loc))
	room := 0
	for i := range legs {
		room += legs[i].expected()
	}
	x.Intervals = make([]Interval, 0, room)
	for i := range legs {
		legs[i].explain(&x.Intervals)
	}
	return x, nil
}

// leg is the time between two events, which counts in one way while the
// calendar is open.
type leg struct {
	from, to   time.Time
	calendar   *Calendar
	as         Counted
	reason, by string
}

// legs is the time from the first event to an instant not before the last. All of
// it is in the location of that instant.
func legs(events []Event, end time.Time) []leg {
	list := make([]leg, len(events))
	var s leg
	for i := range events {
		s.follow(&events[i], end.Location())
		if i > 0 {
			list[i-1].to = s.from
		}
		list[i] = s
	}
	list[len(list)-1].to = end
	return list
}

// follow begins the leg that an event leads to.
func (s *leg) follow(e *Event, loc *time.Location) {
	s.from = e.At.Round(0).In(loc)
	switch e.Do {
	case Start:
		s.calendar, s.as = e.Calendar, AsElapsed
	case Pause:
		s.as, s.reason, s.by = AsPaused, e.Reason, e.By
	case Resume, Reopen:
		s.as, s.reason, s.by = AsElapsed, "", ""
	case Stop: // if this was the end, as a cancellation is, the leg is empty
		s.as, s.reason, s.by = AsDone, "", e.By
	case Retarget:
		s.calendar = e.Calendar
	}
}

// expected is about how many intervals a leg has: for each window a closing. What
// is more will show.
func (s *leg) expected() int {
	if s.calendar.isAlways() {
		return 1
	}
	const most = 1 << 14
	windows := int64(len(s.calendar.pieces.week.opens) - 1)
	return int(min(2+2*windows*(s.to.Unix()-s.from.Unix())/weekSeconds, most))
}

// explain appends the intervals of a leg.
func (s *leg) explain(list *[]Interval) {
	if !s.from.Before(s.to) {
		return
	}
	if s.calendar.isAlways() {
		add(list, Interval{s.from, s.to, s.as, s.reason, s.by})
		return
	}
	holidays := s.calendar.holidaysFrom(s.from.Unix())
	for at, sec := s.from, s.from.Unix(); at.Before(s.to); {
		isOpen, until := s.calendar.pieces.change(sec)
		end := s.upTo(until)
		if isOpen {
			add(list, Interval{at, end, s.as, s.reason, s.by})
		} else {
			holidays = s.closed(list, at, end, holidays)
		}
		at, sec = end, until
	}
}

// upTo is an instant in seconds since 1970, or the end of the leg if that is
// earlier.
func (s *leg) upTo(sec int64) time.Time {
	if sec > s.to.Unix() {
		return s.to
	}
	return time.Unix(sec, 0).In(s.to.Location())
}

// closed appends time at which the calendar is closed. Of the holidays from then
// on it returns those that have not ended.
func (s *leg) closed(list *[]Interval, from, to time.Time, holidays []date) []date {
	for from.Before(to) {
		for len(holidays) > 0 && holidays[0].to <= from.Unix() {
			holidays = holidays[1:]
		}
		end, as := to, AsClosed
		if len(holidays) > 0 {
			if h := holidays[0]; h.from > from.Unix() {
				end = s.upTo(h.from)
			} else {
				end, as = s.upTo(h.to), AsHoliday
			}
			if end.After(to) {
				end = to
			}
		}
		add(list, Interval{From: from, To: end, As: as})
		from = end
	}
	return holidays
}

// add appends an interval, or makes the last one longer.
func add(list *[]Interval, i Interval) {
	if n := len(*list); n > 0 {
		if last := &(*list)[n-1]; last.As == i.As && last.Reason == i.Reason && last.By == i.By {
			last.To = i.To
			return
		}
	}
	*list = append(*list, i)
}

// date is a date in seconds since 1970.
type date struct{ from, to int64 }

// holidays are the dates on which no window starts because the definition lists
// them, in order. One that the clock never shows is empty.
func holidays(p *plan, z *zone) []date {
	list := make([]date, 0, len(p.specials))
	for _, s := range p.specials {
		if !s.holiday {
			continue
		}
		list = append(list, date{z.firstAt(s.day.midnight()), z.firstAt((s.day + 1).midnight())})
	}
	return list
}

// holidaysFrom are those that have not ended before an instant.
func (c *Calendar) holidaysFrom(sec int64) []date {
	i, _ := slices.BinarySearchFunc(c.holidays, sec, func(d date, sec int64) int { return cmp.Compare(d.to, sec) })
	return c.holidays[i:]
}

// Total is how much time counted in one way. For [AsElapsed] it is the Elapsed of
// the reading, for [AsPaused] and [AsDone] together its Paused.
func (x Explanation) Total(as Counted) time.Duration {
	var sum time.Duration
	for _, i := range x.Intervals {
		if i.As == as {
			sum = saturated(sum, i.Duration())
		}
	}
	return sum
}

// String has one interval a line, with how long it lasted and as what it counted,
// and last what the clock shows. Times are to the minute, if all of them are.
func (x Explanation) String() string {
	form := x.form()
	spans := make([]string, len(x.Intervals))
	width := 0
	for n, i := range x.Intervals {
		spans[n] = plainTime(i.Duration())
		width = max(width, len(spans[n]))
	}
	var b strings.Builder
	for n, i := range x.Intervals {
		fmt.Fprintf(&b, "%s  %s  %*s  %s", i.From.Format(form), i.To.Format(form), width, spans[n], i.As)
		if i.Reason != "" {
			fmt.Fprintf(&b, " for %s", i.Reason)
		}
		if i.By != "" {
			fmt.Fprintf(&b, " by %s", i.By)
		}
		b.WriteByte('\n')
	}
	r := x.Reading
	fmt.Fprintf(&b, "%s: %s elapsed of %s, %s paused, due %s", r.Status,
		plainTime(r.Elapsed), plainTime(r.Elapsed+r.Remaining), plainTime(r.Paused), r.Due.Format(form))
	switch {
	case r.Breached:
		fmt.Fprintf(&b, ", breached %s (%s)", x.Breached.Format(form), x.Cause)
	case r.Met():
		b.WriteString(", met")
	}
	return b.String()
}

// form is how times are written, and more of them beside: to the minute, to the
// second, or as they are.
func (x Explanation) form(more ...time.Time) string {
	const (
		minutes = "Mon 2006-01-02 15:04"
		seconds = minutes + ":05"
		nanos   = seconds + ".000000000"
	)
	form := minutes
	finer := func(t time.Time) {
		switch {
		case t.Nanosecond() != 0:
			form = nanos
		case t.Second() != 0 && form == minutes:
			form = seconds
		}
	}
	finer(x.Reading.Due)
	finer(x.Breached)
	for _, i := range x.Intervals {
		finer(i.From)
		finer(i.To)
	}
	for _, t := range more {
		finer(t)
	}
	return form
}

// plainTime writes a duration without zeros at its end: 1h30m, not 1h30m0s.
func plainTime(d time.Duration) string {
	s := d.String()
	if d%time.Minute == 0 && d != 0 {
		s = strings.TrimSuffix(s, "0s")
		if d%time.Hour == 0 {
			s = strings.TrimSuffix(s, "0m")
		}
	}
	return s
}
