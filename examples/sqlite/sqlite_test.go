package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/storetest"
	"github.com/stretchr/testify/require"
)

// open opens a file that is closed when the test ends.
func open(t testing.TB, path string, o *sqlite.Options) *sqlite.Backend {
	t.Helper()
	b, err := sqlite.Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "test.db") }

// TestContract: the backend keeps every clause, with none left out.
func TestContract(t *testing.T) {
	t.Parallel()
	for _, s := range []sqlite.Synchronous{sqlite.Normal, sqlite.Full} {
		t.Run(string(s), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Backend {
				return open(t, file(t), &sqlite.Options{Synchronous: s})
			})
		})
	}
}

// TestReadHasItsSnapshotWhenItBegins: what is committed before its first call on
// the Tx is too late.
func TestReadHasItsSnapshotWhenItBegins(t *testing.T) {
	b := open(t, file(t), nil)
	require.NoError(t, add(t.Context(), b, "acme", 1, 10))
	require.NoError(t, b.Read(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
		require.NoError(t, add(context.Background(), b, "acme", 2, 10))
		n, err := tx.Count(ctx, store.Query{Kind: "incident"})
		require.Equal(t, 1, n)
		return err
	}))
}
