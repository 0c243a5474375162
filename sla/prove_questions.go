package sla

import (
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// prover asks questions about definitions and keeps what is wrong.
type prover struct {
	schema  Schema
	slots   []proofSlot
	defects []Defect
	err     error // of the first question without an answer; none is asked after it
}

// proofSlot is what at most one clock lives for: see slot.
type proofSlot struct {
	slotKey
	groups []*proofGroup
}

// proofGroup is the targets of one version for one metric.
type proofGroup struct {
	version *version
	metric  *Metric
	rules   []*proofRule
}

// proofRule is a target with what the questions about it are made of.
type proofRule struct {
	*promised
	group *proofGroup
	own   Condition // its work among that of the agreement
	claim Condition // its work
	live  Condition // and a clock may live
	begin Condition // and begins where none lives

	begins bool
	hidden bool    // there is nothing more to say of it
	first  Witness // an event of its work: at which a clock begins, or lives
}

// rule prepares a target.
func (p *prover) rule(g *proofGroup, r *promised) *proofRule {
	own := r.target.When
	if r.target.By.Field != "" { // without a due time it does not claim the work
		own = All(own, Given(r.target.By.Field))
	}
	claim := All(p.scope(r.version), own)
	live := All(claim, r.metric.livesOn())
	return &proofRule{promised: r, group: g, own: own, claim: claim, live: live, begin: All(live, r.metric.Start)}
}

// scope is the work that a version is for.
func (p *prover) scope(v *version) Condition { return All(p.services(v), v.Terms.When) }

// services is the work for the services of a version.
func (p *prover) services(v *version) Condition {
	if len(v.Terms.Services) == 0 {
		return Condition{}
	}
	var list []itsm.Value
	for _, ref := range v.Terms.Services {
		list = append(list, itsm.ReferenceValue(ref))
	}
	return Is(serviceField, list...)
}

// livesOn holds when nothing ends a clock.
func (m *Metric) livesOn() Condition { return All(Not(m.Stop), Not(orNever(m.Cancel))) }

// orNever is a condition that, unset, never holds.
func orNever(c Condition) Condition {
	if c.IsZero() {
		return Any()
	}
	return c
}

// satisfy asks whether a condition can hold; where is for an error.
func (p *prover) satisfy(v *version, where string, c Condition) (Witness, bool) {
	if p.err != nil {
		return Witness{}, false
	}
	w, found, err := Satisfy(p.schema, c)
	if err != nil {
		p.err = undecided(v, where, err)
	}
	return w, found
}

func (p *prover) report(v *version, d Defect) {
	if p.err != nil {
		return
	}
	d.Agreement, d.Version = v.Agreement, v.Number
	p.defects = append(p.defects, d)
}

// part is one of several conditions that are to hold together, and what the
// definition calls it.
type part struct {
	name      string
	condition Condition
	not       bool // it is not to hold
}

func (c part) asked() Condition {
	if c.not {
		return Not(c.condition)
	}
	return c.condition
}

// scopeParts are what makes the work of a version.
func (p *prover) scopeParts(v *version) []part {
	return []part{{"the services", p.services(v), false}, {"the scope", v.Terms.When, false}}
}

// beginParts are what makes a clock begin.
func (m *Metric) beginParts() []part {
	return []part{{"start", m.Start, false}, {"stop", m.Stop, true}, {"cancel", orNever(m.Cancel), true}}
}

// parts are all that has to be so for a clock to begin with the target.
func (p *prover) parts(r *proofRule) []part {
	list := append(p.scopeParts(r.version), part{"when", r.target.When, false})
	if f := r.target.By.Field; f != "" {
		list = append(list, part{"the due time", Given(f), false})
	}
	return append(list, r.metric.beginParts()...)
}

// answer is whether several parts can hold at one event.
type answer struct {
	found   bool
	nothing bool    // not even the first can
	problem string  // the first that cannot, if not found
	at      Witness // an event at which all of them do, or those before that one
}

// together asks whether all parts can hold at one event.
func (p *prover) together(v *version, where string, parts ...part) answer {
	asked := make([]Condition, len(parts))
	for i := range parts {
		asked[i] = parts[i].asked()
	}
	w, found := p.satisfy(v, where, All(asked...))
	if found {
		return answer{found: true, at: w}
	}
	a := answer{nothing: true}
	for i := range parts {
		next, found := p.satisfy(v, where, All(asked[:i+1]...))
		if !found {
			a.problem = parts[i].excludes(parts[:i])
			break
		}
		a.at, a.nothing = next, false
	}
	return a
}

// excludes is why nothing is left of what the parts before this one allow.
func (c part) excludes(before []part) string {
	var names []string
	for _, b := range before {
		if !b.condition.IsZero() && !(b.not && isNever(b.condition)) {
			name := b.name
			if b.not {
				name = "not " + name
			}
			names = append(names, name)
		}
	}
	text := c.name + ", " + cut(c.condition.String())
	if isNever(c.condition) { // as no well-formed condition is: see services
		text = c.name + ", none in the domain of " + serviceField
	}
	switch {
	case c.not && names == nil:
		return text + ", always holds"
	case c.not:
		return text + ", holds at every event that meets " + strings.Join(names, ", ")
	case names == nil:
		return text + ", never holds"
	}
	return text + ", holds at no event that meets " + strings.Join(names, ", ")
}

func isNever(c Condition) bool { return c.Any != nil && len(c.Any) == 0 }

// still is a condition for facts at rest: nothing has changed.
func still(c Condition) Condition {
	switch {
	case c.All != nil:
		c.All = stills(c.All)
	case c.Any != nil:
		c.Any = stills(c.Any)
	case c.Not != nil:
		return Not(still(*c.Not))
	case c.Changed:
		return Any()
	}
	return c
}

func stills(list []Condition) []Condition {
	list = slices.Clone(list)
	for i := range list {
		list[i] = still(list[i])
	}
	return list
}
