package itsm

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Role names what somebody may do. A plain role is held by an [Actor] ("incident
// agent"); a relational role follows from the record ("the caller of this
// incident") and is declared by the lifecycle as a [Relation].
type Role string

const (
	// Anyone is held by every actor. A transition open to all must say so.
	Anyone Role = "anyone"

	// SystemRole is held by what happens by itself: time-driven rules and
	// what follows from another record's change.
	SystemRole Role = "system"
)

// Actor is who acts: a person or a program, within one tenant.
type Actor struct {
	ID     string `json:"id"`              // the host's stable identity; never empty
	Tenant string `json:"tenant,omitzero"` // whose data; a register refuses an empty one
	Roles  []Role `json:"roles,omitempty"` // plain roles held
}

// System is the actor for what happens by itself in a tenant.
func System(tenant string) Actor {
	return Actor{ID: "system", Tenant: tenant, Roles: []Role{SystemRole}}
}

// Has reports whether a holds one of the plain roles, or [Anyone] is among them.
func (a Actor) Has(roles ...Role) bool {
	for _, role := range roles {
		if role == Anyone || slices.Contains(a.Roles, role) {
			return true
		}
	}
	return false
}

// Check refuses an actor without an id, and text that is not UTF-8.
func (a *Actor) Check() error {
	switch {
	case a.ID == "":
		return &FieldError{"by.id", "is empty; name who acts"}
	case !utf8.ValidString(a.ID):
		return &FieldError{"by.id", "is not valid UTF-8"}
	case !utf8.ValidString(a.Tenant):
		return &FieldError{"by.tenant", "is not valid UTF-8"}
	}
	for i, role := range a.Roles {
		if !utf8.ValidString(string(role)) {
			return &FieldError{fmt.Sprintf("by.roles[%d]", i), "is not valid UTF-8"}
		}
	}
	return nil
}

// String is the actor's id and roles: "ann (incident.agent)".
func (a Actor) String() string {
	if len(a.Roles) == 0 {
		return a.ID
	}
	return a.ID + " (" + Listed(a.Roles) + ")"
}
