package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// NewGraph builds a graph of CIs and relations from any source, in any order. Nil
// sequences are empty, and nil options mean the zero value.
//
// Wrong is a CI or relation of a class or type that the model does not have, an id
// that another has, a relation at a CI that is not there or between classes that its
// type does not join, and a need for more of a group than there are. Each is a
// [*itsm.FieldError] that names the place, "cis[3].class" or "relations[12].to", and
// the first hundred are joined.
func NewGraph(model *Model, cis iter.Seq[Node], relations iter.Seq[Link], o *GraphOptions) (*Graph, error) {
	if model == nil {
		return nil, &itsm.FieldError{Field: "model", Problem: "is missing; give one, such as DefaultModel()"}
	}
	b := &graphBuilder{graphBase: &graphBase{}, model: model, pairs: newPairTable(model)}
	if o != nil {
		b.o = *o
	}
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
	g := &Graph{model: model, o: b.o, base: b.graphBase, cis: len(b.ids), links: len(b.links), faults: b.faults}
	if b.o.RefuseCycles {
		if cycles := g.UndeclaredCycles(); len(cycles) > 0 {
			return nil, &LoopError{cycles}
		}
	}
	return g, nil
}

// graphBuilder builds a base in steps.
type graphBuilder struct {
	*graphBase
	model  *Model
	o      GraphOptions
	pairs  *pairTable
	faults []error
	over   int // more faults than are told

	edges []Edge   // relations as they come, with labels and ids beside them
	came  []uint32 // labels
	gaps  []uint32 // how many relations came before each that was left out
	needs []placedNeed
}

// placedNeed is a need and where it stands.
type placedNeed struct {
	ci, place, at uint32
	need          Need
}

// mostFaults is how many are told.
const mostFaults = 100

func (b *graphBuilder) fault(field, problem string) {
	if len(b.faults) < mostFaults || b.o.Partial {
		b.faults = append(b.faults, &itsm.FieldError{Field: field, Problem: problem})
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
	seen := uint32(0)
	for n := range orNothing(cis) {
		at := seen
		seen++
		if len(b.ids) == MaxNodes {
			b.fault("cis", fmt.Sprintf("are more than %d", MaxNodes))
			break
		}
		if field, problem := checkNode(b.model, &n); problem != "" {
			b.fault(fmt.Sprintf("cis[%d].%s", at, field), problem)
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
	if !slices.IsSortedFunc(keys, compareKeys) {
		slices.SortFunc(keys, compareKeys)
	}
	var order []uint32
	became := make([]uint32, len(keys))
	for i, k := range keys {
		if i > 0 && keys[i-1].high == k.high && keys[i-1].low == k.low {
			b.fault(fmt.Sprintf("cis[%d].id", place[k.place]), b.ids[k.place].String()+" is that of another CI")
			became[k.place] = None
			continue
		}
		became[k.place] = uint32(len(order))
		order = append(grown(order), k.place)
	}
	b.ids, b.names = inOrder(b.ids, order), inOrder(b.names, order)
	b.class, b.owner, b.criticality = inOrder(b.class, order), inOrder(b.owner, order), inOrder(b.criticality, order)
	needs := b.needs[:0]
	for _, n := range b.needs {
		if n.ci = became[n.ci]; n.ci != None {
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

// checkNode says what is wrong with a CI on its own; nothing: an empty problem.
func checkNode(m *Model, n *Node) (field, problem string) {
	if n.ID == uuid.Nil {
		return "id", "is missing"
	}
	if at, known := m.classAt[n.Class]; !known {
		return "class", fmt.Sprintf("%q is no class of the model", n.Class)
	} else if m.classes[at].Abstract {
		return "class", fmt.Sprintf("%q is abstract; give a class that descends from it", n.Class)
	}
	for i, need := range n.Needs {
		if err := need.check("need"); err != nil {
			var f *itsm.FieldError
			errors.As(err, &f)
			return fmt.Sprintf("needs[%d]%s", i, strings.TrimPrefix(f.Field, "need")), f.Problem
		}
		for _, other := range n.Needs[:i] {
			if other.Group == need.Group {
				return fmt.Sprintf("needs[%d].group", i), fmt.Sprintf("%q is said twice", need.Group)
			}
		}
	}
	return "", ""
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
	last, lastAt, seen := label{typ: None}, uint32(0), uint32(0)
	for l := range orNothing(relations) {
		at := seen
		seen++
		n := types.number(l.Type)
		if int(n) == len(typeAt) {
			typeAt = append(typeAt, typePlace(b.model, l.Type))
		}
		from, to := table.find(&l.From), table.find(&l.To)
		if typeAt[n] < 0 || from == None || to == None || !b.pairs.allows(uint32(typeAt[n]), b.class[from], b.class[to]) {
			field, problem := b.wrongLink(&l, from, to)
			b.fault(fmt.Sprintf("relations[%d].%s", at, field), problem)
			b.gaps = append(b.gaps, uint32(len(b.links)))
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
		b.edges = append(grown(b.edges), Edge{from, to})
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
		if v == None {
			return ""
		}
		return b.model.classes[b.class[v]].Name
	}
	return wrongLink(b.model, l, class(from), class(to))
}

// wrongLink says what is wrong with a relation between CIs of two classes; an empty
// class is that of a CI that is not there.
func wrongLink(m *Model, l *Link, from, to string) (field, problem string) {
	t := m.typeOf(l.Type)
	switch read, inverse, known := m.Reading(l.Type); {
	case t == nil && known && inverse:
		return typeName, fmt.Sprintf("%q is how %q reads from the second; give that, with the ends the other way round", l.Type, read.Name)
	case t == nil:
		return typeName, fmt.Sprintf("%q is none of the model; its types are: %s", l.Type, itsm.Listed(m.typeNames()))
	case from == "":
		return fromName, l.From.String() + " is none of the CIs"
	case to == "":
		return toName, l.To.String() + " is none of the CIs"
	case !m.joins(t, from, to):
		return typeName, fmt.Sprintf("%q leads from no %s to a %s; %s", t.Name, from, to, m.instead(from, to))
	}
	return "", ""
}

// dropDoubled finds relations with the id of an earlier one, and takes them out.
func (b *graphBuilder) dropDoubled() {
	table := newIDTable(b.links)
	var doubled []int
	for i, id := range b.links {
		if id != uuid.Nil && table.add(uint32(i)) != uint32(i) {
			gaps, _ := slices.BinarySearch(b.gaps, uint32(i)+1)
			b.fault(fmt.Sprintf("relations[%d].id", i+gaps), id.String()+" is that of another relation")
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

// pairTable remembers which types may join which classes.
type pairTable struct {
	m    *Model
	rows [][]int8 // by type and first class: by second class 1 yes, -1 no, 0 not yet known
}

func newPairTable(m *Model) *pairTable {
	return &pairTable{m, make([][]int8, len(m.types)*len(m.classes))}
}

func (p *pairTable) allows(typ, from, to uint32) bool {
	row := &p.rows[int(typ)*len(p.m.classes)+int(from)]
	if *row == nil {
		*row = make([]int8, len(p.m.classes))
	}
	if (*row)[to] == 0 {
		(*row)[to] = -1
		if p.m.joins(&p.m.types[typ], p.m.classes[from].Name, p.m.classes[to].Name) {
			(*row)[to] = 1
		}
	}
	return (*row)[to] > 0
}

// arrange puts the relations into rows. What leads from one CI to the same other one
// goes by id, whatever the order in which it came.
func (b *graphBuilder) arrange() {
	t, err := NewTopology(len(b.ids), b.edges, &TopologyOptions{EdgeNumbers: true})
	if err != nil {
		b.fault("relations", err.Error())
		t = &Topology{out: newRows(len(b.ids), nil), in: newRows(len(b.ids), nil)}
	}
	b.edges = nil
	for v := range uint32(len(b.ids)) {
		forEqual(t.Out(v), func(first, last int) {
			slices.SortFunc(t.OutEdges(v)[first:last], func(i, j uint32) int { return b.compareLinks(i, j) })
		})
	}
	label, links, place := make([]uint32, len(b.came)), make([]uuid.UUID, len(b.came)), make([]uint32, len(b.came))
	for at, edge := range t.out.edge {
		label[at], links[at], place[edge] = b.came[edge], b.links[edge], uint32(at)
	}
	for i, edge := range t.in.edge {
		t.in.edge[i] = place[edge]
	}
	for v := range uint32(len(b.ids)) {
		forEqual(t.In(v), func(first, last int) { slices.Sort(t.InEdges(v)[first:last]) })
	}
	t.out.edge = nil // they are places
	b.whole, b.label, b.links, b.came = t, label, links, nil
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

// forEqual finds equal numbers side by side, two or more.
func forEqual(list []uint32, found func(first, last int)) {
	for i := 0; i+1 < len(list); i++ {
		if list[i] != list[i+1] {
			continue
		}
		first := i
		for i+1 < len(list) && list[i+1] == list[first] {
			i++
		}
		found(first, i+1)
	}
}
