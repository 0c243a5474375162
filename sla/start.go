package sla

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/itsmkit/itsm"
)

// start makes a promise whose clock counts from an instant that may lie in the
// past. What the work was then is taken as it would have been had the clock been
// there: it pauses while the metric says so, and from a stop to a reopening.
func (t *tracker) start(r *promised, since time.Time) error {
	goal, _ := r.goal(since, t.after) // there is one, or the target would not have been chosen
	v, w := r.version, t.work
	w.Promises = append(w.Promises, Promise{
		ID: len(w.Promises) + 1, Kind: v.Kind, Party: v.Party, Metric: r.metric.Name,
		Agreement: v.Agreement, Version: v.Number, Target: r.target.Name,
	})
	p := &w.Promises[len(w.Promises)-1]
	t.latest[r.slot] = p.ID
	if t.chose != nil {
		t.chose(p.ID, t.choice)
	}
	if err := t.do(p, r, Event{At: since, Do: Start, By: t.by, Goal: goal, Calendar: r.calendar}); err != nil {
		return err
	}
	if since.Before(t.at) {
		if err := t.catchUp(p, r, since); err != nil {
			return err
		}
	}
	return t.pause(p, r)
}

// catchUp takes the moments before the present one for a clock that began then.
// Levels fire when they were reached.
func (t *tracker) catchUp(p *Promise, r *promised, since time.Time) error {
	past := tracker{heard: t.heard}
	for _, m := range t.work.Moments[:len(t.work.Moments)-1] {
		past.before, past.after = past.after, past.after.With(m.Facts)
		past.at, past.by = laterOf(m.At, since), m.By
		if m.At.After(since) {
			r.fire(p, past.at)
		}
		if r.metric.Stop.Holds(past.before, past.after) {
			if p.Status == Running || p.Reason != stoppedThen {
				if err := past.do(p, r, past.now(Event{Do: Pause, Reason: stoppedThen})); err != nil {
					return err
				}
			}
			continue
		}
		if err := past.pause(p, r); err != nil {
			return err
		}
	}
	r.fire(p, t.at)
	return nil
}

// stoppedThen is why a clock that is taken anew pauses from a stop to a reopening.
const stoppedThen = "the work was done"

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// claims reports whether the target is for work with such values.
func (r *promised) claims(before, after Facts) bool {
	terms := r.version.terms
	if len(terms.Services) > 0 {
		service := after[serviceField]
		if !slices.ContainsFunc(terms.Services, func(ref itsm.Ref) bool { return itsm.ReferenceValue(ref).Equal(service) }) {
			return false
		}
	}
	return terms.When.Holds(before, after) && r.target.When.Holds(before, after)
}

// goal is how much time a clock has that starts at an instant; false while the
// field that says so has no value.
func (r *promised) goal(start time.Time, f Facts) (time.Duration, bool) {
	if r.within != 0 {
		return r.within, true
	}
	due, ok := r.target.By.due(start, f, r.calendar)
	if !ok {
		return 0, false
	}
	return max(r.calendar.Between(start, due), 0), true
}

// since is from when on a clock counts that begins at an instant.
func (r *promised) since(at time.Time, f Facts) time.Time {
	if from := f[r.metric.Since]; r.metric.Since != "" && !from.IsZero() && from.Instant().Before(at) {
		return from.Instant()
	}
	return at
}

// opening is from when on a clock counts that takes the place of a live one: from the
// first moment, not before an earliest one, at which it would have begun itself. If
// it never would have, it is the present one. A metric may say since when instead.
func (t *tracker) opening(r *promised, earliest time.Time) time.Time {
	if r.metric.Start.IsZero() {
		return r.since(earliest, t.after)
	}
	var before, after Facts
	for _, m := range t.work.Moments {
		before, after = after, after.With(m.Facts)
		if !m.At.Before(earliest) && r.metric.starts(before, after) {
			return r.since(m.At, t.after)
		}
	}
	return r.since(t.at, t.after)
}

// opening is the earliest that a clock can count from which takes the place of a
// live one: the opening of the work. Where an earlier clock has come to an end of its
// own, as by a reset, that keeps what it measured (R25), and it is when the clock
// after that began.
func (w *Work) opening(p *Promise) time.Time {
	first := p
	for i := p.ID - 2; i >= 0; i-- {
		q := &w.Promises[i]
		if q.slot() != p.slot() {
			continue
		}
		if q.Ending != Superseded && q.Ending != Recomputed {
			return first.Started
		}
		first = q
	}
	return w.Moments[0].At
}

// pause reports whether a clock pauses, and why: the values that have it do so.
func (r *promised) pause(before, after Facts) (reason string, paused bool) {
	if !r.metric.pauses(before, after) {
		return "", false
	}
	var why []string
	for _, name := range r.pausedBy {
		if v := after[name]; !v.IsZero() {
			why = append(why, plainName(name)+" "+v.String())
		}
	}
	if why == nil {
		return cut(r.metric.Pause.String()), true
	}
	return cut(strings.Map(printable, strings.Join(why, ", "))), true
}

// printable keeps a text on one line, which a reason has to be and a value need not.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// anew is when the clock of a promise was last taken anew, directly or before other
// agreements took over; the zero time if it was not.
func (w *Work) anew(p *Promise) time.Time {
	for i := p.ID - 2; i >= 0; i-- {
		switch q := &w.Promises[i]; {
		case q.slot() != p.slot():
		case q.Ending == Recomputed:
			return q.Last
		case q.Ending != Superseded:
			return time.Time{}
		}
	}
	return time.Time{}
}
