package itsm_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func number(s string) itsm.Value { return itsm.NumberValue(decimal.RequireFromString(s)) }

func TestValue(t *testing.T) {
	ref := itsm.Ref{Kind: "ci", ID: "4:2"}
	long := strings.Repeat("9", 60)
	for _, c := range []struct {
		value itsm.Value
		typ   itsm.Type
		text  string
		json  string
	}{
		{itsm.Value{}, "", "", `null`},
		{itsm.TextValue(""), "", "", `null`},
		{itsm.TextValue(itsm.State("new")), itsm.Text, "new", `"new"`},
		{itsm.TextValue("<ü>\n"), itsm.Text, "<ü>\n", `"\u003cü\u003e\n"`},
		{itsm.TextValue("null"), itsm.Text, "null", `"null"`},
		{number("0"), itsm.Number, "0", `0`},
		{number("-12.50"), itsm.Number, "-12.5", `-12.5`},
		{number("1e3"), itsm.Number, "1000", `1000`},
		{itsm.IntValue(math.MinInt64), itsm.Number, "-9223372036854775808", `-9223372036854775808`},
		{number(long), itsm.Number, long, long},
		{itsm.TruthValue(true), itsm.Truth, "true", `true`},
		{itsm.TruthValue(false), itsm.Truth, "false", `false`},
		{itsm.InstantValue(time.Time{}), "", "", `null`},
		{itsm.InstantValue(time.Time{}.Add(999)), "", "", `null`},
		{itsm.InstantValue(monday.Add(1999)), itsm.Instant, "2026-03-02T09:00:00.000001Z", `{"instant":"2026-03-02T09:00:00.000001Z"}`},
		{itsm.InstantValue(time.Time{}.Add(time.Microsecond)), itsm.Instant, "0001-01-01T00:00:00.000001Z", `{"instant":"0001-01-01T00:00:00.000001Z"}`},
		{itsm.SpanValue(0), itsm.Span, "0s", `{"span":"0s"}`},
		{itsm.SpanValue(4*time.Hour + time.Nanosecond), itsm.Span, "4h0m0.000000001s", `{"span":"4h0m0.000000001s"}`},
		{itsm.SpanValue(math.MinInt64), itsm.Span, "-2562047h47m16.854775808s", `{"span":"-2562047h47m16.854775808s"}`},
		{itsm.ReferenceValue(itsm.Ref{}), "", "", `null`},
		{itsm.ReferenceValue(ref), itsm.Reference, "ci:4:2", `{"reference":"ci:4:2"}`},
	} {
		require.Equal(t, c.typ, c.value.Type())
		require.Equal(t, c.typ == "", c.value.IsZero())
		require.Equal(t, c.text, c.value.String())
		data, err := json.Marshal(c.value)
		require.NoError(t, err)
		require.Equal(t, c.json, string(data))
		var again itsm.Value
		require.NoError(t, json.Unmarshal(data, &again))
		require.True(t, c.value.Equal(again))
		if c.typ != "" {
			parsed, err := itsm.ParseValue(c.typ, c.text)
			require.NoError(t, err)
			require.True(t, c.value.Equal(parsed))
			require.Equal(t, parsed, again, "one value, one form")
		}
	}
	require.Equal(t, "new", itsm.TextValue("new").Text())
	require.Equal(t, "ci:4:2", itsm.ReferenceValue(ref).Text())
	require.True(t, itsm.IntValue(3).Number().Equal(decimal.NewFromInt(3)))
	require.True(t, itsm.TruthValue(true).Truth())
	require.False(t, itsm.IntValue(1).Truth())
	require.Equal(t, monday, itsm.InstantValue(monday.In(time.FixedZone("", 3600))).Instant())
	require.Equal(t, time.Time{}, itsm.IntValue(1).Instant())
	require.Equal(t, time.Hour, itsm.SpanValue(time.Hour).Span())
	require.Zero(t, itsm.IntValue(1).Span())
}

func TestParseValueRefuses(t *testing.T) {
	for _, c := range []struct {
		typ  itsm.Type
		text string
		want string
	}{
		{itsm.Text, "\xff", "value: is not valid UTF-8"},
		{itsm.Number, "", `value: "" is not a decimal of at most 60 digits`},
		{itsm.Number, "1e9", `value: "1e9" is not a decimal of at most 60 digits`},
		{itsm.Truth, "yes", `value: "yes" is neither true nor false`},
		{itsm.Truth, "True", `value: "True" is neither true nor false`},
		{itsm.Instant, "2026-03-02", `value: "2026-03-02" is not an instant, as in "2026-11-23T09:30:00Z"`},
		{itsm.Instant, "2026-02-30T00:00:00Z", `value: "2026-02-30T00:00:00Z" is not an instant, as in "2026-11-23T09:30:00Z"`},
		{itsm.Instant, "0001-01-01T00:00:00Z", "value: is the zero time; give an instant"},
		{itsm.Instant, "0001-01-01T00:00:00.0000001Z", "value: is the zero time; give an instant"},
		{itsm.Instant, "9999-12-31T23:59:59-01:00", "value: is in the year 10000; years 1 to 9999 can be kept"},
		{itsm.Span, "4", `value: "4" is not an elapsed time, as in "4h30m"`},
		{itsm.Span, "9999999h", `value: "9999999h" is not an elapsed time, as in "4h30m"`},
		{itsm.Reference, "ann", `ref: "ann" is not of the form kind:id`},
		{"weight", "3", `type: "weight" is none of: text, number, truth, instant, span, reference`},
		{"", "", `type: "" is none of: text, number, truth, instant, span, reference`},
	} {
		v, err := itsm.ParseValue(c.typ, c.text)
		require.EqualError(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		require.Equal(t, itsm.Value{}, v)
	}
}

// A value of a type may be spaced and escaped as JSON allows.
func TestValueJSON(t *testing.T) {
	for data, want := range map[string]itsm.Value{
		" \"\\ud83d\\ude00\\\\ud800\" ":    itsm.TextValue(`😀\ud800`),
		`""`:                               itsm.Value{},
		`-0.50`:                            number("-0.5"),
		"0":                                number("0"),
		"{ \"sp\\u0061n\" :\t\"1h\" \r\n}": itsm.SpanValue(time.Hour),
		`{"text":"a"}`:                     itsm.TextValue("a"),
		`{"number":"007"}`:                 number("7"),
		`{"reference":"ci:\"{\\"}`:         itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: `"{\`}),
	} {
		var v itsm.Value
		require.NoError(t, v.UnmarshalJSON([]byte(data)), data)
		require.Equal(t, want, v, data)
	}
}

func TestValueJSONRefuses(t *testing.T) {
	for data, want := range map[string]string{
		``:                           `value: "" is not a decimal of at most 60 digits`,
		`nul`:                        `value: "nul" is not a decimal of at most 60 digits`,
		`nope`:                       `value: "nope" is not a decimal of at most 60 digits`,
		`falsehood`:                  `value: "falsehood" is not a decimal of at most 60 digits`,
		`"open`:                      `value: "\"open" is not a JSON string`,
		"\"\xff\"":                   "value: is not valid UTF-8",
		`[]`:                         `value: "[]" is not a decimal of at most 60 digits`,
		`{}`:                         `value: "{}" is not a single {"type": "text"}`,
		`{"span":"1h","instant":""}`: `value: "{\"span\":\"1h\",\"instant\":\"\"}" is not a single {"type": "text"}`,
		`{"span":3600}`:              `value: "{\"span\":3600}" is not a single {"type": "text"}`,
		`{"weight":"3"}`:             `type: "weight" is none of: text, number, truth, instant, span, reference`,
		`1E5`:                        `value: "1E5" is not a decimal of at most 60 digits`,
		`010`:                        `value: "010" is no JSON number; leave out the zeros that it begins with`,
		`-00.5`:                      `value: "-00.5" is no JSON number; leave out the zeros that it begins with`,
		`"\ud800"`:                   "value: holds half of a surrogate pair, which is no character",
		`"\ude00\ud83d"`:             "value: holds half of a surrogate pair, which is no character",
		`{"reference":"ci:\ud83d"}`:  "value: holds half of a surrogate pair, which is no character",
		`"\ud83"`:                    `value: "\"\\ud83\"" is not a JSON string`,
		"\"a\nb\"":                   `value: "\"a\nb\"" is not a JSON string`,
		`"a" "b"`:                    `value: "\"a\" \"b\"" is not a JSON string`,
		"\u00a01":                    `value: "\u00a01" is not a decimal of at most 60 digits`,
		`{"span":"1h","span":"2h"}`:  `value: "{\"span\":\"1h\",\"span\":\"2h\"}" is not a single {"type": "text"}`,
		`{"text":null}`:              `value: "{\"text\":null}" is not a single {"type": "text"}`,
		`{"span":"1h",}`:             `value: "{\"span\":\"1h\",}" is not a single {"type": "text"}`,
		`{"span" "1h"}`:              `value: "{\"span\" \"1h\"}" is not a single {"type": "text"}`,
		`{"span":"1h"}}`:             `value: "{\"span\":\"1h\"}}" is not a single {"type": "text"}`,
		`{"span":"1h"`:               `value: "{\"span\":\"1h\"" is not a single {"type": "text"}`,
	} {
		v := itsm.IntValue(7)
		err := v.UnmarshalJSON([]byte(data))
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		require.Equal(t, itsm.IntValue(7), v, "an error changes nothing")
	}

	// What could not be read back is not written.
	for _, v := range []itsm.Value{
		itsm.TextValue("\xff"),
		itsm.ReferenceValue(itsm.Ref{ID: "x"}),
		itsm.InstantValue(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)),
		itsm.InstantValue(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)),
		number("1e60"), number("1e1000000000"), number("1e-61"), number("1e-1000000000"),
	} {
		_, err := json.Marshal(v)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

// someValue makes one up, of few values so that equal ones occur.
func someValue(rng *rand.Rand) itsm.Value {
	n := rng.IntN(4) - 1
	switch rng.IntN(7) {
	case 0:
		return itsm.TextValue([]string{"", "a", "b", "B", "ü"}[rng.IntN(5)])
	case 1:
		return itsm.NumberValue(decimal.New(int64(n)*100, int32(-rng.IntN(3)))) // 1, 1.0, 1.00
	case 2:
		return itsm.TruthValue(n > 0)
	case 3:
		return itsm.InstantValue(monday.Add(time.Duration(n) * time.Microsecond))
	case 4:
		return itsm.SpanValue(time.Duration(n))
	case 5:
		return itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: []string{"1", "2", "10"}[rng.IntN(3)]})
	}
	return itsm.Value{}
}

// Compare is a total order, and Equal is its sameness.
func TestValueOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	for range 50_000 {
		a, b, c := someValue(rng), someValue(rng), someValue(rng)
		require.Zero(t, a.Compare(a))
		require.Equal(t, a.Compare(b), -b.Compare(a), "%v %v", a, b)
		require.Equal(t, a.Compare(b) == 0, a.Equal(b))
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 {
			require.LessOrEqual(t, a.Compare(c), 0, "%v %v %v", a, b, c)
		}
		if a.Equal(b) {
			require.Equal(t, a.Type(), b.Type())
			require.Equal(t, a.String(), b.String())
			require.Equal(t, a.Compare(c), b.Compare(c))
		}
	}
	list := []itsm.Value{itsm.IntValue(10), itsm.IntValue(9), itsm.TextValue("b"), itsm.TextValue("a"), {}, number("9.50"), itsm.TruthValue(false)}
	slices.SortFunc(list, itsm.Value.Compare)
	require.Equal(t, []itsm.Value{{}, itsm.IntValue(9), number("9.50"), itsm.IntValue(10), itsm.TextValue("a"), itsm.TextValue("b"), itsm.TruthValue(false)}, list)
}

func TestParseDecimal(t *testing.T) {
	sixty := strings.Repeat("1", 60)
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "-0.00": "0", "007": "7", "12.50": "12.5", "12.00": "12", "-0.010": "-0.01", sixty: sixty,
		"0." + sixty[1:]: "0." + sixty[1:],
	} {
		d, err := itsm.ParseDecimal("cost", text)
		require.NoError(t, err, text)
		require.Equal(t, want, d.String())
		again, err := itsm.ParseDecimal("cost", d.String())
		require.NoError(t, err)
		require.Equal(t, d, again, "one number, one form")
	}
	for _, text := range []string{"", "-", ".", "-.", "5.", ".5", "+5", "--5", "5-", "1.2.3", "1e3", "0x1", " 1", "1 ", "1_0", "1,5", "٣", "Inf", "NaN", sixty + "1", "0." + sixty} {
		_, err := itsm.ParseDecimal("cost", text)
		require.ErrorIs(t, err, itsm.ErrInvalid, text)
		require.ErrorContains(t, err, "cost: ")
	}
}
