package config

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Source is a table or a file of lines that comes in.
type Source struct {
	Name  string // for faults: "servers.csv"
	Table *Table // how it is read as CSV; nil: JSON Lines

	// Open begins to read it. It is called for each of several readings, which must
	// give the same bytes. What is an io.Closer is closed after each.
	Open func() (io.Reader, error)
}

// SourceOf is a source that is held in memory.
func SourceOf(name, text string, t *Table) Source {
	return Source{Name: name, Table: t, Open: func() (io.Reader, error) { return strings.NewReader(text), nil }}
}

// IntakeOptions say what is done with rows. Nil means the zero value.
type IntakeOptions struct {
	// Lenient takes what is good in and leaves out the rest, and whatever depends on
	// that; else nothing is taken in when anything is wrong.
	Lenient bool

	// Known are the CIs and relations that are there already; nil: none. They must be
	// the same each time they are listed, each once, and not change meanwhile: those
	// of one snapshot. A row that is about a known CI changes it. With an id it is
	// about the one of that id, and nothing else is asked. Without, it is about the
	// one that [Identify] would find: first by identifiers, so that what a row calls
	// otherwise gets that name, then by class and name. What several share finds none
	// of them, and is a fault if nothing else finds one. A row may be of a class from
	// which the known one's descends, and says less then.
	Known          iter.Seq[*CI]
	KnownRelations iter.Seq[*Relation]

	// Observe makes what a row says of a known CI an [Observe] and not a
	// [SetAttributes], [Describe], [Own] and [SetNeed]; and of a known relation a
	// [Sight], with an [Adjust] of what is observed of it and differs, and not an
	// [Activate] and an [Adjust]. Since is when it was seen then, and needs no reason.
	// What observing cannot say is left out, see [IntakeStep.Ignored].
	Observe bool

	// Own is what a host adds to the lifecycle of CIs, see [itsm.Lifecycle.With]; nil:
	// nothing. What its states mean, [Policy.Phase] says.
	Own *itsm.Definition[CI]

	// OwnRelations is the same for the lifecycle of relations: what rows say of known
	// relations in the states that it adds, such as an [Activate] or a [Sight], it lets
	// happen there.
	OwnRelations *itsm.Definition[Relation]

	// Namespace is what the ids of rows without one are made of (UUID version 5),
	// together with class and name, or with what a relation says: the same rows get
	// the same ids each time. A relation that is said again after it has ended, as a
	// known one, gets another; and so does a CI of a name whose first is disposed of, or
	// is another by an identifier.
	Namespace uuid.UUID

	MaxLine   int // bytes of a line or a record; 0: 1 MiB
	MaxFaults int // how many faults are kept, the first ones; 0: 1000
}

// defaultMaxFaults is how many faults are kept when nothing is said.
const defaultMaxFaults = 1000

// Intake is what comes in from tables and files, checked as a whole: that each row
// can be read; that the command which comes of it is one that the process takes,
// from this actor, at this time; that ids are distinct; that all CIs which rows name
// are there, in these sources or already; that relations keep to the model's pairs
// and cardinality and are not said twice; and that no CI needs more of a group than
// the group has, but for those that are out of use. See [NewIntake].
//
// Of relations that are too many, or say the same, the first rows come in, among those
// that nothing else keeps out: what falls with a CI takes no place from another.
//
// It holds some 150 bytes for each CI and 30 for each relation and each identifier, not
// the rows: these are read again to be taken in, and once more before if CIs are known.
type Intake struct {
	policy  *Policy
	process *itsm.Lifecycle[CI]
	related *itsm.Lifecycle[Relation] // nil: no relation is known
	stamp   itsm.Stamp
	sources []Source
	o       IntakeOptions
	faults  faultList

	states     []itsm.State // by their numbers
	cis        []intakeCI
	rowCI      []uint32 // the CI of each row of CIs that could be read, in reading order; none: of none
	ids        map[uuid.UUID]uint32
	keys       map[intakeKey]uint32
	handles    []uint32          // the CI of each handle; none: not there; ambiguous: several
	known      []*CI             // they come first among the CIs
	called     map[uint32]Handle // known ones that rows call otherwise
	identified []intakeIdentity  // known ones by what identifies them, in the order of the keys
	told       []intakeIdentity  // what rows say of that
	relations  []intakeRelation
	relIDs     []relationID
	others     []*Relation        // known ones
	ended      map[uuid.UUID]bool // known ones, whose ids no other can have
	doubled    map[uint32]uint32  // relations that say the same, to the first of them
	refs       []intakeRef
	needs      []intakeNeed
	groups     map[string]uint32 // by name; 0: none
	groupNames []string          // of each but that
	sums       []uint32
}

// Counts says how much came in.
type Counts struct {
	CIs       int // that are registered
	Changed   int // rows about known CIs
	Relations int // that are related
	Confirmed int // rows about known relations
	Refused   int // rows with a fault, those that depend on others among them
}

// NewIntake reads all sources and checks them against the policy, nil meaning
// [DefaultPolicy], as commands of the stamp's actor at its time. What is wrong with
// rows is in [Intake.Faults] and [Intake.Err]; an error is what is wrong with the
// call, or of a source that cannot be read at all.
//
// What refers to a CI may stand before it. By class and name it is found as the rows call
// it, no more by a name that it had. A policy that looks CIs up ([Policy.End])
// is asked for those that are not in the sources; when the commands are given to a
// process, it must know those of the sources too.
func NewIntake(policy *Policy, s itsm.Stamp, sources []Source, o *IntakeOptions) (*Intake, error) {
	p, err := prepared(policy)
	if err != nil {
		return nil, err
	}
	in := &Intake{policy: p, stamp: s, sources: slices.Clone(sources)}
	if o != nil {
		in.o = *o
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	alone := *p
	alone.End = nil // the ends are in the sources
	for i := range in.sources {
		in.sources[i].Table = in.sources[i].Table.copied()
	}
	if in.process, err = itsm.NewLifecycle(alone.definition()); err == nil && in.o.Own != nil {
		in.process, err = in.process.With(*in.o.Own)
	}
	if err != nil {
		return nil, err
	}
	in.states = ciStates()
	in.ids, in.keys, in.groups = make(map[uuid.UUID]uint32), make(map[intakeKey]uint32), make(map[string]uint32)
	in.ended = make(map[uuid.UUID]bool)
	in.faults.most = in.o.MaxFaults
	if in.faults.most <= 0 {
		in.faults.most = defaultMaxFaults
	}
	in.takeKnown()
	if err := in.nameKnown(); err != nil {
		return nil, err
	}
	if len(in.others) > 0 {
		if in.related, err = itsm.NewLifecycle(alone.relationDefinition()); err == nil && in.o.OwnRelations != nil {
			in.related, err = in.related.With(*in.o.OwnRelations)
		}
		if err != nil {
			return nil, err
		}
	}
	for i := range in.sources {
		if err := in.takeSource(i); err != nil {
			return nil, err
		}
	}
	if err := in.connect(); err != nil {
		return nil, err
	}
	return in, in.locate()
}

func (in *Intake) check() error {
	in.stamp.At, in.stamp.Recorded = itsm.Normal(in.stamp.At), itsm.Normal(in.stamp.Recorded)
	if err := itsm.CheckTime("at", in.stamp.At); err != nil {
		return err
	}
	if err := in.stamp.By.Check(); err != nil {
		return err
	}
	may := slices.Concat(in.policy.Administrators, in.policy.Managers, in.policy.Discoverers, []itsm.Role{itsm.SystemRole})
	if !in.stamp.By.Has(may...) {
		return &itsm.FieldError{Field: "by.roles", Problem: "none of them may register and relate; one of these may: " + itsm.Listed(may)}
	}
	for i, s := range in.sources {
		at := fmt.Sprintf("sources[%d]", i)
		if s.Open == nil {
			return &itsm.FieldError{Field: at + ".open", Problem: "is missing"}
		}
		if s.Table != nil {
			if err := s.Table.check(in.policy.Model); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		}
	}
	return nil
}

// Faults lists the first faults, by source and line; [Intake.FaultCount] says how
// many there are.
func (in *Intake) Faults() []*Fault { return slices.Clone(in.faults.list) }

// FaultCount is how many faults there are, those that are not listed among them.
func (in *Intake) FaultCount() int { return in.faults.count }

// Err is nil when nothing is wrong; else it tells of the first faults, and matches
// [itsm.ErrInvalid] and [*Fault].
func (in *Intake) Err() error {
	if in.faults.count == 0 {
		return nil
	}
	return &IntakeError{Faults: in.Faults(), Count: in.faults.count}
}

// IntakeError says that rows are wrong.
type IntakeError struct {
	Faults []*Fault // the first ones
	Count  int      // of all
}

// Error names the first three.
func (e *IntakeError) Error() string {
	const most = 3
	var texts []string
	for _, f := range e.Faults[:min(most, len(e.Faults))] {
		texts = append(texts, f.Error())
	}
	if e.Count > len(texts) {
		texts = append(texts, fmt.Sprintf("and %d more", e.Count-len(texts)))
	}
	return strings.Join(texts, "\n")
}

// Unwrap gives the faults.
func (e *IntakeError) Unwrap() []error {
	list := []error{itsm.ErrInvalid}
	for _, f := range e.Faults {
		list = append(list, f)
	}
	return list
}

// Counts says how much there is to be taken in, whether or not faults keep it out.
func (in *Intake) Counts() Counts {
	var n Counts
	for _, v := range in.rowCI {
		switch {
		case v == none || in.cis[v].refused:
			n.Refused++
		case in.cis[v].known > 0:
			n.Changed++
		default:
			n.CIs++
		}
	}
	for i := range in.relations {
		switch r := &in.relations[i]; {
		case r.line == 0: // known, and of no row
		case r.refused:
			n.Refused++
		case r.known > 0:
			n.Confirmed++
		default:
			n.Relations++
		}
	}
	n.Refused += in.faults.unread
	return n
}

// faultList keeps the first faults and counts all.
type faultList struct {
	list   []*Fault
	source []int // of each
	count  int
	unread int // rows that could not be read
	most   int
}

func (l *faultList) add(source int, f *Fault) {
	l.count++
	l.list, l.source = append(l.list, f), append(l.source, source)
	if len(l.list)/2 >= l.most { // and not twice as many, which may be more than there can be
		l.sort()
	}
}

// sort orders them and cuts off those that are too many.
func (l *faultList) sort() {
	order := make([]int, len(l.list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := l.list[a], l.list[b]
		return cmp.Or(cmp.Compare(l.source[a], l.source[b]), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Field, y.Field))
	})
	order = order[:min(len(order), l.most)]
	list, source := make([]*Fault, len(order)), make([]int, len(order))
	for i, at := range order {
		list[i], source[i] = l.list[at], l.source[at]
	}
	l.list, l.source = list, source
}
