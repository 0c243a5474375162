package sla_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// ticketSchema has a field of every type, with a domain and without.
func ticketSchema() sla.Schema {
	return sla.Schema{
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{itsm.IntValue(1), itsm.IntValue(2), itsm.IntValue(3)}},
		{Name: "phase", Type: itsm.Text, Domain: []itsm.Value{itsm.TextValue(itsm.Open), itsm.TextValue(itsm.Active), itsm.TextValue(itsm.Done)}},
		{Name: "hold_reason", Type: itsm.Text},
		{Name: "vip", Type: itsm.Truth},
		{Name: "opened", Type: itsm.Instant},
		{Name: "spent", Type: itsm.Span},
		{Name: "score", Type: itsm.Number},
		{Name: "service", Type: itsm.Reference},
	}
}

// faults are the errors that were joined, one a line, each of them typed.
func faults(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var texts []string
	for _, err := range list {
		var field *itsm.FieldError
		require.True(t, errors.As(err, &field), "%v", err)
		require.NotEmpty(t, field.Field)
		require.NotEmpty(t, field.Problem)
		texts = append(texts, err.Error())
	}
	return texts
}

func TestSchemaCheck(t *testing.T) {
	require.NoError(t, ticketSchema().Check())
	require.NoError(t, sla.Schema(nil).Check())
	require.Equal(t, []string{
		`schema[0].name: is missing`,
		`schema[1].type: "colour" is none of: text, number, truth, instant, span, reference`,
		`schema[2].domain[0]: is a missing value; any field may be missing, so leave it out`,
		`schema[2].domain[1]: has the type text; n has the type number`,
		`schema[2].domain[3]: "1" is there already`,
		`schema[2].domain[4]: is not a decimal of at most 60 digits`,
		`schema[3].name: "n" is there already`,
		`schema[3].domain[0]: is not valid UTF-8`,
	}, faults(t, sla.Schema{
		{Name: "", Type: itsm.Text},
		{Name: "c", Type: "colour"},
		{Name: "n", Type: itsm.Number, Domain: []itsm.Value{{}, itsm.TextValue("1"), itsm.IntValue(1), num("1.0"), num("1e61")}},
		{Name: "n", Type: itsm.Text, Domain: []itsm.Value{itsm.TextValue("\xff")}},
	}.Check()))
	f, ok := ticketSchema().Field("vip")
	require.True(t, ok)
	require.Equal(t, itsm.FieldDef{Name: "vip", Type: itsm.Truth}, f)
	_, ok = ticketSchema().Field("nobody")
	require.False(t, ok)
	require.Equal(t, []string{"priority", "phase"}, ticketSchema()[:2].Names())
}

func TestFactsCheck(t *testing.T) {
	ok := sla.Facts{"priority": num("1.0"), "phase": itsm.TextValue(itsm.Open), "vip": itsm.TruthValue(false), "spent": {}}
	require.NoError(t, ok.Check(ticketSchema(), "facts"))
	require.NoError(t, sla.Facts(nil).Check(nil, "facts"))
	bad := sla.Facts{"colour": itsm.TextValue("red"), "phase": itsm.TextValue("asleep"), "priority": itsm.TextValue("1"), "vip": {}}
	require.Equal(t, []string{
		`facts.colour: "colour" is not declared; the fields are: priority, phase, hold_reason, vip, opened, spent, score, service`,
		`facts.phase: "asleep" is none of: open, active, done`,
		`facts.priority: has the type text; priority has the type number`,
	}, faults(t, bad.Check(ticketSchema(), "facts")))
	require.Equal(t, []string{`"": "" is not declared; no field is`, `vip: "vip" is not declared; no field is`},
		faults(t, sla.Facts{"vip": {}, "": {}}.Check(nil, "")))
}

func TestFactsWith(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	for _, c := range []struct{ from, changes, to sla.Facts }{
		{nil, nil, nil},
		{nil, sla.Facts{"a": one}, sla.Facts{"a": one}},
		{sla.Facts{"a": one}, nil, sla.Facts{"a": one}},
		{sla.Facts{"a": one, "b": two}, sla.Facts{"a": {}}, sla.Facts{"b": two}},
		{sla.Facts{"a": one}, sla.Facts{"a": {}}, nil},
		{sla.Facts{"a": one}, sla.Facts{"a": two, "c": one}, sla.Facts{"a": two, "c": one}},
		{sla.Facts{"a": {}}, nil, nil},
		{sla.Facts{"a": one}, sla.Facts{"b": {}}, sla.Facts{"a": one}},
	} {
		got := c.from.With(c.changes)
		require.Equal(t, c.to, got)
		require.Equal(t, c.to, c.from.With(c.from.Changes(c.to)))
		require.Equal(t, c.from.With(nil), got.With(got.Changes(c.from)), "and back")
		require.Nil(t, got.Changes(c.to))
		if got != nil {
			got["new"] = one
			require.NotContains(t, c.from, "new", "a new map")
		}
	}
	require.Equal(t, sla.Facts{"a": {}, "b": two}, sla.Facts{"a": one}.Changes(sla.Facts{"b": two}))
	require.Nil(t, sla.Facts{"a": num("1.0")}.Changes(sla.Facts{"a": one}), "the same number")
}

func TestFactsText(t *testing.T) {
	facts := sla.Facts{
		"vip": itsm.TruthValue(false), "phase": itsm.TextValue(itsm.Open), "priority": num("1.50"), "spent": itsm.SpanValue(time.Hour),
		"opened":  itsm.InstantValue(time.Date(2026, 3, 2, 9, 0, 0, 1000, time.UTC)),
		"service": itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: "42"}), "1st line": itsm.IntValue(1), "gone": {},
	}
	require.Equal(t, `"1st line" 1, opened 2026-03-02T09:00:00.000001Z, phase "open", priority 1.5, service "ci:42", spent 1h0m0s, vip false`, facts.String())
	require.Equal(t, "nothing given", sla.Facts{"gone": {}}.String())
	delete(facts, "gone")
	data, err := json.Marshal(facts)
	require.NoError(t, err)
	require.Equal(t, `{"1st line":1,"opened":{"instant":"2026-03-02T09:00:00.000001Z"},"phase":"open","priority":1.5,"service":{"reference":"ci:42"},"spent":{"span":"1h0m0s"},"vip":false}`, string(data))
	var again sla.Facts
	require.NoError(t, json.Unmarshal(data, &again))
	require.Nil(t, facts.Changes(again))
}
