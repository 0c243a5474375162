package config

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// supplier is one relation by which a CI needs another.
type supplier struct {
	node  uint32
	group uint32 // its number and one; 0: none
	at    uint32 // place in the row
	in    bool   // of relations that lead to the CI
}

// suppliers lists by what a CI needs others, by the other one, then by group, then by
// the id of the relation.
func (g *Graph) suppliers(v uint32) []supplier {
	var list []supplier
	add := func(row linkRow, carries Carries, in bool) {
		for i, w := range row.node {
			l := g.label(row.labelAt(i))
			if g.model.types[l.typ].Carries == carries {
				list = append(list, supplier{w, g.groupFor(v, l) + 1, uint32(i), in})
			}
		}
	}
	out, in := g.out(v), g.in(v)
	add(out, ToFirst, false)
	add(in, ToSecond, true)
	id := func(s supplier) uuid.UUID {
		if s.in {
			return in.idAt(int(s.at))
		}
		return out.idAt(int(s.at))
	}
	slices.SortStableFunc(list, func(a, b supplier) int {
		if a.node != b.node {
			return g.compare(a.node, b.node)
		}
		if c := g.compareNames(a.group, b.group); c != 0 {
			return c
		}
		x, y := id(a), id(b)
		return bytes.Compare(x[:], y[:])
	})
	return list
}

// compareNames orders groups of one CI, given by their numbers and one, by name.
func (g *Graph) compareNames(a, b uint32) int {
	if a == 0 || b == 0 {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(g.group(a-1).name, g.group(b-1).name)
}

// compareGroups orders groups by their CIs, then by name.
func (g *Graph) compareGroups(a, b uint32) int {
	p, q := g.group(a), g.group(b)
	return cmp.Or(g.compare(p.ci, q.ci), cmp.Compare(p.name, q.name))
}

// linkOf is the relation by which a CI needs a supplier.
func (g *Graph) linkOf(v uint32, s supplier) Link {
	if !s.in {
		return g.link(v, g.out(v), int(s.at))
	}
	l := g.link(v, g.in(v), int(s.at))
	l.From, l.To = l.To, l.From
	return l
}

// Way is a way to walk through a graph.
type Way string

// The ways.
const (
	ToSuppliers  Way = "to suppliers"  // from a CI to those that it needs
	ToDependents Way = "to dependents" // from a CI to those that need it
	Forward      Way = "forward"       // along relations, whether or not they say something about need
	Backward     Way = "backward"      // against them
	EitherWay    Way = "either way"    // along and against
)

// Ways lists every way.
func Ways() []Way { return []Way{ToSuppliers, ToDependents, Forward, Backward, EitherWay} }

// WalkOptions say where a walk goes. Nil means to all suppliers.
type WalkOptions struct {
	Way         Way      // empty: ToSuppliers
	Types       []string // of relations; empty: all
	MaxDistance int      // in relations; 0: as far as it gets
	Hard        bool     // not along relations that are soft, see [Link]
}

// walker is where a walk goes.
type walker struct {
	g     *Graph
	way   Way
	types []bool // nil: all
	most  int
	hard  bool

	undeclared bool // of relations between two CIs those first whose type declares no cycles
}

func (g *Graph) walker(o *WalkOptions) (*walker, error) {
	w := &walker{g: g, way: ToSuppliers}
	if o == nil {
		return w, nil
	}
	w.most, w.hard = o.MaxDistance, o.Hard
	if w.most < 0 {
		return nil, &itsm.FieldError{Field: "max_distance", Problem: fmt.Sprintf("is %d; give at least 1, or 0 for no limit", o.MaxDistance)}
	}
	if o.Way != "" {
		if err := itsm.CheckOneOf("way", o.Way, Ways()); err != nil {
			return nil, err
		}
		w.way = o.Way
	}
	for i, name := range o.Types {
		at := typePlace(g.model, name)
		if at < 0 {
			return nil, itsm.CheckOneOf(fmt.Sprintf("types[%d]", i), name, g.model.typeNames())
		}
		if w.types == nil {
			w.types = make([]bool, len(g.model.types))
		}
		w.types[at] = true
	}
	return w, nil
}

// goes reports whether the walk goes along a relation, or against it.
func (w *walker) goes(l *label, against bool) bool {
	if w.types != nil && !w.types[l.typ] || w.hard && l.soft {
		return false
	}
	carries := w.g.model.types[l.typ].Carries
	switch w.way {
	case ToSuppliers:
		return carries == ToFirst && !against || carries == ToSecond && against
	case ToDependents:
		return carries == ToFirst && against || carries == ToSecond && !against
	case Forward:
		return !against
	case Backward:
		return against
	}
	return true
}

// step is one relation that a walk may go along or against.
type step struct {
	node    uint32 // where it leads
	row     *linkRow
	at      int
	against bool
}

// each yields the steps from a CI, or with back those to it.
func (w *walker) each(v uint32, back bool, yield func(step)) {
	for _, against := range []bool{false, true} {
		row := w.g.out(v)
		if against != back {
			row = w.g.in(v)
		}
		for i, other := range row.node {
			if w.goes(w.g.label(row.labelAt(i)), against) {
				yield(step{other, &row, i, against})
			}
		}
	}
}

// Walk is what a walk through a graph has come to, breadth first; the zero Walk has come
// to nothing. It never changes and is safe for concurrent use.
type Walk struct {
	w     *walker
	queue []uint32 // what it has come to, by distance
	at    *tally   // of each CI the distance and one
}

// Walk walks from some CIs, which may repeat, as the options say; one that is not in
// the graph is an error. So a walk without options says what the CIs depend on,
// whatever is redundant, and one [ToDependents] what depends on them. Time and memory
// are in proportion to what it comes to.
func (g *Graph) Walk(from []uuid.UUID, o *WalkOptions) (*Walk, error) {
	w, err := g.walker(o)
	if err != nil {
		return nil, err
	}
	list, err := g.findAll("from", from)
	if err != nil {
		return nil, err
	}
	return w.walk(list, none), nil
}

// walk ends after the level of a target, if there is one.
func (w *walker) walk(from []uint32, target uint32) *Walk {
	r := &Walk{w: w, at: newTally(w.g.size())}
	var queue []uint32
	for _, v := range from {
		if r.at.get(v) == 0 {
			r.at.set(v, 1)
			queue = append(queue, v)
		}
	}
	distance, sort := uint32(1), w.g.sorter()
	w.g.sort(sort, queue)
	for begin, end := 0, len(queue); begin < end; begin, end = end, len(queue) {
		distance++
		if w.most > 0 && int(distance)-2 == w.most || target != none && r.at.get(target) > 0 {
			break
		}
		for i := begin; i < end; i++ {
			w.each(queue[i], false, func(s step) {
				if r.at.get(s.node) == 0 {
					r.at.set(s.node, distance)
					queue = append(queue, s.node)
				}
			})
		}
		w.g.sort(sort, queue[end:])
	}
	r.queue = queue
	return r
}

// Len is how many CIs it has come to, those that it starts from included.
func (r *Walk) Len() int { return len(r.queue) }

// CIs lists what it has come to, by distance, then by id.
func (r *Walk) CIs() []uuid.UUID { return r.graph().ids(r.queue) }

// graph is nil of the zero Walk.
func (r *Walk) graph() *Graph {
	if r.w == nil {
		return nil
	}
	return r.w.g
}

// Distance is how many relations a CI is away; false: it has not come to it.
func (r *Walk) Distance(ci uuid.UUID) (int, bool) {
	v := r.graph().find(ci)
	if v == none || r.at.get(v) == 0 {
		return 0, false
	}
	return int(r.at.get(v)) - 1, true
}

// Path is a shortest way to a CI; nil: it has not come to it. Of several it is the one
// that, told from the end, has the smallest ids first.
func (r *Walk) Path(ci uuid.UUID) *Path {
	v := r.graph().find(ci)
	if v == none || r.at.get(v) == 0 {
		return nil
	}
	n := int(r.at.get(v))
	list := make([]uint32, n)
	for at := n - 1; ; at-- {
		list[at] = v
		if at == 0 {
			return r.w.path(list)
		}
		before := none
		r.w.each(v, true, func(s step) {
			if int(r.at.get(s.node)) == at && (before == none || r.w.g.compare(s.node, before) < 0) {
				before = s.node
			}
		})
		v = before
	}
}

// Path is a way from one CI to another.
type Path struct {
	CIs   []uuid.UUID // with both ends
	Links []Link      // between each and the next: of several the one with the smallest id
}

// path adds the relations.
func (w *walker) path(list []uint32) *Path {
	p := &Path{CIs: w.g.ids(list)}
	for i, v := range list[1:] {
		p.Links = append(p.Links, w.between(list[i], v))
	}
	return p
}

// between is the relation by which the walk goes from one CI to another: of several the
// first.
func (w *walker) between(v, to uint32) Link {
	var best Link
	found, bestDeclared := false, false
	w.each(v, false, func(s step) {
		if s.node != to {
			return
		}
		l := w.g.link(v, *s.row, s.at)
		if s.against {
			l.From, l.To = l.To, l.From
		}
		declared := w.undeclared && w.g.declares(s)
		if !found || bestDeclared && !declared || bestDeclared == declared && compareLinks(&l, &best) < 0 {
			best, found, bestDeclared = l, true, declared
		}
	})
	return best
}

// declares reports whether cycles of relations like that of a step are meant.
func (g *Graph) declares(s step) bool { return g.model.types[g.label(s.row.labelAt(s.at)).typ].Cycles }

func compareLinks(a, b *Link) int {
	c := cmp.Or(bytes.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Group, b.Group),
		bytes.Compare(a.From[:], b.From[:]), bytes.Compare(a.To[:], b.To[:]))
	if c == 0 && a.Soft != b.Soft {
		c = 1
		if b.Soft {
			c = -1
		}
	}
	return c
}
