package eventlog

import (
	"errors"
	"slices"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// agreement is that of a mapping, ready to follow incidents.
type agreement struct {
	version *sla.Version
	book    *sla.Book
	view    *sla.View[incident.Incident] // of what the terms ask for, and the priority
}

// agreed is nil for a mapping without an agreement. What is wrong with one is an
// error that names the place: "agreement.terms.targets[0].within".
func (m *Mapping) agreed(rules *itsm.Lifecycle[incident.Incident]) (*agreement, error) {
	if m.Agreement == nil {
		return nil, nil
	}
	view, err := sla.NewView(rules)
	if err != nil {
		return nil, err
	}
	if err := m.Agreement.Check(view.Schema()); err != nil {
		return nil, firstBelow("agreement", err)
	}
	book, err := sla.NewBook(view.Schema(), *m.Agreement)
	if err != nil {
		return nil, firstBelow("agreement", err)
	}
	asked := append(book.Fields(), "priority") // by which figures are told apart
	return &agreement{m.Agreement, book, view.Only(asked...)}, nil
}

// firstBelow is the first of joined errors, as that of a part of the mapping.
func firstBelow(part string, err error) error {
	for {
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok {
			break
		}
		err = joined.Unwrap()[0]
	}
	var field *itsm.FieldError
	if errors.As(err, &field) {
		return &itsm.FieldError{Field: part + "." + field.Field, Problem: field.Problem}
	}
	return err
}

// calendar is the one that usually counts; nil: all time does.
func (a *agreement) calendar() *sla.Calendar {
	hours, named := a.version.Terms.Calendars[a.version.Terms.Calendar]
	if !named {
		return nil
	}
	c, _ := sla.NewCalendar(hours) // checked
	return c
}

// claims reports whether the target of a promise is for its work as that is now.
// What was promised stays promised when the work becomes another, of a priority
// without a target, say.
func (a *agreement) claims(w *sla.Work, p *sla.Promise) bool {
	terms := &a.version.Terms
	isOurs := func(service itsm.Ref) bool { return itsm.ReferenceValue(service).Equal(w.Facts["service"]) }
	if len(terms.Services) > 0 && !slices.ContainsFunc(terms.Services, isOurs) || !terms.When.Holds(w.Facts, w.Facts) {
		return false
	}
	i := slices.IndexFunc(terms.Targets, func(t sla.Target) bool { return t.Name == p.Target })
	return i >= 0 && terms.Targets[i].When.Holds(w.Facts, w.Facts)
}
