package arch

import (
	"fmt"
	"slices"
	"strings"
)

// Room is one package and what it may build on. A table of rooms is written from
// the ground floor up.
type Room struct {
	Dir     string
	Holds   string   // what lives there, in a line
	Kind    Kind     // what is asked of its code
	Rooms   []string // the rooms it may import, each earlier in the table
	Modules []string // the modules it may import beside the standard library
}

// Kind says how strict the rules are with a room.
type Kind int

// The kinds of room.
const (
	Pure  Kind = iota // computes only: no I/O, no clock, no chance
	Outer             // may do I/O and read a clock given to it
	Tool              // runs in tests and builds only; may use goroutines and panic
)

// Reason is a name with the reason why it is in a list.
type Reason struct{ Name, Why string }

// Imports checks the import table: each package is a room of the table, and
// imports only what its row names. Test files may import tests too.
func Imports(m *Module, rooms []Room, tests []Reason) []Finding {
	found := tableFindings(rooms)
	for _, p := range m.Packages {
		room, ok := roomOf(rooms, p.Dir)
		if !ok {
			found = append(found, Finding{"imports", p.Files[0].Path, 0, p.Dir,
				"which room is this? Add it to the table with what it holds and may import"})
			continue
		}
		for _, f := range p.Files {
			for _, i := range f.Imports {
				if problem := m.importProblem(room, rooms, f, i, tests); problem != "" {
					found = append(found, Finding{"imports", f.Path, i.Line, i.Path, problem})
				}
			}
		}
	}
	return found
}

// tableFindings checks the table itself: rooms import only rooms above them in
// the table, so no cycle and no upward import can be written down.
func tableFindings(rooms []Room) []Finding {
	var found []Finding
	seen := map[string]bool{}
	for _, r := range rooms {
		for _, below := range r.Rooms {
			if !seen[below] {
				found = append(found, Finding{"imports", r.Dir, 0, below, "the table lets the room import one that is not below it"})
			}
		}
		if r.Holds == "" {
			found = append(found, Finding{"imports", r.Dir, 0, r.Dir, "the table does not say what the room holds"})
		}
		seen[r.Dir] = true
	}
	return found
}

func roomOf(rooms []Room, dir string) (Room, bool) {
	i := slices.IndexFunc(rooms, func(r Room) bool { return r.Dir == dir })
	if i < 0 {
		return Room{}, false
	}
	return rooms[i], true
}

func (m *Module) importProblem(room Room, rooms []Room, f *File, i Import, tests []Reason) string {
	switch {
	case i.Name == ".":
		return "a dot import hides where names come from; import it by name"
	case i.Name == "_" && i.Path != "embed":
		return "a blank import is for its side effects; the host decides about those"
	case f.Test && slices.ContainsFunc(tests, func(r Reason) bool { return within(i.Path, r.Name) }):
		return ""
	}
	if dir, ours := m.dirOf(i.Path); ours {
		if dir == room.Dir || slices.Contains(room.Rooms, dir) {
			return "" // its own external test imports the room itself
		}
		if _, known := roomOf(rooms, dir); !known {
			return "which room is this? Add it to the table"
		}
		return fmt.Sprintf("room %q may import only: %s", room.Dir, orNothing(room.Rooms))
	}
	if isStandard(i.Path) || slices.ContainsFunc(room.Modules, func(module string) bool { return within(i.Path, module) }) {
		return ""
	}
	return fmt.Sprintf("beside the standard library, room %q may import only: %s", room.Dir, orNothing(room.Modules))
}

// dirOf is the directory of a package of the module.
func (m *Module) dirOf(importPath string) (dir string, ours bool) {
	if importPath == m.Path {
		return ".", true
	}
	return strings.CutPrefix(importPath, m.Path+"/")
}

// isStandard goes by the go command's own rule: only the standard library's
// paths have no dot in the first element.
func isStandard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

func within(importPath, module string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}
