package sla_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// clocks is for how many the goal is set: their compliance in a second on one core.
const clocks = 1_000_000

// clockSketch is what one made-up clock differs in. Kept small, so that what is
// measured is not the reading of a gigabyte.
type clockSketch struct {
	stopped, elapsed int32 // minutes
	service, group   uint16
	priority         uint8
}

func clockSketches() []clockSketch {
	rng := rand.New(rand.NewPCG(2026, 4))
	list := make([]clockSketch, clocks)
	for i := range list {
		list[i] = clockSketch{
			stopped: rng.Int32N(365 * 24 * 60), elapsed: int32(rng.ExpFloat64() * 600), priority: uint8(1 + rng.IntN(5)),
			service: uint16(300 * rng.Float64() * rng.Float64()), group: uint16(80 * rng.Float64() * rng.Float64()),
		}
	}
	return list
}

// drawnClocks yields the work that the sketches stand for, one and the same filled
// in again and again, as a reader that decodes from a store may do.
func drawnClocks(list []clockSketch) iter.Seq[*sla.Work] {
	values := func(n int, value func(i int) itsm.Value) []itsm.Value {
		list := make([]itsm.Value, n)
		for i := range list {
			list[i] = value(i)
		}
		return list
	}
	services := values(300, func(i int) itsm.Value {
		return itsm.ReferenceValue(itsm.Ref{Kind: "service", ID: fmt.Sprintf("service-%03d", i)})
	})
	groups := values(80, func(i int) itsm.Value { return itsm.TextValue(fmt.Sprintf("group-%02d", i)) })
	priorities := values(6, func(i int) itsm.Value { return itsm.IntValue(int64(i)) })
	begin := dated("2026-01-01 00:00")
	return func(yield func(*sla.Work) bool) {
		facts := make(sla.Facts)
		w := sla.Work{Item: itsm.Ref{Kind: "incident", ID: "0190d2a0"}, Facts: facts, Promises: make([]sla.Promise, 1)}
		for i, s := range list {
			w.ID = uuid.UUID{13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}
			facts["service"], facts["group"], facts["priority"] = services[s.service], groups[s.group], priorities[s.priority]
			w.Promises[0] = stoppedPromise("AGR1", 1, "usual", begin.Add(time.Duration(s.stopped)*time.Minute), time.Duration(s.elapsed)*time.Minute)
			if !yield(&w) {
				return
			}
		}
	}
}

// BenchmarkCompliance reports a year of a million finished clocks, one in eleven of
// them missed and listed: by target, by month and priority, and by service. Beside
// it, what it takes to draw the work and no more.
func BenchmarkCompliance(b *testing.B) {
	v := gasWorks(1, dated("2020-01-01 00:00"), time.Time{})
	book, err := sla.NewBook(reportSchema(), v)
	if err != nil {
		b.Fatal(err)
	}
	year, err := sla.ParsePeriod("2026", nil)
	if err != nil {
		b.Fatal(err)
	}
	list := clockSketches()
	b.Run("impl=draw-only", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for w := range drawnClocks(list) {
				n += len(w.Promises)
			}
			if n != clocks {
				b.Fatal("some are missing")
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/clocks, "ns/clock")
	})
	for _, run := range []struct {
		by      string
		options sla.ComplianceOptions
	}{
		{"none", sla.ComplianceOptions{By: [][]sla.Dimension{}}},
		{"three", sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByTarget}, {sla.ByMonth, sla.ByFact("priority")}, {sla.ByFact("service")}}, Causes: []string{"group"}}},
	} {
		b.Run("by="+run.by+"/impl=itsm", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, err := sla.MeasureCompliance(drawnClocks(list), book, year, &run.options)
				if err != nil {
					b.Fatal(err)
				}
				if c.Met.Den != clocks || len(c.Missed) < clocks/20 {
					b.Fatal("too few were measured")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/clocks, "ns/clock")
		})
	}
}
