package config

import (
	"slices"
	"strings"
)

// A Setting describes one of the [Settings] to all that read or show it.
type Setting struct {
	Key  string // name in config.toml: "top_k"
	Help string // meaning, one line, no full stop

	bind func(*Settings) value // the field it stands for
}

// Table returns every setting, in the order in which they are shown.
func Table() []Setting {
	return []Setting{
		{"model", "the model: starter, gpt2, owner/name, a folder or a GGUF file",
			func(s *Settings) value { return &text{to: &s.Model, filled: true} }},
		{"format", "how turns become the model's text; empty for what suits the model",
			func(s *Settings) value {
				return &text{to: &s.Format, choices: []string{"", "template", "transcript", "dialogpt", "plain"}}
			}},
		{"system", "text that the model sees before the conversation",
			func(s *Settings) value { return &text{to: &s.System} }},
		{"mode", "how a new conversation begins",
			func(s *Settings) value { return &text{to: &s.Mode, choices: []string{"chat", "story"}} }},

		{"temperature", "how freely tokens are chosen: 0 always takes the likeliest, above 1 gets wild",
			func(s *Settings) value { return &number{to: &s.Temperature, min: 0, max: 100} }},
		{"top_k", "choose among that many likeliest tokens; 0 for all",
			func(s *Settings) value { return &integer{to: &s.TopK, min: 0, max: unlimited} }},
		{"top_p", "choose among the likeliest tokens that make up this probability; 1 for all",
			func(s *Settings) value { return &number{to: &s.TopP, min: 0, max: 1, aboveMin: true} }},
		{"min_p", "drop tokens less likely than this part of the likeliest; 0 drops none",
			func(s *Settings) value { return &number{to: &s.MinP, min: 0, max: 1, belowMax: true} }},
		{"typical_p", "choose among the most typical tokens that make up this probability; 1 for all",
			func(s *Settings) value { return &number{to: &s.TypicalP, min: 0, max: 1, aboveMin: true} }},
		{"repetition_penalty", "make tokens of the recent text less likely; 1 for no penalty",
			func(s *Settings) value { return &number{to: &s.RepetitionPenalty, min: 0.01, max: 100} }},
		{"penalty_range", "how many recent tokens the penalties look at; 0 for all",
			func(s *Settings) value { return &integer{to: &s.PenaltyRange, min: 0, max: unlimited} }},
		{"presence_penalty", "lower a token once if the recent text has it; 0 for no penalty",
			func(s *Settings) value { return &number{to: &s.PresencePenalty, min: -100, max: 100} }},
		{"frequency_penalty", "lower a token for each time the recent text has it; 0 for no penalty",
			func(s *Settings) value { return &number{to: &s.FrequencyPenalty, min: -100, max: 100} }},
		{"no_repeat_ngram", "never write so many tokens in a row a second time; 0 allows it",
			func(s *Settings) value { return &integer{to: &s.NoRepeatNgram, min: 0, max: unlimited} }},

		{"max_tokens", "the longest reply, in tokens; 0 for as long as the context has room",
			func(s *Settings) value { return &integer{to: &s.MaxTokens, min: 0, max: unlimited} }},
		{"pace", "write no more than that many tokens a second, to read along; 0 for no limit",
			func(s *Settings) value { return &number{to: &s.Pace, min: 0, max: 1_000_000} }},
		{"stop", "texts that end a reply when the model writes them",
			func(s *Settings) value { return &list{to: &s.Stop} }},
		{"seed", "start of the random choices: the same seed gives the same reply",
			func(s *Settings) value { return &seed{to: &s.Seed} }},
		{"threads", "threads to compute on; 0 for one on each core of the processor",
			func(s *Settings) value { return &integer{to: &s.Threads, min: 0, max: 1024} }},
		{"speculation", "compute tokens ahead that the text so far suggests: the same text, sooner",
			func(s *Settings) value { return &boolean{to: &s.Speculation} }},
		{"weights", "how the model is held in memory: f32 is exact, smaller is faster; auto is q8",
			func(s *Settings) value {
				return &text{to: &s.Weights, choices: []string{"auto", "f32", "f16", "q8", "q4"}}
			}},

		{"theme", "colours; auto asks the terminal for its background",
			func(s *Settings) value { return &text{to: &s.Theme, choices: []string{"auto", "dark", "light"}} }},
		{"markdown", "render replies as Markdown; false shows them as written",
			func(s *Settings) value { return &boolean{to: &s.Markdown} }},
		{"mouse", "scroll with the wheel; false leaves the mouse to the terminal",
			func(s *Settings) value { return &boolean{to: &s.Mouse} }},
		{"save", "keep chats on disk",
			func(s *Settings) value { return &boolean{to: &s.Save} }},
		{"data_dir", "folder in which chats are kept; empty for the system's data folder",
			func(s *Settings) value { return &text{to: &s.DataDir} }},
	}
}

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

// keys are the names of all settings.
func keys() []string {
	var names []string
	for _, s := range Table() {
		names = append(names, s.Key)
	}
	return names
}
