package config

import (
	"fmt"
	"iter"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// CIs yields the CIs that are registered, as records: what a process makes of the
// commands of [Intake.Steps], for a graph or a report without a register. A record
// that came whole is yielded as it came. Number is that of the record, or none.
// Errors are those of Steps.
func (in *Intake) CIs() iter.Seq2[*CI, error] {
	return func(yield func(*CI, error) bool) {
		in.each([]wanted{onlyCIs}, func(at rowPlace, v uint32, r *CIRow, _ *intakeRelation, _ *RelationRow) error {
			if in.cis[v].known != 0 {
				return nil
			}
			ci := at.row.CI
			if ci == nil {
				own := *r
				own.Attributes = in.resolved(r.Attributes)
				ci = &CI{Header: itsm.Header{ID: in.cis[v].id, Number: noNumber}}
				if _, err := in.process.Fire(ci, own.Register, in.stamp); err != nil {
					return fmt.Errorf("%s: %w", in.place(uint32(at.source), uint32(at.row.number)), err)
				}
				ci.Number = ""
			}
			if !yield(ci, nil) {
				return errStopped
			}
			return nil
		}, func(err error) { yield(nil, err) })
	}
}

// noNumber stands for a number where a process asks for one.
const noNumber = "-"

// Relations yields the relations that are related, as [Intake.CIs] does.
func (in *Intake) Relations() iter.Seq2[*Relation, error] {
	return func(yield func(*Relation, error) bool) {
		in.each([]wanted{onlyRelations}, func(at rowPlace, _ uint32, _ *CIRow, rel *intakeRelation, row *RelationRow) error {
			if rel.known > 0 {
				return nil
			}
			record := at.row.Relation
			if record == nil {
				var s IntakeStep
				in.stepOfRelation(&s, rel, row)
				record = in.record(s.ID, rel, s.Relation[0].(Relate))
			}
			if !yield(record, nil) {
				return errStopped
			}
			return nil
		}, func(err error) { yield(nil, err) })
	}
}

// record is what a process makes of a command that was checked.
func (in *Intake) record(id uuid.UUID, rel *intakeRelation, c Relate) *Relation {
	c.Source, c.Proposed = in.sourceOf(c.Source), rel.proposed
	if in.policy.observes(in.stamp.By) {
		c.Seen = in.stamp.At
	}
	r := &Relation{Header: itsm.Header{ID: id, State: Active, Since: in.stamp.At, Revision: 1, Opened: in.stamp.At, Updated: in.stamp.At}}
	if rel.proposed {
		r.State = Proposed
	}
	c.Apply(r, in.stamp)
	return r
}

// locate finds the columns of faults that were found only when all had been read,
// and puts all faults in order.
func (in *Intake) locate() error {
	in.faults.sort()
	at := make(map[int]map[int][]*Fault) // by source and line
	for i, f := range in.faults.list {
		if f.Column == 0 && f.Field != "" && f.Line > 0 {
			source := in.faults.source[i]
			if at[source] == nil {
				at[source] = make(map[int][]*Fault)
			}
			at[source][f.Line] = append(at[source][f.Line], f)
		}
	}
	for i := range in.sources {
		if at[i] == nil {
			continue
		}
		err := in.again(i, anyRow, func(row rowPlace) error {
			for _, f := range at[i][row.row.number] {
				row.row.place(f)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
