package sla

import (
	"fmt"
	"strconv"
	"time"

	"github.com/itsmkit/itsm"
)

// Period is the time that a report is about: from From on until just before To. Its
// days, weeks and months are those of Zone, nil meaning UTC.
type Period struct {
	From, To time.Time
	Zone     *time.Location
}

// Contains reports whether an instant lies in the period.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

// Period is the one of the cycle that an instant lies in, in a zone: its day, its
// week from Monday on, its month. A day begins when its date is first shown. What
// is none of [Cycles] has the zero Period.
func (c Cycle) Period(t time.Time, zone *time.Location) Period {
	zone = zoneOr(zone)
	first := c.first(t.In(zone))
	if first.IsZero() {
		return Period{}
	}
	return Period{dateBegins(first, zone), dateBegins(c.next(first), zone), zone}
}

// Name is the name of the cycle that an instant lies in, in a zone, as ISO 8601
// writes it: "2026-11-23", "2026-W48", "2026-11", "2026"; a quarter is "2026-Q4".
// The year of a week is that of its Thursday.
func (c Cycle) Name(t time.Time, zone *time.Location) string {
	t = t.In(zoneOr(zone))
	switch c {
	case Daily:
		return t.Format(time.DateOnly)
	case Weekly:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Monthly:
		return t.Format("2006-01")
	case Quarterly:
		return fmt.Sprintf("%04d-Q%d", t.Year(), quarter(t))
	case Yearly:
		return t.Format("2006")
	}
	return ""
}

// ParsePeriod reads a name as [Cycle.Name] writes it: the period of that day, week,
// month, quarter or year of a zone, in the years 1900 to 2200. What is no such name,
// a date that is in no calendar, and one that the zone skipped are an
// *[itsm.FieldError].
func ParsePeriod(name string, zone *time.Location) (Period, error) {
	wrong := &itsm.FieldError{Field: "period", Problem: itsm.Quoted(name) + ` is no period, as in "2026", "2026-Q4", "2026-11", "2026-W48" or "2026-11-23"`}
	cycle, number := Yearly, 0
	switch {
	case len(name) == len("2026"):
	case len(name) == len("2026-Q4") && name[5] == 'Q':
		cycle, number = Quarterly, digits(name[6:])
	case len(name) == len("2026-11"):
		cycle, number = Monthly, digits(name[5:])
	case len(name) == len("2026-W48"):
		cycle, number = Weekly, digits(name[6:])
	case len(name) == len("2026-11-23"):
		cycle = Daily
	default:
		return Period{}, wrong
	}
	year := digits(name[:4])
	if year < firstYear || year > lastYear {
		return Period{}, wrong
	}
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	switch cycle {
	case Quarterly:
		first = first.AddDate(0, 3*(number-1), 0)
	case Monthly:
		first = first.AddDate(0, number-1, 0)
	case Weekly: // the one with 4 January is the first
		first = Weekly.first(first.AddDate(0, 0, 3)).AddDate(0, 0, 7*(number-1))
	case Daily:
		first = first.AddDate(0, digits(name[5:7])-1, 0).AddDate(0, 0, digits(name[8:])-1)
	}
	zone = zoneOr(zone)
	p := Period{dateBegins(first, zone), dateBegins(cycle.next(first), zone), zone}
	if cycle.Name(p.From, zone) != name {
		return Period{}, wrong
	}
	return p, nil
}

// digits is a number that is written in nothing but digits, else -1.
func digits(s string) int {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

// Cycles lists the periods of a cycle in the period, in order. The first and the
// last are cut at its ends; [Period.IsWhole] tells.
func (p Period) Cycles(c Cycle) []Period {
	var list []Period
	zone := zoneOr(p.Zone)
	first := c.first(p.From.In(zone))
	if first.IsZero() {
		return nil
	}
	for at := p.From; at.Before(p.To); {
		first = c.next(first)
		end := dateBegins(first, zone)
		if end.After(p.To) {
			end = p.To
		}
		if end.After(at) { // not a date that the zone skipped
			list = append(list, Period{at, end, zone})
			at = end
		}
	}
	return list
}

// IsWhole reports whether the period is one whole day, week, month, quarter or year.
func (p Period) IsWhole(c Cycle) bool {
	whole := c.Period(p.From, p.Zone)
	return whole.From.Equal(p.From) && whole.To.Equal(p.To)
}

// first is the first date of the cycle that a date lies in, as its midnight in UTC;
// the zero time for no cycle.
func (c Cycle) first(t time.Time) time.Time {
	year, month, day := t.Date()
	switch c {
	case Daily:
	case Weekly:
		day -= (int(t.Weekday()) + 6) % 7
	case Monthly:
		day = 1
	case Quarterly:
		month, day = time.Month(3*quarter(t)-2), 1
	case Yearly:
		month, day = 1, 1
	default:
		return time.Time{}
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// next is the first date of the cycle after that which begins with a date.
func (c Cycle) next(first time.Time) time.Time {
	switch c {
	case Daily:
		return first.AddDate(0, 0, 1)
	case Weekly:
		return first.AddDate(0, 0, 7)
	case Monthly:
		return first.AddDate(0, 1, 0)
	case Quarterly:
		return first.AddDate(0, 3, 0)
	default:
		return first.AddDate(1, 0, 0)
	}
}

func quarter(t time.Time) int { return (int(t.Month())-1)/3 + 1 }

func zoneOr(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// dateBegins is the first instant at which clocks in a zone show a date, given as
// its midnight in UTC, or a later one if the zone skipped it. It does not ask
// time.Date, which leaves open what midnight is where clocks are put on or back.
func dateBegins(date time.Time, zone *time.Location) time.Time {
	const ahead = 16 * time.Hour // more than any zone is of UTC
	for t := date.Add(-ahead).In(zone); ; {
		_, end := t.ZoneBounds()
		midnight := date.Add(-time.Duration(offsetAt(t)) * time.Second)
		switch {
		case !end.IsZero() && end.After(t) && !midnight.Before(end):
			t = end // the clocks are put on or back before
		case midnight.Before(t):
			return t // they were put on, over midnight
		default:
			return midnight.In(zone)
		}
	}
}

// longestPeriod keeps the list of days to what fits in memory.
const longestPeriod = 100 * 366 * 24 * time.Hour

// Normal is the period in the form in which times are kept, and with its zone. What
// is wrong with it is an *[itsm.FieldError]: an end that is missing, outside the
// years 1900 to 2200 or not after the beginning, more than a hundred years, and the
// zone of the machine.
func (p Period) Normal() (Period, error) {
	p = Period{itsm.Normal(p.From), itsm.Normal(p.To), zoneOr(p.Zone)}
	if err := checkDate("from", p.From); err != nil {
		return p, err
	}
	if err := checkDate("to", p.To); err != nil {
		return p, err
	}
	switch {
	case !p.From.Before(p.To):
		return p, &itsm.FieldError{Field: "to", Problem: fmt.Sprintf("%s is not after the beginning at %s", p.To.Format(time.RFC3339), p.From.Format(time.RFC3339))}
	case p.To.Sub(p.From) > longestPeriod:
		return p, &itsm.FieldError{Field: "to", Problem: "is more than a hundred years after the beginning"}
	case p.Zone.String() == "Local":
		return p, &itsm.FieldError{Field: "zone", Problem: "is that of the machine; name the zone whose days are counted"}
	}
	return p, nil
}
