package sla

import (
	"time"
)

// fire has each level of a promise fire that its clock has reached by an instant,
// in the order of the instants, and says when the next is reached. What is due at
// the instant itself is reached.
func (r *promised) fire(p *Promise, at time.Time) {
	for {
		f, ok := r.nextLevel(p)
		if !ok {
			p.Next = time.Time{}
			return
		}
		if f.At.After(at) {
			p.Next = f.At
			return
		}
		p.Fired = append(p.Fired[:len(p.Fired):len(p.Fired)], f)
	}
}

// nextLevel is the level that fires next if nothing else happens to the clock, as
// of its last event.
func (r *promised) nextLevel(p *Promise) (Firing, bool) {
	var next Firing
	found := false
	c := Clock{r.calendar, p.State}
	for i := range r.levels {
		l := &r.levels[i]
		nth := p.fired(l.Name)
		if nth >= l.times { // more, if a level of that name repeats oftener at another target
			continue
		}
		at, ok := l.reached(&c, nth)
		if ok && (!found || at.Before(next.At)) {
			next, found = Firing{r.target.Name, l.Name, nth, at}, true
		}
	}
	return next, found
}

// fired is how often a level has fired.
func (p *Promise) fired(level string) int {
	n := 0
	for _, f := range p.Fired {
		if f.Level == level {
			n++
		}
	}
	return n
}

// reached is when a live clock reaches a level for the n-th time, from 0 on; not
// before its last event, until which it was asked already.
func (l *level) reached(c *Clock, n int) (time.Time, bool) {
	at := c.Last
	switch {
	case l.Wall:
		if c.Reached.IsZero() && c.Status != Running {
			return at, false
		}
		at = c.due().Add(saturated(l.offset, time.Duration(n)*l.every))
	default:
		if more := l.threshold(c.Goal, n) - c.Elapsed; more > 0 {
			if c.Status != Running {
				return at, false
			}
			at = c.Calendar.Add(c.Last, more)
		}
	}
	return laterOf(at, c.Last), true
}
