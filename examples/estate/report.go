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

// health prints what is deficient: in each record by itself, and what is related to
// nothing or was not seen for a month.
func (e *estate) health(w *printer) {
	related := make(map[uuid.UUID]bool)
	for _, r := range e.relations {
		related[r.From], related[r.To] = true, true
	}
	var list []string
	add := func(ci *config.CI, what string) { list = append(list, fmt.Sprintf("  %s: %s", ci.Name, what)) }
	sound := 0
	for _, ci := range e.cis {
		before := len(list)
		if !related[ci.ID] {
			add(ci, "has no relations")
		}
		last := ci.Updated
		if ci.Seen.After(last) {
			last = ci.Seen
		}
		if e.at.Sub(last).Hours() > 30*24 {
			add(ci, "was last seen on "+last.Format("2006-01-02"))
		}
		for _, f := range config.Findings(e.policy, ci, e.at) {
			what := string(f.Deficiency)
			if f.Attribute != "" {
				what += " (" + f.Attribute + ")"
			}
			add(ci, what+": "+f.Problem)
		}
		if len(list) == before {
			sound++
		}
	}
	w.line("\nHealth: %d of %d CIs are without findings", sound, len(e.cis))
	for _, line := range list {
		w.line("%s", line)
	}
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
