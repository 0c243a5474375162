package config

import (
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
)

// WithRecords is the graph with some records as they are now, whatever happened to
// them: those of them that the graph does not have begin, those that have changed are
// changed, and those that are left out by now, as by [GraphOf], are taken out. What is
// the same as before may be given too, so that the records of everything that an event
// names will do. Of a record given several times the last counts. Which are left out,
// the options say that the graph was built with. It costs what [Graph.With] does.
//
// A CI that is new to the graph, or back in it, has the relations that are given with
// it: give all of its relations. One at a CI that is neither in the graph nor given is
// an error, as of [GraphOf], with its place: "relations[2].to". A relation keeps its
// ends.
func (g *Graph) WithRecords(cis iter.Seq[*CI], relations iter.Seq[*Relation]) (*Graph, error) {
	u := &recordUpdate{graphEdit: g.edit(), over: map[uuid.UUID]bool{}, other: map[uuid.UUID]bool{}}
	changed := lastOf(cis, func(ci *CI) uuid.UUID { return ci.ID })
	for _, p := range changed {
		if v := g.find(p.record.ID); v != none && g.node(v).Class != p.record.Class {
			u.other[p.record.ID] = true
		}
	}
	begun := u.endRelations(lastOf(relations, func(r *Relation) uuid.UUID { return r.ID }))
	u.takeCIs(changed)
	linked := u.beginRelations(begun)
	return u.finish(u.faults, u.changes, linked)
}

// recordUpdate is a graph being changed by records.
type recordUpdate struct {
	*graphEdit
	over    map[uuid.UUID]bool // CIs given that are left out
	other   map[uuid.UUID]bool // CIs given that are of another class now: what joins them is judged again
	changes int
	faults  []error
}

func (u *recordUpdate) fault(list string, place int, field, problem, who string) {
	if problem != "" {
		u.faults = append(u.faults, faultOf(list, place, field, problem, who))
	}
}

// placed is a record and where it stands.
type placed[R any] struct {
	record *R
	place  int
}

// lastOf lists the last of the records of each id.
func lastOf[R any](of iter.Seq[*R], id func(*R) uuid.UUID) []placed[R] {
	var list []placed[R]
	at := map[uuid.UUID]int{}
	place := 0
	for r := range orNothing(of) {
		if r != nil {
			if i, again := at[id(r)]; again {
				list[i] = placed[R]{r, place}
			} else {
				at[id(r)] = len(list)
				list = append(list, placed[R]{r, place})
			}
		}
		place++
	}
	return list
}

// endRelations takes out the relations that are left out or have changed, and lists those that
// are to begin.
func (u *recordUpdate) endRelations(list []placed[Relation]) (begun []placed[Relation]) {
	for _, p := range list {
		l, out := LinkOf(p.record), u.g.o.withoutRelation(p.record.State)
		from, to := u.g.find(l.From), u.g.find(l.To)
		if l.ID == uuid.Nil {
			u.fault("relations", p.place, "id", "is missing", "")
			continue
		}
		was, has := u.g.labelWith(from, to, l.ID)
		if has && !out && !u.other[l.From] && !u.other[l.To] && was == (label{uint32(typePlace(u.g.model, l.Type)), l.Group, l.Soft}) {
			continue
		}
		if has {
			u.unrelate(from, to, l.ID, was)
			u.changes++
		}
		if !out {
			begun = append(begun, p)
		}
	}
	return begun
}

// labelWith finds the relation of an id between two CIs, of which either may be none.
func (g *Graph) labelWith(from, to uint32, id uuid.UUID) (label, bool) {
	if from == none || to == none {
		return label{}, false
	}
	row := g.out(from)
	at, _ := slices.BinarySearchFunc(row.node, to, g.compare)
	for ; at < len(row.node) && row.node[at] == to; at++ {
		if row.idAt(at) == id {
			return *g.label(row.labelAt(at)), true
		}
	}
	return label{}, false
}

// takeCIs takes out, changes and adds CIs.
func (u *recordUpdate) takeCIs(list []placed[CI]) {
	for _, p := range list { // first, for their relations go with them
		if !u.g.o.without(p.record.State) {
			continue
		}
		u.over[p.record.ID] = true
		if v := u.g.find(p.record.ID); v != none {
			u.drop(v)
			u.changes++
		}
	}
	for _, p := range list {
		n, v := nodeOf(p.record), u.g.find(p.record.ID)
		switch {
		case u.over[n.ID]:
			continue
		case v != none && sameNode(u.g.node(v), n):
			continue
		default:
			field, problem := u.put(&n)
			if u.fault("cis", p.place, field, problem, namedCI(n.ID, n.Name)); problem != "" {
				u.out.add(n.ID, fmt.Sprintf("cis[%d].%s", p.place, field))
			}
		}
		u.changes++
	}
}

func sameNode(a, b Node) bool {
	return a.ID == b.ID && a.Class == b.Class && a.Name == b.Name && a.Owner == b.Owner &&
		a.Criticality == b.Criticality && slices.Equal(a.Needs, b.Needs)
}

// beginRelations adds relations, but for those of CIs left out.
func (u *recordUpdate) beginRelations(list []placed[Relation]) (linked []Link) {
	for _, p := range list {
		l := LinkOf(p.record)
		if u.over[l.From] || u.over[l.To] {
			continue
		}
		field, problem := u.begin(&l)
		if u.tells(&l, field, &problem) {
			u.fault("relations", p.place, field, problem, namedRelation(l.ID))
		}
		linked = append(linked, l)
		u.changes++
	}
	return linked
}
