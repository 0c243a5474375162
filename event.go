package itsm

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
)

// Event is what happened: a completed command, and the step it made. The events
// of a record, in order, are the record: see [Lifecycle.Replay].
type Event[R any] struct {
	ID       uuid.UUID // of the record
	Number   string    // of the record
	Revision int       // of the record after the event; the birth is 1
	Name     string    // of the transition
	Version  int       // of the command's encoded form
	From, To State
	Stamp    Stamp
	Role     Role       // in which the actor did it
	Command  Command[R] // as completed by the decision
}

// eventHead is the encoded form of an event, up to its command.
type eventHead struct {
	ID       uuid.UUID `json:"id"`
	Number   string    `json:"number"`
	Revision int       `json:"revision"`
	Name     string    `json:"name"`
	Version  int       `json:"v"`
	From     State     `json:"from,omitzero"`
	To       State     `json:"to"`
	Role     Role      `json:"role"`
	Stamp              // at, by, recorded, reason
}

// eventJSON is an event as it is read: what the data is, its head says.
type eventJSON struct {
	eventHead
	Data json.RawMessage `json:"data"`
}

// writtenEvent is an event as it is written.
type writtenEvent[R any] struct {
	eventHead
	Data Command[R] `json:"data"`
}

// EncodeEvent writes an event as JSON, under the name and version that its
// command has in this lifecycle.
func (lc *Lifecycle[R]) EncodeEvent(e Event[R]) ([]byte, error) {
	c, err := lc.commandOf(e.Command)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(writtenEvent[R]{eventHead{e.ID, e.Number, e.Revision, c.name, c.version(), e.From, e.To, e.Role, e.Stamp}, e.Command})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", lc.def.Kind, c.name, encodeError(err))
	}
	return data, nil
}

// DecodeEvent reads what EncodeEvent wrote, now or under an earlier version of
// the command, which is brought up to today's: the event has the name and version
// that its command has now.
func (lc *Lifecycle[R]) DecodeEvent(data []byte) (Event[R], error) {
	var j eventJSON
	if err := strictJSON(data, &j); err != nil {
		return Event[R]{}, err
	}
	c, cmd, err := lc.decode(j.Name, j.Version, j.Data)
	if err == nil {
		err = j.check()
	}
	if err != nil {
		return Event[R]{}, fmt.Errorf("event %d of %s: %w", j.Revision, j.Number, err)
	}
	j.Stamp.normalize()
	return Event[R]{j.ID, j.Number, j.Revision, c.name, c.version(), j.From, j.To, j.Stamp, j.Role, cmd}, nil
}

// check refuses what no version of the library has written. What was allowed once
// stays readable, so it asks for no more.
func (j *eventHead) check() error {
	if j.Revision < 1 {
		return &FieldError{"revision", fmt.Sprintf("is %d; the first is 1", j.Revision)}
	}
	if j.To == None {
		return &FieldError{"to", "is missing"}
	}
	return CheckTime("at", j.At)
}

// Replay rebuilds a record from its events, in order and from the first. It only
// applies them: no rule is asked again, so a record of the past stays what it was
// under the rules of its time. Events of another record, or with one missing, are
// an error that says where.
func (lc *Lifecycle[R]) Replay(events ...Event[R]) (R, error) {
	var r R
	if len(events) == 0 {
		return r, &FieldError{"events", "is empty; a record has at least its birth"}
	}
	h := head(&r)
	for i := range events {
		if err := replay(&r, h, i, &events[i]); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Course is the record after each of its events, in order: what [Lifecycle.Replay]
// gives of the events so far. Each is a copy that may be kept. An error is the last
// that comes, with the record as it was before the event at fault; no
// events at all are one.
func (lc *Lifecycle[R]) Course(events ...Event[R]) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var r R
		if len(events) == 0 {
			yield(lc.Replay())
			return
		}
		h := head(&r)
		for i := range events {
			err := replay(&r, h, i, &events[i])
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// replay applies the i-th event to the record that those before it made.
func replay[R any](r *R, h *Header, i int, e *Event[R]) error {
	switch {
	case i > 0 && e.ID != h.ID:
		return &FieldError{fmt.Sprintf("events[%d].id", i), fmt.Sprintf("is %s, not %s", e.ID, h.ID)}
	case e.Revision != i+1:
		return &FieldError{fmt.Sprintf("events[%d].revision", i), fmt.Sprintf("is %d; the next is %d", e.Revision, i+1)}
	case e.From != h.State:
		return &FieldError{fmt.Sprintf("events[%d].from", i), fmt.Sprintf("is %s; the record is %s", e.From.describe(), h.State.describe())}
	}
	if err := errors.Join(checkValue(e.Command), CheckTime("at", e.Stamp.At)); err != nil {
		return fmt.Errorf("events[%d]: %w", i, err)
	}
	h.ID, h.Number = e.ID, e.Number
	carryOut(r, h, e.Command, &e.Stamp, e.To)
	return nil
}

// carryOut applies a completed command and keeps the header.
func carryOut[R any](r *R, h *Header, c Command[R], s *Stamp, to State) {
	c.Apply(r, *s)
	if h.State != to {
		h.Since = s.At
	}
	if h.Revision == 0 {
		h.Opened = s.At
	}
	h.State, h.Updated = to, s.At
	h.Revision++
}

// Legacy says how a command was encoded earlier, and one step nearer to today:
// data stored under Name and Version is read, after Upcast, as that of As and
// AsVersion. Without an Upcast only the name or number has changed.
type Legacy struct {
	Name      string
	Version   int
	As        string
	AsVersion int
	Upcast    func(data []byte) ([]byte, error)
}

// resolveLegacy checks that every step leads on to a command of today.
func (lc *Lifecycle[R]) resolveLegacy() []error {
	var wrong []error
	for i, l := range lc.def.Legacy {
		_, steps, err := lc.current(l.Name, l.Version)
		switch {
		case err != nil:
			err = fmt.Errorf("leads to no command of today: %w", err)
		case len(steps) == 0:
			err = errors.New("is the form of today")
		case slices.ContainsFunc(lc.def.Legacy[:i], func(o Legacy) bool { return o.Name == l.Name && o.Version == l.Version }):
			err = errors.New("is declared twice")
		default:
			continue
		}
		wrong = append(wrong, fmt.Errorf("legacy %q version %d: %w", l.Name, l.Version, err))
	}
	return wrong
}

// current follows the legacy steps from a name and version to today's command.
func (lc *Lifecycle[R]) current(name string, version int) (*command[R], []Legacy, error) {
	var steps []Legacy
	for range len(lc.def.Legacy) + 1 {
		if c := lc.byName[name]; c != nil && c.version() == version {
			return c, steps, nil
		}
		l, found := lc.legacy(name, version)
		if !found {
			break
		}
		steps = append(steps, l)
		name, version = l.As, l.AsVersion
	}
	return nil, nil, lc.unknown(name, version)
}

func (lc *Lifecycle[R]) legacy(name string, version int) (Legacy, bool) {
	for _, l := range lc.def.Legacy {
		if l.Name == name && l.Version == version {
			return l, true
		}
	}
	return Legacy{}, false
}

func (lc *Lifecycle[R]) unknown(name string, version int) error {
	if c := lc.byName[name]; c != nil {
		return &FieldError{"v", fmt.Sprintf("is %d; %s is read in version %d", version, name, c.version())}
	}
	return &FieldError{"name", Quoted(name) + " is no command of " + lc.def.Kind + "; they are: " + Listed(lc.names)}
}

// Encode writes a command as JSON, with the name and the version under which
// [Lifecycle.Decode] reads it.
func (lc *Lifecycle[R]) Encode(cmd Command[R]) (name string, version int, data []byte, err error) {
	c, err := lc.commandOf(cmd)
	if err != nil {
		return "", 0, nil, err
	}
	if data, err = json.Marshal(cmd); err != nil {
		return "", 0, nil, fmt.Errorf("%s %s: %w", lc.def.Kind, c.name, encodeError(err))
	}
	return c.name, c.version(), data, nil
}

// Decode reads a command's data, given its name and the version of its form, and
// brings an older form up to today's. Unknown names and versions are a [FieldError],
// and so is in the data what [ParseJSON] refuses, such as unknown fields and names
// given twice or in other letter case; but null is a value left out.
func (lc *Lifecycle[R]) Decode(name string, version int, data []byte) (Command[R], error) {
	_, cmd, err := lc.decode(name, version, data)
	return cmd, err
}

func (lc *Lifecycle[R]) decode(name string, version int, data []byte) (*command[R], Command[R], error) {
	c, steps, err := lc.current(name, version)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range steps {
		if l.Upcast == nil {
			continue
		}
		if data, err = l.Upcast(data); err != nil {
			return nil, nil, errors.Join(&FieldError{"data", fmt.Sprintf("of %s version %d cannot be brought up to date", l.Name, l.Version)}, err)
		}
	}
	cmd, err := c.rows[0].decode(data)
	if err == nil && !c.names.areExact(data) {
		if field := misnamed(data, c.typ, true); field != nil {
			return nil, nil, field
		}
	}
	return c, cmd, err
}
