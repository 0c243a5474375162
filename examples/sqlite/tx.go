package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/itsmkit/itsm/store"
)

// tx is the view of a unit. A statement that takes microseconds is not worth
// watching the context for, which costs as much: what comes after it looks.
type tx struct {
	run    runner
	path   string // empty: joined
	tenant store.Tenant
	spaces *spaces // nil: joined

	// What a unit of a backend has learnt. It is the only one that writes, so
	// that nothing of it can change; in a joined transaction it could.
	found  map[spaceName]int64
	floors map[int64]int64
	got    got
	last   int64 // the place of the tenant's last journal entry, 0: not looked up

	terms []term // memory that is used again
	old   []term
	pack  []byte
	rows  []any

	guard store.Guard
}

var _ store.Tx = (*tx)(nil)

// Tenant is whose unit it is.
func (tx *tx) Tenant() store.Tenant { return tx.tenant }

// lose is for an error of the driver: whatever it left behind does not commit.
func (tx *tx) lose(err error) error {
	return tx.guard.Lose(explain(tx.path, err))
}

// Get implements store.Tx.
func (tx *tx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return store.Document{}, err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return store.Document{}, err
	}
	space, err := tx.space(p.Kind, "")
	if err != nil {
		return store.Document{}, tx.lose(err)
	}
	d := store.Document{Kind: p.Kind, ID: p.ID}
	if space != 0 {
		s := getDocument
		if !tx.guard.ReadOnly && tx.spaces != nil {
			s = getToChange
		}
		err = tx.run.query(context.Background(), s, func(v []driver.Value) {
			d.Version, d.Head, d.Body = store.Version(integer(v[0])), blob(v[1]), blob(v[2])
			if s == getToChange {
				tx.got = got{space, p.ID, stored{integer(v[3]), d.Version, blob(v[4])}}
			}
		}, space, p.ID[:])
	}
	switch {
	case err != nil:
		return store.Document{}, tx.lose(err)
	case d.Version == 0:
		return store.Document{}, &store.NotFoundError{Kind: p.Kind, ID: p.ID}
	}
	return d, nil
}

// Next implements store.Tx.
func (tx *tx) Next(ctx context.Context, p store.NextParams) (uint64, error) {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return 0, err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return 0, err
	}
	space, err := tx.makeSpace("", "")
	if err != nil {
		return 0, tx.lose(err)
	}
	var number int64
	err = tx.run.query(context.Background(), nextNumber, func(v []driver.Value) {
		number = integer(v[0])
	}, space, p.Sequence, int64(p.After))
	if err != nil {
		return 0, tx.lose(err)
	}
	return uint64(number), nil
}
