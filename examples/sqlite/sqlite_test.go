package sqlite_test

import (
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
	for _, s := range []sqlite.Synchronous{sqlite.Normal, sqlite.Full} {
		t.Run(string(s), func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Backend {
				return open(t, file(t), &sqlite.Options{Synchronous: s})
			})
		})
	}
}
