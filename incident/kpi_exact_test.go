package incident_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/incident"
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
		r := incident.Ratio{Num: c.num, Den: c.den}
		require.Equal(t, c.percent, r.Percent(), "%d/%d", c.num, c.den)
		require.Equal(t, c.each, r.Each(), "%d/%d", c.num, c.den)
	}
	require.Equal(t, "3/7, 42.85 %", incident.Ratio{Num: 3, Den: 7}.String())
	require.Equal(t, "no data", incident.Ratio{}.String())
	share := incident.HoldShare{Held: incident.TotalTime{Nanos: 1}, Open: incident.TotalTime{Seconds: most}}
	require.Equal(t, "<0.01 %", share.Percent())
}

func TestRatiosCompareExactly(t *testing.T) {
	const most = math.MaxInt64
	rising := []incident.Ratio{{}, {0, 5}, {1, most}, {1, most - 1}, {94_999, 100_000}, {95, 100}, {most - 1, most}, {1, 1}, {most, 1}}
	for i, a := range rising {
		for j, b := range rising {
			want := 0
			if i != j {
				want = map[bool]int{true: -1, false: 1}[i < j]
			}
			require.Equal(t, want, a.Compare(b), "%d/%d and %d/%d", a.Num, a.Den, b.Num, b.Den)
		}
	}
	require.Zero(t, incident.Ratio{Num: 1, Den: 2}.Compare(incident.Ratio{Num: 50, Den: 100}))
	require.Zero(t, incident.Ratio{Num: 1}.Compare(incident.Ratio{Num: 7}), "one without data is like another")
}

// TestTotalsAreExact adds up times beyond what a Duration holds and compares with
// big numbers.
func TestTotalsAreExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var total incident.TotalTime
		sum := new(big.Int)
		n := 1 + rng.Int64N(50)
		for range n {
			d := time.Duration(rng.Int64() >> rng.IntN(63))
			total = total.Plus(d)
			sum.Add(sum, big.NewInt(int64(d)))
		}
		got := new(big.Int).Mul(big.NewInt(total.Seconds), big.NewInt(1e9))
		require.Equal(t, sum, got.Add(got, big.NewInt(total.Nanos)))
		require.Less(t, total.Nanos, int64(time.Second))
		require.Equal(t, new(big.Int).Quo(sum, big.NewInt(n)).Int64(), int64(total.Over(n)))
	}
	for total, want := range map[incident.TotalTime]string{
		{}:                                   "0h0m0s",
		{Seconds: 59, Nanos: 500_000_000}:    "0h0m59.5s",
		{Seconds: 3600}:                      "1h0m0s",
		{Seconds: 90_061, Nanos: 1}:          "25h1m1.000000001s",
		{Seconds: 36_000_000_000, Nanos: 10}: "10000000h0m0.00000001s",
	} {
		require.Equal(t, want, total.String())
	}
	require.Zero(t, incident.TotalTime{Seconds: 5}.Over(0))
	require.Equal(t, incident.TotalTime{Seconds: 1}, incident.TotalTime{}.Plus(time.Second/2).Plus(time.Second/2))
}
