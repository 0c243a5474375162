package store

import (
	"bytes"
	"fmt"
	"math"

	"github.com/google/uuid"
)

// MaxKey is the length in bytes of the longest index key. It leaves room for
// the other columns of an index row in the databases that limit one.
const MaxKey = 1024

// Version tells the states of a document apart. 0 stands for "there is none".
// Versions of one document rise but need not be consecutive, and fit an int64.
type Version uint64

// Document is what a backend keeps for a record: bytes it does not look into.
// Its terms are derived from the body by the layer above, which never asks for
// them back, so that a result does not carry them.
type Document struct {
	Kind    string
	ID      uuid.UUID
	Version Version
	Head    []byte // the hash of the record's last journal entry
	Body    []byte
}

// Term is one entry of an index: the document it belongs to is found under
// Key. The layer above encodes keys so that their byte order is the order of
// the values. The empty key is a key, and the first.
type Term struct {
	Index string
	Key   []byte // at most [MaxKey] bytes

	// Unique asks that no other document of the kind has the same index and
	// key with Unique set. Terms without it never collide.
	Unique bool
}

// GetParams names the document for [Tx] Get.
type GetParams struct {
	Kind string
	ID   uuid.UUID
}

// PutParams is a document to create or replace; see [Tx] Put.
type PutParams struct {
	Kind string
	ID   uuid.UUID

	// Expect is the version the caller has read, or 0 to create. There is no
	// value for "whatever is there": a blind write cannot be expressed.
	Expect Version

	Head  []byte
	Body  []byte
	Terms []Term // in any order; no two with the same index and key
}

// DeleteParams names the document to delete and the version the caller has
// read, which is not 0.
type DeleteParams struct {
	Kind   string
	ID     uuid.UUID
	Expect Version
}

// Validate returns a [ParamError] for the first field that is invalid.
func (p GetParams) Validate() error { return validateRecord(p.Kind, p.ID) }

// Validate returns a [ParamError] for the first field that is invalid.
func (p PutParams) Validate() error {
	if err := validateRecord(p.Kind, p.ID); err != nil {
		return err
	}
	if p.Expect > math.MaxInt64 {
		return &ParamError{Field: "Expect", Problem: fmt.Sprintf("%d is not a version", p.Expect)}
	}
	return validateTerms(p.Terms)
}

// Validate returns a [ParamError] for the first field that is invalid.
func (p DeleteParams) Validate() error {
	if err := validateRecord(p.Kind, p.ID); err != nil {
		return err
	}
	if p.Expect == 0 || p.Expect > math.MaxInt64 {
		return &ParamError{Field: "Expect", Problem: fmt.Sprintf("%d is not a version that was read", p.Expect)}
	}
	return nil
}

func validateTerms(terms []Term) error {
	for i, term := range terms {
		if problem := nameProblem(term.Index); problem != "" {
			return &ParamError{Field: fmt.Sprintf("Terms[%d].Index", i), Problem: problem}
		}
		if len(term.Key) > MaxKey {
			return &ParamError{Field: fmt.Sprintf("Terms[%d].Key", i), Problem: fmt.Sprintf("is %d bytes long, at most %d are allowed", len(term.Key), MaxKey)}
		}
	}
	if i := duplicateTerm(terms); i >= 0 {
		return &ParamError{Field: fmt.Sprintf("Terms[%d]", i), Problem: fmt.Sprintf("repeats the key %x of index %q", terms[i].Key, terms[i].Index)}
	}
	return nil
}

// duplicateTerm returns the position of the first term that repeats an earlier
// one, or -1. Comparing each with each is fastest for the handful of terms
// that a record has, and a map keeps a record with thousands from costing
// their square.
func duplicateTerm(terms []Term) int {
	if len(terms) <= 16 {
		for i := range terms {
			for _, earlier := range terms[:i] {
				if earlier.Index == terms[i].Index && bytes.Equal(earlier.Key, terms[i].Key) {
					return i
				}
			}
		}
		return -1
	}
	type name struct{ index, key string }
	seen := make(map[name]bool, len(terms))
	for i, term := range terms {
		n := name{term.Index, string(term.Key)}
		if seen[n] {
			return i
		}
		seen[n] = true
	}
	return -1
}
