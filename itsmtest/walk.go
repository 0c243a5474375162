package itsmtest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Walk leads one record through a lifecycle. It starts before birth, on Monday, 2
// March 2026 at 09:00 UTC. It is for one goroutine.
type Walk[R any] struct {
	t      testing.TB
	lc     *itsm.Lifecycle[R]
	record R
	events []itsm.Event[R]
	now    time.Time
	world  *world
}

// world is what the walks of a test share.
type world struct {
	records int
	fired   map[step]bool
}

// step is a command from a state.
type step struct {
	name string
	from itsm.State
}

// New begins a walk with a record that has an id and a number.
func New[R any](t testing.TB, lc *itsm.Lifecycle[R]) *Walk[R] {
	t.Helper()
	w := &Walk[R]{
		t:     t,
		lc:    lc,
		now:   time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		world: &world{fired: make(map[step]bool)},
	}
	return w.Another()
}

// Another begins a walk with another record of the kind, at the same time.
func (w *Walk[R]) Another() *Walk[R] {
	other := &Walk[R]{t: w.t, lc: w.lc, now: w.now, world: w.world}
	w.world.records++
	h := headOf(&other.record)
	h.Number = fmt.Sprintf("T%07d", w.world.records)
	h.ID = uuid.UUID{6: 0x80, 8: 0x80} // version 8: made up
	binary.BigEndian.PutUint32(h.ID[12:], uint32(w.world.records))
	return other
}

// Fork is a second walk that goes on from here with a copy of the record.
func (w *Walk[R]) Fork() *Walk[R] {
	w.t.Helper()
	fork := *w
	fork.record = copyOf(w.t, &w.record)
	fork.events = slices.Clone(w.events)
	return &fork
}

// On is the walk under another lifecycle: that of another policy.
func (w *Walk[R]) On(lc *itsm.Lifecycle[R]) *Walk[R] {
	fork := w.Fork()
	fork.lc = lc
	return fork
}

// Wait lets time pass.
func (w *Walk[R]) Wait(d time.Duration) *Walk[R] {
	w.now = w.now.Add(d)
	return w
}

// Now is the time of the next step.
func (w *Walk[R]) Now() time.Time { return w.now }

// Record is the record as it stands.
func (w *Walk[R]) Record() *R { return &w.record }

// Events lists what has happened so far.
func (w *Walk[R]) Events() []itsm.Event[R] { return slices.Clone(w.events) }

// Stamp is that of the next step when by makes it.
func (w *Walk[R]) Stamp(by itsm.Actor) itsm.Stamp { return itsm.Stamp{At: w.now, By: by} }

// Do gives the command now; it must succeed.
func (w *Walk[R]) Do(by itsm.Actor, cmd itsm.Command[R], near ...*R) itsm.Event[R] {
	w.t.Helper()
	e, err := w.Fire(cmd, w.Stamp(by), near...)
	if err != nil {
		w.t.Fatalf("%T by %s: %v", cmd, by, err)
	}
	return e
}

// Refused gives the command now; it must fail, with the error that is returned.
func (w *Walk[R]) Refused(by itsm.Actor, cmd itsm.Command[R], near ...*R) error {
	w.t.Helper()
	e, err := w.Fire(cmd, w.Stamp(by), near...)
	if err == nil {
		w.t.Fatalf("%T by %s: not refused, but led to %q", cmd, by, e.To)
	}
	return err
}

// Fire gives the command with a stamp and checks the step, whatever its result.
// It is for stamps of which [Walk.Do] knows nothing, such as back-dated ones.
func (w *Walk[R]) Fire(cmd itsm.Command[R], s itsm.Stamp, near ...*R) (itsm.Event[R], error) {
	w.t.Helper()
	sent, lost := w.asSent(cmd)
	before := padded(w.t, &w.record)
	kept := before // shares its slices and maps, as a copy that somebody kept
	wasRecord, wasNear := encode(w.t, &before), encodeAll(w.t, near)
	options := w.lc.Permitted(&before, s)

	e, err := w.lc.Fire(&before, sent, s, near...)

	if now := encode(w.t, &kept); now != wasRecord {
		w.t.Errorf("%T edits a slice, a map or a pointer's target in place; a copy kept from before the step changed\nfrom %s\nto   %s", cmd, wasRecord, now)
	}
	if now := encodeAll(w.t, near); !slices.Equal(now, wasNear) {
		w.t.Errorf("%T changed a record near it\nfrom %s\nto   %s", cmd, wasNear, now)
	}
	if err != nil {
		if now := encode(w.t, &before); now != wasRecord {
			w.t.Errorf("%T was refused and changed the record all the same\nfrom %s\nto   %s", cmd, wasRecord, now)
		}
		w.checkRefusal(options, s, err)
		return e, err
	}
	if lost != "" {
		w.t.Errorf("%T succeeds but does not survive its JSON form: %s", cmd, lost)
	}
	w.world.fired[step{e.Name, e.From}] = true
	w.checkPermitted(options, e)
	w.checkShared(&kept, &before, e)
	w.checkHeader(e)
	w.checkSets(&kept, &before, e)
	w.checkCodec(&before, &e)
	w.checkKept(&before, &e, sent)
	w.record, w.events = before, append(w.events, e)
	w.checkReplay()
	if w.now.Before(s.At) {
		w.now = s.At
	}
	return e, nil
}

// NotFired lists the rows, as "command from state", that neither this walk nor
// one that came of it by [Walk.Another], [Walk.Fork] or [Walk.On] has fired. A
// process's test asks for it to be empty.
func (w *Walk[R]) NotFired() []string {
	var list []string
	for _, t := range w.lc.Transitions() {
		for _, from := range t.From {
			if !w.world.fired[step{t.Name, from}] {
				list = append(list, fmt.Sprintf("%s from %q", t.Name, from))
			}
		}
	}
	return list
}

// checkPermitted compares a success with what Permitted said before.
func (w *Walk[R]) checkPermitted(options []itsm.Option, e itsm.Event[R]) {
	w.t.Helper()
	i := slices.IndexFunc(options, func(o itsm.Option) bool { return o.Name == e.Name })
	switch {
	case i < 0:
		w.t.Errorf("Permitted does not list %s, which succeeded", e.Name)
	case options[i].Refusal != nil:
		w.t.Errorf("Permitted refused %s, which succeeded: %v", e.Name, options[i].Refusal)
	case options[i].Role != e.Role:
		w.t.Errorf("Permitted lets %s be done as %s; it was done as %s", e.Name, options[i].Role, e.Role)
	case !slices.Contains(options[i].To, e.To):
		w.t.Errorf("Permitted has %s lead to %q; it led to %q", e.Name, options[i].To, e.To)
	}
}

// checkRefusal compares a refusal by the table with what Permitted said before:
// what the table alone refuses, Permitted must have refused, in the same words.
func (w *Walk[R]) checkRefusal(options []itsm.Option, s itsm.Stamp, err error) {
	w.t.Helper()
	var refusal *itsm.TransitionError
	if !errors.As(err, &refusal) {
		return
	}
	i := slices.IndexFunc(options, func(o itsm.Option) bool { return o.Name == refusal.Name })
	if i < 0 {
		return // of another lifecycle, such as that of a part of the record
	}
	said := options[i].Refusal
	byTable := slices.Contains([]string{itsm.RuleState, itsm.RuleRole, itsm.RuleFields}, refusal.Rule)
	switch {
	case said != nil && said.Error() != err.Error():
		w.t.Errorf("Permitted refused %s with %q; Fire with %q", refusal.Name, said, err)
	case said == nil && byTable:
		w.t.Errorf("Permitted %s to %s; Fire refused: %v", refusal.Name, s.By, err)
	}
}
