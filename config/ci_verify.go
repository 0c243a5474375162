package config

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Result is how a verification came out.
type Result string

// The results.
const (
	Passed Result = "passed"
	Failed Result = "failed"
)

// Results lists every result.
func Results() []Result { return []Result{Passed, Failed} }

// Verification is that somebody held a CI's record against what is there
// (ISO/IEC 20000-1 8.2.6).
type Verification struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Against string    `json:"against,omitzero"` // with what it was compared; nothing: the owner attests it
	Result  Result    `json:"result"`
}

// Action is what is to be done about a deficiency that a verification found: by
// whom, and until when.
type Action struct {
	ID     int       `json:"id"` // 1, 2, … within the CI
	Title  string    `json:"title"`
	Owner  string    `json:"owner"`
	Due    time.Time `json:"due"`
	Opened time.Time `json:"opened"`
	Done   time.Time `json:"done,omitzero"`
}

// OpenActions lists the actions that are not done, in the order they came.
func (ci *CI) OpenActions() []Action {
	var open []Action
	for _, a := range ci.Actions {
		if a.Done.IsZero() {
			open = append(open, a)
		}
	}
	return open
}

// Verify holds the record against what is there. One that fails says what is wrong
// and what is to be done: the action is the CI owner's, and is due when the policy
// says, unless the command says otherwise. Without an owner of the CI it names one.
type Verify struct {
	Against string    `json:"against"` // with what it was compared: "survey of the racks, May"
	Result  Result    `json:"result"`
	Found   string    `json:"found,omitzero"`  // what was found; needed when it fails
	Action  string    `json:"action,omitzero"` // what is to be done, in a line; needed when it fails
	Owner   string    `json:"owner,omitzero"`  // by whom
	Due     time.Time `json:"due,omitzero"`    // until when

	Next time.Time `json:"next_verify,omitzero"` // filled in by the decision: when it is to be verified again
}

func (p *Policy) verify(ci *CI, c Verify, s itsm.Stamp) (Verify, error) {
	c.Due, c.Next = itsm.Normal(c.Due), p.nextVerify(ci.Criticality, s.At)
	if c.Result == Failed {
		if c.Owner == "" {
			c.Owner = ci.Owner
		}
		if c.Due.IsZero() {
			c.Due = itsm.Normal(p.ActionDue.After(s.At))
		}
	}
	return c, nil
}

// Check asks for what it was compared with and the result; when it failed, for an
// action with an owner and a date to come.
func (c Verify) Check(_ *CI, s itsm.Stamp) error {
	wrong := []error{
		itsm.CheckLine("against", c.Against), itsm.CheckOneOf("result", c.Result, Results()),
		itsm.CheckOptional(itsm.CheckText, "found", c.Found),
	}
	if c.Result == Failed {
		wrong = append(wrong, itsm.CheckLine("action", c.Action), itsm.CheckLine("owner", c.Owner), itsm.CheckTime("due", c.Due))
		if c.Found == "" {
			wrong = append(wrong, &itsm.FieldError{Field: "found", Problem: "is missing; say what is wrong"})
		}
		if !c.Due.After(s.At) {
			wrong = append(wrong, &itsm.FieldError{Field: "due", Problem: "is over; give a date to come"})
		}
	} else if c.Action != "" || c.Owner != "" || !c.Due.IsZero() {
		wrong = append(wrong, &itsm.FieldError{Field: "action", Problem: "is for a verification that failed"})
	}
	return errors.Join(wrong...)
}

// Apply keeps the verification, and the action of one that failed.
func (c Verify) Apply(ci *CI, s itsm.Stamp) {
	ci.Verified = Verification{At: s.At, By: s.By.ID, Against: c.Against, Result: c.Result}
	ci.VerifyFrom, ci.NextVerify = s.At, c.Next
	if c.Result == Failed {
		ci.Actions = append(slices.Clip(ci.Actions), Action{ID: len(ci.Actions) + 1, Title: c.Action, Owner: c.Owner, Due: c.Due, Opened: s.At})
	}
}

// Attest is the owner's word that the record is right.
type Attest struct {
	Text string `json:"text,omitzero"`

	Next time.Time `json:"next_verify,omitzero"` // filled in by the decision
}

func (p *Policy) attest(ci *CI, c Attest, s itsm.Stamp) (Attest, error) {
	c.Next = p.nextVerify(ci.Criticality, s.At)
	return c, nil
}

// Check asks for nothing.
func (c Attest) Check(*CI, itsm.Stamp) error {
	return itsm.CheckOptional(itsm.CheckText, "text", c.Text)
}

// Apply keeps it as a verification that passed.
func (c Attest) Apply(ci *CI, s itsm.Stamp) {
	ci.Verified = Verification{At: s.At, By: s.By.ID, Result: Passed}
	ci.VerifyFrom, ci.NextVerify = s.At, c.Next
}

// CompleteAction says that an action is done, and how.
type CompleteAction struct {
	Action int    `json:"action"`
	Text   string `json:"text"`
}

// Check asks for an open action and for what was done.
func (c CompleteAction) Check(ci *CI, _ itsm.Stamp) error {
	wrong := []error{itsm.CheckText("text", c.Text)}
	switch {
	case c.Action < 1 || c.Action > len(ci.Actions):
		wrong = append(wrong, &itsm.FieldError{Field: "action", Problem: fmt.Sprintf("%d is none of the CI's %d actions", c.Action, len(ci.Actions))})
	case !ci.Actions[c.Action-1].Done.IsZero():
		wrong = append(wrong, &itsm.FieldError{Field: "action", Problem: fmt.Sprintf("%d is done already", c.Action)})
	}
	return errors.Join(wrong...)
}

// Apply dates the action done.
func (c CompleteAction) Apply(ci *CI, s itsm.Stamp) {
	if c.Action < 1 || c.Action > len(ci.Actions) {
		return
	}
	list := slices.Clone(ci.Actions)
	list[c.Action-1].Done = s.At
	ci.Actions = list
}

// actionsDone keeps a CI with open actions from being disposed of (R8).
func actionsDone(ci *CI, _ itsm.Stamp) error {
	if open := ci.OpenActions(); len(open) > 0 {
		return fmt.Errorf("action %d (%s) is open, and %d more; complete them", open[0].ID, open[0].Title, len(open)-1)
	}
	return nil
}
