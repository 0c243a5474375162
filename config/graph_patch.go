package config

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// graphPatch is what is different from the base. It shares with the one before it
// whatever is the same, and never changes once a graph has it.
type graphPatch struct {
	nodes      pages[nodePatch]
	groups     pages[group]
	groupCount int
	labels     []label  // after those of the base
	added      []uint32 // CIs that are not in the base, by id, those removed again included
	changes    int
}

// nodePatch is what is different about one CI; nil: nothing.
type nodePatch struct {
	node       *Node // always, for one that is not in the base
	class      uint32
	gone       bool
	needed     bool // dependents holds
	out, in    *linkRow
	dependents []dependent
	groups     []uint32 // besides those in the base
}

func (p *graphPatch) find(id uuid.UUID) uint32 {
	at, found := slices.BinarySearchFunc(p.added, id, func(v uint32, id uuid.UUID) int {
		own := p.nodes.at(v).node.ID
		return bytes.Compare(own[:], id[:])
	})
	if !found || p.nodes.at(p.added[at]).gone {
		return none
	}
	return p.added[at]
}

// pages holds values by number, few of many, in pages so that a copy with one more
// shares most of them.
type pages[T any] struct{ list []*page[T] }

type page[T any] [pageSize]*T

const pageSize = 256

func (p *pages[T]) at(i uint32) *T {
	n := i / pageSize
	if int(n) >= len(p.list) || p.list[n] == nil {
		return nil
	}
	return p.list[n][i%pageSize]
}

// pagesEdit writes into pages of its own.
type pagesEdit[T any] struct {
	pages[T]
	own map[uint32]bool
}

func editPages[T any](p pages[T]) *pagesEdit[T] {
	return &pagesEdit[T]{pages[T]{slices.Clone(p.list)}, map[uint32]bool{}}
}

func (p *pagesEdit[T]) set(i uint32, v *T) {
	n := i / pageSize
	for int(n) >= len(p.list) {
		p.list = append(p.list, nil)
	}
	if !p.own[n] {
		p.own[n] = true
		fresh := &page[T]{}
		if p.list[n] != nil {
			*fresh = *p.list[n]
		}
		p.list[n] = fresh
	}
	p.list[n][i%pageSize] = v
}

// graphEdit is a graph being changed. What it has not copied it does not touch.
type graphEdit struct {
	g      *Graph // as it is now
	was    *Graph
	nodes  *pagesEdit[nodePatch]
	groups *pagesEdit[group]
	own    map[uint32]*ownRows
	ownGrp map[uint32]bool
	pairs  *pairTable
	wary   map[uint32]bool // groups that may be too small for their need
	out    wrongCIs
}

// ownRows says which parts of a CI's patch are the edit's own.
type ownRows struct{ out, in, dependents bool }

func (g *Graph) edit() *graphEdit {
	was := g.patch
	if was == nil {
		was = &graphPatch{groupCount: len(g.base.groups)}
	}
	e := &graphEdit{
		was: g, nodes: editPages(was.nodes), groups: editPages(was.groups), own: map[uint32]*ownRows{},
		ownGrp: map[uint32]bool{}, pairs: newPairTable(g.model), wary: map[uint32]bool{},
	}
	now, patch := *g, *was
	patch.labels, patch.added = slices.Clip(patch.labels), slices.Clip(patch.added)
	now.patch, now.faults = &patch, slices.Clip(g.faults)
	e.g = &now
	e.publish()
	return e
}

// publish lets the graph see the pages as they are now.
func (e *graphEdit) publish() { e.g.patch.nodes, e.g.patch.groups = e.nodes.pages, e.groups.pages }

// patch is the patch of a CI, to be written to.
func (e *graphEdit) patch(v uint32) *nodePatch {
	p := e.nodes.at(v)
	if e.own[v] == nil {
		fresh := &nodePatch{}
		if p != nil {
			*fresh = *p
		}
		e.own[v] = &ownRows{}
		e.nodes.set(v, fresh)
		e.publish()
		p = fresh
	}
	return p
}

// group is a group, to be written to.
func (e *graphEdit) group(i uint32) *group {
	if !e.ownGrp[i] {
		fresh := *e.g.group(i)
		e.ownGrp[i] = true
		e.groups.set(i, &fresh)
		e.publish()
	}
	return e.groups.at(i)
}

// groupFor is the group of a CI that a relation counts for, a new one if there is
// none; none: it is needed by itself.
func (e *graphEdit) groupFor(v uint32, l *label) uint32 {
	if l.group == "" && !l.soft {
		return none
	}
	return e.groupNamed(v, l.countsFor())
}

// groupNamed is a CI's group, a new one if there is none.
func (e *graphEdit) groupNamed(v uint32, name string) uint32 {
	if i := e.g.groupNamed(v, name); i != none {
		return i
	}
	i := uint32(e.g.patch.groupCount)
	e.g.patch.groupCount++
	e.groups.set(i, &group{ci: v, name: name})
	e.ownGrp[i] = true
	p := e.patch(v)
	p.groups = append(slices.Clip(p.groups), i)
	e.publish()
	return i
}

// label is the number of a label.
func (e *graphEdit) label(l label) uint32 {
	if i, known := e.g.base.labelAt[l]; known {
		return i
	}
	list := e.g.patch.labels
	n := uint32(len(e.g.base.labels))
	for i := len(list) - 1; i >= 0 && i >= len(list)-labelsBack; i-- {
		if list[i] == l {
			return n + uint32(i)
		}
	}
	e.g.patch.labels = append(list, l)
	return n + uint32(len(list))
}

// labelsBack is how many new labels are looked at for an equal one.
const labelsBack = 32

// rowOf is a CI's row, to be written to.
func (e *graphEdit) rowOf(v uint32, in bool) *linkRow {
	p := e.patch(v)
	own, row, was := &e.own[v].out, &p.out, e.g.out(v)
	if in {
		own, row, was = &e.own[v].in, &p.in, e.g.in(v)
	}
	if !*own {
		*own = true
		n := len(was.node)
		fresh := &linkRow{node: make([]uint32, n, n+1), label: make([]uint32, n, n+1), id: make([]uuid.UUID, n, n+1)}
		copy(fresh.node, was.node)
		for i := range was.node {
			fresh.label[i], fresh.id[i] = was.labelAt(i), was.idAt(i)
		}
		*row = fresh
	}
	return *row
}

// place is where a relation to another CI stands in a row, or would.
func (e *graphEdit) place(row *linkRow, other uint32, id uuid.UUID, l *label) (at int, found bool) {
	g := e.g
	at, found = slices.BinarySearchFunc(row.node, other, g.compare)
	if !found {
		return at, false
	}
	for ; at < len(row.node) && row.node[at] == other; at++ {
		own := row.idAt(at)
		c := bytes.Compare(own[:], id[:])
		if c == 0 {
			c = compareLabels(g.label(row.labelAt(at)), l)
		}
		if c >= 0 {
			return at, c == 0
		}
	}
	return at, false
}

func (e *graphEdit) insert(v, other uint32, in bool, id uuid.UUID, l *label, n uint32) {
	row := e.rowOf(v, in)
	at, _ := e.place(row, other, id, l)
	row.node, row.label, row.id = slices.Insert(row.node, at, other), slices.Insert(row.label, at, n), slices.Insert(row.id, at, id)
}

func (e *graphEdit) remove(v, other uint32, in bool, id uuid.UUID, l *label) {
	row := e.rowOf(v, in)
	if at, found := e.place(row, other, id, l); found {
		row.node, row.label, row.id = slices.Delete(row.node, at, at+1), slices.Delete(row.label, at, at+1), slices.Delete(row.id, at, at+1)
	}
}

// relate adds a relation.
func (e *graphEdit) relate(from, to uint32, id uuid.UUID, l label) {
	n := e.label(l)
	e.insert(from, to, false, id, &l, n)
	e.insert(to, from, true, id, &l, n)
	e.g.links++
	ci, supplier := from, to
	switch e.g.model.types[l.typ].Carries {
	case ToSecond:
		ci, supplier = to, from
	case Nowhere:
		return
	}
	i := e.groupFor(ci, &l)
	d := dependent{ci, i + 1}
	list := e.dependents(supplier)
	at, found := slices.BinarySearchFunc(list, d, e.compareDependents)
	if found {
		return
	}
	e.patch(supplier).dependents = slices.Insert(list, at, d)
	if i != none {
		e.group(i).size++
	}
}

// compareDependents orders by id; groups of one CI by their numbers.
func (e *graphEdit) compareDependents(a, b dependent) int {
	if a.node != b.node {
		return e.g.compare(a.node, b.node)
	}
	return cmp.Compare(a.group, b.group)
}

// dependents are those of a supplier, to be written to.
func (e *graphEdit) dependents(v uint32) []dependent {
	p := e.patch(v)
	if !e.own[v].dependents {
		e.own[v].dependents = true
		p.dependents, p.needed = slices.Clone(e.g.dependents(v)), true
	}
	return p.dependents
}

// unrelate removes a relation that there is.
func (e *graphEdit) unrelate(from, to uint32, id uuid.UUID, l label) {
	e.remove(from, to, false, id, &l)
	e.remove(to, from, true, id, &l)
	e.g.links--
	ci, supplier := from, to
	switch e.g.model.types[l.typ].Carries {
	case ToSecond:
		ci, supplier = to, from
	case Nowhere:
		return
	}
	i := e.g.groupFor(ci, &l)
	for _, s := range e.g.suppliersBetween(ci, supplier) {
		if s == i+1 {
			return // by another relation
		}
	}
	list := e.dependents(supplier)
	if at, found := slices.BinarySearchFunc(list, dependent{ci, i + 1}, e.compareDependents); found {
		e.patch(supplier).dependents = slices.Delete(list, at, at+1)
	}
	if i != none {
		e.group(i).size--
		e.wary[i] = true
	}
}

// suppliersBetween lists the groups, by their numbers and one, in which a CI needs a
// supplier, one for each relation.
func (g *Graph) suppliersBetween(ci, supplier uint32) []uint32 {
	var list []uint32
	for _, in := range []bool{false, true} {
		row, carries := g.out(ci), ToFirst
		if in {
			row, carries = g.in(ci), ToSecond
		}
		at, _ := slices.BinarySearchFunc(row.node, supplier, g.compare)
		for ; at < len(row.node) && row.node[at] == supplier; at++ {
			if l := g.label(row.labelAt(at)); g.model.types[l.typ].Carries == carries {
				list = append(list, g.groupFor(ci, l)+1)
			}
		}
	}
	return list
}
