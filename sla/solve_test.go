package sla

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// palette is what random schemas and conditions are made of: for each field the
// values that conditions mention, and all that the naive search tries: at least one
// of every kind that the former can tell apart, with both ends of what a type holds.
type palette struct {
	def      FieldDef
	mention  []itsm.Value
	universe []itsm.Value
}

func palettes() []palette {
	numbers := func(texts ...string) (list []itsm.Value) {
		for _, s := range texts {
			list = append(list, itsm.NumberValue(decimal.RequireFromString(s)))
		}
		return list
	}
	spans := func(list ...int64) (values []itsm.Value) {
		for _, n := range list {
			values = append(values, itsm.SpanValue(time.Duration(n)))
		}
		return values
	}
	instants := func(list ...int64) (values []itsm.Value) {
		for _, n := range list {
			values = append(values, itsm.InstantValue(time.UnixMicro(n)))
		}
		return values
	}
	texts := func(list ...string) (values []itsm.Value) {
		for _, s := range list {
			values = append(values, itsm.TextValue(s))
		}
		return values
	}
	refs := func(list ...string) (values []itsm.Value) {
		for _, s := range list {
			values = append(values, itsm.ReferenceValue(itsm.Ref{Kind: "other", ID: s}))
		}
		return values
	}
	truths := []itsm.Value{itsm.TruthValue(false), itsm.TruthValue(true)}
	const most, least = math.MaxInt64, math.MinInt64
	a, z := firstInstant(), lastInstant()
	nines := strings.Repeat("9", 60)
	tiny := "0." + strings.Repeat("0", 58) // and one digit more: as near to 0 as can be
	return []palette{
		{FieldDef{"priority", itsm.Number, numbers("3", "1", "2")}, numbers("1", "2", "3"), numbers("3", "1", "2")},
		{FieldDef{"phase", itsm.Text, texts("open", "done")}, texts("open", "done"), texts("open", "done")},
		{FieldDef{"only", itsm.Text, texts("one")}, texts("one"), texts("one")},
		{FieldDef{"vip", itsm.Truth, nil}, truths, truths},
		{FieldDef{"who", itsm.Text, nil}, texts("other", "ann"), texts("ann", "other", "zoe")},
		{FieldDef{"ci", itsm.Reference, nil}, refs("1", "2"), refs("1", "2", "3")},
		{
			FieldDef{"score", itsm.Number, nil}, numbers("-0.5", "0", "1", "1.0", "1.5", nines, "-"+nines),
			numbers("-"+nines, "-2", "-0.5", "-0.2", "0", "0.5", "1", "1.2", "1.5", "2", nines),
		},
		{FieldDef{"near", itsm.Number, nil}, numbers(tiny+"1", tiny+"2", tiny+"4"), numbers("-1", "0", tiny+"1", tiny+"2", tiny+"3", tiny+"4", "1")},
		{FieldDef{"spent", itsm.Span, nil}, spans(least, least+1, 0, 1, 3, most-1, most), spans(least, least+1, -1, 0, 1, 2, 3, 4, most-1, most)},
		{FieldDef{"opened", itsm.Instant, nil}, instants(a, a+1, 1, 2, 4, z-1, z), instants(a, a+1, -1, 1, 2, 3, 4, 5, z-1, z)},
	}
}

// random is a source of small schemas and conditions over them.
type random struct {
	*rand.Rand
	fields []palette
}

func newRandom(seed uint64) *random {
	r := &random{rand.New(rand.NewPCG(seed, 0)), palettes()}
	r.Shuffle(len(r.fields), func(i, j int) { r.fields[i], r.fields[j] = r.fields[j], r.fields[i] })
	r.fields = r.fields[:1+r.IntN(3)]
	return r
}

func (r *random) schema() (schema Schema) {
	for _, f := range r.fields {
		schema = append(schema, f.def)
	}
	return schema
}

func (r *random) condition(depth int) Condition {
	switch kind := r.IntN(10); {
	case depth == 0 || kind < 4:
		return r.test()
	case kind < 6:
		return Not(r.condition(depth - 1))
	default:
		list := make([]Condition, 1+r.IntN(3))
		for i := range list {
			list[i] = r.condition(depth - 1)
		}
		if kind < 8 {
			return All(list...)
		}
		return Any(list...)
	}
}

func (r *random) test() Condition {
	f := r.fields[r.IntN(len(r.fields))]
	one := func() itsm.Value { return f.mention[r.IntN(len(f.mention))] }
	switch kind := r.IntN(10); {
	case kind == 0:
		return Given(f.def.Name)
	case kind == 1:
		return Missing(f.def.Name)
	case kind < 4:
		return Changed(f.def.Name)
	case kind < 7 && isOrdered(f.def.Type):
		from, below := one(), one()
		switch c := compare(from, below); {
		case c > 0:
			from, below = below, from
		case c == 0 && r.IntN(2) == 0:
			from = itsm.Value{}
		case c == 0:
			below = itsm.Value{}
		}
		return Range(f.def.Name, from, below)
	}
	c := Is(f.def.Name, one())
	for _, v := range f.mention {
		if r.IntN(3) == 0 && !v.Equal(c.Is[0]) && (len(c.Is) < 2 || !v.Equal(c.Is[len(c.Is)-1])) {
			c.Is = append(c.Is, v)
		}
	}
	return c
}

// naiveHolds is the meaning of a condition in the fewest words.
func naiveHolds(c Condition, before, after Facts) bool {
	count := 0
	for _, part := range append(append([]Condition{}, c.All...), c.Any...) {
		if naiveHolds(part, before, after) {
			count++
		}
	}
	is, was := after[c.Field], before[c.Field]
	for _, v := range c.Is {
		if is.Equal(v) {
			return true
		}
	}
	switch {
	case c.Not != nil:
		return !naiveHolds(*c.Not, before, after)
	case c.All != nil:
		return count == len(c.All)
	case c.Any != nil:
		return count > 0
	case !c.From.IsZero() || !c.Below.IsZero():
		return !is.IsZero() && (c.From.IsZero() || is.Compare(c.From) >= 0) && (c.Below.IsZero() || is.Compare(c.Below) < 0)
	}
	return c.Given && !is.IsZero() || c.Missing && is.IsZero() || c.Changed && !is.Equal(was)
}

// naiveEvents calls visit for every event over the fields, before and after, in the
// order of the schema and its domains.
func naiveEvents(r *random, c Condition, visit func(Witness)) {
	assignments(r.fields, Facts{}, func(after Facts) {
		assignments(changing(r, c), Facts{}, func(before Facts) {
			visit(Witness{before, after})
		})
	})
}

// naiveCount is the number of events.
func naiveCount(r *random, c Condition) int {
	n := 1
	for _, f := range append(changing(r, c), r.fields...) {
		n *= len(f.universe) + 1
	}
	return n
}

// changing is the fields whose change a condition asks for.
func changing(r *random, c Condition) (fields []palette) {
	for _, f := range r.fields {
		asked := false
		c.each(func(c *Condition) { asked = asked || c.Changed && c.Field == f.def.Name })
		if asked {
			fields = append(fields, f)
		}
	}
	return fields
}

func assignments(fields []palette, facts Facts, visit func(Facts)) {
	if len(fields) == 0 {
		visit(facts)
		return
	}
	name := fields[0].def.Name
	delete(facts, name)
	assignments(fields[1:], facts, visit)
	for _, v := range fields[0].universe {
		facts[name] = v
		assignments(fields[1:], facts, visit)
	}
	delete(facts, name)
}

func cost(w Witness) int { return len(w.After) + 2*len(w.Before) }

// naiveSatisfy is the first of the smallest events at which a condition holds.
func naiveSatisfy(r *random, c Condition) (best Witness, found bool) {
	naiveEvents(r, c, func(w Witness) {
		if naiveHolds(c, w.Before, w.After) && (!found || cost(w) < cost(best)) {
			best, found = Witness{w.Before.With(nil), w.After.With(nil)}, true
		}
	})
	return best, found
}

func TestHoldsIsNaive(t *testing.T) {
	for seed := range uint64(300) {
		r := newRandom(seed)
		c := r.condition(3)
		if naiveCount(r, c) > 50_000 {
			continue
		}
		naiveEvents(r, c, func(w Witness) {
			if c.Holds(w.Before, w.After) != naiveHolds(c, w.Before, w.After) {
				t.Fatalf("seed %d: %v at %v", seed, c, w)
			}
		})
	}
}

func TestSolverIsNaive(t *testing.T) {
	outcomes := map[string]int{}
	for seed := range uint64(2000) {
		r := newRandom(seed)
		schema := r.schema()
		require.NoError(t, schema.Check())
		a, b := r.condition(3), r.condition(2)
		require.NoError(t, a.Check(schema, "a"), "seed %d: %v", seed, a)
		if naiveCount(r, All(a, b)) > 5000 {
			continue
		}

		check := func(what string, c Condition, found bool, w Witness, err error) {
			require.NoError(t, err)
			naive, exists := naiveSatisfy(r, c)
			require.Equal(t, exists, found, "seed %d: %s %v: %v", seed, what, c, naive)
			outcomes[fmt.Sprint(what, " ", found)]++
			if !found {
				require.Equal(t, Witness{}, w)
				return
			}
			require.True(t, c.Holds(w.Before, w.After), "seed %d: %v at %v", seed, c, w)
			require.True(t, naiveHolds(c, w.Before, w.After), "seed %d: %v at %v", seed, c, w)
			require.NoError(t, w.Before.Check(schema, "before"))
			require.NoError(t, w.After.Check(schema, "after"))
			require.Equal(t, cost(naive), cost(w), "seed %d: %v: %v is not as small as %v", seed, c, w, naive)
			if r.finite() {
				require.Equal(t, naive.String(), w.String(), "seed %d: %v", seed, c)
			}
		}
		w, found, err := Satisfy(schema, a)
		check("satisfy", a, found, w, err)
		w, found, err = Overlap(schema, a, b)
		check("overlap", All(a, b), found, w, err)
		w, implied, err := Implies(schema, a, b)
		check("refute", All(a, Not(b)), !implied, w, err)
	}
	require.Len(t, outcomes, 6, "each question was answered both ways: %v", outcomes)
	for what, n := range outcomes {
		require.Greater(t, n, 50, what)
	}
}

// finite reports whether every field has a domain.
func (r *random) finite() bool {
	for _, f := range r.fields {
		if len(f.def.Domain) == 0 && f.def.Type != itsm.Truth {
			return false
		}
	}
	return true
}

// What is known while choices are open is what all ways to make them agree on.
func TestThreeValuedEvaluation(t *testing.T) {
	seen := map[truth]int{}
	for seed := range uint64(3000) {
		r := newRandom(seed)
		c := r.condition(3)
		schema := r.schema()
		s, err := newSearch(schema, &c)
		require.NoError(t, err)
		for i := range s.unknowns {
			s.unknowns[i].choice = r.IntN(len(s.unknowns[i].values)+1) - 1
		}
		known, next := s.eval(&s.root)
		seen[known]++
		if known == maybe {
			require.Equal(t, unmade, s.unknowns[next.about].choice, "seed %d: it depends on what is open", seed)
			continue
		}
		completions(s, 0, func() {
			w := s.witness()
			require.Equal(t, known == yes, c.Holds(w.Before, w.After), "seed %d: %v at %v", seed, c, w)
		})
	}
	for known, n := range seen {
		require.Greater(t, n, 100, known)
	}
}

func completions(s *search, i int, visit func()) {
	if i == len(s.unknowns) {
		visit()
		return
	}
	u := &s.unknowns[i]
	if u.choice != unmade {
		completions(s, i+1, visit)
		return
	}
	for u.choice = range u.values {
		completions(s, i+1, visit)
	}
	u.choice = unmade
}

func TestSatisfy(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	span := func(n int64) itsm.Value { return itsm.SpanValue(time.Duration(n)) }
	text := itsm.TextValue[string]
	schema := Schema{
		{"priority", itsm.Number, []itsm.Value{itsm.IntValue(3), one, two}},
		{"who", itsm.Text, nil},
		{"spent", itsm.Span, nil},
		{"score", itsm.Number, nil},
		{"opened", itsm.Instant, nil},
		{"ci", itsm.Reference, nil},
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
		schema[i] = FieldDef{Name: fmt.Sprintf("f%02d", i), Type: itsm.Number}
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
