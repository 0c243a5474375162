package config

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// connect checks what rows say of each other, and what then depends on a row that is
// refused.
func (in *Intake) connect() error {
	in.checkIdentities()
	in.askPolicy()
	in.resolveEnds()
	in.checkPairs()
	in.findDoubled()
	in.checkRelationIDs()
	in.checkRefs()
	if err := in.checkBesideKnown(); err != nil {
		return err
	}
	in.spread()
	in.doubled = nil
	return nil
}

// relationWrong refuses a relation.
func (in *Intake) relationWrong(r *intakeRelation, field, format string, args ...any) {
	r.refused = true
	if r.line == 0 {
		return // it is there, and not for us to judge
	}
	in.faults.add(int(r.source), &Fault{Source: in.sources[r.source].Name, Line: int(r.line), Field: field, Problem: fmt.Sprintf(format, args...)})
}

func (in *Intake) ciWrong(v uint32, field, format string, args ...any) {
	c := &in.cis[v]
	c.refused = true
	in.faults.add(int(c.source), &Fault{Source: in.sources[c.source].Name, Line: int(c.line), Field: field, Problem: fmt.Sprintf(format, args...)})
}

// askPolicy looks for CIs that rows name by id and no source has.
func (in *Intake) askPolicy() {
	if in.policy.End == nil {
		return
	}
	tenant := in.stamp.By.Tenant
	for v := range in.cis {
		c := &in.cis[v]
		if c.known == 0 && !c.refused {
			if _, there := in.policy.End(tenant, c.id); there {
				in.ciWrong(uint32(v), "id", "%s is there already; give it among the known CIs", c.id)
			}
		}
	}
	var missing []uuid.UUID
	for id, h := range in.ids {
		if in.handles[h] == none {
			missing = append(missing, id)
		}
	}
	slices.SortFunc(missing, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range missing {
		if end, there := in.policy.End(tenant, id); there {
			in.handles[in.ids[id]] = uint32(len(in.cis))
			in.cis = append(in.cis, intakeCI{id: id, class: in.classOf(end.Class), known: -1, state: in.stateAt(end.State)})
		}
	}
}

// resolveEnds replaces handles by CIs.
func (in *Intake) resolveEnds() {
	for i := range in.relations {
		r := &in.relations[i]
		for _, end := range []struct {
			field string
			at    *uint32
		}{{fromName, &r.from}, {toName, &r.to}} {
			if *end.at == none {
				continue
			}
			switch v := in.handles[*end.at]; v {
			case none:
				in.relationWrong(r, end.field, "%s", in.noCI("is"))
				*end.at = none
			case ambiguous:
				in.relationWrong(r, end.field, "is what several CIs are; name it by its id")
				*end.at = none
			default:
				*end.at = v
			}
		}
	}
}

// noCI says that a name is that of no CI, as far as can be known.
func (in *Intake) noCI(verb string) string {
	text := verb + " no CI, neither here nor there already"
	if in.faults.unread > 0 {
		text += ", unless it is in a row that could not be read"
	}
	return text
}

// end is a CI as the rules of relations look at it.
func (in *Intake) end(v uint32) End {
	c := &in.cis[v]
	e := End{ID: c.id, State: in.states[c.state]}
	if c.class >= 0 {
		e.Class = in.policy.Model.classes[c.class].Name
	}
	return e
}

// checkPairs asks whether the model joins the classes of the ends.
func (in *Intake) checkPairs() {
	m := in.policy.Model
	type pair struct {
		typ      int16
		from, to int32
	}
	joins := make(map[pair]bool)
	for i := range in.relations {
		r := &in.relations[i]
		if r.typ < 0 || r.from == none || r.to == none || r.line == 0 {
			continue
		}
		from, to := &in.cis[r.from], &in.cis[r.to]
		if from.class < 0 || to.class < 0 {
			continue // its own fault, which spreads
		}
		p := pair{r.typ, from.class, to.class}
		fits, asked := joins[p]
		if !asked {
			fits = m.joins(&m.types[r.typ], m.classes[p.from].Name, m.classes[p.to].Name)
			joins[p] = fits
		}
		if fits && r.from != r.to && !in.gone(from) && !in.gone(to) {
			continue
		}
		err := m.checkEnds(&Relation{Type: m.types[r.typ].Name, From: from.id, To: to.id}, in.policy.asOurs(in.end(r.from)), in.policy.asOurs(in.end(r.to)))
		for _, f := range faultsOf(err) {
			in.relationWrong(r, f.Field, "%s", f.Problem)
		}
	}
}

// findDoubled finds relations that say the same. What says the same as a known one is
// about that; of rows that do, one is taken in, see [seats].
func (in *Intake) findDoubled() {
	order := make([]uint32, 0, len(in.relations))
	for i := range in.relations {
		if r := &in.relations[i]; r.typ >= 0 && r.from != none && r.to != none && (!r.refused || r.line == 0) {
			order = append(order, uint32(i))
		}
	}
	same := func(a, b uint32) int {
		x, y := &in.relations[a], &in.relations[b]
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to), cmp.Compare(x.typ, y.typ), cmp.Compare(x.group, y.group))
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(same(a, b), cmp.Compare(a, b)) })
	in.doubled = make(map[uint32]uint32)
	for first := 0; first < len(order); {
		after := first + 1
		for after < len(order) && same(order[first], order[after]) == 0 {
			after++
		}
		run := order[first:after]
		first = after
		known := &in.relations[run[0]] // known ones come first
		for _, i := range run {
			if r := &in.relations[i]; r.line > 0 && known.line == 0 {
				r.known = known.known
			}
			if len(run) > 1 {
				in.doubled[i] = run[0]
			}
		}
	}
}

// checkRelationIDs finds ids that are given twice, or that another relation has.
func (in *Intake) checkRelationIDs() {
	for i := range in.relations {
		if r := &in.relations[i]; r.line == 0 {
			in.relIDs = append(in.relIDs, relationID{in.others[r.known-1].ID, uint32(i)})
		}
	}
	slices.SortFunc(in.relIDs, func(a, b relationID) int {
		return cmp.Or(slices.Compare(a.id[:], b.id[:]), cmp.Compare(a.relation, b.relation))
	})
	for _, given := range in.relIDs {
		if in.ended[given.id] {
			in.relationWrong(&in.relations[given.relation], "id", "is that of a relation that has ended")
		}
	}
	for i := 1; i < len(in.relIDs); i++ {
		before, this := in.relIDs[i-1], in.relIDs[i]
		if before.id != this.id {
			continue
		}
		of, r := &in.relations[before.relation], &in.relations[this.relation]
		if of.line == 0 && of.known == r.known {
			continue // the row is about that one
		}
		in.relationWrong(r, "id", "is that of %s too", in.place(of.source, of.line))
	}
	in.relIDs = nil
}

// needing is the CI whose group of suppliers a relation belongs to, and the supplier.
func (in *Intake) needing(r *intakeRelation) (ci, supplier uint32, is bool) {
	if r.group == 0 || r.typ < 0 || r.soft {
		return 0, 0, false
	}
	switch in.policy.Model.types[r.typ].Carries {
	case ToFirst:
		return r.from, r.to, true
	case ToSecond:
		return r.to, r.from, true
	}
	return 0, 0, false
}
