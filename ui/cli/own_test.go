//go:build linux || darwin

package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"inkling/engine/starter"
	"inkling/ui/cli/ptytest"
)

// A chat that is continued goes on with its model, found from another folder too, and with its settings; Up brings back what
// was sent. Where the model is gone a line says so.
func TestAChatIsContinuedAsItWas(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	weights, err := fs.ReadFile(starter.Files(), "starter.gguf")
	if err != nil {
		t.Fatal(err)
	}
	poet := filepath.Join(home, "poet.gguf")
	if err := os.WriteFile(poet, weights, 0o600); err != nil {
		t.Fatal(err)
	}
	p := ptytest.Start(t, ptytest.Options{Home: home, Width: 100, Height: 24, Args: []string{"--model", "./poet.gguf", "--max-tokens", "4"}})
	p.Shows("You are talking to poet.gguf")
	p.Say("/temp 0.3")
	p.Shows("temperature is now 0.3")
	p.Say("hello there")
	p.Shows("4 tokens")
	p.Press("\x04")
	p.Ends()

	p = ptytest.Start(t, ptytest.Options{Home: home, Dir: elsewhere, Width: 100, Height: 24, Args: []string{"-c"}})
	p.Until("the chat is there with its model and settings", func(s ptytest.Screen) bool {
		return s.Line("▌ hello there") >= 0 && s.Shows("─ T 0.30 · ") && s.Shows("poet.gguf · ")
	})
	p.Type("\x1b[A\x1b[A")
	p.Shows("❯ /temp 0.3")
	p.Press("\x15\x04")
	p.Ends()

	if err := os.Remove(poet); err != nil {
		t.Fatal(err)
	}
	p = ptytest.Start(t, ptytest.Options{Home: home, Dir: elsewhere, Width: 100, Height: 24, Args: []string{"-c"}})
	p.Shows("using starter; cannot load this chat's model")
	p.Shows("starter · ")
}
