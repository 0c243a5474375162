package itsm

import (
	"errors"
	"fmt"
)

// What went wrong, for errors.Is. Each comes with a typed error that carries
// the details, for errors.As: [FieldError] and [TransitionError].
var (
	// ErrInvalid marks input that is wrong in itself: a missing or malformed
	// value. No other actor, state or time would make it right.
	ErrInvalid = errors.New("itsm: invalid input")

	// ErrRefused marks a command that the rules refuse here and now: for the
	// record's state, the actor's roles, a missing field or a guard.
	ErrRefused = errors.New("itsm: refused")
)

// FieldError says which field of an input is wrong and what would be right.
// It matches [ErrInvalid].
type FieldError struct {
	Field   string // path of the field, as in JSON: "schedule.mon[1].to"
	Problem string // what is wrong, with the value, and what would be right
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (e *FieldError) Unwrap() error { return ErrInvalid }

// TransitionError is a refusal as data: which rule refused which command for
// which record, and what would be open instead. It matches [ErrRefused] and
// whatever the rule itself returned.
type TransitionError struct {
	Kind   string // of record: "incident"
	Number string // of the record, "" before birth
	Name   string // of the transition
	From   State  // the state the record is in

	// Rule is RuleState, RuleRetired, RuleRole, RuleFields, the name of a guard, or the name
	// that a decision gave with [Refuse].
	Rule      string
	Missing   []string // RuleFields: the required fields that are missing
	Roles     []Role   // RuleRole: the roles that may
	Permitted []string // RuleState, RuleRetired: the commands that exist from this state
	Err       error    // what the guard or the decision said
}

// The rules that every transition has, as [TransitionError] names them.
const (
	RuleState   = "state"
	RuleRetired = "retired"
	RuleRole    = "role"
	RuleFields  = "required fields"
)

// Refuse is what a decision returns when a rule of the process stands against the
// command: the rule's name, and what would be right. The lifecycle adds the rest.
func Refuse(rule, format string, args ...any) error {
	return &TransitionError{Rule: rule, Err: fmt.Errorf(format, args...)}
}

func (e *TransitionError) Error() string {
	if e.Name == "" {
		return e.why() // of a Refuse on its own
	}
	subject := e.Number
	if subject == "" {
		subject = "new " + e.Kind
	}
	return fmt.Sprintf("%s: %s refused: %s", subject, e.Name, e.why())
}

// why is the refusal without the record it is about.
func (e *TransitionError) why() string {
	switch e.Rule {
	case RuleState, RuleRetired:
		why := "not open from " + e.From.describe()
		if e.Rule == RuleRetired {
			why += ", as it is retired"
		}
		if len(e.Permitted) == 0 {
			return why + "; nothing is"
		}
		return why + "; open are: " + Listed(e.Permitted)
	case RuleRole:
		return "needs one of the roles: " + Listed(e.Roles)
	case RuleFields:
		return "missing: " + Listed(e.Missing)
	}
	if e.Err == nil {
		return e.Rule
	}
	return e.Rule + ": " + e.Err.Error()
}

// Is makes errors.Is(err, ErrRefused) true.
func (e *TransitionError) Is(target error) bool { return target == ErrRefused }

// Unwrap is what the guard or the decision said.
func (e *TransitionError) Unwrap() error { return e.Err }
