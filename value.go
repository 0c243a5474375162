package itsm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Type is what kind of value a declared field holds.
type Type string

// The types of values.
const (
	Text      Type = "text"
	Number    Type = "number"
	Truth     Type = "truth"
	Instant   Type = "instant" // UTC, whole microseconds
	Span      Type = "span"    // an elapsed time
	Reference Type = "reference"
)

// Types lists every type.
func Types() []Type { return []Type{Text, Number, Truth, Instant, Span, Reference} }

// Value is the value of one declared field of a record. The zero Value means
// that the field is missing; so do an empty text, a zero time and a zero Ref.
type Value struct {
	typ  Type
	text string          // Text, Reference
	n    int64           // Truth: 0 or 1; Instant: microseconds since 1970; Span: nanoseconds
	num  decimal.Decimal // Number
}

// TextValue holds any named string: a text, a state, a level.
func TextValue[S ~string](s S) Value {
	if s == "" {
		return Value{}
	}
	return Value{typ: Text, text: string(s)}
}

// NumberValue holds an exact decimal.
func NumberValue(d decimal.Decimal) Value { return Value{typ: Number, num: d} }

// IntValue holds a whole number.
func IntValue(n int64) Value { return NumberValue(decimal.NewFromInt(n)) }

// TruthValue holds true or false; false is a value, not a missing one.
func TruthValue(b bool) Value {
	if b {
		return Value{typ: Truth, n: 1}
	}
	return Value{typ: Truth}
}

// InstantValue holds a time.
func InstantValue(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{typ: Instant, n: t.UnixMicro()}
}

// SpanValue holds an elapsed time.
func SpanValue(d time.Duration) Value { return Value{typ: Span, n: int64(d)} }

// ReferenceValue holds a pointer to another record.
func ReferenceValue(r Ref) Value {
	if r.IsZero() {
		return Value{}
	}
	return Value{typ: Reference, text: r.String()}
}

// Type is the value's type, "" when it is missing.
func (v Value) Type() Type { return v.typ }

// IsZero reports whether the value is missing.
func (v Value) IsZero() bool { return v.typ == "" }

// Text is the text of a Text, and the text form of a Reference.
func (v Value) Text() string { return v.text }

// Number is the decimal of a Number.
func (v Value) Number() decimal.Decimal { return v.num }

// Truth is the truth of a Truth.
func (v Value) Truth() bool { return v.typ == Truth && v.n == 1 }

// Instant is the time of an Instant.
func (v Value) Instant() time.Time {
	if v.typ != Instant {
		return time.Time{}
	}
	return time.UnixMicro(v.n).UTC()
}

// Span is the elapsed time of a Span.
func (v Value) Span() time.Duration {
	if v.typ != Span {
		return 0
	}
	return time.Duration(v.n)
}

// Compare orders values: missing first, then by type, then by value; texts and
// references by their bytes.
func (v Value) Compare(w Value) int {
	if c := cmp.Compare(v.typ, w.typ); c != 0 {
		return c
	}
	if v.typ == Number {
		return v.num.Cmp(w.num)
	}
	return cmp.Or(cmp.Compare(v.n, w.n), strings.Compare(v.text, w.text))
}

// Equal reports whether v and w are the same value; 1.0 is 1.
func (v Value) Equal(w Value) bool { return v.Compare(w) == 0 }

// String is the value as people read it.
func (v Value) String() string {
	switch v.typ {
	case Number:
		return v.num.String()
	case Truth:
		return strconv.FormatBool(v.Truth())
	case Instant:
		return text(v.Instant())
	case Span:
		return v.Span().String()
	default:
		return v.text
	}
}

// MarshalJSON writes texts, numbers and truths as themselves and the others as
// {"instant": "2026-…Z"}, {"span": "4h0m0s"} and {"reference": "ci:42"}, so that
// what was written reads back as the same type. A missing value is null.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.typ {
	case "":
		return []byte("null"), nil
	case Text:
		return json.Marshal(v.text)
	case Number, Truth:
		return []byte(v.String()), nil
	default:
		return json.Marshal(map[Type]string{v.typ: v.String()})
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return &FieldError{"value", "is empty"}
	}
	parsed, err := parseJSONValue(b)
	if err == nil {
		*v = parsed
	}
	return err
}

func parseJSONValue(b []byte) (Value, error) {
	switch b[0] {
	case 'n':
		return Value{}, nil
	case 't', 'f':
		return TruthValue(b[0] == 't'), nil
	case '"':
		var s string
		err := json.Unmarshal(b, &s)
		return TextValue(s), err
	case '{':
		var typed map[Type]string
		if err := json.Unmarshal(b, &typed); err != nil || len(typed) != 1 {
			return Value{}, &FieldError{"value", quoted(string(b)) + ` is not a single {"type": "text"}`}
		}
		for typ, s := range typed {
			return ParseValue(typ, s)
		}
	}
	return ParseValue(Number, string(b))
}

// ParseValue reads the String form of a value of the given type.
func ParseValue(typ Type, s string) (Value, error) {
	switch typ {
	case Text:
		if !utf8.ValidString(s) {
			return Value{}, &FieldError{"value", "is not valid UTF-8"}
		}
		return TextValue(s), nil
	case Number:
		d, err := ParseDecimal("value", s)
		return NumberValue(d), err
	case Truth:
		if s != "true" && s != "false" {
			return Value{}, &FieldError{"value", quoted(s) + " is neither true nor false"}
		}
		return TruthValue(s == "true"), nil
	case Instant:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return Value{}, &FieldError{"value", quoted(s) + ` is not an instant, as in "2026-11-23T09:30:00Z"`}
		}
		if err := CheckTime("value", t); err != nil {
			return Value{}, err
		}
		return InstantValue(t), nil
	case Span:
		d, err := time.ParseDuration(s)
		if err != nil {
			return Value{}, &FieldError{"value", quoted(s) + ` is not an elapsed time, as in "4h30m"`}
		}
		return SpanValue(d), nil
	case Reference:
		r, err := ParseRef(s)
		return ReferenceValue(r), err
	}
	return Value{}, &FieldError{"type", quoted(string(typ)) + " is none of: " + joined(Types())}
}

// maxDigits bounds the length of a decimal: one of a few bytes such as
// 1e999999999 could otherwise fill the memory when it is written out.
const maxDigits = 60

// ParseDecimal reads a plain decimal, "-12.50": digits and a point, no exponent.
func ParseDecimal(field, s string) (decimal.Decimal, error) {
	plain := strings.TrimPrefix(s, "-")
	if plain == "" || len(plain) > maxDigits || strings.Trim(plain, "0123456789.") != "" {
		return decimal.Decimal{}, &FieldError{field, fmt.Sprintf("%s is not a decimal of at most %d digits", quoted(s), maxDigits)}
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, errors.Join(&FieldError{field, quoted(s) + " is not a decimal"}, err)
	}
	return d, nil
}

// quoted shows untrusted text in a message: quoted, and cut when long.
func quoted(s string) string {
	const most = 64
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
