package register

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Kind is a register as [Export] and [Import] see it. Every [Register] is one,
// whatever its records.
type Kind interface {
	// Kind is the kind of the records.
	Kind() string

	carrier() (carrier, error)
}

// carrier is what moving a tenant asks of a kind, without the type of its
// records.
type carrier interface {
	// home is where the kind is kept.
	home() (store.Backend, *store.RetryOptions)

	// sequence is what numbers the records.
	sequence() string

	// checkEntry refuses a journal entry that the process cannot read.
	checkEntry(*store.Entry) error

	// openDocument reads a document as a record, and gives what it is found by. The
	// terms share memory with the scratch.
	openDocument(*scratch, store.Document, *seal) (contents, error)

	// rebuilt is the body that the journal of a record gives.
	rebuilt(context.Context, store.Tx, uuid.UUID) ([]byte, error)

	// keyID is where a key of the kind is kept.
	keyID(key string) uuid.UUID
}

// contents is what a carrier says of a record.
type contents struct {
	number   string
	revision int
	terms    []store.Term
}

func (r *Register[R]) carrier() (carrier, error) {
	if r == nil || r.core == nil {
		return nil, &itsm.FieldError{Field: "kinds", Problem: fmt.Sprintf("hold a %T that was not made by New", r)}
	}
	if r.tx != nil {
		return nil, &itsm.FieldError{Field: "kinds", Problem: "hold the register of " + r.kind + " inside somebody else's unit; give the register itself"}
	}
	return r.core, nil
}

func (c *core[R]) home() (store.Backend, *store.RetryOptions) { return c.backend, c.options.Retry }

func (c *core[R]) sequence() string { return c.prefix }

func (c *core[R]) checkEntry(e *store.Entry) error {
	entry, err := c.decodeEntry(e)
	if err == nil && entry.Event != nil && entry.Event.ID != e.ID {
		err = &BodyError{Kind: e.Kind, ID: e.ID, Place: e.Revision, Err: fmt.Errorf("it tells of the record %s", entry.Event.ID)}
	}
	return err
}

func (c *core[R]) openDocument(s *scratch, d store.Document, sealed *seal) (contents, error) {
	var rec R
	if err := c.decodeBody(d, &rec); err != nil {
		return contents{}, err
	}
	if err := c.checkState(&rec); err != nil {
		return contents{}, err
	}
	terms, err := c.terms(s, &rec, sealed)
	h := head(&rec)
	return contents{h.Number, h.Revision, terms}, err
}

func (c *core[R]) rebuilt(ctx context.Context, tx store.Tx, id uuid.UUID) ([]byte, error) {
	u := c.begin(ctx, tx, string(tx.Tenant()), timing{})
	defer u.end()
	rec, _, err := u.replay(id, 0)
	if err != nil {
		return nil, err
	}
	return json.Marshal(&rec)
}

// carriers are the kinds by name, with the backend that all of them are kept in.
type carriers struct {
	names   []string // in order
	by      map[string]carrier
	backend store.Backend
	retry   *store.RetryOptions
}

func carriersOf(tenant string, kinds []Kind) (*carriers, error) {
	if err := store.Tenant(tenant).Validate(); err != nil {
		return nil, &itsm.FieldError{Field: "tenant", Problem: err.Error()}
	}
	if len(kinds) == 0 {
		return nil, &itsm.FieldError{Field: "kinds", Problem: "is empty; give the register of each kind that the tenant has"}
	}
	c := &carriers{by: make(map[string]carrier)}
	for i, k := range kinds {
		if k == nil {
			return nil, &itsm.FieldError{Field: fmt.Sprintf("kinds[%d]", i), Problem: "is nil"}
		}
		one, err := k.carrier()
		if err != nil {
			return nil, err
		}
		if c.by[k.Kind()] != nil {
			return nil, &itsm.FieldError{Field: fmt.Sprintf("kinds[%d]", i), Problem: "is a second " + k.Kind()}
		}
		backend, retry := one.home()
		if i == 0 {
			c.backend, c.retry = backend, retry
		} else if !sameBackend(backend, c.backend) {
			return nil, &itsm.FieldError{Field: fmt.Sprintf("kinds[%d]", i), Problem: k.Kind() + " is kept in another backend than " + kinds[0].Kind()}
		}
		c.by[k.Kind()] = one
		c.names = append(c.names, k.Kind())
	}
	slices.Sort(c.names)
	return c, nil
}

// sameBackend compares without a panic, whatever a host's backend is made of.
func sameBackend(a, b store.Backend) bool {
	v, w := reflect.ValueOf(a), reflect.ValueOf(b)
	return v.Type() == w.Type() && (!v.Comparable() || !w.Comparable() || a == b)
}

// maxNumber is the highest number that a sequence can be moved to.
const maxNumber = math.MaxInt64 / 2

// numberOf is the n of a record's number as registers write it, 0 for one that
// they did not give.
func numberOf(prefix, number string) (uint64, error) {
	digits, ours := strings.CutPrefix(number, prefix)
	if !ours || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n > maxNumber {
		return 0, fmt.Errorf("has the number %s, behind which no other could follow", number)
	}
	return n, nil
}

// chains follow the journals of many records at once. They are bounded: a record
// that was put aside is looked up again.
type chains struct {
	by   map[recordID]*chain
	most int
}

func newChains(most int) chains {
	if most == 0 {
		most = maxChains
	}
	return chains{make(map[recordID]*chain), most}
}

type recordID struct {
	kind string
	id   uuid.UUID
}

// chain is how far the journal of one record has come.
type chain struct {
	seal
	covered uint64 // export: how many entries the snapshot's record has
	fresh   bool   // import: the last of them was written in this unit
}

// maxChains bounds the memory that records take whose journals are interleaved.
const maxChains = 1 << 16

// keep remembers a chain, and forgets the others when they are too many.
func (c chains) keep(id recordID, one *chain) {
	if len(c.by) >= c.most {
		clear(c.by)
	}
	c.by[id] = one
}

// resume is the chain as the journal has it before an entry.
func resume(ctx context.Context, tx store.Tx, e *store.Entry) (*chain, error) {
	if e.Revision <= 1 {
		return new(chain), nil
	}
	before, err := entryAt(ctx, tx, e.Kind, e.ID, e.Revision-1)
	if err != nil {
		return nil, err
	}
	c := new(chain)
	if before != nil {
		c.entries = before.Revision
		copy(c.hash[:], before.Hash)
	}
	return c, nil
}

// entryAt is the entry at a place of a record's journal, nil if there is none.
func entryAt(ctx context.Context, tx store.Tx, kind string, id uuid.UUID, place uint64) (*store.Entry, error) {
	found, err := tx.History(ctx, store.HistoryQuery{Kind: kind, ID: id, After: place - 1, Limit: 1})
	if err != nil || len(found) == 0 || found[0].Revision != place {
		return nil, err
	}
	return &found[0], nil
}
