package config

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

func (n Need) check(path string) error {
	var wrong []error
	if err := itsm.CheckLine(path+".group", n.Group); err != nil {
		wrong = append(wrong, err)
	}
	if n.AtLeast < 1 {
		wrong = append(wrong, &itsm.FieldError{Field: path + ".at_least", Problem: fmt.Sprintf("is %d; give 1 or more", n.AtLeast)})
	}
	return errors.Join(wrong...)
}

// SetNeed says how many of a group of suppliers the CI needs. Whether there are so
// many, its relations say. What the policy controls changes only under a change record
// (R20). With an Until it says how many it needed in a time that is over.
type SetNeed struct {
	Need   Need      `json:"need"`
	Change itsm.Ref  `json:"change,omitzero"`
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`  // and until when; zero: still
	Reason string    `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	Was int `json:"was,omitzero"` // filled in by the decision: how many it needed; 0: nothing was said
}

func (p *Policy) setNeed(ci *CI, c SetNeed, s itsm.Stamp) (SetNeed, error) {
	c.Since, c.Until, c.Was = itsm.Normal(c.Since), itsm.Normal(c.Until), ci.Need(c.Need.Group)
	return c, decided(p.checkChange(c.Change, s, ci.use("set need", c.Since)), p.underChange(ci, c.said(), c.Change, c.Since, c.Until))
}

func (c SetNeed) said() map[string]itsm.Value {
	return map[string]itsm.Value{needPrefix + c.Need.Group: itsm.IntValue(int64(c.Need.AtLeast))}
}

// Check asks for a group and a number, and for a time that is over when it ends.
func (c SetNeed) Check(_ *CI, s itsm.Stamp) error {
	return errors.Join(c.Need.check("need"), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s))
}

// Apply keeps the need, in the order of the groups, unless it is of a time that is
// over.
func (c SetNeed) Apply(ci *CI, _ itsm.Stamp) {
	ci.touch(c.Change)
	if !c.Until.IsZero() {
		return
	}
	list := slices.Clone(ci.Needs)
	i, found := findNeed(list, c.Need.Group)
	if found {
		list[i] = c.Need
	} else {
		list = slices.Insert(list, i, c.Need)
	}
	ci.Needs = list
}

func (c SetNeed) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	for name, v := range c.said() {
		f.add(name, v)
	}
}

// DropNeed says that the CI no longer needs so many of a group: each of its
// suppliers counts for itself again. With an Until it did not in a time that is over.
type DropNeed struct {
	Group  string    `json:"group"`
	Change itsm.Ref  `json:"change,omitzero"`
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`  // and until when; zero: still
	Reason string    `json:"reason,omitzero"` // needed when Since lies in the past (R34)

	Was int `json:"was,omitzero"` // filled in by the decision
}

func (p *Policy) dropNeed(ci *CI, c DropNeed, s itsm.Stamp) (DropNeed, error) {
	c.Since, c.Until, c.Was = itsm.Normal(c.Since), itsm.Normal(c.Until), ci.Need(c.Group)
	dropped := map[string]itsm.Value{needPrefix + c.Group: {}}
	return c, decided(p.checkChange(c.Change, s, ci.use("drop need", c.Since)), p.underChange(ci, dropped, c.Change, c.Since, c.Until))
}

// Check asks for a group of which something is said now, or for a time that is over.
func (c DropNeed) Check(ci *CI, s itsm.Stamp) error {
	wrong := []error{itsm.CheckLine("group", c.Group), checkSince(c.Since, c.Reason, s), checkUntil(c.Since, c.Until, s)}
	if _, found := findNeed(ci.Needs, c.Group); !found && c.Until.IsZero() && errors.Join(wrong...) == nil {
		return &itsm.FieldError{Field: "group", Problem: fmt.Sprintf("%q is none of which it needs some", c.Group)}
	}
	return errors.Join(wrong...)
}

// Apply drops the need, unless it is of a time that is over.
func (c DropNeed) Apply(ci *CI, _ itsm.Stamp) {
	ci.touch(c.Change)
	if !c.Until.IsZero() {
		return
	}
	var rest []Need
	for _, n := range ci.Needs {
		if n.Group != c.Group {
			rest = append(rest, n)
		}
	}
	ci.Needs = rest
}

func (c DropNeed) state(f *facts, _ itsm.Stamp) {
	f.since(c.Since, c.Change, c.Reason)
	f.common.Until = c.Until
	f.add(needPrefix+c.Group, itsm.Value{})
}
