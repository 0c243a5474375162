package storetest_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// TestCheckEnds: a backend that never answers, and one that ends the goroutine
// that asks, fail the clause in a bounded time.
func TestCheckEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the suite to lose its patience")
	}
	for says, get := range map[string]func(context.Context, store.Tx, store.GetParams) (store.Document, error){
		"did not end": func(context.Context, store.Tx, store.GetParams) (store.Document, error) {
			<-t.Context().Done() // only when the test is over
			return store.Document{}, nil
		},
		"ended the goroutine": func(context.Context, store.Tx, store.GetParams) (store.Document, error) {
			runtime.Goexit()
			return store.Document{}, nil
		},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			for _, c := range storetest.Clauses() {
				if c.Name != "get/absent" {
					continue
				}
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				err := c.Check(ctx, func() store.Backend { return &bent{Backend: memory.New(), get: get} })
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("got %v, want an error that says %q", err, says)
				}
			}
		})
	}
}
