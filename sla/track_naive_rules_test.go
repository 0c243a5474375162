package sla_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// toldSlot is what at most one clock lives for.
type toldSlot struct {
	kind          sla.Kind
	party, metric string
}

func (c *toldClock) slot() toldSlot { return toldSlot{c.version.Kind, c.version.Party, c.metric.Name} }

// slots lists the slots in the order in which promises of one moment are made:
// kinds and the usual metrics as they are listed, all else by name.
func (n *teller) slots() []toldSlot {
	var list []toldSlot
	for i := range n.book {
		v := &n.book[i]
		for j := range v.Terms.Targets {
			list = append(list, toldSlot{v.Kind, v.Party, v.Terms.Targets[j].Metric})
		}
	}
	usual := []string{sla.Response, sla.Update, sla.Resolution}
	rank := func(name string) int {
		if i := slices.Index(usual, name); i >= 0 {
			return i
		}
		return len(usual)
	}
	slices.SortFunc(list, func(a, b toldSlot) int {
		return cmp.Or(
			cmp.Compare(slices.Index(sla.Kinds(), a.kind), slices.Index(sla.Kinds(), b.kind)), cmp.Compare(a.party, b.party),
			cmp.Compare(rank(a.metric), rank(b.metric)), cmp.Compare(a.metric, b.metric))
	})
	return slices.Compact(list)
}

func (n *teller) lastOf(s toldSlot) *toldClock {
	var last *toldClock
	for _, c := range n.clocks {
		if c.slot() == s {
			last = c
		}
	}
	return last
}

// contender is a target that may be taken, and from when on its clock would count.
type contender struct {
	version    *sla.Version
	target     *sla.Target
	metric     *sla.Metric
	day        *openDay
	start, due int
	fields     int
}

// contenders lists the targets of a slot that claim work, the best first.
func (n *teller) contenders(s toldSlot, before, after sla.Facts, may func(*sla.Version, *sla.Metric) (int, bool), found *[]contender) {
	for i := range n.book {
		v := &n.book[i]
		if v.Kind != s.kind || v.Party != s.party {
			continue
		}
		for j := range v.Terms.Targets {
			t := &v.Terms.Targets[j]
			if t.Metric != s.metric || !claimed(v, t, before, after) {
				continue
			}
			k := contender{version: v, target: t, metric: metricOf(v, s.metric), day: n.dayOf(v, t), fields: asked(v, t)}
			var ok bool
			if k.start, ok = may(v, k.metric); !ok {
				continue
			}
			goal, known := n.goal(t, k.day, k.start, after)
			if !known {
				continue
			}
			k.due = k.day.after(k.start, goal)
			*found = append(*found, k)
		}
	}
	slices.SortStableFunc(*found, func(a, b contender) int {
		return cmp.Or(b.fields-a.fields, a.due-b.due, cmp.Compare(a.version.Agreement, b.version.Agreement),
			b.version.Number-a.version.Number, cmp.Compare(a.target.Name, b.target.Name))
	})
}

// claimed reports whether a target is for such work.
func claimed(v *sla.Version, t *sla.Target, before, after sla.Facts) bool {
	if len(v.Terms.Services) > 0 && !slices.ContainsFunc(v.Terms.Services, func(r itsm.Ref) bool { return after["service"].String() == r.String() }) {
		return false
	}
	return v.Terms.When.Holds(before, after) && t.When.Holds(before, after)
}

// asked is how many fields tell the work of a target from other work.
func asked(v *sla.Version, t *sla.Target) int {
	names := map[string]bool{}
	for _, name := range append(v.Terms.When.Fields(), t.When.Fields()...) {
		names[name] = true
	}
	if len(v.Terms.Services) > 0 {
		names["service"] = true
	}
	return len(names)
}

func metricOf(v *sla.Version, name string) *sla.Metric {
	for i := range v.Terms.Metrics {
		if v.Terms.Metrics[i].Name == name {
			return &v.Terms.Metrics[i]
		}
	}
	for _, m := range sla.Metrics() {
		if m.Name == name {
			return &m
		}
	}
	panic(name)
}

func (n *teller) dayOf(v *sla.Version, t *sla.Target) *openDay {
	return n.days[cmp.Or(t.Calendar, v.Terms.Calendar)]
}

func inForce(v *sla.Version, minute int) bool {
	t := atMinute(minute)
	return !t.Before(v.From) && (v.Until.IsZero() || t.Before(v.Until))
}

// goal is how many minutes a target allows to a clock that counts from then on.
func (n *teller) goal(t *sla.Target, day *openDay, start int, f sla.Facts) (int, bool) {
	switch {
	case t.Within != "":
		return minutes(t.Within), true
	case t.By.Field != "":
		v := f[t.By.Field]
		if v.IsZero() {
			return 0, false
		}
		return day.count(start, minuteOf(v.Instant())), true
	}
	zone, err := time.LoadLocation(day.calendar.Hours().Zone)
	if err != nil {
		panic(err)
	}
	var hour, minute int
	if _, err := fmt.Sscanf(t.By.At, "%d:%d", &hour, &minute); err != nil {
		panic(err)
	}
	date := day.calendar.AddDays(atMinute(start).In(zone), t.By.Days)
	due := time.Date(date.Year(), date.Month(), date.Day(), hour, minute, 0, 0, zone)
	return day.count(start, minuteOf(due)), true
}

// since is from when on a clock counts that begins at a minute.
func (n *teller) since(m *sla.Metric, minute int, f sla.Facts) int {
	if v := f[m.Since]; m.Since != "" && !v.IsZero() && minuteOf(v.Instant()) < minute {
		return minuteOf(v.Instant())
	}
	return minute
}

// opening is from when on a clock counts that takes the place of a live one: from
// the opening of the work, or from when the clock began that came after one with an
// end of its own.
func (n *teller) opening(c *toldClock) int {
	opening := minuteOf(n.moments[0].At)
	var last *toldClock
	for _, o := range n.clocks {
		if o.slot() != c.slot() {
			continue
		}
		if last != nil && last.ending != sla.Superseded && last.ending != sla.Recomputed {
			opening = o.started
		}
		if last = o; o == c {
			break
		}
	}
	return opening
}

// takenUp is from when on a clock counts that takes another's place: the first moment
// from then on at which its own metric would have begun one, or now.
func (n *teller) takenUp(m *sla.Metric, opening int, after sla.Facts) int {
	if m.Start.IsZero() {
		return n.since(m, opening, after)
	}
	for i, known := range n.known {
		var before sla.Facts
		if i > 0 {
			before = n.known[i-1]
		}
		if at := minuteOf(n.moments[i].At); at >= opening && m.Start.Holds(before, known) && !m.Stop.Holds(before, known) && !asks(m.Cancel, before, known) {
			return n.since(m, at, after)
		}
	}
	return n.since(m, n.now, after)
}

// law is the minute at which another agreement had to be in force to take over: the
// one at which clocks were taken anew, -1: that from which its clock would count.
func (n *teller) law(c *toldClock) int {
	law := -1
	for _, o := range n.clocks {
		switch {
		case o.slot() != c.slot():
		case o.ending == sla.Recomputed:
			law = o.last
		case o == c:
			return law
		case o.ending != sla.Superseded:
			law = -1
		}
	}
	return law
}

// report is all that a promise says, on one line.
func (c *toldClock) report(id int) string {
	when := func(m int) string {
		if m < 0 {
			return "-"
		}
		return stamp(m)
	}
	return fmt.Sprintf("%d %s/%s/%s %s/%d/%s %s %s %q goal %d from %s to %s elapsed %d paused %d reached %s breached %s %s reopened %d fired [%s] next %s",
		id, c.version.Kind, c.version.Party, c.metric.Name, c.version.Agreement, c.version.Number, c.target.Name,
		c.status, c.ending, c.reason, c.goal, when(c.started), when(c.last), c.elapsed, c.paused, when(c.reached), when(c.breached),
		c.cause, c.reopened, strings.Join(c.fired, ", "), c.next())
}

// reported is the same of a promise of the first implementation. Reasons of pauses
// are words, and left out.
func reported(p *sla.Promise) string {
	when := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.Format("02T15:04")
	}
	var fired []string
	for _, f := range p.Fired {
		fired = append(fired, fmt.Sprintf("%s/%s+%d %s", f.Target, f.Level, f.Nth, when(f.At)))
	}
	reason := p.Reason
	if p.Status == sla.Paused {
		reason = ""
	}
	return fmt.Sprintf("%d %s/%s/%s %s/%d/%s %s %s %q goal %d from %s to %s elapsed %d paused %d reached %s breached %s %s reopened %d fired [%s] next %s",
		p.ID, p.Kind, p.Party, p.Metric, p.Agreement, p.Version, p.Target,
		p.Status, p.Ending, reason, p.Goal/time.Minute, when(p.Started), when(p.Last), p.Elapsed/time.Minute, p.Paused/time.Minute,
		when(p.Reached), when(p.Breached), p.Cause, p.Reopened, strings.Join(fired, ", "), when(p.Next))
}
