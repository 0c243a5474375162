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
// empty, and so is a nil one. [Timeline.With] gives another that knows more and shares
// all else with it.
type Timeline struct {
	cis, relations shelf
	phase          func(itsm.State) itsm.Phase // of the host; nil: none
}

// TimelineOptions is what a timeline may be told besides facts.
type TimelineOptions struct {
	// Phase is what a host's own states of CIs and relations mean, as its lifecycles
	// have it: [itsm.Lifecycle.Phase]. What is in a state of the phase [itsm.Final] is
	// no longer there. It is asked by all who ask the timeline, so it answers from what
	// is at hand, and always alike. "" is that it does not know a state; that, as
	// without Phase, means what it means in the lifecycles of the package, and one that
	// they do not have is [itsm.Active].
	Phase func(itsm.State) itsm.Phase
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
// names its place, and nothing is built. Nil options are none.
func NewTimeline(cis, relations iter.Seq[Fact], o *TimelineOptions) (*Timeline, error) {
	t := new(Timeline)
	if o != nil {
		t.phase = o.Phase
	}
	return t.With(cis, relations)
}

// orEmpty is a timeline to ask; in the place of nil the empty one.
func (t *Timeline) orEmpty() *Timeline {
	if t == nil {
		return new(Timeline)
	}
	return t
}

// With is a timeline that knows these facts besides, in whatever order they were
// recorded. A few cost the copying of a branch of each depth of the index and of what
// was said last of whom they are about, however much is known already and however late
// they are told. What was said before is shared, and the options stay.
func (t *Timeline) With(cis, relations iter.Seq[Fact]) (*Timeline, error) {
	t = t.orEmpty()
	in := newInterned()
	cisNow, err := t.cis.with("cis", cis, in)
	if err != nil {
		return nil, err
	}
	relationsNow, err := t.relations.with("relations", relations, in)
	if err != nil {
		return nil, err
	}
	return &Timeline{cisNow, relationsNow, t.phase}, nil
}

// Len is how many facts there are.
func (t *Timeline) Len() int {
	t = t.orEmpty()
	return t.cis.facts + t.relations.facts
}

// At is the CI as of a point; false if it was not known to exist then. One that is
// disposed of is still known, by its state. It costs a search and no memory: what is
// asked of the view is read when it is asked.
func (t *Timeline) At(ci uuid.UUID, at AsOf) (CIView, bool) {
	t = t.orEmpty()
	v := CIView{t.view(t.cis.find(ci), at)}
	return v, v.known()
}

// RelationAt is the relation as of a point, as [Timeline.At] is of CIs.
func (t *Timeline) RelationAt(relation uuid.UUID, at AsOf) (RelationView, bool) {
	t = t.orEmpty()
	v := RelationView{t.view(t.relations.find(relation), at)}
	return v, v.known()
}

// CIs are all CIs that are there as of a point, by ascending id: see [CIView.Present].
func (t *Timeline) CIs(at AsOf) iter.Seq[CIView] {
	t = t.orEmpty()
	return func(yield func(CIView) bool) {
		v := CIView{t.view(nil, at)}
		for v.of = range t.cis.all() {
			if v.Present() && !yield(v) {
				return
			}
		}
	}
}

// Relations are all relations that are there as of a point, by ascending id: see
// [RelationView.Present]. Among them are the proposed, which do not count yet.
func (t *Timeline) Relations(at AsOf) iter.Seq[RelationView] {
	t = t.orEmpty()
	return func(yield func(RelationView) bool) {
		v := RelationView{t.view(nil, at)}
		for v.of = range t.relations.all() {
			if v.Present() && !yield(v) {
				return
			}
		}
	}
}

// Value is what is believed of an attribute of a CI or relation as of a point;
// missing if it has none. For who said so, and for more than one attribute, see
// [Timeline.At].
func (t *Timeline) Value(subject uuid.UUID, attribute string, at AsOf) itsm.Value {
	t = t.orEmpty()
	return t.view(t.find(subject), at).Value(attribute)
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
