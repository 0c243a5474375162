package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/stretchr/testify/require"
)

// add creates document n of a tenant, with an entry and a term.
func add(ctx context.Context, b store.Backend, t store.Tenant, n byte, size int) error {
	return b.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
		body := make([]byte, size)
		for i := range body {
			body[i] = n
		}
		_, err := tx.Put(ctx, store.PutParams{
			Kind: "incident", ID: uuid.UUID{n}, Head: []byte{n}, Body: body,
			Terms: []store.Term{{Index: "state", Key: []byte("new")}, {Index: "number", Key: []byte{n}, Unique: true}},
		})
		if err != nil {
			return err
		}
		return tx.Append(ctx, store.Entry{Kind: "incident", ID: uuid.UUID{n}, Revision: 1, Type: "made", Payload: body})
	})
}

// list reads all of a tenant and returns the first bytes of its documents' ids.
func list(ctx context.Context, b store.Backend, t store.Tenant) (found []byte, err error) {
	err = b.Read(ctx, t, func(ctx context.Context, tx store.Tx) error {
		for _, index := range []string{"", "state", "number"} {
			found = nil
			for q := (store.Query{Kind: "incident", Index: index, Limit: 7}); ; {
				page, err := tx.Page(ctx, q)
				if err != nil {
					return err
				}
				for _, d := range page.Documents {
					found = append(found, d.ID[0])
					if _, err := tx.Get(ctx, store.GetParams{Kind: "incident", ID: d.ID}); err != nil {
						return err
					}
					if _, err := tx.History(ctx, store.HistoryQuery{Kind: "incident", ID: d.ID, Limit: 9}); err != nil {
						return err
					}
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	_, _, err = b.Journal(ctx, t, store.JournalQuery{Limit: 1000})
	return found, err
}

// contents reads every file of a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		found[f.Name()] = string(b)
	}
	return found
}

// foreign makes a database that is not ours.
func foreign(t *testing.T, statements ...string) string {
	t.Helper()
	path := file(t)
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(t, err)
	defer db.Close()
	for _, s := range append(statements, "CREATE TABLE notes (note TEXT)", "INSERT INTO notes VALUES ('mine')") {
		_, err = db.Exec(s)
		require.NoError(t, err)
	}
	return path
}

func TestForeignFilesAreRefusedAndNotTouched(t *testing.T) {
	text := func(content string) string {
		path := file(t)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	for name, path := range map[string]string{
		"text":           text("Dear diary"),
		"long text":      text(string(make([]byte, 5000))),
		"a database":     foreign(t),
		"in WAL mode":    foreign(t, "PRAGMA journal_mode = WAL"),
		"of a program":   foreign(t, "PRAGMA application_id = 7"),
		"with our table": foreign(t, "CREATE TABLE itsm_schema (version INTEGER)"),
	} {
		t.Run(name, func(t *testing.T) {
			before := contents(t, filepath.Dir(path))
			_, err := sqlite.Open(t.Context(), path, nil)
			var refused *sqlite.ForeignError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, path, refused.Path)
			require.Contains(t, err.Error(), path)
			require.Equal(t, before, contents(t, filepath.Dir(path)))
		})
	}
}

func TestSharedFile(t *testing.T) {
	path := foreign(t, "PRAGMA application_id = 7", "PRAGMA user_version = 3")
	for range 2 {
		b := open(t, path, &sqlite.Options{Shared: true})
		found, err := list(t.Context(), b, "acme")
		require.NoError(t, err)
		require.NoError(t, add(t.Context(), b, "acme", byte(len(found)+1), 10))
		require.NoError(t, b.Close())
	}
	db := hostDB(t, path)
	for query, want := range map[string]string{
		"SELECT note FROM notes": "mine", "PRAGMA application_id": "7", "PRAGMA user_version": "3",
		"SELECT count(*) FROM itsm_documents": "2",
	} {
		var got string
		require.NoError(t, db.QueryRow(query).Scan(&got))
		require.Equal(t, want, got, query)
	}
}

func TestNewerFileIsRefused(t *testing.T) {
	path := file(t)
	require.NoError(t, open(t, path, nil).Close())
	db := hostDB(t, path)
	_, err := db.Exec("UPDATE itsm_schema SET version = 99")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	before := contents(t, filepath.Dir(path))
	_, err = sqlite.Open(t.Context(), path, nil)
	var newer *sqlite.SchemaError
	require.ErrorAs(t, err, &newer)
	require.Equal(t, sqlite.SchemaError{Path: path, Version: 99, Known: 1}, *newer)
	require.Equal(t, before, contents(t, filepath.Dir(path)))
}

func TestEmptyFileBecomesAStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a?b#c %20.db") // a name is a name, not a URL
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	b := open(t, path, nil)
	require.NoError(t, add(t.Context(), b, "acme", 1, 10))
	require.NoError(t, b.Close())
	files := contents(t, filepath.Dir(path))
	require.Len(t, files, 1, "everything is in one file after Close")
	require.Greater(t, len(files["a?b#c %20.db"]), 4096)
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	nowhere := filepath.Join(t.TempDir(), "nowhere", "test.db")
	for name, test := range map[string]struct {
		ctx     context.Context
		path    string
		options *sqlite.Options
		want    string
	}{
		"no name":     {nil, "", nil, "path"},
		"memory":      {nil, ":memory:", nil, "path"},
		"no folder":   {nil, nowhere, nil, nowhere},
		"a folder":    {nil, t.TempDir(), nil, "is a directory"},
		"synchronous": {nil, file(t), &sqlite.Options{Synchronous: "OFF"}, "Options.Synchronous"},
		"readers":     {nil, file(t), &sqlite.Options{Readers: -1}, "Options.Readers"},
		"timeout":     {nil, file(t), &sqlite.Options{BusyTimeout: -1}, "Options.BusyTimeout"},
		"too late":    {canceled, file(t), nil, "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.ctx == nil {
				test.ctx = t.Context()
			}
			_, err := sqlite.Open(test.ctx, test.path, test.options)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// TestLockedFile: a unit that finds the file locked by another process waits for
// so long, or until its context ends, and says that it may be tried again.
func TestLockedFile(t *testing.T) {
	path := file(t)
	b := open(t, path, &sqlite.Options{BusyTimeout: 300 * time.Millisecond})
	require.NoError(t, add(t.Context(), b, "acme", 1, 10))
	other, err := hostDB(t, path).Begin()
	require.NoError(t, err)

	start := time.Now()
	err = add(t.Context(), b, "acme", 2, 10)
	require.ErrorIs(t, err, store.ErrRetry)
	require.Contains(t, err.Error(), path)
	require.GreaterOrEqual(t, time.Since(start), 250*time.Millisecond)
	require.Less(t, time.Since(start), 10*time.Second)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	patient := open(t, path, &sqlite.Options{BusyTimeout: time.Minute}) // so that the context is the first to end, however slow the machine
	err = add(ctx, patient, "acme", 2, 10)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, store.ErrRetry)

	found, err := list(t.Context(), b, "acme")
	require.NoError(t, err)
	require.Equal(t, []byte{1}, found)
	require.NoError(t, other.Rollback())
	require.NoError(t, add(t.Context(), b, "acme", 2, 10))
}

// TestCloseWhileUnitsRun: the one that writes does not commit, the one that reads
// goes on, and the file is let go of afterwards.
func TestCloseWhileUnitsRun(t *testing.T) {
	path := file(t)
	b := open(t, path, nil)
	require.NoError(t, add(t.Context(), b, "acme", 1, 10))
	err := b.Read(t.Context(), "acme", func(ctx context.Context, read store.Tx) error {
		err := b.Write(context.Background(), "acme", func(ctx context.Context, tx store.Tx) error {
			require.NoError(t, b.Close())
			_, err := tx.Put(ctx, store.PutParams{Kind: "incident", ID: uuid.UUID{2}})
			return err
		})
		require.ErrorIs(t, err, store.ErrClosed)
		_, err = read.Get(ctx, store.GetParams{Kind: "incident", ID: uuid.UUID{1}})
		return err
	})
	require.NoError(t, err)
	require.Equal(t, []string{"test.db"}, slices.Sorted(maps.Keys(contents(t, filepath.Dir(path)))))
	require.NoError(t, b.Close(), "closing again is no error")
	found, err := list(t.Context(), open(t, path, nil), "acme")
	require.NoError(t, err)
	require.Equal(t, []byte{1}, found)
}

// TestDamagedPages: whichever page is damaged, and however, what can be read is
// read, the rest is an error that names the file, and nothing panics.
func TestDamagedPages(t *testing.T) {
	t.Parallel()
	const pageSize, documents = 4096, 60
	path := file(t)
	b := open(t, path, &sqlite.Options{Synchronous: sqlite.Normal})
	for n := 1; n <= documents; n++ {
		require.NoError(t, add(t.Context(), b, "acme", byte(n), 900))
		require.NoError(t, add(t.Context(), b, "zenith", byte(n), 900))
	}
	require.NoError(t, b.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)

	failed, partly := 0, 0
	for page := range len(whole) / pageSize {
		for how, damage := range map[string]func([]byte){
			"zero":    func(b []byte) { clear(b) },
			"flipped": func(b []byte) { b[len(b)/2] ^= 0xff; b[len(b)/2+1] ^= 0xff },
			"noise": func(b []byte) {
				for i := range b {
					b[i] ^= byte(i*31 + page)
				}
			},
		} {
			damaged := append([]byte(nil), whole...)
			damage(damaged[page*pageSize : (page+1)*pageSize])
			path := file(t)
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			b, err := sqlite.Open(t.Context(), path, &sqlite.Options{Synchronous: sqlite.Normal})
			if err != nil {
				require.ErrorContains(t, err, path, "page %d %s", page, how)
				failed++
				continue
			}
			fine := 0
			for _, tenant := range []store.Tenant{"acme", "zenith"} {
				_, err := list(t.Context(), b, tenant)
				if err == nil {
					fine++
					continue
				}
				if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrCursor) { // a row or a key is another now
					require.ErrorContains(t, err, path, "page %d %s", page, how)
				}
				failed++
			}
			if fine == 1 {
				partly++
			}
			if err := add(t.Context(), b, "acme", documents+1, 10); err != nil {
				require.NotErrorIs(t, err, store.ErrRetry)
				require.NotErrorIs(t, err, store.ErrUnknown)
			}
			b.Close()
		}
	}
	require.NotZero(t, failed)
	require.NotZero(t, partly, "one tenant is readable while another is not")
}
