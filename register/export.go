package register

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Transferred is what an [Export] wrote or an [Import] read.
type Transferred struct {
	Entries int // of the journal
	Records int
	Keys    int // of calls
	Present int // Import: how many of all these were there already
}

// ExportOptions are what [Export] may be told. Nil means the default of each.
type ExportOptions struct {
	// Page is how many journal entries are read, and held in memory, at a time.
	// Default 250.
	Page int

	// Progress is told after each page what was written so far.
	Progress func(Transferred)

	chains int // how many are kept; 0: maxChains
}

// Export writes all of a tenant as JSON Lines: the journal in commit order, each
// record after its last entry, and the keys of calls. Kinds are the registers of
// all kinds that the tenant has, over one backend; a journal that tells of another
// is an [itsm.FieldError]. The same data gives the same bytes, whatever backend
// keeps it: sequences, which [Import] finds again, versions and index terms, which
// it makes anew, are left out.
//
// The file holds one consistent snapshot, also of a tenant that is in use, and
// memory does not grow with it. Only what is erased meanwhile is not in it. What it
// holds is checked, so that [Import] with the same processes will take it: a journal
// that does not verify is a [TamperError], what cannot be read a [BodyError], a
// record in a forgotten state a [StateError].
//
// After an error the file is not complete, and its last line is missing. One that
// matches store.ErrRetry came from the backend in mid-way: begin again with an
// empty writer.
func Export(ctx context.Context, w io.Writer, tenant string, kinds []Kind, o *ExportOptions) (Transferred, error) {
	var options ExportOptions
	if o != nil {
		options = *o
	}
	if options.Page < 0 {
		return Transferred{}, &itsm.FieldError{Field: "options.page", Problem: fmt.Sprintf("is %d; 0 means the default", options.Page)}
	}
	if options.Page == 0 {
		options.Page = 250
	}
	c, err := carriersOf(tenant, kinds)
	if err != nil {
		return Transferred{}, err
	}
	out := &counted{w: w}
	var x *exporter
	var failed error
	err = store.Retry(ctx, c.retry, func(outer context.Context) error {
		x = &exporter{carriers: c, tenant: tenant, options: options, outer: outer, out: bufio.NewWriterSize(out, 1<<16),
			flight: newChains(options.chains), records: make(map[string]int)}
		failed = c.backend.Read(outer, store.Tenant(tenant), func(ctx context.Context, tx store.Tx) error {
			x.ctx, x.tx = ctx, tx
			return x.run()
		})
		if out.n > 0 {
			return nil // what is written cannot be taken back
		}
		return failed
	})
	if err == nil {
		err = failed
	}
	if err == nil {
		err = x.out.Flush()
	}
	if x == nil {
		return Transferred{}, err
	}
	return x.done, err
}

// counted tells whether anything was written.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// exporter writes the snapshot of one unit.
type exporter struct {
	*carriers
	tenant  string
	options ExportOptions
	outer   context.Context // of no unit, for the journal
	ctx     context.Context
	tx      store.Tx
	out     *bufio.Writer
	sum     runningSum
	line    []byte
	hash    []byte // scratch of hashing
	scratch scratch
	flight  chains         // of records whose last entry is still to come
	records map[string]int // written, by kind
	done    Transferred
}

func (x *exporter) run() error {
	if err := x.write(appendHeader(x.line[:0], exportHeader{exportVersion, x.tenant, x.names})); err != nil {
		return err
	}
	if err := x.journal(); err != nil {
		return err
	}
	if err := x.complete(); err != nil {
		return err
	}
	if err := x.keys(); err != nil {
		return err
	}
	return x.write(appendEnd(x.line[:0], exportEnd{x.done.Entries, x.done.Records, x.done.Keys, x.sum.now}))
}

func (x *exporter) write(content []byte) error {
	x.line = x.sum.seal(content)
	_, err := x.out.Write(x.line)
	return err
}

// journal writes the entries that the snapshot holds. The journal itself is read
// as it is by now: what it has beyond the snapshot, whose records do not know of
// it, is left out.
func (x *exporter) journal() error {
	var from store.Position
	for {
		var page []store.Entry
		err := store.Retry(x.outer, x.retry, func(ctx context.Context) error {
			found, next, err := x.backend.Journal(ctx, store.Tenant(x.tenant), store.JournalQuery{From: from, Limit: x.options.Page})
			if err == nil {
				page, from = found, next
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		for i := range page {
			if err := x.entry(&page[i]); err != nil {
				return err
			}
		}
		if x.options.Progress != nil {
			x.options.Progress(x.done)
		}
	}
}

func (x *exporter) entry(e *store.Entry) error {
	kind := x.by[e.Kind]
	if kind == nil {
		return &itsm.FieldError{Field: "kinds", Problem: fmt.Sprintf("lack %q, of which the journal of %s tells; give its register too", e.Kind, x.tenant)}
	}
	id := recordID{e.Kind, e.ID}
	c := x.flight.by[id]
	var d store.Document
	if c == nil {
		var err error
		if c, d, err = x.begin(e); err != nil {
			return err
		}
		x.flight.keep(id, c)
	}
	if e.Revision > c.covered {
		return nil
	}
	if err := c.verify(x.tenant, e, &x.hash); err != nil {
		return err
	}
	if err := kind.checkEntry(e); err != nil {
		return err
	}
	if !e.Erased {
		if err := oneLine(e.Payload); err != nil {
			return &BodyError{Kind: e.Kind, ID: e.ID, Place: e.Revision, Err: err}
		}
	}
	if err := x.write(appendEntryLine(x.line[:0], e)); err != nil {
		return err
	}
	x.done.Entries++
	if c.entries < c.covered {
		return nil
	}
	delete(x.flight.by, id)
	if d.Version == 0 {
		var err error
		if d, err = x.tx.Get(x.ctx, store.GetParams{Kind: e.Kind, ID: e.ID}); err != nil {
			return err
		}
	}
	return x.record(kind, d, c)
}

// begin looks an entry's record up: how many entries the snapshot has of it, and
// where its chain stands before this one.
func (x *exporter) begin(e *store.Entry) (*chain, store.Document, error) {
	d, err := x.tx.Get(x.ctx, store.GetParams{Kind: e.Kind, ID: e.ID})
	if errors.Is(err, store.ErrNotFound) {
		return new(chain), d, nil // it came later
	}
	if err != nil {
		return nil, d, err
	}
	sealed, err := parseSeal(d.Head)
	if err != nil {
		return nil, d, &BodyError{Kind: d.Kind, ID: d.ID, Err: err}
	}
	if e.Revision > sealed.entries {
		return &chain{covered: sealed.entries}, d, nil
	}
	c, err := resume(x.ctx, x.tx, e)
	if err == nil {
		c.covered = sealed.entries
	}
	return c, d, err
}

// record writes a record whose journal is complete.
func (x *exporter) record(kind carrier, d store.Document, c *chain) error {
	sealed, err := parseSeal(d.Head)
	if err != nil {
		return &BodyError{Kind: d.Kind, ID: d.ID, Err: err}
	}
	if err := c.matches(d.Kind, d.ID, &sealed); err != nil {
		return err
	}
	if _, err := kind.openDocument(&x.scratch, d, &sealed); err != nil {
		return err
	}
	if err := oneLine(d.Body); err != nil {
		return &BodyError{Kind: d.Kind, ID: d.ID, Err: err}
	}
	if err := x.write(appendRecord(x.line[:0], &exportRecord{d.Kind, d.ID, sealed, d.Body})); err != nil {
		return err
	}
	x.records[d.Kind]++
	x.done.Records++
	return nil
}

// complete makes sure that the journal has told of every record.
func (x *exporter) complete() error {
	for _, kind := range x.names {
		n, err := x.tx.Count(x.ctx, store.Query{Kind: kind})
		if err != nil {
			return err
		}
		if n == x.records[kind] {
			continue
		}
		if err := x.incomplete(kind); err != nil {
			return err
		}
		// Their entries are there; the journal waits for units that began earlier.
		return &store.RetryError{Err: fmt.Errorf("the journal of %s does not show yet all of %d of the %d records of kind %s", x.tenant, n-x.records[kind], n, kind)}
	}
	return nil
}

// incomplete names the first record of a kind that is sealed with more than its
// journal has.
func (x *exporter) incomplete(kind string) error {
	for d, err := range x.documents(kind) {
		if err != nil {
			return err
		}
		sealed, err := parseSeal(d.Head)
		if err != nil {
			return &BodyError{Kind: d.Kind, ID: d.ID, Err: err}
		}
		last, err := x.tx.History(x.ctx, store.HistoryQuery{Kind: kind, ID: d.ID, Desc: true, Limit: 1})
		if err != nil {
			return err
		}
		var c seal
		if len(last) > 0 {
			c.entries = last[0].Revision
			copy(c.hash[:], last[0].Hash)
		}
		if err := c.matches(kind, d.ID, &sealed); err != nil {
			return err
		}
	}
	return nil
}

// keys writes the keys of calls in the order of their ids.
func (x *exporter) keys() error {
	for d, err := range x.documents(keyKind) {
		if err != nil {
			return err
		}
		k, err := parseKey(d)
		if err != nil {
			return &BodyError{Kind: keyKind, ID: d.ID, Err: err}
		}
		if !slices.Contains(x.names, k.Kind) {
			return &itsm.FieldError{Field: "kinds", Problem: fmt.Sprintf("lack %q, to which a call of %s had a key; give its register too", k.Kind, x.tenant)}
		}
		if d.ID != x.by[k.Kind].keyID(k.Key) {
			return &BodyError{Kind: keyKind, ID: d.ID, Err: fmt.Errorf("it holds the key %q, which has another id", k.Key)}
		}
		if err := x.write(appendKeyLine(x.line[:0], d.Body)); err != nil {
			return err
		}
		x.done.Keys++
	}
	return nil
}

// documents walks over all documents of a kind in the order of their ids.
func (x *exporter) documents(kind string) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		q := store.Query{Kind: kind, Limit: pageSize}
		for {
			page, err := x.tx.Page(x.ctx, q)
			if err != nil {
				yield(store.Document{}, err)
				return
			}
			for _, d := range page.Documents {
				if !yield(d, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
}
