package arch

import (
	"go/ast"
	"path"
	"slices"
	"strings"
)

// PureImports checks that pure rooms import only those packages of the standard
// library that compute. The reasons of refused name the usual suspects; any
// other that is not allowed is refused too.
func PureImports(m *Module, rooms []Room, allowed []string, refused []Reason) []Finding {
	var found []Finding
	for _, p := range m.inRooms(rooms, Pure) {
		for _, f := range p.code() {
			for _, i := range f.Imports {
				if !isStandard(i.Path) || slices.Contains(allowed, i.Path) {
					continue
				}
				problem := "is not among the packages that only compute; if it is one, add it to the table"
				for _, r := range refused {
					if matches(r.Name, i.Path) {
						problem = r.Why
					}
				}
				found = append(found, Finding{"pure imports", f.Path, i.Line, i.Path, problem})
			}
		}
	}
	return found
}

// Ban forbids names of a package. A name may end in *, and "*" alone is all of
// them but those excepted.
type Ban struct {
	Path   string // import path
	Name   string
	Except []string
	Why    string
}

func (b Ban) covers(importPath, name string) bool {
	return b.Path == importPath && matches(b.Name, name) && !slices.Contains(b.Except, name)
}

// Calls checks that rooms of that kind do not use the banned names, be it in a
// call or as a value.
func Calls(m *Module, rooms []Room, kind Kind, bans []Ban) []Finding {
	var found []Finding
	for _, p := range m.inRooms(rooms, kind) {
		for _, f := range p.code() {
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				importPath, ok := p.packageName(f, selector.X)
				if !ok {
					return true
				}
				for _, b := range bans {
					if b.covers(importPath, selector.Sel.Name) {
						found = append(found, Finding{"calls", f.Path, p.line(selector),
							usualName(importPath) + "." + selector.Sel.Name, b.Why})
						break
					}
				}
				return true
			})
		}
	}
	return found
}

// Methods checks that pure rooms call no method of that name without arguments;
// whose method it is cannot be told from the source alone.
func Methods(m *Module, rooms []Room, banned []Reason) []Finding {
	var found []Finding
	for _, p := range m.inRooms(rooms, Pure) {
		for _, f := range p.code() {
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) > 0 {
					return true
				}
				selector, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if _, ofPackage := p.packageName(f, selector.X); ofPackage {
					return true
				}
				for _, r := range banned {
					if r.Name == selector.Sel.Name {
						found = append(found, Finding{"calls", f.Path, p.line(selector), "." + r.Name, r.Why})
					}
				}
				return true
			})
		}
	}
	return found
}

// Statements checks that rooms other than tools start no goroutine, print
// nothing, and panic only in functions named Must….
func Statements(m *Module, rooms []Room) []Finding {
	var found []Finding
	for _, p := range append(m.inRooms(rooms, Pure), m.inRooms(rooms, Outer)...) {
		for _, f := range p.code() {
			for _, decl := range f.syntax.Decls {
				where := functionName(decl)
				ast.Inspect(decl, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.GoStmt:
						found = append(found, Finding{"statements", f.Path, p.line(n), "go in " + where,
							"starts a goroutine that the host did not ask for"})
					case *ast.CallExpr:
						for _, name := range []string{"print", "println"} {
							if p.isBuiltin(n.Fun, name) {
								found = append(found, Finding{"statements", f.Path, p.line(n), name + " in " + where,
									"writes to the host's standard error"})
							}
						}
						if p.isBuiltin(n.Fun, "panic") && !isMust(where) {
							found = append(found, Finding{"statements", f.Path, p.line(n), "panic in " + where,
								"bad input never panics; return an error, or name the function Must…"})
						}
					}
					return true
				})
			}
		}
	}
	return found
}

// functionName is "Name" or "Type.Name"; "a variable" outside functions.
func functionName(decl ast.Decl) string {
	function, ok := decl.(*ast.FuncDecl)
	if !ok {
		return "a variable"
	}
	if receiver := receiverName(function); receiver != "" {
		return receiver + "." + function.Name.Name
	}
	return function.Name.Name
}

func receiverName(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return ""
	}
	e := function.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr: // R[T]
			e = x.X
		case *ast.IndexListExpr: // R[K, V]
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

func isMust(function string) bool {
	name := function[strings.LastIndex(function, ".")+1:]
	return strings.HasPrefix(name, "Must") || strings.HasPrefix(name, "must")
}

// inRooms is the packages whose room is of that kind. A package that has no room
// is a finding of [Imports].
func (m *Module) inRooms(rooms []Room, kind Kind) []*Package {
	var list []*Package
	for _, p := range m.Packages {
		if room, ok := roomOf(rooms, p.Dir); ok && room.Kind == kind {
			list = append(list, p)
		}
	}
	return list
}

// matches compares a name with a pattern; * stands for any run of characters
// but slashes.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
