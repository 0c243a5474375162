package incident

import (
	"cmp"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// tally is the running counts of all incidents, or of a group of them.
type tally struct {
	key itsm.Value

	before     int64 // opened, and not ended, before the period
	duplicates int64
	majors     int64
	days       []dayCounts
	ages       []int64

	resolved             int64 // those measured: without duplicates
	assigned, first      int64
	reopened, reopens    int64
	reassigned, moves    int64
	promised, breached   int64
	response, resolution timesSum
	held                 []itsm.TotalTime // by the meter's reasons; shorter when the last are none
}

// dayCounts are the events of a day.
type dayCounts struct{ opened, resolved, closed, cancelled int32 }

// timesSum is how many times there are and their sums.
type timesSum struct {
	count              int64
	calendar, business itsm.TotalTime
}

func (s *timesSum) add(calendar, business time.Duration) {
	s.count++
	s.calendar, s.business = s.calendar.Plus(calendar), s.business.Plus(business)
}

func (m *Meter) newTally(key itsm.Value) *tally {
	return &tally{key: key, days: make([]dayCounts, m.days.Len()), ages: make([]int64, len(m.options.Ages)+1)}
}

// volumes counts what happened in the period.
func (t *tally) volumes(c *course) {
	if c.openedOn >= 0 {
		t.days[c.openedOn].opened++
		if c.major {
			t.majors++
		}
	} else if c.before {
		t.before++
	}
	if c.resolvedOn >= 0 {
		t.days[c.resolvedOn].resolved++
		if c.duplicate {
			t.duplicates++
		}
	}
	if c.closedOn >= 0 {
		t.days[c.closedOn].closed++
	}
	if c.cancelledOn >= 0 {
		t.days[c.cancelledOn].cancelled++
	}
	if c.bucket >= 0 {
		t.ages[c.bucket]++
	}
}

// rates counts an incident that was resolved in the period.
func (t *tally) rates(inc *Incident, outcome Outcome) {
	t.resolved++
	n := &inc.Counts
	if !inc.Times.Assigned.IsZero() {
		t.assigned++
		if n.Reassignments == 0 && n.Reopens == 0 {
			t.first++
		}
	}
	if n.Reopens > 0 {
		t.reopened++
		t.reopens += int64(n.Reopens)
	}
	if n.Reassignments > 0 {
		t.reassigned++
		t.moves += int64(n.Reassignments)
	}
	if outcome != Unpromised {
		t.promised++
	}
	if outcome == Breached {
		t.breached++
	}
}

// ranked are the percentiles of all times.
type ranked struct{ response, responseBusiness, resolution, resolutionBusiness spread }

// figures are those of a tally; of picks its percentiles from a spread.
func (m *Meter) figures(t *tally, of func(*spread) []itsm.Percentile, r *ranked) Figures {
	f := Figures{
		Duplicates: t.duplicates, Majors: t.majors, Before: t.before, Backlog: t.before,
		Days: make([]Day, 0, len(t.days)),

		Response:        m.spans(&t.response, of(&r.response), of(&r.responseBusiness)),
		Resolution:      m.spans(&t.resolution, of(&r.resolution), of(&r.resolutionBusiness)),
		FirstAssignment: itsm.Ratio{Num: t.first, Den: t.assigned},
		Reopened:        itsm.Ratio{Num: t.reopened, Den: t.resolved},
		Reopens:         itsm.Ratio{Num: t.reopens, Den: t.resolved},
		Reassigned:      itsm.Ratio{Num: t.reassigned, Den: t.resolved},
		Reassignments:   itsm.Ratio{Num: t.moves, Den: t.resolved},
		Breached:        itsm.Ratio{Num: t.breached, Den: t.promised},
	}
	for i, d := range t.days {
		day := Day{sla.Date(m.days.Name(i)), int64(d.opened), int64(d.resolved), int64(d.closed), int64(d.cancelled), 0}
		f.Opened += day.Opened
		f.Resolved += day.Resolved
		f.Closed += day.Closed
		f.Cancelled += day.Cancelled
		f.Backlog += day.Opened - day.Resolved - day.Cancelled
		day.Backlog = f.Backlog
		f.Days = append(f.Days, day)
	}
	from := time.Duration(0)
	for i, bound := range append(slices.Clone(m.options.Ages), 0) {
		f.Ages = append(f.Ages, Age{from, bound, t.ages[i]})
		from = bound
	}
	for i, reason := range m.reasons {
		h := HoldShare{Reason: reason, Open: t.resolution.calendar}
		if i < len(t.held) {
			h.Held = t.held[i]
		}
		f.Holds = append(f.Holds, h)
	}
	slices.SortFunc(f.Holds[len(HoldReasons()):], func(a, b HoldShare) int { return cmp.Compare(a.Reason, b.Reason) })
	return f
}

func (m *Meter) spans(s *timesSum, calendar, business []itsm.Percentile) Spans {
	both := Spans{Calendar: itsm.Spread{Count: s.count, Total: s.calendar, Percentiles: calendar}}
	if m.options.Calendar != nil {
		both.Business = itsm.Spread{Count: s.count, Total: s.business, Percentiles: business}
	}
	return both
}
