package register

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// Migration tells that a record was moved out of a state which its lifecycle no
// longer had. It is a step of the record like an event, with a revision of its
// own, that no command made.
type Migration struct {
	Number   string     `json:"number"`
	Revision int        `json:"revision"` // of the record after it
	From     itsm.State `json:"from"`
	To       itsm.State `json:"to"`
	At       time.Time  `json:"at"`
	By       itsm.Actor `json:"by"`
	Reason   string     `json:"reason"`
}

// moved stands for the command in the step of a migration: it changes nothing but
// what the lifecycle keeps itself.
type moved[R any] struct{}

func (moved[R]) Check(*R, itsm.Stamp) error { return nil }
func (moved[R]) Apply(*R, itsm.Stamp)       {}

// Migrate moves every record of the actor's tenant that is in a state which the
// lifecycle does not have (any more) to the state that moves gives for it. A host
// calls it once after it has put a lifecycle with renamed, merged or dropped
// states into use everywhere; until then such a record takes no command (see
// [StateError]).
//
// Each move is journalled with its record, as a [Migration] that says who moved
// it, when and why; it counts as a revision. The record enters its new state at
// that moment, so that what its timers count from there begins then. Options.Observe
// and Options.Committed are told of it like of an event. Nothing else of the
// record changes, and nothing follows.
//
// A map that is empty, names a source that the lifecycle has or a target that it
// lacks is an [itsm.FieldError]. The actor needs one of Options.Migrators, else it
// is an [itsm.TransitionError]. What stands against one record is listed with it:
// it cannot be read, it is in a forgotten state that moves does not name, a unique
// key is taken. The others are moved.
//
// Migrate works in transactions of bounded size beside everything else. It may be
// interrupted and repeated: what is done is done. Whether a forgotten state was
// final the lifecycle cannot tell, so that the host answers for moving closed
// records to a state that is final again (R5).
func (r *Register[R]) Migrate(ctx context.Context, by itsm.Actor, moves map[itsm.State]itsm.State, reason string, o *SweepOptions) (Swept, error) {
	options, err := o.check()
	if err != nil {
		return Swept{}, err
	}
	if by, err = r.checkOfficer(by, reason); err != nil {
		return Swept{}, err
	}
	if err := r.checkMoves(moves); err != nil {
		return Swept{}, err
	}
	moves = maps.Clone(moves)
	if !by.Has(r.options.Migrators...) {
		return Swept{}, &itsm.TransitionError{Kind: r.kind, Name: MigrationEntry, Rule: itsm.RuleRole, Roles: r.options.Migrators}
	}
	wanted := func(rec *R) (bool, error) {
		err := r.checkState(rec)
		if err == nil {
			return false, nil
		}
		if _, named := moves[head(rec).State]; named {
			return true, nil
		}
		return false, err
	}
	return r.sweep(ctx, by.Tenant, options, wanted, func(u *unit[R], l *loaded[R]) (bool, error) {
		if want, err := wanted(&l.record); !want {
			return false, err // somebody else was faster
		}
		return true, u.move(l, by, moves[head(&l.record).State], reason)
	})
}

// checkMoves refuses a map of states that does not lead from what the lifecycle
// has not to what it has.
func (c *core[R]) checkMoves(moves map[itsm.State]itsm.State) error {
	if len(moves) == 0 {
		return &itsm.FieldError{Field: "moves", Problem: "is empty; name the states that the lifecycle no longer has. To renew the indexes alone, Reindex"}
	}
	for _, from := range slices.Sorted(maps.Keys(moves)) {
		field, to := fmt.Sprintf("moves[%q]", string(from)), moves[from]
		switch {
		case from == itsm.None:
			return &itsm.FieldError{Field: field, Problem: "is the state before birth, in which no record is"}
		case c.lc.Phase(from) != "":
			return &itsm.FieldError{Field: field, Problem: "is a state that the lifecycle has; to move records out of it, give them commands"}
		case c.lc.Phase(to) == "":
			return &itsm.FieldError{Field: field, Problem: fmt.Sprintf("leads to %q, which is no state of the lifecycle either", string(to))}
		}
	}
	return nil
}

// move is one step of a migration. After an error the record is of no more use.
func (u *unit[R]) move(l *loaded[R], by itsm.Actor, to itsm.State, reason string) error {
	h := head(&l.record)
	stamp := u.timing.stamp(h, by, true)
	m := Migration{Number: h.Number, Revision: h.Revision + 1, From: h.State, To: to, At: stamp.At, By: by, Reason: reason}
	h.State, h.Since, h.Updated, h.Revision = m.To, m.At, m.At, m.Revision
	payload, err := json.Marshal(m)
	var body []byte
	if err == nil {
		body, err = json.Marshal(&l.record)
	}
	if err == nil {
		next := seal{entries: l.seal.entries, hash: l.seal.hash} // nothing is silent any more (R35)
		err = u.put(l, body, next, store.Entry{Type: MigrationEntry, Time: m.At, Payload: payload})
	}
	if err != nil {
		return err
	}
	c := Change[R]{Record: l.record, Event: stepOf[R](h.ID, m), Migration: &m}
	c.Event.Command = nil
	return u.tell(c)
}

// tell lists a change, and tells the observer of it.
func (u *unit[R]) tell(c Change[R]) error {
	u.changes = append(u.changes, c)
	if u.options.Observe != nil {
		if err := u.options.Observe(u.ctx, u.tx, c); err != nil {
			return &fatalError{err}
		}
	}
	return nil
}

// checkOfficer refuses an actor, or the reason he gives, that cannot be kept with
// what he does beside the lifecycle.
func (r *Register[R]) checkOfficer(by itsm.Actor, reason string) (itsm.Actor, error) {
	if err := r.checkTenant(by.Tenant); err != nil {
		return by, err
	}
	by, err := checkActor(by)
	if err != nil {
		return by, err
	}
	return by, itsm.CheckText("reason", reason)
}
