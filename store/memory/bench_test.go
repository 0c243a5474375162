package memory_test

import (
	"testing"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// BenchmarkStore measures the backend in memory with the work that every adapter
// is measured with.
func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(testing.TB) store.Backend { return memory.New() })
}
