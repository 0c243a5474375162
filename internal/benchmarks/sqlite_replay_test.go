package benchmarks

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
	"github.com/itsmkit/itsm/examples/sqlite"
)

// BenchmarkReplaySQLite runs the whole log through a register on a file, one
// transaction an event.
func BenchmarkReplaySQLite(b *testing.B) {
	for _, synchronous := range []sqlite.Synchronous{sqlite.Normal, sqlite.Full} {
		b.Run("sync="+string(synchronous), func(b *testing.B) {
			ctx := context.Background()
			log, mapping, err := eventlog.BuiltIn(ctx)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				backend, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "replay.db"), &sqlite.Options{Synchronous: synchronous})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := eventlog.Register(ctx, backend, log, mapping, nil); err != nil {
					b.Fatal(err)
				}
				if err := backend.Close(); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b)
		})
	}
}
