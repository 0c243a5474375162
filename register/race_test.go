package register_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

// Many goroutines share one register: every command happens, once.
func TestConcurrentCommands(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		const workers, each = 8, 20
		var group sync.WaitGroup
		numbers := make([]map[string]bool, workers)
		for w := range workers {
			numbers[w] = make(map[string]bool)
			group.Go(func() {
				for i := range each {
					if _, err := f.Do(ctx, ann, rec.ID, Ping{N: i}); err != nil {
						t.Error(err)
					}
					made, err := f.Create(ctx, ann, Open{Title: fmt.Sprint(w), Group: "g"})
					if err != nil {
						t.Error(err)
					}
					numbers[w][made.Number] = true
					for _, err := range f.Find(ctx, ann, byGroup("g")) {
						if err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		group.Wait()
		assert.Equal(t, workers*each, f.get(rec.ID).Pings)
		seal, err := f.Verify(ctx, ann, rec.ID)
		require.NoError(t, err)
		assert.EqualValues(t, workers*each+1, seal.Entries)
		all := make(map[string]bool)
		for _, m := range numbers {
			for n := range m {
				assert.False(t, all[n], "number %s is given once", n)
				all[n] = true
			}
		}
		assert.Len(t, all, workers*each)
	})
}

// Of several that saw the same revision, one gets through.
func TestConcurrentRevisions(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		var mu sync.Mutex
		won, lost := 0, 0
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				_, err := f.With(register.Call{IfRevision: 1}).Do(ctx, ann, rec.ID, Ping{})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, store.ErrConflict):
					lost++
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		assert.Equal(t, []int{1, 7}, []int{won, lost})
	})
}

// The same call repeated from everywhere at once happens once.
func TestConcurrentKeys(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		var group sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			group.Go(func() {
				rec, err := f.With(register.Call{Key: "k"}).Create(ctx, ann, Open{Title: "x"})
				if err != nil {
					t.Error(err)
				}
				ids[i] = rec.Number
			})
		}
		group.Wait()
		for _, id := range ids {
			assert.Equal(t, ids[0], id)
		}
		n, err := f.Count(ctx, ann, itsm.Selection[Ticket]{})
		require.NoError(t, err)
		assert.Equal(t, 1, n)
	})
}
