package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

func num(s string) itsm.Value { return itsm.NumberValue(decimal.RequireFromString(s)) }

func hours(n int) itsm.Value { return itsm.SpanValue(time.Duration(n) * time.Hour) }

func ExampleCondition() {
	urgent := sla.All(
		sla.Is("priority", itsm.IntValue(1), itsm.IntValue(2)),
		sla.Not(sla.OneOf("hold_reason", "caller")),
	)
	fmt.Println(urgent)

	facts := sla.Facts{"priority": itsm.IntValue(1)}
	fmt.Println(urgent.Holds(nil, facts))
	fmt.Println(urgent.Holds(nil, facts.With(sla.Facts{"hold_reason": itsm.TextValue("caller")})))
	// Output:
	// priority is 1 or 2 and not (hold_reason is "caller")
	// true
	// false
}

func ExampleImplies() {
	schema := sla.Schema{
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{itsm.IntValue(1), itsm.IntValue(2)}},
		{Name: "vip", Type: itsm.Truth},
	}
	urgent := sla.Any(sla.Is("priority", itsm.IntValue(1)), sla.Is("vip", itsm.TruthValue(true)))
	counterexample, implied, err := sla.Implies(schema, urgent, sla.Given("priority"))
	fmt.Println(implied, err)
	fmt.Println(counterexample)
	// Output:
	// false <nil>
	// vip true
}

func TestConditionHolds(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	yes, no := sla.Condition{}, sla.Not(sla.Condition{})
	for _, c := range []struct {
		condition     sla.Condition
		before, after itsm.Value
		holds         bool
	}{
		{sla.Condition{}, one, two, true},
		{sla.All(yes, yes), one, two, true},
		{sla.All(yes, no), one, two, false},
		{sla.Any(no, yes), one, two, true},
		{sla.Any(no, no), one, two, false},
		{sla.Not(no), one, two, true},
		{sla.All(), one, two, true},
		{sla.Any(), one, two, false},
		{sla.Is("f", one), two, one, true},
		{sla.Is("f", one), one, two, false},
		{sla.Is("f", two, one), two, num("1.00"), true},
		{sla.Is("f", one), one, itsm.Value{}, false},
		{sla.Is("f", itsm.Value{}), one, itsm.Value{}, false},
		{sla.Is("f", one), one, itsm.TextValue("1"), false},
		{sla.Is("f"), one, one, false},
		{sla.OneOf("f", itsm.Open, itsm.Done), one, itsm.TextValue(itsm.Done), true},
		{sla.Given("f"), itsm.Value{}, itsm.TruthValue(false), true},
		{sla.Given("f"), one, itsm.Value{}, false},
		{sla.Missing("f"), one, itsm.Value{}, true},
		{sla.Missing("f"), itsm.Value{}, one, false},
		{sla.Range("f", one, two), one, one, true},
		{sla.Range("f", one, two), one, num("1.999999999999999999999999"), true},
		{sla.Range("f", one, two), one, two, false},
		{sla.Range("f", one, two), one, num("0.9"), false},
		{sla.Range("f", one, two), one, itsm.Value{}, false},
		{sla.Range("f", one, two), one, itsm.TextValue("1"), false},
		{sla.Range("f", one, itsm.Value{}), one, num("1e30"), true},
		{sla.Range("f", itsm.Value{}, hours(4)), one, itsm.SpanValue(4*time.Hour - 1), true},
		{sla.Range("f", itsm.Value{}, hours(4)), one, hours(4), false},
		{sla.Range("f", itsm.Value{}, itsm.Value{}), one, one, false},
		{sla.Changed("f"), one, two, true},
		{sla.Changed("f"), one, num("1.0"), false},
		{sla.Changed("f"), one, itsm.TextValue("1"), true},
		{sla.Changed("f"), one, itsm.Value{}, true},
		{sla.Changed("f"), itsm.Value{}, itsm.Value{}, false},
	} {
		before, after := sla.Facts{"f": c.before}, sla.Facts{"f": c.after}
		require.Equal(t, c.holds, c.condition.Holds(before, after), "%v: %v, before %v", c.condition, after, before)
		require.Equal(t, c.holds, c.condition.Holds(before.With(nil), after.With(nil)), "%v", c.condition)
		require.Equal(t, !c.holds, sla.Not(c.condition).Holds(before, after))
	}
	require.True(t, sla.Changed("f").Holds(nil, sla.Facts{"f": one}), "nothing was before")
	require.False(t, sla.Changed("f").Holds(nil, nil))
}

func TestConditionHoldsAllocatesNothing(t *testing.T) {
	facts := sla.Facts{
		"priority": num("2.5"), "phase": itsm.TextValue(itsm.Open), "vip": itsm.TruthValue(true), "spent": hours(3),
		"opened": itsm.InstantValue(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), "service": itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: "42"}),
	}
	c := sla.All(
		sla.Range("priority", itsm.IntValue(2), itsm.IntValue(300)),
		sla.Any(sla.Is("priority", itsm.IntValue(-1), num("2.51"), num("123456789.012345")), sla.OneOf("phase", itsm.Done, itsm.Open)),
		sla.Not(sla.Missing("vip")), sla.Given("vip"), sla.Changed("spent"), sla.Not(sla.Changed("priority")),
		sla.Range("spent", hours(2), hours(4)), sla.Range("opened", facts["opened"], itsm.Value{}), sla.Is("service", facts["service"]),
	)
	before := facts.With(sla.Facts{"spent": hours(2), "priority": num("2.500")})
	require.True(t, c.Holds(before, facts))
	require.Zero(t, testing.AllocsPerRun(100, func() { c.Holds(before, facts) }))
}

func TestConditionString(t *testing.T) {
	one, two, three := itsm.IntValue(1), itsm.IntValue(2), itsm.IntValue(3)
	p, q, r := sla.Is("p", one), sla.Given("q"), sla.Missing("r")
	for _, c := range []struct {
		condition sla.Condition
		text      string
	}{
		{sla.All(sla.Is("priority", one, two), sla.Not(sla.OneOf("hold_reason", "caller"))), `priority is 1 or 2 and not (hold_reason is "caller")`},
		{sla.Is("priority", one, two, three), `priority is 1, 2 or 3`},
		{sla.All(p, q, r), `p is 1 and q is given and r is missing`},
		{sla.Any(p, q, r), `p is 1 or q is given or r is missing`},
		{sla.All(p, sla.Any(q, r)), `p is 1 and (q is given or r is missing)`},
		{sla.Any(sla.All(p, q), r), `p is 1 and q is given or r is missing`},
		{sla.All(sla.All(p, q), sla.Any(r)), `p is 1 and q is given and r is missing`},
		{sla.All(p, sla.All(sla.Any(q, r))), `p is 1 and (q is given or r is missing)`},
		{sla.Any(sla.All(sla.Any(q, r)), p), `q is given or r is missing or p is 1`},
		{sla.Not(sla.Any(p, q)), `not (p is 1 or q is given)`},
		{sla.Not(sla.Not(p)), `not (not (p is 1))`},
		{sla.Changed("phase"), `phase changed`},
		{sla.Range("spent", hours(4), hours(8)), `spent from 4h0m0s below 8h0m0s`},
		{sla.Range("score", num("1.50"), itsm.Value{}), `score from 1.5`},
		{sla.Range("opened", itsm.Value{}, itsm.InstantValue(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))), `opened below 2026-03-02T09:00:00Z`},
		{sla.OneOf("a b", `say "x"`), `"a b" is "say \"x\""`},
		{sla.Is("service", itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: "42"})), `service is "ci:42"`},
		{sla.Is("vip", itsm.TruthValue(false)), `vip is false`},
		{sla.Condition{}, `always`},
		{sla.Any(), `never`},
		{sla.Is("p"), `p is nothing`},
		{sla.Condition{Field: "p"}, `p is nothing`},
		{sla.Is("custom.site-2", itsm.Value{}), `custom.site-2 is missing`},
	} {
		require.Equal(t, c.text, c.condition.String())
	}
	require.Equal(t, []string{"a", "p", "z"}, sla.All(sla.Given("z"), p, sla.Not(sla.Any(sla.Changed("a"), p))).Fields())
	require.Empty(t, sla.Condition{}.Fields())
}

func TestConditionCheck(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	deep := sla.Given("vip")
	for range 31 {
		deep = sla.Not(deep)
	}
	many := make([]sla.Condition, 999)
	for i := range many {
		many[i] = sla.Given("vip")
	}
	values := make([]itsm.Value, 1000)
	for i := range values {
		values[i] = itsm.IntValue(int64(i))
	}
	for _, c := range []struct {
		condition sla.Condition
		faults    []string
	}{
		{sla.All(sla.Is("priority", one, two), sla.Any(sla.Changed("phase"), sla.Not(sla.Missing("vip")))), nil},
		{sla.Range("score", one, two), nil},
		{sla.Range("priority", num("1.5"), itsm.Value{}), nil},
		{deep, nil},
		{sla.All(many...), nil},
		{sla.Is("score", values...), nil},
		{sla.Condition{}, []string{`when: is empty; give all, any, not, or the test of a field`}},
		{sla.All(sla.Given("vip"), sla.Is("priority", itsm.IntValue(4))), []string{`when.all[1].is[0]: "4" is none of: 1, 2, 3`}},
		{sla.Not(sla.Any(sla.OneOf("priority", "1"))), []string{`when.not.any[0].is[0]: has the type text; priority has the type number`}},
		{sla.Given("colour"), []string{`when.field: "colour" is not declared; the fields are: priority, phase, hold_reason, vip, opened, spent, score, service`}},
		{sla.All(), []string{`when.all: is an empty list; give at least one condition`}},
		{sla.Any(sla.All(), sla.Any()), []string{
			`when.any[0].all: is an empty list; give at least one condition`,
			`when.any[1].any: is an empty list; give at least one condition`,
		}},
		{sla.Is("vip"), []string{`when.is: is an empty list; give at least one value`}},
		{sla.Is("score", one, itsm.Value{}, two, num("1.0")), []string{
			`when.is[1]: is a missing value; "missing" asks for that`,
			`when.is[3]: "1" is there already`,
		}},
		{sla.Is("score", num("1e-61")), []string{`when.is[0]: is not a decimal of at most 60 digits`}},
		{sla.Condition{Field: "vip"}, []string{`when: does not test "vip"; give is, given, missing, changed, from or below`}},
		{sla.Condition{Given: true}, []string{`when: is a test of no field; name it`}},
		{sla.Condition{From: one}, []string{`when: is a test of no field; name it`}},
		{sla.Condition{Field: "vip", Given: true, Changed: true}, []string{`when: is more than one thing: given, changed; join conditions by all or any`}},
		{sla.Condition{Field: "vip", All: []sla.Condition{sla.Given("vip")}}, []string{`when: names a field beside all; put the test of "vip" into the group`}},
		{sla.Condition{All: []sla.Condition{sla.Given("vip")}, Any: []sla.Condition{sla.Given("x")}}, []string{
			`when: is more than one thing: all, any; join conditions by all or any`,
			`when.any[0].field: "x" is not declared; the fields are: priority, phase, hold_reason, vip, opened, spent, score, service`,
		}},
		{sla.Range("score", one, num("1.0")), []string{`when.below: is 1, not more than from, 1; nothing lies between`}},
		{sla.Range("spent", hours(2), hours(1)), []string{`when.below: is 1h0m0s, not more than from, 2h0m0s; nothing lies between`}},
		{sla.Range("spent", one, hours(1)), []string{`when.from: has the type number; spent has the type span`}},
		{sla.Range("phase", itsm.TextValue("a"), itsm.Value{}), []string{`when: is a range of "phase", which has the type text; only a number, an instant or a span has a range`}},
		{sla.Range("vip", itsm.TruthValue(false), itsm.TruthValue(true)), []string{`when: is a range of "vip", which has the type truth; only a number, an instant or a span has a range`}},
		{sla.Range("service", itsm.Value{}, itsm.TextValue("a")), []string{`when: is a range of "service", which has the type reference; only a number, an instant or a span has a range`}},
		{sla.Not(deep), []string{`when` + strings.Repeat(".not", 32) + `: is more than 32 levels deep; write it flatter`}},
		{sla.Not(sla.All(many...)), []string{`when.not.all[998]: is one too many; a condition has at most 1000 groups and tests`}},
		{sla.Any(sla.Is("score", values...), sla.Is("score", one)), []string{`when.any[1].is: makes it 1001 values; a condition has at most 1000`}},
	} {
		require.Equal(t, c.faults, faults(t, c.condition.Check(ticketSchema(), "when")), "%v", c.condition)
	}
	require.Equal(t, []string{`condition: is empty; give all, any, not, or the test of a field`}, faults(t, sla.Condition{}.Check(nil, "")))
	require.Equal(t, []string{`not.is[0]: has the type number; phase has the type text`}, faults(t, sla.Not(sla.Is("phase", one)).Check(ticketSchema(), "")))
}

// What is handed to a constructor stays the caller's.
func TestConditionsShareNothing(t *testing.T) {
	list := []sla.Condition{sla.Given("a"), sla.Given("b")}
	values := []itsm.Value{itsm.IntValue(1)}
	all, any, is := sla.All(list...), sla.Any(list...), sla.Is("f", values...)
	list[0], values[0] = sla.Given("x"), itsm.IntValue(2)
	require.Equal(t, "a is given and b is given", all.String())
	require.Equal(t, "a is given or b is given", any.String())
	require.Equal(t, "f is 1", is.String())
}
