package sla

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// The most that a condition may be made of.
const (
	maxDepth  = 32   // levels
	maxParts  = 1000 // groups and tests
	maxValues = 1000 // in the lists of all tests
)

// Check says everything that is wrong with the condition; path is where it stands,
// and each fault names its own place, "when.all[1].is[0]". Refused are fields that
// are not declared, values that are not of the field or of its domain, groups and
// lists of nothing, values that are there twice, a test that is none or two, an
// empty range, and more than 32 levels, 1,000 groups and tests or 1,000 values.
func (c Condition) Check(schema Schema, path string) error {
	k := checker{schema: schema}
	k.condition(&c, path, 1)
	return errors.Join(k.wrong...)
}

// checker goes through a condition once.
type checker struct {
	schema Schema
	wrong  problems
	parts  int
	values int
}

func (k *checker) condition(c *Condition, path string, depth int) {
	if depth > maxDepth {
		k.wrong.add(place(path), "is more than %d levels deep; write it flatter", maxDepth)
		return
	}
	if k.parts++; k.parts > maxParts {
		k.wrong.add(place(path), "is one too many; a condition has at most %d groups and tests", maxParts)
		return
	}
	k.shape(c, place(path))
	if c.Field != "" {
		k.test(c, path)
	}
	k.group(c.All, below(path, "all"), depth)
	k.group(c.Any, below(path, "any"), depth)
	if c.Not != nil && k.parts <= maxParts {
		k.condition(c.Not, below(path, "not"), depth+1)
	}
}

func (k *checker) group(list []Condition, path string, depth int) {
	if list != nil && len(list) == 0 {
		k.wrong.add(path, "is an empty list; give at least one condition")
	}
	for i := range list {
		if k.parts > maxParts {
			return
		}
		k.condition(&list[i], fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
}

// shape sees to it that a condition is exactly one thing.
func (k *checker) shape(c *Condition, path string) {
	var groups, tests []string
	note := func(list *[]string, name string, is bool) {
		if is {
			*list = append(*list, name)
		}
	}
	note(&groups, "all", c.All != nil)
	note(&groups, "any", c.Any != nil)
	note(&groups, "not", c.Not != nil)
	note(&tests, "is", c.Is != nil)
	note(&tests, "given", c.Given)
	note(&tests, "missing", c.Missing)
	note(&tests, "changed", c.Changed)
	note(&tests, "from or below", c.isRange())
	all := slices.Concat(groups, tests)
	switch {
	case len(all) > 1:
		k.wrong.add(path, "is more than one thing: %s; join conditions by all or any", strings.Join(all, ", "))
	case len(groups) == 1 && c.Field != "":
		k.wrong.add(path, "names a field beside %s; put the test of %s into the group", groups[0], itsm.Quoted(c.Field))
	case len(tests) == 1 && c.Field == "":
		k.wrong.add(path, "is a test of no field; name it")
	case len(all) == 0 && c.Field == "":
		k.wrong.add(path, "is empty; give all, any, not, or the test of a field")
	case len(all) == 0:
		k.wrong.add(path, "does not test %s; give is, given, missing, changed, from or below", itsm.Quoted(c.Field))
	}
}

func (c *Condition) isRange() bool { return !c.From.IsZero() || !c.Below.IsZero() }

// test checks what a field is compared with.
func (k *checker) test(c *Condition, path string) {
	i := k.schema.index(c.Field)
	if i < 0 {
		k.wrong.add(below(path, "field"), "%s", k.schema.undeclared(c.Field))
		return
	}
	if c.Is != nil {
		k.list(&k.schema[i], c.Is, below(path, "is"))
	}
	if c.isRange() {
		k.limits(c, &k.schema[i], path)
	}
}

func (k *checker) list(f *itsm.FieldDef, list []itsm.Value, path string) {
	if len(list) == 0 {
		k.wrong.add(path, "is an empty list; give at least one value")
	}
	if k.values += len(list); k.values > maxValues {
		k.wrong.add(path, "makes it %d values; a condition has at most %d", k.values, maxValues)
		return
	}
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if v.IsZero() {
			k.wrong.add(at, `is a missing value; "missing" asks for that`)
		} else if problem := misfit(f, v); problem != "" {
			k.wrong.add(at, "%s", problem)
		} else if slices.ContainsFunc(list[:i], v.Equal) {
			k.wrong.add(at, "%s is there already", itsm.Quoted(v.String()))
		}
	}
}

// limits checks a range. Its ends need not be in the domain.
func (k *checker) limits(c *Condition, f *itsm.FieldDef, path string) {
	if !isOrdered(f.Type) {
		k.wrong.add(place(path), "is a range of %s, which has the type %s; only a number, an instant or a span has a range", itsm.Quoted(f.Name), f.Type)
		return
	}
	free := itsm.FieldDef{Name: f.Name, Type: f.Type}
	end := func(name string, v itsm.Value) bool {
		problem := ""
		if !v.IsZero() {
			problem = misfit(&free, v)
		}
		if problem != "" {
			k.wrong.add(below(path, name), "%s", problem)
		}
		return problem == "" && !v.IsZero()
	}
	from, to := end("from", c.From), end("below", c.Below)
	if from && to && compare(c.From, c.Below) >= 0 {
		k.wrong.add(below(path, "below"), "is %v, not more than from, %v; nothing lies between", c.Below, c.From)
	}
}

// isOrdered reports whether values of a type have ranges.
func isOrdered(t itsm.Type) bool {
	return t == itsm.Number || t == itsm.Instant || t == itsm.Span
}

// place is a path for messages, when there may be none.
func place(path string) string {
	if path == "" {
		return "condition"
	}
	return path
}
