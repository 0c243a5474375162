package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Move is what each command says that moves a CI to another state. Into and out of
// the states that the policy names, people move one only under a change record; a
// move is never dated before the one that led to the state it leaves.
type Move struct {
	Change itsm.Ref  `json:"change,omitzero"`
	Since  time.Time `json:"since,omitzero"`  // from when on it is in the new state; zero: from now on
	Reason string    `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Was  time.Time `json:"was,omitzero"`         // from when on it was in the state that it leaves
	Next time.Time `json:"next_verify,omitzero"` // of what comes into use: when it is to be verified
}

// The moves.
type (
	Order     Move // a planned CI is on its way
	Build     Move // it is put together
	Test      Move // it is tried out
	Deploy    Move // it goes live
	Maintain  Move // it is taken out of use for a while
	Return    Move // it is back in use
	Retire    Move // it is out of use for good
	Reinstate Move // a retired one is taken into use again
	Dispose   Move // it is gone; nothing changes any more (R5)
)

type moves interface {
	Order | Build | Test | Deploy | Maintain | Return | Retire | Reinstate | Dispose
}

// moving decides on moves to a state by the command of a name.
func moving[C moves](p *Policy, command string, to itsm.State) itsm.Clause {
	return itsm.Decide(func(ci *CI, c C, s itsm.Stamp) (C, error) {
		m := Move(c)
		m.Since, m.Was, m.Next = itsm.Normal(m.Since), ci.InState, time.Time{}
		if !p.inUse(ci.State) && p.inUse(to) {
			m.Next = p.nextVerify(ci.Criticality, s.At)
		}
		wrong := []error{p.checkChange(m.Change, s, ci.use(command, m.Since))}
		if m.Change.IsZero() && (slices.Contains(p.UnderChange, ci.State) || slices.Contains(p.UnderChange, to)) {
			wrong = append(wrong, itsm.Refuse("R20", "from %s to %s it goes only under a change; name it", ci.State, to))
		}
		return C(m), decided(wrong...)
	})
}

func (m Move) check(ci *CI, s itsm.Stamp) error {
	if !m.Since.IsZero() && m.Since.Before(ci.InState) {
		return &itsm.FieldError{Field: "since", Problem: fmt.Sprintf("is before it became %s, at %s", ci.State, ci.InState.Format(time.RFC3339))}
	}
	return checkSince(m.Since, m.Reason, s)
}

func (m Move) apply(ci *CI, s itsm.Stamp) {
	ci.InState = sinceOf(m.Since, s)
	ci.believe(map[string]Assertion{stateName: toldBy(m.Since, m.Change, s)})
	if !m.Next.IsZero() {
		ci.VerifyFrom, ci.NextVerify = s.At, m.Next
	}
	ci.touch(m.Change)
}

func (m Move) state(f *facts, _ itsm.Stamp) { f.since(m.Since, m.Change, m.Reason) }

// Check asks for a sensible time.
func (c Order) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Order) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Build) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Build) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Test) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Test) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Deploy) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Deploy) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Maintain) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Maintain) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Return) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Return) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Retire) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Retire) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Reinstate) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Reinstate) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

// Check asks for a sensible time.
func (c Dispose) Check(ci *CI, s itsm.Stamp) error { return Move(c).check(ci, s) }

// Apply dates the move.
func (c Dispose) Apply(ci *CI, s itsm.Stamp) { Move(c).apply(ci, s) }

func (c Order) state(f *facts, s itsm.Stamp)     { Move(c).state(f, s) }
func (c Build) state(f *facts, s itsm.Stamp)     { Move(c).state(f, s) }
func (c Test) state(f *facts, s itsm.Stamp)      { Move(c).state(f, s) }
func (c Deploy) state(f *facts, s itsm.Stamp)    { Move(c).state(f, s) }
func (c Maintain) state(f *facts, s itsm.Stamp)  { Move(c).state(f, s) }
func (c Return) state(f *facts, s itsm.Stamp)    { Move(c).state(f, s) }
func (c Retire) state(f *facts, s itsm.Stamp)    { Move(c).state(f, s) }
func (c Reinstate) state(f *facts, s itsm.Stamp) { Move(c).state(f, s) }
func (c Dispose) state(f *facts, s itsm.Stamp)   { Move(c).state(f, s) }
