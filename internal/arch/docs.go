package arch

import (
	"fmt"
	"go/ast"
	"slices"
)

// Docs checks that every exported name has a comment: its own, one at the end of
// its line, or that of its group. Methods in known are explained once, by the
// interface they implement.
func Docs(m *Module, known []Reason) []Finding {
	var found []Finding
	for _, p := range m.Packages {
		for _, f := range p.code() {
			if f.syntax.Name.Name == "main" {
				continue
			}
			for _, decl := range f.syntax.Decls {
				for _, name := range undocumented(decl, known) {
					found = append(found, Finding{"docs", f.Path, p.line(name), name.Name,
						"is exported without a comment; say in one sentence what it is"})
				}
			}
		}
		if len(p.code()) > 0 && !slices.ContainsFunc(p.code(), func(f *File) bool { return f.syntax.Doc != nil }) {
			found = append(found, Finding{"docs", p.code()[0].Path, 0, "package " + p.code()[0].syntax.Name.Name,
				"no file has a package comment; write doc.go"})
		}
	}
	return found
}

func undocumented(decl ast.Decl, known []Reason) []*ast.Ident {
	var names []*ast.Ident
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		receiver := receiverName(decl)
		method := decl.Recv != nil
		switch {
		case decl.Doc != nil, !decl.Name.IsExported(), method && !ast.IsExported(receiver):
		case method && slices.ContainsFunc(known, func(r Reason) bool { return r.Name == decl.Name.Name }):
		default:
			names = append(names, decl.Name)
		}
	case *ast.GenDecl:
		if decl.Doc != nil {
			return nil // a group's comment speaks for all
		}
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc == nil && spec.Comment == nil {
					names = append(names, spec.Name)
				}
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					if name.IsExported() && spec.Doc == nil && spec.Comment == nil {
						names = append(names, name)
					}
				}
			}
		}
	}
	return names
}

// Lengths checks that no file is longer than that many lines.
func Lengths(m *Module, most int) []Finding {
	var found []Finding
	for _, p := range m.Packages {
		for _, f := range p.Files {
			if f.Lines > most {
				found = append(found, Finding{"lengths", f.Path, 0, "lines",
					fmt.Sprintf("has %d, more than %d; which two subjects are in it?", f.Lines, most)})
			}
		}
	}
	return found
}
