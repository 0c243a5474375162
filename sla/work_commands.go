package sla

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Alarm is a level of escalation that fired: what a host is to act on. It is in the
// event of the command with which it fired, once.
type Alarm struct {
	Promise int       `json:"promise"` // its ID
	Level   string    `json:"level"`
	Nth     int       `json:"nth,omitzero"`
	At      time.Time `json:"at"` // when the level was reached; long before the event for a clock that counts from the past
	Who     []string  `json:"who"`
	What    string    `json:"what"`
}

// Begin has work tracked from its first event on.
type Begin struct {
	Item  itsm.Ref `json:"item"`
	Facts Facts    `json:"facts,omitempty"` // all that the schema declares and the item has

	// Filled in by the decision.
	Promises []Promise `json:"promises,omitempty"`
	Alarms   []Alarm   `json:"alarms,omitempty"`
}

func (b Books) begin(w *Work, c Begin, s itsm.Stamp) (Begin, error) {
	if err := c.Item.Check("item"); err != nil {
		return c, err
	}
	var err error
	begun := Work{Item: c.Item}
	c.Facts, c.Promises, c.Alarms, err = b.step(&begun, Moment{At: s.At, By: s.By.ID, Facts: c.Facts}, s)
	return c, err
}

// Check asks for an item.
func (c Begin) Check(*Work, itsm.Stamp) error { return c.Item.Check("item") }

// Apply begins.
func (c Begin) Apply(w *Work, s itsm.Stamp) {
	w.Item = c.Item
	w.take(Moment{At: s.At, By: s.By.ID, Facts: c.Facts}, c.Promises)
}

func afterBegin(_ *Work, c Begin, _ itsm.Stamp) itsm.State { return standing(nil, c.Promises) }

// Observe says what has happened to the work.
type Observe struct {
	Facts Facts `json:"facts,omitempty"` // at least those that changed; a missing value: the field has none any more

	// Filled in by the decision.
	Promises []Promise `json:"promises,omitempty"` // that changed
	Alarms   []Alarm   `json:"alarms,omitempty"`
}

func (b Books) observe(w *Work, c Observe, s itsm.Stamp) (Observe, error) {
	var err error
	c.Facts, c.Promises, c.Alarms, err = b.step(w, Moment{At: s.At, By: s.By.ID, Facts: c.Facts}, s)
	return c, err
}

// Check asks for nothing: the decision has looked.
func (Observe) Check(*Work, itsm.Stamp) error { return nil }

// Apply takes the moment.
func (c Observe) Apply(w *Work, s itsm.Stamp) {
	w.take(Moment{At: s.At, By: s.By.ID, Facts: c.Facts}, c.Promises)
}

func afterObserve(w *Work, c Observe, _ itsm.Stamp) itsm.State {
	return standing(w.Promises, c.Promises)
}

// Recompute takes all clocks anew that live, from the opening on and under the
// versions of agreements that are in force now. The old ones keep their results. Where
// no target claims the work any more the clock ends and none takes its place: nothing
// is promised until one claims it again, so that the clock which then begins counts
// from there as any first one does.
type Recompute struct {
	Reason string `json:"reason"`

	// Filled in by the decision.
	Promises []Promise `json:"promises,omitempty"` // that changed
	Alarms   []Alarm   `json:"alarms,omitempty"`
}

func (b Books) recompute(w *Work, c Recompute, s itsm.Stamp) (Recompute, error) {
	if err := itsm.CheckLine("reason", c.Reason); err != nil {
		return c, err
	}
	var err error
	_, c.Promises, c.Alarms, err = b.step(w, Moment{At: s.At, By: s.By.ID, Recompute: c.Reason}, s)
	return c, err
}

// Check asks for a reason.
func (c Recompute) Check(*Work, itsm.Stamp) error { return itsm.CheckLine("reason", c.Reason) }

// Apply takes the moment.
func (c Recompute) Apply(w *Work, s itsm.Stamp) {
	w.take(Moment{At: s.At, By: s.By.ID, Recompute: c.Reason}, c.Promises)
}

func afterRecompute(w *Work, c Recompute, _ itsm.Stamp) itsm.State {
	return standing(w.Promises, c.Promises)
}

// Reach is the system's: levels of escalation have been reached by now.
type Reach struct {
	// Filled in by the decision.
	Promises []Promise `json:"promises,omitempty"` // that changed
	Alarms   []Alarm   `json:"alarms,omitempty"`
}

func (b Books) reach(w *Work, c Reach, s itsm.Stamp) (Reach, error) {
	book, err := b.of(s)
	if err != nil {
		return c, lacking(err)
	}
	next := w.clone()
	if err := book.fireAll(&next, s.At); err != nil {
		return c, lacking(err)
	}
	if c.Promises, c.Alarms, err = book.changed(w, &next); err != nil {
		return c, lacking(err)
	}
	if len(c.Alarms) == 0 {
		return c, itsm.Refuse("levels", "none is reached by %s", s.At.Format(time.RFC3339))
	}
	return c, nil
}

// ErrBook says that a worker's book lacks the version by which work is measured, or
// that it has no book for the tenant. It is neither a refusal nor wrong input, so
// that the levels of the work fire once a worker comes that has the book (R35).
var ErrBook = errors.New("sla: the book lacks what the work is measured by")

// lacking is the error of a book as an ErrBook, and as nothing else.
func lacking(err error) error { return fmt.Errorf("%w: %v", ErrBook, err) }

// Check asks for nothing: the decision has looked.
func (Reach) Check(*Work, itsm.Stamp) error { return nil }

// Apply keeps what fired.
func (c Reach) Apply(w *Work, _ itsm.Stamp) { w.replace(c.Promises) }

// File ends the tracking of work that will not be taken up again, and of work that no
// agreement promises anything for. It is refused while a clock lives.
type File struct{}

// Check asks for nothing.
func (File) Check(*Work, itsm.Stamp) error { return nil }

// Apply does nothing: the state says it.
func (File) Apply(*Work, itsm.Stamp) {}

// step is what one more moment changes.
func (b Books) step(w *Work, m Moment, s itsm.Stamp) (Facts, []Promise, []Alarm, error) {
	book, err := b.of(s)
	if err != nil {
		return nil, nil, nil, err
	}
	next, err := book.Observe(w, m)
	if err != nil {
		return nil, nil, nil, err
	}
	promises, alarms, err := book.changed(w, &next)
	return next.Moments[len(next.Moments)-1].Facts, promises, alarms, err
}

// changed lists the promises in which the later of two states of a piece of work
// differs from the earlier, and the levels that fired in between.
func (b *Book) changed(old, now *Work) ([]Promise, []Alarm, error) {
	var promises []Promise
	var alarms []Alarm
	for i := range now.Promises {
		p := &now.Promises[i]
		fired := 0
		if i < len(old.Promises) {
			if old.Promises[i].equal(p) {
				continue
			}
			fired = len(old.Promises[i].Fired)
		}
		promises = append(promises, *p)
		if fired == len(p.Fired) {
			continue
		}
		r, err := b.rule(p)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range p.Fired[fired:] {
			l := r.version.level(f)
			alarms = append(alarms, Alarm{p.ID, f.Level, f.Nth, f.At, slices.Clone(l.Who), l.What})
		}
	}
	slices.SortStableFunc(alarms, func(a, b Alarm) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Promise, b.Promise)) })
	return promises, alarms, nil
}

// level is the level that fired.
func (v *version) level(f Firing) *Level {
	for _, r := range v.rules {
		for i := range r.levels {
			if l := r.levels[i].Level; r.target.Name == f.Target && l.Name == f.Level {
				return l
			}
		}
	}
	return &Level{Name: f.Level}
}

func (p *Promise) equal(o *Promise) bool {
	return p.State == o.State && p.Ending == o.Ending && p.Reopened == o.Reopened && p.Target == o.Target &&
		p.Next.Equal(o.Next) && slices.Equal(p.Fired, o.Fired)
}

// take carries out a moment of which the changes are known.
func (w *Work) take(m Moment, changed []Promise) {
	w.Facts = w.Facts.With(m.Facts)
	w.Moments = append(slices.Clone(w.Moments), m)
	w.replace(changed)
}

// replace puts in promises that changed or are new, in a copy.
func (w *Work) replace(changed []Promise) {
	if len(changed) == 0 {
		return
	}
	w.Promises = merged(w.Promises, changed)
}

// merged is promises with those that changed or are new, by their IDs.
func merged(old, changed []Promise) []Promise {
	list := slices.Clone(old)
	for _, p := range changed {
		if p.ID >= 1 && p.ID <= len(list) {
			list[p.ID-1] = p
		} else {
			list = append(list, p)
		}
	}
	return list
}

// standing is the state of work with such promises.
func standing(old, changed []Promise) itsm.State {
	all := merged(old, changed)
	if len(all) > 0 && !slices.ContainsFunc(all, func(p Promise) bool { return p.Status.IsLive() }) {
		return Settled
	}
	return Measured
}
