package sla

import "github.com/itsmkit/itsm"

// exceptions asks about the conditions of a version's exceptions. Those are asked of
// facts at rest, when a report is made; the scope, of the event that made them so.
func (p *prover) exceptions(v *version) {
	if p.isForNothing(v) {
		return
	}
	scope := p.scope(v)
	for i := range v.terms.Exceptions {
		e := &v.terms.Exceptions[i]
		if e.When.IsZero() {
			continue
		}
		when, where := still(e.When), "exception "+itsm.Quoted(e.Name)
		report := func(k DefectKind, problem string, w Witness) {
			p.report(v, Defect{Kind: k, Exception: e.Name, Problem: problem, Witness: w})
		}
		near, _ := p.satisfy(v, where, scope)
		if _, found := p.satisfy(v, where, when); !found {
			report(NeverExcuses, never("when", e.When), near)
			continue
		}
		if _, found := p.satisfy(v, where, All(scope, when)); !found {
			report(OtherWork, "when, "+cut(e.When.String())+", holds for none of the agreement's work", near)
			continue
		}
		if _, found := p.satisfy(v, where, All(scope, Not(when))); !found && e.From.IsZero() {
			report(ExcusesAll, "when, "+cut(e.When.String())+", holds for all of the agreement's work", near)
		}
	}
}

// never says that a condition never holds for facts at rest.
func never(name string, c Condition) string {
	text := name + ", " + cut(c.String()) + ", never holds"
	changes := false
	c.each(func(c *Condition) { changes = changes || c.Changed })
	if changes {
		text += " for work as it is when it is reported: nothing changes then"
	}
	return text
}

// workload asks whether work counts for each of a version's limits.
func (p *prover) workload(v *version) {
	if p.isForNothing(v) {
		return
	}
	scope := p.scope(v)
	for i := range v.terms.Workload {
		l := &v.terms.Workload[i]
		where := "workload " + itsm.Quoted(l.Name)
		if _, found := p.satisfy(v, where, All(scope, still(l.When))); found {
			continue
		}
		near, _ := p.satisfy(v, where, scope)
		problem := "when, " + cut(l.When.String()) + ", holds for none of the agreement's work"
		if _, found := p.satisfy(v, where, still(l.When)); !found {
			problem = never("when", l.When)
		}
		p.report(v, Defect{Kind: NeverCounts, Workload: l.Name, Problem: problem, Witness: near})
	}
}

// isForNothing reports whether no work is in a version's scope, which is a defect of
// its own.
func (p *prover) isForNothing(v *version) bool {
	_, found := p.satisfy(v, "when", p.scope(v))
	return !found
}
