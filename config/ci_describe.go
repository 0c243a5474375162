package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Describe says what a CI is in itself; what is left zero stays as it is, and what is
// named in Clear is taken away. What the policy controls, such as the version, changes
// only under a change record (R20).
//
// With an Until it corrects what was believed of a time that is over, as
// [SetAttributes] does: what is believed now stays.
type Describe struct {
	Name        string     `json:"name,omitzero"`
	Description string     `json:"description,omitzero"`
	Criticality itsm.Level `json:"criticality,omitzero"`
	Environment string     `json:"environment,omitzero"`
	Version     string     `json:"version,omitzero"`
	Clear       []string   `json:"clear,omitempty"` // of description, criticality, environment and version
	Change      itsm.Ref   `json:"change,omitzero"`
	Since       time.Time  `json:"since,omitzero"`
	Until       time.Time  `json:"until,omitzero"`  // and until when; zero: still
	Reason      string     `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Next    time.Time  `json:"next_verify,omitzero"` // with a criticality
	Settled []string   `json:"settled,omitempty"`    // what drifted to what is said now
	Agreed  []string   `json:"agreed,omitempty"`     // of which nothing is outranked any more
	Told    []string   `json:"told,omitempty"`       // of which looks from before count no more, see [Precedence]
	ByHand  []string   `json:"by_hand,omitempty"`    // of those, in which that ranks
	Was     []Replaced `json:"was,omitempty"`
}

// clearable are those of its own attributes that a CI may do without and Describe
// says.
func clearable() []string {
	return []string{descriptionName, criticalityName, environmentName, versionName}
}

// said is what is given, and what is taken away as missing.
func (c *Describe) said() map[string]itsm.Value {
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
	for _, name := range c.Clear {
		given[name] = itsm.Value{}
	}
	return given
}

// grades reports whether it says what the criticality is now.
func (c *Describe) grades() bool {
	return c.Until.IsZero() && (c.Criticality != "" || slices.Contains(c.Clear, criticalityName))
}

func (p *Policy) describe(ci *CI, c Describe, s itsm.Stamp) (Describe, error) {
	c.Clear, c.Since, c.Until, c.Next = slices.Clone(c.Clear), itsm.Normal(c.Since), itsm.Normal(c.Until), time.Time{}
	if c.grades() && !p.over(ci.State) {
		c.Next = p.nextVerify(c.Criticality, ci.VerifyFrom)
	}
	said := c.said()
	c.Was, c.Settled, c.Agreed, c.Told, c.ByHand = ci.replaced(namesOf(said)...), nil, nil, nil, nil
	if c.Until.IsZero() {
		c.Settled, c.Agreed = ci.settledBy(said), ci.agreed(said)
		c.Told, c.ByHand = p.told(ci.Class, said, s.By)
	}
	return c, decided(p.checkOwn(c.Criticality, c.Environment), p.checkDetail(ci, &c), p.checkChange(c.Change, s, ci.use("describe", c.Since)), p.underChange(ci, said, c.Change, c.Since, c.Until))
}

// checkDetail refuses a criticality that asks for attributes which the CI has not got
// and needed not have so far.
func (p *Policy) checkDetail(ci *CI, c *Describe) error {
	if !c.grades() {
		return nil
	}
	was, will := p.Model.rulesAt(ci.Class, ci.Criticality), p.Model.rulesAt(ci.Class, c.Criticality)
	var lacks []string
	for i := range will.list {
		if r := &will.list[i]; will.requires(r) && !was.requires(r) && ci.Attributes[r.Name].Value.IsZero() {
			lacks = append(lacks, r.Name)
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	return &itsm.FieldError{Field: criticalityName, Problem: fmt.Sprintf("is %s, at which a %s has to have: %s; set that first", c.Criticality, ci.Class, strings.Join(lacks, ", "))}
}

// underChange refuses to change without a change record what is controlled (R20), now
// or as it was in a time that is over.
func (p *Policy) underChange(ci *CI, set map[string]itsm.Value, change itsm.Ref, since, until time.Time) error {
	if !change.IsZero() {
		return nil
	}
	var without []string
	for _, name := range namesOf(set) {
		a, _ := ci.Assertion(name)
		earlier := a.isEarlier(since, until) || strings.HasPrefix(name, needPrefix) && !since.IsZero()
		if p.controlled(ci.Class, name) && (earlier || !set[name].Equal(ci.Value(name))) {
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
	own := attribute
	switch {
	case strings.HasPrefix(attribute, needPrefix):
		own = needsName
	case attribute == needsName: // of a model that has one of the name
		own = ""
	}
	if slices.Contains(p.Controlled, own) {
		return true
	}
	r := p.Model.rulesOf(class).find(attribute)
	return r != nil && r.Controlled
}

// Check asks for something to say, and for a time that is over when it ends.
func (c Describe) Check(_ *CI, s itsm.Stamp) error {
	if len(c.said()) == 0 {
		return &itsm.FieldError{Field: nameName, Problem: "is missing, and so is all else that could be said"}
	}
	return errors.Join(c.checkClear(),
		itsm.CheckOptional(itsm.CheckLine, "name", c.Name), itsm.CheckOptional(itsm.CheckText, "description", c.Description),
		itsm.CheckOptional(itsm.CheckLine, "criticality", string(c.Criticality)),
		itsm.CheckOptional(itsm.CheckLine, "environment", c.Environment), itsm.CheckOptional(itsm.CheckLine, "version", c.Version),
		checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s))
}

func (c *Describe) checkClear() error {
	given := Describe{Description: c.Description, Criticality: c.Criticality, Environment: c.Environment, Version: c.Version}
	for i, name := range c.Clear {
		at := fmt.Sprintf("clear[%d]", i)
		if err := itsm.CheckOneOf(at, name, clearable()); err != nil {
			return err
		}
		if _, both := given.said()[name]; both {
			return &itsm.FieldError{Field: at, Problem: fmt.Sprintf("%q is given too", name)}
		}
	}
	return itsm.CheckChoices("clear", c.Clear)
}

// Apply changes what is said, or of a time that is over only from when on what is
// believed now has been so.
func (c Describe) Apply(ci *CI, s itsm.Stamp) {
	if c.Until.IsZero() {
		ci.tell(c.said(), toldBy(c.Since, c.Change, s), c.Told, c.ByHand)
	} else {
		ci.notBefore(c.said(), c.Until)
	}
	ci.settle(c.Settled)
	if c.grades() {
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
	f.common.Until = c.Until
	for name, v := range c.said() {
		f.add(name, v)
	}
	f.settled(c.Settled)
	f.agreed(c.Agreed)
}

// Own says whose the CI is; with an Until, whose it was in a time that is over.
type Own struct {
	Owner  string    `json:"owner"`
	Change itsm.Ref  `json:"change,omitzero"`
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`  // and until when; zero: still
	Reason string    `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	Was []Replaced `json:"was,omitempty"` // filled in by the decision
}

func (p *Policy) own(ci *CI, c Own, s itsm.Stamp) (Own, error) {
	c.Since, c.Until = itsm.Normal(c.Since), itsm.Normal(c.Until)
	c.Was = ci.replaced(ownerName)
	set := map[string]itsm.Value{ownerName: itsm.TextValue(c.Owner)}
	return c, decided(p.checkChange(c.Change, s, ci.use("own", c.Since)), p.underChange(ci, set, c.Change, c.Since, c.Until))
}

// Check asks for an owner, and for a time that is over when it ends.
func (c Own) Check(_ *CI, s itsm.Stamp) error {
	return errors.Join(itsm.CheckLine("owner", c.Owner), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s))
}

// Apply hands it over, or of a time that is over only says from when on who has it now
// has had it.
func (c Own) Apply(ci *CI, s itsm.Stamp) {
	owned := map[string]itsm.Value{ownerName: itsm.TextValue(c.Owner)}
	if c.Until.IsZero() {
		ci.believe(stated(owned, toldBy(c.Since, c.Change, s)))
	} else {
		ci.notBefore(owned, c.Until)
	}
	ci.touch(c.Change)
}

func (c Own) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	f.add(ownerName, itsm.TextValue(c.Owner))
}
