package memory

import (
	"context"

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
	var after *posting
	if q.Cursor != "" {
		key, id, err := store.DecodeCursor(tx.name, q)
		if err != nil {
			return store.Page{}, err
		}
		p := newPosting(string(key), id)
		after = &p
	}
	var page store.Page
	var last posting
	k := tx.now.kind(q.Kind)
	k.walk(q, after, func(p posting, d *document) bool {
		if len(page.Documents) == q.Limit {
			page.Next = store.EncodeCursor(tx.name, q, []byte(last.key), last.id)
			return false
		}
		if d == nil {
			d = k.get(p.id)
		}
		page.Documents = append(page.Documents, d.export(q.Kind, p.id))
		last = p
		return true
	})
	return page, nil
}

// Count implements store.Tx. It costs two searches, however long the range.
func (tx *tx) Count(ctx context.Context, q store.Query) (int, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return 0, err
	}
	defer tx.guard.Leave()
	if err := q.ValidateCount(); err != nil {
		return 0, err
	}
	k := tx.now.kind(q.Kind)
	if k != nil && q.Index == "" {
		return k.documents.len(), nil
	}
	x := k.index(q.Index)
	if x == nil {
		return 0, nil
	}
	low, high := q.Bounds()
	end := x.terms.len()
	if len(high) > 0 {
		end = x.terms.rank(newPosting(string(high), uuid.Nil))
	}
	return max(0, end-x.terms.rank(newPosting(string(low), uuid.Nil))), nil
}

// walk calls yield for what matches the query and comes after the posting, if
// there is one, until yield returns false. A walk by id has the documents at
// hand; one by an index gives nil.
func (k *kind) walk(q store.Query, after *posting, yield func(posting, *document) bool) {
	switch {
	case k == nil:
	case q.Index == "" && q.Desc:
		k.documents.descend(rowOf(after), func(r row) bool { return yield(posting{id: r.id}, r.document) })
	case q.Index == "":
		k.documents.ascend(rowOf(after), func(r row) bool {
			return after != nil && r.id == after.id || yield(posting{id: r.id}, r.document)
		})
	default:
		if x := k.index(q.Index); x != nil {
			x.walk(q, after, func(p posting) bool { return yield(p, nil) })
		}
	}
}

// walk is kind.walk by an index. The zero UUID, which no document has, makes a
// posting that is before all others of its key.
func (x *index) walk(q store.Query, after *posting, yield func(posting) bool) {
	lowKey, highKey := q.Bounds()
	low, high := string(lowKey), string(highKey)
	if q.Desc {
		before := after
		if before == nil && high != "" {
			p := newPosting(high, uuid.Nil)
			before = &p
		}
		x.terms.descend(before, func(p posting) bool { return p.key >= low && yield(p) })
		return
	}
	from := newPosting(low, uuid.Nil)
	if after != nil {
		from = *after
	}
	x.terms.ascend(&from, func(p posting) bool {
		if high != "" && p.key >= high {
			return false
		}
		return after != nil && p == *after || yield(p)
	})
}

func rowOf(after *posting) *row {
	if after == nil {
		return nil
	}
	return &row{id: after.id}
}
