package incident

import (
	"math/bits"
	"slices"
	"time"
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
	all    []Percentile
	groups [][][]Percentile // by breakdown and group
}

// rank finds the percentiles of a column. Sizes are the number of groups by
// breakdown.
func (s *spans) rank(times []time.Duration, percentiles, sizes []int) spread {
	result := spread{groups: make([][][]Percentile, len(sizes))}
	scratch := slices.Clone(times)
	result.all = nearestRanks(scratch, percentiles)
	for b, size := range sizes {
		result.groups[b] = make([][]Percentile, size)
		if len(times) == 0 {
			continue
		}
		ends := scatter(scratch, times, s.groups[b], size)
		begin := 0
		for g, end := range ends {
			result.groups[b][g] = nearestRanks(scratch[begin:end], percentiles)
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

// nearestRanks finds the percentiles of times, which it puts into another order.
// The highest comes first: below it are only those that the others choose from.
func nearestRanks(times []time.Duration, percentiles []int) []Percentile {
	if len(times) == 0 || len(percentiles) == 0 {
		return nil
	}
	found := make([]Percentile, len(percentiles))
	n := int64(len(times))
	for i, rank := range slices.Backward(percentiles) {
		nth := int((n*int64(rank) + 99) / 100)
		selectNth(times, nth-1)
		found[i] = Percentile{rank, times[nth-1]}
		times = times[:nth]
	}
	return found
}

// selectNth puts the n-th smallest in its place, from zero on, none greater before
// it and none smaller behind: Hoare's quickselect with the median of three as the
// pivot. What it has not found after twice as many rounds as halving needs, it
// sorts, so that no order of the times makes it slow.
func selectNth(v []time.Duration, n int) {
	for rounds := 2 * bits.Len(uint(len(v))); len(v) > 16 && rounds > 0; rounds-- {
		a, b, c := v[0], v[len(v)/2], v[len(v)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := 0, len(v)-1
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			v = v[:j+1]
		case n >= i:
			v, n = v[i:], n-i
		default:
			return // between them all are the pivot
		}
	}
	slices.Sort(v)
}
