package storetest_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func bareSentinels() store.Backend {
	return &bent{Backend: memory.New(), get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
		d, err := tx.Get(ctx, p)
		if errors.Is(err, store.ErrNotFound) {
			err = store.ErrNotFound
		}
		return d, err
	}}
}

func blindWrites() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		d, _ := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
		p.Expect = d.Version
		return tx.Put(ctx, p)
	}}
}

// recordOf names a document of any tenant.
type recordOf struct {
	tenant store.Tenant
	kind   string
	id     uuid.UUID
}

// renumbering shows other versions than those inside.
func renumbering(show func(recordOf, store.Version) store.Version, hide func(recordOf, store.Version) store.Version) *bent {
	told := func(tx store.Tx, err error) error {
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) {
			return err
		}
		told := *conflict
		r := recordOf{tx.Tenant(), told.Kind, told.ID}
		told.Expected = show(r, told.Expected)
		if told.Current != 0 {
			told.Current = show(r, told.Current)
		}
		return &told
	}
	return &bent{
		Backend: memory.New(),
		get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
			d, err := tx.Get(ctx, p)
			if err == nil {
				d.Version = show(recordOf{tx.Tenant(), d.Kind, d.ID}, d.Version)
			}
			return d, err
		},
		page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
			page, err := tx.Page(ctx, q)
			for i, d := range page.Documents {
				page.Documents[i].Version = show(recordOf{tx.Tenant(), d.Kind, d.ID}, d.Version)
			}
			return page, err
		},
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			r := recordOf{tx.Tenant(), p.Kind, p.ID}
			if p.Expect != 0 {
				p.Expect = hide(r, p.Expect)
			}
			version, err := tx.Put(ctx, p)
			if err != nil {
				return 0, told(tx, err)
			}
			return show(r, version), nil
		},
		remove: func(ctx context.Context, tx store.Tx, p store.DeleteParams) error {
			if p.Expect != 0 {
				p.Expect = hide(recordOf{tx.Tenant(), p.Kind, p.ID}, p.Expect)
			}
			return told(tx, tx.Delete(ctx, p))
		},
	}
}

// restartingVersions counts the versions of a document from the one inside that
// it was created at.
func restartingVersions() store.Backend {
	base := map[recordOf]store.Version{}
	b := renumbering(
		func(r recordOf, v store.Version) store.Version { return v - base[r] },
		func(r recordOf, v store.Version) store.Version { return v + base[r] })
	put := b.put
	b.put = func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		version, err := put(ctx, tx, p)
		if err == nil && p.Expect == 0 {
			r := recordOf{tx.Tenant(), p.Kind, p.ID}
			base[r] += version - 1
			version = 1
		}
		return version, err
	}
	return b
}

func keepsOldTerms() store.Backend {
	kept := map[uuid.UUID][]store.Term{}
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		for _, old := range kept[p.ID] {
			if !slices.ContainsFunc(p.Terms, func(t store.Term) bool { return t.Index == old.Index && bytes.Equal(t.Key, old.Key) }) {
				p.Terms = append(p.Terms, old)
			}
		}
		kept[p.ID] = p.Terms
		return tx.Put(ctx, p)
	}}
}

func notUnique() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Terms = slices.Clone(p.Terms)
		for i := range p.Terms {
			p.Terms[i].Unique = false
		}
		return tx.Put(ctx, p)
	}}
}

// poisoned is what a database does that ends a transaction with its first
// error, if the adapter lets it come to one.
func poisoned() store.Backend {
	failed := map[store.Tx]bool{}
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		if failed[tx] {
			return 0, errors.New("current transaction is aborted")
		}
		version, err := tx.Put(ctx, p)
		failed[tx] = errors.Is(err, store.ErrExists) && len(p.Terms) > 0
		if failed[tx] {
			return 0, err
		}
		return version, err
	}}
}

func dropsHeads() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Head = nil
		return tx.Put(ctx, p)
	}}
}

func createsOver() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		if p.Expect == 0 {
			d, _ := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
			p.Expect = d.Version
		}
		return tx.Put(ctx, p)
	}}
}

func notFoundForConflict() store.Backend {
	return &bent{Backend: memory.New(), remove: func(ctx context.Context, tx store.Tx, p store.DeleteParams) error {
		if _, err := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID}); err != nil {
			return err
		}
		return tx.Delete(ctx, p)
	}}
}

func cascades() store.Backend {
	return &bent{Backend: memory.New(), history: func(ctx context.Context, tx store.Tx, q store.HistoryQuery) ([]store.Entry, error) {
		if _, err := tx.Get(ctx, store.GetParams{Kind: q.Kind, ID: q.ID}); errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		return tx.History(ctx, q)
	}}
}

func blindDeletes() store.Backend {
	return &bent{Backend: memory.New(), remove: func(ctx context.Context, tx store.Tx, p store.DeleteParams) error {
		if d, err := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID}); err == nil {
			p.Expect = d.Version
		}
		return tx.Delete(ctx, p)
	}}
}

// oneVersionPerUnit shows every further version that a unit makes of a document
// as the first one.
func oneVersionPerUnit() store.Backend {
	type made struct {
		recordOf
		store.Version
	}
	shown, real := map[made]store.Version{}, map[made]store.Version{}
	type inUnit struct {
		store.Tx
		recordOf
	}
	first := map[inUnit]store.Version{}
	b := renumbering(
		func(r recordOf, v store.Version) store.Version { return cmp.Or(shown[made{r, v}], v) },
		func(r recordOf, v store.Version) store.Version { return cmp.Or(real[made{r, v}], v) })
	put := b.put
	b.put = func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		version, err := put(ctx, tx, p)
		if err != nil {
			return 0, err
		}
		r := recordOf{tx.Tenant(), p.Kind, p.ID}
		before, again := first[inUnit{tx, r}]
		if !again {
			first[inUnit{tx, r}] = version
			return version, nil
		}
		shown[made{r, version}], real[made{r, before}] = before, version
		return before, nil
	}
	return b
}

func allUnique() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Terms = slices.Clone(p.Terms)
		for i := range p.Terms {
			p.Terms[i].Unique = true
		}
		return tx.Put(ctx, p)
	}}
}

func neverFrees() store.Backend {
	type name struct{ kind, index, key string }
	holders := map[name]uuid.UUID{}
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		for _, term := range p.Terms {
			n := name{p.Kind, term.Index, string(term.Key)}
			if holder, ok := holders[n]; ok && term.Unique && holder != p.ID {
				return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Index: term.Index, Key: term.Key, Holder: holder}
			}
		}
		version, err := tx.Put(ctx, p)
		for _, term := range p.Terms {
			if err == nil && term.Unique {
				holders[name{p.Kind, term.Index, string(term.Key)}] = p.ID
			}
		}
		return version, err
	}}
}

func fourTerms() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		version, err := tx.Put(ctx, p)
		if err != nil || len(p.Terms) <= 4 {
			return version, err
		}
		p.Expect, p.Terms = version, p.Terms[:4]
		return tx.Put(ctx, p)
	}}
}
