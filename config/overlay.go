package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// GraphChanges are what happened to CIs and relations since a graph was built, in
// the order in which [Graph.With] takes them. A relation whose type, ends, group or
// strength have changed is one that ended and another that began.
type GraphChanges struct {
	Ended  []Link      // relations that are no more, as the graph has them
	Gone   []uuid.UUID // CIs that are no more, and with them their relations
	Nodes  []Node      // CIs that are new, or have changed and are like this now
	Linked []Link      // relations that are new
}

// With is a graph with some changes, at a cost in proportion to these and to the
// relations of the CIs at which they happen, not to the graph; g stays as it is. What
// is wrong with a change is an error, as of [NewGraph], and then there are no changes
// at all; with [GraphOptions.Partial] it is left out and added to [Graph.Faults]. That a
// group has become too small for its need is an error unless g is of records.
//
// [Graph.WithRecords] finds the changes itself, of records.
//
// After many changes it builds all anew, see [GraphOptions.FoldAfter]. That an id of
// a relation is another's between other CIs it does not see.
func (g *Graph) With(c GraphChanges) (*Graph, error) {
	e := g.edit()
	var faults []error
	fault := func(field, problem string) { faults = append(faults, &itsm.FieldError{Field: field, Problem: problem}) }
	for i, l := range c.Ended {
		if field, problem := e.end(&l); problem != "" {
			fault(fmt.Sprintf("ended[%d].%s", i, field), problem)
		}
	}
	for i, id := range c.Gone {
		if v := e.g.find(id); v != none {
			e.drop(v)
		} else {
			fault(fmt.Sprintf("gone[%d]", i), id.String()+" is not in the graph")
		}
	}
	for i, n := range c.Nodes {
		if field, problem := e.put(&n); problem != "" {
			at := fmt.Sprintf("nodes[%d].%s", i, field)
			fault(at, problem)
			e.out.add(n.ID, at)
		}
	}
	for i, l := range c.Linked {
		if field, problem := e.begin(&l); problem != "" && e.tells(&l, field, &problem) {
			fault(fmt.Sprintf("linked[%d].%s", i, field), problem)
		}
	}
	return e.finish(faults, len(c.Ended)+len(c.Gone)+len(c.Nodes)+len(c.Linked), c.Linked)
}

// tells reports whether what is wrong with a relation is to be told, see [NewGraph], and
// says better what that is.
func (e *graphEdit) tells(l *Link, field string, problem *string) bool {
	because, follows := e.out.follows(l, field)
	if follows {
		*problem = because
	}
	return !follows || e.g.o.Partial
}

// finish gives the graph with so many changes, some of them relations that are new.
func (e *graphEdit) finish(faults []error, changes int, linked []Link) (*Graph, error) {
	short := e.needs()
	if !e.g.ofRecords {
		faults, short = append(faults, short...), nil
	}
	if len(faults) > 0 && !e.g.o.Partial {
		return nil, errors.Join(faults...)
	}
	e.g.faults = append(append(e.g.faults, faults...), short...)
	e.g.patch.changes += changes
	if e.g.o.RefuseCycles && e.closes(linked) {
		if cycles := e.g.UndeclaredCycles(); len(cycles) > 0 {
			return nil, &LoopError{cycles}
		}
	}
	if most := e.g.foldAfter(); most >= 0 && e.g.patch.changes > most {
		return e.g.Fold(), nil
	}
	return e.g, nil
}

// closes reports whether one of some relations is on a cycle.
func (e *graphEdit) closes(list []Link) bool {
	w := &walker{g: e.g, way: ToSuppliers}
	for _, l := range list {
		t, from, to := e.g.model.typeOf(l.Type), e.g.find(l.From), e.g.find(l.To)
		if t == nil || from == none || to == none || t.Carries == Nowhere {
			continue
		}
		if t.Carries == ToSecond {
			from, to = to, from
		}
		if w.walk([]uint32{to}, from).at.get(from) > 0 {
			return true
		}
	}
	return false
}

func (g *Graph) foldAfter() int {
	if g.o.FoldAfter != 0 {
		return g.o.FoldAfter
	}
	return max(1024, (len(g.base.ids)+len(g.base.links))/16)
}

// Changes is how many changes the graph keeps beside what it was built from.
func (g *Graph) Changes() int {
	if g.patch == nil {
		return 0
	}
	return g.patch.changes
}

// end removes a relation.
func (e *graphEdit) end(l *Link) (field, problem string) {
	from, to, typ := e.g.find(l.From), e.g.find(l.To), typePlace(e.g.model, l.Type)
	if from != none && to != none && typ >= 0 {
		k := label{uint32(typ), l.Group, l.Soft}
		row := e.g.out(from)
		if _, found := e.place(&row, to, l.ID, &k); found {
			e.unrelate(from, to, l.ID, k)
			return "", ""
		}
	}
	return "id", fmt.Sprintf("there is no such relation: %s, %s from %s to %s in the group %q", l.ID, l.called(), l.From, l.To, l.Group)
}

// called is what kind of relation it is.
func (l *Link) called() string {
	if l.Soft {
		return "a soft " + strconv.Quote(l.Type)
	}
	return strconv.Quote(l.Type)
}

// begin adds a relation.
func (e *graphEdit) begin(l *Link) (field, problem string) {
	from, to := e.g.find(l.From), e.g.find(l.To)
	class := func(v uint32) string {
		if v == none {
			return ""
		}
		return e.g.model.classes[e.g.classOf(v)].Name
	}
	if field, problem := wrongLink(e.g.model, l, class(from), class(to)); problem != "" {
		return field, problem
	}
	if _, has := e.g.labelWith(from, to, l.ID); has && l.ID != uuid.Nil {
		return "id", l.ID.String() + " is that of another relation"
	}
	e.relate(from, to, l.ID, label{uint32(typePlace(e.g.model, l.Type)), l.Group, l.Soft})
	return "", ""
}

// drop removes a CI with its relations.
func (e *graphEdit) drop(v uint32) {
	out := e.g.out(v)
	for i := len(out.node) - 1; i >= 0; i = min(i, len(out.node)) - 1 {
		e.unrelate(v, out.node[i], out.idAt(i), *e.g.label(out.labelAt(i)))
		out = e.g.out(v)
	}
	in := e.g.in(v)
	for i := len(in.node) - 1; i >= 0; i = min(i, len(in.node)) - 1 {
		e.unrelate(in.node[i], v, in.idAt(i), *e.g.label(in.labelAt(i)))
		in = e.g.in(v)
	}
	for _, i := range e.g.groupsOf(v) {
		e.group(i).need = 0
	}
	e.patch(v).gone = true
	e.g.cis--
}

// put adds a CI or changes one.
func (e *graphEdit) put(n *Node) (field, problem string) {
	if field, problem := checkNode(e.g.model, n); problem != "" {
		return field, problem
	}
	class := uint32(e.g.model.classAt[n.Class])
	v := e.g.find(n.ID)
	if v != none {
		if field, problem := e.reclassify(v, class); problem != "" {
			return field, problem
		}
	} else {
		v = e.born(n.ID)
		e.g.cis++
	}
	own := *n
	own.Needs = slices.Clone(n.Needs)
	slices.SortFunc(own.Needs, func(a, b Need) int { return bytes.Compare([]byte(a.Group), []byte(b.Group)) })
	p := e.patch(v)
	p.node, p.class, p.gone = &own, class, false
	for _, i := range e.g.groupsOf(v) {
		if e.g.group(i).need != 0 {
			e.group(i).need = 0
		}
	}
	for _, need := range own.Needs {
		i := e.groupNamed(v, need.Group)
		e.group(i).need = uint32(min(need.AtLeast, topology.MaxNodes))
		e.wary[i] = true
	}
	return "", ""
}

// born is the number of a CI that was not there.
func (e *graphEdit) born(id uuid.UUID) uint32 {
	if v := e.g.base.find(id); v != none {
		return v // and was removed
	}
	patch := e.g.patch
	at, found := slices.BinarySearchFunc(patch.added, id, func(v uint32, id uuid.UUID) int {
		own := e.g.id(v)
		return bytes.Compare(own[:], id[:])
	})
	if found {
		return patch.added[at]
	}
	v := uint32(e.g.size())
	p := e.patch(v)
	p.node, p.needed, p.out, p.in = &Node{ID: id}, true, &linkRow{}, &linkRow{}
	patch.added = slices.Insert(slices.Clone(patch.added), at, v)
	return v
}

// reclassify asks whether the relations of a CI allow it another class.
func (e *graphEdit) reclassify(v, class uint32) (field, problem string) {
	if class == e.g.classOf(v) {
		return "", ""
	}
	for _, in := range []bool{false, true} {
		row := e.g.out(v)
		if in {
			row = e.g.in(v)
		}
		for i, other := range row.node {
			l, from, to := e.g.label(row.labelAt(i)), class, e.g.classOf(other)
			if other == v {
				to = class
			}
			if in {
				from, to = to, from
			}
			if !e.pairs.allows(l.typ, from, to) {
				m := e.g.model
				return className, fmt.Sprintf("becomes %s, but has a relation that is %q, which leads from no %s to a %s", m.classes[class].Name, m.types[l.typ].Name, m.classes[from].Name, m.classes[to].Name)
			}
		}
	}
	return "", ""
}

// needs finds needs for more of a group than there are, by CI and group; in a graph of
// records those that were not so before.
func (e *graphEdit) needs() []error {
	var list []uint32
	for i := range e.wary {
		p := e.g.group(i)
		before := e.g.ofRecords && int(i) < e.was.groupCount() && e.was.group(i).need > e.was.group(i).size
		if p.need > p.size && !before {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, e.g.compareGroups)
	var faults []error
	for _, i := range list {
		p := e.g.group(i)
		faults = append(faults, &itsm.FieldError{Field: fmt.Sprintf("needs of %s", e.g.id(p.ci)), Problem: tooMany(p)})
	}
	return faults
}

// Fold is the same graph with all changes built in, so that none are kept beside.
// It takes time in proportion to the graph.
func (g *Graph) Fold() *Graph {
	if g.patch == nil {
		return g
	}
	o := g.o.GraphOptions
	o.Partial, o.RefuseCycles = true, false // all that is there has been looked at
	folded, err := NewGraph(g.model, g.AllNodes(), g.AllLinks(), &o)
	if err != nil {
		return g
	}
	folded.o, folded.faults, folded.ofRecords = g.o, g.faults, g.ofRecords
	return folded
}
