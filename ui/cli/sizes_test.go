package cli

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A type of the screen is small enough to be held in the head.
const (
	mostFields  = 15 // those of embedded structs are counted too
	mostMethods = 25
)

// source is what the files of a package declare, by the names of types.
type source struct {
	structs map[string]*ast.StructType
	imports map[string]map[string]string // by the name of a type: what its file imports, by name
	methods map[string]int
}

// declarations reads the packages in and below folders, by path within the house.
func declarations(t *testing.T, folders ...string) map[string]*source {
	t.Helper()
	all := map[string]*source{}
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(top), folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(gotoken.NewFileSet(), filepath.Join(top, filepath.FromSlash(name)), nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			p := all[path.Dir(name)]
			if p == nil {
				p = &source{map[string]*ast.StructType{}, map[string]map[string]string{}, map[string]int{}}
				all[path.Dir(name)] = p
			}
			p.add(file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (s *source) add(file *ast.File) {
	imports := map[string]string{}
	for _, i := range file.Imports {
		whole, _ := strconv.Unquote(i.Path.Value)
		name := path.Base(whole)
		if i.Name != nil {
			name = i.Name.Name
		}
		imports[name] = inside(whole)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					if body, ok := spec.Type.(*ast.StructType); ok {
						s.structs[spec.Name.Name], s.imports[spec.Name.Name] = body, imports
					}
				}
			}
		case *ast.FuncDecl:
			if d.Recv != nil {
				_, name := typeName(d.Recv.List[0].Type)
				s.methods[name]++
			}
		}
	}
}

// typeName is the name of a type, and of the package that a selector has before it.
func typeName(x ast.Expr) (qualifier, name string) {
	switch x := x.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.Ident:
		return "", x.Name
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.SelectorExpr:
		qualifier, _ := x.X.(*ast.Ident)
		return qualifier.Name, x.Sel.Name
	}
	return "", ""
}

// fields counts the fields of a struct. An embedded struct of the house counts as those that it has.
func fields(all map[string]*source, in, of string) (n int) {
	p := all[in]
	for _, f := range p.structs[of].Fields.List {
		if len(f.Names) > 0 {
			n += len(f.Names)
			continue
		}
		qualifier, name := typeName(f.Type)
		from := in
		if qualifier != "" {
			from = p.imports[of][qualifier]
		}
		if q := all[from]; q != nil && q.structs[name] != nil {
			n += fields(all, from, name)
		} else {
			n++
		}
	}
	return n
}

func TestTypesAreSmall(t *testing.T) {
	all := declarations(t, "ui", "chat")
	for in, p := range all {
		if in != "ui" && !strings.HasPrefix(in, "ui/") {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(p.structs)) {
			fields, methods := fields(all, in, name), p.methods[name]
			if fields > mostFields || methods > mostMethods {
				t.Errorf("%s.%s has %d fields and %d methods, at most %d and %d are allowed", in, name, fields, methods, mostFields, mostMethods)
			}
		}
	}
}

// No part of the screen holds its root, which would make it a part of everything.
func TestNobodyHoldsTheRoot(t *testing.T) {
	const root = "program"
	for name, body := range declarations(t, "ui")["ui"].structs {
		for _, f := range body.Fields.List {
			if _, held := typeName(f.Type); held == root && name != "guard" {
				t.Errorf("ui.%s holds the root", name)
			}
		}
	}
}

// The commands know the screen where they run it, and nowhere else.
func TestOneFileRunsTheScreen(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if i.Path.Value == `"inkling/ui"` {
				found = append(found, name)
			}
		}
	}
	if !slices.Equal(found, []string{"screen.go"}) {
		t.Errorf("the screen is imported by %q", found)
	}
}
