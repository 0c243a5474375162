package storetest_test

import (
	"context"
	"io"

	"github.com/itsmkit/itsm/store"
)

type unitFunc = func(context.Context, store.Tx) error

// bent is a backend with one or a few methods bent out of shape. A nil field
// leaves the method as it is; the others get what is inside to call.
type bent struct {
	store.Backend
	read    func(context.Context, store.Tenant, unitFunc) error
	write   func(context.Context, store.Tenant, unitFunc) error
	journal func(context.Context, store.Tenant, store.JournalQuery) ([]store.Entry, store.Position, error)

	get     func(context.Context, store.Tx, store.GetParams) (store.Document, error)
	put     func(context.Context, store.Tx, store.PutParams) (store.Version, error)
	remove  func(context.Context, store.Tx, store.DeleteParams) error
	page    func(context.Context, store.Tx, store.Query) (store.Page, error)
	count   func(context.Context, store.Tx, store.Query) (int, error)
	history func(context.Context, store.Tx, store.HistoryQuery) ([]store.Entry, error)
	append  func(context.Context, store.Tx, ...store.Entry) error
	erase   func(context.Context, store.Tx, store.EraseParams) error
	next    func(context.Context, store.Tx, store.NextParams) (uint64, error)
}

func (b *bent) bend(fn unitFunc) unitFunc {
	return func(ctx context.Context, tx store.Tx) error { return fn(ctx, &bentTx{tx, b}) }
}

func (b *bent) Read(ctx context.Context, t store.Tenant, fn unitFunc) error {
	if b.read != nil {
		return b.read(ctx, t, b.bend(fn))
	}
	return b.Backend.Read(ctx, t, b.bend(fn))
}

func (b *bent) Write(ctx context.Context, t store.Tenant, fn unitFunc) error {
	if b.write != nil {
		return b.write(ctx, t, b.bend(fn))
	}
	return b.Backend.Write(ctx, t, b.bend(fn))
}

func (b *bent) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	if b.journal != nil {
		return b.journal(ctx, t, q)
	}
	return b.Backend.Journal(ctx, t, q)
}

// Close closes the backend inside.
func (b *bent) Close() error { return b.Backend.(io.Closer).Close() }

type bentTx struct {
	store.Tx
	*bent
}

func (tx *bentTx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	if tx.get != nil {
		return tx.get(ctx, tx.Tx, p)
	}
	return tx.Tx.Get(ctx, p)
}

func (tx *bentTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if tx.put != nil {
		return tx.put(ctx, tx.Tx, p)
	}
	return tx.Tx.Put(ctx, p)
}

func (tx *bentTx) Delete(ctx context.Context, p store.DeleteParams) error {
	if tx.remove != nil {
		return tx.remove(ctx, tx.Tx, p)
	}
	return tx.Tx.Delete(ctx, p)
}

func (tx *bentTx) Page(ctx context.Context, q store.Query) (store.Page, error) {
	if tx.page != nil {
		return tx.page(ctx, tx.Tx, q)
	}
	return tx.Tx.Page(ctx, q)
}

func (tx *bentTx) Count(ctx context.Context, q store.Query) (int, error) {
	if tx.count != nil {
		return tx.count(ctx, tx.Tx, q)
	}
	return tx.Tx.Count(ctx, q)
}

func (tx *bentTx) History(ctx context.Context, q store.HistoryQuery) ([]store.Entry, error) {
	if tx.history != nil {
		return tx.history(ctx, tx.Tx, q)
	}
	return tx.Tx.History(ctx, q)
}

func (tx *bentTx) Append(ctx context.Context, entries ...store.Entry) error {
	if tx.append != nil {
		return tx.append(ctx, tx.Tx, entries...)
	}
	return tx.Tx.Append(ctx, entries...)
}

func (tx *bentTx) Erase(ctx context.Context, p store.EraseParams) error {
	if tx.erase != nil {
		return tx.erase(ctx, tx.Tx, p)
	}
	return tx.Tx.Erase(ctx, p)
}

func (tx *bentTx) Next(ctx context.Context, p store.NextParams) (uint64, error) {
	if tx.next != nil {
		return tx.next(ctx, tx.Tx, p)
	}
	return tx.Tx.Next(ctx, p)
}
