// Package ical reads the holidays of iCalendar files (RFC 5545), as public feeds and
// the calendars of teams have them, for the business calendars of package sla.
//
//	list, err := ical.Holidays(file, 2026, 2028, nil)
//	…
//	office, err := sla.NewCalendar(sla.Hours{
//		Zone:     "Europe/Berlin",
//		Week:     sla.Weekdays(sla.Span{"09:00", "17:00"}),
//		Holidays: ical.Dates(list),
//	})
//
// Import it, or copy it. It opens nothing and reads no clock: what is read is a
// reader, and the years are arguments, since most holidays recur for ever. [Write]
// goes the other way, for people who want to subscribe to a calendar's holidays.
//
// # What closes a day
//
// An event of whole days, one whose DTSTART is a date. It lasts until the day before
// its DTEND, or for its DURATION, or one day. It occurs on DTSTART in any case, by
// its RRULE, on its RDATEs, and not on its EXDATEs; an event with a RECURRENCE-ID
// takes the place of the occurrence that it names, and, when it was cancelled, there
// is none.
//
// All other events are skipped, and [Options].Skipped is told of each: those that
// were cancelled; those with a time of day, also from midnight to midnight; those
// that [Options].Keep refuses; those with no date left in the years. Public feeds
// mix in days on which people work. Google's say in the description which is which:
//
//	o := &ical.Options{Keep: func(e ical.Event) bool {
//		return strings.HasPrefix(e.Description, "Public holiday")
//	}}
//
// TRANSP:TRANSPARENT does not make a difference unless [Options].SkipTransparent is
// set: public feeds mark every holiday so, because it leaves its reader's diary free.
//
// A day is closed whole. Half days, such as the morning of 24 December, are not in
// such files; write them as sla.Hours.Exceptions.
//
// # Dates
//
// A date has no zone, so TZID and VTIMEZONE are not looked at, and one that nobody
// knows does no harm. Some programs write a time of day where a date belongs, in
// EXDATE or UNTIL. Its date is taken as it is written; only a time in UTC that is
// neither 000000 nor 235959 is an error, since the date depends on a zone that is
// not said.
//
// # Recurrence
//
// Rules are DAILY, WEEKLY, MONTHLY or YEARLY, with all BY parts of RFC 5545 that a
// date has. What the standard forbids is an error here and not a guess, and so is
// what cannot be honoured: EXRULE, RANGE=THISANDFUTURE, a CALSCALE that is not
// GREGORIAN, or a rule that never comes true, such as 30 February. DTSTART counts
// as the first of COUNT whether its rule gives it or not. The dates are found by
// github.com/teambition/rrule-go.
//
// # Bad files
//
// Each is an [*Error] with the line of the file, the event, and the property; one is
// enough for the file to be refused, as a calendar with half of its holidays is
// worse than none. A file is read up to [Options].MaxBytes and kept in memory, gives
// [Options].MaxDates at most, and the recurrences of its events may reach over
// 100,000 years together; so a hostile one costs some seconds and no more.
package ical
