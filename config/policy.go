package config

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Policy is what differs from host to host. [Process] and [RelationProcess] copy
// it; the functions and the calendars of the waits they keep, to be called from
// several goroutines. A policy of one's own has administrators, managers, a model and
// a wait for actions; of all else a zero value means zero or none: start from
// [DefaultPolicy].
type Policy struct {
	Administrators []itsm.Role // who may keep CIs and relations; at least one
	Managers       []itsm.Role // who may besides retire, dispose and correct states; at least one
	Discoverers    []itsm.Role // programs, which may register and observe; none: only the system may as a program

	Model *Model // not nil

	// Criticalities are those a CI may have, the highest first, with how often such
	// a CI is verified. A CI to which none was given is verified every Ungraded; zero:
	// never.
	Criticalities []Criticality
	Ungraded      itsm.Wait

	Environments []string // empty: any

	// Controlled are those of [OwnAttributes], but for the state, and "needs" for what
	// a CI needs of its groups, that people change only under a change record, as
	// controlled attributes of the model (R20).
	Controlled []string

	// Precedence says which sources are believed of observed attributes where they
	// differ, the first row that fits; none: the newest look of any counts.
	Precedence []Precedence

	// UnderChange are the states that people move a CI into or out of only under a
	// change record.
	UnderChange []itsm.State

	// ActionDue is how long there is for the action from a failed verification when
	// the command does not say; more than zero.
	ActionDue itsm.Wait

	// Change says why something may not be done under a change: it is not approved, the
	// CI is not in its scope, or its window is not open. Nil: anything may under any that
	// is named. It is asked within a decision, so it answers from what is at hand.
	Change func(ChangeUse) error

	// Phase is what a state means, for a host that adds states of its own to the
	// lifecycle: whether a CI is in use, its phase says, never the state's name. Nil, or
	// no phase: as the states of this package are declared, and active of any other; in
	// such a one no CI is registered.
	Phase func(itsm.State) itsm.Phase

	// End is the CI of an id as the rules of relations and references look at it;
	// false: there is none. Like Change it answers from what is at hand. Nil: not
	// known; whoever relates two CIs then says what they are.
	End func(tenant string, id uuid.UUID) (End, bool)
}

// Criticality is a level with how often a CI of it is verified.
type Criticality struct {
	Level  itsm.Level
	Verify itsm.Wait // zero: never
}

// The roles of [DefaultPolicy].
const (
	Administrator itsm.Role = "config.administrator"
	Manager       itsm.Role = "config.manager"
	Discovery     itsm.Role = "config.discovery"
)

// Owner is the relational role of whom a CI belongs to.
const Owner itsm.Role = "owner"

// DefaultPolicy has the [DefaultModel]. What is critical is verified every 90 days,
// the medium every 180 as what is not graded, the rest every year; an action is due
// within 30 days. Class, environment, version and needs change under a change
// record; so does what is live or in maintenance.
func DefaultPolicy() *Policy {
	return &Policy{
		Administrators: []itsm.Role{Administrator},
		Managers:       []itsm.Role{Manager},
		Discoverers:    []itsm.Role{Discovery},
		Model:          DefaultModel(),
		Criticalities: []Criticality{
			{itsm.High, itsm.Wait{Days: 90}},
			{itsm.Medium, itsm.Wait{Days: 180}},
			{itsm.Low, itsm.Wait{Days: 365}},
		},
		Ungraded:    itsm.Wait{Days: 180},
		Controlled:  []string{className, environmentName, versionName, needsName},
		UnderChange: []itsm.State{Live, InMaintenance},
		ActionDue:   itsm.Wait{Days: 30},
	}
}

// check refuses a policy under which the processes could not run.
func (p *Policy) check() error {
	wrong := []error{
		itsm.CheckRoles("administrators", p.Administrators, Owner, itsm.Anyone), itsm.CheckRoles("managers", p.Managers, Owner, itsm.Anyone),
		itsm.CheckChoices("environments", p.Environments), itsm.CheckChoices("under_change", p.UnderChange),
		checkWait("ungraded", p.Ungraded), p.ActionDue.Check("action_due"),
	}
	complain := func(field, format string, args ...any) {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	if len(p.Discoverers) > 0 {
		wrong = append(wrong, itsm.CheckRoles("discoverers", p.Discoverers, Owner, itsm.Anyone))
	}
	if p.Model == nil {
		complain("model", "is missing; start from DefaultModel")
	}
	var levels []itsm.Level
	for i, c := range p.Criticalities {
		levels = append(levels, c.Level)
		wrong = append(wrong, checkWait(fmt.Sprintf("criticalities[%d].verify", i), c.Verify))
	}
	wrong = append(wrong, itsm.CheckChoices("criticalities", levels), itsm.CheckChoices("controlled", p.Controlled))
	for _, path := range p.unknownLevels(levels) {
		complain(path, "is no criticality; they are: %s", itsm.Listed(levels))
	}
	for i, name := range p.Controlled {
		if own := append(OwnAttributes()[1:], needsName); !slices.Contains(own, name) {
			complain(fmt.Sprintf("controlled[%d]", i), "%q is none of: %s", name, itsm.Listed(own))
		}
	}
	return errors.Join(append(wrong, p.checkPrecedence())...)
}

// unknownLevels are the places in the model that name none of the criticalities.
func (p *Policy) unknownLevels(levels []itsm.Level) []string {
	if p.Model == nil {
		return nil
	}
	var paths []string
	for i, c := range p.Model.classes {
		for j, a := range c.Attributes {
			for part, list := range [...][]itsm.Level{a.RequiredAt, a.RecommendedAt} {
				for k, level := range list {
					if !slices.Contains(levels, level) {
						paths = append(paths, fmt.Sprintf("model.classes[%d].attributes[%d].%s[%d]", i, j, [...]string{"required_at", "recommended_at"}[part], k))
					}
				}
			}
		}
	}
	return paths
}

// checkWait asks for a wait that makes sense, or none at all.
func checkWait(field string, w itsm.Wait) error {
	if w.IsZero() {
		return nil
	}
	return w.Check(field)
}

// clone copies the policy so that later edits of the host's do not reach the rules
// built from it.
func (p *Policy) clone() *Policy {
	c := *p
	c.Administrators, c.Managers, c.Discoverers = slices.Clone(p.Administrators), slices.Clone(p.Managers), slices.Clone(p.Discoverers)
	c.Criticalities, c.Environments = slices.Clone(p.Criticalities), slices.Clone(p.Environments)
	c.Controlled, c.UnderChange = slices.Clone(p.Controlled), slices.Clone(p.UnderChange)
	c.Precedence = slices.Clone(p.Precedence)
	for i, r := range c.Precedence {
		c.Precedence[i].Attributes, c.Precedence[i].Sources = slices.Clone(r.Attributes), slices.Clone(r.Sources)
	}
	return &c
}

// prepared is a policy that can be built from: a verified copy.
func prepared(p *Policy) (*Policy, error) {
	if p == nil {
		p = DefaultPolicy()
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p.clone(), nil
}

// observes reports whether an actor only observes: a program, which is not held to
// a change record (R20).
func (p *Policy) observes(a itsm.Actor) bool {
	return !a.Has(p.Administrators...) && !a.Has(p.Managers...) && (a.Has(p.Discoverers...) || a.Has(itsm.SystemRole))
}

// checkOwn refuses a criticality or an environment that the policy does not have.
func (p *Policy) checkOwn(criticality itsm.Level, environment string) error {
	var wrong []error
	if criticality != "" {
		levels := make([]itsm.Level, len(p.Criticalities))
		for i, c := range p.Criticalities {
			levels[i] = c.Level
		}
		wrong = append(wrong, itsm.CheckOneOf("criticality", criticality, levels))
	}
	if environment != "" {
		wrong = append(wrong, itsm.CheckOneOf("environment", environment, p.Environments))
	}
	return errors.Join(wrong...)
}

// nextVerify is when a CI of a criticality that was verified at some time is due
// again; zero: never.
func (p *Policy) nextVerify(criticality itsm.Level, verified time.Time) time.Time {
	wait := p.Ungraded
	for _, c := range p.Criticalities {
		if c.Level == criticality {
			wait = c.Verify
		}
	}
	if wait.IsZero() {
		return time.Time{}
	}
	return itsm.Normal(wait.After(verified))
}

// checkRefs refuses references to CIs that are not there or not of the classes
// that their attributes are for, where the host says what they are.
func (p *Policy) checkRefs(path string, l *rules, set map[string]itsm.Value, s itsm.Stamp) error {
	if p.End == nil {
		return nil
	}
	var wrong []error
	for _, name := range namesOf(set) {
		r := l.find(name)
		if r == nil || r.Type != itsm.Reference || set[name].Type() != itsm.Reference {
			continue
		}
		ref, err := itsm.ParseRef(set[name].Text())
		if err != nil || ref.Kind != Kind {
			continue
		}
		id, _ := ref.UUID()
		end, known := p.End(s.By.Tenant, id)
		fits := func(class string) bool { return p.Model.IsA(end.Class, class) }
		switch {
		case !known:
			wrong = append(wrong, &itsm.FieldError{Field: path + "." + name, Problem: fmt.Sprintf("%s is no CI", ref)})
		case len(r.Classes) > 0 && !slices.ContainsFunc(r.Classes, fits):
			wrong = append(wrong, &itsm.FieldError{Field: path + "." + name, Problem: fmt.Sprintf("%s is a %s; give one of: %s", ref, end.Class, itsm.Listed(r.Classes))})
		}
	}
	return errors.Join(wrong...)
}
