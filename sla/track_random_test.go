package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// taleHours are the calendars of random books: offices in two zones, one of them
// with a holiday, nights through which clocks are put forward, all time. All of
// their boundaries are multiples of ten minutes.
func taleHours() map[string]sla.Hours {
	return map[string]sla.Hours{
		"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})},
		"berlin": {
			Zone: "Europe/Berlin", Week: sla.EveryDay(sla.Span{"08:30", "12:00"}, sla.Span{"13:00", "17:30"}),
			Holidays: []sla.Date{"2026-03-27"},
		},
		"night":  {Zone: "Europe/Berlin", Week: sla.EveryDay(sla.Span{"22:00", "06:00"})},
		"always": {Zone: "UTC", Week: sla.EveryDay(sla.Span{"00:00", "24:00"})},
	}
}

// taleDays is the minutes of those calendars, and of none.
var taleDays = sync.OnceValue(func() map[string]*openDay {
	days := map[string]*openDay{"": newOpenDay(nil)}
	for name, h := range taleHours() {
		c, err := sla.NewCalendar(h)
		if err != nil {
			panic(err)
		}
		days[name] = newOpenDay(c)
	}
	return days
})

// tales is a source of random books and stories.
type tales struct{ *rand.Rand }

func newTales(seed uint64) tales { return tales{rand.New(rand.NewPCG(seed, 4))} }

func (r tales) one(n int) bool { return r.IntN(n) == 0 }

func pick[T any](r tales, list ...T) T { return list[r.IntN(len(list))] }

// metric is a random metric over flags and choices.
func (r tales) metric(name string) sla.Metric {
	m := sla.Metric{
		Name:     name,
		Start:    pick(r, sla.Condition{}, isSet("start"), isSet("start"), sla.Any(isSet("start"), sla.Is("priority", itsm.IntValue(1)))),
		Stop:     pick(r, isSet("stop"), isSet("stop"), sla.All(isSet("stop"), sla.Not(isSet("pause")))),
		Cancel:   pick(r, sla.Condition{}, isSet("cancel"), isSet("cancel")),
		Reset:    pick(r, sla.Condition{}, sla.Condition{}, isSet("reset"), sla.Changed("public_notes")),
		Pause:    pick(r, sla.Condition{}, isSet("pause"), isSet("pause"), sla.OneOf("hold_reason", "caller"), sla.Given("hold_reason"), sla.Changed("group")),
		Reopened: pick(r, "", sla.Continue, sla.Restart, sla.Never),
	}
	if r.one(4) {
		m.Since = "opened"
	}
	return m
}

func (r tales) level(i int) sla.Level {
	l := sla.Level{Name: fmt.Sprintf("L%d", i), Who: []string{"lead"}, What: "notify"}
	switch r.IntN(5) {
	case 0, 1:
		l.Share = pick(r, "10", "50", "80", "100", "150")
	case 2:
		l.Before = pick(r, "20m", "2h")
	default:
		l.After = pick(r, "0s", "30m", "5h")
	}
	l.Wall = l.Share == "" && r.one(2)
	if r.one(3) {
		l.Repeat = sla.Repeat{Every: pick(r, "30m", "4h"), Times: 1 + r.IntN(3)}
	}
	return l
}

func (r tales) condition() sla.Condition {
	return pick(r,
		sla.Condition{}, sla.Condition{}, isSet("vip"), sla.Is("priority", itsm.IntValue(1)), sla.Is("priority", itsm.IntValue(1)),
		sla.Is("priority", itsm.IntValue(2)), sla.Is("priority", itsm.IntValue(2)), sla.Is("priority", itsm.IntValue(3)),
		sla.Is("priority", itsm.IntValue(1), itsm.IntValue(2)), sla.All(isSet("vip"), sla.Is("priority", itsm.IntValue(1))),
		sla.Not(isSet("vip")), sla.Missing("priority"))
}

func (r tales) target(i int, metrics []sla.Metric) sla.Target {
	t := sla.Target{
		Name: fmt.Sprintf("T%d", i), Metric: metrics[r.IntN(len(metrics))].Name, When: r.condition(),
		Calendar: pick(r, "", "", "office", "berlin", "night", "always"),
	}
	switch r.IntN(5) {
	case 0:
		t.By = sla.Deadline{Field: "due"}
	case 1:
		t.By = sla.Deadline{Days: r.IntN(3), At: pick(r, "08:30", "16:00", "23:30", "24:00")}
	default:
		t.Within = pick(r, "20m", "1h", "2h", "4h", "4h", "13h20m", "40h")
	}
	for j := range r.IntN(4) {
		t.Levels = append(t.Levels, r.level(j))
	}
	return t
}

// minute is a random one, a multiple of ten, in so many hours from another one on.
func (r tales) minute(from, hours int) int { return from + 10*r.IntN(6*hours+1) }

// storyStart is the first minute at which a story can begin, a Monday.
const storyStart = 4 * 24 * 60

// book is two or three agreements, some in two versions.
func (r tales) book() []sla.Version {
	shared := []sla.Metric{r.metric("m"), r.metric(pick(r, "n", sla.Resolution))}
	var list []sla.Version
	for i := range 2 + r.IntN(2) {
		v := sla.Version{
			Agreement: string(rune('A' + i)), Number: 1, From: atMinute(0),
			Kind: sla.ServiceLevel, Party: "acme",
		}
		switch r.IntN(8) {
		case 0:
			v.Party = "zeta"
		case 1:
			v.Kind = pick(r, sla.OperationalLevel, sla.Underpinning)
		}
		switch r.IntN(4) {
		case 0:
			v.From = atMinute(r.minute(storyStart, 48))
		case 1:
			v.Until = atMinute(r.minute(storyStart, 48))
		}
		v.Terms = r.terms(shared)
		list = append(list, v)
		if !v.Until.IsZero() && !r.one(3) {
			v.Number, v.From, v.Until = 2, v.Until, time.Time{}
			v.Terms = r.terms(shared)
			list = append(list, v)
		}
	}
	return list
}

func (r tales) terms(shared []sla.Metric) sla.Terms {
	t := sla.Terms{
		Calendars: taleHours(), Calendar: pick(r, "", "office", "berlin", "always"), When: r.condition(), Metrics: slices.Clone(shared),
	}
	if r.one(5) {
		t.Services = []itsm.Ref{{Kind: "service", ID: "mail"}}
	}
	if r.one(3) {
		t.Metrics[0] = r.metric("m")
	}
	for i := range 1 + r.IntN(5) {
		t.Targets = append(t.Targets, r.target(i, t.Metrics))
	}
	return t
}

// change is a random change of one field, which often was true or is so already.
func (r tales) change(f sla.Facts, now int) {
	truth := func(yes int) itsm.Value { return itsm.TruthValue(r.IntN(10) < yes) }
	switch r.IntN(18) {
	case 0:
		f["start"] = truth(8)
	case 1, 2, 3:
		f["stop"] = truth(4)
	case 4:
		f["cancel"] = truth(3)
	case 5:
		f["reset"] = truth(4)
	case 6, 7:
		f["pause"] = truth(5)
	case 8, 9, 10:
		f["priority"] = pick(r, itsm.Value{}, itsm.IntValue(1), itsm.IntValue(1), itsm.IntValue(2), itsm.IntValue(3))
	case 11:
		f["service"] = pick(r, itsm.Value{}, itsm.ReferenceValue(itsm.Ref{Kind: "service", ID: "mail"}), itsm.ReferenceValue(itsm.Ref{Kind: "service", ID: "web"}))
	case 12:
		f["hold_reason"] = pick(r, itsm.Value{}, itsm.TextValue("caller"), itsm.TextValue("vendor"))
	case 13:
		f["public_notes"] = itsm.IntValue(int64(r.IntN(3)))
	case 14, 15:
		f["vip"] = truth(5)
	case 16:
		f["group"] = pick(r, itsm.TextValue("a"), itsm.TextValue("b"))
	default:
		if r.one(3) {
			f["opened"] = itsm.InstantValue(atMinute(r.minute(now-600, 11)))
		} else {
			f["due"] = itsm.InstantValue(atMinute(r.minute(now-120, 60)))
		}
	}
}

// story is up to ten moments.
func (r tales) story() []sla.Moment {
	now := r.minute(storyStart, 7*24)
	first := sla.Facts{"start": itsm.TruthValue(!r.one(4)), "priority": itsm.IntValue(int64(1 + r.IntN(3))), "due": itsm.InstantValue(atMinute(r.minute(now, 60)))}
	if r.one(2) {
		first["opened"] = itsm.InstantValue(atMinute(r.minute(now-600, 10)))
	}
	list := []sla.Moment{{At: atMinute(now), By: "ann", Facts: first}}
	for range r.IntN(10) {
		now += pick(r, 0, 10, 60, 120, 10*r.IntN(12), 60*r.IntN(20), 60*r.IntN(40))
		m := sla.Moment{At: atMinute(now), By: pick(r, "bob", "mia"), Facts: sla.Facts{}}
		for range 1 + r.IntN(3) {
			r.change(m.Facts, now)
		}
		if r.one(25) {
			m.Facts, m.Recompute = nil, "a mistake"
		}
		list = append(list, m)
	}
	return list
}

// TestTrackIsNaive compares tracking with walking minute by minute: every promise
// after every moment of random stories under random books.
func TestTrackIsNaive(t *testing.T) {
	const books, stories = 400, 10
	promises := map[string]int{}
	for seed := range uint64(books) {
		r := newTales(seed)
		versions := r.book()
		b, err := sla.NewBook(schema(), versions...)
		require.NoError(t, err, "book %d", seed)
		for i := range stories {
			tale := r.story()
			n := teller{book: versions, days: taleDays()}
			var w sla.Work
			w.Item = item()
			for _, m := range tale {
				n.tell(m)
				w, err = b.Observe(&w, m)
				require.NoError(t, err, "book %d, story %d", seed, i)
				if want := n.reports(); want != reports(&w) {
					require.Equal(t, want, reports(&w), "book %d, story %d:\n%s\n%s", seed, i, asJSON(t, versions), tellAgain(n.moments))
				}
			}
			for _, p := range w.Promises {
				promises[string(p.Status)+" "+string(p.Ending)]++
				if p.Reopened > 0 {
					promises["reopened"]++
				}
				if p.Cause != "" {
					promises[string(p.Cause)]++
				}
				promises["fired"] += len(p.Fired)
			}
		}
	}
	t.Log(promises)
	for _, kind := range []string{"running ", "paused ", "stopped done", "stopped renewed", "cancelled void", "cancelled superseded", "cancelled recomputed", "reopened", "too late", "tightened", "fired"} {
		require.Greater(t, promises[kind], 30, "%q is hardly tested", kind)
	}
}

func (n *teller) reports() string {
	var list []string
	for i, c := range n.clocks {
		list = append(list, c.report(i+1))
	}
	return strings.Join(list, "\n")
}

func reports(w *sla.Work) string {
	var list []string
	for i := range w.Promises {
		list = append(list, reported(&w.Promises[i]))
	}
	return strings.Join(list, "\n")
}

func tellAgain(moments []sla.Moment) string {
	var b strings.Builder
	for _, m := range moments {
		fmt.Fprintf(&b, "%s: %v %s\n", m.At.Format("02T15:04"), m.Facts, m.Recompute)
	}
	return b.String()
}
