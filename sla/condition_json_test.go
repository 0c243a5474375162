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

func TestParseCondition(t *testing.T) {
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
		c, err := ParseCondition([]byte(" " + text + "\n"))
		require.NoError(t, err, text)
		require.Equal(t, reads, c.String())
		data, err := json.Marshal(c)
		require.NoError(t, err)
		require.Equal(t, text, string(data), "the smallest form")
	}
}

func TestParseConditionRefuses(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 5000) + `{}` + strings.Repeat(`}`, 5000)
	for text, fault := range map[string]string{
		``:                                      `condition: is not JSON: unexpected end of JSON input`,
		`{} {}`:                                 `condition: is not JSON: invalid character '{' after top-level value`,
		"{\"field\":\"\xff\"}":                  `condition: is not valid UTF-8`,
		`null`:                                  `condition: is null; give an object`,
		`[]`:                                    `condition: is an array; give an object`,
		`{"all":[{"feild":"a"}]}`:               `all[0]: has "feild"; a condition has all, any, not, field, is, given, missing, changed, from and below`,
		`{"Field":"a"}`:                         `condition: has "Field"; a condition has all, any, not, field, is, given, missing, changed, from and below`,
		`{"not":{"field":"a","field":"b"}}`:     `not: has "field" twice`,
		`{"field":null}`:                        `field: is null; give a text`,
		`{"all":null}`:                          `all: is null; give an array`,
		`{"all":[null]}`:                        `all[0]: is null; give an object`,
		`{"not":null}`:                          `not: is null; give an object`,
		`{"is":null}`:                           `is: is null; give an array`,
		`{"any":[{"is":["a",null]}]}`:           `any[0].is[1]: is a missing value; "missing" asks for that`,
		`{"is":[""]}`:                           `is[0]: is a missing value; "missing" asks for that`,
		`{"is":[{"reference":""}]}`:             `is[0]: is a missing value; "missing" asks for that`,
		`{"is":"a"}`:                            `is: is the text "a"; give an array`,
		`{"is":[[1]]}`:                          `is[0]: "[1]" is not a decimal of at most 60 digits`,
		`{"is":[1e3]}`:                          `is[0]: "1e3" is not a decimal of at most 60 digits`,
		`{"is":[{"span":"1h","span":"2h"}]}`:    `is[0]: has "span" twice`,
		`{"is":[{"span":1}]}`:                   `is[0]: is a number; give a text`,
		`{"is":[{"span":"1h","instant":"2h"}]}`: `is[0]: "{\"span\":\"1h\",\"instant\":\"2h\"}" is not a single {"type": "text"}`,
		`{"is":[{"colour":"red"}]}`:             `is[0]: "colour" is none of: text, number, truth, instant, span, reference`,
		`{"from":null}`:                         `from: is a missing value; "missing" asks for that`,
		`{"below":{"span":"soon"}}`:             `below: "soon" is not an elapsed time, as in "4h30m"`,
		`{"given":false}`:                       `given: is false; give true, or leave it out`,
		`{"missing":null}`:                      `missing: is null; give true, or leave it out`,
		`{"changed":1}`:                         `changed: is a number; give true, or leave it out`,
		deep:                                    strings.Repeat("not.", 31) + `not: is more than 32 levels deep; write it flatter`,
	} {
		_, err := ParseCondition([]byte(text))
		var field *itsm.FieldError
		require.True(t, errors.As(err, &field), "%.80s: %v", text, err)
		require.Equal(t, fault, err.Error())
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
// ParseCondition and by package json.
func sameInJSON(t *testing.T, c Condition) {
	t.Helper()
	data, err := json.Marshal(c)
	require.NoError(t, err)
	again, err := ParseCondition(data)
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
		c, err := ParseCondition(data)
		if err != nil {
			var field *itsm.FieldError
			if !errors.As(err, &field) || field.Field == "" || field.Problem == "" {
				t.Fatalf("not a FieldError: %v", err)
			}
			return
		}
		sameInJSON(t, c)
		if bytes.Count(data, []byte("{")) > 50 || c.Check(schema, "when") != nil {
			return
		}
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
