package incident

import (
	"errors"
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
)

// Policy is what differs from host to host. [Process] copies it. In a policy of
// one's own every zero value means zero or none: start from [DefaultPolicy].
type Policy struct {
	Agents   []itsm.Role // who may work on incidents
	Managers []itsm.Role // who may besides run major incidents, cancel and close

	Matrix     itsm.Matrix
	Categories map[string][]string // category → its subcategories; empty: any
	Sources    []string            // empty: any
	Codes      []string            // of resolutions; empty: any
	Criteria   []string            // for a major incident; empty: any
	Custom     itsm.CustomFields

	// Belongs says whether a person is in a group. Nil: not known, anybody is
	// taken.
	Belongs func(group, person string) bool

	// Window is how long after the last resolution an incident may be reopened;
	// then it closes by itself (R13).
	Window itsm.Wait

	// A hold is reviewed after HoldReview unless the command says otherwise, and
	// never later than after HoldLimit; for the same reason it is extended at most
	// Extensions times (R11).
	HoldReview itsm.Wait
	HoldLimit  itsm.Wait
	Extensions int
}

// The roles of [DefaultPolicy]. A manager is not by that an agent.
const (
	Agent   itsm.Role = "incident.agent"
	Manager itsm.Role = "incident.manager"
)

// Caller is the relational role of whom the incident concerns; anybody is the
// caller of an incident still to be reported.
const Caller itsm.Role = "caller"

// DefaultPolicy has the usual matrix, takes any category, source and code, closes
// five days after resolution, reviews a hold after seven days, at the latest after
// thirty, and extends it three times. Its days are of 24 hours; give the waits a
// Calendar for business days.
func DefaultPolicy() *Policy {
	return &Policy{
		Agents:   []itsm.Role{Agent},
		Managers: []itsm.Role{Manager},
		Matrix:   itsm.DefaultMatrix(),
		Criteria: []string{
			"critical service unavailable",
			"many users affected",
			"financial, legal or reputational damage",
			"safety or security at risk",
		},
		Window:     itsm.Wait{Days: 5},
		HoldReview: itsm.Wait{Days: 7},
		HoldLimit:  itsm.Wait{Days: 30},
		Extensions: 3,
	}
}

// check refuses a policy under which the process could not run.
func (p *Policy) check() error {
	wrong := []error{p.Matrix.Check("matrix")}
	complain := func(field, problem string) {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: problem})
	}
	if len(p.Agents) == 0 {
		complain("agents", "is empty; name a role that may work on incidents")
	}
	if len(p.Managers) == 0 {
		complain("managers", "is empty; name a role that may run major incidents")
	}
	for _, w := range []struct {
		field string
		wait  itsm.Wait
	}{{"window", p.Window}, {"hold_review", p.HoldReview}, {"hold_limit", p.HoldLimit}} {
		if w.wait.Days < 0 || w.wait.Time < 0 {
			complain(w.field, "is negative")
		} else if w.wait.Days == 0 && w.wait.Time == 0 {
			complain(w.field, "is zero; give days or time")
		}
	}
	if p.Extensions < 0 {
		complain("extensions", fmt.Sprintf("is %d; give 0 or more", p.Extensions))
	}
	names := make(map[string]bool)
	for i, f := range p.Custom {
		field := fmt.Sprintf("custom[%d]", i)
		switch {
		case f.Name == "" || names[f.Name]:
			complain(field+".name", fmt.Sprintf("%q is empty or used before", f.Name))
		case !slices.Contains(itsm.Types(), f.Type):
			complain(field+".type", fmt.Sprintf("%q is no type of value", f.Type))
		}
		names[f.Name] = true
	}
	return errors.Join(wrong...)
}

// priority is the matrix's, or the override asked for (R10).
func (p *Policy) priority(impact, urgency itsm.Level, override itsm.Priority) (itsm.Priority, error) {
	derived, err := p.Matrix.Of(impact, urgency)
	if err != nil || override == 0 {
		return derived, err
	}
	return override, nil
}

// checkCategory refuses a category or subcategory that the policy does not list.
func (p *Policy) checkCategory(category, subcategory string) error {
	if len(p.Categories) == 0 || category == "" && subcategory == "" {
		return nil
	}
	subs, known := p.Categories[category]
	if !known {
		return &itsm.FieldError{Field: "category", Problem: fmt.Sprintf("%q is not in the policy", category)}
	}
	if subcategory != "" && len(subs) > 0 && !slices.Contains(subs, subcategory) {
		return &itsm.FieldError{Field: "subcategory", Problem: fmt.Sprintf("%q is not one of %q", subcategory, category)}
	}
	return nil
}

// belongs reports whether a person may be assigned within a group.
func (p *Policy) belongs(group, person string) bool {
	return p.Belongs == nil || person == "" || p.Belongs(group, person)
}

// clone copies the policy so that later edits of the host's do not reach the
// rules built from it.
func (p *Policy) clone() *Policy {
	c := *p
	c.Agents, c.Managers = slices.Clone(p.Agents), slices.Clone(p.Managers)
	c.Sources, c.Codes, c.Criteria = slices.Clone(p.Sources), slices.Clone(p.Codes), slices.Clone(p.Criteria)
	c.Custom = slices.Clone(p.Custom)
	c.Matrix = p.Matrix.Clone()
	if p.Categories != nil {
		c.Categories = make(map[string][]string, len(p.Categories))
		for name, subs := range p.Categories {
			c.Categories[name] = slices.Clone(subs)
		}
	}
	return &c
}
