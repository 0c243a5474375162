package itsmtest

import (
	"errors"
	"slices"
	"testing"

	"github.com/itsmkit/itsm"
)

// RequireField stops the test unless an error says that a field of the input is
// wrong, "tasks[1].title" say, perhaps among others.
func RequireField(t testing.TB, err error, field string) {
	t.Helper()
	switch fields := Fields(err); {
	case slices.Contains(fields, field):
	case err == nil:
		t.Fatalf("no error; one about the field %q was due", field)
	case len(fields) == 0:
		t.Fatalf("the error is about no field; one about %q was due: %v", field, err)
	default:
		t.Fatalf("the error is about %q; one about %q was due: %v", fields, field, err)
	}
}

// RequireRule stops the test unless an error is a refusal by a rule: the name of a
// guard, one that a decision gave with [itsm.Refuse], or [itsm.RuleState],
// [itsm.RuleRole] or [itsm.RuleFields].
func RequireRule(t testing.TB, err error, rule string) {
	t.Helper()
	var refusal *itsm.TransitionError
	switch {
	case err == nil:
		t.Fatalf("no error; a refusal by the rule %q was due", rule)
	case !errors.As(err, &refusal):
		t.Fatalf("the error is no refusal; one by the rule %q was due: %v", rule, err)
	case refusal.Rule != rule:
		t.Fatalf("the rule %q refused; a refusal by %q was due: %v", refusal.Rule, rule, err)
	}
}

// Fields lists the fields that an error says are wrong, in the order in which it
// names them, whatever wraps or joins them.
func Fields(err error) []string {
	switch e := err.(type) {
	case *itsm.FieldError:
		return []string{e.Field}
	case interface{ Unwrap() []error }:
		var all []string
		for _, one := range e.Unwrap() {
			all = append(all, Fields(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return Fields(e.Unwrap())
	}
	return nil
}
