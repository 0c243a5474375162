package sla_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// series is a series of counts; less than zero: no data.
func series(counts ...int64) []sla.Point {
	var list []sla.Point
	for i, n := range counts {
		p := sla.Point{Name: fmt.Sprint(i + 1)}
		if n >= 0 {
			p.Value = itsm.Ratio{Num: n, Den: 1}
		}
		list = append(list, p)
	}
	return list
}

func TestTrend(t *testing.T) {
	for _, c := range []struct {
		points []sla.Point
		want   string
	}{
		{nil, "no data"},
		{series(4), "no data"},
		{series(-1, 4, -1), "no data, 1 without data, 3 without data"},
		{series(1, 2), "rising, 1 a cycle (S 1 of 2 points)"},
		{series(1, 2, 3, 4), "rising, 1 a cycle (S 6 of 4 points)"},
		{series(1, 2, 3, 4, 5), "rising, 1 a cycle (S 10 of 5 points, clear)"},
		{series(5, 4, 3, 2, 0), "falling, -1 a cycle (S -10 of 5 points, clear)"},
		{series(7, 7, 7), "steady, 0 a cycle (S 0 of 3 points)"},
		{series(1, 1, 2), "rising, 1/2 a cycle (S 2 of 3 points)"},
		{series(1, 1000, 3, 4, 5), "rising, 1 a cycle (S 4 of 5 points)"},            // an outlier
		{series(1, -1, 3, 4), "rising, 1 a cycle (S 3 of 3 points), 2 without data"}, // keeps its place
		{series(10, 9, -1, -1, 6), "falling, -1 a cycle (S -3 of 3 points), 3 without data, 4 without data"},
	} {
		got, err := sla.TrendOf(c.points...)
		require.NoError(t, err)
		assert.Equal(t, c.want, got.String())
	}
	shares := []sla.Point{{"2026-01", itsm.Ratio{Num: 2, Den: 3}}, {"2026-02", itsm.Ratio{Num: 2, Den: 4}}, {"2026-03", itsm.Ratio{Num: 3, Den: 6}}}
	got, err := sla.TrendOf(shares...)
	require.NoError(t, err)
	assert.Equal(t, "falling, -1/12 a cycle (S -2 of 3 points)", got.String())
	assert.Equal(t, itsm.Ratio{Num: 3*2*11 - 2*1*9, Den: 18}, got.Variance, "equal shares of other denominators are ties")
	_, err = sla.TrendOf(make([]sla.Point, 1001)...)
	itsmtest.RequireField(t, err, "points")
}

// TestTrendAgainstANaiveOne: pairs counted and slopes found over integers, after
// all figures were brought to one denominator.
func TestTrendAgainstANaiveOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 45))
	for range 500 {
		var points []sla.Point
		var times, values []int64
		const common = 2 * 2 * 3 * 5
		for i := range rng.IntN(12) {
			p := sla.Point{Name: fmt.Sprint(i)}
			if rng.IntN(5) > 0 {
				den := 1 + rng.Int64N(6)
				p.Value = itsm.Ratio{Num: rng.Int64N(10), Den: den}
				times, values = append(times, int64(i)), append(values, p.Value.Num*common/den)
			}
			points = append(points, p)
		}
		got, err := sla.TrendOf(points...)
		require.NoError(t, err)
		rise, fall := int64(0), int64(0)
		var slopes []*big.Rat
		for i := range values {
			for j := i + 1; j < len(values); j++ {
				if values[j] > values[i] {
					rise++
				} else if values[j] < values[i] {
					fall++
				}
				slopes = append(slopes, big.NewRat(values[j]-values[i], (times[j]-times[i])*common))
			}
		}
		require.Equal(t, rise-fall, got.S)
		require.Len(t, got.Skipped, len(points)-len(values))
		if len(slopes) == 0 {
			require.Nil(t, got.Slope)
			continue
		}
		below, above := 0, 0 // a median has no more than half on either side
		for _, s := range slopes {
			below += max(-s.Cmp(got.Slope), 0)
			above += max(s.Cmp(got.Slope), 0)
		}
		require.LessOrEqual(t, 2*below, len(slopes))
		require.LessOrEqual(t, 2*above, len(slopes))
		slices.SortFunc(slopes, (*big.Rat).Cmp)
		middle := new(big.Rat).Add(slopes[(len(slopes)-1)/2], slopes[len(slopes)/2])
		require.Zero(t, middle.Quo(middle, big.NewRat(2, 1)).Cmp(got.Slope))
		require.Equal(t, naiveClear(values, got.S), got.Clear)
	}
}

// naiveClear is the test over fractions.
func naiveClear(values []int64, s int64) bool {
	ties := make(map[int64]int64)
	for _, v := range values {
		ties[v]++
	}
	n := int64(len(values))
	variance := big.NewRat(n*(n-1)*(2*n+5), 18)
	for _, k := range ties {
		variance.Sub(variance, big.NewRat(k*(k-1)*(2*k+5), 18))
	}
	less := max(s, -s) - 1
	if less <= 0 {
		return false
	}
	z := new(big.Rat).Quo(big.NewRat(less*less, 1), variance)
	return z.Cmp(new(big.Rat).Mul(big.NewRat(196, 100), big.NewRat(196, 100))) >= 0
}
