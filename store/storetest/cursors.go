package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/itsmkit/itsm/store"
)

func cursorClauses() []Clause {
	return []Clause{
		{Name: "cursor/other-query", check: cursorOtherQuery,
			Law: `A cursor is ErrCursor unless it came from a query that differs in nothing but Limit, of the same tenant.`},
		{Name: "cursor/garbage", check: cursorGarbage,
			Law: `Text that is not a cursor is ErrCursor.`},
		{Name: "cursor/other-unit", check: cursorOtherUnit,
			Law: `A cursor may be used in any later unit, with any limit.`},
	}
}

// halfway returns a query and the cursor after its first page.
func halfway(ctx context.Context, b store.Backend) (store.Query, error) {
	if _, err := shelf(ctx, b); err != nil {
		return store.Query{}, err
	}
	q := store.Query{Kind: ticket, Index: "group", From: []byte("a"), To: []byte("c"), Limit: 3}
	page, err := find(ctx, b, q)
	if err != nil {
		return q, err
	}
	if page.Next == "" {
		return q, errors.New("the first page has no cursor")
	}
	q.Cursor = page.Next
	return q, nil
}

func cursorOtherQuery(ctx context.Context, b store.Backend) error {
	q, err := halfway(ctx, b)
	if err != nil {
		return err
	}
	others := map[string]func(*store.Query){
		"another kind":      func(q *store.Query) { q.Kind = task },
		"another index":     func(q *store.Query) { q.Index = "other" },
		"no index":          func(q *store.Query) { q.Index, q.From, q.To = "", nil, nil },
		"another From":      func(q *store.Query) { q.From = []byte("\x01") },
		"no From":           func(q *store.Query) { q.From = nil },
		"another To":        func(q *store.Query) { q.To = []byte("d") },
		"a Prefix":          func(q *store.Query) { q.Prefix = []byte("a") },
		"From as a Prefix":  func(q *store.Query) { q.Prefix, q.From = q.From, nil },
		"another direction": func(q *store.Query) { q.Desc = true },
	}
	for name, change := range others {
		other := q
		change(&other)
		_, err := find(ctx, b, other)
		if err := expect("Page with "+name, err, store.ErrCursor); err != nil {
			return err
		}
	}
	err = readAs(ctx, b, zenith, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Page(ctx, q)
		return err
	})
	return expect("Page for another tenant", err, store.ErrCursor)
}

func cursorGarbage(ctx context.Context, b store.Backend) error {
	q, err := halfway(ctx, b)
	if err != nil {
		return err
	}
	good := string(q.Cursor)
	garbage := []string{
		" ", "x", "0", "null", "AAAA", "\x00", "\xff", "é", good + "A", good + "=", good + "\n", " " + good,
		good[:len(good)/2], good[1:], good + good, strings.Repeat("A", 100_000),
	}
	for i := range good {
		changed := []byte(good)
		if changed[i] == 'A' {
			changed[i] = 'B'
		} else {
			changed[i] = 'A'
		}
		garbage = append(garbage, string(changed))
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, text := range garbage {
			q.Cursor = store.Cursor(text)
			_, err := tx.Page(ctx, q)
			if err := expect(fmt.Sprintf("Page with the cursor %.60q", text), err, store.ErrCursor); err != nil {
				return err
			}
		}
		return nil
	})
}

func cursorOtherUnit(ctx context.Context, b store.Backend) error {
	q, err := halfway(ctx, b)
	if err != nil {
		return err
	}
	for limit, want := range map[int]string{1: "[10]", 4: "[10 9 6 3]", 100: "[10 9 6 3 8 12]"} {
		q.Limit = limit
		for range 2 {
			page, err := find(ctx, b, q)
			if err != nil {
				return err
			}
			if got := fmt.Sprint(numbers(page)); got != want {
				return fmt.Errorf("with limit %d: got %s, want %s", limit, got, want)
			}
		}
	}
	return nil
}
