package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/itsmkit/itsm/store"
)

// intake is one transaction of an import. What it changes of the importer is
// kept apart until it is committed.
type intake struct {
	*importer
	ctx     context.Context
	tx      store.Tx
	here    map[recordID]*chain // those that moved; nil: of a record that is done
	highest map[string]uint64   // number that came in, by sequence
	done    Transferred
}

func (u *intake) take(l *taken) error {
	switch {
	case l.entry != nil:
		return u.entry(l)
	case l.record != nil:
		return u.record(l)
	}
	return u.key(l)
}

// chain is that of a record so far, as its own to move on, nil if it is not known.
func (u *intake) chain(id recordID) *chain {
	if c, here := u.here[id]; here {
		return c
	}
	if c := u.flight.by[id]; c != nil {
		own := *c
		return &own
	}
	return nil
}

func (u *intake) entry(l *taken) error {
	e := l.entry
	id := recordID{e.Kind, e.ID}
	c := u.chain(id)
	if c == nil {
		var err error
		if c, err = resume(u.ctx, u.tx, e); err != nil {
			return err
		}
	}
	if err := c.verify(u.tenant, e, &u.hash); err != nil {
		return l.wrong("entry", "does not fit the journal", err)
	}
	err := u.tx.Append(u.ctx, *e)
	c.fresh = err == nil
	if errors.Is(err, store.ErrConflict) {
		there, lookErr := entryAt(u.ctx, u.tx, e.Kind, e.ID, e.Revision)
		if lookErr != nil {
			return lookErr
		}
		if there == nil || !sameEntry(there, e) {
			return l.wrong("entry", "is not the one that is there", err)
		}
		u.done.Present++
	} else if err != nil {
		return err
	}
	u.here[id] = c
	u.done.Entries++
	return nil
}

func sameEntry(a, b *store.Entry) bool {
	return a.Type == b.Type && a.Time.Equal(b.Time) && a.Erased == b.Erased &&
		bytes.Equal(a.Previous, b.Previous) && bytes.Equal(a.Digest, b.Digest) && bytes.Equal(a.Hash, b.Hash) &&
		bytes.Equal(a.Salt, b.Salt) && bytes.Equal(a.Payload, b.Payload)
}

func (u *intake) record(l *taken) error {
	r := l.record
	d := store.Document{Kind: r.kind, ID: r.id, Body: r.body}
	contents, err := l.kind.openDocument(&u.scratch, d, &r.seal)
	if err != nil {
		return l.wrong("record.body", "is no record of this process", err)
	}
	n, err := numberOf(l.kind.sequence(), contents.number)
	if err != nil {
		return l.wrong("record.body", "cannot be counted on", err)
	}
	fresh, err := u.sealed(l)
	if err != nil {
		return err
	}
	u.scratch.head = r.seal.append(u.scratch.head[:0])
	put := store.PutParams{Kind: r.kind, ID: r.id, Head: u.scratch.head, Body: r.body, Terms: contents.terms}
	if present, err := u.put(l, "record", put); err != nil {
		return err
	} else if !present {
		if err := u.last(l, fresh); err != nil {
			return err
		}
		sequence := l.kind.sequence()
		u.highest[sequence] = max(u.highest[sequence], n)
	}
	if u.options.Rebuild {
		body, err := l.kind.rebuilt(u.ctx, u.tx, r.id)
		if err != nil && !errors.Is(err, ErrErased) {
			return l.wrong("record", "cannot be made from its journal", err)
		}
		if err == nil && !bytes.Equal(body, r.body) {
			return l.wrong("record.body", "is not what the journal gives", nil)
		}
	}
	u.here[recordID{r.kind, r.id}] = nil
	u.done.Records++
	return nil
}

// sealed compares a record with its journal, and says whether the last entry of
// that came in this unit.
func (u *intake) sealed(l *taken) (fresh bool, err error) {
	r := l.record
	c := u.chain(recordID{r.kind, r.id})
	if c == nil {
		c = new(chain)
		if r.seal.entries > 0 {
			last, err := entryAt(u.ctx, u.tx, r.kind, r.id, r.seal.entries)
			if err != nil {
				return false, err
			}
			if last != nil {
				c.entries = last.Revision
				copy(c.hash[:], last.Hash)
			}
		}
	}
	if err := c.matches(r.kind, r.id, &r.seal); err != nil {
		return false, l.wrong("record", "does not fit its journal", err)
	}
	if c.entries == 0 {
		return false, l.wrong("record.entries", "is 0; a record has at least its birth", nil)
	}
	return c.fresh, nil
}

// last makes sure that no entry follows those of a record that is new here.
func (u *intake) last(l *taken, fresh bool) error {
	if fresh {
		return nil
	}
	r := l.record
	more, err := u.tx.History(u.ctx, store.HistoryQuery{Kind: r.kind, ID: r.id, After: r.seal.entries, Limit: 1})
	if err != nil {
		return err
	}
	if len(more) > 0 {
		return l.wrong("record", "is older than its journal, which goes on here",
			&store.RevisionError{Kind: r.kind, ID: r.id, Revision: r.seal.entries, Last: more[0].Revision})
	}
	return nil
}

// put creates a document, or finds it there already.
func (u *intake) put(l *taken, field string, p store.PutParams) (present bool, err error) {
	_, err = u.tx.Put(u.ctx, p)
	var taken *store.ExistsError
	switch {
	case err == nil:
		return false, nil
	case !errors.As(err, &taken):
		return false, err
	case taken.Index != "":
		return false, l.wrong(field, "has a key that another has here", err)
	}
	there, err := u.tx.Get(u.ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
	if err != nil {
		return false, err
	}
	if !bytes.Equal(there.Head, p.Head) || !bytes.Equal(there.Body, p.Body) {
		return false, l.wrong(field, "is not the one that is there", &store.ConflictError{Kind: p.Kind, ID: p.ID, Current: there.Version})
	}
	u.done.Present++
	return true, nil
}

func (u *intake) key(l *taken) error {
	k, err := parseKey(store.Document{Kind: keyKind, Body: l.key})
	if err != nil {
		return l.wrong("key", "is not one", err)
	}
	d, err := u.tx.Get(u.ctx, store.GetParams{Kind: k.Kind, ID: k.ID})
	if errors.Is(err, store.ErrNotFound) {
		return l.wrong("key.id", "is of a record that is not there", err)
	}
	if err != nil {
		return err
	}
	contents, err := l.kind.openDocument(&u.scratch, d, new(seal))
	if err != nil {
		return l.wrong("key.id", "is of a record that cannot be read", err)
	}
	if k.Revision < 1 || k.Revision > contents.revision {
		return l.wrong("key.revision", fmt.Sprintf("is %d; the record is at %d", k.Revision, contents.revision), nil)
	}
	_, err = u.put(l, "key", k.params(l.kind.keyID(k.Key), l.key))
	u.done.Keys++
	return err
}

// sequences moves the sequences on to the highest numbers that came in, each just
// so far that the next number is the one after.
func (u *intake) sequences() error {
	for _, sequence := range slices.Sorted(maps.Keys(u.highest)) {
		n := u.highest[sequence]
		if n <= u.moved[sequence] {
			continue
		}
		if _, err := u.tx.Next(u.ctx, store.NextParams{Sequence: sequence, After: n - 1}); err != nil {
			return err
		}
	}
	return nil
}
