package sla

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// clause is the one of ISO/IEC 20000-1 that is about agreements of the kind.
func (k Kind) clause() string {
	switch k {
	case ServiceLevel:
		return "8.3.3"
	case OperationalLevel:
		return "8.3.4.2"
	default:
		return "8.3.4.1"
	}
}

// agreement looks at one agreement.
func (e *examination) agreement(a *Agreement) {
	rule := a.Kind.clause()
	find := func(flaw Flaw, since time.Time, format string, args ...any) {
		e.findings = append(e.findings, Finding{flaw, rule, itsm.RefTo(AgreementKind, a.ID), a.Number, fmt.Sprintf(format, args...), since})
	}
	v, over := a.At(e.at), a.State == Expired || a.State == Terminated
	if over {
		v = nil
	}
	if v != nil && a.Kind == Underpinning {
		if a.Owner == "" {
			find(NoOwner, v.From, "nobody is responsible for it; hand it over to somebody")
		}
		if len(v.Terms.Requirements) == 0 {
			find(NoRequirements, v.From, "version %d names no requirement that the supplier is to meet", v.Number)
		}
	}
	if end := a.End(); !over && !a.NextReview.IsZero() && a.NextReview.Before(e.at) && (end.IsZero() || e.at.Before(end)) {
		find(ReviewOverdue, a.NextReview, "it was to be reviewed by %s", stamped(a.NextReview))
	}
	for i := range a.Disputes {
		if d := &a.Disputes[i]; d.IsOpen() {
			if late := e.dispute.After(d.Raised); late.Before(e.at) {
				find(OldDispute, late, "dispute %d is open since %s: %s", d.ID, stamped(d.Raised), cut(d.About))
			}
		}
	}
	if v != nil {
		e.terms(a, v, find)
	}
}

// terms looks at the version in force.
func (e *examination) terms(a *Agreement, v *AgreementVersion, find func(Flaw, time.Time, string, ...any)) {
	t := &v.Terms
	for _, ref := range t.Services {
		switch s := e.known[ref]; {
		case s == nil:
			find(UnknownService, v.From, "version %d is for %s, which is not in the catalogue", v.Number, ref)
		case s.isOver():
			find(UnknownService, laterOf(v.From, s.Since), "version %d is for %s, which is %s", v.Number, s.Number, s.State)
		}
	}
	if a.Kind == ServiceLevel {
		e.requirements(v, find)
	}
	if len(t.Targets) == 0 {
		find(NoTargets, v.From, "version %d has no target", v.Number)
	}
	if a.Kind == ServiceLevel && len(t.Workload) == 0 {
		find(NoWorkload, v.From, "version %d does not limit the workload that it is for", v.Number)
	}
	if a.Kind == Underpinning {
		if t.Scope == "" {
			find(NoScope, v.From, "version %d does not say what is supplied", v.Number)
		}
		if len(t.Authorities) == 0 {
			find(NoAuthorities, v.From, "version %d does not say who may decide what", v.Number)
		}
	}
	if a.Kind != ServiceLevel && len(t.Interfaces) == 0 {
		find(NoInterfaces, v.From, "version %d does not say where the processes of both sides meet", v.Number)
	}
}

// requirements looks for what an SLA answers: requirements that are documented with
// its services.
func (e *examination) requirements(v *AgreementVersion, find func(Flaw, time.Time, string, ...any)) {
	var unknown []string
	for _, id := range v.Terms.Requirements {
		documented := len(v.Terms.Services) == 0 && e.documented[id]
		for _, ref := range v.Terms.Services {
			s := e.known[ref]
			documented = documented || s != nil && !s.isOver() && s.requirement(id) >= 0
		}
		if !documented {
			unknown = append(unknown, id)
		}
	}
	switch {
	case len(v.Terms.Requirements) == 0:
		find(AnswersNothing, v.From, "version %d names no service requirement", v.Number)
	case len(unknown) == len(v.Terms.Requirements):
		find(AnswersNothing, v.From, "version %d names %s, which none of its services documents", v.Number, strings.Join(unknown, ", "))
	}
}

// findCycles finds services that depend on each other (R22): each cycle is the
// shortest through its first service, in the order in which they depend, and every
// service that depends on itself in the end is in one, or reaches one of it.
func (e *examination) findCycles() map[*Service][]*Service {
	next := make(map[*Service][]*Service)
	for _, s := range e.services {
		for _, ref := range s.DependsOn {
			if other := e.known[ref]; !s.isOver() && other != nil && !other.isOver() {
				next[s] = append(next[s], other)
			}
		}
	}
	cycles := make(map[*Service][]*Service)
	done := make(map[*Service]bool)
	for _, s := range e.core(next) {
		if done[s] {
			continue
		}
		cycle := wayBack(s, next)
		if cycle == nil {
			continue
		}
		cycles[s] = cycle
		for _, c := range cycle {
			done[c] = true
		}
	}
	return cycles
}

// core is the services from which one can go on for ever.
func (e *examination) core(next map[*Service][]*Service) []*Service {
	before, left := make(map[*Service][]*Service), make(map[*Service]int)
	var ends []*Service
	for _, s := range e.services {
		left[s] = len(next[s])
		if left[s] == 0 {
			ends = append(ends, s)
		}
		for _, other := range next[s] {
			before[other] = append(before[other], s)
		}
	}
	for len(ends) > 0 {
		s := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		for _, b := range before[s] {
			if left[b]--; left[b] == 0 {
				ends = append(ends, b)
			}
		}
	}
	var core []*Service
	for _, s := range e.services {
		if left[s] > 0 {
			core = append(core, s)
		}
	}
	return core
}

// wayBack is the shortest way from a service to itself; nil if there is none.
func wayBack(s *Service, next map[*Service][]*Service) []*Service {
	from := make(map[*Service]*Service)
	queue := []*Service{s}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, other := range next[at] {
			if other == s {
				way := []*Service{at}
				for at != s {
					at = from[at]
					way = append(way, at)
				}
				slices.Reverse(way)
				return way
			}
			if from[other] == nil {
				from[other] = at
				queue = append(queue, other)
			}
		}
	}
	return nil
}
