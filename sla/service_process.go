package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// The states of a [Service].
const (
	Proposed  itsm.State = "proposed"
	Live      itsm.State = "live"
	Retiring  itsm.State = "retiring" // offered until a date
	Retired   itsm.State = "retired"  // removed
	Abandoned itsm.State = "abandoned"
)

// ServicePolicy is what differs from host to host in how the catalogue is kept.
// [ServiceProcess] copies it. In a policy of one's own every zero value means none:
// start from [DefaultServicePolicy].
type ServicePolicy struct {
	Managers  []itsm.Role // who may keep the catalogue
	Approvers []itsm.Role // who may launch and retire services, and name their owners

	Levels    []itsm.Level // of criticality, the highest first
	Audiences []string     // empty: any
}

// DefaultServicePolicy has the roles [Manager] and [Approver], the levels of
// criticality high, medium and low, and takes any audience.
func DefaultServicePolicy() *ServicePolicy {
	return &ServicePolicy{
		Managers:  []itsm.Role{Manager},
		Approvers: []itsm.Role{Approver},
		Levels:    []itsm.Level{itsm.High, itsm.Medium, itsm.Low},
	}
}

// check refuses a policy under which the process could not run.
func (p *ServicePolicy) check() error {
	wrong := []error{itsm.CheckRoles("managers", p.Managers, ResponsiblePerson), itsm.CheckRoles("approvers", p.Approvers, ResponsiblePerson), itsm.CheckChoices("audiences", p.Audiences)}
	if len(p.Levels) == 0 {
		wrong = append(wrong, &itsm.FieldError{Field: "levels", Problem: "is empty; name the levels of criticality"})
	}
	for i, l := range p.Levels {
		field := fmt.Sprintf("levels[%d]", i)
		wrong = append(wrong, itsm.CheckLine(field, string(l)))
		if slices.Contains(p.Levels[:i], l) {
			wrong = append(wrong, &itsm.FieldError{Field: field, Problem: itsm.Quoted(l) + " is listed before"})
		}
	}
	return errors.Join(wrong...)
}

func (p *ServicePolicy) clone() *ServicePolicy {
	return &ServicePolicy{slices.Clone(p.Managers), slices.Clone(p.Approvers), slices.Clone(p.Levels), slices.Clone(p.Audiences)}
}

// ServiceProcess keeps the service catalogue under a policy; nil means
// [DefaultServicePolicy]. A bad policy is an error that names the field.
//
//	propose
//	  │
//	  ▼        launch        retire            remove
//	proposed ────────▶ live ────────▶ retiring ────────▶ retired
//	  │
//	  └─ abandon ─▶ abandoned
//
// A service that is proposed, live or retiring can be described, be given
// requirements and offerings, be made to depend on others, and be transferred to
// another owner. To launch it asks for an owner and a CI (R21), its criticality and
// at least one requirement (8.2.2), and what it has then it keeps. It is removed by
// the system, at its date.
func ServiceProcess(policy *ServicePolicy) (itsm.Process[Service], error) {
	if policy == nil {
		policy = DefaultServicePolicy()
	}
	if err := policy.check(); err != nil {
		return itsm.Process[Service]{}, err
	}
	lifecycle, err := itsm.NewLifecycle(policy.clone().definition())
	if err != nil {
		return itsm.Process[Service]{}, err
	}
	return itsm.Process[Service]{Prefix: "SVC", Lifecycle: lifecycle, Indexes: serviceIndexes()}, nil
}

func (p *ServicePolicy) definition() itsm.Definition[Service] {
	from, to, stay := itsm.From, itsm.To, itsm.Stay()
	managers, approvers := itsm.By(p.Managers...), itsm.By(p.Approvers...)
	keepers := itsm.By(append(slices.Clone(p.Managers), ResponsiblePerson)...)
	standing := from(Proposed, Live, Retiring)
	described := itsm.Sets("name", "criticality", "ci")
	return itsm.Definition[Service]{
		Kind: ServiceKind,
		States: []itsm.StateDef{
			{State: Proposed, Phase: itsm.Open},
			{State: Live, Phase: itsm.Active},
			{State: Retiring, Phase: itsm.Active},
			{State: Retired, Phase: itsm.Final},
			{State: Abandoned, Phase: itsm.Final},
		},
		Roles:     slices.Concat(p.Managers, p.Approvers),
		Relations: []itsm.Relation[Service]{{Role: ResponsiblePerson, Holds: func(s *Service, by itsm.Actor) bool { return s.Owner != "" && s.Owner == by.ID }}},
		Fields:    p.fields(),
		Transitions: []itsm.Transition[Service]{
			itsm.On("propose", Propose{}, from(itsm.None), to(Proposed), managers, described, itsm.Sets("owner"), itsm.Decide(p.propose)),
			itsm.On("describe", Describe{}, standing, stay, keepers, described, itsm.Decide(p.describe)),
			itsm.On("require", Require{}, standing, stay, keepers),
			itsm.On("drop requirement", DropRequirement{}, standing, stay, keepers, itsm.Decide(dropRequirement)),
			itsm.On("offer", Offer{}, standing, stay, keepers, itsm.Decide(offer)),
			itsm.On("withdraw offering", WithdrawOffering{}, standing, stay, keepers),
			itsm.On("depend", Depend{}, standing, stay, keepers),
			itsm.On("transfer", Transfer{}, standing, stay, approvers, itsm.Sets("owner")),
			itsm.On("launch", Launch{}, from(Proposed), to(Live), approvers,
				itsm.Guard("R21 owner", hasOwner), itsm.Guard("R21 CI", hasCI),
				itsm.Guard("8.2.2 criticality", hasCriticality), itsm.Guard("8.2.2 requirements", hasRequirements)),
			itsm.On("abandon", Abandon{}, from(Proposed), to(Abandoned), approvers),
			itsm.On("retire", Retire{}, from(Live), to(Retiring), approvers, itsm.Decide(retire)),
			itsm.On("retire", Retire{}, from(Retiring), stay, approvers, itsm.Decide(retire)),
			itsm.On("remove", Remove{}, from(Retiring), to(Retired), itsm.By(itsm.SystemRole), itsm.Guard("date", dateCome)),
		},
		Timers: []itsm.Timer[Service]{
			{Name: "remove", In: []itsm.State{Retiring}, Since: func(s *Service) time.Time { return s.Retires }, Command: Remove{}},
		},
	}
}

func hasOwner(s *Service, _ itsm.Stamp) error {
	if s.Owner == "" {
		return errors.New("there is none; transfer it to somebody")
	}
	return nil
}

func hasCI(s *Service, _ itsm.Stamp) error {
	if s.CI.IsZero() {
		return errors.New("there is none; describe it with the CI that it is")
	}
	return nil
}

func hasCriticality(s *Service, _ itsm.Stamp) error {
	if s.Criticality == "" {
		return errors.New("is not known; describe it")
	}
	return nil
}

func hasRequirements(s *Service, _ itsm.Stamp) error {
	if len(s.Requirements) == 0 {
		return errors.New("there are none; document at least one")
	}
	return nil
}

func dateCome(s *Service, at itsm.Stamp) error {
	if at.At.Before(s.Retires) {
		return errors.New("it is offered until " + stamped(s.Retires))
	}
	return nil
}

func (p *ServicePolicy) fields() []itsm.Field[Service] {
	text := itsm.TextField[Service, string]
	return []itsm.Field[Service]{
		text("name", func(s *Service) string { return s.Name }),
		text("owner", func(s *Service) string { return s.Owner }),
		itsm.TextField("criticality", func(s *Service) itsm.Level { return s.Criticality }, p.Levels...),
		{Name: "ci", Type: itsm.Reference, Get: func(s *Service) itsm.Value { return itsm.ReferenceValue(s.CI) }},
	}
}

// The indexes. Within each the oldest service comes first.
const (
	serviceByState      = "state"
	serviceByOwner      = "owner"
	serviceByCI         = "ci"
	serviceByAudience   = "audience"
	serviceByDependency = "dependency"
)

func serviceIndexes() []itsm.Index[Service] {
	index := func(name string, values func(*Service) []itsm.Value) itsm.Index[Service] {
		return itsm.Index[Service]{Name: name, Keys: func(s *Service) []itsm.Key {
			var keys []itsm.Key
			for _, v := range values(s) {
				if !v.IsZero() {
					keys = append(keys, itsm.Key{v, itsm.InstantValue(s.Opened)})
				}
			}
			return keys
		}}
	}
	return []itsm.Index[Service]{
		index(serviceByState, func(s *Service) []itsm.Value { return []itsm.Value{itsm.TextValue(s.State)} }),
		index(serviceByOwner, func(s *Service) []itsm.Value { return []itsm.Value{itsm.TextValue(s.Owner)} }),
		index(serviceByCI, func(s *Service) []itsm.Value { return []itsm.Value{itsm.ReferenceValue(s.CI)} }),
		index(serviceByDependency, func(s *Service) []itsm.Value {
			var values []itsm.Value
			for _, ref := range s.DependsOn {
				values = append(values, itsm.ReferenceValue(ref))
			}
			return values
		}),
		index(serviceByAudience, func(s *Service) []itsm.Value {
			if !s.IsOn() {
				return nil
			}
			if len(s.Audiences) == 0 {
				return []itsm.Value{itsm.TextValue(everybody)}
			}
			var values []itsm.Value
			for _, a := range s.Audiences {
				values = append(values, itsm.TextValue(audienceTerm+a))
			}
			return values
		}),
	}
}

// The index tells services for everybody from those for an audience of that name.
const (
	everybody    = "all"
	audienceTerm = "for "
)

// ServicesIn selects the services in a state.
func ServicesIn(s itsm.State) itsm.Selection[Service] {
	return itsm.Selection[Service]{Index: serviceByState, Equal: itsm.Key{itsm.TextValue(s)}}
}

// ServicesOwnedBy selects what somebody owns, removed or not.
func ServicesOwnedBy(owner string) itsm.Selection[Service] {
	return itsm.Selection[Service]{Index: serviceByOwner, Equal: itsm.Key{itsm.TextValue(owner)}}
}

// ServicesOn selects the services that a CI is.
func ServicesOn(ci itsm.Ref) itsm.Selection[Service] {
	return itsm.Selection[Service]{Index: serviceByCI, Equal: itsm.Key{itsm.ReferenceValue(ci)}}
}

// ServicesDependingOn selects the services that depend on another, by the reference
// that they give to it.
func ServicesDependingOn(service itsm.Ref) itsm.Selection[Service] {
	return itsm.Selection[Service]{Index: serviceByDependency, Equal: itsm.Key{itsm.ReferenceValue(service)}}
}

// ServicesFor selects the services that are offered and name an audience; "" selects
// those for everybody. An audience's catalogue is both, each through
// [Service.Visible] (8.2.4).
func ServicesFor(audience string) itsm.Selection[Service] {
	key := everybody
	if audience != "" {
		key = audienceTerm + audience
	}
	return itsm.Selection[Service]{Index: serviceByAudience, Equal: itsm.Key{itsm.TextValue(key)}}
}
