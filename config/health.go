package config

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Aspect is what a [Measure] counts.
type Aspect string

// The aspects of health. Those of CIs count the ones that are neither retired nor
// disposed of, by class; those of relations the ones that are not over, by type, and
// active are those that are more than proposed. What a state means, [Policy.Phase] says.
const (
	Orphaned   Aspect = "without relations"
	Stale      Aspect = "not seen for long"           // of those in use or on the way there, see [HealthRules]
	Duplicated Aspect = "not told apart"              // of those with the attributes that tell them apart
	Incomplete Aspect = "required missing"            // of those whose class requires an attribute
	Sparse     Aspect = "recommended missing"         // of those whose class recommends one
	Unowned    Aspect = "service without owner"       // of services (R21)
	Unmet      Aspect = "needs more than there are"   // of those that need some of a group of suppliers: one of the groups has fewer that are not out of use, as a [Graph] counts them
	Dangling   Aspect = "relation dangles"            // an end is no CI, or disposed of
	Outlived   Aspect = "relation to what is retired" // an end is retired
	Unsighted  Aspect = "relation not seen for long"  // of active ones, see [HealthRules]
	Mismatched Aspect = "relation does not fit"       // the model knows no such type, or not between these classes or with these attributes
	Repeated   Aspect = "relation said twice"         // another says the same
	Overfull   Aspect = "too many relations"          // of active ones of a type with a limit: more than it allows lead from or to one CI
	Cyclic     Aspect = "cycle that is not declared"  // of active ones along which loss travels: it is on a cycle and its type does not say that cycles are meant (R22)
)

// HealthAspects lists the aspects of [HealthOf].
func HealthAspects() []Aspect {
	return []Aspect{Orphaned, Stale, Duplicated, Incomplete, Sparse, Unowned, Unmet, Dangling, Outlived, Unsighted, Mismatched, Repeated, Overfull, Cyclic}
}

// HealthRules is what differs from host to host in what is healthy.
type HealthRules struct {
	Policy *Policy // nil: [DefaultPolicy]

	// Unseen is how long a CI may go without being seen or verified before it is
	// stale, and a relation without being seen; what never was counts from its
	// registration. Zero: for ever.
	Unseen itsm.Wait

	// Identities say by what CIs are told apart besides the identifiers of the model:
	// two are taken to be the same if one of all these does not tell them apart.
	Identities []Identity
}

// DefaultHealthRules has the default policy. A CI is stale after 30 days, and is told
// apart from others of its class by its name, besides what the model says.
func DefaultHealthRules() *HealthRules {
	return &HealthRules{
		Unseen:     itsm.Wait{Days: 30},
		Identities: []Identity{{Attributes: []string{nameName}}},
	}
}

// check refuses rules that ask for what the model does not have.
func (r *HealthRules) check(m *Model) error {
	if err := checkWait("unseen", r.Unseen); err != nil {
		return err
	}
	for i, identity := range r.Identities {
		at := fmt.Sprintf("identities[%d]", i)
		if _, known := m.classAt[identity.Class]; !known && identity.Class != "" {
			return &itsm.FieldError{Field: at + ".class", Problem: fmt.Sprintf("%s is no class", shown(itsm.TextValue(identity.Class)))}
		}
		if len(identity.Attributes) == 0 {
			return &itsm.FieldError{Field: at + ".attributes", Problem: "is empty; name one"}
		}
		for n, name := range identity.Attributes {
			if !slices.Contains(OwnAttributes(), name) && !m.has(identity.Class, name) {
				return &itsm.FieldError{Field: fmt.Sprintf("%s.attributes[%d]", at, n), Problem: fmt.Sprintf("%s is no attribute of the class", shown(itsm.TextValue(name)))}
			}
		}
	}
	return nil
}

// has reports whether a class, or for "" any, has an attribute.
func (m *Model) has(class, attribute string) bool {
	if class == "" {
		return slices.Contains(m.AttributeNames(), attribute)
	}
	return m.rulesOf(class).find(attribute) != nil
}

// Health is how sound the records of an estate are at a time.
type Health struct {
	At       time.Time `json:"at"`
	Measures []Measure `json:"measures"` // as [HealthAspects]
}

// HealthOf measures the CIs and relations of an estate, as the registers give them,
// at a time. Nil rules mean [DefaultHealthRules].
func HealthOf(rules *HealthRules, cis iter.Seq[*CI], relations iter.Seq[*Relation], at time.Time) (*Health, error) {
	if rules == nil {
		rules = DefaultHealthRules()
	}
	policy, err := prepared(rules.Policy)
	if err != nil {
		return nil, err
	}
	if err := rules.check(policy.Model); err != nil {
		return nil, err
	}
	if err := itsm.CheckTime("at", at); err != nil {
		return nil, err
	}
	e := examination{rules: rules, policy: policy, model: policy.Model, at: at, ends: make(map[uuid.UUID]*CI), tallies: make(map[Aspect]*reckoning)}
	for _, a := range HealthAspects() {
		e.tallies[a] = newReckoning(a)
	}
	e.read(cis, relations)
	e.examineCIs()
	if err := e.examineRelations(); err != nil {
		return nil, err
	}
	h := &Health{At: itsm.Normal(at)}
	for _, a := range HealthAspects() {
		h.Measures = append(h.Measures, e.tallies[a].measure(nil))
	}
	return h, nil
}

// Measure is the measure of an aspect; without data when it is not one of health.
func (h *Health) Measure(a Aspect) Measure {
	for _, m := range h.Measures {
		if m.Aspect == a {
			return m
		}
	}
	return Measure{Aspect: a}
}

// String is the measures, one a line, with one for each class or type.
func (h *Health) String() string {
	var b strings.Builder
	for _, m := range h.Measures {
		b.WriteString(m.String())
	}
	return b.String()
}
