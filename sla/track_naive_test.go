package sla_test

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/itsmkit/itsm/sla"
)

// teller is the second implementation of tracking. It walks through the time of a
// story minute by minute and asks at each whether the calendar is open, what the
// clock does and which levels it has reached; it adds and subtracts whole minutes
// and knows nothing of calendar arithmetic. Times of its stories are whole minutes,
// and so are goals and the thresholds of levels.
type teller struct {
	book    []sla.Version
	days    map[string]*openDay // by calendar, of all minutes of the stories
	clocks  []*toldClock
	moments []sla.Moment // as they were told, with the facts after each in known
	known   []sla.Facts
	now     int
}

// tellersEpoch is the minute 0: a Thursday, three days before clocks are put
// forward in Berlin, with some days before it for what counts from the past.
var tellersEpoch = time.Date(2026, time.March, 19, 0, 0, 0, 0, time.UTC)

const tellersEnd = 75 * 24 * 60

func minuteOf(t time.Time) int { return int(t.Sub(tellersEpoch) / time.Minute) }

func atMinute(m int) time.Time { return tellersEpoch.Add(time.Duration(m) * time.Minute) }

// openDay says of each minute whether it is business time.
type openDay struct {
	calendar *sla.Calendar
	open     []bool
}

func newOpenDay(c *sla.Calendar) *openDay {
	d := &openDay{calendar: c, open: make([]bool, tellersEnd)}
	for m := range d.open {
		d.open[m] = c.IsOpen(atMinute(m))
	}
	return d
}

// count is how many minutes of business there are from one to another.
func (d *openDay) count(from, to int) int {
	n := 0
	for m := from; m < to; m++ {
		if d.open[m] {
			n++
		}
	}
	return n
}

// after is the first minute by which so many of business have passed.
func (d *openDay) after(from, n int) int {
	m := from
	for ; n > 0 && m < tellersEnd; m++ {
		if d.open[m] {
			n--
		}
	}
	return m
}

// toldClock is a promise and its clock.
type toldClock struct {
	version *sla.Version
	target  *sla.Target
	metric  *sla.Metric
	day     *openDay

	goal, started, last, elapsed, paused int
	status                               sla.Status
	reached, breached                    int // -1: not
	cause                                sla.Cause
	ending                               sla.Ending
	reason                               string // of a cancellation
	reopened                             int
	due                                  int // as it was foreseen at the last event, while it runs
	fired                                []string
	times                                map[string]int
}

func (c *toldClock) lives() bool { return c.status == sla.Running || c.status == sla.Paused }

// pass counts one minute.
func (c *toldClock) pass(m int) {
	switch {
	case !c.day.open[m]:
	case c.status == sla.Paused:
		c.paused++
	case c.status == sla.Running:
		c.elapsed++
		if c.elapsed == c.goal && c.reached < 0 {
			c.reached = m + 1
		}
		if c.elapsed > c.goal && c.breached < 0 {
			c.breached, c.cause = c.reached, sla.TooLate
		}
	}
}

// foresee says when the goal will be reached.
func (c *toldClock) foresee(m int) {
	if c.due = c.reached; c.due < 0 {
		c.due = c.day.after(m, c.goal-c.elapsed)
	}
}

// levels fires what is reached at a minute, in the order in which levels stand.
func (c *toldClock) levels(m int) {
	for i := range c.target.Levels {
		l := &c.target.Levels[i]
		for c.times[l.Name] <= l.Repeat.Times && c.has(l, c.times[l.Name], m) {
			text := c.target.Name + "/" + l.Name + "+" + strconv.Itoa(c.times[l.Name])
			c.fired = append(c.fired, text+" "+stamp(m))
			c.times[l.Name]++
		}
	}
}

// has reports whether a level is reached for the n-th time.
func (c *toldClock) has(l *sla.Level, n, m int) bool {
	again := 0
	if l.Repeat.Every != "" {
		again = n * minutes(l.Repeat.Every)
	}
	offset := minutes(cmp.Or(l.After, "0s")) - minutes(cmp.Or(l.Before, "0s")) + again
	switch {
	case l.Share != "":
		share, _ := strconv.Atoi(l.Share)
		return (c.elapsed-again)*100 >= c.goal*share
	case l.Wall:
		return (c.status == sla.Running || c.reached >= 0) && m >= c.due+offset
	}
	return c.elapsed >= c.goal+offset
}

// next is when the next level fires if nothing happens: it goes on walking with a
// copy.
func (c *toldClock) next() string {
	if !c.lives() || !slices.ContainsFunc(c.target.Levels, func(l sla.Level) bool {
		return c.times[l.Name] <= l.Repeat.Times && (c.status == sla.Running || l.Wall && c.reached >= 0)
	}) {
		return "-"
	}
	d := *c
	d.times = map[string]int{}
	for name, n := range c.times {
		d.times[name] = n
	}
	d.fired = slices.Clone(c.fired)
	for m := d.last; m < tellersEnd; m++ {
		if d.levels(m); len(d.fired) > len(c.fired) {
			return stamp(m)
		}
		d.pass(m)
	}
	return "-"
}

// minutes reads "4h30m".
func minutes(text string) int {
	sum, n := 0, 0
	for _, c := range text {
		switch c {
		case 'h':
			sum, n = sum+60*n, 0
		case 'm', 's': // of seconds there is only "0s"
			sum, n = sum+n, 0
		default:
			n = 10*n + int(c-'0')
		}
	}
	return sum
}

func stamp(m int) string { return atMinute(m).Format("02T15:04") }

// tell takes one more moment.
func (n *teller) tell(m sla.Moment) {
	t := minuteOf(m.At)
	for ; n.now < t; n.now++ {
		n.each(func(c *toldClock) { c.levels(n.now); c.pass(n.now) })
	}
	n.each(func(c *toldClock) { c.levels(n.now); c.last = n.now })
	var before sla.Facts
	if len(n.known) > 0 {
		before = n.known[len(n.known)-1]
	} else {
		n.now = t
	}
	after := before.With(m.Facts)
	n.moments, n.known = append(n.moments, m), append(n.known, after)

	n.each(func(c *toldClock) { n.alive(c, before, after) })
	for _, s := range n.slots() {
		if last := n.lastOf(s); last == nil || !last.lives() {
			n.begin(s, last, before, after)
		}
	}
	if m.Recompute != "" {
		n.each(func(c *toldClock) {
			var found []contender
			since := n.opening(c)
			n.contenders(c.slot(), before, after, func(v *sla.Version, mt *sla.Metric) (int, bool) {
				start := n.takenUp(mt, since, after)
				return start, inForce(v, n.now) && !mt.Stop.Holds(before, after) && !asks(mt.Cancel, before, after)
			}, &found)
			c.end(sla.Cancelled, sla.Recomputed, m.Recompute)
			if len(found) > 0 {
				n.start(found[0], before, after)
			}
		})
	}
	n.each(func(c *toldClock) { c.foresee(n.now); c.levels(n.now) })
}

// each visits the clocks that live now.
func (n *teller) each(visit func(*toldClock)) {
	for _, c := range slices.Clone(n.clocks) {
		if c.lives() {
			visit(c)
		}
	}
}

// asks is a condition that means never when it is unset.
func asks(c sla.Condition, before, after sla.Facts) bool {
	return !c.IsZero() && c.Holds(before, after)
}

func (c *toldClock) end(s sla.Status, how sla.Ending, reason string) {
	c.status, c.ending, c.reason = s, how, reason
}

// alive is what a moment does to a clock that lives.
func (n *teller) alive(c *toldClock, before, after sla.Facts) {
	m := c.metric
	starts := m.Start.IsZero() || m.Start.Holds(before, after)
	switch {
	case m.Stop.Holds(before, after):
		c.end(sla.Stopped, sla.Done, "")
	case asks(m.Cancel, before, after):
		c.end(sla.Cancelled, sla.Void, "cancelled")
	case starts && asks(m.Reset, before, after):
		c.end(sla.Stopped, sla.Renewed, "")
	default:
		n.fit(c, before, after)
	}
}

// fit gives a clock the target that fits best, and has it pause or run.
func (n *teller) fit(c *toldClock, before, after sla.Facts) {
	var found []contender
	since, law := n.opening(c), n.law(c)
	n.contenders(c.slot(), before, after, func(v *sla.Version, m *sla.Metric) (int, bool) {
		if v == c.version {
			return c.started, true
		}
		if v.Agreement == c.version.Agreement || m.Stop.Holds(before, after) || asks(m.Cancel, before, after) {
			return 0, false
		}
		start := n.takenUp(m, since, after)
		if law >= 0 {
			return start, inForce(v, law)
		}
		return start, inForce(v, start)
	}, &found)
	if len(found) > 0 && found[0].version != c.version {
		c.end(sla.Cancelled, sla.Superseded, "superseded by "+found[0].version.Agreement)
		n.start(found[0], before, after)
		return
	}
	target, day := c.target, c.day
	if len(found) > 0 {
		target, day = found[0].target, found[0].day
	}
	goal, known := n.goal(target, day, c.started, after)
	if !known {
		goal = c.goal
	}
	if target != c.target || goal != c.goal {
		c.target, c.day, c.goal = target, day, goal
		if c.elapsed < goal {
			c.reached = -1
		} else if c.reached < 0 {
			c.reached = n.now
		}
		if c.elapsed > goal && c.breached < 0 {
			c.breached, c.cause = n.now, sla.Tightened
		}
	}
	c.wait(asks(c.metric.Pause, before, after))
}

func (c *toldClock) wait(pause bool) {
	if c.status = sla.Running; pause {
		c.status = sla.Paused
	}
}

// begin is what a moment does where no clock lives.
func (n *teller) begin(s toldSlot, last *toldClock, before, after sla.Facts) {
	if last != nil && last.ending == sla.Done {
		switch m := last.metric; m.Reopened {
		case sla.Never:
			return
		case sla.Continue, "":
			if (m.Start.IsZero() || m.Start.Holds(before, after)) && !m.Stop.Holds(before, after) && !asks(m.Cancel, before, after) {
				last.paused += last.day.count(last.last, n.now)
				last.last, last.status, last.ending = n.now, sla.Running, ""
				last.reopened++
				n.fit(last, before, after)
			}
			return
		}
	}
	var found []contender
	n.contenders(s, before, after, func(v *sla.Version, m *sla.Metric) (int, bool) {
		start := n.since(m, n.now, after)
		return start, inForce(v, start) && (m.Start.IsZero() || m.Start.Holds(before, after)) &&
			!m.Stop.Holds(before, after) && !asks(m.Cancel, before, after)
	}, &found)
	if len(found) > 0 {
		n.start(found[0], before, after)
	}
}

// start makes a clock that counts from then on, also when that lies in the past:
// it walks from there to now, through the moments in between.
func (n *teller) start(k contender, before, after sla.Facts) {
	c := &toldClock{
		version: k.version, target: k.target, metric: k.metric, day: k.day,
		started: k.start, status: sla.Running, reached: -1, breached: -1, times: map[string]int{},
	}
	c.goal, _ = n.goal(k.target, k.day, k.start, after)
	if c.goal == 0 {
		c.reached = k.start
	}
	i, prior := 0, len(n.moments)-1
	for m := k.start; m <= n.now; m++ {
		c.foreseeAtMoment(m, k.start)
		if m > k.start {
			c.levels(m)
		}
		for ; i < prior && minuteOf(n.moments[i].At) <= m; i++ {
			var was sla.Facts
			if i > 0 {
				was = n.known[i-1]
			}
			c.wait(c.metric.Stop.Holds(was, n.known[i]) || asks(c.metric.Pause, was, n.known[i]))
			if c.due = -1; minuteOf(n.moments[i].At) > k.start {
				c.foreseeAtMoment(m, k.start)
				c.levels(m)
			}
		}
		if m == n.now {
			break
		}
		c.foreseeAtMoment(m, k.start)
		c.levels(m)
		c.pass(m)
	}
	c.last = n.now
	c.wait(asks(c.metric.Pause, before, after))
	n.clocks = append(n.clocks, c)
}

// foreseeAtMoment says again when the goal will be reached, where that may have
// changed.
func (c *toldClock) foreseeAtMoment(m, start int) {
	if c.due < 0 || m == start || c.reached >= 0 {
		c.foresee(m)
	}
}
