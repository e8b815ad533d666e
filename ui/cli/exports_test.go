package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	gotoken "go/token"
	gotypes "go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// helpers are packages for tests alone: what they export is used by tests.
var helpers = []string{"engine/enginetest", "engine/hub/hubtest", "ui/cli/ptytest"}

// A listed is a package as "go list" tells of it.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, IgnoredGoFiles []string
}

// house is all packages of the house with their types, without their tests.
type house struct {
	files    *gotoken.FileSet
	packages map[string]*gotypes.Package // by import path
	info     gotypes.Info
	names    map[string]bool // in files for other systems, which are not checked
}

func (h *house) Import(path string) (*gotypes.Package, error) {
	if p, ok := h.packages[path]; ok {
		return p, nil
	}
	return nil, errors.New("no package " + path)
}

// newHouse checks the packages below a folder; those of other modules come compiled.
func newHouse(t *testing.T, folder string) *house {
	t.Helper()
	h := &house{gotoken.NewFileSet(), map[string]*gotypes.Package{}, gotypes.Info{Defs: map[*ast.Ident]gotypes.Object{}, Uses: map[*ast.Ident]gotypes.Object{}}, map[string]bool{}}
	compiled := map[string]string{}
	library := importer.ForCompiler(h.files, "gc", func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) })
	decoder := json.NewDecoder(bytes.NewReader(runIn(t, folder, nil, "go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,IgnoredGoFiles", "./...")))
	for { // what a package imports comes before it
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return h
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.ImportPath != module && !strings.HasPrefix(p.ImportPath, module+"/") {
			compiled[p.ImportPath] = p.Export
			continue
		}
		h.check(t, p, library)
	}
}

func (h *house) check(t *testing.T, p listed, library gotypes.Importer) {
	t.Helper()
	parse := func(name string) *ast.File {
		file, err := parser.ParseFile(h.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	var files []*ast.File
	for _, name := range p.GoFiles {
		files = append(files, parse(name))
	}
	for _, name := range p.IgnoredGoFiles {
		if !strings.HasSuffix(name, "_test.go") {
			ast.Inspect(parse(name), func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					h.names[id.Name] = true
				}
				return true
			})
		}
	}
	config := gotypes.Config{FakeImportC: true, Importer: either{h, library}}
	checked, err := config.Check(p.ImportPath, h.files, files, &h.info)
	if err != nil {
		t.Fatal(err)
	}
	h.packages[p.ImportPath] = checked
}

// either imports a package of the house, or else of a library.
type either struct{ house, library gotypes.Importer }

func (e either) Import(path string) (*gotypes.Package, error) {
	if p, err := e.house.Import(path); err == nil {
		return p, nil
	}
	if path == "unsafe" {
		return gotypes.Unsafe, nil
	}
	return e.library.Import(path)
}

// idle are the exported names that nothing but tests uses, as "engine.Model.Name".
func (h *house) idle() []string {
	used := map[gotypes.Object]bool{}
	for _, o := range h.info.Uses {
		used[origin(o)] = true
	}
	h.implement(used)
	var names []string
	for path, p := range h.packages {
		if path == module || slices.Contains(helpers, inside(path)) {
			continue
		}
		report := func(o gotypes.Object, name string) {
			if o.Exported() && !used[o] && !h.names[o.Name()] && o.Name() != "Unwrap" { // which package errors looks for
				names = append(names, inside(path)+"."+name)
			}
		}
		for _, o := range declared(p) {
			if c, ok := o.(*gotypes.Const); ok {
				if of, ok := c.Type().(*gotypes.Named); ok && used[of.Obj()] {
					continue // one of several of its type, all of which are named together
				}
			}
			report(o, o.Name())
			named, ok := namedType(o)
			if !ok || !o.Exported() {
				continue
			}
			for m := range named.Methods() {
				report(m, o.Name()+"."+m.Name())
			}
			body, ok := named.Underlying().(*gotypes.Struct)
			for i := 0; ok && i < body.NumFields(); i++ {
				if f := body.Field(i); body.Tag(i) == "" && !f.Embedded() {
					report(f, o.Name()+"."+f.Name())
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// origin is what a generic function, method or field was before it got its types.
func origin(o gotypes.Object) gotypes.Object {
	switch o := o.(type) {
	case *gotypes.Func:
		return o.Origin()
	case *gotypes.Var:
		return o.Origin()
	}
	return o
}

// declared is what a package has outside its functions.
func declared(p *gotypes.Package) (objects []gotypes.Object) {
	for _, name := range p.Scope().Names() {
		objects = append(objects, p.Scope().Lookup(name))
	}
	return objects
}

// namedType is the type that an object declares.
func namedType(o gotypes.Object) (*gotypes.Named, bool) {
	if _, ok := o.(*gotypes.TypeName); !ok {
		return nil, false
	}
	named, ok := o.Type().(*gotypes.Named)
	return named, ok
}

// implement marks the methods by which types of the house implement an interface, of theirs or of a library: it calls them.
func (h *house) implement(used map[gotypes.Object]bool) {
	byMethod := map[string][]*gotypes.Interface{} // by the name of their first method
	add := func(i *gotypes.Interface) {
		if i.NumMethods() > 0 {
			name := i.Method(0).Name()
			byMethod[name] = append(byMethod[name], i)
		}
	}
	add(gotypes.Universe.Lookup("error").Type().Underlying().(*gotypes.Interface))
	seen := map[*gotypes.Package]bool{}
	var visit func(p *gotypes.Package)
	visit = func(p *gotypes.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, o := range declared(p) {
			if named, ok := namedType(o); ok && named.TypeParams().Len() == 0 {
				if i, ok := named.Underlying().(*gotypes.Interface); ok {
					add(i)
				}
			}
		}
		for _, other := range p.Imports() {
			visit(other)
		}
	}
	for _, p := range h.packages {
		visit(p)
	}
	for _, p := range h.packages {
		for _, o := range declared(p) {
			named, ok := namedType(o)
			if !ok || gotypes.IsInterface(named) {
				continue
			}
			pointer := gotypes.NewPointer(named)
			methods := gotypes.NewMethodSet(pointer)
			for m := range methods.Methods() {
				for _, i := range byMethod[m.Obj().Name()] {
					if !gotypes.Implements(pointer, i) {
						continue
					}
					for wanted := range i.Methods() {
						used[origin(methods.Lookup(wanted.Pkg(), wanted.Name()).Obj())] = true
					}
				}
			}
		}
	}
}

// What only tests use is not for others: it is unexported, or goes.
func TestExportsAreUsed(t *testing.T) {
	for _, name := range newHouse(t, top).idle() {
		t.Errorf("only tests use %s", name)
	}
}

// The guard finds what nobody uses, and lets pass what an interface, another package or another system wants.
func TestExportsThatNobodyUsesAreFound(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module " + module + "\n\ngo 1.26\n",
		"main.go":        "package main\n\nimport \"inkling/a\"\n\nfunc main() { println(a.Make[int](1).Shown, a.New().Len()) }\n",
		"a/a_test.go":    "package a\n\nvar _ = Idle\n",
		"a/a_windows.go": "package a\n\nvar _ = Elsewhere\n",
		"a/a.go": `package a

type Box[T any] struct { Shown T; Hidden int; Tagged int ` + "`json:\"x\"`" + ` }

func Make[T any](x T) Box[T] { return Box[T]{Shown: x} }

func (b Box[T]) Idle() {}

type Text struct{ part }

type part struct{}

func (part) Len() int { return 0 }

func New() Text { return Text{} }

func (Text) Error() string { return "" }

func (Text) String(x int) {}

func Idle() {}

func Elsewhere() {}
`,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"a.Box.Hidden", "a.Box.Idle", "a.Idle", "a.Text.String"}
	if got := newHouse(t, folder).idle(); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
