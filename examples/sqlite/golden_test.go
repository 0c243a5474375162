package sqlite_test

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/stretchr/testify/require"
)

// writeGolden makes the file of the present version, once, before its release.
var writeGolden = flag.String("write-golden", "", "make a new `file` for TestGoldenFiles and do nothing else")

const golden = "testdata/version1.db"

// goldenUnit is what the golden files hold for a tenant.
func goldenUnit(tenant store.Tenant) func(context.Context, store.Tx) error {
	return func(ctx context.Context, tx store.Tx) error {
		for n := range byte(5) {
			if _, err := tx.Next(ctx, store.NextParams{Sequence: "INC"}); err != nil {
				return err
			}
			if _, err := tx.Put(ctx, goldenPut(tenant, n)); err != nil {
				return err
			}
			if err := tx.Append(ctx, goldenEntry(tenant, n, 1), goldenEntry(tenant, n, 7)); err != nil {
				return err
			}
		}
		id := uuid.UUID{4, 1}
		return first(tx.Erase(ctx, store.EraseParams{Kind: "incident", ID: id, Revision: 7}),
			tx.Delete(ctx, store.DeleteParams{Kind: "incident", ID: id, Expect: 1}))
	}
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func goldenPut(tenant store.Tenant, n byte) store.PutParams {
	return store.PutParams{
		Kind: "incident", ID: uuid.UUID{n, 1}, Head: []byte{n, 0, 0xff}, Body: []byte("body of " + string(tenant)),
		Terms: []store.Term{
			{Index: "number", Key: []byte{n}, Unique: true},
			{Index: "state", Key: []byte{}},
			{Index: "state", Key: []byte("new\x00\x01")},
		},
	}
}

func goldenEntry(tenant store.Tenant, n byte, revision uint64) store.Entry {
	return store.Entry{
		Kind: "incident", ID: uuid.UUID{n, 1}, Revision: revision, Type: "event",
		Time: time.Date(1, 1, 1, 0, 0, 0, int(n)*1000, time.UTC), Payload: []byte("payload of " + tenant), Salt: []byte{1},
		Digest: []byte{2}, Previous: nil, Hash: []byte{3, n},
	}
}

// TestGoldenFiles: a file of every released version opens for ever, with all that
// is in it, and goes on from there.
func TestGoldenFiles(t *testing.T) {
	ctx := t.Context()
	if *writeGolden != "" {
		b := open(t, *writeGolden, nil)
		for _, tenant := range []store.Tenant{"acme", "Zenith"} {
			require.NoError(t, b.Write(ctx, tenant, goldenUnit(tenant)))
		}
		require.NoError(t, b.Close())
		return
	}
	content, err := os.ReadFile(golden)
	require.NoError(t, err)
	path := file(t)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	b := open(t, path, nil)
	for _, tenant := range []store.Tenant{"acme", "Zenith"} {
		require.NoError(t, b.Read(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
			for index, want := range map[string][]byte{"": {0, 1, 2, 3}, "number": {0, 1, 2, 3}, "state": {0, 1, 2, 3, 0, 1, 2, 3}} {
				page, err := tx.Page(ctx, store.Query{Kind: "incident", Index: index, Limit: 100})
				require.NoError(t, err)
				require.Len(t, page.Documents, len(want), index)
				for i, d := range page.Documents {
					p := goldenPut(tenant, want[i])
					require.Equal(t, store.Document{Kind: p.Kind, ID: p.ID, Version: 1, Head: p.Head, Body: p.Body}, d)
				}
			}
			return nil
		}))
		entries, _, err := b.Journal(ctx, tenant, store.JournalQuery{Limit: 100})
		require.NoError(t, err)
		require.Len(t, entries, 10)
		for i, e := range entries {
			want := goldenEntry(tenant, byte(i/2), uint64(1+i%2*6))
			if i == 9 {
				want.Payload, want.Salt, want.Erased = nil, nil, true
			}
			require.Equal(t, want, e)
		}
		require.NoError(t, b.Write(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
			number, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
			require.NoError(t, err)
			require.EqualValues(t, 6, number)
			version, err := tx.Put(ctx, goldenPut(tenant, 4))
			require.NoError(t, err)
			require.EqualValues(t, 2, version, "one that was deleted had version 1")
			p := goldenPut(tenant, 2)
			p.ID = uuid.UUID{9}
			_, err = tx.Put(ctx, p)
			var taken *store.ExistsError
			require.ErrorAs(t, err, &taken)
			require.Equal(t, uuid.UUID{2, 1}, taken.Holder)
			return nil
		}))
	}
	require.NoError(t, b.Close())
	var sound string
	require.NoError(t, hostDB(t, path).QueryRow("PRAGMA integrity_check").Scan(&sound))
	require.Equal(t, "ok", sound)
}
