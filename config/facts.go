package config

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Fact is one assertion about one attribute of a CI or a relation: what somebody
// said at one time is so from another time on. A timeline is built of facts; the
// journal holds them all, and a later one takes nothing back of an earlier: of two
// about the same instant the later recorded is believed.
//
// Attribute is a name of [OwnAttributes] or [OwnRelationAttributes], that of an
// attribute of the model, "need:" with a group, or "drift:" with what was observed to
// differ (R20): a controlled attribute of a CI, or the state of a relation that is
// only proposed and was found to be there, or active and seen to be gone. "outranked:"
// leads likewise what a lower source saw of an observed attribute, see [Precedence]. Of a
// drift and of what is outranked the value is what was observed,
// [Absent] where there was none, and missing when nothing differs any more. What was
// registered once has a state from then on; the value of state is what tells whether
// it exists.
type Fact struct {
	Subject   uuid.UUID  // the CI or relation
	Attribute string     // of which
	Value     itsm.Value // missing: it has none
	From      time.Time  // it is so from then on …
	Until     time.Time  // … and until then; zero: until something else is said
	Recorded  time.Time  // when it was said
	By        string     // by whom
	Source    string     // from where he has it: "discovery"; else himself
	Change    itsm.Ref   // under which change
	Reason    string     // of a fact of the past: why it is told only now (R34)
}

// Absent is the value of the fact that an attribute was seen to have none, beside what is believed. It
// is a reference to what there are no records of, and so no attribute's.
func Absent() itsm.Value { return itsm.ReferenceValue(itsm.Ref{Kind: "drift", ID: "absent"}) }

// FactsOf lists what an event says about its CI: the state if it moved, then the
// rest by attribute. An event that confirms what is known, and one of a command that
// the package does not know, says nothing but that.
func FactsOf(e itsm.Event[CI]) []Fact {
	f := factsOf(e.ID, e.Stamp)
	if e.From != e.To {
		f.state(e.To)
	}
	if c, ok := e.Command.(stating); ok {
		c.state(f, e.Stamp)
	}
	return f.sorted()
}

// RelationFactsOf lists what an event says about its relation, as [FactsOf] does.
func RelationFactsOf(e itsm.Event[Relation]) []Fact {
	f := factsOf(e.ID, e.Stamp)
	if e.From != e.To {
		f.state(e.To)
	}
	if c, ok := e.Command.(stating); ok {
		c.state(f, e.Stamp)
	}
	return f.sorted()
}

// stating is a command that says something.
type stating interface{ state(*facts, itsm.Stamp) }

// facts collects what one event says. Every fact of it begins as the event does.
type facts struct {
	common Fact
	list   []Fact
}

func factsOf(id uuid.UUID, s itsm.Stamp) *facts {
	recorded := s.Recorded
	if recorded.IsZero() {
		recorded = s.At
	}
	return &facts{common: Fact{Subject: id, From: s.At, Recorded: recorded, By: s.By.ID, Source: s.By.ID, Reason: s.Reason}}
}

// state adds the state.
func (f *facts) state(to itsm.State) { f.add(stateName, itsm.TextValue(to)) }

// since says of all facts, also of those added already, from when on they are so,
// under which change and why they are told now.
func (f *facts) since(at time.Time, change itsm.Ref, reason string) {
	for i := range f.list {
		f.list[i] = f.list[i].dated(at, change, reason)
	}
	f.common = f.common.dated(at, change, reason)
}

func (f Fact) dated(at time.Time, change itsm.Ref, reason string) Fact {
	if !at.IsZero() {
		f.From = at
	}
	f.Change, f.Reason = change, cmp.Or(reason, f.Reason)
	return f
}

// from says of all facts where they come from.
func (f *facts) from(source string) {
	if source == "" {
		return
	}
	for i := range f.list {
		f.list[i].Source = source
	}
	f.common.Source = source
}

// seen says of all facts by what they were seen, and when.
func (f *facts) seen(at time.Time, source string, s itsm.Stamp) {
	reason := ""
	if !at.IsZero() && at.Before(s.At) {
		reason = "seen then by " + source
	}
	f.since(at, itsm.Ref{}, reason)
	f.from(source)
}

func (f *facts) add(attribute string, v itsm.Value) {
	fact := f.common
	fact.Attribute, fact.Value = attribute, v
	f.list = append(f.list, fact)
}

// given adds what is not missing.
func (f *facts) given(attribute string, v itsm.Value) {
	if !v.IsZero() {
		f.add(attribute, v)
	}
}

// drifts adds what was seen to differ; missing: it was seen to have none.
func (f *facts) drifts(name string, observed itsm.Value) {
	f.add(driftPrefix+name, orAbsent(observed))
}

func orAbsent(observed itsm.Value) itsm.Value {
	if observed.IsZero() {
		return Absent()
	}
	return observed
}

// look adds what a source saw, which may be another than that of the command.
func (f *facts) look(attribute string, v itsm.Value, l Look, from time.Time, s itsm.Stamp) {
	f.add(attribute, v)
	last := &f.list[len(f.list)-1]
	last.From, last.Source, last.Reason = from, l.Source, s.Reason
	if from.Before(s.At) {
		last.Reason = seenBy(l.Source)
	}
}

// agreed adds that no look is outranked any more.
func (f *facts) agreed(names []string) {
	for _, name := range names {
		f.add(outrankedPrefix+name, itsm.Value{})
	}
}

// settled adds that nothing is seen to differ any more.
func (f *facts) settled(names []string) {
	for _, name := range names {
		f.add(driftPrefix+name, itsm.Value{})
	}
}

func (f *facts) sorted() []Fact {
	slices.SortStableFunc(f.list, func(a, b Fact) int {
		if (a.Attribute == stateName) != (b.Attribute == stateName) {
			if a.Attribute == stateName {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Attribute, b.Attribute)
	})
	return f.list
}

// Replaced is what was believed of an attribute before a command: the event keeps
// it beside the new value (R34).
type Replaced struct {
	Attribute string     `json:"attribute"`
	Value     itsm.Value `json:"value,omitzero"` // missing: there was none
	Since     time.Time  `json:"since,omitzero"` // from when on it was so; zero: nothing was said of it
}

// replaced is what the CI says of the attributes now.
func (ci *CI) replaced(names ...string) []Replaced {
	var list []Replaced
	for _, name := range names {
		a, _ := ci.Assertion(name)
		list = append(list, Replaced{name, a.Value, a.Since})
	}
	return list
}

// checkSince refuses a fact of the future, and one of the past without a reason
// (R34).
func checkSince(since time.Time, reason string, s itsm.Stamp) error {
	if reason != "" {
		if err := itsm.CheckText("reason", reason); err != nil {
			return err
		}
	}
	if since.IsZero() {
		return nil
	}
	if err := itsm.CheckTime("since", since); err != nil {
		return err
	}
	switch {
	case since.After(s.At):
		return &itsm.FieldError{Field: "since", Problem: "has not come yet; what is planned is a change's to say"}
	case since.Before(s.At) && reason == "":
		return &itsm.FieldError{Field: "reason", Problem: "is missing; a fact of the past says why it is told only now (R34)"}
	}
	return nil
}

// sinceOf is from when on a command's facts are so.
func sinceOf(since time.Time, s itsm.Stamp) time.Time {
	if since.IsZero() {
		return s.At
	}
	return since
}
