package config

import "slices"

// diagnosing is a search for diagnoses. It walks on what the failed need, with a goal
// above them that is lost when enough of them are, so that diagnoses are the minimal
// sets which lose the goal.
type diagnosing struct {
	g        *Graph
	down, up []uint32
	enough   int // how many of the failed have to be explained
	limit    int // how many are listed; 0: all
	work     int // what is left of it

	s       *support // with the set that is looked into lost
	whole   *support // the same, nothing being lost
	may     []bool   // of local CIs: may be in a set
	checked []bool   // that it loses nothing that works by itself
	going   bool     // whether there are sets that explain too little yet
	fall    *fall    // the loss that was looked at last
	found   []Diagnosis
	left    int
}

// search finds all diagnoses of one CI, then of two, and so on.
func (d *diagnosing) search(most int) {
	d.s = d.supportOfFailed()
	d.checked = make([]bool, len(d.s.list))
	d.may = d.losable()
	d.nearestFirst()
	points := d.complete(nil)
	d.exclude(points) // larger sets with one of these could do with it alone
	d.s = d.s.folded(points)
	d.whole = d.s.another()
	for size := 2; size <= most && d.left == 0; size++ {
		d.going = false
		d.extend(nil, size-1)
		if !d.going {
			break
		}
	}
}

// extend looks for all diagnoses that begin with a set, which is lost, and have so many
// more CIs, and one.
//
// Each of them has a CI in every set of CIs that is enough to keep the goal up, for
// else it would not lose it. So it takes one such set, and goes on with each CI of it;
// those that it went on with before cannot be in what it finds next, or it would have
// found that before. These are the branches of Reiter's hitting-set tree.
func (d *diagnosing) extend(set []uint32, more int) {
	var points []uint32
	if len(set) > 0 {
		points = d.points()
	}
	done := d.exclude(points) // were found together with the set
	enough := slices.DeleteFunc(slices.Clone(d.s.choose(d.may)), func(v uint32) bool { return !d.may[v] })
	for _, v := range enough {
		if d.work <= 0 {
			d.left++
			continue
		}
		if !d.possible(v) {
			continue
		}
		done = append(done, d.exclude([]uint32{v})...)
		before := d.s.mark()
		d.s.lose(v)
		if next := append(slices.Clone(set), v); more == 1 {
			d.going = true
			d.complete(next)
		} else {
			d.extend(next, more-1)
		}
		d.s.takeBack(before)
	}
	d.s.forget(points)
	for _, v := range done {
		d.may[v] = true
	}
}

// exclude keeps CIs out of what is found next, and lists those that could have been in
// it.
func (d *diagnosing) exclude(list []uint32) (excluded []uint32) {
	for _, v := range list {
		if d.may[v] {
			d.may[v] = false
			excluded = append(excluded, v)
		}
	}
	return excluded
}

// points lists what loses the goal with what is lost already, the nearest first; none
// if nothing does that may be lost.
func (d *diagnosing) points() []uint32 {
	points, undecided := d.s.points(d.may)
	d.left += len(undecided)
	slices.Sort(points)
	return points
}

// complete makes diagnoses of a set that is lost and one CI each, and lists all that
// lose the goal with it.
func (d *diagnosing) complete(set []uint32) []uint32 {
	points := d.points()
	d.s.forget(points)
	for _, v := range points {
		switch {
		case !d.may[v]:
		case d.work <= 0:
			d.left++
		case len(set) == 0 || d.possible(v): // of one alone it is looked at anyway
			if all := append(slices.Clone(set), v); d.minimal(all) {
				d.diagnose(all)
			}
		}
	}
	return points
}

// minimal reports whether a set that loses the goal does not without any of its CIs,
// of which it does not without the last, nor with the last alone.
func (d *diagnosing) minimal(set []uint32) bool {
	if len(set) < 3 {
		return true
	}
	for i := range set[1:] {
		goal := false
		for j, v := range set {
			goal = goal || i != j && !d.whole.lost[v] && d.whole.lose(v)
		}
		d.whole.takeBack(mark{})
		if goal {
			return false
		}
	}
	return true
}

// possible reports whether a local CI that may be in a diagnosis loses nothing that
// works by itself; else it may not.
func (d *diagnosing) possible(v uint32) bool {
	if !d.checked[v] {
		d.checked[v] = true
		d.may[v] = len(d.up) == 0 || !d.losesWorking(d.s.list[v:v+1])
	}
	return d.may[v]
}

// losable tells which CIs no working one depends on by a chain of needs that have
// nothing to spare; those that others depend on are found when they are asked for.
func (d *diagnosing) losable() []bool {
	needed := newTally(d.g.size())
	stack := slices.Clone(d.up)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if needed.get(v) > 0 {
			continue
		}
		needed.set(v, 1)
		d.g.eachNeed(v, func(n need) {
			if n.group == 0 {
				stack = append(stack, n.node)
			}
		})
	}
	may := make([]bool, len(d.s.list)+1) // not the goal
	for i, v := range d.s.list {
		may[i] = needed.get(v) == 0
	}
	return may
}

// supportOfFailed is what the failed need, under a goal that needs so many of them
// that it is lost when enough are.
func (d *diagnosing) supportOfFailed() *support {
	s := &support{g: d.g, work: &d.work}
	s.collect(d.down, nil)
	s.goal = uint32(len(s.list))
	group := uint32(0)
	if d.enough > 1 {
		s.size, s.spare = append(s.size, uint32(len(d.down))), append(s.spare, uint32(d.enough-1))
		group = uint32(len(s.size))
	}
	for v := range uint32(len(d.down)) {
		s.needs.list = append(s.needs.list, arc{v, group})
	}
	s.needs.start = append(s.needs.start, uint32(len(s.needs.list)))
	s.prepare()
	return s
}

// nearestFirst lets the goal choose first, of the failed, which take the fewest CIs
// that may be lost to be kept up, as there are the fewest ways to go on; but not for
// more than half of the work.
func (d *diagnosing) nearestFirst() {
	goal, row, most := d.s.goal, d.s.needs.of(d.s.goal), d.work/2
	takes := make([]int, len(row))
	for i, a := range row {
		if d.work <= most {
			takes[i] = len(d.s.list)
			continue
		}
		d.s.goal = a.node
		for _, v := range d.s.choose(d.may) {
			if d.may[v] {
				takes[i]++
			}
		}
	}
	d.s.goal = goal
	slices.SortStableFunc(row, func(a, b arc) int { return takes[a.node] - takes[b.node] })
}

// folded is a support in which it is known what loses the goal by itself. Such a point
// is lost with the goal or not at all, so what points need besides each other the goal
// needs, and for the rest they are up; a group that has enough of them is no matter
// any more.
func (s *support) folded(points []uint32) *support {
	n := len(s.point)
	s.look(n)
	r := &support{g: s.g, work: s.work, list: s.list, goal: s.goal, spare: s.spare, size: slices.Clone(s.size)}
	up, reached := make([]bool, n), make([]bool, n)
	for _, v := range points {
		up[v] = true
		for _, a := range s.needy.of(v) {
			if a.group > 0 {
				r.size[a.group-1]--
			}
		}
	}
	matters := func(a arc) bool { return !up[a.node] && (a.group == 0 || r.size[a.group-1] > r.spare[a.group-1]) }
	reached[s.goal] = true
	for stack := append([]uint32{s.goal}, points...); len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, a := range s.needs.of(v) {
			if matters(a) && !reached[a.node] {
				reached[a.node] = true
				stack = append(stack, a.node)
			}
		}
	}
	add := func(v uint32) {
		for _, a := range s.needs.of(v) {
			if matters(a) {
				r.needs.list = append(r.needs.list, a)
			}
		}
	}
	r.needs.start = make([]uint32, 1, n+1)
	for v := range uint32(n) {
		if reached[v] {
			add(v)
		}
		if v == s.goal {
			for _, p := range points {
				add(p)
			}
		}
		r.needs.start = append(r.needs.start, uint32(len(r.needs.list)))
	}
	r.prepare()
	return r
}

// another is the same support, of which nothing is lost.
func (s *support) another() *support {
	r := *s
	r.prepare()
	return &r
}
