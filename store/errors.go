package store

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// The four outcomes that callers act on. Each comes with a typed error, for
// errors.As, that carries the data.
var (
	// ErrNotFound: what was asked for does not exist. See [NotFoundError].
	ErrNotFound = errors.New("store: not found")

	// ErrConflict: the caller acted on a state that is no longer the current
	// one. It is never retried as it is: someone has to look at the new state.
	// See [ConflictError] and [RevisionError].
	ErrConflict = errors.New("store: conflict")

	// ErrExists: an id or a unique term is taken. See [ExistsError].
	ErrExists = errors.New("store: exists")

	// ErrRetry: the unit failed for a reason that passes, such as a
	// serialisation failure or a busy database; nothing was committed. See
	// [RetryError].
	ErrRetry = errors.New("store: retry")
)

// Other errors. All but ErrUnknown and ErrClosed are mistakes in the calling code.
var (
	// ErrInvalid: an argument is invalid. See [ParamError].
	ErrInvalid = errors.New("store: invalid argument")

	// ErrCursor: a cursor or position is malformed, or from another query.
	// See [CursorError].
	ErrCursor = errors.New("store: bad cursor")

	// ErrNested: a unit was started inside a unit.
	ErrNested = errors.New("store: unit started inside a unit: use the Tx of the outer one")

	// ErrReadOnly: a Tx of Read was asked to change something.
	ErrReadOnly = errors.New("store: the unit is read-only")

	// ErrEnded: a Tx was used after the function it was given to had returned.
	ErrEnded = errors.New("store: the unit has ended")

	// ErrUnknown: whether the unit was committed is not known. See
	// [UnknownError].
	ErrUnknown = errors.New("store: outcome unknown")

	// ErrClosed: the backend was closed.
	ErrClosed = errors.New("store: the backend is closed")
)

// NotFoundError is the document, or with Revision the journal entry, that does
// not exist. It matches [ErrNotFound].
type NotFoundError struct {
	Kind     string
	ID       uuid.UUID
	Revision uint64 // of the entry; 0 for a document
}

func (e *NotFoundError) Error() string {
	if e.Revision != 0 {
		return fmt.Sprintf("store: %s %s has no journal entry of revision %d", e.Kind, e.ID, e.Revision)
	}
	return fmt.Sprintf("store: %s %s not found", e.Kind, e.ID)
}

// Unwrap makes errors.Is(err, ErrNotFound) true.
func (e *NotFoundError) Unwrap() error { return ErrNotFound }

// ConflictError says that a document is not at the version that was expected.
// It matches [ErrConflict].
type ConflictError struct {
	Kind     string
	ID       uuid.UUID
	Expected Version
	Current  Version // 0: the document does not exist
}

func (e *ConflictError) Error() string {
	if e.Current == 0 {
		return fmt.Sprintf("store: %s %s was expected at version %d but does not exist", e.Kind, e.ID, e.Expected)
	}
	return fmt.Sprintf("store: %s %s was expected at version %d but is at %d", e.Kind, e.ID, e.Expected, e.Current)
}

// Unwrap makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// RevisionError says that a journal entry does not follow the last one of its
// record. It matches [ErrConflict].
type RevisionError struct {
	Kind     string
	ID       uuid.UUID
	Revision uint64 // of the entry to append
	Last     uint64 // of the record's last entry
}

func (e *RevisionError) Error() string {
	return fmt.Sprintf("store: journal entry of %s %s has revision %d, which is not after the last, %d", e.Kind, e.ID, e.Revision, e.Last)
}

// Unwrap makes errors.Is(err, ErrConflict) true.
func (e *RevisionError) Unwrap() error { return ErrConflict }

// ExistsError says which document holds what another was to have. It matches
// [ErrExists].
type ExistsError struct {
	Kind   string
	ID     uuid.UUID // the document that was put
	Index  string    // of the unique term; empty: the id itself is taken
	Key    []byte    // of the unique term
	Holder uuid.UUID // the document that has the id or the term
}

func (e *ExistsError) Error() string {
	if e.Index == "" {
		return fmt.Sprintf("store: %s %s exists", e.Kind, e.ID)
	}
	return fmt.Sprintf("store: %s %s: key %x of unique index %q is held by %s", e.Kind, e.ID, e.Key, e.Index, e.Holder)
}

// Unwrap makes errors.Is(err, ErrExists) true.
func (e *ExistsError) Unwrap() error { return ErrExists }

// RetryError wraps the error of a driver that means "run the unit again". It
// matches [ErrRetry] and Err.
type RetryError struct {
	Err error
}

func (e *RetryError) Error() string {
	if e.Err == nil {
		return ErrRetry.Error()
	}
	return ErrRetry.Error() + ": " + e.Err.Error()
}

// Unwrap makes errors.Is true for ErrRetry and for the wrapped error.
func (e *RetryError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrRetry}
	}
	return []error{ErrRetry, e.Err}
}

// UnknownError wraps the error with which a driver lost sight of a commit that was
// under way: the disk failed, the connection broke. The unit is either committed
// whole or not at all, and only a look at the data tells. It is never retried by
// itself. It matches [ErrUnknown] and Err.
type UnknownError struct {
	Err error
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("store: the unit may have been committed or not: %v", e.Err)
}

// Unwrap makes errors.Is true for ErrUnknown and for the wrapped error.
func (e *UnknownError) Unwrap() []error { return []error{ErrUnknown, e.Err} }

// ParamError names the argument that is invalid. It matches [ErrInvalid].
type ParamError struct {
	Field   string // as in the Go struct: "Terms[1].Key"
	Problem string // what is wrong with it and what would be right
}

func (e *ParamError) Error() string { return "store: " + e.Field + " " + e.Problem }

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (e *ParamError) Unwrap() error { return ErrInvalid }

// CursorError says why a cursor or position was refused. It matches
// [ErrCursor].
type CursorError struct {
	Text    string
	Problem string
}

func (e *CursorError) Error() string { return fmt.Sprintf("store: cursor %.40q %s", e.Text, e.Problem) }

// Unwrap makes errors.Is(err, ErrCursor) true.
func (e *CursorError) Unwrap() error { return ErrCursor }
