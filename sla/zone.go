package sla

import (
	"iter"
	"math"
	"slices"
	"sort"
	"time"
)

// zone is the clock of a place: which offset from UTC holds from when on. The
// past is a table. From some year on the clock changes by rule: when it does in a
// year depends on nothing but the weekday that the year begins with, and whether
// it is a leap year.
type zone struct {
	at     []int64 // seconds since 1970; the first is the beginning of time
	offset []int32 // seconds to add to UTC from then on
	reach  int64   // the largest offset, whatever its sign

	ruleYear int             // the first year by rule
	rule     int64           // when it begins; the end of time, if the clock changes no more
	kinds    [2 * 7][]change // by weekday of the year's beginning, leap years after the others
}

// change is an instant at which the offset changes.
type change struct {
	at       int64 // seconds since 1970; among the kinds of years, since the year began
	from, to int32
}

// season is a span of time with one offset.
type season struct{ from, to, offset int64 }

// In every zone of the database the tables of changes end before 2101.
const lastTables = 2100

// expandZone reads the clock of a location; rules begin after the given instant.
func expandZone(location *time.Location, after int64) zone {
	z := zone{ruleYear: 1 + max(lastTables, time.Unix(after, 0).UTC().Year())}
	rule := newYear(z.ruleYear)
	t := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).In(location)
	for c := range readChanges(t, rule) {
		if z.at == nil {
			const room = 448 // two changes a year, and then some
			z.at, z.offset = make([]int64, 0, room), make([]int32, 0, room)
			z.add(math.MinInt64, c.from)
		}
		z.add(c.at, c.to)
	}
	if z.at == nil {
		z.add(math.MinInt64, offsetAt(t))
	}
	z.rule = math.MaxInt64
	seen := 0
	for year := z.ruleYear; seen < len(z.kinds); year++ {
		begin, kind := newYear(year), z.kind(year)
		if z.kinds[kind] != nil {
			continue
		}
		seen++
		z.kinds[kind] = make([]change, 0, 2)
		for c := range readChanges(time.Unix(begin-1, 0).In(location), newYear(year+1)) {
			z.rule = rule
			z.kinds[kind] = append(z.kinds[kind], change{c.at - begin, c.from, c.to})
			z.stretch(c.to)
		}
	}
	return z
}

func (z *zone) add(at int64, offset int32) {
	z.at, z.offset = append(z.at, at), append(z.offset, offset)
	z.stretch(offset)
}

func (z *zone) stretch(offset int32) { z.reach = max(z.reach, int64(offset), -int64(offset)) }

func newYear(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() }

func (z *zone) kind(year int) int {
	begin := newYear(year)
	kind := dayOf(begin).weekday()
	if newYear(year+1)-begin > 365*daySeconds {
		kind += 7
	}
	return kind
}

// readChanges iterates over the changes of t's location after t and before an
// instant. The bounds of the zone in effect may also be those of a year or of a new
// abbreviation, and on the last day of a leap year they do not lead on at all.
func readChanges(t time.Time, until int64) iter.Seq[change] {
	return func(yield func(change) bool) {
		for before := offsetAt(t); ; {
			_, end := t.ZoneBounds()
			if end.IsZero() {
				return
			}
			if !end.After(t) {
				end = changeWithin(t, daySeconds)
			}
			if end.Unix() >= until {
				return
			}
			if offset := offsetAt(end); offset != before {
				if !yield(change{end.Unix(), before, offset}) {
					return
				}
				before = offset
			}
			t = end
		}
	}
}

// changeWithin is the first instant after t with another offset, at the latest so
// many seconds later. The offset changes at most once in that time.
func changeWithin(t time.Time, seconds int) time.Time {
	before := offsetAt(t)
	later := func(seconds int) time.Time { return t.Add(time.Duration(seconds) * time.Second) }
	if offsetAt(later(seconds)) == before {
		return later(seconds)
	}
	return later(1 + sort.Search(seconds-1, func(i int) bool { return offsetAt(later(i+1)) != before }))
}

func offsetAt(t time.Time) int32 {
	_, offset := t.Zone()
	return int32(offset)
}

// changes iterates over the changes before an instant.
func (z *zone) changes(until int64) iter.Seq[change] {
	return func(yield func(change) bool) {
		for i := 1; i < len(z.at); i++ {
			if z.at[i] >= until || !yield(change{z.at[i], z.offset[i-1], z.offset[i]}) {
				return
			}
		}
		if z.rule == math.MaxInt64 {
			return
		}
		for year := z.ruleYear; ; year++ {
			begin := newYear(year)
			for _, c := range z.kinds[z.kind(year)] {
				c.at += begin
				if c.at >= until || !yield(c) {
					return
				}
			}
		}
	}
}

// season is the one that an instant lies in.
func (z *zone) season(sec int64) season {
	if sec < z.rule {
		i, found := slices.BinarySearch(z.at, sec)
		if !found {
			i--
		}
		s := season{z.at[i], math.MaxInt64, int64(z.offset[i])}
		if i+1 < len(z.at) {
			s.to = z.at[i+1]
		} else if z.rule < math.MaxInt64 {
			s.to = z.ruled(z.rule).to
		}
		return s
	}
	return z.ruled(sec)
}

// ruled is the season of an instant in the years that go by rule.
func (z *zone) ruled(sec int64) season {
	last := len(z.at) - 1
	s := season{from: z.at[last], offset: int64(z.offset[last])}
	year := time.Unix(sec, 0).UTC().Year() - 1 // its last change is still in force when the next one begins
	for year = max(year, z.ruleYear); ; year++ {
		begin := newYear(year)
		for _, c := range z.kinds[z.kind(year)] {
			if begin+c.at > sec {
				s.to = begin + c.at
				return s
			}
			s.from, s.offset = begin+c.at, int64(c.to)
		}
	}
}

// wall is what the clock shows: seconds since 1970 as if in UTC.
func (z *zone) wall(sec int64) int64 { return sec + z.season(sec).offset }

// firstAt is the first instant at which the clock shows the given time or a later
// one: its first occurrence, or the end of the gap that skips it.
func (z *zone) firstAt(wall int64) int64 {
	s := z.season(wall - z.reach) // before that the clock shows less
	for {
		if t := max(s.from, wall-s.offset); t < s.to {
			return t
		}
		s = z.season(s.to)
	}
}

// lastAt is the last instant at which the clock shows the given time or an earlier
// one: its last occurrence, or the end of the gap that skips it.
func (z *zone) lastAt(wall int64) int64 {
	s := z.season(wall + z.reach) // after that the clock shows more
	for s.from > wall-s.offset {
		s = z.season(s.from - 1)
	}
	return min(wall-s.offset, s.to)
}

// Everything that goes by rule repeats with the Gregorian calendar: its 400 years
// are a whole number of weeks, and every year of them is of the kind that the year
// 400 years before was.
const (
	lapYears   = 400
	lapDays    = 146_097
	lapSeconds = lapDays * daySeconds
)

// lap is the first 400 years that repeat. It begins and ends where nothing happens
// for days.
type lap struct{ begin, end int64 }

// noLap is the lap of what never changes again.
func noLap() lap { return lap{math.MaxInt64, math.MaxInt64} }

// fold takes an instant back to the years that are not repetitions, and says how
// many laps earlier that is.
func (l lap) fold(sec int64) (int64, int64) {
	if sec < l.end {
		return sec, 0
	}
	laps := (sec - l.begin) / lapSeconds
	return sec - laps*lapSeconds, laps
}

// lap begins in the middle of a season by rule, far from any change.
func (z *zone) lap() lap {
	if z.rule == math.MaxInt64 {
		return noLap()
	}
	s := z.ruled(z.rule)
	for s.from < z.rule || s.to-s.from < 14*daySeconds {
		s = z.ruled(s.to)
	}
	begin := s.from + (s.to-s.from)/2
	return lap{begin, begin + lapSeconds}
}
