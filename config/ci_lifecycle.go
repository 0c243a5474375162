package config

import (
	"errors"
	"slices"

	"github.com/itsmkit/itsm"
)

// The states of a [CI].
const (
	Planned       itsm.State = "planned"
	Ordered       itsm.State = "ordered"
	InBuild       itsm.State = "in build"
	InTest        itsm.State = "in test"
	Live          itsm.State = "live"
	InMaintenance itsm.State = "in maintenance"
	Retired       itsm.State = "retired"
	Disposed      itsm.State = "disposed"
)

// ciStates are the states of a CI in their order. It may be registered in each.
func ciStates() []itsm.State {
	return []itsm.State{Planned, Ordered, InBuild, InTest, Live, InMaintenance, Retired, Disposed}
}

// definition is the process of CIs as one table. Deny by default: what it does not
// list is refused.
func (p *Policy) definition() itsm.Definition[CI] {
	from, to, stay, sets := itsm.From, itsm.To, itsm.Stay(), itsm.Sets
	by := func(groups ...[]itsm.Role) itsm.Clause { return itsm.By(slices.Concat(groups...)...) }
	staff := slices.Concat(p.Administrators, p.Managers)
	system, owner := []itsm.Role{itsm.SystemRole}, []itsm.Role{Owner}
	keepers := by(staff, system)

	standing := from(Planned, Ordered, InBuild, InTest, Live, InMaintenance, Retired)
	attributes := p.Model.AttributeNames()
	described := []string{nameName, criticalityName, environmentName, versionName, changeField, nextField}
	moved, needed := sets(changeField, nextField), sets(changeField)
	owned := itsm.Guard("R21 owner", p.serviceOwned)

	return itsm.Definition[CI]{
		Kind:      Kind,
		States:    inPhases(ciStates()...),
		Roles:     slices.Concat(staff, p.Discoverers),
		Relations: []itsm.Relation[CI]{{Role: Owner, Holds: func(ci *CI, a itsm.Actor) bool { return ci.Owner != "" && ci.Owner == a.ID }}},
		Fields:    fields(p),
		Transitions: []itsm.Transition[CI]{
			itsm.On("register", Register{}, from(itsm.None), to(ciStates()...), by(staff, p.Discoverers, system),
				sets(described...), sets(className, ownerName), sets(attributes...), itsm.Decide(p.register), itsm.Pick(registerTo)),

			itsm.On("describe", Describe{}, standing, stay, by(staff, owner), sets(described...), sets(driftsField), itsm.Decide(p.describe)),
			itsm.On("reclassify", Reclassify{}, standing, stay, by(staff), sets(className, changeField, driftsField), sets(attributes...), itsm.Decide(p.reclassify)),
			itsm.On("own", Own{}, standing, stay, by(staff, owner), sets(ownerName, changeField), itsm.Decide(p.own)),
			itsm.On("set attributes", SetAttributes{}, standing, stay, keepers, sets(changeField, driftsField), sets(attributes...), itsm.Decide(p.setAttributes)),
			itsm.On("observe", Observe{}, standing, stay, by(staff, p.Discoverers, system),
				sets(observable()...), sets(seenField, driftsField), sets(attributes...), itsm.Decide(p.observe)),
			itsm.On("set need", SetNeed{}, standing, stay, keepers, needed, itsm.Decide(p.setNeed)),
			itsm.On("drop need", DropNeed{}, standing, stay, keepers, needed, itsm.Decide(p.dropNeed)),
			itsm.On("verify", Verify{}, standing, stay, by(staff), sets(nextField), itsm.Decide(p.verify)),
			itsm.On("attest", Attest{}, standing, stay, by(owner), sets(nextField), itsm.Decide(p.attest)),
			itsm.On("complete action", CompleteAction{}, standing, stay, by(staff, owner)),

			itsm.On("correct state", CorrectState{}, standing, stay, by(p.Managers), needed, itsm.Decide(p.correctState)),

			itsm.On("order", Order{}, from(Planned), to(Ordered), keepers, moved, moving[Order](p, "order", Ordered)),
			itsm.On("build", Build{}, from(Planned, Ordered, InTest), to(InBuild), keepers, moved, moving[Build](p, "build", InBuild)),
			itsm.On("test", Test{}, from(Planned, Ordered, InBuild), to(InTest), keepers, moved, moving[Test](p, "test", InTest)),
			itsm.On("deploy", Deploy{}, from(Planned, Ordered, InBuild, InTest), to(Live), keepers, moved, owned, moving[Deploy](p, "deploy", Live)),
			itsm.On("maintain", Maintain{}, from(Live), to(InMaintenance), keepers, moved, moving[Maintain](p, "maintain", InMaintenance)),
			itsm.On("return", Return{}, from(InMaintenance), to(Live), keepers, moved, owned, moving[Return](p, "return", Live)),
			itsm.On("retire", Retire{}, from(Planned, Ordered, InBuild, InTest, Live, InMaintenance), to(Retired), by(p.Managers, system), moved, moving[Retire](p, "retire", Retired)),
			itsm.On("reinstate", Reinstate{}, from(Retired), to(Live), by(p.Managers, system), moved, owned, moving[Reinstate](p, "reinstate", Live)),
			itsm.On("dispose", Dispose{}, from(Retired), to(Disposed), by(p.Managers, system), moved,
				itsm.Guard("R8 actions", actionsDone), moving[Dispose](p, "dispose", Disposed)),
		},
	}
}

func registerTo(_ *CI, c Register, _ itsm.Stamp) itsm.State { return c.State }

const unowned = "a service that is live has an owner; name one"

// serviceOwned keeps a service without an owner from going live (R21).
func (p *Policy) serviceOwned(ci *CI, _ itsm.Stamp) error {
	if ci.Owner == "" && p.Model.IsService(ci.Class) {
		return errors.New(unowned)
	}
	return nil
}

// staysOwned keeps what is live and has no owner from becoming a service (R21).
func (p *Policy) staysOwned(ci *CI, class string) error {
	if ci.State == Live && ci.Owner == "" && p.Model.IsService(class) {
		return itsm.Refuse("R21", unowned)
	}
	return nil
}
