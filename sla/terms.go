package sla

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Kind says between whom an agreement is. Clocks of different kinds run side by
// side.
type Kind string

// The kinds of agreements.
const (
	ServiceLevel     Kind = "sla"      // with a customer (ISO/IEC 20000-1, 8.3.3)
	OperationalLevel Kind = "ola"      // with an internal supplier, or a customer that acts as one (8.3.4.2)
	Underpinning     Kind = "contract" // with an external supplier (8.3.4.1)
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{ServiceLevel, OperationalLevel, Underpinning} }

// Terms are what is agreed: the content of one version of an agreement, as people
// write it down. All of it is data; in JSON unknown names are refused. What has a
// condition asks for fields that a [Schema] declares.
type Terms struct {
	Scope        string      `json:"scope,omitzero"`         // in words
	Services     []itsm.Ref  `json:"services,omitempty"`     // whose work it is for, by the field "service"; empty: any
	When         Condition   `json:"when,omitzero"`          // and only this work; unset: all
	Requirements []string    `json:"requirements,omitempty"` // the service requirements that it answers, by their ids
	Authorities  []Authority `json:"authorities,omitempty"`
	Interfaces   []string    `json:"interfaces,omitempty"` // between the processes of both sides

	Calendars map[string]Hours `json:"calendars,omitempty"` // by name
	Calendar  string           `json:"calendar,omitzero"`   // the usual one; unset: all time counts
	Zone      string           `json:"zone,omitzero"`       // whose months and days reports are about; unset: UTC

	Metrics []Metric `json:"metrics,omitempty"` // besides those of [Metrics], or instead of one of that name
	Targets []Target `json:"targets,omitempty"`

	Workload   []Workload  `json:"workload,omitempty"`   // limits
	Exceptions []Exception `json:"exceptions,omitempty"` // what does not count
	Notice     string      `json:"notice,omitzero"`      // how long before planned maintenance has to be announced, "72h", to be excluded (R27)
	Credits    []Credit    `json:"credits,omitempty"`
}

// Authority is who may decide what under the agreement.
type Authority struct {
	Who string `json:"who"`
	May string `json:"may"`
}

// Check says everything that is wrong with the terms, each as an *[itsm.FieldError]
// with its path. Whether the conditions make sense together, [Terms.Prove] says.
func (t *Terms) Check(s Schema) error {
	_, err := t.compile(s)
	return err
}

// compiled is terms ready for use.
type compiled struct {
	Terms
	calendars map[string]*Calendar
	metrics   map[string]*Metric
	zone      *time.Location
	notice    time.Duration
}

const mostTargets = 1000

// compile checks the terms and builds what they name.
func (t *Terms) compile(s Schema) (*compiled, error) {
	c := &compiled{Terms: t.clone(), calendars: make(map[string]*Calendar), metrics: make(map[string]*Metric), zone: time.UTC}
	var wrong problems
	wrong.services(c.Services, s)
	if !c.When.IsZero() {
		wrong = append(wrong, c.When.Check(s, "when"))
	}
	wrong.texts(c)
	for _, name := range slices.Sorted(maps.Keys(c.Calendars)) {
		wrong = append(wrong, itsm.CheckLine("calendars", name))
		calendar, err := NewCalendar(c.Calendars[name])
		if err != nil {
			wrong = append(wrong, placed("calendars."+cut(name), err)...)
		}
		c.calendars[name] = calendar
	}
	wrong.calendar(c, "calendar", c.Calendar)
	if c.Zone != "" {
		c.zone = wrong.zone("zone", c.Zone)
	}
	wrong.metrics(c, s)
	wrong.targets(c, s)
	for i := range c.Workload {
		wrong = append(wrong, c.Workload[i].check(s, fmt.Sprintf("workload[%d]", i)))
	}
	for i := range c.Exceptions {
		wrong = append(wrong, c.Exceptions[i].check(s, fmt.Sprintf("exceptions[%d]", i)))
	}
	if c.Notice != "" {
		var err error
		c.notice, err = parseDuration("notice", c.Notice)
		wrong = append(wrong, err)
	}
	for i := range c.Credits {
		wrong = append(wrong, c.Credits[i].check(c, fmt.Sprintf("credits[%d]", i)))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return c, nil
}

// serviceField is the declared field that says which service work is about.
const serviceField = "service"

// services asks for services that work can be for.
func (p *problems) services(list []itsm.Ref, s Schema) {
	def, ok := s.Field(serviceField)
	if len(list) > 0 && (!ok || def.Type != itsm.Reference) {
		p.add("services", "are told by the field %q, which is not declared as a reference", serviceField)
		return
	}
	for i, ref := range list {
		field := fmt.Sprintf("services[%d]", i)
		if err := ref.Check(field); err != nil {
			*p = append(*p, err)
		} else if problem := misfit(&def, itsm.ReferenceValue(ref)); problem != "" {
			p.add(field, "%s", problem)
		} else if slices.Contains(list[:i], ref) {
			p.add(field, "%s is listed before", itsm.Quoted(ref.String()))
		}
	}
}

// texts asks that what is given in words says something.
func (p *problems) texts(c *compiled) {
	if c.Scope != "" {
		*p = append(*p, itsm.CheckText("scope", c.Scope))
	}
	for _, list := range []struct {
		field string
		texts []string
	}{{"requirements", c.Requirements}, {"interfaces", c.Interfaces}} {
		for i, text := range list.texts {
			*p = append(*p, itsm.CheckLine(fmt.Sprintf("%s[%d]", list.field, i), text))
		}
	}
	for i, a := range c.Authorities {
		*p = append(*p, itsm.CheckLine(fmt.Sprintf("authorities[%d].who", i), a.Who), itsm.CheckLine(fmt.Sprintf("authorities[%d].may", i), a.May))
	}
}

// calendar asks that a calendar is one of the agreement's.
func (p *problems) calendar(c *compiled, field, name string) {
	if _, ok := c.Calendars[name]; name != "" && !ok {
		p.add(field, "%s is no calendar of the agreement; they are: %s", itsm.Quoted(name), itsm.Listed(slices.Sorted(maps.Keys(c.Calendars))))
	}
}

// metrics checks the agreement's own metrics, and adds the usual ones.
func (p *problems) metrics(c *compiled, s Schema) {
	for i := range c.Metrics {
		m, field := &c.Metrics[i], fmt.Sprintf("metrics[%d]", i)
		*p = append(*p, m.check(s, field))
		if c.metrics[m.Name] != nil {
			p.add(field+".name", "%s is the name of a metric before", itsm.Quoted(m.Name))
		}
		c.metrics[m.Name] = m
	}
	for _, m := range Metrics() {
		if c.metrics[m.Name] == nil {
			c.metrics[m.Name] = &m
		}
	}
}

// targets checks the targets, and that the usual metrics which they use fit the
// schema.
func (p *problems) targets(c *compiled, s Schema) {
	if len(c.Targets) > mostTargets {
		p.add("targets", "has %d targets; %d are the most", len(c.Targets), mostTargets)
		return
	}
	for i := range c.Targets {
		t, field := &c.Targets[i], fmt.Sprintf("targets[%d]", i)
		*p = append(*p, t.check(s, field))
		p.calendar(c, field+".calendar", t.Calendar)
		if slices.ContainsFunc(c.Targets[:i], func(o Target) bool { return o.Name == t.Name }) {
			p.add(field+".name", "%s is the name of a target before", itsm.Quoted(t.Name))
		}
		m := c.metrics[t.Metric]
		switch {
		case m == nil:
			p.add(field+".metric", "%s is no metric; they are: %s", itsm.Quoted(t.Metric), itsm.Listed(slices.Sorted(maps.Keys(c.metrics))))
		case !slices.ContainsFunc(c.Metrics, func(o Metric) bool { return o.Name == m.Name }):
			if err := m.check(s, field+".metric"); err != nil {
				p.add(field+".metric", "%s needs fields that are not declared so: %v; define the metric in the agreement", itsm.Quoted(t.Metric), err)
			}
		}
	}
}

// calendarOf is the calendar that counts for a target.
func (c *compiled) calendarOf(t *Target) *Calendar {
	name := t.Calendar
	if name == "" {
		name = c.Calendar
	}
	return c.calendars[name] // nil: all time
}

// placed puts errors below a field.
func placed(field string, err error) problems {
	var list problems
	for _, e := range flat(err) {
		var f *itsm.FieldError
		if errors.As(e, &f) {
			e = &itsm.FieldError{Field: field + "." + f.Field, Problem: f.Problem}
		} else if e != nil {
			e = fmt.Errorf("%s: %w", field, e)
		}
		list = append(list, e)
	}
	return list
}

// flat is the errors that were joined into one.
func flat(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, flat(e)...)
	}
	return list
}

// clone is a copy that shares nothing that could change.
func (t *Terms) clone() Terms {
	c := *t
	c.Services, c.Requirements = slices.Clone(t.Services), slices.Clone(t.Requirements)
	c.Authorities, c.Interfaces = slices.Clone(t.Authorities), slices.Clone(t.Interfaces)
	c.When = t.When.clone()
	c.Calendars = maps.Clone(t.Calendars)
	for name, h := range c.Calendars {
		c.Calendars[name] = h.normal()
	}
	c.Metrics = cloned(t.Metrics, Metric.clone)
	c.Targets = cloned(t.Targets, Target.clone)
	c.Workload = cloned(t.Workload, Workload.clone)
	c.Exceptions = cloned(t.Exceptions, Exception.clone)
	c.Credits = cloned(t.Credits, Credit.clone)
	return c
}

func cloned[T any](list []T, clone func(T) T) []T {
	list = slices.Clone(list)
	for i := range list {
		list[i] = clone(list[i])
	}
	return list
}
