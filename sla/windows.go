package sla

import (
	"iter"
	"math"
	"time"
)

// Window is a span of time: from Open on, until just before Close.
type Window struct {
	Open  time.Time `json:"open"`
	Close time.Time `json:"close"`
}

// Duration is how long the window is.
func (w Window) Duration() time.Duration { return w.Close.Sub(w.Open) }

// IsOpen reports whether t is business time. A window contains the instant at
// which it opens and not the one at which it closes.
func (c *Calendar) IsOpen(t time.Time) bool {
	if c.isAlways() {
		return true
	}
	_, isOpen := c.pieces.at(bounded(t))
	return isOpen
}

// NextOpen is the first instant from t on at which the calendar is open: t itself
// if it is open then.
func (c *Calendar) NextOpen(t time.Time) time.Time {
	if c.IsOpen(t) {
		return t
	}
	sec := c.pieces.nextOpen(bounded(t))
	return time.Unix(sec, 0).In(t.Location())
}

// NextClose is when the present window closes, or, if the calendar is closed at t,
// the next one: from NextOpen(t) to NextClose(t) it is open. It is the zero time if
// the calendar never closes again.
func (c *Calendar) NextClose(t time.Time) time.Time {
	if c.isAlways() {
		return time.Time{}
	}
	sec := c.pieces.nextClose(c.pieces.nextOpen(bounded(t)))
	if sec == math.MaxInt64 {
		return time.Time{}
	}
	return time.Unix(sec, 0).In(t.Location())
}

// Windows iterates over the business time from one instant to another, in order
// and without gaps inside a window: windows that touch or overlap are one. The
// first and the last are cut at the ends, so that the durations add up to
// Between(from, to).
func (c *Calendar) Windows(from, to time.Time) iter.Seq[Window] {
	return func(yield func(Window) bool) {
		for at := c.NextOpen(from); at.Before(to); at = c.NextOpen(at) {
			closes := c.NextClose(at)
			if closes.IsZero() || closes.After(to) {
				closes = to.In(from.Location())
			}
			if !yield(Window{at, closes}) {
				return
			}
			at = closes
		}
	}
}

// nextOpen is the first open second from an instant on.
func (p *pieces) nextOpen(sec int64) int64 {
	for {
		isOpen, until := p.change(sec)
		if isOpen {
			return sec
		}
		sec = until
	}
}

// nextClose is the first closed second from an instant on; the end of time if
// there is none.
func (p *pieces) nextClose(sec int64) int64 {
	for sec < math.MaxInt64 {
		isOpen, until := p.change(sec)
		if !isOpen {
			return sec
		}
		sec = until
	}
	return sec
}
