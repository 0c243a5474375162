package incident_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// past is one incident as its events tell it; the naive figures know no record.
type past struct {
	opened, assigned, responded, resolved, closed, cancelled time.Time
	duplicate, major                                         bool
	group, service, priority                                 string
	moves, reopens                                           int
	held                                                     map[incident.HoldReason]time.Duration
}

// tell reads what the figures need from the events of an incident.
func tell(lc *itsm.Lifecycle[incident.Incident], events []itsm.Event[incident.Incident]) past {
	p := past{opened: events[0].Stamp.At, held: make(map[incident.HoldReason]time.Duration)}
	var solution *incident.Resolve
	var solved, entered, waits time.Time
	var reason incident.HoldReason
	took := func(group string, at time.Time) {
		if p.group != "" && group != p.group {
			p.moves++
		}
		if p.group = group; group != "" && p.assigned.IsZero() {
			p.assigned = at
		}
	}
	for _, e := range events {
		at := e.Stamp.At
		switch c := e.Command.(type) {
		case incident.Report:
			p.service, p.priority = c.Service.String(), c.Priority.String()
			took(c.Group, at)
		case incident.FollowUp:
			p.service, p.priority = c.Service.String(), c.Priority.String()
		case incident.Classify:
			p.priority = max(c.Override, c.Priority).String()
			if c.Override != 0 {
				p.priority = c.Override.String()
			}
			if !c.Service.IsZero() {
				p.service = c.Service.String()
			}
		case incident.Assign:
			took(c.Group, at)
		case incident.Acknowledge:
			if p.responded.IsZero() && !c.Automatic {
				p.responded = at
			}
		case incident.Start:
			if p.responded.IsZero() {
				p.responded = at
			}
		case incident.Correct:
			if c.Fact == incident.Responded {
				p.responded = c.To
			}
		case incident.Declare:
			p.major = true
		case incident.Demote:
			p.major = false
		case incident.Resolve:
			solution, solved = &c, at
		case incident.Reopen:
			solution = nil
			p.reopens++
		case incident.Hold:
			if reason != "" && reason != c.Reason {
				p.held[reason] += at.Sub(waits)
			}
			if reason != c.Reason {
				reason, waits = c.Reason, at
			}
		case AskApproval:
			reason, waits = "approval", at
		}
		if lc.Phase(e.To) != itsm.Paused && reason != "" {
			p.held[reason] += at.Sub(waits)
			reason = ""
		}
		if e.From != e.To {
			entered = at
		}
	}
	switch state := events[len(events)-1].To; lc.Phase(state) {
	case itsm.Done:
		if p.resolved = entered; solution != nil {
			p.resolved = solved
		}
	case itsm.Final:
		if p.cancelled = entered; solution != nil {
			p.resolved, p.closed, p.cancelled = solved, entered, time.Time{}
		}
	}
	p.duplicate = solution != nil && solution.DuplicateOf != uuid.Nil
	return p
}

// naively counts everything anew for each figure.
func naively(all []past, p sla.Period, o *incident.KPIOptions, outcome func(past) incident.Outcome) incident.Figures {
	before := func(t, end time.Time) bool { return !t.IsZero() && t.Before(end) }
	in := func(t time.Time) bool { return before(t, p.To) && !t.Before(p.From) }
	count := func(yes func(past) bool) (n int64) {
		for _, x := range all {
			if yes(x) {
				n++
			}
		}
		return n
	}
	openAt := func(end time.Time) int64 {
		return count(func(x past) bool {
			return before(x.opened, end) && !before(x.resolved, end) && !before(x.cancelled, end)
		})
	}
	counts := func(x past) bool { return !before(x.cancelled, p.To) && !(x.duplicate && before(x.resolved, p.To)) }
	measured := func(x past) bool { return counts(x) && in(x.resolved) }
	ratio := func(of, yes func(past) bool) itsm.Ratio {
		return itsm.Ratio{Num: count(func(x past) bool { return measured(x) && of(x) && yes(x) }), Den: count(func(x past) bool { return measured(x) && of(x) })}
	}
	any := func(past) bool { return true }
	sum := func(n func(past) int) (total int64) {
		for _, x := range all {
			if measured(x) {
				total += int64(n(x))
			}
		}
		return total
	}
	f := incident.Figures{
		Opened:     count(func(x past) bool { return in(x.opened) }),
		Resolved:   count(func(x past) bool { return in(x.resolved) }),
		Closed:     count(func(x past) bool { return in(x.closed) }),
		Cancelled:  count(func(x past) bool { return in(x.cancelled) }),
		Duplicates: count(func(x past) bool { return in(x.resolved) && x.duplicate }),
		Majors:     count(func(x past) bool { return in(x.opened) && x.major }),
		Before:     openAt(p.From), Backlog: openAt(p.To),
		FirstAssignment: ratio(func(x past) bool { return !x.assigned.IsZero() }, func(x past) bool { return x.moves == 0 && x.reopens == 0 }),
		Reopened:        ratio(any, func(x past) bool { return x.reopens > 0 }),
		Reopens:         itsm.Ratio{Num: sum(func(x past) int { return x.reopens }), Den: count(measured)},
		Reassigned:      ratio(any, func(x past) bool { return x.moves > 0 }),
		Reassignments:   itsm.Ratio{Num: sum(func(x past) int { return x.moves }), Den: count(measured)},
		Breached:        ratio(func(x past) bool { return outcome(x) != incident.Unpromised }, func(x past) bool { return outcome(x) == incident.Breached }),
	}
	for at := p.From; at.Before(p.To); { // date by date, step by step
		date, begin := sla.DateOf(at.In(p.Zone)), at
		for at.Before(p.To) && sla.DateOf(at.In(p.Zone)) == date {
			at = at.Truncate(hour / 2).Add(hour / 2)
		}
		end := at
		if end.After(p.To) {
			end = p.To
		}
		on := func(t time.Time) bool { return before(t, end) && !t.Before(begin) }
		f.Days = append(f.Days, incident.Day{
			Date: date, Opened: count(func(x past) bool { return on(x.opened) }), Resolved: count(func(x past) bool { return on(x.resolved) }),
			Closed: count(func(x past) bool { return on(x.closed) }), Cancelled: count(func(x past) bool { return on(x.cancelled) }), Backlog: openAt(end),
		})
	}
	spans := func(end func(past) time.Time, yes func(past) bool) incident.Spans {
		var calendar, business []time.Duration
		for _, x := range all {
			if yes(x) {
				calendar = append(calendar, end(x).Sub(x.opened))
				business = append(business, o.Calendar.Between(x.opened, end(x)))
			}
		}
		return incident.Spans{Calendar: naiveSpread(calendar, o.Percentiles), Business: naiveSpread(business, o.Percentiles)}
	}
	f.Response = spans(func(x past) time.Time { return x.responded }, func(x past) bool { return counts(x) && in(x.responded) })
	f.Resolution = spans(func(x past) time.Time { return x.resolved }, measured)
	bounds := slices.Concat([]time.Duration{0}, o.Ages, []time.Duration{0})
	for i := range len(bounds) - 1 {
		a := incident.Age{From: bounds[i], Below: bounds[i+1]}
		a.Count = count(func(x past) bool {
			age := p.To.Sub(x.opened)
			return before(x.opened, p.To) && !before(x.resolved, p.To) && !before(x.cancelled, p.To) && age >= a.From && (a.Below == 0 || age < a.Below)
		})
		f.Ages = append(f.Ages, a)
	}
	for _, reason := range append(incident.HoldReasons(), "approval") {
		h := incident.HoldShare{Reason: reason}
		for _, x := range all {
			if measured(x) {
				h.Held, h.Open = h.Held.Plus(x.held[reason]), h.Open.Plus(x.resolved.Sub(x.opened))
			}
		}
		f.Holds = append(f.Holds, h)
	}
	return f
}

// naiveSpread finds each percentile as its definition says.
func naiveSpread(times []time.Duration, ranks []int) itsm.Spread {
	s := itsm.Spread{Count: int64(len(times))}
	slices.Sort(times)
	for _, d := range times {
		s.Total = s.Total.Plus(d)
	}
	for _, rank := range ranks {
		for i, d := range times {
			if (i+1)*100 >= rank*len(times) {
				s.Percentiles = append(s.Percentiles, itsm.Percentile{Rank: rank, Time: d})
				break
			}
		}
	}
	return s
}

// TestKPIsAgainstNaiveFigures compares every figure with one counted from the
// events, over incidents to which random people did random things, in periods that
// begin and end anywhere.
func TestKPIsAgainstNaiveFigures(t *testing.T) {
	lc := withOwnStates(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	o := withTargets(t)
	o.Ages, o.Percentiles = []time.Duration{hour, day, 9 * day}, []int{1, 50, 90, 95, 100}
	measured, held := int64(0), 0
	for seed := range uint64(4) {
		w := newWorld(t, lc, seed)
		w.unwise = true // own states have no place in the invariants of the process
		for range 3000 {
			w.step()
			if w.rng.IntN(8) == 0 { // a desk that has more to do, and gets more done
				w.do(w.another(), outage(), ann)
			}
			if len(w.incidents) > 0 && w.rng.IntN(2) == 0 {
				cmd := choose[itsm.Command[incident.Incident]](w.rng, fixed(), forVendor(), forCaller(), AskApproval{Question: "May we?"}, toBob())
				w.do(choose(w.rng, w.incidents...), cmd, choose(w.rng, ann, mia))
			}
		}
		var list []*incident.Incident
		var pasts []past
		for _, events := range w.events {
			inc, err := lc.Replay(events...)
			require.NoError(t, err)
			list, pasts = append(list, &inc), append(pasts, tell(lc, events))
		}
		outcomes := func(x past) incident.Outcome {
			priority, err := itsm.ParsePriority(x.priority)
			require.NoError(t, err)
			return o.Promise(&incident.Incident{Header: itsm.Header{Opened: x.opened}, Priority: priority}, x.resolved)
		}
		rng := rand.New(rand.NewPCG(seed, 11))
		length := w.now.Sub(midnight)
		for range 6 {
			p := sla.Period{From: midnight.Add(time.Duration(rng.Int64N(int64(length)))).Truncate(time.Minute), Zone: berlin}
			p.To = p.From.Add(time.Duration(1 + rng.Int64N(int64(length/2)))).Truncate(time.Microsecond)
			k, err := incident.Measure(slices.Values(list), lc, p, o)
			require.NoError(t, err)
			require.Equal(t, naively(pasts, p, o, outcomes), trimmed(k.Figures), "seed %d, %v", seed, p)
			for i, key := range []func(past) string{
				func(x past) string { return x.service },
				func(x past) string { return x.group },
				func(x past) string { return x.priority[1:] },
			} {
				var opened, before, resolved int64
				for _, g := range k.By[i].Groups {
					opened, before, resolved = opened+g.Opened, before+g.Before, resolved+g.Resolved
					of := slices.DeleteFunc(slices.Clone(pasts), func(x past) bool { return key(x) != g.Key })
					require.Equal(t, naively(of, p, o, outcomes), trimmed(g.Figures), "seed %d, %v, %s %s", seed, p, k.By[i].Field, g.Key)
				}
				require.Equal(t, []int64{k.Opened, k.Before, k.Resolved}, []int64{opened, before, resolved}, "no group is missing")
			}
			measured += k.Resolution.Calendar.Count
			for _, h := range k.Holds {
				if h.Held.Seconds > 0 {
					held++
				}
			}
		}
	}
	require.Greater(t, measured, int64(500), "too few were resolved to prove anything")
	require.Greater(t, held, 50, "too few waited to prove anything")
}

// trimmed has the host's reason among the holds also where nobody waited for it.
func trimmed(f incident.Figures) incident.Figures {
	if len(f.Holds) == len(incident.HoldReasons()) {
		f.Holds = append(f.Holds, incident.HoldShare{Reason: "approval", Open: f.Resolution.Calendar.Total})
	}
	return f
}
