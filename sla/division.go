package sla

import "time"

// Division is a period divided into the days, weeks, months, quarters or years in
// it, by which something is counted.
type Division struct {
	names  []string
	bounds []int64 // microseconds since 1970, one more than names
}

// Divide divides the period as [Period.Cycles] lists it; what is none of [Cycles]
// divides it into nothing.
func (p Period) Divide(c Cycle) Division {
	d := Division{bounds: []int64{p.From.UnixMicro()}}
	for _, x := range p.Cycles(c) {
		d.names = append(d.names, c.Name(x.From, x.Zone))
		d.bounds = append(d.bounds, x.To.UnixMicro())
	}
	return d
}

// Len is how many parts there are.
func (d *Division) Len() int { return len(d.names) }

// Name is the name of a part, from 0 on, as [Cycle.Name] writes it.
func (d *Division) Name(i int) string { return d.names[i] }

// Of is the number of the part that an instant lies in, -1 outside the period.
func (d *Division) Of(t time.Time) int {
	at, last := t.UnixMicro(), len(d.names)-1
	if last < 0 || at < d.bounds[0] || at >= d.bounds[last+1] {
		return -1
	}
	usual := max((d.bounds[last+1]-d.bounds[0])/int64(last+1), 1)
	i := min(int((at-d.bounds[0])/usual), last) // near it
	for at < d.bounds[i] {
		i--
	}
	for at >= d.bounds[i+1] {
		i++
	}
	return i
}
