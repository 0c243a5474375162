package sla

import (
	"slices"

	"github.com/itsmkit/itsm"
)

// add puts the targets of a version, and the metrics that it defines, into slots. A
// version that no work is for has one defect and nothing to ask.
func (p *prover) add(v *version) {
	if a := p.together(v, "when", p.scopeParts(v)...); !a.found {
		p.report(v, Defect{Kind: NeverBegins, Problem: a.problem, Witness: a.at})
		return
	}
	for i := range v.terms.Metrics {
		p.group(v, &v.terms.Metrics[i])
	}
	for _, r := range v.rules {
		g := p.group(v, r.metric)
		g.rules = append(g.rules, p.rule(g, r))
	}
}

// group is where the targets of a version for a metric stand.
func (p *prover) group(v *version, m *Metric) *proofGroup {
	key := slotKey{v.Kind, v.Party, m.Name}
	i, found := slices.BinarySearchFunc(p.slots, key, func(s proofSlot, k slotKey) int { return s.compare(k) })
	if !found {
		p.slots = slices.Insert(p.slots, i, proofSlot{slotKey: key})
	}
	s := &p.slots[i]
	if n := len(s.groups); n > 0 && s.groups[n-1].version == v {
		return s.groups[n-1]
	}
	g := &proofGroup{version: v, metric: m}
	s.groups = append(s.groups, g)
	return g
}

// slot asks all about the targets of one slot.
func (p *prover) slot(s *proofSlot) {
	begun := 0
	for _, g := range s.groups {
		for _, r := range g.rules {
			if r.first, r.begins = p.satisfy(g.version, r.place(), r.begin); r.begins {
				begun++
			}
		}
	}
	for _, g := range s.groups {
		if !p.metric(g, begun > 0) {
			continue
		}
		for _, r := range g.rules {
			p.target(r, begun > 0)
		}
		p.choices(g)
		p.gap(g)
		p.longLadders(g)
	}
	for i, g := range s.groups {
		for _, h := range s.groups[:i] {
			p.between(h, g)
		}
	}
}

// place is where the target stands, for an error.
func (r *proofRule) place() string { return "target " + itsm.Quoted(r.target.Name) }

// metric asks about a metric by itself; false when no clock can begin in its slot,
// after which there is nothing to ask about its targets.
func (p *prover) metric(g *proofGroup, begun bool) bool {
	m, v := g.metric, g.version
	where := "metric " + itsm.Quoted(m.Name)
	report := func(k DefectKind, a answer) {
		p.report(v, Defect{Kind: k, Metric: m.Name, Problem: a.problem, Witness: a.at})
	}
	begins := p.together(v, where, m.beginParts()...)
	if !begins.found && !begun {
		report(NeverBegins, begins)
		for _, r := range g.rules {
			r.hidden = true
		}
		return false
	}
	for _, q := range []struct {
		kind  DefectKind
		is    *Condition
		parts []part
	}{
		{NeverStops, &m.Stop, []part{{"stop", m.Stop, false}}},
		{NeverCancels, &m.Cancel, []part{{"cancel", m.Cancel, false}, {"stop", m.Stop, true}}},
		{NeverResets, &m.Reset, append([]part{{"reset", m.Reset, false}}, m.beginParts()...)},
		{NeverPauses, &m.Pause, append(append([]part{{"pause", m.Pause, false}}, p.scopeParts(v)...), m.beginParts()[1:]...)},
	} {
		if q.is.IsZero() {
			continue
		}
		a := p.together(v, where, q.parts...)
		if a.found {
			continue
		}
		if a.nothing { // it never holds by itself; a clock that waits for it shows that
			a.at = begins.at
		}
		report(q.kind, a)
	}
	return true
}

// target asks about a target by itself.
func (p *prover) target(r *proofRule, begun bool) {
	v, m, where := r.version, r.metric, r.place()
	report := func(k DefectKind, problem string, w Witness) {
		p.report(v, Defect{Kind: k, Metric: m.Name, Target: r.target.Name, Problem: problem, Witness: w})
	}
	if !r.begins {
		a := p.together(v, where, p.parts(r)...)
		first, lives := p.satisfy(v, where, r.live)
		if !lives || !begun {
			report(NeverBegins, a.problem, a.at)
			r.hidden = true
			return
		}
		report(OnlyTakesOver, a.problem, first)
		r.first = first
	}
	if _, stops := p.satisfy(v, where, m.Stop); stops {
		parts := append(p.scopeParts(v), part{"when", r.target.When, false}, part{"stop", m.Stop, false})
		if a := p.together(v, where, parts...); !a.found {
			report(StopsElsewhere, a.problem, a.at)
		}
	}
	if !m.Pause.IsZero() {
		if _, found := p.satisfy(v, where, All(r.live, Not(m.Pause))); !found {
			report(AlwaysPaused, "pause, "+cut(m.Pause.String())+", holds whenever a clock lives for its work", r.first)
			p.neverReached(r)
		}
	}
	p.levels(r)
}

// gap looks for work that starts a metric and that none of its targets is for: first
// for work with all the values that the targets ask for.
func (p *prover) gap(g *proofGroup) {
	if len(g.rules) == 0 {
		return
	}
	v, where := g.version, "metric "+itsm.Quoted(g.metric.Name)
	open := All(p.scope(v), g.metric.Start, g.metric.livesOn())
	var asked []string
	for _, r := range g.rules {
		open.All = append(open.All, Not(r.own))
		asked = append(asked, r.own.Fields()...)
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	given := All()
	for _, f := range asked {
		given.All = append(given.All, Given(f))
	}
	report := func(problem string, w Witness) {
		p.report(v, Defect{Kind: Gap, Metric: g.metric.Name, Problem: problem, Witness: w})
	}
	if w, found := p.satisfy(v, where, All(open, given)); found {
		report("no target is for such work", w)
		return
	}
	w, found := p.satisfy(v, where, open)
	if !found {
		return
	}
	var missing []string
	for _, f := range asked {
		if w.After[f].IsZero() {
			missing = append(missing, plainName(f))
		}
	}
	report("no target is for work with such values missing: "+itsm.Listed(missing), w)
}
