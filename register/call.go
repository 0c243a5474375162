package register

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/itsmkit/itsm"
)

// Call is what a call may say beside its command; see [Register.With]. A zero
// field says nothing.
type Call struct {
	// At is when it happened, if the clock's time is not meant. A time before
	// the record's last event is an [itsm.FieldError]; so is one before or
	// after the clock's without a Reason, or in the future. The event then keeps
	// the clock's time as the time of recording (R34).
	At     time.Time
	Reason string // why it is recorded only now

	// IfRevision is the revision that the record must have, as the caller has
	// seen it. Another one is a [RevisionError].
	IfRevision int

	// Key makes the call safe to repeat: the same command under the same key
	// gives the result of the first, and happens once. Another command under it
	// is a [KeyError]. Keys are the tenant's, per kind of record. A command that
	// was refused does not use its key up. After store.ErrUnknown, when the
	// command may have been carried out or not, a key is what makes it harmless
	// to give it again. See [Register.ForgetKeys].
	Key string
}

// maxKeyText bounds Call.Key; a UUID or a hash has its place in it.
const maxKeyText = 255

func (c Call) check() error {
	switch {
	case c.Reason != "" && c.At.IsZero():
		return &itsm.FieldError{Field: "call.reason", Problem: "is given without the time it explains; set At too"}
	case !utf8.ValidString(c.Reason):
		return &itsm.FieldError{Field: "call.reason", Problem: "is not valid UTF-8"}
	case c.IfRevision < 0:
		return &itsm.FieldError{Field: "call.ifRevision", Problem: fmt.Sprintf("is %d; a record's revisions begin with 1", c.IfRevision)}
	case len(c.Key) > maxKeyText || !utf8.ValidString(c.Key):
		return &itsm.FieldError{Field: "call.key", Problem: fmt.Sprintf("is not text of at most %d bytes", maxKeyText)}
	case c.At.IsZero():
		return nil
	}
	return itsm.CheckTime("call.at", c.At)
}

// timing is when the commands of one unit happen.
type timing struct {
	at       time.Time
	given    bool // by the caller, who then knows better than the clock
	recorded time.Time
	reason   string
}

// timing reads the clock once for the whole call.
func (r *Register[R]) timing() timing {
	now := itsm.Normal(r.options.Now())
	if r.call.At.IsZero() {
		return timing{at: now}
	}
	t := timing{at: itsm.Normal(r.call.At), given: true, reason: r.call.Reason}
	if !t.at.Equal(now) || t.reason != "" {
		t.recorded = now
	}
	return t
}

// stamp is the stamp of a command on a record. A clock that runs behind the
// record is lifted to it; a time that the caller gave is left for the lifecycle
// to refuse. What the system does in the course of the unit is lifted always: it
// comes after what happened to its record, whatever the caller said.
func (t timing) stamp(h *itsm.Header, by itsm.Actor, follows bool) itsm.Stamp {
	s := itsm.Stamp{At: t.at, By: by, Recorded: t.recorded, Reason: t.reason}
	if s.At.Before(h.Updated) && (follows || !t.given) {
		s.At = h.Updated
		if !s.Recorded.IsZero() && s.Recorded.Before(s.At) {
			s.Recorded = s.At
		}
	}
	return s
}

// checkActor refuses an actor who could not be kept, and gives his normal form.
func checkActor(a itsm.Actor) (itsm.Actor, error) {
	if len(a.Roles) == 0 {
		a.Roles = nil
	}
	return a, a.Check()
}
