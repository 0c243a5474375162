package histories

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm/store"
	"pgregory.net/rapid"
)

// call is one call of a unit. Each op uses those fields that it needs.
type call struct {
	Op     op
	Kind   string
	Record int
	Stale  bool // to expect a version that is seldom the current one
	Body   string
	Terms  []store.Term
	Number int // of which stale version; of an entry, from the last or in the journal; of a sequence, to be passed
	Query  store.Query
}

type op string

const (
	put    op = "put"
	remove op = "delete"
	look   op = "look"
	add    op = "append"
	erase  op = "erase"
	next   op = "next"
)

func drawCall(t *rapid.T) call {
	key := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 0xff}), 0, 2)
	c := call{
		Op:     rapid.SampledFrom([]op{put, put, put, remove, look, add, erase, next}).Draw(t, "op"),
		Kind:   rapid.SampledFrom(kinds[:]).Draw(t, "kind"),
		Record: rapid.IntRange(0, records-1).Draw(t, "record"),
	}
	switch c.Op {
	case put:
		c.Body = rapid.StringOfN(rapid.RuneFrom([]rune("ab\x00")), 0, 3, -1).Draw(t, "body")
		drawn := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) store.Term {
			return store.Term{Index: rapid.SampledFrom(indexes[:]).Draw(t, "index"), Key: key.Draw(t, "key"), Unique: rapid.Bool().Draw(t, "unique")}
		}), 0, 4).Draw(t, "terms")
		for _, term := range drawn {
			if !slices.ContainsFunc(c.Terms, func(o store.Term) bool { return o.Index == term.Index && bytes.Equal(o.Key, term.Key) }) {
				c.Terms = append(c.Terms, term)
			}
		}
		fallthrough
	case remove:
		c.Stale = rapid.IntRange(0, 4).Draw(t, "stale") == 4
		c.Number = rapid.IntRange(0, 2).Draw(t, "number")
	case look:
		c.Query = store.Query{
			Kind: c.Kind, Index: rapid.SampledFrom(indexes[:]).Draw(t, "index"), Desc: rapid.Bool().Draw(t, "desc"), Limit: rapid.IntRange(1, 4).Draw(t, "limit"),
			Prefix: key.Draw(t, "prefix"), From: key.Draw(t, "from"), To: key.Draw(t, "to"),
		}
	case add, erase, next:
		c.Number = rapid.IntRange(0, 3).Draw(t, "number")
	}
	return c
}

// GoString is how a failure shows the call, on a line of its own.
func (c call) GoString() string {
	line := fmt.Sprintf("\n\t\t%s %s %d", c.Op, c.Kind, c.Record)
	switch c.Op {
	case put:
		line += fmt.Sprintf(" stale %t %d body %q", c.Stale, c.Number, c.Body)
		for _, t := range c.Terms {
			line += fmt.Sprintf(" %s=%q unique %t", t.Index, t.Key, t.Unique)
		}
	case remove:
		line += fmt.Sprintf(" stale %t %d", c.Stale, c.Number)
	case look:
		line += fmt.Sprintf(" by %s prefix %q from %q to %q desc %t limit %d", c.Query.Index, c.Query.Prefix, c.Query.From, c.Query.To, c.Query.Desc, c.Query.Limit)
	case add, erase, next:
		line += fmt.Sprintf(" number %d", c.Number)
	}
	return line
}

// run makes the call, compares what comes of it, and makes it in the model.
func (c call) run(ctx context.Context, tx store.Tx, w *world, drawn map[uint64]bool) error {
	r := ref{c.Kind, id(c.Record)}
	now := w.documents[r].Version
	expect := now
	if c.Stale { // the document there is to be none, an older one or a newer one
		expect = []store.Version{0, now - min(1, now), now + 3}[c.Number]
	}
	outcome := func(got, want error) error {
		if errors.Is(got, store.ErrRetry) || !errors.Is(got, want) {
			return fmt.Errorf("%s of %s %x: got %w, want %v", c.Op, c.Kind, c.Record, said(got), said(want))
		}
		return nil
	}
	switch c.Op {
	case put:
		p := store.PutParams{Kind: r.kind, ID: r.id, Expect: expect, Head: []byte("head of " + c.Body), Body: []byte(c.Body), Terms: c.Terms}
		want := w.refuses(p)
		version, err := tx.Put(ctx, p)
		if want == nil && err == nil {
			if version <= now {
				return fmt.Errorf("version %d follows %d", version, now)
			}
			w.documents[r] = held{store.Document{Kind: p.Kind, ID: p.ID, Version: version, Head: p.Head, Body: p.Body}, p.Terms}
		}
		return outcome(err, want)
	case remove:
		if now == 0 && expect == 0 {
			_, err := tx.Get(ctx, store.GetParams{Kind: r.kind, ID: r.id})
			return outcome(err, store.ErrNotFound)
		}
		err := tx.Delete(ctx, store.DeleteParams{Kind: r.kind, ID: r.id, Expect: expect})
		if expect == 0 { // there is no blind one
			return outcome(err, store.ErrInvalid)
		}
		if expect != now {
			return outcome(err, store.ErrConflict)
		}
		delete(w.documents, r)
		return outcome(err, nil)
	case look:
		return compareQuery(ctx, tx, w, c.Query)
	case add:
		last := w.lastRevision(r)
		e := store.Entry{
			Kind: r.kind, ID: r.id, Revision: max(1, last+uint64(c.Number)), Type: "t", Time: time.UnixMicro(int64(len(w.journal))).UTC(),
			Payload: []byte("p"), Salt: []byte("s"), Digest: []byte("d"), Hash: []byte("h"),
		}
		err := tx.Append(ctx, e)
		if e.Revision <= last {
			return outcome(err, store.ErrConflict)
		}
		w.journal = append(w.journal, e)
		return outcome(err, nil)
	case erase:
		p := store.EraseParams{Kind: r.kind, ID: r.id, Revision: uint64(c.Number) + 1}
		if n := len(w.journal); c.Number > 0 && n > 0 { // mostly one that there is
			e := w.journal[(records*c.Record+c.Number)%n]
			p = store.EraseParams{Kind: e.Kind, ID: e.ID, Revision: e.Revision}
		}
		err := tx.Erase(ctx, p)
		if !w.erase(p) {
			return outcome(err, store.ErrNotFound)
		}
		return outcome(err, nil)
	case next:
		return c.next(ctx, tx, w, drawn)
	}
	return fmt.Errorf("no op %q", c.Op)
}

// said makes an error of none.
func said(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

var errNone = errors.New("no error")

// next takes a number. It is the least that may be, but for those that units had
// which did not commit.
func (c call) next(ctx context.Context, tx store.Tx, w *world, drawn map[uint64]bool) error {
	after := uint64(0)
	if c.Number > 0 {
		after = w.last + uint64(c.Number) - 1
	}
	number, err := tx.Next(ctx, store.NextParams{Sequence: sequence, After: after})
	if err != nil {
		return err
	}
	least := max(w.last, after) + 1
	for least < number && drawn[least] {
		least++
	}
	if number != least {
		return fmt.Errorf("next after %d and %d gave %d, want %d", w.last, after, number, least)
	}
	w.last, drawn[number] = number, true
	return nil
}
