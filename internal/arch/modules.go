package arch

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Dependency is one module that a module of the workspace requires directly, or
// takes a tool from.
type Dependency struct {
	Module string // directory of the module that requires it
	Path   string
	Why    string
}

// ModFile is what a go.mod says that the rules ask about.
type ModFile struct {
	Dir      string
	Path     string            // the module's own
	Requires []string          // direct ones
	Tools    []string          // package paths
	Replaces map[string]string // module → directory or module
}

// Modules reads every go.mod below the root, the root's first.
func Modules(fsys fs.FS) ([]ModFile, error) {
	var list []ModFile
	err := walk(fsys, func(dir string, entries []fs.DirEntry) (bool, error) {
		if !has(entries, "go.mod") {
			return true, nil
		}
		name := path.Join(dir, "go.mod")
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return false, err
		}
		list = append(list, readModFile(dir, string(text)))
		return true, nil
	})
	return list, err
}

func readModFile(dir, text string) ModFile {
	m := ModFile{Dir: dir, Replaces: map[string]string{}}
	for _, d := range directives(text) {
		switch d.verb {
		case "module":
			m.Path = d.args[0]
		case "require":
			if !strings.HasPrefix(d.comment, "indirect") {
				m.Requires = append(m.Requires, d.args[0])
			}
		case "tool":
			m.Tools = append(m.Tools, d.args[0])
		case "replace":
			if i := slices.Index(d.args, "=>"); i > 0 && i+1 < len(d.args) {
				m.Replaces[d.args[0]] = d.args[i+1]
			}
		}
	}
	return m
}

type directive struct {
	verb    string
	args    []string
	comment string
}

// directives reads the lines of a go.mod or go.work, those in brackets with the
// verb before the bracket. The go command has seen to it that they are sound.
func directives(text string) []directive {
	var list []directive
	block := ""
	for line := range strings.Lines(text) {
		line, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case block != "":
			list = append(list, directive{block, unquoted(words), strings.TrimSpace(comment)})
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		case len(words) > 1:
			list = append(list, directive{words[0], unquoted(words[1:]), strings.TrimSpace(comment)})
		}
	}
	return list
}

func unquoted(words []string) []string {
	for i, w := range words {
		words[i] = strings.Trim(w, "\"`")
	}
	return words
}

// Workspace checks that go.work joins every module below the root and nothing
// else, and that each module can be built without it: what it requires of the
// workspace it replaces by the directory. A nested module is named after its
// directory.
func Workspace(fsys fs.FS) ([]Finding, error) {
	text, err := fs.ReadFile(fsys, "go.work")
	if err != nil {
		return nil, err
	}
	var used []string
	for _, d := range directives(string(text)) {
		if d.verb == "use" {
			used = append(used, path.Clean(d.args[0]))
		}
	}
	modules, err := Modules(fsys)
	if err != nil {
		return nil, err
	}
	var found []Finding
	add := func(file, what, format string, args ...any) {
		found = append(found, Finding{"workspace", file, 0, what, fmt.Sprintf(format, args...)})
	}
	for _, m := range modules {
		file := path.Join(m.Dir, "go.mod")
		if !slices.Contains(used, m.Dir) {
			add(file, m.Path, "is not in go.work; without it the test command passes it by")
		}
		if want := path.Join(modules[0].Path, m.Dir); m.Path != want {
			add(file, m.Path, "is not named after its directory: %s", want)
		}
		for _, other := range modules {
			to, replaced := m.Replaces[other.Path]
			want, _ := filepath.Rel(m.Dir, other.Dir)
			switch {
			case !slices.Contains(m.Requires, other.Path):
			case !replaced:
				add(file, other.Path, "is required without a line to build it from here: replace %s => %s/", other.Path, filepath.ToSlash(want))
			case path.Join(m.Dir, to) != other.Dir:
				add(file, other.Path, "is replaced by %s, which is not where it lies: %s/", to, filepath.ToSlash(want))
			}
		}
	}
	for replaced := range modules[0].Replaces {
		add("go.mod", replaced, "is replaced, which does not hold for those who import the module")
	}
	for _, dir := range used {
		if !slices.ContainsFunc(modules, func(m ModFile) bool { return m.Dir == dir }) {
			add("go.work", dir, "has no go.mod")
		}
	}
	return found, nil
}

// Dependencies compares what each module requires directly, and the tools it
// names, with the list.
func Dependencies(fsys fs.FS, list []Dependency) ([]Finding, error) {
	modules, err := Modules(fsys)
	if err != nil {
		return nil, err
	}
	var found []Finding
	needed := make([]bool, len(list))
	for _, m := range modules {
		file := path.Join(m.Dir, "go.mod")
		for _, name := range append(slices.Clone(m.Requires), m.Tools...) {
			listed := false
			for i, d := range list {
				if d.Module == m.Dir && within(name, d.Path) {
					needed[i], listed = true, true
				}
			}
			if !listed && !slices.ContainsFunc(modules, func(other ModFile) bool { return other.Path == name }) {
				found = append(found, Finding{"dependencies", file, 0, name,
					"is not in the list; is it worth more than own code? Then add it with the reason"})
			}
		}
	}
	for i, d := range list {
		file := path.Join(d.Module, "go.mod")
		switch {
		case !needed[i]:
			found = append(found, Finding{"dependencies", file, 0, d.Path, "is in the list but not required; remove it there"})
		case d.Why == "":
			found = append(found, Finding{"dependencies", file, 0, d.Path, "is in the list without a reason"})
		}
	}
	return found, nil
}
