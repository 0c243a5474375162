package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the parsed source of one module.
type Module struct {
	Path     string
	Packages []*Package // by directory
}

// Package is one directory with Go files.
type Package struct {
	Dir   string // below the module's root; "." is the root
	Files []*File

	scope *types.Scope
	info  *types.Info
	fset  *token.FileSet
}

// File is one Go file.
type File struct {
	Path    string // below the module's root
	Test    bool   // compiled by go test only
	Lines   int
	Imports []Import

	syntax *ast.File
}

// Import is one import of a file.
type Import struct {
	Path string
	Name string // by which the file calls it: the alias, or the usual name
	Line int
}

// Load parses the packages of the module that lies in fsys. Nested modules,
// testdata, and directories that the go command ignores are left out.
func Load(fsys fs.FS, modulePath string) (*Module, error) {
	m := &Module{Path: modulePath}
	err := walk(fsys, func(dir string, entries []fs.DirEntry) (descend bool, err error) {
		if dir != "." && has(entries, "go.mod") {
			return false, nil
		}
		p, err := loadPackage(fsys, dir, entries)
		if err == nil && len(p.Files) > 0 {
			m.Packages = append(m.Packages, p)
		}
		return true, err
	})
	return m, err
}

func loadPackage(fsys fs.FS, dir string, entries []fs.DirEntry) (*Package, error) {
	p := &Package{Dir: dir, fset: token.NewFileSet()}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		name := path.Join(dir, e.Name())
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(p.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.Files = append(p.Files, &File{
			Path:    name,
			Test:    strings.HasSuffix(name, "_test.go"),
			Lines:   strings.Count(string(source), "\n"),
			Imports: importsOf(p.fset, syntax),
			syntax:  syntax,
		})
	}
	p.resolve()
	return p, nil
}

func importsOf(fset *token.FileSet, syntax *ast.File) []Import {
	var list []Import
	for _, spec := range syntax.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has refused it already
		}
		name := usualName(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		list = append(list, Import{importPath, name, fset.Position(spec.Pos()).Line})
	}
	return list
}

// resolve finds out what each identifier of the non-test files means. Imported
// packages are taken to be empty: which package a name stands for is all that
// the rules ask, and that needs no compiled code. The errors that follow from
// the emptiness mean nothing.
func (p *Package) resolve() {
	var files []*ast.File
	for _, f := range p.code() {
		files = append(files, f.syntax)
	}
	p.info = &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: emptyPackages{}, Error: func(error) {}}
	checked, _ := config.Check(p.Dir, p.fset, files, p.info)
	p.scope = checked.Scope()
}

type emptyPackages struct{}

func (emptyPackages) Import(importPath string) (*types.Package, error) {
	p := types.NewPackage(importPath, usualName(importPath))
	p.MarkComplete()
	return p, nil
}

// usualName is the package name that an import path ends in, by convention.
func usualName(importPath string) string {
	name := path.Base(importPath)
	if strings.HasPrefix(name, "v") && strings.Trim(name[1:], "0123456789") == "" { // …/rand/v2
		name = path.Base(path.Dir(importPath))
	}
	name, _, _ = strings.Cut(name, ".") // gopkg.in/yaml.v3
	return strings.TrimPrefix(name, "go-")
}

// code is the files that are not tests.
func (p *Package) code() []*File {
	return slices.DeleteFunc(slices.Clone(p.Files), func(f *File) bool { return f.Test })
}

func (p *Package) line(n ast.Node) int { return p.fset.Position(n.Pos()).Line }

// packageName says which imported package e names, if it names one. A name that
// was not resolved counts as the import: better one false alarm than a miss.
func (p *Package) packageName(f *File, e ast.Expr) (importPath string, ok bool) {
	ident, isIdent := ast.Unparen(e).(*ast.Ident)
	if !isIdent {
		return "", false
	}
	if object := p.info.Uses[ident]; object != nil {
		name, isPackage := object.(*types.PkgName)
		if !isPackage {
			return "", false
		}
		return name.Imported().Path(), true
	}
	for _, i := range f.Imports {
		if i.Name == ident.Name {
			return i.Path, true
		}
	}
	return "", false
}

// isBuiltin reports whether e is the predeclared function of that name.
func (p *Package) isBuiltin(e ast.Expr, name string) bool {
	ident, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || ident.Name != name {
		return false
	}
	object := p.info.Uses[ident]
	_, builtin := object.(*types.Builtin)
	return builtin || object == nil
}

// walk visits the directories below the root that the go command would, parents
// first, each with its entries by name.
func walk(fsys fs.FS, visit func(dir string, entries []fs.DirEntry) (descend bool, err error)) error {
	var enter func(dir string) error
	enter = func(dir string) error {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			return err
		}
		descend, err := visit(dir, entries)
		if err != nil || !descend {
			return err
		}
		for _, e := range entries {
			if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") ||
				e.Name() == "testdata" || e.Name() == "vendor" {
				continue
			}
			if err := enter(path.Join(dir, e.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	return enter(".")
}

func has(entries []fs.DirEntry, name string) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name })
}
