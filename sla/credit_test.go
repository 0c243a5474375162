package sla_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func money(t testing.TB, text string) itsm.Money {
	t.Helper()
	m, err := itsm.ParseMoney(text)
	require.NoError(t, err)
	return m
}

func threeTiers(t testing.TB) sla.Credit {
	return sla.Credit{
		Name: "resolution", Per: sla.Monthly, Fee: money(t, "1000 EUR"), Decimals: 2, Rounding: sla.HalfUp, Cap: "25",
		Tiers: []sla.Tier{{Below: "99.951", Owed: "2.5"}, {Below: "98", Owed: "5"}, {Below: "90", Owed: "25"}},
	}
}

func TestCreditOwed(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		want     string
	}{
		{281, 289, "resolution: 97.23 % of 289 met, below 98: 5 % of 1000 EUR = 50.00 EUR"},
		{0, 0, "resolution: no data, nothing owed"},
		{100_000, 100_000, "resolution: 100.00 % of 100000 met, below no tier, nothing owed"},
		{99_951, 100_000, "resolution: 99.95 % of 100000 met, below no tier, nothing owed"}, // exactly on a threshold
		{999_509, 1_000_000, "resolution: 99.95 % of 1000000 met, below 99.951: 2.5 % of 1000 EUR = 25.00 EUR"},
		{98, 100, "resolution: 98.00 % of 100 met, below 99.951: 2.5 % of 1000 EUR = 25.00 EUR"}, // not below 98
		{979_999, 1_000_000, "resolution: 97.99 % of 1000000 met, below 98: 5 % of 1000 EUR = 50.00 EUR"},
		{9, 10, "resolution: 90.00 % of 10 met, below 98: 5 % of 1000 EUR = 50.00 EUR"},
		{0, 10, "resolution: 0.00 % of 10 met, below 90: 25 % of 1000 EUR = 250.00 EUR"},
	} {
		credit := threeTiers(t)
		line, err := credit.Owed(itsm.Ratio{Num: c.num, Den: c.den})
		require.NoError(t, err)
		assert.Equal(t, c.want, line.String())
	}
	credit := threeTiers(t)
	for _, r := range []itsm.Ratio{{Num: 2, Den: 1}, {Num: -1, Den: 1}, {Num: 0, Den: -1}} {
		_, err := credit.Owed(r)
		itsmtest.RequireField(t, err, "met")
	}
}

// TestCreditRounding: once, by each way to round, as a second implementation over
// fractions does it.
func TestCreditRounding(t *testing.T) {
	for _, c := range []struct {
		fee  string
		want [4]string // half up, half even, down, up
	}{
		{"0.10 EUR", [4]string{"0.01", "0.00", "0.00", "0.01"}}, // half a cent
		{"0.30 EUR", [4]string{"0.02", "0.02", "0.01", "0.02"}}, // one and a half
		{"0.50 EUR", [4]string{"0.03", "0.02", "0.02", "0.03"}},
		{"0.50000001 EUR", [4]string{"0.03", "0.03", "0.02", "0.03"}},
		{"0.49999999 EUR", [4]string{"0.02", "0.02", "0.02", "0.03"}},
		{"0.00000001 EUR", [4]string{"0.00", "0.00", "0.00", "0.01"}},
	} {
		for i, r := range sla.Roundings() {
			credit := threeTiers(t)
			credit.Fee, credit.Rounding, credit.Cap = money(t, c.fee), r, ""
			line, err := credit.Owed(itsm.Ratio{Num: 97, Den: 100})
			require.NoError(t, err)
			assert.Equal(t, c.want[i], line.Amount.Amount.StringFixed(2), "%s, %s", c.fee, r)
		}
	}
	rng := rand.New(rand.NewPCG(4, 7))
	for range 3000 {
		credit := threeTiers(t)
		credit.Decimals, credit.Rounding, credit.Cap = rng.IntN(7), sla.Roundings()[rng.IntN(4)], ""
		credit.Fee.Amount = decimal.New(1+rng.Int64N(1_000_000), -rng.Int32N(8))
		owed := decimal.New(1+rng.Int64N(2500), -2)
		credit.Tiers = []sla.Tier{{Below: "100", Owed: owed.String()}}
		line, err := credit.Owed(itsm.Ratio{Num: 0, Den: 1})
		require.NoError(t, err)
		require.Equal(t, naiveRounded(credit, owed.Rat()), line.Amount.Amount.StringFixed(int32(credit.Decimals)), "%s of %s, %s", owed, credit.Fee, credit.Rounding)
	}
}

// naiveRounded is so many per cent of the fee, rounded in whole units of the last
// decimal.
func naiveRounded(c sla.Credit, percent *big.Rat) string {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.Decimals)), nil)
	exact := new(big.Rat).Mul(c.Fee.Amount.Rat(), percent)
	exact.Quo(exact, big.NewRat(100, 1)).Mul(exact, new(big.Rat).SetInt(unit))
	whole := new(big.Int).Quo(exact.Num(), exact.Denom())
	rest := new(big.Rat).Sub(exact, new(big.Rat).SetInt(whole))
	half := rest.Cmp(big.NewRat(1, 2))
	if c.Rounding == sla.Up && rest.Sign() > 0 || c.Rounding == sla.HalfUp && half >= 0 ||
		c.Rounding == sla.HalfEven && (half > 0 || half == 0 && whole.Bit(0) == 1) {
		whole.Add(whole, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(whole, unit).FloatString(c.Decimals)
}

func TestCreditFaults(t *testing.T) {
	for field, spoil := range map[string]func(*sla.Credit){
		"name":           func(c *sla.Credit) { c.Name = "" },
		"per":            func(c *sla.Credit) { c.Per = "fortnight" },
		"rounding":       func(c *sla.Credit) { c.Rounding = "" },
		"targets[1]":     func(c *sla.Credit) { c.Targets = []string{"P1", "P1"} },
		"fee":            func(c *sla.Credit) { c.Fee.Currency = "Euro" },
		"decimals":       func(c *sla.Credit) { c.Decimals = 7 },
		"cap":            func(c *sla.Credit) { c.Cap = "100.01" },
		"tiers":          func(c *sla.Credit) { c.Tiers = nil },
		"tiers[0].below": func(c *sla.Credit) { c.Tiers[0].Below = "101" },
		"tiers[1].below": func(c *sla.Credit) { c.Tiers[1].Below = "99.9510" }, // doubled
		"tiers[2].below": func(c *sla.Credit) { c.Tiers[2].Below = "99" },      // out of order: they would overlap
		"tiers[0].owed":  func(c *sla.Credit) { c.Tiers[0].Owed = "0" },
		"tiers[1].owed":  func(c *sla.Credit) { c.Tiers[1].Owed = "2.49" }, // less for worse
		"tiers[2].owed":  func(c *sla.Credit) { c.Tiers[2].Owed = "100.01" },
	} {
		credit := threeTiers(t)
		require.NoError(t, credit.Check())
		spoil(&credit)
		itsmtest.RequireField(t, credit.Check(), field)
		_, err := credit.Owed(itsm.Ratio{Num: 1, Den: 1})
		itsmtest.RequireField(t, err, field)
	}
	for _, amount := range []decimal.Decimal{decimal.Zero, decimal.NewFromInt(-1), decimal.New(1, 999_999_999)} {
		credit := threeTiers(t)
		credit.Fee.Amount = amount
		itsmtest.RequireField(t, credit.Check(), "fee")
	}
	for field, spoil := range map[string]func(*sla.Terms){
		"versions[0].terms.credits[0].targets[0]": func(x *sla.Terms) { x.Credits[0].Targets = []string{"P9"} },
		"versions[0].terms.credits[1].name":       func(x *sla.Terms) { x.Credits = append(x.Credits, x.Credits[0]) },
		"versions[0].terms.credits[0].fee":        func(x *sla.Terms) { x.Credits[0].Fee = itsm.Money{} },
	} {
		v := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
		v.Terms.Credits = []sla.Credit{threeTiers(t)}
		spoil(&v.Terms)
		_, err := sla.NewBook(reportSchema(), v)
		itsmtest.RequireField(t, err, field)
	}
}

// credited is a book with credits for one target, and for all, in two currencies.
func credited(t testing.TB) *sla.Book {
	v := gasWorks(1, dated("2026-01-01 00:00"), dated("2026-12-01 00:00"))
	one, all, francs := threeTiers(t), threeTiers(t), threeTiers(t)
	one.Name, one.Targets = "P1", []string{"P1"}
	all.Name = "all"
	francs.Name, francs.Fee, francs.Targets, francs.Tiers = "francs", money(t, "10 CHF"), []string{"usual"}, francs.Tiers[2:]
	v.Terms.Credits = []sla.Credit{one, all, francs}
	w := gasWorks(2, v.Until, time.Time{})
	w.Terms.Credits = []sla.Credit{one}
	other := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
	other.Agreement, other.Kind = "AGR2", sla.OperationalLevel
	return bookWith(t, v, w, other)
}

func TestCreditNote(t *testing.T) {
	b := credited(t)
	work := workOfNovember(t, b) // under the other agreement, too
	by := &sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByTarget}}}
	c, err := sla.MeasureCompliance(slices.Values(work), b, periodOf(t, "2026-11"), by)
	require.NoError(t, err)
	note, err := b.Credits(c, "AGR1", 1)
	require.NoError(t, err)
	assert.Equal(t, `credits under AGR1 version 1 from 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z
  P1 2026-11: 50.00 % of 2 met, below 90: 25 % of 1000 EUR = 250.00 EUR
  all 2026-11: 66.66 % of 3 met, below 90: 25 % of 1000 EUR = 250.00 EUR
  francs 2026-11: 100.00 % of 1 met, below no tier, nothing owed
  total 0.00 CHF
  total 500.00 EUR
`, note.String())
	text, err := json.Marshal(note)
	require.NoError(t, err)
	var read sla.CreditNote
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Equal(t, note.String(), read.String())

	t.Run("a quarter has a line for each month of the version", func(t *testing.T) {
		by := &sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByTarget, sla.ByMonth}}}
		c, err := sla.MeasureCompliance(slices.Values(work), b, periodOf(t, "2026-Q4"), by)
		require.NoError(t, err)
		first, err := b.Credits(c, "AGR1", 1)
		require.NoError(t, err)
		second, err := b.Credits(c, "AGR1", 2)
		require.NoError(t, err)
		var cycles []string
		for _, l := range slices.Concat(first.Lines[:2], second.Lines) {
			cycles = append(cycles, l.String())
		}
		assert.Equal(t, []string{
			"P1 2026-10: 0.00 % of 1 met, below 90: 25 % of 1000 EUR = 250.00 EUR",
			"P1 2026-11: 50.00 % of 2 met, below 90: 25 % of 1000 EUR = 250.00 EUR",
			"P1 2026-12: no data, nothing owed",
		}, cycles)
	})
	half := periodOf(t, "2026-11")
	half.From = half.From.Add(time.Hour)
	berlin := periodOf(t, "2026-11")
	berlin.Zone = zoneOf(t, "Europe/Berlin")
	for field, try := range map[string]struct {
		p sla.Period
		o *sla.ComplianceOptions
	}{
		"compliance":      {half, by},
		"compliance.zone": {berlin, by},
		"compliance.by":   {periodOf(t, "2026-Q4"), by},
	} {
		c, err := sla.MeasureCompliance(slices.Values(work), b, try.p, try.o)
		require.NoError(t, err)
		_, err = b.Credits(c, "AGR1", 1)
		itsmtest.RequireField(t, err, field)
	}
	_, err = b.Credits(c, "AGR1", 3)
	itsmtest.RequireField(t, err, "version")
	_, err = b.Credits(nil, "AGR1", 1)
	itsmtest.RequireField(t, err, "compliance")
}

// TestCreditCap: the most that is owed, which no tier and no rounding goes past.
func TestCreditCap(t *testing.T) {
	for _, c := range []struct {
		fee, cap, owed string
		rounding       sla.Rounding
		amount, says   string
	}{
		{"1000 EUR", "25", "40", sla.HalfUp, "250.00", "40 %, capped at 25 %, of 1000 EUR = 250.00 EUR"},
		{"1000 EUR", "25", "25", sla.HalfUp, "250.00", "25 % of 1000 EUR = 250.00 EUR"},
		{"1000 EUR", "", "40", sla.HalfUp, "400.00", "40 % of 1000 EUR = 400.00 EUR"},
		{"10.005 EUR", "100", "100", sla.Up, "10.00", "100 % of 10.005 EUR = 10.00 EUR"},
		{"10.005 EUR", "", "100", sla.Up, "10.01", "100 % of 10.005 EUR = 10.01 EUR"},
		{"10.01 EUR", "33", "50", sla.HalfUp, "3.30", "50 %, capped at 33 %, of 10.01 EUR = 3.30 EUR"},
	} {
		credit := sla.Credit{
			Name: "c", Per: sla.Monthly, Fee: money(t, c.fee), Cap: c.cap, Decimals: 2, Rounding: c.rounding,
			Tiers: []sla.Tier{{Below: "90", Owed: c.owed}},
		}
		line, err := credit.Owed(itsm.Ratio{Num: 1, Den: 2})
		require.NoError(t, err)
		assert.Equal(t, c.amount, line.Amount.Amount.StringFixed(2), "%+v", c)
		assert.Contains(t, line.String(), c.says)
	}
}
