package memory

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/itsmkit/itsm/store"
)

// Backend is a store.Backend in memory. It is safe for concurrent use. Make one
// with [New].
type Backend struct {
	closed atomic.Bool

	mu      sync.RWMutex
	tenants map[store.Tenant]*tenant
}

var _ store.Backend = (*Backend)(nil)

// New returns an empty backend.
func New() *Backend {
	return &Backend{tenants: make(map[store.Tenant]*tenant)}
}

// Read implements store.Backend. It never waits for a unit.
func (b *Backend) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	ctx, err := b.enter(ctx, t)
	if err != nil {
		return err
	}
	tx := &tx{name: t, now: b.snapshot(t), guard: store.Guard{ReadOnly: true}}
	defer tx.guard.End()
	return fn(ctx, tx)
}

// Write implements store.Backend. It waits while another Write of the same
// tenant runs.
func (b *Backend) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	ctx, err := b.enter(ctx, t)
	if err != nil {
		return err
	}
	tenant := b.tenant(t)
	select {
	case tenant.turn <- struct{}{}:
		defer func() { <-tenant.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tenant.unit++
	defer tenant.rollback()
	tx := &tx{name: t, now: &tenant.now, tenant: tenant}
	defer tx.guard.End()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.guard.End(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.closed.Load() {
		return store.ErrClosed
	}
	tenant.commit()
	return nil
}

// Journal implements store.Backend. It never waits.
func (b *Backend) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	if _, err := b.enter(ctx, t); err != nil {
		return nil, "", err
	}
	if err := q.Validate(); err != nil {
		return nil, "", err
	}
	var from uint64
	if err := store.DecodePosition(t, q.From, &from); err != nil {
		return nil, "", err
	}
	journal := b.journal(t)
	if from > uint64(journal.len) {
		return nil, "", &store.CursorError{Text: string(q.From), Problem: "is beyond the end of the journal"}
	}
	start := int(from)
	end := start + min(q.Limit, journal.len-start)
	entries := make([]store.Entry, 0, end-start)
	for at := start; at < end; at++ {
		entries = append(entries, journal.at(at).unpack())
	}
	return entries, store.EncodePosition(t, uint64(end)), nil
}

// Close empties the backend; from then on it gives store.ErrClosed. A unit that
// writes meanwhile does not commit, one that reads keeps its snapshot.
func (b *Backend) Close() error {
	b.closed.Store(true)
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.tenants)
	return nil
}

// enter makes the checks that every method of the backend begins with, and
// marks the context.
func (b *Backend) enter(ctx context.Context, t store.Tenant) (context.Context, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	unit, err := store.Enter(ctx, b)
	if err != nil {
		return nil, err
	}
	if b.closed.Load() {
		return nil, store.ErrClosed
	}
	return unit, ctx.Err()
}

// snapshot returns the tenant's committed data. Reading does not bring a tenant
// into being.
func (b *Backend) snapshot(t store.Tenant) *snapshot {
	if tenant := b.find(t); tenant != nil {
		return tenant.snapshot()
	}
	return new(snapshot)
}

// journal returns the tenant's committed journal.
func (b *Backend) journal(t store.Tenant) journal {
	if tenant := b.find(t); tenant != nil {
		return tenant.committedJournal()
	}
	return journal{}
}

// find returns the tenant, or nil.
func (b *Backend) find(t store.Tenant) *tenant {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tenants[t]
}

// tenant returns the tenant, new if need be.
func (b *Backend) tenant(t store.Tenant) *tenant {
	if found := b.find(t); found != nil {
		return found
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tenants[t] == nil {
		b.tenants[t] = newTenant()
	}
	return b.tenants[t]
}
