package ical

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A date here is midnight in UTC, and a day is 24 hours: dates have no zone.
const (
	day           = 24 * time.Hour
	secondsPerDay = 24 * 60 * 60
)

// isDate reports whether a DTSTART has no time of day. Eight digits are a date also
// without VALUE=DATE, which some programs forget.
func (p *property) isDate() bool {
	if kind, ok := p.params["VALUE"]; ok {
		return strings.EqualFold(kind, "DATE")
	}
	return len(strings.TrimSpace(p.value)) == len("20060102")
}

// parseDate reads a DATE, or a DATE-TIME that stands where a date belongs, as some
// programs write exceptions and ends. Of one on a local clock it is the date on
// that clock, whatever its zone. In UTC nobody can say which date was meant, unless
// it is where the day begins or ends there.
func parseDate(value string) (time.Time, error) {
	value = strings.ToUpper(strings.TrimSpace(value))
	layout := "20060102"
	switch len(value) {
	case len("20060102T150405"):
		layout = "20060102T150405"
	case len("20060102T150405Z"):
		if end := value[8:]; end != "T000000Z" && end != "T235959Z" {
			return time.Time{}, fmt.Errorf("%q; must be a date: which one that time is depends on a zone", value)
		}
		layout = "20060102T150405Z"
	}
	t, err := time.Parse(layout, value)
	if err != nil || t.Year() < 1 {
		return time.Time{}, fmt.Errorf("%.60q; must be a date, 20261225", value)
	}
	return t.Truncate(day), nil
}

// checkTimed reads a DTSTART with a time of day, of which only the form matters.
func checkTimed(value string) error {
	value = strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(value)), "Z")
	if value, isOnMinute := strings.CutSuffix(value, "60"); isOnMinute { // a leap second
		return checkTimed(value + "59")
	}
	if _, err := time.Parse("20060102T150405", value); err != nil {
		return fmt.Errorf("%.60q; must be a date, 20261225, or a time, 20261225T093000", value)
	}
	return nil
}

// length is how many days the event lasts, from the date of its DTSTART.
func (e *entry) length(start time.Time) (int, error) {
	switch {
	case e.end != nil && e.duration != nil:
		return 0, e.fail(e.duration, "%q beside a DTEND; there is one or the other", e.duration.value)
	case e.end != nil:
		end, err := parseDate(e.end.value)
		if err != nil {
			return 0, e.fail(e.end, "%v", err)
		}
		if end.Before(start) {
			return 0, e.fail(e.end, "%q is before DTSTART; it must be the date after the last day", e.end.value)
		}
		return max(1, int((end.Unix()-start.Unix())/secondsPerDay)), nil
	case e.duration != nil:
		days, ok := parseDays(e.duration.value)
		if !ok {
			return 0, e.fail(e.duration, "%.60q; must be whole days or weeks, P3D or P1W, at most %d days", e.duration.value, maxLength)
		}
		return max(1, days), nil
	}
	return 1, nil
}

// maxLength is how many days a DURATION may have: the years that there are dates for.
const maxLength = (lastYear - firstYear + 1) * 366

// parseDays reads a DURATION (RFC 5545, 3.3.6) of whole days.
func parseDays(value string) (int, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(value)), "+"), "P")
	if !ok || rest == "" {
		return 0, false
	}
	var total int64 // seconds, as everything in units
	units := map[byte]int64{'W': 7 * secondsPerDay, 'D': secondsPerDay}
	for rest != "" {
		if after, isTime := strings.CutPrefix(rest, "T"); isTime {
			rest, units = after, map[byte]int64{'H': 3600, 'M': 60, 'S': 1}
		}
		n := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if n < 1 {
			return 0, false
		}
		count, err := strconv.ParseInt(rest[:n], 10, 64)
		unit, ok := units[rest[n]]
		if err != nil || !ok || count > maxLength*secondsPerDay/unit {
			return 0, false
		}
		if total, rest = total+count*unit, rest[n+1:]; total > maxLength*secondsPerDay {
			return 0, false
		}
	}
	return int(total / secondsPerDay), total%secondsPerDay == 0
}
