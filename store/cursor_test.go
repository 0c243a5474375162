package store_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// queries differ from each other in one thing each, so that a cursor of one has
// to be refused by every other.
func queries() []store.Query {
	return []store.Query{
		{Kind: "incident"},
		{Kind: "incident", Desc: true},
		{Kind: "change"},
		{Kind: "incident", Index: "state"},
		{Kind: "incident", Index: "stat"},
		{Kind: "incident", Index: "state", Desc: true},
		{Kind: "incident", Index: "state", Prefix: []byte("k")},
		{Kind: "incident", Index: "state", From: []byte("k")},
		{Kind: "incident", Index: "state", To: []byte("l")},
		{Kind: "incident", Index: "state", From: []byte("k"), To: []byte("l")},
		{Kind: "incidents", Index: "tate"},
	}
}

func TestCursorRoundTrip(t *testing.T) {
	id := uuid.New()
	for i, q := range queries() {
		key := []byte("key")
		if q.Index == "" {
			key = nil
		}
		cursor := store.EncodeCursor("acme", q, key, id)
		for j, other := range queries() {
			for _, tenant := range []store.Tenant{"acme", "Acme"} {
				for _, limit := range []int{0, 1, 50} {
					other.Cursor, other.Limit = cursor, limit
					gotKey, gotID, err := store.DecodeCursor(tenant, other)
					if i == j && tenant == "acme" {
						if err != nil || !bytes.Equal(gotKey, key) || gotID != id {
							t.Errorf("query %d: got %q %s %v, want %q %s", i, gotKey, gotID, err, key, id)
						}
					} else if !errors.Is(err, store.ErrCursor) {
						t.Errorf("query %d of %q took the cursor of query %d: %v", j, tenant, i, err)
					}
				}
			}
		}
	}
}

// TestCursorStaysInRange: not even a cursor with a right sum leads out of the
// range of its query.
func TestCursorStaysInRange(t *testing.T) {
	q := store.Query{Kind: "incident", Index: "state", From: []byte("k"), To: []byte("l")}
	for _, key := range []string{"", "j", "l", "z"} {
		q.Cursor = store.EncodeCursor("acme", q, []byte(key), uuid.New())
		if _, _, err := store.DecodeCursor("acme", q); !errors.Is(err, store.ErrCursor) {
			t.Errorf("a cursor at %q, outside the range: %v", key, err)
		}
	}
}

func TestPositionRoundTrip(t *testing.T) {
	for _, place := range [][2]uint64{{0, 0}, {1, 2}, {math.MaxUint64, 1 << 40}} {
		p := store.EncodePosition("acme", place[0], place[1])
		var a, b uint64
		if err := store.DecodePosition("acme", p, &a, &b); err != nil || a != place[0] || b != place[1] {
			t.Errorf("got %d %d %v, want %d", a, b, err, place)
		}
		for name, err := range map[string]error{
			"another tenant":     store.DecodePosition("zenith", p, &a, &b),
			"one number for two": store.DecodePosition("acme", p, &a),
		} {
			if !errors.Is(err, store.ErrCursor) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	a := uint64(7)
	if err := store.DecodePosition("acme", "", &a); err != nil || a != 0 {
		t.Errorf("the empty position is %d, %v, want the beginning", a, err)
	}
	q := store.Query{Kind: "incident"}
	cursor := store.EncodeCursor("acme", q, nil, uuid.New())
	if err := store.DecodePosition("acme", store.Position(cursor), &a); !errors.Is(err, store.ErrCursor) {
		t.Errorf("a cursor as a position: %v", err)
	}
}

// FuzzCursor: any text is a cursor that encodes to itself again, or ErrCursor.
func FuzzCursor(f *testing.F) {
	for _, q := range queries() {
		f.Add(string(store.EncodeCursor("acme", q, nil, uuid.Max)), "acme", q.Kind, q.Index, q.Desc)
	}
	f.Add("", "", "", "", false)
	f.Add("AQAAAAAAAAAA", "acme", "incident", "", false)
	f.Add("AQ\nAA==", "acme", "incident", "state", true)
	f.Fuzz(func(t *testing.T, text, tenant, kind, index string, desc bool) {
		q := store.Query{Kind: kind, Index: index, Desc: desc, Cursor: store.Cursor(text)}
		key, id, err := store.DecodeCursor(store.Tenant(tenant), q)
		if err == nil {
			if again := store.EncodeCursor(store.Tenant(tenant), q, key, id); string(again) != text {
				t.Errorf("%q was taken as %q", text, again)
			}
		} else if !errors.Is(err, store.ErrCursor) {
			t.Errorf("%q: %v, want ErrCursor", text, err)
		}
	})
}

// FuzzPosition: any text is a position that encodes to itself again, or
// ErrCursor.
func FuzzPosition(f *testing.F) {
	f.Add(string(store.EncodePosition("acme", 1)), "acme")
	f.Add(string(store.EncodePosition("acme", 1, 2)), "acme")
	f.Add("AgAAAAAAAAAAAAAAAAAAAAA", "acme")
	f.Fuzz(func(t *testing.T, text, tenant string) {
		var n uint64
		err := store.DecodePosition(store.Tenant(tenant), store.Position(text), &n)
		if err == nil && text != "" {
			if again := store.EncodePosition(store.Tenant(tenant), n); string(again) != text {
				t.Errorf("%q was taken as %q", text, again)
			}
		} else if err != nil && !errors.Is(err, store.ErrCursor) {
			t.Errorf("%q: %v, want ErrCursor", text, err)
		}
	})
}

// TestBounds compares the range of a query with the sentences that define
// Prefix, From and To.
func TestBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	random := func() []byte {
		b := make([]byte, rng.IntN(4))
		for i := range b {
			b[i] = []byte{0, 1, 0xfe, 0xff}[rng.IntN(4)]
		}
		return b
	}
	for range 20_000 {
		q := store.Query{Prefix: random(), From: random(), To: random()}
		low, high := q.Bounds()
		key := random()
		want := bytes.HasPrefix(key, q.Prefix) && bytes.Compare(key, q.From) >= 0 && (len(q.To) == 0 || bytes.Compare(key, q.To) < 0)
		got := bytes.Compare(key, low) >= 0 && (len(high) == 0 || bytes.Compare(key, high) < 0)
		if got != want {
			t.Fatalf("%x in prefix %x from %x to %x: the bounds %x, %x say %t", key, q.Prefix, q.From, q.To, low, high, got)
		}
	}
}
