package sla

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/itsmkit/itsm"
)

// Point is the figure of one cycle in a series: a share, or a count as so many of 1.
type Point struct {
	Name  string     `json:"name"` // of the cycle: "2026-11"
	Value itsm.Ratio `json:"value"`
}

// Trend says whether the figures of a series rise or fall, by two measures that ask
// for no distribution and that a few outliers do not move. Both are exact.
//
// S is that of the Mann–Kendall test: of all pairs of points, how many rise, less
// how many fall; equal ones count as neither (H. B. Mann, Nonparametric tests
// against trend, Econometrica 13, 1945; M. G. Kendall, Rank Correlation Methods,
// 1975). Slope is that of Theil and Sen: the median of the slopes of all pairs, the
// mean of both in the middle when their number is even (P. K. Sen, Estimates of the
// regression coefficient based on Kendall's tau, Journal of the American Statistical
// Association 63, 1968).
//
// Cycles without data are left out of both, and named; they keep their place on the
// axis of time.
type Trend struct {
	Points    int       `json:"points"`            // with data
	Skipped   []string  `json:"skipped,omitempty"` // cycles without data
	S         int64     `json:"s"`
	Direction Direction `json:"direction"`

	// Variance is that of S if there were no trend, corrected for equal points; its
	// denominator is 18.
	Variance itsm.Ratio `json:"variance"`

	// Clear reports whether so great an S would come by chance at most once in
	// twenty series without a trend: (|S| − 1)² is at least 1.96² times the variance.
	// It takes five points at the least.
	Clear bool `json:"clear"`

	Slope *big.Rat `json:"slope,omitempty"` // of a cycle; nil: fewer than two points
}

// Direction says which way a series goes.
type Direction string

// The directions, by the sign of S.
const (
	Rising      Direction = "rising"
	Falling     Direction = "falling"
	Steady      Direction = "steady"
	NoDirection Direction = "no data" // fewer than two points
)

// Directions lists every direction.
func Directions() []Direction { return []Direction{Rising, Falling, Steady, NoDirection} }

// mostPoints keeps the pairs of points to half a million.
const mostPoints = 1000

// TrendOf is the trend of a series, in the order of time. More than 1000 points are
// an *[itsm.FieldError].
func TrendOf(points ...Point) (Trend, error) {
	t := Trend{Direction: NoDirection, Variance: itsm.Ratio{Den: 18}}
	if len(points) > mostPoints {
		return t, &itsm.FieldError{Field: "points", Problem: fmt.Sprintf("are %d; give at most %d, as of longer cycles", len(points), mostPoints)}
	}
	var values []*big.Rat
	var places []int64
	for i, p := range points {
		if !p.Value.HasData() {
			t.Skipped = append(t.Skipped, p.Name)
			continue
		}
		values, places = append(values, big.NewRat(p.Value.Num, p.Value.Den)), append(places, int64(i))
	}
	t.Points = len(values)
	if t.Points < 2 {
		return t, nil
	}
	t.pairs(values, places)
	t.variance(values)
	switch {
	case t.S > 0:
		t.Direction = Rising
	case t.S < 0:
		t.Direction = Falling
	default:
		t.Direction = Steady
	}
	return t, nil
}

// pairs looks at all pairs of points.
func (t *Trend) pairs(values []*big.Rat, places []int64) {
	slopes := make([]*big.Rat, 0, len(values)*(len(values)-1)/2)
	for j := range values {
		for i := range j {
			rise := new(big.Rat).Sub(values[j], values[i])
			t.S += int64(rise.Sign())
			slopes = append(slopes, rise.Quo(rise, new(big.Rat).SetInt64(places[j]-places[i])))
		}
	}
	slices.SortFunc(slopes, (*big.Rat).Cmp)
	n := len(slopes)
	t.Slope = slopes[n/2]
	if n%2 == 0 {
		t.Slope = new(big.Rat).Add(slopes[n/2-1], slopes[n/2])
		t.Slope.Quo(t.Slope, big.NewRat(2, 1))
	}
}

// variance is that of S, with the correction for ties, and whether S is clear.
func (t *Trend) variance(values []*big.Rat) {
	part := func(n int64) int64 { return n * (n - 1) * (2*n + 5) }
	t.Variance.Num = part(int64(t.Points))
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, (*big.Rat).Cmp)
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j].Cmp(sorted[i]) == 0 {
			j++
		}
		t.Variance.Num -= part(int64(j - i))
		i = j
	}
	s := max(t.S, -t.S) - 1
	const limit = 38416 // 1.96², times 10000
	left := new(big.Int).Mul(big.NewInt(s*s), big.NewInt(18*10_000))
	t.Clear = s > 0 && left.Cmp(new(big.Int).Mul(big.NewInt(t.Variance.Num), big.NewInt(limit))) >= 0
}

// String is the trend on one line: "falling by 3/200 a cycle (S -6 of 4 points),
// 2026-03 without data".
func (t Trend) String() string {
	text := string(t.Direction)
	if t.Slope != nil {
		text = fmt.Sprintf("%s, %s a cycle (S %d of %d points", t.Direction, t.Slope.RatString(), t.S, t.Points)
		if t.Clear {
			text += ", clear"
		}
		text += ")"
	}
	for _, name := range t.Skipped {
		text += ", " + name + " without data"
	}
	return text
}

// percentOf is a ratio that has data, in per cent.
func percentOf(r itsm.Ratio) *big.Rat {
	return new(big.Rat).Mul(big.NewRat(r.Num, r.Den), big.NewRat(100, 1))
}
