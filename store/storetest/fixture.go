package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// What the clauses work on. There are always two of everything, so that a
// backend that forgets a part of its key is found out.
const (
	acme   = store.Tenant("acme")
	zenith = store.Tenant("zenith")

	ticket = "ticket"
	task   = "task"
)

// id returns the nth of a row of ids that rises with n.
func id(n int) uuid.UUID {
	var u uuid.UUID
	u[0] = 0x80 // above what a signed comparison takes for positive
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	return u
}

// ticketOf returns a document to create, with something in every field.
func ticketOf(n int, terms ...store.Term) store.PutParams {
	return store.PutParams{
		Kind: ticket, ID: id(n),
		Head: fmt.Appendf(nil, "head %d", n), Body: fmt.Appendf(nil, "body %d", n), Terms: terms,
	}
}

func term(index, key string) store.Term { return store.Term{Index: index, Key: []byte(key)} }

func unique(index, key string) store.Term {
	return store.Term{Index: index, Key: []byte(key), Unique: true}
}

// entryOf returns an entry with something in every field but Erased.
func entryOf(n int, revision uint64) store.Entry {
	name := fmt.Sprintf("%d.%d", n, revision)
	return store.Entry{
		Kind: ticket, ID: id(n), Revision: revision, Type: "type " + name,
		Time:    time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC).Add(time.Duration(revision) * time.Microsecond),
		Payload: []byte("payload " + name), Salt: []byte("salt " + name), Digest: []byte("digest " + name),
		Previous: []byte("previous " + name), Hash: []byte("hash " + name),
	}
}

// patient outlasts the conflicts that a hundred writers of one document can
// have with each other.
func patient() *store.RetryOptions {
	return &store.RetryOptions{Attempts: 10_000, MaxWait: 20 * time.Millisecond}
}

// write runs a unit of acme, again where the backend asks for it.
func write(ctx context.Context, b store.Backend, fn func(context.Context, store.Tx) error) error {
	return writeAs(ctx, b, acme, fn)
}

func writeAs(ctx context.Context, b store.Backend, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return store.Retry(ctx, patient(), func(ctx context.Context) error { return b.Write(ctx, t, fn) })
}

func read(ctx context.Context, b store.Backend, fn func(context.Context, store.Tx) error) error {
	return readAs(ctx, b, acme, fn)
}

func readAs(ctx context.Context, b store.Backend, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return store.Retry(ctx, patient(), func(ctx context.Context) error { return b.Read(ctx, t, fn) })
}

// put runs a unit that puts one document.
func put(ctx context.Context, b store.Backend, p store.PutParams) (version store.Version, err error) {
	err = write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		version, err = tx.Put(ctx, p)
		return err
	})
	return version, err
}

// putAll runs a unit that creates all.
func putAll(ctx context.Context, b store.Backend, all ...store.PutParams) error {
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error {
		for _, p := range all {
			if _, err := tx.Put(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func remove(ctx context.Context, b store.Backend, p store.DeleteParams) error {
	return write(ctx, b, func(ctx context.Context, tx store.Tx) error { return tx.Delete(ctx, p) })
}

// get runs a unit that reads one ticket.
func get(ctx context.Context, b store.Backend, u uuid.UUID) (d store.Document, err error) {
	err = read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		d, err = tx.Get(ctx, store.GetParams{Kind: ticket, ID: u})
		return err
	})
	return d, err
}

// find runs a unit that reads one page.
func find(ctx context.Context, b store.Backend, q store.Query) (page store.Page, err error) {
	err = read(ctx, b, func(ctx context.Context, tx store.Tx) error {
		page, err = tx.Page(ctx, q)
		return err
	})
	return page, err
}

// findAll walks all pages of a query in one unit and returns the numbers of the
// ids.
func findAll(ctx context.Context, tx store.Tx, q store.Query) ([]int, error) {
	found := []int{}
	for range 10_000 {
		page, err := tx.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(page.Documents) > q.Limit {
			return nil, fmt.Errorf("a page holds %d documents, the limit is %d", len(page.Documents), q.Limit)
		}
		found = append(found, numbers(page)...)
		if page.Next == "" {
			return found, nil
		}
		if len(page.Documents) < q.Limit {
			return nil, fmt.Errorf("a page holds %d documents of %d, and a cursor for more", len(page.Documents), q.Limit)
		}
		q.Cursor = page.Next
	}
	return nil, errors.New("the pages do not end")
}

// numbers returns the n of each document's id.
func numbers(page store.Page) []int {
	list := []int{}
	for _, d := range page.Documents {
		list = append(list, int(binary.BigEndian.Uint64(d.ID[8:])))
	}
	return list
}

// journalOf reads the whole journal of a tenant in pages of the given length.
func journalOf(ctx context.Context, b store.Backend, t store.Tenant, limit int) ([]store.Entry, error) {
	var all []store.Entry
	var from store.Position
	for range 10_000 {
		page, next, err := journal(ctx, b, t, store.JournalQuery{From: from, Limit: limit})
		if err != nil {
			return nil, err
		}
		if len(page) > limit {
			return nil, fmt.Errorf("%d entries for a limit of %d", len(page), limit)
		}
		if len(page) == 0 {
			return all, nil
		}
		all = append(all, page...)
		from = next
	}
	return nil, errors.New("the journal does not end")
}

func journal(ctx context.Context, b store.Backend, t store.Tenant, q store.JournalQuery) (page []store.Entry, next store.Position, err error) {
	err = store.Retry(ctx, patient(), func(ctx context.Context) error {
		page, next, err = b.Journal(ctx, t, q)
		return err
	})
	return page, next, err
}

// expect returns an error unless err matches the sentinel. An error that asks for
// another run of the unit stays one, as in every unit of the clauses: a backend
// may give it at any time.
func expect(what string, err, sentinel error) error {
	if errors.Is(err, store.ErrRetry) && sentinel != store.ErrRetry {
		return err
	}
	if !errors.Is(err, sentinel) {
		return fmt.Errorf("%s: got error %v, want one that matches %q", what, err, sentinel)
	}
	return nil
}

// wantCount checks the Count of a query.
func wantCount(ctx context.Context, tx store.Tx, q store.Query, want int) error {
	n, err := tx.Count(ctx, q)
	if err == nil && n != want {
		err = fmt.Errorf("Count of %+v is %d, want %d", q, n, want)
	}
	return err
}

// sameDocument compares with what was put, at a version.
func sameDocument(got store.Document, p store.PutParams, version store.Version) error {
	if got.Kind != p.Kind || got.ID != p.ID || got.Version != version || !bytes.Equal(got.Head, p.Head) || !bytes.Equal(got.Body, p.Body) {
		return fmt.Errorf("got %s %s version %d head %.40q body %.40q, want %s %s version %d head %.40q body %.40q",
			got.Kind, got.ID, got.Version, got.Head, got.Body, p.Kind, p.ID, version, p.Head, p.Body)
	}
	return nil
}

func sameEntry(got, want store.Entry) error {
	if got.Kind != want.Kind || got.ID != want.ID || got.Revision != want.Revision || got.Type != want.Type ||
		!got.Time.Equal(want.Time) || got.Time.Location() != time.UTC || got.Erased != want.Erased ||
		!bytes.Equal(got.Payload, want.Payload) || !bytes.Equal(got.Salt, want.Salt) || !bytes.Equal(got.Digest, want.Digest) ||
		!bytes.Equal(got.Previous, want.Previous) || !bytes.Equal(got.Hash, want.Hash) {
		return fmt.Errorf("got entry %s, want %s", entryText(got), entryText(want))
	}
	return nil
}

func sameEntries(got, want []store.Entry) error {
	for i := range min(len(got), len(want)) {
		if err := sameEntry(got[i], want[i]); err != nil {
			return fmt.Errorf("entry %d of %d: %w", i, len(want), err)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("got %d entries, want %d", len(got), len(want))
	}
	return nil
}

func entryText(e store.Entry) string {
	return fmt.Sprintf("{%s %s %d %q %s erased=%t %.20q %.20q %.20q %.20q %.20q}", e.Kind, e.ID, e.Revision, e.Type,
		e.Time.Format(time.RFC3339Nano), e.Erased, e.Payload, e.Salt, e.Digest, e.Previous, e.Hash)
}

// stays returns an error unless the document is still as it was put.
func stays(ctx context.Context, b store.Backend, p store.PutParams, version store.Version) error {
	d, err := get(ctx, b, p.ID)
	if err == nil {
		err = sameDocument(d, p, version)
	}
	if err != nil {
		return fmt.Errorf("after a call that failed: %w", err)
	}
	return nil
}
