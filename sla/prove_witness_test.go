package sla_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// requireWitness holds a defect of terms against its witness: by the meaning of the
// conditions, and not by how it was found.
func requireWitness(t *testing.T, s sla.Schema, terms *sla.Terms, d sla.Defect) {
	t.Helper()
	require.NoError(t, d.Witness.After.Check(s, "after"))
	require.NoError(t, d.Witness.Before.Check(s, "before"))
	w := witnessed{terms: terms, event: event{d.Witness.Before, d.Witness.After}}
	list := append(slices.Clone(terms.Metrics), sla.Metrics()...)
	if i := slices.IndexFunc(list, func(m sla.Metric) bool { return m.Name == d.Metric }); i >= 0 {
		w.metric = &list[i]
	}
	w.target = w.find(d.Target)
	require.True(t, w.shows(t, d), "%v", d)
}

type witnessed struct {
	event
	terms  *sla.Terms
	metric *sla.Metric
	target *sla.Target
}

func (w *witnessed) find(name string) *sla.Target {
	i := slices.IndexFunc(w.terms.Targets, func(t sla.Target) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &w.terms.Targets[i]
}

func (w *witnessed) holds(c sla.Condition) bool { return c.Holds(w.before, w.after) }

func (w *witnessed) services() bool {
	return len(w.terms.Services) == 0 || slices.ContainsFunc(w.terms.Services, func(r itsm.Ref) bool { return itsm.ReferenceValue(r).Equal(w.after["service"]) })
}

func (w *witnessed) claims(t *sla.Target) bool {
	due := t.By.Field == "" || !w.after[t.By.Field].IsZero()
	return w.services() && w.holds(w.terms.When) && w.holds(t.When) && due
}

// meets is a part of a definition, as problems name it.
func (w *witnessed) meets(name string) bool {
	if rest, not := strings.CutPrefix(name, "not "); not {
		return !w.meets(rest)
	}
	switch name {
	case "the services":
		return w.services()
	case "the scope":
		return w.holds(w.terms.When)
	case "when":
		return w.holds(w.target.When)
	case "the due time":
		return !w.after[w.target.By.Field].IsZero()
	case "start":
		return w.holds(w.metric.Start)
	case "stop":
		return w.holds(w.metric.Stop)
	case "cancel":
		return set(w.metric.Cancel, w.event)
	case "reset":
		return set(w.metric.Reset, w.event)
	case "pause":
		return set(w.metric.Pause, w.event)
	}
	panic(name)
}

// shows reports whether the witness shows the defect.
func (w *witnessed) shows(t *testing.T, d sla.Defect) bool {
	rest := func(c sla.Condition) bool { return c.Holds(w.after, w.after) }
	switch d.Kind {
	case sla.NeverExcuses, sla.ExcusesAll, sla.OtherWork:
		x := w.terms.Exceptions[slices.IndexFunc(w.terms.Exceptions, func(x sla.Exception) bool { return x.Name == d.Exception })]
		return w.services() && w.holds(w.terms.When) && rest(x.When) == (d.Kind == sla.ExcusesAll)
	case sla.NeverCounts:
		l := w.terms.Workload[slices.IndexFunc(w.terms.Workload, func(l sla.Workload) bool { return l.Name == d.Workload })]
		return w.services() && w.holds(w.terms.When) && !rest(l.When)
	case sla.Gap:
		none := !slices.ContainsFunc(w.terms.Targets, func(t sla.Target) bool { return t.Metric == d.Metric && w.claims(&t) })
		return none && w.services() && w.holds(w.terms.When) && starts(w.metric, w.event)
	case sla.AlwaysPaused:
		return w.claims(w.target) && lives(w.metric, w.event) && set(w.metric.Pause, w.event)
	case sla.SameClaim, sla.Overlaps, sla.NeverChosen:
		other := w.find(d.Other)
		return w.claims(w.target) && lives(w.metric, w.event) && (other == nil && d.Kind == sla.NeverChosen || w.claims(other))
	case sla.TooEarly, sla.NeverReached, sla.SamePoint, sla.OutOfOrder, sla.RepeatsPast, sla.LongLadder:
		return (w.target == nil || w.claims(w.target)) && lives(w.metric, w.event)
	}
	if strings.HasPrefix(d.Problem, "better targets") {
		return w.claims(w.target) && starts(w.metric, w.event)
	}
	name, _, _ := strings.Cut(d.Problem, ", ")
	always := strings.Contains(d.Problem, ", always holds") || strings.Contains(d.Problem, ", holds at every event")
	if d.Kind == sla.OnlyTakesOver { // with a witness of what it does instead
		return w.claims(w.target) && lives(w.metric, w.event) && !starts(w.metric, w.event)
	}
	if (len(w.after)+len(w.before) > 0 || !strings.HasSuffix(d.Problem, "never holds")) && w.meets(name) != always {
		t.Log("excluded:", name)
		return false
	}
	if i := strings.LastIndex(d.Problem, " meets "); i >= 0 {
		for _, name := range strings.Split(d.Problem[i+len(" meets "):], ", ") {
			if !w.meets(name) {
				t.Log("does not meet:", name)
				return false
			}
		}
	}
	return true
}
