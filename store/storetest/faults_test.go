package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// brokenStores are the faults that the suite has to find.
func brokenStores() []broken {
	return []broken{
		{"gives bare sentinels", bareSentinels, "get/absent", "want a NotFoundError"},
		{"writes blindly", blindWrites, "put/stale", "stale Put: got error <nil>"},
		{"starts versions again after a delete", restartingVersions, "version/never-again", "re-created at version 1 after version 2"},
		{"keeps old terms", keepsOldTerms, "put/terms", "documents found under"},
		{"does not look at unique terms", notUnique, "unique/taken", "want one that matches \"store: exists\""},
		{"cannot go on after a failed call", poisoned, "unit/goes-on", "current transaction is aborted"},
		{"commits what failed", commitsErrors, "unit/all-or-nothing", "after a call that failed: got"},
		{"commits on a panic", commitsPanics, "unit/panic", "after a call that failed: got"},
		{"commits after a cancel", commitsLate, "context/late-cancel", "Write: got error <nil>"},
		{"nests reads", nestsReads, "unit/nested", "Read inside a unit: got error the function of the nested unit was called"},
		{"reads after the unit", readsAfterEnd, "unit/escaped", "Count: got error <nil>"},
		{"does not know its tenants apart", folded, "tenant/said", "says it is of"},
		{"keeps the caller's bytes", keepsArguments, "bytes/arguments", "body \"\\x9d"},
		{"shares its bytes", sharesResults, "bytes/results", "body \"\\x9d"},
		{"reads what was committed meanwhile", readCommitted, "snapshot/stable", "first it saw"},
		{"loses updates", func() store.Backend { return optimistic(lastWins) }, "serial/increments", "100 increments made"},
		{"checks writes alone", func() store.Backend { return optimistic(firstWins) }, "serial/write-skew", "left with 0 together"},
		{"does not lock ranges", func() store.Backend { return optimistic(firstWins) }, "serial/phantom", "2 documents in a group"},
		{"ignores the case of keys", lowerKeys, "bytes/order", "is another document"},
		{"cannot reverse", neverReverse, "page/order", "desc true: got [2 4"},
		{"takes To for inclusive", inclusiveTo, "page/range", "got [2 4 7 10 9 6 3 8 12], want [2 4 7 10 9 6]"},
		{"pages by offset", offsets, "page/while-writing", "appeared 2 times"},
		{"takes any cursor", offsets, "cursor/other-query", "got error <nil>"},
		{"counts a page", countsPage, "page/count", "want 6"},
		{"ignores the case of tenants", lowerTenants, "tenant/names", "exists"},
		{"does not jump to After", smallNumbers, "sequence/after", "want 501"},
		{"shares sequences", sharedSequences, "tenant/apart", "call 1 gave the number 4"},
		{"keeps what is erased", keepsErased, "erase/payload", "got entry"},
		{"drops what is erased", dropsErased, "erase/payload", "entry 2 of 6: got entry {ticket 80000000-0000-0000-0000-000000000002 2"},
		{"rounds times", roundsTimes, "entry/whole", "got entry"},
		{"loses entries that commit late", losesLate, "journal/overtaken", "saw 1 entries and then 0"},
		{"ignores After", ignoresAfter, "history/order", "after 5 limit 3"},
	}
}

func bareSentinels() store.Backend {
	return &bent{Backend: memory.New(), get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
		d, err := tx.Get(ctx, p)
		if errors.Is(err, store.ErrNotFound) {
			err = store.ErrNotFound
		}
		return d, err
	}}
}

func blindWrites() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		d, _ := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
		p.Expect = d.Version
		return tx.Put(ctx, p)
	}}
}

// restartingVersions counts the versions of a document from the one inside that
// it was created at. One document is enough to show it.
func restartingVersions() store.Backend {
	var base store.Version
	return &bent{
		Backend: memory.New(),
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			created := p.Expect == 0
			if !created {
				p.Expect += base
			}
			version, err := tx.Put(ctx, p)
			if err != nil {
				return 0, err
			}
			if created {
				base = version - 1
			}
			return version - base, nil
		},
		remove: func(ctx context.Context, tx store.Tx, p store.DeleteParams) error {
			p.Expect += base
			return tx.Delete(ctx, p)
		},
	}
}

func keepsOldTerms() store.Backend {
	kept := map[uuid.UUID][]store.Term{}
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		for _, old := range kept[p.ID] {
			if !slices.ContainsFunc(p.Terms, func(t store.Term) bool { return t.Index == old.Index && bytes.Equal(t.Key, old.Key) }) {
				p.Terms = append(p.Terms, old)
			}
		}
		kept[p.ID] = p.Terms
		return tx.Put(ctx, p)
	}}
}

func notUnique() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Terms = slices.Clone(p.Terms)
		for i := range p.Terms {
			p.Terms[i].Unique = false
		}
		return tx.Put(ctx, p)
	}}
}

// poisoned is what a database does that ends a transaction with its first
// error, if the adapter lets it come to one.
func poisoned() store.Backend {
	failed := map[store.Tx]bool{}
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		if failed[tx] {
			return 0, errors.New("current transaction is aborted")
		}
		version, err := tx.Put(ctx, p)
		failed[tx] = errors.Is(err, store.ErrExists) && len(p.Terms) > 0
		if failed[tx] {
			return 0, err
		}
		return version, err
	}}
}

func commitsErrors() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		var failed error
		if err := inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error { failed = fn(ctx, tx); return nil }); err != nil {
			return err
		}
		return failed
	}}
}

func commitsPanics() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		var panicked any
		err := inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			defer func() { panicked = recover() }()
			return fn(ctx, tx)
		})
		if panicked != nil {
			panic(panicked)
		}
		return err
	}}
}

func commitsLate() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return inside.Write(context.WithoutCancel(ctx), t, fn)
	}}
}

func nestsReads() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, read: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		err := inside.Read(ctx, t, fn)
		if errors.Is(err, store.ErrNested) {
			err = inside.Read(context.Background(), t, fn)
		}
		return err
	}}
}

func readsAfterEnd() store.Backend {
	return &bent{Backend: memory.New(), count: func(ctx context.Context, tx store.Tx, q store.Query) (int, error) {
		n, err := tx.Count(ctx, q)
		if errors.Is(err, store.ErrEnded) {
			err = nil
		}
		return n, err
	}}
}

func keepsArguments() store.Backend {
	bodies := map[uuid.UUID][]byte{}
	return &bent{
		Backend: memory.New(),
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			bodies[p.ID] = p.Body
			return tx.Put(ctx, p)
		},
		get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
			d, err := tx.Get(ctx, p)
			d.Body = bodies[p.ID]
			return d, err
		},
	}
}

func sharesResults() store.Backend {
	cache := map[store.GetParams]store.Document{}
	return &bent{Backend: memory.New(), get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
		if d, ok := cache[p]; ok {
			return d, nil
		}
		d, err := tx.Get(ctx, p)
		cache[p] = d
		return d, err
	}}
}

// readCommitted reads every call of a Read anew.
func readCommitted() store.Backend {
	inside := memory.New()
	b := &bent{Backend: inside}
	again := func(fn unitFunc) error { return inside.Read(context.Background(), "acme", fn) }
	b.get = func(_ context.Context, _ store.Tx, p store.GetParams) (d store.Document, err error) {
		err = again(func(ctx context.Context, tx store.Tx) error { d, err = tx.Get(ctx, p); return err })
		return d, err
	}
	return b
}

// How optimistic decides at the end whose write holds.
const (
	lastWins  = "last"
	firstWins = "first" // snapshot isolation
)

// optimistic lets units work side by side, each on a snapshot, and writes what
// they put when they end. Get, Put and Count are enough for the clauses on it.
func optimistic(rule string) store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		o := &optimisticTx{}
		err := inside.Read(ctx, t, func(ctx context.Context, tx store.Tx) error {
			o.Tx = tx
			return fn(ctx, o)
		})
		if err != nil {
			return err
		}
		return inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			for _, p := range o.puts {
				if rule == lastWins {
					d, _ := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
					p.Expect = d.Version
				}
				if _, err := tx.Put(ctx, p); err != nil {
					return &store.RetryError{Err: err}
				}
			}
			return nil
		})
	}}
}

type optimisticTx struct {
	store.Tx
	puts []store.PutParams
}

func (tx *optimisticTx) Put(_ context.Context, p store.PutParams) (store.Version, error) {
	tx.puts = append(tx.puts, p)
	return p.Expect + 1, nil
}

// foldedTx calls every tenant by one name.
type foldedTx struct{ store.Tx }

func (tx foldedTx) Tenant() store.Tenant { return "acme" }

func folded() store.Backend {
	b := memory.New()
	return &bent{Backend: b, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return b.Write(ctx, t, func(ctx context.Context, tx store.Tx) error { return fn(ctx, foldedTx{tx}) })
	}}
}

func lowerKeys() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Terms = slices.Clone(p.Terms)
		for i := range p.Terms {
			p.Terms[i].Key = bytes.ToLower(p.Terms[i].Key)
		}
		return tx.Put(ctx, p)
	}}
}

func neverReverse() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		q.Desc = false
		return tx.Page(ctx, q)
	}}
}

func inclusiveTo() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if len(q.To) > 0 {
			q.To = append(slices.Clone(q.To), 0)
		}
		return tx.Page(ctx, q)
	}}
}

// offsets has a cursor that is a number of documents to skip.
func offsets() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		skip, _ := strconv.Atoi(string(q.Cursor))
		all := q
		all.Cursor, all.Limit = "", 1_000_000
		page, err := tx.Page(ctx, all)
		if err != nil {
			return page, err
		}
		end := min(skip+q.Limit, len(page.Documents))
		if end < len(page.Documents) {
			page.Next = store.Cursor(strconv.Itoa(end))
		}
		page.Documents = page.Documents[min(skip, end):end]
		return page, nil
	}}
}

func countsPage() store.Backend {
	return &bent{Backend: memory.New(), count: func(ctx context.Context, tx store.Tx, q store.Query) (int, error) {
		page, err := tx.Page(ctx, q)
		return len(page.Documents), err
	}}
}

func lowerTenants() store.Backend {
	inside := memory.New()
	lower := func(t store.Tenant) store.Tenant { return store.Tenant(strings.ToLower(string(t))) }
	return &bent{
		Backend: inside,
		read:    func(ctx context.Context, t store.Tenant, fn unitFunc) error { return inside.Read(ctx, lower(t), fn) },
		write:   func(ctx context.Context, t store.Tenant, fn unitFunc) error { return inside.Write(ctx, lower(t), fn) },
	}
}

func smallNumbers() store.Backend {
	return &bent{Backend: memory.New(), next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
		p.After = 0
		return tx.Next(ctx, p)
	}}
}

func sharedSequences() store.Backend {
	var mu sync.Mutex
	last := map[string]uint64{}
	return &bent{Backend: memory.New(), next: func(_ context.Context, _ store.Tx, p store.NextParams) (uint64, error) {
		mu.Lock()
		defer mu.Unlock()
		last[p.Sequence] = max(last[p.Sequence], p.After) + 1
		return last[p.Sequence], nil
	}}
}

func keepsErased() store.Backend {
	return &bent{Backend: memory.New(), erase: func(context.Context, store.Tx, store.EraseParams) error { return nil }}
}

func dropsErased() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
		entries, next, err := inside.Journal(ctx, t, q)
		return slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Erased }), next, err
	}}
}

func roundsTimes() store.Backend {
	return &bent{Backend: memory.New(), append: func(ctx context.Context, tx store.Tx, entries ...store.Entry) error {
		entries = slices.Clone(entries)
		for i := range entries {
			entries[i].Time = entries[i].Time.Truncate(1_000_000)
		}
		return tx.Append(ctx, entries...)
	}}
}

// losesLate gives out positions when entries are appended and lets units that
// began later commit first, as a database sequence does: whoever has read
// beyond a position does not come back for it.
func losesLate() store.Backend {
	type placed struct {
		place uint64
		store.Entry
	}
	var mu sync.Mutex
	var last uint64
	var committed []placed
	b := &bent{Backend: memory.New()}
	b.write = func(ctx context.Context, _ store.Tenant, fn unitFunc) error {
		own := &appendTx{place: func() uint64 { mu.Lock(); defer mu.Unlock(); last++; return last }}
		if err := fn(ctx, own); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for i, e := range own.entries {
			committed = append(committed, placed{own.places[i], e})
		}
		return nil
	}
	b.journal = func(_ context.Context, t store.Tenant, q store.JournalQuery) (entries []store.Entry, next store.Position, err error) {
		var from uint64
		if err := store.DecodePosition(t, q.From, &from); err != nil {
			return nil, "", err
		}
		mu.Lock()
		defer mu.Unlock()
		slices.SortFunc(committed, func(a, b placed) int { return int(a.place) - int(b.place) })
		for _, p := range committed {
			if p.place > from && len(entries) < q.Limit {
				entries, from = append(entries, p.Entry), p.place
			}
		}
		return entries, store.EncodePosition(t, from), nil
	}
	return b
}

// appendTx can append and nothing else.
type appendTx struct {
	store.Tx
	place   func() uint64
	places  []uint64
	entries []store.Entry
}

func (tx *appendTx) Append(_ context.Context, entries ...store.Entry) error {
	for _, e := range entries {
		tx.places, tx.entries = append(tx.places, tx.place()), append(tx.entries, e)
	}
	return nil
}

func ignoresAfter() store.Backend {
	return &bent{Backend: memory.New(), history: func(ctx context.Context, tx store.Tx, q store.HistoryQuery) ([]store.Entry, error) {
		q.After = 0
		return tx.History(ctx, q)
	}}
}
