package register

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// What a register says beside the refusals of package itsm and the errors of
// package store. Each comes with a typed error that carries the details.
var (
	// ErrErased: the content of a journal entry was erased, so that the past
	// can no longer be told in full. See [ErasedError].
	ErrErased = errors.New("register: erased")

	// ErrTampered: the journal of a record is not what was sealed. See
	// [TamperError].
	ErrTampered = errors.New("register: journal was tampered with")

	// ErrKeyUsed: the key of a call was used for another command. See
	// [KeyError].
	ErrKeyUsed = errors.New("register: key used for another command")

	// ErrUnreadable: what is stored cannot be read as a record or event of this
	// process. See [BodyError] and [StateError].
	ErrUnreadable = errors.New("register: stored data does not fit the process")

	// ErrImport: a file cannot be imported as it is, or not here. See
	// [LineError].
	ErrImport = errors.New("register: cannot be imported")

	// ErrTooMany: a command concerns more records than one transaction should.
	// See [LimitError].
	ErrTooMany = errors.New("register: too many records")
)

// ErasedError names the journal entry that was erased. It matches [ErrErased].
type ErasedError struct {
	Kind  string
	ID    uuid.UUID
	Place uint64 // of the entry in the journal of its record
}

func (e *ErasedError) Error() string {
	return fmt.Sprintf("%s %s: journal entry %d was erased", e.Kind, e.ID, e.Place)
}

// Unwrap makes errors.Is(err, ErrErased) true.
func (e *ErasedError) Unwrap() error { return ErrErased }

// TamperError says where the journal of a record stops being what was sealed. It
// matches [ErrTampered].
type TamperError struct {
	Kind    string
	ID      uuid.UUID
	Place   uint64 // of the first entry that does not fit
	Problem string
}

func (e *TamperError) Error() string {
	return fmt.Sprintf("%s %s: journal entry %d %s", e.Kind, e.ID, e.Place, e.Problem)
}

// Unwrap makes errors.Is(err, ErrTampered) true.
func (e *TamperError) Unwrap() error { return ErrTampered }

// KeyError names the key of [Call] that was used for another command, by another
// actor or for another record. It matches [ErrKeyUsed].
type KeyError struct {
	Kind string
	Key  string
	ID   uuid.UUID // of the record that the key was used for
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("key %q was used for another command, which %s %s took; give each command its own key", e.Key, e.Kind, e.ID)
}

// Unwrap makes errors.Is(err, ErrKeyUsed) true.
func (e *KeyError) Unwrap() error { return ErrKeyUsed }

// BodyError names a stored record or journal entry that does not decode. It
// matches [ErrUnreadable] and Err.
type BodyError struct {
	Kind  string
	ID    uuid.UUID
	Place uint64 // of the journal entry; 0: the record itself
	Err   error
}

func (e *BodyError) Error() string {
	if e.Place != 0 {
		return fmt.Sprintf("%s %s: journal entry %d cannot be read: %v", e.Kind, e.ID, e.Place, e.Err)
	}
	return fmt.Sprintf("%s %s: the stored record cannot be read: %v", e.Kind, e.ID, e.Err)
}

// Unwrap makes errors.Is true for ErrUnreadable and for what decoding said.
func (e *BodyError) Unwrap() []error { return []error{ErrUnreadable, e.Err} }

// StateError names a stored record in a state that its lifecycle does not have
// (any more). It can be read but takes no command until [Register.Migrate] has
// moved it. It matches [ErrUnreadable].
type StateError struct {
	Kind   string
	ID     uuid.UUID
	Number string
	State  itsm.State
}

func (e *StateError) Error() string {
	return fmt.Sprintf("%s %s: is in the state %q, which the lifecycle does not have", e.Kind, e.Number, e.State)
}

// Unwrap makes errors.Is(err, ErrUnreadable) true.
func (e *StateError) Unwrap() error { return ErrUnreadable }

// LimitError says that a command needs or moves more other records than the
// bound for one transaction. It matches [ErrTooMany].
type LimitError struct {
	Kind    string
	ID      uuid.UUID
	Command string
	Limit   int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s %s: %s concerns more than %d other records", e.Kind, e.ID, e.Command, e.Limit)
}

// Unwrap makes errors.Is(err, ErrTooMany) true.
func (e *LimitError) Unwrap() error { return ErrTooMany }

// RevisionError says that a record is not at the revision that [Call] asked for.
// It matches store.ErrConflict.
type RevisionError struct {
	Kind    string
	ID      uuid.UUID
	Number  string
	Asked   int
	Current int
}

func (e *RevisionError) Error() string {
	return fmt.Sprintf("%s: is at revision %d, not %d; look at what changed", e.Number, e.Current, e.Asked)
}

// Unwrap makes errors.Is(err, store.ErrConflict) true.
func (e *RevisionError) Unwrap() error { return store.ErrConflict }

// NumberError says that no record has a number. It matches store.ErrNotFound.
type NumberError struct {
	Kind   string
	Number string
}

func (e *NumberError) Error() string { return fmt.Sprintf("no %s has the number %q", e.Kind, e.Number) }

// Unwrap makes errors.Is(err, store.ErrNotFound) true.
func (e *NumberError) Unwrap() error { return store.ErrNotFound }

// isRefusal reports whether err stands against one command on one record, as
// opposed to the unit as a whole: the rest of the unit may go on.
func isRefusal(err error) bool {
	var fatal *fatalError
	if errors.As(err, &fatal) {
		return false
	}
	return errors.Is(err, itsm.ErrRefused) || errors.Is(err, itsm.ErrInvalid) || errors.Is(err, ErrTooMany) || errors.Is(err, store.ErrExists)
}
