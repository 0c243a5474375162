package itsm_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// TestNearestRanks compares selecting with sorting, for lists that make selecting
// hard: sorted, reversed, all alike, few values, organ pipes, random.
func TestNearestRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	all := make([]int, 100)
	for i := range all {
		all[i] = i + 1
	}
	for _, n := range []int{1, 2, 3, 10, 16, 17, 99, 100, 101, 1000, 4096} {
		for shape, at := range map[string]func(i int) int{
			"rising":      func(i int) int { return i },
			"falling":     func(i int) int { return n - i },
			"alike":       func(int) int { return 7 },
			"few values":  func(int) int { return rng.IntN(3) },
			"organ pipes": func(i int) int { return min(i, n-i) },
			"random":      func(int) int { return rng.IntN(1 << 30) },
		} {
			times := make([]time.Duration, n)
			for i := range times {
				times[i] = time.Duration(at(i))
			}
			sorted := slices.Sorted(slices.Values(times))
			for _, ranks := range [][]int{all, {1}, {33}, {100}, {50, 90, 95}, {95, 50, 95, 1}} {
				list := slices.Clone(times)
				found := itsm.NearestRanks(list, ranks)
				require.Len(t, found, len(ranks))
				for i, p := range found {
					require.Equal(t, ranks[i], p.Rank)
					require.Equal(t, sorted[(p.Rank*n+99)/100-1], p.Time, "%s, %d times, rank %d", shape, n, p.Rank)
				}
				require.Equal(t, sorted, slices.Sorted(slices.Values(list)), "none is lost")
			}
		}
	}
	require.Nil(t, itsm.NearestRanks(nil, all))
	require.Nil(t, itsm.NearestRanks([]time.Duration{1}, nil))
	odd := []int{math.MinInt, 0, 101, math.MaxInt}
	require.Equal(t, []itsm.Percentile{{odd[0], 1}, {0, 1}, {101, 3}, {odd[3], 3}}, itsm.NearestRanks([]time.Duration{3, 1, 2}, odd))
}

// TestSelectingIsNeverSlow builds, backwards, the order that is worst for the
// pivots that are chosen: each round takes away only the two greatest. Without an
// end to the rounds it would take 17 billion steps.
func TestSelectingIsNeverSlow(t *testing.T) {
	const n = 1 << 18
	list := make([]time.Duration, 16, n)
	for i := range list {
		list[i] = time.Duration(i)
	}
	for size := len(list) + 2; size <= n; size += 2 {
		middle := size / 2
		moved := list[middle]
		list[middle] = time.Duration(size - 2)
		list = append(list, moved, time.Duration(size-1))
	}
	began := time.Now()
	lowest := itsm.NearestRanks(list, []int{1})
	require.EqualValues(t, (n+99)/100-1, lowest[0].Time)
	require.Less(t, time.Since(began), 3*time.Second)
}

func TestCheckRanks(t *testing.T) {
	require.NoError(t, itsm.CheckRanks("ranks", nil))
	require.NoError(t, itsm.CheckRanks("ranks", []int{1, 50, 100}))
	for want, ranks := range map[string][]int{
		"ranks[0]: is 0; give ranks from 1 to 100, rising":   {0},
		"ranks[1]: is 101; give ranks from 1 to 100, rising": {50, 101},
		"ranks[2]: is 50; give ranks from 1 to 100, rising":  {1, 50, 50},
	} {
		err := itsm.CheckRanks("ranks", ranks)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

func TestSpread(t *testing.T) {
	s := itsm.Spread{Count: 3, Total: itsm.TotalTime{Seconds: 10}, Percentiles: []itsm.Percentile{{50, time.Second}, {90, 7 * time.Second}}}
	require.Equal(t, "3, mean 3.333333333s, 50 % in 1s, 90 % in 7s", s.String())
	at, ok := s.Percentile(90)
	require.True(t, ok)
	require.Equal(t, 7*time.Second, at)
	_, ok = s.Percentile(95)
	require.False(t, ok, "not asked for")
	_, ok = itsm.Spread{}.Mean()
	require.False(t, ok)
	require.Equal(t, "no data", itsm.Spread{}.String())
}
