package sla_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

func Example() {
	office, err := sla.NewCalendar(sla.Hours{
		Zone:     "Europe/Berlin",
		Week:     sla.Weekdays(sla.Span{"09:00", "12:00"}, sla.Span{"13:00", "17:00"}),
		Holidays: []sla.Date{"2026-12-25"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	opened := time.Date(2026, time.December, 24, 14, 30, 0, 0, time.UTC) // 15:30 in Berlin
	due := office.Add(opened, 4*time.Hour)
	fmt.Println(due)
	fmt.Println(office.Between(opened, due))
	// Output:
	// 2026-12-28 10:30:00 +0000 UTC
	// 4h0m0s
}

func ExampleNewCalendar_errors() {
	_, err := sla.NewCalendar(sla.Hours{
		Zone: "Europe/Berlin",
		Week: sla.Week{
			Mon: []sla.Span{{"22:00", "06:00"}},
			Tue: []sla.Span{{"05:00", "13:00"}},
		},
		Holidays: []sla.Date{"25.12.2026"},
	})
	fmt.Println(errors.Is(err, itsm.ErrInvalid))
	fmt.Println(err)
	// Output:
	// true
	// schedule.tue[0]: 05:00–13:00 overlaps schedule.mon[0], 22:00–06:00; make one window of them, or end the first in time
	// holidays[0]: "25.12.2026" is not a date, as in "2026-12-25"
}

func ExampleParseCalendar() {
	support, err := sla.ParseCalendar([]byte(`{
		"tz": "America/New_York",
		"schedule": {
			"mon": [["08:00", "20:00"]],
			"fri": [["08:00", "12:00"], ["22:00", "06:00"]]
		},
		"exceptions": {"2026-11-27": []}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := support.MarshalJSON()
	fmt.Println(string(text))
	// Output:
	// {"tz":"America/New_York","schedule":{"mon":[["08:00","20:00"]],"fri":[["08:00","12:00"],["22:00","06:00"]]},"exceptions":{"2026-11-27":[]}}
}

// A night shift lasts as long as it lasts: an hour less when clocks are put
// forward.
func ExampleCalendar_Between() {
	night, _ := sla.NewCalendar(sla.Hours{Zone: "Europe/Berlin", Week: sla.EveryDay(sla.Span{"22:00", "06:00"})})
	noon := time.Date(2026, time.March, 28, 12, 0, 0, 0, time.UTC)
	fmt.Println(night.Between(noon, noon.AddDate(0, 0, 1)))
	fmt.Println(night.Between(noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 2)))
	// Output:
	// 7h0m0s
	// 8h0m0s
}

// What is used up at closing time is due then, and not at the next opening.
func ExampleCalendar_Add() {
	office, _ := sla.NewCalendar(sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	friday := time.Date(2026, time.November, 27, 9, 0, 0, 0, time.UTC)
	fmt.Println(office.Add(friday, 8*time.Hour))
	fmt.Println(office.Add(friday, 8*time.Hour+1))
	fmt.Println(office.Add(friday, -8*time.Hour))
	// Output:
	// 2026-11-27 17:00:00 +0000 UTC
	// 2026-11-30 09:00:00.000000001 +0000 UTC
	// 2026-11-26 09:00:00 +0000 UTC
}

func ExampleCalendar_AddDays() {
	office, _ := sla.NewCalendar(sla.Hours{
		Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-11-30"},
	})
	friday := time.Date(2026, time.November, 27, 18, 30, 0, 0, time.UTC)
	fmt.Println(office.AddDays(friday, 1))
	fmt.Println(office.AddDays(friday, -5))
	// Output:
	// 2026-12-01 18:30:00 +0000 UTC
	// 2026-11-20 18:30:00 +0000 UTC
}

func ExampleCalendar_Windows() {
	support, _ := sla.NewCalendar(sla.Hours{
		Zone:       "UTC",
		Week:       sla.Weekdays(sla.Span{"09:00", "12:00"}, sla.Span{"13:00", "17:00"}),
		Exceptions: map[sla.Date][]sla.Span{"2026-11-28": {{"10:00", "14:00"}}},
	})
	from := time.Date(2026, time.November, 27, 11, 0, 0, 0, time.UTC)
	for w := range support.Windows(from, from.AddDate(0, 0, 2)) {
		fmt.Println(w.Open.Format("Mon 15:04"), w.Close.Format("Mon 15:04"), w.Duration())
	}
	// Output:
	// Fri 11:00 Fri 12:00 1h0m0s
	// Fri 13:00 Fri 17:00 4h0m0s
	// Sat 10:00 Sat 14:00 4h0m0s
}

func ExampleCalendar_NextClose() {
	office, _ := sla.NewCalendar(sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	saturday := time.Date(2026, time.November, 28, 12, 0, 0, 0, time.UTC)
	fmt.Println(office.NextOpen(saturday))
	fmt.Println(office.NextClose(saturday))
	// Output:
	// 2026-11-30 09:00:00 +0000 UTC
	// 2026-11-30 17:00:00 +0000 UTC
}

func ExampleNewClock() {
	office, _ := sla.NewCalendar(sla.Hours{Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	monday := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)

	clock, _ := sla.NewClock(monday, 8*time.Hour, office)
	clock, _ = clock.Pause(monday.Add(2*time.Hour), "caller")
	clock, _ = clock.Resume(monday.Add(4 * time.Hour))

	now := clock.At(monday.Add(5 * time.Hour))
	fmt.Println(now.Status, now.Elapsed, now.Paused, now.Remaining)
	fmt.Println("due", now.Due)
	// Output:
	// running 3h0m0s 2h0m0s 5h0m0s
	// due 2026-11-24 12:00:00 +0000 UTC
}

// A change of priority keeps what has elapsed; a breach is never taken back.
func ExampleClock_Retarget() {
	opened := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)

	clock, _ := sla.NewClock(opened, 24*time.Hour, nil)
	clock, _ = clock.Retarget(opened.Add(6*time.Hour), 4*time.Hour, nil)
	fmt.Println(clock.Cause, clock.At(clock.Last).Remaining)
	clock, _ = clock.Retarget(opened.Add(7*time.Hour), 24*time.Hour, nil)
	fmt.Println(clock.At(clock.Last).Breached, clock.At(clock.Last).Remaining)
	// Output:
	// tightened -2h0m0s
	// true 17h0m0s
}

// A clock is the fold of its events, which may come from a journal.
func ExampleFold() {
	opened := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)
	clock, err := sla.Fold(
		sla.Event{At: opened, Do: sla.Start, Goal: 4 * time.Hour},
		sla.Event{At: opened.Add(1 * time.Hour), Do: sla.Pause, Reason: "caller", By: "ann"},
		sla.Event{At: opened.Add(3 * time.Hour), Do: sla.Resume, By: "ann"},
		sla.Event{At: opened.Add(5 * time.Hour), Do: sla.Stop, By: "bob"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(clock.Status, clock.Elapsed, clock.Paused, clock.At(clock.Last).Met())

	_, err = clock.After(sla.Event{At: opened.Add(6 * time.Hour), Do: sla.Resume})
	fmt.Println(err)
	// Output:
	// stopped 3h0m0s 2h0m0s true
	// clock: is stopped; there is nothing to resume
}

// An afternoon, a pause over night and a holiday, with every hour accounted for.
func ExampleExplain() {
	office, _ := sla.NewCalendar(sla.Hours{
		Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"}), Holidays: []sla.Date{"2026-12-24", "2026-12-25"},
	})
	berlin, _ := time.LoadLocation("Europe/Berlin")
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.December, day, hour, minute, 0, 0, berlin)
	}
	explanation, err := sla.Explain(at(28, 11, 15),
		sla.Event{At: at(22, 14, 0), Do: sla.Start, Goal: 8 * time.Hour, Calendar: office},
		sla.Event{At: at(22, 15, 0), Do: sla.Pause, Reason: "caller", By: "ann"},
		sla.Event{At: at(23, 9, 30), Do: sla.Resume, By: "ann"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(explanation)
	fmt.Println(explanation.Total(sla.AsElapsed) == explanation.Reading.Elapsed)
	// Output:
	// Tue 2026-12-22 14:00  Tue 2026-12-22 15:00     1h  elapsed
	// Tue 2026-12-22 15:00  Tue 2026-12-22 17:00     2h  paused for caller by ann
	// Tue 2026-12-22 17:00  Wed 2026-12-23 09:00    16h  closed
	// Wed 2026-12-23 09:00  Wed 2026-12-23 09:30    30m  paused for caller by ann
	// Wed 2026-12-23 09:30  Wed 2026-12-23 17:00  7h30m  elapsed
	// Wed 2026-12-23 17:00  Thu 2026-12-24 00:00     7h  closed
	// Thu 2026-12-24 00:00  Sat 2026-12-26 00:00    48h  holiday
	// Sat 2026-12-26 00:00  Mon 2026-12-28 09:00    57h  closed
	// Mon 2026-12-28 09:00  Mon 2026-12-28 11:15  2h15m  elapsed
	// running: 10h45m elapsed of 8h, 2h30m paused, due Wed 2026-12-23 16:30, breached Wed 2026-12-23 16:30 (too late)
	// true
}
