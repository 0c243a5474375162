package sla

import "math"

// at is the open seconds before an instant, counted from the start of the first
// piece, and whether it is open then.
func (p *pieces) at(sec int64) (int64, bool) {
	sec, laps := p.lap.fold(sec)
	count, isOpen := p.within(p.piece(sec), sec)
	return count + laps*p.perLap, isOpen
}

// within is at, for an instant that lies in piece i or where it ends.
func (p *pieces) within(i int, sec int64) (int64, bool) {
	switch r := p.rule[i]; r.kind() {
	case closed:
		return p.base[i], false
	case open:
		return p.base[i] + sec, true
	default:
		count, isOpen := p.week.count(sec + r.offset())
		return p.base[i] + count, isOpen
	}
}

// before is the open seconds before piece i.
func (p *pieces) before(i int) int64 {
	count, _ := p.within(i, p.start[i])
	return count
}

// piece is the number of the piece that an instant of the table lies in.
func (p *pieces) piece(sec int64) int {
	post := max((sec-p.start[0])>>signpostBits, 0)
	if post >= int64(len(p.signpost)-1) {
		return len(p.start) - 1
	}
	low, high := int(p.signpost[post]), int(p.signpost[post+1])
	for low < high {
		middle := int(uint(low+high+1) >> 1)
		if p.start[middle] <= sec {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// second is the instant at which the open second begins that has so many before
// it. The answer is near the guess, if that is a good one.
func (p *pieces) second(count, guess int64) int64 {
	laps := int64(0)
	if p.perLap > 0 && count >= p.atLap+p.perLap {
		laps = (count - p.atLap) / p.perLap
		count -= laps * p.perLap
		guess -= laps * lapSeconds
	}
	i := p.holding(count, p.piece(min(guess, p.lap.end-1)))
	sec := count - p.base[i]
	if r := p.rule[i]; r.kind() == weekly {
		sec = p.week.find(sec) - r.offset()
	}
	return sec + laps*lapSeconds
}

// holding is the piece that has the open second with so many before it. It looks
// further and further away from the guess.
func (p *pieces) holding(count int64, guess int) int {
	low, high := guess, guess+1 // the answer lies in [low, high)
	for step := 1; low > 0 && p.before(low) > count; step *= 2 {
		low, high = max(low-step, 0), low
	}
	for step := 1; high < len(p.start) && p.before(high) <= count; step *= 2 {
		low, high = high, min(high+step, len(p.start))
	}
	for high-low > 1 {
		middle := int(uint(low+high) >> 1)
		if p.before(middle) <= count {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// change says whether an instant is open, and until when that stays so at least;
// the end of time: for ever.
func (p *pieces) change(sec int64) (bool, int64) {
	folded, laps := p.lap.fold(sec)
	i := p.piece(folded)
	end := p.lap.end
	if i+1 < len(p.start) {
		end = p.start[i+1]
	}
	r := p.rule[i]
	isOpen := r.kind() == open
	if r.kind() == weekly {
		var more int64
		isOpen, more = p.week.change(folded + r.offset())
		end = min(end, folded+more)
	}
	if end == math.MaxInt64 {
		return isOpen, end
	}
	return isOpen, end + laps*lapSeconds
}
