package itsm

import (
	"fmt"
	"slices"
)

// Retire is the lifecycle with the commands of these names retired, as a new value,
// verified like the first: they move to [Definition.Retired], and timers that give
// them go. States stay, because records may be in them: one to which nothing else
// leads is among the [Lifecycle.Warnings], and one that nothing else leaves refuses
// the lifecycle. An unknown name is a [FieldError].
func (lc *Lifecycle[R]) Retire(names ...string) (*Lifecycle[R], error) {
	for _, name := range names {
		if lc.byName[name] == nil {
			return nil, lc.unknown(name, 0)
		}
	}
	def := lc.def.clone()
	def.Transitions = nil
	for _, t := range lc.def.clone().Transitions {
		if slices.Contains(names, t.Name) {
			def.Retired = append(def.Retired, t)
		} else {
			def.Transitions = append(def.Transitions, t)
		}
	}
	def.Timers = slices.DeleteFunc(def.Timers, lc.gives(names))
	return NewLifecycle(def)
}

// gives tells timers that give one of the commands of these names.
func (lc *Lifecycle[R]) gives(names []string) func(Timer[R]) bool {
	return func(t Timer[R]) bool { return slices.Contains(names, lc.NameOf(t.Command)) }
}

// resolveRetired has retired commands known by name and type, with no row from any
// state.
func (lc *Lifecycle[R]) resolveRetired() []error {
	var wrong []error
	for i := range lc.def.Retired {
		t := &lc.def.Retired[i]
		err := t.checkMade()
		if err == nil && slices.Contains(lc.names, t.Name) {
			err = fmt.Errorf("transition %q is retired and in use", t.Name)
		}
		if err == nil && t.Version < 1 {
			err = fmt.Errorf("transition %q: has the version %d; the first is 1", t.Name, t.Version)
		}
		var c *command[R]
		if err == nil {
			c, err = lc.take(t)
		}
		if err != nil {
			wrong = append(wrong, err)
		} else {
			c.retired = true
		}
	}
	return wrong
}

// formerTargets are the states that retired commands led to, for records that have
// filled whatever they need: what they have filled cannot be known from here.
func (lc *Lifecycle[R]) formerTargets() []node {
	var all set
	for i := range all {
		all[i] = ^uint64(0)
	}
	var nodes []node
	for _, t := range lc.def.Retired {
		for _, s := range t.To {
			nodes = append(nodes, node{state: s, filled: all, merged: true})
		}
	}
	return nodes
}
