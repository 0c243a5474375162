package itsm_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// constants are the values of the constants of a named string type, read from the
// source in the order of declaration.
func constants(t *testing.T, typ string) []string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var values []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != typ || len(spec.Values) != 1 {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
				value, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				values = append(values, value)
			}
			return true
		})
	}
	return values
}

func texts[S ~string](list []S) []string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	return texts
}

// Every list of an enumeration is complete and in the order of declaration.
func TestEnumerations(t *testing.T) {
	for typ, list := range map[string][]string{
		"Phase":     texts(itsm.Phases()),
		"Type":      texts(itsm.Types()),
		"Defect":    texts(itsm.Defects()),
		"TaskState": texts(itsm.TaskStates()),
	} {
		require.NotEmpty(t, list)
		require.Equal(t, constants(t, typ), list, typ)
	}
	for _, p := range itsm.Phases() {
		require.True(t, p.IsValid())
	}
	require.False(t, itsm.Phase("").IsValid())
	itsm.Phases()[0] = "odd" // a list of one's own
	require.True(t, itsm.Open.IsValid())
}

// The values of enumerations are stored: none may ever change.
func TestEnumerationsKeepTheirValues(t *testing.T) {
	require.Equal(t, "open active paused done final", strings.Join(texts(itsm.Phases()), " "))
	require.Equal(t, "text number truth instant span reference", strings.Join(texts(itsm.Types()), " "))
	require.Equal(t, "open active done skipped", strings.Join(texts(itsm.TaskStates()), " "))
	require.Equal(t, "anyone system high medium low", strings.Join([]string{string(itsm.Anyone), string(itsm.SystemRole),
		string(itsm.High), string(itsm.Medium), string(itsm.Low)}, " "))
}
