package config

import (
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// ChangeUse is what somebody is about to do under a change: what a host asks whether
// the change covers.
type ChangeUse struct {
	Change  itsm.Ref
	Stamp   itsm.Stamp // who, of which tenant, and when
	Command string     // as the lifecycle lists it: "set attributes"
	Since   time.Time  // from when on what it says is so: the stamp's time, or before

	Subject itsm.Ref   // the CI or relation; one that is to be registered has no State
	Name    string     // of a CI
	Class   string     // of a CI; of a relation: its type
	State   itsm.State // before the command

	// From and To are the CIs that a relation joins. Where an [Intake] asks about one
	// whose CIs are named and not yet looked up they are missing; the command that
	// follows asks again.
	From, To itsm.Ref
}

// use is what a command is about to do to the CI.
func (ci *CI) use(command string, since time.Time) ChangeUse {
	return ChangeUse{Command: command, Since: since, Subject: refOf(ci.ID), Name: ci.Name, Class: ci.Class, State: ci.State}
}

// use is what a command is about to do to the relation.
func (r *Relation) use(command string, since time.Time) ChangeUse {
	u := ChangeUse{Command: command, Since: since, Class: r.Type, State: r.State, From: refOf(r.From), To: refOf(r.To)}
	if r.ID != uuid.Nil {
		u.Subject = r.Ref()
	}
	return u
}

// checkChange refuses a change that is none, and one under which this may not be done.
func (p *Policy) checkChange(change itsm.Ref, s itsm.Stamp, u ChangeUse) error {
	if change.IsZero() {
		return nil
	}
	if err := change.Check("change"); err != nil || p.Change == nil {
		return err
	}
	u.Change, u.Stamp, u.Since = change, s, sinceOf(u.Since, s)
	if err := p.Change(u); err != nil {
		return itsm.Refuse("R20", "under %s: %w", change, err)
	}
	return nil
}
