package config

import (
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Facts are all assertions about CIs and all about relations, by subject, attribute
// and time of recording; of those recorded at the same time, in the order in which
// they were given. A timeline of them answers as this one does, so that a host can
// keep one, and [Timeline.With] takes them to unite two. Reading them all takes time
// in proportion to their number.
func (t *Timeline) Facts() (cis, relations iter.Seq[Fact]) {
	t = t.orEmpty()
	return t.cis.told(), t.relations.told()
}

// told are all assertions of a shelf.
func (s *shelf) told() iter.Seq[Fact] {
	return func(yield func(Fact) bool) {
		for h := range s.all() {
			for i, name := range h.names {
				for _, one := range h.of(i).told(forever) {
					if !yield(one.fact(h, name)) {
						return
					}
				}
			}
		}
	}
}

// About are all assertions about a CI or relation in the order in which they were
// recorded, and of those recorded at the same time by attribute. It takes time in
// proportion to n log n of their number n.
func (t *Timeline) About(subject uuid.UUID) []Fact {
	h := t.orEmpty().find(subject)
	var list []Fact
	for i, name := range h.attributes() {
		for _, one := range h.of(i).told(forever) {
			list = append(list, one.fact(h, name))
		}
	}
	slices.SortStableFunc(list, func(a, b Fact) int { return a.Recorded.Compare(b.Recorded) })
	return list
}

// Under says what a change did: every assertion that was made under it by a point, in
// the order in which they were recorded, each with what it replaced and whether it is
// believed there. Of those recorded at the same time CIs come before relations, by id
// and attribute. Nothing was made under the zero change.
//
// There is no index of changes: it looks at every assertion there is, and takes time in
// proportion to their number. For which CIs a change was the last to touch, a register
// has [ByChange].
func (t *Timeline) Under(change itsm.Ref, at AsOf) []Blamed {
	if change.IsZero() {
		return nil
	}
	t = t.orEmpty()
	var list []Blamed
	for _, s := range []*shelf{&t.cis, &t.relations} {
		for h := range s.all() {
			list = append(list, t.view(h, at).under(change)...)
		}
	}
	slices.SortStableFunc(list, func(a, b Blamed) int { return a.Recorded.Compare(b.Recorded) })
	return list
}

// under are the assertions that were made under a change.
func (v view) under(change itsm.Ref) []Blamed {
	var list []Blamed
	for i := range v.of.names {
		for n, s := range v.of.of(i).told(v.recorded) {
			if s.as.change == change {
				list = append(list, v.blamed(i, n, s))
			}
		}
	}
	return list
}

// Instants are the valid times at which a CI or relation changed, as was believed at a
// time of recording; zero: by all that is recorded. At each the value of at least one
// attribute, its state among them, is another than just before, and between two of
// them none is. What was only seen to differ does not count. They ascend, and each
// comes once. It takes four searches for each assertion about it.
func (t *Timeline) Instants(subject uuid.UUID, recorded time.Time) []time.Time {
	h := t.orEmpty().find(subject)
	by := asked(recorded)
	var list []int64
	for i, name := range h.attributes() {
		if isAside(name) {
			continue
		}
		value := func(valid int64) itsm.Value { return h.believed(i, valid, by).valueOf() }
		for _, s := range h.of(i).told(by) {
			for _, at := range []int64{s.from, s.until} {
				if at != forever && !value(at).Equal(value(at-1)) {
					list = append(list, at)
				}
			}
		}
	}
	slices.Sort(list)
	var times []time.Time
	for _, at := range slices.Compact(list) {
		times = append(times, timeOf(at))
	}
	return times
}
