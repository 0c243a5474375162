package config

import (
	"errors"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Describe says what a CI is in itself; what is left zero stays as it is. What the
// policy controls, such as the version, changes only under a change record (R20).
type Describe struct {
	Name        string     `json:"name,omitzero"`
	Description string     `json:"description,omitzero"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	Environment string     `json:"environment,omitzero"`
	Version     string     `json:"version,omitzero"`
	Change      itsm.Ref   `json:"change,omitzero"`
	Since       time.Time  `json:"since,omitzero"`
	Reason      string     `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Next    time.Time  `json:"next_verify,omitzero"` // with a criticality
	Settled []string   `json:"settled,omitempty"`    // what drifted to what is said now
	Was     []Replaced `json:"was,omitempty"`
}

func (c *Describe) given() map[string]itsm.Value {
	given := map[string]itsm.Value{
		nameName: itsm.TextValue(c.Name), descriptionName: itsm.TextValue(c.Description),
		criticalityName: itsm.TextValue(c.Criticality), environmentName: itsm.TextValue(c.Environment),
		versionName: itsm.TextValue(c.Version),
	}
	for name, v := range given {
		if v.IsZero() {
			delete(given, name)
		}
	}
	return given
}

func (p *Policy) describe(ci *CI, c Describe, s itsm.Stamp) (Describe, error) {
	c.Since = itsm.Normal(c.Since)
	c.Next = time.Time{}
	if c.Criticality != "" {
		c.Next = p.nextVerify(c.Criticality, ci.VerifyFrom)
	}
	given := c.given()
	c.Was, c.Settled = ci.replaced(namesOf(given)...), ci.settledBy(given)
	return c, decided(p.checkOwn(c.Criticality, c.Environment), p.checkChange(c.Change, s), p.underChange(ci, given, c.Change))
}

// underChange refuses to change what is controlled without a change record (R20).
func (p *Policy) underChange(ci *CI, set map[string]itsm.Value, change itsm.Ref) error {
	if !change.IsZero() {
		return nil
	}
	var without []string
	for _, name := range namesOf(set) {
		if p.controlled(ci.Class, name) && !set[name].Equal(ci.Value(name)) {
			without = append(without, name)
		}
	}
	if len(without) == 0 {
		return nil
	}
	return itsm.Refuse("R20", "controlled and so changed only under a change: %s; name it", strings.Join(without, ", "))
}

// controlled reports whether an attribute, or the need of a group under the name of
// its facts, changes only under a change record.
func (p *Policy) controlled(class, attribute string) bool {
	if strings.HasPrefix(attribute, needPrefix) {
		attribute = needsName
	}
	for _, own := range p.Controlled {
		if own == attribute {
			return true
		}
	}
	r := p.Model.rulesOf(class).find(attribute)
	return r != nil && r.Controlled
}

// Check asks for something to say.
func (c Describe) Check(_ *CI, s itsm.Stamp) error {
	if len(c.given()) == 0 {
		return &itsm.FieldError{Field: nameName, Problem: "is missing, and so is all else that could be said"}
	}
	return errors.Join(
		itsm.CheckOptional(itsm.CheckLine, "name", c.Name), itsm.CheckOptional(itsm.CheckText, "description", c.Description),
		itsm.CheckOptional(itsm.CheckLine, "criticality", string(c.Criticality)),
		itsm.CheckOptional(itsm.CheckLine, "environment", c.Environment), itsm.CheckOptional(itsm.CheckLine, "version", c.Version),
		checkSince(c.Since, c.Reason, s))
}

// Apply changes what is said.
func (c Describe) Apply(ci *CI, s itsm.Stamp) {
	ci.believe(stated(c.given(), toldBy(c.Since, c.Change, s)))
	ci.settle(c.Settled)
	if c.Criticality != "" {
		ci.NextVerify = c.Next
	}
	ci.touch(c.Change)
}

// settledBy lists the attributes that were seen to be what is said of them now.
func (ci *CI) settledBy(said map[string]itsm.Value) []string {
	var names []string
	for _, name := range namesOf(said) {
		if d, drifts := ci.Drifts[name]; drifts && d.Observed.Equal(said[name]) {
			names = append(names, name)
		}
	}
	return names
}

// settle ends drifts.
func (ci *CI) settle(names []string) {
	for _, name := range names {
		ci.setDrift(name, nil)
	}
}

// touch keeps the change that was named last.
func (ci *CI) touch(change itsm.Ref) {
	if !change.IsZero() {
		ci.Change = change
	}
}

func (c Describe) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	for name, v := range c.given() {
		f.add(name, v)
	}
	f.settled(c.Settled)
}

// Own says whose the CI is.
type Own struct {
	Owner  string    `json:"owner"`
	Change itsm.Ref  `json:"change,omitzero"`
	Since  time.Time `json:"since,omitzero"`
	Reason string    `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	Was []Replaced `json:"was,omitempty"` // filled in by the decision
}

func (p *Policy) own(ci *CI, c Own, s itsm.Stamp) (Own, error) {
	c.Since = itsm.Normal(c.Since)
	c.Was = ci.replaced(ownerName)
	set := map[string]itsm.Value{ownerName: itsm.TextValue(c.Owner)}
	return c, decided(p.checkChange(c.Change, s), p.underChange(ci, set, c.Change))
}

// Check asks for an owner.
func (c Own) Check(_ *CI, s itsm.Stamp) error {
	return errors.Join(itsm.CheckLine("owner", c.Owner), checkSince(c.Since, c.Reason, s))
}

// Apply hands it over.
func (c Own) Apply(ci *CI, s itsm.Stamp) {
	ci.believe(stated(map[string]itsm.Value{ownerName: itsm.TextValue(c.Owner)}, toldBy(c.Since, c.Change, s)))
	ci.touch(c.Change)
}

func (c Own) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.add(ownerName, itsm.TextValue(c.Owner))
}
