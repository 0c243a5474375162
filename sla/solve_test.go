package sla

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func TestSatisfy(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	span := func(n int64) itsm.Value { return itsm.SpanValue(time.Duration(n)) }
	text := itsm.TextValue[string]
	schema := Schema{
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{itsm.IntValue(3), one, two}},
		{Name: "who", Type: itsm.Text},
		{Name: "spent", Type: itsm.Span},
		{Name: "score", Type: itsm.Number},
		{Name: "opened", Type: itsm.Instant},
		{Name: "ci", Type: itsm.Reference},
	}
	never := All(Given("who"), Missing("who"))
	for _, c := range []struct {
		condition Condition
		witness   string // "" if there is none
	}{
		{Condition{}, "nothing given"},
		{All(Condition{}, All()), "nothing given"},
		{Any(), ""},
		{Not(Condition{}), ""},
		{never, ""},
		{Any(never, Given("priority")), "priority 3"},
		{Not(Given("priority")), "nothing given"},
		{All(Given("priority"), Not(Is("priority", itsm.IntValue(3), one))), "priority 2"},
		{All(Given("priority"), Not(Is("priority", itsm.IntValue(3), one, two))), ""},
		{All(Given("priority"), Given("who"), Given("ci")), `ci "other:1", priority 3, who "other"`},
		{All(Given("who"), Not(OneOf("who", "other", "other 2"))), `who "other 3"`},
		{Any(All(Given("priority"), Given("who")), Given("score")), "score 1"},
		{Changed("who"), `who "other"`},
		{All(Changed("who"), Missing("who")), `nothing given; before: who "other"`},
		{All(Not(Changed("who")), OneOf("who", "ann")), `who "ann"; before: who "ann"`},
		{All(Changed("who"), OneOf("who", "ann")), `who "ann"`},
		{All(Changed("who"), Not(Changed("who"))), ""},
		{Range("spent", span(1), span(2)), "spent 1ns"},
		{All(Range("spent", span(1), span(3)), Not(Is("spent", span(1), span(2)))), ""},
		{All(Given("spent"), Not(Range("spent", span(5), itsm.Value{}))), "spent -59m59.999999995s"},
		{All(Range("spent", span(0), span(1000)), Not(Is("spent", span(0)))), "spent 1ns"},
		{Range("spent", itsm.Value{}, span(math.MinInt64)), ""},
		{All(Range("spent", span(math.MaxInt64-1), itsm.Value{}), Not(Is("spent", span(math.MaxInt64)))), "spent 2562047h47m16.854775806s"},
		{All(Range("score", one, two), Not(Is("score", one))), "score 1.5"},
		{All(Given("score"), Not(Range("score", itsm.Value{}, two))), "score 2"},
		{All(Range("score", two, itsm.Value{}), Not(Is("score", two))), "score 3"},
		{Range("score", itsm.Value{}, two), "score 1"},
		{Range("opened", itsm.Value{}, itsm.InstantValue(time.UnixMicro(firstInstant()))), ""},
		{All(Given("opened"), Not(Is("opened", itsm.InstantValue(time.UnixMicro(lastInstant()))))), "opened 9999-12-31T22:59:59.999999Z"},
		{Given("opened"), "opened 2000-01-01T00:00:00Z"},
		{All(Is("who", text("ann"), text("bob")), Not(Is("who", text("ann")))), `who "bob"`},
	} {
		w, found, err := Satisfy(schema, c.condition)
		require.NoError(t, err)
		if !found {
			require.Empty(t, c.witness, "%v", c.condition)
			continue
		}
		require.Equal(t, c.witness, w.String(), "%v", c.condition)
		require.True(t, c.condition.Holds(w.Before, w.After))
	}
	for _, c := range []Condition{Given("colour"), {Given: true}, Not(Is("priority", text("1"))), Range("who", text("a"), itsm.Value{})} {
		_, found, err := Satisfy(schema, c)
		require.False(t, found)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		_, implied, err := Implies(schema, c, c)
		require.False(t, implied)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
	_, implied, err := Implies(schema, Given("who"), Condition{})
	require.NoError(t, err)
	require.True(t, implied, "an unset condition holds always")
}

// wide is a schema of so many fields of ten values.
func wide(fields int) Schema {
	schema := make(Schema, fields)
	for i := range schema {
		schema[i] = itsm.FieldDef{Name: fmt.Sprintf("f%02d", i), Type: itsm.Number}
		for v := range int64(10) {
			schema[i].Domain = append(schema[i].Domain, itsm.IntValue(v))
		}
	}
	return schema
}

// wideCondition is clauses of three tests each, all of which must hold.
func wideCondition(seed uint64, fields, clauses int) Condition {
	r := rand.New(rand.NewPCG(seed, 0))
	list := make([]Condition, clauses)
	for i := range list {
		tests := make([]Condition, 3)
		for j := range tests {
			name, v := fmt.Sprintf("f%02d", r.IntN(fields)), r.Int64N(10)
			tests[j] = Is(name, itsm.IntValue(v), itsm.IntValue((v+1)%10), itsm.IntValue((v+3)%10))
			if r.IntN(3) == 0 {
				tests[j] = Not(tests[j])
			}
		}
		list[i] = Any(tests...)
	}
	return All(list...)
}

// Twelve fields of ten values each: a million million possibilities.
func TestSatisfyIsFast(t *testing.T) {
	schema := wide(12)
	steps, sat := 0, 0
	for seed := range uint64(100) {
		c := wideCondition(seed, 12, 10+int(seed))
		w, found, err := Satisfy(schema, c)
		require.NoError(t, err, "seed %d", seed)
		if found {
			sat++
			require.True(t, c.Holds(w.Before, w.After))
		}
		s, err := newSearch(schema, &c)
		require.NoError(t, err)
		s.find()
		steps = max(steps, s.steps)
	}
	t.Logf("%d of 100 can be, at most %d steps", sat, steps)
	require.Greater(t, sat, 50)
	require.Less(t, sat, 100)
	require.Less(t, steps, maxSteps/2)
}

// More pigeons than holes: what no search by cases does quickly.
func TestSatisfyGivesUp(t *testing.T) {
	const pigeons = 12
	schema := make(Schema, pigeons)
	var list []Condition
	for i := range schema {
		schema[i] = wide(1)[0]
		schema[i].Name = fmt.Sprintf("f%02d", i)
		list = append(list, Given(schema[i].Name))
		for j := range i {
			for v := range int64(10) {
				list = append(list, Not(All(Is(schema[i].Name, itsm.IntValue(v)), Is(schema[j].Name, itsm.IntValue(v)))))
			}
		}
	}
	_, found, err := Satisfy(schema, All(list...))
	require.False(t, found)
	var undecided *UndecidedError
	require.True(t, errors.As(err, &undecided))
	require.ErrorIs(t, err, itsm.ErrInvalid)
	require.Contains(t, err.Error(), "sla: not decided within 50000000 steps: f00 is given and f01 is given")
	_, implied, err := Implies(schema, All(list...), Condition{})
	require.NoError(t, err)
	require.True(t, implied)
}

func BenchmarkSatisfy(b *testing.B) {
	schema := wide(12)
	for _, clauses := range []int{10, 40, 80} {
		c := wideCondition(1, 12, clauses)
		b.Run(fmt.Sprintf("clauses=%d", clauses), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := Satisfy(schema, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHolds(b *testing.B) {
	c := wideCondition(1, 12, 10)
	facts := Facts{"f00": itsm.IntValue(1), "f05": itsm.IntValue(3)}
	b.ReportAllocs()
	for b.Loop() {
		c.Holds(nil, facts)
	}
}
