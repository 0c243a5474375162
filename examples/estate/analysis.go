package main

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config"
)

// analysis asks the graph of the estate.
type analysis struct {
	e        *estate
	g        *config.Graph
	services []uuid.UUID // the business services
}

func (e *estate) analyse() (*analysis, error) {
	g, err := config.GraphOf(e.model, slices.Values(e.cis), slices.Values(e.relations), nil)
	if err != nil {
		return nil, err
	}
	a := &analysis{e: e, g: g}
	for _, ci := range e.cis {
		if ci.Class == "business service" {
			a.services = append(a.services, ci.ID)
		}
	}
	return a, nil
}

func (a *analysis) names(ids []uuid.UUID) string {
	var names []string
	for _, id := range ids {
		names = append(names, a.e.byID[id].Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// report prints where single failures stop business services and how, what seems
// redundant and is not, and which cycles there are.
func (a *analysis) report(w *printer) error {
	points, err := a.g.SinglePoints(a.services...)
	if err != nil {
		return err
	}
	// Ids say nothing to people: what stops as many services goes by name here.
	slices.SortStableFunc(points, func(p, q config.SinglePoint) int {
		if len(p.Takes) != len(q.Takes) {
			return len(q.Takes) - len(p.Takes)
		}
		return strings.Compare(a.e.byID[p.CI].Name, a.e.byID[q.CI].Name)
	})
	w.line("\nSingle points of failure of the business services: %d", len(points))
	for _, p := range points {
		w.line("  %s (%s) stops %s", a.e.byID[p.CI].Name, a.e.byID[p.CI].Class, a.names(p.Takes))
	}
	for _, name := range []string{"switch-a1", "san", "hv-3", "firewall-a"} {
		ci, err := a.e.named(name)
		if err != nil {
			return err
		}
		w.line("")
		if err := a.loss(w, ci); err != nil {
			return err
		}
	}
	if err := a.apparent(w); err != nil {
		return err
	}
	return a.cycles(w)
}

// loss prints what stops when a CI fails, and why.
func (a *analysis) loss(w *printer, ci *config.CI) error {
	lost, err := a.g.Impact(ci.ID)
	if err != nil {
		return err
	}
	s := lost.Summary()
	w.line("When %s fails, it takes %d with it, services among them: %d", ci.Name, s.CIs-1, s.Services)
	var lines []string
	for _, service := range lost.Services() {
		lines = append(lines, "  stops: "+a.g.Explain(lost.Chain(service.CI)))
	}
	for _, d := range lost.Degraded() {
		lines = append(lines, "  works on: "+a.e.byID[d.CI].Name+" with "+a.g.ExplainGroup(d))
	}
	slices.Sort(lines)
	slices.Reverse(lines)
	for _, line := range lines {
		w.line("%s", line)
	}
	return nil
}

func (a *analysis) apparent(w *printer) error {
	list, err := a.g.ApparentRedundancy()
	if err != nil {
		return err
	}
	w.line("\nRedundancy that is only apparent:")
	var lines []string
	for _, r := range list {
		for _, s := range r.Shared {
			lines = append(lines, "  "+a.e.byID[r.CI].Name+" needs of its "+r.Need.Group+" some, and with "+a.e.byID[s.CI].Name+" it loses "+a.names(s.Takes))
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		w.line("%s", line)
	}
	return nil
}

func (a *analysis) cycles(w *printer) error {
	list, err := a.g.Cycles(&config.WalkOptions{Way: config.Forward, Types: []string{"replicates to"}})
	if err != nil {
		return err
	}
	w.line("\nCycles that are meant: %d", len(list))
	for _, c := range list {
		w.line("  %s replicate to each other", a.names(c.CIs))
	}
	w.line("Cycles that nobody declared: %d", len(a.g.UndeclaredCycles()))
	return nil
}

// singlePoints marks the single points of failure of the business services.
func (a *analysis) singlePoints() (map[config.Mark][]uuid.UUID, error) {
	points, err := a.g.SinglePoints(a.services...)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, p := range points {
		ids = append(ids, p.CI)
	}
	return map[config.Mark][]uuid.UUID{config.MarkSinglePoint: ids}, nil
}

// lossOf marks what a loss takes, and what works on with less.
func (a *analysis) lossOf(ci *config.CI) (map[config.Mark][]uuid.UUID, error) {
	lost, err := a.g.Impact(ci.ID)
	if err != nil {
		return nil, err
	}
	var degraded []uuid.UUID
	for _, d := range lost.Degraded() {
		degraded = append(degraded, d.CI)
	}
	return map[config.Mark][]uuid.UUID{config.MarkLost: lost.Lost(), config.MarkDegraded: degraded}, nil
}
