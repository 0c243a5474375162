package register

import (
	"context"
	"errors"
	"iter"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Create brings a record into being by a command that leads out of [itsm.None].
// It gets an id and the next number of the tenant: "INC0000042". Errors are those
// of [Register.Do].
func (r *Register[R]) Create(ctx context.Context, by itsm.Actor, cmd itsm.Command[R]) (R, error) {
	o, err := r.perform(ctx, by, uuid.Nil, cmd, true)
	return o.Record, err
}

// Do gives a command to the record of an id and returns the record after it. What
// follows from the command is done in the same transaction; [Register.Perform]
// tells of that too.
//
// On an error nothing has changed. A refusal is an [itsm.TransitionError], wrong
// input an [itsm.FieldError], an unknown id store.ErrNotFound, a unique key that
// another record has store.ErrExists; see also the errors of this package. Only
// after store.ErrUnknown the command may have been carried out all the same:
// whoever gives it again does so under the [Call] Key that it had.
func (r *Register[R]) Do(ctx context.Context, by itsm.Actor, id uuid.UUID, cmd itsm.Command[R]) (R, error) {
	o, err := r.perform(ctx, by, id, cmd, false)
	return o.Record, err
}

// Perform is [Register.Do], or with the zero id [Register.Create], and returns
// everything that came of the command.
func (r *Register[R]) Perform(ctx context.Context, by itsm.Actor, id uuid.UUID, cmd itsm.Command[R]) (Outcome[R], error) {
	return r.perform(ctx, by, id, cmd, id == uuid.Nil)
}

func (r *Register[R]) perform(ctx context.Context, by itsm.Actor, id uuid.UUID, cmd itsm.Command[R], birth bool) (Outcome[R], error) {
	q, err := r.request(by, id, cmd, birth)
	if err != nil {
		return Outcome[R]{}, err
	}
	var o Outcome[R]
	var changes []Change[R]
	err = r.write(ctx, by.Tenant, func(ctx context.Context, tx store.Tx) error {
		u := r.begin(ctx, tx, by.Tenant, q.timing)
		defer u.end()
		var err error
		o, err = u.run(q)
		changes = u.changes
		return err
	})
	if err != nil {
		return Outcome[R]{}, err
	}
	r.committed(ctx, changes)
	return o, nil
}

// committed tells the host what was committed.
func (r *Register[R]) committed(ctx context.Context, changes []Change[R]) {
	if r.tx == nil && r.options.Committed != nil && len(changes) > 0 {
		r.options.Committed(ctx, changes)
	}
}

// errTried ends the unit of a dry run that went well.
var errTried = errors.New("register: dry run")

// Try is [Register.Perform] without effect: it carries the command out, with all
// that follows and every check of the backend, and then takes it back. Nothing is
// kept, and Options.Committed is not called. Inside [Register.In] there is no
// taking back; there it is an [itsm.FieldError].
func (r *Register[R]) Try(ctx context.Context, by itsm.Actor, id uuid.UUID, cmd itsm.Command[R]) (Outcome[R], error) {
	if r.tx != nil {
		return Outcome[R]{}, &itsm.FieldError{Field: "tx", Problem: "is somebody else's unit, where nothing can be taken back; Try runs its own"}
	}
	q, err := r.request(by, id, cmd, id == uuid.Nil)
	if err != nil {
		return Outcome[R]{}, err
	}
	var o Outcome[R]
	err = r.write(ctx, by.Tenant, func(ctx context.Context, tx store.Tx) error {
		u := r.begin(ctx, tx, by.Tenant, q.timing)
		defer u.end()
		var err error
		if o, err = u.run(q); err != nil {
			return err
		}
		return errTried
	})
	if !errors.Is(err, errTried) {
		return Outcome[R]{}, err
	}
	return o, nil
}

// Item is one command of [Register.Bulk].
type Item[R any] struct {
	ID      uuid.UUID // of the record; zero: the command brings one into being
	Command itsm.Command[R]
	Call    Call
}

// Result is what became of one [Item].
type Result[R any] struct {
	Outcome[R]
	Err error
}

// Bulk performs one command after the other, each by itself: the rules are those
// of [Register.Perform], and the failure of one changes nothing for the next. The
// results stand in the order of the items. Once ctx has ended, the items left get
// its error.
func (r *Register[R]) Bulk(ctx context.Context, by itsm.Actor, items iter.Seq[Item[R]]) []Result[R] {
	var results []Result[R]
	if items == nil {
		return nil
	}
	for item := range items {
		o, err := r.With(item.Call).Perform(ctx, by, item.ID, item.Command)
		results = append(results, Result[R]{o, err})
	}
	return results
}

// request is one command as it was asked for, checked as far as can be without
// the record.
type request[R any] struct {
	by       itsm.Actor
	id       uuid.UUID // of the record, for a birth the one it is to have
	birth    bool
	call     Call
	timing   timing
	prepared prepared[R]
}

func (r *Register[R]) request(by itsm.Actor, id uuid.UUID, cmd itsm.Command[R], birth bool) (request[R], error) {
	q := request[R]{id: id, birth: birth, call: r.call, timing: r.timing()}
	var err error
	if err = r.checkTenant(by.Tenant); err != nil {
		return q, err
	}
	if q.by, err = checkActor(by); err != nil {
		return q, err
	}
	if err = r.call.check(); err != nil {
		return q, err
	}
	if q.prepared, err = r.prepare(cmd); err != nil || !birth {
		return q, err
	}
	if r.call.IfRevision != 0 {
		return q, &itsm.FieldError{Field: "call.ifRevision", Problem: "is given for a record that does not exist yet"}
	}
	if q.id = r.options.NewID(); q.id == uuid.Nil {
		return q, &itsm.FieldError{Field: "options.newID", Problem: "gave the zero UUID"}
	}
	return q, nil
}

// run is the whole of a unit with one command.
func (u *unit[R]) run(q request[R]) (Outcome[R], error) {
	if q.call.Key != "" {
		if o, found, err := u.repeated(q); found || err != nil {
			return o, err
		}
	}
	var l *loaded[R]
	var err error
	if q.birth {
		l, err = u.bear(q.id)
	} else {
		l, err = u.load(q.id)
	}
	if err != nil {
		return Outcome[R]{}, err
	}
	if h := head(&l.record); q.call.IfRevision != 0 && h.Revision != q.call.IfRevision {
		return Outcome[R]{}, &RevisionError{Kind: u.kind, ID: h.ID, Number: h.Number, Asked: q.call.IfRevision, Current: h.Revision}
	}
	var keyed *request[R]
	if q.call.Key != "" {
		keyed = &q
	}
	return u.whole(l, q.prepared, q.by, keyed)
}

// whole carries out a command with all that follows from it, and keeps its key if
// it has one.
func (u *unit[R]) whole(l *loaded[R], p prepared[R], by itsm.Actor, keyed *request[R]) (Outcome[R], error) {
	c, near, err := u.act(l, p, by, false)
	if err != nil {
		return Outcome[R]{}, err
	}
	if keyed != nil {
		if err := u.remember(*keyed, c.Event); err != nil {
			return Outcome[R]{}, err
		}
	}
	if err := u.follow(l, p, c.Event, near); err != nil {
		return Outcome[R]{}, &fatalError{err}
	}
	return Outcome[R]{Record: l.record, Event: c.Event, Follow: u.changes[1:], Refused: u.refused}, nil
}
