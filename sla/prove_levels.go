package sla

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// longLadder is the most firings of a clock that need no warning.
const longLadder = 100

// MostFirings is how often the levels of the target, well formed, fire at most for
// one clock: each once, and as often as it repeats. So every ladder ends.
func (t *Target) MostFirings() int {
	n := 0
	for i := range t.Levels {
		n += 1 + max(t.Levels[i].Repeat.Times, 0)
	}
	return n
}

// MostFirings is how often levels fire at most for one clock of a metric. A clock
// may change from each of the targets to any other, and a level of the same name
// does not fire again then: of those the one counts that repeats most.
func (t *Terms) MostFirings(metric string) int {
	times := make(map[string]int)
	for i := range t.Targets {
		if t.Targets[i].Metric != metric {
			continue
		}
		for _, l := range t.Targets[i].Levels {
			times[l.Name] = max(times[l.Name], 1+l.Repeat.Times)
		}
	}
	n := 0
	for _, most := range times {
		n += most
	}
	return n
}

// longLadders warns of levels that fire often.
func (p *prover) longLadders(g *proofGroup) {
	report := func(target string, n int, w Witness) {
		p.report(g.version, Defect{Kind: LongLadder, Metric: g.metric.Name, Target: target, Witness: w,
			Problem: fmt.Sprintf("its levels fire up to %d times for one clock; more than %d are seldom meant", n, longLadder)})
	}
	long := false
	var first *proofRule
	for _, r := range g.rules {
		if r.hidden {
			continue
		}
		if first == nil {
			first = r
		}
		if n := r.target.MostFirings(); n > longLadder {
			long = true
			report(r.target.Name, n, r.first)
		}
	}
	if n := g.version.terms.MostFirings(g.metric.Name); !long && first != nil && n > longLadder {
		report("", n, first.first)
	}
}

// levels asks about the ladder of a target.
func (p *prover) levels(r *proofRule) {
	for i := range r.levels {
		l := &r.levels[i]
		report := func(k DefectKind, other, format string, args ...any) {
			p.report(r.version, Defect{Kind: k, Metric: r.metric.Name, Target: r.target.Name, Level: l.Name, Other: other,
				Problem: fmt.Sprintf(format, args...), Witness: r.first})
		}
		if r.isTooEarly(l) {
			report(TooEarly, "", "%v before the due time is before the start, as the goal is %v; it fires once the clock runs", -l.offset, r.within)
		}
		for j := range r.levels[:i] {
			if o := &r.levels[j]; r.together(o, l) {
				report(SamePoint, o.Name, "both are reached at the same point")
				break
			}
		}
		for j := range r.levels[:i] {
			if o := &r.levels[j]; r.isBefore(l, o) {
				report(OutOfOrder, o.Name, "it is listed after that, but reached before it")
				break
			}
		}
		if o := r.passed(l); o != nil {
			report(RepeatsPast, o.Name, "it repeats %d times every %v, and that is reached in between", l.times-1, l.every)
		}
	}
}

// isTooEarly reports whether a level lies before any start of the clock. A target
// with a deadline has no goal to go by; nor has an offset in wall time, but where all
// time counts.
func (r *proofRule) isTooEarly(l *level) bool {
	return r.within != 0 && l.offset < 0 && -l.offset > r.within && (!l.Wall || r.calendar.isAlways())
}

// neverReached reports the levels of a target whose metric pauses whenever a clock
// lives, whatever the work: nothing ever elapses. Time before the first event, which
// counts where clocks begin in the past, must not be there; nor deadlines, by which a
// goal may be none.
func (p *prover) neverReached(r *proofRule) {
	if r.within == 0 || r.metric.Since != "" {
		return
	}
	if _, found := p.satisfy(r.version, r.place(), All(Not(r.metric.Stop), Not(r.metric.Pause))); found {
		return
	}
	for i := range r.levels {
		if l := &r.levels[i]; l.Wall || l.threshold(r.within, 0) > 0 {
			p.report(r.version, Defect{Kind: NeverReached, Metric: r.metric.Name, Target: r.target.Name, Level: l.Name,
				Problem: "clocks of the metric pause all the time, so that nothing elapses", Witness: r.first})
		}
	}
}

// measure is what points of a ladder are compared in.
type measure int

const (
	inTime  measure = iota // that elapses: from the start if the goal is known, else from the due time
	inShare                // of a goal that is not known
	inWall                 // wall time from the due time
)

// point is where a level first fires.
func (r *proofRule) point(l *level) (measure, decimal.Decimal) {
	of := func(d time.Duration) decimal.Decimal { return decimal.NewFromInt(int64(d)) }
	switch {
	case l.Wall:
		return inWall, of(l.offset)
	case r.within != 0:
		return inTime, of(l.threshold(r.within, 0))
	case l.share.IsZero():
		return inTime, of(l.offset)
	case l.share.Equal(hundred()):
		return inTime, of(0)
	}
	return inShare, l.share
}

// together reports whether two levels are certainly reached at the same point. The
// due time is the same in wall time.
func (r *proofRule) together(a, b *level) bool {
	m, x := r.point(a)
	n, y := r.point(b)
	return m == n && x.Equal(y) || r.isDue(a) && r.isDue(b)
}

func (r *proofRule) isDue(l *level) bool {
	m, x := r.point(l)
	return x.IsZero() && m != inShare && (m == inWall || r.within == 0) || m == inTime && r.within != 0 && x.Equal(decimal.NewFromInt(int64(r.within)))
}

// isBefore reports whether a level is certainly reached before another one.
func (r *proofRule) isBefore(a, b *level) bool {
	m, x := r.point(a)
	n, y := r.point(b)
	return m == n && x.LessThan(y)
}

// passed is the first of the levels that are reached after a level and before it is
// repeated for the last time.
func (r *proofRule) passed(l *level) *level {
	m, x := r.point(l)
	if l.times == 1 || m == inShare {
		return nil
	}
	last := x.Add(decimal.NewFromInt(int64(l.every)).Mul(decimal.NewFromInt(int64(l.times - 1))))
	var first *level
	for i := range r.levels {
		o := &r.levels[i]
		if n, y := r.point(o); n == m && y.GreaterThan(x) && y.LessThan(last) && (first == nil || r.isBefore(o, first)) {
			first = o
		}
	}
	return first
}
