package config

import (
	"errors"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// takeRelation notes a row of a relation, and checks what can be checked without its
// ends. A record that comes whole is one that has begun and not ended.
func (in *Intake) takeRelation(at rowPlace, r *RelationRow, record *Relation) {
	m := in.policy.Model
	rel := intakeRelation{
		group: in.groupOf(r.Group), source: uint32(at.source), line: uint32(at.row.number), typ: in.typeAt(r.Type), proposed: r.Proposed,
		soft: saysSoft(r.Attributes[strengthName]),
	}
	if in.policy.observes(in.stamp.By) && in.policy.typeControlled(r.Type) && r.Change.IsZero() {
		rel.proposed = true // as the process will have it
	}
	if r.ID != uuid.Nil {
		in.relIDs = append(in.relIDs, relationID{r.ID, uint32(len(in.relations))})
	}
	if record != nil && in.policy.relationAs(record.State) == Ended { // whatever else may be said of it
		at.wrong(stateName, "is %q, and history is not taken in; leave it out, as only relations that are %s or %s begin here", record.State, Proposed, Active)
		rel.from, rel.to, rel.refused = none, none, true
		in.relations = append(in.relations, rel)
		return
	}
	if record != nil {
		if r.ID == uuid.Nil {
			at.wrong(idName, "is missing; a record has one")
			rel.refused = true
		}
		if !in.mayBeIn(record) {
			rel.refused = at.addAll(in.begins(record)) || rel.refused
		}
	}
	if rel.typ < 0 {
		rel.refused = at.addAll(m.checkEnds(&Relation{Type: r.Type}, End{}, End{})) || rel.refused
	}
	for _, end := range []struct {
		field string
		h     Handle
		into  *uint32
	}{{fromName, r.From, &rel.from}, {toName, r.To, &rel.to}} {
		*end.into = none
		if end.h.IsZero() {
			at.wrong(end.field, "is missing; name a CI")
			rel.refused = true
			continue
		}
		*end.into = in.handleOf(end.h)
	}
	if rel.typ >= 0 && in.related == nil && at.addAll(in.checkRelate(r)) { // else see checkBesideKnown
		rel.refused = true
	}
	if ref := (intakeRef{of: uint32(len(in.relations)), class: int32(rel.typ), ofRelation: true}); rel.typ >= 0 && in.takeRefs(at, ref, r.Attributes) {
		rel.refused = true
	}
	in.relations = append(in.relations, rel)
}

// mayBeIn reports whether a record may be about a known relation in the state of a
// host's own that it is in.
func (in *Intake) mayBeIn(record *Relation) bool {
	return record != nil && in.related != nil && in.policy.knows(record.State)
}

// begins refuses a record in a state in which no relation begins.
func (in *Intake) begins(record *Relation) error {
	return itsm.CheckOneOf(stateName, record.State, []itsm.State{Proposed, Active})
}

// checkRelate is what a process says of a relation whose ends are right.
func (in *Intake) checkRelate(r *RelationRow) error {
	p := in.policy
	var refused error
	if p.typeControlled(r.Type) && !p.observes(in.stamp.By) && !r.Proposed && r.Change.IsZero() {
		refused = itsm.Refuse("R20", "%q is controlled; name the change, or propose it", r.Type)
	}
	l := p.Model.rulesOfType(r.Type)
	var values error
	if len(r.Attributes) > 0 || len(l.list) > 0 {
		values = errors.Join(l.values("attributes", r.Attributes, nil),
			l.missing("attributes", func(name string) bool { return !r.Attributes[name].IsZero() }))
	}
	use := ChangeUse{Command: "relate", Since: r.Since, Class: r.Type, From: refOf(r.From.ID), To: refOf(r.To.ID)}
	right := End{ID: uuid.Max, Class: "any"}
	return errors.Join(refused, values, p.checkChange(r.Change, in.stamp, use), r.relate(right, right).Check(nil, in.stamp))
}
