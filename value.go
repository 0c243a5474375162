package itsm

import (
	"bytes"
	"cmp"
	"encoding/json"
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
	if Normal(t).IsZero() {
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
// what was written reads back as the same value. A missing value is null; one that
// could not be read back is refused.
func (v Value) MarshalJSON() ([]byte, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
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

// check refuses what ParseValue would not read.
func (v Value) check() error {
	if v.IsZero() {
		return nil
	}
	if e := v.num.Exponent(); v.typ == Number && (e < -maxDigits || e > maxDigits) {
		return &FieldError{"value", fmt.Sprintf("is not a decimal of at most %d digits", maxDigits)}
	}
	_, err := ParseValue(v.typ, v.String())
	return err
}

// UnmarshalJSON reads what MarshalJSON writes, and the numbers of JSON without an
// exponent. All else, half of a surrogate pair and a type given twice too, is a
// [FieldError].
func (v *Value) UnmarshalJSON(b []byte) error {
	parsed, err := parseJSONValue(trimJSON(b))
	if err == nil {
		*v = parsed
	}
	return err
}

func parseJSONValue(b []byte) (Value, error) {
	switch text := string(b); text {
	case "null":
		return Value{}, nil
	case "true", "false":
		return ParseValue(Truth, text)
	}
	if !utf8.Valid(b) {
		return Value{}, &FieldError{"value", "is not valid UTF-8"}
	}
	if err := wholeCharacters("value", b); err != nil {
		return Value{}, err
	}
	switch {
	case bytes.HasPrefix(b, []byte{'"'}):
		s, rest, ok := cutJSONText(b)
		if !ok || len(rest) > 0 {
			return Value{}, &FieldError{"value", Quoted(string(b)) + " is not a JSON string"}
		}
		return TextValue(s), nil
	case bytes.HasPrefix(b, []byte{'{'}):
		typ, rest, ok := cutJSONText(trimJSON(b[1:]))
		rest, colon := bytes.CutPrefix(rest, []byte{':'})
		s, rest, text := cutJSONText(trimJSON(rest))
		if !ok || !colon || !text || string(rest) != "}" {
			return Value{}, &FieldError{"value", Quoted(string(b)) + ` is not a single {"type": "text"}`}
		}
		return ParseValue(Type(typ), s)
	}
	v, err := ParseValue(Number, string(b))
	if digits := bytes.TrimPrefix(b, []byte{'-'}); err == nil && len(digits) > 1 && digits[0] == '0' && digits[1] != '.' {
		return Value{}, &FieldError{"value", Quoted(string(b)) + " is no JSON number; leave out the zeros that it begins with"}
	}
	return v, err
}

// cutJSONText reads the JSON string at the beginning, and gives what follows it.
func cutJSONText(b []byte) (s string, rest []byte, ok bool) {
	if !bytes.HasPrefix(b, []byte{'"'}) {
		return "", nil, false
	}
	for end := 1; end < len(b); end++ {
		switch b[end] {
		case '\\':
			end++
		case '"':
			err := json.Unmarshal(b[:end+1], &s)
			return s, trimJSON(b[end+1:]), err == nil
		}
	}
	return "", nil, false
}

// trimJSON takes off what JSON has for space.
func trimJSON(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

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
		if err != nil {
			return Value{}, err
		}
		return NumberValue(d), nil
	case Truth:
		if s != "true" && s != "false" {
			return Value{}, &FieldError{"value", Quoted(s) + " is neither true nor false"}
		}
		return TruthValue(s == "true"), nil
	case Instant:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return Value{}, &FieldError{"value", Quoted(s) + ` is not an instant, as in "2026-11-23T09:30:00Z"`}
		}
		if err := CheckTime("value", Normal(t)); err != nil {
			return Value{}, err
		}
		return InstantValue(t), nil
	case Span:
		d, err := time.ParseDuration(s)
		if err != nil {
			return Value{}, &FieldError{"value", Quoted(s) + ` is not an elapsed time, as in "4h30m"`}
		}
		return SpanValue(d), nil
	case Reference:
		r, err := ParseRef(s)
		return ReferenceValue(r), err
	}
	return Value{}, &FieldError{"type", Quoted(typ) + " is none of: " + Listed(Types())}
}

// maxDigits bounds the length of a decimal: one of a few bytes such as
// 1e999999999 could otherwise fill the memory when it is written out.
const maxDigits = 60

// ParseDecimal reads a plain decimal, "-12.50": digits, perhaps a point and more
// digits, no exponent. Zeros at the end make no difference: 12.50 and 12.5 give
// the same Decimal, to the bit.
func ParseDecimal(field, s string) (decimal.Decimal, error) {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !isDigits(whole) || point && !isDigits(fraction) || len(whole)+len(fraction) > maxDigits {
		return decimal.Decimal{}, &FieldError{field, fmt.Sprintf("%s is not a decimal of at most %d digits", Quoted(s), maxDigits)}
	}
	if point {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, &FieldError{field, err.Error()}
	}
	return d, nil
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
