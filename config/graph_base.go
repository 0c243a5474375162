package config

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// graphBase is a graph as it was built. CIs have the places of their ids among all,
// so the smaller number has the smaller id. It keeps, for a relation, 4 bytes at
// either end for the other one, 4 to find it from its second, 4 for its label, up to
// 8 to find who needs a supplier, and its id.
type graphBase struct {
	ids         []uuid.UUID
	names       []string
	class       []uint32 // position in the model
	owner       []uint32 // position in owners
	criticality []uint32 // position in criticalities

	owners        []string
	criticalities []itsm.Level

	outs, ins topology.Rows // of all relations; ins.Edge are places in outs, outs.Edge is nil
	label     []uint32      // of relations, by their places in out
	links     []uuid.UUID
	labels    []label
	labelAt   map[label]uint32

	groups     []group  // by CI, then name
	groupStart []uint32 // where those of a CI begin; one more, where the last end

	needed rowsOf // who needs a supplier
}

// label is what relations say besides their ends.
type label struct {
	typ   uint32 // position in the model
	group string
	soft  bool
}

// countsFor is the name of the group that a relation counts for, if it is in one.
func (l *label) countsFor() string {
	if l.soft {
		return ""
	}
	return l.group
}

// group is a group of the suppliers of a CI. Those that it needs softly are one as
// well, the one without a name, all of which may be lost.
type group struct {
	ci   uint32
	name string
	need uint32 // how many it needs; 0: nothing is said, it needs all
	size uint32 // how many there are
}

// spare is how many of a group may be lost.
func (p *group) spare() uint32 {
	if p.soft() {
		return p.size
	}
	if p.need == 0 || p.need >= p.size {
		return 0
	}
	return p.size - p.need
}

// soft reports whether they are those that the CI needs softly.
func (p *group) soft() bool { return p.name == "" }

// dependent is a CI that needs a supplier.
type dependent struct {
	node  uint32
	group uint32 // the number of the group the supplier is in, and one; 0: none
}

func compareDependents(a, b dependent) int {
	return cmp.Or(cmp.Compare(a.node, b.node), cmp.Compare(a.group, b.group))
}

// rowsOf are the dependents of all suppliers.
type rowsOf struct {
	start []uint32
	list  []dependent
}

func (b *graphBase) find(id uuid.UUID) uint32 {
	at, found := slices.BinarySearchFunc(b.ids, id, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	if !found {
		return none
	}
	return uint32(at)
}

// linkRow is the relations at one end of a CI, by the CI at the other, then by their
// ids.
type linkRow struct {
	node  []uint32 // the other ends
	label []uint32
	id    []uuid.UUID
	place []uint32 // of the relation in label and id; nil: as in node
}

func (r *linkRow) labelAt(i int) uint32 {
	if r.place != nil {
		i = int(r.place[i])
	}
	return r.label[i]
}

func (r *linkRow) idAt(i int) uuid.UUID {
	if r.place != nil {
		i = int(r.place[i])
	}
	return r.id[i]
}

// out is the relations that lead from a CI.
func (g *Graph) out(v uint32) linkRow {
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil && p.out != nil {
			return *p.out
		}
	}
	b := g.base
	from, to := b.outs.Start[v], b.outs.Start[v+1]
	return linkRow{node: b.outs.Node[from:to:to], label: b.label[from:to:to], id: b.links[from:to:to]}
}

// in is the relations that lead to a CI.
func (g *Graph) in(v uint32) linkRow {
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil && p.in != nil {
			return *p.in
		}
	}
	b := g.base
	from, to := b.ins.Start[v], b.ins.Start[v+1]
	return linkRow{node: b.ins.Node[from:to:to], label: b.label, id: b.links, place: b.ins.Edge[from:to:to]}
}

// dependents are those who need a supplier, a group of theirs once.
func (g *Graph) dependents(v uint32) []dependent {
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil && p.needed {
			return p.dependents
		}
	}
	from, to := g.base.needed.start[v], g.base.needed.start[v+1]
	return g.base.needed.list[from:to:to]
}

func (g *Graph) label(i uint32) *label {
	if n := uint32(len(g.base.labels)); i >= n {
		return &g.patch.labels[i-n]
	}
	return &g.base.labels[i]
}

func (g *Graph) group(i uint32) *group {
	if g.patch != nil {
		if p := g.patch.groups.at(i); p != nil {
			return p
		}
	}
	return &g.base.groups[i]
}

// groupCount is how many numbers there are for groups.
func (g *Graph) groupCount() int {
	if g.patch != nil {
		return g.patch.groupCount
	}
	return len(g.base.groups)
}

// groupsOf lists the groups of a CI by name, those with neither supplier nor need
// perhaps included.
func (g *Graph) groupsOf(v uint32) []uint32 {
	var list []uint32
	if int(v) < len(g.base.ids) {
		for i := g.base.groupStart[v]; i < g.base.groupStart[v+1]; i++ {
			list = append(list, i)
		}
	}
	if g.patch == nil {
		return list
	}
	if p := g.patch.nodes.at(v); p != nil && len(p.groups) > 0 {
		list = append(list, p.groups...)
		slices.SortFunc(list, func(a, b uint32) int {
			return bytes.Compare([]byte(g.group(a).name), []byte(g.group(b).name))
		})
	}
	return list
}

// groupFor is the number of the group of a CI that a relation counts for; none: it is
// needed by itself.
func (g *Graph) groupFor(v uint32, l *label) uint32 {
	switch {
	case l.soft:
		return g.groupNamed(v, "")
	case l.group == "":
		return none
	}
	return g.groupNamed(v, l.group)
}

// groupNamed is the number of a CI's group; none: there is none.
func (g *Graph) groupNamed(v uint32, name string) uint32 {
	if int(v) < len(g.base.ids) {
		for i := g.base.groupStart[v]; i < g.base.groupStart[v+1]; i++ {
			if g.base.groups[i].name == name {
				return i
			}
		}
	}
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil {
			for _, i := range p.groups {
				if g.group(i).name == name {
					return i
				}
			}
		}
	}
	return none
}

// classOf is the position of a CI's class in the model.
func (g *Graph) classOf(v uint32) uint32 {
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil && p.node != nil {
			return p.class
		}
	}
	return g.base.class[v]
}

// isService reports whether a CI is a service.
func (g *Graph) isService(v uint32) bool { return g.model.services[g.classOf(v)] }

func (g *Graph) node(v uint32) Node {
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil && p.node != nil {
			n := *p.node
			n.Needs = slices.Clone(n.Needs)
			return n
		}
	}
	b := g.base
	n := Node{
		ID: b.ids[v], Class: g.model.classes[b.class[v]].Name, Name: b.names[v],
		Owner: b.owners[b.owner[v]], Criticality: b.criticalities[b.criticality[v]],
	}
	for _, p := range b.groups[b.groupStart[v]:b.groupStart[v+1]] {
		if p.need > 0 {
			n.Needs = append(n.Needs, Need{p.name, int(p.need)})
		}
	}
	return n
}
