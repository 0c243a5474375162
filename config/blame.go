package config

import (
	"slices"

	"github.com/google/uuid"
)

// Blamed is an assertion of an attribute in the history of all that were made of it.
type Blamed struct {
	Fact

	// Replaced is what was believed until then of the instant from which the fact
	// holds. Its Recorded is zero when nothing was.
	Replaced Fact

	// InForce says that it is the one that is believed as of the point asked for.
	InForce bool
}

// Blame lists every assertion of an attribute of a CI or relation that had been made
// by a point, in the order in which they were recorded, and says which is believed
// there: who said it, when, under which change, for which reason, and what it
// replaced. An assertion that is in force nowhere any more is in the list too.
func (t *Timeline) Blame(subject uuid.UUID, attribute string, at AsOf) []Blamed {
	t = t.orEmpty()
	h := t.find(subject)
	v := t.view(h, at)
	newest := h.last(attribute)
	inForce := newest.believed(v.valid, v.recorded)
	var list []Blamed
	for s := newest.by(v.recorded); s != nil; s = s.before {
		b := Blamed{Fact: s.fact(h, attribute), InForce: s == inForce}
		if was := s.before.believed(s.from, v.recorded); was != nil {
			b.Replaced = was.fact(h, attribute)
		}
		list = append(list, b)
	}
	slices.Reverse(list)
	return list
}

// String is the assertion in one line; a * leads what is in force.
func (b Blamed) String() string {
	mark, until, was := "  ", "", ""
	if b.InForce {
		mark = "* "
	}
	if !b.Until.IsZero() {
		until = " until " + instant(b.Until)
	}
	if !b.Replaced.Recorded.IsZero() {
		was = ", was " + orNone(b.Replaced.Value)
	}
	o := Origin{b.By, b.Source, b.From, b.Recorded, b.Change, b.Reason}
	return mark + b.Attribute + ": " + orNone(b.Value) + until + was + o.String()
}
