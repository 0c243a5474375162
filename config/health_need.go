package config

import (
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// forEver reports whether nothing is ever unseen for too long.
func (e *examination) forEver() bool { return e.rules.Unseen.IsZero() }

// forLong reports whether what was registered, and last seen or verified if ever, at
// these times has not been seen for too long.
func (e *examination) forLong(times ...time.Time) bool {
	last := times[0]
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return !e.at.Before(e.rules.Unseen.After(last))
}

// retired reports whether a CI is out of use and not disposed of: then what leads to
// it dangles.
func (e *examination) retired(id uuid.UUID) bool {
	ci := e.ends[id]
	return ci != nil && e.policy.phase(ci.State) == itsm.Done
}

// supplied is a group of suppliers of a CI.
type supplied struct {
	ci    uuid.UUID
	group string
}

// suppliers are the CIs of each group.
type suppliers map[supplied]map[uuid.UUID]bool

// groups are the suppliers that are not out of use, as a [Graph] counts them: each once,
// by relations along which loss travels. What is proposed counts for a CI that is on
// paper itself.
func (e *examination) groups() suppliers {
	in := make(map[uuid.UUID]bool, len(e.cis))
	for _, ci := range e.cis {
		in[ci.ID] = true
	}
	groups := make(suppliers)
	for _, r := range e.relations {
		t := e.model.typeOf(r.Type)
		if t == nil || t.Carries == Nowhere || r.Group == "" {
			continue
		}
		who, what := r.From, r.To
		if t.Carries == ToSecond {
			who, what = what, who
		}
		if !in[what] || isSoft(r) || e.policy.phase(r.State) == itsm.Open && e.ends[who] != nil && e.policy.inUse(e.ends[who].State) {
			continue
		}
		g := supplied{who, r.Group}
		if groups[g] == nil {
			groups[g] = make(map[uuid.UUID]bool)
		}
		groups[g][what] = true
	}
	return groups
}

// unmet reports whether the CI needs more of one of its groups than there are.
func (s suppliers) unmet(ci *CI) bool {
	for _, n := range ci.Needs {
		if n.AtLeast > len(s[supplied{ci.ID, n.Group}]) {
			return true
		}
	}
	return false
}
