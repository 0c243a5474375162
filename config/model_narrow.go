package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// attributeFault is what is wrong with a part of an attribute.
type attributeFault func(part, format string, args ...any)

// checkForm refuses a declaration that makes no sense in itself.
func (a *Attribute) checkForm(fault attributeFault) {
	switch {
	case itsm.CheckLine("name", a.Name) != nil:
		fault("name", "%q is no name; give one line of text", a.Name)
	case strings.Contains(a.Name, ":"):
		fault("name", "%q holds a colon; it parts the names of facts", a.Name)
	}
	if !slices.Contains(itsm.Types(), a.Type) {
		fault("type", "%q is no type of value; give one of: %s", a.Type, itsm.Listed(itsm.Types()))
		return
	}
	for _, err := range []error{itsm.CheckChoices("required_at", a.RequiredAt), itsm.CheckChoices("recommended_at", a.RecommendedAt)} {
		if wrong, is := err.(*itsm.FieldError); is {
			fault(wrong.Field, "%s", wrong.Problem)
		}
	}
	a.checkPlaceholders(fault)
	ordered := a.Type == itsm.Number || a.Type == itsm.Instant || a.Type == itsm.Span
	for _, bound := range []struct {
		part  string
		value itsm.Value
	}{{"from", a.From}, {"below", a.Below}} {
		switch {
		case bound.value.IsZero():
		case !ordered:
			fault(bound.part, "is for numbers, instants and spans, not for values of type %s", a.Type)
		case bound.value.Type() != a.Type:
			fault(bound.part, "is of type %s; give one of type %s", bound.value.Type(), a.Type)
		}
	}
	if a.Pattern != "" && a.Type != itsm.Text {
		fault("pattern", "is for texts, not for values of type %s", a.Type)
	}
	if len(a.Refers) > 0 && a.Type != itsm.Reference {
		fault("refers", "is for references, not for values of type %s", a.Type)
	}
	if len(a.Classes) > 0 && a.Type != itsm.Reference {
		fault("classes", "is for references, not for values of type %s", a.Type)
	}
	if a.Unit != "" && (a.Type != itsm.Number || itsm.CheckLine("unit", a.Unit) != nil) {
		fault("unit", "%q is no unit of a number", a.Unit)
	}
	for i, kind := range a.Refers {
		if itsm.CheckLine("kind", kind) != nil || strings.Contains(kind, ":") {
			fault(fmt.Sprintf("refers[%d]", i), "%q is no kind of record", kind)
		}
	}
	if len(a.Classes) > 0 && len(a.Refers) > 0 && !slices.Contains(a.Refers, Kind) {
		fault("classes", "says which CIs it may refer to, and it may refer to none; add %q to refers", Kind)
	}
}

// narrowed is what a class makes of an attribute that it inherits: what it leaves
// out stays, what it gives may only allow less.
func (a Attribute) narrowed(of Attribute, class string, isA func(class, ancestor string) bool, fault attributeFault) Attribute {
	if a.Type != of.Type {
		fault("type", "is %s; the class %q declares it as %s", a.Type, class, of.Type)
		return of
	}
	a.Required = a.Required || of.Required
	a.Recommended = a.Recommended || of.Recommended
	a.RequiredAt, a.RecommendedAt = union(of.RequiredAt, a.RequiredAt), union(of.RecommendedAt, a.RecommendedAt)
	a.Placeholders = a.morePlaceholders(of.Placeholders)
	a.Controlled = a.Controlled || of.Controlled
	a.Indexed = a.Indexed || of.Indexed
	switch {
	case len(a.Domain) == 0:
		a.Domain = of.Domain
	case len(of.Domain) > 0:
		for i, v := range a.Domain {
			if !slices.ContainsFunc(of.Domain, v.Equal) {
				fault(fmt.Sprintf("domain[%d]", i), "%s is not allowed by the class %q", shown(v), class)
			}
		}
	}
	if a.Pattern == "" {
		a.Pattern = of.Pattern
	} else if of.Pattern != "" && a.Pattern != of.Pattern {
		fault("pattern", "differs from that of the class %q, %s; of two patterns none can be shown to allow less", class, of.Pattern)
	}
	if a.Unit == "" {
		a.Unit = of.Unit
	} else if a.Unit != of.Unit {
		fault("unit", "is %q; the class %q has %q", a.Unit, class, of.Unit)
	}
	if a.From.IsZero() {
		a.From = of.From
	} else if !of.From.IsZero() && a.From.Compare(of.From) < 0 {
		fault("from", "is %s; the class %q allows %s or more", a.From, class, of.From)
	}
	if a.Below.IsZero() {
		a.Below = of.Below
	} else if !of.Below.IsZero() && a.Below.Compare(of.Below) > 0 {
		fault("below", "is %s; the class %q allows less than %s", a.Below, class, of.Below)
	}
	a.Refers = narrowedNames(a.Refers, of.Refers, "refers", class, func(x, y string) bool { return x == y }, fault)
	a.Classes = narrowedNames(a.Classes, of.Classes, "classes", class, isA, fault)
	return a
}

// union is a list with what the other has besides.
func union(list, more []itsm.Level) []itsm.Level {
	list = slices.Clone(list)
	for _, level := range more {
		if !slices.Contains(list, level) {
			list = append(list, level)
		}
	}
	return list
}

func narrowedNames(list, of []string, part, class string, within func(x, y string) bool, fault attributeFault) []string {
	if len(list) == 0 {
		return of
	}
	for i, x := range list {
		if len(of) > 0 && !slices.ContainsFunc(of, func(y string) bool { return within(x, y) }) {
			fault(fmt.Sprintf("%s[%d]", part, i), "%q is not allowed by the class %q", x, class)
		}
	}
	return list
}

// narrowDomain leaves of an inherited domain what the rest allows.
func (r *rule) narrowDomain(class string, fault attributeFault) {
	all := *r
	all.Domain = nil
	var kept []itsm.Value
	for _, v := range r.Domain {
		if all.check(r.Name, v) == nil {
			kept = append(kept, v)
		}
	}
	if len(r.Domain) > 0 && len(kept) == 0 {
		fault("domain", "has nothing left: what is said here allows no value of the class %q", class)
	}
	r.Domain = kept
}

// checkValues refuses a range that nothing is in, and values of the domain that
// are doubled or outside what else is declared.
func (r *rule) checkValues(fault attributeFault) {
	if !r.From.IsZero() && !r.Below.IsZero() && r.From.Type() == r.Below.Type() && r.From.Compare(r.Below) >= 0 {
		fault("below", "is %s, and the least value is %s; there is nothing between", r.Below, r.From)
		return
	}
	all := *r
	all.Domain = nil
	for i, v := range r.Domain {
		part := fmt.Sprintf("domain[%d]", i)
		if slices.ContainsFunc(r.Domain[:i], v.Equal) {
			fault(part, "%s is listed before", shown(v))
		} else if err := all.check(part, v); err != nil {
			fault(part, "%s", strings.TrimPrefix(err.Error(), part+": "))
		}
	}
}
