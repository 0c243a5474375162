package ical

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// rule is an RRULE (RFC 5545, 3.3.10) of dates. The library finds the dates; count
// and until are applied here, because DTSTART counts whether the rule gives it or
// not.
type rule struct {
	option rrule.ROption // without a start, an end, or a count
	count  int           // 0 for any
	until  time.Time     // zero for ever
}

// endOfTime is where the search for a date ends, and dates with four digits do.
func endOfTime() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }

// maxInterval is the longest INTERVAL; of years or days, it leads out of the table.
const maxInterval = 400 * 366

// parseRule reads a rule more strictly than the library does, which panics at some
// that RFC 5545 does not allow, and takes others for something else.
func parseRule(value string, start time.Time) (*rule, error) {
	r := &rule{option: rrule.ROption{Dtstart: start, Until: endOfTime()}}
	parts := map[string]string{}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(value)), ";") {
		if part == "" {
			continue // a semicolon at the end, which some programs write
		}
		name, value, ok := strings.Cut(part, "=")
		if _, isTwice := parts[name]; !ok || isTwice {
			return nil, fmt.Errorf("%.60q; each part must be NAME=value, and there once", part)
		}
		parts[name] = value
		if err := r.set(name, value); err != nil {
			return nil, err
		}
	}
	if err := r.check(parts); err != nil {
		return nil, err
	}
	r.complete(start)
	return r, nil
}

// set takes one part.
func (r *rule) set(name, value string) (err error) {
	o := &r.option
	switch name {
	case "FREQ":
		switch value {
		case "YEARLY", "MONTHLY", "WEEKLY", "DAILY":
			o.Freq, err = rrule.StrToFreq(value)
		default:
			err = fmt.Errorf("FREQ=%.20q; must be DAILY, WEEKLY, MONTHLY or YEARLY for an event of whole days", value)
		}
	case "INTERVAL":
		o.Interval, err = number(name, value, 1, maxInterval)
	case "COUNT":
		r.count, err = number(name, value, 1, 1<<30)
	case "UNTIL":
		if r.until, err = parseDate(value); err != nil {
			err = fmt.Errorf("UNTIL=%w", err)
		}
	case "WKST":
		var ok bool
		if o.Wkst, ok = weekdays()[value]; !ok {
			err = fmt.Errorf("WKST=%.20q; must be a weekday, MO", value)
		}
	case "BYDAY":
		o.Byweekday, err = days(value)
	case "BYMONTH":
		o.Bymonth, err = numbers(name, value, 12, false)
	case "BYMONTHDAY":
		o.Bymonthday, err = numbers(name, value, 31, true)
	case "BYYEARDAY":
		o.Byyearday, err = numbers(name, value, 366, true)
	case "BYWEEKNO":
		o.Byweekno, err = numbers(name, value, 53, true)
	case "BYSETPOS":
		o.Bysetpos, err = numbers(name, value, 366, true)
	case "BYHOUR", "BYMINUTE", "BYSECOND": // to be ignored of dates
	default:
		err = fmt.Errorf("%.60q is not a part that is known", name)
	}
	return err
}

// check holds the parts against each other.
func (r *rule) check(parts map[string]string) error {
	has := func(name string) bool { _, ok := parts[name]; return ok }
	o := &r.option
	isNumbered := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
	isFarther := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() < -5 || d.N() > 5 })
	switch {
	case !has("FREQ"):
		return errors.New("has no FREQ")
	case has("COUNT") && has("UNTIL"):
		return errors.New("has COUNT and UNTIL; must have one of them at most")
	case isNumbered && (o.Freq > rrule.MONTHLY || has("BYWEEKNO")):
		return fmt.Errorf("BYDAY=%.20q; weekdays have a number only in months and years", parts["BYDAY"])
	case isFarther && (o.Freq == rrule.MONTHLY || has("BYMONTH")):
		return fmt.Errorf("BYDAY=%.20q; a month has five of a weekday at most", parts["BYDAY"])
	case has("BYMONTHDAY") && o.Freq == rrule.WEEKLY:
		return errors.New("BYMONTHDAY does not go with FREQ=WEEKLY")
	case has("BYYEARDAY") && o.Freq != rrule.YEARLY:
		return errors.New("BYYEARDAY goes only with FREQ=YEARLY")
	case has("BYWEEKNO") && o.Freq != rrule.YEARLY:
		return errors.New("BYWEEKNO goes only with FREQ=YEARLY")
	case has("BYSETPOS") && len(o.Byweekday)+len(o.Bymonth)+len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekno) == 0:
		return errors.New("BYSETPOS must have another BY part to choose from")
	}
	return nil
}

// complete says what the library reads otherwise: a week without a weekday means
// the weekday of DTSTART, and weekdays with and without numbers are a union.
func (r *rule) complete(start time.Time) {
	o := &r.option
	if len(o.Byweekno) > 0 && len(o.Byweekday)+len(o.Bymonthday)+len(o.Byyearday) == 0 {
		o.Byweekday = []rrule.Weekday{order()[(start.Weekday()+6)%7]}
	}
	isPlain := func(d rrule.Weekday) bool { return d.N() == 0 }
	if !slices.ContainsFunc(o.Byweekday, isPlain) || !slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return !isPlain(d) }) {
		return
	}
	most := 53
	if o.Freq == rrule.MONTHLY || len(o.Bymonth) > 0 {
		most = 5
	}
	var list []rrule.Weekday
	for _, d := range o.Byweekday {
		if !isPlain(d) {
			list = append(list, d)
			continue
		}
		for n := range most {
			list = append(list, d.Nth(n+1))
		}
	}
	o.Byweekday = list
}

// order is the weekdays from Monday.
func order() [7]rrule.Weekday {
	return [7]rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}
}

func weekdays() map[string]rrule.Weekday {
	byName := map[string]rrule.Weekday{}
	for _, d := range order() {
		byName[d.String()] = d
	}
	return byName
}

// days reads a BYDAY: weekdays, each once, that may have a number.
func days(value string) ([]rrule.Weekday, error) {
	var list []rrule.Weekday
	byName := weekdays()
	for text := range strings.SplitSeq(value, ",") {
		cut := max(0, len(text)-2)
		d, ok := byName[text[cut:]]
		if !ok {
			return nil, fmt.Errorf("BYDAY with %.20q; must be weekdays, MO, or 4TH or -1FR", text)
		}
		if cut > 0 {
			n, err := signed("BYDAY", text[:cut], 53, true)
			if err != nil {
				return nil, err
			}
			d = d.Nth(n)
		}
		if !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list, nil
}

// numbers reads a list of numbers from 1, and from -1, to most, and gives each once.
func numbers(name, value string, most int, orNegative bool) ([]int, error) {
	var list []int
	for text := range strings.SplitSeq(value, ",") {
		n, err := signed(name, text, most, orNegative)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

func signed(name, text string, most int, orNegative bool) (int, error) {
	digits, isNegative := strings.CutPrefix(text, "-")
	if isNegative && orNegative {
		n, err := number(name, digits, 1, most)
		return -n, err
	}
	return number(name, strings.TrimPrefix(text, "+"), 1, most)
}

func number(name, text string, least, most int) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || int(n) < least || int(n) > most {
		return 0, fmt.Errorf("%s with %.20q; must be a number up to %d", name, text, most)
	}
	return int(n), nil
}
