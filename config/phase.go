package config

import "github.com/itsmkit/itsm"

// phaseOf is what a state of this package means; any other is taken to be active.
func phaseOf(s itsm.State) itsm.Phase {
	switch s {
	case Planned, Ordered:
		return itsm.Open
	case InMaintenance:
		return itsm.Paused
	case Retired:
		return itsm.Done
	case Disposed:
		return itsm.Final
	}
	return itsm.Active
}

// inPhases declares states of this package.
func inPhases(states ...itsm.State) []itsm.StateDef {
	list := make([]itsm.StateDef, len(states))
	for i, s := range states {
		list[i] = itsm.StateDef{State: s, Phase: phaseOf(s)}
	}
	return list
}

// phase is what a state means to the host, or else here.
func (p *Policy) phase(s itsm.State) itsm.Phase {
	if p.Phase != nil {
		if phase := p.Phase(s); phase.IsValid() {
			return phase
		}
	}
	return phaseOf(s)
}

// inUse reports whether a CI in a state is in use or on the way there: neither still
// on paper nor out of use.
func (p *Policy) inUse(s itsm.State) bool {
	phase := p.phase(s)
	return s != itsm.None && (phase == itsm.Active || phase == itsm.Paused)
}

// over reports whether a CI in a state is out of use for good.
func (p *Policy) over(s itsm.State) bool {
	phase := p.phase(s)
	return phase == itsm.Done || phase == itsm.Final
}

// gone reports whether nothing is left of a CI in a state.
func (p *Policy) gone(s itsm.State) bool { return p.phase(s) == itsm.Final }

// checkState refuses a state of which neither the host knows what it means, nor is it
// one of this package's; whether a command may lead there the lifecycle knows.
func (p *Policy) checkState(field string, s itsm.State) error {
	if p.Phase != nil && p.Phase(s).IsValid() {
		return nil
	}
	return itsm.CheckOneOf(field, s, ciStates())
}
