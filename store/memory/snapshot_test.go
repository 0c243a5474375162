package memory

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// dump writes out everything a snapshot holds, and checks that its parts agree.
func dump(t *testing.T, s *snapshot) string {
	t.Helper()
	var text strings.Builder
	for _, k := range s.kinds {
		terms, unique, entries := 0, 0, 0
		k.documents.ascend(nil, func(r row) bool {
			fmt.Fprintf(&text, "%s %s %d %q:", k.name, r.id, r.document.version, r.document.bytes)
			for _, tm := range r.document.terms {
				fmt.Fprintf(&text, " %s=%q %t", k.indexes[tm.index].name, tm.key, tm.unique)
				x := k.indexes[tm.index]
				if _, ok := x.terms.get(newPosting(tm.key, r.id)); !ok {
					t.Errorf("%s %s is not in index %q under %q", k.name, r.id, x.name, tm.key)
				}
				if h, _ := x.unique.get(holding{key: tm.key}); tm.unique && h.holder != r.id {
					t.Errorf("%s %s does not hold %q in index %q", k.name, r.id, tm.key, x.name)
				}
				if terms++; tm.unique {
					unique++
				}
			}
			text.WriteByte('\n')
			return true
		})
		for _, x := range k.indexes {
			terms -= x.terms.len()
			unique -= x.unique.len()
		}
		k.histories.ascend(nil, func(h history) bool {
			for _, at := range h.entries {
				e := s.journal.at(at).unpack()
				if e.ID != h.id || e.Kind != k.name {
					t.Errorf("the history of %s %s has an entry of %s %s", k.name, h.id, e.Kind, e.ID)
				}
				entries++
			}
			return true
		})
		for at := range s.journal.len {
			if s.journal.at(at).unpack().Kind == k.name {
				entries--
			}
		}
		if terms != 0 || unique != 0 || entries != 0 {
			t.Errorf("%s: %d terms, %d unique terms, %d entries of histories too many", k.name, terms, unique, entries)
		}
	}
	for at := range s.journal.len {
		e := s.journal.at(at).unpack()
		fmt.Fprintf(&text, "%s %d %q %t\n", e.ID, e.Revision, e.Payload, e.Erased)
	}
	return text.String()
}

// TestSnapshots takes snapshots at any moment, within units at work, after
// commits and after rollbacks. Each is the state of the last commit and stays
// it, whatever happens later; and a unit goes on after one as if none had been
// taken.
func TestSnapshots(t *testing.T) {
	refused := errors.New("refused")
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 7))
		b, ctx := New(), context.Background()
		data := b.tenant("acme")
		type kept struct {
			snapshot *snapshot
			text     string
		}
		var all []kept
		committed := ""
		take := func() {
			s := data.snapshot()
			text := dump(t, s)
			if text != committed {
				t.Fatalf("seed %d: a snapshot holds\n%s\nthe last commit was\n%s", seed, text, committed)
			}
			if rng.IntN(8) == 0 {
				all = append(all, kept{s, text})
			}
		}
		often := []int{4, 15, 100}[seed%3] // how seldom snapshots are taken
		for range 200 {
			give := rng.IntN(3) == 0
			err := b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
				for range rng.IntN(12) {
					disturb(ctx, t, tx, rng)
					if rng.IntN(often) == 0 {
						take()
					}
				}
				if give {
					return refused
				}
				return nil
			})
			if give != errors.Is(err, refused) {
				t.Fatal(err)
			}
			if now := dump(t, &data.now); !give {
				committed = now
			} else if now != committed {
				t.Fatalf("seed %d: rolled back to\n%s\nfrom\n%s", seed, now, committed)
			}
			if rng.IntN(often) == 0 {
				take()
			}
		}
		for _, k := range all {
			if now := dump(t, k.snapshot); now != k.text {
				t.Fatalf("seed %d: a snapshot was\n%s\nand is now\n%s", seed, k.text, now)
			}
		}
	}
}

// disturb does something to one of some hundred records.
func disturb(ctx context.Context, t *testing.T, tx store.Tx, rng *rand.Rand) {
	kind := []string{"a", "b"}[rng.IntN(2)]
	id := uuid.UUID{1, byte(rng.IntN(80))}
	d, err := tx.Get(ctx, store.GetParams{Kind: kind, ID: id})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	last, err := tx.History(ctx, store.HistoryQuery{Kind: kind, ID: id, Desc: true, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	switch op := rng.IntN(10); {
	case op < 5:
		p := store.PutParams{Kind: kind, ID: id, Expect: d.Version, Body: fmt.Append(nil, rng.IntN(1000))}
		for n := range rng.IntN(5) {
			p.Terms = append(p.Terms, store.Term{Index: fmt.Sprint(n), Key: fmt.Append(nil, rng.IntN(60)), Unique: n == 3})
		}
		_, err = tx.Put(ctx, p)
		if errors.Is(err, store.ErrExists) {
			err = nil
		}
	case op < 6 && d.Version > 0:
		err = tx.Delete(ctx, store.DeleteParams{Kind: kind, ID: id, Expect: d.Version})
	case op < 9:
		e := store.Entry{Kind: kind, ID: id, Revision: 1, Type: "t", Payload: fmt.Append(nil, rng.IntN(1000))}
		if len(last) > 0 {
			e.Revision = last[0].Revision + 1
		}
		err = tx.Append(ctx, e)
	case len(last) > 0:
		err = tx.Erase(ctx, store.EraseParams{Kind: kind, ID: id, Revision: last[0].Revision})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPackedEntry: an entry survives packing, whatever its fields.
func TestPackedEntry(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	random := func() []byte {
		b := make([]byte, []int{0, 1, 127, 128, 300, 20_000}[rng.IntN(6)])
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	for range 200 {
		e := store.Entry{
			Kind: string(random()), ID: uuid.New(), Revision: rng.Uint64() >> 1, Type: string(random()),
			Payload: random(), Salt: random(), Digest: random(), Previous: random(), Hash: random(), Erased: rng.IntN(2) == 0,
		}
		p := pack(&e)
		if len(p) != cap(p) {
			t.Errorf("packed into %d bytes of %d", len(p), cap(p))
		}
		got := p.unpack()
		if got.Kind != e.Kind || got.ID != e.ID || got.Revision != e.Revision || p.revision() != e.Revision || got.Type != e.Type ||
			!got.Time.Equal(e.Time) || got.Erased != e.Erased ||
			!slices.Equal(got.Payload, e.Payload) || !slices.Equal(got.Salt, e.Salt) || !slices.Equal(got.Digest, e.Digest) ||
			!slices.Equal(got.Previous, e.Previous) || !slices.Equal(got.Hash, e.Hash) {
			t.Fatalf("got %+v, want %+v", got, e)
		}
	}
}
