package sla_test

import (
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// An agreement read from JSON, an incident under it, and why its clock shows what it
// shows.
func ExampleBook() {
	schema := sla.DefaultAgreementPolicy().Schema // or that of a View of your own process
	terms, err := itsm.ParseJSON[sla.Terms]([]byte(`{
		"calendars": {"office": {"tz": "Europe/Berlin", "schedule": {
			"mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]], "wed": [["09:00", "17:00"]],
			"thu": [["09:00", "17:00"]], "fri": [["09:00", "17:00"]]}}},
		"calendar": "office",
		"targets": [
			{"name": "usual", "metric": "resolution", "within": "16h"},
			{"name": "urgent", "metric": "resolution", "within": "4h", "when": {"field": "priority", "is": [1]}}
		]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	at := func(day, hour int) time.Time { return time.Date(2026, time.November, day, hour, 0, 0, 0, berlin) }
	book, err := sla.NewBook(schema, sla.Version{
		Agreement: "AGR0000042", Number: 1, Kind: sla.ServiceLevel, Party: "Sales", From: at(1, 0), Terms: terms,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text := func(s string) itsm.Value { return itsm.TextValue(s) }
	work, err := book.Track(itsm.Ref{Kind: "incident", ID: "INC0000007"},
		sla.Moment{At: at(23, 10), By: "ann", Facts: sla.Facts{"phase": text("open"), "priority": itsm.IntValue(3)}},
		sla.Moment{At: at(23, 14), By: "bob", Facts: sla.Facts{"phase": text("paused"), "hold_reason": text("caller")}},
		sla.Moment{At: at(23, 16), By: "ann", Facts: sla.Facts{"phase": text("active"), "hold_reason": {}}},
		sla.Moment{At: at(23, 16), By: "bob", Facts: sla.Facts{"priority": itsm.IntValue(1)}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	account, err := book.Explain(&work, 1, at(24, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(account)
	// Output:
	// resolution: urgent of AGR0000042, version 1, with Sales
	// Mon 2026-11-23 10:00  chosen: usual of AGR0000042, due Wed 2026-11-25 10:00
	// Mon 2026-11-23 16:00  chosen: urgent of AGR0000042 (by priority), due Mon 2026-11-23 14:00; before usual of AGR0000042, due Wed 2026-11-25 10:00
	// Mon 2026-11-23 10:00  Mon 2026-11-23 14:00   4h  elapsed
	// Mon 2026-11-23 14:00  Mon 2026-11-23 16:00   2h  paused for hold_reason caller by bob
	// Mon 2026-11-23 16:00  Mon 2026-11-23 17:00   1h  elapsed
	// Mon 2026-11-23 17:00  Tue 2026-11-24 09:00  16h  closed
	// Tue 2026-11-24 09:00  Tue 2026-11-24 10:00   1h  elapsed
	// running: 6h elapsed of 4h, 2h paused, due Mon 2026-11-23 16:00, breached Mon 2026-11-23 16:00 (too late)
}
