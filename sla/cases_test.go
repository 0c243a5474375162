package sla_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/itsmkit/itsm/sla"
)

// TestCases holds the calendar to results that other systems expect, taken as
// facts from their test suites; see the source named in each.
func TestCases(t *testing.T) {
	data, err := os.ReadFile("testdata/business_time_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID, Source, Op, Note string
		TZ                   json.RawMessage
		Schedule             json.RawMessage
		Holidays             json.RawMessage
		Exceptions           json.RawMessage
		Start, End           time.Time
		Seconds              int64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 130 {
		t.Fatalf("there are %d cases, want 130", len(cases))
	}
	for _, c := range cases {
		definition := map[string]json.RawMessage{"tz": c.TZ, "schedule": c.Schedule, "holidays": c.Holidays}
		if c.Exceptions != nil {
			definition["exceptions"] = c.Exceptions
		}
		text, err := json.Marshal(definition)
		if err != nil {
			t.Fatal(err)
		}
		cal, err := sla.ParseCalendar(text)
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		d := time.Duration(c.Seconds) * time.Second
		if got := cal.Between(c.Start, c.End); got != d {
			t.Errorf("%s: between %v and %v are %v, want %v (%s; %s)", c.ID, c.Start, c.End, got, d, c.Source, c.Note)
		}
		if got := cal.Between(c.End, c.Start); got != -d {
			t.Errorf("%s: between %v and %v are %v, want %v (%s; %s)", c.ID, c.End, c.Start, got, -d, c.Source, c.Note)
		}
		if c.Op != "add" {
			continue
		}
		if got := cal.Add(c.Start, d); !got.Equal(c.End) {
			t.Errorf("%s: %v after %v is %v, want %v (%s; %s)", c.ID, d, c.Start, got, c.End, c.Source, c.Note)
		}
	}
}
