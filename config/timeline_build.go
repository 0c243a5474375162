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

// interned keeps one copy of what is said again in every event: texts, who says it,
// and which attributes one is about.
type interned struct {
	texts      map[string]string
	statements map[statement]*statement
	latest     *statement // most facts come with others of the same
	names      map[string][]string
}

func newInterned() *interned {
	return &interned{make(map[string]string), make(map[statement]*statement), new(statement), make(map[string][]string)}
}

func (in *interned) text(s string) string {
	if kept, known := in.texts[s]; known {
		return kept
	}
	in.texts[s] = s
	return s
}

func (in *interned) statement(s statement) *statement {
	if *in.latest == s {
		return in.latest
	}
	kept := in.statements[s]
	if kept == nil {
		kept = &s
		in.statements[s] = kept
	}
	in.latest = kept
	return kept
}

// list keeps a list of names of attributes, which is not edited any more.
func (in *interned) list(names []string) []string {
	key := strings.Join(names, "\x00")
	if kept := in.names[key]; slices.Equal(kept, names) { // a name may hold what parts them
		return kept
	}
	in.names[key] = names
	return names
}

// drafted is what a new fact says of a CI or relation.
type drafted struct {
	attribute string
	said      said
}

// with is a shelf with more facts.
func (s *shelf) with(field string, facts iter.Seq[Fact], in *interned) (shelf, error) {
	if facts == nil {
		return *s, nil
	}
	drafts := make(map[uuid.UUID][]drafted)
	n := 0
	for f := range facts {
		if err := f.check(field, n); err != nil {
			return shelf{}, err
		}
		n++
		drafts[f.Subject] = append(drafts[f.Subject], f.drafted(in))
	}
	list := make([]*history, 0, len(drafts))
	for _, id := range slices.SortedFunc(maps.Keys(drafts), compareIDs) {
		list = append(list, s.find(id).with(id, drafts[id], in))
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

func (f *Fact) drafted(in *interned) drafted {
	s := said{from: micros(f.From), until: forever, recorded: micros(f.Recorded), value: f.Value}
	if !f.Until.IsZero() {
		s.until = micros(f.Until)
	}
	s.as = in.statement(statement{f.By, f.Source, f.Reason, f.Change})
	return drafted{in.text(f.Attribute), s}
}

// with is the history with more facts, of which those of one attribute may have been
// recorded before what is known of it.
func (h *history) with(id uuid.UUID, list []drafted, in *interned) *history {
	slices.SortStableFunc(list, func(a, b drafted) int {
		return cmp.Or(strings.Compare(a.attribute, b.attribute), cmp.Compare(a.said.recorded, b.said.recorded))
	})
	old, newest := h.all()
	next := &history{id: id, newest: make([]*said, 0, len(old)+distinct(list))}
	names := make([]string, 0, len(old)+distinct(list))
	room := make([]said, len(list))
	for len(list) > 0 {
		name := list[0].attribute
		before, found := slices.BinarySearch(old, name)
		names, next.newest = append(names, old[:before]...), append(next.newest, newest[:before]...)
		old, newest = old[before:], newest[before:]
		n := 1
		for n < len(list) && list[n].attribute == name {
			n++
		}
		for i := range n {
			room[n-1-i] = list[i].said // the latest first, as they are read
		}
		var last *said
		if found {
			last, old, newest = newest[0], old[1:], newest[1:]
		}
		names, next.newest = append(names, name), append(next.newest, last.with(room[:n]))
		list, room = list[n:], room[n:]
	}
	names, next.newest = append(names, old...), append(next.newest, newest...)
	if h != nil && len(h.names) == len(names) {
		next.names = h.names
	} else {
		next.names = in.list(names)
	}
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

// with puts facts, the latest recorded first, where they belong, and gives the last:
// what was recorded after the first of them is put in front again.
func (s *said) with(list []said) *said {
	var later []*said // the latest first
	for s != nil && s.recorded > list[len(list)-1].recorded {
		later = append(later, s)
		s = s.before
	}
	push := func(one *said) {
		one.push(s)
		s = one
	}
	again := func(until int64) {
		for len(later) > 0 && later[len(later)-1].recorded <= until {
			copied := *later[len(later)-1]
			push(&copied)
			later = later[:len(later)-1]
		}
	}
	for i := len(list) - 1; i >= 0; i-- {
		again(list[i].recorded)
		push(&list[i])
	}
	again(forever)
	return s
}
