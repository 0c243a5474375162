package config

import (
	"errors"
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
)

// ByHand is the source, in a [Precedence], of what is said by somebody rather than
// seen: by [SetAttributes], [Describe], [Reclassify], and by [Register] where it does not
// say from where it is known. What a program says is of the program.
const ByHand = "by hand"

// Precedence says which sources are believed of observed attributes where they differ:
// the first one listed is the highest, and those not listed come after all of them,
// equal among themselves. Of each attribute that row counts that is the first of
// [Policy.Precedence] to fit; an exception stands before what it is an exception from.
// Where none fits all sources are equal. Of the looks of equals the newest counts, of two
// at the same time the one reported last.
//
// A higher source sets the value, though a lower one looked later. A lower one does not
// while the higher one has looked within Yields: what it saw is kept beside the value,
// see [Look]. When the higher one has not looked for so long, whether or not others saw
// the same, the next look of anyone lets the highest that is left set it. Time counts
// from look to look: looks at different times come to the same value in whatever order
// they are reported. Since when it is so, and what stands beside it, do hang on that: an
// older look than is known of a source, or of its equal, says nothing.
//
// Which row counts is asked when a look is reported, of the class that the CI is of then:
// under another class or policy nothing changes before the next look.
//
// What people say is always set, whatever the order, and what was seen before says nothing
// any more, even if it is reported later. ByHand says for how much it counts from then
// on: a correction that the next scan is not to overwrite ranks above the scan, and is let
// go by taking the value away by hand. Like the rest it yields. What a CI is registered
// with is no correction: it counts as a look of then, and a higher source may have looked
// before.
//
// Controlled attributes have no precedence: any difference that is seen is a [Drift],
// and is not outvoted (R20).
type Precedence struct {
	Class      string    // and what descends from it; "": every class
	Attributes []string  // of the class, or name, environment and version; none: all that are observed
	Sources    []string  // the highest first; at least one
	Yields     itsm.Wait // since its last look; zero: never
}

// rank is the place of a source, 0 the highest.
func (r *Precedence) rank(source string) int {
	if at := slices.Index(r.Sources, source); at >= 0 {
		return at
	}
	return len(r.Sources)
}

// fits reports whether the row is about an attribute of a class.
func (r *Precedence) fits(m *Model, class, attribute string) bool {
	return (r.Class == "" || m.IsA(class, r.Class)) && (len(r.Attributes) == 0 || slices.Contains(r.Attributes, attribute))
}

// precedence is the row that counts of an attribute; nil: all sources are equal.
func (p *Policy) precedence(class, attribute string) *Precedence {
	for i := range p.Precedence {
		if r := &p.Precedence[i]; r.fits(p.Model, class, attribute) {
			return r
		}
	}
	return nil
}

// checkPrecedence refuses rows that make no sense, or that never count.
func (p *Policy) checkPrecedence() error {
	if p.Model == nil {
		return nil
	}
	var wrong []error
	complain := func(at, format string, args ...any) {
		wrong = append(wrong, &itsm.FieldError{Field: at, Problem: fmt.Sprintf(format, args...)})
	}
	for i, r := range p.Precedence {
		at := fmt.Sprintf("precedence[%d]", i)
		wrong = append(wrong, itsm.CheckChoices(at+".attributes", r.Attributes), itsm.CheckChoices(at+".sources", r.Sources), checkWait(at+".yields", r.Yields))
		if len(r.Sources) == 0 {
			complain(at+".sources", "is empty; name the highest")
		}
		if _, known := p.Model.classAt[r.Class]; !known && r.Class != "" {
			complain(at+".class", "%s is no class", itsm.Quoted(r.Class))
			continue
		}
		for j, name := range r.Attributes {
			if problem := p.never(i, name); problem != "" {
				complain(fmt.Sprintf("%s.attributes[%d]", at, j), "%s", problem)
			}
		}
		if len(r.Attributes) == 0 {
			if problem := p.never(i, append(observable(), p.Model.AttributeNames()...)...); problem != "" {
				complain(at, "%s", problem)
			}
		}
	}
	return errors.Join(wrong...)
}

// never says why a row counts of none of the attributes in any class; nothing if it
// does.
func (p *Policy) never(row int, attributes ...string) string {
	has, sees := false, false
	for _, class := range p.Model.concrete() {
		for _, name := range attributes {
			if !p.Precedence[row].fits(p.Model, class, name) || !slices.Contains(observable(), name) && p.Model.rulesOf(class).find(name) == nil {
				continue
			}
			has = true
			if p.controlled(class, name) {
				continue
			}
			sees = true
			if p.precedence(class, name) == &p.Precedence[row] {
				return ""
			}
		}
	}
	switch {
	case !has:
		return "no class that it is about has it"
	case !sees:
		return "is controlled: what any source sees of it is a drift (R20)"
	}
	return "the rows before it say that already"
}
