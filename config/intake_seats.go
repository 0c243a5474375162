package config

import "fmt"

// seats are the places that relations take: of what leads from or to a CI the model
// may allow but so many, and of what says the same there is one. Known ones have
// theirs.
type seats struct {
	in    *Intake
	count map[uint64]int    // of active relations, by type, side and CI
	said  map[uint32]uint32 // the row of those that say the same, by the first of them
}

func (in *Intake) newSeats() *seats {
	return &seats{in, make(map[uint64]int), make(map[uint32]uint32)}
}

// seated reports whether places are asked for a relation.
func (r *intakeRelation) seated() bool {
	return r.typ >= 0 && r.from != none && r.to != none && (!r.refused || r.line == 0)
}

// side are the places at one end of a relation.
type side struct {
	field string
	key   uint64
	most  int // 0: any number
}

// sides are those at which an active relation takes a place that it did not have.
func (s *seats) sides(r *intakeRelation) (sides [2]side) {
	if r.proposed || r.line > 0 && r.known > 0 && !s.in.activates(r) {
		return sides
	}
	t, key := &s.in.policy.Model.types[r.typ], uint64(r.typ)<<33
	return [2]side{{fromName, key | uint64(r.from), t.MostFrom}, {toName, key | 1<<32 | uint64(r.to), t.MostTo}}
}

// problem is why there is no place for the relation of a row; nil: there is.
func (s *seats) problem(i uint32) *Fault {
	r := &s.in.relations[i]
	if first, doubled := s.in.doubled[i]; doubled {
		if by, said := s.said[first]; said {
			of := &s.in.relations[by]
			return &Fault{Problem: "says the same as " + s.in.place(of.source, of.line)}
		}
	}
	for _, one := range s.sides(r) {
		if one.most > 0 && s.count[one.key] >= one.most {
			return &Fault{Field: one.field, Problem: fmt.Sprintf("is one too many: %d may be %q there", one.most, s.in.policy.Model.types[r.typ].Name)}
		}
	}
	return nil
}

func (s *seats) take(i uint32) {
	r := &s.in.relations[i]
	if first, doubled := s.in.doubled[i]; doubled && r.line > 0 {
		s.said[first] = i
	}
	for _, one := range s.sides(r) {
		if one.most > 0 {
			s.count[one.key]++
		}
	}
}

// unseated is a relation for which there was no place, and why.
type unseated struct {
	relation uint32
	problem  *Fault
}

// seat gives relations their places, in the order of the rows, and refuses those for
// which there is none. They are listed, and nothing is said of them yet.
func (in *Intake) seat() (over []unseated) {
	s := in.newSeats()
	for i := range in.relations {
		r := &in.relations[i]
		if !r.seated() {
			continue
		}
		if r.line > 0 {
			if problem := s.problem(uint32(i)); problem != nil {
				r.refused = true
				over = append(over, unseated{uint32(i), problem})
				continue
			}
		}
		s.take(uint32(i))
	}
	return over
}

// seatAgain takes in those of the relations that were too many for which there is
// place now, and says what was wrong with the others: what fell since may have fallen
// for that.
func (in *Intake) seatAgain(over []unseated) {
	s := in.newSeats()
	for i := range in.relations {
		if in.relations[i].seated() {
			s.take(uint32(i))
		}
	}
	refers := make(map[uint32]bool) // relations to what fell
	for _, ref := range in.refs {
		if ref.ofRelation && ref.handle != none && !in.cis[ref.handle].there() {
			refers[ref.of] = true
		}
	}
	for _, o := range over {
		r := &in.relations[o.relation]
		problem := s.problem(o.relation)
		switch {
		case problem != nil:
		case in.cis[r.from].there() && in.cis[r.to].there() && !refers[o.relation]:
			r.refused = false
			s.take(o.relation)
			continue
		default:
			problem = o.problem
		}
		in.relationWrong(r, problem.Field, "%s", problem.Problem)
	}
}
