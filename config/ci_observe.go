package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Observe says what was seen of a CI, by a program that looks around or by
// somebody who went there. Observed attributes are set. A controlled one that
// differs is not: what was seen is kept beside it as a [Drift], to be reported
// (R20). What was seen of an attribute before something newer is known of it, be that
// that it has no value, says nothing any more.
//
// Where sources have a [Precedence], an observed attribute is as the highest saw it, and
// what a lower one sees otherwise is kept beside it as a [Look]; of an older look only
// what an equal or a higher source knows takes the word away.
//
// Besides the attributes of the class, its name, environment and version can be
// seen.
type Observe struct {
	Values map[string]itsm.Value `json:"values,omitempty"` // null: seen to have none
	Source string                `json:"source"`           // what looked: "network scan"
	Seen   time.Time             `json:"seen,omitzero"`    // when it looked; zero: now

	// Filled in by the decision.
	Stale   []string   `json:"stale,omitempty"`   // of which something newer is known
	Drifts  []string   `json:"drifts,omitempty"`  // controlled attributes seen to differ
	Settled []string   `json:"settled,omitempty"` // those that differed and agree again
	Changed []Replaced `json:"changed,omitempty"` // observed attributes that were different before

	// And where sources have a precedence.
	Ranked    map[string][]string `json:"ranked,omitempty"`    // by attribute, the sources whose looks count now, that believed first, where the value and its source do not say it all
	Outranked map[string]Look     `json:"outranked,omitempty"` // what a lower source saw otherwise, where that is new
	Agreed    []string            `json:"agreed,omitempty"`    // of which nothing is outranked any more
	Yielded   map[string]Look     `json:"yielded,omitempty"`   // what another saw and is believed now, as a higher source has not looked for long, or ranks otherwise now
}

// observable are those of its own attributes that can be seen.
func observable() []string { return []string{nameName, environmentName, versionName} }

func (p *Policy) observe(ci *CI, c Observe, s itsm.Stamp) (Observe, error) {
	c.Values, c.Seen = maps.Clone(c.Values), itsm.Normal(c.Seen)
	c.Stale, c.Drifts, c.Settled, c.Changed = nil, nil, nil, nil
	c.Ranked, c.Outranked, c.Agreed, c.Yielded = nil, nil, nil, nil
	seen := sinceOf(c.Seen, s)
	l := p.Model.rulesAt(ci.Class, ci.Criticality)
	controlled := func(name string) bool { return p.controlled(ci.Class, name) }

	ofClass := make(map[string]itsm.Value)
	var wrong []error
	for _, name := range namesOf(c.Values) {
		v := c.Values[name]
		if slices.Contains(observable(), name) {
			wrong = append(wrong, p.checkSeen("values."+name, name, v, controlled(name)))
		} else {
			ofClass[name] = v
		}
		drift, drifts := ci.Drifts[name]
		var looks []Look
		if !controlled(name) {
			looks = p.weigh(ci, name, Look{c.Source, v, seen, seen})
		}
		switch {
		case seen.Before(drift.Last), controlled(name) && seen.Before(ci.knownAt(name)), !controlled(name) && looks == nil:
			c.Stale = append(c.Stale, name)
			continue
		case !controlled(name):
			c.rank(ci, name, looks, p.precedence(ci.Class, name) != nil)
		default: // looks from when it was not controlled are over
			if _, differed := outranked(ci.Looks[name]); differed {
				c.Agreed = append(c.Agreed, name)
			}
			if !v.Equal(ci.Value(name)) {
				c.Drifts = append(c.Drifts, name)
				continue
			}
		}
		if drifts {
			c.Settled = append(c.Settled, name)
		}
	}
	wrong = append(wrong, l.values("values", ofClass, controlled), p.checkRefs("values", l, ofClass, s))
	return c, decided(wrong...)
}

// checkSeen refuses what its own attributes cannot be seen to be.
func (p *Policy) checkSeen(path, name string, v itsm.Value, controlled bool) error {
	if v.IsZero() {
		return &itsm.FieldError{Field: path, Problem: "is missing; leave it out if it was not seen"}
	}
	if err := (itsm.FieldDef{Name: name, Type: itsm.Text}).Check(path, v); err != nil {
		return err
	}
	if err := itsm.CheckLine(path, v.Text()); err != nil || controlled || name != environmentName || len(p.Environments) == 0 {
		return err
	}
	return itsm.CheckOneOf(path, v.Text(), p.Environments)
}

// knownAt is when the newest was learnt that is known of an attribute.
func (ci *CI) knownAt(name string) time.Time {
	a, _ := ci.Assertion(name)
	if d, drifts := ci.Drifts[name]; drifts && d.Last.After(a.Seen) {
		return d.Last
	}
	return a.Seen
}

// Check asks for a source and a time that has been.
func (c Observe) Check(_ *CI, s itsm.Stamp) error {
	wrong := []error{itsm.CheckLine("source", c.Source), checkNames("values", c.Values)}
	if !c.Seen.IsZero() {
		wrong = append(wrong, itsm.CheckTime("seen", c.Seen))
		if c.Seen.After(s.At) {
			wrong = append(wrong, &itsm.FieldError{Field: "seen", Problem: "has not come yet"})
		}
	}
	for _, list := range [][]string{c.Stale, c.Drifts, c.Settled, c.Agreed, namesOf(c.Ranked), namesOf(c.Outranked), namesOf(c.Yielded)} {
		for _, name := range list {
			if _, given := c.Values[name]; !given {
				wrong = append(wrong, &itsm.FieldError{Field: "values", Problem: fmt.Sprintf("has nothing of %q", name)})
			}
		}
	}
	return errors.Join(wrong...)
}

// Apply sets what is observed, confirms what is the same, and keeps what differs.
func (c Observe) Apply(ci *CI, s itsm.Stamp) {
	seen := sinceOf(c.Seen, s)
	if seen.After(ci.Seen) {
		ci.Seen = seen
	}
	believed, looks := make(map[string]Assertion, len(c.Values)), make(map[string][]Look)
	for name, v := range c.Values {
		if slices.Contains(c.Stale, name) {
			continue
		}
		looks[name] = nil
		if slices.Contains(c.Drifts, name) {
			d := ci.Drifts[name].again(v, c.Source, seen)
			ci.setDrift(name, &d)
			continue
		}
		list := c.ranked(ci, name, seen)
		believed[name] = ci.asSeen(name, list)
		if len(c.Ranked[name]) > 0 {
			looks[name] = list
		}
		ci.setDrift(name, nil)
	}
	ci.believe(believed)
	ci.setLooks(looks)
}

// setDrift keeps what was seen to differ in a new map; nil: nothing differs.
func (ci *CI) setDrift(name string, d *Drift) {
	if _, drifts := ci.Drifts[name]; !drifts && d == nil {
		return
	}
	next := make(map[string]Drift, len(ci.Drifts)+1)
	for n, old := range ci.Drifts {
		next[n] = old
	}
	delete(next, name)
	if d != nil {
		next[name] = *d
	}
	if len(next) == 0 {
		next = nil
	}
	ci.Drifts = next
}

func (c Observe) state(f *facts, s itsm.Stamp) {
	f.seen(c.Seen, c.Source, s)
	for _, r := range c.Changed {
		if l, other := c.Yielded[r.Attribute]; other {
			f.look(r.Attribute, l.Value, l, l.Seen, s)
		} else {
			f.add(r.Attribute, c.Values[r.Attribute])
		}
	}
	for _, name := range namesOf(c.Outranked) {
		l := c.Outranked[name]
		f.look(outrankedPrefix+name, orAbsent(l.Value), l, l.First, s)
	}
	f.agreed(c.Agreed)
	for _, name := range c.Drifts {
		f.drifts(name, c.Values[name])
	}
	f.settled(c.Settled)
}

// Drifting lists the attributes that were seen to differ, by name.
func (ci *CI) Drifting() []string { return namesOf(ci.Drifts) }

// drifted is what is said of drifts in one line.
func (ci *CI) drifted(name string) string { return ci.Drifts[name].against(ci.Value(name)) }

// against is the drift in one line, beside what is believed.
func (d Drift) against(believed itsm.Value) string {
	return "is recorded as " + worded(believed) + " and seen as " + worded(d.Observed) + " by " + d.Source + " since " + d.First.Format(time.RFC3339)
}

func worded(v itsm.Value) string {
	if v.IsZero() {
		return "nothing"
	}
	return v.String()
}

// again is the drift when what differs is seen once more, or for the first time.
func (d Drift) again(observed itsm.Value, source string, seen time.Time) Drift {
	next := Drift{Observed: observed, First: seen, Last: seen, Source: source}
	if !d.First.IsZero() && d.Observed.Equal(observed) {
		next.First = d.First
	}
	return next
}
