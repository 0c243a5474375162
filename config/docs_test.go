package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// letters are the states as the tables of the documentation write them.
var letters = map[itsm.State]string{
	itsm.None: "–", config.Planned: "P", config.Ordered: "O", config.InBuild: "B", config.InTest: "T", config.Live: "L",
	config.InMaintenance: "M", config.Retired: "R", config.Disposed: "X",
	config.Proposed: "P", config.Active: "A", config.Ended: "E",
}

// TestDocumentedTables compares the tables in the package's documentation with the
// lifecycles, row by row.
func TestDocumentedTables(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	for _, table := range []string{tableOf(lifecycle(t, nil)), tableOf(relations(t, nil))} {
		require.Contains(t, string(source), "//\n"+table+"//\n", "the table in doc.go should be:\n%s", table)
	}
}

// TestDocumentedModel compares what is said of the default model with it.
func TestDocumentedModel(t *testing.T) {
	source, err := os.ReadFile("default_model.go")
	require.NoError(t, err)
	require.Contains(t, string(source), "//\n"+outline(config.DefaultModel())+"func DefaultModel", "the comment of DefaultModel should end so")
}

// outline lists the classes as a tree and the relations.
func outline(m *config.Model) string {
	var b strings.Builder
	depth := map[string]int{}
	for _, c := range m.Classes() {
		if c.Parent != "" {
			depth[c.Name] = depth[c.Parent] + 1
		}
		kind := ""
		if c.Abstract {
			kind = " (abstract)"
		}
		fmt.Fprintf(&b, "//\t%s%s%s\n", strings.Repeat("  ", depth[c.Name]), c.Name, kind)
	}
	b.WriteString("//\n// Relations, as they read from either end, and what is lost with what:\n//\n")
	for _, r := range m.RelationTypes() {
		carries := map[config.Carries]string{config.ToFirst: "the first with the second", config.ToSecond: "the second with the first", config.Nowhere: "nothing"}[r.Carries]
		fmt.Fprintf(&b, "//\t%-14s %-18s %s\n", r.Name, r.Inverse, carries)
	}
	return b.String()
}

func tableOf[R any](lc *itsm.Lifecycle[R]) string {
	var b strings.Builder
	row := func(from, command, to, who string) {
		fmt.Fprintf(&b, "//\t%-8s %-16s %-8s %s\n", from, command, to, who)
	}
	row("from", "command", "to", "who")
	for _, tr := range lc.Transitions() {
		to := "="
		if !tr.Stays() {
			to = lettersOf(tr.To)
		}
		var who []string
		for _, role := range tr.Roles {
			who = append(who, strings.TrimPrefix(string(role), "config."))
		}
		row(lettersOf(tr.From), tr.Name, to, strings.Join(who, ", "))
	}
	return b.String()
}

func lettersOf(list []itsm.State) string {
	text := ""
	for _, s := range list {
		text += letters[s]
	}
	return text
}
