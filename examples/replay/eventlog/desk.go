package eventlog

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

// tenant is whose data a replay writes.
const tenant = "replay"

// desk is what a replay gives its commands to: the rules alone, or a register.
type desk interface {
	// unit runs fn, which gives the commands of one row: all of it happens, or
	// none. It may be run again from its beginning. Rows counts this one too.
	unit(ctx context.Context, rows int, fn func() error) error

	create(at time.Time, by itsm.Actor, c itsm.Command[incident.Incident]) (*incident.Incident, error)
	do(at time.Time, by itsm.Actor, inc *incident.Incident, c itsm.Command[incident.Incident]) (*incident.Incident, error)
}

// rulesOnly fires commands at records in memory.
type rulesOnly struct {
	rules   *itsm.Lifecycle[incident.Incident]
	last    uint64 // of the ids
	numbers uint64 // drawn, as a register draws them: one for each try within a unit
	events  int
	byID    map[uuid.UUID]*incident.Incident
}

func newRulesOnly(rules *itsm.Lifecycle[incident.Incident]) *rulesOnly {
	return &rulesOnly{rules: rules, byID: make(map[uuid.UUID]*incident.Incident)}
}

func (d *rulesOnly) unit(_ context.Context, _ int, fn func() error) error { return fn() }

func (d *rulesOnly) create(at time.Time, by itsm.Actor, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	inc := new(incident.Incident)
	d.numbers++
	inc.ID, inc.Number = replayID(d.last+1), fmt.Sprintf("INC%07d", d.numbers)
	inc, err := d.do(at, by, inc, c)
	if err == nil {
		d.last++
		d.byID[inc.ID] = inc
	}
	return inc, err
}

// do gives the decision only what it asks for by id. Children never come up: a
// log of this kind knows no parents.
func (d *rulesOnly) do(at time.Time, by itsm.Actor, inc *incident.Incident, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	var near []*incident.Incident
	for _, ask := range d.rules.Needs(inc, c, nil) {
		for _, id := range ask.IDs {
			if other := d.byID[id]; other != nil {
				near = append(near, other)
			}
		}
	}
	_, err := d.rules.Fire(inc, c, itsm.Stamp{At: at, By: by}, near...)
	if err == nil {
		d.events++
	}
	return inc, err
}

// registered gives commands to a register, whose clock is the log's, a unit of the
// backend for each row.
type registered struct {
	backend store.Backend
	desks   *register.Register[incident.Incident]
	now     time.Time
	done    progress // as committed
	ids     uint64   // given in units that were committed

	salt  func(row int) io.Reader
	salts io.Reader // of this unit

	// Of the unit at work.
	ctx     context.Context
	in      *register.Register[incident.Incident]
	given   uint64        // ids, those committed included
	version store.Version // of the progress
}

func newRegistered(backend store.Backend, process itsm.Process[incident.Incident], done progress, o *Options) (*registered, error) {
	d := &registered{backend: backend, done: done}
	options := &register.Options[incident.Incident]{
		Now:   func() time.Time { return d.now },
		NewID: func() uuid.UUID { return replayID(d.given + 1) },
	}
	if o != nil && o.salt != nil {
		d.salt, options.Salt = o.salt, d
	}
	var err error
	d.desks, err = register.New(backend, process, options)
	return d, err
}

// Read gives the salts of the unit at work.
func (d *registered) Read(b []byte) (int, error) { return d.salts.Read(b) }

func (d *registered) unit(ctx context.Context, rows int, fn func() error) error {
	err := store.Retry(ctx, nil, func(ctx context.Context) error {
		return d.backend.Write(ctx, tenant, func(ctx context.Context, tx store.Tx) (err error) {
			if d.version, err = d.done.write(ctx, tx, rows); err != nil {
				return err
			}
			d.ctx, d.in, d.given = ctx, d.desks.In(tx), d.ids
			if d.salt != nil {
				d.salts = d.salt(rows)
			}
			return fn()
		})
	})
	if err == nil {
		d.done.Rows, d.done.version, d.ids = rows, d.version, d.given
	}
	return err
}

func (d *registered) create(at time.Time, by itsm.Actor, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	d.now = at
	inc, err := d.in.Create(d.ctx, by, c)
	if err == nil {
		d.given++
	}
	return &inc, err
}

func (d *registered) do(at time.Time, by itsm.Actor, inc *incident.Incident, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	d.now = at
	next, err := d.in.Do(d.ctx, by, inc.ID, c)
	if err != nil {
		return inc, err
	}
	return &next, nil
}
