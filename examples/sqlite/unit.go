package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/itsmkit/itsm/store"
)

// Read implements store.Backend. It waits for nobody; its snapshot keeps the log
// from being brought into the file, so that a Read of hours lets the log grow.
func (b *Backend) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	ctx, err := b.enter(ctx, t)
	if err != nil {
		return err
	}
	c, err := b.takeReader(ctx)
	if err != nil {
		return err
	}
	fit := false
	defer func() { b.giveReader(c, fit) }()
	if _, err := c.exec(context.Background(), begin); err != nil {
		return explain(b.path, err)
	}
	defer func() {
		_, err := c.exec(context.Background(), commit)
		fit = err == nil
	}()
	if err := b.checkVersion(c); err != nil {
		return explain(b.path, err)
	}
	tx := &tx{run: c, path: b.path, tenant: t, spaces: b.spaces, guard: store.Guard{ReadOnly: true}}
	defer func() {
		tx.guard.End()
		b.spaces.add(tx.found)
	}()
	return fn(ctx, tx)
}

// checkVersion is the first thing that a transaction reads, with which it takes its
// snapshot, and without which it has none. It refuses tables that another process,
// of a newer version, has changed since they were opened.
func (b *Backend) checkVersion(c *conn) error {
	version := 0
	err := c.query(context.Background(), schemaVersion, func(v []driver.Value) { version = int(integer(v[0])) })
	if err == nil && version != b.version {
		err = &SchemaError{Path: b.path, Version: version, Known: b.version}
	}
	return err
}

// Write implements store.Backend. Units of all tenants take turns: SQLite has one
// writer for a file.
func (b *Backend) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	ctx, err := b.enter(ctx, t)
	if err != nil {
		return err
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer b.endTurn()
	c, err := b.beginWrite(ctx)
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			b.undo(c)
		}
	}()
	tx := &tx{run: c, path: b.path, tenant: t, spaces: b.spaces}
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
	if b.isClosed() {
		return store.ErrClosed
	}
	committed = true // or undone by commit itself
	if err := b.commit(c); err != nil {
		return err
	}
	b.spaces.add(tx.found)
	return nil
}

// endTurn lets the next unit write. The last unit of a closed backend closes the
// connection: Close may have come while it had the turn.
func (b *Backend) endTurn() {
	<-b.turn
	if b.isClosed() {
		b.closeWriter()
	}
}

// beginWrite begins the transaction of the unit that has the turn.
func (b *Backend) beginWrite(ctx context.Context) (*conn, error) {
	if b.isClosed() {
		return nil, store.ErrClosed
	}
	if b.writer == nil {
		c, err := b.connect(ctx)
		if err != nil {
			return nil, err
		}
		b.writer = c
	}
	_, err := b.writer.exec(ctx, beginImmediate)
	if err == nil {
		err = b.checkVersion(b.writer)
	}
	if err != nil {
		b.undo(b.writer) // it may have begun before its context ended
		return nil, explain(b.path, err)
	}
	return b.writer, nil
}

// undo rolls back, unless SQLite has done so already. A connection that cannot do
// that is closed, which does.
func (b *Backend) undo(c *conn) {
	if _, err := c.exec(context.Background(), rollback); err != nil && code(err) != codeError {
		b.dropWriter()
	}
}

// commit commits the unit. When that fails, it finds out what has become of it.
//
// SQLite leaves the transaction open, or rolls it back, so that nobody sees
// anything of it. All the same it may be on the disk: what failed can be the
// order to flush a log that is complete, and whoever opens the file after a crash
// will take it for committed. Only a failure to write means that it is not.
func (b *Backend) commit(c *conn) error {
	_, err := c.exec(context.Background(), commit)
	if err == nil {
		return nil
	}
	_, undone := c.exec(context.Background(), rollback)
	dropped := b.dropWriter()
	failed := explain(b.path, err)
	if undone == nil || code(err) == codeFull {
		return failed
	}
	return &store.UnknownError{Err: fmt.Errorf("%w", errors.Join(failed, dropped))}
}

// Journal implements store.Backend. It waits for nobody.
func (b *Backend) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	var entries []store.Entry
	var next store.Position
	if err := t.Validate(); err != nil {
		return nil, "", err
	}
	if _, err := store.Enter(ctx, b); err != nil {
		return nil, "", err
	}
	if err := q.Validate(); err != nil {
		return nil, "", err
	}
	var from uint64
	if err := store.DecodePosition(t, q.From, &from); err != nil {
		return nil, "", err
	}
	err := b.Read(ctx, t, func(ctx context.Context, unit store.Tx) (err error) {
		entries, from, err = unit.(*tx).journal(ctx, q, from)
		next = store.EncodePosition(t, from)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return entries, next, nil
}
