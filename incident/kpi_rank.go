package incident

import (
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// spans keeps elapsed times of one kind until the percentiles are asked for. They
// are exact, so every time is kept: 8 bytes each, in calendar and in business time,
// and 4 for the group in each breakdown.
type spans struct {
	calendar, business []time.Duration
	groups             [][]int32 // by breakdown, the group of each time
}

// spread is the spreads of one column, of all its times and by group.
type spread struct {
	all    []itsm.Percentile
	groups [][][]itsm.Percentile // by breakdown and group
}

// rank finds the percentiles of a column. Sizes are the number of groups by
// breakdown.
func (s *spans) rank(times []time.Duration, percentiles, sizes []int) spread {
	result := spread{groups: make([][][]itsm.Percentile, len(sizes))}
	scratch := slices.Clone(times)
	result.all = itsm.NearestRanks(scratch, percentiles)
	for b, size := range sizes {
		result.groups[b] = make([][]itsm.Percentile, size)
		if len(times) == 0 {
			continue
		}
		ends := scatter(scratch, times, s.groups[b], size)
		begin := 0
		for g, end := range ends {
			result.groups[b][g] = itsm.NearestRanks(scratch[begin:end], percentiles)
			begin = end
		}
	}
	return result
}

// scatter copies the times sorted by their groups, and says where each group ends.
func scatter(to, times []time.Duration, groups []int32, size int) []int {
	next := make([]int, size+1)
	for _, g := range groups {
		next[g+1]++
	}
	for g := range size {
		next[g+1] += next[g]
	}
	for i, g := range groups {
		to[next[g]] = times[i]
		next[g]++
	}
	return next[:size]
}
