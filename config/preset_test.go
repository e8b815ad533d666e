package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// load reads a file with this content, an environment and flags.
func load(t *testing.T, content string, environment map[string]string, flags ...*Flag) *Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Paths{Config: path}, func(name string) (string, bool) { return environment[name], true })
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetFlags(flags...); err != nil {
		t.Fatal(err)
	}
	return c
}

func flag(key, text string) *Flag {
	f := Flags(key)[0]
	f.Set(text)
	return f
}

// A preset loses to what is said in the layer that chose it and in those above, and wins over those below.
func TestPresetPrecedence(t *testing.T) {
	const file = "temperature = 0.11\n[presets.mine]\ntemperature = 0.5\ntop_k = 5\nmin_p = 0.25\n"
	environment := func(more ...string) map[string]string {
		all := map[string]string{"INKLING_TOP_K": "22"}
		for i := 0; i < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	type values struct {
		temperature float64
		topK        int
		minP        float64
	}
	for name, test := range map[string]struct {
		c    *Config
		want values
	}{
		"none":        {load(t, file, environment()), values{0.11, 22, 0}},
		"file":        {load(t, "preset = 'mine'\n"+file, environment()), values{0.11, 22, 0.25}},
		"environment": {load(t, file, environment("INKLING_PRESET", "mine")), values{0.5, 22, 0.25}},
		"flag":        {load(t, file, environment(), flag("preset", "mine"), flag("min_p", "0.1")), values{0.5, 5, 0.1}},
	} {
		if got := (values{test.c.Temperature, test.c.TopK, test.c.MinP}); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}

	c := load(t, file, environment(), flag("min_p", "0.1"))
	c.SetModel(map[string]any{"top_p": 0.5})
	for _, step := range []struct {
		key, text string
		want      values
	}{
		{"temperature", "1.5", values{1.5, 22, 0.1}},
		{"preset", "mine", values{0.5, 5, 0.25}},
		{"top_k", "7", values{0.5, 7, 0.25}},
		{"preset", "precise", values{0, 7, 0.1}},
		{"preset", "", values{0.11, 7, 0.1}},
	} {
		if err := c.Set(step.key, step.text); err != nil {
			t.Fatal(err)
		}
		if got := (values{c.Temperature, c.TopK, c.MinP}); got != step.want {
			t.Errorf("after %s %s: %v, want %v", step.key, step.text, got, step.want)
		}
	}
	if c.TopP != 0.5 || c.Origin("top_p").Source != Model {
		t.Errorf("top_p is %v from %s", c.TopP, c.Origin("top_p"))
	}
	if err := c.Set("preset", "balanced"); err != nil {
		t.Fatal(err)
	}
	if want := (Origin{Preset, "balanced"}); c.Origin("top_p") != want || c.TopP != 0.95 {
		t.Errorf("top_p is %v from %s", c.TopP, c.Origin("top_p"))
	}
	if c.SetModel(map[string]any{"top_p": 0.4}); c.TopP != 0.95 {
		t.Errorf("the next model set top_p to %v over a preset", c.TopP)
	}
	if err := c.Set("preset", "nosuch"); err == nil || c.Settings.Preset != "balanced" {
		t.Errorf("%v, preset %s", err, c.Settings.Preset)
	}
}

func TestBuiltInPresets(t *testing.T) {
	want := map[string]map[string]any{
		"precise":   {"temperature": 0.0},
		"balanced":  {"temperature": 0.8, "top_k": int64(40), "top_p": 0.95},
		"adventure": {"temperature": 0.4, "top_k": int64(40), "top_p": 0.9},
		"dialogue":  {"temperature": 0.8, "top_k": int64(50), "top_p": 0.95, "repetition_penalty": 1.35},
	}
	c := &Config{Settings: Defaults()}
	for _, name := range append(builtInNames(), slices.Repeat([]string{"surprise"}, 200)...) {
		if err := c.Set("preset", name); err != nil {
			t.Fatal(err)
		}
		if err := c.Params.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		values := c.preset(name)
		for key := range values {
			if c.Origin(key) != (Origin{Preset, name}) {
				t.Errorf("%s: %s is from %s", name, key, c.Origin(key))
			}
		}
		if w, ok := want[name]; ok && !maps.Equal(values, w) {
			t.Errorf("%s is %v, want %v", name, values, w)
		}
		if c.PresetHelp(name) == "" {
			t.Errorf("%s has no help", name)
		}
		if name == "surprise" && (c.Temperature < 0.5 || c.Temperature > 1.5 || c.TopP < 0.85 || c.MinP < 0.02) {
			t.Errorf("surprise: %+v", c.Params)
		}
	}
}

// A preset of the file takes the place of the built-in one of its name.
func TestPresetOfTheFile(t *testing.T) {
	c := load(t, "[presets.dialogue]\nhelp = 'mine'\ntop_k = 3\n", nil, flag("preset", "dialogue"))
	if c.TopK != 3 || c.RepetitionPenalty != 1 || c.PresetHelp("dialogue") != "mine" {
		t.Errorf("%+v, %s", c.Params, c.PresetHelp("dialogue"))
	}
	names := c.Choices(func() Setting { s, _ := Find("preset"); return s }())
	if n := len(slices.DeleteFunc(names, func(s string) bool { return s != "dialogue" })); n != 1 {
		t.Errorf("dialogue is offered %d times", n)
	}
}
