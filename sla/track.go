package sla

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/itsmkit/itsm"
)

// Track follows a piece of work through its moments, in order, and says what was
// promised for it and how that stands. Of the facts of each moment only those that
// change something are kept; times are kept in whole microseconds. A moment before
// the one before it, facts that the book's schema does not declare, and a reason to
// recompute that is no line of text, are an *[itsm.FieldError].
func (b *Book) Track(item itsm.Ref, moments ...Moment) (Work, error) {
	w := Work{Item: item}
	if err := errors.Join(b.check(), item.Check("item")); err != nil {
		return Work{}, err
	}
	t := tracker{book: b, work: &w}
	if err := t.all(moments); err != nil {
		return Work{}, err
	}
	return w, nil
}

// Observe is a piece of work after one more moment.
func (b *Book) Observe(w *Work, m Moment) (Work, error) {
	if err := errors.Join(b.check(), w.check()); err != nil {
		return Work{}, err
	}
	next := w.clone()
	t := tracker{book: b, work: &next}
	if err := t.observe(m); err != nil {
		return Work{}, err
	}
	return next, nil
}

// AsOf is a piece of work as it stood at an instant: after the moments up to it, with
// the levels of escalation that were reached by then. A report of the past is made of
// these, so that what was reopened since does not change it.
func (b *Book) AsOf(w *Work, at time.Time) (Work, error) {
	if err := errors.Join(b.check(), w.check(), itsm.CheckTime("at", at)); err != nil {
		return Work{}, err
	}
	n := sort.Search(len(w.Moments), func(i int) bool { return w.Moments[i].At.After(at) })
	past, err := b.Track(w.Item, w.Moments[:n]...)
	if err != nil {
		return Work{}, err
	}
	past.Header = w.Header
	if err := b.fireAll(&past, at); err != nil {
		return Work{}, err
	}
	return past, nil
}

// fireAll has the levels of all clocks that live fire which are reached by an instant.
func (b *Book) fireAll(w *Work, at time.Time) error {
	for i := range w.Promises {
		if p := &w.Promises[i]; p.Status.IsLive() {
			r, err := b.rule(p)
			if err != nil {
				return err
			}
			r.fire(p, at)
		}
	}
	return nil
}

// tracker carries out moments on a piece of work.
type tracker struct {
	book   *Book
	work   *Work
	at     time.Time
	by     string
	before Facts // nil at the first moment
	after  Facts

	// What explanations are made of, if set: what happened to a clock, and what its
	// target was chosen among.
	heard func(promise int, e Event)
	chose func(promise int, c Choice)

	choice Choice // the last one

	latest []int // the ID of the latest promise of each slot of the book, 0: none; nil: not noted yet
	living []int // room for a list
}

func (t *tracker) all(moments []Moment) error {
	for i, m := range moments {
		if err := t.observe(m); err != nil {
			return fmt.Errorf("moments[%d]: %w", i, err)
		}
	}
	return nil
}

// observe checks a moment, and carries it out.
func (t *tracker) observe(m Moment) error {
	w := t.work
	m.At = itsm.Normal(m.At)
	if err := itsm.CheckTime("at", m.At); err != nil {
		return err
	}
	if n := len(w.Moments); n > 0 && m.At.Before(w.Moments[n-1].At) {
		return &itsm.FieldError{Field: "at", Problem: fmt.Sprintf("%s is before the last moment at %s",
			m.At.Format(time.RFC3339Nano), w.Moments[n-1].At.Format(time.RFC3339Nano))}
	}
	if err := m.Facts.Check(t.book.schema, "facts"); err != nil {
		return err
	}
	if m.Recompute != "" {
		if err := itsm.CheckLine("recompute", m.Recompute); err != nil {
			return err
		}
	}
	t.at, t.by, t.before = m.At, m.By, w.Facts
	t.after = w.Facts
	switch m.Facts = w.Facts.news(m.Facts); {
	case len(m.Facts) == 0:
	case len(w.Facts) == 0:
		t.after = m.Facts // all of it is given, or it would be no news
	default:
		t.after = w.Facts.With(m.Facts)
	}
	w.Facts, w.Moments = t.after, append(w.Moments, m)
	return t.evaluate(m.Recompute)
}

// evaluate is the order in which a moment is taken: what has passed until then
// counts as it was; then each clock that lives; then those that begin. Conditions
// are asked on the values after the moment.
func (t *tracker) evaluate(recompute string) error {
	if err := t.index(); err != nil {
		return err
	}
	for _, id := range t.lives() {
		if err := t.each(id, func(p *Promise, r *promised) error {
			if !p.Next.IsZero() && !p.Next.After(t.at) {
				r.fire(p, t.at)
			}
			return t.live(p, r)
		}); err != nil {
			return err
		}
	}
	for i := range t.book.slots {
		if err := t.begin(&t.book.slots[i], t.latest[i]); err != nil {
			return err
		}
	}
	if recompute != "" {
		for _, id := range t.lives() {
			if err := t.each(id, func(p *Promise, r *promised) error { return t.recompute(p, r, recompute) }); err != nil {
				return err
			}
		}
	}
	for _, id := range t.lives() {
		if err := t.each(id, func(p *Promise, r *promised) error {
			r.fire(p, t.at)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// index notes the latest promise of each slot, the only one whose clock may live or
// be reopened.
func (t *tracker) index() error {
	if t.latest != nil {
		return nil
	}
	t.latest = make([]int, len(t.book.slots))
	for i := range t.work.Promises {
		p := &t.work.Promises[i]
		if s, found := t.book.slot(p.slot()); found {
			t.latest[s] = p.ID
		} else if p.Status.IsLive() {
			_, err := t.book.rule(p)
			return err
		}
	}
	return nil
}

// lives lists the promises whose clocks live, in order.
func (t *tracker) lives() []int {
	t.living = t.living[:0]
	for _, id := range t.latest {
		if id != 0 && t.work.Promises[id-1].Status.IsLive() {
			t.living = append(t.living, id)
		}
	}
	slices.Sort(t.living)
	return t.living
}

// each does something for a promise, with what it is measured by.
func (t *tracker) each(id int, do func(*Promise, *promised) error) error {
	p := &t.work.Promises[id-1]
	r, err := t.book.rule(p)
	if err != nil {
		return err
	}
	return do(p, r)
}

// live takes a moment for a clock that lives: stop, cancel, reset; else a target
// that fits better, and pause or resume.
func (t *tracker) live(p *Promise, r *promised) error {
	switch m := r.metric; {
	case m.Stop.Holds(t.before, t.after):
		return t.end(p, r, Event{Do: Stop}, Done)
	case m.cancels(t.before, t.after):
		return t.end(p, r, Event{Do: Cancel, Reason: "cancelled"}, Void)
	case m.resets(t.before, t.after):
		return t.end(p, r, Event{Do: Stop}, Renewed) // another begins as where none lives
	}
	return t.retarget(p, r)
}

// retarget gives a live clock the target that now fits its work best, and has it
// pause or run.
func (t *tracker) retarget(p *Promise, r *promised) error {
	best, found := t.best(p, r)
	if found && best.version != r.version {
		reason := fmt.Sprintf("superseded by %s", best.version.Agreement)
		if err := t.end(p, r, Event{Do: Cancel, Reason: reason}, Superseded); err != nil {
			return err
		}
		return t.start(best, t.opening(best, t.work.opening(p)))
	}
	if !found { // nothing claims the work any more; what was promised stays promised
		best = r
	}
	goal, ok := best.goal(p.Started, t.after)
	if !ok {
		goal = p.Goal
	}
	if best != r || goal != p.Goal {
		if err := t.do(p, r, t.now(Event{Do: Retarget, Goal: goal, Calendar: best.calendar})); err != nil {
			return err
		}
		if best != r && t.chose != nil {
			t.chose(p.ID, t.choice)
		}
		p.Target = best.target.Name
	}
	return t.pause(p, best)
}

// pause has a live clock pause or run.
func (t *tracker) pause(p *Promise, r *promised) error {
	e := Event{} // only time passes
	switch reason, paused := r.pause(t.before, t.after); {
	case paused && (p.Status != Paused || p.Reason != reason):
		e = Event{Do: Pause, Reason: reason}
	case !paused && p.Status == Paused:
		e = Event{Do: Resume}
	}
	return t.do(p, r, t.now(e))
}

// end stops or cancels the clock of a promise.
func (t *tracker) end(p *Promise, r *promised, e Event, how Ending) error {
	p.Ending, p.Next = how, time.Time{}
	return t.do(p, r, t.now(e))
}

// begin takes a moment for a slot in which no clock lives; id is its latest
// promise, 0 if there was none.
func (t *tracker) begin(s *slot, id int) error {
	if id != 0 {
		last := &t.work.Promises[id-1]
		if last.Status.IsLive() {
			return nil
		}
		if last.Ending == Done {
			r, err := t.book.rule(last)
			if err != nil {
				return err
			}
			switch r.metric.Reopened {
			case Never:
				return nil
			case "", Continue:
				return t.reopen(last, r)
			}
		}
	}
	if best, found := t.first(s); found {
		return t.start(best, best.since(t.at, t.after))
	}
	return nil
}

// reopen goes on with a stopped clock if its work was taken up again.
func (t *tracker) reopen(p *Promise, r *promised) error {
	if !r.metric.starts(t.before, t.after) {
		return nil
	}
	if err := t.do(p, r, t.now(Event{Do: Reopen})); err != nil {
		return err
	}
	p.Ending = ""
	p.Reopened++
	return t.retarget(p, r)
}

// recompute takes a live clock anew, under the versions that are in force now.
func (t *tracker) recompute(p *Promise, r *promised, reason string) error {
	best, found := t.today(p, r)
	if err := t.end(p, r, Event{Do: Cancel, Reason: reason}, Recomputed); err != nil || !found {
		return err
	}
	return t.start(best, t.opening(best, t.work.opening(p)))
}

// now is an event of the present moment.
func (t *tracker) now(e Event) Event {
	e.At, e.By = t.at, t.by
	return e
}

// do has something happen to the clock of a promise; r is what it was measured by
// until then. An event without an action only counts the time.
func (t *tracker) do(p *Promise, r *promised, e Event) error {
	c := Clock{r.calendar, p.State}
	if e.Do == "" {
		c.advance(e.At)
	} else {
		if err := c.follow(&e); err != nil {
			return fmt.Errorf("%s of %s: %w", p.Target, p.Agreement, err)
		}
		if t.heard != nil {
			t.heard(p.ID, e)
		}
	}
	p.State = c.State
	return nil
}
