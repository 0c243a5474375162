package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/itsmkit/itsm/config/topology"
)

// need lists the groups of all CIs, those that they say something of and those that
// relations name.
func (b *graphBuilder) need() {
	names := b.groupNames()
	at := make(map[string]uint32, len(names))
	for i, name := range names {
		at[name] = uint32(i)
	}
	named := make([]uint32, len(b.labels)) // the name of a label's group and one; 0: none
	for i, l := range b.labels {
		if (l.soft || l.group != "") && b.model.types[l.typ].Carries != Nowhere {
			named[i] = at[l.countsFor()] + 1
		}
	}
	var keys []uint64 // a CI and the name of one of its groups
	for _, n := range b.needs {
		keys = append(keys, uint64(n.ci)<<32|uint64(at[n.need.Group]))
	}
	b.eachLink(func(from, to, l uint32) {
		if named[l] == 0 {
			return
		}
		if b.model.types[b.labels[l].typ].Carries == ToSecond {
			from = to
		}
		keys = append(keys, uint64(from)<<32|uint64(named[l]-1))
	})
	slices.Sort(keys)
	keys = slices.Compact(keys)
	b.groups, b.groupStart = make([]group, len(keys)), make([]uint32, len(b.ids)+1)
	for i, k := range keys {
		ci := uint32(k >> 32)
		b.groups[i] = group{ci: ci, name: names[uint32(k)]}
		b.groupStart[ci+1] = uint32(i + 1)
	}
	for v := range b.ids {
		b.groupStart[v+1] = max(b.groupStart[v+1], b.groupStart[v])
	}
	for _, n := range b.needs {
		p := &b.groups[b.groupOf(n.ci, n.need.Group)]
		p.need = uint32(min(n.need.AtLeast, topology.MaxNodes))
	}
	b.supply(named)
	for _, n := range b.needs {
		p := &b.groups[b.groupOf(n.ci, n.need.Group)]
		if p.need <= p.size {
			continue
		}
		f := faultOf("cis", b.cis.place(n.place), fmt.Sprintf("needs[%d]", n.at), tooMany(p), namedCI(b.ids[n.ci], b.names[n.ci]))
		if b.ofRecords {
			b.short = append(b.short, f)
		} else {
			b.fault(f)
		}
	}
}

// Short lists the groups of which a CI needs more than there are, so that it needs all
// of them: by CI, then by the name of the group. There are such in a graph of records,
// where suppliers have retired or are not related yet, and in one that takes in what
// is good of wrong input.
func (g *Graph) Short() []GroupState {
	var list []uint32
	for i := range uint32(g.groupCount()) {
		if p := g.group(i); p.need > p.size {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, g.compareGroups)
	states := make([]GroupState, len(list))
	for i, p := range list {
		states[i] = g.groupState(p)
	}
	return states
}

func tooMany(p *group) string {
	return fmt.Sprintf("asks for %d of %q, which has %d", p.need, p.name, p.size)
}

func (b *graphBuilder) groupNames() []string {
	distinct := map[string]bool{}
	for _, l := range b.labels {
		if l.soft || l.group != "" {
			distinct[l.countsFor()] = true
		}
	}
	for _, n := range b.needs {
		distinct[n.need.Group] = true
	}
	names := make([]string, 0, len(distinct))
	for name := range distinct {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// groupOf is the number of a group that there is.
func (b *graphBuilder) groupOf(ci uint32, name string) uint32 {
	from, to := b.groupStart[ci], b.groupStart[ci+1]
	i, _ := slices.BinarySearchFunc(b.groups[from:to], name, func(p group, name string) int { return strings.Compare(p.name, name) })
	return from + uint32(i)
}

// eachLink goes through all relations by their places.
func (b *graphBuilder) eachLink(do func(from, to, label uint32)) {
	for v := range uint32(len(b.ids)) {
		for i := b.outs.Start[v]; i < b.outs.Start[v+1]; i++ {
			do(v, b.outs.Node[i], b.label[i])
		}
	}
}

// supply lists who needs each supplier, and counts the suppliers of each group.
func (b *graphBuilder) supply(named []uint32) {
	carries := make([]Carries, len(b.labels))
	for i, l := range b.labels {
		carries[i] = b.model.types[l.typ].Carries
	}
	start := make([]uint32, len(b.ids)+1)
	next := start[1:]
	b.eachLink(func(from, to, l uint32) {
		switch carries[l] {
		case ToFirst:
			next[to]++
		case ToSecond:
			next[from]++
		}
	})
	sum := uint32(0)
	for v, k := range next {
		next[v], sum = sum, sum+k
	}
	list := make([]dependent, sum)
	put := func(supplier, ci, l uint32) {
		d := dependent{node: ci}
		if named[l] > 0 {
			d.group = b.groupOf(ci, b.labels[l].countsFor()) + 1
		}
		list[next[supplier]] = d
		next[supplier]++
	}
	b.eachLink(func(from, to, l uint32) {
		switch carries[l] {
		case ToFirst:
			put(to, from, l)
		case ToSecond:
			put(from, to, l)
		}
	})
	b.needed = rowsOf{start, list}
	b.needed.distinct()
	for _, d := range b.needed.list {
		if d.group > 0 {
			b.groups[d.group-1].size++
		}
	}
}

// distinct makes rows of dependents sorted and free of what is said twice.
func (r *rowsOf) distinct() {
	kept, first := uint32(0), uint32(0)
	for v := range len(r.start) - 1 {
		row := r.list[first:r.start[v+1]]
		first = r.start[v+1]
		if !slices.IsSortedFunc(row, compareDependents) {
			slices.SortFunc(row, compareDependents)
		}
		before := dependent{none, 0}
		for _, d := range row {
			if d != before {
				r.list[kept] = d
				kept++
			}
			before = d
		}
		r.start[v+1] = kept
	}
	if int(kept) < len(r.list) {
		r.list = slices.Clone(r.list[:kept])
	}
}
