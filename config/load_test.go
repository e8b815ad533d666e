package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inkling/config"
)

// lookup is an environment of name=value texts.
func lookup(environment ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, e := range environment {
			if key, value, _ := strings.Cut(e, "="); key == name {
				return value, true
			}
		}
		return "", false
	}
}

// file writes a config file and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// flags returns the flags that --key=text arguments set.
func flags(t *testing.T, arguments ...string) []*config.Flag {
	t.Helper()
	all := config.Flags()
	for _, argument := range arguments {
		name, text, _ := strings.Cut(strings.TrimPrefix(argument, "--"), "=")
		found := false
		for _, f := range all {
			if f.Name() == name {
				f.Set(text)
				found = true
			}
		}
		if !found {
			t.Fatalf("no flag --%s", name)
		}
	}
	return all
}

func TestFileErrors(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"unknown", "\n\ntemprature = 1\n", `PATH:3:1: temprature: unknown key; did you mean "temperature"?`},
		{"dash", "top-k = 4\n", `PATH:1:1: top-k: unknown key; did you mean "top_k"?`},
		{"case", "Temperature = 1\n", `PATH:1:1: Temperature: unknown key; did you mean "temperature"?`},
		{"short for", "temp = 1\n", `PATH:1:1: temp: unknown key; did you mean "temperature"?`},
		{"nothing close", "colour = 1\n", `PATH:1:1: colour: unknown key; "inkling config" lists the keys`},
		{"control characters", "\"\\u001b[31m\" = 1\n", `PATH:1:1: "\u001B[31m": unknown key; "inkling config" lists the keys`},
		{"first of two", "model = \"x\"\nfoo = 1\nbar = 2\n", `PATH:2:1: foo: unknown key; "inkling config" lists the keys`},
		{"table", "[sampling]\ntemperature = 1\n", `PATH:1:2: sampling: unknown table; "inkling config" lists the keys`},
		{"setting as a table", "[temperature]\nchat = 1\n", `PATH:1:2: temperature: found a table, expected a number from 0 to 100`},

		{"text for a number", "temperature = \"hot\"\n", `PATH:1:15: temperature: found "hot", expected a number from 0 to 100`},
		{"number out of range", "model = \"x\"\ntemperature = -1\n", `PATH:2:15: temperature: found -1, expected a number from 0 to 100`},
		{"not a number", "temperature = nan\n", `PATH:1:15: temperature: found nan, expected a number from 0 to 100`},
		{"infinite", "temperature = +inf\n", `PATH:1:15: temperature: found +inf, expected a number from 0 to 100`},
		{"open below", "top_p = 0\n", `PATH:1:9: top_p: found 0, expected a number above 0, at most 1`},
		{"open above", "min_p = 1.0\n", `PATH:1:9: min_p: found 1, expected a number of 0 or more, below 1`},
		{"fraction for an integer", "top_k = 40.5\n", `PATH:1:9: top_k: found 40.5, expected a whole number, 0 or more`},
		{"integer out of range", "threads = 5000\n", `PATH:1:11: threads: found 5000, expected a whole number from 0 to 1024`},
		{"integer beyond all", "top_k = 9223372036854775807\n", `PATH:1:9: top_k: found 9223372036854775807, expected a whole number, 0 or more`},
		{"number for a text", "system = 3\n", `PATH:1:10: system: found 3, expected a text`},
		{"empty model", "model = \"\"\n", `PATH:1:9: model: found "", expected a text that is not empty`},
		{"choice", "theme = \"blue\"\n", `PATH:1:9: theme: found "blue", expected "auto", "dark", "light", "high-contrast" or "terminal"`},
		{"text for a boolean", "markdown = \"yes\"\n", `PATH:1:12: markdown: found "yes", expected true or false`},
		{"text for a list", "stop = \"User:\"\n", `PATH:1:8: stop: found "User:", expected a list of texts that are not empty, such as ["User:", "\n\n"]`},
		{"number in a list", "stop = [\"a\", 1]\n", `PATH:1:8: stop: found ["a", 1], expected a list of texts that are not empty, such as ["User:", "\n\n"]`},
		{"empty text in a list", "stop = [\"\"]\n", `PATH:1:8: stop: found [""], expected a list of texts that are not empty, such as ["User:", "\n\n"]`},
		{"negative seed", "seed = -1\n", `PATH:1:8: seed: found -1, expected a whole number from 0 to 18446744073709551615, or "random"`},
		{"word for a seed", "seed = \"lucky\"\n", `PATH:1:8: seed: found "lucky", expected a whole number from 0 to 18446744073709551615, or "random"`},
		{"date", "seed = 2024-01-01\n", `PATH:1:8: seed: found a date or time, expected a whole number from 0 to 18446744073709551615, or "random"`},
		{"long text", "temperature = \"" + strings.Repeat("é", 50) + "\"\n", `PATH:1:15: temperature: found "` + strings.Repeat("é", 40) + `…", expected a number from 0 to 100`},

		{"twice", "top_k = 1\ntop_k = 2\n", `PATH:2:1: key top_k is already defined`},
		{"no value", "top_k = 1\ntop_p =\n", `PATH:2:8: expected a value after '='`},
		{"no equals sign", "temperature 1\n", `PATH:1:13: expected '=' after key`},
		{"no quotes", "model = starter\n", `PATH:1:9: found 's', expected a value; texts stand in quotes`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := file(t, test.content)
			_, err := config.Load(config.Paths{Config: path}, lookup())
			if err == nil {
				t.Fatal("no error")
			}
			if got := strings.ReplaceAll(err.Error(), path, "PATH"); got != test.want {
				t.Errorf("\ngot  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestEnvironmentErrors(t *testing.T) {
	for environment, want := range map[string]string{
		"INKLING_TEMPERATURE=hot":      `INKLING_TEMPERATURE: found "hot", expected a number from 0 to 100`,
		"INKLING_TEMPERATURE=NaN":      `INKLING_TEMPERATURE: found "NaN", expected a number from 0 to 100`,
		"INKLING_TEMPERATURE=Inf":      `INKLING_TEMPERATURE: found "Inf", expected a number from 0 to 100`,
		"INKLING_TEMPERATURE=1e999":    `INKLING_TEMPERATURE: found "1e999", expected a number from 0 to 100`,
		"INKLING_TOP_K=4.0":            `INKLING_TOP_K: found "4.0", expected a whole number, 0 or more`,
		"INKLING_TOP_K=99999999999":    `INKLING_TOP_K: found "99999999999", expected a whole number, 0 or more`,
		"INKLING_MOUSE=on":             `INKLING_MOUSE: found "on", expected true or false`,
		"INKLING_MODE=\x1b[31m":        `INKLING_MODE: found "\u001B[31m", expected "chat" or "story"`,
		"INKLING_FORMAT=alpaca":        `INKLING_FORMAT: found "alpaca", expected "", "template", "transcript", "dialogpt" or "plain"`,
		"INKLING_SEED=1.5":             `INKLING_SEED: found "1.5", expected a whole number from 0 to 18446744073709551615, or "random"`,
		`INKLING_STOP=["User:"`:        `INKLING_STOP: found "[\"User:\"", expected a list of texts that are not empty, such as ["User:", "\n\n"]`,
		`INKLING_STOP=["User:", null]`: `INKLING_STOP: found "[\"User:\", null]", expected a list of texts that are not empty, such as ["User:", "\n\n"]`,
	} {
		_, err := config.Load(config.Paths{}, lookup(environment))
		if err == nil {
			t.Errorf("%q: no error", environment)
		} else if err.Error() != want {
			t.Errorf("\ngot  %s\nwant %s", err, want)
		}
	}
}

func TestFlagErrors(t *testing.T) {
	c, err := config.Load(config.Paths{}, lookup("INKLING_TOP_K=7"))
	if err != nil {
		t.Fatal(err)
	}
	for argument, want := range map[string]string{
		"--temperature=hot": `--temperature: found "hot", expected a number from 0 to 100`,
		"--top-p=1.01":      `--top-p: found "1.01", expected a number above 0, at most 1`,
		"--max-tokens=":     `--max-tokens: found "", expected a whole number, 0 or more`,
		"--mouse=perhaps":   `--mouse: found "perhaps", expected true or false`,
		"--model=":          `--model: found "", expected a text that is not empty`,
		"--theme=solarized": `--theme: found "solarized", expected "auto", "dark", "light", "high-contrast" or "terminal"`,
		"--seed=0xff":       `--seed: found "0xff", expected a whole number from 0 to 18446744073709551615, or "random"`,
	} {
		err := c.SetFlags(flags(t, "--top-k=9", argument)...)
		if err == nil {
			t.Errorf("%s: no error", argument)
		} else if err.Error() != want {
			t.Errorf("\ngot  %s\nwant %s", err, want)
		}
		if c.TopK != 7 || c.Origin("top_k").Source != config.Environment {
			t.Errorf("%s: a refused command line set top_k to %d, from %s", argument, c.TopK, c.Origin("top_k"))
		}
	}
	err = c.SetFlags(flags(t, "--stop=a", "--stop=")...)
	if want := `--stop: found ["a", ""], expected a list of texts that are not empty, such as ["User:", "\n\n"]`; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
}

func TestValues(t *testing.T) {
	path := file(t, "\ufefftemperature = 1\r\nseed = \"18446744073709551615\"\r\nstop = [ # two\r\n  'a\\n',\r\n  \"b\\n\",\r\n]\r\ntop_k = 1_000\r\n")
	c, err := config.Load(config.Paths{Config: path}, lookup(`INKLING_SYSTEM=a "b" `, "INKLING_TOP_K="))
	if err != nil {
		t.Fatal(err)
	}
	if c.Temperature != 1 {
		t.Errorf("temperature = 1 gave %v", c.Temperature)
	}
	if c.Seed == nil || *c.Seed != 1<<64-1 {
		t.Errorf("the largest seed gave %v", c.Seed)
	}
	if len(c.Stop) != 2 || c.Stop[0] != `a\n` || c.Stop[1] != "b\n" {
		t.Errorf("stop is %q", c.Stop)
	}
	if c.TopK != 1000 || c.Origin("top_k").Source != config.File {
		t.Errorf("an empty variable set top_k to %d, from %s", c.TopK, c.Origin("top_k"))
	}
	if c.System != `a "b" ` {
		t.Errorf("system is %q", c.System)
	}
	if err := c.SetFlags(flags(t, "--stop=", "--seed=random", "--system=")...); err != nil {
		t.Fatal(err)
	}
	if len(c.Stop) != 0 || c.Seed != nil || c.System != "" {
		t.Errorf("flags left stop %q, seed %v, system %q", c.Stop, c.Seed, c.System)
	}
	if err := c.SetFlags(flags(t, "--top-k=1", "--top-k=2")...); err != nil || c.TopK != 2 {
		t.Errorf("--top-k=1 --top-k=2 gave %d, %v", c.TopK, err)
	}
}

func TestMissingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "config.toml")
	c, err := config.Load(config.Paths{Config: path}, lookup())
	if err != nil {
		t.Fatal(err)
	}
	if c.Exists {
		t.Error("a file that is not there exists")
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("Load made a folder")
	}

	_, err = config.Load(config.Paths{Config: path}, lookup("INKLING_CONFIG="+path))
	want := "INKLING_CONFIG: " + path + `: file does not exist: correct or unset the variable, or write the file with "inkling config --init"`
	if err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap fs.ErrNotExist", err)
	}
}

func TestUnreadableFile(t *testing.T) {
	_, err := config.Load(config.Paths{Config: t.TempDir()}, lookup()) // a folder
	if err == nil || !strings.HasPrefix(err.Error(), "cannot read the config file: ") {
		t.Errorf("got %v", err)
	}
}

func TestHomeDirectory(t *testing.T) {
	home := t.TempDir()
	paths := config.Paths{Config: file(t, "model = \"~/models/gpt2\"\n"), Data: filepath.Join(home, "data"), Home: home}
	c, err := config.Load(paths, lookup())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(home, "models", "gpt2"); c.Model != want {
		t.Errorf("model is %s, want %s", c.Model, want)
	}
	if c.DataFolder() != paths.Data {
		t.Errorf("the data folder is %s, want %s", c.DataFolder(), paths.Data)
	}
	for text, want := range map[string]string{
		"~/chats": filepath.Join(home, "chats"),
		"~":       home,
		"~other":  "~other",
		"a/~":     "a/~",
	} {
		if err := c.SetFlags(flags(t, "--data-dir="+text)...); err != nil {
			t.Fatal(err)
		}
		if c.DataFolder() != want {
			t.Errorf("--data-dir=%s gave %s, want %s", text, c.DataFolder(), want)
		}
	}
}
