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
