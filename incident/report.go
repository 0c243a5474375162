package incident

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Report records a new incident.
type Report struct {
	Title          string                `json:"title"`
	Description    string                `json:"description,omitzero"`
	Caller         string                `json:"caller,omitzero"` // whom it concerns; left out by one who is no agent: himself
	Source         string                `json:"source,omitzero"` // needed when there is no caller
	Service        itsm.Ref              `json:"service,omitzero"`
	ServiceUnknown bool                  `json:"service_unknown,omitzero"` // said instead of a service
	Category       string                `json:"category,omitzero"`
	Subcategory    string                `json:"subcategory,omitzero"`
	Impact         itsm.Level            `json:"impact"`
	Urgency        itsm.Level            `json:"urgency"`
	Detected       time.Time             `json:"detected,omitzero"` // when it was noticed; zero: at the report
	CIs            []itsm.Ref            `json:"cis,omitempty"`
	Watchers       []string              `json:"watchers,omitempty"`
	Custom         map[string]itsm.Value `json:"custom,omitempty"`

	// Group and To say whose it is from the start, as dispatch rules do; only
	// agents and the system may. Without them somebody has to [Assign] it.
	Group string `json:"group,omitzero"`
	To    string `json:"to,omitzero"`

	Priority itsm.Priority `json:"priority,omitzero"` // filled in by the decision
}

// report completes the command with the caller, the detection and the priority.
func (p *Policy) report(_ *Incident, c Report, s itsm.Stamp) (Report, error) {
	c.Watchers, c.CIs, c.Custom = slices.Clone(c.Watchers), slices.Clone(c.CIs), maps.Clone(c.Custom)
	onBehalf := s.By.Has(p.Agents...) || s.By.Has(itsm.SystemRole)
	if c.Caller == "" && !onBehalf {
		c.Caller = s.By.ID
	}
	if c.Caller != s.By.ID && !onBehalf {
		return c, itsm.Refuse("on behalf", "only an agent reports for somebody else; leave the caller out")
	}
	if c.Group != "" && !onBehalf {
		return c, itsm.Refuse("on behalf", "only an agent says whose it is; leave the group out")
	}
	if c.Group != "" && !p.belongs(c.Group, c.To) {
		return c, &itsm.FieldError{Field: "to", Problem: itsm.Quoted(c.To) + " does not belong to the group " + itsm.Quoted(c.Group)}
	}
	c.Detected = itsm.Normal(c.Detected)
	if c.Detected.IsZero() {
		c.Detected = s.At
	}
	var wrong []error
	if c.Source != "" {
		wrong = append(wrong, itsm.CheckOneOf("source", c.Source, p.Sources))
	}
	priority, err := p.Matrix.Of(c.Impact, c.Urgency)
	c.Priority = priority
	wrong = append(wrong, err, p.checkCategory(c.Category, c.Subcategory), p.Custom.Check(c.Custom))
	return c, errors.Join(wrong...)
}

// Check asks for a title, a caller or a source, a service or the word that it is
// unknown, impact and urgency.
func (c Report) Check(_ *Incident, s itsm.Stamp) error {
	wrong := []error{
		itsm.CheckLine("title", c.Title),
		itsm.CheckOptional(itsm.CheckText, "description", c.Description),
		itsm.CheckOptional(itsm.CheckLine, "caller", c.Caller),
		itsm.CheckTime("detected", c.Detected),
		itsm.CheckOptional(itsm.CheckLine, "group", c.Group),
		itsm.CheckOptional(itsm.CheckLine, "to", c.To),
		checkPriority(c.Priority),
	}
	if c.To != "" && c.Group == "" {
		wrong = append(wrong, &itsm.FieldError{Field: "group", Problem: "is missing; a person has it within a group"})
	}
	if c.Caller == "" && c.Source == "" {
		wrong = append(wrong, &itsm.FieldError{Field: "caller", Problem: "is missing, and so is the source; give one of them"})
	}
	switch {
	case c.Service.IsZero() && !c.ServiceUnknown:
		wrong = append(wrong, &itsm.FieldError{Field: "service", Problem: "is missing; if it is unknown, say so with service_unknown"})
	case !c.Service.IsZero() && c.ServiceUnknown:
		wrong = append(wrong, &itsm.FieldError{Field: "service_unknown", Problem: "is said although a service is given"})
	case !c.Service.IsZero():
		wrong = append(wrong, c.Service.Check("service"))
	}
	if c.Detected.After(s.At) {
		wrong = append(wrong, &itsm.FieldError{Field: "detected", Problem: "lies after the report itself"})
	}
	for i, ci := range c.CIs {
		wrong = append(wrong, ci.Check(fmt.Sprintf("cis[%d]", i)))
	}
	for i, w := range c.Watchers {
		wrong = append(wrong, itsm.CheckLine(fmt.Sprintf("watchers[%d]", i), w))
	}
	return errors.Join(wrong...)
}

// Apply makes it a new incident.
func (c Report) Apply(inc *Incident, s itsm.Stamp) {
	inc.Title, inc.Caller, inc.Reporter, inc.Source = c.Title, c.Caller, s.By.ID, c.Source
	inc.Service, inc.ServiceUnknown = c.Service, c.ServiceUnknown
	inc.Category, inc.Subcategory = c.Category, c.Subcategory
	inc.Impact, inc.Urgency, inc.Priority = c.Impact, c.Urgency, c.Priority
	inc.Times.Detected = c.Detected
	inc.Group, inc.Assignee = c.Group, c.To
	if c.Group != "" {
		inc.Times.Assigned = s.At
	}
	inc.Custom = itsm.Merge(nil, c.Custom)
	for _, ci := range c.CIs {
		inc.CIs = withCI(inc.CIs, AffectedCI{ci, Manual})
	}
	for _, w := range c.Watchers {
		inc.Watchers = with(inc.Watchers, w)
	}
}

// FollowUp opens a new incident that follows up a closed one, when it is too late
// to reopen it (R13). What it does not say is taken over from the closed one.
type FollowUp struct {
	Of      uuid.UUID  `json:"of"`
	Reason  string     `json:"reason"`
	Title   string     `json:"title,omitzero"`
	Impact  itsm.Level `json:"impact,omitzero"`
	Urgency itsm.Level `json:"urgency,omitzero"`

	// Filled in by the decision.
	Caller         string                `json:"caller,omitzero"`
	Source         string                `json:"source,omitzero"`
	Service        itsm.Ref              `json:"service,omitzero"`
	ServiceUnknown bool                  `json:"service_unknown,omitzero"`
	Category       string                `json:"category,omitzero"`
	Subcategory    string                `json:"subcategory,omitzero"`
	CIs            []AffectedCI          `json:"cis,omitempty"`
	Custom         map[string]itsm.Value `json:"custom,omitempty"`
	Priority       itsm.Priority         `json:"priority,omitzero"`
}

// followUp completes the command with what the closed incident says.
func (p *Policy) followUp(_ *Incident, c FollowUp, s itsm.Stamp, near []*Incident) (FollowUp, error) {
	old := find(near, c.Of)
	if old == nil {
		return c, &itsm.FieldError{Field: "of", Problem: fmt.Sprintf("%s is no incident", c.Of)}
	}
	if old.Solution == nil || old.Times.Closed.IsZero() {
		return c, itsm.Refuse("R13", "%s is %s; only a closed incident is followed up", old.Number, old.State)
	}
	if !s.By.Has(p.Agents...) && s.By.ID != old.Caller {
		return c, itsm.Refuse("R13", "only an agent or its caller follows up %s", old.Number)
	}
	c.Title = cmp.Or(c.Title, old.Title)
	c.Impact, c.Urgency = cmp.Or(c.Impact, old.Impact), cmp.Or(c.Urgency, old.Urgency)
	c.Caller, c.Source = old.Caller, old.Source
	c.Service, c.ServiceUnknown = old.Service, old.ServiceUnknown
	c.Category, c.Subcategory = old.Category, old.Subcategory
	c.CIs, c.Custom = slices.Clone(old.CIs), itsm.Merge(nil, old.Custom)
	priority, err := p.Matrix.Of(c.Impact, c.Urgency)
	c.Priority = priority
	return c, err
}

// Check asks for a reason.
func (c FollowUp) Check(*Incident, itsm.Stamp) error {
	return errors.Join(itsm.CheckText("reason", c.Reason), itsm.CheckLine("title", c.Title), checkPriority(c.Priority))
}

// Apply makes it a new incident that links the closed one.
func (c FollowUp) Apply(inc *Incident, s itsm.Stamp) {
	inc.Follows = c.Of
	inc.Title, inc.Caller, inc.Reporter, inc.Source = c.Title, c.Caller, s.By.ID, c.Source
	inc.Service, inc.ServiceUnknown = c.Service, c.ServiceUnknown
	inc.Category, inc.Subcategory = c.Category, c.Subcategory
	inc.Impact, inc.Urgency, inc.Priority = c.Impact, c.Urgency, c.Priority
	inc.CIs, inc.Custom = slices.Clone(c.CIs), itsm.Merge(nil, c.Custom)
	inc.Times.Detected = s.At
}

// Classify changes what was said at the report; what is left zero stays as it is,
// except that another category comes without the old subcategory, and that giving
// impact or urgency, even the same, puts an override aside.
type Classify struct {
	Title       string                `json:"title,omitzero"`
	Service     itsm.Ref              `json:"service,omitzero"`
	Category    string                `json:"category,omitzero"`
	Subcategory string                `json:"subcategory,omitzero"`
	Impact      itsm.Level            `json:"impact,omitzero"`
	Urgency     itsm.Level            `json:"urgency,omitzero"`
	Override    itsm.Priority         `json:"override,omitzero"` // a priority other than the matrix's (R10)
	Reason      string                `json:"reason,omitzero"`   // why; needed with Override
	Custom      map[string]itsm.Value `json:"custom,omitempty"`  // null removes a field

	Priority itsm.Priority `json:"priority,omitzero"` // filled in by the decision
}

// classify completes the command to what the record will say. What it leaves as it
// is, it leaves alone: a record graded or categorised under an earlier policy can
// still be given another title.
func (p *Policy) classify(inc *Incident, c Classify, _ itsm.Stamp) (Classify, error) {
	c.Custom = maps.Clone(c.Custom)
	var wrong []error
	if c.Impact != "" || c.Urgency != "" || c.Override != 0 || c.Reason != "" {
		c.Impact, c.Urgency = cmp.Or(c.Impact, inc.Impact), cmp.Or(c.Urgency, inc.Urgency)
		derived, err := p.Matrix.Of(c.Impact, c.Urgency)
		c.Priority = cmp.Or(c.Override, derived)
		wrong = append(wrong, err)
	} else {
		c.Impact, c.Urgency, c.Priority = inc.Impact, inc.Urgency, inc.Priority
		if inc.Override != "" {
			c.Override, c.Reason = inc.Priority, inc.Override
		}
	}
	if c.Category == "" {
		c.Category = inc.Category
		c.Subcategory = cmp.Or(c.Subcategory, inc.Subcategory)
	}
	if c.Category != inc.Category || c.Subcategory != inc.Subcategory {
		wrong = append(wrong, p.checkCategory(c.Category, c.Subcategory))
	}
	wrong = append(wrong, p.Custom.Check(c.Custom))
	return c, errors.Join(wrong...)
}

// Check asks that an override has a reason (R10) and stands alone with it.
func (c Classify) Check(*Incident, itsm.Stamp) error {
	wrong := []error{itsm.CheckOptional(itsm.CheckLine, "title", c.Title)}
	if !c.Service.IsZero() {
		wrong = append(wrong, c.Service.Check("service"))
	}
	switch {
	case c.Override == 0 && c.Reason != "":
		wrong = append(wrong, &itsm.FieldError{Field: "override", Problem: "is missing; a reason is for one"})
	case c.Override != 0 && !c.Override.IsValid():
		wrong = append(wrong, &itsm.FieldError{Field: "override", Problem: fmt.Sprintf("is %d; give 1 to %d", int(c.Override), itsm.MaxPriority)})
	case c.Override != 0 && c.Reason == "":
		wrong = append(wrong, &itsm.FieldError{Field: "reason", Problem: "is missing; an override says why (R10)"})
	case c.Override != 0:
		wrong = append(wrong, itsm.CheckLine("reason", c.Reason))
	default:
		wrong = append(wrong, checkPriority(c.Priority))
	}
	return errors.Join(wrong...)
}

// Apply changes the classification.
func (c Classify) Apply(inc *Incident, _ itsm.Stamp) {
	if c.Title != "" {
		inc.Title = c.Title
	}
	if !c.Service.IsZero() {
		inc.Service, inc.ServiceUnknown = c.Service, false
	}
	inc.Category, inc.Subcategory = c.Category, c.Subcategory
	inc.Impact, inc.Urgency, inc.Priority, inc.Override = c.Impact, c.Urgency, c.Priority, c.Reason
	inc.Custom = itsm.Merge(inc.Custom, c.Custom)
}

// checkPriority asks for what the decision derives (R10); only a row of a host's
// own, made without the process's decision, can lack it.
func checkPriority(p itsm.Priority) error {
	if !p.IsValid() {
		return &itsm.FieldError{Field: "priority", Problem: "is missing; the decision of the process's own row derives it"}
	}
	return nil
}

// aroundFollowUp asks for the incident that is followed up.
func aroundFollowUp(_ *Incident, c FollowUp, near []*Incident) []itsm.Selection[Incident] {
	if len(near) > 0 {
		return nil
	}
	return []itsm.Selection[Incident]{{IDs: []uuid.UUID{c.Of}}}
}
