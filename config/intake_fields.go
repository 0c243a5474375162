package config

import "fmt"

// rowFields is a row by the names of its fields: what lines and tables, in and out,
// have in common. What a field holds is said by what its place points at.
type rowFields interface {
	// field is where a field is, as a *string, *itsm.Level, *itsm.State, *uuid.UUID,
	// *itsm.Ref, *time.Time, *bool, *Handle, *map[string]itsm.Value or *[]Need; nil:
	// there is none of the name.
	field(name string) any

	rules(m *Model) *rules // of its attributes, for its class or type
	what() string          // it is, for people: "a server"
}

// Fields of rows that no fact is named after; needs is also under what a policy
// controls them.
const (
	idName         = "id"
	attributesName = "attributes"
	needsName      = "needs"
	proposedName   = "proposed"
	sourceName     = "source"
	sinceName      = "since"
	reasonName     = "reason"
)

// rowFieldNames are the fields of a row of a kind, in their order; those of needs and
// attributes have a name after a point.
func rowFieldNames(kind string) []string {
	if kind == RelationKind {
		return []string{idName, typeName, fromName, toName, groupName, proposedName, attributesName, sourceName, changeField, sinceName, reasonName}
	}
	return []string{idName, nameName, className, descriptionName, ownerName, criticalityName, environmentName, versionName, stateName,
		attributesName, needsName, sourceName, changeField, sinceName, reasonName}
}

func (r *CIRow) field(name string) any {
	switch name {
	case idName:
		return &r.ID
	case nameName:
		return &r.Name
	case className:
		return &r.Class
	case descriptionName:
		return &r.Description
	case ownerName:
		return &r.Owner
	case criticalityName:
		return &r.Criticality
	case environmentName:
		return &r.Environment
	case versionName:
		return &r.Version
	case stateName:
		return &r.State
	case attributesName:
		return &r.Attributes
	case needsName:
		return &r.Needs
	case sourceName:
		return &r.Source
	case changeField:
		return &r.Change
	case sinceName:
		return &r.Since
	case reasonName:
		return &r.Reason
	}
	return nil
}

func (r *CIRow) rules(m *Model) *rules { return m.rulesOf(r.Class) }

func (r *CIRow) what() string {
	if r.Class == "" {
		return "a CI without a class"
	}
	return "a " + r.Class
}

func (r *RelationRow) field(name string) any {
	switch name {
	case idName:
		return &r.ID
	case typeName:
		return &r.Type
	case fromName:
		return &r.From
	case toName:
		return &r.To
	case groupName:
		return &r.Group
	case proposedName:
		return &r.Proposed
	case attributesName:
		return &r.Attributes
	case sourceName:
		return &r.Source
	case changeField:
		return &r.Change
	case sinceName:
		return &r.Since
	case reasonName:
		return &r.Reason
	}
	return nil
}

func (r *RelationRow) rules(m *Model) *rules { return m.rulesOfType(r.Type) }

func (r *RelationRow) what() string { return fmt.Sprintf("a relation that is %q", r.Type) }

// row is the row of a line that holds one.
func (l *Line) row() rowFields {
	if l.Register != nil {
		return l.Register
	}
	return l.Relate
}
