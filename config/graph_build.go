package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// NewGraph builds a graph of CIs and relations from any source, in any order. Nil
// sequences are empty, and nil options mean the zero value.
//
// Wrong is a CI or relation of a class or type that the model does not have, an id
// that another has, a relation at a CI that is not there or between classes that its
// type does not join, and a need for more of a group than there are. Each is a
// [*itsm.FieldError] that names the place in the sequence, "cis[3].class" or
// "relations[12].to", and what stands there, and the first hundred are joined. That a
// relation is at a CI which is wrong itself is told only where that is left out, as
// [GraphOptions.Partial] has it: it may be all that there is to put right.
func NewGraph(model *Model, cis iter.Seq[Node], relations iter.Seq[Link], o *GraphOptions) (*Graph, error) {
	b := &graphBuilder{}
	if o != nil {
		b.o.GraphOptions = *o
	}
	return b.build(model, cis, relations)
}

// graphBuilder builds a base in steps.
type graphBuilder struct {
	*graphBase
	model     *Model
	o         RecordOptions
	ofRecords bool
	pairs     *pairTable
	faults    []error
	over      int     // more faults than are told
	short     []error // groups of records that are too small

	cis, relations counted
	out            wrongCIs

	edges []topology.Edge // relations as they come, with labels and ids beside them
	came  []uint32        // labels
	needs []placedNeed
}

// build is called once.
func (b *graphBuilder) build(model *Model, cis iter.Seq[Node], relations iter.Seq[Link]) (*Graph, error) {
	if model == nil {
		return nil, &itsm.FieldError{Field: "model", Problem: "is missing; give one, such as DefaultModel()"}
	}
	b.graphBase, b.model, b.pairs = &graphBase{}, model, newPairTable(model)
	b.takeNodes(cis)
	b.takeLinks(relations)
	if err := b.faulty(); err != nil {
		return nil, err
	}
	b.arrange()
	b.need()
	if err := b.faulty(); err != nil {
		return nil, err
	}
	g := &Graph{model: model, o: b.o, base: b.graphBase, cis: len(b.ids), links: len(b.links), faults: append(b.faults, b.short...), ofRecords: b.ofRecords}
	if b.o.RefuseCycles {
		if cycles := g.UndeclaredCycles(); len(cycles) > 0 {
			return nil, &LoopError{cycles}
		}
	}
	return g, nil
}

// counted counts what is taken of a sequence, so that what is wrong is named by its
// place in it whatever was left out before.
type counted struct {
	taken uint32
	gaps  []uint32 // how many were taken before each that was left out
}

func (c *counted) leaveOut() { c.gaps = append(c.gaps, c.taken) }

// place is where in the sequence the one stands that was taken after so many.
func (c *counted) place(taken uint32) int {
	gaps, _ := slices.BinarySearch(c.gaps, taken+1)
	return int(taken) + gaps
}

// placedNeed is a need and where it stands.
type placedNeed struct {
	ci, place, at uint32
	need          Need
}

// mostFaults is how many are told.
const mostFaults = 100

func (b *graphBuilder) fault(f *itsm.FieldError) {
	if len(b.faults) < mostFaults || b.o.Partial {
		b.faults = append(b.faults, f)
	} else {
		b.over++
	}
}

func (b *graphBuilder) faulty() error {
	if b.o.Partial || len(b.faults) == 0 {
		return nil
	}
	if b.over > 0 {
		b.faults = append(b.faults, fmt.Errorf("%w: and %d more faults", itsm.ErrInvalid, b.over))
	}
	return errors.Join(b.faults...)
}

// interner numbers texts.
type interner[S ~string] struct {
	at   map[S]uint32
	list []S
	last S
	n    uint32 // the number of last
}

func (t *interner[S]) number(s S) uint32 {
	if len(t.list) > 0 && s == t.last {
		return t.n
	}
	n, known := t.at[s]
	if !known {
		if t.at == nil {
			t.at = map[S]uint32{}
		}
		n = uint32(len(t.list))
		t.at[s] = n
		t.list = append(t.list, s)
	}
	t.last, t.n = s, n
	return n
}

// grown makes room for as many again when there is none left: the runtime would take
// smaller steps, and copy more often.
func grown[T any](list []T) []T {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, max(len(list), 64))
}

// takeNodes reads the CIs and sorts them.
func (b *graphBuilder) takeNodes(cis iter.Seq[Node]) {
	var place []uint32
	owners, levels, classes := interner[string]{}, interner[itsm.Level]{}, interner[string]{}
	for n := range orNothing(cis) {
		at := b.cis.taken
		b.cis.taken++
		if len(b.ids) == topology.MaxNodes {
			b.fault(&itsm.FieldError{Field: "cis", Problem: fmt.Sprintf("are more than %d", topology.MaxNodes)})
			break
		}
		if field, problem := checkNode(b.model, &n); problem != "" {
			f := faultOf("cis", b.cis.place(at), field, problem, namedCI(n.ID, n.Name))
			b.fault(f)
			b.out.add(n.ID, f.Field)
			continue
		}
		for j, need := range n.Needs {
			b.needs = append(b.needs, placedNeed{uint32(len(b.ids)), at, uint32(j), need})
		}
		b.ids, b.names, place = append(grown(b.ids), n.ID), append(grown(b.names), n.Name), append(grown(place), at)
		b.class = append(grown(b.class), classes.number(n.Class))
		b.owner = append(grown(b.owner), owners.number(n.Owner))
		b.criticality = append(grown(b.criticality), levels.number(n.Criticality))
	}
	b.owners, b.criticalities = owners.list, levels.list
	for i, c := range b.class {
		b.class[i] = uint32(b.model.classAt[classes.list[c]])
	}
	b.sortNodes(place)
}

// sortNodes puts the CIs in the order of their ids. Of two with the same, the later
// is a fault.
func (b *graphBuilder) sortNodes(place []uint32) {
	keys := make([]idKey, len(b.ids))
	for i := range b.ids {
		keys[i] = keyOf(&b.ids[i], uint32(i))
	}
	keys = sortKeys(keys)
	var order []uint32
	became := make([]uint32, len(keys))
	for i, k := range keys {
		if i > 0 && keys[i-1].high == k.high && keys[i-1].low == k.low {
			b.fault(faultOf("cis", b.cis.place(place[k.place]), "id", b.ids[k.place].String()+" is that of another CI", namedCI(uuid.Nil, b.names[k.place])))
			became[k.place] = none
			continue
		}
		became[k.place] = uint32(len(order))
		order = append(grown(order), k.place)
	}
	b.ids, b.names = inOrder(b.ids, order), inOrder(b.names, order)
	b.class, b.owner, b.criticality = inOrder(b.class, order), inOrder(b.owner, order), inOrder(b.criticality, order)
	needs := b.needs[:0]
	for _, n := range b.needs {
		if n.ci = became[n.ci]; n.ci != none {
			needs = append(needs, n)
		}
	}
	b.needs = needs
}

func inOrder[T any](list []T, order []uint32) []T {
	sorted := make([]T, len(order))
	for i, at := range order {
		sorted[i] = list[at]
	}
	return sorted
}

// takeLinks reads the relations and finds their ends.
func (b *graphBuilder) takeLinks(relations iter.Seq[Link]) {
	table := newIDTable(b.ids)
	for v := range b.ids {
		table.add(uint32(v))
	}
	types := interner[string]{}
	var typeAt []int // by number of interner; -1: unknown
	b.labelAt = map[label]uint32{}
	last, lastAt := label{typ: none}, uint32(0)
	for l := range orNothing(relations) {
		n := types.number(l.Type)
		if int(n) == len(typeAt) {
			typeAt = append(typeAt, typePlace(b.model, l.Type))
		}
		from, to := table.find(&l.From), table.find(&l.To)
		if typeAt[n] < 0 || from == none || to == none || !b.pairs.allows(uint32(typeAt[n]), b.class[from], b.class[to]) {
			field, problem := b.wrongLink(&l, from, to)
			because, follows := b.out.follows(&l, field)
			if follows {
				problem = because
			}
			if !follows || b.o.Partial {
				b.fault(faultOf("relations", b.relations.place(b.relations.taken), field, problem, namedRelation(l.ID)))
			}
			b.relations.leaveOut()
			continue
		}
		if k := (label{uint32(typeAt[n]), l.Group, l.Soft}); k != last {
			i, known := b.labelAt[k]
			if !known {
				i = uint32(len(b.labels))
				b.labelAt[k], b.labels = i, append(b.labels, k)
			}
			last, lastAt = k, i
		}
		b.relations.taken++
		b.edges = append(grown(b.edges), topology.Edge{From: from, To: to})
		b.came, b.links = append(grown(b.came), lastAt), append(grown(b.links), l.ID)
	}
	b.dropDoubled()
}

func typePlace(m *Model, name string) int {
	if r, known := m.typeAt[name]; known && !r.inverse {
		return r.at
	}
	return -1
}

// wrongLink says what is wrong with a relation.
func (b *graphBuilder) wrongLink(l *Link, from, to uint32) (field, problem string) {
	class := func(v uint32) string {
		if v == none {
			return ""
		}
		return b.model.classes[b.class[v]].Name
	}
	return wrongLink(b.model, l, class(from), class(to))
}

// dropDoubled finds relations with the id of an earlier one, and takes them out.
func (b *graphBuilder) dropDoubled() {
	table := newIDTable(b.links)
	var doubled []int
	for i, id := range b.links {
		if id != uuid.Nil && table.add(uint32(i)) != uint32(i) {
			b.fault(faultOf("relations", b.relations.place(uint32(i)), "id", id.String()+" is that of another relation", ""))
			doubled = append(doubled, i)
		}
	}
	if len(doubled) == 0 {
		return
	}
	kept := 0
	for i := range b.links {
		if len(doubled) > 0 && doubled[0] == i {
			doubled = doubled[1:]
			continue
		}
		b.edges[kept], b.came[kept], b.links[kept] = b.edges[i], b.came[i], b.links[i]
		kept++
	}
	b.edges, b.came, b.links = b.edges[:kept], b.came[:kept], b.links[:kept]
}

// arrange puts the relations into rows. What leads from one CI to the same other one
// goes by id, whatever the order in which it came.
func (b *graphBuilder) arrange() {
	t, err := topology.New(len(b.ids), b.edges, &topology.Options{EdgeNumbers: true})
	if err != nil {
		b.fault(&itsm.FieldError{Field: "relations", Problem: err.Error()})
		t, _ = topology.New(len(b.ids), nil, nil)
	}
	b.edges = nil
	b.outs, b.ins = t.Rows()
	order := slices.Clone(b.outs.Edge)
	forEqual(b.outs, func(first, last uint32) { slices.SortFunc(order[first:last], b.compareLinks) })
	label, links, place := make([]uint32, len(order)), make([]uuid.UUID, len(order)), make([]uint32, len(order))
	for at, edge := range order {
		label[at], links[at], place[edge] = b.came[edge], b.links[edge], uint32(at)
	}
	b.label, b.links, b.came = label, links, nil
	places := order // which is not needed any more, and as long
	for i, edge := range b.ins.Edge {
		places[i] = place[edge]
	}
	forEqual(b.ins, func(first, last uint32) { slices.Sort(places[first:last]) })
	b.outs.Edge, b.ins.Edge = nil, places
}

// compareLinks orders relations between the same CIs.
func (b *graphBuilder) compareLinks(i, j uint32) int {
	if c := bytes.Compare(b.links[i][:], b.links[j][:]); c != 0 {
		return c
	}
	return compareLabels(&b.labels[b.came[i]], &b.labels[b.came[j]])
}

func compareLabels(a, b *label) int {
	switch {
	case a.soft == b.soft:
		return cmp.Or(cmp.Compare(a.typ, b.typ), cmp.Compare(a.group, b.group))
	case a.soft:
		return 1
	}
	return -1
}

// forEqual finds the places of relations between the same CIs, two or more.
func forEqual(rows topology.Rows, found func(first, last uint32)) {
	for v := range len(rows.Start) - 1 {
		for i, end := rows.Start[v], rows.Start[v+1]; i < end; {
			first := i
			for i++; i < end && rows.Node[i] == rows.Node[first]; i++ {
			}
			if i > first+1 {
				found(first, i)
			}
		}
	}
}
