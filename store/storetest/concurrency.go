package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

func concurrencyClauses() []Clause {
	return []Clause{
		{Name: "snapshot/stable", Needs: ReadWhileWriting, check: snapshotStable,
			Law: `A Read is one consistent snapshot: what is committed while it runs does not show in it.`},
		{Name: "snapshot/uncommitted", Needs: ReadWhileWriting, check: snapshotUncommitted,
			Law: `A Read holds all or nothing of a unit: nothing of one that has not committed. It does not wait for it.`},
		{Name: "snapshot/current", check: snapshotCurrent,
			Law: `A Read holds all of every unit that had returned when it was called, and so does a Write.`},
		{Name: "snapshot/whole", check: snapshotWhole,
			Law: `Units of one tenant are serialisable: readers see the sum that every writer keeps.`},
		{Name: "serial/increments", check: increments,
			Law: `Units of one tenant are serialisable: of a hundred units that each add one to a document, none is lost.`},
		{Name: "serial/write-skew", check: writeSkew,
			Law: `Units of one tenant are serialisable: two that each read what the other writes do not both act on the old state.`},
		{Name: "serial/phantom", check: phantom,
			Law: `Units of one tenant are serialisable: two that each count a range and add to it do not both see it empty.`},
	}
}

// counted is the number in a body, for documents that hold one.
func counted(d store.Document) int { return int(int64(binary.BigEndian.Uint64(d.Body))) }

func body(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(int64(n))) }

// add adds to the number in a ticket.
func add(ctx context.Context, tx store.Tx, u uuid.UUID, n int) error {
	d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: u})
	if err != nil {
		return err
	}
	_, err = tx.Put(ctx, store.PutParams{Kind: ticket, ID: u, Expect: d.Version, Body: body(counted(d) + n)})
	return err
}

func snapshotStable(ctx context.Context, b store.Backend) error {
	version, taskVersion, _, err := begin(ctx, b)
	if err != nil {
		return err
	}
	return read(ctx, b, func(unit context.Context, tx store.Tx) error {
		see := func() (string, error) {
			d, err := tx.Get(unit, store.GetParams{Kind: ticket, ID: id(1)})
			if err != nil {
				return "", err
			}
			_, errNew := tx.Get(unit, store.GetParams{Kind: ticket, ID: id(2)})
			found, err := findAll(unit, tx, store.Query{Kind: ticket, Index: "state", Limit: 1})
			if err != nil {
				return "", err
			}
			n, err := tx.Count(unit, store.Query{Kind: task})
			if err != nil {
				return "", err
			}
			entries, err := tx.History(unit, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
			if err != nil {
				return "", err
			}
			text := fmt.Sprintf("version %d %q, ticket 2: %t, state: %v, %d tasks,", d.Version, d.Body, errNew == nil, found, n)
			for _, e := range entries {
				text += " " + entryText(e)
			}
			return text, nil
		}
		before, err := see()
		if err != nil {
			return err
		}
		foreign, cancel := context.WithTimeout(ctx, grace)
		defer cancel()
		if err := write(foreign, b, func(ctx context.Context, tx store.Tx) error { return aBit(ctx, tx, version, taskVersion) }); err != nil {
			return fmt.Errorf("Write while a Read runs: %w", err)
		}
		after, err := see()
		if err != nil {
			return err
		}
		if after != before {
			return fmt.Errorf("first it saw %s, and then %s", before, after)
		}
		return nil
	})
}

func snapshotUncommitted(ctx context.Context, b store.Backend) error {
	version, taskVersion, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	refused := errors.New("refused")
	err = write(ctx, b, func(unit context.Context, tx store.Tx) error {
		if err := aBit(unit, tx, version, taskVersion); err != nil {
			return err
		}
		// A foreign context: this Read is not part of the unit.
		foreign, cancel := context.WithTimeout(ctx, grace)
		defer cancel()
		err := read(foreign, b, func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
			if err != nil {
				return err
			}
			if d.Version != version {
				return fmt.Errorf("it saw version %d of a document that is at %d", d.Version, version)
			}
			_, err = tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(2)})
			if err := expect("Get of a document that is not committed", err, store.ErrNotFound); err != nil {
				return err
			}
			if err := wantFound(ctx, tx, map[string][]int{"state new": {1}, "state changed": {}, "number 2": {}}); err != nil {
				return err
			}
			entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
			if err != nil {
				return err
			}
			return sameEntries(entries, []store.Entry{entryOf(1, 1)})
		})
		if err != nil {
			return fmt.Errorf("Read while a Write runs: %w", err)
		}
		all, err := journalOf(foreign, b, acme, 10)
		if err != nil {
			return err
		}
		if err := sameEntries(all, []store.Entry{entryOf(1, 1)}); err != nil {
			return fmt.Errorf("Journal while a Write runs: %w", err)
		}
		// The unit goes on as if nobody had looked.
		two, err := tx.Get(unit, store.GetParams{Kind: ticket, ID: id(2)})
		if err != nil {
			return err
		}
		p := ticketOf(2, term("state", "again"))
		p.Expect = two.Version
		if _, err := tx.Put(unit, p); err != nil {
			return err
		}
		return refused
	})
	if err := expect("Write", err, refused); err != nil {
		return err
	}
	return untouched()
}

func snapshotCurrent(ctx context.Context, b store.Backend) error {
	p := ticketOf(1)
	for range 50 {
		version, err := put(ctx, b, p)
		if err != nil {
			return err
		}
		d, err := get(ctx, b, id(1))
		if err != nil {
			return err
		}
		if d.Version != version {
			return fmt.Errorf("it saw version %d after %d was committed", d.Version, version)
		}
		err = write(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
			d, err = tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
			return err
		})
		if err != nil {
			return err
		}
		if d.Version != version {
			return fmt.Errorf("a Write saw version %d after %d was committed", d.Version, version)
		}
		p.Expect = version
	}
	return nil
}

func snapshotWhole(ctx context.Context, b store.Backend) error {
	const accounts, writers, total = 5, 3, 500
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for n := range accounts {
			p := store.PutParams{Kind: ticket, ID: id(n + 1), Body: body(total / accounts)}
			if _, err := tx.Put(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	done, results := make(chan struct{}), make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := 0; results[w] == nil; i++ {
				select {
				case <-done:
					return
				default:
				}
				results[w] = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
					if err := add(ctx, tx, id((w+i)%accounts+1), -i); err != nil {
						return err
					}
					return add(ctx, tx, id((w+i+1+i%3)%accounts+1), i)
				})
			}
		})
	}
	err = watchTotal(ctx, b, total)
	close(done)
	wg.Wait()
	return errors.Join(append(results, err)...)
}

// watchTotal checks for a while that the numbers of all tickets add up.
func watchTotal(ctx context.Context, b store.Backend, total int) error {
	for range 50 {
		err := read(ctx, b, func(ctx context.Context, tx store.Tx) error {
			sum, q := 0, store.Query{Kind: ticket, Limit: 2}
			for {
				page, err := tx.Page(ctx, q)
				if err != nil {
					return err
				}
				for _, d := range page.Documents {
					sum += counted(d)
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if sum != total {
				return fmt.Errorf("a reader saw the sum %d, every unit keeps %d", sum, total)
			}
			return nil
		})
		if err != nil {
			return err
		}
		time.Sleep(100 * time.Microsecond) // for the writers to do something
	}
	return nil
}

func increments(ctx context.Context, b store.Backend) error {
	const units = 100
	if _, err := put(ctx, b, store.PutParams{Kind: ticket, ID: id(1), Body: body(0)}); err != nil {
		return err
	}
	errs := make(chan error, units)
	for range units {
		go func() {
			errs <- write(ctx, b, func(ctx context.Context, tx store.Tx) error {
				d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
				if err != nil {
					return err
				}
				time.Sleep(100 * time.Microsecond) // for others to read the same, if they can
				_, err = tx.Put(ctx, store.PutParams{Kind: ticket, ID: id(1), Expect: d.Version, Body: body(counted(d) + 1)})
				return err
			})
		}()
	}
	for range units {
		if err := <-errs; err != nil {
			return err
		}
	}
	d, err := get(ctx, b, id(1))
	if err == nil && counted(d) != units {
		err = fmt.Errorf("%d increments made %d", units, counted(d))
	}
	return err
}

// together runs two units that do not write before both have read, if the
// backend lets both read; one that runs them one after the other is right too.
func together(ctx context.Context, b store.Backend, unit func(n int, read func()) func(context.Context, store.Tx) error) error {
	var both sync.WaitGroup
	both.Add(2)
	met := make(chan struct{})
	go func() { both.Wait(); close(met) }()
	errs := make(chan error, 2)
	for n := range 2 {
		go func() {
			var once sync.Once
			errs <- write(ctx, b, unit(n, func() {
				once.Do(both.Done)
				select {
				case <-met:
				case <-time.After(50 * time.Millisecond):
				}
			}))
		}()
	}
	return errors.Join(<-errs, <-errs)
}

func writeSkew(ctx context.Context, b store.Backend) error {
	for round := range 5 {
		first, second := id(2*round+1), id(2*round+2)
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) error {
			for _, u := range []uuid.UUID{first, second} {
				if _, err := tx.Put(ctx, store.PutParams{Kind: ticket, ID: u, Body: body(1)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		// Each takes one from its own, if the two have two together.
		err = together(ctx, b, func(n int, read func()) func(context.Context, store.Tx) error {
			return func(ctx context.Context, tx store.Tx) error {
				one, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: first})
				if err != nil {
					return err
				}
				two, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: second})
				if err != nil {
					return err
				}
				read()
				if counted(one)+counted(two) < 2 {
					return nil
				}
				return add(ctx, tx, []uuid.UUID{first, second}[n], -1)
			}
		})
		if err != nil {
			return err
		}
		one, err := get(ctx, b, first)
		if err != nil {
			return err
		}
		two, err := get(ctx, b, second)
		if err != nil {
			return err
		}
		if sum := counted(one) + counted(two); sum != 1 {
			return fmt.Errorf("the two are left with %d together, want 1", sum)
		}
	}
	return nil
}

func phantom(ctx context.Context, b store.Backend) error {
	for round := range 5 {
		group := fmt.Sprintf("group %d", round)
		q := store.Query{Kind: ticket, Index: "group", Prefix: []byte(group)}
		err := together(ctx, b, func(n int, read func()) func(context.Context, store.Tx) error {
			return func(ctx context.Context, tx store.Tx) error {
				found, err := tx.Count(ctx, q)
				if err != nil {
					return err
				}
				read()
				if found > 0 {
					return nil
				}
				_, err = tx.Put(ctx, ticketOf(2*round+n+1, term("group", group)))
				return err
			}
		})
		if err != nil {
			return err
		}
		err = read(ctx, b, func(ctx context.Context, tx store.Tx) error {
			found, err := tx.Count(ctx, q)
			if err == nil && found != 1 {
				err = fmt.Errorf("%d documents in a group that each unit left alone unless it was empty", found)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
