package incident

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Hold stops the work until somebody or something else has moved. Given again, it
// changes what the hold is for, or extends it: whatever moves the review date on is
// an extension, also under another reason (R11).
type Hold struct {
	Reason   HoldReason `json:"reason"`
	ReviewBy time.Time  `json:"review_by,omitzero"` // zero: as the policy has it, and as it was for another reason
	Question string     `json:"question,omitzero"`  // to the caller, public; needed to wait for one
	Awaits   itsm.Ref   `json:"awaits,omitzero"`    // the record waited for; needed for all other reasons
	Why      string     `json:"why,omitzero"`       // needed to extend

	// Filled in by the decision.
	Back       itsm.State `json:"back,omitzero"`
	Extensions int        `json:"extensions,omitzero"`
}

func (p *Policy) hold(inc *Incident, c Hold, s itsm.Stamp) (Hold, error) {
	latest := itsm.Normal(p.HoldLimit.After(s.At))
	c.ReviewBy = itsm.Normal(c.ReviewBy)
	if c.ReviewBy.IsZero() && inc.Hold != nil && c.Reason != inc.Hold.Reason {
		c.ReviewBy = inc.Hold.ReviewBy
	}
	if c.ReviewBy.IsZero() {
		c.ReviewBy = itsm.Normal(p.HoldReview.After(s.At))
		if c.ReviewBy.After(latest) {
			c.ReviewBy = latest
		}
	}
	if c.ReviewBy.After(latest) {
		return c, &itsm.FieldError{Field: "review_by", Problem: "is later than the policy allows, " + latest.Format(time.RFC3339)}
	}
	c.Back, c.Extensions = inc.State, 0
	if inc.Hold == nil {
		return c, nil
	}
	c.Back, c.Extensions = inc.Hold.Back, inc.Hold.Extensions
	if !inc.Hold.ReviewBy.IsZero() && c.ReviewBy.After(inc.Hold.ReviewBy) {
		c.Extensions++
		if c.Extensions > p.Extensions {
			return c, itsm.Refuse("R11", "was extended %d times, which is the most; resume it", inc.Hold.Extensions)
		}
		if c.Why == "" {
			return c, &itsm.FieldError{Field: "why", Problem: "is missing; an extension says why (R11)"}
		}
	}
	return c, nil
}

// Check asks for a reason and what goes with it.
func (c Hold) Check(_ *Incident, s itsm.Stamp) error {
	if err := itsm.CheckOneOf("reason", c.Reason, HoldReasons()); err != nil {
		return err
	}
	wrong := []error{itsm.CheckTime("review_by", c.ReviewBy), itsm.CheckOptional(itsm.CheckText, "why", c.Why)}
	if !c.ReviewBy.After(s.At) {
		wrong = append(wrong, &itsm.FieldError{Field: "review_by", Problem: "is not after the hold itself"})
	}
	if c.Reason == AwaitingCaller {
		wrong = append(wrong, itsm.CheckText("question", c.Question))
	} else {
		wrong = append(wrong, itsm.CheckOptional(itsm.CheckText, "question", c.Question))
	}
	if c.Reason != AwaitingCaller || !c.Awaits.IsZero() {
		wrong = append(wrong, c.Awaits.Check("awaits"))
	}
	if c.Back == itsm.None {
		wrong = append(wrong, &itsm.FieldError{Field: "back", Problem: "is missing; the decision of the process's own row fills it in"})
	}
	return errors.Join(wrong...)
}

// Apply puts the incident on hold. Another reason ends the wait for the one
// before; an extension goes on with it.
func (c Hold) Apply(inc *Incident, s itsm.Stamp) {
	inc.BeginHold(c.Reason, s)
	inc.Hold = &OnHoldFor{c.Reason, inc.Hold.Since, c.Awaits, c.ReviewBy, c.Extensions, c.Back}
}

// Resume goes on with the work. The caller resumes by replying, the system when
// the record waited for is finished or the review date has come.
type Resume struct {
	Reply    string   `json:"reply,omitzero"`    // the caller's
	Finished itsm.Ref `json:"finished,omitzero"` // the record waited for
}

func (p *Policy) resume(inc *Incident, c Resume, s itsm.Stamp) (Resume, error) {
	switch {
	case inc.Hold == nil:
		return c, itsm.Refuse("R11", "is not on hold; there is nothing to resume")
	case s.By.Has(p.Agents...):
		return c, nil
	case s.By.Has(itsm.SystemRole):
		if !c.Finished.IsZero() && c.Finished != inc.Hold.Awaits {
			return c, &itsm.FieldError{Field: "finished", Problem: fmt.Sprintf("is %s; the incident awaits %s", c.Finished, inc.Hold.Awaits)}
		}
		if c.Finished.IsZero() && s.At.Before(inc.Hold.ReviewBy) {
			return c, itsm.Refuse("R11", "is reviewed on %s", inc.Hold.ReviewBy.Format(time.RFC3339))
		}
		return c, nil
	case inc.Hold.Reason != AwaitingCaller:
		return c, itsm.Refuse("reply", "waits for the %s, not for the caller", inc.Hold.Reason)
	}
	return c, itsm.CheckText("reply", c.Reply)
}

// Check asks only that what is given makes sense; the decision looked at who
// resumes.
func (c Resume) Check(*Incident, itsm.Stamp) error {
	err := itsm.CheckOptional(itsm.CheckText, "reply", c.Reply)
	if !c.Finished.IsZero() {
		err = errors.Join(err, c.Finished.Check("finished"))
	}
	return err
}

// Apply ends the hold.
func (Resume) Apply(inc *Incident, s itsm.Stamp) { inc.EndHold(s) }

// BeginHold has the incident wait from now on, for a reason that may be the host's
// own. It is for a host with a paused state of its own, in the Apply of the command
// that leads there; [Hold] does so by itself. It has no review date. For the reason
// that it waits for already the wait goes on; another one ends that.
//
//	func (AskApproval) Apply(inc *incident.Incident, s itsm.Stamp) { inc.BeginHold("approval", s) }
//	func (Approve) Apply(inc *incident.Incident, s itsm.Stamp)     { inc.EndHold(s) }
func (inc *Incident) BeginHold(reason HoldReason, s itsm.Stamp) {
	back := inc.State
	switch {
	case inc.Hold == nil:
		inc.Counts.Holds++
	case inc.Hold.Reason == reason:
		return
	default:
		back = inc.Hold.Back
		inc.EndHold(s)
	}
	inc.Hold = &OnHoldFor{Reason: reason, Since: s.At, Back: back}
}

// EndHold ends the wait, if there is one, and adds to Held how long it was. Resume,
// Start, Resolve and Cancel do so by themselves, wherever a host has them lead from;
// Assign does not. A wait that does not say since when it lasts, as a host's own
// command may have made it, lasted as long as the state.
func (inc *Incident) EndHold(s itsm.Stamp) {
	if inc.Hold == nil {
		return
	}
	since := inc.Hold.Since
	if since.IsZero() {
		since = inc.Since
	}
	inc.addHeld(inc.Hold.Reason, s.At.Sub(since))
	inc.Hold = nil
}

// addHeld adds to the time that the incident waited for a reason, in a copy.
func (inc *Incident) addHeld(reason HoldReason, d time.Duration) {
	if d <= 0 {
		return
	}
	i, found := slices.BinarySearchFunc(inc.Held, reason, func(h Held, r HoldReason) int { return cmp.Compare(h.Reason, r) })
	list := slices.Clone(inc.Held)
	if found {
		list[i].For += min(d, math.MaxInt64-list[i].For)
	} else {
		list = slices.Insert(list, i, Held{reason, d})
	}
	inc.Held = list
}

// resumeTo is where an incident goes when it resumes: where it was, or to assigned
// when a new one has got a group in the meantime.
func resumeTo(inc *Incident, _ Resume, _ itsm.Stamp) itsm.State {
	if inc.Hold.Back == New && inc.Group != "" {
		return Assigned
	}
	return inc.Hold.Back
}

// reviewBy is what the timer of the review counts from.
func reviewBy(inc *Incident) time.Time {
	if inc.Hold == nil {
		return time.Time{} // a state of the host's own that shares the timer
	}
	return inc.Hold.ReviewBy
}
