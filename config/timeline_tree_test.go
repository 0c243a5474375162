package config

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// listedTree is a tree beside the list of all facts that it was given.
type listedTree struct {
	tree *tree
	list []said
}

// require holds the tree against the list.
func (g listedTree) require(t *testing.T, rng *rand.Rand) {
	t.Helper()
	var list []said
	require.True(t, g.tree.each(func(s *said) bool { list = append(list, *s); return true }))
	require.Equal(t, g.list, list)
	for range 20 {
		recorded, valid, n := rng.Int64N(40), rng.Int64N(40), rng.IntN(len(list)+2)
		by := 0
		var last *said
		for i := range list {
			if list[i].recorded <= recorded {
				by = i + 1
			}
			if i < n && list[i].holds(valid) {
				last = &list[i]
			}
		}
		require.Equal(t, by, g.tree.by(recorded))
		require.Equal(t, last, g.tree.latest(valid, n))
	}
	g.tree.requireBalance(t)
}

func (t *tree) requireBalance(to *testing.T) {
	to.Helper()
	if t == nil {
		return
	}
	require.False(to, heavier(t.before, t.after) || heavier(t.after, t.before), "%d beside %d", t.before.len(), t.after.len())
	t.before.requireBalance(to)
	t.after.requireBalance(to)
}

// TestTreeNaive grows trees by facts recorded at any time, a few and many at once, and
// holds each against a sorted list, those too that others were grown from.
func TestTreeNaive(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 9))
		all := []listedTree{{}}
		for range 60 {
			g := all[max(0, len(all)-1-rng.IntN(3))]
			more := make([]said, 1+rng.IntN([]int{1, 3, 100}[rng.IntN(3)]))
			within := 1 + rng.Int64N(40) // mostly late
			for i := range more {
				more[i] = said{from: rng.Int64N(40), recorded: rng.Int64N(within), value: itsm.SpanValue(time.Duration(rng.Int64()))}
				more[i].until = more[i].from + 1 + rng.Int64N(10)
			}
			byTime := func(a, b said) int { return cmp.Compare(a.recorded, b.recorded) }
			slices.SortStableFunc(more, byTime)
			list := append(slices.Clone(g.list), more...)
			slices.SortStableFunc(list, byTime)
			all = append(all, listedTree{g.tree.with(more), list})
		}
		for _, g := range all {
			g.require(t, rng)
		}
	}
}
