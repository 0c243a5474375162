package sla

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Hours defines a calendar: when service is given, as people write it down.
// [NewCalendar] checks it. Its JSON form, which [ParseCalendar] reads, is
//
//	{
//	  "tz": "Europe/Berlin",
//	  "schedule": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "fri": [["22:00", "06:00"]]},
//	  "holidays": ["2026-12-25"],
//	  "exceptions": {"2026-12-24": [["09:00", "12:00"]]}
//	}
type Hours struct {
	// Zone is the name of a zone of the IANA database, "Europe/Berlin" or "UTC".
	// Its clock is the one that all times of day are read from. Where a machine may
	// have no such database, a program imports time/tzdata.
	Zone string `json:"tz"`

	// Week is the pattern that every week repeats. It has at least one window.
	Week Week `json:"schedule"`

	// Holidays are dates on which no window starts.
	Holidays []Date `json:"holidays,omitzero"`

	// Exceptions replace the windows that start on a date. A date without any is
	// closed; one that is a holiday too is not.
	Exceptions map[Date][]Span `json:"exceptions,omitzero"`
}

// Week lists the windows that start on each weekday. They may touch, but not
// overlap, also not with those that began the evening before.
type Week struct {
	Mon []Span `json:"mon,omitempty"`
	Tue []Span `json:"tue,omitempty"`
	Wed []Span `json:"wed,omitempty"`
	Thu []Span `json:"thu,omitempty"`
	Fri []Span `json:"fri,omitempty"`
	Sat []Span `json:"sat,omitempty"`
	Sun []Span `json:"sun,omitempty"`
}

// Weekdays is a week with the same windows from Monday to Friday.
func Weekdays(windows ...Span) Week {
	return Week{Mon: windows, Tue: windows, Wed: windows, Thu: windows, Fri: windows}
}

// EveryDay is a week with the same windows on all seven days.
func EveryDay(windows ...Span) Week {
	w := Weekdays(windows...)
	w.Sat, w.Sun = windows, windows
	return w
}

// Span is a window on the clock of the wall: from when until when, each "HH:MM".
// One that ends before it starts runs over midnight, {"22:00", "06:00"}, and
// belongs to the day it starts on; "24:00" ends a day, {"00:00", "24:00"}.
type Span [2]string

// Date is a calendar date, "2026-12-25", in the years 1900 to 2200. Dates order
// as strings.
type Date string

// The years a date of a calendar may lie in.
const (
	firstYear = 1900
	lastYear  = 2200
)

// DateOf is the date of t in t's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// days are the week's windows from Monday.
func (w *Week) days() [7][]Span {
	return [7][]Span{w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat, w.Sun}
}

// dayNames are the keys of a week in JSON.
func dayNames() [7]string { return [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// normal is a copy of its own in the form that is kept and written: windows and
// dates in order, no date twice, "24:00" for a window that ends at midnight. What
// is malformed stays as it is.
func (h Hours) normal() Hours {
	h.Week = Week{
		normalSpans(h.Week.Mon), normalSpans(h.Week.Tue), normalSpans(h.Week.Wed), normalSpans(h.Week.Thu),
		normalSpans(h.Week.Fri), normalSpans(h.Week.Sat), normalSpans(h.Week.Sun),
	}
	h.Holidays = slices.Clone(h.Holidays)
	slices.Sort(h.Holidays)
	if h.Holidays = slices.Compact(h.Holidays); len(h.Holidays) == 0 {
		h.Holidays = nil
	}
	if len(h.Exceptions) == 0 {
		h.Exceptions = nil
		return h
	}
	h.Exceptions = maps.Clone(h.Exceptions)
	for date, windows := range h.Exceptions {
		h.Exceptions[date] = append([]Span{}, normalSpans(windows)...) // not nil, which JSON writes as null
	}
	return h
}

func normalSpans(windows []Span) []Span {
	if len(windows) == 0 {
		return nil
	}
	list := slices.Clone(windows)
	for i := range list {
		if list[i][1] == "00:00" && list[i][0] != "00:00" {
			list[i][1] = "24:00"
		}
	}
	slices.SortFunc(list, func(a, b Span) int { return cmp.Compare(a[0], b[0]) })
	return list
}
