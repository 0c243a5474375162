package register

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Register keeps the records of one process in a backend. It never changes and
// is safe for concurrent use; so are the ones that [Register.In] and
// [Register.With] give.
type Register[R any] struct {
	*core[R]
	call Call
	tx   store.Tx // of a unit somebody else runs; nil: every call runs its own
}

// Options are what a register takes from its host. A zero field means its
// default, nil Options all of them.
type Options[R any] struct {
	// Now is the clock. A host that imports or replays history sets it to the
	// clock of that history. Default time.Now.
	Now func() time.Time

	// NewID names a new record. Default uuid.NewV7, which rises with time.
	NewID func() uuid.UUID

	// Salt gives the random bytes that keep the digest of an erased entry from
	// being guessed. It is read by several goroutines. Default crypto/rand.
	Salt io.Reader

	// Retry bounds how often a unit is run again after store.ErrRetry.
	Retry *store.RetryOptions

	// Erasers are the roles that may [Register.Erase]. Without them nobody may.
	Erasers []itsm.Role

	// Migrators are the roles that may [Register.Migrate]. Without them nobody
	// may.
	Migrators []itsm.Role

	// Observe sees each change inside its transaction, after it was written and
	// before what follows from it. It may be run again, or for a dry run, and so
	// acts on nothing but the Tx, where it may use other registers through
	// [Register.In]; the record it is told of it leaves alone. Its error fails the
	// whole unit.
	Observe func(context.Context, store.Tx, Change[R]) error

	// Committed is called once after the commit of each unit that changed
	// something, with the changes in order; units that ran at once come in any
	// order. Inside [Register.In] the commit is the host's, and Committed is not
	// called. Nor is it after store.ErrUnknown, when nobody knows.
	Committed func(context.Context, []Change[R])
}

// core is what all the registers made from one New share.
type core[R any] struct {
	backend store.Backend
	lc      *itsm.Lifecycle[R]
	kind    string
	prefix  string
	indexes []itsm.Index[R]
	options Options[R]

	forms    sync.Map  // reflect.Type → fixer, see normal.go
	decoders sync.Pool // of *bodyDecoder, see body.go
	scratch  sync.Pool // of *scratch, see unit.go
}

// ownPrefix begins the names of the indexes, sequences and kinds that registers
// add themselves. No process may use it.
const ownPrefix = "register."

// New returns the register of a process in a backend. A process without
// lifecycle or prefix, or with an index that is unnamed, named twice or named
// like one of the register's own, is an [itsm.FieldError].
func New[R any](backend store.Backend, process itsm.Process[R], o *Options[R]) (*Register[R], error) {
	if backend == nil {
		return nil, &itsm.FieldError{Field: "backend", Problem: "is nil; memory.New() is one that needs nothing"}
	}
	if err := checkProcess(process); err != nil {
		return nil, err
	}
	c := &core[R]{
		backend: backend,
		lc:      process.Lifecycle,
		kind:    process.Kind(),
		prefix:  process.Prefix,
		indexes: slices.Clone(process.Indexes),
	}
	if o != nil {
		c.options = *o
		c.options.Erasers = slices.Clone(o.Erasers)
		c.options.Migrators = slices.Clone(o.Migrators)
	}
	if c.options.Now == nil {
		c.options.Now = time.Now
	}
	if c.options.NewID == nil {
		c.options.NewID = func() uuid.UUID { return uuid.Must(uuid.NewV7()) }
	}
	if c.options.Salt == nil {
		c.options.Salt = rand.Reader
	}
	return &Register[R]{core: c}, nil
}

func checkProcess[R any](p itsm.Process[R]) error {
	if p.Lifecycle == nil {
		return &itsm.FieldError{Field: "process.lifecycle", Problem: "is nil"}
	}
	var wrong []error
	complain := func(field, format string, args ...any) {
		wrong = append(wrong, &itsm.FieldError{Field: "process." + field, Problem: fmt.Sprintf(format, args...)})
	}
	if err := (store.GetParams{Kind: p.Kind(), ID: uuid.Max}).Validate(); err != nil {
		complain("kind", "%v", err)
	}
	if err := (store.NextParams{Sequence: p.Prefix}).Validate(); err != nil {
		complain("prefix", "%v", err)
	}
	if strings.HasPrefix(p.Kind(), ownPrefix) || strings.HasPrefix(p.Prefix, ownPrefix) {
		complain("kind", "and prefix must not begin with %q, which registers keep for themselves", ownPrefix)
	}
	for i, index := range p.Indexes {
		field := fmt.Sprintf("indexes[%d]", i)
		switch {
		case (store.Query{Kind: "kind", Index: index.Name, Limit: 1}).Validate() != nil || index.Name == "":
			complain(field, "has the name %q; give one of 1 to 255 bytes of text", index.Name)
		case strings.HasPrefix(index.Name, ownPrefix):
			complain(field, "is called %q; names in %q are the register's own", index.Name, ownPrefix)
		case slices.ContainsFunc(p.Indexes[:i], func(o itsm.Index[R]) bool { return o.Name == index.Name }):
			complain(field, "is a second %q", index.Name)
		case index.Keys == nil:
			complain(field, "(%q) has no function that gives its keys", index.Name)
		}
	}
	return errors.Join(wrong...)
}

// Kind is the kind of the records.
func (r *Register[R]) Kind() string { return r.kind }

// Lifecycle is the rules the register runs.
func (r *Register[R]) Lifecycle() *itsm.Lifecycle[R] { return r.lc }

// In is the register acting inside a unit that the caller runs with its backend,
// so that several registers change together or not at all:
//
//	backend.Write(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
//		inc, err := incidents.In(tx).Do(ctx, ann, id, incident.Resolve{…})
//		…
//		_, err = problems.In(tx).Create(ctx, ann, problem.Record{…})
//		return err
//	})
//
// It sees the unit's own writes, does not retry ([store.Retry] around the unit
// does), and does not call Options.Committed. An actor of another tenant than the
// unit's is refused. After a refusal or invalid input nothing was written and the
// unit may go on; any other error is one to return from the unit.
func (r *Register[R]) In(tx store.Tx) *Register[R] {
	return &Register[R]{core: r.core, call: r.call, tx: tx}
}

// With is the register with what a call may say beside its command: a time, a
// revision, a key. It is meant for one call.
func (r *Register[R]) With(call Call) *Register[R] {
	return &Register[R]{core: r.core, call: call, tx: r.tx}
}

// write runs fn as one unit, again after store.ErrRetry.
func (r *Register[R]) write(ctx context.Context, tenant string, fn func(context.Context, store.Tx) error) error {
	if r.tx != nil {
		return fn(ctx, r.tx)
	}
	return store.Retry(ctx, r.options.Retry, func(ctx context.Context) error {
		return r.backend.Write(ctx, store.Tenant(tenant), fn)
	})
}

// read runs fn over one snapshot, again after store.ErrRetry.
func (r *Register[R]) read(ctx context.Context, tenant string, fn func(context.Context, store.Tx) error) error {
	if r.tx != nil {
		return fn(ctx, r.tx)
	}
	return store.Retry(ctx, r.options.Retry, func(ctx context.Context) error {
		return r.backend.Read(ctx, store.Tenant(tenant), fn)
	})
}

// checkTenant refuses a call that is about no tenant, or about another than the
// unit it is to be part of.
func (r *Register[R]) checkTenant(tenant string) error {
	if tenant == "" {
		return &itsm.FieldError{Field: "by.tenant", Problem: "is empty; name whose records are meant"}
	}
	if r.tx != nil && string(r.tx.Tenant()) != tenant {
		return &itsm.FieldError{Field: "by.tenant", Problem: fmt.Sprintf("is %q; the unit is of %q", tenant, r.tx.Tenant())}
	}
	return nil
}
