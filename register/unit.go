package register

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// maxOthers bounds how many other records one command may see, and how many
// follow-ups it may set off: a transaction over more is a mistake in the rules,
// such as a follow-up that brings itself about.
const maxOthers = 10_000

// unit is one transaction: commands on records, what follows from them, and the
// journal.
type unit[R any] struct {
	*core[R]
	ctx     context.Context
	tx      store.Tx
	tenant  string
	timing  timing
	scratch *scratch

	// Each record that the unit has seen, once. Most units see one only.
	first   *loaded[R]
	records map[uuid.UUID]*loaded[R]

	changes []Change[R]
	refused []Refusal
}

// loaded is a record in a unit, as it is stored.
type loaded[R any] struct {
	record  R
	body    []byte
	version store.Version // 0: not stored yet
	seal    seal
}

// prepared is a command in the form in which it is kept: normal, and decoded from
// what is written.
type prepared[R any] struct {
	name    string
	version int
	data    []byte
	command itsm.Command[R]
}

// same is equal for the same command to the same record.
func (p prepared[R]) same(id uuid.UUID) string {
	return string(id[:]) + p.name + "\x00" + string(p.data)
}

// scratch is memory that is used again: backends copy what they are given.
type scratch struct {
	keys  []byte // of terms
	terms []store.Term
	hash  []byte // what is hashed
	head  []byte
}

func (c *core[R]) begin(ctx context.Context, tx store.Tx, tenant string, t timing) *unit[R] {
	s, _ := c.scratch.Get().(*scratch)
	if s == nil {
		s = new(scratch)
	}
	return &unit[R]{core: c, ctx: ctx, tx: tx, tenant: tenant, timing: t, scratch: s}
}

func (u *unit[R]) end() { u.core.scratch.Put(u.scratch) }

// prepare brings a command to the form in which it is kept. What is fired is what
// decoding gives, so that a record in memory is, to the byte, the one that comes
// back from the store and from a replay.
func (c *core[R]) prepare(cmd itsm.Command[R]) (prepared[R], error) {
	cmd, err := c.normal(cmd)
	if err != nil {
		return prepared[R]{}, err
	}
	p := prepared[R]{}
	if p.name, p.version, p.data, err = c.lc.Encode(cmd); err != nil {
		return prepared[R]{}, err
	}
	if p.command, err = c.lc.Decode(p.name, p.version, p.data); err != nil {
		return prepared[R]{}, fmt.Errorf("%s %s: %w", c.kind, p.name, err)
	}
	return p, nil
}

// load reads a record, or gives the one that the unit has already.
func (u *unit[R]) load(id uuid.UUID) (*loaded[R], error) {
	if l := u.known(id); l != nil {
		return l, nil
	}
	if id == uuid.Nil { // to a backend a mistake, to a caller a record that is not there
		return nil, &store.NotFoundError{Kind: u.kind, ID: id}
	}
	d, err := u.tx.Get(u.ctx, store.GetParams{Kind: u.kind, ID: id})
	if err != nil {
		return nil, err
	}
	return u.open(d)
}

// open makes a document of the unit's snapshot a record of the unit.
func (u *unit[R]) open(d store.Document) (*loaded[R], error) {
	if l := u.known(d.ID); l != nil {
		return l, nil
	}
	l := &loaded[R]{body: d.Body, version: d.Version}
	if err := u.decodeBody(d, &l.record); err != nil {
		return nil, err
	}
	var err error
	if l.seal, err = parseSeal(d.Head); err != nil {
		return nil, &BodyError{Kind: d.Kind, ID: d.ID, Err: err}
	}
	u.know(l)
	return l, nil
}

func (u *unit[R]) known(id uuid.UUID) *loaded[R] {
	if u.first != nil && idOf(&u.first.record) == id {
		return u.first
	}
	return u.records[id]
}

func (u *unit[R]) know(l *loaded[R]) {
	switch {
	case u.first == nil:
		u.first = l
	case u.records == nil:
		u.records = make(map[uuid.UUID]*loaded[R])
		fallthrough
	default:
		u.records[idOf(&l.record)] = l
	}
}

// checkState refuses a record whose state the lifecycle does not know.
func (c *core[R]) checkState(rec *R) error {
	h := head(rec)
	if h.State != itsm.None && c.lc.Phase(h.State) == "" {
		return &StateError{Kind: c.kind, ID: h.ID, Number: h.Number, State: h.State}
	}
	return nil
}

// bear gives a record that is about to be born its id and number.
func (u *unit[R]) bear(id uuid.UUID) (*loaded[R], error) {
	n, err := u.tx.Next(u.ctx, store.NextParams{Sequence: u.prefix})
	if err != nil {
		return nil, err
	}
	l := new(loaded[R])
	h := head(&l.record)
	h.ID, h.Number = id, fmt.Sprintf("%s%07d", u.prefix, n)
	u.know(l)
	return l, nil
}

// act carries out one command on one record: decide, fire, save, journal. On an
// error that isRefusal the record and the transaction are as they were.
func (u *unit[R]) act(l *loaded[R], p prepared[R], by itsm.Actor, follows bool) (Change[R], []*R, error) {
	if err := u.checkState(&l.record); err != nil {
		return Change[R]{}, nil, err
	}
	near, err := u.near(&l.record, p)
	if err != nil {
		return Change[R]{}, nil, err
	}
	// A command replaces slices and maps and never edits them, so that this copy
	// stays what the record was.
	before := l.record
	event, err := u.lc.Fire(&l.record, p.command, u.timing.stamp(head(&l.record), by, follows), near...)
	if err != nil {
		return Change[R]{}, nil, err
	}
	event, payload, err := u.settle(l, before, event, p)
	if err == nil {
		err = u.save(l, event, payload)
	}
	if err != nil {
		l.record = before
		return Change[R]{}, nil, err
	}
	c := Change[R]{Record: l.record, Event: event}
	if err := u.tell(c); err != nil {
		return Change[R]{}, nil, err
	}
	return c, near, nil
}

// settle encodes the event. Where a decision has completed the command, what it
// filled in may itself be in no normal form: the record is then made again from
// the command as it will be read back.
func (u *unit[R]) settle(l *loaded[R], before R, event itsm.Event[R], p prepared[R]) (itsm.Event[R], []byte, error) {
	if h, was := head(&l.record), head(&before); h.ID != was.ID || h.Number != was.Number {
		return event, nil, fmt.Errorf("%s: the command %s has changed the record's id or number", was.Number, p.name)
	}
	payload, err := u.lc.EncodeEvent(event)
	if err != nil {
		return event, nil, err
	}
	if endsWith(payload, p.data) && reflect.DeepEqual(event.Command, p.command) {
		return event, payload, nil // nothing was filled in
	}
	if event.Command, err = u.normal(event.Command); err != nil {
		return event, nil, err
	}
	if payload, err = u.lc.EncodeEvent(event); err != nil {
		return event, nil, err
	}
	kept, err := u.lc.DecodeEvent(payload)
	if err != nil {
		return event, nil, err
	}
	after := before
	kept.Command.Apply(&after, kept.Stamp)
	h := head(&after)
	custom := h.Custom
	*h = *head(&l.record)
	h.Custom = custom
	l.record = after
	return kept, payload, nil
}

// endsWith reports whether an encoded event carries a command with this data: it
// is the last field of an event. Equal data alone does not say that the commands
// are equal, as an empty slice that JSON leaves out is not nil.
func endsWith(payload, data []byte) bool {
	const before, after = `"data":`, `}`
	n := len(payload) - len(data) - len(after)
	return n >= len(before) &&
		string(payload[n-len(before):n]) == before &&
		bytes.Equal(payload[n:len(payload)-len(after)], data)
}

// save writes a record after an event, and the event.
func (u *unit[R]) save(l *loaded[R], event itsm.Event[R], payload []byte) error {
	body, err := json.Marshal(&l.record)
	if err != nil {
		return fmt.Errorf("%s: the record cannot be written: %w", event.Number, err)
	}
	next := seal{entries: l.seal.entries, hash: l.seal.hash} // nothing is silent any more (R35)
	return u.put(l, body, next, store.Entry{Type: EventEntry, Time: event.Stamp.At, Payload: payload})
}

// note journals something about a record that does not change it.
func (u *unit[R]) note(l *loaded[R], next seal, e store.Entry) error {
	return u.put(l, l.body, next, e)
}

// put writes a record and the next entry of its journal.
func (u *unit[R]) put(l *loaded[R], body []byte, next seal, e store.Entry) error {
	terms, err := u.terms(u.scratch, &l.record, &next)
	if err != nil {
		return err
	}
	e.Kind, e.ID = u.kind, idOf(&l.record)
	if err := next.next(u.tenant, &e, u.options.Salt, &u.scratch.hash); err != nil {
		return err
	}
	u.scratch.head = next.append(u.scratch.head[:0])
	version, err := u.tx.Put(u.ctx, store.PutParams{
		Kind: u.kind, ID: e.ID, Expect: l.version, Head: u.scratch.head, Body: body, Terms: terms,
	})
	if err != nil {
		return err
	}
	if err := u.tx.Append(u.ctx, e); err != nil {
		return &fatalError{err} // the record is written already: no way on
	}
	l.body, l.version, l.seal = body, version, next
	return nil
}

// near loads the other records that the decision on a command must see.
func (u *unit[R]) near(rec *R, p prepared[R]) ([]*R, error) {
	var near []*R
	var seen map[uuid.UUID]bool
	for {
		selections := u.lc.Needs(rec, p.command, near)
		if len(selections) == 0 {
			return near, nil
		}
		if seen == nil {
			seen = map[uuid.UUID]bool{idOf(rec): true}
		}
		before := len(near)
		for _, sel := range selections {
			for l, err := range u.selected(sel) {
				if err != nil {
					return nil, err
				}
				if id := idOf(&l.record); !seen[id] {
					if len(near) == maxOthers {
						return nil, &LimitError{Kind: u.kind, ID: idOf(rec), Command: p.name, Limit: maxOthers}
					}
					seen[id] = true
					near = append(near, &l.record)
				}
			}
		}
		if len(near) == before { // what it asks for does not exist
			return near, nil
		}
	}
}

// followUp is a command that the system is to give.
type followUp[R any] struct {
	id      uuid.UUID
	command itsm.Command[R]
}

// follow carries out what follows from a change, and what follows from that, in
// the order in which it came up. A record's refusal is noted with the record, and
// the rest goes on (R18). The same command to the same record is given once, so
// that records which tell each other come to an end.
func (u *unit[R]) follow(l *loaded[R], p prepared[R], event itsm.Event[R], near []*R) error {
	var queue []followUp[R]
	add := func(rec *R, event itsm.Event[R], near []*R) {
		for _, f := range u.lc.Follow(rec, event, near) {
			queue = append(queue, followUp[R]{f.ID, f.Command})
		}
	}
	add(&l.record, event, near)
	if queue == nil {
		return nil
	}
	given := map[string]bool{p.same(event.ID): true}
	for i := 0; i < len(queue); i++ {
		f := queue[i]
		if i == maxOthers {
			return &LimitError{Kind: u.kind, ID: event.ID, Command: event.Name, Limit: maxOthers}
		}
		p, err := u.prepare(f.command)
		if err == nil {
			if given[p.same(f.id)] {
				continue
			}
			given[p.same(f.id)] = true
		}
		l, c, near, err := u.system(f.id, p, err)
		switch {
		case err == nil:
			add(&l.record, c.Event, near)
		case isRefusal(err) || errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrUnreadable):
			if err := u.refuse(l, Refusal{ID: f.id, Command: p.name, Data: p.data}, err); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return nil
}

// system gives a command to a record as the system, unless preparing it failed
// already.
func (u *unit[R]) system(id uuid.UUID, p prepared[R], err error) (*loaded[R], Change[R], []*R, error) {
	l, loadErr := u.load(id)
	if loadErr != nil {
		return nil, Change[R]{}, nil, loadErr
	}
	if err != nil {
		return l, Change[R]{}, nil, err
	}
	c, near, err := u.act(l, p, itsm.System(u.tenant), true)
	return l, c, near, err
}

// refuse lists a refusal and journals it with the record, if there is one that
// can be read.
func (u *unit[R]) refuse(l *loaded[R], f Refusal, why error) error {
	f = f.because(why)
	f.By = itsm.System(u.tenant)
	f.At = u.timing.at
	if l == nil {
		u.refused = append(u.refused, f)
		return nil
	}
	h := head(&l.record)
	f.At = u.timing.stamp(h, f.By, true).At
	f.Number, f.Revision, f.State = h.Number, h.Revision, h.State
	u.refused = append(u.refused, f)
	payload, err := f.encode()
	if err != nil {
		return fmt.Errorf("%s: the refusal cannot be written: %w", h.Number, err)
	}
	next := l.seal
	if f.Timer != "" {
		next.silent = append(next.silent[:len(next.silent):len(next.silent)], f.Timer)
	}
	return u.note(l, next, store.Entry{Type: RefusalEntry, Time: f.At, Payload: payload})
}

// fatalError keeps an error that the unit must not survive from being taken for
// one record's refusal.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }
