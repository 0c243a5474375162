package config

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// checkBesideKnown reads the rows of relations again when there are known ones, as only
// now it is clear which of them are about those, and checks the commands of each.
func (in *Intake) checkBesideKnown() error {
	if in.related == nil {
		return nil
	}
	next := len(in.others)
	for i := range in.sources {
		err := in.again(i, onlyRelations, func(at rowPlace) error {
			if next == len(in.relations) {
				return in.changed(i)
			}
			rel, row := &in.relations[next], in.relationRow(at.row)
			next++
			if rel.line != uint32(at.row.number) || rel.source != uint32(i) {
				return in.changed(i)
			}
			ended := at.row.Relation != nil && in.policy.relationAs(at.row.Relation.State) == Ended
			switch {
			case rel.typ < 0 || ended:
			case rel.known == 0:
				wrong := in.checkRelate(row)
				if in.mayBeIn(at.row.Relation) {
					wrong = errors.Join(in.begins(at.row.Relation), wrong)
				}
				rel.refused = at.addAll(wrong) || rel.refused
			case !rel.refused:
				rel.refused = at.addAll(in.checkConfirmed(at, rel, row))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkConfirmed is what the process says of what a row says of a known relation.
func (in *Intake) checkConfirmed(at rowPlace, rel *intakeRelation, row *RelationRow) error {
	known := in.others[rel.known-1]
	own := *row
	own.Attributes = in.resolved(row.Attributes)
	row = &own
	wrong := []error{in.policy.Model.rulesOfType(known.Type).values(attributesName, row.Attributes, nil)}
	record := at.row.Relation
	switch {
	case in.o.Observe || record != nil && record.State == known.State:
	case row.Proposed && in.counts(known):
		field, is := proposedName, "true"
		if record != nil {
			field, is = stateName, string(record.State)
		}
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is %s, and there it is %s; a command of its own ends it", is, known.State)})
	case in.mayBeIn(record) && in.begins(record) != nil:
		wrong = append(wrong, &itsm.FieldError{Field: stateName, Problem: fmt.Sprintf("is %s, and there it is %s; a command of its own moves it", record.State, known.State)})
	}
	if err := decided(wrong...); err != nil {
		return err
	}
	r := *known
	list, _ := in.confirm(rel, row)
	for _, c := range list {
		_, err := in.related.Fire(&r, c, in.stamp)
		wrong = append(wrong, asRow(err, nil))
	}
	return decided(wrong...)
}

// counts reports whether a known relation is neither only proposed nor over.
func (in *Intake) counts(known *Relation) bool { return in.policy.relationAs(known.State) == Active }

// activates reports whether a row makes a known relation that is proposed one that
// counts.
func (in *Intake) activates(rel *intakeRelation) bool {
	return !in.o.Observe && !rel.proposed && rel.known > 0 && in.policy.relationAs(in.others[rel.known-1].State) == Proposed
}

// confirm is what a row says of a known relation, as commands, and which fields of the
// row they do not say.
func (in *Intake) confirm(rel *intakeRelation, row *RelationRow) (list []itsm.Command[Relation], ignored []string) {
	known := in.others[rel.known-1]
	changed := make(map[string]itsm.Value)
	for name, v := range row.Attributes {
		if !v.Equal(known.Value(name)) {
			changed[name] = v
		}
	}
	if in.o.Observe {
		return in.sighted(known, row, changed)
	}
	if in.activates(rel) {
		list = append(list, Activate{Change: row.Change, Since: row.Since, Reason: row.Reason})
	}
	if len(changed) > 0 {
		list = append(list, Adjust{Values: changed, Change: row.Change, Since: row.Since, Reason: row.Reason})
	}
	return list, nil
}

// sighted is what was seen of a known relation.
func (in *Intake) sighted(known *Relation, row *RelationRow, differs map[string]itsm.Value) (list []itsm.Command[Relation], ignored []string) {
	source, seen := in.sourceOf(row.Source), itsm.Normal(row.Since)
	list = append(list, Sight{Source: source, Seen: seen})
	leave := func(field string, is bool) {
		if is {
			ignored = append(ignored, field)
		}
	}
	leave(idName, row.ID != uuid.Nil && row.ID != known.ID)
	leave(proposedName, row.Proposed && in.counts(known))
	l := in.policy.Model.rulesOfType(known.Type)
	for _, name := range namesOf(differs) {
		rule := l.find(name)
		if rule != nil && rule.Controlled || sinceOf(seen, in.stamp).Before(known.Attributes[name].Seen) {
			ignored = append(ignored, attributesName+"."+name)
			delete(differs, name)
		}
	}
	adjust := Adjust{Values: differs, Since: seen}
	if !seen.IsZero() && seen.Before(in.stamp.At) {
		if adjust.Reason = row.Reason; adjust.Reason == "" {
			adjust.Reason = seenBy(source)
		}
	}
	if len(differs) > 0 {
		list = append(list, adjust)
	}
	leave(changeField, !row.Change.IsZero() && row.Change != known.Change)
	leave(reasonName, row.Reason != "" && (len(differs) == 0 || adjust.Reason == ""))
	return list, ignored
}

// seenBy is the reason of what is told of the past because it was seen then.
func seenBy(source string) string { return "seen then by " + source }

// unseen are the fields of a row about a known CI that an [Observe] does not say, and
// that say something else than is believed.
func (in *Intake) unseen(known *CI, r *CIRow) (ignored []string) {
	for _, f := range []struct {
		field string
		is    bool
	}{
		{className, r.Class != "" && r.Class != known.Class && !in.policy.Model.IsA(known.Class, r.Class)},
		{descriptionName, r.Description != "" && r.Description != known.Description},
		{ownerName, r.Owner != "" && r.Owner != known.Owner},
		{criticalityName, r.Criticality != "" && r.Criticality != known.Criticality},
		{stateName, r.State != itsm.None && r.State != known.State},
	} {
		if f.is {
			ignored = append(ignored, f.field)
		}
	}
	for _, n := range r.Needs {
		if known.Need(n.Group) != n.AtLeast {
			ignored = append(ignored, needsName+"."+n.Group)
		}
	}
	if !r.Change.IsZero() && r.Change != known.Change {
		ignored = append(ignored, changeField)
	}
	if r.Reason != "" {
		ignored = append(ignored, reasonName)
	}
	return ignored
}
