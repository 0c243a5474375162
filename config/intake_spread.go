package config

// spread refuses what depends on what is refused, until nothing more does: relations
// of a CI that is not taken in, what refers to one, and CIs that need more of a
// group than are left. Which relations are too many is judged among those that are
// left then; a CI may need one that is, and fall with all that depends on it. Places
// that this sets free are given to those that had none, who no longer lack anything.
func (in *Intake) spread() {
	s := spreading{in: in}
	s.needs()
	if in.faults.count > 0 || !s.enough() {
		s.index()
		for i := range in.cis {
			if !in.cis[i].there() {
				s.todo = append(s.todo, uint32(i))
			}
		}
		for i := range s.needOf {
			s.check(uint32(i))
		}
		s.follow()
	}
	over := in.seat()
	if len(over) == 0 {
		return
	}
	if s.relations == nil {
		s.index()
	}
	for _, o := range over {
		s.unrelated(&in.relations[o.relation])
	}
	s.follow()
	in.seatAgain(over)
}

// follow goes on until nothing more is lost.
func (s *spreading) follow() {
	for len(s.todo) > 0 {
		v := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		s.lose(v)
	}
}

// spreading is what is needed to follow who depends on whom.
type spreading struct {
	in     *Intake
	todo   []uint32 // CIs that are refused and not yet followed
	needOf []needCount
	at     map[uint64]uint32 // the need of a CI and a group

	relations [][]uint32 // of each CI
	referring [][]intakeRef
}

// needCount is how many there are of a group of which a CI needs some.
type needCount struct {
	need      intakeNeed
	suppliers map[uint32]int // how many relations lead to each
}

func needKey(ci, group uint32) uint64 { return uint64(ci)<<32 | uint64(group) }

// needs counts the suppliers of each group that a need is about. What a row says of
// a known CI's need counts, not what was.
func (s *spreading) needs() {
	in := s.in
	s.at = make(map[uint64]uint32, len(in.needs))
	for _, n := range in.needs {
		key := needKey(n.ci, n.group)
		if i, again := s.at[key]; again {
			s.needOf[i].need = n
			continue
		}
		s.at[key] = uint32(len(s.needOf))
		s.needOf = append(s.needOf, needCount{n, make(map[uint32]int)})
	}
	if len(s.needOf) == 0 {
		return
	}
	for i := range in.relations {
		if r := &in.relations[i]; !r.refused {
			s.count(r, 1)
		}
	}
}

// count adds a relation to its group, or takes it away; the need it is for. A row about
// a known one does not count: that is there, whatever comes of the row.
func (s *spreading) count(r *intakeRelation, by int) (need uint32, is bool) {
	ci, supplier, is := s.in.needing(r)
	if !is || r.known > 0 && r.line > 0 {
		return 0, false
	}
	i, is := s.at[needKey(ci, r.group)]
	if !is {
		return 0, false
	}
	n := s.needOf[i].suppliers
	if n[supplier] += by; n[supplier] == 0 {
		delete(n, supplier)
	}
	return i, true
}

func (s *spreading) enough() bool {
	for _, n := range s.needOf {
		if int(n.need.atLeast) > len(n.suppliers) && n.need.place >= 0 {
			return false
		}
	}
	return true
}

// index lists the relations of each CI and who refers to it.
func (s *spreading) index() {
	in := s.in
	s.relations, s.referring = make([][]uint32, len(in.cis)), make([][]intakeRef, len(in.cis))
	lists := make([]uint32, len(in.cis)+1) // how long each is, to cut them all from one piece
	each := func(do func(i, v uint32)) {
		for i := range in.relations {
			r := &in.relations[i]
			if r.from != none && r.line > 0 {
				do(uint32(i), r.from)
			}
			if r.to != none && r.to != r.from && r.line > 0 {
				do(uint32(i), r.to)
			}
		}
	}
	total := 0
	each(func(_, v uint32) { lists[v]++; total++ })
	piece := make([]uint32, total)
	for v := range s.relations {
		n := int(lists[v])
		s.relations[v], piece = piece[:0:n], piece[n:]
	}
	each(func(i, v uint32) { s.relations[v] = append(s.relations[v], i) })
	for _, ref := range in.refs {
		if ref.handle != none {
			s.referring[ref.handle] = append(s.referring[ref.handle], ref)
		}
	}
}

// lose follows from a CI that is not taken in.
func (s *spreading) lose(v uint32) {
	in := s.in
	c := &in.cis[v]
	where := in.place(c.source, c.line)
	for _, i := range s.relations[v] {
		r := &in.relations[i]
		if r.refused {
			continue
		}
		field := toName
		if r.from == v {
			field = fromName
		}
		in.relationWrong(r, field, "is the CI of %s, which is refused", where)
		s.unrelated(r)
	}
	for _, ref := range s.referring[v] {
		switch {
		case ref.ofRelation && !in.relations[ref.of].refused:
			in.refWrong(&ref, "refers to the CI of %s, which is refused", where)
			s.unrelated(&in.relations[ref.of])
		case !ref.ofRelation && !in.cis[ref.of].refused:
			in.refWrong(&ref, "refers to the CI of %s, which is refused", where)
			s.refused(ref.of)
		}
	}
}

// unrelated goes on with a relation that is not taken in.
func (s *spreading) unrelated(r *intakeRelation) {
	if need, is := s.count(r, -1); is {
		s.check(need)
	}
}

// check refuses a row that needs more of a group than there are.
func (s *spreading) check(i uint32) {
	n := &s.needOf[i]
	if c := &s.in.cis[n.need.ci]; n.need.place < 0 || c.refused || int(n.need.atLeast) <= len(n.suppliers) {
		return
	}
	s.in.ciWrong(n.need.ci, needField(n.need.place), "asks for %d of %q, which has %d", n.need.atLeast, s.in.groupNames[n.need.group-1], len(n.suppliers))
	s.refused(n.need.ci)
}

// refused goes on with a CI that has come to be refused, unless it is there anyway.
func (s *spreading) refused(v uint32) {
	if !s.in.cis[v].there() {
		s.todo = append(s.todo, v)
	}
}
