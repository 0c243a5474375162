package config

import (
	"maps"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Assertion is what is believed of an attribute, of its own or of its class, since
// when, from where that is known and when it was last confirmed. False if nothing was
// ever said of it. One that was taken away, or was seen to have no value, has an
// assertion without one: so nothing older brings it back.
//
// Where each of its own values comes from is kept in Known, and until something is
// said of it, in Registered; the values are not kept twice.
func (ci *CI) Assertion(attribute string) (Assertion, bool) {
	if a, has := ci.Attributes[attribute]; has {
		return a, true
	}
	a, has := ci.Known[attribute]
	v := itsm.Value{}
	if isOwn(attribute) {
		v = ci.Value(attribute)
	}
	if !has && !v.IsZero() {
		a, has = ci.Registered, true
	}
	a.Value = v
	return a, has
}

// notBefore says of what had another value until then that it is so at the earliest
// from then on.
func (ci *CI) notBefore(were map[string]itsm.Value, then time.Time) {
	ci.believe(notBefore(ci.Assertion, were, then))
}

// notBefore are the assertions to which that happens, among those that are found.
func notBefore(find func(string) (Assertion, bool), were map[string]itsm.Value, then time.Time) map[string]Assertion {
	later := make(map[string]Assertion)
	for name, v := range were {
		if a, has := find(name); has && !v.Equal(a.Value) && a.Since.Before(then) {
			a.Since = then
			later[name] = a
		}
	}
	return later
}

// isEarlier reports whether what is said since then, or until then, is of a time before
// that of the assertion.
func (a Assertion) isEarlier(since, until time.Time) bool {
	return !until.IsZero() || !since.IsZero() && since.Before(a.Since)
}

func isOwn(attribute string) bool { return slices.Contains(OwnAttributes(), attribute) }

// believe takes over what is asserted of attributes, of its own or of its class, in
// new maps.
func (ci *CI) believe(asserted map[string]Assertion) {
	if len(asserted) == 0 {
		return
	}
	attributes, known := make(map[string]Assertion), make(map[string]Assertion)
	maps.Copy(attributes, ci.Attributes)
	maps.Copy(known, ci.Known)
	for name, a := range asserted {
		if isOwn(name) {
			ci.setOwn(name, a.Value)
		} else if !a.Value.IsZero() {
			attributes[name] = a
			delete(known, name)
			continue
		}
		delete(attributes, name)
		a.Value = itsm.Value{}
		known[name] = a
	}
	ci.Attributes, ci.Known = filled(attributes), filled(known)
}

// filled is nil for a map in which nothing is.
func filled(m map[string]Assertion) map[string]Assertion {
	if len(m) == 0 {
		return nil
	}
	return m
}

// stated are values as they are asserted by one and the same.
func stated(values map[string]itsm.Value, as Assertion) map[string]Assertion {
	all := make(map[string]Assertion, len(values))
	for name, v := range values {
		as.Value = v
		all[name] = as
	}
	return all
}

// toldBy is where that comes from which somebody says in a command.
func toldBy(since time.Time, change itsm.Ref, s itsm.Stamp) Assertion {
	return Assertion{Since: sinceOf(since, s), Source: s.By.ID, Seen: s.At, Change: change}
}

// setOwn sets one of its own attributes that is a text, all but its state.
func (ci *CI) setOwn(name string, v itsm.Value) {
	switch name {
	case nameName:
		ci.Name = v.Text()
	case className:
		ci.Class = v.Text()
	case descriptionName:
		ci.Description = v.Text()
	case ownerName:
		ci.Owner = v.Text()
	case criticalityName:
		ci.Criticality = itsm.Level(v.Text())
	case environmentName:
		ci.Environment = v.Text()
	case versionName:
		ci.Version = v.Text()
	}
}
