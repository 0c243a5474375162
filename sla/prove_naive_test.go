package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// smallSchema has few enough values to go through every event.
func smallSchema() sla.Schema {
	return sla.Schema{
		{Name: "phase", Type: itsm.Text, Domain: []itsm.Value{phase(itsm.Open), phase(itsm.Done)}},
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{priority(1), priority(2)}},
		{Name: "vip", Type: itsm.Truth},
	}
}

// event is the facts before and after.
type event struct{ before, after sla.Facts }

// everyEvent is the whole product of smallSchema.
func everyEvent() []event {
	var facts []sla.Facts
	for _, a := range []itsm.Value{{}, phase(itsm.Open), phase(itsm.Done)} {
		for _, b := range []itsm.Value{{}, priority(1), priority(2)} {
			for _, c := range []itsm.Value{{}, itsm.TruthValue(false), itsm.TruthValue(true)} {
				facts = append(facts, sla.Facts{"phase": a, "priority": b, "vip": c}.With(nil))
			}
		}
	}
	var events []event
	for _, before := range facts {
		for _, after := range facts {
			events = append(events, event{before, after})
		}
	}
	return events
}

func randomTest(r *rand.Rand) sla.Condition {
	f := smallSchema()[r.IntN(3)]
	switch r.IntN(8) {
	case 0:
		return sla.Given(f.Name)
	case 1:
		return sla.Missing(f.Name)
	case 2:
		return sla.Changed(f.Name)
	}
	domain := f.Domain
	if domain == nil {
		domain = []itsm.Value{itsm.TruthValue(false), itsm.TruthValue(true)}
	}
	return sla.Is(f.Name, domain[r.IntN(len(domain))])
}

// randomMeaning is a random condition, half of the time a single test.
func randomMeaning(r *rand.Rand, depth int) sla.Condition {
	if depth == 0 || r.IntN(2) == 0 {
		return randomTest(r)
	}
	switch r.IntN(3) {
	case 0:
		return sla.Not(randomMeaning(r, depth-1))
	case 1:
		return sla.Any(randomMeaning(r, depth-1), randomMeaning(r, depth-1))
	}
	return sla.All(randomMeaning(r, depth-1), randomMeaning(r, depth-1))
}

func maybeMeaning(r *rand.Rand, chance int) sla.Condition {
	if r.IntN(chance) > 0 {
		return sla.Condition{}
	}
	return randomMeaning(r, 2)
}

// randomTerms are small terms about smallSchema, seldom sane.
func randomTerms(r *rand.Rand) sla.Terms {
	t := sla.Terms{When: maybeMeaning(r, 4)}
	for _, name := range []string{"m", "n"} {
		t.Metrics = append(t.Metrics, sla.Metric{
			Name: name, Start: maybeMeaning(r, 2), Stop: randomMeaning(r, 2), Cancel: maybeMeaning(r, 2), Reset: maybeMeaning(r, 3), Pause: maybeMeaning(r, 2),
			Reopened: sla.Reopenings()[r.IntN(3)],
		})
	}
	for i := range 1 + r.IntN(4) {
		t.Targets = append(t.Targets, sla.Target{
			Name: fmt.Sprint("t", i), Metric: []string{"m", "m", "n"}[r.IntN(3)], When: maybeMeaning(r, 1+r.IntN(2)),
			Within: fmt.Sprintf("%dh", 1+r.IntN(3)),
		})
	}
	if r.IntN(2) == 0 {
		t.Exceptions = []sla.Exception{{Name: "x", When: randomMeaning(r, 2)}}
		t.Workload = []sla.Workload{{Name: "w", When: randomMeaning(r, 2), Limit: 1, Per: sla.Daily}}
	}
	return t
}

// trial is the second implementation of Prove: it asks every event.
type trial struct {
	terms  *sla.Terms
	events []event
	found  []string
}

func (n *trial) exists(is func(e event) bool) bool { return slices.ContainsFunc(n.events, is) }

func (n *trial) note(k sla.DefectKind, names ...string) {
	n.found = append(n.found, string(k)+" "+strings.Join(names, " "))
}

func (n *trial) scope(e event) bool { return n.terms.When.Holds(e.before, e.after) }

func (n *trial) claims(t *sla.Target, e event) bool {
	return n.scope(e) && t.When.Holds(e.before, e.after)
}

func set(c sla.Condition, e event) bool { return !c.IsZero() && c.Holds(e.before, e.after) }

func lives(m *sla.Metric, e event) bool {
	return !m.Stop.Holds(e.before, e.after) && !set(m.Cancel, e)
}

func starts(m *sla.Metric, e event) bool { return m.Start.Holds(e.before, e.after) && lives(m, e) }

// beats reports whether a target goes before another one for the same work: it asks
// for more fields, or for as many and is due first.
func (n *trial) beats(a, b *sla.Target) bool {
	count := func(t *sla.Target) int {
		list := append(n.terms.When.Fields(), t.When.Fields()...)
		slices.Sort(list)
		return len(slices.Compact(list))
	}
	if count(a) != count(b) {
		return count(a) > count(b)
	}
	return a.Within < b.Within
}

func (n *trial) all() []string {
	if !n.exists(n.scope) {
		n.note(sla.NeverBegins, "")
		return n.found
	}
	for i := range n.terms.Metrics {
		n.metric(&n.terms.Metrics[i])
	}
	rest := func(c sla.Condition, e event) bool { return c.Holds(e.after, e.after) }
	scope := n.scope
	for _, x := range n.terms.Exceptions {
		when := func(e event) bool { return rest(x.When, e) }
		switch {
		case !n.exists(when):
			n.note(sla.NeverExcuses, x.Name)
		case !n.exists(func(e event) bool { return scope(e) && when(e) }):
			n.note(sla.OtherWork, x.Name)
		case !n.exists(func(e event) bool { return scope(e) && !when(e) }):
			n.note(sla.ExcusesAll, x.Name)
		}
	}
	for _, w := range n.terms.Workload {
		if !n.exists(func(e event) bool { return scope(e) && rest(w.When, e) }) {
			n.note(sla.NeverCounts, w.Name)
		}
	}
	slices.Sort(n.found)
	return n.found
}

func (n *trial) metric(m *sla.Metric) {
	if !n.exists(func(e event) bool { return starts(m, e) }) {
		n.note(sla.NeverBegins, m.Name)
		return
	}
	for _, q := range []struct {
		kind sla.DefectKind
		skip bool
		is   func(event) bool
	}{
		{sla.NeverStops, false, func(e event) bool { return m.Stop.Holds(e.before, e.after) }},
		{sla.NeverCancels, m.Cancel.IsZero(), func(e event) bool { return set(m.Cancel, e) && !m.Stop.Holds(e.before, e.after) }},
		{sla.NeverResets, m.Reset.IsZero(), func(e event) bool { return set(m.Reset, e) && starts(m, e) }},
		{sla.NeverPauses, m.Pause.IsZero(), func(e event) bool { return n.scope(e) && set(m.Pause, e) && lives(m, e) }},
	} {
		if !q.skip && !n.exists(q.is) {
			n.note(q.kind, m.Name)
		}
	}
	var targets []*sla.Target
	begun := false
	for i := range n.terms.Targets {
		if t := &n.terms.Targets[i]; t.Metric == m.Name {
			targets = append(targets, t)
			begun = begun || n.exists(func(e event) bool { return n.claims(t, e) && starts(m, e) })
		}
	}
	var real []*sla.Target
	for _, t := range targets {
		if n.target(m, t, begun) {
			real = append(real, t)
		}
	}
	n.choices(m, real)
	if len(targets) > 0 && n.exists(func(e event) bool {
		return n.scope(e) && starts(m, e) && !slices.ContainsFunc(targets, func(t *sla.Target) bool { return n.claims(t, e) })
	}) {
		n.note(sla.Gap, m.Name)
	}
}

func (n *trial) target(m *sla.Metric, t *sla.Target, begun bool) bool {
	live := func(e event) bool { return n.claims(t, e) && lives(m, e) }
	if !n.exists(func(e event) bool { return live(e) && starts(m, e) }) {
		if !begun || !n.exists(live) {
			n.note(sla.NeverBegins, m.Name, t.Name)
			return false
		}
		n.note(sla.OnlyTakesOver, m.Name, t.Name)
	}
	stops := func(e event) bool { return m.Stop.Holds(e.before, e.after) }
	if n.exists(stops) && !n.exists(func(e event) bool { return n.claims(t, e) && stops(e) }) {
		n.note(sla.StopsElsewhere, m.Name, t.Name)
	}
	if !m.Pause.IsZero() && !n.exists(func(e event) bool { return live(e) && !set(m.Pause, e) }) {
		n.note(sla.AlwaysPaused, m.Name, t.Name)
	}
	return true
}

func (n *trial) choices(m *sla.Metric, targets []*sla.Target) {
	never := make(map[*sla.Target]bool)
	for _, t := range targets {
		best := func(e event) bool {
			return n.claims(t, e) && !slices.ContainsFunc(targets, func(o *sla.Target) bool { return n.beats(o, t) && n.claims(o, e) })
		}
		begins := n.exists(func(e event) bool { return n.claims(t, e) && starts(m, e) })
		switch {
		case !n.exists(func(e event) bool { return best(e) && lives(m, e) }):
			n.note(sla.NeverChosen, m.Name, t.Name)
			never[t] = true
		case begins && !n.exists(func(e event) bool { return best(e) && starts(m, e) }):
			n.note(sla.OnlyTakesOver, m.Name, t.Name)
		}
	}
	for i, a := range targets {
		for _, b := range targets[i+1:] {
			if !n.exists(func(e event) bool { return n.claims(a, e) && n.claims(b, e) && lives(m, e) }) {
				continue
			}
			switch {
			case n.beats(a, b) && never[b] || n.beats(b, a) && never[a]:
			case n.beats(a, b) || n.beats(b, a):
				n.note(sla.Overlaps, m.Name, a.Name, b.Name)
			default:
				n.note(sla.SameClaim, m.Name, a.Name, b.Name)
			}
		}
	}
}

// brief is a defect as trial notes it.
func brief(d sla.Defect) string {
	names := []string{d.Metric + d.Exception + d.Workload}
	if d.Target != "" {
		names = append(names, d.Target)
	}
	if d.Kind == sla.Overlaps || d.Kind == sla.SameClaim {
		names = append(names, d.Other)
	}
	return string(d.Kind) + " " + strings.Join(names, " ")
}

// TestProveNaive compares Prove with going through every event, for random terms;
// and what it proves with what becomes of random work.
func TestProveNaive(t *testing.T) {
	t.Parallel()
	events := everyEvent()
	times := make(map[sla.DefectKind]int)
	begun := 0
	for round := range 1500 {
		r := rand.New(rand.NewPCG(uint64(round), 11))
		terms := randomTerms(r)
		defects, err := terms.Prove(smallSchema())
		require.NoError(t, err)
		var got []string
		for _, d := range defects {
			got = append(got, brief(d))
			times[d.Kind]++
			requireWitness(t, smallSchema(), &terms, d)
		}
		slices.Sort(got)
		n := trial{terms: &terms, events: events}
		require.Equal(t, n.all(), got, "round %d: %+v", round, terms)
		if round%5 == 0 {
			tried := tracked{t: t, trial: &n, defects: defects}
			tried.book, err = sla.NewBook(smallSchema(), sla.Version{
				Agreement: "A", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Terms: terms,
			})
			require.NoError(t, err)
			for range 20 {
				tried.randomWork(r)
			}
			begun += tried.begins()
		}
	}
	for _, k := range sla.DefectKinds() {
		if isOfLevels := slices.Contains([]sla.DefectKind{sla.TooEarly, sla.NeverReached, sla.SamePoint, sla.OutOfOrder, sla.RepeatsPast, sla.LongLadder}, k); !isOfLevels {
			require.NotZero(t, times[k], k)
		}
	}
	require.Greater(t, begun, 200)
}

// tracked holds what was proved of terms against what becomes of work.
type tracked struct {
	t       *testing.T
	trial   *trial
	book    *sla.Book
	defects []sla.Defect
}

func (x *tracked) randomFacts(r *rand.Rand) sla.Facts {
	e := x.trial.events[r.IntN(len(x.trial.events))]
	f := sla.Facts{"phase": {}, "priority": {}, "vip": {}}
	for name, v := range e.after {
		f[name] = v
	}
	if r.IntN(2) == 0 {
		delete(f, []string{"phase", "priority", "vip"}[r.IntN(3)])
	}
	return f
}

func (x *tracked) randomWork(r *rand.Rand) {
	w := sla.Work{Item: itsm.Ref{Kind: "incident", ID: "1"}}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var before sla.Facts
	for range 12 {
		now = now.Add(time.Duration(r.IntN(90)) * time.Minute)
		next, err := x.book.Observe(&w, sla.Moment{At: now, Facts: x.randomFacts(r)})
		require.NoError(x.t, err)
		w = next
		x.judge(&w, event{before, w.Facts})
		before = w.Facts
	}
}

// judge looks at work right after an event.
func (x *tracked) judge(w *sla.Work, e event) {
	targets := make(map[string]*sla.Target)
	for i := range x.trial.terms.Targets {
		targets[x.trial.terms.Targets[i].Name] = &x.trial.terms.Targets[i]
	}
	for _, d := range x.defects {
		for _, p := range w.Promises {
			if d.Metric != "" && d.Metric != p.Metric {
				continue
			}
			claims := func(name string) bool { return x.trial.claims(targets[name], e) }
			is := d.Target == p.Target
			var wrong bool
			switch d.Kind {
			case sla.NeverBegins:
				wrong = is || d.Target == ""
			case sla.NeverChosen:
				wrong = is
			case sla.NeverStops:
				wrong = p.Ending == sla.Done
			case sla.NeverCancels:
				wrong = p.Ending == sla.Void
			case sla.NeverResets:
				wrong = p.Ending == sla.Renewed
			case sla.AlwaysPaused:
				wrong = is && claims(p.Target) && p.Status == sla.Running
			case sla.NeverPauses:
				wrong = x.trial.scope(e) && p.Status == sla.Paused
			case sla.StopsElsewhere:
				wrong = is && claims(p.Target) && p.Ending == sla.Done && p.Last.Equal(w.Moments[len(w.Moments)-1].At) && p.Reopened == 0 && len(w.Facts) > 0 && stopsAt(x.trial.terms, p.Metric, e)
			case sla.Overlaps:
				loser := d.Target
				if strings.Contains(d.Problem, "; \""+d.Target+"\" wins") {
					loser = d.Other
				}
				wrong = p.Status.IsLive() && p.Target == loser && claims(d.Target) && claims(d.Other)
			}
			if wrong {
				require.Fail(x.t, "proved wrong", "%v: %+v at %v of %+v", d, p, e, x.trial.terms)
			}
		}
	}
	x.gaps(w, e)
}

func stopsAt(terms *sla.Terms, metric string, e event) bool {
	return slices.ContainsFunc(terms.Metrics, func(m sla.Metric) bool { return m.Name == metric && m.Stop.Holds(e.before, e.after) })
}

// gaps sees to it that work that starts a metric without a gap has a clock.
func (x *tracked) gaps(w *sla.Work, e event) {
	for i := range x.trial.terms.Metrics {
		m := &x.trial.terms.Metrics[i]
		measured := slices.ContainsFunc(x.trial.terms.Targets, func(t sla.Target) bool { return t.Metric == m.Name })
		open := slices.ContainsFunc(x.defects, func(d sla.Defect) bool { return d.Kind == sla.Gap && d.Metric == m.Name })
		ended := slices.ContainsFunc(w.Promises, func(p sla.Promise) bool { return p.Metric == m.Name && p.Ending == sla.Done })
		if !measured || open || ended && m.Reopened == sla.Never || !x.trial.scope(e) || !starts(m, e) {
			continue
		}
		require.True(x.t, slices.ContainsFunc(w.Live(), func(p sla.Promise) bool { return p.Metric == m.Name }), "no clock for %s at %v of %+v", m.Name, e, x.trial.terms)
	}
}

// begins shows for each target that is proved sane, and with which work may begin, that
// a clock begins with it.
func (x *tracked) begins() (begun int) {
	for i := range x.trial.terms.Targets {
		t := &x.trial.terms.Targets[i]
		m := &x.trial.terms.Metrics[slices.IndexFunc(x.trial.terms.Metrics, func(m sla.Metric) bool { return m.Name == t.Metric })]
		at := slices.IndexFunc(x.trial.events, func(e event) bool {
			others := func(o sla.Target) bool {
				return o.Name != t.Name && o.Metric == t.Metric && x.trial.claims(&o, e) && !x.trial.beats(t, &o)
			}
			return e.before == nil && x.trial.claims(t, e) && starts(m, e) && !slices.ContainsFunc(x.trial.terms.Targets, others)
		})
		if at < 0 {
			continue
		}
		w, err := x.book.Track(itsm.Ref{Kind: "incident", ID: "1"}, sla.Moment{At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Facts: x.trial.events[at].after})
		require.NoError(x.t, err)
		require.True(x.t, slices.ContainsFunc(w.Promises, func(p sla.Promise) bool { return p.Target == t.Name }))
		require.False(x.t, slices.ContainsFunc(x.defects, func(d sla.Defect) bool {
			return d.Target == t.Name && slices.Contains([]sla.DefectKind{sla.NeverBegins, sla.NeverChosen, sla.OnlyTakesOver}, d.Kind)
		}))
		begun++
	}
	return begun
}
