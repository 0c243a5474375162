package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// stored is what a document's row says beside its body.
type stored struct {
	document int64 // 0: there is none
	version  store.Version
	terms    []byte
}

// got is the document that the unit read last, and is the likeliest to change.
type got struct {
	space int64 // 0: none
	id    uuid.UUID
	stored
}

func (tx *tx) stored(space int64, id uuid.UUID) (s stored, err error) {
	if space == 0 {
		return s, nil
	}
	if tx.got.space == space && tx.got.id == id {
		return tx.got.stored, nil
	}
	err = tx.run.query(context.Background(), getStored, func(v []driver.Value) {
		s = stored{integer(v[0]), store.Version(integer(v[1])), blob(v[2])}
	}, space, id[:])
	return s, err
}

// Put implements store.Tx. To replace a document, it checks everything before it
// writes anything, so that there is nothing to undo when it is refused.
func (tx *tx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return 0, err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return 0, err
	}
	space, err := tx.makeSpace(p.Kind, "")
	if err != nil {
		return 0, tx.lose(err)
	}
	if p.Expect == 0 {
		return tx.create(space, p)
	}
	old, err := tx.stored(space, p.ID)
	switch {
	case err != nil:
		return 0, tx.lose(err)
	case p.Expect != old.version:
		return 0, &store.ConflictError{Kind: p.Kind, ID: p.ID, Expected: p.Expect, Current: old.version}
	}
	if tx.old, err = unpackTerms(tx.old[:0], old.terms); err != nil {
		return 0, tx.lose(err)
	}
	if err := tx.readTerms(p.Kind, p.Terms); err != nil {
		return 0, tx.lose(err)
	}
	taken, err := tx.taken(p)
	switch {
	case err != nil:
		return 0, tx.lose(err)
	case taken != nil:
		return 0, taken
	}
	version := old.version + 1
	tx.got = got{}
	_, err = tx.run.exec(context.Background(), changeDocument,
		int64(version), notNull(p.Head), notNull(tx.pack), notNull(p.Body), old.document)
	if err == nil {
		err = tx.reindex(old.document, p.ID)
	}
	if err != nil {
		return 0, tx.lose(err)
	}
	return version, nil
}

// create is Put for a document that must not exist. Whether it does, or a unique
// term is taken, shows when they are added: the usual case costs no look, and the
// other has something to undo.
func (tx *tx) create(space int64, p store.PutParams) (store.Version, error) {
	tx.old = tx.old[:0]
	if err := tx.readTerms(p.Kind, p.Terms); err != nil {
		return 0, tx.lose(err)
	}
	floor, err := tx.floorOf(space)
	if err != nil {
		return 0, tx.lose(err)
	}
	result, err := tx.run.exec(context.Background(), addDocument,
		space, p.ID[:], floor+1, notNull(p.Head), notNull(tx.pack), notNull(p.Body))
	if err != nil {
		return 0, tx.lose(err)
	}
	added, err := result.RowsAffected()
	switch {
	case err != nil:
		return 0, tx.lose(err)
	case added == 0:
		return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Holder: p.ID}
	}
	document, err := result.LastInsertId()
	if err == nil {
		err = tx.reindex(document, p.ID)
	}
	if code(err) == codeConstraint {
		taken, lookErr := tx.taken(p)
		if lookErr != nil || taken == nil {
			return 0, tx.lose(errors.Join(err, lookErr))
		}
		if err := tx.uncreate(document, p.ID); err != nil {
			return 0, tx.lose(err)
		}
		return 0, taken
	}
	if err != nil {
		return 0, tx.lose(err)
	}
	return store.Version(floor + 1), nil
}

// uncreate takes back what create has added by the time a term failed.
func (tx *tx) uncreate(document int64, id uuid.UUID) error {
	for _, t := range tx.terms {
		if _, err := tx.run.exec(context.Background(), removeTerm, t.space, t.key, id[:]); err != nil {
			return err
		}
	}
	_, err := tx.run.exec(context.Background(), removeDocument, document)
	return err
}

// floorOf returns the greatest version of the kind that was deleted.
func (tx *tx) floorOf(space int64) (floor int64, err error) {
	if floor, ok := tx.floors[space]; ok {
		return floor, nil
	}
	err = tx.run.query(context.Background(), getFloor, func(v []driver.Value) { floor = integer(v[0]) }, space)
	if err == nil && tx.spaces != nil {
		if tx.floors == nil {
			tx.floors = make(map[int64]int64)
		}
		tx.floors[space] = floor
	}
	return floor, err
}

// Delete implements store.Tx. The floor of the kind rises to the version of what
// is deleted, so that whatever comes after it under the same id is above.
func (tx *tx) Delete(ctx context.Context, p store.DeleteParams) error {
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
	old, err := tx.stored(space, p.ID)
	if err != nil {
		return tx.lose(err)
	}
	if p.Expect != old.version {
		return &store.ConflictError{Kind: p.Kind, ID: p.ID, Expected: p.Expect, Current: old.version}
	}
	tx.terms = tx.terms[:0]
	if tx.old, err = unpackTerms(tx.old[:0], old.terms); err != nil {
		return tx.lose(err)
	}
	if err := tx.reindex(old.document, p.ID); err != nil {
		return tx.lose(err)
	}
	delete(tx.floors, space)
	tx.got = got{}
	if _, err := tx.run.exec(context.Background(), raiseFloor, int64(old.version), space); err != nil {
		return tx.lose(err)
	}
	if _, err := tx.run.exec(context.Background(), removeDocument, old.document); err != nil {
		return tx.lose(err)
	}
	return nil
}
