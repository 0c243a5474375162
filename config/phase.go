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
