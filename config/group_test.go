package config_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"inkling/config"
	"inkling/engine/sample"
)

var keyNames = config.Words{
	Fit:      func(s string) bool { return strings.HasPrefix(s, "ctrl+") && len(s) == 6 || s == "f5" },
	Expected: `a key such as "ctrl+r" or "f5"`,
}

// groups are tables of each kind.
func groups() []config.Group {
	return []config.Group{
		{Name: "keys", Help: "keys of actions", Rows: []config.Setting{
			config.TextsRow("dial", "turn a value", keyNames, "ctrl+t"),
			config.TextsRow("retry", "another reply", keyNames, "ctrl+r"),
			config.TextsRow("theme", "other colours", keyNames, "f5"),
		}, Check: func(s config.Section) (string, error) {
			bound := map[string]string{}
			for _, e := range s.Entries {
				for _, key := range e.Value.([]string) {
					if other, ok := bound[key]; ok {
						return e.Key, fmt.Errorf("keys: %q is bound to both %s and %s", key, other, e.Key)
					}
					bound[key] = e.Key
				}
			}
			return "", nil
		}},
		{Name: "themes", Help: "colours under a name", Named: true, Example: "[themes.dusk]\nbase = \"dark\"", Rows: []config.Setting{
			config.ChoiceRow("base", "theme for the rest", "dark", "light"),
			config.TextRow("accent", "titles", config.Words{}),
		}},
		{Name: "remotes", Help: "services", Named: true, Rows: []config.Setting{
			config.TextRow("url", "address", config.Words{}),
			config.PairsRow("headers", "sent along"),
			config.NumberRow("timeout", "seconds", sample.Range{High: 600}),
			config.SwitchRow("live", "restart when a value changes"),
		}},
	}
}

const tables = `theme = "dusk"
preset = "letters"

[presets.letters]
help = "for letters"
temperature = 0.5
stop = ["\n"]

[keys]
dial = ["ctrl+d", "f5"]
theme = "ctrl+t"
retry = []

[themes.dusk]
base = "dark"

[remotes.home]
url = "http://127.0.0.1:8080/v1"
headers = { X-Team = "ink" }
timeout = 3
[remotes.away.headers]
"X é" = 'a'
Y = "b"
`

func TestTables(t *testing.T) {
	inline := "theme = 'dusk'\npreset = 'letters'\nkeys = { dial = ['ctrl+d', 'f5'], theme = 'ctrl+t', retry = [] }\nthemes.dusk.base = 'dark'\n" +
		"presets = { letters = { help = 'for letters', temperature = 0.5, stop = [\"\\n\"] } }\n" +
		"remotes.home.url = 'http://127.0.0.1:8080/v1'\nremotes.home.headers.X-Team = 'ink'\nremotes.home.timeout = 3\n" +
		"remotes.away.headers.'X é' = 'a'\nremotes.away.headers.Y = 'b'\n"
	for name, content := range map[string]string{"headers": tables, "inline and dotted": inline} {
		c, err := config.Load(config.Paths{Config: file(t, content)}, lookup(), groups()...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := map[string]any{}
		for _, group := range []string{"presets", "keys", "themes", "remotes"} {
			for _, s := range c.Sections(group) {
				for _, e := range s.Entries {
					got[strings.Join([]string{group, s.Name, e.Key}, " ")] = e.Value
				}
			}
		}
		if want := map[string]any{
			"presets letters help": "for letters", "presets letters temperature": 0.5, "presets letters stop": []string{"\n"},
			"keys  dial": []string{"ctrl+d", "f5"}, "keys  theme": []string{"ctrl+t"}, "keys  retry": []string{},
			"themes dusk base": "dark",
			"remotes home url": "http://127.0.0.1:8080/v1", "remotes home headers": map[string]string{"X-Team": "ink"}, "remotes home timeout": 3.0,
			"remotes away headers": map[string]string{"X é": "a", "Y": "b"},
		}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v", name, got, want)
		}
		if c.Theme != "dusk" || c.Preset != "letters" || c.Temperature != 0.5 || !slices.Equal(c.Stop, []string{"\n"}) {
			t.Errorf("%s: %+v", name, c.Settings)
		}
	}
}

// What Print writes of tables is a file that says the same.
func TestPrintTables(t *testing.T) {
	path := file(t, tables)
	show := func(path string) string {
		c, err := config.Load(config.Paths{Config: path, Data: "/data"}, lookup(), groups()...)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := c.Print(&b); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(b.String(), path, "/config.toml")
	}
	first := show(path)
	_, sections, _ := strings.Cut(first, "data_dir")
	golden.RequireEqual(t, sections)
	values := func(text string) string {
		var b strings.Builder
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(line, "  # ")
			b.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
		return b.String()
	}
	if second := show(file(t, first)); values(second) != values(first) {
		t.Errorf("printed again:\n%s\nfirst:\n%s", second, first)
	}
}

func TestTableErrors(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"key of a preset", "\n[presets.dialogue]\ntemperature = 1\ntop_kk = 3\n", `PATH:4:1: presets.dialogue.top_kk: unknown key; did you mean "top_k"?`},
		{"value of a preset", "[presets.x]\n  top_k =  'many'\n", `PATH:2:12: presets.x.top_k: found "many", expected a whole number, 0 or more`},
		{"preset with another kind of name", "[presets.'a b']\ntop_k = -1\n", `PATH:2:9: presets."a b".top_k: found -1, expected a whole number, 0 or more`},
		{"preset within a line", "presets.x = { temperature = 1, top_kk = 2 }\n", `PATH:1:32: presets.x.top_kk: unknown key; did you mean "top_k"?`},
		{"value of a key", "[keys]\ndial = 'f5'\nretry = \"ctrl+rr\"\n", `PATH:3:9: keys.retry: found "ctrl+rr", expected a key such as "ctrl+r" or "f5"`},
		{"one of two keys", "[keys]\nretry = ['f5', 'nope']\n", `PATH:2:9: keys.retry: found ["f5", "nope"], expected a key such as "ctrl+r" or "f5"`},
		{"action", "[keys]\nretyr = 'f5'\n", `PATH:2:1: keys.retyr: unknown key; did you mean "retry"?`},
		{"action unlike any", "[keys]\nfly = 'f5'\n", `PATH:2:1: keys.fly: unknown key; expected dial, retry or theme`},
		{"two actions", "[keys]\ndial = 'ctrl+t'\ntheme = 'ctrl+t'\n", `PATH:3:1: keys: "ctrl+t" is bound to both dial and theme`},
		{"name that is no table", "presets.x = 3\n", `PATH:1:13: presets.x: found 3, expected a table`},
		{"group that is no table", "keys = 3\n", `PATH:1:8: keys: found 3, expected a table`},
		{"group of tables", "presets = 3\n", `PATH:1:11: presets: found 3, expected tables [presets.NAME]`},
		{"list of tables", "[[presets]]\ntop_k = 3\n", `PATH:1:3: presets: found [a table], expected tables [presets.NAME]`},
		{"table in place of a value", "[presets.x.top_k]\ny = 1\n", `PATH:1:2: presets.x.top_k: found a table, expected a whole number, 0 or more`},
		{"value in place of a table", "[presets]\ntop_k = 3\n", `PATH:2:9: presets.top_k: found 3, expected a table`},
		{"unknown table", "[preset.x]\ntop_k = 3\n", `PATH:1:2: preset: unknown table; did you mean "presets"?`},
		{"misspelt table", "[theme_s.x]\nbase = 'dark'\n", `PATH:1:2: theme_s: unknown table; did you mean "themes"?`},
		{"choice", "[themes.x]\nbase = 'drak'\n", `PATH:2:8: themes.x.base: found "drak", expected "dark" or "light"`},
		{"header", "[remotes.x]\nheaders = { a = 1 }\n", `PATH:2:11: remotes.x.headers: found a table, expected texts by names, such as { "X-Team" = "ink" }`},
		{"header below", "[remotes.x.headers]\na = 1\n", `PATH:1:2: remotes.x.headers: found a table, expected texts by names, such as { "X-Team" = "ink" }`},
		{"theme that is none", "theme = 'dust'\n[themes.dusk]\n", `PATH:1:9: theme: found "dust", expected "auto", "dark", "light", "high-contrast", "terminal" or "dusk"`},
		{"columns are characters", "[remotes]\n'é' = { headers = { 'ü' = 'ä' }, life = 1 }\n", `PATH:2:34: remotes."é".life: unknown key; did you mean "live"?`},
		{"no quotes", "[remotes.é]\n", `PATH:1:10: invalid character at start of key: 'é'`},
		{"text without quotes", "'é' = ü\n", `PATH:1:7: found 'ü', expected a value; texts stand in quotes`},
		{"number beyond all", "temperature = 1e999\n", `PATH:1:15: number out of range`},
	} {
		path := file(t, test.content)
		_, err := config.Load(config.Paths{Config: path}, lookup(), groups()...)
		if err == nil {
			t.Errorf("%s: no error", test.name)
		} else if got := strings.ReplaceAll(err.Error(), path, "PATH"); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
}
