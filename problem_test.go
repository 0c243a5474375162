package itsm_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/itsmkit/itsm"
)

func TestQuoted(t *testing.T) {
	long := strings.Repeat("ä", 64)
	for text, want := range map[string]string{
		"":           `""`,
		"mail":       `"mail"`,
		"a\nb\"\x00": `"a\nb\"\x00"`,
		"\xff\xfe":   `"\xff\xfe"`,
		long:         `"` + long + `"`,
		long + "b":   `"` + long + `"…`,
	} {
		assert.Equal(t, want, itsm.Quoted(text))
	}
	assert.Equal(t, `"high"`, itsm.Quoted(itsm.High))
	assert.Equal(t, 2+4*64+len("…"), len(itsm.Quoted(strings.Repeat("\xff", 1000))), "every byte that is no character counts as one")
}

func TestListed(t *testing.T) {
	assert.Equal(t, "", itsm.Listed([]string(nil)))
	assert.Equal(t, "low, medium, high", itsm.Listed([]itsm.Level{itsm.Low, itsm.Medium, itsm.High}))
	assert.Equal(t, "P1, P2", itsm.Listed([]itsm.Priority{1, 2}), "as people read them")
	assert.Equal(t, "true, 4h0m0s", itsm.Listed([]itsm.Value{itsm.TruthValue(true), itsm.SpanValue(14400e9)}))
	assert.Equal(t, strings.Repeat("é", 64)+"…, x", itsm.Listed([]string{strings.Repeat("é", 65), "x"}))
	fifty := slices.Repeat([]string{"x"}, 50)
	assert.Equal(t, strings.Join(fifty, ", "), itsm.Listed(fifty))
	assert.Equal(t, strings.Join(fifty, ", ")+", … 2 more", itsm.Listed(append(fifty, "y", "z")))
	assert.True(t, utf8.ValidString(itsm.Listed([]string{strings.Repeat("€", 100)})))
}
