package cli

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"inkling/chat/session"
	"inkling/ui"
)

var (
	keyNamed     = regexp.MustCompile(`\b(?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Z][a-z]+|[A-Z0-9])\b|\bF\d+\b`)
	commandNamed = regexp.MustCompile(`(?:^|[\s"'(])(/[a-z]+)\b(?:[^/.]|\.\s|\.$|$)`)
	// foreign are keys of terminals that texts may name.
	foreign = []string{"Ctrl+Shift+V"}
)

// What the starter learns to say of the program is true of it: each key that its texts name is one of the chat's or of a list's, and
// each command is there, or is the beginning of one, to be completed.
func TestTextsOfTheStarterNameKeysAndCommandsThatAreThere(t *testing.T) {
	var keys, commands []string
	for _, a := range ui.Actions() {
		keys = append(keys, a.Keys...)
	}
	keys = append(keys, keysOfPanels(t)...)
	for _, c := range session.Commands() {
		commands = append(commands, c.Names...)
	}
	named := 0
	check := func(text string) {
		if !strings.ContainsAny(text, "/+F") {
			return
		}
		for _, key := range keyNamed.FindAllString(text, -1) {
			named++
			if name, _ := ui.KeyName(key); !slices.Contains(keys, name) && !slices.Contains(foreign, key) {
				t.Errorf("%q: there is no key %s", text, key)
			}
		}
		for _, match := range commandNamed.FindAllStringSubmatch(text, -1) {
			named++
			begins := func(c string) bool { return strings.HasPrefix(c, match[1]) }
			if !slices.ContainsFunc(commands, begins) && !strings.Contains(text, "isn't a command") && !strings.Contains(text, "no "+match[1]) && !strings.Contains(text, "no command "+match[1]) {
				t.Errorf("%q: there is no command %s", text, match[1])
			}
		}
	}

	source, err := os.ReadFile("../../engine/starter/lists/program.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range regexp.MustCompile(`"([^"\n]+)"`).FindAllStringSubmatch(string(source), -1) {
		check(strings.NewReplacer("[", " ", "]", " ", "|", " ").Replace(text[1]))
	}
	if named < 100 {
		t.Errorf("the lists name %d keys and commands, expected more", named)
	}
	for _, turns := range composed(t) {
		for i := 1; i < len(turns); i += 2 { // what the model says
			check(turns[i])
		}
	}
	if named < 700 {
		t.Errorf("the texts name %d keys and commands, expected more", named)
	}
}

// keysOfPanels are the keys that the lists of the chat have beside the chat's own.
func keysOfPanels(t *testing.T) (keys []string) {
	t.Helper()
	files, err := filepath.Glob("../pane/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	quoted := regexp.MustCompile(`"((?:ctrl|alt|shift)\+[a-z]+)"`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for line := range strings.Lines(string(source)) {
			if strings.HasPrefix(strings.TrimSpace(line), "case ") {
				for _, m := range quoted.FindAllStringSubmatch(line, -1) {
					keys = append(keys, m[1])
				}
			}
		}
	}
	return keys
}

// composed are the dialogues that the starter is trained on.
func composed(t *testing.T) (dialogues [][]string) {
	t.Helper()
	file, err := os.Open("../../engine/starter/data/written.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(lines); ; {
		var item struct{ Turns []string }
		err := decoder.Decode(&item)
		if errors.Is(err, io.EOF) {
			return dialogues
		}
		if err != nil {
			t.Fatal(err)
		}
		if item.Turns != nil {
			dialogues = append(dialogues, item.Turns)
		}
	}
}
