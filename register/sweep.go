package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// SweepOptions say how [Register.Migrate] and [Register.Reindex] walk over all
// records of a tenant. A zero field means its default, nil SweepOptions all of
// them.
type SweepOptions struct {
	// Unit is how many records one transaction looks at. Default 100.
	Unit int

	// Limit ends the walk once it has looked at so many records, at the end of a
	// unit. Default: none.
	Limit int

	// From is the Next of an earlier walk, which this one continues. Default:
	// the beginning.
	From store.Cursor

	// Progress is told after each unit how far the walk has come.
	Progress func(Swept)
}

// maxStayed bounds the list of Swept, so that memory does not grow with what is
// wrong.
const maxStayed = 1000

// Swept is what a walk over all records has done.
type Swept struct {
	Looked  int // records it looked at
	Changed int // of those, moved by Migrate, rewritten by Reindex
	Refused int // of those, the records that had to stay as they were

	// Stayed are the first 1,000 of the refused, in the order of their ids.
	Stayed []Stayed

	// Next continues the walk after the last record it looked at, also after an
	// error. Empty: that was all.
	Next store.Cursor
}

// Stayed is a record that stayed as it was, and why.
type Stayed struct {
	ID     uuid.UUID
	Number string     // "" if the record cannot be read
	State  itsm.State // likewise
	Err    error
}

func (o *SweepOptions) check() (SweepOptions, error) {
	s := SweepOptions{}
	if o != nil {
		s = *o
	}
	for _, f := range []struct {
		name  string
		value int
	}{{"unit", s.Unit}, {"limit", s.Limit}} {
		if f.value < 0 {
			return s, &itsm.FieldError{Field: "options." + f.name, Problem: fmt.Sprintf("is %d; 0 means the default", f.value)}
		}
	}
	if s.Unit == 0 {
		s.Unit = pageSize
	}
	return s, nil
}

// sweep walks over all records of a tenant in the order of their ids, each unit
// by itself. wanted says of a record as a snapshot has it whether it is to be
// changed; a nil one wants all. change then meets the record as it is by now, in
// a unit that writes, and says whether it did change it. So that nobody waits for
// a walk that finds nothing to do, only the second takes part in writing.
//
// An error that stands against one record is kept with it and the walk goes on.
func (r *Register[R]) sweep(ctx context.Context, tenant string, o SweepOptions, wanted func(*R) (bool, error), change func(*unit[R], *loaded[R]) (bool, error)) (Swept, error) {
	done := Swept{Next: o.From}
	if r.tx != nil {
		return done, &itsm.FieldError{Field: "tx", Problem: "is somebody else's unit; a walk over all records runs its own, of bounded size"}
	}
	if r.call != (Call{}) {
		return done, &itsm.FieldError{Field: "call", Problem: "is set; a walk over all records has no time, revision or key of its own"}
	}
	query := store.Query{Kind: r.kind, Limit: o.Unit, Cursor: o.From}
	for {
		step := Swept{}
		ids, err := r.sweepLook(ctx, tenant, query, wanted, &step)
		if err == nil && len(ids) > 0 {
			err = r.sweepChange(ctx, tenant, ids, change, &step)
		}
		if err != nil {
			return done, err
		}
		done.add(step)
		if o.Progress != nil {
			o.Progress(done)
		}
		if done.Next == "" || o.Limit > 0 && done.Looked >= o.Limit {
			return done, nil
		}
		query.Cursor = done.Next
	}
}

// sweepLook reads the next page and gives the ids of the records that are to be
// changed.
func (r *Register[R]) sweepLook(ctx context.Context, tenant string, q store.Query, wanted func(*R) (bool, error), step *Swept) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := r.read(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
		*step, ids = Swept{}, nil
		page, err := tx.Page(ctx, q)
		if err != nil {
			return err
		}
		step.Looked, step.Next = len(page.Documents), page.Next
		for _, d := range page.Documents {
			if wanted == nil {
				ids = append(ids, d.ID)
				continue
			}
			var rec R
			if err := r.decodeBody(d, &rec); err != nil {
				step.stay(Stayed{ID: d.ID, Err: err})
				continue
			}
			want, err := wanted(&rec)
			switch {
			case err != nil:
				step.stay(stayed(&rec, err))
			case want:
				ids = append(ids, d.ID)
			}
		}
		return nil
	})
	return ids, err
}

// sweepChange changes records in one unit.
func (r *Register[R]) sweepChange(ctx context.Context, tenant string, ids []uuid.UUID, change func(*unit[R], *loaded[R]) (bool, error), step *Swept) error {
	looked := *step
	timing := r.timing()
	var changes []Change[R]
	err := r.write(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
		*step = looked
		u := r.begin(ctx, tx, tenant, timing)
		defer u.end()
		for _, id := range ids {
			l, err := u.load(id)
			switch {
			case errors.Is(err, store.ErrNotFound):
				continue // it is gone since
			case errors.Is(err, ErrUnreadable):
				step.stay(Stayed{ID: id, Err: err})
				continue
			case err != nil:
				return err
			}
			before := l.record
			changed, err := change(u, l)
			switch {
			case err == nil && changed:
				step.Changed++
			case err == nil:
			case isRefusal(err) || errors.Is(err, ErrUnreadable):
				step.stay(stayed(&before, err))
			default:
				return err
			}
		}
		changes = u.changes
		return nil
	})
	if err == nil {
		r.committed(ctx, changes)
	}
	return err
}

func stayed[R any](rec *R, err error) Stayed {
	h := head(rec)
	return Stayed{ID: h.ID, Number: h.Number, State: h.State, Err: err}
}

func (s *Swept) stay(one Stayed) {
	s.Refused++
	s.Stayed = append(s.Stayed, one)
}

// add counts a step to what was done before it.
func (s *Swept) add(step Swept) {
	s.Looked += step.Looked
	s.Changed += step.Changed
	s.Refused += step.Refused
	slices.SortFunc(step.Stayed, func(a, b Stayed) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	s.Stayed = append(s.Stayed, step.Stayed[:min(len(step.Stayed), maxStayed-len(s.Stayed))]...)
	s.Next = step.Next
}

// Reindex writes every record of a tenant again under the keys that the process
// gives it now: its indexes, and the instants at which its timers are due. A host
// calls it after it has given a process a new index or timer or has changed the
// keys or the wait of one: until then, records written before are found, and
// their rules fire, as of old.
//
// Reindexing changes no record, and so leaves nothing in the journal and wakes no
// silent timer. It may run beside everything else, be interrupted, and be
// repeated. A record that cannot be read, or has a key that is too long or that
// another record holds, stays as it was and is listed.
func (r *Register[R]) Reindex(ctx context.Context, tenant string, o *SweepOptions) (Swept, error) {
	options, err := o.check()
	if err == nil {
		err = r.checkTenant(tenant)
	}
	if err != nil {
		return Swept{}, err
	}
	return r.sweep(ctx, tenant, options, nil, func(u *unit[R], l *loaded[R]) (bool, error) {
		return true, u.rewrite(l)
	})
}

// rewrite writes a record as it is, under the keys it has by now.
func (u *unit[R]) rewrite(l *loaded[R]) error {
	terms, err := u.terms(u.scratch, &l.record, &l.seal)
	if err != nil {
		return err
	}
	u.scratch.head = l.seal.append(u.scratch.head[:0])
	l.version, err = u.tx.Put(u.ctx, store.PutParams{
		Kind: u.kind, ID: idOf(&l.record), Expect: l.version, Head: u.scratch.head, Body: l.body, Terms: terms,
	})
	return err
}
