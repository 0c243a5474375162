package register_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
)

// compareKeys is the order that index keys promise: value by value, a tuple
// before those it begins.
func compareKeys(a, b itsm.Key) int { return slices.CompareFunc(a, b, itsm.Value.Compare) }

func requireOrder(t *testing.T, a, b itsm.Key) {
	t.Helper()
	x, y := register.AppendKey(nil, a), register.AppendKey(nil, b)
	require.Equalf(t, compareKeys(a, b), bytes.Compare(x, y), "%v is %x\n%v is %x", a, x, b, y)
	begins := len(a) <= len(b) && compareKeys(a, b[:len(a)]) == 0
	require.Equalf(t, begins, bytes.HasPrefix(y, x), "%v is %x\n%v is %x", a, x, b, y)
}

func number(s string) itsm.Value {
	v, err := itsm.ParseValue(itsm.Number, s)
	if err != nil {
		panic(err)
	}
	return v
}

// hardValues are those next to which an encoding goes wrong.
func hardValues() []itsm.Value {
	list := []itsm.Value{{}, itsm.TruthValue(false), itsm.TruthValue(true)}
	for _, s := range []string{"\x00", "\x00\x00", "\x00\xff", "\x01", "a", "a\x00", "a\x00b", "a\x01", "ab", "b", "\xff", "\xff\xff", "é", "A"} {
		list = append(list, itsm.TextValue(s))
	}
	for _, s := range []string{"ci:1", "ci:10", "ci:2"} {
		r, _ := itsm.ParseRef(s)
		list = append(list, itsm.ReferenceValue(r))
	}
	for _, n := range []int64{math.MinInt64, -1 << 32, -256, -1, 0, 1, 255, 256, 1 << 32, math.MaxInt64} {
		list = append(list, itsm.SpanValue(time.Duration(n)), itsm.IntValue(n))
	}
	for _, at := range []time.Time{time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Unix(-1, 0), time.Unix(0, 0), time.Unix(0, 1000), start, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		list = append(list, itsm.InstantValue(at))
	}
	for _, s := range []string{"0.1", "0.10", "0.12", "0.123", "0.2", "-0.1", "-0.12", "-0.2", "-1.5", "1.5", "9.99", "10", "10.0", "100", "99.9", "-10", "-9.9", "0.0", "0.001", "0.0099", "123456789012345678901234567890", "1234567890123456789012345678901", "0.000000000000000000000000001"} {
		list = append(list, number(s))
	}
	for n, e := range map[int64]int32{100: -1, 1: 1, 150: -2, -1500: -3, 0: 5} { // the same numbers, written otherwise
		list = append(list, itsm.NumberValue(itsm.IntValue(n).Number().Shift(e)))
	}
	one := itsm.IntValue(1).Number()
	for _, e := range []int32{-400, -1, 0, 3, 400} {
		list = append(list, itsm.NumberValue(one.Shift(e)), itsm.NumberValue(one.Shift(e).Neg()))
	}
	return list
}

func TestKeysKeepTheOrderOfValues(t *testing.T) {
	hard := hardValues()
	for _, v := range hard {
		for _, w := range hard {
			requireOrder(t, itsm.Key{v}, itsm.Key{w})
		}
	}
	types := append([]itsm.Type{""}, itsm.Types()...)
	slices.Sort(types)
	var tags []byte
	for _, typ := range types {
		i := slices.IndexFunc(hard, func(v itsm.Value) bool { return v.Type() == typ })
		require.GreaterOrEqual(t, i, 0, "a value of type %s is tried", typ)
		tags = append(tags, register.AppendKey(nil, hard[i:i+1])[0])
	}
	assert.True(t, slices.IsSorted(tags))
	assert.Len(t, slices.Compact(tags), len(types), "each type has its own tag")

	r := rand.New(rand.NewPCG(3, 4))
	tuple := func() itsm.Key {
		key := make(itsm.Key, r.IntN(4))
		for i := range key {
			key[i] = hard[r.IntN(len(hard))]
		}
		return key
	}
	for range 200_000 {
		requireOrder(t, tuple(), tuple())
	}
}

// The encoding is what is stored: it must never change.
func TestKeysStayWhatTheyAre(t *testing.T) {
	for want, key := range map[string]itsm.Key{
		"":                           {},
		"01":                         {{}},
		"10 80 00 00 00 00 00 00 01": {itsm.InstantValue(time.UnixMicro(1))},
		"20 02":                      {number("0.00")},
		"20 03 80 00 00 00 00 00 00 03 02 03 06 00": {number("125.0")},
		"20 01 7f ff ff ff ff ff ff fd fd fc ff":    {number("-12")},
		"30 63 69 3a 31 00 01":                      {itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: "1"})},
		"40 7f ff ff ff ff ff ff ff":                {itsm.SpanValue(-1)},
		"50 61 00 ff 62 00 01 60 01 60 00":          {itsm.TextValue("a\x00b"), itsm.TruthValue(true), itsm.TruthValue(false)},
	} {
		var hex []string
		for _, b := range register.AppendKey(nil, key) {
			hex = append(hex, string("0123456789abcdef"[b>>4])+string("0123456789abcdef"[b&15]))
		}
		assert.Equal(t, want, strings.Join(hex, " "))
	}
}

func FuzzKeyOrder(f *testing.F) {
	f.Add("a", "b", int64(1), int64(-1), int64(15), int8(-1), int64(150), int8(-2))
	f.Add("a\x00", "a", int64(0), int64(1), int64(-99), int8(0), int64(-100), int8(0))
	f.Fuzz(func(t *testing.T, s1, s2 string, n1, n2, c1 int64, e1 int8, c2 int64, e2 int8) {
		keys := make([]itsm.Key, 2)
		for i, v := range []struct {
			s    string
			n, c int64
			e    int8
		}{{s1, n1, c1, e1}, {s2, n2, c2, e2}} {
			all := itsm.Key{
				itsm.TextValue(v.s), itsm.SpanValue(time.Duration(v.n)), itsm.InstantValue(time.UnixMicro(v.n)),
				itsm.TruthValue(v.n&1 == 0), itsm.NumberValue(itsm.IntValue(v.c).Number().Shift(int32(v.e))),
			}
			// The numbers decide where to begin, so that every pair of types meets.
			first := int(uint64(v.n^v.c) % uint64(len(all)))
			keys[i] = append(all[first:], all[:first]...)
		}
		for n := range keys[0] {
			requireOrder(t, keys[0][:n+1], keys[1])
			requireOrder(t, keys[0][n:n+1], keys[1][n:n+1])
		}
	})
}
