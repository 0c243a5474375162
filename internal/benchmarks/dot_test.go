package benchmarks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph/formats/dot"
)

// TestDOTParses holds the drawings of config against gonum's reader of DOT: it finds
// the nodes and edges that were written.
func TestDOTParses(t *testing.T) {
	paths, err := filepath.Glob("../../config/testdata/drawings/*.dot")
	if err != nil || len(paths) == 0 {
		t.Fatal("no drawings", err)
	}
	more, _ := filepath.Glob("../../examples/estate/testdata/*.dot")
	for _, path := range append(paths, more...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := dot.ParseBytes(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		edges := strings.Count(file.String(), "->")
		if want := strings.Count(string(text), " -> "); len(file.Graphs) != 1 || edges != want {
			t.Errorf("%s: %d graphs, %d edges; want 1 and %d", path, len(file.Graphs), edges, want)
		}
	}
}
