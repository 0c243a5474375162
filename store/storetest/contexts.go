package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/itsmkit/itsm/store"
)

func contextClauses() []Clause {
	return []Clause{
		{Name: "context/ended", check: contextEnded,
			Law: `A context that has ended gives an error that matches its Err, from Read, Write and Journal.`},
		{Name: "context/late-cancel", check: lateCancel,
			Law: `Write does not commit if ctx has ended by the time fn returns, even if fn returns nil.`},
		{Name: "context/deadline", check: deadline,
			Law: `Write does not commit if the deadline of ctx has passed by the time fn returns.`},
		{Name: "context/call", check: endedCall,
			Law: `A call of any method of a Tx whose context has ended gives an error that matches its Err and loses the unit: whatever fn returns, it does not commit.`},
		{Name: "context/wait", check: waitEnds,
			Law: `Write may wait for another Write; the wait ends with ctx.`},
	}
}

func contextEnded(ctx context.Context, b store.Backend) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	called := false
	fn := func(context.Context, store.Tx) error { called = true; return nil }
	_, _, errJournal := b.Journal(ended, acme, store.JournalQuery{Limit: 1})
	for name, err := range map[string]error{
		"Write": b.Write(ended, acme, fn), "Read": b.Read(ended, acme, fn), "Journal": errJournal,
	} {
		if err := expect(name, err, context.Canceled); err != nil {
			return err
		}
	}
	if called {
		return errors.New("the function of the unit was called")
	}
	return nil
}

func lateCancel(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	err = store.Retry(ctx, patient(), func(ctx context.Context) error {
		late, cancel := context.WithCancel(ctx)
		defer cancel()
		return b.Write(late, acme, func(ctx context.Context, tx store.Tx) error {
			err := aBit(ctx, tx, version, taskVersion)
			cancel()
			return err
		})
	})
	if err := expect("Write", err, context.Canceled); err != nil {
		return err
	}
	return untouched()
}

func deadline(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	err = store.Retry(ctx, patient(), func(ctx context.Context) error {
		late, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		return b.Write(late, acme, func(ctx context.Context, tx store.Tx) error {
			if err := aBit(ctx, tx, version, taskVersion); err != nil {
				return err
			}
			<-late.Done()
			return nil
		})
	})
	if err := expect("Write", err, context.DeadlineExceeded); err != nil {
		return err
	}
	return untouched()
}

// calls is every method of a Tx but Tenant, by name, on what begin stored.
func calls(version, taskVersion store.Version) map[string]func(context.Context, store.Tx) error {
	return map[string]func(context.Context, store.Tx) error{
		"Get": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
			return err
		},
		"Page": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Page(ctx, store.Query{Kind: ticket, Index: "state", Limit: 1})
			return err
		},
		"Count": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Count(ctx, store.Query{Kind: ticket, Index: "state"})
			return err
		},
		"History": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 1})
			return err
		},
		"Put": func(ctx context.Context, tx store.Tx) error {
			p := ticketOf(1)
			p.Expect = version
			_, err := tx.Put(ctx, p)
			return err
		},
		"Delete": func(ctx context.Context, tx store.Tx) error {
			return tx.Delete(ctx, store.DeleteParams{Kind: task, ID: id(3), Expect: taskVersion})
		},
		"Append": func(ctx context.Context, tx store.Tx) error { return tx.Append(ctx, entryOf(1, 2)) },
		"Erase": func(ctx context.Context, tx store.Tx) error {
			return tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1), Revision: 1})
		},
		"Next": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
			return err
		},
	}
}

func endedCall(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	for name, call := range calls(version, taskVersion) {
		var called error
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			if _, err := tx.Put(ctx, ticketOf(2, term("state", "new"), unique("number", "2"))); err != nil {
				return err
			}
			ended, cancel := context.WithCancel(ctx)
			cancel()
			called = call(ended, tx)
			return nil
		})
		if err := expect(name, called, context.Canceled); err != nil {
			return err
		}
		if err == nil {
			return fmt.Errorf("Write returned nil after a call of %s that lost the unit", name)
		}
	}
	return untouched()
}

func waitEnds(ctx context.Context, b store.Backend) error {
	return write(ctx, b, func(unit context.Context, tx store.Tx) error {
		if _, err := tx.Put(unit, ticketOf(1)); err != nil {
			return err
		}
		// A foreign context, so that the second Write is not nested but waits,
		// for a writer that waits for it. A backend that lets both write has
		// to say so before the first commits.
		foreign, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		result := make(chan error, 1)
		go func() {
			result <- b.Write(foreign, acme, func(ctx context.Context, tx store.Tx) error {
				if _, err := tx.Put(ctx, ticketOf(2)); err != nil {
					return err
				}
				<-foreign.Done()
				return nil
			})
		}()
		select {
		case err := <-result:
			if errors.Is(err, store.ErrRetry) {
				return nil
			}
			return expect("the Write that waits", err, context.DeadlineExceeded)
		case <-time.After(2 * grace):
			return fmt.Errorf("the Write still waits, though its context has ended: %w", foreign.Err())
		}
	})
}
