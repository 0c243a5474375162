package register

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// pageSize is how many records one transaction of [Register.Find] reads.
const pageSize = 100

// Find walks over the records of a selection. Each record comes once, also if
// several of its keys match, at the first of them. At most one error comes, and
// it is last: for an index or range that the process does not have an
// [itsm.FieldError], for a record that does not decode a [BodyError].
//
// Find reads page by page, each in a transaction of its own that is over before
// its records come out, so that the loop may take its time and write. A record
// that does not change meanwhile appears exactly once. Inside [Register.In] the
// whole walk is one snapshot.
func (r *Register[R]) Find(ctx context.Context, by itsm.Actor, sel itsm.Selection[R]) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		walk, err := r.walk(sel)
		if err != nil {
			yield(none, err)
			return
		}
		for !walk.done {
			var page []*loaded[R]
			err := r.look(ctx, by, func(u *unit[R]) (err error) {
				page, err = walk.page(u)
				return err
			})
			if err != nil {
				yield(none, err)
				return
			}
			for _, l := range walk.take(page) {
				if !yield(l.record, nil) {
					return
				}
			}
		}
	}
}

// Count is how many records [Register.Find] would give. Without Where it counts
// keys of the index and reads no record, if none of them has several.
func (r *Register[R]) Count(ctx context.Context, by itsm.Actor, sel itsm.Selection[R]) (int, error) {
	walk, err := r.walk(sel)
	if err != nil {
		return 0, err
	}
	n := 0
	err = r.look(ctx, by, func(u *unit[R]) (err error) {
		n, err = u.count(*walk)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

func (u *unit[R]) count(walk walk[R]) (n int, err error) {
	if walk.sel.Where == nil && walk.sel.IDs == nil {
		several := 0
		if walk.query.Index != "" {
			key := appendValue(nil, itsm.TextValue(walk.query.Index))
			if several, err = u.tx.Count(u.ctx, store.Query{Kind: u.kind, Index: severalIndex, Prefix: key}); err != nil {
				return 0, err
			}
		}
		if several == 0 {
			return u.tx.Count(u.ctx, walk.query)
		}
	}
	for !walk.done {
		page, err := walk.page(u)
		if err != nil {
			return 0, err
		}
		n += len(walk.take(page))
		u.first, u.records = nil, nil // counted records need not be kept
	}
	return n, nil
}

// selected gives the records of a selection within the unit.
func (u *unit[R]) selected(sel itsm.Selection[R]) iter.Seq2[*loaded[R], error] {
	return func(yield func(*loaded[R], error) bool) {
		walk, err := u.walk(sel)
		if err != nil {
			yield(nil, err)
			return
		}
		for !walk.done {
			page, err := walk.page(u)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, l := range walk.take(page) {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}

// walk is a way through a selection, page by page. Reading a page does not move
// it on, because a transaction may have to be run again; taking the page does.
type walk[R any] struct {
	core  *core[R]
	sel   itsm.Selection[R]
	query store.Query
	ids   []uuid.UUID // still to come

	next store.Cursor // after the page that was read
	read int          // ids of the page that was read
	done bool

	// seen are the records met so far that lie in the range more than once.
	seen map[uuid.UUID]bool
}

func (c *core[R]) walk(sel itsm.Selection[R]) (*walk[R], error) {
	q, err := c.query(sel)
	if err != nil {
		return nil, err
	}
	q.Limit = pageSize
	w := &walk[R]{core: c, sel: sel, query: q, ids: sel.IDs}
	if sel.IDs != nil && sel.Reverse {
		w.ids = slices.Clone(sel.IDs)
		slices.Reverse(w.ids)
	}
	w.done = sel.IDs != nil && len(sel.IDs) == 0
	return w, nil
}

// page reads the next page, without those that Where leaves out.
func (w *walk[R]) page(u *unit[R]) ([]*loaded[R], error) {
	page := make([]*loaded[R], 0, pageSize)
	add := func(l *loaded[R]) {
		if w.sel.Where == nil || w.sel.Where(&l.record) {
			page = append(page, l)
		}
	}
	if w.sel.IDs != nil {
		w.read = min(len(w.ids), pageSize)
		for _, id := range w.ids[:w.read] {
			l, err := u.load(id)
			switch {
			case err == nil:
				add(l)
			case !errors.Is(err, store.ErrNotFound):
				return nil, err
			}
		}
		return page, nil
	}
	p, err := u.tx.Page(u.ctx, w.query)
	if err != nil {
		return nil, err
	}
	w.next = p.Next
	for _, d := range p.Documents {
		l, err := u.open(d)
		if err != nil {
			return nil, err
		}
		add(l)
	}
	return page, nil
}

// take moves on behind the page that was read, and gives its records without
// those already met.
func (w *walk[R]) take(page []*loaded[R]) []*loaded[R] {
	if w.sel.IDs != nil {
		w.ids = w.ids[w.read:]
		w.done = len(w.ids) == 0
	} else {
		w.query.Cursor = w.next
		w.done = w.next == ""
	}
	return slices.DeleteFunc(page, func(l *loaded[R]) bool {
		id := idOf(&l.record)
		if w.seen[id] {
			return true
		}
		if w.sel.IDs == nil && w.core.appearances(&l.record, &w.query) > 1 || w.sel.IDs != nil {
			if w.seen == nil {
				w.seen = make(map[uuid.UUID]bool)
			}
			w.seen[id] = true
		}
		return false
	})
}
