package incident

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Report records a new incident.
type Report struct {
	Title          string                `json:"title"`
	Description    string                `json:"description,omitzero"`
	Caller         string                `json:"caller,omitzero"` // whom it concerns; whoever reports for himself may leave it out
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

	Priority itsm.Priority `json:"priority,omitzero"` // filled in by the decision
}

func (p *Policy) report(_ *Incident, c Report, s itsm.Stamp) (Report, error) {
	onBehalf := s.By.Has(p.Agents...) || s.By.Has(itsm.SystemRole)
	if c.Caller == "" && !onBehalf {
		c.Caller = s.By.ID
	}
	if c.Caller != s.By.ID && !onBehalf {
		return c, itsm.Refuse("on behalf", "only an agent reports for somebody else; leave the caller out")
	}
	if c.Source != "" {
		if err := itsm.CheckOneOf("source", c.Source, p.Sources); err != nil {
			return c, err
		}
	}
	c.Detected = itsm.Normal(c.Detected)
	if c.Detected.IsZero() {
		c.Detected = s.At
	}
	priority, err := p.priority(c.Impact, c.Urgency, 0)
	c.Priority = priority
	return c, errors.Join(err, p.checkCategory(c.Category, c.Subcategory), p.Custom.Check(c.Custom))
}

// Check asks for a title, a caller or a source, a service or the word that it is
// unknown, impact and urgency.
func (c Report) Check(_ *Incident, s itsm.Stamp) error {
	wrong := []error{itsm.CheckLine("title", c.Title)}
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
	inc.Custom = itsm.Merge(nil, c.Custom)
	for _, ci := range c.CIs {
		inc.CIs = withCI(inc.CIs, AffectedCI{ci, Manual})
	}
	for _, w := range c.Watchers {
		inc.Watchers = withWatcher(inc.Watchers, w)
	}
}

// FollowUp opens a new incident that follows up a closed one, when it is too late
// to reopen it (R13). What it does not say is taken over from the closed one.
type FollowUp struct {
	Of     uuid.UUID  `json:"of"`
	Reason string     `json:"reason"`
	Title  string     `json:"title,omitzero"`
	Impact itsm.Level `json:"impact,omitzero"`
	// Urgency, like Impact, is the closed incident's unless given.
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
	if c.Title == "" {
		c.Title = old.Title
	}
	if c.Impact == "" {
		c.Impact = old.Impact
	}
	if c.Urgency == "" {
		c.Urgency = old.Urgency
	}
	c.Caller, c.Source = old.Caller, old.Source
	c.Service, c.ServiceUnknown = old.Service, old.ServiceUnknown
	c.Category, c.Subcategory = old.Category, old.Subcategory
	c.CIs, c.Custom = slices.Clone(old.CIs), itsm.Merge(nil, old.Custom)
	var err error
	c.Priority, err = p.priority(c.Impact, c.Urgency, 0)
	return c, err
}

// Check asks for a reason.
func (c FollowUp) Check(*Incident, itsm.Stamp) error {
	return errors.Join(itsm.CheckText("reason", c.Reason), itsm.CheckLine("title", c.Title))
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

// Classify changes what was said at the report; what is left zero stays as it is.
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

// classify completes the command to what the record will say. A new impact or
// urgency puts an older override aside; anything else leaves it.
func (p *Policy) classify(inc *Incident, c Classify, _ itsm.Stamp) (Classify, error) {
	graded := c.Impact != "" || c.Urgency != ""
	if c.Impact == "" {
		c.Impact = inc.Impact
	}
	if c.Urgency == "" {
		c.Urgency = inc.Urgency
	}
	if c.Category == "" {
		c.Category = inc.Category
		if c.Subcategory == "" {
			c.Subcategory = inc.Subcategory
		}
	}
	if !graded && c.Override == 0 && inc.Override != "" {
		c.Override, c.Reason = inc.Priority, inc.Override
	}
	priority, err := p.priority(c.Impact, c.Urgency, c.Override)
	c.Priority = priority
	return c, errors.Join(err, p.checkCategory(c.Category, c.Subcategory), p.Custom.Check(c.Custom))
}

// Check asks that an override has a reason (R10) and stands alone with it.
func (c Classify) Check(*Incident, itsm.Stamp) error {
	var wrong []error
	if c.Title != "" {
		wrong = append(wrong, itsm.CheckLine("title", c.Title))
	}
	if !c.Service.IsZero() {
		wrong = append(wrong, c.Service.Check("service"))
	}
	switch {
	case c.Override == 0 && c.Reason != "":
		wrong = append(wrong, &itsm.FieldError{Field: "override", Problem: "is missing; a reason is for one"})
	case c.Override != 0 && !c.Override.IsValid():
		wrong = append(wrong, &itsm.FieldError{Field: "override", Problem: fmt.Sprintf("is %d; give 1 to %d", int(c.Override), itsm.MaxPriority)})
	case c.Override != 0:
		if err := itsm.CheckLine("reason", c.Reason); err != nil {
			wrong = append(wrong, &itsm.FieldError{Field: "reason", Problem: "is missing or too long; an override says why, in a line (R10)"})
		}
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

// aroundFollowUp asks for the incident that is followed up.
func aroundFollowUp(_ *Incident, c FollowUp, near []*Incident) []itsm.Selection[Incident] {
	if len(near) > 0 {
		return nil
	}
	return []itsm.Selection[Incident]{{IDs: []uuid.UUID{c.Of}}}
}
