package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Register records a new CI. People who register one that is live or in
// maintenance name the change by which it came (R20); a program that finds one
// records it as it is. One that has been elsewhere may be retired or disposed of
// already, and what is disposed of stays as it is registered (R5).
type Register struct {
	Name        string                `json:"name"`
	Class       string                `json:"class"`
	Description string                `json:"description,omitzero"`
	Owner       string                `json:"owner,omitzero"`
	Criticality itsm.Level            `json:"criticality,omitzero"`
	Environment string                `json:"environment,omitzero"`
	Version     string                `json:"version,omitzero"`
	State       itsm.State            `json:"state,omitzero"` // zero: planned
	Attributes  map[string]itsm.Value `json:"attributes,omitempty"`
	Needs       []Need                `json:"needs,omitempty"`
	Source      string                `json:"source,omitzero"` // from where it is known; zero: the actor
	Change      itsm.Ref              `json:"change,omitzero"`
	Since       time.Time             `json:"since,omitzero"`  // from when on all this is so; zero: from now on
	Reason      string                `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	// Filled in by the decision.
	Next   time.Time `json:"next_verify,omitzero"` // when it is to be verified; zero: it is out of use
	ByHand []string  `json:"by_hand,omitempty"`    // of which that ranks, see [Precedence]
}

// register completes the command with the state, the source and the next
// verification.
func (p *Policy) register(ci *CI, c Register, s itsm.Stamp) (Register, error) {
	c.Since = itsm.Normal(c.Since)
	if c.State == itsm.None {
		c.State = Planned
	}
	c.ByHand = nil
	if c.Source == "" {
		c.Source = s.By.ID
		_, c.ByHand = p.told(c.Class, c.values(), s.By)
	}
	c.Next = time.Time{}
	if !p.over(c.State) {
		c.Next = p.nextVerify(c.Criticality, s.At)
	}
	c.Attributes, c.Needs = maps.Clone(c.Attributes), slices.Clone(c.Needs)

	use := ChangeUse{Command: "register", Since: c.Since, Subject: refOf(ci.ID), Name: c.Name, Class: c.Class}
	l := p.Model.rulesAt(c.Class, c.Criticality)
	wrong := []error{
		p.checkClass(c.Class), p.checkOwn(c.Criticality, c.Environment), p.checkChange(c.Change, s, use),
		l.values("attributes", c.Attributes, nil), p.checkRefs("attributes", l, c.Attributes, s),
		l.missing("attributes", func(name string) bool { return !c.Attributes[name].IsZero() }),
		p.checkState("state", c.State),
	}
	if !p.observes(s.By) {
		if c.Change.IsZero() && slices.Contains(p.UnderChange, c.State) {
			wrong = append(wrong, itsm.Refuse("R20", "a CI that is %s came by a change; name it", c.State))
		}
		if c.Owner == "" && c.State == Live && p.Model.IsService(c.Class) {
			wrong = append(wrong, itsm.Refuse("R21", "a service that is live has an owner; name one"))
		}
	}
	return c, decided(wrong...)
}

// values is what it says of attributes that can be seen.
func (c *Register) values() map[string]itsm.Value {
	all := map[string]itsm.Value{nameName: itsm.TextValue(c.Name), environmentName: itsm.TextValue(c.Environment), versionName: itsm.TextValue(c.Version)}
	maps.Copy(all, c.Attributes)
	return all
}

// checkClass asks for a class of which there are CIs.
func (p *Policy) checkClass(name string) error {
	i, known := p.Model.classAt[name]
	switch {
	case !known:
		return &itsm.FieldError{Field: "class", Problem: fmt.Sprintf("%s is no class; they are: %s", itsm.Quoted(name), strings.Join(p.Model.concrete(), ", "))}
	case p.Model.classes[i].Abstract:
		return &itsm.FieldError{Field: "class", Problem: fmt.Sprintf("%q is abstract; give one of those within it", name)}
	}
	return nil
}

// concrete lists the classes of which there are CIs.
func (m *Model) concrete() []string {
	var list []string
	for _, c := range m.classes {
		if !c.Abstract {
			list = append(list, c.Name)
		}
	}
	return list
}

// Check asks for a name and a class, and for a sensible time and needs.
func (c Register) Check(_ *CI, s itsm.Stamp) error {
	wrong := []error{
		itsm.CheckLine("name", c.Name), itsm.CheckLine("class", c.Class),
		itsm.CheckOptional(itsm.CheckText, "description", c.Description), itsm.CheckOptional(itsm.CheckLine, "owner", c.Owner),
		itsm.CheckOptional(itsm.CheckLine, "criticality", string(c.Criticality)),
		itsm.CheckOptional(itsm.CheckLine, "environment", c.Environment), itsm.CheckOptional(itsm.CheckLine, "version", c.Version),
		itsm.CheckOptional(itsm.CheckLine, "source", c.Source), checkSince(c.Since, c.Reason, s),
		checkNames("attributes", c.Attributes),
	}
	var named map[string]bool
	if len(c.Needs) > 1 {
		named = make(map[string]bool, len(c.Needs))
	}
	for i, n := range c.Needs {
		wrong = append(wrong, n.check(fmt.Sprintf("needs[%d]", i)))
		if named[n.Group] {
			wrong = append(wrong, &itsm.FieldError{Field: fmt.Sprintf("needs[%d].group", i), Problem: fmt.Sprintf("%q is named twice", n.Group)})
		}
		if named != nil {
			named[n.Group] = true
		}
	}
	return errors.Join(wrong...)
}

// Apply makes it a new CI.
func (c Register) Apply(ci *CI, s itsm.Stamp) {
	since := sinceOf(c.Since, s)
	ci.Name, ci.Class, ci.Description = c.Name, c.Class, c.Description
	ci.Owner, ci.Criticality, ci.Environment, ci.Version = c.Owner, c.Criticality, c.Environment, c.Version
	ci.InState, ci.Change, ci.Source = since, c.Change, c.Source
	ci.VerifyFrom, ci.NextVerify = s.At, c.Next
	ci.Needs = slices.Clone(c.Needs)
	slices.SortStableFunc(ci.Needs, byGroup)
	ci.Registered = Assertion{Since: since, Source: c.Source, Seen: s.At, Change: c.Change}
	ci.Attributes = asserted(nil, c.Attributes, ci.Registered)
	for _, name := range c.ByHand {
		a, _ := ci.Assertion(name)
		ci.Looks = with(ci.Looks, name, []Look{{ByHand, a.Value, a.Since, a.Seen}})
	}
}

func byGroup(a, b Need) int { return strings.Compare(a.Group, b.Group) }

func (c Register) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.from(c.Source)
	f.add(nameName, itsm.TextValue(c.Name))
	f.add(className, itsm.TextValue(c.Class))
	f.given(descriptionName, itsm.TextValue(c.Description))
	f.given(ownerName, itsm.TextValue(c.Owner))
	f.given(criticalityName, itsm.TextValue(c.Criticality))
	f.given(environmentName, itsm.TextValue(c.Environment))
	f.given(versionName, itsm.TextValue(c.Version))
	for name, v := range c.Attributes {
		f.given(name, v)
	}
	for _, n := range c.Needs {
		f.add(needPrefix+n.Group, itsm.IntValue(int64(n.AtLeast)))
	}
}

// asserted is a new map in which the values stand as they are asserted.
func asserted(old map[string]Assertion, values map[string]itsm.Value, as Assertion) map[string]Assertion {
	if len(values) == 0 {
		return old
	}
	next := make(map[string]Assertion, len(old)+len(values))
	for name, a := range old {
		next[name] = a
	}
	for name, v := range values {
		if v.IsZero() {
			delete(next, name)
			continue
		}
		as.Value = v
		next[name] = as
	}
	if len(next) == 0 {
		return nil
	}
	return next
}

// checkNames refuses names that are no line of text; the decision knows more.
func checkNames(path string, values map[string]itsm.Value) error {
	var wrong []error
	for _, name := range namesOf(values) {
		if err := itsm.CheckLine(path, name); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}
