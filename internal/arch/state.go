package arch

import (
	"go/ast"
	"go/token"
	"go/types"
)

// State checks that no package keeps state of its own: no init function, no
// package-level variable but sentinel errors and interface assertions, and no
// assignment to a variable of any package, its own or another's.
func State(m *Module) []Finding {
	var found []Finding
	for _, p := range m.Packages {
		for _, f := range p.code() {
			for _, decl := range f.syntax.Decls {
				switch decl := decl.(type) {
				case *ast.FuncDecl:
					if decl.Recv == nil && decl.Name.Name == "init" {
						found = append(found, Finding{"state", f.Path, p.line(decl), "init",
							"runs behind the host's back; make a value that the host builds and passes in"})
					}
				case *ast.GenDecl:
					found = append(found, p.variables(f, decl)...)
				}
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				found = append(found, p.writes(f, n)...)
				return true
			})
		}
	}
	return found
}

// variables finds package-level variables. What an exception permits is to have
// one; writes sees to it that it is never changed.
func (p *Package) variables(f *File, decl *ast.GenDecl) []Finding {
	if decl.Tok != token.VAR {
		return nil
	}
	var found []Finding
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, name := range spec.Names {
			if name.Name == "_" || i < len(spec.Values) && p.isSentinel(f, spec.Values[i]) {
				continue
			}
			found = append(found, Finding{"state", f.Path, p.line(name), name.Name,
				"is a package variable; make it a constant, a function that returns it, or a field of a value"})
		}
	}
	return found
}

// isSentinel reports whether e is errors.New(…).
func (p *Package) isSentinel(f *File, e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "New" {
		return false
	}
	importPath, _ := p.packageName(f, selector.X)
	return importPath == "errors"
}

// writes finds what changes a package-level variable, in whole or in part.
func (p *Package) writes(f *File, n ast.Node) []Finding {
	var targets []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			targets = n.Lhs
		}
	case *ast.IncDecStmt:
		targets = []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			targets = []ast.Expr{n.Key, n.Value}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND { // whoever holds the address can write
			targets = []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if len(n.Args) > 0 && (p.isBuiltin(n.Fun, "delete") || p.isBuiltin(n.Fun, "clear") || p.isBuiltin(n.Fun, "copy")) {
			targets = n.Args[:1]
		}
	}
	var found []Finding
	for _, target := range targets {
		if name := p.variableOf(f, target); name != "" {
			found = append(found, Finding{"state", f.Path, p.line(n), "write to " + name,
				"changes a package variable, or takes its address; what is shared by all is never changed"})
		}
	}
	return found
}

// variableOf names the package-level variable that e is, or is a part of.
func (p *Package) variableOf(f *File, e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if importPath, ok := p.packageName(f, x.X); ok {
				return usualName(importPath) + "." + x.Sel.Name
			}
			e = x.X
		case *ast.Ident:
			if v, ok := p.info.Uses[x].(*types.Var); ok && v.Parent() == p.scope {
				return x.Name
			}
			return ""
		default:
			return ""
		}
	}
}
