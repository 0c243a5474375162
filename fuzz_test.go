package itsm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"testing"

	"github.com/itsmkit/itsm"
)

// typed fails unless an error says which field is wrong.
func typed(t *testing.T, err error) {
	t.Helper()
	var field *itsm.FieldError
	if !errors.As(err, &field) || field.Field == "" || field.Problem == "" || !errors.Is(err, itsm.ErrInvalid) {
		t.Fatalf("not a FieldError: %v", err)
	}
}

// roundTrips parses a text; what it gives must be written in a form that gives
// the same again, and the same form.
func roundTrips[V any](t *testing.T, s string, parse func(string) (V, error), text func(V) string, same func(a, b V) bool) {
	t.Helper()
	v, err := parse(s)
	if err != nil {
		typed(t, err)
		return
	}
	again, err := parse(text(v))
	if err != nil {
		t.Fatalf("%q was read and written as %q, which cannot be read: %v", s, text(v), err)
	}
	if !same(v, again) || text(v) != text(again) {
		t.Fatalf("%q was read and written as %q, and read again and written as %q", s, text(v), text(again))
	}
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"", "12.50 EUR", "-0 USD", "1e9 EUR", "EUR", "0.10 JPY", "1  EUR"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		roundTrips(t, s, itsm.ParseMoney, itsm.Money.String, func(a, b itsm.Money) bool {
			return a.Currency == b.Currency && a.Amount.Equal(b.Amount)
		})
	})
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"", "ci:42", "ci:a:b", ":", "ci", "\xff:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		roundTrips(t, s, itsm.ParseRef, itsm.Ref.String, func(a, b itsm.Ref) bool { return a == b })
	})
}

func FuzzParsePriority(f *testing.F) {
	for _, s := range []string{"", "P1", "P9", "P10", "p1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		roundTrips(t, s, itsm.ParsePriority, itsm.Priority.String, func(a, b itsm.Priority) bool { return a == b })
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"", "0", "-12.50", ".5", "1e9", "00.00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		roundTrips(t, s, func(s string) (itsm.Value, error) { return itsm.ParseValue(itsm.Number, s) }, itsm.Value.String, itsm.Value.Equal)
	})
}

func FuzzParseValue(f *testing.F) {
	for _, typ := range itsm.Types() {
		f.Add(string(typ), "12.50")
		f.Add(string(typ), "2026-03-02T09:00:00.1234567+01:00")
		f.Add(string(typ), "4h30m")
		f.Add(string(typ), "true")
		f.Add(string(typ), "ci:42")
	}
	f.Fuzz(func(t *testing.T, typ, s string) {
		v, err := itsm.ParseValue(itsm.Type(typ), s)
		if err == nil && v.IsZero() {
			return // an empty text is a missing value, whatever its type
		}
		roundTrips(t, s, func(s string) (itsm.Value, error) { return itsm.ParseValue(itsm.Type(typ), s) }, itsm.Value.String, itsm.Value.Equal)
		if err == nil && v.Type() != itsm.Type(typ) {
			t.Fatalf("%q as %s was read as %s", s, typ, v.Type())
		}
	})
}

func FuzzValueJSON(f *testing.F) {
	for _, s := range []string{`null`, `true`, `"x"`, `12.50`, `{"instant":"2026-03-02T09:00:00Z"}`, `{"span":"1h"}`, `{"reference":"ci:1"}`, `{"text":"x"}`, `[]`, `{}`, `nul`, `"\ud800"`, `010`, `{"span":"1h","span":"2h"}`, `{"text":null}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v itsm.Value
		if v.UnmarshalJSON(data) == nil && !json.Valid(data) {
			t.Fatalf("%q is no JSON, and was read as %s", data, v)
		}
		roundTrips(t, string(data), func(s string) (itsm.Value, error) {
			var v itsm.Value
			err := v.UnmarshalJSON([]byte(s))
			return v, err
		}, func(v itsm.Value) string {
			data, err := json.Marshal(v)
			if err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			return string(data)
		}, itsm.Value.Equal)
	})
}

func FuzzDecode(f *testing.F) {
	lc := parcels(f)
	for _, name := range append(lc.Commands(), "bring", "burn", "") {
		for version := range 4 {
			f.Add(name, version, []byte(`{"to":"x"}`))
			f.Add(name, version, []byte(`{"road":"x"}`))
		}
	}
	_, _, data, err := lc.Encode(fullPost())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("post", 1, data)
	for _, s := range []string{`{"":0}`, `{"Stops":[]}`, `{"stops":[{"days":1,"days":2}]}`, `{"labels":{"b":1,"a":{"span":"1h"}}}`, `{"st\u006fps":[{}, {}]}`} {
		f.Add("post", 1, []byte(s))
	}
	// The names of definitions are looked at one by one, those of commands as a rule
	// by a quick scan.
	read := map[string]func([]byte) (any, error){
		"post1":    func(data []byte) (any, error) { return itsm.ParseJSON[post](data) },
		"deliver3": func(data []byte) (any, error) { return itsm.ParseJSON[deliver](data) },
	}
	f.Fuzz(func(t *testing.T, name string, version int, data []byte) {
		cmd, err := lc.Decode(name, version, data)
		if definition, is := read[name+strconv.Itoa(version)]; is && !bytes.Contains(data, []byte("null")) {
			if _, slow := definition(data); (slow == nil) != (err == nil) {
				t.Fatalf("%s: read as a command with %v, as a definition with %v", data, err, slow)
			}
		}
		if err != nil {
			typed(t, err)
			return
		}
		today, v, encoded, err := lc.Encode(cmd)
		if err != nil {
			typed(t, err) // such as an instant that JSON cannot write
			return
		}
		again, err := lc.Decode(today, v, encoded)
		if err != nil {
			t.Fatalf("%s was read and written as %s, which cannot be read: %v", data, encoded, err)
		}
		_, _, twice, err := lc.Encode(again)
		if err != nil || string(twice) != string(encoded) {
			t.Fatalf("%s was written again as %s: %v", encoded, twice, err)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	lc := parcels(f)
	var r parcel
	e, err := lc.Fire(&r, fullPost(), itsm.Stamp{At: monday, By: itsm.System("acme"), Recorded: monday, Reason: "x"})
	if err != nil {
		f.Fatal(err)
	}
	data, err := lc.EncodeEvent(e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := lc.DecodeEvent(data)
		if err != nil {
			typed(t, err)
			return
		}
		encoded, err := lc.EncodeEvent(e)
		if err != nil {
			return // such as a time that JSON cannot write
		}
		again, err := lc.DecodeEvent(encoded)
		if err != nil {
			t.Fatalf("%s was read and written as %s, which cannot be read: %v", data, encoded, err)
		}
		twice, err := lc.EncodeEvent(again)
		if err != nil || string(twice) != string(encoded) {
			t.Fatalf("%s was written again as %s: %v", encoded, twice, err)
		}
		if _, err := lc.Replay(e); err != nil {
			typed(t, err)
		}
	})
}
