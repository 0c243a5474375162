package store

import "context"

// Backend keeps documents and a journal for many tenants. It is the one thing
// a host implements to bring its own database; storetest.Run tells whether it
// did. A Backend is safe for concurrent use.
//
// A call to Read or Write is a unit. Units do not nest: Read, Write and Journal
// return [ErrNested] when their context is one that this backend gave to the
// function of a unit, or derived from it, whatever the tenant. Two backends may
// be used together.
//
// Errors have the same meaning from every method of Backend and [Tx]:
//
//   - An invalid argument gives [ErrInvalid] and a [ParamError] that names it.
//   - A context that has ended gives an error that matches its Err.
//   - [ErrRetry] means that nothing was committed and that the whole unit,
//     from its first read, may be run again; see [Retry]. No other error may
//     be retried without looking at what it says.
//   - [ErrUnknown], from Write alone, means that the unit may have been
//     committed or not; see [UnknownError].
//   - A closed backend gives [ErrClosed].
//   - Other errors are the backend's own, as its driver gave them.
type Backend interface {
	// Read runs fn over one consistent snapshot of the tenant's data: it holds
	// all of every unit that had returned when Read was called, and all or
	// nothing of any other, however long fn takes. It neither waits for a
	// Write nor makes one wait. The methods of the Tx that would change
	// something return [ErrReadOnly].
	//
	// Read returns the error of fn, as errors.Is sees it, and lets a panic pass
	// through. After any of these the next unit finds the backend in order.
	Read(ctx context.Context, t Tenant, fn func(context.Context, Tx) error) error

	// Write runs fn as one unit that either commits whole or leaves no trace.
	// Units of one tenant are serialisable: the result is that of running
	// those that committed one after another, in an order in which a unit that
	// was called after another had returned comes after it.
	//
	// Write commits when fn returns nil, and returns nil only if it did. It
	// does not commit if fn returns an error, panics or ends its goroutine, if
	// ctx has ended by the time fn returns, or if a call on the Tx failed with
	// an error that loses the unit, even if fn itself then returns nil. Write
	// returns the error of fn, as errors.Is sees it, and lets a panic pass
	// through. After any of these the next Write finds the backend in order.
	//
	// Write may wait for another Write; the wait ends with ctx. The library
	// runs fn again after ErrRetry, so fn acts on nothing but its Tx.
	Write(ctx context.Context, t Tenant, fn func(context.Context, Tx) error) error

	// Journal returns up to q.Limit entries of the tenant that follow the
	// position q.From, in commit order, and the position after the last of
	// them. The empty position is the beginning; with no entry to return, the
	// position returned means the same place as q.From.
	//
	// Commit order is that of Write: the entries of one unit stand together,
	// as they were appended, and those of a unit that was called after
	// another had returned come after the other's. A reader that goes on from
	// each position to the next sees every entry exactly once, also while
	// writers that began earlier are still to commit. Positions stay valid for
	// the life of the data; one that did not come from this tenant's journal
	// is [ErrCursor].
	Journal(ctx context.Context, t Tenant, q JournalQuery) ([]Entry, Position, error)
}

// Tx is what a unit reads and writes. It is for one goroutine at a time, and
// valid only inside the function it was given to: afterwards every method
// returns [ErrEnded] and does nothing.
//
// A unit sees its own writes. A call sees no data of another tenant and
// changes none.
//
// # Bytes
//
// Slices given to a method stay the caller's: the backend keeps copies, and
// the caller may change or reuse them as soon as the call returns. Slices in a
// result are the caller's too, also after the unit has ended: changing them
// changes nothing stored and no other result. A nil slice and an empty one are
// the same value, and either may come back as the other.
//
// Keys, ids and names are compared byte by byte: "A" is before "a", and the two
// are different tenants, kinds, indexes or sequences.
//
// # Errors
//
// A call that fails with [ErrNotFound], [ErrConflict], [ErrExists],
// [ErrInvalid], [ErrCursor], [ErrReadOnly] or [ErrNested] has changed nothing,
// and the unit may go on and commit. Any other error, such as [ErrRetry] or that
// of an ended context, loses the unit: whatever fn returns, it does not commit.
type Tx interface {
	// Tenant is whose unit it is: the tenant that Read or Write was called for.
	Tenant() Tenant

	// Get returns a document. ErrNotFound: there is none.
	Get(context.Context, GetParams) (Document, error)

	// Put creates the document when p.Expect is 0, and otherwise replaces its
	// body, head and terms, all three, if its version is p.Expect. It returns
	// the new version. A version is not 0 and greater than every version that
	// any document of that kind and id had before, deleted ones included.
	//
	// ErrExists: p.Expect is 0 and the document exists, or another document of
	// the kind holds one of the unique terms. ErrConflict: p.Expect is not 0
	// and not the current version; for a document that does not exist, the
	// current version is 0. With both wrong, the version is reported.
	Put(context.Context, PutParams) (Version, error)

	// Delete removes a document and its terms if its version is p.Expect; its
	// journal entries stay. ErrConflict: as for Put.
	Delete(context.Context, DeleteParams) error

	// Page returns, in order, up to q.Limit documents that match q. The order
	// is (key, id) ascending, or the exact reverse of that. A document appears
	// once for each of its terms that match. Page.Next is empty exactly if
	// nothing follows.
	//
	// ErrCursor: q.Cursor did not come from a query that differs from q in
	// nothing but Limit.
	Page(ctx context.Context, q Query) (Page, error)

	// Count returns how many documents pages of q would hold from first to
	// last. It ignores q.Desc, q.Limit and q.Cursor.
	Count(ctx context.Context, q Query) (int, error)

	// History returns up to q.Limit entries of one record in the order of
	// their revision. A record without entries has an empty history.
	History(ctx context.Context, q HistoryQuery) ([]Entry, error)

	// Append adds entries to the journal, all or none. The record they tell of
	// need not exist as a document.
	//
	// ErrConflict, with a [RevisionError]: the revision of an entry is not
	// greater than that of the record's last entry.
	Append(context.Context, ...Entry) error

	// Erase removes the payload and the salt of one journal entry for good and
	// marks it erased. Everything else about the entry, its digests and its
	// place included, stays. Erasing it again changes nothing and is no error.
	// ErrNotFound: there is no such entry.
	Erase(context.Context, EraseParams) error

	// Next returns the next number of a named sequence of the tenant. A number
	// is greater than p.After and than all that committed units had before it,
	// so that no two committed units share one. It is the least of these, unless
	// a unit that did not commit had it: those may leave gaps.
	Next(ctx context.Context, p NextParams) (uint64, error)
}

// Tenant names a customer, whose data no other can see. Every key starts with
// it; a backend may shard by it.
type Tenant string

// Validate returns a [ParamError] unless the tenant is a valid name: 1 to 255
// bytes of UTF-8 without control characters.
func (t Tenant) Validate() error { return validateName("Tenant", string(t)) }
