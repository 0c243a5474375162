package ical_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/ical"
)

func TestWrite(t *testing.T) {
	list := []ical.Holiday{
		{"2026-01-01", `A, B; C\n D`},
		{"2026-01-02", strings.Repeat("ÄÖ€😀 ", 60)},
		{"2026-01-03", "two\nlines\x00 and\tmore"},
		{"2026-01-04", ""},
	}
	var b bytes.Buffer
	require.NoError(t, ical.Write(&b, time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600)), list))
	assert.Contains(t, b.String(), "DTSTAMP:20260101T000000Z\r\n")
	for line := range strings.SplitSeq(b.String(), "\r\n") {
		assert.LessOrEqual(t, len(line), 75)
		assert.True(t, utf8.ValidString(line), "%q", line)
		assert.NotContains(t, line, "\n")
	}
	again, err := ical.Holidays(&b, 2026, 2026, nil)
	require.NoError(t, err)
	assert.Equal(t, []ical.Holiday{list[0], {"2026-01-02", strings.TrimSpace(list[1].Name)}, {"2026-01-03", "two lines and more"}, {"2026-01-04", "Holiday"}}, again)
}

func TestWriteFails(t *testing.T) {
	var what *itsm.FieldError
	err := ical.Write(&bytes.Buffer{}, time.Time{}, []ical.Holiday{{Date: "2026-01-01"}, {Date: "2026-02-30"}})
	require.ErrorAs(t, err, &what)
	assert.Equal(t, "list[1].Date", what.Field)
	assert.ErrorIs(t, ical.Write(full{}, time.Time{}, nil), errFull)
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
