package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/config"
)

// contents prints what the estate is made of.
func (e *estate) contents(w *printer) {
	w.line("%d CIs and %d relations", e.counts.CIs, e.counts.Relations)
	for _, c := range e.model.Classes() {
		var names []string
		for _, ci := range e.cis {
			if ci.Class == c.Name {
				names = append(names, ci.Name)
			}
		}
		if names != nil {
			w.line("  %2d %-17s %s", len(names), c.Name, strings.Join(names, ", "))
		}
	}
}

// health prints how sound the records are: of each measure how many are not, and
// which.
func (e *estate) health(w *printer) error {
	rules := config.DefaultHealthRules()
	rules.Policy = e.policy
	health, err := config.HealthOf(rules, slices.Values(e.cis), slices.Values(e.relations), e.at)
	if err != nil {
		return err
	}
	verified, err := config.VerificationsOf(e.policy, slices.Values(e.cis), e.at, e.at)
	if err != nil {
		return err
	}
	w.line("\nHealth")
	measures := append(health.Measures, verified.Measures...)
	for _, m := range measures {
		if !m.Ratio.HasData() || m.Aspect == config.Confirmed || m.Aspect == config.Attested {
			continue
		}
		text := fmt.Sprintf("  %-28s %3d of %d", m.Aspect, m.Ratio.Num, m.Ratio.Den)
		if names := e.some(m.IDs); names != "" {
			text += ": " + names
		}
		w.line("%s", text)
	}
	return nil
}

// some names the first few CIs and relations.
func (e *estate) some(ids []uuid.UUID) string {
	const few = 5
	var names []string
	for _, id := range ids[:min(len(ids), few)] {
		if ci := e.byID[id]; ci != nil {
			names = append(names, ci.Name)
		} else {
			names = append(names, id.String())
		}
	}
	text := strings.Join(names, ", ")
	if more := len(ids) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// draw writes the estate by its locations, with the single points of failure of its
// services; or, when something is lost, with what is lost and degraded then.
func (e *estate) draw(a *analysis, format, lost string) (string, error) {
	o := &config.DrawingOptions{Cluster: "located in"}
	var err error
	if lost == "" {
		o.Marked, err = a.singlePoints()
	} else {
		var ci *config.CI
		if ci, err = e.named(lost); err == nil {
			o.Marked, err = a.lossOf(ci)
		}
	}
	if err != nil {
		return "", err
	}
	d, err := config.NewDrawing(e.model, slices.Values(e.cis), slices.Values(e.relations), o)
	if err != nil {
		return "", err
	}
	switch format {
	case "dot":
		return strings.TrimSuffix(d.DOT(), "\n"), nil
	case "mermaid":
		return strings.TrimSuffix(d.Mermaid(), "\n"), nil
	}
	return "", fmt.Errorf("-draw %s: give dot or mermaid", format)
}
