package register

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Ticked is what a [Register.Tick] has done, in the order in which the rules were
// due.
type Ticked[R any] struct {
	Fired   []Fired[R]
	Refused []Refusal // each with its Timer; not those of follow-ups, which are in Fired
	More    bool      // the limit ended it, and more may be due
}

// Fired is one time-driven rule that was carried out.
type Fired[R any] struct {
	Timer string
	Due   time.Time // when it could first have been
	Outcome[R]
}

// Tick carries out up to limit time-driven rules of a tenant's records that are
// due at an instant, as [itsm.System], each with what follows from it in a
// transaction of its own. The instant is when they happen; a host calls Tick every
// minute, say, with the time. Several workers may: each rule fires once.
//
// A rule that the record refuses is journalled with the record and listed, once:
// it is tried again only when the record has changed (R35). A record that cannot
// be read or written holds no other up; the errors of all such come joined, with
// what was done beside. What concerns the backend as a whole ends the tick, and so
// does store.ErrUnknown: the next one finds what is still due.
func (r *Register[R]) Tick(ctx context.Context, tenant string, now time.Time, limit int) (Ticked[R], error) {
	var done Ticked[R]
	if err := r.checkTenant(tenant); err != nil {
		return done, err
	}
	if err := itsm.CheckTime("now", now); err != nil {
		return done, err
	}
	if limit < 1 {
		return done, &itsm.FieldError{Field: "limit", Problem: fmt.Sprintf("is %d; give at least 1", limit)}
	}
	now = itsm.Normal(now)
	var failed []error
	for id, err := range r.due(ctx, tenant, now, min(limit, pageSize)) {
		if err != nil {
			return done, errors.Join(append(failed, err)...)
		}
		if err := r.tickRecord(ctx, tenant, id, now, limit, &done); err != nil {
			failed = append(failed, err)
			if stops(ctx, err) || len(failed) >= limit {
				break
			}
		}
		if done.More {
			break
		}
	}
	return done, errors.Join(failed...)
}

// Due lists the records of a tenant with a time-driven rule that is due at an
// instant, what is due first first, and carries nothing out: [Register.Tick] does.
// What it costs follows what is due, not how many records there are. At most one
// error comes, and it is last.
func (r *Register[R]) Due(ctx context.Context, tenant string, now time.Time) iter.Seq2[uuid.UUID, error] {
	return func(yield func(uuid.UUID, error) bool) {
		if err := errors.Join(r.checkTenant(tenant), itsm.CheckTime("now", now)); err != nil {
			yield(uuid.Nil, err)
			return
		}
		r.due(ctx, tenant, itsm.Normal(now), pageSize)(yield)
	}
}

// due walks over the records with a rule that is due, page by page, each in a
// transaction that is over before its records come out. It goes forward only, so
// that a rule which is due again as soon as it has fired waits for the next walk.
func (r *Register[R]) due(ctx context.Context, tenant string, now time.Time, size int) iter.Seq2[uuid.UUID, error] {
	return func(yield func(uuid.UUID, error) bool) {
		seen := make(map[uuid.UUID]bool) // a record may have several rules
		query := r.dueQuery(now, size)
		for {
			var page store.Page
			err := r.read(ctx, tenant, func(ctx context.Context, tx store.Tx) (err error) {
				page, err = tx.Page(ctx, query)
				return err
			})
			if err != nil {
				yield(uuid.Nil, err)
				return
			}
			for _, d := range page.Documents {
				if seen[d.ID] {
					continue
				}
				seen[d.ID] = true
				if !yield(d.ID, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			query.Cursor = page.Next
		}
	}
}

// stops reports whether an error concerns more than one record.
func stops(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrRetry) || errors.Is(err, store.ErrNested)
}

// tickRecord carries out the rules of one record that are due, each at most once.
func (r *Register[R]) tickRecord(ctx context.Context, tenant string, id uuid.UUID, now time.Time, limit int, done *Ticked[R]) error {
	tried := make(map[string]bool)
	for {
		if len(done.Fired)+len(done.Refused) >= limit {
			done.More = true
			return nil
		}
		var due *itsm.Due[R]
		var outcome Outcome[R]
		var refused []Refusal
		var changes []Change[R]
		err := r.write(ctx, tenant, func(ctx context.Context, tx store.Tx) (err error) {
			u := r.begin(ctx, tx, tenant, timing{at: now})
			defer u.end()
			due, outcome, refused, err = u.tick(id, tried)
			changes = u.changes
			return err
		})
		if err != nil {
			return err
		}
		if due == nil {
			return nil
		}
		tried[due.Timer] = true
		done.Refused = append(done.Refused, refused...)
		if len(refused) == 0 {
			done.Fired = append(done.Fired, Fired[R]{due.Timer, due.At, outcome})
		}
		r.committed(ctx, changes)
	}
}

// tick carries out the earliest rule of a record that is due and was not tried,
// if there is one: another worker may have been here.
func (u *unit[R]) tick(id uuid.UUID, tried map[string]bool) (*itsm.Due[R], Outcome[R], []Refusal, error) {
	l, err := u.load(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, Outcome[R]{}, nil, nil
	}
	if err == nil {
		err = u.checkState(&l.record)
	}
	if err != nil {
		return nil, Outcome[R]{}, nil, err
	}
	for _, due := range u.lc.Due(&l.record) {
		if due.At.After(u.timing.at) {
			break
		}
		if tried[due.Timer] || l.seal.isSilent(due.Timer) {
			continue
		}
		p, err := u.prepare(due.Command)
		var outcome Outcome[R]
		if err == nil {
			outcome, err = u.whole(l, p, itsm.System(u.tenant), nil)
		}
		if err == nil {
			return &due, outcome, nil, nil
		}
		if !isRefusal(err) {
			return nil, Outcome[R]{}, nil, err
		}
		if err := u.refuse(l, Refusal{ID: id, Command: p.name, Data: p.data, Timer: due.Timer}, err); err != nil {
			return nil, Outcome[R]{}, nil, err
		}
		return &due, Outcome[R]{}, u.refused, nil
	}
	return nil, Outcome[R]{}, nil, nil
}
