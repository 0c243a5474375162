package itsm

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"

	"github.com/google/uuid"
)

// Transition is one row of a lifecycle's table, made by [On].
type Transition[R any] struct {
	Name     string
	From     []State
	To       []State // empty: stays where it is
	Roles    []Role
	Requires []string
	Sets     []string
	Guards   []NamedGuard[R]
	Version  int

	// The typed parts, bound to the command's type by On.
	command   reflect.Type
	decide    func(*R, Command[R], Stamp, []*R) (Command[R], error)
	pick      func(*R, Command[R], Stamp) State
	needs     func(*R, Command[R], []*R) []Selection[R]
	follow    func(*R, Command[R], Stamp, []*R) []FollowUp[R]
	decode    func([]byte) (Command[R], error)
	stay      bool
	malformed error // what On found wrong; NewLifecycle reports it

	// Resolved by NewLifecycle.
	grants   []Relation[R]
	required []Field[R]
}

// Stays reports whether the transition leaves the record in its state.
func (t Transition[R]) Stays() bool { return len(t.To) == 0 }

// targets are the states it leads to from one of its from-states.
func (t *Transition[R]) targets(from State) []State {
	if t.Stays() {
		return []State{from}
	}
	return t.To
}

// FollowUp is a command for another record of the same kind, given by the system
// because of what happened to the first.
type FollowUp[R any] struct {
	ID      uuid.UUID
	Command Command[R]
}

// On makes a row of a transition table: in the states of [From], the roles of
// [By] may give commands of the prototype's type, which lead [To] other states
// or [Stay]. The record's type is inferred from the command's methods:
//
//	itsm.On("assign", Assign{}, itsm.From(New, Assigned), itsm.To(Assigned), itsm.By(Agent))
//
// A clause that does not fit is reported when the lifecycle is built.
func On[C Command[R], R any](name string, prototype C, clauses ...Clause) Transition[R] {
	t := Transition[R]{Name: name, Version: 1, command: reflect.TypeOf(prototype), decode: decodeStrict[C, R]}
	var wrong []error
	complain := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("transition %q: "+format, append([]any{name}, args...)...))
	}
	if t.command == nil || t.command.Kind() != reflect.Struct {
		complain("the prototype is a %v; pass a value of a struct type", t.command)
	}
	for _, c := range clauses {
		missing := false
		switch c := c.(type) {
		case fromClause:
			t.From = append(t.From, c.states...)
		case toClause:
			t.To = append(t.To, c.states...)
		case stayClause:
			t.stay = true
		case byClause:
			t.Roles = append(t.Roles, c.roles...)
		case requiresClause:
			t.Requires = append(t.Requires, c.fields...)
		case setsClause:
			t.Sets = append(t.Sets, c.fields...)
		case versionClause:
			t.Version = c.version
		case guardClause[R]:
			t.Guards = append(t.Guards, c.guard)
		case decideClause[R, C]:
			missing = c.decide == nil
			t.decide = func(r *R, cmd Command[R], s Stamp, near []*R) (Command[R], error) {
				return c.decide(r, cmd.(C), s, near)
			}
		case pickClause[R, C]:
			missing = c.pick == nil
			t.pick = func(r *R, cmd Command[R], s Stamp) State { return c.pick(r, cmd.(C), s) }
		case needsClause[R, C]:
			missing = c.needs == nil
			t.needs = func(r *R, cmd Command[R], near []*R) []Selection[R] { return c.needs(r, cmd.(C), near) }
		case followClause[R, C]:
			missing = c.follow == nil
			t.follow = func(r *R, cmd Command[R], s Stamp, near []*R) []FollowUp[R] {
				return c.follow(r, cmd.(C), s, near)
			}
		default:
			complain("the clause %T is for another record or command", c)
		}
		if missing {
			complain("the clause %T has no function", c)
		}
	}
	t.malformed = errors.Join(wrong...)
	return t
}

// decodeStrict reads one JSON object into a command, refusing unknown fields,
// trailing data and text that is not UTF-8.
func decodeStrict[C Command[R], R any](data []byte) (Command[R], error) {
	var c C
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return nil, &FieldError{"data", "is null; give an object"}
	}
	if err := strictJSON(data, &c); err != nil {
		return nil, err
	}
	return c, nil
}
