package ical

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/itsmkit/itsm/sla"
)

// Holiday is a date on which an event of a file closes the day.
type Holiday struct {
	Date sla.Date
	Name string // the event's summary, on one line
}

// Dates is what [sla.Hours] wants of the holidays: their dates, in order, each once.
func Dates(list []Holiday) []sla.Date {
	dates := make([]sla.Date, len(list))
	for i, h := range list {
		dates[i] = h.Date
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// Options is how a file is read. Nil, and the zero value, keep every all-day event
// that has not been cancelled.
type Options struct {
	// Keep says which events close a day. Nil means all. It is asked about all-day
	// events only, and what it refuses is not looked at further, so that it can
	// also put aside an event that would be an error.
	Keep func(Event) bool

	// SkipTransparent leaves out events with TRANSP:TRANSPARENT, those that do not
	// make their owner busy. Without it they count: the public feeds of holidays
	// mark all of theirs so. Set it for the calendar of a team, where a
	// transparent event is a note.
	SkipTransparent bool

	// Skipped is told of each event that closes no day, and why, in the order of
	// the file.
	Skipped func(Event, Reason)

	// MaxBytes is how long a file may be; 0 means 16 MiB.
	MaxBytes int64

	// MaxDates is how many dates may come of a file within the years, before equal
	// ones are merged; 0 means 10,000.
	MaxDates int
}

// What zero means in [Options].
const (
	defaultMaxBytes = 16 << 20
	defaultMaxDates = 10_000
)

// Event is what [Options].Keep and Skipped are told of an event.
type Event struct {
	UID         string
	Summary     string // on one line
	Description string
	Categories  []string
	Transparent bool
	Line        int // of the file, on which the event begins
}

// Reason is why an event closes no day.
type Reason string

// The reasons.
const (
	Cancelled   Reason = "cancelled"   // STATUS:CANCELLED
	Timed       Reason = "timed"       // it begins at a time of day
	Transparent Reason = "transparent" // [Options].SkipTransparent
	Refused     Reason = "refused"     // by [Options].Keep
	Outside     Reason = "outside"     // none of its dates is left within the years
)

// Reasons lists them all.
func Reasons() []Reason { return []Reason{Cancelled, Timed, Transparent, Refused, Outside} }

// The years that package sla has dates for.
const (
	firstYear = 1900
	lastYear  = 2200
)

// Holidays reads an iCalendar file: the dates that its all-day events close in the
// years from and to and those between, which lie in 1900 to 2200. They are in order
// of date and name, and the same name comes once a day.
//
// What is wrong with the file comes as an [*Error], what is wrong with the other
// arguments as an [*itsm.FieldError]; both match [itsm.ErrInvalid]. What r fails
// with comes wrapped. There is no list then.
func Holidays(r io.Reader, from, to int, o *Options) ([]Holiday, error) {
	if o == nil {
		o = &Options{}
	}
	if err := check(from, to, o); err != nil {
		return nil, err
	}
	entries, err := readEntries(newLines(r, cmp.Or(o.MaxBytes, defaultMaxBytes)))
	if err != nil {
		return nil, err
	}
	x := newExpansion(from, to, cmp.Or(o.MaxDates, defaultMaxDates), entries)
	for _, e := range entries {
		reason, err := x.take(e, o)
		if err != nil {
			return nil, err
		}
		if reason != "" && o.Skipped != nil {
			o.Skipped(e.copied(), reason)
		}
	}
	slices.SortFunc(x.list, func(a, b Holiday) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), strings.Compare(a.Name, b.Name))
	})
	return slices.Compact(x.list), nil
}

func check(from, to int, o *Options) error {
	switch {
	case from < firstYear || from > lastYear:
		return wrong("from", "%d; must be a year from %d to %d", from, firstYear, lastYear)
	case to < from || to > lastYear:
		return wrong("to", "%d; must be a year from %d to %d", to, from, lastYear)
	case o.MaxBytes < 0:
		return wrong("MaxBytes", "%d; must not be negative", o.MaxBytes)
	case o.MaxDates < 0:
		return wrong("MaxDates", "%d; must not be negative", o.MaxDates)
	}
	return nil
}
