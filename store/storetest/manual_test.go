package storetest_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/itsmkit/itsm/store/storetest"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestManualShowsCodeThatRuns: each Go block of docs/write-an-adapter.md stands,
// line by line, in a file whose tests run.
func TestManualShowsCodeThatRuns(t *testing.T) {
	var code strings.Builder
	for _, path := range []string{"example_adapter_test.go", "broken_test.go", "../memory/memory_test.go", "../memory/bench_test.go"} {
		code.WriteString(readFile(t, path))
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readFile(t, "../../docs/write-an-adapter.md"), -1)
	if len(blocks) < 10 {
		t.Errorf("only %d blocks of Go", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(code.String(), block[1]) {
			t.Errorf("this block stands in no file:\n%s", block[1])
		}
	}
}

// TestManualsNameClauses: what looks like a clause in the manuals is one.
func TestManualsNameClauses(t *testing.T) {
	clauses, subjects := map[string]bool{}, map[string]bool{}
	for _, c := range storetest.Clauses() {
		subject, _, _ := strings.Cut(c.Name, "/")
		clauses[c.Name], subjects[subject] = true, true
	}
	for _, path := range []string{"../../docs/write-an-adapter.md", manual} {
		named := 0
		for _, match := range regexp.MustCompile("`([a-z]+)/([a-z-]+)`").FindAllStringSubmatch(readFile(t, path), -1) {
			if !subjects[match[1]] {
				continue
			}
			named++
			if name := match[1] + "/" + match[2]; !clauses[name] {
				t.Errorf("%s names the clause %s, which there is not", path, name)
			}
		}
		if named < 20 {
			t.Errorf("%s names %d clauses", path, named)
		}
	}
}
