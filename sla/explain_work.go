package sla

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Account is why a promise stands as it does: which targets it was chosen among,
// and what became of all the time of its clock.
type Account struct {
	Promise Promise  `json:"promise"`
	Choices []Choice `json:"choices"` // when it began, and whenever it got another target
	Events  []Event  `json:"-"`       // of its clock

	Explanation
}

// Explain accounts for one promise of a piece of work, at an instant, and not before
// the last moment of its clock: of the past, see [Book.AsOf]. Choices and intervals
// are in the location of that instant. It follows the work through its moments once
// more; a promise that is not what they lead to under this book is an
// *[itsm.FieldError].
func (b *Book) Explain(w *Work, promise int, at time.Time) (Account, error) {
	if err := errors.Join(b.check(), w.check()); err != nil {
		return Account{}, err
	}
	if promise < 1 || promise > len(w.Promises) {
		return Account{}, &itsm.FieldError{Field: "promise", Problem: fmt.Sprintf("is %d; the work has those from 1 to %d", promise, len(w.Promises))}
	}
	if err := itsm.CheckTime("at", at); err != nil {
		return Account{}, err
	}
	a := Account{Promise: w.Promises[promise-1]}
	again := Work{Item: w.Item}
	t := tracker{book: b, work: &again}
	t.heard = func(id int, e Event) {
		if id == promise {
			a.Events = append(a.Events, e)
		}
	}
	t.chose = func(id int, c Choice) {
		if id == promise {
			a.Choices = append(a.Choices, c.in(at.Location()))
		}
	}
	if err := t.all(w.Moments); err != nil {
		return Account{}, err
	}
	if promise > len(again.Promises) || !again.Promises[promise-1].same(&a.Promise) {
		return Account{}, &itsm.FieldError{Field: fmt.Sprintf("promises[%d]", promise-1), Problem: "is not what the moments of the work lead to under this book"}
	}
	var err error
	a.Explanation, err = Explain(laterOf(at, a.Promise.Last.In(at.Location())), a.Events...)
	return a, err
}

// in is the choice with its instants in a location; its candidates are its own.
func (c Choice) in(loc *time.Location) Choice {
	c.At = c.At.In(loc)
	for i := range c.Candidates {
		c.Candidates[i].Due = c.Candidates[i].Due.In(loc)
	}
	return c
}

// same reports whether two promises say the same, but for levels that fired since.
func (p *Promise) same(o *Promise) bool {
	return p.ID == o.ID && p.slot() == o.slot() && p.Agreement == o.Agreement && p.Version == o.Version &&
		p.Target == o.Target && p.State == o.State && p.Ending == o.Ending && p.Reopened == o.Reopened
}

// String is the promise, the choices, and the explanation.
func (a Account) String() string {
	var more []time.Time
	for _, c := range a.Choices {
		more = append(more, c.At)
		for _, candidate := range c.Candidates {
			more = append(more, candidate.Due)
		}
	}
	form := a.form(more...)
	var b strings.Builder
	p := &a.Promise
	fmt.Fprintf(&b, "%s: %s of %s, version %d, with %s\n", p.Metric, p.Target, p.Agreement, p.Version, p.Party)
	for _, c := range a.Choices {
		fmt.Fprintf(&b, "%s  chosen:", c.At.Format(form))
		for i, candidate := range c.Candidates {
			if i > 0 {
				b.WriteString("; before")
			}
			fmt.Fprintf(&b, " %s of %s", candidate.Target, candidate.Agreement)
			if len(candidate.Fields) > 0 {
				fmt.Fprintf(&b, " (by %s)", strings.Join(candidate.Fields, ", "))
			}
			fmt.Fprintf(&b, ", due %s", candidate.Due.Format(form))
		}
		b.WriteByte('\n')
	}
	b.WriteString(a.Explanation.String())
	return b.String()
}
