package sqlite_test

import (
	"testing"

	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(tb testing.TB) store.Backend {
		return open(tb, file(tb), &sqlite.Options{Synchronous: sqlite.Normal})
	})
}
