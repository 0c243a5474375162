package incident

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/itsmkit/itsm"
)

// Log writes a note into the journal, with the time spent. The caller sees the
// public ones.
type Log struct {
	Text   string        `json:"text"`
	Public bool          `json:"public,omitzero"`
	Spent  time.Duration `json:"spent,omitzero"` // nanoseconds
}

// Check asks for a text.
func (c Log) Check(inc *Incident, _ itsm.Stamp) error {
	if c.Spent < 0 || c.Spent > math.MaxInt64-inc.Counts.Spent {
		return &itsm.FieldError{Field: "spent", Problem: fmt.Sprintf("is %s; give zero or more, what can still be added up", c.Spent)}
	}
	return itsm.CheckText("text", c.Text)
}

// Apply counts.
func (c Log) Apply(inc *Incident, s itsm.Stamp) {
	inc.Counts.Notes++
	if c.Public {
		inc.Counts.PublicNotes++
	}
	inc.Counts.Spent += c.Spent
	inc.Counts.LastNote = s.At
}

// Fact names one of the [Times] that people get wrong and may set right.
type Fact string

// The facts that can be corrected. The resolution is not among them: deadlines
// and windows count from it (R33).
const (
	Detected      Fact = "detected"
	Responded     Fact = "responded"
	RepairStarted Fact = "repair started"
)

// Facts lists every fact that can be corrected.
func Facts() []Fact { return []Fact{Detected, Responded, RepairStarted} }

// Correct sets a fact to another time, earlier than now. The event keeps the
// reason, the recording time and the value replaced (R34).
type Correct struct {
	Fact   Fact      `json:"fact"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`

	Was time.Time `json:"was,omitzero"` // filled in by the decision: the value replaced
}

func correct(inc *Incident, c Correct, _ itsm.Stamp) (Correct, error) {
	c.To = itsm.Normal(c.To)
	if fact := inc.Times.fact(c.Fact); fact != nil {
		c.Was = *fact
	}
	return c, nil
}

// fact is the time a fact stands for, nil for an unknown one.
func (t *Times) fact(f Fact) *time.Time {
	switch f {
	case Detected:
		return &t.Detected
	case Responded:
		return &t.Responded
	case RepairStarted:
		return &t.RepairStarted
	}
	return nil
}

// Check asks for a reason and for a time that has been and fits the others:
// nothing was noticed after the opening, answered or worked on before it, or
// either after the resolution.
func (c Correct) Check(inc *Incident, s itsm.Stamp) error {
	if err := errors.Join(itsm.CheckOneOf("fact", c.Fact, Facts()), itsm.CheckTime("to", c.To)); err != nil {
		return err
	}
	wrong := func(problem string) error { return &itsm.FieldError{Field: "to", Problem: problem} }
	opened := inc.Opened.Format(time.RFC3339)
	switch {
	case c.To.After(s.At):
		return wrong("has not come yet")
	case c.Fact == Detected && c.To.After(inc.Opened):
		return wrong("is after the opening at " + opened)
	case c.Fact != Detected && c.To.Before(inc.Opened):
		return wrong("is before the opening at " + opened)
	case inc.Solution != nil && c.To.After(inc.Times.Resolved):
		return wrong("is after the resolution at " + inc.Times.Resolved.Format(time.RFC3339))
	case c.Reason == "":
		return &itsm.FieldError{Field: "reason", Problem: "is missing; a correction says why (R34)"}
	}
	return itsm.CheckText("reason", c.Reason)
}

// Apply sets the fact.
func (c Correct) Apply(inc *Incident, _ itsm.Stamp) {
	if fact := inc.Times.fact(c.Fact); fact != nil {
		*fact = c.To
	}
}

// Rate says how satisfied the caller is.
type Rate struct {
	Score   int    `json:"score"` // 1 (not at all) to 5
	Comment string `json:"comment,omitzero"`
}

// Check asks for a score from 1 to 5.
func (c Rate) Check(*Incident, itsm.Stamp) error {
	if c.Score < 1 || c.Score > 5 {
		return &itsm.FieldError{Field: "score", Problem: fmt.Sprintf("is %d; give 1 to 5", c.Score)}
	}
	return itsm.CheckOptional(itsm.CheckText, "comment", c.Comment)
}

// Apply keeps the score.
func (c Rate) Apply(inc *Incident, _ itsm.Stamp) { inc.Satisfaction = c.Score }
