package topology_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config/topology"
)

func TestSetAgreesWithMaps(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 3))
	for range 300 {
		n := 1 + rng.IntN(200)
		a, b := topology.NewSet(rng.IntN(n)), &topology.Set{}
		x, y := map[uint32]bool{}, map[uint32]bool{}
		for range rng.IntN(2 * n) {
			v := uint32(rng.IntN(n))
			require.Equal(t, !x[v], a.Add(v))
			x[v] = true
			if v = uint32(rng.IntN(n)); rng.IntN(3) == 0 {
				require.Equal(t, x[v], a.Remove(v))
				delete(x, v)
			}
			if v = uint32(rng.IntN(2 * n)); rng.IntN(2) == 0 {
				require.Equal(t, !y[v], b.Add(v))
				y[v] = true
			}
		}
		agree := func(s *topology.Set, in func(v uint32) bool) {
			t.Helper()
			var want []uint32
			other := &topology.Set{}
			for v := range uint32(3 * n) {
				require.Equal(t, in(v), s.Has(v))
				if in(v) {
					want = append(want, v)
					other.Add(v)
				}
			}
			require.Equal(t, want, slices.Collect(s.All()))
			require.Equal(t, len(want), s.Len())
			require.True(t, s.Equal(other) && other.Equal(s))
			other.Add(uint32(4 * n))
			require.False(t, s.Equal(other) || other.Equal(s))
		}
		or, and, not := a.Clone(), a.Clone(), a.Clone()
		or.Or(b)
		and.And(b)
		not.AndNot(b)
		agree(a, func(v uint32) bool { return x[v] })
		agree(b, func(v uint32) bool { return y[v] })
		agree(or, func(v uint32) bool { return x[v] || y[v] })
		agree(and, func(v uint32) bool { return x[v] && y[v] })
		agree(not, func(v uint32) bool { return x[v] && !y[v] })
	}
}

func TestSetStopsWhenAsked(t *testing.T) {
	s := topology.NewSet(10)
	s.Add(3)
	s.Add(5)
	for v := range s.All() {
		require.Equal(t, uint32(3), v)
		break
	}
}
