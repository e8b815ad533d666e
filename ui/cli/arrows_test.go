package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows are all the imports that packages of the house may have of each other: from ui/cli down to the kernel, and never
// back or sideways. A new package needs a line here.
var arrows = map[string][]string{
	"": {"ui/cli"},
	"ui/cli": {"chat", "chat/lore", "chat/serve", "chat/session", "chat/store", "chat/task", "config", "engine", "engine/bench", "engine/convert",
		"engine/evaluate", "engine/hub", "engine/jsonfile", "engine/remote", "engine/sample", "ui", "ui/plain", "ui/safe", "ui/style"},
	"ui/cli/ptytest":    {},
	"docs/screens":      {},
	"ui":                {"chat", "chat/session", "chat/wrap", "ui/editor", "ui/list", "ui/markdown", "ui/pane", "ui/safe", "ui/style", "ui/terminal", "ui/text"},
	"ui/plain":          {"chat", "chat/session", "ui/editor", "ui/safe"},
	"ui/editor":         {},
	"ui/list":           {},
	"ui/pane":           {"chat", "chat/prompt", "chat/session", "chat/wrap", "ui/list", "ui/safe", "ui/style", "ui/text"},
	"ui/style":          {"ui/markdown"},
	"ui/terminal":       {},
	"ui/text":           {"ui/safe"},
	"ui/markdown":       {"ui/safe"},
	"ui/safe":           {},
	"chat/task":         {"engine/sample"},
	"chat/session":      {"chat", "chat/lore", "chat/prompt", "chat/task", "chat/wrap", "config", "engine", "engine/hub", "engine/sample"},
	"chat/serve":        {"chat", "chat/prompt", "engine", "engine/sample"},
	"chat/wrap":         {},
	"chat/prompt":       {"chat", "chat/template"},
	"chat/lore":         {"chat", "chat/prompt"},
	"chat/store":        {"chat"},
	"chat":              {},
	"chat/template":     {},
	"config":            {"engine/sample"},
	"engine/enginetest": {"engine", "engine/bpe"},
	"engine/bench":      {"engine", "engine/gpt2", "engine/kernel", "engine/pages", "engine/sample"},
	"engine/evaluate":   {"engine", "engine/jsonfile"},
	"engine": {"engine/added", "engine/bpe", "engine/cache", "engine/decode", "engine/gpt2", "engine/hub", "engine/jsonfile",
		"engine/kernel", "engine/pages", "engine/pipeline", "engine/sample", "engine/starter", "engine/unigram",
		"engine/weights", "engine/wordpiece"},
	"engine/convert": {"engine", "engine/dtype", "engine/gguf", "engine/gpt2", "engine/jsonfile", "engine/weights"},
	"engine/added":   {},
	"engine/cache":   {"engine/pages"},
	"engine/pages":   {},
	"engine/bpe":     {"engine/added"},
	"engine/gpt2":    {"engine/jsonfile", "engine/kernel"},
	"engine/sample":  {"engine/kernel"},
	"engine/decode":  {"engine/kernel", "engine/sample"},
	"engine/starter": {},
	"engine/weights": {"engine/added", "engine/bpe", "engine/detokenize", "engine/dtype", "engine/gguf",
		"engine/jsonfile", "engine/normalize", "engine/pipeline", "engine/pretokenize", "engine/spiece", "engine/torchfile",
		"engine/unigram"},
	"engine/pipeline":    {"engine/added", "engine/detokenize", "engine/normalize", "engine/pretokenize"},
	"engine/detokenize":  {"engine/bpe"},
	"engine/pretokenize": {"engine/bpe"},
	"engine/spiece":      {"engine/normalize"},
	"engine/normalize":   {},
	"engine/unigram":     {},
	"engine/jsonfile":    {},
	"engine/wordpiece":   {"engine/added"},
	"engine/gguf":        {"engine/dtype", "engine/kernel"},
	"engine/torchfile":   {"engine/dtype"},
	"engine/dtype":       {"engine/kernel"},
	"engine/kernel":      {},
	"engine/hub":         {"engine/jsonfile"},
	"engine/remote":      {"engine", "engine/sample"},
	"engine/hub/hubtest": {},
}

const (
	module = "inkling"
	top    = "../.." // of the repository, from this package
)

// testArrows are the imports that tests of a package have beyond those of the package itself.
var testArrows = map[string][]string{
	"chat/prompt":     {"engine"},
	"chat/serve":      {"engine/enginetest", "engine/remote"},
	"chat/session":    {"engine/enginetest"},
	"engine":          {"engine/convert", "engine/enginetest", "engine/hub/hubtest"},
	"engine/convert":  {"engine/sample"},
	"engine/evaluate": {"engine/enginetest"},
	"engine/gpt2":     {"engine/weights"},
	"engine/hub":      {"engine/hub/hubtest"},
	"engine/weights":  {"engine/kernel"},
	"ui":              {"config", "engine", "engine/enginetest", "engine/hub", "engine/hub/hubtest", "engine/sample"},
	"ui/cli":          {"engine/enginetest", "engine/hub/hubtest", "engine/starter", "ui/cli/ptytest"},
	"ui/plain":        {"config", "engine", "engine/enginetest"},
}

// imported are the packages that files import, and those that their tests import.
type imported struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// imports returns what each package imports, by path within the house. target is another system and processor, none for this one.
func imports(t *testing.T, target ...string) map[string]imported {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(runIn(t, top, target, "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")))
	all := map[string]imported{}
	for {
		var p imported
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[inside(p.ImportPath)] = p
	}
}

// own are the packages of the house among import paths, each once.
func own(paths ...string) (packages []string) {
	for _, path := range paths {
		if path == module || strings.HasPrefix(path, module+"/") {
			packages = append(packages, inside(path))
		}
	}
	slices.Sort(packages)
	return slices.Compact(packages)
}

// inside is an import path of the module without the module's own.
func inside(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// runIn runs a command in a folder, with variables beside those of the environment.
func runIn(t *testing.T, folder string, variables []string, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), variables...)
	out, err := cmd.Output()
	if failure, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Fatalf("%s %s: %s", name, strings.Join(args, " "), failure.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestArrows(t *testing.T) {
	idle := map[string]bool{} // allowances that nothing has used yet
	for from, to := range arrows {
		for _, to := range to {
			idle[from+" -> "+to] = true
		}
	}
	for from, to := range testArrows {
		for _, to := range to {
			idle["tests of "+from+" -> "+to] = true
		}
	}
	wrong := map[string]bool{}
	follow := func(all map[string]imported) {
		for from, p := range all {
			allowed, ok := arrows[from]
			if !ok {
				wrong["package "+from+" has no line in arrows"] = true
			}
			for _, to := range own(p.Imports...) {
				if !slices.Contains(allowed, to) {
					wrong[from+" imports "+to] = true
				}
				delete(idle, from+" -> "+to)
			}
			for _, to := range own(slices.Concat(p.TestImports, p.XTestImports)...) {
				if to == from || slices.Contains(allowed, to) {
					continue
				}
				if !slices.Contains(testArrows[from], to) {
					wrong["tests of "+from+" import "+to] = true
				}
				delete(idle, "tests of "+from+" -> "+to)
			}
		}
	}
	follow(imports(t))
	for _, target := range [][]string{{"GOOS=linux", "GOARCH=amd64"}, {"GOOS=linux", "GOARCH=arm64"}, {"GOOS=windows", "GOARCH=amd64"}} {
		if len(idle) > 0 { // files for other systems may use them
			follow(imports(t, target...))
		}
	}
	for _, problem := range slices.Sorted(maps.Keys(wrong)) {
		t.Error(problem)
	}
	for _, arrow := range slices.Sorted(maps.Keys(idle)) {
		t.Errorf("nothing uses %s", arrow)
	}
}

// Some libraries are known to one package only, or to tests only.
func TestLibraries(t *testing.T) {
	at := map[string][]string{
		"modernc.org/sqlite":               {"chat/store"}, // most of the time of a build
		"github.com/tiktoken-go/tokenizer": nil,
		"github.com/rogpeppe/go-internal":  nil,
		"github.com/charmbracelet/x/vt":    {"docs/screens", "ui/cli/ptytest"}, // for tests and pictures, as the next one
		"github.com/creack/pty":            {"docs/screens", "ui/cli/ptytest"},
	}
	found := map[string][]string{}
	for from, p := range imports(t) {
		for _, path := range p.Imports {
			for library := range at {
				if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(found[library], from) {
					found[library] = append(found[library], from)
				}
			}
		}
	}
	for library, packages := range at {
		slices.Sort(found[library])
		if !slices.Equal(found[library], packages) {
			t.Errorf("%s is imported by %q, expected %q", library, found[library], packages)
		}
	}
}

// The top level is the table of contents.
func TestTopLevel(t *testing.T) {
	allowed := map[string]bool{ // true: has to be there
		"main.go": true, "ui": true, "chat": true, "engine": true, "config": true,
		"go.mod": true, "go.sum": true, "LICENSE": true, "README.md": true, ".ci": true, ".gitignore": true, "docs": false,
		".git": false, "inkling": false, "inkling.exe": false, "dist": false, // not in the repository
	}
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		there[name] = true
		_, known := allowed[name]
		if !known && !strings.HasSuffix(name, ".test") && !strings.HasSuffix(name, ".prof") {
			t.Errorf("%s is at the top level", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if allowed[name] && !there[name] {
			t.Errorf("%s is missing from the top level", name)
		}
	}
}
