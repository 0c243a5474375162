package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/itsmkit/itsm/store"
)

// errFlaky is the cause inside the errors that Flaky injects.
var errFlaky = errors.New("injected by storetest.Flaky")

// Flaky returns a backend that fails every nth unit, n being at least 2, with
// store.ErrRetry: for testing code above against retries that a store with a
// single writer never asks for. The units to fail take turns in how:
//
//   - before fn is called, as when a connection is busy;
//   - at the second call of fn on its Tx, as when rows are locked; the Tx then
//     fails every further call, and the unit does not commit whatever fn
//     returns;
//   - after fn has returned nil, as when the commit is refused.
//
// In each case the unit is rolled back. Journal fails as a unit does, before it
// reads. Every other unit goes through, so that a caller that retries succeeds.
// With any n, the backend keeps every clause of this package. It panics if n is
// less than 2.
func Flaky(b store.Backend, n int) store.Backend {
	if n < 2 {
		panic(fmt.Sprintf("storetest.Flaky: n is %d, at least 2 is needed for any unit to succeed", n))
	}
	return &flaky{Backend: b, n: uint64(n)}
}

type flaky struct {
	store.Backend
	n     uint64
	units atomic.Uint64
}

// How the next unit fails.
const (
	passes = iota
	failsBefore
	failsDuring
	failsAfter
)

func (f *flaky) next() int {
	unit := f.units.Add(1)
	if unit%f.n != 0 {
		return passes
	}
	return failsBefore + int(unit/f.n-1)%3
}

func retryError() error { return &store.RetryError{Err: errFlaky} }

func (f *flaky) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return f.unit(ctx, t, fn, f.Backend.Read)
}

func (f *flaky) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return f.unit(ctx, t, fn, f.Backend.Write)
}

type unitFunc = func(context.Context, store.Tenant, func(context.Context, store.Tx) error) error

func (f *flaky) unit(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error, run unitFunc) error {
	how := f.next()
	return run(ctx, t, func(ctx context.Context, tx store.Tx) error {
		switch how {
		case passes:
			return fn(ctx, tx)
		case failsBefore:
			return retryError()
		case failsDuring:
			failing := &flakyTx{Tx: tx}
			defer failing.ended.Store(true)
			tx = failing
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return retryError()
	})
}

func (f *flaky) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	// Called first, so that misuse is told from bad luck.
	entries, position, err := f.Backend.Journal(ctx, t, q)
	if err == nil && f.next() != passes {
		return nil, "", retryError()
	}
	return entries, position, err
}

// Close closes the backend inside, if it can be.
func (f *flaky) Close() error {
	if c, ok := f.Backend.(interface{ Close() error }); ok {
		return c.Close()
	}
	return nil
}

// flakyTx fails from its second call on. Once the unit has ended, it is for the
// Tx inside to say so.
type flakyTx struct {
	store.Tx
	calls atomic.Int64
	ended atomic.Bool
}

func (tx *flakyTx) fail() error {
	if tx.calls.Add(1) > 1 && !tx.ended.Load() {
		return retryError()
	}
	return nil
}

func (tx *flakyTx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	if err := tx.fail(); err != nil {
		return store.Document{}, err
	}
	return tx.Tx.Get(ctx, p)
}

func (tx *flakyTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if err := tx.fail(); err != nil {
		return 0, err
	}
	return tx.Tx.Put(ctx, p)
}

func (tx *flakyTx) Delete(ctx context.Context, p store.DeleteParams) error {
	if err := tx.fail(); err != nil {
		return err
	}
	return tx.Tx.Delete(ctx, p)
}

func (tx *flakyTx) Page(ctx context.Context, q store.Query) (store.Page, error) {
	if err := tx.fail(); err != nil {
		return store.Page{}, err
	}
	return tx.Tx.Page(ctx, q)
}

func (tx *flakyTx) Count(ctx context.Context, q store.Query) (int, error) {
	if err := tx.fail(); err != nil {
		return 0, err
	}
	return tx.Tx.Count(ctx, q)
}

func (tx *flakyTx) History(ctx context.Context, q store.HistoryQuery) ([]store.Entry, error) {
	if err := tx.fail(); err != nil {
		return nil, err
	}
	return tx.Tx.History(ctx, q)
}

func (tx *flakyTx) Append(ctx context.Context, entries ...store.Entry) error {
	if err := tx.fail(); err != nil {
		return err
	}
	return tx.Tx.Append(ctx, entries...)
}

func (tx *flakyTx) Erase(ctx context.Context, p store.EraseParams) error {
	if err := tx.fail(); err != nil {
		return err
	}
	return tx.Tx.Erase(ctx, p)
}

func (tx *flakyTx) Next(ctx context.Context, p store.NextParams) (uint64, error) {
	if err := tx.fail(); err != nil {
		return 0, err
	}
	return tx.Tx.Next(ctx, p)
}
