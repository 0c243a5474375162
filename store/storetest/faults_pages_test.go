package storetest_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func neverReverse() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		q.Desc = false
		return tx.Page(ctx, q)
	}}
}

func inclusiveTo() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if len(q.To) > 0 {
			q.To = append(slices.Clone(q.To), 0)
		}
		return tx.Page(ctx, q)
	}}
}

func countsPage() store.Backend {
	return &bent{Backend: memory.New(), count: func(ctx context.Context, tx store.Tx, q store.Query) (int, error) {
		n, err := tx.Count(ctx, q)
		if q.Limit > 0 {
			n = min(n, q.Limit)
		}
		return n, err
	}}
}

// pageFunc is the Page of a Tx.
type pageFunc func(context.Context, store.Tx, store.Query) (store.Page, error)

// slicing pages through the whole result of a query, changed by change, with a
// cursor that is a number of documents to skip.
func slicing(change func(store.Query, []store.Document) []store.Document) pageFunc {
	return func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if err := q.Validate(); err != nil {
			return store.Page{}, err
		}
		skip, _ := strconv.Atoi(string(q.Cursor))
		all := q
		all.Cursor, all.Limit = "", 1_000_000
		page, err := tx.Page(ctx, all)
		if err != nil {
			return page, err
		}
		page.Documents = change(q, page.Documents)
		end := min(skip+q.Limit, len(page.Documents))
		if end < len(page.Documents) {
			page.Next = store.Cursor(strconv.Itoa(end))
		}
		page.Documents = page.Documents[min(skip, end):end]
		return page, nil
	}
}

// offsets pages through what is there now, skipping as many as it has shown.
func offsets() store.Backend {
	return &bent{Backend: memory.New(), page: slicing(func(_ store.Query, all []store.Document) []store.Document { return all })}
}

func distinct() store.Backend {
	return &bent{Backend: memory.New(), page: slicing(func(_ store.Query, all []store.Document) []store.Document {
		seen := map[uuid.UUID]bool{}
		return slices.DeleteFunc(all, func(d store.Document) bool {
			again := seen[d.ID]
			seen[d.ID] = true
			return again
		})
	})}
}

func inOrderOfArrival() store.Backend {
	return &bent{Backend: memory.New(), page: slicing(func(q store.Query, all []store.Document) []store.Document {
		if q.Index == "" {
			slices.SortFunc(all, func(a, b store.Document) int {
				if q.Desc {
					a, b = b, a
				}
				return cmp.Compare(a.Version, b.Version)
			})
		}
		return all
	})}
}

func promisesMore() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if q.Cursor == "behind the last" {
			return store.Page{}, nil
		}
		page, err := tx.Page(ctx, q)
		if page.Next == "" && len(page.Documents) == q.Limit {
			page.Next = "behind the last"
		}
		return page, err
	}}
}

// noCarry ends the range of a prefix where its last byte is one more, which for
// 0xff is none.
func noCarry() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if len(q.Prefix) > 0 {
			end := bytes.Clone(q.Prefix)
			end[len(end)-1]++
			if len(q.To) == 0 || bytes.Compare(end, q.To) < 0 {
				q.To = end
			}
			if bytes.Compare(q.Prefix, q.From) > 0 {
				q.From = q.Prefix
			}
			q.Prefix = nil
		}
		return tx.Page(ctx, q)
	}}
}

func unknownKinds() store.Backend {
	known := map[string]bool{}
	return &bent{
		Backend: memory.New(),
		put: func(ctx context.Context, tx store.Tx, p store.PutParams) (store.Version, error) {
			known[p.Kind] = true
			return tx.Put(ctx, p)
		},
		page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
			if !known[q.Kind] {
				return store.Page{}, errors.New("no such table: " + q.Kind)
			}
			return tx.Page(ctx, q)
		},
	}
}

func listsBodies() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		page, err := tx.Page(ctx, q)
		for i := range page.Documents {
			page.Documents[i].Head = nil
		}
		return page, err
	}}
}

func pagesBefore() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		return pageCommitted(ctx, inside, tx, q)
	}}
}

func beginsAnew() store.Backend {
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		page, err := tx.Page(ctx, q)
		if errors.Is(err, store.ErrCursor) {
			q.Cursor = ""
			page, err = tx.Page(ctx, q)
		}
		return page, err
	}}
}

// forgetsCursors keeps the cursors of a unit with its transaction.
func forgetsCursors() store.Backend {
	of := map[store.Cursor]store.Tx{}
	return &bent{Backend: memory.New(), page: func(ctx context.Context, tx store.Tx, q store.Query) (store.Page, error) {
		if q.Cursor != "" && of[q.Cursor] != tx {
			return store.Page{}, &store.CursorError{Text: string(q.Cursor), Problem: "is from another transaction"}
		}
		page, err := tx.Page(ctx, q)
		if page.Next != "" {
			of[page.Next] = tx
		}
		return page, err
	}}
}
