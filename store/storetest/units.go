package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/itsmkit/itsm/store"
)

func unitClauses() []Clause {
	return []Clause{
		{Name: "unit/all-or-nothing", check: allOrNothing,
			Law: `Write does not commit if fn returns an error, and leaves no trace; it returns that error as errors.Is sees it.`},
		{Name: "unit/read-error", check: readError,
			Law: `Read returns the error of fn, as errors.Is sees it.`},
		{Name: "unit/read-panic", check: panicInRead,
			Law: `Read lets a panic pass through, and leaves the backend in order after it and after a function that ends its goroutine.`},
		{Name: "unit/panic", check: panicInUnit,
			Law: `Write does not commit if fn panics, and lets the panic pass through; the next Write finds the backend in order.`},
		{Name: "unit/goexit", check: goexitInUnit,
			Law: `Write does not commit if fn ends its goroutine; the next Write finds the backend in order.`},
		{Name: "unit/read-only", check: readOnly,
			Law: `In a Read, the methods that would change something return ErrReadOnly.`},
		{Name: "unit/escaped", check: escaped,
			Law: `Once the function of a unit has returned, every method of its Tx returns ErrEnded and does nothing.`},
	}
}

// aBit does one of everything that a unit can leave behind: it creates ticket 2,
// changes ticket 1 from the given version, deletes task 3, appends, erases.
func aBit(ctx context.Context, tx store.Tx, version, taskVersion store.Version) error {
	one := ticketOf(1, term("state", "changed"))
	one.Expect, one.Body = version, []byte("changed")
	if _, err := tx.Put(ctx, one); err != nil {
		return err
	}
	if _, err := tx.Put(ctx, ticketOf(2, term("state", "new"), unique("number", "2"))); err != nil {
		return err
	}
	if err := tx.Delete(ctx, store.DeleteParams{Kind: task, ID: id(3), Expect: taskVersion}); err != nil {
		return err
	}
	if err := tx.Append(ctx, entryOf(1, 2), entryOf(2, 1)); err != nil {
		return err
	}
	return tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1), Revision: 1})
}

// begin stores what aBit works on and returns a check that all of it is as
// begin left it, and that a Write still goes through.
func begin(ctx context.Context, b store.Backend) (version, taskVersion store.Version, untouched func() error, err error) {
	one := ticketOf(1, term("state", "new"))
	three := store.PutParams{Kind: task, ID: id(3), Body: []byte("three"), Terms: []store.Term{term("state", "new")}}
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if version, err = tx.Put(ctx, one); err != nil {
			return err
		}
		if taskVersion, err = tx.Put(ctx, three); err != nil {
			return err
		}
		return tx.Append(ctx, entryOf(1, 1))
	})
	untouched = func() error {
		if err := stays(ctx, b, one, version); err != nil {
			return err
		}
		err := read(ctx, b, func(ctx context.Context, tx store.Tx) error {
			if err := wantFound(ctx, tx, map[string][]int{"state new": {1}, "state changed": {}, "number 2": {}}); err != nil {
				return err
			}
			_, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(2)})
			if err := expect("Get of a document that was not to be", err, store.ErrNotFound); err != nil {
				return err
			}
			if err := wantCount(ctx, tx, store.Query{Kind: task, Index: "state"}, 1); err != nil {
				return err
			}
			entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
			if err != nil {
				return err
			}
			return sameEntries(entries, []store.Entry{entryOf(1, 1)})
		})
		if err != nil {
			return err
		}
		all, err := journalOf(ctx, b, acme, 10)
		if err != nil {
			return err
		}
		if err := sameEntries(all, []store.Entry{entryOf(1, 1)}); err != nil {
			return fmt.Errorf("the journal: %w", err)
		}
		if err := write(ctx, b, func(ctx context.Context, tx store.Tx) error { return aBit(ctx, tx, version, taskVersion) }); err != nil {
			return fmt.Errorf("the next unit: %w", err)
		}
		return nil
	}
	return version, taskVersion, untouched, err
}

func allOrNothing(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	refused := errors.New("refused")
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if err := aBit(ctx, tx, version, taskVersion); err != nil {
			return err
		}
		return fmt.Errorf("on second thought: %w", refused)
	})
	if err := expect("Write", err, refused); err != nil {
		return err
	}
	return untouched()
}

func readError(ctx context.Context, b store.Backend) error {
	refused := errors.New("refused")
	err := read(ctx, b, func(context.Context, store.Tx) error { return fmt.Errorf("seen enough: %w", refused) })
	return expect("Read", err, refused)
}

// panicInRead reads more often than any pool has connections.
func panicInRead(ctx context.Context, b store.Backend) error {
	_, _, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	for round := range 100 {
		var caught any
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() { caught = recover() }()
			err = read(ctx, b, func(context.Context, store.Tx) error {
				if round%2 == 0 {
					runtime.Goexit()
				}
				panic("as planned")
			})
			err = fmt.Errorf("Read returned %v", err)
		}()
		<-done
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if round%2 == 1 && caught != "as planned" {
			return fmt.Errorf("the panic came through as %v", caught)
		}
	}
	return untouched()
}

func panicInUnit(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	var caught any
	var failed error
	func() {
		defer func() { caught = recover() }()
		_ = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			if failed = aBit(ctx, tx, version, taskVersion); failed != nil {
				return failed
			}
			panic("as planned")
		})
	}()
	if failed != nil {
		return failed
	}
	if caught != "as planned" {
		return fmt.Errorf("the panic came through as %v", caught)
	}
	return untouched()
}

func goexitInUnit(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			if failed = aBit(ctx, tx, version, taskVersion); failed != nil {
				return failed
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	if failed != nil {
		return failed
	}
	return untouched()
}

// changes calls every method that changes something and returns the errors.
func changes(ctx context.Context, tx store.Tx, version store.Version) map[string]error {
	_, errPut := tx.Put(ctx, ticketOf(9))
	_, errNext := tx.Next(ctx, store.NextParams{Sequence: "INC"})
	return map[string]error{
		"Put":    errPut,
		"Delete": tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(1), Expect: version}),
		"Append": tx.Append(ctx, entryOf(1, 9)),
		"Erase":  tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1), Revision: 1}),
		"Next":   errNext,
	}
}

func readOnly(ctx context.Context, b store.Backend) error {
	version, _, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	err = read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for name, err := range changes(ctx, tx, version) {
			if err := expect(name, err, store.ErrReadOnly); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return untouched()
}

func escaped(ctx context.Context, b store.Backend) error {
	version, _, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	var kept []store.Tx
	keep := func(_ context.Context, tx store.Tx) error {
		kept = append(kept, tx)
		return nil
	}
	if err := write(ctx, b, keep); err != nil {
		return err
	}
	if err := read(ctx, b, keep); err != nil {
		return err
	}
	refused := errors.New("refused")
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error { return errors.Join(keep(ctx, tx), refused) })
	if err := expect("Write", err, refused); err != nil {
		return err
	}
	if err := allEnded(ctx, kept, version); err != nil {
		return err
	}
	// While others run, an old Tx must not reach into what is theirs.
	earlier := slices.Clone(kept)
	inside := func(ctx context.Context, _ store.Tx) error { return allEnded(ctx, earlier, version) }
	if err := read(ctx, b, inside); err != nil {
		return fmt.Errorf("while a Read runs: %w", err)
	}
	if err := write(ctx, b, inside); err != nil {
		return fmt.Errorf("while a Write runs: %w", err)
	}
	return untouched()
}

// allEnded checks that no method of any Tx does anything.
func allEnded(ctx context.Context, kept []store.Tx, version store.Version) error {
	for _, tx := range kept {
		calls := changes(ctx, tx, version)
		_, calls["Get"] = tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
		_, calls["Page"] = tx.Page(ctx, store.Query{Kind: ticket, Limit: 1})
		_, calls["Count"] = tx.Count(ctx, store.Query{Kind: ticket})
		_, calls["History"] = tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 1})
		for name, err := range calls {
			if err := expect(name, err, store.ErrEnded); err != nil {
				return err
			}
		}
	}
	return nil
}
