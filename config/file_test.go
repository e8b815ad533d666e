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
		"[presets.'d q']\ntop_k=3\nstop = [ ]\n[remotes.x.headers]\n\"X-T\" = 'é'\nß = 1\n",
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
		lines := strings.Split(strings.TrimPrefix(document, "\ufeff"), "\n")
		var before position
		for _, e := range entries {
			if _, ok := e.at(len(e.path)); !ok {
				t.Fatalf("%s out of nowhere", dotted(e.path))
			}
			delete(want, e.path[0])
			for _, p := range []position{e.key, e.value} {
				if p.line < before.line || p.line == before.line && p.column < before.column {
					t.Fatalf("%s at %v, after %v", dotted(e.path), p, before)
				}
				if p.line > len(lines) || p.column > len([]rune(lines[p.line-1])) {
					t.Fatalf("%s at %v, which is not there", dotted(e.path), p)
				}
				before = p
			}
		}
		if len(want) > 0 {
			t.Fatalf("lost %v", want)
		}
	})
}
