package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

func paramClauses() []Clause {
	return []Clause{
		{Name: "params/tenant", check: tenantParams,
			Law: `An invalid tenant gives ErrInvalid from Read, Write and Journal, with a ParamError that names it.`},
		{Name: "params/calls", check: callParams,
			Law: `An invalid argument gives ErrInvalid and a ParamError that names it, from every method of Tx, and changes nothing.`},
	}
}

func expectParam(what string, err error, field string) error {
	if err := expect(what, err, store.ErrInvalid); err != nil {
		return err
	}
	var param *store.ParamError
	if !errors.As(err, &param) || param.Field != field {
		return fmt.Errorf("%s: got %#v, want a ParamError of field %s", what, err, field)
	}
	return nil
}

// badNames are not valid as a name of anything.
func badNames() []string {
	return []string{"", strings.Repeat("x", 256), "a\x00b", "a\nb", "\x7f", "\xff", "\xc3\x28"}
}

func tenantParams(ctx context.Context, b store.Backend) error {
	fn := func(context.Context, store.Tx) error { return errors.New("the function of the unit was called") }
	for _, name := range badNames() {
		t := store.Tenant(name)
		_, _, errJournal := b.Journal(ctx, t, store.JournalQuery{Limit: 1})
		for method, err := range map[string]error{"Write": b.Write(ctx, t, fn), "Read": b.Read(ctx, t, fn), "Journal": errJournal} {
			if err := expectParam(fmt.Sprintf("%s of tenant %.20q", method, name), err, "Tenant"); err != nil {
				return err
			}
		}
	}
	longest := store.Tenant(strings.Repeat("é", 127) + "x")
	if err := writeAs(ctx, b, longest, func(ctx context.Context, tx store.Tx) error { _, err := tx.Put(ctx, ticketOf(1)); return err }); err != nil {
		return fmt.Errorf("a tenant of 255 bytes: %w", err)
	}
	for _, limit := range []int{0, -1} {
		_, _, err := b.Journal(ctx, acme, store.JournalQuery{Limit: limit})
		if err := expectParam("Journal", err, "Limit"); err != nil {
			return err
		}
	}
	return nil
}

func callParams(ctx context.Context, b store.Backend) error {
	version, _, untouched, err := begin(ctx, b)
	if err != nil {
		return err
	}
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		putWith := func(change func(*store.PutParams)) error {
			p := ticketOf(5, term("state", "new"), term("state", "x"))
			change(&p)
			_, err := tx.Put(ctx, p)
			return err
		}
		pageWith := func(change func(*store.Query)) error {
			q := store.Query{Kind: ticket, Index: "state", Limit: 1}
			change(&q)
			_, err := tx.Page(ctx, q)
			return err
		}
		appendWith := func(change func(*store.Entry)) error {
			e := entryOf(5, 1)
			change(&e)
			return tx.Append(ctx, e)
		}
		type call struct {
			what  string
			err   error
			field string
		}
		var calls []call
		for _, name := range badNames() {
			_, errGet := tx.Get(ctx, store.GetParams{Kind: name, ID: id(1)})
			_, errCount := tx.Count(ctx, store.Query{Kind: name})
			_, errHistory := tx.History(ctx, store.HistoryQuery{Kind: name, ID: id(1), Limit: 1})
			_, errNext := tx.Next(ctx, store.NextParams{Sequence: name})
			calls = append(calls,
				call{"Get", errGet, "Kind"}, call{"Count", errCount, "Kind"}, call{"History", errHistory, "Kind"}, call{"Next", errNext, "Sequence"},
				call{"Put", putWith(func(p *store.PutParams) { p.Kind = name }), "Kind"},
				call{"Put", putWith(func(p *store.PutParams) { p.Terms[1].Index = name }), "Terms[1].Index"},
				call{"Delete", tx.Delete(ctx, store.DeleteParams{Kind: name, ID: id(1), Expect: version}), "Kind"},
				call{"Page", pageWith(func(q *store.Query) { q.Kind = name }), "Kind"},
				call{"Append", appendWith(func(e *store.Entry) { e.Kind = name }), "Kind"},
				call{"Append", appendWith(func(e *store.Entry) { e.Type = name }), "Type"},
				call{"Erase", tx.Erase(ctx, store.EraseParams{Kind: name, ID: id(1), Revision: 1}), "Kind"},
			)
			if name != "" {
				calls = append(calls, call{"Page", pageWith(func(q *store.Query) { q.Index = name }), "Index"})
			}
		}
		_, errGet := tx.Get(ctx, store.GetParams{Kind: ticket})
		_, errHistoryID := tx.History(ctx, store.HistoryQuery{Kind: ticket, Limit: 1})
		_, errHistoryLimit := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1)})
		_, errNextAfter := tx.Next(ctx, store.NextParams{Sequence: "INC", After: 1 << 62})
		long := bytes.Repeat([]byte("k"), store.MaxKey+1)
		calls = append(calls,
			call{"Get", errGet, "ID"}, call{"History", errHistoryID, "ID"}, call{"History", errHistoryLimit, "Limit"},
			call{"Put", putWith(func(p *store.PutParams) { p.ID = uuid.Nil }), "ID"},
			call{"Put", putWith(func(p *store.PutParams) { p.Expect = 1 << 63 }), "Expect"},
			call{"Put of a long key", putWith(func(p *store.PutParams) { p.Terms[1].Key = long }), "Terms[1].Key"},
			call{"Put of one term twice", putWith(func(p *store.PutParams) { p.Terms[1] = unique("state", "new") }), "Terms[1]"},
			call{"Put of one term of many twice", putWith(func(p *store.PutParams) {
				for n := range 100 {
					p.Terms = append(p.Terms, term("state", fmt.Sprint(n%99)))
				}
			}), "Terms[101]"},
			call{"Delete", tx.Delete(ctx, store.DeleteParams{Kind: ticket, Expect: version}), "ID"},
			call{"blind Delete", tx.Delete(ctx, store.DeleteParams{Kind: ticket, ID: id(1)}), "Expect"},
			call{"Next", errNextAfter, "After"},
			call{"Page", pageWith(func(q *store.Query) { q.Limit = 0 }), "Limit"},
			call{"Page", pageWith(func(q *store.Query) { q.Limit = -1 }), "Limit"},
			call{"Page by id", pageWith(func(q *store.Query) { q.Index, q.Prefix = "", []byte("x") }), "Prefix"},
			call{"Page by id", pageWith(func(q *store.Query) { q.Index, q.To = "", []byte("x") }), "To"},
			call{"Append", appendWith(func(e *store.Entry) { e.ID = uuid.Nil }), "ID"},
			call{"Append", appendWith(func(e *store.Entry) { e.Revision = 0 }), "Revision"},
			call{"Append", appendWith(func(e *store.Entry) { e.Revision = 1 << 63 }), "Revision"},
			call{"Append", appendWith(func(e *store.Entry) { e.Time = e.Time.Add(1) }), "Time"},
			call{"Append", appendWith(func(e *store.Entry) { e.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }), "Time"},
			call{"Append", appendWith(func(e *store.Entry) { e.Time = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }), "Time"},
			call{"Append", appendWith(func(e *store.Entry) { e.Erased = true }), "Erased"},
			call{"Erase", tx.Erase(ctx, store.EraseParams{Kind: ticket, Revision: 1}), "ID"},
			call{"Erase", tx.Erase(ctx, store.EraseParams{Kind: ticket, ID: id(1)}), "Revision"},
		)
		for _, c := range calls {
			if err := expectParam(c.what, c.err, c.field); err != nil {
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
