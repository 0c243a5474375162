package sqlite_test

import (
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/storetest"
	"github.com/stretchr/testify/require"
)

// several is several backends on one file as one: each unit goes to the next. It
// is one to store.Enter.
type several struct {
	backends []*sqlite.Backend
	next     atomic.Uint64
}

func (s *several) one(ctx context.Context) (*sqlite.Backend, context.Context, error) {
	ctx, err := store.Enter(ctx, s)
	return s.backends[s.next.Add(1)%uint64(len(s.backends))], ctx, err
}

func (s *several) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	b, ctx, err := s.one(ctx)
	if err != nil {
		return err
	}
	return b.Read(ctx, t, fn)
}

func (s *several) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	b, ctx, err := s.one(ctx)
	if err != nil {
		return err
	}
	return b.Write(ctx, t, fn)
}

func (s *several) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	b, ctx, err := s.one(ctx)
	if err != nil {
		return nil, "", err
	}
	return b.Journal(ctx, t, q)
}

func (s *several) Close() error {
	for _, b := range s.backends {
		if err := b.Close(); err != nil {
			return err
		}
	}
	return nil
}

// TestSeveralBackendsOnOneFile: together they keep the whole contract.
func TestSeveralBackendsOnOneFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Backend {
		path, s := file(t), new(several)
		for range 3 {
			s.backends = append(s.backends, open(t, path, &sqlite.Options{Synchronous: sqlite.Normal, Readers: 1}))
		}
		return s
	})
}

// reopened opens the file for each unit and closes it afterwards.
type reopened struct {
	path   string
	closed atomic.Bool
}

func (r *reopened) with(ctx context.Context, fn func(context.Context, *sqlite.Backend) error) error {
	unit, err := store.Enter(ctx, r)
	if err != nil {
		return err
	}
	if r.closed.Load() {
		return store.ErrClosed
	}
	b, err := sqlite.Open(context.Background(), r.path, &sqlite.Options{Synchronous: sqlite.Normal})
	if err != nil {
		return err
	}
	defer b.Close()
	return fn(unit, b)
}

func (r *reopened) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return r.with(ctx, func(ctx context.Context, b *sqlite.Backend) error { return b.Read(ctx, t, fn) })
}

func (r *reopened) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return r.with(ctx, func(ctx context.Context, b *sqlite.Backend) error { return b.Write(ctx, t, fn) })
}

func (r *reopened) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) (e []store.Entry, p store.Position, err error) {
	err = r.with(ctx, func(ctx context.Context, b *sqlite.Backend) error {
		e, p, err = b.Journal(ctx, t, q)
		return err
	})
	return e, p, err
}

func (r *reopened) Close() error {
	r.closed.Store(true)
	return nil
}

// TestEveryUnitOnAReopenedFile: the contract holds when nothing but the file
// leads from one unit to the next, also while others open and close it.
func TestEveryUnitOnAReopenedFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Backend { return &reopened{path: file(t)} })
}

// What the other process of TestTwoProcesses is told.
const (
	fileVariable  = "ITSM_SQLITE_TEST_FILE"
	increments    = 100
	incrementKind = "counter"
)

// TestTwoProcesses: two processes that add to one number lose nothing.
func TestTwoProcesses(t *testing.T) {
	path := os.Getenv(fileVariable)
	if path != "" {
		increment(t, open(t, path, nil))
		return
	}
	path = file(t)
	b := open(t, path, nil)
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcesses$", "-test.count=1")
	other.Env = append(os.Environ(), fileVariable+"="+path)
	result := make(chan error, 1)
	var output []byte
	go func() {
		var err error
		output, err = other.CombinedOutput()
		result <- err
	}()
	increment(t, b)
	require.NoError(t, <-result, "%s", output)
	require.NoError(t, b.Read(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
		n, _, err := counter(ctx, tx)
		require.Equal(t, 2*increments, n)
		return err
	}))
	entries, _, err := b.Journal(t.Context(), "acme", store.JournalQuery{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, entries, 2*increments)
	for i, e := range entries {
		require.Equal(t, strconv.Itoa(i+1), string(e.Payload))
	}
}

func increment(t *testing.T, b store.Backend) {
	patient := &store.RetryOptions{Attempts: 1000, MaxWait: 10 * time.Millisecond}
	for range increments {
		require.NoError(t, store.Retry(t.Context(), patient, func(ctx context.Context) error {
			return b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
				n, version, err := counter(ctx, tx)
				if err != nil {
					return err
				}
				n++
				id, body := uuid.UUID{1}, binary.BigEndian.AppendUint64(nil, uint64(n))
				if _, err := tx.Put(ctx, store.PutParams{Kind: incrementKind, ID: id, Expect: version, Body: body}); err != nil {
					return err
				}
				return tx.Append(ctx, store.Entry{
					Kind: incrementKind, ID: id, Revision: uint64(n), Type: "added", Payload: []byte(strconv.Itoa(n)),
				})
			})
		}))
	}
}

func counter(ctx context.Context, tx store.Tx) (n int, version store.Version, err error) {
	page, err := tx.Page(ctx, store.Query{Kind: incrementKind, Limit: 1})
	if err != nil || len(page.Documents) == 0 {
		return 0, 0, err
	}
	d := page.Documents[0]
	return int(binary.BigEndian.Uint64(d.Body)), d.Version, nil
}
