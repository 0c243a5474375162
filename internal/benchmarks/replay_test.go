package benchmarks

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
	"github.com/itsmkit/itsm/store/memory"
)

const (
	logFile   = "../../examples/replay/eventlog/incident_event_log.csv.gz"
	logEvents = 141_712
)

// logText is the real log, unzipped.
func logText(tb testing.TB) []byte {
	tb.Helper()
	f, err := os.Open(logFile)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := io.ReadAll(unzipped)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// BenchmarkReplay runs the whole log once: read and no more, which no replay can
// do without; through the rules alone; and through a register in memory, with the
// encoding and the sealed journal.
func BenchmarkReplay(b *testing.B) {
	b.Run("impl=read-only", func(b *testing.B) {
		text := logText(b)
		b.ReportAllocs()
		for b.Loop() {
			if rows := readLog(b, text); rows != logEvents {
				b.Fatalf("%d events, want %d", rows, logEvents)
			}
		}
		perEvent(b)
	})
	replay := func(impl string, run func(context.Context, *eventlog.Log, *eventlog.Mapping) (*eventlog.Result, error)) {
		b.Run("impl="+impl, func(b *testing.B) {
			ctx := context.Background()
			log, mapping, err := eventlog.BuiltIn(ctx)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := run(ctx, log, mapping); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b)
		})
	}
	replay("rules", func(ctx context.Context, log *eventlog.Log, m *eventlog.Mapping) (*eventlog.Result, error) {
		return eventlog.Rules(ctx, log, m, nil)
	})
	replay("register", func(ctx context.Context, log *eventlog.Log, m *eventlog.Mapping) (*eventlog.Result, error) {
		return eventlog.Register(ctx, memory.New(), log, m, nil)
	})
}

func perEvent(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/logEvents, "ns/event")
}

func readLog(tb testing.TB, text []byte) (rows int) {
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord = true
	for rows = -1; ; rows++ { // the first line names the columns
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return rows
		} else if err != nil {
			tb.Fatal(err)
		}
	}
}
