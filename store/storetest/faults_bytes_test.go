package storetest_test

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func keepsArguments() store.Backend {
	bodies := map[uuid.UUID][2][]byte{} // the caller's, and what it was
	return &bent{
		Backend: memory.New(),
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			bodies[p.ID] = [2][]byte{p.Body, bytes.Clone(p.Body)}
			return tx.Put(ctx, p)
		},
		get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
			d, err := tx.Get(ctx, p)
			if body := bodies[p.ID]; bytes.Equal(d.Body, body[1]) {
				d.Body = body[0]
			}
			return d, err
		},
	}
}

// sharesResults gives the same slices to all who read the same version.
func sharesResults() store.Backend {
	type name struct {
		recordOf
		store.Version
	}
	cache := map[name]store.Document{}
	return &bent{Backend: memory.New(), get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
		d, err := tx.Get(ctx, p)
		if err != nil {
			return d, err
		}
		n := name{recordOf{tx.Tenant(), p.Kind, p.ID}, d.Version}
		if cached, ok := cache[n]; ok {
			return cached, nil
		}
		cache[n] = d
		return d, nil
	}}
}

func lowerKeys() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Terms = slices.Clone(p.Terms)
		for i := range p.Terms {
			p.Terms[i].Key = bytes.ToLower(p.Terms[i].Key)
		}
		return tx.Put(ctx, p)
	}}
}

func endsAtHigh() store.Backend {
	end := bytes.Repeat([]byte{0xff}, 16)
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if low, high := q.Bounds(); q.Index != "" && q.Cursor == "" && len(high) == 0 && bytes.Compare(low, end) < 0 {
			q.To = end
		}
		return tx.Page(ctx, q)
	}}
}

func dropsEmptyKeys() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Terms = slices.DeleteFunc(slices.Clone(p.Terms), func(t store.Term) bool { return len(t.Key) == 0 })
		return tx.Put(ctx, p)
	}}
}

func cutsBodies() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Body = p.Body[:min(len(p.Body), 65535)]
		return tx.Put(ctx, p)
	}}
}

func textBodies() store.Backend {
	return &bent{Backend: memory.New(), put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
		p.Body = bytes.ToValidUTF8(p.Body, []byte("\ufffd"))
		return tx.Put(ctx, p)
	}}
}
