package register

import (
	"encoding/binary"
	"strings"

	"github.com/itsmkit/itsm"
)

// Index keys are tuples of values as bytes whose order is the order of
// itsm.Value.Compare, value by value, a tuple before those it begins. Every
// encoded value knows where it ends and none begins another, so that the values
// of a tuple may simply stand one after the other, and the tuples that begin with
// given values are those whose bytes begin with theirs.
//
// A value is a tag for its type and then:
//
//	missing    nothing
//	instant    microseconds since 1970, eight bytes, big-endian, the sign flipped
//	span       nanoseconds, likewise
//	number     see appendNumber
//	text       its bytes, 00 as 00 ff, and 00 01 at the end
//	reference  its text form, likewise
//	truth      00 or 01
//
// The tags rise in the order of the names of the types, which is how values of
// different types compare. They are part of what is stored and never change.
const (
	tagMissing   = 0x01
	tagInstant   = 0x10
	tagNumber    = 0x20
	tagReference = 0x30
	tagSpan      = 0x40
	tagText      = 0x50
	tagTruth     = 0x60
)

// appendKey appends the encoded values of a tuple.
func appendKey(b []byte, key itsm.Key) []byte {
	for _, v := range key {
		b = appendValue(b, v)
	}
	return b
}

func appendValue(b []byte, v itsm.Value) []byte {
	switch v.Type() {
	case itsm.Instant:
		return appendSigned(append(b, tagInstant), v.Instant().UnixMicro())
	case itsm.Number:
		return appendNumber(append(b, tagNumber), v)
	case itsm.Reference:
		return appendText(append(b, tagReference), v.Text())
	case itsm.Span:
		return appendSigned(append(b, tagSpan), int64(v.Span()))
	case itsm.Text:
		return appendText(append(b, tagText), v.Text())
	case itsm.Truth:
		if v.Truth() {
			return append(b, tagTruth, 1)
		}
		return append(b, tagTruth, 0)
	}
	return append(b, tagMissing)
}

func appendSigned(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)^1<<63)
}

func appendText(b []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			break
		}
		b = append(b, s[:i]...)
		b = append(b, 0x00, 0xff)
		s = s[i+1:]
	}
	b = append(b, s...)
	return append(b, 0x00, 0x01)
}

// The signs of a number.
const (
	negative = 0x01
	zero     = 0x02
	positive = 0x03
)

// appendNumber writes a decimal as 0.d₁d₂…dₙ × 10ᵉ with d₁ and dₙ not 0, of which
// there is one for each number, however it was written: its sign; e as eight
// bytes; each digit plus one; and 0 at the end, below every digit. All after the
// sign of a negative number is inverted, so that the greater comes first.
func appendNumber(b []byte, v itsm.Value) []byte {
	d := v.Number()
	if d.Sign() == 0 {
		return append(b, zero)
	}
	digits := strings.TrimPrefix(d.Coefficient().String(), "-")
	exponent := int64(d.Exponent()) + int64(len(digits))
	digits = strings.TrimRight(digits, "0")
	if d.Sign() > 0 {
		b = append(b, positive)
	} else {
		b = append(b, negative)
	}
	start := len(b)
	b = appendSigned(b, exponent)
	for i := range len(digits) {
		b = append(b, digits[i]-'0'+1)
	}
	b = append(b, 0)
	if d.Sign() < 0 {
		for i := start; i < len(b); i++ {
			b[i] = ^b[i]
		}
	}
	return b
}
