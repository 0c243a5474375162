package config

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// intakeCI is what is kept of each CI, a row's or a known one.
type intakeCI struct {
	id      uuid.UUID
	class   int32 // of the model; -1: none
	known   int32 // its place among the known ones and one; 0: it is new
	source  uint32
	line    uint32 // 0: no row is about it
	named   uint32 // the handle of the class and name by which alone its row names it, and one; 0: none
	state   uint8  // its place in the states of CIs
	refused bool   // its row is
	given   bool   // its row gives an id
}

// there reports whether relations may lead to it.
func (c *intakeCI) there() bool { return c.known != 0 || !c.refused }

// intakeRelation is what is kept of each relation.
type intakeRelation struct {
	from, to uint32 // handles at first, CIs in the end
	group    uint32 // 0: none
	known    int32  // its place among the known ones and one; 0: it is new
	source   uint32
	line     uint32 // 0: no row is about it
	typ      int16
	soft     bool // it does not count for its group
	proposed bool
	refused  bool
}

// relationID is the id that a row of relations gives.
type relationID struct {
	id       uuid.UUID
	relation uint32
}

// intakeRef is a value that refers to a CI.
type intakeRef struct {
	of         uint32 // the CI or relation whose it is
	handle     uint32 // at first, a CI in the end; none: it refers to none
	class      int32  // or type, whose attribute it is
	rule       int32  // the attribute's place there
	ofRelation bool
}

// intakeNeed is how many a CI needs of a group.
type intakeNeed struct {
	ci      uint32
	group   uint32
	place   int32 // in the row
	atLeast int32
}

func (in *Intake) groupOf(name string) uint32 {
	if name == "" {
		return 0
	}
	g, known := in.groups[name]
	if !known {
		g = uint32(len(in.groups) + 1)
		in.groups[name], in.groupNames = g, append(in.groupNames, name)
	}
	return g
}

func (in *Intake) classOf(name string) int32 {
	if i, known := in.policy.Model.classAt[name]; known {
		return int32(i)
	}
	return -1
}

// stateAt is the number that a state has here.
func (in *Intake) stateAt(s itsm.State) uint8 {
	i := slices.Index(in.states, s)
	if i < 0 && len(in.states) <= math.MaxUint8 {
		i = len(in.states)
		in.states = append(in.states, s)
	}
	return uint8(max(i, 0))
}

// gone reports whether nothing is left of a CI.
func (in *Intake) gone(c *intakeCI) bool { return in.policy.gone(in.states[c.state]) }

// takeKnown notes what is there already.
func (in *Intake) takeKnown() {
	for ci := range records(in.o.Known) {
		in.known = append(in.known, ci)
		v := uint32(len(in.cis))
		in.cis = append(in.cis, intakeCI{id: ci.ID, class: in.classOf(ci.Class), known: int32(len(in.known)), state: in.stateAt(ci.State)})
		in.handles[in.handleOfID(ci.ID)] = v
		for _, n := range ci.Needs {
			in.needs = append(in.needs, intakeNeed{v, in.groupOf(n.Group), -1, int32(min(n.AtLeast, topology.MaxNodes))})
		}
	}
	for r := range records(in.o.KnownRelations) {
		as := in.policy.relationAs(r.State)
		if as == Ended {
			in.ended[r.ID] = true
			continue
		}
		in.others = append(in.others, r)
		in.relations = append(in.relations, intakeRelation{
			from: in.handleOfID(r.From), to: in.handleOfID(r.To), group: in.groupOf(r.Group), known: int32(len(in.others)),
			typ: in.typeAt(r.Type), proposed: as == Proposed, soft: isSoft(r),
		})
	}
}

func (in *Intake) typeAt(name string) int16 {
	if r, known := in.policy.Model.typeAt[name]; known && !r.inverse {
		return int16(r.at)
	}
	return -1
}

// open begins to read a source.
func (in *Intake) open(i int) (rowReader, func() error, error) {
	s := &in.sources[i]
	r, err := s.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.Name, err)
	}
	done := func() error { return nil }
	if c, ok := r.(io.Closer); ok {
		done = c.Close
	}
	if r == nil {
		return nil, nil, &itsm.FieldError{Field: fmt.Sprintf("sources[%d].open", i), Problem: "gave neither a reader nor an error"}
	}
	if s.Table == nil {
		return newJSONLines(r, in.o.MaxLine), done, nil
	}
	rows, err := newTableRows(r, s.Table, in.policy.Model, in.o.MaxLine)
	return rows, done, err
}

// takeSource reads a source for the first time.
func (in *Intake) takeSource(i int) error {
	rows, done, err := in.open(i)
	if err != nil {
		return err
	}
	var row incoming
	for rows.next(&row, anyRow) {
		at := rowPlace{in, i, &row}
		switch {
		case row.fault != nil:
			in.faults.unread++
			at.add(row.fault)
		case row.CI != nil || row.Register != nil:
			v := in.takeCI(at, row.ciRow())
			if at.addAll(checkRecord(row.CI)) && v != none {
				in.cis[v].refused = true
			}
			in.rowCI = append(in.rowCI, v)
		default:
			in.takeRelation(at, in.relationRow(&row), row.Relation)
		}
	}
	return in.finish(i, rows, done)
}

// ciRow is the row of a line about a CI.
func (row *incoming) ciRow() *CIRow {
	if row.Register == nil {
		r := row.CI.Row()
		return &r
	}
	return row.Register
}

// checkRecord refuses what no process makes: a record that comes whole is given as it
// came.
func checkRecord(ci *CI) error {
	if ci == nil {
		return nil
	}
	var wrong []error
	if ci.ID == uuid.Nil {
		wrong = append(wrong, &itsm.FieldError{Field: idName, Problem: "is missing; a record has one"})
	}
	if ci.State == itsm.None {
		wrong = append(wrong, &itsm.FieldError{Field: stateName, Problem: "is missing; a record has one"})
	}
	if !slices.IsSortedFunc(ci.Needs, byGroup) {
		wrong = append(wrong, &itsm.FieldError{Field: needsName, Problem: "are not in the order of their groups"})
	}
	return errors.Join(wrong...)
}

// relationRow is the row of a line about a relation.
func (in *Intake) relationRow(row *incoming) *RelationRow {
	if row.Relate == nil {
		r := row.Relation.Row()
		r.Proposed = in.policy.relationAs(row.Relation.State) == Proposed
		return &r
	}
	return row.Relate
}

// takeCI notes a row of a CI; none: it is about none.
func (in *Intake) takeCI(at rowPlace, r *CIRow) uint32 {
	v, shared := in.identify(r)
	named := r.ID == uuid.Nil && v == none
	if named {
		if in.several(r) {
			at.wrong(nameName, severalProblem, r.handle())
			return none
		}
		if v = in.byName(r); v == none && shared != nil {
			in.sharedWrong(at, shared)
			return none
		}
	}
	if v != none {
		if c := &in.cis[v]; c.line > 0 {
			at.wrong("name", "%s is the CI of %s again", r.handle(), in.place(c.source, c.line))
			return none
		}
		c := &in.cis[v]
		c.source, c.line, c.named = uint32(at.source), uint32(at.row.number), in.namedBy(named, r)
		c.given = r.ID != uuid.Nil
		in.told = in.identities(in.told, v, r.Class, r.value)
		own := *r
		own.Attributes = in.resolved(r.Attributes)
		_, err := in.update(in.known[c.known-1], &own)
		c.refused = at.addAll(err)
		if !c.refused {
			in.takeCIRefs(at, v, r)
			in.takeNeeds(v, r)
		}
		return v
	}
	id := in.idOf(r)
	if h, there := in.ids[id]; there && in.handles[h] != none {
		switch c := &in.cis[in.handles[h]]; {
		case r.ID != uuid.Nil:
			at.wrong("id", "is that of %s too", in.place(c.source, c.line))
		case c.known > 0:
			known := in.known[c.known-1]
			now, otherwise := in.called[in.handles[h]]
			if !otherwise {
				now = Handle{Class: known.Class, Name: known.Name}
			}
			at.wrong("name", "%s is what %s was when it got its id, and that is called otherwise now; give the id of that if it is meant, or of its own to a new one",
				r.handle(), now)
		default:
			at.wrong("name", "%s is named in %s too; give ids to both if they are two", r.handle(), in.place(c.source, c.line))
		}
		return none
	}
	state := r.State
	if state == itsm.None {
		state = Planned
	}
	v = uint32(len(in.cis))
	c := intakeCI{
		id: id, class: in.classOf(r.Class), source: uint32(at.source), line: uint32(at.row.number),
		state: in.stateAt(state), given: r.ID != uuid.Nil, named: in.namedBy(named, r),
	}
	ci := CI{Header: itsm.Header{ID: id, Number: noNumber}}
	_, err := in.process.Fire(&ci, r.Register, in.stamp)
	c.refused = at.addAll(err)
	in.cis = append(in.cis, c)
	in.bind(v, r.Class, r.Name)
	in.told = in.identities(in.told, v, r.Class, r.value)
	if !c.refused {
		in.takeCIRefs(at, v, r)
		in.takeNeeds(v, r)
	}
	return v
}

// place is a line for people.
func (in *Intake) place(source, line uint32) string {
	switch name := in.sources[source].Name; {
	case line == 0:
		return "one that is there already"
	case name == "":
		return fmt.Sprintf("line %d", line)
	default:
		return fmt.Sprintf("%s:%d", name, line)
	}
}

// takeNeeds notes what a CI needs, unless it is but observed, which says nothing of
// needs, or out of use: then its relations have ended, and are not there to be counted.
func (in *Intake) takeNeeds(v uint32, r *CIRow) {
	if observed := in.o.Observe && in.cis[v].known != 0; len(r.Needs) == 0 || observed || in.policy.over(in.states[in.cis[v].state]) {
		return
	}
	for i, n := range r.Needs {
		in.needs = append(in.needs, intakeNeed{v, in.groupOf(n.Group), int32(i), int32(min(n.AtLeast, topology.MaxNodes))})
	}
}
