package storetest_test

import (
	"math"
	"testing"

	"github.com/itsmkit/itsm/store/storetest"
)

// TestFitGrowth: exact data gives its own numbers, and what grows faster than the
// logarithm lies above the line.
func TestFitGrowth(t *testing.T) {
	sizes := []int{1_000, 10_000, 100_000, 1_000_000}
	costs := func(f func(n float64) float64) []float64 {
		var list []float64
		for _, n := range sizes {
			list = append(list, f(float64(n)))
		}
		return list
	}
	near := func(got, want float64) bool { return math.Abs(got-want) < 1e-6*(1+math.Abs(want)) }
	for name, c := range map[string]struct {
		cost           func(n float64) float64
		base, doubling float64
		above          func(float64) bool
	}{
		"constant":    {func(float64) float64 { return 700 }, 700, 0, func(a float64) bool { return near(a, 0) }},
		"logarithmic": {func(n float64) float64 { return 300 + 40*math.Log2(n) }, 300, 40, func(a float64) bool { return near(a, 0) }},
		"root":        {math.Sqrt, math.NaN(), math.NaN(), func(a float64) bool { return a > 0.5 }},
		"linear":      {func(n float64) float64 { return 500 + n/10 }, math.NaN(), math.NaN(), func(a float64) bool { return a > 2 }},
		"slower":      {func(n float64) float64 { return 1000 - 1e5/n }, math.NaN(), math.NaN(), func(a float64) bool { return a < 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := storetest.FitGrowth(sizes, costs(c.cost))
			if err != nil {
				t.Fatal(err)
			}
			if !math.IsNaN(c.base) && (!near(g.Base, c.base) || !near(g.Doubling, c.doubling) || !near(g.Residual, 0)) {
				t.Errorf("got %+v, want %v + %v a doubling", g, c.base, c.doubling)
			}
			if !c.above(g.Above) {
				t.Errorf("the last lies %v above the line", g.Above)
			}
		})
	}
	// By hand: the line through (0, 1), (1, 3), (2, 2) is 1.5 + 0.5 x, off by
	// -0.5, 1, -0.5 around a mean of 2; through the first two, 2 is foretold as 5.
	g, err := storetest.FitGrowth([]int{1, 2, 4}, []float64{1, 3, 2})
	if err != nil || !near(g.Base, 1.5) || !near(g.Doubling, 0.5) || !near(g.Residual, math.Sqrt(0.5)/2) || !near(g.Above, -0.6) {
		t.Errorf("got %+v, %v", g, err)
	}
}

func TestFitGrowthRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		records []int
		costs   []float64
	}{
		"two points":    {[]int{1, 2}, []float64{1, 2}},
		"a missing one": {[]int{1, 2, 3}, []float64{1, 2}},
		"no records":    {[]int{0, 2, 3}, []float64{1, 2, 3}},
		"one twice":     {[]int{1, 2, 2}, []float64{1, 2, 3}},
		"no cost":       {[]int{1, 2, 4}, []float64{0, 0, 0}},
	} {
		if g, err := storetest.FitGrowth(c.records, c.costs); err == nil {
			t.Errorf("%s gives %+v", name, g)
		}
	}
}
