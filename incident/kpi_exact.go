package incident

import (
	"cmp"
	"fmt"
	"math/big"
	"math/bits"
	"strings"
	"time"
)

// Ratio is an exact share or rate: so many of so many. A zero Den is no data.
type Ratio struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// HasData reports whether there was anything to count.
func (r Ratio) HasData() bool { return r.Den > 0 }

// Percent is the share in hundredths of a per cent, for people: cut, not rounded,
// so that less than all never reads as all, and "<0.01 %" for what would read as
// none; "no data" without any. To hold it to a promise use [Ratio.Compare].
func (r Ratio) Percent() string { return percent(big.NewInt(r.Num), big.NewInt(r.Den)) }

// Each is the rate in hundredths, as Percent cuts it: "1.25" moves an incident.
func (r Ratio) Each() string {
	text, ok := hundredths(big.NewInt(r.Num), big.NewInt(r.Den))
	if !ok {
		return noData
	}
	return text
}

// Compare compares two ratios exactly; no data comes before all else.
func (r Ratio) Compare(o Ratio) int {
	if !r.HasData() || !o.HasData() {
		return cmp.Compare(min(r.Den, 1), min(o.Den, 1))
	}
	a := new(big.Int).Mul(big.NewInt(r.Num), big.NewInt(o.Den))
	return a.Cmp(new(big.Int).Mul(big.NewInt(o.Num), big.NewInt(r.Den)))
}

// String is the ratio and its share: "3/7, 42.85 %".
func (r Ratio) String() string {
	if !r.HasData() {
		return noData
	}
	return fmt.Sprintf("%d/%d, %s", r.Num, r.Den, r.Percent())
}

const noData = "no data"

func percent(num, den *big.Int) string {
	text, ok := hundredths(new(big.Int).Mul(num, big.NewInt(100)), den)
	if !ok {
		return noData
	}
	return text + " %"
}

// hundredths is num/den with two decimals, cut; false when den is none.
func hundredths(num, den *big.Int) (string, bool) {
	if den.Sign() <= 0 {
		return "", false
	}
	q := new(big.Int).Mul(num, big.NewInt(100))
	q.Quo(q, den)
	if q.Sign() == 0 && num.Sign() > 0 {
		return "<0.01", true
	}
	whole, rest := q.QuoRem(q, big.NewInt(100), new(big.Int))
	return fmt.Sprintf("%d.%02d", whole, rest), true
}

// TotalTime is a sum of elapsed times, none of them negative, exact to the
// nanosecond: the times of a million incidents soon exceed the 292 years that a
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

func (t TotalTime) nanos() *big.Int {
	n := new(big.Int).Mul(big.NewInt(t.Seconds), big.NewInt(perSecond))
	return n.Add(n, big.NewInt(t.Nanos))
}

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
