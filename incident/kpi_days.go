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
		next := min(firstShown(year, month, day+1, p.Zone).UnixMicro(), end)
		if next > at { // not a date that the zone skipped
			list.names = append(list.names, sla.DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)))
			list.bounds = append(list.bounds, next)
			at = next
		}
	}
	return list
}

// firstShown is the instant from which on clocks in a zone show a date, or a later
// one if the zone skipped it. Where they are put forward at midnight, time.Date
// may choose an instant on either side; where they are put back, either of two.
func firstShown(year int, month time.Month, day int, zone *time.Location) time.Time {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	begin, end := t.ZoneBounds()
	if shown(t).Before(date) {
		return end // the clocks go over midnight here
	}
	if begin.IsZero() {
		return t
	}
	if t.After(begin) && shown(t).After(date) {
		t = begin // as much of the date as there is
	}
	_, offset := begin.Add(-1).Zone()
	if earlier := date.Add(-time.Duration(offset) * time.Second); earlier.Before(begin) && earlier.Before(t) {
		return earlier.In(zone) // midnight is shown twice
	}
	return t
}

// shown is what clocks show at t, as an instant of UTC.
func shown(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
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
