package register

import (
	"context"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Get returns the record of an id. ErrNotFound of package store: the actor's
// tenant has none.
func (r *Register[R]) Get(ctx context.Context, by itsm.Actor, id uuid.UUID) (R, error) {
	var rec R
	err := r.look(ctx, by, func(u *unit[R]) error {
		l, err := u.load(id)
		if err == nil {
			rec = l.record
		}
		return err
	})
	return orZero(rec, err)
}

// ByNumber returns the record of a number: "INC0000042". A number that no record
// has is a [NumberError].
func (r *Register[R]) ByNumber(ctx context.Context, by itsm.Actor, number string) (R, error) {
	var rec R
	err := r.look(ctx, by, func(u *unit[R]) error {
		q := r.numberQuery(number)
		if len(q.Prefix) > store.MaxKey {
			return &NumberError{Kind: r.kind, Number: number}
		}
		page, err := u.tx.Page(u.ctx, q)
		if err != nil {
			return err
		}
		if len(page.Documents) == 0 {
			return &NumberError{Kind: r.kind, Number: number}
		}
		l, err := u.open(page.Documents[0])
		if err == nil {
			rec = l.record
		}
		return err
	})
	return orZero(rec, err)
}

// Permitted lists every command of the process in the order of its table: what
// the actor may do with the record now, and why not the rest. For the zero id it
// lists what may bring a record into being.
func (r *Register[R]) Permitted(ctx context.Context, by itsm.Actor, id uuid.UUID) ([]itsm.Option, error) {
	var options []itsm.Option
	timing := r.timing()
	err := r.look(ctx, by, func(u *unit[R]) error {
		l := new(loaded[R])
		if id != uuid.Nil {
			var err error
			if l, err = u.load(id); err != nil {
				return err
			}
		}
		if err := r.checkState(&l.record); err != nil {
			return err
		}
		options = r.lc.Permitted(&l.record, timing.stamp(head(&l.record), by, false))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return options, nil
}

// look runs fn over a snapshot of the actor's tenant.
func (r *Register[R]) look(ctx context.Context, by itsm.Actor, fn func(*unit[R]) error) error {
	if err := r.checkTenant(by.Tenant); err != nil {
		return err
	}
	return r.read(ctx, by.Tenant, func(ctx context.Context, tx store.Tx) error {
		u := r.begin(ctx, tx, by.Tenant, timing{})
		defer u.end()
		return fn(u)
	})
}

// orZero gives no half-read record beside an error.
func orZero[R any](rec R, err error) (R, error) {
	if err != nil {
		var none R
		return none, err
	}
	return rec, nil
}
