package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/itsmkit/itsm/store"
)

func journalClauses() []Clause {
	return []Clause{
		{Name: "journal/pages", check: journalPages,
			Law: `Journal returns up to Limit entries in commit order and the position after the last; going on from each position, a reader sees every entry exactly once.`},
		{Name: "journal/end", check: journalEnd,
			Law: `With no entry to return, the position returned means the same place as From.`},
		{Name: "journal/concurrent", check: journalConcurrent,
			Law: `A reader that goes on from each position to the next sees every entry exactly once and in commit order, also while writers that began earlier are still to commit.`},
		{Name: "journal/overtaken", Needs: ReadWhileWriting, check: journalOvertaken,
			Law: `A reader misses no entry of a writer that began before another, and commits after it.`},
		{Name: "journal/kept-position", check: journalKeptPosition,
			Law: `Positions stay valid for the life of the data: whatever is appended, erased and deleted after, the entries behind one stay the same.`},
		{Name: "journal/position", check: journalPosition,
			Law: `A position that did not come from this tenant's journal is ErrCursor.`},
	}
}

func journalPages(ctx context.Context, b store.Backend) error {
	empty, _, err := journal(ctx, b, acme, store.JournalQuery{Limit: 5})
	if err != nil {
		return err
	}
	if len(empty) != 0 {
		return fmt.Errorf("%d entries in an empty journal", len(empty))
	}
	var want []store.Entry
	for unit := range 7 {
		// Records take turns within a unit, so that an order by record shows.
		entries := []store.Entry{entryOf(3, uint64(2*unit+1)), entryOf(1, uint64(unit+1)), entryOf(3, uint64(2*unit+2)), entryOf(2, uint64(unit+1))}
		for i := range entries {
			if entries[i].ID == id(2) {
				entries[i].Kind = task
			}
		}
		want = append(want, entries...)
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			if err := tx.Append(ctx, entries[:3]...); err != nil {
				return err
			}
			return tx.Append(ctx, entries[3:]...)
		})
		if err != nil {
			return err
		}
	}
	for _, limit := range []int{1, 2, 3, 5, 28, 29, 1000} {
		all, err := journalOf(ctx, b, acme, limit)
		if err != nil {
			return err
		}
		if err := sameEntries(all, want); err != nil {
			return fmt.Errorf("in pages of %d: %w", limit, err)
		}
	}
	return nil
}

func journalEnd(ctx context.Context, b store.Backend) error {
	var from store.Position
	for revision := range uint64(5) {
		for range 2 {
			page, next, err := journal(ctx, b, acme, store.JournalQuery{From: from, Limit: 3})
			if err != nil {
				return err
			}
			if len(page) != 0 {
				return fmt.Errorf("%d entries behind the end", len(page))
			}
			from = next
		}
		e := entryOf(1, revision+1)
		if err := write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, e) }); err != nil {
			return err
		}
		page, next, err := journal(ctx, b, acme, store.JournalQuery{From: from, Limit: 3})
		if err != nil {
			return err
		}
		if err := sameEntries(page, []store.Entry{e}); err != nil {
			return fmt.Errorf("from the end, after one more: %w", err)
		}
		again, _, err := journal(ctx, b, acme, store.JournalQuery{From: from, Limit: 3})
		if err != nil {
			return err
		}
		if err := sameEntries(again, page); err != nil {
			return fmt.Errorf("from the same position a second time: %w", err)
		}
		from = next
	}
	return nil
}

// journalConcurrent lets writers append pairs of entries, each pair with the
// number of its unit as one document counts them, and reads along.
func journalConcurrent(ctx context.Context, b store.Backend) error {
	const writers, units = 6, 25
	if _, err := put(ctx, b, store.PutParams{Kind: ticket, ID: id(100), Body: body(0)}); err != nil {
		return err
	}
	unit := func(w int, revision uint64) func(context.Context, store.Tx) error {
		return func(ctx context.Context, tx store.Tx) error {
			// Every third unit is free of the others and may overtake them.
			first, second := entryOf(w+1, revision), entryOf(w+1, revision+1)
			if revision%3 != 0 {
				if err := add(ctx, tx, id(100), 1); err != nil {
					return err
				}
				d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(100)})
				if err != nil {
					return err
				}
				first.Payload = d.Body
			}
			return tx.Append(ctx, first, second)
		}
	}
	results := make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := 0; n < units && results[w] == nil; n++ {
				results[w] = write(ctx, b, unit(w, uint64(2*n+1)))
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()

	var tail []store.Entry
	var from store.Position
	for finished := false; ; {
		select {
		case <-done:
			finished = true
		default:
		}
		page, next, err := journal(ctx, b, acme, store.JournalQuery{From: from, Limit: 7})
		if err != nil {
			wg.Wait()
			return err
		}
		tail, from = append(tail, page...), next
		if finished && len(page) == 0 {
			break
		}
	}
	if err := errors.Join(results...); err != nil {
		return err
	}
	if err := checkTail(tail, writers, 2*units); err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 1000)
	if err != nil {
		return err
	}
	if err := sameEntries(tail, all); err != nil {
		return fmt.Errorf("what was read along differs from what is there: %w", err)
	}
	return nil
}

// checkTail checks that each record's entries are there in order, that pairs of
// a unit stand together, and that units follow the number they took.
func checkTail(tail []store.Entry, records int, revisions uint64) error {
	last, number := map[string]uint64{}, 0
	for i, e := range tail {
		record := e.ID.String()
		if e.Revision != last[record]+1 {
			return fmt.Errorf("revision %d of a record follows %d", e.Revision, last[record])
		}
		last[record] = e.Revision
		if e.Revision%2 == 0 {
			if tail[i-1].ID != e.ID {
				return errors.New("between the two entries of a unit stands one of another")
			}
		} else if len(e.Payload) == 8 {
			n := counted(store.Document{Body: e.Payload})
			if n <= number {
				return fmt.Errorf("the unit that counted %d stands after the one that counted %d", n, number)
			}
			number = n
		}
	}
	if len(last) != records {
		return fmt.Errorf("entries of %d records, want %d", len(last), records)
	}
	for _, n := range last {
		if n != revisions {
			return fmt.Errorf("a record ends at revision %d, want %d", n, revisions)
		}
	}
	return nil
}

// journalOvertaken holds one writer back, if the backend lets another go ahead,
// and reads the journal in between.
func journalOvertaken(ctx context.Context, b store.Backend) error {
	appended, release, slow := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		slow <- write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			err := tx.Append(ctx, entryOf(1, 1))
			once.Do(func() { close(appended) })
			<-release
			return err
		})
	}()
	<-appended
	fast := make(chan error, 1)
	go func() {
		fast <- write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, entryOf(2, 1)) })
	}()
	var overtook bool
	var errFast error
	select {
	case errFast = <-fast:
		overtook = true
	case <-time.After(100 * time.Millisecond):
	}
	tail, from, err := journal(ctx, b, acme, store.JournalQuery{Limit: 10})
	close(release)
	if !overtook {
		errFast = <-fast
	}
	if err := errors.Join(err, errFast, <-slow); err != nil {
		return err
	}
	rest, _, err := journal(ctx, b, acme, store.JournalQuery{From: from, Limit: 10})
	if err != nil {
		return err
	}
	if seen := len(tail) + len(rest); seen != 2 {
		return fmt.Errorf("a reader that looked in between saw %d entries and then %d, want 2 together", len(tail), len(rest))
	}
	return nil
}

func journalKeptPosition(ctx context.Context, b store.Backend) error {
	const units = 30
	kept, want := []store.Position{""}, []store.Entry{}
	for n := range units {
		e := entryOf(n%3+1, uint64(n/3+1))
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Put(ctx, ticketOf(n+1))
			return errors.Join(err, tx.Append(ctx, e))
		})
		if err != nil {
			return err
		}
		want = append(want, e)
		page, next, err := journal(ctx, b, acme, store.JournalQuery{From: kept[n], Limit: 1})
		if err != nil {
			return err
		}
		if err := sameEntries(page, want[n:]); err != nil {
			return err
		}
		kept = append(kept, next)
	}
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for n := range units / 2 {
			d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(n + 1)})
			if err != nil {
				return err
			}
			if err := tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(n + 1), Expect: d.Version}); err != nil {
				return err
			}
			if err := tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: want[2*n].ID, Revision: want[2*n].Revision}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n := range units / 2 {
		want[2*n] = erased(want[2*n])
	}
	for n, from := range kept {
		rest, _, err := journal(ctx, b, acme, store.JournalQuery{From: from, Limit: units})
		if err != nil {
			return fmt.Errorf("from the position after %d entries: %w", n, err)
		}
		if err := sameEntries(rest, want[n:]); err != nil {
			return fmt.Errorf("from the position after %d entries: %w", n, err)
		}
	}
	return nil
}

func journalPosition(ctx context.Context, b store.Backend) error {
	for _, t := range []store.Tenant{acme, zenith} {
		err := writeAs(ctx, b, t, func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, entryOf(1, 1), entryOf(1, 2)) })
		if err != nil {
			return err
		}
	}
	_, good, err := journal(ctx, b, acme, store.JournalQuery{Limit: 1})
	if err != nil {
		return err
	}
	_, _, err = journal(ctx, b, zenith, store.JournalQuery{From: good, Limit: 1})
	if err := expect("Journal with the position of another tenant", err, store.ErrCursor); err != nil {
		return err
	}
	q, err := halfway(ctx, b)
	if err != nil {
		return err
	}
	for _, text := range []string{" ", "x", "0", "1", "-1", "\x00", string(good) + "A", string(good) + "\n", string(good)[:len(good)-1], string(q.Cursor)} {
		_, _, err := journal(ctx, b, acme, store.JournalQuery{From: store.Position(text), Limit: 1})
		if err := expect(fmt.Sprintf("Journal from %q", text), err, store.ErrCursor); err != nil {
			return err
		}
	}
	return nil
}
