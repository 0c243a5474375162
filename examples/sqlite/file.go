package sqlite

import (
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/itsmkit/itsm/store"
	modernc "modernc.org/sqlite"
)

// applicationID is "itsm", in the file's header.
const applicationID = 0x6974736d

// What the connections of a backend are set to.
const (
	writerCache = 64 << 10  // KiB
	readerCache = 16 << 10  // each
	checkpoint  = 16384     // pages of the log, after which it is brought into the file
	logLimit    = 128 << 20 // bytes of the log that are kept for use again
)

//go:embed migrations/*.sql
var migrations embed.FS

// checkHeader refuses a file that this package did not make, before SQLite opens
// it: closing a database may write to it. Our own files have the application id
// from their first write on.
func checkHeader(path string, shared bool) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	defer f.Close()
	var header [100]byte
	n, err := io.ReadFull(f, header[:])
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("sqlite: %w", err)
	case n < len(header) || string(header[:16]) != "SQLite format 3\x00":
		return &ForeignError{path, "it is no SQLite database"}
	}
	if id := binary.BigEndian.Uint32(header[68:]); id != applicationID && !shared {
		return &ForeignError{path, fmt.Sprintf("its application id is %#x, not %#x", id, applicationID)}
	}
	return nil
}

// connect opens a connection.
func (b *Backend) connect(ctx context.Context) (*conn, error) {
	path, err := filepath.Abs(b.path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive's letter
		path = "/" + path
	}
	name := url.URL{Scheme: "file", Path: path, RawQuery: "_error_rc=1&_dqs=0"}
	connector, err := modernc.NewConnector(name.String())
	if err != nil {
		return nil, explain(b.path, err)
	}
	raw, err := connector.Connect(ctx)
	if err != nil {
		return nil, explain(b.path, err)
	}
	c := &conn{raw: raw}
	for _, pragma := range []string{
		fmt.Sprintf("busy_timeout = %d", max(b.options.BusyTimeout.Milliseconds(), 1)),
		"synchronous = " + string(b.options.Synchronous),
		fmt.Sprintf("cache_size = -%d", writerCache),
		fmt.Sprintf("wal_autocheckpoint = %d", checkpoint),
		fmt.Sprintf("journal_size_limit = %d", logLimit),
		"temp_store = MEMORY",
		"secure_delete = FAST",
	} {
		if _, err := c.text(ctx, "PRAGMA "+pragma); err != nil {
			return nil, errors.Join(explain(b.path, err), c.close())
		}
	}
	return c, nil
}

// prepareFile makes or migrates the tables and sets WAL mode. The tables come
// first: in the mode a new file has, they and the application id are either all
// in the file itself or not at all, so that checkHeader knows it again.
func (b *Backend) prepareFile(ctx context.Context, c *conn) error {
	scripts, err := migrationFiles(migrations)
	if err != nil {
		return err
	}
	if _, err := c.text(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return err
	}
	if err := b.migrate(ctx, c, scripts); err != nil {
		return err
	}
	if err := b.setWAL(ctx, c); err != nil {
		return err
	}
	b.version = len(scripts)
	_, err = c.text(ctx, "PRAGMA synchronous = "+string(b.options.Synchronous))
	return err
}

// setWAL needs the file for itself for a moment when it is not in that mode yet,
// and SQLite does not wait for that.
func (b *Backend) setWAL(ctx context.Context, c *conn) error {
	deadline := time.Now().Add(b.options.BusyTimeout)
	for {
		mode, err := c.text(ctx, "PRAGMA journal_mode = WAL")
		if err == nil && mode == "wal" {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("the file cannot be put into WAL mode, it is in mode %q", mode)
		}
		if code(err) != codeBusy || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// migrationFiles returns the scripts in their order: the first makes version 1.
func migrationFiles(fsys fs.FS) ([]string, error) {
	names, err := fs.Glob(fsys, "migrations/*.sql") // in lexical order
	if err != nil {
		return nil, err
	}
	scripts := make([]string, len(names))
	for i, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		scripts[i] = string(b)
	}
	return scripts, nil
}

// migrate brings the tables from the version they have to the last, in one
// transaction, unless there is nothing to do.
func (b *Backend) migrate(ctx context.Context, c *conn, scripts []string) error {
	version, err := b.findVersion(ctx, c, len(scripts))
	if err != nil || version == len(scripts) {
		return err
	}
	if _, err := c.exec(ctx, beginImmediate); err != nil {
		c.exec(context.Background(), rollback)
		return err
	}
	if err := b.migrateInside(ctx, c, scripts); err != nil {
		c.exec(context.Background(), rollback)
		return err
	}
	_, err = c.exec(context.Background(), commit)
	if err != nil {
		c.exec(context.Background(), rollback)
	}
	return err
}

func (b *Backend) migrateInside(ctx context.Context, c *conn, scripts []string) error {
	version, err := b.findVersion(ctx, c, len(scripts)) // again: another process may have been first
	if err != nil {
		return err
	}
	if version == 0 && !b.options.Shared {
		if _, err := c.text(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return err
		}
	}
	for ; version < len(scripts); version++ {
		if err := c.script(ctx, scripts[version]); err != nil {
			return fmt.Errorf("migration to version %d: %w", version+1, err)
		}
	}
	return c.script(ctx, fmt.Sprintf("UPDATE itsm_schema SET version = %d", version))
}

// findVersion returns the version of the tables, or 0 for a file without.
func (b *Backend) findVersion(ctx context.Context, c *conn, known int) (int, error) {
	// In one statement, since another process may be making the tables.
	tables, err := c.text(ctx, "SELECT CASE WHEN count(*) = 0 THEN 'none' WHEN max(name = 'itsm_schema') THEN 'ours' ELSE 'others' END FROM sqlite_schema")
	switch {
	case err != nil:
		return 0, err
	case tables == "none", tables == "others" && b.options.Shared:
		return 0, nil
	case tables == "others":
		return 0, &ForeignError{b.path, "it has tables, and none of this package"}
	}
	found, err := c.text(ctx, "SELECT version FROM itsm_schema")
	if err != nil {
		return 0, err
	}
	version := int(integer(found))
	if version > known || version < 1 {
		return 0, &SchemaError{Path: b.path, Version: version, Known: known}
	}
	return version, nil
}

// enter makes the checks that every method of the backend begins with, and marks
// the context.
func (b *Backend) enter(ctx context.Context, t store.Tenant) (context.Context, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	unit, err := store.Enter(ctx, b)
	if err != nil {
		return nil, err
	}
	if b.isClosed() {
		return nil, store.ErrClosed
	}
	return unit, ctx.Err()
}
