package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/itsmkit/itsm/store"
)

func backendClauses() []Clause {
	return []Clause{
		{Name: "unit/nested", check: nested,
			Law: `Read, Write and Journal in the context of a unit of the same backend are ErrNested, whatever the tenant.`},
		{Name: "unit/two-backends", pair: twoBackends,
			Law: `Two backends may be used together: a unit of one inside a unit of the other is not nested, and each commits for itself.`},
		{Name: "unit/retry", check: retryCommitsNothing,
			Law: `ErrRetry means that nothing was committed, and that the whole unit, from its first read, may be run again.`},
		{Name: "unit/closed", Needs: Closing, check: closedBackend,
			Law: `A closed backend gives ErrClosed.`},
	}
}

func nested(ctx context.Context, b store.Backend) error {
	inside := func(ctx context.Context, _ store.Tx) error {
		type key struct{}
		derived, cancel := context.WithCancel(context.WithValue(ctx, key{}, 1))
		defer cancel()
		for _, t := range []store.Tenant{acme, zenith} {
			called := errors.New("the function of the nested unit was called")
			fn := func(context.Context, store.Tx) error { return called }
			_, _, errJournal := b.Journal(derived, t, store.JournalQuery{Limit: 1})
			for name, err := range map[string]error{
				"Write": b.Write(derived, t, fn), "Read": b.Read(derived, t, fn), "Journal": errJournal,
			} {
				if err := expect(name+" inside a unit", err, store.ErrNested); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := read(ctx, b, inside); err != nil {
		return fmt.Errorf("in a Read: %w", err)
	}
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Put(ctx, ticketOf(1)); err != nil {
			return err
		}
		return inside(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("in a Write: %w", err)
	}
	_, err = get(ctx, b, id(1))
	return err
}

func twoBackends(ctx context.Context, b, other store.Backend) error {
	refused := errors.New("refused")
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Put(ctx, ticketOf(1)); err != nil {
			return err
		}
		// What the other has committed stays when this unit is run again.
		err := write(ctx, other, func(ctx context.Context, tx store.Tx) error {
			if err := expect("Write in the first backend from inside both", b.Write(ctx, acme, nil), store.ErrNested); err != nil {
				return err
			}
			_, err := tx.Put(ctx, ticketOf(2))
			return err
		})
		if err != nil && !errors.Is(err, store.ErrExists) {
			return fmt.Errorf("Write in another backend: %w", err)
		}
		if err := read(ctx, other, func(context.Context, store.Tx) error { return nil }); err != nil {
			return fmt.Errorf("Read in another backend: %w", err)
		}
		if _, _, err := journal(ctx, other, acme, store.JournalQuery{Limit: 1}); err != nil {
			return fmt.Errorf("Journal of another backend: %w", err)
		}
		return refused
	})
	if err := expect("Write", err, refused); err != nil {
		return err
	}
	for _, c := range []struct {
		b    store.Backend
		want string
	}{{b, "[]"}, {other, "[2]"}} {
		page, err := find(ctx, c.b, store.Query{Kind: ticket, Limit: 10})
		if err != nil {
			return err
		}
		if got := fmt.Sprint(numbers(page)); got != c.want {
			return fmt.Errorf("a backend holds %s, want %s: the outer unit did not commit, the inner one did", got, c.want)
		}
	}
	return nil
}

// retryCommitsNothing lets units run into each other, without store.Retry, and
// compares what they were told with what they left.
func retryCommitsNothing(ctx context.Context, b store.Backend) error {
	const workers, rounds = 4, 15
	if _, err := put(ctx, b, store.PutParams{Kind: task, ID: id(1), Body: body(0)}); err != nil {
		return err
	}
	unit := func(n int) func(context.Context, store.Tx) error {
		return func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: task, ID: id(1)})
			if err != nil {
				return err
			}
			if _, err := tx.Put(ctx, ticketOf(n, unique("number", fmt.Sprint(n)))); err != nil {
				return err
			}
			if err := tx.Append(ctx, entryOf(n, 1)); err != nil {
				return err
			}
			_, err = tx.Put(ctx, store.PutParams{Kind: task, ID: id(1), Expect: d.Version, Body: body(counted(d) + 1)})
			return err
		}
	}
	results := make([]error, workers*rounds)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for r := range rounds {
				n := w*rounds + r
				results[n] = b.Write(ctx, acme, unit(n+1))
			}
		})
	}
	wg.Wait()
	for n, result := range results {
		if result != nil && !errors.Is(result, store.ErrRetry) {
			return fmt.Errorf("Write: %w", result)
		}
		_, err := get(ctx, b, id(n+1))
		if committed := !errors.Is(err, store.ErrNotFound); committed != (result == nil) {
			return fmt.Errorf("Write returned %v, and the document is there: %t", result, committed)
		}
		if result == nil {
			continue
		}
		if err := write(ctx, b, unit(n+1)); err != nil {
			return fmt.Errorf("a unit that was run again: %w", err)
		}
	}
	all, err := journalOf(ctx, b, acme, 100)
	if err != nil {
		return err
	}
	var sum store.Document
	err = read(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
		sum, err = tx.Get(ctx, store.GetParams{Kind: task, ID: id(1)})
		return err
	})
	if err == nil && (counted(sum) != len(results) || len(all) != len(results)) {
		err = fmt.Errorf("%d units, of which each was committed once, counted %d and left %d entries", len(results), counted(sum), len(all))
	}
	return err
}

func closedBackend(ctx context.Context, b store.Backend) error {
	if _, err := put(ctx, b, ticketOf(1)); err != nil {
		return err
	}
	closer, ok := b.(io.Closer)
	if !ok {
		return errors.New("the backend has no method Close() error; give it one, or declare that it lacks Closing")
	}
	if err := closer.Close(); err != nil {
		return fmt.Errorf("Close: %w", err)
	}
	fn := func(context.Context, store.Tx) error { return nil }
	_, _, errJournal := b.Journal(ctx, acme, store.JournalQuery{Limit: 1})
	for name, err := range map[string]error{
		"Write": b.Write(ctx, acme, fn), "Read": b.Read(ctx, acme, fn), "Journal": errJournal,
	} {
		if err := expect(name, err, store.ErrClosed); err != nil {
			return err
		}
	}
	return nil
}
