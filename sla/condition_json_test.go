package sla

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func TestConditionJSON(t *testing.T) {
	for text, reads := range map[string]string{
		`{}`:                                                            `always`,
		`{"field":"priority","is":[1,2.5]}`:                             `priority is 1 or 2.5`,
		`{"field":"phase","is":["open"]}`:                               `phase is "open"`,
		`{"field":"vip","is":[false]}`:                                  `vip is false`,
		`{"field":"ci","is":[{"reference":"ci:42"}]}`:                   `ci is "ci:42"`,
		`{"field":"who","given":true}`:                                  `who is given`,
		`{"field":"who","missing":true}`:                                `who is missing`,
		`{"field":"who","changed":true}`:                                `who changed`,
		`{"field":"spent","from":{"span":"1h0m0s"}}`:                    `spent from 1h0m0s`,
		`{"field":"n","from":-1,"below":0}`:                             `n from -1 below 0`,
		`{"field":"opened","below":{"instant":"2026-03-02T09:00:00Z"}}`: `opened below 2026-03-02T09:00:00Z`,
		`{"all":[{"field":"a","given":true},{"not":{"any":[{"field":"b","given":true},{}]}}]}`: `a is given and not (b is given or always)`,
		`{"all":[]}`: `always`,
		`{"not":{}}`: `not (always)`,
		`{"any":[]}`: `never`,
	} {
		c, err := itsm.ParseJSON[Condition]([]byte(" " + text + "\n"))
		require.NoError(t, err, text)
		require.Equal(t, reads, c.String())
		data, err := json.Marshal(c)
		require.NoError(t, err)
		require.Equal(t, text, string(data), "the smallest form")
	}
}

// What is malformed is refused when it is read, with its place; what is missing in
// a list when it is checked.
func TestConditionJSONRefuses(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 5000) + `{}` + strings.Repeat(`}`, 5000)
	for text, field := range map[string]string{
		``:                                      "data",
		`{} {}`:                                 "data",
		"{\"field\":\"\xff\"}":                  "data",
		`null`:                                  "data",
		`[]`:                                    "data",
		`{"all":[{"feild":"a"}]}`:               "all[0].feild",
		`{"Field":"a"}`:                         "Field",
		`{"not":{"field":"a","field":"b"}}`:     "not.field",
		`{"field":null}`:                        "field",
		`{"all":null}`:                          "all",
		`{"all":[null]}`:                        "all[0]",
		`{"not":null}`:                          "not",
		`{"any":[{"is":["a",null]}]}`:           "any[0].is[1]",
		`{"is":"a"}`:                            "is",
		`{"is":[[1]]}`:                          "is[0]",
		`{"is":[1e3]}`:                          "is[0]",
		`{"is":[{"span":"1h","span":"2h"}]}`:    "is[0].span",
		`{"is":[{"span":1}]}`:                   "is[0]",
		`{"is":[{"span":"1h","instant":"2h"}]}`: "is[0]",
		`{"is":[{"colour":"red"}]}`:             "is[0]",
		`{"below":{"span":"soon"}}`:             "below",
		`{"changed":1}`:                         "changed",
		deep:                                    "data",
	} {
		_, err := itsm.ParseJSON[Condition]([]byte(text))
		var wrong *itsm.FieldError
		require.True(t, errors.As(err, &wrong), "%.80s: %v", text, err)
		require.Equal(t, field, wrong.Field, "%.80s: %v", text, err)
	}
	for _, text := range []string{`{"field":"who","is":[""]}`, `{"field":"ci","is":[{"reference":""}]}`, `{"field":"who","given":false}`} {
		c, err := itsm.ParseJSON[Condition]([]byte(text))
		require.NoError(t, err)
		require.Error(t, c.Check(Schema{{Name: "who", Type: itsm.Text}, {Name: "ci", Type: itsm.Reference}}, "when"), text)
	}
}

// A condition inside of another document is read by its decoder, unknown fields and
// all: nothing stands between.
func TestConditionInsideADocument(t *testing.T) {
	var document struct {
		When Condition `json:"when,omitzero"`
	}
	read := func(text string) error {
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		return d.Decode(&document)
	}
	require.NoError(t, read(`{"when":{"not":{"field":"a","is":[{"span":"1h"}]}}}`))
	require.Equal(t, `not (a is 1h0m0s)`, document.When.String())
	require.ErrorContains(t, read(`{"when":{"not":{"feild":"a"}}}`), "feild")
	document.When = Condition{}
	data, err := json.Marshal(document)
	require.NoError(t, err)
	require.Equal(t, `{}`, string(data), "an unset condition is left out")
}

func TestConditionJSONRoundTrips(t *testing.T) {
	for seed := range uint64(2000) {
		r := newRandom(seed)
		c := r.condition(4)
		sameInJSON(t, c)
		require.Equal(t, c, c.clone())
	}
}

// sameInJSON fails unless a condition reads back as it was written, both by
// itsm.ParseJSON and by package json.
func sameInJSON(t *testing.T, c Condition) {
	t.Helper()
	data, err := json.Marshal(c)
	require.NoError(t, err)
	again, err := itsm.ParseJSON[Condition](data)
	require.NoError(t, err, "%s", data)
	require.Equal(t, c.String(), again.String())
	require.Equal(t, c.Fields(), again.Fields())
	twice, err := json.Marshal(again)
	require.NoError(t, err)
	require.Equal(t, string(data), string(twice))
	var plain Condition
	require.NoError(t, json.Unmarshal(data, &plain))
	require.Equal(t, again, plain)
}

func TestConditionClone(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	c := All(Is("a", one), Any(Is("b", one)), Not(Is("c", one)))
	copied := c.clone()
	c.All[0].Is[0], c.All[1].Any[0].Is[0], c.All[2].Not.Is[0] = two, two, two
	c.All[2].Not.Field = "z"
	require.Equal(t, "a is 1 and b is 1 and not (c is 1)", copied.String())
	require.Equal(t, Condition{}, Condition{}.clone())
}

// FuzzConditionJSON reads, checks, writes and decides whatever comes.
func FuzzConditionJSON(f *testing.F) {
	var schema Schema
	for _, p := range palettes() {
		schema = append(schema, p.def)
	}
	for _, s := range []string{
		`{}`, `null`, `{"all":[]}`, `{"field":"priority","is":[1,2]}`, `{"not":{"field":"who","changed":true}}`,
		`{"any":[{"field":"score","from":0.5,"below":1},{"field":"opened","from":{"instant":"2026-03-02T09:00:00Z"}}]}`,
		`{"all":[{"field":"spent","below":{"span":"1ns"}},{"field":"ci","missing":true},{"field":"vip","given":true}]}`,
		`{"field":"near","from":0.00000000000000000000000000000000000000000000000000000000001}`,
		`{"field":"a","field":"b"}`, `{"":""}`, `{"is":[""]}`, `{"field":"who","is":["ann","ann"]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := itsm.ParseJSON[Condition](data)
		if err != nil {
			var field *itsm.FieldError
			if !errors.As(err, &field) || field.Field == "" || field.Problem == "" {
				t.Fatalf("not a FieldError: %v", err)
			}
			return
		}
		if bytes.Count(data, []byte("{")) > 50 || c.Check(schema, "when") != nil {
			return
		}
		sameInJSON(t, c)
		for _, c := range []Condition{c, Not(c)} {
			w, found, err := Satisfy(schema, c)
			require.NoError(t, err)
			if found {
				require.True(t, c.Holds(w.Before, w.After), "%v at %v", c, w)
				require.NoError(t, w.After.Check(schema, "after"))
				require.NoError(t, w.Before.Check(schema, "before"))
			}
		}
	})
}
