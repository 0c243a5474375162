package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/itsmkit/itsm/store"
)

func tenantClauses() []Clause {
	return []Clause{
		{Name: "tenant/apart", check: tenantsApart,
			Law: `A call sees no data of another tenant and changes none: documents, terms, unique terms, journal and sequences.`},
		{Name: "tenant/said", check: tenantSaid,
			Law: `A Tx says whose unit it is: the tenant that Read or Write was called for.`},
		{Name: "tenant/names", check: tenantNames,
			Law: `Tenants are compared byte by byte: "a" and "A" are two.`},
		{Name: "sequence/rising", check: sequenceRising,
			Law: `The first number of a sequence is 1, unless a unit that did not commit had it, and a number is greater than all that committed units had before it.`},
		{Name: "sequence/after", check: sequenceAfter,
			Law: `A number is greater than the After that was given, and the least that may be.`},
		{Name: "sequence/concurrent", check: sequenceConcurrent,
			Law: `No two committed units share a number of a sequence.`},
		{Name: "sequence/rolled-back", check: sequenceRolledBack,
			Law: `A unit that is not committed may leave a gap in a sequence, and nothing else.`},
	}
}

func tenantSaid(ctx context.Context, b store.Backend) error {
	for _, t := range []store.Tenant{"acme", "Acme", "initech"} {
		asked := func(_ context.Context, tx store.Tx) error {
			if got := tx.Tenant(); got != t {
				return fmt.Errorf("a unit of tenant %q says it is of %q", t, got)
			}
			return nil
		}
		if err := errors.Join(writeAs(ctx, b, t, asked), readAs(ctx, b, t, asked)); err != nil {
			return err
		}
	}
	return nil
}

// fillTenant does the same in any tenant, with bodies that tell them apart.
func fillTenant(ctx context.Context, b store.Backend, t store.Tenant) error {
	calls := uint64(0)
	return writeAs(ctx, b, t, func(ctx context.Context, tx store.Tx) error {
		for n := range 3 {
			p := ticketOf(n+1, term("state", "new"), unique("number", fmt.Sprint(n)))
			p.Body = []byte(t)
			if _, err := tx.Put(ctx, p); err != nil {
				return err
			}
			e := entryOf(n+1, 1)
			e.Payload = []byte(t)
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
			number, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
			if err != nil {
				return err
			}
			if calls++; number > calls {
				return fmt.Errorf("call %d gave the number %d", calls, number)
			}
		}
		return nil
	})
}

// wantTenant checks that a tenant has just what fillTenant made.
func wantTenant(ctx context.Context, b store.Backend, t store.Tenant) error {
	err := readAs(ctx, b, t, func(ctx context.Context, tx store.Tx) error {
		for _, q := range []store.Query{{Kind: ticket, Limit: 10}, {Kind: ticket, Index: "state", Limit: 10}, {Kind: ticket, Index: "number", Limit: 10}} {
			page, err := tx.Page(ctx, q)
			if err != nil {
				return err
			}
			n, err := tx.Count(ctx, q)
			if err != nil {
				return err
			}
			if got := numbers(page); !slices.Equal(got, []int{1, 2, 3}) || n != 3 {
				return fmt.Errorf("index %q of tenant %q holds %v, counted %d, want [1 2 3]", q.Index, t, got, n)
			}
			for _, d := range page.Documents {
				if string(d.Body) != string(t) {
					return fmt.Errorf("tenant %q sees a document of %q", t, d.Body)
				}
			}
		}
		entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 10})
		if err == nil && (len(entries) != 1 || string(entries[0].Payload) != string(t)) {
			err = fmt.Errorf("the history of a record of tenant %q has %d entries", t, len(entries))
		}
		return err
	})
	if err != nil {
		return err
	}
	all, err := journalOf(ctx, b, t, 10)
	if err != nil {
		return err
	}
	if len(all) != 3 {
		return fmt.Errorf("the journal of tenant %q has %d entries, want 3", t, len(all))
	}
	for _, e := range all {
		if string(e.Payload) != string(t) {
			return fmt.Errorf("the journal of tenant %q has an entry of %q", t, e.Payload)
		}
	}
	return nil
}

func tenantsApart(ctx context.Context, b store.Backend) error {
	if err := fillTenant(ctx, b, acme); err != nil {
		return err
	}
	if err := fillTenant(ctx, b, zenith); err != nil {
		return fmt.Errorf("the second tenant: %w", err)
	}
	for _, t := range []store.Tenant{acme, zenith} {
		if err := wantTenant(ctx, b, t); err != nil {
			return err
		}
	}
	err := writeAs(ctx, b, zenith, func(ctx context.Context, tx store.Tx) error {
		for n := range 3 {
			d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(n + 1)})
			if err != nil {
				return err
			}
			if err := tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(n + 1), Expect: d.Version}); err != nil {
				return err
			}
			if err := tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(n + 1), Revision: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return wantTenant(ctx, b, acme)
}

func tenantNames(ctx context.Context, b store.Backend) error {
	tenants := []store.Tenant{"a", "A", "a ", "aa", "á", "a\u0301", "a%", "a_", "a'b"}
	for _, t := range tenants {
		if err := fillTenant(ctx, b, t); err != nil {
			return fmt.Errorf("tenant %q: %w", t, err)
		}
	}
	for _, t := range tenants {
		if err := wantTenant(ctx, b, t); err != nil {
			return err
		}
	}
	return nil
}

// next runs a unit that takes one number, and counts how often it was run.
func next(ctx context.Context, b store.Backend, sequence string) (number, runs uint64, err error) {
	return nextAfter(ctx, b, store.NextParams{Sequence: sequence})
}

func nextAfter(ctx context.Context, b store.Backend, p store.NextParams) (number, runs uint64, err error) {
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		runs++
		number, err = tx.Next(ctx, p)
		return err
	})
	return number, runs, err
}

func sequenceRising(ctx context.Context, b store.Backend) error {
	last := map[string]uint64{}
	for range 20 {
		for _, sequence := range []string{"INC", "CHG"} {
			number, runs, err := next(ctx, b, sequence)
			if err != nil {
				return err
			}
			if last[sequence] == 0 && number > runs || number <= last[sequence] {
				return fmt.Errorf("number %d of sequence %q follows %d", number, sequence, last[sequence])
			}
			last[sequence] = number
		}
	}
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		before := last["INC"]
		for range 3 {
			number, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
			if err != nil {
				return err
			}
			if number <= before {
				return fmt.Errorf("in one unit, number %d follows %d", number, before)
			}
			before = number
		}
		return nil
	})
}

func sequenceAfter(ctx context.Context, b store.Backend) error {
	last := uint64(0)
	for _, after := range []uint64{0, 500, 3, 501, 0, 1 << 40, 7} {
		number, runs, err := nextAfter(ctx, b, store.NextParams{Sequence: "INC", After: after})
		if err != nil {
			return err
		}
		if least := max(last, after) + 1; number < least || number >= least+runs {
			return fmt.Errorf("after %d, with After %d, comes %d; want %d", last, after, number, least)
		}
		last = number
	}
	return nil
}

func sequenceConcurrent(ctx context.Context, b store.Backend) error {
	const units = 60
	numbers, errs := make([]uint64, units), make([]error, units)
	var wg sync.WaitGroup
	for n := range units {
		wg.Go(func() { numbers[n], _, errs[n] = next(ctx, b, "INC") })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	slices.Sort(numbers)
	if distinct := len(slices.Compact(numbers)); distinct != units {
		return fmt.Errorf("%d units got %d numbers", units, distinct)
	}
	return nil
}

func sequenceRolledBack(ctx context.Context, b store.Backend) error {
	first, _, err := next(ctx, b, "INC")
	if err != nil {
		return err
	}
	refused := errors.New("refused")
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Next(ctx, store.NextParams{Sequence: "INC"}); err != nil {
			return err
		}
		return refused
	})
	if err := expect("Write", err, refused); err != nil {
		return err
	}
	second, _, err := next(ctx, b, "INC")
	if err == nil && second <= first {
		err = fmt.Errorf("number %d follows %d", second, first)
	}
	return err
}
