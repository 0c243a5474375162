package sqlite_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/stretchr/testify/require"
)

// TestErasedBytesAreGone: after Close nothing of a payload or salt that was erased
// is in the file, however long it was and whatever happened around it.
func TestErasedBytesAreGone(t *testing.T) {
	t.Parallel()
	path := file(t)
	b := open(t, path, nil)
	random := rand.New(rand.NewPCG(1, 2))
	mark := []byte("it is secret 123") // every 16 bytes of it
	secret := func(size int) []byte { return bytes.Repeat(mark, size/len(mark)) }
	for n := range byte(60) {
		size := []int{40, 700, 3000, 5000, 50_000}[n%5]
		require.NoError(t, b.Write(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
			return tx.Append(ctx, store.Entry{
				Kind: "incident", ID: uuid.UUID{n % 7, 1}, Revision: uint64(n) + 1, Type: "event",
				Salt: secret(16), Payload: secret(size), Digest: []byte("digest"),
			})
		}))
	}
	for _, n := range random.Perm(60) {
		require.NoError(t, b.Write(t.Context(), "acme", func(ctx context.Context, tx store.Tx) error {
			return tx.Erase(ctx, store.EraseParams{Kind: "incident", ID: uuid.UUID{byte(n) % 7, 1}, Revision: uint64(n) + 1})
		}))
	}
	require.NoError(t, b.Close())
	for name, content := range contents(t, filepath.Dir(path)) {
		require.False(t, bytes.Contains([]byte(content), mark), name)
	}
}
