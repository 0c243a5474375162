package config

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// CorrectState says in what state the CI was in a time that is over, where the date of
// a move was recorded wrongly. Without an Until it has been in the state it is in since
// then; with one it was in the other state until then, and what it is now it has been
// at the earliest from then on:
//
//	CorrectState{Since: may, Reason: …}                                // it went live in May, not in June
//	CorrectState{State: InTest, Since: june, Until: july, Reason: …}   // … in July: in June it was in test
//
// It does not reach back before the CI began, and moves nothing.
type CorrectState struct {
	State  itsm.State `json:"state,omitzero"` // zero: the state it is in
	Since  time.Time  `json:"since"`
	Until  time.Time  `json:"until,omitzero"` // zero: still
	Change itsm.Ref   `json:"change,omitzero"`
	Reason string     `json:"reason"` // why it is told only now (R34)

	Was time.Time `json:"was,omitzero"` // filled in by the decision: from when on it was in the state that it is in
}

// correctState completes the command. What reaches into the time of the state it is in,
// and is the same, lasts until now.
func (p *Policy) correctState(ci *CI, c CorrectState, s itsm.Stamp) (CorrectState, error) {
	c.Since, c.Until, c.Was = itsm.Normal(c.Since), itsm.Normal(c.Until), ci.InState
	if c.State == itsm.None {
		c.State = ci.State
	}
	wrong := []error{p.checkState("state", c.State), p.checkChange(c.Change, s, ci.use("correct state", c.Since))}
	if p.gone(c.State) {
		wrong = append(wrong, &itsm.FieldError{Field: "state", Problem: fmt.Sprintf("is %s; a CI does not come back from that", c.State)})
	}
	if c.State == ci.State && !c.Until.Before(ci.InState) && itsm.CheckTime("until", c.Until) == nil && !c.Until.After(s.At) {
		c.Until = time.Time{}
	}
	into := c.Until.IsZero() || c.Until.After(ci.InState) // the time of the state it is in
	if c.Change.IsZero() && (slices.Contains(p.UnderChange, c.State) || into && slices.Contains(p.UnderChange, ci.State)) {
		wrong = append(wrong, itsm.Refuse("R20", "people move a CI into and out of these only under a change, and so correct when it was: %s; name it", itsm.Listed(p.UnderChange)))
	}
	return c, decided(wrong...)
}

// Check asks for a time that has been, within that of the CI, of which something else
// is believed.
func (c CorrectState) Check(ci *CI, s itsm.Stamp) error {
	if err := errors.Join(itsm.CheckTime("since", c.Since), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s)); err != nil {
		return err
	}
	became := fmt.Sprintf("it became %s, at %s", ci.State, ci.InState.Format(time.RFC3339))
	switch {
	case c.Since.Before(ci.Registered.Since):
		return &itsm.FieldError{Field: "since", Problem: "is before the CI began, at " + ci.Registered.Since.Format(time.RFC3339)}
	case c.State != ci.State && c.Until.IsZero():
		return &itsm.FieldError{Field: "until", Problem: "is missing; " + became}
	case c.State == ci.State && !c.Since.Before(ci.InState):
		return &itsm.FieldError{Field: "since", Problem: "is not before " + became + "; to say that it was later, say in what state it was until then"}
	}
	return nil
}

// Apply dates the state it is in.
func (c CorrectState) Apply(ci *CI, s itsm.Stamp) {
	dated, _ := ci.Assertion(stateName)
	switch {
	case c.Until.IsZero():
		dated = toldBy(c.Since, c.Change, s)
	case ci.InState.Before(c.Until):
		dated.Since = c.Until
	}
	ci.InState = dated.Since
	ci.believe(map[string]Assertion{stateName: dated})
	ci.touch(c.Change)
}

func (c CorrectState) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	f.state(c.State)
}
