package config

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Kind is the kind of record of a [CI], as references name it.
const Kind = "ci"

// CI is a configuration item: an element that needs to be controlled to deliver
// services (ISO/IEC 20000-1, 3.2.1). It shows what is believed now; every assertion
// that was ever made of it is in its events, see [FactsOf].
type CI struct {
	itsm.Header

	Name        string     `json:"name"`
	Class       string     `json:"class"`
	Description string     `json:"description,omitzero"`
	Owner       string     `json:"owner,omitzero"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	Environment string     `json:"environment,omitzero"` // "production", "test"
	Version     string     `json:"version,omitzero"`
	InState     time.Time  `json:"in_state"` // from when on it has been in its state; Since is when that was recorded

	Attributes map[string]Assertion `json:"attributes,omitempty"` // by name, as believed now
	Known      map[string]Assertion `json:"known,omitempty"`      // without value, of all else of which something was said since it was registered: see [CI.Assertion]
	Drifts     map[string]Drift     `json:"drifts,omitempty"`     // by attribute: seen to differ
	Looks      map[string][]Look    `json:"looks,omitempty"`      // by attribute with a [Precedence], that believed first, then by rank; none: what is believed says it all
	Needs      []Need               `json:"needs,omitempty"`      // of groups of suppliers, by name
	Change     itsm.Ref             `json:"change,omitzero"`      // the change that last touched it
	Registered Assertion            `json:"registered,omitzero"`  // without value, of what it was registered with
	Source     string               `json:"source,omitzero"`      // who or what registered it
	Seen       time.Time            `json:"seen,omitzero"`        // when it was last observed, by any source

	Verified   Verification `json:"verified,omitzero"` // the last one
	VerifyFrom time.Time    `json:"verify_from"`       // from when on the interval to the next one counts
	NextVerify time.Time    `json:"next_verify,omitzero"`
	Actions    []Action     `json:"actions,omitempty"` // from verifications that failed
}

// Assertion is what is believed of one attribute now, and where that comes from.
type Assertion struct {
	Value  itsm.Value `json:"value,omitzero"`  // missing: it has none
	Since  time.Time  `json:"since"`           // from when on it is so
	Source string     `json:"source,omitzero"` // who or what said so: "discovery", "ann"
	Seen   time.Time  `json:"seen"`            // when it was last confirmed
	Change itsm.Ref   `json:"change,omitzero"` // under which change
	Told   time.Time  `json:"told,omitzero"`   // with a [Precedence], when it was last said rather than seen: looks from before count no more
}

// Drift is what was observed of a controlled attribute, or of whether a relation is
// there, and differs from what is believed: an unauthorised change, or a wrong record
// (R20). It stays until the two agree again.
type Drift struct {
	Observed itsm.Value `json:"observed,omitzero"` // missing: it was seen to have none
	First    time.Time  `json:"first"`             // since when this value has been seen
	Last     time.Time  `json:"last"`              // when it was seen last
	Source   string     `json:"source"`
}

// Need says how many of a group of suppliers a CI needs: of those that relations with
// the group's name join it to, and whose loss they carry to it, at least so many have
// to work.
type Need struct {
	Group   string `json:"group"`
	AtLeast int    `json:"at_least"`
}

// OwnAttributes lists what every CI has besides the attributes of its class, under
// the names that facts have.
func OwnAttributes() []string {
	return []string{stateName, nameName, className, descriptionName, ownerName, criticalityName, environmentName, versionName}
}

const (
	stateName       = "state"
	nameName        = "name"
	className       = "class"
	descriptionName = "description"
	ownerName       = "owner"
	criticalityName = "criticality"
	environmentName = "environment"
	versionName     = "version"
)

// These lead the names of the facts of needs, of drifts, and of looks that are outranked.
const (
	needPrefix      = "need:"
	driftPrefix     = "drift:"
	outrankedPrefix = "outranked:"
)

// isAside reports whether facts of the name are of what stands beside what is believed.
func isAside(name string) bool {
	return strings.HasPrefix(name, driftPrefix) || strings.HasPrefix(name, outrankedPrefix)
}

// Value is what is believed now of an attribute, of its own or of its class, or of
// "need:" with a group; missing if it has none.
func (ci *CI) Value(attribute string) itsm.Value {
	switch attribute {
	case stateName:
		return itsm.TextValue(ci.State)
	case nameName:
		return itsm.TextValue(ci.Name)
	case className:
		return itsm.TextValue(ci.Class)
	case descriptionName:
		return itsm.TextValue(ci.Description)
	case ownerName:
		return itsm.TextValue(ci.Owner)
	case criticalityName:
		return itsm.TextValue(ci.Criticality)
	case environmentName:
		return itsm.TextValue(ci.Environment)
	case versionName:
		return itsm.TextValue(ci.Version)
	}
	if group, is := strings.CutPrefix(attribute, needPrefix); is {
		if i, found := findNeed(ci.Needs, group); found {
			return itsm.IntValue(int64(ci.Needs[i].AtLeast))
		}
		return itsm.Value{}
	}
	return ci.Attributes[attribute].Value
}

// Ref points at the CI.
func (ci *CI) Ref() itsm.Ref { return itsm.RefTo(Kind, ci.ID) }

// End is the CI as the rules of relations look at it.
func (ci *CI) End() End { return End{ci.ID, ci.Class, ci.State} }

// Need is how many of a group it needs; 0 if nothing is said of the group.
func (ci *CI) Need(group string) int {
	if i, found := findNeed(ci.Needs, group); found {
		return ci.Needs[i].AtLeast
	}
	return 0
}

func findNeed(list []Need, group string) (int, bool) {
	return slices.BinarySearchFunc(list, group, func(n Need, g string) int { return cmp.Compare(n.Group, g) })
}

// refOf points at the CI of an id; at nothing for none.
func refOf(id uuid.UUID) itsm.Ref {
	if id == uuid.Nil {
		return itsm.Ref{}
	}
	return itsm.RefTo(Kind, id)
}
