package storetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// bench is the records that the benchmarks work on. It fills the parameters of a
// unit in the same memory every time, which the contract allows, so that the
// backend alone is measured.
type bench struct {
	backend   store.Backend
	records   int
	versions  []store.Version
	revisions []uint64
	made      int // so far: journal entries stay, so that no id comes twice
	changes   int // so far: the time that goes on

	put   store.PutParams
	entry store.Entry
	names []string
}

func newBench(backend store.Backend, records int) *bench {
	w := &bench{
		backend: backend, records: records, made: records,
		versions: make([]store.Version, records), revisions: make([]uint64, records),
		put: store.PutParams{
			Kind: ticket, Head: make([]byte, 32), Body: make([]byte, 1000),
			Terms: []store.Term{
				{Index: "number", Unique: true}, {Index: "state"}, {Index: "updated"},
				{Index: "opened"}, {Index: "assignee"}, {Index: "service"},
			},
		},
		entry: store.Entry{
			Kind: ticket, Type: "assign", Payload: make([]byte, 600), Salt: make([]byte, 16),
			Digest: make([]byte, 32), Previous: make([]byte, 32), Hash: make([]byte, 32),
		},
	}
	for i := range 200 {
		w.names = append(w.names, fmt.Sprintf("person or service %d", i))
	}
	return w
}

// benchID spreads the ids over the whole range, as random ones are.
func benchID(n int) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[:], uint64(n+1)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	return u
}

// pick returns the number of a record, another each time, from all over: the
// worst case for caches.
func (w *bench) pick(i int) int { return i * 7919 % w.records }

// revise sets the parameters to a revision of record n: a kilobyte with six
// terms, of which a revision moves two.
func (w *bench) revise(n int, revision uint64, expect store.Version) {
	w.changes++
	w.put.ID, w.put.Expect = benchID(n), expect
	number := func(i int, before string, v int) {
		key := append(w.put.Terms[i].Key[:0], before...)
		w.put.Terms[i].Key = binary.BigEndian.AppendUint64(key, uint64(v))
	}
	number(0, "", n)
	number(1, w.names[revision%6], n)
	number(2, "", w.changes)
	number(3, "", n)
	number(4, w.names[n%200], n)
	number(5, w.names[n%30], n)
	w.entry.ID, w.entry.Revision = w.put.ID, revision
	w.entry.Time = time.UnixMicro(1_700_000_000_000_000 + int64(w.changes))
}

// create makes record n with its first entry.
func (w *bench) create(ctx context.Context, tx store.Tx, n int) error {
	w.revise(n, 1, 0)
	version, err := tx.Put(ctx, w.put)
	if err != nil {
		return err
	}
	if n < w.records {
		w.versions[n], w.revisions[n] = version, 1
	}
	return tx.Append(ctx, w.entry)
}

// read and write run units as they are: a benchmark runs alone, and pays for no
// other's conflicts.
func (w *bench) read(b *testing.B, fn func(context.Context, store.Tx) error) error {
	return w.backend.Read(b.Context(), acme, fn)
}

func (w *bench) write(b *testing.B, fn func(context.Context, store.Tx) error) error {
	return w.backend.Write(b.Context(), acme, fn)
}

func (w *bench) benchGet(b *testing.B) error {
	for i := 0; b.Loop(); i++ {
		p := store.GetParams{Kind: ticket, ID: benchID(w.pick(i))}
		err := w.read(b, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Get(ctx, p)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// opened is the range of records by the order they were made in.
func opened(from, to int) store.Query {
	return store.Query{
		Kind: ticket, Index: "opened", Limit: benchPage,
		From: binary.BigEndian.AppendUint64(nil, uint64(from)), To: binary.BigEndian.AppendUint64(nil, uint64(to)),
	}
}

func (w *bench) benchPage(b *testing.B) error {
	for i := 0; b.Loop(); i++ {
		q := opened(w.pick(i)%(w.records-benchPage+1), w.records)
		err := w.read(b, func(ctx context.Context, tx store.Tx) error {
			page, err := tx.Page(ctx, q)
			if err == nil && len(page.Documents) != benchPage {
				err = fmt.Errorf("a page of %d documents", len(page.Documents))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *bench) benchCount(b *testing.B) error { return w.countRange(b, benchPage) }

func (w *bench) benchCountHalf(b *testing.B) error { return w.countRange(b, w.records/2) }

func (w *bench) countRange(b *testing.B, length int) error {
	for i := 0; b.Loop(); i++ {
		from := w.pick(i) % (w.records - length + 1)
		q := opened(from, from+length)
		err := w.read(b, func(ctx context.Context, tx store.Tx) error { return wantCount(ctx, tx, q, length) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *bench) benchHistory(b *testing.B) error {
	for i := 0; b.Loop(); i++ {
		q := store.HistoryQuery{Kind: ticket, ID: benchID(w.pick(i)), Limit: benchPage}
		err := w.read(b, func(ctx context.Context, tx store.Tx) error {
			entries, err := tx.History(ctx, q)
			if err == nil && len(entries) == 0 {
				err = fmt.Errorf("record %s has no history", q.ID)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// benchTail reads the journal through, again and again.
func (w *bench) benchTail(b *testing.B) error {
	var from store.Position
	for b.Loop() {
		entries, next, err := w.backend.Journal(b.Context(), acme, store.JournalQuery{From: from, Limit: benchPage})
		if err != nil {
			return err
		}
		if from = next; len(entries) < benchPage {
			from = ""
		}
	}
	return nil
}

func (w *bench) benchNext(b *testing.B) error {
	for b.Loop() {
		err := w.write(b, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *bench) benchUpdate(b *testing.B) error {
	for i := 0; b.Loop(); i++ {
		if err := w.update(b, w.pick(i)); err != nil {
			return err
		}
	}
	return nil
}

// benchUpdateAfterRead makes a backend that copies for its readers do so.
func (w *bench) benchUpdateAfterRead(b *testing.B) error {
	for i := 0; b.Loop(); i++ {
		n := w.pick(i)
		err := w.read(b, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: benchID(n)})
			return err
		})
		if err != nil {
			return err
		}
		if err := w.update(b, n); err != nil {
			return err
		}
	}
	return nil
}

func (w *bench) update(b *testing.B, n int) error {
	w.revise(n, w.revisions[n]+1, w.versions[n])
	return w.write(b, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: w.put.ID}); err != nil {
			return err
		}
		version, err := tx.Put(ctx, w.put)
		if err != nil {
			return err
		}
		w.versions[n] = version
		w.revisions[n]++
		return tx.Append(ctx, w.entry)
	})
}

// benchCreate takes away again what it made, outside the time measured, before
// there is a tenth more than there was.
func (w *bench) benchCreate(b *testing.B) error {
	from := w.made
	for b.Loop() {
		err := w.write(b, func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.Next(ctx, store.NextParams{Sequence: "INC"}); err != nil {
				return err
			}
			return w.create(ctx, tx, w.made)
		})
		if err != nil {
			return err
		}
		if w.made++; w.made-from >= w.records/10 {
			b.StopTimer()
			if err := w.remove(b, from, w.made); err != nil {
				return err
			}
			from = w.made
			b.StartTimer()
		}
	}
	return w.remove(b, from, w.made)
}

func (w *bench) remove(b *testing.B, from, to int) error {
	return w.write(b, func(ctx context.Context, tx store.Tx) error {
		for n := from; n < to; n++ {
			d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: benchID(n)})
			if err != nil {
				return err
			}
			if err := tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: d.ID, Expect: d.Version}); err != nil {
				return err
			}
		}
		return nil
	})
}
