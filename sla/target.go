package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Target is what an agreement promises for one metric: how much time the work may
// take, whose hours count, and which waiting does not.
type Target struct {
	// Metric is what is measured, "response" or "resolution".
	Metric string `json:"metric"`

	// Goal is the time allowed, more than none. In JSON it is in nanoseconds.
	Goal time.Duration `json:"goal"`

	// Calendar says which time counts. Nil: all of it.
	Calendar *Calendar `json:"calendar,omitzero"`

	// Pauses are the reasons of a hold that stop the clock. Nil: those of
	// [DefaultPauses]; empty: none, the clock runs on.
	Pauses []string `json:"pauses,omitzero"`
}

const caller = "caller"

// DefaultPauses are the reasons that stop a clock unless the agreement names its
// own: waiting for the caller.
func DefaultPauses() []string { return []string{caller} }

// Check refuses a target that nothing could be measured against.
func (t Target) Check() error {
	var wrong []error
	complain := func(field, problem string) {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: problem})
	}
	wrong = append(wrong, itsm.CheckLine("metric", t.Metric))
	if t.Goal <= 0 {
		complain("goal", fmt.Sprintf("is %v; give a time of more than none", t.Goal))
	}
	for i, reason := range t.Pauses {
		field := fmt.Sprintf("pauses[%d]", i)
		if err := itsm.CheckLine(field, reason); err != nil {
			wrong = append(wrong, err)
		} else if slices.Contains(t.Pauses[:i], reason) {
			complain(field, quoted(reason)+" is there already")
		}
	}
	return errors.Join(wrong...)
}

// pausedBy reports whether a hold for a reason stops the clock.
func (t *Target) pausedBy(reason string) bool {
	switch {
	case reason == "":
		return false
	case t.Pauses == nil:
		return reason == caller
	default:
		return slices.Contains(t.Pauses, reason)
	}
}

// own is a copy that shares nothing that could change.
func (t Target) own() Target {
	t.Pauses = slices.Clone(t.Pauses)
	return t
}
