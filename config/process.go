package config

import (
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Process is the record of CIs under a policy; nil means [DefaultPolicy]. The
// policy is copied. A bad one is an error that names the field.
func Process(policy *Policy) (itsm.Process[CI], error) {
	p, err := prepared(policy)
	if err != nil {
		return itsm.Process[CI]{}, err
	}
	lifecycle, err := itsm.NewLifecycle(p.definition())
	if err != nil {
		return itsm.Process[CI]{}, err
	}
	return itsm.Process[CI]{Prefix: "CI", Lifecycle: lifecycle, Indexes: indexes(p)}, nil
}

// The names of fields that are not also names of attributes.
const (
	changeField = "change"
	seenField   = "seen"
	nextField   = "next_verification"
	driftsField = "drifts"
)

// fieldNames lists them: a model's attributes are fields too, under other names.
func fieldNames() []string { return []string{changeField, seenField, nextField, driftsField} }

// fields declares what rules, conditions and mappings may ask for by name: what
// every CI has, and the attributes of the model, missing of CIs whose class has not
// got them.
func fields(p *Policy) []itsm.Field[CI] {
	text := itsm.TextField[CI, string]
	levels := make([]itsm.Level, len(p.Criticalities))
	for i, c := range p.Criticalities {
		levels[i] = c.Level
	}
	list := []itsm.Field[CI]{
		text(nameName, func(ci *CI) string { return ci.Name }),
		text(className, func(ci *CI) string { return ci.Class }, p.Model.concrete()...),
		text(ownerName, func(ci *CI) string { return ci.Owner }),
		itsm.TextField(criticalityName, func(ci *CI) itsm.Level { return ci.Criticality }, levels...),
		text(environmentName, func(ci *CI) string { return ci.Environment }, p.Environments...),
		text(versionName, func(ci *CI) string { return ci.Version }),
		{Name: changeField, Type: itsm.Reference, Get: func(ci *CI) itsm.Value { return itsm.ReferenceValue(ci.Change) }},
		{Name: seenField, Type: itsm.Instant, Get: func(ci *CI) itsm.Value { return itsm.InstantValue(ci.Seen) }},
		{Name: nextField, Type: itsm.Instant, Get: func(ci *CI) itsm.Value { return itsm.InstantValue(ci.NextVerify) }},
		{Name: driftsField, Type: itsm.Number, Get: func(ci *CI) itsm.Value { return itsm.IntValue(int64(len(ci.Drifts))) }},
	}
	for _, a := range p.Model.columns {
		list = append(list, itsm.Field[CI]{Name: a.Name, Type: a.Type, Get: func(ci *CI) itsm.Value { return ci.Attributes[a.Name].Value }})
	}
	return list
}

// The indexes. Within each the CIs come by name, where nothing else is said.
const (
	byState       = "state"
	byName        = "name"
	byClass       = "class"
	byOwner       = "owner"
	byEnvironment = "environment"
	byCriticality = "criticality"
	byChange      = "change"
	byVerify      = "next verification"
	byDrift       = "drift"
	byOutranked   = "outranked"
	byAction      = "action"
	byAttribute   = "attribute"
	byIdentity    = "identity"
)

func indexes(p *Policy) []itsm.Index[CI] {
	single := func(name string, get func(*CI) itsm.Value) itsm.Index[CI] {
		return itsm.Index[CI]{Name: name, Keys: func(ci *CI) []itsm.Key {
			v := get(ci)
			if v.IsZero() {
				return nil
			}
			return []itsm.Key{{v, itsm.TextValue(ci.Name)}}
		}}
	}
	var indexed []string
	for _, a := range p.Model.columns {
		if a.Indexed {
			indexed = append(indexed, a.Name)
		}
	}
	return []itsm.Index[CI]{
		single(byState, func(ci *CI) itsm.Value { return itsm.TextValue(ci.State) }),
		{Name: byName, Keys: func(ci *CI) []itsm.Key { return []itsm.Key{{itsm.TextValue(ci.Name)}} }},
		single(byClass, func(ci *CI) itsm.Value { return itsm.TextValue(ci.Class) }),
		single(byOwner, func(ci *CI) itsm.Value { return itsm.TextValue(ci.Owner) }),
		single(byEnvironment, func(ci *CI) itsm.Value { return itsm.TextValue(ci.Environment) }),
		single(byCriticality, func(ci *CI) itsm.Value { return itsm.TextValue(ci.Criticality) }),
		single(byChange, func(ci *CI) itsm.Value { return itsm.ReferenceValue(ci.Change) }),
		{Name: byVerify, Keys: func(ci *CI) []itsm.Key {
			if !p.inUse(ci.State) || ci.NextVerify.IsZero() {
				return nil
			}
			return []itsm.Key{{itsm.InstantValue(ci.NextVerify)}}
		}},
		{Name: byDrift, Keys: func(ci *CI) []itsm.Key {
			var keys []itsm.Key
			for _, name := range ci.Drifting() {
				keys = append(keys, itsm.Key{itsm.TextValue(name), itsm.InstantValue(ci.Drifts[name].First)})
			}
			return keys
		}},
		{Name: byOutranked, Keys: func(ci *CI) []itsm.Key {
			var keys []itsm.Key
			for _, name := range ci.Outranked() {
				l, _ := outranked(ci.Looks[name])
				keys = append(keys, itsm.Key{itsm.TextValue(name), itsm.InstantValue(l.First)})
			}
			return keys
		}},
		{Name: byAction, Keys: func(ci *CI) []itsm.Key {
			var keys []itsm.Key
			for _, a := range ci.OpenActions() {
				keys = append(keys, itsm.Key{itsm.TextValue(a.Owner), itsm.InstantValue(a.Due)})
			}
			return keys
		}},
		{Name: byAttribute, Keys: func(ci *CI) []itsm.Key {
			var keys []itsm.Key
			for _, name := range indexed {
				if v := ci.Attributes[name].Value; !v.IsZero() {
					keys = append(keys, itsm.Key{itsm.TextValue(name), v, itsm.TextValue(ci.Name)})
				}
			}
			return keys
		}},
		{Name: byIdentity, Keys: func(ci *CI) []itsm.Key { // see Identify
			var keys []itsm.Key
			if p.gone(ci.State) {
				return nil
			}
			for _, i := range p.Model.identifiersOf(ci.Class) {
				if key, has := p.Model.identityKey(p.Model.identities[i], ci.Class, ci.Value); has {
					keys = append(keys, itsm.Key{identityTerm(key), itsm.TextValue(ci.Name)})
				}
			}
			return keys
		}},
	}
}

func selection(index string, values ...itsm.Value) itsm.Selection[CI] {
	return itsm.Selection[CI]{Index: index, Equal: values}
}

// InState selects the CIs in a state.
func InState(s itsm.State) itsm.Selection[CI] { return selection(byState, itsm.TextValue(s)) }

// ByName selects the CIs of a name.
func ByName(name string) itsm.Selection[CI] { return selection(byName, itsm.TextValue(name)) }

// ByClass selects the CIs of a class, without its descendants: for those see
// [Model.Within].
func ByClass(class string) itsm.Selection[CI] { return selection(byClass, itsm.TextValue(class)) }

// ByOwner selects what belongs to somebody.
func ByOwner(who string) itsm.Selection[CI] { return selection(byOwner, itsm.TextValue(who)) }

// ByEnvironment selects the CIs of an environment.
func ByEnvironment(name string) itsm.Selection[CI] {
	return selection(byEnvironment, itsm.TextValue(name))
}

// ByCriticality selects the CIs of a criticality.
func ByCriticality(level itsm.Level) itsm.Selection[CI] {
	return selection(byCriticality, itsm.TextValue(level))
}

// ByChange selects the CIs that a change was the last to touch.
func ByChange(change itsm.Ref) itsm.Selection[CI] {
	return selection(byChange, itsm.ReferenceValue(change))
}

// ToVerify selects the CIs in use or on the way there that are to be verified in
// [from, to), in that order; a zero time is no bound. To now it is those overdue.
func ToVerify(from, to time.Time) itsm.Selection[CI] {
	return itsm.Selection[CI]{Index: byVerify, From: itsm.InstantValue(from), To: itsm.InstantValue(to)}
}

// DriftingIn selects the CIs of which a controlled attribute was seen to differ,
// those first where it was seen first; "" is any attribute, by its name.
func DriftingIn(attribute string) itsm.Selection[CI] {
	if attribute == "" {
		return itsm.Selection[CI]{Index: byDrift}
	}
	return selection(byDrift, itsm.TextValue(attribute))
}

// OutrankedIn selects the CIs of which a lower source saw an observed attribute
// otherwise, see [Precedence], those first where it has seen it longest; "" is any
// attribute, by its name.
func OutrankedIn(attribute string) itsm.Selection[CI] {
	if attribute == "" {
		return itsm.Selection[CI]{Index: byOutranked}
	}
	return selection(byOutranked, itsm.TextValue(attribute))
}

// ActionsOf selects the CIs with open actions that are somebody's, by the date they
// are due.
func ActionsOf(who string) itsm.Selection[CI] { return selection(byAction, itsm.TextValue(who)) }

// WithAttribute selects the CIs by the value of an attribute that the model marks
// as indexed.
func WithAttribute(name string, v itsm.Value) itsm.Selection[CI] {
	return selection(byAttribute, itsm.TextValue(name), v)
}

// ByID selects CIs by their ids, in that order.
func ByID(ids ...uuid.UUID) itsm.Selection[CI] { return itsm.Selection[CI]{IDs: ids} }
