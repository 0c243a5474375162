package itsm

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
	"time"
)

// TotalTime is a sum of elapsed times, none of them negative, exact to the
// nanosecond: the times of a million records soon exceed the 292 years that a
// [time.Duration] can hold.
type TotalTime struct {
	Seconds int64 `json:"seconds"`
	Nanos   int64 `json:"nanos"` // of the last second: 0 to 999,999,999
}

const perSecond = int64(time.Second)

// Plus is the total with one more time.
func (t TotalTime) Plus(d time.Duration) TotalTime {
	t.Seconds += int64(d / time.Second)
	t.Nanos += int64(d % time.Second)
	if t.Nanos >= perSecond {
		t.Seconds, t.Nanos = t.Seconds+1, t.Nanos-perSecond
	}
	return t
}

// Over is the total shared among n, cut to a whole nanosecond; zero among none.
func (t TotalTime) Over(n int64) time.Duration {
	if n <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(t.Seconds%n), uint64(perSecond))
	lo, carry := bits.Add64(lo, uint64(t.Nanos), 0)
	rest, _ := bits.Div64(hi+carry, lo, uint64(n)) // at most a second
	return time.Duration(t.Seconds/n)*time.Second + time.Duration(rest)
}

// String is the total in hours, minutes and seconds: "25h1m0.5s".
func (t TotalTime) String() string {
	text := fmt.Sprintf("%dh%dm%d", t.Seconds/3600, t.Seconds/60%60, t.Seconds%60)
	if t.Nanos != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%09d", t.Nanos), "0")
	}
	return text + "s"
}

// PercentOf is the share that the total is of a whole, as [Ratio.Percent] writes
// it; "no data" when the whole is zero.
func (t TotalTime) PercentOf(whole TotalTime) string { return percent(t.nanos(), whole.nanos()) }

func (t TotalTime) nanos() *big.Int {
	n := new(big.Int).Mul(big.NewInt(t.Seconds), big.NewInt(perSecond))
	return n.Add(n, big.NewInt(t.Nanos))
}
