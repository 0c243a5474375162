package sla

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

const (
	daySeconds  = 24 * 60 * 60
	weekSeconds = 7 * daySeconds
)

// floorDiv rounds towards the past, also before 1970.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// dayNumber counts days since 1 January 1970.
type dayNumber int64

func dayOf(wall int64) dayNumber { return dayNumber(floorDiv(wall, daySeconds)) }

// midnight is where the day begins, in seconds of the wall clock.
func (d dayNumber) midnight() int64 { return int64(d) * daySeconds }

// weekday counts from Monday, 0.
func (d dayNumber) weekday() int {
	const monday = -3 // 29 December 1969
	day := int64(d - monday)
	return int(day - 7*floorDiv(day, 7))
}

// span is a Span in seconds since the midnight that its day begins with. It may
// end on the next day.
type span struct{ from, to int32 }

// special is a date whose windows are not those of its weekday.
type special struct {
	day     dayNumber
	spans   []span
	holiday bool // it is listed as one
}

// plan is the content of Hours, checked: spans in order, special dates in order.
type plan struct {
	location *time.Location
	week     [7][]span // from Monday
	specials []special
}

// on is the windows that start on a date.
func (p *plan) on(day dayNumber) []span {
	i, found := slices.BinarySearchFunc(p.specials, day, func(s special, d dayNumber) int { return cmp.Compare(s.day, d) })
	if found {
		return p.specials[i].spans
	}
	return p.week[day.weekday()]
}

// plan checks the definition and says everything that is wrong with it.
func (h *Hours) plan() (*plan, error) {
	p := &plan{}
	var wrong problems
	p.location = wrong.zone("tz", h.Zone)
	p.week = wrong.week(&h.Week)
	p.specials = make([]special, 0, len(h.Holidays)+len(h.Exceptions))
	for i, date := range h.Holidays {
		day, problem := parseDate(date)
		if problem != "" {
			wrong.add(fmt.Sprintf("holidays[%d]", i), "%s", problem)
		} else if _, replaced := h.Exceptions[date]; !replaced {
			p.specials = append(p.specials, special{day: day, holiday: true})
		}
	}
	for _, date := range slices.Sorted(maps.Keys(h.Exceptions)) {
		field := "exceptions." + cut(string(date))
		day, problem := parseDate(date)
		if problem != "" {
			wrong.add(field, "%s", problem)
		}
		windows := wrong.spans(field, h.Exceptions[date])
		wrong.overlaps(windows)
		p.specials = append(p.specials, special{day: day, spans: bare(windows)})
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	slices.SortFunc(p.specials, func(a, b special) int { return cmp.Compare(a.day, b.day) })
	p.specials = slices.CompactFunc(p.specials, func(a, b special) bool { return a.day == b.day })
	return p, nil
}

// problems collects what is wrong.
type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// zone loads the rules of a time zone. It is the one place that reads them.
func (p *problems) zone(field, name string) *time.Location {
	const example = `give the name of a zone, "Europe/Berlin" or "UTC"`
	switch name {
	case "":
		p.add(field, "is missing; %s", example)
		return nil
	case "Local":
		p.add(field, `"Local" is another zone on every machine; %s`, example)
		return nil
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		p.add(field, "%s is no time zone known here; %s", itsm.Quoted(name), example)
		return nil
	}
	return location
}

// parseDate reads a date, or says what is wrong with it.
func parseDate(date Date) (day dayNumber, problem string) {
	t, err := time.Parse(time.DateOnly, string(date))
	switch {
	case err != nil:
		return 0, itsm.Quoted(date) + ` is not a date, as in "2026-12-25"`
	case t.Year() < firstYear || t.Year() > lastYear:
		return 0, fmt.Sprintf("%s is not in the years %d to %d", itsm.Quoted(date), firstYear, lastYear)
	}
	return dayOf(t.Unix()), ""
}

// namedSpan is a window in seconds since the beginning of its day or week, and
// where it stands in the definition.
type namedSpan struct {
	span
	text  Span
	field string
}

func bare(windows []namedSpan) []span {
	list := make([]span, len(windows))
	for i, w := range windows {
		list[i] = w.span
	}
	return list
}

// spans reads the windows of a day and puts them in order.
func (p *problems) spans(field string, windows []Span) []namedSpan {
	list := make([]namedSpan, 0, len(windows))
	for i, text := range windows {
		at := fmt.Sprintf("%s[%d]", field, i)
		from, okFrom := p.timeOfDay(at+"[0]", text[0])
		to, okTo := p.timeOfDay(at+"[1]", text[1])
		switch {
		case !okFrom || !okTo:
			continue
		case from == daySeconds:
			p.add(at+"[0]", `"24:00" only ends a window; one that starts at midnight starts at "00:00"`)
			continue
		case from == to:
			p.add(at, `%s to %s is no time at all; a whole day is "00:00" to "24:00"`, itsm.Quoted(text[0]), itsm.Quoted(text[1]))
			continue
		case to < from:
			to += daySeconds
		}
		list = append(list, namedSpan{span{from, to}, text, at})
	}
	slices.SortStableFunc(list, func(a, b namedSpan) int { return cmp.Compare(a.from, b.from) })
	return list
}

// timeOfDay reads "HH:MM" as seconds since midnight.
func (p *problems) timeOfDay(field, s string) (int32, bool) {
	digit := func(i int) int32 { return int32(s[i] - '0') } // as a byte, so what is no digit is above 9
	if len(s) != len("HH:MM") || s[2] != ':' || max(digit(0), digit(1), digit(3), digit(4)) > 9 {
		p.add(field, `%s is not a time of day, as in "09:00"`, itsm.Quoted(s))
		return 0, false
	}
	hour, minute := 10*digit(0)+digit(1), 10*digit(3)+digit(4)
	if minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		p.add(field, `%s is no time between "00:00" and "24:00"`, itsm.Quoted(s))
		return 0, false
	}
	return (60*hour + minute) * 60, true
}

// overlaps finds windows, in order, that begin before the one before has ended.
func (p *problems) overlaps(windows []namedSpan) {
	for i := 1; i < len(windows); i++ {
		p.overlap(windows[i-1], windows[i], 0)
	}
}

// overlap compares two windows, the second of them later by so many seconds.
func (p *problems) overlap(first, second namedSpan, later int32) {
	if second.from+later < first.to {
		p.add(second.field, "%s–%s overlaps %s, %s–%s; make one window of them, or end the first in time",
			second.text[0], second.text[1], first.field, first.text[0], first.text[1])
	}
}

// week reads the weekly pattern.
func (p *problems) week(w *Week) (week [7][]span) {
	before := len(*p)
	var all []namedSpan
	for i, windows := range w.days() {
		list := p.spans("schedule."+dayNames()[i], windows)
		week[i] = bare(list)
		all = append(all, shifted(list, int32(i)*daySeconds)...)
	}
	if len(all) == 0 {
		if len(*p) == before {
			p.add("schedule", "has no window; a calendar that is never open counts nothing")
		}
		return week
	}
	p.overlaps(all)
	p.overlap(all[len(all)-1], all[0], weekSeconds)
	return week
}

func shifted(windows []namedSpan, by int32) []namedSpan {
	list := slices.Clone(windows)
	for i := range list {
		list[i].from += by
		list[i].to += by
	}
	return list
}

// cut is a text in a message, cut when it is long.
func cut(s string) string {
	const most = 64
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
