package memory_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

const (
	benchTenant = store.Tenant("acme")
	benchKind   = "incident"
	bodySize    = 1000
)

// benchID spreads the ids over the whole range, as random ones are.
func benchID(n int) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(n+1)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// bench fills the parameters of a unit in the same memory every time, which the
// contract allows, so that the benchmarks measure the backend alone.
type bench struct {
	put   store.PutParams
	entry store.Entry
	names []string
}

func newBench() *bench {
	b := &bench{
		put: store.PutParams{
			Kind: benchKind, Head: make([]byte, 32), Body: make([]byte, bodySize),
			Terms: []store.Term{
				{Index: "number", Unique: true}, {Index: "state"}, {Index: "updated"},
				{Index: "opened"}, {Index: "assignee"}, {Index: "service"},
			},
		},
		entry: store.Entry{
			Kind: benchKind, Type: "assign", Payload: make([]byte, 600), Salt: make([]byte, 16),
			Digest: make([]byte, 32), Previous: make([]byte, 32), Hash: make([]byte, 32),
		},
	}
	for i := range 200 {
		b.names = append(b.names, fmt.Sprintf("person or service %d", i))
	}
	return b
}

// revise sets the parameters to the given revision of record n at a time: a
// kilobyte with six terms, of which a revision moves two.
func (b *bench) revise(n int, revision uint64, at int, expect store.Version) {
	b.put.ID, b.put.Expect = benchID(n), expect
	number := func(i int, before string, v int) {
		key := append(b.put.Terms[i].Key[:0], before...)
		b.put.Terms[i].Key = binary.BigEndian.AppendUint64(key, uint64(v))
	}
	number(0, "", n)
	number(1, b.names[revision%6], n)
	number(2, "", at)
	number(3, "", n)
	number(4, b.names[n%200], n)
	number(5, b.names[n%30], n)
	b.entry.ID, b.entry.Revision = b.put.ID, revision
	b.entry.Time = time.UnixMicro(1_700_000_000_000_000 + int64(at))
}

// do runs one unit as register does: read the document, replace it, append an
// entry; or, without an expected version, take a number and create it.
func (b *bench) do(backend store.Backend) (version store.Version, err error) {
	err = backend.Write(context.Background(), benchTenant, func(ctx context.Context, tx store.Tx) error {
		if b.put.Expect == 0 {
			if _, err := tx.Next(ctx, store.NextParams{Sequence: "INC"}); err != nil {
				return err
			}
		} else if _, err := tx.Get(ctx, store.GetParams{Kind: benchKind, ID: b.put.ID}); err != nil {
			return err
		}
		if version, err = tx.Put(ctx, b.put); err != nil {
			return err
		}
		return tx.Append(ctx, b.entry)
	})
	return version, err
}

// filled returns a backend with n documents, each with one journal entry, and
// their versions.
func filled(tb testing.TB, n int) (*memory.Backend, []store.Version) {
	tb.Helper()
	backend, versions, unit := memory.New(), make([]store.Version, n), newBench()
	for i := range n {
		unit.revise(i, 1, i, 0)
		version, err := unit.do(backend)
		if err != nil {
			tb.Fatal(err)
		}
		versions[i] = version
	}
	return backend, versions
}

func BenchmarkGet(b *testing.B) {
	for _, size := range []int{1_000, 25_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			backend, _ := filled(b, size)
			ids := make([]uuid.UUID, 4096)
			for i := range ids {
				ids[i] = benchID(i * 7919 % size)
			}
			b.ReportAllocs()
			i := 0
			err := backend.Read(context.Background(), benchTenant, func(ctx context.Context, tx store.Tx) error {
				for b.Loop() {
					if _, err := tx.Get(ctx, store.GetParams{Kind: benchKind, ID: ids[i%len(ids)]}); err != nil {
						return err
					}
					i++
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkUpdate is one unit that changes a record picked at random, which is
// the worst case for the processor's caches.
func BenchmarkUpdate(b *testing.B) {
	for _, size := range []int{1_000, 25_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			backend, versions := filled(b, size)
			revisions := make([]uint64, size)
			unit := newBench()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				n := i * 7919 % size
				revisions[n]++
				unit.revise(n, revisions[n]+1, size+i, versions[n])
				version, err := unit.do(backend)
				if err != nil {
					b.Fatal(err)
				}
				versions[n] = version
			}
		})
	}
}

// BenchmarkUpdateAfterRead is BenchmarkUpdate with a reader between any two
// units, for whose snapshot the writer has to copy what it changes.
func BenchmarkUpdateAfterRead(b *testing.B) {
	const size = 25_000
	backend, versions := filled(b, size)
	revisions := make([]uint64, size)
	unit := newBench()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := i * 7919 % size
		err := backend.Read(context.Background(), benchTenant, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Count(ctx, store.Query{Kind: benchKind})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		revisions[n]++
		unit.revise(n, revisions[n]+1, size+i, versions[n])
		if versions[n], err = unit.do(backend); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCreate is one unit that makes a record: a number, the document, an
// entry.
func BenchmarkCreate(b *testing.B) {
	backend, unit := memory.New(), newBench()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		unit.revise(i, 1, i, 0)
		if _, err := unit.do(backend); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPage reads a page of 100 documents from the middle of an index.
func BenchmarkPage(b *testing.B) {
	for _, size := range []int{1_000, 25_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			backend, _ := filled(b, size)
			q := store.Query{
				Kind: benchKind, Index: "opened", Limit: 100,
				From: binary.BigEndian.AppendUint64(nil, uint64(size/2)),
			}
			b.ReportAllocs()
			for b.Loop() {
				err := backend.Read(context.Background(), benchTenant, func(ctx context.Context, tx store.Tx) error {
					page, err := tx.Page(ctx, q)
					if err == nil && len(page.Documents) != q.Limit {
						b.Fatalf("page of %d", len(page.Documents))
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCount counts half of an index, which costs two searches.
func BenchmarkCount(b *testing.B) {
	backend, _ := filled(b, 25_000)
	q := store.Query{Kind: benchKind, Index: "opened", From: binary.BigEndian.AppendUint64(nil, 12_500)}
	b.ReportAllocs()
	err := backend.Read(context.Background(), benchTenant, func(ctx context.Context, tx store.Tx) error {
		for b.Loop() {
			if _, err := tx.Count(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReplay is the store's share of a long log: 25,000 records made and
// changed by 142,000 units, a thousand records being open at a time. It reports
// what is left on the heap.
func BenchmarkReplay(b *testing.B) {
	const records, units, open = 25_000, 142_000, 1_000
	for b.Loop() {
		backend, unit := memory.New(), newBench()
		versions, revisions := make([]store.Version, records), make([]uint64, records)
		rng := rand.New(rand.NewPCG(1, 2))
		start := time.Now()
		created := 0
		for i := range units {
			n := created
			if i*records/units < created {
				n = max(0, created-1-rng.IntN(open))
			} else {
				created++
			}
			revisions[n]++
			unit.revise(n, revisions[n], i, versions[n])
			version, err := unit.do(backend)
			if err != nil {
				b.Fatal(err)
			}
			versions[n] = version
		}
		b.ReportMetric(float64(time.Since(start).Nanoseconds())/units, "ns/unit")
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		b.ReportMetric(float64(stats.HeapAlloc)/1e6, "live-MB")
		runtime.KeepAlive(backend)
	}
}
