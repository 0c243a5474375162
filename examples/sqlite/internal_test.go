package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// failing is the statement COMMIT of a disk that fails.
type failing struct {
	preparedStatement
	before func() // what SQLite has done by then
	err    error
}

func (f failing) ExecContext(context.Context, []driver.NamedValue) (driver.Result, error) {
	f.before()
	return nil, f.err
}

// coded is an error of the driver.
type coded int

func (c coded) Error() string { return "injected" }
func (c coded) Code() int     { return int(c) }

func openFile(t *testing.T, path string) *Backend {
	t.Helper()
	b, err := Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

func create(ctx context.Context, b *Backend, n byte, size int) error {
	return b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Put(ctx, store.PutParams{
			Kind: "incident", ID: uuid.UUID{n}, Body: make([]byte, size),
			Terms: []store.Term{{Index: "number", Key: []byte{n}, Unique: true}},
		})
		return err
	})
}

func has(t *testing.T, b *Backend, n byte) bool {
	t.Helper()
	found := false
	require.NoError(t, b.Read(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
		page, err := tx.Page(ctx, store.Query{Kind: "incident", Index: "number", Prefix: []byte{n}, Limit: 1})
		found = len(page.Documents) == 1
		return err
	}))
	return found
}

// TestAFailedCommitIsLookedInto: it is unknown only where it cannot be known, and
// the next unit finds the backend in order.
func TestAFailedCommitIsLookedInto(t *testing.T) {
	nothing := func(*conn) {}
	undone := func(c *conn) { c.exec(context.Background(), rollback) }
	done := func(c *conn) { c.script(context.Background(), "COMMIT") }
	const ioerrFsync = 10 | 4<<8
	for name, test := range map[string]struct {
		before func(*conn)
		code   coded
		want   error // besides the driver's own
		not    []error
		there  bool
	}{
		"still open":             {nothing, ioerrFsync, nil, []error{store.ErrUnknown, store.ErrRetry}, false},
		"busy":                   {nothing, codeBusy, store.ErrRetry, []error{store.ErrUnknown}, false},
		"flushing failed":        {undone, ioerrFsync, store.ErrUnknown, []error{store.ErrRetry}, false},
		"committed all the same": {done, ioerrFsync, store.ErrUnknown, []error{store.ErrRetry}, true},
		"no room":                {undone, codeFull, nil, []error{store.ErrUnknown, store.ErrRetry}, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			b := openFile(t, path)
			require.NoError(t, create(t.Context(), b, 1, 10))
			b.writer.prepared[commit] = failing{b.writer.prepared[commit], func() { test.before(b.writer) }, test.code}
			err := create(t.Context(), b, 2, 10)
			require.ErrorIs(t, err, test.code)
			require.ErrorContains(t, err, path)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
			for _, not := range test.not {
				require.NotErrorIs(t, err, not)
			}
			require.Equal(t, test.there, has(t, b, 2))
			require.NoError(t, create(t.Context(), b, 3, 10))
			require.True(t, has(t, b, 1) && has(t, b, 3))
		})
	}
}

// TestAFullFile: PRAGMA max_page_count is a disk that is full, also where no
// other can be had.
func TestAFullFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	b := openFile(t, path)
	_, err := b.writer.text(t.Context(), "PRAGMA max_page_count = 40")
	require.NoError(t, err)
	n := byte(1)
	for ; ; n++ {
		if err = create(t.Context(), b, n, 5000); err != nil {
			break
		}
	}
	require.Equal(t, codeFull, code(err), err)
	require.ErrorContains(t, err, path)
	require.NotErrorIs(t, err, store.ErrRetry)
	require.NotErrorIs(t, err, store.ErrUnknown)
	for i := byte(1); i < n; i++ {
		require.True(t, has(t, b, i), i)
	}
	require.False(t, has(t, b, n))
	_, err = b.writer.text(t.Context(), "PRAGMA max_page_count = 1000")
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), b, n, 5000))
}

// TestALostUnitStaysLost: what a unit does after an error of the driver fails too,
// although SQLite, which has rolled back, would carry it out and commit it.
func TestALostUnitStaysLost(t *testing.T) {
	b := openFile(t, filepath.Join(t.TempDir(), "test.db"))
	_, err := b.writer.text(t.Context(), "PRAGMA max_page_count = 40")
	require.NoError(t, err)
	err = b.Write(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Put(ctx, store.PutParams{Kind: "incident", ID: uuid.UUID{1}, Body: make([]byte, 1<<20)})
		require.Equal(t, codeFull, code(err), err)
		_, again := tx.Put(ctx, store.PutParams{Kind: "incident", ID: uuid.UUID{2}})
		require.Equal(t, err, again)
		return nil
	})
	require.Equal(t, codeFull, code(err), err)
	require.False(t, has(t, b, 2))
	require.NoError(t, create(t.Context(), b, 3, 10))
}

// TestMigrations: a file goes forward through every version that it has not seen,
// in one step or not at all.
func TestMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	b := openFile(t, path)
	require.NoError(t, create(t.Context(), b, 1, 10))
	first, err := migrationFiles(migrations)
	require.NoError(t, err)

	version := func() int {
		v, err := b.findVersion(t.Context(), b.writer, 9)
		require.NoError(t, err)
		return v
	}
	broken := append(first[:1:1], "ALTER TABLE itsm_documents ADD COLUMN note TEXT; CREATE TABLE itsm_more (n INTEGER)", "CREATE nonsense")
	require.ErrorContains(t, b.migrate(t.Context(), b.writer, broken), "migration to version 3")
	require.Equal(t, 1, version())
	require.True(t, has(t, b, 1))

	mended := append(broken[:2:2], "CREATE TABLE itsm_other (n INTEGER)")
	require.NoError(t, b.migrate(t.Context(), b.writer, mended))
	require.Equal(t, 3, version())
	require.NoError(t, b.migrate(t.Context(), b.writer, mended), "nothing to do")

	// This backend was opened before. It must not write any more.
	var newer *SchemaError
	require.ErrorAs(t, create(t.Context(), b, 2, 10), &newer)
	require.Equal(t, SchemaError{path, 3, 1}, *newer)
	require.ErrorAs(t, b.Read(t.Context(), "acme", func(context.Context, store.Tx) error { return nil }), &newer)
	_, _, err = b.Journal(t.Context(), "acme", store.JournalQuery{Limit: 1})
	require.ErrorAs(t, err, &newer)
	_, err = Open(t.Context(), path, nil)
	require.ErrorAs(t, err, &newer)
	require.Equal(t, SchemaError{path, 3, 1}, *newer)
}

func TestMigrationFilesAreInOrder(t *testing.T) {
	fsys := fstest.MapFS{}
	for _, n := range []string{"0002", "0010", "0001"} {
		fsys["migrations/"+n+".sql"] = &fstest.MapFile{Data: []byte(n)}
	}
	scripts, err := migrationFiles(fsys)
	require.NoError(t, err)
	require.Equal(t, []string{"0001", "0002", "0010"}, scripts)
}

// TestMoreReadersThanAreKept: readers do not wait for each other, and those that
// are kept are no more than was asked for.
func TestMoreReadersThanAreKept(t *testing.T) {
	b, err := Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), &Options{Readers: 2})
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, create(t.Context(), b, 1, 10))
	var all, done sync.WaitGroup
	all.Add(20)
	for range 20 {
		done.Go(func() {
			err := b.Read(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
				all.Done()
				all.Wait()
				_, err := tx.Get(ctx, store.GetParams{Kind: "incident", ID: uuid.UUID{1}})
				return err
			})
			assert.NoError(t, err)
		})
	}
	done.Wait()
	require.Len(t, b.idle, 2)
}

// TestAFullJournal: it does not go on into that of another tenant.
func TestAFullJournal(t *testing.T) {
	b := openFile(t, filepath.Join(t.TempDir(), "test.db"))
	appendOne := func(revision uint64) error {
		return b.Write(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
			return tx.Append(ctx, store.Entry{Kind: "incident", ID: uuid.UUID{1}, Revision: revision, Type: "event"})
		})
	}
	require.NoError(t, appendOne(1))
	require.NoError(t, b.writer.script(t.Context(), fmt.Sprintf("UPDATE itsm_journal SET place = place + %d", int64(1)<<placeBits-3)))
	require.NoError(t, appendOne(2))
	require.ErrorContains(t, appendOne(3), "no place left")
	entries, _, err := b.Journal(t.Context(), "acme", store.JournalQuery{Limit: 9})
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

// TestCloseMeetsUnits: whenever Close comes, no connection stays open.
func TestCloseMeetsUnits(t *testing.T) {
	for range 50 {
		b := openFile(t, filepath.Join(t.TempDir(), "test.db"))
		var units sync.WaitGroup
		for n := range byte(3) {
			units.Go(func() {
				for i := range byte(80) {
					if err := create(t.Context(), b, 3*i+n+1, 1); err != nil {
						assert.ErrorIs(t, err, store.ErrClosed)
						return
					}
				}
			})
		}
		require.NoError(t, create(t.Context(), b, 255, 1))
		require.NoError(t, b.Close())
		units.Wait()
		require.Nil(t, b.writer)
		require.Empty(t, b.idle)
	}
}
