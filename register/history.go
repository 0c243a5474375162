package register

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// The types of journal entries.
const (
	EventEntry     = "event"     // a command was carried out
	RefusalEntry   = "refusal"   // the record refused a command of the system
	ErasureEntry   = "erasure"   // the content of an earlier entry was erased
	MigrationEntry = "migration" // the record was moved out of a forgotten state
)

// Entry is one entry of a record's journal. Of Event, Refusal, Erasure and
// Migration, the one that Type says is set, none if the content was erased.
type Entry[R any] struct {
	ID        uuid.UUID // of the record
	Place     uint64    // in the journal of the record, from 1
	Type      string
	Time      time.Time // when it happened
	Erased    bool
	Event     *itsm.Event[R]
	Refusal   *Refusal
	Erasure   *Erasure
	Migration *Migration
}

// stepOf is a migration as a step of its record.
func stepOf[R any](id uuid.UUID, m Migration) itsm.Event[R] {
	return itsm.Event[R]{ID: id, Number: m.Number, Revision: m.Revision, From: m.From, To: m.To,
		Stamp: itsm.Stamp{At: m.At, By: m.By}, Command: moved[R]{}}
}

// Erasure tells of the content of a journal entry that is gone.
type Erasure struct {
	Place  uint64     `json:"place"` // of the erased entry
	At     time.Time  `json:"at"`
	By     itsm.Actor `json:"by"`
	Reason string     `json:"reason"`
}

// DecodeEntry reads an entry as the backend keeps it, for those who follow the
// journal of a whole tenant through store.Backend. An entry of another kind or
// that does not decode is a [BodyError].
func (r *Register[R]) DecodeEntry(e store.Entry) (Entry[R], error) { return r.decodeEntry(&e) }

func (c *core[R]) decodeEntry(e *store.Entry) (Entry[R], error) {
	fail := func(err error) (Entry[R], error) {
		return Entry[R]{}, &BodyError{Kind: e.Kind, ID: e.ID, Place: e.Revision, Err: err}
	}
	decoded := Entry[R]{ID: e.ID, Place: e.Revision, Type: e.Type, Time: e.Time, Erased: e.Erased}
	if e.Kind != c.kind {
		return fail(&itsm.FieldError{Field: "kind", Problem: "is not " + c.kind})
	}
	if e.Erased {
		return decoded, nil
	}
	switch e.Type {
	case EventEntry:
		event, err := c.lc.DecodeEvent(e.Payload)
		if err != nil {
			return fail(err)
		}
		decoded.Event = &event
	case RefusalEntry:
		refusal, err := decodeRefusal(e.ID, e.Payload)
		if err != nil {
			return fail(err)
		}
		decoded.Refusal = &refusal
	case ErasureEntry:
		decoded.Erasure = new(Erasure)
		if err := strictJSON(e.Payload, decoded.Erasure); err != nil {
			return fail(err)
		}
	case MigrationEntry:
		decoded.Migration = new(Migration)
		if err := strictJSON(e.Payload, decoded.Migration); err != nil {
			return fail(err)
		}
		decoded.Migration.At = itsm.Normal(decoded.Migration.At)
	default:
		return fail(&itsm.FieldError{Field: "type", Problem: "is " + e.Type + ", which this version does not know"})
	}
	return decoded, nil
}

// History walks over the journal of a record from its birth: events, refusals,
// erasures and migrations. At most one error comes, and it is last. Like
// [Register.Find] it reads page by page; entries are only ever added at the end.
func (r *Register[R]) History(ctx context.Context, by itsm.Actor, id uuid.UUID) iter.Seq2[Entry[R], error] {
	return func(yield func(Entry[R], error) bool) {
		var last uint64
		for {
			var page []store.Entry
			err := r.look(ctx, by, func(u *unit[R]) (err error) {
				page, err = u.entries(id, last)
				return err
			})
			if err != nil {
				yield(Entry[R]{}, err)
				return
			}
			for i := range page {
				entry, err := r.decodeEntry(&page[i])
				if !yield(entry, err) || err != nil {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			last = page[len(page)-1].Revision
		}
	}
}

// entries reads the next page of a record's journal. A record that does not exist
// has none.
func (u *unit[R]) entries(id uuid.UUID, after uint64) ([]store.Entry, error) {
	if id == uuid.Nil {
		return nil, &store.NotFoundError{Kind: u.kind, ID: id}
	}
	page, err := u.tx.History(u.ctx, store.HistoryQuery{Kind: u.kind, ID: id, After: after, Limit: pageSize})
	if err == nil && len(page) == 0 && after == 0 {
		err = &store.NotFoundError{Kind: u.kind, ID: id}
	}
	return page, err
}

// all walks over the journal of a record within the unit.
func (u *unit[R]) all(id uuid.UUID) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		var last uint64
		for {
			page, err := u.entries(id, last)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page {
				if !yield(&page[i], nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			last = page[len(page)-1].Revision
		}
	}
}

// Replay makes a record again from its journal alone. It is, byte for byte as
// JSON, the record that is stored. An erased event is an [ErasedError]: the
// record remains, its past cannot be told in full any more.
func (r *Register[R]) Replay(ctx context.Context, by itsm.Actor, id uuid.UUID) (R, error) {
	var rec R
	err := r.look(ctx, by, func(u *unit[R]) (err error) {
		rec, _, err = u.replay(id, 0)
		return err
	})
	return orZero(rec, err)
}

// replay makes the record as it was at a revision, 0 for the latest, and gives
// the event that led there.
func (u *unit[R]) replay(id uuid.UUID, revision int) (rec R, last itsm.Event[R], err error) {
	var events []itsm.Event[R]
	for e, err := range u.all(id) {
		if err != nil {
			return rec, last, err
		}
		if e.Type != EventEntry && e.Type != MigrationEntry {
			continue
		}
		if e.Erased {
			return rec, last, &ErasedError{Kind: u.kind, ID: id, Place: e.Revision}
		}
		entry, err := u.decodeEntry(e)
		if err != nil {
			return rec, last, err
		}
		if entry.Migration != nil {
			events = append(events, stepOf[R](id, *entry.Migration))
		} else {
			events = append(events, *entry.Event)
		}
		if len(events) == revision {
			break
		}
	}
	if rec, err = u.lc.Replay(events...); err != nil {
		return rec, last, &BodyError{Kind: u.kind, ID: id, Err: err}
	}
	return rec, events[len(events)-1], nil
}

// Verify checks the journal of a record from its beginning: that no entry was
// removed, changed, moved or cut off since it was written (R30). It returns the
// seal of the journal, which the host may keep elsewhere and compare. What is
// wrong is a [TamperError] that says where. Entries whose content was erased stay
// part of the chain.
func (r *Register[R]) Verify(ctx context.Context, by itsm.Actor, id uuid.UUID) (Seal, error) {
	var s seal
	err := r.look(ctx, by, func(u *unit[R]) error {
		s = seal{}
		if id == uuid.Nil {
			return &store.NotFoundError{Kind: r.kind, ID: id}
		}
		d, err := u.tx.Get(u.ctx, store.GetParams{Kind: r.kind, ID: id})
		if err != nil {
			return err
		}
		sealed, err := parseSeal(d.Head)
		if err != nil {
			return &TamperError{Kind: r.kind, ID: id, Problem: "cannot be compared: " + err.Error()}
		}
		var after uint64
		for {
			page, err := u.tx.History(u.ctx, store.HistoryQuery{Kind: r.kind, ID: id, After: after, Limit: pageSize})
			if err != nil {
				return err
			}
			for i := range page {
				if err := s.verify(u.tenant, &page[i], &u.scratch.hash); err != nil {
					return err
				}
			}
			if len(page) < pageSize {
				return s.matches(r.kind, id, &sealed)
			}
			after = page[len(page)-1].Revision
		}
	})
	if err != nil {
		return Seal{}, err
	}
	return Seal{Entries: s.entries, Hash: s.hash[:]}, nil
}

// Erase removes the content of one entry of a record's journal for good, because
// the law asks for it. What was erased, by whom and why is journalled in its
// place; the chain still verifies; the record itself stays as it is. The actor
// needs one of Options.Erasers, else it is an [itsm.TransitionError]. Erasing an
// entry again changes nothing; erasing the note of an erasure is an
// [itsm.FieldError]. ErrNotFound of package store: there is no such record or
// entry.
func (r *Register[R]) Erase(ctx context.Context, by itsm.Actor, id uuid.UUID, place uint64, reason string) error {
	by, err := r.checkOfficer(by, reason)
	if err != nil {
		return err
	}
	if place == 0 {
		return &itsm.FieldError{Field: "place", Problem: "is 0; journals begin with 1"}
	}
	timing := r.timing()
	return r.write(ctx, by.Tenant, func(ctx context.Context, tx store.Tx) error {
		u := r.begin(ctx, tx, by.Tenant, timing)
		defer u.end()
		return u.erase(by, id, place, reason)
	})
}

func (u *unit[R]) erase(by itsm.Actor, id uuid.UUID, place uint64, reason string) error {
	l, err := u.load(id)
	if err != nil {
		return err
	}
	h := head(&l.record)
	if !by.Has(u.options.Erasers...) {
		return &itsm.TransitionError{Kind: u.kind, Number: h.Number, Name: ErasureEntry, From: h.State, Rule: itsm.RuleRole, Roles: u.options.Erasers}
	}
	found, err := u.tx.History(u.ctx, store.HistoryQuery{Kind: u.kind, ID: id, After: place - 1, Limit: 1})
	switch {
	case err != nil:
		return err
	case len(found) == 0 || found[0].Revision != place:
		return &store.NotFoundError{Kind: u.kind, ID: id, Revision: place}
	case found[0].Erased:
		return nil
	case found[0].Type == ErasureEntry:
		return &itsm.FieldError{Field: "place", Problem: "is the note of an erasure, which stays"}
	}
	if err := u.tx.Erase(u.ctx, store.EraseParams{Kind: u.kind, ID: id, Revision: place}); err != nil {
		return err
	}
	at := u.timing.stamp(h, by, true).At
	payload, err := json.Marshal(Erasure{Place: place, At: at, By: by, Reason: reason})
	if err == nil {
		err = u.note(l, l.seal, store.Entry{Type: ErasureEntry, Time: at, Payload: payload})
	}
	if err != nil {
		return &fatalError{err}
	}
	return nil
}
