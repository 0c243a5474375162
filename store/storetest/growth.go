package storetest

import (
	"errors"
	"fmt"
	"math"
)

// Growth is how a cost grows with a number of records n, as Base + Doubling ·
// log2(n). A backend whose cost grows faster than that shows it in Above.
type Growth struct {
	Base     float64 // nanoseconds
	Doubling float64 // nanoseconds that each doubling of the records adds

	// Residual is the root of the mean square of what the line is off, over the
	// mean cost: 0.05 is five percent.
	Residual float64

	// Above is how far the cost at the most records lies above the line through
	// all the others, over that line: 0 or less for growth that is no faster
	// than the logarithm, 0.5 for half as much again.
	Above float64
}

// FitGrowth fits costs, in nanoseconds, at rising numbers of records by least
// squares.
func FitGrowth(records []int, costs []float64) (Growth, error) {
	if len(records) != len(costs) || len(records) < 3 {
		return Growth{}, fmt.Errorf("storetest: %d numbers of records and %d costs, want as many of each, and three at least", len(records), len(costs))
	}
	for i, n := range records {
		if n < 1 || i > 0 && n <= records[i-1] {
			return Growth{}, fmt.Errorf("storetest: numbers of records %v do not rise from 1 or more", records)
		}
	}
	last := len(records) - 1
	var g Growth
	g.Base, g.Doubling = line(records, costs)
	var squares, sum float64
	for i, n := range records {
		off := costs[i] - (g.Base + g.Doubling*math.Log2(float64(n)))
		squares += off * off
		sum += costs[i]
	}
	mean := sum / float64(len(costs))
	base, doubling := line(records[:last], costs[:last])
	foretold := base + doubling*math.Log2(float64(records[last]))
	if mean <= 0 || foretold <= 0 {
		return Growth{}, errors.New("storetest: costs that do not come to more than nothing")
	}
	g.Residual = math.Sqrt(squares/float64(len(costs))) / mean
	g.Above = costs[last]/foretold - 1
	return g, nil
}

// line returns the a and b of cost = a + b·log2(records) with the least squares.
func line(records []int, costs []float64) (a, b float64) {
	var meanX, meanY float64
	for i, n := range records {
		meanX += math.Log2(float64(n)) / float64(len(records))
		meanY += costs[i] / float64(len(records))
	}
	var xy, xx float64
	for i, n := range records {
		x := math.Log2(float64(n)) - meanX
		xy += x * (costs[i] - meanY)
		xx += x * x
	}
	b = xy / xx
	return meanY - b*meanX, b
}
