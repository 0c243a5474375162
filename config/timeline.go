package config

import (
	"iter"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Timeline is every assertion that was ever made of CIs and relations, and answers
// what was so at one time as it was believed at another. It is bitemporal: each
// [Fact] has the time for which it is valid and the time at which it was recorded
// (Jensen and Snodgrass, Temporal Data Management, 1999; Snodgrass, Developing
// Time-Oriented Database Applications in SQL, 1999).
//
// Three rules decide everything:
//   - Times are half-open: a fact holds in [From, Until), without end when Until is
//     zero.
//   - Of the facts about one attribute that were recorded by then and hold at the
//     time asked for, the one recorded last is believed; of those recorded at the
//     same time, the one given last.
//   - Nothing is overwritten. What is said of the past changes the past as seen from
//     then on, and not as it was seen before.
//
// A timeline never changes and is safe for concurrent use; the zero Timeline is
// empty. [Timeline.With] gives another that knows more and shares all else with it.
type Timeline struct {
	cis, relations shelf
}

// AsOf is a point in both times: what is so at Valid as it was believed at Recorded.
// A zero Recorded means all that was ever recorded; a zero Valid is after all that
// has a date, which is what is believed to last. The zero AsOf is so what the records
// show now.
type AsOf struct {
	Valid    time.Time `json:"valid,omitzero"`
	Recorded time.Time `json:"recorded,omitzero"`
}

// String is the point as people read it: "at 2026-03-02T00:00:00Z, by what was recorded
// until 2026-03-05T00:00:00Z".
func (a AsOf) String() string {
	valid, recorded := "in the end", "all that is recorded"
	if !a.Valid.IsZero() {
		valid = "at " + instant(a.Valid)
	}
	if !a.Recorded.IsZero() {
		recorded = "what was recorded until " + instant(a.Recorded)
	}
	return valid + ", by " + recorded
}

func instant(t time.Time) string { return itsm.Normal(t).Format(time.RFC3339Nano) }

// NewTimeline holds the facts of CIs and those of relations, as [FactsOf] and
// [RelationFactsOf] give them of the events of a register. Nil is no facts. Each fact
// is given once; the order matters only among those about the same attribute that
// were recorded at the same time. A fact that is none is a [*itsm.FieldError] that
// names its place, and nothing is built.
func NewTimeline(cis, relations iter.Seq[Fact]) (*Timeline, error) {
	return new(Timeline).With(cis, relations)
}

// With is a timeline that knows these facts besides, in whatever order they were
// recorded. A few cost the copying of a leaf of the index and of the list of the
// attributes of whom they are about, however much is known already; one that was
// recorded before others about its attribute costs a step for each of those too.
// What was said before is shared.
func (t *Timeline) With(cis, relations iter.Seq[Fact]) (*Timeline, error) {
	in := newInterned()
	cisNow, err := t.cis.with("cis", cis, in)
	if err != nil {
		return nil, err
	}
	relationsNow, err := t.relations.with("relations", relations, in)
	if err != nil {
		return nil, err
	}
	return &Timeline{cisNow, relationsNow}, nil
}

// Len is how many facts there are.
func (t *Timeline) Len() int { return t.cis.facts + t.relations.facts }

// At is the CI as of a point; false if it was not known to exist then. One that is
// disposed of is still known, by its state. It costs a search and no memory: what is
// asked of the view is read when it is asked.
func (t *Timeline) At(ci uuid.UUID, at AsOf) (CIView, bool) {
	v := CIView{newView(t.cis.find(ci), at)}
	return v, v.known()
}

// RelationAt is the relation as of a point, as [Timeline.At] is of CIs.
func (t *Timeline) RelationAt(relation uuid.UUID, at AsOf) (RelationView, bool) {
	v := RelationView{newView(t.relations.find(relation), at)}
	return v, v.known()
}

// CIs are all CIs as of a point, but for those disposed of then, by ascending id.
func (t *Timeline) CIs(at AsOf) iter.Seq[CIView] {
	return func(yield func(CIView) bool) {
		for h := range t.cis.all() {
			if v := (CIView{newView(h, at)}); v.Present() && !yield(v) {
				return
			}
		}
	}
}

// Relations are all relations as of a point, but for those that have ended by then,
// by ascending id. Among them are the proposed, which do not count yet: see
// [RelationView.State].
func (t *Timeline) Relations(at AsOf) iter.Seq[RelationView] {
	return func(yield func(RelationView) bool) {
		for h := range t.relations.all() {
			if v := (RelationView{newView(h, at)}); v.Present() && !yield(v) {
				return
			}
		}
	}
}

// Value is what is believed of an attribute of a CI or relation as of a point;
// missing if it has none.
func (t *Timeline) Value(subject uuid.UUID, attribute string, at AsOf) itsm.Value {
	return newView(t.find(subject), at).Value(attribute)
}

// Fact is the assertion that is believed of an attribute as of a point; false if
// there is none. One may say that the attribute has no value.
func (t *Timeline) Fact(subject uuid.UUID, attribute string, at AsOf) (Fact, bool) {
	return newView(t.find(subject), at).Fact(attribute)
}

// find is what was said of a CI or relation; nil for nothing.
func (t *Timeline) find(subject uuid.UUID) *history {
	if h := t.cis.find(subject); h != nil {
		return h
	}
	return t.relations.find(subject)
}

// Within a timeline times are microseconds since 1970.
const (
	forever = math.MaxInt64 // a fact without an end
	latest  = forever - 1   // the last instant there is
)

// micros is a time of a fact, which has been checked.
func micros(t time.Time) int64 { return t.UnixMicro() }

// asked is a time that is asked for: any there is. Zero is the last.
func asked(t time.Time) int64 {
	const most = math.MaxInt64/1_000_000 - 1 // seconds
	switch s := t.Unix(); {
	case t.IsZero() || s > most:
		return latest
	case s < -most:
		return math.MinInt64
	}
	return t.UnixMicro()
}

// timeOf is the time of a fact; the zero time for none.
func timeOf(micros int64) time.Time {
	if micros == forever {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
