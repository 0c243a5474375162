package itsm

import (
	"cmp"
	"fmt"
	"math/big"
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

// Each is the rate in hundredths, as Percent cuts it: "1.25" moves a record.
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
