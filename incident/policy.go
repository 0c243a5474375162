package incident

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/itsmkit/itsm"
)

// Policy is what differs from host to host. [Process] copies it; Belongs and the
// calendars of the waits it keeps, to be called from several goroutines. In a
// policy of one's own every zero value means zero or none: start from
// [DefaultPolicy].
type Policy struct {
	Agents   []itsm.Role // who may work on incidents
	Managers []itsm.Role // who may besides run major incidents, cancel and close

	Matrix     itsm.Matrix
	Categories map[string][]string // category → its subcategories; an empty map or list: any
	Sources    []string            // empty: any
	Codes      []string            // of resolutions; empty: any
	Criteria   []string            // for a major incident; empty: any
	Custom     itsm.CustomFields

	// Belongs says whether a person is in a group. Nil: not known, anybody is
	// taken.
	Belongs func(group, person string) bool

	// Window is how long after the last resolution an incident may be reopened;
	// then it closes by itself (R13). Like the other waits it is more than zero
	// and at most a hundred years.
	Window itsm.Wait

	// A hold is reviewed after HoldReview unless the command says otherwise, and
	// never later than HoldLimit from then; it is extended at most Extensions times,
	// whatever it is for (R11).
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
	wrong = append(wrong,
		itsm.CheckRoles("agents", p.Agents, Caller), itsm.CheckRoles("managers", p.Managers, Caller),
		itsm.CheckChoices("sources", p.Sources), itsm.CheckChoices("codes", p.Codes), itsm.CheckChoices("criteria", p.Criteria),
		p.Window.Check("window"), p.HoldReview.Check("hold_review"), p.HoldLimit.Check("hold_limit"))
	for _, name := range slices.Sorted(maps.Keys(p.Categories)) {
		wrong = append(wrong, itsm.CheckLine("categories", name), itsm.CheckChoices("categories."+name, p.Categories[name]))
	}
	if p.Extensions < 0 {
		complain("extensions", fmt.Sprintf("is %d; give 0 or more", p.Extensions))
	}
	taken := make(map[string]bool)
	for _, f := range ownFields(p) {
		taken[f.Name] = true
	}
	for i, f := range p.Custom {
		field := fmt.Sprintf("custom[%d]", i)
		switch {
		case itsm.CheckLine(field, f.Name) != nil || taken[f.Name]:
			complain(field+".name", itsm.Quoted(f.Name)+" is no name, or one in use")
		case !slices.Contains(itsm.Types(), f.Type):
			complain(field+".type", itsm.Quoted(f.Type)+" is none of: "+itsm.Listed(itsm.Types()))
		}
		for j, v := range f.Domain {
			wrong = append(wrong, f.Check(fmt.Sprintf("%s.domain[%d]", field, j), v))
		}
		taken[f.Name] = true
	}
	return errors.Join(wrong...)
}

// checkCategory refuses a category or subcategory that the policy does not list.
func (p *Policy) checkCategory(category, subcategory string) error {
	err := errors.Join(itsm.CheckOptional(itsm.CheckLine, "category", category), itsm.CheckOptional(itsm.CheckLine, "subcategory", subcategory))
	if err != nil || len(p.Categories) == 0 || category == "" && subcategory == "" {
		return err
	}
	subs, known := p.Categories[category]
	if !known {
		return itsm.CheckOneOf("category", category, slices.Sorted(maps.Keys(p.Categories)))
	}
	if subcategory != "" && len(subs) > 0 {
		return itsm.CheckOneOf("subcategory", subcategory, subs)
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
	for i, f := range c.Custom {
		c.Custom[i].Domain = slices.Clone(f.Domain)
	}
	c.Matrix = p.Matrix.Clone()
	if p.Categories != nil {
		c.Categories = make(map[string][]string, len(p.Categories))
		for name, subs := range p.Categories {
			c.Categories[name] = slices.Clone(subs)
		}
	}
	return &c
}
