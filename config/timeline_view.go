package config

import (
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// view is a CI or relation as of a point. It is a small value that reads the
// timeline when it is asked.
type view struct {
	of              *history
	valid, recorded int64
	phase           func(itsm.State) itsm.Phase // of the timeline
}

// CIView is a CI as of a point of a [Timeline], read when asked. The zero CIView is
// of nothing and knows nothing.
type CIView struct{ view }

// RelationView is a relation as of a point of a [Timeline], as [CIView] is of a CI.
type RelationView struct{ view }

// view is what was said of a CI or relation, as of a point.
func (t *Timeline) view(h *history, at AsOf) view {
	return view{h, asked(at.Valid), asked(at.Recorded), t.phase}
}

// ID is the id of the CI or relation.
func (v view) ID() uuid.UUID {
	if v.of == nil {
		return uuid.Nil
	}
	return v.of.id
}

// State is its state; none if it was not known to exist.
func (v view) State() itsm.State { return itsm.State(v.Value(stateName).Text()) }

// Phase is what its state means, see [TimelineOptions]; none if it was not known to
// exist.
func (v view) Phase() itsm.Phase { return phaseOf(v.phase, v.State()) }

// Present reports whether it was there: it had a state, and not one that is
// [itsm.Final], as of a CI [Disposed] and of a relation [Ended] are.
func (v view) Present() bool {
	s := v.State()
	return s != itsm.None && phaseOf(v.phase, s) != itsm.Final
}

// known reports whether it was known to exist.
func (v view) known() bool { return v.State() != itsm.None }

// said is what is believed of an attribute; nil for nothing.
func (v view) said(attribute string) *said {
	if i, found := v.of.about(attribute); found {
		return v.of.believed(i, v.valid, v.recorded)
	}
	return nil
}

// Value is what is believed of an attribute, of its own or of its class or type;
// missing if it has none.
func (v view) Value(attribute string) itsm.Value {
	return v.said(attribute).valueOf()
}

// Fact is the assertion that is believed of an attribute; false if there is none.
func (v view) Fact(attribute string) (Fact, bool) {
	s := v.said(attribute)
	if s == nil {
		return Fact{}, false
	}
	return s.fact(v.of, attribute), true
}

// Belief is the fact that is believed of one attribute, read when asked. The zero
// Belief is of nothing.
type Belief struct {
	of        *history
	attribute string
	said      *said
}

// Beliefs are what is believed of all that it has a value of, by attribute: its own
// attributes, those of its class or type, its needs ("need:…"), what was seen to
// differ ("drift:…") and what a lower source saw ("outranked:…").
func (v view) Beliefs() iter.Seq[Belief] {
	return func(yield func(Belief) bool) {
		for i, name := range v.of.attributes() {
			if s := v.of.believed(i, v.valid, v.recorded); s != nil && !s.value.IsZero() && !yield(Belief{v.of, name, s}) {
				return
			}
		}
	}
}

// Attribute is the name of the attribute.
func (b Belief) Attribute() string { return b.attribute }

// Value is its value; missing only of the zero Belief.
func (b Belief) Value() (v itsm.Value) {
	if b.said != nil {
		v = b.said.value
	}
	return v
}

// Source is from where it is known.
func (b Belief) Source() string {
	if b.said == nil {
		return ""
	}
	return b.said.as.source
}

// Change is the change under which it came to be so; zero: none was named.
func (b Belief) Change() itsm.Ref {
	if b.said == nil {
		return itsm.Ref{}
	}
	return b.said.as.change
}

// Fact is the whole assertion.
func (b Belief) Fact() Fact { return b.said.fact(b.of, b.attribute) }

// beliefs are those but for what was seen to differ.
func (v view) beliefs() iter.Seq[Belief] {
	return func(yield func(Belief) bool) {
		for b := range v.Beliefs() {
			if !isAside(b.attribute) && !yield(b) {
				return
			}
		}
	}
}

// ciOf is the CI that a value refers to; the zero id if it is none.
func ciOf(v itsm.Value) uuid.UUID {
	const lead = Kind + ":"
	text, is := strings.CutPrefix(v.Text(), lead)
	if !is || v.Type() != itsm.Reference {
		return uuid.Nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// Name is its name.
func (v CIView) Name() string { return v.Value(nameName).Text() }

// Class is its class.
func (v CIView) Class() string { return v.Value(className).Text() }

// Needs lists of which groups of suppliers it needs some, by group.
func (v CIView) Needs() []Need {
	var list []Need
	names := v.of.attributes()
	first, _ := slices.BinarySearch(names, needPrefix)
	for i, name := range names[first:] {
		group, is := strings.CutPrefix(name, needPrefix)
		if !is {
			break
		}
		if n := v.of.believed(first+i, v.valid, v.recorded).valueOf(); !n.IsZero() {
			list = append(list, Need{group, int(n.Number().IntPart())})
		}
	}
	return list
}

// Type is its type.
func (v RelationView) Type() string { return v.Value(typeName).Text() }

// From is the CI that it leads from.
func (v RelationView) From() uuid.UUID { return ciOf(v.Value(fromName)) }

// To is the CI that it leads to.
func (v RelationView) To() uuid.UUID { return ciOf(v.Value(toName)) }

// Group is the group of suppliers that it belongs to, if any.
func (v RelationView) Group() string { return v.Value(groupName).Text() }
