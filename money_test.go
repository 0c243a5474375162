package itsm_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func euros(s string) itsm.Money {
	return itsm.Money{Amount: decimal.RequireFromString(s), Currency: "EUR"}
}

func TestMoney(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "12.50 EUR": "12.5 EUR", "0 EUR": "0 EUR", "-0.10 JPY": "-0.1 JPY", "99999999999999999999.99 USD": "99999999999999999999.99 USD",
	} {
		m, err := itsm.ParseMoney(text)
		require.NoError(t, err)
		require.Equal(t, want, m.String())
		data, err := json.Marshal(m)
		require.NoError(t, err)
		require.Equal(t, `"`+want+`"`, string(data))
		var again itsm.Money
		require.NoError(t, json.Unmarshal(data, &again))
		require.Equal(t, m, again)
		require.Equal(t, text == "", m.IsZero())
	}
	for _, text := range []string{"12.50", "EUR", "EUR 12", "12.50EUR", "12.50 eur", "12.50 EURO", "12.50 EU", "12.50  EUR", " 12 EUR", "12 EUR ", "1e3 EUR", "x EUR", " EUR", "12,5 EUR", "5. EUR"} {
		_, err := itsm.ParseMoney(text)
		require.ErrorIs(t, err, itsm.ErrInvalid, text)
		require.ErrorContains(t, err, "money: ")
		m := euros("1")
		require.Error(t, m.UnmarshalText([]byte(text)))
		require.Equal(t, euros("1"), m)
	}
	for _, m := range []itsm.Money{{Currency: "euro"}, {Amount: decimal.NewFromInt(1)}, euros("1e100"), euros("1e1000000000")} {
		_, err := m.MarshalText()
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
	require.NoError(t, euros("1").Check("price"))
	require.EqualError(t, itsm.Money{Currency: "€"}.Check("price"), `price: has the currency "€"; give three capital letters, as in EUR`)
}

func TestMoneyArithmetic(t *testing.T) {
	sum, err := euros("0.1").Add(euros("0.2"))
	require.NoError(t, err)
	require.Equal(t, "0.3 EUR", sum.String())
	for _, pair := range [][2]itsm.Money{{euros("1"), {}}, {{}, euros("1")}} {
		sum, err := pair[0].Add(pair[1])
		require.NoError(t, err)
		require.Equal(t, euros("1"), sum)
	}
	dollars := itsm.Money{Amount: decimal.NewFromInt(1), Currency: "USD"}
	_, err = euros("1").Add(dollars)
	require.EqualError(t, err, "currency: is EUR here and USD there; convert one first")
	_, err = euros("1").Cmp(dollars)
	require.ErrorIs(t, err, itsm.ErrInvalid)
	for _, c := range []struct {
		a, b string
		want int
	}{{"1", "1.00", 0}, {"1", "2", -1}, {"-1", "-2", 1}} {
		got, err := euros(c.a).Cmp(euros(c.b))
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
}

func TestRef(t *testing.T) {
	id := uuid.MustParse("0195d3a0-0000-7000-8000-000000000001")
	for text, want := range map[string]itsm.Ref{
		"":                  {},
		"employee:4711":     {Kind: "employee", ID: "4711"},
		"ci:a:b":            {Kind: "ci", ID: "a:b"},
		"ü: ":               {Kind: "ü", ID: " "},
		"ci:" + id.String(): itsm.RefTo("ci", id),
	} {
		r, err := itsm.ParseRef(text)
		require.NoError(t, err)
		require.Equal(t, want, r)
		require.Equal(t, text, r.String())
		data, err := json.Marshal(map[itsm.Ref]itsm.Ref{r: r})
		require.NoError(t, err)
		var again map[itsm.Ref]itsm.Ref
		require.NoError(t, json.Unmarshal(data, &again))
		require.Equal(t, map[itsm.Ref]itsm.Ref{r: r}, again)
		require.Equal(t, text == "", r.IsZero())
	}
	got, ok := itsm.RefTo("ci", id).UUID()
	require.True(t, ok)
	require.Equal(t, id, got)
	_, ok = itsm.Ref{Kind: "employee", ID: "4711"}.UUID()
	require.False(t, ok)

	for _, text := range []string{"ci", ":", "ci:", ":42", "\xff:1", "ci:\xff"} {
		_, err := itsm.ParseRef(text)
		require.ErrorIs(t, err, itsm.ErrInvalid, text)
	}
	for r, want := range map[itsm.Ref]string{
		{}:                       "for: is incomplete; give both kind and id",
		{Kind: "ci"}:             "for: is incomplete; give both kind and id",
		{ID: "1"}:                "for: is incomplete; give both kind and id",
		{Kind: "a:b", ID: "1"}:   `for: has the kind "a:b"; a kind holds no colon`,
		{Kind: "ci", ID: "\xff"}: "for: is not valid UTF-8",
	} {
		require.EqualError(t, r.Check("for"), want)
		if !r.IsZero() {
			_, err := r.MarshalText()
			require.ErrorIs(t, err, itsm.ErrInvalid)
		}
	}
}

func TestPriority(t *testing.T) {
	for p := range itsm.MaxPriority + 1 {
		require.Equal(t, p > 0, p.IsValid())
		text, err := p.MarshalText()
		require.NoError(t, err)
		again, err := itsm.ParsePriority(string(text))
		require.NoError(t, err)
		require.Equal(t, p, again)
	}
	require.Equal(t, "P1", itsm.Priority(1).String())
	require.Equal(t, "", itsm.Priority(0).String())
	for _, text := range []string{"P0", "P10", "p1", "1", "P", " P1", "P1 ", "P1\n"} {
		p := itsm.Priority(3)
		require.ErrorIs(t, p.UnmarshalText([]byte(text)), itsm.ErrInvalid, text)
		require.Equal(t, itsm.Priority(3), p)
	}
	for _, p := range []itsm.Priority{-1, 10} {
		_, err := p.MarshalText()
		require.ErrorIs(t, err, itsm.ErrInvalid)
		require.False(t, p.IsValid())
	}
}

func TestMatrix(t *testing.T) {
	m := itsm.DefaultMatrix()
	require.NoError(t, m.Check("matrix"))
	for i, impact := range m.Impacts {
		for j, urgency := range m.Urgencies {
			p, err := m.Of(impact, urgency)
			require.NoError(t, err)
			require.Equal(t, itsm.Priority(i+j+1), p)
		}
	}
	_, err := m.Of("huge", itsm.Low)
	require.EqualError(t, err, `impact: "huge" is none of: high, medium, low`)
	_, err = m.Of(itsm.Low, "")
	require.EqualError(t, err, `urgency: "" is none of: high, medium, low`)

	c := m.Clone()
	c.Impacts[0], c.Priorities[0][0] = "huge", 9
	require.Equal(t, itsm.DefaultMatrix(), m)
	require.Equal(t, itsm.High, c.Urgencies[0])
	d := itsm.DefaultMatrix()
	d.Impacts[0] = "huge"
	require.Equal(t, itsm.High, d.Urgencies[0], "the axes are two lists")

	for _, c := range []struct {
		change func(*itsm.Matrix)
		want   string
	}{
		{func(m *itsm.Matrix) { m.Impacts = nil }, "m.impacts: is empty; name the levels, highest first"},
		{func(m *itsm.Matrix) { m.Urgencies = nil }, "m.urgencies: is empty; name the levels, highest first"},
		{func(m *itsm.Matrix) { m.Impacts[2] = "" }, `m.impacts[2]: is missing`},
		{func(m *itsm.Matrix) { m.Urgencies[2] = itsm.High }, `m.urgencies[2]: "high" is named before`},
		{func(m *itsm.Matrix) { m.Priorities = m.Priorities[:2] }, "m.priorities: has 2 rows for 3 impacts"},
		{func(m *itsm.Matrix) { m.Priorities[1] = nil }, "m.priorities[1]: has 0 columns for 3 urgencies"},
		{func(m *itsm.Matrix) { m.Priorities[1][1] = 0 }, "m.priorities[1][1]: is 0; give 1 to 9"},
		{func(m *itsm.Matrix) { m.Priorities[1][1] = 10 }, "m.priorities[1][1]: is 10; give 1 to 9"},
		{func(m *itsm.Matrix) { m.Priorities[0][2] = 1 }, "m.priorities[0][2]: is P1, more pressing than that of a higher level"},
		{func(m *itsm.Matrix) { m.Priorities[2][0] = 1 }, "m.priorities[2][0]: is P1, more pressing than that of a higher level"},
	} {
		m := itsm.DefaultMatrix()
		c.change(&m)
		require.EqualError(t, m.Check("m"), c.want)
		require.NotPanics(t, func() { _, _ = m.Of(itsm.Low, itsm.Low) })
	}
	_, err = itsm.Matrix{Impacts: m.Impacts, Urgencies: m.Urgencies}.Of(itsm.High, itsm.Low)
	require.EqualError(t, err, `priorities: has no cell for the impact "high" and the urgency "low"`)
}
