package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Departure is how baseline, record and reality stand to one another where they are
// not the same. What was not seen to differ is taken to be as it is recorded.
type Departure string

// The departures.
const (
	Redefined  Departure = "changed since the baseline" // the record is another, and reality as recorded
	Unrecorded Departure = "not as recorded"            // reality is another, and the record as in the baseline
	Unrealised Departure = "not carried out"            // the record is another, and reality still as in the baseline
	Disputed   Departure = "all three differ"
)

// Departures lists every departure.
func Departures() []Departure { return []Departure{Redefined, Unrecorded, Unrealised, Disputed} }

// DriftQuestion asks how what is recorded, and what was seen, differ from a baseline.
type DriftQuestion struct {
	Baseline *Baseline
	Now      AsOf // of the record, and of what was seen

	// Scope is that of which the baseline was taken: what is within it now and not in
	// the baseline is new.
	Scope Scope

	Policy *Policy // says what is controlled and critical; nil: [DefaultPolicy]

	// Grade gives the severity of a finding, all else of which is filled in; nil:
	// [Policy.Grade] of the policy.
	Grade func(DriftFinding) itsm.Level
}

// DriftFinding is one attribute of a CI or relation, or the whole of it, that is not
// in all three as in the baseline.
type DriftFinding struct {
	Severity  itsm.Level `json:"severity"`
	Departure Departure  `json:"departure"`
	Subject   itsm.Ref   `json:"subject"`
	Name      string     `json:"name,omitzero"`      // of a relation: the names of what it joins
	Class     string     `json:"class,omitzero"`     // of a relation: its type
	Attribute string     `json:"attribute,omitzero"` // none: the whole, of which the values are the states

	Baseline   itsm.Value `json:"baseline,omitzero"`
	Current    itsm.Value `json:"current,omitzero"`
	Discovered itsm.Value `json:"discovered,omitzero"`
	Seen       bool       `json:"seen,omitzero"` // it was seen to be other than recorded

	Controlled  bool       `json:"controlled,omitzero"`  // changes only under a change record (R20)
	Service     bool       `json:"service,omitzero"`     // it is a service, or of a relation: joins one
	Criticality itsm.Level `json:"criticality,omitzero"` // of a relation: the higher of what it joins
	Origin      Origin     `json:"origin,omitzero"`      // of the current value
	Covered     bool       `json:"covered,omitzero"`     // recorded after the baseline under a change, and reality is as it says
}

// Drift holds a baseline against what is recorded and what was seen, attribute by
// attribute, and lists what differs: the severest first, then CIs before relations,
// by id and attribute.
//
// What was seen is in the facts, as of the same point: see [Fact]. A host that has it
// from elsewhere holds that against the baseline by [Timeline.With].
//
// A difference is covered when the record changed after the baseline was taken, under
// a change, and nothing else was seen since. A relation that is proposed because it
// was found is not as recorded until it is active; one that somebody has proposed is
// as any other. Nor is one as recorded that is active and was seen to be gone.
func (t *Timeline) Drift(q DriftQuestion) ([]DriftFinding, error) {
	policy, err := prepared(q.Policy)
	if err = errors.Join(err, q.Scope.check("scope")); err != nil {
		return nil, err
	}
	if q.Baseline == nil {
		return nil, &itsm.FieldError{Field: "baseline", Problem: "is missing"}
	}
	d := drifting{timeline: t.orEmpty(), question: q, policy: policy, within: make(map[uuid.UUID]bool)}
	d.cis()
	d.relations()
	grade := q.Grade
	if grade == nil {
		grade = policy.Grade
	}
	for i := range d.list {
		d.list[i].Severity = grade(d.list[i])
	}
	slices.SortStableFunc(d.list, func(a, b DriftFinding) int { return cmp.Compare(severityOf(a), severityOf(b)) })
	return d.list, nil
}

func severityOf(f DriftFinding) int {
	if i := slices.Index([]itsm.Level{itsm.High, itsm.Medium, itsm.Low}, f.Severity); i >= 0 {
		return i
	}
	return 3 // a host's own, last
}

// Grade is the severity of a finding. What is covered by a change is low. The rest is
// low when observed, medium when controlled, and one more when it is of a service or
// of the highest criticality.
func (p *Policy) Grade(f DriftFinding) itsm.Level {
	levels := []itsm.Level{itsm.Low, itsm.Medium, itsm.High}
	at := 0
	switch {
	case f.Covered:
		return itsm.Low
	case f.Controlled:
		at++
	}
	if f.Service || f.Criticality != "" && p.rank(f.Criticality) == 0 {
		at++
	}
	return levels[at]
}

// rank is the place of a criticality, 0 the highest; what is not graded comes last.
func (p *Policy) rank(level itsm.Level) int {
	for i, c := range p.Criticalities {
		if c.Level == level {
			return i
		}
	}
	return len(p.Criticalities)
}

// depart fills in how the three values stand to one another; false if they agree.
func (f *DriftFinding) depart(taken AsOf) bool {
	recorded, real := !f.Baseline.Equal(f.Current), !f.Current.Equal(f.Discovered)
	switch {
	case recorded && !real:
		f.Departure = Redefined
	case real && !recorded:
		f.Departure = Unrecorded
	case recorded && f.Discovered.Equal(f.Baseline):
		f.Departure = Unrealised
	case recorded:
		f.Departure = Disputed
	default:
		return false
	}
	f.Covered = f.Departure == Redefined && !f.Origin.Change.IsZero() && f.Origin.Recorded.After(taken.Recorded)
	return true
}

// String is the finding in one line.
func (f DriftFinding) String() string {
	var b strings.Builder
	what := f.Attribute
	if what == "" {
		what = "as a whole"
	}
	fmt.Fprintf(&b, "%s: %s (%s) %s: %s, baseline %s, recorded %s", f.Severity, shown(itsm.TextValue(f.Name)), f.Class, what, f.Departure, orNone(f.Baseline), orNone(f.Current))
	if f.Seen {
		fmt.Fprintf(&b, ", seen %s", orNone(f.Discovered))
	}
	switch {
	case f.Covered:
		b.WriteString(", covered by " + f.Origin.Change.String())
	case f.Controlled:
		b.WriteString(", controlled and covered by no change")
	}
	return b.String()
}
