package itsm_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// TestTotalsAreExact adds up times beyond what a Duration holds and compares with
// big numbers.
func TestTotalsAreExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var total itsm.TotalTime
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
	for total, want := range map[itsm.TotalTime]string{
		{}:                                   "0h0m0s",
		{Seconds: 59, Nanos: 500_000_000}:    "0h0m59.5s",
		{Seconds: 3600}:                      "1h0m0s",
		{Seconds: 90_061, Nanos: 1}:          "25h1m1.000000001s",
		{Seconds: 36_000_000_000, Nanos: 10}: "10000000h0m0.00000001s",
	} {
		require.Equal(t, want, total.String())
	}
	require.Zero(t, itsm.TotalTime{Seconds: 5}.Over(0))
	require.Equal(t, itsm.TotalTime{Seconds: 1}, itsm.TotalTime{}.Plus(time.Second/2).Plus(time.Second/2))
}

func TestPercentOfATotal(t *testing.T) {
	most := itsm.TotalTime{Seconds: math.MaxInt64, Nanos: 999_999_999}
	for _, c := range []struct {
		part, whole itsm.TotalTime
		want        string
	}{
		{itsm.TotalTime{}, itsm.TotalTime{}, "no data"},
		{itsm.TotalTime{Seconds: 1}, itsm.TotalTime{}, "no data"},
		{itsm.TotalTime{}, itsm.TotalTime{Nanos: 1}, "0.00 %"},
		{itsm.TotalTime{Nanos: 1}, most, "<0.01 %"},
		{itsm.TotalTime{Nanos: 500_000_000}, itsm.TotalTime{Seconds: 3}, "16.66 %"},
		{itsm.TotalTime{Seconds: math.MaxInt64, Nanos: 999_999_998}, most, "99.99 %"},
		{most, most, "100.00 %"},
	} {
		require.Equal(t, c.want, c.part.PercentOf(c.whole), "%s of %s", c.part, c.whole)
	}
}
