package config

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"inkling/engine/sample"
)

// presetKey is the setting that chooses a preset, and presets the group of the file that has further ones.
const (
	presetKey = "preset"
	presets   = "presets"
)

// builtIn are the presets that need no file. Values are as TOML has them.
var builtIn = []struct {
	name, help string
	values     func() map[string]any
}{
	{"precise", "greedy: always the likeliest token", fixed{"temperature": 0.0}.values},
	{"balanced", "the defaults", fixed{"temperature": 0.8, "top_k": 40, "top_p": 0.95}.values},
	{"creative", "more random, without the unlikeliest tokens", fixed{"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.05}.values},
	{"wild", "very random, kept together by min-p", fixed{"temperature": 1.6, "top_k": 0, "top_p": 1.0, "min_p": 0.1}.values},
	{"adventure", "focused, for stories you steer", fixed{"temperature": 0.4, "top_k": 40, "top_p": 0.9}.values},
	{"dialogue", "lively, with little repetition", fixed{"temperature": 0.8, "top_k": 50, "top_p": 0.95, "repetition_penalty": 1.35}.values},
	{"surprise", "random values each time, all of them sane", surprise},
}

type fixed map[string]any

func (f fixed) values() map[string]any { return f }

// surprise draws parameters that still give text worth reading: the hotter, the more of the unlikely tokens is cut off.
func surprise() map[string]any {
	hundredths := func(low, high float64) float64 { return math.Round(100*(low+(high-low)*rand.Float64())) / 100 }
	temperature := hundredths(0.5, 1.5)
	return map[string]any{
		"temperature":        temperature,
		"top_k":              20 + rand.Int64N(81),
		"top_p":              hundredths(0.85, 1),
		"min_p":              hundredths(0.05*temperature, 0.1*temperature),
		"repetition_penalty": hundredths(1, 1.2),
	}
}

// presetGroup is the table [presets.NAME]: any parameter of sampling, and what the preset is for.
func presetGroup() Group {
	g := Group{
		Name: presets, Named: true,
		Help:    "sampling presets; choose one with --preset NAME or /preset NAME",
		Rows:    []Setting{TextRow("help", "what it is for", Words{})},
		Example: "[presets.letters]\nhelp = \"for letters\"\ntemperature = 0.7\nrepetition_penalty = 1.1",
	}
	for _, row := range sample.Table() {
		bind := parameter(row)
		g.Rows = append(g.Rows, Setting{Key: row.Key, Help: row.Help, bind: func(*Settings) value {
			s := Defaults()
			return bind(&s)
		}})
	}
	return g
}

// builtInNames are the names of the presets that need no file.
func builtInNames() []string {
	names := make([]string, len(builtIn))
	for i, p := range builtIn {
		names[i] = p.name
	}
	return names
}

// PresetHelp says what a preset is for.
func (c *Config) PresetHelp(name string) string {
	if t, ok := c.Section(presets, name); ok {
		help, _ := t.Value("help").(string)
		return help
	}
	for _, p := range builtIn {
		if p.name == name {
			return p.help
		}
	}
	return ""
}

// PresetText lists what a preset sets, in the order of the parameters.
func (c *Config) PresetText(name string) string {
	if _, own := c.Section(presets, name); !own && name == "surprise" {
		return "temperature, top_k, top_p, min_p, repetition_penalty"
	}
	values := c.preset(name)
	var parts []string
	for _, row := range sample.Table() {
		if value, ok := values[row.Key]; ok {
			parts = append(parts, fmt.Sprint(row.Key, " ", value))
		}
	}
	return strings.Join(parts, ", ")
}

// preset returns the values of a preset; the file's stand above the built-in ones. There are none for "".
func (c *Config) preset(name string) map[string]any {
	if t, ok := c.Section(presets, name); ok {
		values := map[string]any{}
		for _, e := range t.Entries {
			if e.Key != "help" {
				values[e.Key] = e.stands.raw()
			}
		}
		return values
	}
	for _, p := range builtIn {
		if p.name == name {
			values := map[string]any{}
			for key, value := range p.values() {
				if n, ok := value.(int); ok {
					value = int64(n)
				}
				values[key] = value
			}
			return values
		}
	}
	return nil
}

// usePreset puts a preset in place of the one before, below the layer that chose it. A command is newer than the commands
// before it, which lose to it.
func (c *Config) usePreset(name string, by Source) {
	values := c.preset(name)
	changed := slices.Collect(maps.Keys(c.layers[Preset]))
	c.presetBy = by
	c.layers[Preset] = map[string]said{}
	for key, value := range values {
		c.layers[Preset][key] = said{value, name}
		if by == Command {
			delete(c.layers[Command], key)
		}
		changed = append(changed, key)
	}
	for _, key := range changed {
		s, _ := Find(key)
		c.settle(s)
	}
}
