package itsm

import "slices"

// State names where a record stands in its lifecycle: "new", "in progress".
type State string

// None is the state of a record before its birth: the first command leads out
// of it.
const None State = ""

// Phase says what a state means whatever it is called. Reports, clocks and KPIs
// ask the phase, so that a host's own states count as they should.
type Phase string

// The phases.
const (
	Open   Phase = "open"   // recorded, nobody works on it yet
	Active Phase = "active" // worked on
	Paused Phase = "paused" // waits for somebody or something else
	Done   Phase = "done"   // the work is done; may still be reopened
	Final  Phase = "final"  // over: immutable (R5)
)

// Phases lists every phase in the order a record usually passes them.
func Phases() []Phase { return []Phase{Open, Active, Paused, Done, Final} }

// IsValid reports whether p is one of [Phases].
func (p Phase) IsValid() bool { return slices.Contains(Phases(), p) }

// StateDef declares a state with its phase.
type StateDef struct {
	State State
	Phase Phase
}

// describe is the state for messages.
func (s State) describe() string {
	if s == None {
		return "before birth"
	}
	return Quoted(s)
}
