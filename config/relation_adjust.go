package config

import (
	"errors"
	"maps"
	"time"

	"github.com/itsmkit/itsm"
)

// Adjust says what attributes a relation has, as [SetAttributes] does of a CI.
// Controlled ones change only under a change record (R20), whoever says so.
type Adjust struct {
	Values map[string]itsm.Value `json:"values"`
	Change itsm.Ref              `json:"change,omitzero"`
	Since  time.Time             `json:"since,omitzero"`
	Until  time.Time             `json:"until,omitzero"`
	Reason string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	Was []Replaced `json:"was,omitempty"` // filled in by the decision
}

func (p *Policy) adjust(r *Relation, c Adjust, s itsm.Stamp) (Adjust, error) {
	c.Values, c.Since, c.Until, c.Was = maps.Clone(c.Values), itsm.Normal(c.Since), itsm.Normal(c.Until), nil
	l := p.Model.rulesOfType(r.Type)
	wrong := []error{l.values("values", c.Values, nil), p.checkRefs("values", l, c.Values, s), p.checkChange(c.Change, s, r.use("adjust", c.Since))}
	var without []string
	for _, name := range namesOf(c.Values) {
		a := r.Attributes[name]
		c.Was = append(c.Was, Replaced{name, a.Value, a.Since})
		if rule := l.find(name); rule != nil && rule.Controlled && c.Change.IsZero() &&
			(a.isEarlier(c.Since, c.Until) || !a.Value.Equal(c.Values[name])) {
			without = append(without, name)
		}
	}
	if len(without) > 0 {
		wrong = append(wrong, itsm.Refuse("R20", "controlled and so changed only under a change: %s; name it", itsm.Listed(without)))
	}
	return c, decided(wrong...)
}

// Check asks for values, and for a time that is over when it ends.
func (c Adjust) Check(_ *Relation, s itsm.Stamp) error {
	return errors.Join(checkStated(c.Values), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s))
}

// Apply sets the attributes.
func (c Adjust) Apply(r *Relation, s itsm.Stamp) {
	if c.Until.IsZero() {
		r.Attributes = asserted(r.Attributes, c.Values, Assertion{Since: sinceOf(c.Since, s), Source: s.By.ID, Seen: s.At, Change: c.Change})
	} else {
		r.Attributes = maps.Clone(r.Attributes)
		maps.Copy(r.Attributes, notBefore(r.assertion, c.Values, c.Until))
	}
	r.touch(c.Change)
}

func (r *Relation) assertion(attribute string) (Assertion, bool) {
	a, has := r.Attributes[attribute]
	return a, has
}

func (c Adjust) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	for name, v := range c.Values {
		f.add(name, v)
	}
}
