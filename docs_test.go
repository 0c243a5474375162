package itsm_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestEveryRowHasATest: the tables that set a package against other systems name, for
// what they say of ours, tests and examples that the package has, or one within it.
func TestEveryRowHasATest(t *testing.T) {
	for dir, least := range map[string]int{"sla": 50, "config": 30} {
		text, err := os.ReadFile(filepath.Join("docs", dir+".md"))
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		there := make(map[string]bool)
		within, err := filepath.Glob(filepath.Join(dir, "*", "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range append(files, within...) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Example)\w+)\(`).FindAllSubmatch(source, -1) {
				there[string(m[1])] = true
			}
		}
		named := regexp.MustCompile("`((?:Test|Example)\\w+)`").FindAllSubmatch(text, -1)
		if len(named) <= least {
			t.Errorf("docs/%s.md names %d tests", dir, len(named))
		}
		for _, m := range named {
			if !there[string(m[1])] {
				t.Errorf("docs/%s.md: %s is no test of the package", dir, m[1])
			}
		}
	}
}
