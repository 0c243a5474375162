package sla

import (
	"errors"

	"github.com/itsmkit/itsm"
)

// Metric says what is measured: which work starts a clock, what stops it, and what
// happens in between. A condition is asked after each event, on the values as they
// then are. While a clock lives, the first of these that holds decides: Stop,
// Cancel, Reset; else it pauses while Pause holds. Where none lives, one begins if
// Start holds and neither Stop nor Cancel does.
type Metric struct {
	Name string `json:"name"`

	Start  Condition `json:"start,omitzero"`  // unset: all work
	Stop   Condition `json:"stop"`            // what was promised is done
	Cancel Condition `json:"cancel,omitzero"` // there is nothing to measure any more; unset: never
	Reset  Condition `json:"reset,omitzero"`  // the clock stops, and another begins if Start holds (R25); unset: never
	Pause  Condition `json:"pause,omitzero"`  // unset: never

	// Since names a field with the instant from which a clock counts that begins
	// later, the pauses since then included. Unset, or while the field has no value:
	// from the event with which it begins. The agreement has to be in force at the
	// instant from which the clock counts.
	Since string `json:"since,omitzero"`

	// Reopened says what becomes of a stopped clock when Start holds again and Stop
	// does not. Unset: [Continue].
	Reopened Reopening `json:"reopened,omitzero"`
}

// Reopening is what becomes of a stopped clock whose work is taken up again.
type Reopening string

// What becomes of a stopped clock.
const (
	Continue Reopening = "continue" // it goes on; the time since the stop is a pause, and the last stop decides
	Restart  Reopening = "restart"  // another begins; the old one keeps its result (R25)
	Never    Reopening = "never"    // nothing: it was done, and done it stays
)

// Reopenings lists every way.
func Reopenings() []Reopening { return []Reopening{Continue, Restart, Never} }

// The metrics that [Metrics] defines.
const (
	Response   = "response"
	Update     = "update"
	Resolution = "resolution"
)

// Metrics are the usual ones, over the fields that incidents declare: the time to
// the first response by a person, which is never reopened; the time between public
// notes; and the time to resolution. Each begins with the work, is cancelled when it
// ends without being done, and pauses while it is on hold for the caller.
func Metrics() []Metric {
	begun := OneOf("phase", itsm.Open, itsm.Active, itsm.Paused)
	done, over := OneOf("phase", itsm.Done), OneOf("phase", itsm.Final)
	asked := OneOf("hold_reason", "caller")
	return []Metric{
		{Name: Response, Start: begun, Stop: Any(Given("responded"), done), Cancel: over, Pause: asked, Reopened: Never},
		{Name: Update, Start: begun, Stop: done, Cancel: over, Reset: Changed("public_notes"), Pause: asked, Reopened: Restart},
		{Name: Resolution, Start: begun, Stop: done, Cancel: over, Pause: asked},
	}
}

// check says everything that is wrong with a metric.
func (m *Metric) check(s Schema, field string) error {
	wrong := []error{itsm.CheckLine(field+".name", m.Name)}
	if m.Stop.IsZero() {
		wrong = append(wrong, &itsm.FieldError{Field: field + ".stop", Problem: "is missing; say what ends the clock"})
	}
	for _, c := range m.conditions() {
		if !c.condition.IsZero() {
			wrong = append(wrong, c.condition.Check(s, field+"."+c.name))
		}
	}
	if m.Since != "" {
		wrong = append(wrong, checkInstantField(s, field+".since", m.Since))
	}
	if m.Reopened != "" {
		wrong = append(wrong, itsm.CheckOneOf(field+".reopened", m.Reopened, Reopenings()))
	}
	return errors.Join(wrong...)
}

// namedCondition is a condition and what a definition calls it.
type namedCondition struct {
	name      string
	condition *Condition
}

func (m *Metric) conditions() []namedCondition {
	return []namedCondition{{"start", &m.Start}, {"stop", &m.Stop}, {"cancel", &m.Cancel}, {"reset", &m.Reset}, {"pause", &m.Pause}}
}

// clone is a copy that shares nothing that could change.
func (m Metric) clone() Metric {
	for _, c := range m.conditions() {
		*c.condition = c.condition.clone()
	}
	return m
}

// checkInstantField asks for a declared field that holds an instant.
func checkInstantField(s Schema, field, name string) error {
	def, ok := s.Field(name)
	switch {
	case !ok:
		return &itsm.FieldError{Field: field, Problem: s.undeclared(name)}
	case def.Type != itsm.Instant:
		return &itsm.FieldError{Field: field, Problem: itsm.Quoted(name) + " holds a " + string(def.Type) + "; name one that holds an instant"}
	}
	return nil
}

// starts reports whether a clock of the metric begins where none lives.
func (m *Metric) starts(before, after Facts) bool {
	return m.Start.Holds(before, after) && m.goesOn(before, after)
}

// goesOn reports whether nothing ends a clock of the metric.
func (m *Metric) goesOn(before, after Facts) bool {
	return !m.Stop.Holds(before, after) && !m.cancels(before, after)
}

func (m *Metric) cancels(before, after Facts) bool {
	return !m.Cancel.IsZero() && m.Cancel.Holds(before, after)
}

func (m *Metric) resets(before, after Facts) bool {
	return !m.Reset.IsZero() && m.Reset.Holds(before, after) && m.Start.Holds(before, after)
}

func (m *Metric) pauses(before, after Facts) bool {
	return !m.Pause.IsZero() && m.Pause.Holds(before, after)
}
