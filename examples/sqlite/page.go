package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// Page implements store.Tx.
func (tx *tx) Page(ctx context.Context, q store.Query) (store.Page, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return store.Page{}, err
	}
	defer tx.guard.Leave()
	if err := q.Validate(); err != nil {
		return store.Page{}, err
	}
	var after place
	if q.Cursor != "" {
		key, id, err := store.DecodeCursor(tx.tenant, q)
		if err != nil {
			return store.Page{}, err
		}
		after = place{notNull(key), id[:]}
	}
	space, err := tx.space(q.Kind, q.Index)
	if err != nil {
		return store.Page{}, tx.lose(err)
	}
	if space == 0 {
		return store.Page{}, nil
	}
	page, err := tx.page(ctx, q, space, after)
	if err != nil {
		return store.Page{}, tx.lose(err)
	}
	return page, nil
}

// place is where a document stands in an index.
type place struct{ key, id []byte }

func (tx *tx) page(ctx context.Context, q store.Query, space int64, after place) (store.Page, error) {
	var page store.Page
	var last place
	row := func(v []driver.Value) {
		if len(page.Documents) == q.Limit { // there is one more
			page.Next = store.EncodeCursor(tx.tenant, q, last.key, uuid.UUID(last.id))
			return
		}
		id := identity(v[1])
		page.Documents = append(page.Documents, store.Document{
			Kind: q.Kind, ID: id, Version: store.Version(integer(v[2])), Head: blob(v[3]), Body: blob(v[4]),
		})
		last = place{blob(v[0]), id[:]}
	}
	limit := int64(q.Limit)
	if limit++; limit <= 0 {
		limit = -1 // no limit
	}
	low, high := bounds(q)
	var err error
	switch {
	case q.Index == "" && !q.Desc:
		if after.id == nil {
			after.id = []byte{}
		}
		err = tx.run.query(ctx, pageIDsUp, row, space, after.id, limit)
	case q.Index == "":
		if after.id == nil {
			after.id = beyond(len(uuid.UUID{}))
		}
		err = tx.run.query(ctx, pageIDsDown, row, space, after.id, limit)
	case !q.Desc:
		if after.id == nil {
			after = place{low, []byte{}}
		}
		err = tx.run.query(ctx, pageUp, row, space, after.key, after.id, high, limit)
	default:
		if after.id == nil {
			after = place{high, []byte{}}
		}
		err = tx.run.query(ctx, pageDown, row, space, after.key, after.id, low, limit)
	}
	return page, err
}

// Count implements store.Tx. It walks the range, which is the one operation that
// costs more than the logarithm of what there is.
func (tx *tx) Count(ctx context.Context, q store.Query) (int, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return 0, err
	}
	defer tx.guard.Leave()
	if err := q.ValidateCount(); err != nil {
		return 0, err
	}
	space, err := tx.space(q.Kind, q.Index)
	if err != nil {
		return 0, tx.lose(err)
	}
	if space == 0 {
		return 0, nil
	}
	var n int64
	row := func(v []driver.Value) { n = integer(v[0]) }
	if q.Index == "" {
		err = tx.run.query(ctx, countIDs, row, space)
	} else {
		low, high := bounds(q)
		err = tx.run.query(ctx, countTerms, row, space, low, high)
	}
	if err != nil {
		return 0, tx.lose(err)
	}
	return int(n), nil
}

// bounds is q.Bounds with an end in every case.
func bounds(q store.Query) (low, high []byte) {
	low, high = q.Bounds()
	if len(high) == 0 {
		high = beyond(store.MaxKey)
	}
	return notNull(low), high
}

// beyond is greater than every key of that length or a lesser one.
func beyond(length int) []byte { return bytes.Repeat([]byte{0xff}, length+1) }
