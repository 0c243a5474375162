package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/storetest"
	"github.com/stretchr/testify/require"
)

// hostDB is the host's own connection to a file.
func hostDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_busy_timeout=5000")
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// joined is a backend that writes in transactions of the host.
type joined struct {
	*sqlite.Backend
	db   *sql.DB
	turn chan struct{}
}

func (b joined) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) (err error) {
	if err := t.Validate(); err != nil {
		return err
	}
	ctx, err = store.Enter(ctx, b.Backend)
	if err != nil {
		return err
	}
	if b.Read(context.Background(), t, func(context.Context, store.Tx) error { return nil }) != nil {
		return store.ErrClosed
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	host, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer host.Rollback()
	tx, err := sqlite.Join(ctx, host, t)
	if err != nil {
		return err
	}
	if err := errors.Join(fn(ctx, tx), ctx.Err()); err != nil {
		return err
	}
	// The host's promise to roll back after an error that loses the unit: every
	// later call gives it again.
	if _, err := tx.Count(ctx, store.Query{Kind: "any"}); err != nil {
		return err
	}
	return host.Commit()
}

// TestJoinKeepsTheContract: what a joined transaction does is what a unit of the
// backend does.
func TestJoinKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Backend {
		path := file(t)
		return joined{open(t, path, &sqlite.Options{Synchronous: sqlite.Normal}), hostDB(t, path), make(chan struct{}, 1)}
	})
}

func TestJoinRefusesWrongTables(t *testing.T) {
	ctx := t.Context()
	join := func(path string) error {
		host, err := hostDB(t, path).BeginTx(ctx, nil)
		require.NoError(t, err)
		defer host.Rollback()
		_, err = sqlite.Join(ctx, host, "acme")
		return err
	}
	var wrong *sqlite.SchemaError
	require.ErrorAs(t, join(file(t)), &wrong)
	require.Equal(t, sqlite.SchemaError{Known: 1}, *wrong)
	require.Contains(t, wrong.Error(), "Open makes them")

	path := file(t)
	require.NoError(t, open(t, path, nil).Close())
	_, err := hostDB(t, path).Exec("UPDATE itsm_schema SET version = 2")
	require.NoError(t, err)
	require.ErrorAs(t, join(path), &wrong)
	require.Equal(t, sqlite.SchemaError{Version: 2, Known: 1}, *wrong)
}

// TestJoinAfterASavepoint: a host that goes back behind what a joined Tx has
// written finds nothing of it, names that were new included.
func TestJoinAfterASavepoint(t *testing.T) {
	ctx, path := t.Context(), file(t)
	b := open(t, path, nil)
	host, err := hostDB(t, path).BeginTx(ctx, nil)
	require.NoError(t, err)
	defer host.Rollback()
	tx, err := sqlite.Join(ctx, host, "acme")
	require.NoError(t, err)
	put := func(kind string, n byte) error {
		_, err := tx.Put(ctx, store.PutParams{Kind: kind, ID: uuid.UUID{n}, Terms: []store.Term{{Index: "state", Key: []byte(kind)}}})
		return errors.Join(err, tx.Append(ctx, store.Entry{Kind: kind, ID: uuid.UUID{n}, Revision: 1, Type: "made"}))
	}
	_, err = host.Exec("SAVEPOINT before")
	require.NoError(t, err)
	require.NoError(t, put("incident", 1))
	_, err = host.Exec("ROLLBACK TO before")
	require.NoError(t, err)
	require.NoError(t, put("change", 2))
	require.NoError(t, put("incident", 3))
	require.NoError(t, host.Commit())
	_, err = tx.Get(ctx, store.GetParams{Kind: "change", ID: uuid.UUID{2}})
	require.ErrorIs(t, err, store.ErrEnded)

	require.NoError(t, b.Read(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
		for kind, want := range map[string]uuid.UUID{"incident": {3}, "change": {2}} {
			page, err := tx.Page(ctx, store.Query{Kind: kind, Index: "state", Prefix: []byte(kind), Limit: 10})
			require.NoError(t, err)
			require.Len(t, page.Documents, 1, kind)
			require.Equal(t, want, page.Documents[0].ID)
		}
		return nil
	}))
	entries, _, err := b.Journal(ctx, "acme", store.JournalQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 2)
}
