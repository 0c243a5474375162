package store

import (
	"bytes"
	"fmt"

	"github.com/google/uuid"
)

// Query selects documents of one kind by the terms of an index. Prefix, From
// and To all apply; one that is empty restricts nothing.
type Query struct {
	Kind string

	// Index is the index to read. Empty means the ids: every document of the
	// kind, in the order of its id. Prefix, From and To are then empty.
	Index string

	Prefix []byte // keys that begin with it
	From   []byte // keys that are not less
	To     []byte // keys that are less

	Desc   bool   // from the last to the first
	Limit  int    // at least 1
	Cursor Cursor // the Next of the page before; empty: the first page
}

// Page is one page of a query.
type Page struct {
	Documents []Document

	// Next continues the query after the last document. Empty: that was all.
	Next Cursor
}

// Validate returns a [ParamError] for the first field that is invalid. It
// checks the query as Page does; see [Query.ValidateCount] for Count. The
// cursor is checked by [DecodeCursor].
func (q Query) Validate() error {
	if err := q.ValidateCount(); err != nil {
		return err
	}
	return validateLimit(q.Limit)
}

// ValidateCount returns a [ParamError] for the first field that is invalid,
// leaving out those that Count ignores.
func (q Query) ValidateCount() error {
	if err := validateName("Kind", q.Kind); err != nil {
		return err
	}
	if q.Index != "" {
		if err := validateName("Index", q.Index); err != nil {
			return err
		}
	}
	for _, bound := range []struct {
		field string
		key   []byte
	}{{"Prefix", q.Prefix}, {"From", q.From}, {"To", q.To}} {
		if q.Index == "" && len(bound.key) > 0 {
			return &ParamError{Field: bound.field, Problem: "is set without an Index"}
		}
		// One byte more than a key may have: the key after the longest one.
		if len(bound.key) > MaxKey+1 {
			return &ParamError{Field: bound.field, Problem: fmt.Sprintf("is %d bytes long, at most %d are allowed", len(bound.key), MaxKey+1)}
		}
	}
	return nil
}

// Bounds returns the range of keys that Prefix, From and To describe together:
// from low, which is in it, to high, which is not. An empty high means that the
// range has no end. The range is empty if low is not less than a high that is
// not empty. The results share memory with the query.
func (q Query) Bounds() (low, high []byte) {
	low, high = q.From, q.To
	if bytes.Compare(q.Prefix, low) > 0 {
		low = q.Prefix
	}
	if end := afterPrefix(q.Prefix); len(end) > 0 && (len(high) == 0 || bytes.Compare(end, high) < 0) {
		high = end
	}
	return low, high
}

// afterPrefix returns the first key after all that begin with prefix, or
// nothing if there is none, because the prefix is empty or all 0xff.
func afterPrefix(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			end := bytes.Clone(prefix[:i+1])
			end[i]++
			return end
		}
	}
	return nil
}

// contains reports whether the pair is in the range of the query.
func (q Query) contains(key []byte, id uuid.UUID) bool {
	if q.Index == "" {
		return len(key) == 0 && id != uuid.Nil
	}
	low, high := q.Bounds()
	return bytes.Compare(key, low) >= 0 && (len(high) == 0 || bytes.Compare(key, high) < 0)
}
