package incident_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestDocumentedTable compares the table in the package's documentation with the
// lifecycle, row by row.
func TestDocumentedTable(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var b strings.Builder
	row := func(from, command, to, who string) {
		fmt.Fprintf(&b, "//\t%-6s %-12s %-5s %s\n", from, command, to, who)
	}
	row("from", "command", "to", "who")
	for _, tr := range lifecycle(t, nil).Transitions() {
		from, to := lettersOf(tr.From, ""), "="
		if sep := ", "; !tr.Stays() {
			if len(tr.To) > 2 {
				sep = ""
			}
			to = lettersOf(tr.To, sep)
		}
		var who []string
		for _, role := range tr.Roles {
			who = append(who, strings.TrimPrefix(string(role), "incident."))
		}
		row(from, tr.Name, to, strings.Join(who, ", "))
	}
	require.Contains(t, string(source), "//\n"+b.String()+"//\n", "the table in doc.go should be:\n%s", b.String())
	for _, s := range states() {
		require.Contains(t, string(source), string(s))
	}
}

func lettersOf(list []itsm.State, sep string) string {
	var found []string
	for _, s := range list {
		for letter, state := range letters {
			if state == s {
				found = append(found, letter)
			}
		}
	}
	return strings.Join(found, sep)
}

// TestDiagram pins the drawn lifecycle: what a host sees of it.
func TestDiagram(t *testing.T) {
	itsmtest.Golden(t, "testdata/lifecycle.mmd", []byte(lifecycle(t, nil).Mermaid()))
}

func TestNoWarnings(t *testing.T) {
	require.Empty(t, lifecycle(t, nil).Warnings())
}

// TestEnumerationsAreComplete reads the source for the constants of each named
// type, in the order in which they are declared.
func TestEnumerationsAreComplete(t *testing.T) {
	declared := constants(t)
	for name, list := range map[string][]string{
		"HoldReason":  listed(incident.HoldReasons()),
		"Audience":    listed(incident.Audiences()),
		"LinkType":    listed(incident.LinkTypes()),
		"Involvement": listed(incident.Involvements()),
		"Fact":        listed(incident.Facts()),
		"Outcome":     listed(incident.Outcomes()),
	} {
		require.NotEmpty(t, list, name)
		require.Equal(t, declared[name], list, name)
		delete(declared, name)
	}
	var inLifecycle []string
	for _, s := range lifecycle(t, nil).States() {
		inLifecycle = append(inLifecycle, string(s.State))
	}
	require.Equal(t, declared["itsm.State"], inLifecycle)
	delete(declared, "itsm.State")
	delete(declared, "itsm.Role")
	require.Empty(t, declared, "a named type has constants and no list")
}

func listed[S ~string](list []S) []string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	return texts
}

// constants reads the typed constants of the package by type.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	for _, file := range sources(t) {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				value := spec.(*ast.ValueSpec)
				if value.Type == nil || len(value.Values) != 1 {
					continue
				}
				text, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				name := strings.TrimPrefix(fmt.Sprint(value.Type), "&")
				if sel, ok := value.Type.(*ast.SelectorExpr); ok {
					name = fmt.Sprintf("%s.%s", sel.X, sel.Sel)
				}
				found[name] = append(found[name], text)
			}
		}
	}
	return found
}

// sources are the files of the package without its tests.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	var files []*ast.File
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	return files
}

// TestListsAreFresh: what a list function gives may be edited by who asked.
func TestListsAreFresh(t *testing.T) {
	slices.Sort(incident.HoldReasons())
	incident.Facts()[0] = "x"
	require.Equal(t, incident.Detected, incident.Facts()[0])
}
