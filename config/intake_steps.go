package config

import (
	"errors"
	"fmt"
	"iter"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

func needField(place int32) string { return fmt.Sprintf("needs[%d].at_least", place) }

// IntakeStep is what one row comes to: commands for one CI, or one relation.
type IntakeStep struct {
	Source string // the name of its source
	Line   int
	ID     uuid.UUID // of the CI or the relation; a new one is to get it
	New    bool      // it is registered or related; else it is there already

	CI       []itsm.Command[CI]       // one or several, to be given in this order
	Relation []itsm.Command[Relation] // likewise

	// Ignored are the fields of the row that the commands do not say though they say
	// something else than is believed: the owner, when a known CI is but observed. A
	// file of what was found may well hold them; who keeps the records is to hear of it.
	// They are in the order of [Table], as in "needs.web"; none unless it is observed.
	Ignored []string
}

// Steps yields what is to be done, CIs before relations, each in the order of the
// rows; rows that change nothing are left out. It reads the sources anew, CIs first.
//
// When anything is wrong and the intake is not lenient, it yields one error,
// [Intake.Err], and no step. An error that comes later says that a source could not
// be read again, or is not what was checked; it is the last.
func (in *Intake) Steps() iter.Seq2[IntakeStep, error] {
	return func(yield func(IntakeStep, error) bool) {
		in.each([]wanted{onlyCIs, onlyRelations}, func(at rowPlace, v uint32, r *CIRow, rel *intakeRelation, row *RelationRow) error {
			s := IntakeStep{Source: in.sources[at.source].Name, Line: at.row.number}
			if r != nil {
				if err := in.stepOfCI(&s, v, r); err != nil {
					return err
				}
			} else {
				in.stepOfRelation(&s, rel, row)
			}
			if len(s.CI)+len(s.Relation) > 0 && !yield(s, nil) {
				return errStopped
			}
			return nil
		}, func(err error) { yield(IntakeStep{}, err) })
	}
}

// errStopped ends a reading that nobody wants any more.
var errStopped = errors.New("config: stopped")

// each reads the rows that are taken in, of CIs or relations or one after the other,
// and tells of an error.
func (in *Intake) each(which []wanted, do func(at rowPlace, v uint32, r *CIRow, rel *intakeRelation, row *RelationRow) error, failed func(error)) {
	if err := in.Err(); err != nil && !in.o.Lenient {
		failed(err)
		return
	}
	nextCI, nextRelation := 0, len(in.others)
	for _, want := range which {
		for i := range in.sources {
			err := in.again(i, want, func(at rowPlace) error {
				if want == onlyCIs {
					if nextCI == len(in.rowCI) {
						return in.changed(i)
					}
					v := in.rowCI[nextCI]
					nextCI++
					if v == none || in.cis[v].refused {
						return nil
					}
					r := at.row.ciRow()
					if c := &in.cis[v]; c.line != uint32(at.row.number) || c.source != uint32(i) || c.known == 0 && c.id != in.idOf(r) {
						return in.changed(i)
					}
					return do(at, v, r, nil, nil)
				}
				if nextRelation == len(in.relations) {
					return in.changed(i)
				}
				rel := &in.relations[nextRelation]
				nextRelation++
				if rel.line != uint32(at.row.number) || rel.source != uint32(i) {
					return in.changed(i)
				}
				if rel.refused {
					return nil
				}
				row := in.relationRow(at.row)
				if !in.leads(row.From, rel.from) || !in.leads(row.To, rel.to) || in.typeAt(row.Type) != rel.typ {
					return in.changed(i)
				}
				return do(at, 0, nil, rel, row)
			})
			if errors.Is(err, errStopped) {
				return
			}
			if err != nil {
				failed(err)
				return
			}
		}
	}
}

func (in *Intake) leads(h Handle, v uint32) bool { return in.lookUp(h) == v }

// lookUp is the CI that rows name; none or ambiguous: there is none, or several are.
func (in *Intake) lookUp(h Handle) uint32 {
	at, named := in.ids[h.ID]
	if h.ID == uuid.Nil {
		at, named = in.keys[keyFor(h.Class, h.Name)]
	}
	if !named {
		return none
	}
	return in.handles[at]
}

func (in *Intake) changed(source int) error {
	return fmt.Errorf("%s: is not what it was when it was checked: %w", in.sources[source].Name, itsm.ErrInvalid)
}

// again reads a source another time, the rows that could be read.
func (in *Intake) again(i int, want wanted, do func(at rowPlace) error) error {
	rows, done, err := in.open(i)
	if err != nil {
		return err
	}
	var row incoming
	for rows.next(&row, want) {
		if row.fault != nil {
			continue
		}
		if err := do(rowPlace{in, i, &row}); err != nil {
			return errors.Join(err, done())
		}
	}
	return in.finish(i, rows, done)
}

// finish ends a reading, which has to have read what the first one did.
func (in *Intake) finish(i int, rows rowReader, done func() error) error {
	if err := errors.Join(rows.err(), done()); err != nil {
		return fmt.Errorf("%s: %w", in.sources[i].Name, err)
	}
	if i == len(in.sums) {
		in.sums = append(in.sums, rows.sum())
	}
	if rows.sum() != in.sums[i] {
		return in.changed(i)
	}
	return nil
}

func (in *Intake) stepOfCI(s *IntakeStep, v uint32, r *CIRow) error {
	c := &in.cis[v]
	s.ID, s.New = c.id, c.known == 0
	own := *r
	own.Attributes = in.resolved(r.Attributes)
	if s.New {
		s.CI = []itsm.Command[CI]{own.Register}
		return nil
	}
	known := in.known[c.known-1]
	if in.o.Observe {
		s.Ignored = in.unseen(known, &own)
	}
	var err error
	s.CI, err = in.update(known, &own)
	return err
}

func (in *Intake) stepOfRelation(s *IntakeStep, rel *intakeRelation, row *RelationRow) {
	from, to := in.end(rel.from), in.end(rel.to)
	own := *row
	own.Attributes = in.resolved(row.Attributes)
	row = &own
	if rel.known > 0 {
		s.ID = in.others[rel.known-1].ID
		s.Relation, s.Ignored = in.confirm(rel, row)
		return
	}
	s.ID, s.New = row.ID, true
	if s.ID == uuid.Nil {
		said := fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s", RelationKind, row.Type, from.ID, to.ID, row.Group)
		s.ID = uuid.NewSHA1(in.o.Namespace, said)
		for n := 2; in.ended[s.ID]; n++ {
			s.ID = uuid.NewSHA1(in.o.Namespace, fmt.Appendf(said[:len(said):len(said)], "\x00%d", n))
		}
	}
	s.Relation = []itsm.Command[Relation]{row.relate(from, to)}
}

func (in *Intake) sourceOf(said string) string {
	if said != "" {
		return said
	}
	return in.stamp.By.ID
}
