package itsmtest

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/itsmkit/itsm"
)

// checkShared looks for a slice of after that grew within an array that before
// holds too: the next append to the copy would overwrite it.
func (w *Walk[R]) checkShared(before, after *R, e itsm.Event[R]) {
	w.t.Helper()
	held := make(map[array]int)
	eachSlice(reflect.ValueOf(before).Elem(), "record", func(_ string, s reflect.Value) {
		held[arrayOf(s)] = s.Len()
	})
	eachSlice(reflect.ValueOf(after).Elem(), "record", func(path string, s reflect.Value) {
		if n, shared := held[arrayOf(s)]; shared && s.Len() > n {
			w.t.Errorf("%s appends to %s in place; append to slices.Clip of it, or to a clone", e.Name, path)
		}
	})
}

// checkHeader applies the command alone and compares the header: the lifecycle
// keeps it.
func (w *Walk[R]) checkHeader(e itsm.Event[R]) {
	w.t.Helper()
	alone := padded(w.t, &w.record)
	was := *headOf(&alone)
	e.Command.Apply(&alone, e.Stamp)
	is := *headOf(&alone)
	was.Custom, is.Custom = nil, nil
	if path := difference(reflect.ValueOf(was), reflect.ValueOf(is), "header"); path != "" {
		w.t.Errorf("Apply of %s touches %s; the lifecycle keeps all of the header but Custom", e.Name, path)
	}
}

// checkSets compares the declared fields before and after with what the row says
// it sets. What the lifecycle itself keeps is set back first.
func (w *Walk[R]) checkSets(before, after *R, e itsm.Event[R]) {
	w.t.Helper()
	var sets []string
	for _, t := range w.lc.Transitions() {
		if t.Name == e.Name && slices.Contains(t.From, e.From) {
			sets = t.Sets
		}
	}
	probe := *after
	custom := headOf(after).Custom
	*headOf(&probe) = *headOf(before)
	headOf(&probe).Custom = custom
	for _, f := range w.lc.Fields() {
		was, is := f.Get(before), f.Get(&probe)
		if !is.IsZero() && !is.Equal(was) && !slices.Contains(sets, f.Name) {
			w.t.Errorf("%s from %q changes the field %q from %q to %q; name it in Sets of the row", e.Name, e.From, f.Name, was, is)
		}
	}
}

// checkCodec takes record, command and event to JSON and back.
func (w *Walk[R]) checkCodec(record *R, e *itsm.Event[R]) {
	w.t.Helper()
	again := copyOf(w.t, record)
	if path := difference(reflect.ValueOf(record).Elem(), reflect.ValueOf(again), "record"); path != "" {
		w.t.Errorf("after %s, %s is lost or changed by the record's JSON form: %s", e.Name, path, encode(w.t, record))
	}
	data, err := w.lc.EncodeEvent(*e)
	if err != nil {
		w.t.Errorf("%s: the event cannot be encoded: %v", e.Name, err)
		return
	}
	decoded, err := w.lc.DecodeEvent(data)
	if err != nil {
		w.t.Errorf("%s: the event cannot be decoded: %v\n%s", e.Name, err, data)
		return
	}
	if path := difference(reflect.ValueOf(*e), reflect.ValueOf(decoded), "event"); path != "" {
		w.t.Errorf("%s: %s is lost or changed by the event's JSON form: %s", e.Name, path, data)
	}
}

// checkReplay rebuilds the record from its encoded events.
func (w *Walk[R]) checkReplay() {
	w.t.Helper()
	decoded := make([]itsm.Event[R], len(w.events))
	for i, e := range w.events {
		data, err := w.lc.EncodeEvent(e)
		if err == nil {
			decoded[i], err = w.lc.DecodeEvent(data)
		}
		if err != nil {
			return // checkCodec has said so
		}
	}
	replayed, err := w.lc.Replay(decoded...)
	if err != nil {
		w.t.Errorf("the events cannot be replayed: %v", err)
		return
	}
	if now, was := encode(w.t, &replayed), encode(w.t, &w.record); now != was {
		w.t.Errorf("after %s, replaying the events gives another record: Apply needs something that is not in the event\nfired    %s\nreplayed %s",
			w.events[len(w.events)-1].Name, was, now)
	}
}

// asSent is the command after encoding and decoding, as a register fires it. One
// that does not survive that stays what it is, and what happened to it is told:
// Fire should refuse it.
func (w *Walk[R]) asSent(cmd itsm.Command[R]) (sent itsm.Command[R], lost string) {
	data, err := w.lc.EncodeEvent(itsm.Event[R]{Revision: 1, To: "sent", Stamp: itsm.Stamp{At: w.now}, Command: cmd})
	if err != nil {
		return cmd, err.Error()
	}
	e, err := w.lc.DecodeEvent(data)
	if err != nil {
		return cmd, err.Error()
	}
	if path := difference(reflect.ValueOf(cmd), reflect.ValueOf(e.Command), "command"); path != "" {
		return cmd, fmt.Sprintf("%s is lost or changed in %s", path, data)
	}
	return e.Command, ""
}
