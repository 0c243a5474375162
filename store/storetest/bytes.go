package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

func byteClauses() []Clause {
	return []Clause{
		{Name: "bytes/arguments", check: argumentBytes,
			Law: `Slices given to a method stay the caller's, who may change or reuse them as soon as the call returns.`},
		{Name: "bytes/results", check: resultBytes,
			Law: `Slices in a result are the caller's, also after the unit has ended: changing them, or appending to them, changes nothing stored and no other result.`},
		{Name: "bytes/empty", check: emptyBytes,
			Law: `A nil slice and an empty one are the same value; the empty key is a key, and the first.`},
		{Name: "bytes/large", check: largeBytes,
			Law: `A body and a payload of a mebibyte, and a key of MaxKey bytes, come back whole.`},
		{Name: "bytes/all", check: allBytes,
			Law: `Every byte is stored as it is, in bodies, heads and keys.`},
		{Name: "bytes/order", check: byteOrder,
			Law: `Keys and ids are compared byte by byte: "A" is before "a".`},
		{Name: "bytes/last", check: lastBytes,
			Law: `A range without an end holds the last key there can be, and the last id.`},
		{Name: "bytes/names", check: byteNames,
			Law: `Kinds, indexes and sequences are compared byte by byte: "A" and "a" are different.`},
	}
}

// scribble overwrites what a caller may, up to the capacity.
func scribble(slices ...[]byte) {
	for _, s := range slices {
		s = s[:cap(s)]
		for i := range s {
			s[i] ^= 0xff
		}
	}
}

func argumentBytes(ctx context.Context, b store.Backend) error {
	var version store.Version
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
		p, e := ticketOf(1, term("state", "new"), unique("number", "1")), entryOf(1, 1)
		terms := p.Terms
		if version, err = tx.Put(ctx, p); err != nil {
			return err
		}
		if err := tx.Append(ctx, e); err != nil {
			return err
		}
		scribble(p.Body, p.Head, terms[0].Key, terms[1].Key, e.Payload, e.Salt, e.Digest, e.Previous, e.Hash)
		terms[0], terms[1] = term("other", "x"), term("other", "y")
		return untouchedBytes(ctx, tx, version)
	})
	if err != nil {
		return fmt.Errorf("in the unit: %w", err)
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error { return untouchedBytes(ctx, tx, version) })
}

// untouchedBytes checks that ticket 1 and its first entry are as the fixture
// makes them.
func untouchedBytes(ctx context.Context, tx store.Tx, version store.Version) error {
	d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
	if err != nil {
		return err
	}
	if err := sameDocument(d, ticketOf(1), version); err != nil {
		return err
	}
	page, err := tx.Page(ctx, store.Query{Kind: ticket, Index: "state", Prefix: []byte("new"), Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Documents) != 1 {
		return errors.New("the document is not found by its term any more")
	}
	if err := sameDocument(page.Documents[0], ticketOf(1), version); err != nil {
		return fmt.Errorf("in a page: %w", err)
	}
	entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 1})
	if err != nil {
		return err
	}
	return sameEntries(entries, []store.Entry{entryOf(1, 1)})
}

func resultBytes(ctx context.Context, b store.Backend) error {
	var version store.Version
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
		if version, err = tx.Put(ctx, ticketOf(1, term("state", "new"))); err != nil {
			return err
		}
		return tx.Append(ctx, entryOf(1, 1))
	})
	if err != nil {
		return err
	}
	var kept store.Document
	change := func(ctx context.Context, tx store.Tx) error {
		d, err := tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)})
		if err != nil {
			return err
		}
		if kept, err = tx.Get(ctx, store.GetParams{Kind: ticket, ID: id(1)}); err != nil {
			return err
		}
		page, err := tx.Page(ctx, store.Query{Kind: ticket, Index: "state", Limit: 1})
		if err != nil {
			return err
		}
		entries, err := tx.History(ctx, store.HistoryQuery{Kind: ticket, ID: id(1), Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Documents) != 1 || len(entries) != 1 {
			return errors.New("the document or its entry is not found")
		}
		if err := appendTo(&d, &entries[0]); err != nil {
			return err
		}
		scribble(d.Head, d.Body)
		scribble(page.Documents[0].Head, page.Documents[0].Body)
		scribble(entries[0].Payload, entries[0].Salt, entries[0].Digest, entries[0].Previous, entries[0].Hash)
		return untouchedBytes(ctx, tx, version)
	}
	if err := write(ctx, b, change); err != nil {
		return fmt.Errorf("in a Write: %w", err)
	}
	if err := read(ctx, b, change); err != nil {
		return fmt.Errorf("in a Read: %w", err)
	}
	all, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	for _, e := range all {
		scribble(e.Payload, e.Salt, e.Digest, e.Previous, e.Hash)
	}
	again, err := journalOf(ctx, b, acme, 10)
	if err != nil {
		return err
	}
	if err := sameEntries(again, []store.Entry{entryOf(1, 1)}); err != nil {
		return fmt.Errorf("from Journal: %w", err)
	}
	// Work after the unit must not reach into what it returned.
	for n := range 50 {
		if _, err := put(ctx, b, ticketOf(n+2)); err != nil {
			return err
		}
	}
	if err := sameDocument(kept, ticketOf(1), version); err != nil {
		return fmt.Errorf("a result kept after its unit: %w", err)
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error { return untouchedBytes(ctx, tx, version) })
}

// appendTo appends to each slice of a result and checks that no other slice of
// it changes: one may not have its room in the next.
func appendTo(d *store.Document, e *store.Entry) error {
	doc, entry := *d, *e
	before := fmt.Sprintf("%q", [][]byte{doc.Head, doc.Body, entry.Payload, entry.Salt, entry.Digest, entry.Previous, entry.Hash})
	for _, s := range [][]byte{doc.Head, doc.Body, entry.Payload, entry.Salt, entry.Digest, entry.Previous, entry.Hash} {
		_ = append(s, "some more bytes"...)
	}
	after := fmt.Sprintf("%q", [][]byte{doc.Head, doc.Body, entry.Payload, entry.Salt, entry.Digest, entry.Previous, entry.Hash})
	if after != before {
		return fmt.Errorf("appending to the slices of a result made %s of %s", after, before)
	}
	return nil
}

func emptyBytes(ctx context.Context, b store.Backend) error {
	for n, empty := range [][]byte{nil, {}} {
		p := store.PutParams{
			Kind: ticket, ID: id(n + 1), Head: empty, Body: empty,
			Terms: []store.Term{{Index: "key", Key: empty}, {Index: "key", Key: []byte{0}}},
		}
		e := store.Entry{Kind: ticket, ID: id(n + 1), Revision: 1, Type: "t", Payload: empty, Salt: empty, Digest: empty, Previous: empty, Hash: empty}
		var version store.Version
		err := write(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
			if version, err = tx.Put(ctx, p); err != nil {
				return err
			}
			return tx.Append(ctx, e)
		})
		if err != nil {
			return err
		}
		d, err := get(ctx, b, p.ID)
		if err != nil {
			return err
		}
		if err := sameDocument(d, p, version); err != nil {
			return err
		}
		all, err := journalOf(ctx, b, acme, 10)
		if err != nil {
			return err
		}
		if len(all) != n+1 {
			return fmt.Errorf("the journal holds %d entries, want %d", len(all), n+1)
		}
		if err := sameEntry(all[n], e); err != nil {
			return err
		}
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, q := range []store.Query{
			{Kind: ticket, Index: "key", Limit: 10},
			{Kind: ticket, Index: "key", Prefix: []byte{}, From: []byte{}, To: []byte{}, Limit: 10},
		} {
			found, err := findAll(ctx, tx, q)
			if err != nil {
				return err
			}
			if fmt.Sprint(found) != "[1 2 1 2]" {
				return fmt.Errorf("empty keys, then others: found %v, want [1 2 1 2]", found)
			}
		}
		found, err := findAll(ctx, tx, store.Query{Kind: ticket, Index: "key", To: []byte{0}, Limit: 1})
		if err == nil && fmt.Sprint(found) != "[1 2]" {
			err = fmt.Errorf("empty keys: found %v, want [1 2]", found)
		}
		return err
	})
}

func largeBytes(ctx context.Context, b store.Backend) error {
	large := bytes.Repeat([]byte("0123456789abcde\x00"), 1<<16)
	long := bytes.Repeat([]byte{0xfe}, store.MaxKey)
	p, e := ticketOf(1, store.Term{Index: "key", Key: long, Unique: true}), entryOf(1, 1)
	p.Body, e.Payload = large, large
	var version store.Version
	err := write(ctx, b, func(ctx context.Context, tx store.Tx) (err error) {
		if version, err = tx.Put(ctx, p); err != nil {
			return err
		}
		return tx.Append(ctx, e)
	})
	if err != nil {
		return err
	}
	page, err := find(ctx, b, store.Query{Kind: ticket, Index: "key", From: long, To: append(long, 0), Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Documents) != 1 {
		return errors.New("the document is not found by its long key")
	}
	if err := sameDocument(page.Documents[0], p, version); err != nil {
		return err
	}
	all, err := journalOf(ctx, b, acme, 1)
	if err != nil {
		return err
	}
	return sameEntries(all, []store.Entry{e})
}

func allBytes(ctx context.Context, b store.Backend) error {
	all := make([]byte, 0, 512)
	for i := range 256 {
		all = append(all, byte(i))
	}
	for i := range 256 {
		all = append(all, byte(255-i))
	}
	p := store.PutParams{Kind: ticket, ID: id(1), Head: all, Body: all, Terms: []store.Term{{Index: "key", Key: all}}}
	version, err := put(ctx, b, p)
	if err != nil {
		return err
	}
	page, err := find(ctx, b, store.Query{Kind: ticket, Index: "key", Prefix: all, Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Documents) != 1 {
		return errors.New("the document is not found by its key")
	}
	return sameDocument(page.Documents[0], p, version)
}

func byteOrder(ctx context.Context, b store.Backend) error {
	keys := []string{"", "\x00", "\x00\x00", "\x00\xff", "\x01", "A", "A\x00", "AB", "B", "a", "aB", "ab", "b", "z", "\x7f", "\x80", "Ä", "ä", "é", "\xff", "\xff\x00", "\xff\xff"}
	var all []store.PutParams
	for i, key := range keys {
		// In an order of insertion, and of ids, that is not that of the keys.
		n := i*7%len(keys) + 1
		all = append(all, ticketOf(n, term("key", key)))
	}
	if err := putAll(ctx, b, all[len(all)/2:]...); err != nil {
		return err
	}
	if err := putAll(ctx, b, all[:len(all)/2]...); err != nil {
		return err
	}
	low, high := uuid.UUID{15: 1}, uuid.Max
	for _, u := range []uuid.UUID{high, low} {
		if _, err := put(ctx, b, store.PutParams{Kind: task, ID: u}); err != nil {
			return err
		}
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		page, err := tx.Page(ctx, store.Query{Kind: ticket, Index: "key", Limit: 100})
		if err != nil {
			return err
		}
		if len(page.Documents) != len(all) {
			return fmt.Errorf("%d documents, want %d", len(page.Documents), len(all))
		}
		for i, d := range page.Documents {
			if d.ID != all[i].ID {
				return fmt.Errorf("at the place of key %q, number %d in the order, is another document", keys[i], i)
			}
		}
		page, err = tx.Page(ctx, store.Query{Kind: task, Limit: 10})
		if err != nil {
			return err
		}
		if len(page.Documents) != 2 || page.Documents[0].ID != low || page.Documents[1].ID != high {
			return fmt.Errorf("ids are not in the order of their bytes: %v", page.Documents)
		}
		return nil
	})
}

func lastBytes(ctx context.Context, b store.Backend) error {
	last := bytes.Repeat([]byte{0xff}, store.MaxKey)
	p := store.PutParams{Kind: ticket, ID: uuid.Max, Terms: []store.Term{{Index: "key", Key: last}}}
	if _, err := put(ctx, b, p); err != nil {
		return err
	}
	return read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, q := range []store.Query{
			{}, {Desc: true}, {Index: "key"}, {Index: "key", Desc: true}, {Index: "key", From: last},
			{Index: "key", Prefix: last}, {Index: "key", Prefix: last[:1], Desc: true},
		} {
			q.Kind, q.Limit = ticket, 10
			page, err := tx.Page(ctx, q)
			if err != nil {
				return err
			}
			n, err := tx.Count(ctx, q)
			if err != nil {
				return err
			}
			if len(page.Documents) != 1 || n != 1 {
				return fmt.Errorf("index %q, prefix of %d bytes, desc %v: %d documents and a count of %d, want 1", q.Index, len(q.Prefix), q.Desc, len(page.Documents), n)
			}
		}
		return nil
	})
}

func byteNames(ctx context.Context, b store.Backend) error {
	attempts := uint64(0)
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		attempts++
		names := []string{"a", "A", "a ", "ab", "á", "a\u0301"}
		for n, name := range names {
			p := store.PutParams{Kind: name, ID: id(1), Body: body(n), Terms: []store.Term{
				{Index: name, Key: []byte("k"), Unique: true}, {Index: "x", Key: []byte(name)},
			}}
			if _, err := tx.Put(ctx, p); err != nil {
				return fmt.Errorf("kind %q: %w", name, err)
			}
			number, err := tx.Next(ctx, store.NextParams{Sequence: name})
			if err != nil {
				return err
			}
			if number > attempts {
				return fmt.Errorf("the first number of sequence %q is %d", name, number)
			}
		}
		for n, name := range names {
			d, err := tx.Get(ctx, store.GetParams{Kind: name, ID: id(1)})
			if err != nil {
				return err
			}
			if counted(d) != n {
				return fmt.Errorf("kind %q holds the document of kind %q", name, names[counted(d)])
			}
			for _, index := range names {
				found, err := tx.Count(ctx, store.Query{Kind: name, Index: index})
				if err != nil {
					return err
				}
				if (found == 1) != (index == name) {
					return fmt.Errorf("kind %q has %d documents under index %q", name, found, index)
				}
			}
		}
		return nil
	})
}
