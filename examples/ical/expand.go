package ical

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm/sla"
	"github.com/teambition/rrule-go"
)

// maxSearch is how many years of recurrence are searched in one file, the sum over
// its events: 2,000 events that recur since 1980. It takes some seconds at most.
const maxSearch = 100_000

// expansion makes dates of events, within a span of years and bounded.
type expansion struct {
	first, after time.Time           // the span: from first, before after
	most         int                 // dates
	searched     int                 // years
	overrides    map[string][]*entry // with a RECURRENCE-ID, by UID
	replaced     map[string]map[time.Time]bool
	list         []Holiday
}

func newExpansion(from, to, most int, entries []*entry) *expansion {
	x := &expansion{
		first:     time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC),
		after:     time.Date(to+1, 1, 1, 0, 0, 0, 0, time.UTC),
		most:      most,
		overrides: map[string][]*entry{},
		replaced:  map[string]map[time.Time]bool{},
	}
	for _, e := range entries {
		if e.id != nil && e.UID != "" {
			x.overrides[e.UID] = append(x.overrides[e.UID], e)
		}
	}
	return x
}

// take adds the dates of an event, or says why it has none.
func (x *expansion) take(e *entry, o *Options) (Reason, error) {
	if e.isCancelled {
		return Cancelled, nil
	}
	if e.start == nil {
		return "", e.at(&Error{Line: e.Line, Err: wrong("DTSTART", "missing; an event must have one")})
	}
	if !e.start.isDate() {
		if err := checkTimed(e.start.value); err != nil {
			return "", e.fail(e.start, "%v", err)
		}
		return Timed, nil
	}
	if e.Transparent && o.SkipTransparent {
		return Transparent, nil
	}
	if o.Keep != nil && !o.Keep(e.copied()) {
		return Refused, nil
	}
	before := len(x.list)
	if err := x.add(e); err != nil {
		return "", err
	}
	if len(x.list) == before {
		return Outside, nil
	}
	return "", nil
}

// copied is what a caller may keep, and change.
func (e *entry) copied() Event {
	event := e.Event
	event.Categories = slices.Clone(event.Categories)
	return event
}

// add adds the dates of an event of whole days.
func (x *expansion) add(e *entry) error {
	start, err := parseDate(e.start.value)
	if err != nil {
		return e.fail(e.start, "%v", err)
	}
	length, err := e.length(start)
	if err != nil {
		return err
	}
	var replaced map[time.Time]bool
	if e.id == nil && e.UID != "" {
		if replaced, err = x.replacedDates(e.UID); err != nil {
			return err
		}
	}
	removed, err := e.dates(e.removed)
	if err != nil {
		return err
	}
	added, err := e.dates(e.added)
	if err != nil {
		return err
	}
	if e.exrule != nil {
		return e.fail(e.exrule, "not read, since RFC 5545 has it no more; EXDATE says the same")
	}
	done := map[time.Time]bool{}
	for _, t := range removed {
		done[t] = true
	}
	occurs := func(t time.Time) error {
		if replaced[t] || done[t] {
			return nil
		}
		done[t] = true
		return x.addDays(e, t, length)
	}
	for _, t := range append([]time.Time{start}, added...) {
		if err := occurs(t); err != nil {
			return err
		}
	}
	if e.rule == nil {
		return nil
	}
	r, err := parseRule(e.rule.value, start)
	if err != nil {
		return e.fail(e.rule, "%v", err)
	}
	for t, err := range x.recur(e, r) {
		if err != nil {
			return err
		}
		if err := occurs(t); err != nil {
			return err
		}
	}
	return nil
}

// recur is the dates on which an event begins by its rule, after DTSTART, which is
// the first in any case.
func (x *expansion) recur(e *entry, r *rule) iter.Seq2[time.Time, error] {
	return func(yield func(time.Time, error) bool) {
		start := r.option.Dtstart
		end := x.after.Add(-day)
		if !r.until.IsZero() && r.until.Before(end) {
			end = r.until
		}
		if start.After(end) || r.count == 1 {
			return
		}
		series, err := rrule.NewRRule(r.option)
		if err != nil {
			yield(time.Time{}, e.fail(e.rule, "%v", err))
			return
		}
		next, year := series.Iterator(), start.Year()
		for count, isFirst := 1, true; ; isFirst = false {
			t, ok := next()
			if !ok && isFirst {
				yield(time.Time{}, e.fail(e.rule, "%.60q never comes true", e.rule.value))
				return
			}
			if !ok {
				t = endOfTime() // so far the library searched
			}
			if x.searched += t.Year() - year; x.searched > maxSearch {
				yield(time.Time{}, e.fail(e.rule, "with it the recurrences of the file reach over more than %d years", maxSearch))
				return
			}
			if !ok || t.After(end) {
				return
			}
			if year = t.Year(); !t.After(start) {
				continue
			}
			if !yield(t, nil) {
				return
			}
			if count++; count == r.count {
				return
			}
		}
	}
}

// addDays adds the days of an event that begins on a date, those in the span.
func (x *expansion) addDays(e *entry, begin time.Time, length int) error {
	end := begin.AddDate(0, 0, length)
	if end.After(x.after) {
		end = x.after
	}
	if begin.Before(x.first) {
		begin = x.first
	}
	for t := begin; t.Before(end); t = t.AddDate(0, 0, 1) {
		if len(x.list) == x.most {
			return e.at(&Error{Line: e.Line, Err: wrong("VEVENT", "with it the file has more than %d dates", x.most)})
		}
		x.list = append(x.list, Holiday{Date: sla.DateOf(t), Name: e.Summary})
	}
	return nil
}

// replacedDates is the dates on which events with this UID do not begin, because
// another event replaces them.
func (x *expansion) replacedDates(uid string) (map[time.Time]bool, error) {
	if set, ok := x.replaced[uid]; ok {
		return set, nil
	}
	set := map[time.Time]bool{}
	for _, o := range x.overrides[uid] {
		if _, ok := o.id.params["RANGE"]; ok {
			return nil, o.fail(o.id, "RANGE is not read; an event must replace one other")
		}
		t, err := parseDate(o.id.value)
		if err != nil {
			return nil, o.fail(o.id, "%v", err)
		}
		set[t] = true
	}
	x.replaced[uid] = set
	return set, nil
}

// dates reads the lists of dates of some properties.
func (e *entry) dates(list []*property) ([]time.Time, error) {
	var dates []time.Time
	for _, p := range list {
		for value := range strings.SplitSeq(p.value, ",") {
			t, err := parseDate(value)
			if err != nil {
				return nil, e.fail(p, "%v", err)
			}
			dates = append(dates, t)
		}
	}
	return dates, nil
}
