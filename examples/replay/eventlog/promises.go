package eventlog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// promises judges what the agreement promised for the incidents of a log.
type promises struct {
	*agreement // nil: nothing was promised
	judge      *judge
	compliance *sla.ComplianceMeter
	disputed   []disputed  // in the order of the log
	worst      []candidate // of the breaches, the worst first
}

// newPromises prepares to judge the promises of a period.
func newPromises(j *judge, period sla.Period) (*promises, error) {
	a, err := j.t.mapping.agreed(j.t.rules)
	if a == nil || period.From.IsZero() {
		return &promises{}, err
	}
	compliance, err := sla.NewComplianceMeter(a.book, period, &sla.ComplianceOptions{
		By:          [][]sla.Dimension{{sla.ByMonth, sla.ByFact("priority")}, {sla.ByFact("priority")}},
		Percentiles: []int{90},
	})
	return &promises{agreement: a, judge: j, compliance: compliance}, err
}

// row notes what a row has changed.
func (p *promises) row(s *story, row *Row) {
	if p.agreement != nil {
		p.follow(s, p.judge.t.by(row))
	}
}

// incident judges what was promised for an incident, after its last row.
func (p *promises) incident(s *story, row *Row) (incident.Outcome, error) {
	if p.agreement == nil || len(s.course.moments) == 0 {
		return incident.Unpromised, nil
	}
	first := s.first()
	w, err := p.book.Track(itsm.RefTo(incident.Kind, first.ID), s.course.moments...)
	if err != nil {
		return "", fmt.Errorf("line %d: incident %s: %w", row.Line, p.judge.t.text(row, Incident), err)
	}
	if err := p.compliance.Add(&w); err != nil {
		return "", err
	}
	c := candidate{number: p.judge.t.text(row, Incident), row: row, incident: first, work: &w, promise: worstOf(&w)}
	p.compare(c)
	p.rank(c)
	return p.outcome(&w, row.At)
}

// outcome is what became of the promises, once that is decided: a goal has been
// exceeded, or all clocks have come to an end.
func (p *promises) outcome(w *sla.Work, at time.Time) (incident.Outcome, error) {
	outcome, open := incident.Unpromised, false
	for _, o := range w.Promises {
		clock, err := p.book.Clock(o)
		if err != nil {
			return "", err
		}
		if clock.At(at).Breached {
			return incident.Breached, nil
		}
		if o.IsMet() {
			outcome = incident.Met
		}
		open = open || o.Status.IsLive()
	}
	if open {
		return incident.Unpromised, nil
	}
	return outcome, nil
}

// compare sets what the log says beside the promises. Of an incident that became
// another than the target is for, the log answers by another goal.
func (p *promises) compare(c candidate) {
	theirs, said := p.judge.said(c.row, OracleMadeSLA)
	if !said || c.promise == nil {
		return
	}
	if !p.claims(c.work, c.promise) {
		p.judge.result.Outgrown++
		return
	}
	inTime, kept := true, true
	for i := range c.work.Promises {
		if o := &c.work.Promises[i]; o.IsFinished() {
			inTime, kept = inTime && o.Elapsed <= o.Goal, kept && o.IsMet()
		}
	}
	of := c.incident.Priority.String()
	p.judge.compare(c.row, OracleMadeSLA, of, strconv.FormatBool(inTime), theirs)
	p.judge.compare(c.row, OracleMadeSLA, of+breachStays, strconv.FormatBool(kept), theirs)
	if theirs != strconv.FormatBool(inTime) || theirs != strconv.FormatBool(kept) {
		p.disputed = append(p.disputed, disputed{c, inTime, theirs})
	}
}

// breachStays names the comparison in which a goal that was exceeded once was not
// kept, whatever the goal became later.
const breachStays = ": a breach stays (R33)"

// worstOf is the promise whose goal was exceeded by the most, or came closest to
// it; nil when none can be judged.
func worstOf(w *sla.Work) *sla.Promise {
	var found *sla.Promise
	for i := range w.Promises {
		p := &w.Promises[i]
		if p.IsFinished() && (found == nil || excess(p) > excess(found)) {
			found = p
		}
	}
	return found
}

// excess is by how much a goal was exceeded.
func excess(p *sla.Promise) time.Duration { return p.Elapsed - p.Goal }

// mostBreaches is how many of the worst breaches are explained.
const mostBreaches = 10

// rank keeps the incident if its promise is among the worst, of equal ones the
// first of the log.
func (p *promises) rank(c candidate) {
	if c.promise == nil || excess(c.promise) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(p.worst, c, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(excess(b.promise), excess(a.promise)), cmp.Compare(a.row.Line, b.row.Line))
	})
	if i < mostBreaches {
		p.worst = slices.Insert(p.worst, i, c)
		p.worst = p.worst[:min(len(p.worst), mostBreaches)]
	}
}

// finish adds to the result what all promises come to.
func (p *promises) finish() error {
	if p.agreement == nil {
		return nil
	}
	r := p.judge.result
	r.Compliance = figuresOnly(p.compliance.Compliance())
	keys := make(map[uint32]bool)
	for _, c := range p.disputed {
		keys[c.row.key] = true
	}
	for _, c := range p.worst {
		keys[c.row.key] = true
	}
	turns, err := p.judge.t.turns(keys)
	if err != nil {
		return err
	}
	for _, c := range p.disputed {
		c.turns = turns[c.row.key]
		d, err := p.disagreement(c)
		if err != nil {
			return err
		}
		r.Disagreements = append(r.Disagreements, d)
	}
	for _, c := range p.worst {
		c.turns = turns[c.row.key]
		b, err := p.breach(c)
		if err != nil {
			return err
		}
		r.Worst = append(r.Worst, b)
	}
	return nil
}

// figuresOnly is a report without its lists of clocks, which would be most of the
// result.
func figuresOnly(c *sla.Compliance) *sla.Compliance {
	cells := []*sla.Cell{&c.Cell}
	for _, by := range c.By {
		for i := range by.Cells {
			cells = append(cells, &by.Cells[i])
		}
	}
	for _, cell := range cells {
		cell.Missed = nil
	}
	return c
}
