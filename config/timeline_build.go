package config

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// interned keeps one copy of each text: a name is said again in every event.
type interned map[string]string

func (in interned) text(s string) string {
	if kept, known := in[s]; known {
		return kept
	}
	in[s] = s
	return s
}

// draft is what new facts say of one CI or relation, as they come.
type draft struct {
	list []drafted
	as   *statement // of the latest
}

type drafted struct {
	attribute string
	value     itsm.Value
	as        *statement
}

// with is a shelf with more facts.
func (s *shelf) with(field string, facts iter.Seq[Fact], in interned) (shelf, error) {
	if facts == nil {
		return *s, nil
	}
	drafts := make(map[uuid.UUID]*draft)
	n := 0
	for f := range facts {
		if err := f.check(field, n); err != nil {
			return shelf{}, err
		}
		n++
		d := drafts[f.Subject]
		if d == nil {
			d = new(draft)
			drafts[f.Subject] = d
		}
		d.add(&f, in)
	}
	list := make([]*history, 0, len(drafts))
	for _, id := range slices.SortedFunc(maps.Keys(drafts), compareIDs) {
		list = append(list, s.find(id).with(id, drafts[id].list))
	}
	return shelf{s.put(list), s.facts + n}, nil
}

// maxExponent bounds how long a decimal is when it is written out.
const maxExponent = 60

// check refuses a fact that is none. The path is written only then.
func (f *Fact) check(field string, n int) error {
	wrong := func(name, problem string) error {
		return &itsm.FieldError{Field: fmt.Sprintf("%s[%d].%s", field, n, name), Problem: problem}
	}
	v := f.Value
	switch {
	case f.Subject == uuid.Nil:
		return wrong("subject", "is missing; name a CI or relation")
	case f.Attribute == "":
		return wrong("attribute", "is missing")
	case !utf8.ValidString(f.Attribute):
		return wrong("attribute", "is not valid UTF-8")
	case !utf8.ValidString(v.Text()):
		return wrong("value", "is not valid UTF-8")
	case v.Type() == itsm.Number && (v.Number().Exponent() < -maxExponent || v.Number().Exponent() > maxExponent):
		return wrong("value", "is not a decimal that can be written out")
	case !f.Until.IsZero() && !itsm.Normal(f.Until).After(itsm.Normal(f.From)):
		return wrong("until", "is not after from; leave it out of what still holds")
	}
	if err := itsm.CheckTime("from", f.From); err != nil {
		return wrong("from", problemOf(err))
	}
	if err := itsm.CheckTime("recorded", f.Recorded); err != nil {
		return wrong("recorded", problemOf(err))
	}
	if !f.Until.IsZero() {
		if err := itsm.CheckTime("until", f.Until); err != nil {
			return wrong("until", problemOf(err))
		}
	}
	return nil
}

func (d *draft) add(f *Fact, in interned) {
	as := statement{
		from: micros(f.From), until: forever, recorded: micros(f.Recorded),
		by: f.By, source: f.Source, reason: f.Reason, change: f.Change,
	}
	if !f.Until.IsZero() {
		as.until = micros(f.Until)
	}
	if d.as == nil || *d.as != as {
		as.by, as.source = in.text(as.by), in.text(as.source)
		as.change.Kind, as.change.ID = in.text(as.change.Kind), in.text(as.change.ID)
		d.as = &as
	}
	d.list = append(d.list, drafted{in.text(f.Attribute), f.Value, d.as})
}

// with is the history with more facts, of which those of one attribute may have been
// recorded before what is known of it.
func (h *history) with(id uuid.UUID, list []drafted) *history {
	slices.SortStableFunc(list, func(a, b drafted) int {
		return cmp.Or(strings.Compare(a.attribute, b.attribute), cmp.Compare(a.as.recorded, b.as.recorded))
	})
	old := h.all()
	next := &history{id: id, tracks: make([]track, 0, len(old)+distinct(list))}
	room := make([]said, len(list))
	for len(list) > 0 {
		name := list[0].attribute
		for len(old) > 0 && old[0].attribute < name {
			next.tracks, old = append(next.tracks, old[0]), old[1:]
		}
		n := 1
		for n < len(list) && list[n].attribute == name {
			n++
		}
		t := track{attribute: name}
		if len(old) > 0 && old[0].attribute == name {
			t, old = old[0], old[1:]
		}
		t.add(list[:n], room[:n])
		next.tracks = append(next.tracks, t)
		list, room = list[n:], room[n:]
	}
	next.tracks = append(next.tracks, old...)
	return next
}

// distinct is how many attributes there are in a sorted list.
func distinct(list []drafted) int {
	n := 0
	for i := range list {
		if i == 0 || list[i].attribute != list[i-1].attribute {
			n++
		}
	}
	return n
}

// add puts facts, in the order they were recorded, where they belong: what was
// recorded after the first of them is put in front again.
func (t *track) add(list []drafted, room []said) {
	var later []*said // the latest first
	first := list[0].as.recorded
	for t.newest != nil && t.newest.as.recorded > first {
		later = append(later, t.newest)
		t.newest = t.newest.before
	}
	again := func(until int64) {
		for len(later) > 0 && later[len(later)-1].as.recorded <= until {
			s := later[len(later)-1]
			t.push(&said{value: s.value, as: s.as})
			later = later[:len(later)-1]
		}
	}
	for i := range list {
		again(list[i].as.recorded)
		room[i].value, room[i].as = list[i].value, list[i].as
		t.push(&room[i])
	}
	again(forever)
}

func (t *track) push(s *said) {
	s.push(t.newest)
	t.newest = s
}
