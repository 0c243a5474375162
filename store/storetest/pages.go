package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

func pageClauses() []Clause {
	return []Clause{
		{Name: "page/order", check: pageOrder,
			Law: `Page returns documents in the order (key, id) ascending, or in the exact reverse of that.`},
		{Name: "page/limit", check: pageLimit,
			Law: `Page returns up to Limit documents; pages put together are the whole result, in any sizes; Next is empty exactly if nothing follows.`},
		{Name: "page/range", check: pageRange,
			Law: `From is in the range and To is not; an empty one restricts nothing.`},
		{Name: "page/prefix", check: pagePrefix,
			Law: `Prefix selects the keys that begin with it, also where it ends in 0xff, and holds together with From and To.`},
		{Name: "page/once-per-term", check: pageOncePerTerm,
			Law: `A document appears once for each of its terms that match.`},
		{Name: "page/by-id", check: pageByID,
			Law: `Without an Index, Page returns every document of the kind in the order of its id.`},
		{Name: "page/nothing", check: pageNothing,
			Law: `A kind or index that was never used is empty.`},
		{Name: "page/whole", check: pageWhole,
			Law: `The documents of a page are those that Get returns, in both directions, by a term and by id.`},
		{Name: "page/count", check: pageCount,
			Law: `Count returns how many documents pages of the query would hold; it ignores Desc, Limit and Cursor.`},
		{Name: "page/own-writes", check: pageOwnWrites,
			Law: `Pages of one unit see what the unit wrote between them.`},
		{Name: "page/while-writing", check: pageWhileWriting,
			Law: `Over pages of separate units, a document whose terms do not change appears exactly once, whatever else is written.`},
	}
}

// shelf is twelve tickets in five groups, with ties, made in an order that is
// not that of the result. shelved is their order by group.
func shelf(ctx context.Context, b store.Backend) (shelved []int, err error) {
	group := map[int]string{1: "c", 2: "a", 3: "b", 4: "a", 5: "c", 6: "ab", 7: "a", 8: "b", 9: "a\x00", 10: "a", 11: "c", 12: "b"}
	for _, n := range []int{7, 3, 11, 1, 9, 5, 12, 2, 10, 4, 8, 6} {
		if _, err := put(ctx, b, ticketOf(n, term("group", group[n]), term("other", "x"))); err != nil {
			return nil, err
		}
	}
	decoy := store.PutParams{Kind: task, ID: id(2), Terms: []store.Term{term("group", "a")}}
	if _, err := put(ctx, b, decoy); err != nil {
		return nil, err
	}
	return []int{2, 4, 7, 10, 9, 6, 3, 8, 12, 1, 5, 11}, nil
}

// wantPages walks a query in pages of every size and both directions.
func wantPages(ctx context.Context, b store.Backend, q store.Query, want []int) error {
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, desc := range []bool{false, true} {
			expected := slices.Clone(want)
			if desc {
				slices.Reverse(expected)
			}
			for limit := 1; limit <= len(want)+1; limit++ {
				q.Desc, q.Limit = desc, limit
				found, err := findAll(ctx, tx, q)
				if err != nil {
					return err
				}
				if !slices.Equal(found, expected) {
					return fmt.Errorf("index %q prefix %q from %q to %q desc %t in pages of %d: got %v, want %v",
						q.Index, q.Prefix, q.From, q.To, desc, limit, found, expected)
				}
			}
		}
		n, err := tx.Count(ctx, q)
		if err == nil && n != len(want) {
			err = fmt.Errorf("index %q prefix %q from %q to %q: Count is %d, want %d", q.Index, q.Prefix, q.From, q.To, n, len(want))
		}
		return err
	})
}

func pageOrder(ctx context.Context, b store.Backend) error {
	want, err := shelf(ctx, b)
	if err != nil {
		return err
	}
	for _, desc := range []bool{false, true} {
		page, err := find(ctx, b, store.Query{Kind: ticket, Index: "group", Desc: desc, Limit: 100})
		if err != nil {
			return err
		}
		if got := numbers(page); !slices.Equal(got, want) {
			return fmt.Errorf("desc %t: got %v, want %v", desc, got, want)
		}
		slices.Reverse(want)
	}
	return nil
}

func pageLimit(ctx context.Context, b store.Backend) error {
	want, err := shelf(ctx, b)
	if err != nil {
		return err
	}
	// findAll also checks that no page is short while more follows, and the
	// last page that is exactly full must not promise another.
	if err := wantPages(ctx, b, store.Query{Kind: ticket, Index: "group"}, want); err != nil {
		return err
	}
	page, err := find(ctx, b, store.Query{Kind: ticket, Index: "group", Limit: len(want)})
	if err == nil && page.Next != "" {
		err = fmt.Errorf("a page that holds everything has the cursor %q", page.Next)
	}
	return err
}

func pageRange(ctx context.Context, b store.Backend) error {
	if _, err := shelf(ctx, b); err != nil {
		return err
	}
	for _, c := range []struct {
		from, to string
		want     []int
	}{
		{"", "", []int{2, 4, 7, 10, 9, 6, 3, 8, 12, 1, 5, 11}},
		{"a", "b", []int{2, 4, 7, 10, 9, 6}},
		{"a", "a\x00", []int{2, 4, 7, 10}},
		{"a\x00", "", []int{9, 6, 3, 8, 12, 1, 5, 11}},
		{"", "ab", []int{2, 4, 7, 10, 9}},
		{"aa", "bb", []int{6, 3, 8, 12}},
		{"c", "", []int{1, 5, 11}},
		{"d", "", []int{}},
		{"", "a", []int{}},
		{"b", "b", []int{}},
		{"c", "a", []int{}},
	} {
		q := store.Query{Kind: ticket, Index: "group", From: []byte(c.from), To: []byte(c.to)}
		if err := wantPages(ctx, b, q, c.want); err != nil {
			return err
		}
	}
	return nil
}

func pagePrefix(ctx context.Context, b store.Backend) error {
	keys := []string{"", "a", "ab", "a\xff", "a\xff\xff", "a\xff\xffx", "b", "\xff", "\xff\xff", "\xff\xffx"}
	var all []store.PutParams
	for i, key := range keys {
		all = append(all, ticketOf(i+1, term("key", key)))
	}
	if err := putAll(ctx, b, all...); err != nil {
		return err
	}
	for _, c := range []struct {
		prefix, from, to string
		want             []int
	}{
		{"a", "", "", []int{2, 3, 4, 5, 6}},
		{"ab", "", "", []int{3}},
		{"a\xff", "", "", []int{4, 5, 6}},
		{"a\xff\xff", "", "", []int{5, 6}},
		{"\xff", "", "", []int{8, 9, 10}},
		{"\xff\xff", "", "", []int{9, 10}},
		{"a", "ab", "", []int{3, 4, 5, 6}},
		{"a", "", "a\xff\xff", []int{2, 3, 4}},
		{"a", "ab", "a\xff", []int{3}},
		{"a", "b", "", []int{}},
		{"b", "", "b", []int{}},
		{"c", "", "", []int{}},
	} {
		q := store.Query{Kind: ticket, Index: "key", Prefix: []byte(c.prefix), From: []byte(c.from), To: []byte(c.to)}
		if err := wantPages(ctx, b, q, c.want); err != nil {
			return err
		}
	}
	return nil
}

func pageOncePerTerm(ctx context.Context, b store.Backend) error {
	err := putAll(ctx, b,
		ticketOf(1, term("watcher", "ann"), term("watcher", "bob"), term("watcher", "cid")),
		ticketOf(2, term("watcher", "bob")), ticketOf(3), ticketOf(4, term("watcher", "ann"), term("other", "bob")),
	)
	if err != nil {
		return err
	}
	if err := wantPages(ctx, b, store.Query{Kind: ticket, Index: "watcher", Prefix: []byte("bob")}, []int{1, 2}); err != nil {
		return err
	}
	return wantPages(ctx, b, store.Query{Kind: ticket, Index: "watcher"}, []int{1, 4, 1, 2, 1})
}

func pageByID(ctx context.Context, b store.Backend) error {
	if _, err := shelf(ctx, b); err != nil {
		return err
	}
	d, err := get(ctx, b, id(5))
	if err != nil {
		return err
	}
	if err := remove(ctx, b, store.DeleteParams{Kind: ticket, ID: id(5), Expect: d.Version}); err != nil {
		return err
	}
	if err := wantPages(ctx, b, store.Query{Kind: ticket}, []int{1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12}); err != nil {
		return err
	}
	return wantPages(ctx, b, store.Query{Kind: task}, []int{2})
}

func pageNothing(ctx context.Context, b store.Backend) error {
	for range 2 {
		for _, q := range []store.Query{{Kind: "never"}, {Kind: "never", Index: "group"}, {Kind: ticket, Index: "never"}} {
			if err := wantPages(ctx, b, q, []int{}); err != nil {
				return err
			}
		}
		if _, err := put(ctx, b, store.PutParams{Kind: ticket, ID: uuid.New(), Terms: []store.Term{term("group", "a")}}); err != nil {
			return err
		}
	}
	return nil
}

func pageWhole(ctx context.Context, b store.Backend) error {
	if _, err := shelf(ctx, b); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, q := range []store.Query{{Index: "group"}, {Index: "group", Desc: true}, {}, {Desc: true}} {
			q.Kind, q.Limit = ticket, 100
			page, err := tx.Page(ctx, q)
			if err != nil {
				return err
			}
			if len(page.Documents) != 12 {
				return fmt.Errorf("%d documents, want 12", len(page.Documents))
			}
			for i, n := range numbers(page) {
				d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(n)})
				if err != nil {
					return err
				}
				if err := sameDocument(page.Documents[i], ticketOf(n), d.Version); err != nil {
					return fmt.Errorf("index %q desc %t: %w", q.Index, q.Desc, err)
				}
			}
		}
		return nil
	})
}

func pageCount(ctx context.Context, b store.Backend) error {
	if _, err := shelf(ctx, b); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		q := store.Query{Kind: ticket, Index: "group", From: []byte("a"), To: []byte("b"), Limit: 2}
		page, err := tx.Page(ctx, q)
		if err != nil {
			return err
		}
		q.Cursor = page.Next
		for _, q := range []store.Query{q, {Kind: q.Kind, Index: q.Index, From: q.From, To: q.To, Desc: true, Limit: -1, Cursor: "nonsense"}} {
			if err := wantCount(ctx, tx, q, 6); err != nil {
				return err
			}
		}
		return nil
	})
}

func pageOwnWrites(ctx context.Context, b store.Backend) error {
	if _, err := shelf(ctx, b); err != nil {
		return err
	}
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		q := store.Query{Kind: ticket, Index: "group", Limit: 4}
		page, err := tx.Page(ctx, q)
		if err != nil {
			return err
		}
		// Of the first page, 2 goes, and 20 comes too late; behind it, 3 moves
		// to the end and 30 comes in time. The document the cursor stands on
		// goes as well.
		for _, n := range []int{2, 10, 3} {
			d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(n)})
			if err != nil {
				return err
			}
			if n == 3 {
				p := ticketOf(3, term("group", "d"))
				p.Expect = d.Version
				_, err = tx.Put(ctx, p)
			} else {
				err = tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(n), Expect: d.Version})
			}
			if err != nil {
				return err
			}
		}
		if _, err := tx.Put(ctx, ticketOf(20, term("group", "A"))); err != nil {
			return err
		}
		if _, err := tx.Put(ctx, ticketOf(30, term("group", "a\x00"))); err != nil {
			return err
		}
		q.Cursor = page.Next
		found, err := findAll(ctx, tx, q)
		if err == nil && fmt.Sprint(found) != "[9 30 6 8 12 1 5 11 3]" {
			err = fmt.Errorf("after the first page: got %v, want [9 30 6 8 12 1 5 11 3]", found)
		}
		return err
	})
}

func pageWhileWriting(ctx context.Context, b store.Backend) error {
	const still = 40
	for n := range still {
		if _, err := put(ctx, b, ticketOf(10*n+10, term("key", fmt.Sprintf("%03d", n/3)))); err != nil {
			return err
		}
	}
	for _, desc := range []bool{false, true} {
		q := store.Query{Kind: ticket, Index: "key", Desc: desc, Limit: 3}
		seen := map[int]int{}
		for step := 0; ; step++ {
			page, err := find(ctx, b, q)
			if err != nil {
				return err
			}
			for _, n := range numbers(page) {
				if n%10 == 0 {
					seen[n]++
				}
			}
			if page.Next == "" {
				break
			}
			q.Cursor = page.Next
			// Others come and go, before the cursor, behind it and next to it,
			// and those that stay get new bodies.
			last := page.Documents[len(page.Documents)-1]
			at := numbers(page)[len(page.Documents)-1]
			for i, n := range []int{at - 9 + step%3, at + 1 + step%3} {
				u := id(n + i)
				p := store.PutParams{Kind: ticket, ID: u, Terms: []store.Term{term("key", fmt.Sprintf("%03d", n/30)), term("key", "00")}}
				if d, err := get(ctx, b, u); err == nil {
					err = remove(ctx, b, store.DeleteParams{Kind: ticket, ID: u, Expect: d.Version})
					if err != nil {
						return err
					}
				} else if _, err := put(ctx, b, p); err != nil {
					return err
				}
			}
			if at%10 == 0 {
				p := ticketOf(at, term("key", fmt.Sprintf("%03d", (at/10-1)/3)))
				p.Expect = last.Version
				if _, err := put(ctx, b, p); err != nil {
					return err
				}
			}
		}
		for n := range still {
			if times := seen[10*n+10]; times != 1 {
				return fmt.Errorf("desc %t: a document that stayed where it was appeared %d times", desc, times)
			}
		}
	}
	return nil
}
