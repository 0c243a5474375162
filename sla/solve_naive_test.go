package sla

import (
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
	def      itsm.FieldDef
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
		{itsm.FieldDef{Name: "priority", Type: itsm.Number, Domain: numbers("3", "1", "2")}, numbers("1", "2", "3"), numbers("3", "1", "2")},
		{itsm.FieldDef{Name: "phase", Type: itsm.Text, Domain: texts("open", "done")}, texts("open", "done"), texts("open", "done")},
		{itsm.FieldDef{Name: "only", Type: itsm.Text, Domain: texts("one")}, texts("one"), texts("one")},
		{itsm.FieldDef{Name: "vip", Type: itsm.Truth}, truths, truths},
		{itsm.FieldDef{Name: "who", Type: itsm.Text}, texts("other", "ann"), texts("ann", "other", "zoe")},
		{itsm.FieldDef{Name: "ci", Type: itsm.Reference}, refs("1", "2"), refs("1", "2", "3")},
		{
			itsm.FieldDef{Name: "score", Type: itsm.Number}, numbers("-0.5", "0", "1", "1.0", "1.5", nines, "-"+nines),
			numbers("-"+nines, "-2", "-0.5", "-0.2", "0", "0.5", "1", "1.2", "1.5", "2", nines),
		},
		{itsm.FieldDef{Name: "near", Type: itsm.Number}, numbers(tiny+"1", tiny+"2", tiny+"4"), numbers("-1", "0", tiny+"1", tiny+"2", tiny+"3", tiny+"4", "1")},
		{itsm.FieldDef{Name: "spent", Type: itsm.Span}, spans(least, least+1, 0, 1, 3, most-1, most), spans(least, least+1, -1, 0, 1, 2, 3, 4, most-1, most)},
		{itsm.FieldDef{Name: "opened", Type: itsm.Instant}, instants(a, a+1, 1, 2, 4, z-1, z), instants(a, a+1, -1, 1, 2, 3, 4, 5, z-1, z)},
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
