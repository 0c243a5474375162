package sla

import (
	"errors"
	"time"

	"github.com/itsmkit/itsm"
)

// Exception is work that an agreement does not answer for. Its clocks run as any
// other, but reports list them as excused, by the name of the exception, and count
// them neither as met nor as missed.
type Exception struct {
	Name string `json:"name"`

	// When tells the work by its values, as they are when it is reported. Unset: any.
	When Condition `json:"when,omitzero"`

	// From and Until are a span of time: clocks that began within [From, Until).
	// Both or neither.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

func (e *Exception) check(s Schema, field string) error {
	wrong := []error{itsm.CheckLine(field+".name", e.Name)}
	if e.When.IsZero() && e.From.IsZero() && e.Until.IsZero() {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: "excuses everything; give a condition, or from and until"})
	}
	if !e.When.IsZero() {
		wrong = append(wrong, e.When.Check(s, field+".when"))
	}
	if !e.From.IsZero() || !e.Until.IsZero() {
		wrong = append(wrong, checkSpan(field, e.From, e.Until, false))
	}
	return errors.Join(wrong...)
}

// holds reports whether the exception excuses a clock.
func (e *Exception) holds(p *Promise, f Facts) bool {
	if !e.From.IsZero() && (p.Started.Before(e.From) || !p.Started.Before(e.Until)) {
		return false
	}
	return e.When.IsZero() || e.When.Holds(f, f)
}

func (e Exception) clone() Exception {
	e.When = e.When.clone()
	return e
}

// Excludes reports whether planned maintenance that begins at an instant is excluded
// from what was promised: whether it was announced at least the notice of the terms
// beforehand (R27). Terms without a notice exclude none.
func (t *Terms) Excludes(announced, from time.Time) bool {
	if t.Notice == "" || announced.IsZero() {
		return false
	}
	notice, err := parseDuration("notice", t.Notice)
	return err == nil && !announced.Add(notice).After(from)
}
