package itsm

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Fire gives a command to a record. It checks, in this order: the stamp; that the
// transition exists from the record's state; that the actor holds a role that
// may; the required fields; the guards; then completes the command (Decide) and
// checks it. On any error the record is exactly as it was. Otherwise the command
// is applied and the event returned.
//
// A record is born by a command from [None]: give it an ID and a Number first.
// Near are the other records that [Lifecycle.Needs] asked for.
//
// A refusal is a [TransitionError], wrong input a [FieldError].
func (lc *Lifecycle[R]) Fire(r *R, cmd Command[R], s Stamp, near ...*R) (Event[R], error) {
	c, err := lc.commandOf(cmd)
	if err != nil {
		return Event[R]{}, err
	}
	if r == nil {
		return Event[R]{}, &FieldError{"record", "is nil"}
	}
	for i, other := range near {
		if other == nil {
			return Event[R]{}, &FieldError{fmt.Sprintf("near[%d]", i), "is nil"}
		}
	}
	h := head(r)
	s.normalize()
	if err := s.check(h.Updated); err != nil {
		return Event[R]{}, lc.in(h, c.name, err)
	}
	t := c.row(h.State)
	if t == nil {
		return Event[R]{}, lc.notFrom(h, c)
	}
	role := t.role(r, &s.By)
	if role == "" {
		return Event[R]{}, lc.notBy(h, t)
	}
	if err := lc.permits(t, r, h, &s); err != nil {
		return Event[R]{}, err
	}
	if t.decide != nil {
		if cmd, err = t.decide(r, cmd, s, near); err != nil {
			return Event[R]{}, lc.in(h, t.Name, err)
		}
	}
	if err := cmd.Check(r, s); err != nil {
		return Event[R]{}, lc.in(h, t.Name, err)
	}
	to, err := lc.target(t, r, h, cmd, &s)
	if err != nil {
		return Event[R]{}, err
	}
	from := h.State
	carryOut(r, h, cmd, &s, to)
	return Event[R]{h.ID, h.Number, h.Revision, t.Name, t.Version, from, to, s, role, cmd}, nil
}

// commandOf finds the command of a value.
func (lc *Lifecycle[R]) commandOf(cmd Command[R]) (*command[R], error) {
	typ := reflect.TypeOf(cmd)
	if c := lc.commands[typ]; c != nil {
		return c, nil
	}
	if err := checkValue(cmd); err != nil {
		return nil, err
	}
	return nil, &FieldError{"command", fmt.Sprintf("is a %v, which no transition of %s takes; they are: %s", typ, lc.def.Kind, Listed(lc.names))}
}

// checkValue refuses what is no value at all.
func checkValue[R any](cmd Command[R]) error {
	switch typ := reflect.TypeOf(cmd); {
	case typ == nil:
		return &FieldError{"command", "is nil"}
	case typ.Kind() == reflect.Pointer:
		return &FieldError{"command", fmt.Sprintf("is a %v; pass a value", typ)}
	}
	return nil
}

// NameOf is the name under which the lifecycle lists a command, "" if it does not
// take it.
func (lc *Lifecycle[R]) NameOf(cmd Command[R]) string {
	if c := lc.commands[reflect.TypeOf(cmd)]; c != nil {
		return c.name
	}
	return ""
}

// role is the first of the transition's roles that the actor holds.
func (t *Transition[R]) role(r *R, a *Actor) Role {
	for i := range t.grants {
		switch g := &t.grants[i]; {
		case g.Holds != nil:
			if g.Holds(r, *a) {
				return g.Role
			}
		case g.Role == Anyone, slices.Contains(a.Roles, g.Role):
			return g.Role
		}
	}
	return ""
}

// permits asks for the required fields and the guards.
func (lc *Lifecycle[R]) permits(t *Transition[R], r *R, h *Header, s *Stamp) error {
	var missing []string
	for i := range t.required {
		if t.required[i].Get(r).IsZero() {
			missing = append(missing, t.required[i].Name)
		}
	}
	if missing != nil {
		return &TransitionError{Kind: lc.def.Kind, Number: h.Number, Name: t.Name, From: h.State, Rule: RuleFields, Missing: missing}
	}
	for i := range t.Guards {
		if err := t.Guards[i].Test(r, *s); err != nil {
			return &TransitionError{Kind: lc.def.Kind, Number: h.Number, Name: t.Name, From: h.State, Rule: t.Guards[i].Name, Err: err}
		}
	}
	return nil
}

// target is the state the command leads to.
func (lc *Lifecycle[R]) target(t *Transition[R], r *R, h *Header, cmd Command[R], s *Stamp) (State, error) {
	switch len(t.To) {
	case 0:
		return h.State, nil
	case 1:
		return t.To[0], nil
	}
	to := t.pick(r, cmd, *s)
	if !slices.Contains(t.To, to) {
		return None, lc.in(h, t.Name, Refuse("pick", "chose %s, which is none of: %s", to.describe(), Listed(t.To)))
	}
	return to, nil
}

func (lc *Lifecycle[R]) notFrom(h *Header, c *command[R]) error {
	rule := RuleState
	if c.retired {
		rule = RuleRetired
	}
	var open []string
	for _, other := range lc.names {
		if lc.byName[other].row(h.State) != nil {
			open = append(open, other)
		}
	}
	return &TransitionError{Kind: lc.def.Kind, Number: h.Number, Name: c.name, From: h.State, Rule: rule, Permitted: open}
}

func (lc *Lifecycle[R]) notBy(h *Header, t *Transition[R]) error {
	return &TransitionError{Kind: lc.def.Kind, Number: h.Number, Name: t.Name, From: h.State, Rule: RuleRole, Roles: slices.Clone(t.Roles)}
}

// in adds to an error which record and transition it is about.
func (lc *Lifecycle[R]) in(h *Header, name string, err error) error {
	var refusal *TransitionError
	if errors.As(err, &refusal) && refusal.Name == "" {
		full := *refusal
		full.Kind, full.Number, full.Name, full.From = lc.def.Kind, h.Number, name, h.State
		if err != error(refusal) {
			full.Err = err // it came with more: wrapped, or joined with another
		}
		return &full
	}
	subject := h.Number
	if subject == "" {
		subject = "new " + lc.def.Kind
	}
	return fmt.Errorf("%s: %s: %w", subject, name, err)
}

// Needs lists the records that the decision on a command must see besides those
// already near; the caller loads them and asks again, until nothing is needed or
// nothing new was found. It is nil for a command that is not open here: Fire says so.
func (lc *Lifecycle[R]) Needs(r *R, cmd Command[R], near []*R) []Selection[R] {
	if r == nil {
		return nil
	}
	if c := lc.commands[reflect.TypeOf(cmd)]; c != nil {
		if t := c.row(head(r).State); t != nil && t.needs != nil {
			return t.needs(r, cmd, near)
		}
	}
	return nil
}

// Follow lists what the system is to do to other records because of an event; r
// is the record after it, near what Fire was given. It is nil for an event that is
// not of this lifecycle.
func (lc *Lifecycle[R]) Follow(r *R, e Event[R], near []*R) []FollowUp[R] {
	if c := lc.byName[e.Name]; r != nil && c != nil && c.typ == reflect.TypeOf(e.Command) {
		if t := c.row(e.From); t != nil && t.follow != nil {
			return t.follow(r, e.Command, e.Stamp, near)
		}
	}
	return nil
}

// Option is one command of a lifecycle as it stands for a record and an actor.
type Option struct {
	Name    string
	To      []State          // where it leads; only the state itself when it stays
	Role    Role             // in which the actor may
	Refusal *TransitionError // why not; nil: permitted, as far as can be said without the command's content
}

// Permitted lists every command of the lifecycle in the order of the table: what
// the actor may do with r now, and why not the rest. For a nil record it is nil.
func (lc *Lifecycle[R]) Permitted(r *R, s Stamp) []Option {
	if r == nil {
		return nil
	}
	h := head(r)
	s.normalize()
	options := make([]Option, 0, len(lc.names))
	for _, name := range lc.names {
		c := lc.byName[name]
		t := c.row(h.State)
		if t == nil {
			options = append(options, Option{Name: name, Refusal: refusal(lc.notFrom(h, c))})
			continue
		}
		o := Option{Name: name, To: slices.Clone(t.targets(h.State)), Role: t.role(r, &s.By)}
		if o.Role == "" {
			o.Refusal = refusal(lc.notBy(h, t))
		} else {
			o.Refusal = refusal(lc.permits(t, r, h, &s))
		}
		options = append(options, o)
	}
	return options
}

func refusal(err error) *TransitionError {
	var refusal *TransitionError
	errors.As(err, &refusal)
	return refusal
}
