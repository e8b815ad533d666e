package config

import (
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// No document makes parse panic or lose a key, and errors are single lines.
func FuzzParse(f *testing.F) {
	for _, document := range []string{
		"",
		"# nothing\n",
		"temperature = 1\nstop = ['a', \"b\"]\n",
		"\ufeffmodel = 'x'\r\nseed = 1\r\n",
		"a.b = 1\na.c = 2\n[t]\nx = 1\n[t.u]\n[[list]]\ny = 2\n",
		"\"\" = {}\n'q r' = { a = 1, b.c = [] }\n",
		"date = 1979-05-27T07:32:00Z\nmore = nan\n",
		"a = 1\na = 2\n",
		"a = \n",
	} {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document string) {
		entries, err := parse("config.toml", []byte(document))
		if err != nil {
			if text := err.Error(); !strings.HasPrefix(text, "config.toml:") || strings.ContainsAny(text, "\n\r\x1b") {
				t.Fatalf("not one line with its place: %q", text)
			}
			return
		}
		var want map[string]any
		if err := toml.Unmarshal([]byte(strings.TrimPrefix(document, "\ufeff")), &want); err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(document, "\n") + 1
		before := 0
		for _, e := range entries {
			if _, ok := want[e.key]; !ok {
				t.Fatalf("key %q out of nowhere", e.key)
			}
			delete(want, e.key)
			if e.line < before || e.line > lines {
				t.Fatalf("key %q on line %d of %d, after line %d", e.key, e.line, lines, before)
			}
			before = e.line
		}
		if len(want) > 0 {
			t.Fatalf("lost %v", want)
		}
	})
}
