package session

import (
	"slices"
	"testing"

	"inkling/engine"
)

// A note on a value of generation_config.json has the key as the file spells it, and the value in words of JSON.
func TestNotesOfGenerationConfig(t *testing.T) {
	for value, want := range map[any]string{
		1e300: "m: generation_config.json: min_new_tokens: found 1e+300, expected a whole number, 0 or more; it is ignored",
		"x":   `m: generation_config.json: min_new_tokens: found "x", expected a whole number, 0 or more; it is ignored`,
	} {
		_, notes := Adopt(defaults(), engine.Info{Name: "m", Defaults: map[string]any{"min_tokens": value}})
		if !slices.Equal(notes, []string{want}) {
			t.Errorf("%v: %q, want %q", value, notes, want)
		}
	}
}
