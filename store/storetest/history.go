package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/itsmkit/itsm/store"
)

func historyClauses() []Clause {
	return []Clause{
		{Name: "entry/whole", check: entryWhole,
			Law: `An entry comes back as it was appended, its time to the microsecond and in UTC, from History and from Journal.`},
		{Name: "history/order", check: historyOrder,
			Law: `History returns one record's entries in the order of their revision, or with Desc the reverse, and After skips those already seen.`},
		{Name: "append/revision", check: appendRevision,
			Law: `Append of an entry whose revision is not greater than that of the record's last is ErrConflict, with a RevisionError.`},
		{Name: "append/no-document", check: appendNoDocument,
			Law: `The record that an entry tells of need not exist as a document: not before, not after, not any more.`},
		{Name: "append/all-or-none", check: appendAllOrNone,
			Law: `Append adds all of its entries or none.`},
		{Name: "erase/payload", check: erasePayload,
			Law: `Erase removes payload and salt and marks the entry erased; everything else about it, its place included, stays.`},
		{Name: "erase/again", check: eraseAgain,
			Law: `Erasing an entry again changes nothing and is no error; an entry that does not exist is ErrNotFound.`},
		{Name: "erase/rolled-back", check: eraseRolledBack,
			Law: `An Erase of a unit that does not commit erases nothing.`},
	}
}

func history(ctx context.Context, b store.Backend, q store.HistoryQuery) (entries []store.Entry, err error) {
	err = read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		entries, err = tx.History(ctx, q)
		return err
	})
	return entries, err
}

func entryWhole(ctx context.Context, b store.Backend) error {
	tokyo := time.FixedZone("Asia/Tokyo", 9*3600)
	var want []store.Entry
	for i, at := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(-1, 999_999_000), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(2024, 2, 29, 8, 0, 0, 1000, tokyo),
	} {
		e := entryOf(1, uint64(i+1))
		e.Time = at
		want = append(want, e)
	}
	gap := entryOf(1, 1<<62)
	gap.Type = `type "with" 'quotes', ünïcode; and -- more`
	elsewhere := erased(entryOf(1, 1<<63-1))
	want = append(want, gap, elsewhere)
	if err := write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, want...) }); err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 3)
	if err != nil {
		return err
	}
	if err := sameEntries(all, want); err != nil {
		return fmt.Errorf("from Journal: %w", err)
	}
	entries, err := history(ctx, b, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 100})
	if err != nil {
		return err
	}
	if err := sameEntries(entries, want); err != nil {
		return fmt.Errorf("from History: %w", err)
	}
	return nil
}

func historyOrder(ctx context.Context, b store.Backend) error {
	revisions := []uint64{1, 2, 5, 9, 10, 11, 100}
	for _, r := range revisions {
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			same := entryOf(1, r)
			same.Kind = task
			return tx.Append(ctx, entryOf(2, r), entryOf(1, r), same)
		})
		if err != nil {
			return err
		}
	}
	for _, c := range []struct {
		desc  bool
		after uint64
		limit int
		want  []uint64
	}{
		{false, 0, 100, revisions},
		{false, 0, 7, revisions},
		{false, 0, 3, []uint64{1, 2, 5}},
		{false, 5, 3, []uint64{9, 10, 11}},
		{false, 6, 2, []uint64{9, 10}},
		{false, 11, 10, []uint64{100}},
		{false, 100, 10, []uint64{}},
		{true, 0, 100, []uint64{100, 11, 10, 9, 5, 2, 1}},
		{true, 0, 2, []uint64{100, 11}},
		{true, 11, 2, []uint64{10, 9}},
		{true, 8, 10, []uint64{5, 2, 1}},
		{true, 1, 10, []uint64{}},
	} {
		entries, err := history(ctx, b, store.HistoryQuery{Kind: ticket, ID: id(1), Desc: c.desc, After: c.after, Limit: c.limit})
		if err != nil {
			return err
		}
		want := []store.Entry{}
		for _, r := range c.want {
			want = append(want, entryOf(1, r))
		}
		if err := sameEntries(entries, want); err != nil {
			return fmt.Errorf("desc %t after %d limit %d: %w", c.desc, c.after, c.limit, err)
		}
	}
	entries, err := history(ctx, b, store.HistoryQuery{Kind: ticket, ID: id(9), Limit: 10})
	if err == nil && len(entries) != 0 {
		err = fmt.Errorf("a record without entries has %d", len(entries))
	}
	return err
}

func appendRevision(ctx context.Context, b store.Backend) error {
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		return tx.Append(ctx, entryOf(1, 1), entryOf(1, 3), entryOf(2, 1))
	})
	if err != nil {
		return err
	}
	for _, revision := range []uint64{1, 2, 3} {
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, entryOf(1, revision)) })
		if err := expect("Append", err, store.ErrConflict); err != nil {
			return err
		}
		var conflict *store.RevisionError
		if !errors.As(err, &conflict) || conflict.Revision != revision || conflict.Last != 3 || conflict.ID != id(1) {
			return fmt.Errorf("got %#v, want a RevisionError of %d against 3", err, revision)
		}
	}
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		other := entryOf(1, 1)
		other.Kind = task
		return tx.Append(ctx, entryOf(1, 4), entryOf(2, 2), other)
	})
}

func appendNoDocument(ctx context.Context, b store.Backend) error {
	version, err := put(ctx, b, ticketOf(1))
	if err != nil {
		return err
	}
	if err := remove(ctx, b, store.DeleteParams{Kind: ticket, ID: id(1), Expect: version}); err != nil {
		return err
	}
	never := entryOf(2, 1)
	never.Kind = "never"
	want := []store.Entry{entryOf(1, 1), never}
	if err := write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, want...) }); err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	if err := sameEntries(all, want); err != nil {
		return err
	}
	_, err = get(ctx, b, id(1))
	return expect("Get of a record that has an entry and no document", err, store.ErrNotFound)
}

func appendAllOrNone(ctx context.Context, b store.Backend) error {
	invalid := entryOf(4, 1)
	invalid.Type = ""
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, c := range []struct {
			name    string
			entries []store.Entry
			want    error
		}{
			{"the last repeats the first", []store.Entry{entryOf(1, 1), entryOf(2, 1), entryOf(1, 1)}, store.ErrConflict},
			{"the last is invalid", []store.Entry{entryOf(1, 1), entryOf(3, 1), invalid}, store.ErrInvalid},
		} {
			if err := expect(c.name, tx.Append(ctx, c.entries...), c.want); err != nil {
				return err
			}
		}
		if err := tx.Append(ctx); err != nil {
			return fmt.Errorf("Append of nothing: %w", err)
		}
		return tx.Append(ctx, entryOf(3, 1))
	})
	if err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	return sameEntries(all, []store.Entry{entryOf(3, 1)})
}

// appended stores three entries of two records each.
func appended(ctx context.Context, b store.Backend) ([]store.Entry, error) {
	entries := []store.Entry{entryOf(1, 1), entryOf(2, 1), entryOf(1, 2), entryOf(2, 2), entryOf(1, 3), entryOf(2, 3)}
	return entries, write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, entries...) })
}

func erase(ctx context.Context, b store.Backend, n int, revision uint64) error {
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		return tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(n), Revision: revision})
	})
}

func erasePayload(ctx context.Context, b store.Backend) error {
	want, err := appended(ctx, b)
	if err != nil {
		return err
	}
	_, middle, err := journal(ctx, b, acme, store.JournalQuery{Limit: 2})
	if err != nil {
		return err
	}
	if err := erase(ctx, b, 1, 2); err != nil {
		return err
	}
	want[2] = erased(want[2])
	all, err := journalOf(ctx, b, acme, 4)
	if err != nil {
		return err
	}
	if err := sameEntries(all, want); err != nil {
		return fmt.Errorf("from Journal: %w", err)
	}
	rest, _, err := journal(ctx, b, acme, store.JournalQuery{From: middle, Limit: 100})
	if err != nil {
		return err
	}
	if err := sameEntries(rest, want[2:]); err != nil {
		return fmt.Errorf("from a position before it: %w", err)
	}
	entries, err := history(ctx, b, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
	if err != nil {
		return err
	}
	if err := sameEntries(entries, []store.Entry{want[0], want[2], want[4]}); err != nil {
		return fmt.Errorf("from History: %w", err)
	}
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, entryOf(1, 2)) })
	return expect("Append in the place of an erased entry", err, store.ErrConflict)
}

func eraseAgain(ctx context.Context, b store.Backend) error {
	want, err := appended(ctx, b)
	if err != nil {
		return err
	}
	for range 2 {
		if err := erase(ctx, b, 2, 3); err != nil {
			return err
		}
	}
	for _, missing := range []struct {
		n        int
		revision uint64
	}{{2, 4}, {3, 1}} {
		err := erase(ctx, b, missing.n, missing.revision)
		if err := expect("Erase", err, store.ErrNotFound); err != nil {
			return err
		}
		var absent *store.NotFoundError
		if !errors.As(err, &absent) || absent.ID != id(missing.n) || absent.Revision != missing.revision {
			return fmt.Errorf("got %#v, want a NotFoundError of %s revision %d", err, id(missing.n), missing.revision)
		}
	}
	want[5] = erased(want[5])
	all, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	return sameEntries(all, want)
}

func eraseRolledBack(ctx context.Context, b store.Backend) error {
	want, err := appended(ctx, b)
	if err != nil {
		return err
	}
	if err := erase(ctx, b, 1, 1); err != nil {
		return err
	}
	want[0] = erased(want[0])
	refused := errors.New("refused")
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Append(ctx, entryOf(1, 4)); err != nil {
			return err
		}
		for _, revision := range []uint64{4, 2, 3} {
			if err := tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1), Revision: revision}); err != nil {
				return err
			}
		}
		return refused
	})
	if err := expect("Write", err, refused); err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	return sameEntries(all, want)
}
