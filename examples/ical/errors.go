package ical

import (
	"fmt"
	"strings"

	"github.com/itsmkit/itsm"
)

// Error says where in a file something is wrong. It wraps the [*itsm.FieldError]
// that says what; so it matches [itsm.ErrInvalid].
type Error struct {
	Line    int    // of the file, on which what is wrong begins
	UID     string // of the event, "" outside of any
	Summary string // of the event, as far as it was read
	Err     error  // its Field is a property, "DTSTART", or what was read as one
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "ical: line %d", e.Line)
	if e.UID != "" || e.Summary != "" {
		fmt.Fprintf(&b, ", event %.60q %.60q", e.UID, e.Summary)
	}
	return b.String() + ": " + e.Err.Error()
}

// Unwrap is what is wrong there.
func (e *Error) Unwrap() error { return e.Err }

// wrong is the error of a field, or of an argument.
func wrong(field, format string, args ...any) *itsm.FieldError {
	return &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}
