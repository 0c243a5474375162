package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/itsmkit/itsm/store"
)

func uniqueClauses() []Clause {
	return []Clause{
		{Name: "unique/taken", check: uniqueTaken,
			Law: `Put with a unique term that another document of the kind holds is ErrExists, with an ExistsError that has the index, the key and the holder, and changes nothing; with the version wrong too, that is reported.`},
		{Name: "unique/free", check: uniqueFree,
			Law: `A unique term collides with nothing but the same index and key, unique, of another document of the same kind.`},
		{Name: "unique/released", check: uniqueReleased,
			Law: `A unique term is free again once its holder is put without it or deleted, within the same unit too.`},
		{Name: "unique/concurrent", check: uniqueConcurrent,
			Law: `Of many units that create a document with the same unique term at once, one commits.`},
		{Name: "unit/goes-on", check: unitGoesOn,
			Law: `A call that fails with ErrNotFound, ErrConflict, ErrExists, ErrInvalid or ErrCursor changes nothing, and the unit may go on and commit.`},
	}
}

func uniqueTaken(ctx context.Context, b store.Backend) error {
	if _, err := put(ctx, b, ticketOf(1, term("state", "new"), unique("number", "INC1"))); err != nil {
		return err
	}
	two := ticketOf(2, unique("number", "INC2"))
	version, err := put(ctx, b, two)
	if err != nil {
		return err
	}
	changed := ticketOf(2, term("state", "changed"), unique("number", "INC1"))
	changed.Expect, changed.Body = version, []byte("changed")
	for _, p := range []store.PutParams{changed, ticketOf(3, term("state", "changed"), unique("number", "INC1"))} {
		_, err := put(ctx, b, p)
		if err := expect("Put with a taken term", err, store.ErrExists); err != nil {
			return err
		}
		var exists *store.ExistsError
		if !errors.As(err, &exists) || exists.Index != "number" || string(exists.Key) != "INC1" || exists.Holder != id(1) || exists.ID != p.ID {
			return fmt.Errorf("got %#v, want an ExistsError of number INC1, held by %s", err, id(1))
		}
	}
	changed.Expect = version + 1
	_, err = put(ctx, b, changed)
	if err := expectConflict("Put with a taken term and a version that is not current", err, version+1, version); err != nil {
		return err
	}
	if err := stays(ctx, b, two, version); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		return wantFound(ctx, tx, map[string][]int{"number INC1": {1}, "number INC2": {2}, "state changed": {}})
	})
}

func uniqueFree(ctx context.Context, b store.Backend) error {
	p := ticketOf(1, unique("number", "INC1"), unique("name", "a"), term("state", "new"))
	version, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	p.Expect = version
	if _, err := put(ctx, b, p); err != nil {
		return fmt.Errorf("its own unique terms: %w", err)
	}
	other := store.PutParams{Kind: task, ID: id(2), Terms: []store.Term{unique("number", "INC1")}}
	if _, err := put(ctx, b, other); err != nil {
		return fmt.Errorf("the term under another kind: %w", err)
	}
	for n, terms := range [][]store.Term{
		{unique("number", "INC")}, {unique("number", "INC10")}, {unique("number", "inc1")}, {unique("number", "INC1\x00")}, {unique("number", "")},
		{unique("name", "INC1")}, {term("number", "INC1")}, {unique("state", "new")}, {term("state", "new")},
	} {
		if _, err := put(ctx, b, ticketOf(10+n, terms...)); err != nil {
			return fmt.Errorf("%q, unique=%t, of index %q: %w", terms[0].Key, terms[0].Unique, terms[0].Index, err)
		}
	}
	_, err = put(ctx, b, ticketOf(3, unique("state", "new")))
	return expect("a unique term next to others that are not", err, store.ErrExists)
}

func uniqueReleased(ctx context.Context, b store.Backend) error {
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		one := ticketOf(1, unique("number", "INC1"), unique("name", "a"))
		version, err := tx.Put(ctx, one)
		if err != nil {
			return err
		}
		one.Expect, one.Terms = version, []store.Term{term("number", "INC1"), unique("name", "a")}
		if version, err = tx.Put(ctx, one); err != nil {
			return err
		}
		if _, err := tx.Put(ctx, ticketOf(2, unique("number", "INC1"))); err != nil {
			return fmt.Errorf("a term given up by a Put: %w", err)
		}
		if err := tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(1), Expect: version}); err != nil {
			return err
		}
		if _, err := tx.Put(ctx, ticketOf(3, unique("name", "a"))); err != nil {
			return fmt.Errorf("a term given up by a Delete: %w", err)
		}
		_, err = tx.Put(ctx, ticketOf(4, unique("number", "INC1")))
		return expect("the term taken again", err, store.ErrExists)
	})
}

func uniqueConcurrent(ctx context.Context, b store.Backend) error {
	const units = 20
	results := make([]error, units)
	var wg sync.WaitGroup
	for n := range units {
		wg.Go(func() { _, results[n] = put(ctx, b, ticketOf(n+1, unique("number", "INC1"))) })
	}
	wg.Wait()
	created := 0
	for _, err := range results {
		if err == nil {
			created++
		} else if err := expect("a unit that came late", err, store.ErrExists); err != nil {
			return err
		}
	}
	if created != 1 {
		return fmt.Errorf("%d units committed, want 1", created)
	}
	return nil
}

func unitGoesOn(ctx context.Context, b store.Backend) error {
	one := ticketOf(1, unique("number", "INC1"))
	version, err := put(ctx, b, one)
	if err != nil {
		return err
	}
	entries := []store.Entry{entryOf(1, 1), entryOf(1, 2)}
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Append(ctx, entries[0]); err != nil {
			return err
		}
		_, errGet := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(9)})
		_, errExists := tx.Put(ctx, ticketOf(1))
		_, errTaken := tx.Put(ctx, ticketOf(3, term("state", "x"), unique("number", "INC1")))
		stale := one
		stale.Expect = version + 1
		_, errStale := tx.Put(ctx, stale)
		errDelete := tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(1), Expect: version + 1})
		errAppend := tx.Append(ctx, entryOf(2, 1), entryOf(1, 1))
		errErase := tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1), Revision: 7})
		_, errInvalid := tx.Put(ctx, store.PutParams{Kind: ticket})
		_, errCursor := tx.Page(ctx, store.Query{Kind: ticket, Limit: 1, Cursor: "nonsense"})
		for _, call := range []struct {
			name      string
			err, want error
		}{
			{"Get", errGet, store.ErrNotFound}, {"Put", errExists, store.ErrExists}, {"Put of a taken term", errTaken, store.ErrExists},
			{"stale Put", errStale, store.ErrConflict}, {"stale Delete", errDelete, store.ErrConflict},
			{"Append", errAppend, store.ErrConflict}, {"Erase", errErase, store.ErrNotFound},
			{"invalid Put", errInvalid, store.ErrInvalid}, {"Page", errCursor, store.ErrCursor},
		} {
			if err := expect(call.name, call.err, call.want); err != nil {
				return err
			}
		}
		if _, err := tx.Put(ctx, ticketOf(2, unique("number", "INC2"))); err != nil {
			return fmt.Errorf("Put after calls that failed: %w", err)
		}
		return tx.Append(ctx, entries[1])
	})
	if err != nil {
		return err
	}
	if err := stays(ctx, b, one, version); err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	if err := sameEntries(all, entries); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if err := wantFound(ctx, tx, map[string][]int{"number INC1": {1}, "number INC2": {2}, "state x": {}}); err != nil {
			return err
		}
		found, err := findAll(ctx, tx, store.Query{Kind: ticket, Limit: 10})
		if err == nil && fmt.Sprint(found) != "[1 2]" {
			err = fmt.Errorf("the documents are %v, want [1 2]", found)
		}
		return err
	})
}
