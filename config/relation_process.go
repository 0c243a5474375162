package config

import (
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// The states of a [Relation].
const (
	Proposed itsm.State = "proposed" // meant to be, or found and not yet accounted for
	Active   itsm.State = "active"
	Ended    itsm.State = "ended"
)

// RelationProcess is the record of relations under a policy; nil means
// [DefaultPolicy]. The policy is copied. A bad one is an error that names the field.
//
//	relate ─▶ proposed ── activate ─▶ active
//	  │           │                   ▲   │ adjust, sight
//	  └───────────┼───────────────────┘   │
//	              └─ unrelate ─▶ ended ◀──┘
func RelationProcess(policy *Policy) (itsm.Process[Relation], error) {
	p, err := prepared(policy)
	if err != nil {
		return itsm.Process[Relation]{}, err
	}
	lifecycle, err := itsm.NewLifecycle(p.relationDefinition())
	if err != nil {
		return itsm.Process[Relation]{}, err
	}
	return itsm.Process[Relation]{Prefix: "REL", Lifecycle: lifecycle, Indexes: relationIndexes(p)}, nil
}

func (p *Policy) relationDefinition() itsm.Definition[Relation] {
	from, to, stay, sets := itsm.From, itsm.To, itsm.Stay(), itsm.Sets
	staff := slices.Concat(p.Administrators, p.Managers)
	system := []itsm.Role{itsm.SystemRole}
	keepers, all := itsm.By(slices.Concat(staff, system)...), itsm.By(slices.Concat(staff, p.Discoverers, system)...)
	return itsm.Definition[Relation]{
		Kind:   RelationKind,
		States: inPhases(Proposed, Active, Ended),
		Roles:  slices.Concat(staff, p.Discoverers),
		Fields: relationFields(p),
		Transitions: []itsm.Transition[Relation]{
			itsm.On("relate", Relate{}, from(itsm.None), to(Proposed, Active), all, sets(typeName, fromName, toName, groupName, changeField, seenField),
				itsm.Needs(p.aroundRelate), itsm.DecideAmong(p.relate), itsm.Pick(relateTo)),
			itsm.On("activate", Activate{}, from(Proposed), to(Active), keepers, sets(changeField), itsm.Needs(p.aroundActivate), itsm.DecideAmong(p.activate)),
			itsm.On("adjust", Adjust{}, from(Proposed, Active), stay, all, sets(changeField), itsm.Decide(p.adjust)),
			itsm.On("sight", Sight{}, from(Proposed, Active), stay, all, sets(seenField), itsm.Decide(p.sight)),
			itsm.On("unrelate", Unrelate{}, from(Proposed, Active), to(Ended), all, sets(changeField), itsm.Decide(p.unrelate)),
		},
	}
}

func relationFields(p *Policy) []itsm.Field[Relation] {
	text := itsm.TextField[Relation, string]
	end := func(name string) itsm.Field[Relation] {
		return itsm.Field[Relation]{Name: name, Type: itsm.Reference, Get: func(r *Relation) itsm.Value { return r.Value(name) }}
	}
	return []itsm.Field[Relation]{
		text(typeName, func(r *Relation) string { return r.Type }, p.Model.typeNames()...),
		end(fromName),
		end(toName),
		text(groupName, func(r *Relation) string { return r.Group }),
		{Name: changeField, Type: itsm.Reference, Get: func(r *Relation) itsm.Value { return itsm.ReferenceValue(r.Change) }},
		{Name: seenField, Type: itsm.Instant, Get: func(r *Relation) itsm.Value { return itsm.InstantValue(r.Seen) }},
	}
}

// The indexes of relations.
const (
	relationsFrom   = "from"
	relationsTo     = "to"
	relationsOf     = "ci"
	relationsType   = "type"
	relationsChange = "change"
	relationsDrift  = "drift"
)

func relationIndexes(p *Policy) []itsm.Index[Relation] {
	open := func(name string, ends func(*Relation) (near, far uuid.UUID)) itsm.Index[Relation] {
		return itsm.Index[Relation]{Name: name, Keys: func(r *Relation) []itsm.Key {
			if p.relationAs(r.State) == Ended {
				return nil
			}
			near, far := ends(r)
			return []itsm.Key{{itsm.ReferenceValue(refOf(near)), itsm.TextValue(r.Type), itsm.ReferenceValue(refOf(far))}}
		}}
	}
	return []itsm.Index[Relation]{
		open(relationsFrom, func(r *Relation) (uuid.UUID, uuid.UUID) { return r.From, r.To }),
		open(relationsTo, func(r *Relation) (uuid.UUID, uuid.UUID) { return r.To, r.From }),
		{Name: relationsOf, Keys: func(r *Relation) []itsm.Key {
			opened := itsm.InstantValue(r.Opened)
			keys := []itsm.Key{{itsm.ReferenceValue(refOf(r.From)), opened}}
			if r.To != r.From {
				keys = append(keys, itsm.Key{itsm.ReferenceValue(refOf(r.To)), opened})
			}
			return keys
		}},
		itsm.IndexBy(relationsType, itsm.TextField(typeName, func(r *Relation) string { return r.Type }), itsm.TextField(stateName, func(r *Relation) itsm.State { return r.State })),
		{Name: relationsDrift, Keys: func(r *Relation) []itsm.Key {
			if !r.drifts() {
				return nil
			}
			return []itsm.Key{{itsm.InstantValue(r.Drift.First)}}
		}},
		itsm.IndexBy(relationsChange, itsm.Field[Relation]{Name: changeField, Type: itsm.Reference, Get: func(r *Relation) itsm.Value { return itsm.ReferenceValue(r.Change) }}),
	}
}

func openFrom(ci uuid.UUID, more ...itsm.Value) itsm.Selection[Relation] {
	return itsm.Selection[Relation]{Index: relationsFrom, Equal: append(itsm.Key{itsm.ReferenceValue(refOf(ci))}, more...)}
}

func openTo(ci uuid.UUID, more ...itsm.Value) itsm.Selection[Relation] {
	return itsm.Selection[Relation]{Index: relationsTo, Equal: append(itsm.Key{itsm.ReferenceValue(refOf(ci))}, more...)}
}

// RelationsFrom selects the relations that lead from a CI and have not ended.
func RelationsFrom(ci uuid.UUID) itsm.Selection[Relation] { return openFrom(ci) }

// RelationsTo selects the relations that lead to a CI and have not ended.
func RelationsTo(ci uuid.UUID) itsm.Selection[Relation] { return openTo(ci) }

// RelationsOf selects every relation that leads from or to a CI, ended or not, the
// oldest record first.
func RelationsOf(ci uuid.UUID) itsm.Selection[Relation] {
	return itsm.Selection[Relation]{Index: relationsOf, Equal: itsm.Key{itsm.ReferenceValue(refOf(ci))}}
}

// RelationsOfType selects the relations of a type in a state.
func RelationsOfType(relation string, s itsm.State) itsm.Selection[Relation] {
	return itsm.Selection[Relation]{Index: relationsType, Equal: itsm.Key{itsm.TextValue(relation), itsm.TextValue(s)}}
}

// RelationsByChange selects the relations that a change was the last to touch.
func RelationsByChange(change itsm.Ref) itsm.Selection[Relation] {
	return itsm.Selection[Relation]{Index: relationsChange, Equal: itsm.Key{itsm.ReferenceValue(change)}}
}

// RelationsDrifting selects the relations that were seen not to be as recorded: found
// and only proposed, or active and gone. Those come first where that was seen first.
func RelationsDrifting() itsm.Selection[Relation] {
	return itsm.Selection[Relation]{Index: relationsDrift}
}
