package config

import "github.com/itsmkit/itsm"

// inPhases declares states of this package.
func inPhases(states ...itsm.State) []itsm.StateDef {
	list := make([]itsm.StateDef, len(states))
	for i, s := range states {
		list[i] = itsm.StateDef{State: s, Phase: phaseOf(nil, s)}
	}
	return list
}

// phase is what a state means to the host, or else here.
func (p *Policy) phase(s itsm.State) itsm.Phase { return phaseOf(p.Phase, s) }

// inUse reports whether a CI in a state is in use or on the way there: neither still
// on paper nor out of use.
func (p *Policy) inUse(s itsm.State) bool {
	phase := p.phase(s)
	return phase == itsm.Active || phase == itsm.Paused
}

// over reports whether a CI in a state is out of use for good.
func (p *Policy) over(s itsm.State) bool {
	phase := p.phase(s)
	return phase == itsm.Done || phase == itsm.Final
}

// gone reports whether nothing is left of a CI in a state.
func (p *Policy) gone(s itsm.State) bool { return p.phase(s) == itsm.Final }

// relationAs is what a state of a relation means to the host, or else here.
func (p *Policy) relationAs(s itsm.State) itsm.State { return relationAs(p.Phase, s) }

// relationsAs are relations as the model looks at them, which knows the states of this
// package.
func (p *Policy) relationsAs(list []*Relation) []*Relation {
	as := make([]*Relation, len(list))
	for i, r := range list {
		if as[i] = r; r != nil && r.State != p.relationAs(r.State) {
			ours := *r
			ours.State = p.relationAs(r.State)
			as[i] = &ours
		}
	}
	return as
}

// knows reports whether the host says what a state means.
func (p *Policy) knows(s itsm.State) bool { return p.Phase != nil && p.Phase(s).IsValid() }

// checkState refuses a state that is neither of this package nor one of which the host
// knows what it means; whether a command may lead there the lifecycle knows.
func (p *Policy) checkState(field string, s itsm.State) error {
	if p.knows(s) {
		return nil
	}
	return itsm.CheckOneOf(field, s, ciStates())
}
