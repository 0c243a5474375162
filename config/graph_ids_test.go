package config

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// Ids that somebody made up so that all would stand in the same place are found all
// the same.
func TestIDTableOfIdsThatCollide(t *testing.T) {
	const n = 200
	table := newIDTable(make([]uuid.UUID, n))
	var ids []uuid.UUID
	for i := uint64(0); len(ids) < n; i++ {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[8:], i)
		if table.first(&id) == 3 {
			ids = append(ids, id)
		}
	}
	table = newIDTable(ids)
	for i := range ids[:n-1] {
		require.Equal(t, uint32(i), table.add(uint32(i)))
	}
	require.Len(t, table.rest, n-1-farthest)
	for i := range ids[:n-1] {
		require.Equal(t, uint32(i), table.find(&ids[i]))
	}
	require.Equal(t, none, table.find(&ids[n-1]))
	table.ids[n-1] = ids[n-2]
	require.Equal(t, uint32(n-2), table.add(n-1))
	require.Equal(t, none, table.find(&uuid.UUID{1}))
}

func TestTallyIsAMap(t *testing.T) {
	for _, limit := range []int{0, 10, 256, 257, 5000, 100_000} {
		tally, want := newTally(limit), map[uint32]uint32{}
		for i := range uint32(min(limit, 9000)) {
			v := i * 7919 % uint32(limit)
			want[v]++
			require.Equal(t, want[v], tally.increase(v))
			tally.set(v, want[v]+3)
			want[v] += 3
		}
		for v := range uint32(limit) {
			require.Equal(t, want[v], tally.get(v))
		}
	}
}

func TestSortKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 3, 100, 5000} {
		for name, high := range map[string]func() uint64{
			"drawn":        rng.Uint64,
			"few":          func() uint64 { return rng.Uint64N(3) << 62 },
			"of one start": func() uint64 { return 1<<63 | rng.Uint64N(50) },
		} {
			keys := make([]idKey, n)
			for i := range keys {
				keys[i] = idKey{high(), rng.Uint64N(4), uint32(i)}
			}
			want := slices.Clone(keys)
			slices.SortFunc(want, compareKeys)
			require.Equal(t, want, sortKeys(keys), "%d %s", n, name)
			require.Equal(t, want, sortKeys(slices.Clone(want)))
		}
	}
}
