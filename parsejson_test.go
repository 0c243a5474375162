package itsm_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// A form is a definition with one field of each kind.
type form struct {
	formHead
	*FormTail
	Name    string                `json:"name"`
	Targets []target              `json:"targets,omitempty"`
	First   *target               `json:"first,omitempty"`
	Pair    [2]target             `json:"pair,omitzero"`
	By      map[string]target     `json:"by,omitempty"`
	Custom  map[string]itsm.Value `json:"custom,omitempty"`
	Service itsm.Ref              `json:"service,omitzero"`
	Price   itsm.Money            `json:"price,omitzero"`
	At      time.Time             `json:"at,omitzero"`
	Untold  int                   `json:"-"`
	Plain   int
}

type formHead struct {
	Version int    `json:"version,omitzero"`
	Name    string `json:"name"` // hidden by that of the form
}

type FormTail struct {
	*FormTail        // to itself, as no one would
	Note      string `json:"note,omitzero"`
}

type target struct {
	When   *condition    `json:"when,omitempty"`
	Within time.Duration `json:"within,omitzero"`
}

type condition struct {
	Field string      `json:"field,omitzero"`
	Value itsm.Value  `json:"value,omitzero"`
	All   []condition `json:"all,omitempty"`
}

func TestParseJSON(t *testing.T) {
	got, err := itsm.ParseJSON[form]([]byte(` {
		"version": 2, "name": "gold", "Plain": 1, "note": "x",
		"targets": [{"when": {"all": [{"field": "group", "value": "mail"}, {}]}, "within": 5}],
		"by": {"a": {"within": 1}, "A": {"within": 2}},
		"custom": {"Site": "Ghent", "site": 1.50, "due": {"span": "1h"}},
		"service": "service:mail", "price": "12.50 EUR"
	} `))
	require.NoError(t, err)
	price, err := itsm.ParseMoney("12.50 EUR")
	require.NoError(t, err)
	require.Equal(t, form{
		formHead: formHead{Version: 2}, FormTail: &FormTail{Note: "x"}, Name: "gold", Plain: 1,
		Targets: []target{{When: &condition{All: []condition{{Field: "group", Value: itsm.TextValue("mail")}, {}}}, Within: 5}},
		By:      map[string]target{"a": {Within: 1}, "A": {Within: 2}},
		Custom:  map[string]itsm.Value{"Site": itsm.TextValue("Ghent"), "site": number("1.5"), "due": itsm.SpanValue(time.Hour)},
		Service: itsm.Ref{Kind: "service", ID: "mail"}, Price: price,
	}, got)
}

func TestParseJSONRefuses(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		// What is wrong with the whole.
		{``, "data: is empty; give an object"},
		{` `, "data: is empty; give an object"},
		{` null `, "data: is null; give an object"},
		{`[]`, "data: is an array; give an object"},
		{`{`, "data: unexpected EOF"},
		{`{} {}`, "data: goes on after the JSON value"},
		{`{}x`, "data: goes on after the JSON value"},
		{"{\"name\":\"\xff\"}", "data: is not valid UTF-8"},

		// Fields that are not there, or of another kind.
		{`{"nmae":""}`, "nmae: is not a field here"},
		{`{"untold":1}`, "untold: is not a field here"},
		{`{"targets":[{},{"when":{"feild":"x"}}]}`, "targets[1].when.feild: is not a field here"},
		{`{"targets":[{"within":"4h"}]}`, "targets[0].within: is a string; give a whole number"},
		{`{"custom":{"site":[]}}`, `custom.site: "[]" is not a decimal of at most 60 digits`},

		// Names given twice, wherever.
		{`{"name":"a","name":"a"}`, "name: is given twice"},
		{`{"name":"a","\u006eame":"b"}`, "name: is given twice"},
		{`{"targets":[{},{"when":{"field":"a","all":[],"field":"b"}}]}`, "targets[1].when.field: is given twice"},
		{`{"pair":[{"within":1},{"within":1,"within":2}]}`, "pair[1].within: is given twice"},
		{`{"by":{"a":{},"b":{},"a":{}}}`, "by.a: is given twice"},
		{`{"by":{"a":{"within":1,"within":1}}}`, "by.a.within: is given twice"},
		{`{"custom":{"due":{"span":"1h","span":"2h"}}}`, "custom.due.span: is given twice"},
		{`{"by":{"":{},"":{}}}`, "by.: is given twice"},

		// Names in other letter case, which encoding/json takes.
		{`{"Name":"a"}`, `Name: is not a field here; write "name"`},
		{`{"name":"a","Name":"b"}`, `Name: is not a field here; write "name"`},
		{`{"plain":1}`, `plain: is not a field here; write "Plain"`},
		{`{"Note":""}`, `Note: is not a field here; write "note"`},
		{`{"VERSION":1}`, `VERSION: is not a field here; write "version"`},
		{`{"ſervice":"a:b"}`, `ſervice: is not a field here; write "service"`},
		{`{"targets":[{},{"when":{"Field":"a"}}]}`, `targets[1].when.Field: is not a field here; write "field"`},
		{`{"targets":[{"when":{"all":[{"VALUE":1}]}}]}`, `targets[0].when.all[0].VALUE: is not a field here; write "value"`},
		{`{"first":null}`, `first: is null; leave out what is not given`},
		{`{"targets":[{"when":{"all":[null]}}]}`, `targets[0].when.all[0]: is null; leave out what is not given`},
		{`{"first":{"When":null}}`, `first.When: is not a field here; write "when"`},
		{`{"pair":[{},{"When":null}]}`, `pair[1].When: is not a field here; write "when"`},
		{`{"by":{"A":{"When":null}}}`, `by.A.When: is not a field here; write "when"`},
	} {
		got, err := itsm.ParseJSON[form]([]byte(c.data))
		require.EqualError(t, err, c.want, c.data)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		require.Zero(t, got, "nothing is half read")
	}
}

// Not only structs are definitions.
func TestParseJSONOfOtherTypes(t *testing.T) {
	list, err := itsm.ParseJSON[[]condition]([]byte(`[{"field":"a"},{}]`))
	require.NoError(t, err)
	require.Equal(t, []condition{{Field: "a"}, {}}, list)
	_, err = itsm.ParseJSON[[]condition]([]byte(`[{},{"Field":"a"}]`))
	require.EqualError(t, err, `[1].Field: is not a field here; write "field"`)
	_, err = itsm.ParseJSON[[]condition]([]byte(`null`))
	require.EqualError(t, err, "data: is null; give an array")

	huge, err := itsm.ParseJSON[any]([]byte(`{"a":1,"A":[1e3, {"a":true}]}`))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"a": 1.0, "A": []any{1000.0, map[string]any{"a": true}}}, huge)
	_, err = itsm.ParseJSON[any]([]byte(`{"a":[{"b":1,"b":2}]}`))
	require.EqualError(t, err, "a[0].b: is given twice")
	_, err = itsm.ParseJSON[any]([]byte(`{"":1,"":2}`))
	require.EqualError(t, err, "data: is given twice")
	raw, err := itsm.ParseJSON[json.RawMessage]([]byte(`{"a": 1e999}`))
	require.NoError(t, err)
	require.Equal(t, `{"a": 1e999}`, string(raw))

	price, err := itsm.ParseJSON[itsm.Money]([]byte(`"12.5 EUR"`))
	require.NoError(t, err)
	require.Equal(t, "12.5 EUR", price.String())
	_, err = itsm.ParseJSON[itsm.Money]([]byte(`null`))
	require.EqualError(t, err, "data: is null; give a string")
}

func TestParseJSONIsNeverSlow(t *testing.T) {
	nested := func(depth int, inside string) []byte {
		return []byte(strings.Repeat(`{"all":[`, depth) + inside + strings.Repeat(`]}`, depth))
	}
	began := time.Now()
	for _, inside := range []string{`{"feild":"a"}`, `{"field":1}`, `{"Field":"a"}`} {
		_, err := itsm.ParseJSON[condition](nested(49, inside))
		typed(t, err)
		require.ErrorContains(t, err, "all[0].all[0].")
		_, err = itsm.ParseJSON[condition](nested(100_000, inside))
		require.EqualError(t, err, "data: is nested more than 100 deep")
	}
	_, err := itsm.ParseJSON[condition](nested(49, `{"field":"a"}`))
	require.NoError(t, err)
	require.Less(t, time.Since(began), 3*time.Second)
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{
		`{"version":2,"name":"gold","Plain":1,"targets":[{"when":{"all":[{"field":"group","value":"mail"},{}]},"within":5}]}`,
		`{"by":{"a":{"within":1}},"custom":{"site":1.50,"due":{"span":"1h"}},"service":"a:b","price":"1 EUR","at":"2026-03-02T09:00:00Z"}`,
		`{"name":"a","name":"b"}`, `{"Name":"a"}`, `{"targets":[{},{"when":{"feild":"x"}}]}`, `null`, `{}`, `[]`, `{} {}`, `{"first":null,"pair":[{}]}`,
		`{"custom":{"":0,"":0}}`, `{"":0}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := itsm.ParseJSON[form](data)
		if err != nil {
			typed(t, err)
			return
		}
		var loosely form
		if err := json.Unmarshal(data, &loosely); err != nil {
			t.Fatalf("%s was read, and is not JSON of a form: %v", data, err)
		}
		require.Equal(t, loosely, got)
		written, err := json.Marshal(got)
		if err != nil {
			return // such as an instant that JSON cannot write
		}
		again, err := itsm.ParseJSON[form](written)
		if err != nil {
			t.Fatalf("%s was read and written as %s, which cannot be read: %v", data, written, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || string(twice) != string(written) {
			t.Fatalf("%s was written again as %s: %v", written, twice, err)
		}

		// What was read is refused in other letter case, and when given twice.
		if rest, ok := strings.CutPrefix(string(written), `{"name":`); ok {
			for _, spoilt := range []string{`{"naMe":` + rest, `{"name":"","name":` + rest} {
				if _, err := itsm.ParseJSON[form]([]byte(spoilt)); err == nil {
					t.Fatalf("%s was read", spoilt)
				}
			}
		}
	})
}
