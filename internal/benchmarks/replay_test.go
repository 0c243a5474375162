package benchmarks

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"testing"
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

// BenchmarkReplay measures the whole log, once through.
func BenchmarkReplay(b *testing.B) {
	text := logText(b)
	b.Run("impl=read-only", func(b *testing.B) { // what no replay can do without
		b.ReportAllocs()
		for b.Loop() {
			if rows := readLog(b, text); rows != logEvents {
				b.Fatalf("%d events, want %d", rows, logEvents)
			}
		}
		perEvent(b)
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
