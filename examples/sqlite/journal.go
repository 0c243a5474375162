package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// A place in the journal is the number of the tenant's space and then the entry's
// place in the tenant's own journal, so that the entries of a tenant stand
// together in the order of their commits. There is room for 2^36 entries of a
// tenant, and for 2^27 spaces.
const (
	placeBits = 36
	maxSpace  = 1<<(63-placeBits) - 2
)

func placesOf(tenant int64) (before, behind int64) {
	return tenant << placeBits, (tenant + 1) << placeBits
}

// Append implements store.Tx.
func (tx *tx) Append(ctx context.Context, entries ...store.Entry) error {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return err
	}
	defer tx.guard.Leave()
	for i := range entries {
		if err := entries[i].Validate(); err != nil {
			return err
		}
	}
	if len(entries) == 0 {
		return nil
	}
	// Of several entries, all are checked before the first is added, so that
	// there is nothing to undo.
	if len(entries) > 1 {
		refused, err := tx.follow(entries)
		switch {
		case err != nil:
			return tx.lose(err)
		case refused != nil:
			return refused
		}
	}
	place, err := tx.lastPlace()
	if err != nil {
		return tx.lose(err)
	}
	for i := range entries {
		added, err := tx.addEntry(place+1, &entries[i])
		switch {
		case err != nil:
			return tx.lose(err)
		case !added:
			return tx.refuse(&entries[i])
		}
		place++
	}
	if tx.spaces != nil {
		tx.last = place
	}
	return nil
}

// refuse says why an entry was not added.
func (tx *tx) refuse(e *store.Entry) error {
	last, err := tx.lastRevision(e.Kind, e.ID)
	if err != nil {
		return tx.lose(err)
	}
	return &store.RevisionError{Kind: e.Kind, ID: e.ID, Revision: e.Revision, Last: last}
}

// follow refuses the entries unless each comes after the last one of its record,
// those in front of it in the list included.
func (tx *tx) follow(entries []store.Entry) (refused error, err error) {
	type record struct {
		kind string
		id   uuid.UUID
	}
	var seen map[record]uint64
	for i := range entries {
		e := &entries[i]
		r := record{e.Kind, e.ID}
		last, ok := seen[r]
		if !ok {
			if last, err = tx.lastRevision(e.Kind, e.ID); err != nil {
				return nil, err
			}
		}
		if e.Revision <= last {
			return &store.RevisionError{Kind: e.Kind, ID: e.ID, Revision: e.Revision, Last: last}, nil
		}
		if len(entries) > 1 {
			if seen == nil {
				seen = make(map[record]uint64, len(entries))
			}
			seen[r] = e.Revision
		}
	}
	return nil, nil
}

// lastRevision returns 0 for a record without entries.
func (tx *tx) lastRevision(kind string, id uuid.UUID) (last uint64, err error) {
	space, err := tx.space(kind, "")
	if err != nil || space == 0 {
		return 0, err
	}
	err = tx.run.query(context.Background(), lastRevision, func(v []driver.Value) {
		last = uint64(integer(v[0]))
	}, space, id[:])
	return last, err
}

// lastPlace returns the place of the tenant's last entry.
func (tx *tx) lastPlace() (int64, error) {
	if tx.last != 0 {
		return tx.last, nil
	}
	tenant, err := tx.tenantSpace()
	if err != nil {
		return 0, err
	}
	before, behind := placesOf(tenant)
	last := before
	if tenant > maxSpace {
		return 0, errFull()
	}
	err = tx.run.query(context.Background(), lastPlace, func(v []driver.Value) {
		last = max(last, integer(v[0]))
	}, behind)
	return last, err
}

func errFull() error { return errors.New("the journal has no place left for this tenant") }

// tenantSpace is the number of the tenant, which only a unit that writes makes.
func (tx *tx) tenantSpace() (int64, error) {
	if !tx.guard.ReadOnly {
		return tx.makeSpace("", "")
	}
	return tx.space("", "")
}

// addEntry adds an entry, unless the record has one of that revision or a later.
func (tx *tx) addEntry(place int64, e *store.Entry) (added bool, err error) {
	space, err := tx.makeSpace(e.Kind, "")
	if err != nil {
		return false, err
	}
	if place&(1<<placeBits-1) == 0 { // it is the next tenant's
		return false, errFull()
	}
	erased := int64(0)
	if e.Erased {
		erased = 1
	}
	id, revision := e.ID[:], int64(e.Revision)
	result, err := tx.run.exec(context.Background(), addEntry,
		place, space, id, revision, e.Type, e.Time.UnixMicro(), erased,
		notNull(e.Salt), notNull(e.Digest), notNull(e.Previous), notNull(e.Hash), notNull(e.Payload),
		space, id, revision)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// scanEntry takes the entryColumns.
func scanEntry(kind string, v []driver.Value) store.Entry {
	return store.Entry{
		Kind: kind, ID: identity(v[1]), Revision: uint64(integer(v[2])), Type: text(v[3]),
		Time: time.UnixMicro(integer(v[4])).UTC(), Erased: integer(v[5]) != 0,
		Salt: blob(v[6]), Digest: blob(v[7]), Previous: blob(v[8]), Hash: blob(v[9]), Payload: blob(v[10]),
	}
}

// journal returns the entries of the tenant behind a place in its journal, and
// the place of the last of them.
func (tx *tx) journal(ctx context.Context, q store.JournalQuery, from uint64) ([]store.Entry, uint64, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return nil, 0, err
	}
	defer tx.guard.Leave()
	beyond := &store.CursorError{Text: string(q.From), Problem: "is beyond the end of the journal"}
	tenant, err := tx.space("", "")
	switch {
	case err != nil:
		return nil, 0, tx.lose(err)
	case from >= 1<<placeBits || tenant == 0 && from > 0:
		return nil, 0, beyond
	case tenant == 0:
		return nil, 0, nil
	}
	before, behind := placesOf(tenant)
	var entries []store.Entry
	last := before + int64(from)
	err = tx.run.query(ctx, readJournal, func(v []driver.Value) {
		last = integer(v[0])
		entries = append(entries, scanEntry(text(v[11]), v))
	}, last, behind, int64(q.Limit))
	if err == nil && len(entries) == 0 && from > 0 {
		var end int64
		if end, err = tx.lastPlace(); err == nil && end < last {
			return nil, 0, beyond
		}
	}
	if err != nil {
		return nil, 0, tx.lose(err)
	}
	return entries, uint64(last - before), nil
}

// History implements store.Tx.
func (tx *tx) History(ctx context.Context, q store.HistoryQuery) ([]store.Entry, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return nil, err
	}
	defer tx.guard.Leave()
	if err := q.Validate(); err != nil {
		return nil, err
	}
	space, err := tx.space(q.Kind, "")
	if err != nil {
		return nil, tx.lose(err)
	}
	if space == 0 {
		return nil, nil
	}
	s, from := historyUp, int64(q.After)+1
	switch {
	case q.Desc && q.After == 0:
		s, from = historyDown, math.MaxInt64
	case q.Desc:
		s, from = historyDown, int64(q.After)-1
	case q.After == math.MaxInt64:
		return nil, nil
	}
	var entries []store.Entry
	err = tx.run.query(ctx, s, func(v []driver.Value) {
		entries = append(entries, scanEntry(q.Kind, v))
	}, space, q.ID[:], from, int64(q.Limit))
	if err != nil {
		return nil, tx.lose(err)
	}
	return entries, nil
}

// Erase implements store.Tx. What it removes is overwritten first: a page that is
// only given up keeps its bytes.
func (tx *tx) Erase(ctx context.Context, p store.EraseParams) error {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return err
	}
	space, err := tx.space(p.Kind, "")
	if err != nil {
		return tx.lose(err)
	}
	var place, erased int64
	if space != 0 {
		err = tx.run.query(context.Background(), findEntry, func(v []driver.Value) {
			place, erased = integer(v[0]), integer(v[1])
		}, space, p.ID[:], int64(p.Revision))
	}
	switch {
	case err != nil:
		return tx.lose(err)
	case place == 0:
		return &store.NotFoundError{Kind: p.Kind, ID: p.ID, Revision: p.Revision}
	case erased != 0:
		return nil
	}
	for _, s := range []statement{overwriteEntry, eraseEntry} {
		if _, err := tx.run.exec(context.Background(), s, place); err != nil {
			return tx.lose(err)
		}
	}
	return nil
}
