package register_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/store"
)

// due lists what is due at an instant.
func (f *fixture) due(at time.Time) []uuid.UUID {
	f.t.Helper()
	var ids []uuid.UUID
	for id, err := range f.Due(ctx, "acme", at) {
		require.NoError(f.t, err)
		ids = append(ids, id)
	}
	return ids
}

func TestDueListsWhatTickWouldFire(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		const n = 130 // more than a page
		want := make([]uuid.UUID, n)
		for i := range n {
			rec := f.create(Open{Title: fmt.Sprint(i)})
			f.do(rec.ID, Wait{Until: start.Add(time.Duration(n-i) * time.Minute)})
			want[n-1-i] = rec.ID // what is due first comes first
		}
		assert.Empty(t, f.due(start))
		assert.Equal(t, want[:7], f.due(start.Add(7*time.Minute)))
		all := f.due(start.Add(day))
		assert.Equal(t, want, all)
		assert.Equal(t, want, f.due(start.Add(day)), "nothing was carried out")

		require.Len(t, f.tick(start.Add(7*time.Minute), 100).Fired, 7)
		assert.Equal(t, want[7:], f.due(start.Add(day)))
		for range f.Due(ctx, "acme", start.Add(day)) {
			break // a walk may end early
		}
	})
}

func TestDueRefuses(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		for _, c := range []struct {
			tenant string
			at     time.Time
		}{{"", start}, {"acme", time.Time{}}} {
			n := 0
			for id, err := range f.Due(ctx, c.tenant, c.at) {
				require.Error(t, err)
				assert.Zero(t, id)
				n++
			}
			assert.Equal(t, 1, n)
		}
	})
}
