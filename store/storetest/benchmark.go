package storetest

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/itsmkit/itsm/store"
)

// recordsVariable is the environment variable that says how many records
// Benchmark measures with.
const recordsVariable = "ITSM_RECORDS"

// Benchmark measures a backend with the work that every adapter is measured
// with, in sub-benchmarks named records=1000/op=get and so on; docs/storage.md
// says what each does. open returns an empty backend and leaves its removal to
// Cleanup.
//
// It does so with each of the given numbers of records. Without any they come
// from the environment, ITSM_RECORDS=1000,10000,100000,1000000, and are otherwise
// 1,000 and 10,000. With three or more, it reports in sub-benchmarks named
// growth/op=get how the cost of each operation, the median of its runs, grows; see
// [FitGrowth].
func Benchmark(b *testing.B, open func(testing.TB) store.Backend, records ...int) {
	b.Helper()
	if len(records) == 0 {
		records = recordsWanted(b)
	}
	costs := make(map[string][]float64) // of each operation, by number of records
	for _, n := range records {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			bench := fill(b, open(b), n)
			for _, op := range operations() {
				var runs []float64
				b.Run("op="+op.name, func(b *testing.B) {
					b.ReportAllocs()
					if err := op.run(bench, b); err != nil {
						b.Fatal(err)
					}
					runs = append(runs, float64(b.Elapsed().Nanoseconds())/float64(b.N))
				})
				if len(runs) > 0 {
					slices.Sort(runs)
					costs[op.name] = append(costs[op.name], runs[len(runs)/2])
				}
			}
		})
	}
	for _, op := range operations() {
		if len(costs[op.name]) < max(3, len(records)) {
			continue // too few to fit, or some were not asked for
		}
		growth, err := FitGrowth(records, costs[op.name])
		if err != nil {
			b.Fatal(err)
		}
		b.Run("growth/op="+op.name, func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // there is none
			b.ReportMetric(growth.Base, "base-ns")
			b.ReportMetric(growth.Doubling, "ns/doubling")
			b.ReportMetric(100*growth.Residual, "residual-%")
			b.ReportMetric(100*growth.Above, "above-%")
		})
	}
}

func recordsWanted(b *testing.B) []int {
	text := os.Getenv(recordsVariable)
	if text == "" {
		return []int{1_000, 10_000}
	}
	var records []int
	for _, field := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < benchPage {
			b.Fatalf("%s=%s: %q is not a number of records of at least %d", recordsVariable, text, field, benchPage)
		}
		records = append(records, n)
	}
	return records
}

// operation is one thing to measure.
type operation struct {
	name string
	run  func(*bench, *testing.B) error
}

// benchPage is how many documents or entries a page of the benchmarks has.
const benchPage = 100

// operations returns them in an order in which those that change the number of
// records come last.
func operations() []operation {
	return []operation{
		{"get", (*bench).benchGet}, {"page", (*bench).benchPage}, {"count", (*bench).benchCount}, {"count-half", (*bench).benchCountHalf},
		{"history", (*bench).benchHistory}, {"tail", (*bench).benchTail}, {"next", (*bench).benchNext},
		{"update", (*bench).benchUpdate}, {"update-after-read", (*bench).benchUpdateAfterRead}, {"create", (*bench).benchCreate},
	}
}

// fill makes the records, a thousand to a unit, and reports what they cost.
func fill(b *testing.B, backend store.Backend, records int) *bench {
	b.Helper()
	before, start := heap(), time.Now()
	bench := newBench(backend, records)
	for from := 0; from < records; from += 1000 {
		err := store.Retry(b.Context(), nil, func(ctx context.Context) error {
			return backend.Write(ctx, acme, func(ctx context.Context, tx store.Tx) error {
				for n := from; n < min(from+1000, records); n++ {
					if err := bench.create(ctx, tx, n); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	took, left := time.Since(start), heap()-before
	b.Run("op=fill", func(b *testing.B) {
		b.ReportMetric(0, "ns/op") // there is none
		b.ReportMetric(float64(took.Nanoseconds())/float64(records), "ns/record")
		b.ReportMetric(float64(left)/float64(records), "heap-B/record")
	})
	return bench
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
