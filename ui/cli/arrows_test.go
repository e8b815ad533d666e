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
	"ui/cli": {"chat", "chat/session", "chat/store", "config", "engine", "engine/bench", "engine/convert", "engine/evaluate",
		"engine/hub", "engine/sample", "ui", "ui/plain", "ui/safe"},
	"ui/cli/ptytest":    {},
	"ui":                {"chat", "chat/session", "ui/markdown", "ui/safe", "ui/terminal", "ui/text"},
	"ui/plain":          {"chat", "chat/session", "ui/safe"},
	"ui/terminal":       {},
	"ui/text":           {},
	"ui/markdown":       {"ui/safe"},
	"ui/safe":           {},
	"chat/task":         {"engine/sample"},
	"chat/session":      {"chat", "chat/prompt", "config", "engine", "engine/hub", "engine/sample"},
	"chat/prompt":       {"chat", "chat/template"},
	"chat/store":        {"chat"},
	"chat":              {},
	"chat/template":     {},
	"config":            {"engine/sample"},
	"engine/enginetest": {"engine", "engine/bpe"},
	"engine/bench":      {"engine", "engine/gpt2", "engine/kernel", "engine/memory", "engine/sample"},
	"engine/evaluate":   {"engine", "engine/jsonfile"},
	"engine": {"engine/added", "engine/bpe", "engine/cache", "engine/gpt2", "engine/hub", "engine/jsonfile", "engine/kernel", "engine/memory",
		"engine/pipeline", "engine/sample", "engine/starter", "engine/unigram", "engine/weights", "engine/wordpiece"},
	"engine/convert": {"engine", "engine/dtype", "engine/gguf", "engine/gpt2", "engine/jsonfile", "engine/weights"},
	"engine/added":   {},
	"engine/cache":   {"engine/memory"},
	"engine/memory":  {},
	"engine/bpe":     {"engine/added", "engine/kernel"},
	"engine/gpt2":    {"engine/jsonfile", "engine/kernel"},
	"engine/sample":  {"engine/kernel"},
	"engine/starter": {"engine/kernel"},
	"engine/weights": {"engine/added", "engine/bpe", "engine/detokenize", "engine/dtype", "engine/gguf", "engine/jsonfile",
		"engine/normalize", "engine/pipeline", "engine/pretokenize", "engine/spiece", "engine/torchfile", "engine/unigram"},
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
	"engine/hub/hubtest": {},
}

const (
	module = "inkling"
	top    = "../.." // of the repository, from this package
)

// imports returns what each package of the house imports outside its tests, by path within the house.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(run(t, "go", "list", "-json=ImportPath,Imports", "./...")))
	all := map[string][]string{}
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[inside(p.ImportPath)] = p.Imports
	}
}

// inside is an import path of the module without the module's own.
func inside(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = top
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
	for from, paths := range imports(t) {
		allowed, ok := arrows[from]
		if !ok {
			t.Errorf("package %s has no line in arrows", from)
		}
		for _, to := range paths {
			if to != module && !strings.HasPrefix(to, module+"/") {
				continue
			}
			if !slices.Contains(allowed, inside(to)) {
				t.Errorf("%s imports %s", from, inside(to))
			}
		}
	}
}

// Some libraries are known to one package only, or to tests only.
func TestLibraries(t *testing.T) {
	at := map[string][]string{
		"modernc.org/sqlite":                 {"chat/store"},    // most of the time of a build
		"github.com/nikolalohinski/gonja/v2": {"chat/template"}, // runs what strangers wrote
		"github.com/tiktoken-go/tokenizer":   nil,
		"github.com/rogpeppe/go-internal":    nil,
		"github.com/charmbracelet/x/vt":      {"ui/cli/ptytest"}, // for tests, as the next one
		"github.com/creack/pty":              {"ui/cli/ptytest"},
	}
	found := map[string][]string{}
	for from, paths := range imports(t) {
		for _, path := range paths {
			for library := range at {
				if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(found[library], from) {
					found[library] = append(found[library], from)
				}
			}
		}
	}
	for library, packages := range at {
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
