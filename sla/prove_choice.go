package sla

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// order is what can be said of two targets that claim the same work at the same
// time, whenever that is.
type order struct {
	better *proofRule // nil: it depends, or nothing decides
	why    string
}

const (
	byNothing = "" // but a name
	byTime    = "which is due first depends on when the clock begins"
)

// against says which of two targets is the better one. Start times must be the same
// for that to depend on due times; they are for targets of one agreement, and when a
// clock begins, of metrics that count from the same field.
func (r *proofRule) against(o *proofRule) order {
	switch {
	case len(r.fields) > len(o.fields):
		return order{r, "asks for more fields"}
	case len(r.fields) < len(o.fields):
		return order{o, "asks for more fields"}
	case r.metric.Since != o.metric.Since:
		return order{nil, byTime}
	case r.within == 0 || o.within == 0:
		if r.target.By == o.target.By && sameCalendar(r.calendar, o.calendar) {
			return order{nil, byNothing}
		}
		return order{nil, byTime}
	}
	same := sameCalendar(r.calendar, o.calendar)
	switch {
	case r.within < o.within && (same || r.calendar.isAlways()):
		return order{r, "is due first"}
	case o.within < r.within && (same || o.calendar.isAlways()):
		return order{o, "is due first"}
	case same:
		return order{nil, byNothing}
	}
	return order{nil, byTime}
}

// sameCalendar reports whether two calendars are defined alike.
func sameCalendar(a, b *Calendar) bool {
	if a == nil || b == nil { // all time counts
		return a == b
	}
	x, errX := json.Marshal(a.Hours())
	y, errY := json.Marshal(b.Hours())
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// choices compares the targets of one version for a metric.
func (p *prover) choices(g *proofGroup) {
	better := make([][]*proofRule, len(g.rules)) // those that claim some of the same work
	type pair struct {
		a, b *proofRule
		order
		Witness
	}
	var pairs []pair
	for i, a := range g.rules {
		for j, b := range g.rules[:i] {
			if a.hidden || b.hidden || apart(&a.own, &b.own) {
				continue
			}
			w, found := p.satisfy(g.version, a.place(), All(a.begin, b.own))
			if !found {
				w, found = p.satisfy(g.version, a.place(), All(a.live, b.own))
			}
			if !found {
				continue
			}
			o := a.against(b)
			switch o.better {
			case a:
				better[j] = append(better[j], a)
			case b:
				better[i] = append(better[i], b)
			}
			pairs = append(pairs, pair{b, a, o, w})
		}
	}
	never := make(map[*proofRule]bool)
	for i, r := range g.rules {
		never[r] = p.chosen(r, better[i])
	}
	for _, q := range pairs {
		if worse := q.worse(q.a, q.b); worse == nil || !never[worse] {
			p.overlap(q.a, q.b, q.order, q.Witness)
		}
	}
}

// worse is the one of two that is not the better, nil if neither is.
func (o order) worse(a, b *proofRule) *proofRule {
	switch o.better {
	case a:
		return b
	case b:
		return a
	}
	return nil
}

// chosen asks what better targets leave to one, and reports whether that is nothing.
func (p *prover) chosen(r *proofRule, better []*proofRule) (never bool) {
	if len(better) == 0 {
		return false
	}
	left := All()
	for _, b := range better {
		left.All = append(left.All, Not(b.own))
	}
	d := Defect{Metric: r.metric.Name, Target: r.target.Name, Witness: r.first}
	takes := best(better, r.first)
	if len(takes) == 1 {
		d.Other = takes[0].target.Name
	}
	if _, found := p.satisfy(r.version, r.place(), All(r.live, left)); !found {
		d.Kind, d.Problem = NeverChosen, "better targets claim all its work; such work goes to "+names(takes)
		p.report(r.version, d)
		return true
	}
	if !r.begins {
		return false
	}
	if _, found := p.satisfy(r.version, r.place(), All(r.begin, left)); !found {
		d.Kind, d.Problem = OnlyTakesOver, "better targets claim all work that clocks begin with; such work goes to "+names(takes)
		p.report(r.version, d)
	}
	return false
}

// best is those of the targets that claim an event than which none that does is
// better.
func best(rules []*proofRule, w Witness) []*proofRule {
	claim := slices.DeleteFunc(slices.Clone(rules), func(r *proofRule) bool { return !r.claim.Holds(w.Before, w.After) })
	return slices.DeleteFunc(slices.Clone(claim), func(r *proofRule) bool {
		return slices.ContainsFunc(claim, func(o *proofRule) bool { return o != r && r.against(o).better == o })
	})
}

func names(rules []*proofRule) string {
	list := make([]string, len(rules))
	for i, r := range rules {
		list[i] = itsm.Quoted(r.target.Name)
	}
	slices.Sort(list)
	return strings.Join(list, " or ")
}

// between compares the targets of two versions in one slot that are in force at the
// same time, so of two agreements.
func (p *prover) between(g, h *proofGroup) {
	v, w := g.version, h.version
	if !v.Until.IsZero() && !w.From.Before(v.Until) || !w.Until.IsZero() && !v.From.Before(w.Until) {
		return
	}
	if _, found := p.satisfy(v, "when", All(p.scope(v), p.scope(w))); !found {
		return
	}
	for _, a := range g.rules {
		for _, b := range h.rules {
			if a.hidden || b.hidden || apart(&a.own, &b.own) {
				continue
			}
			if w, found := p.satisfy(v, a.place(), All(a.begin, b.begin)); found {
				p.overlap(a, b, a.against(b), w)
			}
		}
	}
}

// overlap reports that two targets claim the same work.
func (p *prover) overlap(a, b *proofRule, o order, w Witness) {
	if b.version == a.version && b.target.Name < a.target.Name {
		a, b = b, a
	}
	other := func(r *proofRule) string {
		if r.version == a.version {
			return r.target.Name
		}
		return versionName(r.version.Agreement, r.version.Number) + ": " + r.target.Name
	}
	d := Defect{Kind: Overlaps, Metric: a.metric.Name, Target: a.target.Name, Other: other(b), Witness: w}
	switch {
	case o.better != nil:
		d.Problem = "both claim such work; " + itsm.Quoted(other(o.better)) + " wins, as it " + o.why
	case o.why == byNothing:
		d.Kind, d.Problem = SameClaim, "both claim such work with as many fields, the same time and calendar; only a name decides"
	default:
		d.Problem = "both claim such work with as many fields; " + o.why
	}
	p.report(a.version, d)
}

// apart reports whether two conditions ask for different values of one field, in
// what is plain to see. It only saves the question.
func apart(a, b *Condition) bool {
	for _, x := range joint(a) {
		for _, y := range joint(b) {
			if x.Field == y.Field && x.Is != nil && y.Is != nil && !slices.ContainsFunc(x.Is, func(v itsm.Value) bool { return slices.ContainsFunc(y.Is, v.Equal) }) {
				return true
			}
		}
	}
	return false
}

// joint is the conditions that all have to hold for one to do.
func joint(c *Condition) []*Condition {
	if c.All == nil {
		return []*Condition{c}
	}
	var list []*Condition
	for i := range c.All {
		list = append(list, joint(&c.All[i])...)
	}
	return list
}
