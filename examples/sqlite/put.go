package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// stored is what a document's row says beside its body.
type stored struct {
	document int64 // 0: there is none
	version  store.Version
	terms    []byte
}

func (tx *tx) stored(space int64, id uuid.UUID) (s stored, err error) {
	if space == 0 {
		return s, nil
	}
	err = tx.run.query(context.Background(), getStored, func(v []driver.Value) {
		s = stored{integer(v[0]), store.Version(integer(v[1])), blob(v[2])}
	}, space, id[:])
	return s, err
}

// Put implements store.Tx. It checks everything before it writes anything, so
// that a Put which is refused has nothing to undo.
func (tx *tx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if err := tx.enterWrite(ctx); err != nil {
		return 0, err
	}
	defer tx.leave()
	if err := p.Validate(); err != nil {
		return 0, err
	}
	space, err := tx.makeSpace(p.Kind, "")
	if err != nil {
		return 0, tx.lose(err)
	}
	old, err := tx.stored(space, p.ID)
	if err != nil {
		return 0, tx.lose(err)
	}
	switch {
	case p.Expect == 0 && old.document != 0:
		return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Holder: p.ID}
	case p.Expect != old.version:
		return 0, &store.ConflictError{Kind: p.Kind, ID: p.ID, Expected: p.Expect, Current: old.version}
	}
	if err := tx.readTerms(p.Kind, p.Terms); err != nil {
		return 0, tx.lose(err)
	}
	if tx.old, err = unpackTerms(tx.old[:0], old.terms); err != nil {
		return 0, tx.lose(err)
	}
	holder, taken, err := tx.taken(p.ID)
	switch {
	case err != nil:
		return 0, tx.lose(err)
	case taken != nil:
		return 0, &store.ExistsError{
			Kind: p.Kind, ID: p.ID, Holder: holder,
			Index: taken.index, Key: append([]byte(nil), taken.key...),
		}
	}
	version, err := tx.write(space, old, p)
	if err != nil {
		return 0, tx.lose(err)
	}
	return version, nil
}

// write is Put after all checks.
func (tx *tx) write(space int64, old stored, p store.PutParams) (store.Version, error) {
	tx.pack = packTerms(tx.pack[:0], tx.terms)
	head, terms, body := notNull(p.Head), notNull(tx.pack), notNull(p.Body)
	if old.document != 0 {
		version := old.version + 1
		_, err := tx.run.exec(context.Background(), changeDocument, int64(version), head, terms, body, old.document)
		if err != nil {
			return 0, err
		}
		return version, tx.reindex(old.document, p.ID)
	}
	var floor int64
	err := tx.run.query(context.Background(), getFloor, func(v []driver.Value) { floor = integer(v[0]) }, space)
	if err != nil {
		return 0, err
	}
	version := store.Version(floor + 1)
	result, err := tx.run.exec(context.Background(), addDocument, space, p.ID[:], int64(version), head, terms, body)
	if err != nil {
		return 0, err
	}
	document, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	return version, tx.reindex(document, p.ID)
}

// Delete implements store.Tx. The floor of the kind rises to the version of what
// is deleted, so that whatever comes after it under the same id is above.
func (tx *tx) Delete(ctx context.Context, p store.DeleteParams) error {
	if err := tx.enterWrite(ctx); err != nil {
		return err
	}
	defer tx.leave()
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
	if _, err := tx.run.exec(context.Background(), raiseFloor, int64(old.version), space); err != nil {
		return tx.lose(err)
	}
	if _, err := tx.run.exec(context.Background(), removeDocument, old.document); err != nil {
		return tx.lose(err)
	}
	return nil
}
