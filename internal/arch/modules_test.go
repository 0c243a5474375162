package arch

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// workspace is a sound one; a test breaks one file of it.
var workspace = map[string]string{
	"go.work": "go 1.26.0\n\nuse (\n\t.\n\t./examples // programs\n)\nuse ./internal/bench\n",
	"go.mod": `module example.org/house

go 1.26.0

require example.com/uuid v1.0.0

require (
	example.com/exp v0.1.0 // indirect
	example.com/other v0.1.0 // indirect; by way of exp
)

tool example.com/exp/cmd/diff
`,
	"examples/go.mod":       "module example.org/house/examples\nrequire example.org/house v0.0.0\nreplace example.org/house => ../\n",
	"internal/bench/go.mod": "module \"example.org/house/internal/bench\"\nrequire (\n\texample.org/house v0.0.0\n\texample.com/peer v1.2.3\n)\nreplace (\n\texample.org/house v0.0.0 => ../..\n)\n",
	"testdata/go.mod":       "module example.org/fixture\n",
}

var listed = []Dependency{
	{".", "example.com/uuid", "ids"},
	{".", "example.com/exp", "a tool"},
	{"internal/bench", "example.com/peer", "a peer"},
}

func TestWorkspaceThatIsSound(t *testing.T) {
	found, err := Workspace(source(workspace))
	if err != nil || len(found) > 0 {
		t.Errorf("Workspace: %v, %v, want nothing", found, err)
	}
	found, err = Dependencies(source(workspace), listed)
	if err != nil || len(found) > 0 {
		t.Errorf("Dependencies: %v, %v, want nothing", found, err)
	}
}

func TestEveryWorkspaceRuleBites(t *testing.T) {
	for _, test := range []struct {
		name, file, old, new, want string
	}{
		{"a module left out", "go.work", "use ./internal/bench\n", "",
			"internal/bench/go.mod: workspace: example.org/house/internal/bench: is not in go.work"},
		{"a directory without a module", "go.work", "./examples", "./samples\n./examples",
			"go.work: workspace: samples: has no go.mod"},
		{"a module misnamed", "examples/go.mod", "house/examples", "house/samples",
			"examples/go.mod: workspace: example.org/house/samples: is not named after its directory: example.org/house/examples"},
		{"no replacement", "examples/go.mod", "replace example.org/house => ../\n", "",
			"examples/go.mod: workspace: example.org/house: is required without a line to build it from here: replace example.org/house => ../"},
		{"a wrong replacement", "internal/bench/go.mod", "=> ../..", "=> ../",
			"internal/bench/go.mod: workspace: example.org/house: is replaced by ../, which is not where it lies: ../../"},
		{"a replacement at the root", "go.mod", "tool ", "replace example.com/uuid => ./fork\ntool ",
			"go.mod: workspace: example.com/uuid: is replaced, which does not hold for those who import the module"},
		{"a new dependency", "go.mod", "require example.com/uuid v1.0.0", "require example.com/uuid v1.0.0\nrequire example.com/left-pad v1.0.0",
			"go.mod: dependencies: example.com/left-pad: is not in the list"},
		{"a new tool", "go.mod", "tool example.com/exp/cmd/diff", "tool (\n\texample.com/exp/cmd/diff\n\texample.com/lint\n)",
			"go.mod: dependencies: example.com/lint: is not in the list"},
		{"a dependency that went away", "internal/bench/go.mod", "example.com/peer v1.2.3", "",
			"internal/bench/go.mod: dependencies: example.com/peer: is in the list but not required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := maps.Clone(workspace)
			files[test.file] = strings.Replace(files[test.file], test.old, test.new, 1)
			if files[test.file] == workspace[test.file] {
				t.Fatalf("%q is not in %s", test.old, test.file)
			}
			found, err := Workspace(source(files))
			if err != nil {
				t.Fatal(err)
			}
			required, err := Dependencies(source(files), listed)
			if err != nil {
				t.Fatal(err)
			}
			got := lines(slices.Concat(found, required))
			if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
				t.Errorf("found %q, want one that begins %q", got, test.want)
			}
		})
	}
}

func TestDependencyWithoutAReason(t *testing.T) {
	list := slices.Clone(listed)
	list[0].Why = ""
	found, err := Dependencies(source(workspace), list)
	if err != nil || len(found) != 1 || !strings.Contains(found[0].String(), "without a reason") {
		t.Errorf("Dependencies: %v, %v, want one without a reason", found, err)
	}
}
