package storetest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/storetest"
)

// mapStore is a whole adapter, as simple as one can be: all data is one map of
// bytes. A Read has the map as it is; a Write changes a copy, which takes its
// place when it commits.
type mapStore struct {
	turn chan struct{}                     // holds one value while a Write runs
	data atomic.Pointer[map[string][]byte] // a map that nobody changes; nil: closed
}

func newMapStore() *mapStore {
	s := &mapStore{turn: make(chan struct{}, 1)}
	s.data.Store(&map[string][]byte{})
	return s
}

func (s *mapStore) Close() error { s.data.Store(nil); return nil }

// begin is how every method begins. It returns a unit on what is committed.
func (s *mapStore) begin(ctx context.Context, t store.Tenant) (context.Context, *mapTx, error) {
	if err := t.Validate(); err != nil {
		return nil, nil, err
	}
	unit, err := store.Enter(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	committed := s.data.Load()
	if committed == nil {
		return nil, nil, store.ErrClosed
	}
	return unit, &mapTx{tenant: t, committed: committed, data: *committed}, ctx.Err()
}

func (s *mapStore) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	unit, tx, err := s.begin(ctx, t)
	if err != nil {
		return err
	}
	defer tx.end()
	return fn(unit, tx)
}

func (s *mapStore) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	if _, _, err := s.begin(ctx, t); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	unit, tx, err := s.begin(ctx, t) // now that no other Write can commit
	if err != nil {
		return err
	}
	tx.data, tx.writes = maps.Clone(tx.data), true
	defer tx.end()
	if err := cmp.Or(fn(unit, tx), tx.end(), ctx.Err()); err != nil {
		return err
	}
	if !s.data.CompareAndSwap(tx.committed, &tx.data) {
		return store.ErrClosed
	}
	return nil
}

func (s *mapStore) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	_, tx, err := s.begin(ctx, t)
	if err := cmp.Or(err, q.Validate()); err != nil {
		return nil, "", err
	}
	var from uint64
	if err := store.DecodePosition(t, q.From, &from); err != nil {
		return nil, "", err
	}
	all := load[[]store.Entry](tx, tx.key("journal"))
	from = min(from, uint64(len(all)))
	page := all[from:min(int(from)+q.Limit, len(all))]
	return page, store.EncodePosition(t, from+uint64(len(page))), nil
}

// mapTx is a unit on its map.
type mapTx struct {
	tenant        store.Tenant
	committed     *map[string][]byte
	data          map[string][]byte
	writes, ended bool
	lost          error // why the unit cannot commit any more
}

func (tx *mapTx) end() error { tx.ended = true; return tx.lost }

// check is how every method of a unit begins.
func (tx *mapTx) check(ctx context.Context, writes bool, invalid error) error {
	switch {
	case tx.ended:
		return store.ErrEnded
	case cmp.Or(tx.lost, ctx.Err()) != nil:
		tx.lost = cmp.Or(tx.lost, ctx.Err())
		return tx.lost
	case writes && !tx.writes:
		return store.ErrReadOnly
	}
	return invalid
}

// key joins names to a key. No name has a zero byte in it.
func (tx *mapTx) key(names ...string) string {
	return string(tx.tenant) + "\x00" + strings.Join(names, "\x00") + "\x00"
}

func documentKey(tx *mapTx, kind string, id uuid.UUID) string {
	return tx.key("document", kind) + string(id[:])
}

// record is a document as it is stored.
type record struct {
	store.Document
	Terms []store.Term
}

// load returns what is stored under a key, or zero. That, and save, make the
// copies that the contract asks for.
func load[T any](tx *mapTx, key string) (v T) {
	if b, ok := tx.data[key]; ok {
		if err := json.Unmarshal(b, &v); err != nil {
			panic(err) // save wrote it
		}
	}
	return v
}

func save(tx *mapTx, key string, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // Validate lets nothing pass that JSON cannot hold
	}
	tx.data[key] = b
}

func (tx *mapTx) Tenant() store.Tenant { return tx.tenant }

func (tx *mapTx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	if err := tx.check(ctx, false, p.Validate()); err != nil {
		return store.Document{}, err
	}
	r := load[record](tx, documentKey(tx, p.Kind, p.ID))
	if r.Version == 0 {
		return store.Document{}, &store.NotFoundError{Kind: p.Kind, ID: p.ID}
	}
	return r.Document, nil
}

func (tx *mapTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if err := tx.check(ctx, true, p.Validate()); err != nil {
		return 0, err
	}
	key := documentKey(tx, p.Kind, p.ID)
	current := load[record](tx, key).Version
	if p.Expect == 0 && current != 0 {
		return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Holder: p.ID}
	}
	if p.Expect != current {
		return 0, &store.ConflictError{Kind: p.Kind, ID: p.ID, Expected: p.Expect, Current: current}
	}
	for _, t := range p.Terms {
		for _, r := range tx.rows(store.Query{Kind: p.Kind, Index: t.Index, Prefix: t.Key}) {
			if t.Unique && r.Unique && r.ID != p.ID && bytes.Equal(r.Key, t.Key) {
				return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Index: t.Index, Key: r.Key, Holder: r.ID}
			}
		}
	}
	version := load[store.Version](tx, tx.key("version")) + 1
	save(tx, tx.key("version"), version)
	save(tx, key, record{store.Document{Kind: p.Kind, ID: p.ID, Version: version, Head: p.Head, Body: p.Body}, p.Terms})
	return version, nil
}

func (tx *mapTx) Delete(ctx context.Context, p store.DeleteParams) error {
	if err := tx.check(ctx, true, p.Validate()); err != nil {
		return err
	}
	key := documentKey(tx, p.Kind, p.ID)
	if current := load[record](tx, key).Version; current != p.Expect {
		return &store.ConflictError{Kind: p.Kind, ID: p.ID, Expected: p.Expect, Current: current}
	}
	delete(tx.data, key)
	return nil
}

// row is a document under one of its terms.
type row struct {
	store.Term
	store.Document
}

func (r row) compare(key []byte, id uuid.UUID) int {
	return cmp.Or(bytes.Compare(r.Key, key), bytes.Compare(r.ID[:], id[:]))
}

// rows returns what a query matches, in order.
func (tx *mapTx) rows(q store.Query) (all []row) {
	low, high := q.Bounds()
	for key := range tx.data {
		if !strings.HasPrefix(key, tx.key("document", q.Kind)) {
			continue
		}
		r := load[record](tx, key)
		if q.Index == "" {
			r.Terms = []store.Term{{}} // every document, once
		}
		for _, t := range r.Terms {
			if t.Index == q.Index && bytes.Compare(t.Key, low) >= 0 && (len(high) == 0 || bytes.Compare(t.Key, high) < 0) {
				all = append(all, row{t, r.Document})
			}
		}
	}
	slices.SortFunc(all, func(a, b row) int { return a.compare(b.Key, b.ID) })
	if q.Desc {
		slices.Reverse(all)
	}
	return all
}

func (tx *mapTx) Page(ctx context.Context, q store.Query) (page store.Page, err error) {
	if err := tx.check(ctx, false, q.Validate()); err != nil {
		return page, err
	}
	all := tx.rows(q)
	if q.Cursor != "" {
		key, id, err := store.DecodeCursor(tx.tenant, q)
		if err != nil {
			return page, err
		}
		all = slices.DeleteFunc(all, func(r row) bool { // up to the place of the cursor
			c := r.compare(key, id)
			return c == 0 || c < 0 != q.Desc
		})
	}
	for _, r := range all[:min(q.Limit, len(all))] {
		page.Documents = append(page.Documents, r.Document)
	}
	if len(all) > q.Limit {
		last := all[q.Limit-1]
		page.Next = store.EncodeCursor(tx.tenant, q, last.Key, last.ID)
	}
	return page, nil
}

func (tx *mapTx) Count(ctx context.Context, q store.Query) (int, error) {
	if err := tx.check(ctx, false, q.ValidateCount()); err != nil {
		return 0, err
	}
	return len(tx.rows(q)), nil
}

func (tx *mapTx) History(ctx context.Context, q store.HistoryQuery) (entries []store.Entry, err error) {
	if err := tx.check(ctx, false, q.Validate()); err != nil {
		return nil, err
	}
	all := load[[]store.Entry](tx, tx.key("journal"))
	if q.Desc {
		slices.Reverse(all)
	}
	for _, e := range all {
		after := q.After == 0 || e.Revision != q.After && e.Revision < q.After == q.Desc
		if e.Kind == q.Kind && e.ID == q.ID && after && len(entries) < q.Limit {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (tx *mapTx) Append(ctx context.Context, entries ...store.Entry) error {
	var invalid error
	for _, e := range entries {
		invalid = cmp.Or(invalid, e.Validate())
	}
	if err := tx.check(ctx, true, invalid); err != nil {
		return err
	}
	all := load[[]store.Entry](tx, tx.key("journal"))
	for _, e := range entries {
		for _, before := range slices.Backward(all) {
			if before.Kind == e.Kind && before.ID == e.ID && before.Revision >= e.Revision {
				return &store.RevisionError{Kind: e.Kind, ID: e.ID, Revision: e.Revision, Last: before.Revision}
			}
		}
		e.Time = e.Time.UTC()
		all = append(all, e)
	}
	save(tx, tx.key("journal"), all)
	return nil
}

func (tx *mapTx) Erase(ctx context.Context, p store.EraseParams) error {
	if err := tx.check(ctx, true, p.Validate()); err != nil {
		return err
	}
	all := load[[]store.Entry](tx, tx.key("journal"))
	i := slices.IndexFunc(all, func(e store.Entry) bool { return e.Kind == p.Kind && e.ID == p.ID && e.Revision == p.Revision })
	if i < 0 {
		return &store.NotFoundError{Kind: p.Kind, ID: p.ID, Revision: p.Revision}
	}
	all[i].Payload, all[i].Salt, all[i].Erased = nil, nil, true
	save(tx, tx.key("journal"), all)
	return nil
}

func (tx *mapTx) Next(ctx context.Context, p store.NextParams) (uint64, error) {
	if err := tx.check(ctx, true, p.Validate()); err != nil {
		return 0, err
	}
	number := max(load[uint64](tx, tx.key("sequence", p.Sequence)), p.After) + 1
	save(tx, tx.key("sequence", p.Sequence), number)
	return number, nil
}

// A whole adapter over a map of bytes, and what the suite says of it. A test of
// your own calls storetest.Run, which has a subtest for each clause.
func Example_adapter() {
	broken := 0
	for _, clause := range storetest.Clauses() {
		if err := clause.Check(context.Background(), func() store.Backend { return newMapStore() }); err != nil {
			fmt.Println(err)
			broken++
		}
	}
	fmt.Println("clauses broken:", broken)
	// Output: clauses broken: 0
}
