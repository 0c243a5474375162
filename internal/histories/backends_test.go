package histories_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/internal/histories"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// backend is one that everything here is run on.
type backend struct {
	name string
	open func(testing.TB) store.Backend
}

// backends returns them. A new adapter is one line.
func backends() []backend {
	return []backend{
		{"memory", func(testing.TB) store.Backend { return memory.New() }},
		{"sqlite", func(t testing.TB) store.Backend {
			b, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), &sqlite.Options{Synchronous: sqlite.Normal})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { b.Close() })
			return b
		}},
		{"flaky", func(testing.TB) store.Backend { return storetest.Flaky(memory.New(), 3) }},
	}
}

// seeds is how many histories are recorded on each backend.
const seeds = 10

func TestKeysAreLinearizable(t *testing.T) {
	for _, b := range backends() {
		t.Run(b.name, func(t *testing.T) {
			backend := b.open(t)
			for seed := range uint64(seeds) {
				if err := histories.Keys(t.Context(), backend, store.Tenant(fmt.Sprint("keys ", seed)), seed); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

func TestCountersAreLinearizable(t *testing.T) {
	for _, b := range backends() {
		t.Run(b.name, func(t *testing.T) {
			backend := b.open(t)
			for seed := range uint64(seeds) {
				if err := histories.Counters(t.Context(), backend, store.Tenant(fmt.Sprint("counters ", seed)), seed); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

func TestProgramsDoAsTheModel(t *testing.T) {
	for _, b := range backends() {
		t.Run(b.name, func(t *testing.T) { histories.Programs(t, b.open(t), "programs") })
	}
}
