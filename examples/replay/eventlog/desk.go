package eventlog

import (
	"context"
	"encoding/binary"
	"fmt"
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
	create(at time.Time, by itsm.Actor, c itsm.Command[incident.Incident]) (*incident.Incident, error)
	do(at time.Time, by itsm.Actor, inc *incident.Incident, c itsm.Command[incident.Incident]) (*incident.Incident, error)
}

// rulesOnly fires commands at records in memory.
type rulesOnly struct {
	rules *itsm.Lifecycle[incident.Incident]
	last  uint64
	byID  map[uuid.UUID]*incident.Incident
}

func (d *rulesOnly) create(at time.Time, by itsm.Actor, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	inc := new(incident.Incident)
	binary.BigEndian.PutUint64(inc.ID[8:], d.last+1)
	inc.Number = fmt.Sprintf("INC%07d", d.last+1)
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
	return inc, err
}

// registered gives commands to a register, whose clock is the log's.
type registered struct {
	ctx   context.Context
	now   time.Time
	desks *register.Register[incident.Incident]
}

func newRegistered(ctx context.Context, backend store.Backend, process itsm.Process[incident.Incident]) (*registered, error) {
	d := &registered{ctx: ctx}
	var err error
	d.desks, err = register.New(backend, process, &register.Options[incident.Incident]{Now: func() time.Time { return d.now }})
	return d, err
}

func (d *registered) create(at time.Time, by itsm.Actor, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	d.now = at
	inc, err := d.desks.Create(d.ctx, by, c)
	return &inc, err
}

func (d *registered) do(at time.Time, by itsm.Actor, inc *incident.Incident, c itsm.Command[incident.Incident]) (*incident.Incident, error) {
	d.now = at
	next, err := d.desks.Do(d.ctx, by, inc.ID, c)
	if err != nil {
		return inc, err
	}
	return &next, nil
}
