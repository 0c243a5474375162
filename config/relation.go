package config

import (
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// RelationKind is the kind of record of a [Relation], as references name it.
const RelationKind = "relation"

// Relation leads from one CI to another. It shows what is believed now; every
// assertion is in its events, see [RelationFactsOf].
type Relation struct {
	itsm.Header

	Type    string    `json:"type"`
	From    uuid.UUID `json:"from"`
	To      uuid.UUID `json:"to"`
	Group   string    `json:"group,omitzero"` // of suppliers of the CI to which the type carries their loss, see [Need]
	InState time.Time `json:"in_state"`       // from when on it has been in its state

	Attributes map[string]Assertion `json:"attributes,omitempty"`
	Change     itsm.Ref             `json:"change,omitzero"` // the change that last touched it
	Source     string               `json:"source,omitzero"` // who or what found it
	Seen       time.Time            `json:"seen,omitzero"`   // when it was last observed, there or gone
	Drift      Drift                `json:"drift,omitzero"`  // of its state: found and only proposed, or active and gone
}

// End is a CI as the rules of relations look at it; see [CI.End].
type End struct {
	ID    uuid.UUID  `json:"id"`
	Class string     `json:"class,omitzero"`
	State itsm.State `json:"state,omitzero"`
}

// OwnRelationAttributes lists what every relation has besides the attributes of its
// type, under the names that facts have.
func OwnRelationAttributes() []string {
	return []string{stateName, typeName, fromName, toName, groupName}
}

const (
	typeName  = "type"
	fromName  = "from"
	toName    = "to"
	groupName = "group"
)

// Value is what is believed now of an attribute, of its own or of its type; missing
// if it has none.
func (r *Relation) Value(attribute string) itsm.Value {
	switch attribute {
	case stateName:
		return itsm.TextValue(r.State)
	case typeName:
		return itsm.TextValue(r.Type)
	case fromName:
		return itsm.ReferenceValue(refOf(r.From))
	case toName:
		return itsm.ReferenceValue(refOf(r.To))
	case groupName:
		return itsm.TextValue(r.Group)
	}
	return r.Attributes[attribute].Value
}

// Ref points at the relation.
func (r *Relation) Ref() itsm.Ref { return itsm.RefTo(RelationKind, r.ID) }

// same reports whether two relations say the same.
func (r *Relation) same(other *Relation) bool {
	return r.Type == other.Type && r.From == other.From && r.To == other.To && r.Group == other.Group
}
