package config

import (
	"errors"
	"maps"
	"time"

	"github.com/itsmkit/itsm"
)

// SetAttributes says what attributes a CI has; a missing value (null) takes one
// away. Controlled ones change only under a change record (R20).
//
// With an Until it corrects what was believed of a time that is over: what is
// believed now stays. Where that was something else it has been so at the earliest
// from then on.
type SetAttributes struct {
	Values map[string]itsm.Value `json:"values"`
	Change itsm.Ref              `json:"change,omitzero"`
	Since  time.Time             `json:"since,omitzero"`  // from when on it is so; zero: from now on
	Until  time.Time             `json:"until,omitzero"`  // and until when; zero: still
	Reason string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Settled []string   `json:"settled,omitempty"` // controlled attributes that drifted to what is said now
	Agreed  []string   `json:"agreed,omitempty"`  // of which nothing is outranked any more
	Told    []string   `json:"told,omitempty"`    // of which looks from before count no more, see [Precedence]
	ByHand  []string   `json:"by_hand,omitempty"` // of those, in which that ranks
	Was     []Replaced `json:"was,omitempty"`
}

func (p *Policy) setAttributes(ci *CI, c SetAttributes, s itsm.Stamp) (SetAttributes, error) {
	c.Values, c.Since, c.Until = maps.Clone(c.Values), itsm.Normal(c.Since), itsm.Normal(c.Until)
	c.Was, c.Settled, c.Agreed, c.Told, c.ByHand = ci.replaced(namesOf(c.Values)...), nil, nil, nil, nil
	if c.Until.IsZero() {
		c.Settled, c.Agreed = ci.settledBy(c.Values), ci.agreed(c.Values)
		c.Told, c.ByHand = p.told(ci.Class, c.Values, s.By)
	}
	l := p.Model.rulesAt(ci.Class, ci.Criticality)
	return c, decided(
		l.values("values", c.Values, nil), p.checkRefs("values", l, c.Values, s),
		p.checkChange(c.Change, s, ci.use("set attributes", c.Since)), p.underChange(ci, c.Values, c.Change, c.Since, c.Until))
}

// Check asks for values, and for a time that is over when it ends.
func (c SetAttributes) Check(_ *CI, s itsm.Stamp) error {
	return errors.Join(checkStated(c.Values), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s))
}

func checkStated(values map[string]itsm.Value) error {
	if len(values) == 0 {
		return &itsm.FieldError{Field: "values", Problem: "is empty; say something"}
	}
	return checkNames("values", values)
}

func checkUntil(since, until time.Time, s itsm.Stamp) error {
	if until.IsZero() {
		return nil
	}
	if err := itsm.CheckTime("until", until); err != nil {
		return err
	}
	switch {
	case !until.After(sinceOf(since, s)):
		return &itsm.FieldError{Field: "until", Problem: "is not after since; give both of a time that is over"}
	case until.After(s.At):
		return &itsm.FieldError{Field: "until", Problem: "has not come yet"}
	}
	return nil
}

// Apply sets the attributes, or of a time that is over only from when on what is
// believed now has been so.
func (c SetAttributes) Apply(ci *CI, s itsm.Stamp) {
	if c.Until.IsZero() {
		ci.tell(c.Values, toldBy(c.Since, c.Change, s), c.Told, c.ByHand)
		ci.settle(c.Settled)
	} else {
		ci.notBefore(c.Values, c.Until)
	}
	ci.touch(c.Change)
}

func (c SetAttributes) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	for name, v := range c.Values {
		f.add(name, v)
	}
	f.settled(c.Settled)
	f.agreed(c.Agreed)
}

// Reclassify makes it a CI of another class, with the values that the class asks
// for. Attributes that the class does not have must be taken away (null) by it, so
// that nothing is lost unseen. What is live becomes a service only with an owner (R21).
type Reclassify struct {
	Class  string                `json:"class"`
	Values map[string]itsm.Value `json:"values,omitempty"`
	Change itsm.Ref              `json:"change,omitzero"`
	Since  time.Time             `json:"since,omitzero"`
	Reason string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Settled []string   `json:"settled,omitempty"` // what drifted to what is said now, or what the class does not have
	Agreed  []string   `json:"agreed,omitempty"`  // of which nothing is outranked any more
	Told    []string   `json:"told,omitempty"`    // of which looks from before count no more, see [Precedence]
	ByHand  []string   `json:"by_hand,omitempty"` // of those, in which that ranks
	Was     []Replaced `json:"was,omitempty"`
}

func (p *Policy) reclassify(ci *CI, c Reclassify, s itsm.Stamp) (Reclassify, error) {
	c.Values, c.Since = maps.Clone(c.Values), itsm.Normal(c.Since)
	c.Was = ci.replaced(append([]string{className}, namesOf(c.Values)...)...)
	l := p.Model.rulesAt(c.Class, ci.Criticality)
	c.Settled, c.Agreed = nil, nil
	c.Told, c.ByHand = p.told(c.Class, c.Values, s.By)
	for _, name := range ci.Outranked() {
		if _, given := c.Values[name]; given || l.find(name) == nil && !isOwn(name) {
			c.Agreed = append(c.Agreed, name)
		}
	}
	for _, name := range ci.Drifting() {
		v, given := c.Values[name]
		if given && v.Equal(ci.Drifts[name].Observed) || l.find(name) == nil && !isOwn(name) {
			c.Settled = append(c.Settled, name)
		}
	}
	wrong := []error{p.checkClass(c.Class), p.checkChange(c.Change, s, ci.use("reclassify", c.Since)), p.staysOwned(ci, c.Class)}

	stay := asserted(ci.Attributes, c.Values, Assertion{})
	set := make(map[string]itsm.Value)
	for name, v := range c.Values {
		if !v.IsZero() || l.find(name) != nil || ci.Attributes[name].Value.IsZero() {
			set[name] = v // what the old class has and the new one has not, may be taken away
		}
	}
	left := make(map[string]itsm.Value)
	for name, a := range stay {
		if _, given := c.Values[name]; !given {
			left[name] = a.Value
		}
	}
	wrong = append(wrong,
		l.values("values", set, nil), p.checkRefs("values", l, set, s), l.values("attributes", left, nil),
		l.missing("values", func(name string) bool { _, has := stay[name]; return has }))

	changed := map[string]itsm.Value{className: itsm.TextValue(c.Class)}
	for name, v := range c.Values {
		changed[name] = v
	}
	return c, decided(append(wrong, p.underChange(ci, changed, c.Change, c.Since, time.Time{}))...)
}

// Check asks for another class.
func (c Reclassify) Check(ci *CI, s itsm.Stamp) error {
	if c.Class == ci.Class {
		return &itsm.FieldError{Field: className, Problem: "is that of the CI already"}
	}
	return errors.Join(itsm.CheckLine("class", c.Class), checkNames("values", c.Values), checkSince(c.Since, c.Reason, s))
}

// Apply changes the class and the attributes. What was seen to differ is forgotten
// of an attribute that the class does not have.
func (c Reclassify) Apply(ci *CI, s itsm.Stamp) {
	as := toldBy(c.Since, c.Change, s)
	ci.tell(c.Values, as, c.Told, c.ByHand)
	as.Value = itsm.TextValue(c.Class)
	ci.believe(map[string]Assertion{className: as})
	ci.settle(c.Settled)
	for _, name := range c.Agreed {
		if _, given := c.Values[name]; !given {
			ci.setLooks(map[string][]Look{name: nil})
		}
	}
	ci.touch(c.Change)
}

func (c Reclassify) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.add(className, itsm.TextValue(c.Class))
	for name, v := range c.Values {
		f.add(name, v)
	}
	f.settled(c.Settled)
	f.agreed(c.Agreed)
}
