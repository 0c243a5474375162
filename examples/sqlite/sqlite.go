package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/itsmkit/itsm/store"
)

// Synchronous is when a unit that was committed is on the disk. Neither can lose
// or damage anything when the process is killed, and after a loss of power the
// file is whole with either.
type Synchronous string

const (
	// Full: when Write returns. What was committed survives a loss of power.
	Full Synchronous = "FULL"

	// Normal: some time later, at the next checkpoint. A loss of power, or a
	// crash of the operating system, may take the last units, in the reverse
	// order of their commits. It saves the wait for the disk in every Write.
	Normal Synchronous = "NORMAL"
)

// Options are what [Open] may be told. A zero field means its default.
type Options struct {
	// Synchronous is [Full] by default.
	Synchronous Synchronous

	// Readers is how many connections for reading are kept open, default 4. More
	// are opened while more units read at the same time.
	Readers int

	// BusyTimeout is how long a unit waits while another process has the file
	// locked, before it fails with store.ErrRetry, default 5 s. Units of one
	// Backend wait for each other until their context ends.
	BusyTimeout time.Duration

	// Shared says that the file is a database of the host's own, in which Open
	// may add its tables to what is there and set WAL mode. Without it, a file
	// that this package did not make is refused.
	Shared bool
}

// Backend is a store.Backend in an SQLite file. It is safe for concurrent use.
// Make one with [Open], and close it.
type Backend struct {
	path    string
	options Options
	spaces  *spaces
	version int // of the tables

	turn   chan struct{} // held by the unit that writes
	writer *conn         // for whoever has the turn; nil: to be opened

	mu     sync.Mutex
	closed bool
	idle   []*conn // for reading
}

var _ store.Backend = (*Backend)(nil)

// Open opens the file, makes it if there is none, and brings its tables up to
// date. nil options mean the defaults.
//
// A file that is not one of this package is a [ForeignError], one that a newer
// version has written a [SchemaError]; neither is changed. The directory has to
// be writable: SQLite keeps two more files beside the database while it is open.
func Open(ctx context.Context, path string, o *Options) (*Backend, error) {
	b := &Backend{path: path, spaces: newSpaces(), turn: make(chan struct{}, 1)}
	if o != nil {
		b.options = *o
	}
	if err := b.complete(); err != nil {
		return nil, err
	}
	if err := checkHeader(path, b.options.Shared); err != nil {
		return nil, err
	}
	c, err := b.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.prepareFile(ctx, c); err != nil {
		return nil, errors.Join(explain(path, err), c.close())
	}
	b.writer = c
	return b, nil
}

// complete fills in the defaults.
func (b *Backend) complete() error {
	o := &b.options
	switch {
	case b.path == "" || b.path == ":memory:" || strings.ContainsRune(b.path, 0):
		return &store.ParamError{Field: "path", Problem: fmt.Sprintf("is %q, which is not the name of a file", b.path)}
	case o.Synchronous == "":
		o.Synchronous = Full
	case o.Synchronous != Full && o.Synchronous != Normal:
		return &store.ParamError{Field: "Options.Synchronous", Problem: fmt.Sprintf("is %q; give %q or %q", o.Synchronous, Full, Normal)}
	}
	switch {
	case o.Readers < 0:
		return &store.ParamError{Field: "Options.Readers", Problem: fmt.Sprintf("is %d, at least 1 is needed", o.Readers)}
	case o.BusyTimeout < 0:
		return &store.ParamError{Field: "Options.BusyTimeout", Problem: fmt.Sprintf("is %v, which is negative", o.BusyTimeout)}
	}
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.BusyTimeout == 0 {
		o.BusyTimeout = 5 * time.Second
	}
	return nil
}

// Close closes the file; from then on the backend gives store.ErrClosed. A unit
// that writes meanwhile does not commit, one that reads keeps its snapshot; the
// last of them to end lets go of the file. With nobody else at it, everything is
// then in the one file.
func (b *Backend) Close() error {
	b.mu.Lock()
	b.closed = true
	idle := b.idle
	b.idle = nil
	b.mu.Unlock()
	var errs []error
	for _, c := range idle {
		errs = append(errs, c.close())
	}
	errs = append(errs, b.closeWriter())
	return explain(b.path, errors.Join(errs...))
}

// closeWriter closes the connection for writing of a closed backend, unless a unit
// has the turn, which does it at its end.
func (b *Backend) closeWriter() error {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
		return b.dropWriter()
	default:
		return nil
	}
}

func (b *Backend) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// takeReader returns a connection for reading.
func (b *Backend) takeReader(ctx context.Context) (*conn, error) {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil, store.ErrClosed
	}
	if n := len(b.idle); n > 0 {
		c := b.idle[n-1]
		b.idle = b.idle[:n-1]
		b.mu.Unlock()
		return c, nil
	}
	b.mu.Unlock()
	c, err := b.connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, pragma := range []string{"query_only = 1", fmt.Sprintf("cache_size = -%d", readerCache)} {
		if _, err := c.text(ctx, "PRAGMA "+pragma); err != nil {
			return nil, errors.Join(explain(b.path, err), c.close())
		}
	}
	return c, nil
}

// giveReader takes a connection back, if it is fit for use.
func (b *Backend) giveReader(c *conn, fit bool) {
	b.mu.Lock()
	if fit && !b.closed && len(b.idle) < b.options.Readers {
		b.idle = append(b.idle, c)
		c = nil
	}
	b.mu.Unlock()
	if c != nil {
		c.close()
	}
}

// dropWriter closes the connection for writing. The caller has the turn.
func (b *Backend) dropWriter() error {
	if b.writer == nil {
		return nil
	}
	c := b.writer
	b.writer = nil
	return c.close()
}
