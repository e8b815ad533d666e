package style

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// No other package of the screen makes a colour: none imports image/color, calls what makes one of Lip Gloss's, writes one out or
// begins an escape sequence of one. The pictures of a terminal's answers in ui/terminal are none of the screen's.
func TestColoursAreHereAlone(t *testing.T) {
	made := regexp.MustCompile(`lipgloss\.(Color|ANSIColor|RGBColor|LightDark|Complete)\b|^"#[0-9a-fA-F]{3,6}"$|\.(Foreground|Background|UnderlineForeground)\(|\\x1b\[[0-9;]*([349][0-7]|[34]8|10[0-7])[0-9;]*m`)
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if dir := filepath.Base(filepath.Dir(path)); filepath.Dir(path) == filepath.Join("..", "style") || dir == "terminal" {
			return nil
		}
		seen++
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			if i.Path.Value == `"image/color"` {
				t.Errorf("%s imports image/color", path)
			}
		}
		inspect(file, func(at token.Pos, code string) {
			if m := made.FindString(code); m != "" {
				t.Errorf("%s: a colour, %s", files.Position(at), m)
			}
		})
		return nil
	})
	if err != nil || seen < 20 {
		t.Fatalf("%d files were read: %v", seen, err)
	}
}

// inspect calls with every expression of a file that could make a colour, as it is written.
func inspect(file *ast.File, each func(at token.Pos, code string)) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			each(n.Pos(), n.Value)
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				each(n.Pos(), x.Name+"."+n.Sel.Name)
			} else {
				each(n.Pos(), "."+n.Sel.Name+"(")
			}
		}
		return true
	})
}
