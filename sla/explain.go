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
// another without gaps, and those counted add up to the reading to the nanosecond.
// Its text has one interval a line.
type Explanation struct {
	At        time.Time  `json:"at"`
	Reading   Reading    `json:"reading"`
	Intervals []Interval `json:"intervals"`
}

// Interval is a span of time that counts in one way.
type Interval struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	As     Counted   `json:"as"`
	Reason string    `json:"reason,omitzero"` // of a pause
	By     string    `json:"by,omitzero"`     // who paused it
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

// Explain is the explanation of the clock that events make, at an instant. An
// instant before the last event is that of the last event.
func Explain(at time.Time, events ...Event) (Explanation, error) {
	if err := itsm.CheckTime("at", at); err != nil {
		return Explanation{}, err
	}
	c, err := Fold(events...)
	if err != nil {
		return Explanation{}, err
	}
	end := at.Round(0)
	if !c.Status.IsLive() || end.Before(c.Last) {
		end = c.Last
	}
	x := Explanation{At: at, Reading: c.At(at), Intervals: make([]Interval, 0, expected(c.Started, end, len(events)))}
	var s leg
	for i := range events {
		e := &events[i]
		s.to = e.At.Round(0)
		s.explain(&x.Intervals)
		s.follow(e)
	}
	s.to = end
	s.explain(&x.Intervals)
	return x, nil
}

// expected is about how many intervals there will be: two windows a day, and as
// many closings.
func expected(from, to time.Time, events int) int {
	const most = 1 << 16
	return int(min(to.Sub(from)/(6*time.Hour), most)) + 2*events
}

// leg is the time between two events, which counts in one way while the
// calendar is open.
type leg struct {
	from, to   time.Time
	calendar   *Calendar
	as         Counted // "": before the start, or after the end
	reason, by string
}

// follow begins the leg that an event leads to.
func (s *leg) follow(e *Event) {
	s.from = s.to
	switch e.Do {
	case Start:
		s.calendar, s.as = e.Calendar, AsElapsed
	case Pause:
		s.as, s.reason, s.by = AsPaused, e.Reason, e.By
	case Resume, Reopen:
		s.as, s.reason, s.by = AsElapsed, "", ""
	case Stop:
		s.as, s.reason, s.by = AsDone, "", e.By
	case Cancel:
		s.as = ""
	case Retarget:
		s.calendar = e.Calendar
	}
}

// explain appends the intervals of a leg.
func (s *leg) explain(list *[]Interval) {
	if s.as == "" || !s.from.Before(s.to) {
		return
	}
	at := s.from
	for w := range s.calendar.Windows(s.from, s.to) {
		s.closed(list, at, w.Open)
		add(list, Interval{w.Open, w.Close, s.as, s.reason, s.by})
		at = w.Close
	}
	s.closed(list, at, s.to)
}

// closed appends time at which the calendar is closed.
func (s *leg) closed(list *[]Interval, from, to time.Time) {
	for from.Before(to) {
		begin, end := s.calendar.holiday(from, to)
		if from.Before(begin) {
			add(list, Interval{From: from, To: begin, As: AsClosed})
		}
		if begin.Before(end) {
			add(list, Interval{From: begin, To: end, As: AsHoliday})
		}
		from = end
	}
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

// holiday is the first part of a span of closed time that lies on a holiday, both
// ends at the end of the span if there is none.
func (c *Calendar) holiday(from, to time.Time) (begin, end time.Time) {
	if c.isAlways() {
		return to, to
	}
	i, _ := slices.BinarySearchFunc(c.holidays, bounded(from), func(d date, sec int64) int { return cmp.Compare(d.to, sec+1) })
	if i == len(c.holidays) {
		return to, to
	}
	begin, end = time.Unix(c.holidays[i].from, 0).In(from.Location()), time.Unix(c.holidays[i].to, 0).In(from.Location())
	if begin.Before(from) {
		begin = from
	}
	if end.After(to) {
		end = to
	}
	if !begin.Before(end) {
		return to, to
	}
	return begin, end
}

// date is a date in seconds since 1970.
type date struct{ from, to int64 }

// holidays are the dates on which no window starts because the definition lists
// them, in order.
func holidays(p *plan, z *zone) []date {
	list := make([]date, 0, len(p.specials))
	for _, s := range p.specials {
		if s.holiday {
			list = append(list, date{z.firstAt(s.day.midnight()), z.firstAt((s.day + 1).midnight())})
		}
	}
	return list
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

// String has one interval a line, and last what the clock shows.
func (x Explanation) String() string {
	var b strings.Builder
	for _, i := range x.Intervals {
		fmt.Fprintf(&b, "%s  %s  %-8s %12v", i.From.Format(explainedAt), i.To.Format(explainedAt), i.As, i.Duration())
		if i.Reason != "" {
			fmt.Fprintf(&b, "  for %s", i.Reason)
		}
		if i.By != "" {
			fmt.Fprintf(&b, "  by %s", i.By)
		}
		b.WriteByte('\n')
	}
	r := x.Reading
	fmt.Fprintf(&b, "%s: %v elapsed, %v paused, due %s", r.Status, r.Elapsed, r.Paused, r.Due.Format(explainedAt))
	if r.Breached {
		b.WriteString(", breached")
	}
	return b.String()
}

const explainedAt = "2006-01-02 15:04:05.999999999"
