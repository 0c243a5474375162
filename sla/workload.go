package sla

import (
	"errors"
	"fmt"

	"github.com/itsmkit/itsm"
)

// Workload is how much work an agreement is for (ISO/IEC 20000-1, 8.3.3): at most
// so many pieces of it opened in a period.
type Workload struct {
	Name  string    `json:"name"`
	When  Condition `json:"when,omitzero"` // the work that counts, on its values as they are now; unset: all of the agreement
	Limit int       `json:"limit"`         // more than 0
	Per   Cycle     `json:"per"`
}

// Cycle is a kind of period, by the calendar of a zone.
type Cycle string

// The cycles.
const (
	Daily     Cycle = "day"
	Weekly    Cycle = "week" // from Monday
	Monthly   Cycle = "month"
	Quarterly Cycle = "quarter"
	Yearly    Cycle = "year"
)

// Cycles lists every cycle.
func Cycles() []Cycle { return []Cycle{Daily, Weekly, Monthly, Quarterly, Yearly} }

func (w *Workload) check(s Schema, field string) error {
	wrong := []error{itsm.CheckLine(field+".name", w.Name), itsm.CheckOneOf(field+".per", w.Per, Cycles())}
	if !w.When.IsZero() {
		wrong = append(wrong, w.When.Check(s, field+".when"))
	}
	if w.Limit < 1 {
		wrong = append(wrong, &itsm.FieldError{Field: field + ".limit", Problem: fmt.Sprintf("is %d; give 1 or more", w.Limit)})
	}
	return errors.Join(wrong...)
}

func (w Workload) clone() Workload {
	w.When = w.When.clone()
	return w
}
