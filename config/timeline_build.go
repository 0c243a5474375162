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
	more, row  []said // room to put facts in order
}

func newInterned() *interned {
	return &interned{texts: make(map[string]string), statements: make(map[statement]*statement), latest: new(statement), names: make(map[string][]string)}
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
	list := make([]history, 0, len(drafts))
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
func (h *history) with(id uuid.UUID, list []drafted, in *interned) history {
	slices.SortStableFunc(list, func(a, b drafted) int {
		return cmp.Or(strings.Compare(a.attribute, b.attribute), cmp.Compare(a.said.recorded, b.said.recorded))
	})
	if h == nil {
		h = new(history)
	}
	next := history{id: id, names: h.names}
	if more := newNames(h.names, list); len(more) > 0 {
		next.names = in.list(slices.Sorted(slices.Values(append(more, h.names...))))
	}
	next.newest = make([]newest, len(next.names))
	rest := make([]said, 0, len(h.newest)+len(h.rest)+len(list)-len(next.names))
	known := 0
	for i, name := range next.names {
		var old sayings
		if known < len(h.names) && h.names[known] == name {
			old = h.of(known)
			known++
		}
		more := in.more[:0]
		for len(list) > 0 && list[0].attribute == name {
			more, list = append(more, list[0].said), list[1:]
		}
		row, before := old.with(more, in.row[:0])
		rest = append(rest, row[1:]...)
		next.newest[i] = newest{row[0], len(rest), before}
		in.more, in.row = more, row
	}
	next.rest = rest
	if len(rest) < cap(rest) { // much went into trees
		next.rest = slices.Clone(rest)
	}
	return next
}

// newNames are those of the attributes in a sorted list that are not known yet.
func newNames(known []string, list []drafted) []string {
	var names []string
	for i, d := range list {
		if i > 0 && d.attribute == list[i-1].attribute {
			continue
		}
		if _, found := slices.BinarySearch(known, d.attribute); !found {
			names = append(names, d.attribute)
		}
	}
	return names
}
