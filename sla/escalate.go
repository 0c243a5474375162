package sla

import (
	"slices"
	"time"
)

// fire has each level of a promise fire that its clock has reached by an instant,
// in the order of the instants, those of one instant in the order of the levels, and
// says when the next is reached. What is due at the instant itself is reached.
func (r *promised) fire(p *Promise, at time.Time) {
	var room [8]step
	steps := room[:0]
	c := Clock{r.calendar, p.State}
	for i := range r.levels {
		l := &r.levels[i]
		if s := (step{level: l, nth: p.fired(l.Name)}); s.next(&c) {
			steps = append(steps, s)
		}
	}
	p.Fired = slices.Clip(p.Fired) // earlier states of the work share it
	for len(steps) > 0 {
		i := 0
		for j := range steps {
			if steps[j].at.Before(steps[i].at) {
				i = j
			}
		}
		s := &steps[i]
		if s.at.After(at) {
			p.Next = s.at
			return
		}
		p.Fired = append(p.Fired, Firing{r.target.Name, s.level.Name, s.nth, s.at})
		if s.nth++; !s.next(&c) {
			steps = slices.Delete(steps, i, i+1)
		}
	}
	p.Next = time.Time{}
}

// step is a level that is to fire, for the n-th time from 0 on.
type step struct {
	level *level
	nth   int
	at    time.Time // if nothing else happens to the clock, as of its last event
}

// next says when it fires; false: not any more, or not as things are. It may have
// fired more often than it repeats, under another target.
func (s *step) next(c *Clock) (ok bool) {
	if s.nth >= s.level.times {
		return false
	}
	s.at, ok = s.level.reached(c, s.nth)
	return ok
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
