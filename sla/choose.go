package sla

import (
	"cmp"
	"slices"
	"time"
)

// Choice is the targets that claimed a piece of work in one slot, the best first:
// that which tells it from other work by most fields, then that which is due
// first, then by agreement, the newest version first, and target. The first is the
// one that was taken.
type Choice struct {
	At         time.Time   `json:"at"`
	Candidates []Candidate `json:"candidates"`
}

// Candidate is a target that claims a piece of work.
type Candidate struct {
	Agreement string    `json:"agreement"`
	Version   int       `json:"version"`
	Target    string    `json:"target"`
	Fields    []string  `json:"fields,omitempty"` // that its conditions, and those of its agreement, ask for
	Due       time.Time `json:"due"`              // counted from the clock's start, without pauses
}

// candidate is one while it is compared.
type candidate struct {
	*promised
	due time.Time
}

func (a candidate) compare(b candidate) int {
	return cmp.Or(
		cmp.Compare(len(b.fields), len(a.fields)), a.due.Compare(b.due),
		cmp.Compare(a.version.Agreement, b.version.Agreement), cmp.Compare(b.version.Number, a.version.Number),
		cmp.Compare(a.target.Name, b.target.Name))
}

// first is the target under which a clock begins in a slot.
func (t *tracker) first(s *slot) (*promised, bool) {
	return t.choose(s.rules, func(r *promised) (time.Time, bool) {
		since := r.since(t.at, t.after)
		return since, r.version.inForceThen(since, t.at) && r.metric.starts(t.before, t.after)
	})
}

// best is the target that now fits the work of a live clock: of the version that it
// began under, or of another agreement that was in force when the clock begins that
// takes over, or, once clocks were taken anew, then.
func (t *tracker) best(p *Promise, now *promised) (*promised, bool) {
	anew, opening := t.work.anew(p), t.work.opening(p)
	return t.choose(t.book.slots[now.slot].rules, func(r *promised) (time.Time, bool) {
		if r.version == now.version {
			return p.Started, true
		}
		if r.version.Agreement == p.Agreement || !r.metric.goesOn(t.before, t.after) {
			return time.Time{}, false
		}
		since := t.opening(r, opening)
		return since, r.version.inForceThen(laterOf(since, anew), t.at)
	})
}

// today is the target under which a clock is taken anew.
func (t *tracker) today(p *Promise, now *promised) (*promised, bool) {
	opening := t.work.opening(p)
	return t.choose(t.book.slots[now.slot].rules, func(r *promised) (time.Time, bool) {
		if !r.version.inForceThen(t.at, t.at) || !r.metric.goesOn(t.before, t.after) {
			return time.Time{}, false
		}
		return t.opening(r, opening), true
	})
}

// choose is the best of the targets that claim the work. May says whether one can
// be taken, and from when on its clock would count.
func (t *tracker) choose(rules []*promised, may func(*promised) (time.Time, bool)) (*promised, bool) {
	var found []candidate
	for _, r := range rules {
		if !r.claims(t.before, t.after) {
			continue
		}
		start, ok := may(r)
		if !ok {
			continue
		}
		if goal, ok := r.goal(start, t.after); ok {
			found = append(found, candidate{r, r.calendar.Add(start, goal)})
		}
	}
	if len(found) == 0 {
		return nil, false
	}
	if t.chose != nil {
		t.choice = choice(t.at, found)
	}
	return slices.MinFunc(found, candidate.compare).promised, true
}

func choice(at time.Time, found []candidate) Choice {
	slices.SortFunc(found, candidate.compare)
	c := Choice{At: at}
	for _, f := range found {
		c.Candidates = append(c.Candidates, Candidate{f.version.Agreement, f.version.Number, f.target.Name, slices.Clone(f.fields), f.due})
	}
	return c
}

// slot finds a slot by its key.
func (b *Book) slot(key slotKey) (int, bool) {
	return slices.BinarySearchFunc(b.slots, key, func(s slot, k slotKey) int { return s.compare(k) })
}
