package config

import "github.com/google/uuid"

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
	v := t.view(t.find(subject), at)
	i, found := v.of.about(attribute)
	if !found {
		return nil
	}
	var list []Blamed
	for n, s := range v.of.of(i).told(v.recorded) {
		list = append(list, v.blamed(i, n, s))
	}
	return list
}

// blamed is an assertion that was made of the attribute at a place by the point, after n
// others.
func (v view) blamed(i, n int, s *said) Blamed {
	attribute, was := v.of.names[i], v.of.of(i).among(s.from, n)
	return Blamed{s.fact(v.of, attribute), was.fact(v.of, attribute), s == v.of.believed(i, v.valid, v.recorded)}
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
