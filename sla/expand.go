package sla

import (
	"cmp"
	"math"
	"slices"
)

// A calendar is expanded once, when it is made, into pieces of time. Most follow
// the weekly pattern at one offset from UTC; around special dates, and where a
// clock that is put back blurs a window's boundary, they are open or closed as a
// whole. With the open seconds before each piece, any question is one search and
// one sum.

// kind is how a piece is open.
type kind int32

const (
	weekly kind = iota // as the pattern says
	closed
	open
)

// rule is the kind of a piece and its offset from UTC.
type rule int32

func newRule(k kind, offset int32) rule { return rule(offset<<2 | int32(k)) }
func (r rule) kind() kind               { return kind(r & 3) }
func (r rule) offset() int64            { return int64(r >> 2) }

// pieces is all of time. The first piece reaches back to its beginning; after the
// last everything goes on as there, or repeats lap after lap.
type pieces struct {
	start []int64 // seconds since 1970
	base  []int64 // what to add to the open seconds that the rule counts
	rule  []rule
	week  *pattern

	lap    lap
	perLap int64 // open seconds
	atLap  int64 // open seconds before the first lap

	// signpost is, for each stretch of time since the first start, the piece that
	// it begins in.
	signpost []int32
}

// signpostBits makes the stretches about a year long.
const signpostBits = 25

// stretch is a span of time, in seconds since 1970.
type stretch struct{ from, to int64 }

// expander builds pieces.
type expander struct {
	plan *plan
	zone *zone
	pieces
}

func expand(p *plan, z *zone) pieces {
	e := expander{plan: p, zone: z}
	e.week = newPattern(&p.week)
	e.lap = z.lap()
	irregular := e.irregular()

	room, first := 2*len(irregular)+1, int64(0)
	for c := range z.changes(e.lap.end) {
		room++
		first = min(first, c.at-1)
	}
	if len(irregular) > 0 {
		first = min(first, irregular[0].from-1)
	}
	e.start, e.base, e.rule = make([]int64, 0, room), make([]int64, 0, room), make([]rule, 0, room)
	e.add(first, weekly, int32(z.season(first).offset))
	done := int64(math.MinInt64)
	irregularUntil := func(sec int64) {
		for len(irregular) > 0 && irregular[0].from < sec {
			done = irregular[0].to
			e.irregularly(irregular[0])
			e.add(done, weekly, int32(z.season(done).offset))
			irregular = irregular[1:]
		}
	}
	for c := range z.changes(e.lap.end) {
		irregularUntil(c.at)
		if c.at > done {
			e.add(c.at, weekly, c.to)
		}
	}
	irregularUntil(math.MaxInt64)
	e.finish()
	return e.pieces
}

// add begins a piece.
func (e *expander) add(at int64, k kind, offset int32) {
	if k == weekly && e.week.always() {
		k = open
	}
	if k != weekly {
		offset = 0
	}
	before, last := int64(0), len(e.start)-1
	if last >= 0 {
		if e.rule[last] == newRule(k, offset) {
			return
		}
		before, _ = e.within(last, at)
		if e.start[last] == at { // it has no length
			e.start, e.base, e.rule = e.start[:last], e.base[:last], e.rule[:last]
		}
	}
	e.start, e.base, e.rule = append(e.start, at), append(e.base, 0), append(e.rule, newRule(k, offset))
	e.base[len(e.base)-1] = before - e.before(len(e.base)-1)
}

// irregularly adds the pieces of a stretch from all windows that reach into it.
func (e *expander) irregularly(s stretch) {
	e.add(s.from, closed, 0)
	for _, w := range e.windows(s) {
		e.add(w.from, open, 0)
		e.add(w.to, closed, 0)
	}
}

// windows is when the calendar is open within a stretch.
func (e *expander) windows(s stretch) []stretch {
	var list []stretch
	day := dayOf(s.from-e.zone.reach) - 2
	for ; day.midnight() <= s.to+e.zone.reach; day++ {
		for _, w := range e.plan.on(day) {
			from := max(s.from, e.zone.firstAt(day.midnight()+int64(w.from)))
			to := min(s.to, e.zone.lastAt(day.midnight()+int64(w.to)))
			if from >= to {
				continue
			}
			if last := len(list) - 1; last >= 0 && from <= list[last].to {
				list[last].to = max(list[last].to, to)
			} else {
				list = append(list, stretch{from, to})
			}
		}
	}
	return list
}

// irregular is where the weekly pattern does not tell what is open, in order.
func (e *expander) irregular() []stretch {
	list := make([]stretch, 0, len(e.plan.specials))
	for _, s := range e.plan.specials {
		usual := e.plan.week[s.day.weekday()]
		if slices.Equal(s.spans, usual) {
			continue
		}
		end := max(daySeconds, endOf(s.spans), endOf(usual)) // over midnight too
		from, to := e.zone.firstAt(s.day.midnight()), e.zone.lastAt(s.day.midnight()+end)
		if from < to { // the clock shows this date
			list = append(list, stretch{from, to})
		}
	}
	list = append(list, e.blurred()...)
	slices.SortFunc(list, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	joined := list[:0]
	for _, s := range list {
		if last := len(joined) - 1; last >= 0 && s.from <= joined[last].to {
			joined[last].to = max(joined[last].to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// endOf is where the last of the windows of a day ends.
func endOf(spans []span) int64 {
	if len(spans) == 0 {
		return 0
	}
	return int64(spans[len(spans)-1].to)
}

// blurred is where the clock shows times twice and one of them is a boundary: an
// opening then means the first of them and a closing the last. A gap needs no such
// care: what it skips is neither open nor closed.
func (e *expander) blurred() []stretch {
	var list []stretch
	const near = 3 * daySeconds
	before := int64(earliest)
	for c := range e.zone.changes(e.lap.end) {
		back := int64(c.from - c.to)
		if c.at-before < near {
			list = append(list, stretch{before - near, c.at + near}) // whatever two changes do together
		} else if back > 0 && !e.week.steady(c.at+int64(c.to), c.at+int64(c.from)) {
			list = append(list, stretch{c.at - back, c.at + back})
		}
		before = c.at
	}
	return list
}

// finish adds what makes searching quick and lets laps repeat.
func (e *expander) finish() {
	last := len(e.start) - 1
	posts := (e.start[last]-e.start[0])>>signpostBits + 2
	e.signpost = make([]int32, posts)
	piece := int32(0)
	for i := range e.signpost {
		for int(piece) < last && e.start[piece+1] <= e.start[0]+int64(i)<<signpostBits {
			piece++
		}
		e.signpost[i] = piece
	}
	if e.rule[last].kind() == open { // around the clock, and nothing changes any more
		e.lap = noLap()
	} else if e.lap != noLap() {
		e.atLap, _ = e.at(e.lap.begin)
		end, _ := e.within(last, e.lap.end)
		e.perLap = end - e.atLap
	}
}
