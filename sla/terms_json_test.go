package sla_test

import (
	"testing"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// TestTermsNameThePlaceInACalendar: calendars read themselves, and what is wrong in
// one is named from the terms on.
func TestTermsNameThePlaceInACalendar(t *testing.T) {
	for text, field := range map[string]string{
		`{"tz":"UTC","schedule":{"mun":[]}}`:                            "calendars.office.schedule.mun",
		`{"tz":"UTC","schedule":{"mon":[["09:00","12:00"],["13:00"]]}}`: "calendars.office.schedule.mon[1]",
		`{"TZ":"UTC","schedule":{}}`:                                    "calendars.office.TZ",
		`{"tz":1,"schedule":{}}`:                                        "calendars.office.tz",
		`{"tz":"UTC","schedule":{},"exceptions":{"2026-12-24":[1]}}`:    "calendars.office.exceptions.2026-12-24[0]",
		`{"tz":"UTC","schedule":[]}`:                                    "calendars.office.schedule",
		`{}`:                                                            "calendars.office",
	} {
		_, err := itsm.ParseJSON[sla.Terms]([]byte(`{"calendars":{"office":` + text + `}}`))
		itsmtest.RequireField(t, err, field)
	}
}
