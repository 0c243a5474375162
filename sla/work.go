package sla

import (
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// WorkKind is the kind of record of [Work], as references name it.
const WorkKind = "work"

// Work is one piece of work, an incident say, as agreements see it: the values that
// their conditions ask for, as they changed, and what was promised for it. It is
// the fold of its moments under a [Book]; see [Book.Track].
type Work struct {
	itsm.Header

	Item     itsm.Ref  `json:"item"`               // the record that the work is
	Facts    Facts     `json:"facts,omitempty"`    // as they are now
	Moments  []Moment  `json:"moments,omitempty"`  // all that made them so, in order
	Promises []Promise `json:"promises,omitempty"` // in the order in which they were made
}

// Moment is one event of a piece of work: what it changed, when, and who did it.
type Moment struct {
	At    time.Time `json:"at"`
	By    string    `json:"by,omitzero"`
	Facts Facts     `json:"facts,omitempty"` // that changed; a missing value: the field has none any more

	// Recompute says why all clocks that live are taken anew, under the versions in
	// force at this moment and from the opening on, or, after a reset, a restart or a
	// cancellation, from when the clock after it began; see [Recompute].
	Recompute string `json:"recompute,omitzero"`
}

// Promise is what one target promises for a piece of work, and its clock.
type Promise struct {
	ID        int    `json:"id"` // within the work, from 1 on
	Kind      Kind   `json:"kind"`
	Party     string `json:"party"`
	Metric    string `json:"metric"`
	Agreement string `json:"agreement"`
	Version   int    `json:"version"`
	Target    string `json:"target"`

	State // of its clock, at the last moment

	Ending   Ending    `json:"ending,omitzero"` // how its clock came to an end; unset while it lives
	Reopened int       `json:"reopened,omitzero"`
	Fired    []Firing  `json:"fired,omitempty"` // levels of escalation, in order
	Next     time.Time `json:"next,omitzero"`   // when the next level is reached if nothing happens before; zero: none is
}

// Ending says how a clock came to an end.
type Ending string

// The endings.
const (
	Done       Ending = "done"       // stopped: what was promised is done
	Void       Ending = "void"       // cancelled: there was nothing to measure any more
	Renewed    Ending = "renewed"    // stopped by a reset, after which another began (R25)
	Superseded Ending = "superseded" // cancelled: another agreement took over
	Recomputed Ending = "recomputed" // cancelled: it was taken anew, for a reason
)

// Endings lists every ending.
func Endings() []Ending { return []Ending{Done, Void, Renewed, Superseded, Recomputed} }

// IsFinished reports whether the promise can be judged: whether its clock was
// stopped, by what it waited for or by a reset.
func (p Promise) IsFinished() bool { return p.Status == Stopped }

// IsMet reports whether it was kept: the clock is stopped and was never breached.
func (p Promise) IsMet() bool { return p.Status == Stopped && p.Breached.IsZero() }

// Firing is one level of escalation that was reached. For one clock a level of a
// name fires once, or as often as it repeats, also when the clock has changed to a
// target with a level of that name. A clock that takes another's place fires all of
// its own levels, those too that its forerunner fired and each at the instant at which
// it reached it, since it is another promise, of another goal and to other people.
type Firing struct {
	Target string    `json:"target"` // whose level it is: the one that the clock had then
	Level  string    `json:"level"`
	Nth    int       `json:"nth,omitzero"` // of a level that repeats: 0 the first time
	At     time.Time `json:"at"`           // when it was reached
}

// slot is where the promise stands.
func (p *Promise) slot() slotKey { return slotKey{p.Kind, p.Party, p.Metric} }

// check refuses what is no work.
func (w *Work) check() error {
	if w == nil {
		return &itsm.FieldError{Field: "work", Problem: "is nil"}
	}
	return nil
}

// clone is a copy of the work as far as tracking changes it: promises in place, and
// moments by appending; facts are replaced.
func (w *Work) clone() Work {
	const more = 4 // promises that one moment may make without another copy
	c := *w
	c.Moments = slices.Clip(w.Moments)
	if n := len(w.Promises); n > 0 {
		c.Promises = append(make([]Promise, 0, n+more), w.Promises...)
	}
	return c
}

// Live lists the promises whose clocks run or pause.
func (w *Work) Live() []Promise {
	var live []Promise
	for _, p := range w.Promises {
		if p.Status.IsLive() {
			live = append(live, p)
		}
	}
	return live
}

// Next is when the next level of escalation is reached if nothing happens before;
// the zero time if none is.
func (w *Work) Next() time.Time {
	var next time.Time
	for i := range w.Promises {
		if at := w.Promises[i].Next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
