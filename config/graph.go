package config

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// Graph is a snapshot of CIs and the relations between them, for questions about
// what needs what. It never changes, so it is safe for concurrent use;
// [Graph.With] gives another one that has what changed since. The zero Graph is not
// valid: [NewGraph], [GraphOf] and [Timeline.Graph] build one.
//
// Who needs whom, the types of relations say (see [Carries]). A CI that has lost a
// supplier is lost too, unless the relation names a group of which it needs only
// some, see [Need]: it is lost when fewer of the group are left than it needs. A
// supplier counts once for a group, however many relations lead to it. Suppliers
// without a group, or in one of which nothing is said, are all needed. A relation may
// be soft, see [Link]: its supplier's loss leaves a CI degraded, and never loses it. A
// CI is not lost for its own sake: where CIs need each other in a circle, all of them
// work until one is lost for another reason.
//
// Everything listed is in a fixed order, which each question states; what else is
// equal goes by the smaller id. No answer depends on the order of the input, or on
// whether the graph was built at once or changed.
type Graph struct {
	model *Model
	o     RecordOptions
	base  *graphBase
	patch *graphPatch // what changed since the base was built; nil: nothing
	cis   int
	links int

	faults    []error
	ofRecords bool // a group that is too small for its need is no error
}

// Node is a CI as a graph knows it.
type Node struct {
	ID          uuid.UUID
	Class       string
	Name        string
	Owner       string
	Criticality itsm.Level
	Needs       []Need // of groups of suppliers; a graph gives them by the name of the group
}

// Link is a relation as a graph knows it. One without an id is told from others by
// the rest.
type Link struct {
	ID    uuid.UUID
	Type  string // of the model, as it reads from the first; [Model.Between] tells which join two classes
	From  uuid.UUID
	To    uuid.UUID
	Group string // of suppliers, of the CI that needs them

	// Soft says that the CI does without the supplier if it has to: with its loss it is
	// degraded, not lost. The supplier does not count for the group, and a walk goes
	// along the relation as along any unless it is [WalkOptions.Hard].
	Soft bool
}

// GraphOptions say what a graph does with what is wrong and what has changed. Nil means
// the zero value.
type GraphOptions struct {
	// Partial leaves out what is wrong and lists it in [Graph.Faults]; else it is an
	// error. A need for more of a group than there are is then a need for all.
	Partial bool

	// RefuseCycles makes cycles that no type declares an error (R22); else
	// [Graph.UndeclaredCycles] lists them.
	RefuseCycles bool

	// FoldAfter is how many changes by [Graph.With] a graph keeps beside what it was
	// built from before it builds all anew; 0: as many as a sixteenth of its CIs and
	// relations, but at least 1024; negative: never, unless asked by [Graph.Fold].
	FoldAfter int
}

// Model is the model that the graph keeps to.
func (g *Graph) Model() *Model { return g.model }

// Nodes is how many CIs there are.
func (g *Graph) Nodes() int { return g.cis }

// Links is how many relations there are.
func (g *Graph) Links() int { return g.links }

// Faults lists what was wrong with the input and was left out, in its order, then in
// that of the changes since. Of a graph of records it lists the groups that were found
// too small for their needs as well; else it is empty unless [GraphOptions] ask for the
// rest. Which groups are too small now, [Graph.Short] says.
func (g *Graph) Faults() []error { return slices.Clone(g.faults) }

// Node is the CI of an id.
func (g *Graph) Node(id uuid.UUID) (Node, bool) {
	v := g.find(id)
	if v == none {
		return Node{}, false
	}
	return g.node(v), true
}

// AllNodes yields all CIs by id.
func (g *Graph) AllNodes() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for _, v := range g.live() {
			if !yield(g.node(v)) {
				return
			}
		}
	}
}

// AllLinks yields all relations, by the CIs that they lead from, then to, then by
// their own ids.
func (g *Graph) AllLinks() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for _, v := range g.live() {
			row := g.out(v)
			for i := range row.node {
				if !yield(g.link(v, row, i)) {
					return
				}
			}
		}
	}
}

// LinksOf lists the relations that lead from a CI, and those that lead to it, by the
// CI at the other end, then by their own ids. Types limit it to some types.
func (g *Graph) LinksOf(id uuid.UUID, types ...string) (from, to []Link) {
	v := g.find(id)
	if v == none {
		return nil, nil
	}
	list := func(row linkRow, turned bool) []Link {
		var links []Link
		for i := range row.node {
			l := g.link(v, row, i)
			if turned {
				l.From, l.To = l.To, l.From
			}
			if len(types) == 0 || slices.Contains(types, l.Type) {
				links = append(links, l)
			}
		}
		return links
	}
	return list(g.out(v), false), list(g.in(v), true)
}

// link is a relation in the row of the CI that it leads from.
func (g *Graph) link(v uint32, row linkRow, i int) Link {
	l := g.label(row.labelAt(i))
	return Link{row.idAt(i), g.model.types[l.typ].Name, g.id(v), g.id(row.node[i]), l.group, l.soft}
}

// find is the number of a CI; none: it is not there. In no graph there is none.
func (g *Graph) find(id uuid.UUID) uint32 {
	if g == nil || g.base == nil {
		return none
	}
	v := g.base.find(id)
	if g.patch == nil {
		return v
	}
	if v == none {
		return g.patch.find(id)
	}
	if p := g.patch.nodes.at(v); p != nil && p.gone {
		return none
	}
	return v
}

// findAll is the numbers of CIs; one that is not there is an error.
func (g *Graph) findAll(field string, ids []uuid.UUID) ([]uint32, error) {
	list := make([]uint32, len(ids))
	for i, id := range ids {
		list[i] = g.find(id)
		if list[i] == none {
			return nil, &itsm.FieldError{Field: fmt.Sprintf("%s[%d]", field, i), Problem: id.String() + " is not in the graph"}
		}
	}
	return list, nil
}

// size is how many numbers there are for CIs, those of removed ones included.
func (g *Graph) size() int {
	n := len(g.base.ids)
	if g.patch != nil {
		n += len(g.patch.added)
	}
	return n
}

func (g *Graph) id(v uint32) uuid.UUID {
	if int(v) < len(g.base.ids) {
		return g.base.ids[v]
	}
	return g.patch.nodes.at(v).node.ID
}

func (g *Graph) ids(list []uint32) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, v := range list {
		ids[i] = g.id(v)
	}
	return ids
}

// compare orders CIs by id.
func (g *Graph) compare(v, w uint32) int {
	if n := uint32(len(g.base.ids)); v < n && w < n {
		return cmp.Compare(v, w)
	}
	a, b := g.id(v), g.id(w)
	return bytes.Compare(a[:], b[:])
}

// sort orders CIs by id; the sorter is of the size of the base.
func (g *Graph) sort(s *topology.Sorter, list []uint32) {
	if g.patch == nil || len(g.patch.added) == 0 {
		s.Sort(list)
		return
	}
	n := uint32(len(g.base.ids))
	old := 0
	for i, v := range list {
		if v < n {
			list[old], list[i] = v, list[old]
			old++
		}
	}
	s.Sort(list[:old])
	fresh := slices.Clone(list[old:])
	slices.SortFunc(fresh, g.compare)
	for at := len(list) - 1; len(fresh) > 0; at-- { // merges from the end
		last := fresh[len(fresh)-1]
		if old > 0 && g.compare(list[old-1], last) > 0 {
			old--
			list[at] = list[old]
		} else {
			list[at] = last
			fresh = fresh[:len(fresh)-1]
		}
	}
}

func (g *Graph) sorter() *topology.Sorter { return topology.NewSorter(len(g.base.ids)) }

// live lists the numbers of all CIs by id.
func (g *Graph) live() []uint32 {
	list := make([]uint32, 0, g.size())
	for v := range uint32(g.size()) {
		if g.patch != nil {
			if p := g.patch.nodes.at(v); p != nil && p.gone {
				continue
			}
		}
		list = append(list, v)
	}
	if g.patch != nil {
		g.sort(g.sorter(), list)
	}
	return list
}
