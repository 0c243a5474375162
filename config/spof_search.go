package config

import (
	"cmp"
	"slices"
)

// support is all that a goal needs at any distance, with local numbers: what a
// search for single points of failure walks on.
type support struct {
	g     *Graph
	list  []uint32 // CIs; the goal may be none and is then the last, beyond the list
	goal  uint32
	needs arcs // of each its suppliers, those of the same group side by side
	needy arcs // of each who needs it
	spare []uint32
	size  []uint32

	work  *int   // CIs that may still be looked at; nil: without limit
	point []bool // whose loss is known to lose the goal with what is lost: that of itself first

	loss
	round     uint32
	chosen    []uint32 // in which round a CI was chosen
	choice    []uint32 // in the last round
	candidate []bool   // all false between two searches
}

// arcs are the neighbours of all local CIs.
type arcs struct {
	start []uint32
	list  []arc
}

type arc struct {
	node  uint32
	group uint32 // local and one, of groups that have some to spare; 0: needed by itself
}

func (a *arcs) of(v uint32) []arc { return a.list[a.start[v]:a.start[v+1]] }

// need is one thing that a CI needs.
type need struct{ node, group uint32 }

// eachNeed goes through what a CI needs and not only softly; a supplier may come
// several times.
func (g *Graph) eachNeed(v uint32, do func(need)) {
	for _, in := range []bool{false, true} {
		row, carries := g.out(v), ToFirst
		if in {
			row, carries = g.in(v), ToSecond
		}
		for i, w := range row.node {
			l := g.label(row.labelAt(i))
			if g.model.types[l.typ].Carries != carries {
				continue
			}
			if l.soft {
				continue // nothing falls with it
			}
			p := g.groupFor(v, l)
			if p != none && g.group(p).spare() == 0 {
				p = none
			}
			do(need{w, p + 1})
		}
	}
}

// supportOf is what a CI needs.
func (g *Graph) supportOf(v uint32, work *int) *support {
	s := &support{g: g, work: work}
	s.collect([]uint32{v}, nil)
	s.prepare()
	return s
}

// supportOfGroup is what a group needs: the goal is that enough of it are left.
func (g *Graph) supportOfGroup(group uint32) *support {
	s := &support{g: g}
	var members []need
	g.eachNeed(g.group(group).ci, func(n need) {
		if n.group == group+1 {
			members = append(members, n)
		}
	})
	var first []uint32
	for _, m := range members {
		first = append(first, m.node)
	}
	s.collect(first, members)
	s.prepare()
	return s
}

// collect walks to all suppliers. What the goal needs is given unless it is the
// first CI.
func (s *support) collect(first []uint32, goal []need) {
	local, groups := newTally(s.g.size()), newTally(s.g.groupCount())
	enter := func(v uint32) uint32 {
		if local.get(v) == 0 {
			s.list = append(s.list, v)
			local.set(v, uint32(len(s.list)))
		}
		return local.get(v) - 1
	}
	for _, v := range first {
		enter(v)
	}
	var row []arc
	add := func(n need) {
		a := arc{node: enter(n.node)}
		if n.group > 0 {
			if groups.get(n.group-1) == 0 {
				s.spare = append(s.spare, s.g.group(n.group-1).spare())
				s.size = append(s.size, s.g.group(n.group-1).size)
				groups.set(n.group-1, uint32(len(s.spare)))
			}
			a.group = groups.get(n.group - 1)
		}
		row = append(row, a)
	}
	s.needs.start = []uint32{0}
	finish := func() {
		slices.SortFunc(row, func(a, b arc) int { return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.node, b.node)) })
		s.needs.list = append(s.needs.list, slices.Compact(row)...)
		s.needs.start = append(s.needs.start, uint32(len(s.needs.list)))
		row = row[:0]
	}
	for i := 0; i < len(s.list); i++ {
		s.g.eachNeed(s.list[i], add)
		finish()
	}
	s.look(len(s.list))
	if goal != nil {
		s.goal = uint32(len(s.list))
		groups.set(goal[0].group-1, 0) // counts apart from that of the CI, which may be among its own suppliers
		for _, m := range goal {
			add(m)
		}
		finish()
	}
}

// prepare makes room for a search over the needs.
func (s *support) prepare() {
	n := len(s.needs.start) - 1
	s.turn(n)
	s.chosen, s.point, s.candidate = make([]uint32, n), make([]bool, n), make([]bool, n)
	s.loss = loss{lost: make([]bool, n), hits: make([]uint32, len(s.size))}
	s.point[s.goal] = true
}

// look counts CIs that are looked at.
func (s *support) look(n int) {
	if s.work != nil {
		*s.work -= n
	}
}

// spent reports whether no more may be looked at.
func (s *support) spent() bool { return s.work != nil && *s.work <= 0 }

// turn finds who needs each.
func (s *support) turn(n int) {
	s.needy = arcs{make([]uint32, n+1), make([]arc, len(s.needs.list))}
	next := s.needy.start[1:]
	for _, a := range s.needs.list {
		next[a.node]++
	}
	sum := uint32(0)
	for v, k := range next {
		next[v], sum = sum, sum+k
	}
	for v := range uint32(n) {
		for _, a := range s.needs.of(v) {
			s.needy.list[next[a.node]] = arc{v, a.group}
			next[a.node]++
		}
	}
}

// lose loses a CI that is not lost, and what cannot do without it and what is lost
// already, until that is one whose loss is known to lose the goal, which it reports.
func (s *support) lose(v uint32) (point bool) {
	i := len(s.queue)
	from := i
	for s.add(v); i < len(s.queue) && !point; i++ {
		for _, a := range s.needy.of(s.queue[i]) {
			if s.lost[a.node] || a.group > 0 && s.hit(a.group-1) <= s.spare[a.group-1] {
				continue
			}
			s.add(a.node)
			if s.point[a.node] {
				point = true
				break
			}
		}
	}
	s.look(i - from)
	return point
}

// choose finds CIs that keep the goal up without what is lost: of each group as many
// as it takes, if possible such as are no candidates. What is chosen is marked with the
// round.
func (s *support) choose(candidate []bool) (chosen []uint32) {
	s.round++
	chosen = s.choice[:0]
	take := func(v uint32) {
		s.chosen[v] = s.round
		chosen = append(chosen, v)
	}
	take(s.goal)
	for i := 0; i < len(chosen); i++ {
		row := s.needs.of(chosen[i])
		for len(row) > 0 {
			group := row[0].group
			if group == 0 {
				if v := row[0].node; s.chosen[v] != s.round {
					take(v)
				}
				row = row[1:]
				continue
			}
			n := 1
			for n < len(row) && row[n].group == group {
				n++
			}
			wanted := int(s.size[group-1] - s.spare[group-1])
			for pass := range 3 {
				for _, a := range row[:n] {
					if wanted == 0 {
						break
					}
					switch in := s.chosen[a.node] == s.round; {
					case pass == 0 && in:
						wanted--
					case pass == 0 || in || s.lost[a.node] || pass == 1 && candidate[a.node]:
					default:
						take(a.node)
						wanted--
					}
				}
			}
			row = row[n:]
		}
	}
	s.look(len(chosen))
	s.choice = chosen
	return chosen
}

// certain goes through what a CI needs by chains that have nothing to spare any more,
// not again behind what is not fresh.
func (s *support) certain(v uint32, fresh func(uint32) bool) {
	for stack := []uint32{v}; len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, a := range s.needs.of(v) {
			spare := a.group > 0 && s.hits[a.group-1] < s.spare[a.group-1]
			if !spare && !s.lost[a.node] && fresh(a.node) {
				stack = append(stack, a.node)
			}
		}
	}
}

// points lists, in no order, the CIs whose loss loses the goal with what is lost
// already, but not the goal itself; of those that may be, if it is given, and perhaps
// others. They are marked as points. Undecided are CIs that it did not get to before
// the work was spent.
//
// Whatever a chain of needs leads to that has nothing to spare is one. Any other must
// be in every set of CIs that keeps the goal up: so it starts with one such set, and
// each candidate is lost in turn. If that loses the goal, or what does, it is one; else
// nothing that is lost with it is. Then there is also another set that keeps the goal
// up, and what that does without is none either, which is most of those that are left.
// One is looked for when as much was looked at since the last as that took, so that all
// takes about as long as the quicker of the two ways; and what is lost is the farthest
// candidate or the nearest, whichever took less so far, as the farthest loses most, and
// the nearest gets to a known one first.
func (s *support) points(may []bool) (found, undecided []uint32) {
	prefer := may
	if may == nil {
		prefer = s.candidate
	}
	first := s.choose(prefer)
	open := make([]uint32, 0, len(first))
	for _, v := range first {
		if !s.point[v] && (may == nil || may[v]) {
			open = append(open, v)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	for _, v := range open {
		s.candidate[v] = true
	}
	defer func(all []uint32) {
		for _, v := range all {
			s.candidate[v] = false
		}
	}(slices.Clone(open))
	take := func(v uint32) bool {
		fresh := !s.point[v]
		if fresh {
			s.point[v], found = true, append(found, v)
		}
		return fresh
	}
	s.certain(s.goal, take)
	before := s.mark()
	var looked [2]int                        // at what fell with the farthest, and with the nearest
	since, another := len(first), len(first) // what was looked at since another set, and for it
	for len(open) > 0 {
		v, side := open[len(open)-1], 0
		if looked[0] > looked[1] {
			v, side = open[0], 1
			open = open[1:]
		} else {
			open = open[:len(open)-1]
		}
		if s.point[v] || !s.candidate[v] {
			continue
		}
		if s.spent() {
			undecided = append(undecided, v)
			continue
		}
		point := s.lose(v)
		lost := s.queue[before.queue:]
		looked[side] += len(lost)
		since += len(lost)
		if !point {
			for _, w := range lost {
				s.candidate[w] = false
			}
			if since >= another {
				since, another = 0, len(s.choose(s.candidate))
				kept := open[:0]
				for _, w := range open {
					if s.chosen[w] == s.round && s.candidate[w] {
						kept = append(kept, w)
					} else {
						s.candidate[w] = false
					}
				}
				open = kept
			}
		}
		s.takeBack(before)
		if point {
			take(v)
			s.certain(v, take)
		}
	}
	return found, undecided
}

// forget makes points such as are not known to be.
func (s *support) forget(points []uint32) {
	for _, v := range points {
		s.point[v] = false
	}
}
