package itsm

import (
	"fmt"
	"math/bits"
	"slices"
	"time"
)

// Spread is how a number of elapsed times lie. A zero Count is no data.
//
// The mean is exact as Total over Count. Percentiles are by the nearest rank: the
// smallest of the times that at least so many in a hundred do not exceed, the
// ceil(n·rank/100)-th of them; always one that occurred, never one interpolated.
// It is definition 1 of Hyndman and Fan, Sample Quantiles in Statistical Packages,
// The American Statistician 50(4), 1996.
type Spread struct {
	Count       int64        `json:"count"`
	Total       TotalTime    `json:"total"`
	Percentiles []Percentile `json:"percentiles,omitempty"` // in the order asked for
}

// Percentile is the time that so many in a hundred do not exceed.
type Percentile struct {
	Rank int           `json:"rank"`
	Time time.Duration `json:"time"` // nanoseconds
}

// Mean is the mean, cut to a whole nanosecond; false when there is no data.
func (s Spread) Mean() (time.Duration, bool) { return s.Total.Over(s.Count), s.Count > 0 }

// Percentile is one of the percentiles asked for; false when there is no data.
func (s Spread) Percentile(rank int) (time.Duration, bool) {
	for _, p := range s.Percentiles {
		if p.Rank == rank {
			return p.Time, true
		}
	}
	return 0, false
}

// String is the number of times, their mean and percentiles.
func (s Spread) String() string {
	mean, ok := s.Mean()
	if !ok {
		return noData
	}
	text := fmt.Sprintf("%d, mean %s", s.Count, mean)
	for _, p := range s.Percentiles {
		text += fmt.Sprintf(", %d %% in %s", p.Rank, p.Time)
	}
	return text
}

// CheckRanks refuses ranks of percentiles that are not between 1 and 100, or do
// not rise, naming the field of the one at fault: "percentiles[1]".
func CheckRanks(field string, ranks []int) error {
	for i, rank := range ranks {
		if rank < 1 || rank > 100 || i > 0 && rank <= ranks[i-1] {
			return &FieldError{fmt.Sprintf("%s[%d]", field, i), fmt.Sprintf("is %d; give ranks from 1 to 100, rising", rank)}
		}
	}
	return nil
}

// NearestRanks finds percentiles by the nearest rank, as [Spread] defines it, in
// the order of the ranks; none when there are no times. It puts the times into
// another order. Ranks that rise, as [CheckRanks] asks, cost the least. One below
// 1 is the smallest time, one above 100 the greatest.
func NearestRanks(times []time.Duration, ranks []int) []Percentile {
	if len(times) == 0 || len(ranks) == 0 {
		return nil
	}
	found := make([]Percentile, len(ranks))
	n := int64(len(times))
	among := times
	for i, rank := range slices.Backward(ranks) {
		nth := int((n*int64(min(max(rank, 1), 100)) + 99) / 100)
		if nth > len(among) {
			among = times
		}
		selectNth(among, nth-1)
		found[i] = Percentile{rank, among[nth-1]}
		among = among[:nth] // a lower rank is among these
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
