package storetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

func modelClauses() []Clause {
	return []Clause{
		{Name: "model/random", check: modelRandom,
			Law: `Under random operations, units that commit and units that do not, a backend answers as maps and slices do.`},
		{Name: "model/tenants", check: modelTenants,
			Law: `Two tenants under random operations, whatever they and their kinds and sequences are called, each see what they would see alone.`},
	}
}

// model is a tenant's data, in the plainest form that has the right behaviour.
type model struct {
	tenant    store.Tenant
	kinds     [2]string
	sequence  string
	documents map[modelKey]modelDocument
	journal   []store.Entry
	last      uint64          // number of the sequence
	drawn     map[uint64]bool // every number that any unit had, committed or not
}

func newModel(t store.Tenant, sequence string, kinds ...string) *model {
	return &model{
		tenant: t, kinds: [2]string(kinds), sequence: sequence,
		documents: map[modelKey]modelDocument{}, drawn: map[uint64]bool{},
	}
}

type modelKey struct {
	kind string
	id   uuid.UUID
}

type modelDocument struct {
	store.PutParams
	version store.Version
}

// match is a document found under a key.
type match struct {
	key string
	modelKey
}

// clone is for a unit to work on. The numbers drawn stay drawn.
func (m *model) clone() *model {
	c := *m
	c.documents, c.journal = maps.Clone(m.documents), slices.Clone(m.journal)
	return &c
}

// next checks a number that the sequence gave.
func (m *model) next(after, number uint64) error {
	least := max(m.last, after) + 1
	for ; least < number && m.drawn[least]; least++ {
		// A unit that did not commit may have taken it for good.
	}
	if number != least {
		return fmt.Errorf("Next of %q after %d with After %d gave %d", m.sequence, m.last, after, number)
	}
	m.last, m.drawn[number] = number, true
	return nil
}

// put returns the sentinel that a Put deserves.
func (m *model) put(p store.PutParams) error {
	key := modelKey{p.Kind, p.ID}
	old, exists := m.documents[key]
	switch {
	case exists && p.Expect == 0:
		return store.ErrExists
	case old.version != p.Expect:
		return store.ErrConflict
	}
	for other, d := range m.documents {
		if other.kind != p.Kind || other == key {
			continue
		}
		for _, theirs := range d.Terms {
			for _, ours := range p.Terms {
				if ours.Unique && theirs.Unique && ours.Index == theirs.Index && bytes.Equal(ours.Key, theirs.Key) {
					return store.ErrExists
				}
			}
		}
	}
	return nil
}

// find returns what a query matches, in order.
func (m *model) find(q store.Query) []match {
	var found []match
	for key, d := range m.documents {
		if key.kind != q.Kind {
			continue
		}
		if q.Index == "" {
			found = append(found, match{modelKey: key})
		}
		for _, t := range d.Terms {
			if t.Index == q.Index && bytes.HasPrefix(t.Key, q.Prefix) && bytes.Compare(t.Key, q.From) >= 0 && (len(q.To) == 0 || bytes.Compare(t.Key, q.To) < 0) {
				found = append(found, match{string(t.Key), key})
			}
		}
	}
	slices.SortFunc(found, func(a, b match) int {
		if q.Desc {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.key, b.key), bytes.Compare(a.id[:], b.id[:]))
	})
	return found
}

func (m *model) history(kind string, u uuid.UUID) []store.Entry {
	var entries []store.Entry
	for _, e := range m.journal {
		if e.Kind == kind && e.ID == u {
			entries = append(entries, e)
		}
	}
	return entries
}

func modelRandom(ctx context.Context, b store.Backend) error {
	return randomUnits(ctx, b, 300, newModel(acme, "INC", ticket, task))
}

// modelTenants gives the tenants names that come to the same as those of the
// other with its kinds and sequences, for backends that join them.
func modelTenants(ctx context.Context, b store.Backend) error {
	return randomUnits(ctx, b, 200,
		newModel("t", "iINC", "icket", "iask"),
		newModel("ti", "INC", "cket", "ask"))
}

// randomUnits lets the tenants take turns and compares each with its model.
func randomUnits(ctx context.Context, b store.Backend, units int, committed ...*model) error {
	rng := rand.New(rand.NewPCG(2024, 229))
	refused := errors.New("refused")
	for unit := range units {
		turn := rng.IntN(len(committed))
		seed, give := rng.Uint64(), rng.IntN(4) == 0
		var after *model
		err := writeAs(ctx, b, committed[turn].tenant, func(ctx context.Context, tx store.Tx) error {
			// Made anew each time, as the unit may be run again.
			rng := rand.New(rand.NewPCG(seed, 1))
			after = committed[turn].clone()
			for range 1 + rng.IntN(12) {
				if err := step(ctx, tx, rng, after); err != nil {
					return err
				}
			}
			if give {
				return refused
			}
			return nil
		})
		if give {
			err = expect("Write", err, refused)
		} else {
			committed[turn] = after
		}
		if err != nil {
			return fmt.Errorf("unit %d of tenant %q: %w", unit, committed[turn].tenant, err)
		}
		for _, m := range committed {
			seed := rng.Uint64()
			err = readAs(ctx, b, m.tenant, func(ctx context.Context, tx store.Tx) error {
				return look(ctx, tx, rand.New(rand.NewPCG(seed, 2)), m)
			})
			if err != nil {
				return fmt.Errorf("tenant %q after unit %d: %w", m.tenant, unit, err)
			}
		}
	}
	for _, m := range committed {
		all, err := journalOf(ctx, b, m.tenant, 17)
		if err != nil {
			return err
		}
		if err := sameEntries(all, m.journal); err != nil {
			return fmt.Errorf("the journal of tenant %q: %w", m.tenant, err)
		}
	}
	return nil
}

func randomKey(rng *rand.Rand) []byte {
	alphabet := []byte{0, 'a', 'b', 0xff}
	key := make([]byte, rng.IntN(4))
	for i := range key {
		key[i] = alphabet[rng.IntN(len(alphabet))]
	}
	return key
}

func (m *model) randomRecord(rng *rand.Rand) modelKey {
	return modelKey{m.kinds[rng.IntN(2)], id(rng.IntN(12) + 1)}
}

// step does one random operation on both and compares the outcome.
func step(ctx context.Context, tx store.Tx, rng *rand.Rand, m *model) error {
	r := m.randomRecord(rng)
	d := m.documents[r]
	expected := d.version
	if rng.IntN(5) == 0 { // seldom right
		expected = store.Version(rng.IntN(4))
	}
	switch op := rng.IntN(11); {
	case op < 5:
		p := store.PutParams{Kind: r.kind, ID: r.id, Expect: expected, Head: randomKey(rng), Body: randomKey(rng)}
		for _, index := range []string{"x", "y", "z"} {
			for range rng.IntN(3) {
				t := store.Term{Index: index, Key: randomKey(rng), Unique: rng.IntN(4) == 0}
				if !slices.ContainsFunc(p.Terms, func(o store.Term) bool { return o.Index == index && bytes.Equal(o.Key, t.Key) }) {
					p.Terms = append(p.Terms, t)
				}
			}
		}
		want := m.put(p)
		version, err := tx.Put(ctx, p)
		if errors.Is(err, store.ErrRetry) {
			return err
		}
		if !errors.Is(err, want) {
			return fmt.Errorf("Put of %s %s: got error %v, want %v", r.kind, r.id, err, want)
		}
		if want == nil {
			if version <= d.version {
				return fmt.Errorf("Put of %s %s: version %d follows %d", r.kind, r.id, version, d.version)
			}
			m.documents[r] = modelDocument{p, version}
		}
	case op == 5 && expected != 0:
		err := tx.Delete(ctx, store.DeleteParams{Kind: r.kind, ID: r.id, Expect: expected})
		if expected != d.version {
			return expect("stale Delete", err, store.ErrConflict)
		}
		delete(m.documents, r)
		return err
	case op < 8:
		n := int(r.id[15])
		entries := m.history(r.kind, r.id)
		e := entryOf(n, uint64(rng.IntN(len(entries)+2)+1))
		e.Kind, e.Payload = r.kind, randomKey(rng)
		err := tx.Append(ctx, e)
		if len(entries) > 0 && e.Revision <= entries[len(entries)-1].Revision {
			return expect("Append of an old revision", err, store.ErrConflict)
		}
		m.journal = append(m.journal, e)
		return err
	case op == 8 && len(m.journal) > 0:
		at := rng.IntN(len(m.journal))
		e := m.journal[at]
		m.journal[at] = erased(e)
		return tx.Erase(ctx, store.EraseParams{Kind: e.Kind, ID: e.ID, Revision: e.Revision})
	case op == 9:
		after := uint64(0)
		if rng.IntN(4) == 0 {
			after = m.last + uint64(rng.IntN(5)) - min(2, m.last)
		}
		number, err := tx.Next(ctx, store.NextParams{Sequence: m.sequence, After: after})
		if err != nil {
			return err
		}
		return m.next(after, number)
	}
	return look(ctx, tx, rng, m)
}

// look asks both a few random questions.
func look(ctx context.Context, tx store.Tx, rng *rand.Rand, m *model) error {
	r := m.randomRecord(rng)
	d, err := tx.Get(ctx, store.GetParams{Kind: r.kind, ID: r.id})
	if want, exists := m.documents[r]; !exists {
		err = expect("Get", err, store.ErrNotFound)
	} else if err == nil {
		err = sameDocument(d, want.PutParams, want.version)
	}
	if err != nil {
		return err
	}

	q := store.Query{Kind: r.kind, Index: []string{"", "x", "y", "z"}[rng.IntN(4)], Desc: rng.IntN(2) == 0, Limit: 1 + rng.IntN(6)}
	if q.Index != "" {
		q.Prefix, q.From, q.To = randomKey(rng), randomKey(rng), randomKey(rng)
		if rng.IntN(2) == 0 {
			q.Prefix = nil
		}
	}
	found, err := findAll(ctx, tx, q)
	if err != nil {
		return err
	}
	var want []int
	for _, f := range m.find(q) {
		want = append(want, int(f.id[15]))
	}
	n, err := tx.Count(ctx, q)
	if err != nil {
		return err
	}
	if !slices.Equal(found, want) || n != len(want) {
		return fmt.Errorf("%s by %q prefix %q from %q to %q desc %t: got %v, counted %d, want %v", q.Kind, q.Index, q.Prefix, q.From, q.To, q.Desc, found, n, want)
	}

	entries, err := tx.History(ctx, store.HistoryQuery{Kind: r.kind, ID: r.id, Limit: 1000})
	if err != nil {
		return err
	}
	return sameEntries(entries, m.history(r.kind, r.id))
}
