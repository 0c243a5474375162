package sla

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/itsmkit/itsm"
)

// DefectKind names what [Terms.Prove] and [Book.Prove] look for.
type DefectKind string

// The defects that are errors: something that was defined can never happen, or is
// not what it says.
const (
	// NeverBegins: no clock begins, and none is taken over. Without a metric it is no
	// work at all that the agreement is for; without a target, the metric by itself.
	NeverBegins DefectKind = "never begins"
	// NeverStops: a metric's Stop can never hold. A reset may still end its clocks.
	NeverStops DefectKind = "never stops"
	// NeverResets: a metric's Reset can never end one clock and begin another.
	NeverResets DefectKind = "never resets"
	// AlwaysPaused: a clock pauses for as long as it lives and the target is for its
	// work.
	AlwaysPaused DefectKind = "always paused"
	// SameClaim: two targets claim the same work for one metric with as many fields,
	// the same time and the same calendar, so that nothing but a name decides.
	SameClaim DefectKind = "same claim"
	// NeverChosen: better targets of the agreement claim all work that a target is for.
	NeverChosen DefectKind = "never chosen"
	// TooEarly: a level lies longer before the due time than the goal is, so that it
	// fires as soon as the clock starts. One just as long before is at the start, and
	// says so.
	TooEarly DefectKind = "too early"
	// NeverReached: a level that no clock reaches, as all of them pause all the time.
	NeverReached DefectKind = "never reached"
	// NeverExcuses: the condition of an exception can never hold.
	NeverExcuses DefectKind = "never excuses"
	// ExcusesAll: an exception without a span of time excuses all work that the
	// agreement is for.
	ExcusesAll DefectKind = "excuses everything"
	// NeverCounts: no work of the agreement counts for a workload.
	NeverCounts DefectKind = "never counts"
)

// The defects that are warnings: they may be meant so.
const (
	// OnlyTakesOver: a target with which no clock begins; live clocks may change to it.
	OnlyTakesOver DefectKind = "only takes over"
	// StopsElsewhere: a clock stops only once the target is not for its work any more.
	StopsElsewhere DefectKind = "stops elsewhere"
	// NeverCancels: a metric's Cancel can never hold without Stop, which goes before it.
	NeverCancels DefectKind = "never cancels"
	// NeverPauses: a metric's Pause can never hold while a clock lives, for the work of
	// the agreement.
	NeverPauses DefectKind = "never pauses"
	// Overlaps: two targets claim the same work, and the order in which the best is
	// chosen decides.
	Overlaps DefectKind = "overlaps"
	// Gap: work of the agreement that starts a metric, and that none of its targets is
	// for.
	Gap DefectKind = "gap"
	// SamePoint: two levels that are reached together.
	SamePoint DefectKind = "same point"
	// OutOfOrder: a level that is reached before one that is listed before it.
	OutOfOrder DefectKind = "out of order"
	// RepeatsPast: a level is still repeated when another one is reached.
	RepeatsPast DefectKind = "repeats past another"
	// LongLadder: levels fire more than 100 times for one clock.
	LongLadder DefectKind = "long ladder"
	// OtherWork: an exception that only holds for work that the agreement is not for.
	// It excuses what was the agreement's when its clock began.
	OtherWork DefectKind = "other work"
)

// DefectKinds lists every kind, the errors first.
func DefectKinds() []DefectKind {
	return []DefectKind{
		NeverBegins, NeverStops, NeverResets, AlwaysPaused, SameClaim, NeverChosen, TooEarly, NeverReached, NeverExcuses, ExcusesAll, NeverCounts,
		OnlyTakesOver, StopsElsewhere, NeverCancels, NeverPauses, Overlaps, Gap, SamePoint, OutOfOrder, RepeatsPast, LongLadder, OtherWork,
	}
}

// IsError reports whether definitions with such a defect should be refused.
func (k DefectKind) IsError() bool {
	return slices.Index(DefectKinds(), k) < slices.Index(DefectKinds(), OnlyTakesOver)
}

// Defect is something that is wrong with definitions each of which is well formed:
// proved for all work that a schema allows, not found by trying.
type Defect struct {
	Kind DefectKind `json:"kind"`

	Agreement string `json:"agreement,omitzero"` // and Version: unset for terms on their own
	Version   int    `json:"version,omitzero"`

	// Where it is; what does not apply is unset.
	Metric    string `json:"metric,omitzero"`
	Target    string `json:"target,omitzero"`
	Level     string `json:"level,omitzero"`
	Exception string `json:"exception,omitzero"`
	Workload  string `json:"workload,omitzero"`

	// Other is what it conflicts with: a level, a target of the same agreement, or
	// one of another, "AGR2 v1: P1".
	Other string `json:"other,omitzero"`

	Problem string `json:"problem"` // what is wrong, in words

	// Witness is an event that shows it. Where the defect is that there is no event
	// of a kind, it is one that comes near: it meets all that Problem says it does.
	Witness Witness `json:"witness"`
}

// IsError reports whether the defect should refuse the definitions.
func (d Defect) IsError() bool { return d.Kind.IsError() }

// String is the defect in one line, witness included.
func (d Defect) String() string {
	var b strings.Builder
	b.WriteString("warning: ")
	if d.IsError() {
		b.Reset()
		b.WriteString("error: ")
	}
	if d.Agreement != "" {
		b.WriteString(versionName(d.Agreement, d.Version) + ": ")
	}
	var where []string
	if d.Metric != "" {
		where = append(where, cut(d.Metric))
	}
	for _, part := range []struct{ kind, name string }{
		{"target", d.Target}, {"level", d.Level}, {"exception", d.Exception}, {"workload", d.Workload},
	} {
		if part.name != "" {
			where = append(where, part.kind+" "+itsm.Quoted(part.name))
		}
	}
	if where != nil {
		b.WriteString(strings.Join(where, ", ") + ": ")
	}
	b.WriteString(string(d.Kind))
	if d.Other != "" {
		b.WriteString(" with " + itsm.Quoted(d.Other))
	}
	return b.String() + ": " + d.Problem + "; witness: " + d.Witness.String()
}

func versionName(agreement string, number int) string {
	return cut(agreement) + " v" + strconv.Itoa(number)
}

// compare orders defects by where they are: agreement, metric, target and level,
// then exceptions and workloads.
func (d Defect) compare(e Defect) int {
	return cmp.Or(
		cmp.Compare(d.Agreement, e.Agreement), cmp.Compare(d.Version, e.Version),
		cmp.Compare(d.Workload, e.Workload), cmp.Compare(d.Exception, e.Exception),
		cmp.Compare(b2i(d.Metric != ""), b2i(e.Metric != "")),
		cmp.Compare(metricRank(d.Metric), metricRank(e.Metric)), cmp.Compare(d.Metric, e.Metric),
		cmp.Compare(d.Target, e.Target), cmp.Compare(d.Level, e.Level),
		cmp.Compare(slices.Index(DefectKinds(), d.Kind), slices.Index(DefectKinds(), e.Kind)),
		cmp.Compare(d.Other, e.Other))
}

// DefectsError refuses definitions for their defects. It matches [itsm.ErrInvalid].
type DefectsError struct {
	Defects []Defect // that are errors
}

func (e *DefectsError) Error() string {
	var b strings.Builder
	b.WriteString("the definitions contradict themselves")
	for _, d := range e.Defects {
		b.WriteString("\n\t" + d.String())
	}
	return b.String()
}

// Unwrap makes errors.Is(err, itsm.ErrInvalid) true.
func (e *DefectsError) Unwrap() error { return itsm.ErrInvalid }

// Refuse is for callers that take no definitions with errors in them: a
// *[DefectsError] of the defects that are errors, nil if none is.
func Refuse(defects []Defect) error {
	errors := slices.DeleteFunc(slices.Clone(defects), func(d Defect) bool { return !d.IsError() })
	if len(errors) == 0 {
		return nil
	}
	return &DefectsError{errors}
}

// Prove decides what can never happen under the terms, and what they leave open;
// see [DefectKind] for all that it looks for. The defects come in order of place.
//
// What it says holds for every piece of work, whatever its facts: conditions are
// decided over all values that the schema allows, a missing one among them. Facts
// may change at every event from any to any. It takes the terms to be the only ones
// of their kind and party; [Book.Prove] looks at agreements together.
//
// Some things it does not conclude, as they depend on the time at which a clock
// begins: which of two targets is due first when their calendars differ or they have
// deadlines, and where levels stand to one another if one is in wall time. It then
// says that it depends, or nothing.
//
// Terms that are malformed are *[itsm.FieldError] values, joined, and conditions
// with too many possibilities an *[UndecidedError].
func (t *Terms) Prove(s Schema) ([]Defect, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	terms, err := t.compile(s)
	if err != nil {
		return nil, err
	}
	v := &version{Version: Version{Terms: terms.Terms}, terms: terms}
	for i := range terms.Targets {
		v.rules = append(v.rules, newPromised(v, &terms.Targets[i]))
	}
	return prove(s, []*version{v})
}

// Prove decides the same for all versions of a book. Beside what [Terms.Prove] finds
// in each, it looks for targets of different agreements of one kind and party that
// claim the same work while both are in force, and lets a target take over clocks
// that another agreement began. That the targets of one agreement leave another's
// nothing to measure is not concluded: which of them fits depends on when the work
// was opened.
func (b *Book) Prove() ([]Defect, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	return prove(b.schema, b.versions)
}

func prove(s Schema, versions []*version) ([]Defect, error) {
	p := &prover{schema: s}
	for _, v := range versions {
		p.add(v)
	}
	for i := range p.slots {
		p.slot(&p.slots[i])
	}
	for _, v := range versions {
		p.exceptions(v)
		p.workload(v)
	}
	if p.err != nil {
		return nil, p.err
	}
	slices.SortStableFunc(p.defects, Defect.compare)
	return p.defects, nil
}

// undecided says where a question was asked that has no answer.
func undecided(v *version, where string, err error) error {
	if v.Agreement != "" {
		where = versionName(v.Agreement, v.Number) + ": " + where
	}
	return fmt.Errorf("%s: %w", where, err)
}
