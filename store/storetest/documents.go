package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/itsmkit/itsm/store"
)

func documentClauses() []Clause {
	return []Clause{
		{Name: "get/absent", check: getAbsent,
			Law: `Get of a document that does not exist is ErrNotFound, with a NotFoundError that names it.`},
		{Name: "put/create", check: putCreate,
			Law: `A document comes back as it was put, under the version that Put returned, which is not 0 and fits an int64.`},
		{Name: "put/create-create", check: putCreateCreate,
			Law: `Put with Expect 0 of a document that exists is ErrExists, with an ExistsError whose Holder is its id, and changes nothing.`},
		{Name: "put/stale", check: putStale,
			Law: `Put with an Expect that is not the current version is ErrConflict, with a ConflictError that has both versions, and changes nothing.`},
		{Name: "put/gone", check: putGone,
			Law: `For a document that does not exist, Put with an Expect other than 0 and Delete are ErrConflict with the current version 0.`},
		{Name: "put/terms", check: putTerms,
			Law: `Put replaces the body, the head and the terms, all three: a document is found by its new terms alone.`},
		{Name: "delete/removes", check: deleteRemoves,
			Law: `Delete removes a document and its terms; its journal entries stay.`},
		{Name: "delete/stale", check: deleteStale,
			Law: `Delete with an Expect that is not the current version is ErrConflict and changes nothing.`},
		{Name: "version/never-again", check: versionNeverAgain,
			Law: `A version is greater than every version that any document of that kind and id had before, deleted ones included.`},
		{Name: "version/in-unit", check: versionInUnit,
			Law: `Each Put of a unit gives a version of its own, which the next one of the same unit has to expect.`},
		{Name: "unit/own-writes", check: ownWrites,
			Law: `A unit sees its own writes.`},
	}
}

func getAbsent(ctx context.Context, b store.Backend) error {
	if _, err := put(ctx, b, ticketOf(1)); err != nil {
		return err
	}
	_, err := get(ctx, b, id(2))
	if err := expect("Get of an unknown id", err, store.ErrNotFound); err != nil {
		return err
	}
	var missing *store.NotFoundError
	if !errors.As(err, &missing) || missing.Kind != ticket || missing.ID != id(2) {
		return fmt.Errorf("got %#v, want a NotFoundError of %s %s", err, ticket, id(2))
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Get(ctx, store.GetParams{Kind: task, ID: id(1)})
		return expect("Get of the id under another kind", err, store.ErrNotFound)
	})
}

func putCreate(ctx context.Context, b store.Backend) error {
	one, two := ticketOf(1), ticketOf(2, term("state", "new"))
	other := store.PutParams{Kind: task, ID: id(1), Head: []byte("other head"), Body: []byte("other body")}
	versions := map[*store.PutParams]store.Version{}
	for _, p := range []*store.PutParams{&one, &two, &other} {
		version, err := put(ctx, b, *p)
		if err != nil {
			return err
		}
		if version == 0 || version > math.MaxInt64 {
			return fmt.Errorf("Put returned version %d", version)
		}
		versions[p] = version
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for p, version := range versions {
			d, err := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
			if err != nil {
				return err
			}
			if err := sameDocument(d, *p, version); err != nil {
				return err
			}
		}
		return nil
	})
}

func putCreateCreate(ctx context.Context, b store.Backend) error {
	first := ticketOf(1)
	version, err := put(ctx, b, first)
	if err != nil {
		return err
	}
	second := ticketOf(1)
	second.Body = []byte("second")
	_, err = put(ctx, b, second)
	if err := expect("second create", err, store.ErrExists); err != nil {
		return err
	}
	var exists *store.ExistsError
	if !errors.As(err, &exists) || exists.ID != id(1) || exists.Holder != id(1) || exists.Index != "" {
		return fmt.Errorf("got %#v, want an ExistsError with holder %s and no index", err, id(1))
	}
	return stays(ctx, b, first, version)
}

func putStale(ctx context.Context, b store.Backend) error {
	p := ticketOf(1)
	old, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	p.Expect, p.Body = old, []byte("second")
	current, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	for _, expected := range []store.Version{old, current + 1, current + 1000} {
		stale := p
		stale.Expect, stale.Body = expected, []byte("stale")
		_, err := put(ctx, b, stale)
		if err := expectConflict("stale Put", err, expected, current); err != nil {
			return err
		}
	}
	return stays(ctx, b, p, current)
}

func expectConflict(what string, err error, expected, current store.Version) error {
	if err := expect(what, err, store.ErrConflict); err != nil {
		return err
	}
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) || conflict.Expected != expected || conflict.Current != current {
		return fmt.Errorf("%s: got %#v, want a ConflictError of %d against %d", what, err, expected, current)
	}
	return nil
}

func putGone(ctx context.Context, b store.Backend) error {
	p := ticketOf(1)
	version, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	gone := store.DeleteParams{Kind: ticket, ID: id(1), Expect: version}
	if err := remove(ctx, b, gone); err != nil {
		return err
	}
	if err := expectConflict("Delete of a deleted document", remove(ctx, b, gone), version, 0); err != nil {
		return err
	}
	p.Expect = version
	_, err = put(ctx, b, p)
	if err := expectConflict("Put over a deleted document", err, version, 0); err != nil {
		return err
	}
	never := ticketOf(2)
	never.Expect = version
	_, err = put(ctx, b, never)
	if err := expectConflict("Put over a document that never was", err, version, 0); err != nil {
		return err
	}
	_, err = get(ctx, b, id(1))
	return expect("Get after the failed calls", err, store.ErrNotFound)
}

func putTerms(ctx context.Context, b store.Backend) error {
	p := ticketOf(1, term("state", "new"), term("group", "mail"), term("tag", "a"), term("tag", "b"))
	version, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	if _, err := put(ctx, b, ticketOf(2, term("state", "new"), term("tag", "a"))); err != nil {
		return err
	}
	p.Expect, p.Head, p.Body = version, []byte("new head"), []byte("new body")
	p.Terms = []store.Term{term("state", "assigned"), term("tag", "b"), term("tag", "c"), term("owner", "bob")}
	version, err = put(ctx, b, p)
	if err != nil {
		return err
	}
	d, err := get(ctx, b, id(1))
	if err != nil {
		return err
	}
	if err := sameDocument(d, p, version); err != nil {
		return err
	}
	err = read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		return wantFound(ctx, tx, map[string][]int{
			"state new": {2}, "state assigned": {1}, "group mail": {}, "owner bob": {1},
			"tag a": {2}, "tag b": {1}, "tag c": {1},
		})
	})
	if err != nil {
		return err
	}
	p.Expect, p.Terms = version, nil
	if _, err := put(ctx, b, p); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		return wantFound(ctx, tx, map[string][]int{"state new": {2}, "state assigned": {}, "tag a": {2}, "tag b": {}, "tag c": {}, "owner bob": {}})
	})
}

// wantFound checks which tickets are found under "index key".
func wantFound(ctx context.Context, tx store.Tx, want map[string][]int) error {
	for name, ids := range want {
		var index, key string
		if _, err := fmt.Sscan(name, &index, &key); err != nil {
			return err
		}
		found, err := findAll(ctx, tx, store.Query{Kind: ticket, Index: index, Prefix: []byte(key), Limit: 10})
		if err != nil {
			return err
		}
		if fmt.Sprint(found) != fmt.Sprint(ids) {
			return fmt.Errorf("documents found under %q are %v, want %v", name, found, ids)
		}
	}
	return nil
}

func deleteRemoves(ctx context.Context, b store.Backend) error {
	var version store.Version
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
		if version, err = tx.Put(ctx, ticketOf(1, term("state", "new"), unique("number", "1"))); err != nil {
			return err
		}
		if _, err := tx.Put(ctx, ticketOf(2, term("state", "new"))); err != nil {
			return err
		}
		return tx.Append(ctx, entryOf(1, 1))
	})
	if err != nil {
		return err
	}
	if err := remove(ctx, b, store.DeleteParams{Kind: ticket, ID: id(1), Expect: version}); err != nil {
		return err
	}
	_, err = get(ctx, b, id(1))
	if err := expect("Get of a deleted document", err, store.ErrNotFound); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if err := wantFound(ctx, tx, map[string][]int{"state new": {2}, "number 1": {}}); err != nil {
			return err
		}
		entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
		if err != nil {
			return err
		}
		return sameEntries(entries, []store.Entry{entryOf(1, 1)})
	})
}

func deleteStale(ctx context.Context, b store.Backend) error {
	p := ticketOf(1, term("state", "new"))
	old, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	p.Expect = old
	current, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	err = remove(ctx, b, store.DeleteParams{Kind: ticket, ID: id(1), Expect: old})
	if err := expectConflict("stale Delete", err, old, current); err != nil {
		return err
	}
	if err := stays(ctx, b, p, current); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		return wantFound(ctx, tx, map[string][]int{"state new": {1}})
	})
}

func versionNeverAgain(ctx context.Context, b store.Backend) error {
	var last store.Version
	for range 5 {
		p := ticketOf(1)
		created, err := put(ctx, b, p)
		if err != nil {
			return err
		}
		if created <= last {
			return fmt.Errorf("re-created at version %d after version %d", created, last)
		}
		if last > 0 {
			p.Expect = last
			_, err := put(ctx, b, p)
			if err := expectConflict("Put with the version of the deleted document", err, last, created); err != nil {
				return err
			}
		}
		p.Expect = created
		updated, err := put(ctx, b, p)
		if err != nil {
			return err
		}
		if updated <= created {
			return fmt.Errorf("updated to version %d from version %d", updated, created)
		}
		if err := remove(ctx, b, store.DeleteParams{Kind: ticket, ID: id(1), Expect: updated}); err != nil {
			return err
		}
		last = updated
	}
	return nil
}

func versionInUnit(ctx context.Context, b store.Backend) error {
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		p := ticketOf(1)
		first, err := tx.Put(ctx, p)
		if err != nil {
			return err
		}
		p.Expect = first
		second, err := tx.Put(ctx, p)
		if err != nil {
			return err
		}
		if second <= first {
			return fmt.Errorf("versions %d and %d from one unit", first, second)
		}
		_, err = tx.Put(ctx, p)
		if err := expectConflict("Put with the unit's own first version", err, first, second); err != nil {
			return err
		}
		if err := tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(1), Expect: second}); err != nil {
			return err
		}
		p.Expect = 0
		third, err := tx.Put(ctx, p)
		if err == nil && third <= second {
			err = fmt.Errorf("re-created in the unit at version %d after %d", third, second)
		}
		return err
	})
}

func ownWrites(ctx context.Context, b store.Backend) error {
	before, err := put(ctx, b, ticketOf(1, term("state", "new")))
	if err != nil {
		return err
	}
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		p := ticketOf(1, term("state", "done"))
		p.Expect, p.Body = before, []byte("changed")
		version, err := tx.Put(ctx, p)
		if err != nil {
			return err
		}
		if _, err := tx.Put(ctx, ticketOf(2, term("state", "new"))); err != nil {
			return err
		}
		if err := tx.Append(ctx, entryOf(1, 1), entryOf(1, 2)); err != nil {
			return err
		}
		if err := tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1), Revision: 1}); err != nil {
			return err
		}
		d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
		if err != nil {
			return err
		}
		if err := sameDocument(d, p, version); err != nil {
			return err
		}
		if err := wantFound(ctx, tx, map[string][]int{"state new": {2}, "state done": {1}}); err != nil {
			return err
		}
		if err := wantCount(ctx, tx, store.Query{Kind: ticket, Index: "state"}, 2); err != nil {
			return err
		}
		entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
		if err != nil {
			return err
		}
		return sameEntries(entries, []store.Entry{erased(entryOf(1, 1)), entryOf(1, 2)})
	})
}

func erased(e store.Entry) store.Entry {
	e.Payload, e.Salt, e.Erased = nil, nil, true
	return e
}
