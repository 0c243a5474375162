package config

import (
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config/topology"
)

// Impact is what is lost when some CIs are: the least set that holds them and every
// CI which, with that set lost, has not enough left of what it needs. The zero Impact is of
// nothing. It never changes and is safe for concurrent use.
type Impact struct {
	g    *Graph
	fall fall
}

// fall is a loss as it spreads.
type fall struct {
	g       *Graph
	at      *tally   // of each lost CI the step at which it is, and one
	hits    *tally   // of each group how many are lost
	touched []uint32 // groups of which some are lost
	queue   []uint32 // lost, step by step
	steps   uint32
	sorter  *topology.Sorter
}

// Impact is what is lost with some CIs, which may repeat; one that is not in the
// graph is an error. Time and memory are in proportion to what is lost and who needs
// it.
//
// It goes step by step: what is lost in one counts in the next, so the distance of a
// CI is the number of steps after which it cannot but be lost.
func (g *Graph) Impact(lost ...uuid.UUID) (*Impact, error) {
	list, err := g.findAll("lost", lost)
	if err != nil {
		return nil, err
	}
	return g.impact(list), nil
}

func (g *Graph) impact(lost []uint32) *Impact {
	f := g.newFall()
	f.lose(lost, 0)
	return &Impact{g, *f}
}

func (g *Graph) newFall() *fall {
	return &fall{g: g, at: newTally(g.size()), hits: newTally(g.groupCount()), sorter: g.sorter()}
}

// again is the loss of other CIs, in the place of those before and in no order within a
// step.
func (f *fall) again(lost ...uint32) {
	for _, v := range f.queue {
		f.at.set(v, 0)
	}
	for _, p := range f.touched {
		f.hits.set(p, 0)
	}
	f.queue, f.touched, f.steps = f.queue[:0], f.touched[:0], 0
	f.lose(lost, nearInMemory)
}

// nearInMemory is from how many CIs on it saves time to go to them in order.
const nearInMemory = 1024

// lose spreads a loss step by step, of which those of so many CIs or more are sorted by
// id.
func (f *fall) lose(lost []uint32, sorted int) {
	for _, v := range lost {
		if f.at.get(v) == 0 {
			f.at.set(v, 1)
			f.queue = append(f.queue, v)
		}
	}
	for begin := 0; begin < len(f.queue); {
		end := len(f.queue)
		if end-begin >= sorted {
			f.g.sort(f.sorter, f.queue[begin:])
		}
		f.steps++
		for ; begin < end; begin++ {
			f.spread(f.g.dependents(f.queue[begin]), f.steps+1)
		}
	}
}

// spread loses those who cannot do without a supplier that is lost.
func (f *fall) spread(list []dependent, step uint32) {
	if many := f.at.many; many != nil && f.g.patch == nil {
		for _, d := range list {
			if many[d.node] == 0 && (d.group == 0 || f.hit(d.group-1)) {
				many[d.node] = step
				f.queue = append(f.queue, d.node)
			}
		}
		return
	}
	for _, d := range list {
		if f.at.get(d.node) == 0 && (d.group == 0 || f.hit(d.group-1)) {
			f.at.set(d.node, step)
			f.queue = append(f.queue, d.node)
		}
	}
}

// hit counts one more of a group as lost and reports whether too few are left.
func (f *fall) hit(group uint32) bool {
	n := f.hits.increase(group)
	if n == 1 {
		f.touched = append(f.touched, group)
	}
	return n > f.g.group(group).spare()
}

// holdsAny reports whether one of some CIs is lost.
func (f *fall) holdsAny(list []uint32) bool {
	return slices.ContainsFunc(list, func(v uint32) bool { return f.at.get(v) > 0 })
}

// among are those of some CIs that are lost, and the sum of the distances at which they
// are.
func (f *fall) among(list []uint32) (lost []uuid.UUID, distance int) {
	for _, v := range list {
		if at := f.at.get(v); at > 0 {
			lost = append(lost, f.g.id(v))
			distance += int(at) - 1
		}
	}
	return lost, distance
}

// Len is how many CIs are lost, those that it began with included.
func (i *Impact) Len() int { return len(i.fall.queue) }

// Steps is how many steps the loss takes, the first included; 0: nothing is lost.
func (i *Impact) Steps() int { return int(i.fall.steps) }

// Has reports whether a CI is lost.
func (i *Impact) Has(ci uuid.UUID) bool {
	_, lost := i.Distance(ci)
	return lost
}

// Distance is after how many steps a CI is lost, 0 for one that it began with; false:
// it is not.
func (i *Impact) Distance(ci uuid.UUID) (int, bool) {
	v := i.g.find(ci)
	if v == none || i.fall.at.get(v) == 0 {
		return 0, false
	}
	return int(i.fall.at.get(v)) - 1, true
}

// Lost lists what is lost, by distance, then by id.
func (i *Impact) Lost() []uuid.UUID { return i.g.ids(i.fall.queue) }

// All yields what is lost and why, in the order of [Impact.Lost].
func (i *Impact) All() iter.Seq[Loss] {
	return func(yield func(Loss) bool) {
		for _, v := range i.fall.queue {
			if !yield(i.loss(v)) {
				return
			}
		}
	}
}

// Services lists the services that are lost, and why, in the order of [Impact.Lost].
func (i *Impact) Services() []Loss {
	var list []Loss
	for _, v := range i.fall.queue {
		if i.g.isService(v) {
			list = append(list, i.loss(v))
		}
	}
	return list
}

// Loss is one CI that is lost, and why.
type Loss struct {
	CI       uuid.UUID
	Distance int        // after how many steps; 0: it began with it
	Supplier uuid.UUID  // whose loss was the last that it took; none at the beginning
	Link     Link       // by which it needs it
	Group    GroupState // the group that the supplier is in, unless it needs all of it; as it was then
}

// GroupState is what is left of a group of which a CI needs some, or of the suppliers
// that it needs softly: these have no name, and it needs none of them.
type GroupState struct {
	CI    uuid.UUID
	Need  Need
	Size  int         // how many suppliers there are
	Lost  []uuid.UUID // of them, by id
	Links []Link      // by which it needs each of these: of several the one with the smallest id
}

// Soft reports whether it is the suppliers that the CI needs softly, see [Link].
func (s GroupState) Soft() bool { return s.Need.Group == "" && s.Size > 0 }

// Left is how many of the group work.
func (s GroupState) Left() int { return s.Size - len(s.Lost) }

// Loss says why a CI is lost; false: it is not. Of several suppliers that were lost
// in the step before it is one that is needed by itself, and among such the one
// with the smallest id; else one of the first group by name of which too few were
// left then.
func (i *Impact) Loss(ci uuid.UUID) (Loss, bool) {
	v := i.g.find(ci)
	if v == none || i.fall.at.get(v) == 0 {
		return Loss{}, false
	}
	return i.loss(v), true
}

func (i *Impact) loss(v uint32) Loss {
	step := i.fall.at.get(v)
	l := Loss{CI: i.g.id(v), Distance: int(step) - 1}
	if step == 1 {
		return l
	}
	suppliers := i.g.suppliers(v)
	by := none // the place of the supplier
	for at, s := range suppliers {
		if i.fall.at.get(s.node) == step-1 && (s.group == 0 || i.g.group(s.group-1).spare() == 0) {
			by = uint32(at)
			break
		}
	}
	if by == none {
		for _, p := range i.g.groupsOf(v) {
			spare, lost := int(i.g.group(p).spare()), i.lostOf(suppliers, p, step)
			if spare == 0 || len(lost) <= spare { // of those needed softly none is one too many
				continue
			}
			by = uint32(slices.IndexFunc(suppliers, func(s supplier) bool {
				return s.group == p+1 && i.fall.at.get(s.node) == step-1
			}))
			l.Group = i.state(p, lost)
			break
		}
	}
	l.Supplier, l.Link = i.g.id(suppliers[by].node), i.g.linkOf(v, suppliers[by])
	return l
}

// lostOf lists the suppliers of a group that are lost before a step.
func (i *Impact) lostOf(suppliers []supplier, group, step uint32) []supplier {
	var lost []supplier
	for _, s := range suppliers {
		if s.group != group+1 || len(lost) > 0 && lost[len(lost)-1].node == s.node {
			continue
		}
		if at := i.fall.at.get(s.node); at > 0 && at < step {
			lost = append(lost, s)
		}
	}
	return lost
}

func (i *Impact) state(group uint32, lost []supplier) GroupState {
	s := i.g.groupState(group)
	for _, l := range lost {
		s.Lost, s.Links = append(s.Lost, i.g.id(l.node)), append(s.Links, i.g.linkOf(i.g.group(group).ci, l))
	}
	return s
}

// groupState is a group of which nothing is lost.
func (g *Graph) groupState(group uint32) GroupState {
	p := g.group(group)
	return GroupState{CI: g.id(p.ci), Need: Need{p.name, int(p.need)}, Size: int(p.size)}
}

// Chain lists the losses that lead to that of a CI, from one that it began with to
// the CI itself; nil: it is not lost. There is no shorter one. Where a group was
// too small, the chain follows the last that it took; why the others were lost,
// their own chains say.
func (i *Impact) Chain(ci uuid.UUID) []Loss {
	l, lost := i.Loss(ci)
	if !lost {
		return nil
	}
	chain := make([]Loss, l.Distance+1)
	for at := l.Distance; ; at-- {
		chain[at] = l
		if at == 0 {
			return chain
		}
		l, _ = i.Loss(l.Supplier)
	}
}

// Degraded lists the groups of which some are lost, but not too many, of CIs that are
// not lost, and the suppliers they need softly of which some are lost: by CI, then by
// the name of the group, those needed softly first. What needs a degraded CI is not
// degraded by that.
func (i *Impact) Degraded() []GroupState {
	if len(i.fall.touched) == 0 {
		return nil
	}
	var groups []uint32
	for _, p := range i.fall.touched {
		if i.fall.at.get(i.g.group(p).ci) == 0 {
			groups = append(groups, p)
		}
	}
	slices.SortFunc(groups, i.g.compareGroups)
	list := make([]GroupState, len(groups))
	for at, p := range groups {
		list[at] = i.state(p, i.lostOf(i.g.suppliers(i.g.group(p).ci), p, none))
	}
	return list
}
