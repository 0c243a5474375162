package sla

import "slices"

// pattern is a week of opening hours on the wall clock, the same every week.
type pattern struct {
	total int64 // open seconds a week

	// The windows in order, those that touch made one, one over the end of the
	// week made two; then a last one that never opens. In seconds since Monday.
	opens  []int32
	closes []int32
	before []int32 // open seconds in the windows before

	// first is, for each stretch of the week, the first window that ends in it or
	// later.
	first [weekSeconds>>stretchBits + 1]uint16
}

const (
	stretchBits = 13 // stretches of two and a quarter hours

	// weeksBack is how many weeks before 1970 the weeks are counted from, so that
	// their number is never negative.
	weeksBack = 1 << 36

	// earliest and latest bound the instants a calendar tells apart: a thousand
	// million years. Nothing overflows between them.
	latest   = 1 << 55
	earliest = -latest
)

func newPattern(week *[7][]span) *pattern {
	windows := weekWindows(week)
	p := &pattern{
		opens:  make([]int32, 0, len(windows)+1),
		closes: make([]int32, 0, len(windows)+1),
		before: make([]int32, 0, len(windows)+1),
	}
	add := func(w span) {
		p.opens, p.closes, p.before = append(p.opens, w.from), append(p.closes, w.to), append(p.before, int32(p.total))
	}
	for _, w := range windows {
		add(w)
		p.total += int64(w.to - w.from)
	}
	add(span{weekSeconds, weekSeconds + 1})
	for i := range p.first {
		p.first[i] = uint16(p.after(0, int32(i)<<stretchBits))
	}
	return p
}

// weekWindows puts the windows of a week into one list.
func weekWindows(week *[7][]span) []span {
	var list, spill []span
	for day, spans := range week {
		for _, s := range spans {
			from, to := s.from+int32(day)*daySeconds, s.to+int32(day)*daySeconds
			if to > weekSeconds {
				spill = append(spill, span{0, to - weekSeconds})
				to = weekSeconds
			}
			list = append(list, span{from, to})
		}
	}
	return union(slices.Concat(spill, list))
}

// union makes windows, in order of their beginning, disjoint.
func union(windows []span) []span {
	var list []span
	for _, w := range windows {
		if last := len(list) - 1; last >= 0 && w.from <= list[last].to {
			list[last].to = max(list[last].to, w.to)
		} else {
			list = append(list, w)
		}
	}
	return list
}

// after is the first window from i on that ends after a second of the week.
func (p *pattern) after(i int, sec int32) int {
	for p.closes[i] <= sec {
		i++
	}
	return i
}

// locate splits the time on the wall clock into a number of weeks and the seconds
// since Monday.
func locate(wall int64) (weeks int64, sec int32) {
	const monday = 3 * daySeconds // 1 January 1970 was a Thursday
	n := uint64(wall + monday + weeksBack*weekSeconds)
	return int64(n / weekSeconds), int32(n % weekSeconds)
}

// unlocate is the inverse of locate.
func unlocate(weeks int64, sec int32) int64 {
	const monday = 3 * daySeconds
	return (weeks-weeksBack)*weekSeconds - monday + int64(sec)
}

// count is the open seconds before a time on the wall clock, from some beginning
// on, and whether it is open then.
func (p *pattern) count(wall int64) (int64, bool) {
	weeks, sec := locate(wall)
	i := p.after(int(p.first[sec>>stretchBits]), sec)
	inside := max(sec-p.opens[i], 0)
	return weeks*p.total + int64(p.before[i]+inside), sec >= p.opens[i]
}

// find is the inverse of count: when on the wall clock the open second begins that
// has so many before it.
func (p *pattern) find(count int64) int64 {
	weeks, rest := count/p.total, int32(count%p.total)
	i, found := slices.BinarySearch(p.before, rest)
	if !found {
		i--
	}
	return unlocate(weeks, p.opens[i]+rest-p.before[i])
}

// change says whether a time on the wall clock is open, and how many seconds that
// stays so at least.
func (p *pattern) change(wall int64) (bool, int64) {
	_, sec := locate(wall)
	i := p.after(int(p.first[sec>>stretchBits]), sec)
	if sec >= p.opens[i] {
		return true, int64(p.closes[i] - sec)
	}
	return false, int64(p.opens[i] - sec)
}

// always reports whether the week has no closed second.
func (p *pattern) always() bool { return p.total == weekSeconds }

// steady reports whether the pattern stays open, or stays closed, from a second
// before one time on the wall clock to a second after another.
func (p *pattern) steady(from, to int64) bool {
	from, to = from-1, to+1
	a, _ := p.count(from)
	b, _ := p.count(to)
	return b == a || b-a == to-from
}
