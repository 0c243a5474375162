package itsm_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// TestPercentNeverRoundsAcrossABound: what is less than all does not read as all,
// what is more than none not as none.
func TestPercentNeverRoundsAcrossABound(t *testing.T) {
	const most = math.MaxInt64
	for _, c := range []struct {
		num, den      int64
		percent, each string
	}{
		{0, 0, "no data", "no data"},
		{3, 0, "no data", "no data"},
		{0, 3, "0.00 %", "0.00"},
		{3, 3, "100.00 %", "1.00"},
		{1, 3, "33.33 %", "0.33"},
		{2, 3, "66.66 %", "0.66"},
		{5, 4, "125.00 %", "1.25"},
		{141_711, 141_712, "99.99 %", "0.99"},
		{1, 10_000, "0.01 %", "<0.01"},
		{1, 10_001, "<0.01 %", "<0.01"},
		{1, most, "<0.01 %", "<0.01"},
		{most - 1, most, "99.99 %", "0.99"},
		{most, most, "100.00 %", "1.00"},
		{most, 1, "922337203685477580700.00 %", "9223372036854775807.00"},
	} {
		r := itsm.Ratio{Num: c.num, Den: c.den}
		require.Equal(t, c.percent, r.Percent(), "%d/%d", c.num, c.den)
		require.Equal(t, c.each, r.Each(), "%d/%d", c.num, c.den)
	}
	require.Equal(t, "3/7, 42.85 %", itsm.Ratio{Num: 3, Den: 7}.String())
	require.Equal(t, "no data", itsm.Ratio{}.String())
}

func TestRatiosCompareExactly(t *testing.T) {
	const most = math.MaxInt64
	rising := []itsm.Ratio{{}, {0, 5}, {1, most}, {1, most - 1}, {94_999, 100_000}, {95, 100}, {most - 1, most}, {1, 1}, {most, 1}}
	for i, a := range rising {
		for j, b := range rising {
			want := 0
			if i != j {
				want = map[bool]int{true: -1, false: 1}[i < j]
			}
			require.Equal(t, want, a.Compare(b), "%d/%d and %d/%d", a.Num, a.Den, b.Num, b.Den)
		}
	}
	require.Zero(t, itsm.Ratio{Num: 1, Den: 2}.Compare(itsm.Ratio{Num: 50, Den: 100}))
	require.Zero(t, itsm.Ratio{Num: 1}.Compare(itsm.Ratio{Num: 7}), "one without data is like another")
}
