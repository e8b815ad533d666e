package config

import (
	"slices"
	"strings"

	"inkling/engine/sample"
)

// A Setting describes one of the [Settings] to all that read or show it.
type Setting struct {
	Key   string // name in config.toml: "top_k"
	Help  string // meaning, one line, no full stop
	Scope Scope

	group string                // whose tables the setting may name
	bind  func(*Settings) value // the field it stands for
}

// Scope says where a setting counts, beside the start of a chat.
type Scope struct {
	Live bool // a running chat follows a change of it
	Bare bool // it matters to a text without a chat around it
}

// Table returns every setting, in the order in which they are shown.
func Table() []Setting {
	bare, live, both := Scope{Bare: true}, Scope{Live: true}, Scope{Live: true, Bare: true}
	table := []Setting{
		{Key: "model", Help: "model: starter, gpt2, owner/name, a folder or a GGUF file", Scope: bare,
			bind: func(s *Settings) value { return &text{to: &s.Model, words: filled} }},
		{Key: "format", Help: "prompt format; empty for the model's own", Scope: live,
			bind: func(s *Settings) value {
				return &text{to: &s.Format, choices: []string{"", "template", "transcript", "dialogpt", "plain"}}
			}},
		{Key: "system", Help: "system prompt",
			bind: func(s *Settings) value { return &text{to: &s.System} }},
		{Key: "mode", Help: "how a new chat starts",
			bind: func(s *Settings) value { return &text{to: &s.Mode, choices: []string{"chat", "story"}} }},
		{Key: presetKey, Help: "sampling preset; empty for none", Scope: both, group: presets,
			bind: func(s *Settings) value { return &text{to: &s.Preset, choices: append([]string{""}, builtInNames()...)} }},
	}
	for _, row := range sample.Table() {
		table = append(table, Setting{Key: row.Key, Help: row.Help, Scope: Scope{Live: true, Bare: !row.Chat}, bind: parameter(row)})
	}
	return append(table, []Setting{
		{Key: "seed", Help: "random seed; the same seed gives the same reply", Scope: both,
			bind: func(s *Settings) value { return &seed{to: &s.Seed} }},
		{Key: "threads", Help: "CPU threads; 0 is one per core", Scope: bare,
			bind: func(s *Settings) value { return &integer{to: &s.Threads, in: sample.Range{High: 1024}} }},
		{Key: "speculation", Help: "speculative decoding from repeated text; same output, faster", Scope: both,
			bind: func(s *Settings) value { return &boolean{to: &s.Speculation} }},
		{Key: "weights", Help: "weight format in memory: f32 is exact, smaller is faster; auto is q8", Scope: both,
			bind: func(s *Settings) value {
				return &text{to: &s.Weights, choices: []string{"auto", "f32", "f16", "q8", "q4"}}
			}},

		{Key: "theme", Help: "colours; auto follows the terminal", group: "themes",
			bind: func(s *Settings) value {
				return &text{to: &s.Theme, choices: []string{"auto", "dark", "light", "high-contrast", "terminal"}}
			}},
		{Key: "markdown", Help: "render replies as Markdown; false shows them as they are", Scope: live,
			bind: func(s *Settings) value { return &boolean{to: &s.Markdown} }},
		{Key: "mouse", Help: "wheel, clicks and copying; false leaves it to the terminal", Scope: live,
			bind: func(s *Settings) value { return &boolean{to: &s.Mouse} }},
		{Key: "preview", Help: "show the next words of a story when you pause at its end", Scope: live,
			bind: func(s *Settings) value { return &boolean{to: &s.Preview} }},
		{Key: "reduced_motion", Help: "nothing on the screen moves or fades of itself", Scope: live,
			bind: func(s *Settings) value { return &boolean{to: &s.ReducedMotion} }},
		{Key: "bell", Help: "ring the terminal's bell when a reply of some seconds has ended", Scope: live,
			bind: func(s *Settings) value { return &boolean{to: &s.Bell} }},
		{Key: "text_width", Help: "columns of text at most; shorter lines are easier to read", Scope: live,
			bind: func(s *Settings) value { return &integer{to: &s.TextWidth, in: sample.Range{Low: 20, High: 1000}} }},
		{Key: "save", Help: "keep chats on disk",
			bind: func(s *Settings) value { return &boolean{to: &s.Save} }},
		{Key: "data_dir", Help: "folder for chats; empty for the system's data folder",
			bind: func(s *Settings) value { return &text{to: &s.DataDir} }},
	}...)
}

// stops are the texts of the parameter stop.
var stops = Words{filled.Fit, `a list of texts that are not empty, such as ["User:", "\n\n"]`}

// parameter binds a row of the sampling parameters.
func parameter(row sample.Row) func(*Settings) value {
	return func(s *Settings) value {
		switch at := row.At(&s.Params).(type) {
		case *float64:
			return &number{to: at, in: row.Range}
		case *int:
			return &integer{to: at, in: row.Range}
		case *[]string:
			if row.Choices == nil {
				return &list{to: at, words: stops}
			}
			fit := func(s string) bool { return slices.Contains(row.Choices, s) }
			return &list{to: at, words: Words{fit, "a list of some of " + strings.Join(row.Choices, ", ")}, choices: row.Choices}
		}
		panic("config: no kind of setting for the parameter " + row.Key)
	}
}

// Keys returns the names of the settings that keep takes, in order.
func Keys(keep func(Scope) bool) []string {
	var names []string
	for _, s := range Table() {
		if keep(s.Scope) {
			names = append(names, s.Key)
		}
	}
	return names
}

// keys are the names of all settings.
func keys() []string { return Keys(func(Scope) bool { return true }) }

// Find returns the setting of a key.
func Find(key string) (Setting, bool) {
	table := Table()
	i := slices.IndexFunc(table, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return table[i], true
}

// Match returns the setting that somebody means by a name, in which case, dashes and underscores do not matter.
func Match(name string) (Setting, bool) {
	name = Fold(name)
	if name == "temp" {
		name = "temperature"
	}
	table := Table()
	i := slices.IndexFunc(table, func(s Setting) bool { return Fold(s.Key) == name })
	if i < 0 {
		return Setting{}, false
	}
	return table[i], true
}

// Fold is a name without what does not matter in it: case, dashes, underscores.
func Fold(name string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
}

// Variable is the setting's environment variable: "INKLING_TOP_K".
func (s Setting) Variable() string { return "INKLING_" + strings.ToUpper(s.Key) }

// FlagName is the setting's flag, without the dashes before it: "top-k".
func (s Setting) FlagName() string { return strings.ReplaceAll(s.Key, "_", "-") }

// Kind is what the setting's values are.
func (s Setting) Kind() Kind { return s.bind(new(Settings)).kind() }

// Choices are the texts that the setting may be; nil where it may be any.
func (s Setting) Choices() []string {
	if t, ok := s.bind(new(Settings)).(*text); ok {
		return t.choices
	}
	return nil
}

// Choices are the texts that a setting may be, the names of tables in the file among them.
func (c *Config) Choices(s Setting) []string {
	choices := s.Choices()
	for _, t := range c.Sections(s.group) {
		if !slices.Contains(choices, t.Name) {
			choices = append(choices, t.Name)
		}
	}
	return choices
}

// Expected says for people what the setting may be: "a number from 0 to 1".
func (s Setting) Expected() string { return s.bind(new(Settings)).expected() }

// Format writes the setting's value among the given ones as TOML.
func (s Setting) Format(settings Settings) string { return s.bind(&settings).literal() }
