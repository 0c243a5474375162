package benchmarks

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
)

// BenchmarkImportSQLite creates documents five thousand to the unit, each of a
// kilobyte with eight terms and a journal entry. -benchtime 200x makes a million.
func BenchmarkImportSQLite(b *testing.B) {
	const batch = 5000
	ctx := context.Background()
	backend, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "import.db"), &sqlite.Options{Synchronous: sqlite.Normal})
	if err != nil {
		b.Fatal(err)
	}
	defer backend.Close()
	put := store.PutParams{Kind: "incident", Head: make([]byte, 41), Body: make([]byte, 1000), Terms: []store.Term{
		{Index: "number", Unique: true}, {Index: "state"}, {Index: "assignee"}, {Index: "group"},
		{Index: "caller"}, {Index: "service"}, {Index: "opened"}, {Index: "due"},
	}}
	entry := store.Entry{
		Kind: "incident", Revision: 1, Type: "event", Payload: make([]byte, 600), Salt: make([]byte, 16),
		Digest: make([]byte, 32), Hash: make([]byte, 32),
	}
	number := 0
	for b.Loop() {
		err := backend.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
			for range batch {
				importSet(&put, &entry, number)
				number++
				if _, err := tx.Put(ctx, put); err != nil {
					return err
				}
				if err := tx.Append(ctx, entry); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(number), "ns/document")
}

// importSet makes the nth document: ids and times rise, as where records come
// from in the order in which they were made, and names repeat.
func importSet(put *store.PutParams, entry *store.Entry, n int) {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(n))
	binary.BigEndian.PutUint64(id[8:], uint64(n+1)*0x9e3779b97f4a7c15)
	opened := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	key := func(i int, of string, count int) {
		put.Terms[i].Key = fmt.Appendf(put.Terms[i].Key[:0], "%s %d", of, n*7919%count)
		put.Terms[i].Key = binary.BigEndian.AppendUint64(put.Terms[i].Key, uint64(opened.UnixMicro()))
	}
	put.Terms[0].Key = fmt.Appendf(put.Terms[0].Key[:0], "INC%07d", n)
	key(1, "state", 6)
	key(2, "assignee", 200)
	key(3, "group", 30)
	key(4, "caller", 5000)
	key(5, "service", 100)
	put.Terms[6].Key = binary.BigEndian.AppendUint64(put.Terms[6].Key[:0], uint64(opened.UnixMicro()))
	put.Terms[7].Key = binary.BigEndian.AppendUint64(put.Terms[7].Key[:0], uint64(opened.Add(time.Duration(n%100)*time.Hour).UnixMicro()))
	put.ID, entry.ID, entry.Time = id, id, opened
}
