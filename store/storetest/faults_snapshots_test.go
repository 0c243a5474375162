package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// readCommitted reads every document anew.
func readCommitted() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
		d, err := tx.Get(ctx, p)
		newer, errNewer := getCommitted(ctx, inside, tx, p)
		if err == nil && errNewer == nil && newer.Version > d.Version {
			return newer, nil
		}
		return d, err
	}}
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

// getCommitted reads what is committed, whatever the unit at work sees.
func getCommitted(ctx context.Context, b store.Backend, tx store.Tx, p store.GetParams) (d store.Document, err error) {
	if d, err = tx.Get(ctx, p); err != nil && !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	err = b.Read(context.Background(), tx.Tenant(), func(ctx context.Context, tx store.Tx) error { d, err = tx.Get(ctx, p); return err })
	return d, err
}

// pageCommitted does so for a page.
func pageCommitted(ctx context.Context, b store.Backend, tx store.Tx, q store.Query) (page store.Page, err error) {
	if page, err = tx.Page(ctx, q); err != nil {
		return page, err
	}
	err = b.Read(context.Background(), tx.Tenant(), func(ctx context.Context, tx store.Tx) error { page, err = tx.Page(ctx, q); return err })
	return page, err
}

func readsBefore() store.Backend {
	inside := memory.New()
	writing := map[store.Tx]bool{}
	return &bent{
		Backend: inside,
		write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			return inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
				writing[tx] = true
				return fn(ctx, tx)
			})
		},
		get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
			if writing[tx] {
				return getCommitted(ctx, inside, tx, p)
			}
			return tx.Get(ctx, p)
		},
	}
}

// checksThenWrites looks for the holder of a unique term and takes its time until
// it writes, without an index that would refuse a second one.
func checksThenWrites() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		checked := &checkedTx{}
		err := inside.Read(ctx, t, func(ctx context.Context, tx store.Tx) error {
			checked.Tx = tx
			defer time.Sleep(10 * time.Millisecond)
			return fn(ctx, checked)
		})
		if err != nil {
			return err
		}
		return inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			for _, p := range checked.puts {
				if _, err := tx.Put(ctx, p); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}

type checkedTx struct {
	store.Tx
	puts []store.PutParams
}

func (tx *checkedTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	p.Terms = slices.Clone(p.Terms)
	for i, term := range p.Terms {
		page, err := tx.Page(ctx, store.Query{Kind: p.Kind, Index: term.Index, Prefix: term.Key, Limit: 1})
		if err != nil {
			return 0, err
		}
		if term.Unique && len(page.Documents) > 0 {
			return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Index: term.Index, Key: term.Key, Holder: page.Documents[0].ID}
		}
		p.Terms[i].Unique = false
	}
	tx.puts = append(tx.puts, p)
	return p.Expect + 1, nil
}

// readUncommitted answers a Get with what the unit at work has put.
func readUncommitted() store.Backend {
	inside := memory.New()
	var mu sync.Mutex
	dirty := map[recordOf]store.Document{}
	return &bent{
		Backend: inside,
		write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				clear(dirty)
			}()
			return inside.Write(ctx, t, fn)
		},
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			version, err := tx.Put(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				dirty[recordOf{tx.Tenant(), p.Kind, p.ID}] = store.Document{
					Kind: p.Kind, ID: p.ID, Version: version, Head: bytes.Clone(p.Head), Body: bytes.Clone(p.Body),
				}
			}
			return version, err
		},
		get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
			d, err := tx.Get(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			if newer, ok := dirty[recordOf{tx.Tenant(), p.Kind, p.ID}]; ok && err == nil {
				newer.Head, newer.Body = bytes.Clone(newer.Head), bytes.Clone(newer.Body)
				return newer, nil
			}
			return d, err
		},
	}
}

// readersWait has one lock for all.
func readersWait() store.Backend {
	inside, turn := memory.New(), make(chan struct{}, 1)
	one := func(run func(context.Context, store.Tenant, unitFunc) error) func(context.Context, store.Tenant, unitFunc) error {
		return func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			if _, err := store.Enter(ctx, inside); err != nil {
				return err
			}
			select {
			case turn <- struct{}{}:
				defer func() { <-turn }()
			case <-ctx.Done():
				return ctx.Err()
			}
			return run(ctx, t, fn)
		}
	}
	return &bent{Backend: inside, read: one(inside.Read), write: one(inside.Write)}
}

// lags answers a Get of a Read with the state before the last Put.
func lags() store.Backend {
	inside := memory.New()
	before := map[uuid.UUID]store.Document{}
	return &bent{
		Backend: inside,
		read: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			return inside.Read(ctx, t, func(ctx context.Context, tx store.Tx) error { return fn(ctx, &laggingTx{tx, before}) })
		},
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			if d, err := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID}); err == nil {
				before[p.ID] = d
			}
			return tx.Put(ctx, p)
		},
	}
}

type laggingTx struct {
	store.Tx
	before map[uuid.UUID]store.Document
}

func (tx *laggingTx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	if d, ok := tx.before[p.ID]; ok && d.Kind == p.Kind {
		return d, nil
	}
	return tx.Tx.Get(ctx, p)
}

// readCommittedPages reads every page of a Read anew, a little later.
func readCommittedPages() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		time.Sleep(time.Millisecond)
		return pageCommitted(ctx, inside, tx, q)
	}}
}
