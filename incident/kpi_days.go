package incident

import (
	"time"

	"github.com/itsmkit/itsm/sla"
)

// dates are the days of a period: their names, and the instants between them in
// microseconds since 1970, from its beginning to its end.
type dates struct {
	names  []sla.Date
	bounds []int64 // one more than names
}

func (p Period) dates() dates {
	list := dates{bounds: []int64{p.From.UnixMicro()}}
	end := p.To.UnixMicro()
	year, month, day := p.From.In(p.Zone).Date()
	for at := list.bounds[0]; at < end; day++ {
		date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		next := min(firstShown(date.AddDate(0, 0, 1), p.Zone).UnixMicro(), end)
		if next > at { // not a date that the zone skipped
			list.names = append(list.names, sla.DateOf(date))
			list.bounds = append(list.bounds, next)
			at = next
		}
	}
	return list
}

// firstShown is the first instant at which clocks in a zone show a date, given as
// its midnight in UTC, or a later one if the zone skipped it. It does not ask
// time.Date, which leaves open what midnight is where clocks are put on or back.
func firstShown(date time.Time, zone *time.Location) time.Time {
	const ahead = 16 * time.Hour // more than any zone is of UTC
	for t := date.Add(-ahead).In(zone); ; {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		midnight := date.Add(-time.Duration(offset) * time.Second)
		switch {
		case !end.IsZero() && !midnight.Before(end):
			t = end // the clocks are put on or back before
		case midnight.Before(t):
			return t // they were put on, over midnight
		default:
			return midnight
		}
	}
}

// of is the day of an instant in the period.
func (d *dates) of(t time.Time) int {
	at := t.UnixMicro()
	const day = int64(24 * time.Hour / time.Microsecond)
	i := min(int((at-d.bounds[0])/day), len(d.names)-1)
	for i > 0 && at < d.bounds[i] {
		i--
	}
	for at >= d.bounds[i+1] {
		i++
	}
	return i
}
