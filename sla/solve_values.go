package sla

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/itsmkit/itsm"
)

// inquiry is all that a condition asks about one field.
type inquiry struct {
	tests   []*Condition
	changes bool
}

func (q *inquiry) add(c *Condition) {
	if c.Changed {
		q.changes = true
	} else {
		q.tests = append(q.tests, c)
	}
}

// unknown is the values of a field that have to be tried: the first of all those
// that the tests cannot tell apart. Where a change is asked for, a missing value
// and one that is given differ too.
func (q *inquiry) unknown(f *itsm.FieldDef) unknown {
	u := unknown{field: f.Name, cost: 1, choice: unmade}
	all := q.values(f)
	u.some = all[0]
	seen := make(map[string]bool)
	var answers strings.Builder
	for _, v := range append([]itsm.Value{{}}, all...) {
		answers.Reset()
		for _, c := range q.tests {
			answers.WriteByte("01"[b2i(c.accepts(v))])
		}
		if q.changes {
			answers.WriteByte("01"[b2i(v.IsZero())])
		}
		if !seen[answers.String()] {
			seen[answers.String()] = true
			u.values = append(u.values, v)
		}
	}
	return u
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// values is the domain of a field, or in its place the values that the tests
// mention and one for each kind of value that they do not.
func (q *inquiry) values(f *itsm.FieldDef) []itsm.Value {
	if len(f.Domain) > 0 {
		return f.Domain
	}
	points := q.points()
	switch f.Type {
	case itsm.Truth:
		return []itsm.Value{itsm.TruthValue(false), itsm.TruthValue(true)}
	case itsm.Number:
		return append(points, numbersBetween(points)...)
	case itsm.Instant:
		return append(points, instantsBetween(points)...)
	case itsm.Span:
		return append(points, spansBetween(points)...)
	case itsm.Reference:
		return append(points, another(points, func(n int) itsm.Value {
			return itsm.ReferenceValue(itsm.Ref{Kind: "other", ID: fmt.Sprint(n)})
		}))
	default:
		return append(points, another(points, func(n int) itsm.Value {
			if n == 1 {
				return itsm.TextValue("other")
			}
			return itsm.TextValue(fmt.Sprintf("other %d", n))
		}))
	}
}

// points is the values that tests mention, in order.
func (q *inquiry) points() []itsm.Value {
	var points []itsm.Value
	for _, c := range q.tests {
		points = append(points, c.Is...)
		for _, v := range []itsm.Value{c.From, c.Below} {
			if !v.IsZero() {
				points = append(points, v)
			}
		}
	}
	slices.SortStableFunc(points, compare)
	return slices.CompactFunc(points, itsm.Value.Equal)
}

// another is the first of numbered values that is not mentioned.
func another(points []itsm.Value, numbered func(n int) itsm.Value) itsm.Value {
	for n := 1; ; n++ {
		if v := numbered(n); !slices.ContainsFunc(points, v.Equal) {
			return v
		}
	}
}

// numbersBetween is a number below the first point, one between each two and one
// above the last, where there are any: a number has a bounded length.
func numbersBetween(points []itsm.Value) []itsm.Value {
	one := decimal.NewFromInt(1)
	if len(points) == 0 {
		return []itsm.Value{itsm.NumberValue(one)}
	}
	var list []itsm.Value
	add := func(d decimal.Decimal) bool {
		v := itsm.NumberValue(d)
		_, err := v.MarshalJSON() // refuses one that is too long
		if err == nil {
			list = append(list, v)
		}
		return err == nil
	}
	add(points[0].Number().Ceil().Sub(one))
	for i := 1; i < len(points); i++ {
		a, b := points[i-1].Number(), points[i].Number()
		middle := a.Add(b).Mul(decimal.New(5, -1))
		// When any number with so many places lies between them, the middle rounded
		// to as many does.
		for places := int32(0); places <= -middle.Exponent() || places == 0; places++ {
			if d := middle.Round(places); d.Cmp(a) > 0 && d.Cmp(b) < 0 {
				add(d)
				break
			}
		}
	}
	add(points[len(points)-1].Number().Floor().Add(one))
	return list
}

// The first and last instants that can be kept. The very first microsecond of the
// year 1 is the zero time, so a missing value.
func firstInstant() int64 { return time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC).UnixMicro() }
func lastInstant() int64  { return time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1 }

// instantsBetween is [numbersBetween] for instants, which are whole microseconds.
func instantsBetween(points []itsm.Value) []itsm.Value {
	if len(points) == 0 {
		return []itsm.Value{itsm.InstantValue(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))}
	}
	whole := make([]int64, len(points))
	for i, p := range points {
		whole[i] = p.Instant().UnixMicro()
	}
	steps := []int64{3600e6, 60e6, 1e6, 1e3, 1}
	var list []itsm.Value
	for _, n := range wholeBetween(whole, firstInstant(), lastInstant(), steps) {
		list = append(list, itsm.InstantValue(time.UnixMicro(n)))
	}
	return list
}

// spansBetween is [numbersBetween] for spans, which are whole nanoseconds.
func spansBetween(points []itsm.Value) []itsm.Value {
	if len(points) == 0 {
		return []itsm.Value{itsm.SpanValue(time.Hour)}
	}
	whole := make([]int64, len(points))
	for i, p := range points {
		whole[i] = int64(p.Span())
	}
	steps := []int64{3600e9, 60e9, 1e9, 1e6, 1e3, 1}
	var list []itsm.Value
	for _, n := range wholeBetween(whole, math.MinInt64, math.MaxInt64, steps) {
		list = append(list, itsm.SpanValue(time.Duration(n)))
	}
	return list
}

// wholeBetween is a number below the first point, one between each two and one
// above the last, where there are any from least to most; each as far from its
// point as the longest step allows. The points are in order.
func wholeBetween(points []int64, least, most int64, steps []int64) []int64 {
	var list []int64
	// room reports the longest step that is no longer than the way from a to b. The
	// difference is right even where it is no int64.
	room := func(a, b int64) (int64, bool) {
		for _, step := range steps {
			if a <= b && uint64(b)-uint64(a) >= uint64(step) {
				return step, true
			}
		}
		return 0, false
	}
	if step, ok := room(least, points[0]); ok {
		list = append(list, points[0]-step)
	}
	for i := 1; i < len(points); i++ {
		if step, ok := room(points[i-1], points[i]-1); ok {
			list = append(list, points[i-1]+step)
		}
	}
	if step, ok := room(points[len(points)-1], most); ok {
		list = append(list, points[len(points)-1]+step)
	}
	return list
}
