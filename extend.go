package itsm

import (
	"errors"
	"fmt"
	"slices"
)

// With is the lifecycle with a host's own rules added, as a new value, verified
// like the first. A state, relation, field or timer of a name that exists replaces
// it. A transition takes over the states it leads from: rows of the same command
// keep their other states, and one that was retired is in use again. Roles, legacy
// forms and retired rows are added.
func (lc *Lifecycle[R]) With(add Definition[R]) (*Lifecycle[R], error) {
	if add.Kind != "" && add.Kind != lc.def.Kind {
		return nil, &FieldError{"kind", fmt.Sprintf("is %q; this is a lifecycle of %q", add.Kind, lc.def.Kind)}
	}
	def := lc.def.clone()
	def.States = replaced(def.States, add.States, func(s StateDef) State { return s.State })
	def.Relations = replaced(def.Relations, add.Relations, func(r Relation[R]) Role { return r.Role })
	def.Fields = replaced(def.Fields, add.Fields, func(f Field[R]) string { return f.Name })
	def.Timers = replaced(def.Timers, add.Timers, func(t Timer[R]) string { return t.Name })
	if len(def.Roles) > 0 { // without any, all that the rows name are handed out
		def.Roles = append(def.Roles, add.Roles...)
	}
	def.Legacy = append(def.Legacy, add.Legacy...)

	var kept []Transition[R]
	for _, t := range def.Transitions {
		t.From = slices.DeleteFunc(t.From, func(s State) bool {
			return slices.ContainsFunc(add.Transitions, func(a Transition[R]) bool {
				return a.Name == t.Name && slices.Contains(a.From, s)
			})
		})
		if len(t.From) > 0 {
			kept = append(kept, t)
		}
	}
	def.Transitions = append(kept, add.Transitions...)
	def.Retired = append(slices.DeleteFunc(def.Retired, func(t Transition[R]) bool {
		return slices.ContainsFunc(add.Transitions, func(a Transition[R]) bool { return a.Name == t.Name })
	}), add.Retired...)
	return NewLifecycle(def)
}

// replaced is old with each of add in the place of its namesake, or at the end.
func replaced[T any, K comparable](old, add []T, name func(T) K) []T {
	for _, a := range add {
		i := slices.IndexFunc(old, func(o T) bool { return name(o) == name(a) })
		if i < 0 {
			old = append(old, a)
		} else {
			old[i] = a
		}
	}
	return old
}

// Without is the lifecycle without the commands of these names, the timers that
// give them, and the states to which no row leads any more; as a new value,
// verified like the first. An unknown name is a [FieldError].
//
// Events of such a command can then not be decoded: leave out what was never used.
// To end the use of a command, [Lifecycle.Retire] it.
func (lc *Lifecycle[R]) Without(names ...string) (*Lifecycle[R], error) {
	for _, name := range names {
		if lc.byName[name] == nil {
			return nil, lc.unknown(name, 0)
		}
	}
	def := lc.def.clone()
	named := func(t Transition[R]) bool { return slices.Contains(names, t.Name) }
	def.Transitions = slices.DeleteFunc(def.Transitions, named)
	def.Retired = slices.DeleteFunc(def.Retired, named)
	def.Timers = slices.DeleteFunc(def.Timers, lc.gives(names))
	for def.prune() {
	}
	def.Legacy = slices.DeleteFunc(def.Legacy, func(l Legacy) bool {
		c, _, err := lc.current(l.Name, l.Version)
		still := func(t Transition[R]) bool { return t.Name == c.name }
		return err == nil && !slices.ContainsFunc(def.Transitions, still) && !slices.ContainsFunc(def.Retired, still)
	})
	return NewLifecycle(def)
}

// prune takes out the states to which no row leads, nor led one that is retired, and
// what leads from them. It reports whether there were any: others may then be cut
// off.
func (d *Definition[R]) prune() bool {
	gone := func(s State) bool {
		leads := func(t Transition[R]) bool { return slices.Contains(t.To, s) }
		return s != None && !slices.ContainsFunc(d.Transitions, leads) && !slices.ContainsFunc(d.Retired, leads)
	}
	before := len(d.States)
	d.States = slices.DeleteFunc(d.States, func(s StateDef) bool { return gone(s.State) })
	for i := range d.Transitions {
		d.Transitions[i].From = slices.DeleteFunc(d.Transitions[i].From, gone)
	}
	d.Transitions = slices.DeleteFunc(d.Transitions, func(t Transition[R]) bool { return len(t.From) == 0 })
	for i := range d.Timers {
		d.Timers[i].In = slices.DeleteFunc(d.Timers[i].In, gone)
	}
	d.Timers = slices.DeleteFunc(d.Timers, func(t Timer[R]) bool { return len(t.In) == 0 })
	return len(d.States) < before
}

// Tighten is the lifecycle with further conditions on the commands of a name, in
// all their rows: [Requires] adds required fields, [Guard] adds guards, [By]
// keeps only those of the roles named. It can refuse more than before, never
// less. It is verified like the first.
func (lc *Lifecycle[R]) Tighten(name string, clauses ...Clause) (*Lifecycle[R], error) {
	switch c := lc.byName[name]; {
	case c == nil:
		return nil, lc.unknown(name, 0)
	case c.retired:
		return nil, &FieldError{"name", Quoted(name) + " is retired; nobody can give it"}
	}
	def := lc.def.clone()
	var wrong []error
	for i := range def.Transitions {
		t := &def.Transitions[i]
		if t.Name != name {
			continue
		}
		for _, c := range clauses {
			switch c := c.(type) {
			case requiresClause:
				t.Requires = append(t.Requires, c.fields...)
			case guardClause[R]:
				t.Guards = append(t.Guards, c.guard)
			case byClause:
				t.Roles = slices.DeleteFunc(t.Roles, func(r Role) bool { return !slices.Contains(c.roles, r) })
			default:
				wrong = append(wrong, &FieldError{"clauses", fmt.Sprintf("holds a %T; only Requires, Guard and By tighten", c)})
			}
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return NewLifecycle(def)
}
