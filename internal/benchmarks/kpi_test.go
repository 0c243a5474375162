package benchmarks

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// incidents is for how many the goal is set: their figures in two seconds on one
// core.
const incidents = 1_000_000

// year is the period; some incidents were opened before it, some end after it.
var year = sla.Period{From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}

// sketch is what one made-up incident differs in. Kept small, so that what is
// measured is not the reading of a gigabyte.
type sketch struct {
	opened, responded, resolved int64 // seconds since 1970; zero: not yet
	held                        int64 // seconds
	service, group              uint16
	priority, reason            uint8
	moves, reopens              uint8
	end                         itsm.State
}

// sketches are spread over fourteen months like those of a large desk: most are
// resolved within days, one in four waited for somebody, few are reopened,
// cancelled or still open.
func sketches() []sketch {
	rng := rand.New(rand.NewPCG(2026, 3))
	first := year.From.AddDate(0, -1, 0).Unix()
	span := year.To.AddDate(0, 1, 0).Unix() - first
	list := make([]sketch, incidents)
	for i := range list {
		s := &list[i]
		s.opened = first + rng.Int64N(span)
		s.service, s.group = uint16(300*rng.Float64()*rng.Float64()), uint16(80*rng.Float64()*rng.Float64())
		s.priority = uint8(1 + rng.IntN(5))
		if rng.IntN(10) > 0 {
			s.responded = s.opened + int64(rng.ExpFloat64()*1800)
		}
		s.moves = uint8(rng.ExpFloat64())
		switch n := rng.IntN(100); {
		case n < 4:
			s.end = incident.InProgress
		case n < 7:
			s.end = incident.Cancelled
		case n < 20:
			s.end = incident.Resolved
		default:
			s.end = incident.Closed
		}
		s.resolved = max(s.responded, s.opened) + int64(rng.ExpFloat64()*2*86400)
		if rng.IntN(4) == 0 {
			s.reason = uint8(1 + rng.IntN(5))
			s.held = int64(rng.Float64() * float64(s.resolved-s.opened))
		}
		if rng.IntN(30) == 0 {
			s.reopens = 1
		}
	}
	return list
}

// drawn yields the incidents that the sketches stand for, one and the same record
// filled in again and again, as a reader that decodes from a store may do.
func drawn(list []sketch) iter.Seq[*incident.Incident] {
	names := func(format string, n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(format, i)
		}
		return list
	}
	services, groups := names("service-%03d", 300), names("group-%02d", 80)
	reasons := incident.HoldReasons()
	at := func(sec int64) time.Time {
		if sec == 0 {
			return time.Time{}
		}
		return time.Unix(sec, 0).UTC()
	}
	return func(yield func(*incident.Incident) bool) {
		var solution incident.Resolution
		var inc incident.Incident
		held := make([]incident.Held, 1)
		for i := range list {
			s := &list[i]
			inc = incident.Incident{
				Header:   itsm.Header{ID: uuid.UUID{14: byte(i >> 8), 15: byte(i)}, State: s.end, Opened: at(s.opened), Since: at(s.resolved)},
				Service:  itsm.Ref{Kind: "service", ID: services[s.service]},
				Group:    groups[s.group],
				Priority: itsm.Priority(s.priority),
				Times:    incident.Times{Assigned: at(s.opened), Responded: at(s.responded)},
				Counts:   incident.Counts{Reassignments: int(s.moves), Reopens: int(s.reopens)},
			}
			if s.reason > 0 {
				held[0] = incident.Held{Reason: reasons[s.reason-1], For: time.Duration(s.held) * time.Second}
				inc.Held = held
			}
			switch s.end {
			case incident.Resolved, incident.Closed:
				inc.Solution, inc.Times.Resolved = &solution, at(s.resolved)
				if s.end == incident.Closed {
					inc.Times.Closed = at(s.resolved + 5*86400)
				}
			case incident.Cancelled:
				inc.Times.Closed = at(s.resolved)
			}
			if !yield(&inc) {
				return
			}
		}
	}
}

// BenchmarkKPIs measures a year of a million incidents: every figure of all of
// them and by service, group and priority. Beside it, what it takes to draw the
// incidents and no more, and the figures without the breakdowns.
func BenchmarkKPIs(b *testing.B) {
	process, err := incident.Process(nil)
	if err != nil {
		b.Fatal(err)
	}
	calendar := office(b, allYears)
	promise := func(inc *incident.Incident, resolved time.Time) incident.Outcome {
		if inc.Priority > 4 {
			return incident.Unpromised
		}
		if resolved.Sub(inc.Opened) > time.Duration(inc.Priority)*12*time.Hour {
			return incident.Breached
		}
		return incident.Met
	}
	list := sketches()
	b.Run("impl=draw-only", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for inc := range drawn(list) {
				n += int(inc.Priority)
			}
			if n < incidents {
				b.Fatal("some are missing")
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/incidents, "ns/incident")
	})
	for _, run := range []struct {
		by      string
		options incident.KPIOptions
	}{
		{"none", incident.KPIOptions{Calendar: calendar, Promise: promise, By: []string{}}},
		{"three", incident.KPIOptions{Calendar: calendar, Promise: promise}},
	} {
		b.Run("by="+run.by+"/impl=itsm", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k, err := incident.Measure(drawn(list), process.Lifecycle, year, &run.options)
				if err != nil {
					b.Fatal(err)
				}
				if err := plausible(k); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/incidents, "ns/incident")
			b.ReportMetric(keptByMeter(b, list, process.Lifecycle, &run.options)/incidents, "kept-B/incident")
		})
	}
}

// keptByMeter is how many bytes a meter holds once it has taken in all incidents.
func keptByMeter(b *testing.B, list []sketch, lc *itsm.Lifecycle[incident.Incident], o *incident.KPIOptions) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	meter, err := incident.NewMeter(lc, year, o)
	if err != nil {
		b.Fatal(err)
	}
	for inc := range drawn(list) {
		if err := meter.Add(inc); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(meter)
	return float64(after.HeapAlloc - before.HeapAlloc)
}

// plausible checks that the figures are of the incidents drawn.
func plausible(k *incident.KPIs) error {
	if k.Opened < incidents*8/10 || k.Resolution.Calendar.Count < incidents*7/10 || k.Response.Business.Count < incidents*7/10 {
		return fmt.Errorf("too few were measured: %d opened, %d resolved", k.Opened, k.Resolution.Calendar.Count)
	}
	if k.Before+k.Opened != k.Resolved+k.Cancelled+k.Backlog {
		return fmt.Errorf("volumes do not balance")
	}
	for _, table := range k.By {
		opened := int64(0)
		for _, g := range table.Groups {
			opened += g.Opened
		}
		if opened != k.Opened {
			return fmt.Errorf("%d opened by %s, %d in all", opened, table.Field, k.Opened)
		}
	}
	return nil
}
