package config

import "github.com/itsmkit/itsm"

// phaseOf is what a state of a CI or relation means: what the host says, else what it
// means in the lifecycles of the package. A state that neither knows counts as active;
// none has no phase.
func phaseOf(host func(itsm.State) itsm.Phase, s itsm.State) itsm.Phase {
	if host != nil {
		if p := host(s); p.IsValid() && s != itsm.None {
			return p
		}
	}
	switch s {
	case itsm.None:
		return ""
	case Planned, Ordered, Proposed:
		return itsm.Open
	case InMaintenance:
		return itsm.Paused
	case Retired:
		return itsm.Done
	case Disposed, Ended:
		return itsm.Final
	}
	return itsm.Active
}

// relationAs is what a state of a relation means, as one of this package: what is on
// paper is proposed, what is over has ended, all else counts, as it does in a graph.
func relationAs(host func(itsm.State) itsm.Phase, s itsm.State) itsm.State {
	switch phaseOf(host, s) {
	case itsm.Open:
		return Proposed
	case itsm.Done, itsm.Final:
		return Ended
	}
	return Active
}
