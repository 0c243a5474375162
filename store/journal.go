package store

import (
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
)

// Entry is one line of the journal: something that happened to a record. The
// backend keeps all of it and understands none: the layer above chains the
// entries of a record by their hashes, so that a change to the journal shows.
type Entry struct {
	Kind string
	ID   uuid.UUID

	// Revision is the entry's place in the history of its record. It is at
	// least 1, and greater than that of the record's entry before.
	Revision uint64

	Type string    // what the payload is, in the words of the layer above
	Time time.Time // whole microseconds of the years 1 to 9999; comes back in UTC

	// Payload and Salt are what Erase removes.
	Payload []byte
	Salt    []byte

	// Digest stands for the salt and the payload in Hash, so that the chain
	// can be verified without them. Previous is the hash of the entry before.
	Digest   []byte
	Previous []byte
	Hash     []byte

	// Erased says that payload and salt were removed. An entry that was erased
	// elsewhere is appended with it set.
	Erased bool
}

// HistoryQuery selects entries of one record, in the order of their revisions.
type HistoryQuery struct {
	Kind string
	ID   uuid.UUID

	// Desc begins with the last entry instead of the first.
	Desc bool

	// After is the revision of the last entry already seen: the result holds
	// those that come after it in the direction of the query. 0: all.
	After uint64

	Limit int // at least 1
}

// JournalQuery selects entries of a whole tenant, in commit order.
type JournalQuery struct {
	From  Position // where the last call ended; empty: the beginning
	Limit int      // at least 1
}

// EraseParams names the journal entry to erase.
type EraseParams struct {
	Kind     string
	ID       uuid.UUID
	Revision uint64
}

// Validate returns a [ParamError] for the first field that is invalid.
func (e Entry) Validate() error {
	if err := validateRecord(e.Kind, e.ID); err != nil {
		return err
	}
	if err := validateRevision(e.Revision); err != nil {
		return err
	}
	if err := validateName("Type", e.Type); err != nil {
		return err
	}
	if e.Time.Nanosecond()%1000 != 0 {
		return &ParamError{Field: "Time", Problem: fmt.Sprintf("%v is not a whole number of microseconds", e.Time)}
	}
	if year := e.Time.UTC().Year(); year < 1 || year > 9999 {
		return &ParamError{Field: "Time", Problem: fmt.Sprintf("is in the year %d, outside 1 to 9999", year)}
	}
	if e.Erased && (len(e.Payload) > 0 || len(e.Salt) > 0) {
		return &ParamError{Field: "Erased", Problem: "is set on an entry that has a payload or a salt"}
	}
	return nil
}

// Validate returns a [ParamError] for the first field that is invalid.
func (q HistoryQuery) Validate() error {
	if err := validateRecord(q.Kind, q.ID); err != nil {
		return err
	}
	if q.After > math.MaxInt64 {
		return &ParamError{Field: "After", Problem: fmt.Sprintf("%d is not a revision", q.After)}
	}
	return validateLimit(q.Limit)
}

// Validate returns a [ParamError] for the first field that is invalid. The
// position is checked by [DecodePosition].
func (q JournalQuery) Validate() error { return validateLimit(q.Limit) }

// Validate returns a [ParamError] for the first field that is invalid.
func (p EraseParams) Validate() error {
	if err := validateRecord(p.Kind, p.ID); err != nil {
		return err
	}
	return validateRevision(p.Revision)
}

func validateRevision(revision uint64) error {
	if revision == 0 || revision > math.MaxInt64 {
		return &ParamError{Field: "Revision", Problem: fmt.Sprintf("%d is not a revision, which begin with 1", revision)}
	}
	return nil
}
