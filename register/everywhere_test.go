package register_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// notEverywhere is the tests that do not run over backends which ask for their
// units again, and why.
var notEverywhere = map[string]string{
	"TestEveryTestRunsEverywhere":          "reads the tests themselves",
	"TestKeysKeepTheOrderOfValues":         "needs no backend",
	"TestKeysStayWhatTheyAre":              "needs no backend",
	"TestStoredFormStaysWhatItIs":          "pins bytes, which hold the times of a clock that goes on with each attempt",
	"TestNeedsAreBounded":                  "counts attempts, and makes 10,001 records",
	"TestRetryIsBounded":                   "brings a backend that lets nothing through",
	"TestSaltThatRunsDry":                  "counts the bytes of salt, of which each attempt takes more",
	"TestResealedIsTheSame":                "is about the tests' own second implementation",
	"TestForgedLinesAreRefused":            "is about lines; a store is made for each of them",
	"TestDamageIsRefused":                  "is about lines; a store is made for each damage to them",
	"TestImportReadsAnyReader":             "is about the reader",
	"TestImportUnitsAreBoundedInBytes":     "counts units",
	"TestImportIsResumedAfterEveryUnit":    "counts units, and brings a backend that fails each in turn",
	"TestExportOfAJournalThatLags":         "brings a backend whose journal lags",
	"TestExportOfATenantInUse":             "brings a backend that writes between the pages of the journal",
	"TestUnknownOutcomeIsPassedOn":         "brings a backend that loses sight of its commits",
	"TestUnknownOutcomeInATick":            "brings a backend that loses sight of its commits",
	"TestTickWorkersThatMeetOnOneRecord":   "brings a backend that makes workers meet",
	"TestObserverIsRunAgainCommittedIsNot": "brings a backend that refuses one commit",
	"TestTwoRegistersInOneUnitThatIsRerun": "brings a backend that refuses one commit",
}

func TestEveryTestRunsEverywhere(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	left := make(map[string]string)
	for name, why := range notEverywhere {
		left[name] = why
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			fn, isFunc := decl.(*ast.FuncDecl)
			if !isFunc || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
				continue
			}
			everywhere := false
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				call, isCall := n.(*ast.CallExpr)
				if !isCall {
					return true
				}
				called, isName := call.Fun.(*ast.Ident)
				everywhere = everywhere || isName && called.Name == "everywhere"
				return true
			})
			why := notEverywhere[fn.Name.Name]
			delete(left, fn.Name.Name)
			assert.Equalf(t, why == "", everywhere, "%s: a test runs everywhere, or has a reason why it does not (%q)", fn.Name.Name, why)
		}
	}
	assert.Empty(t, left, "reasons for tests that do not exist")
}
