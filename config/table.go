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

	bind func(*Settings) value // the field it stands for
}

// Scope says where a setting counts, beside the start of a chat.
type Scope struct {
	Live bool // a running chat follows a change of it
	Bare bool // it matters to a text without a chat around it
}

// Table returns every setting, in the order in which they are shown.
func Table() []Setting {
	table := []Setting{
		{"model", "the model: starter, gpt2, owner/name, a folder or a GGUF file", Scope{Bare: true},
			func(s *Settings) value { return &text{to: &s.Model, filled: true} }},
		{"format", "how turns become the model's text; empty for what suits the model", Scope{Live: true},
			func(s *Settings) value {
				return &text{to: &s.Format, choices: []string{"", "template", "transcript", "dialogpt", "plain"}}
			}},
		{"system", "text that the model sees before the conversation", Scope{},
			func(s *Settings) value { return &text{to: &s.System} }},
		{"mode", "how a new conversation begins", Scope{},
			func(s *Settings) value { return &text{to: &s.Mode, choices: []string{"chat", "story"}} }},
	}
	for _, row := range sample.Table() {
		table = append(table, Setting{row.Key, row.Help, Scope{Live: true, Bare: !row.Chat}, parameter(row)})
	}
	return append(table, []Setting{
		{"seed", "start of the random choices: the same seed gives the same reply", Scope{Live: true, Bare: true},
			func(s *Settings) value { return &seed{to: &s.Seed} }},
		{"threads", "threads to compute on; 0 for one on each core of the processor", Scope{Bare: true},
			func(s *Settings) value { return &integer{to: &s.Threads, in: sample.Range{High: 1024}} }},
		{"speculation", "compute tokens ahead that the text so far suggests: the same text, sooner", Scope{Live: true, Bare: true},
			func(s *Settings) value { return &boolean{to: &s.Speculation} }},
		{"weights", "how the model is held in memory: f32 is exact, smaller is faster; auto is q8", Scope{Live: true, Bare: true},
			func(s *Settings) value {
				return &text{to: &s.Weights, choices: []string{"auto", "f32", "f16", "q8", "q4"}}
			}},

		{"theme", "colours; auto asks the terminal for its background", Scope{},
			func(s *Settings) value { return &text{to: &s.Theme, choices: []string{"auto", "dark", "light"}} }},
		{"markdown", "render replies as Markdown; false shows them as written", Scope{Live: true},
			func(s *Settings) value { return &boolean{to: &s.Markdown} }},
		{"mouse", "scroll with the wheel; false leaves the mouse to the terminal", Scope{},
			func(s *Settings) value { return &boolean{to: &s.Mouse} }},
		{"save", "keep chats on disk", Scope{},
			func(s *Settings) value { return &boolean{to: &s.Save} }},
		{"data_dir", "folder in which chats are kept; empty for the system's data folder", Scope{},
			func(s *Settings) value { return &text{to: &s.DataDir} }},
	}...)
}

// parameter binds a row of the sampling parameters.
func parameter(row sample.Row) func(*Settings) value {
	return func(s *Settings) value {
		switch at := row.At(&s.Params).(type) {
		case *float64:
			return &number{to: at, in: row.Range}
		case *int:
			return &integer{to: at, in: row.Range}
		case *[]string:
			return &list{to: at}
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

// Expected says for people what the setting may be: "a number from 0 to 1".
func (s Setting) Expected() string { return s.bind(new(Settings)).expected() }

// Format writes the setting's value among the given ones as TOML.
func (s Setting) Format(settings Settings) string { return s.bind(&settings).literal() }

// Set stores the value that text says, written as in an environment variable.
// The error is one line that begins with the key; settings keeps its value then.
func (s Setting) Set(settings *Settings, text string) error {
	v := s.bind(settings)
	if !v.parse(text) {
		return refused(s.Key, text, v)
	}
	return nil
}
