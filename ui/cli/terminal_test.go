//go:build linux || darwin

package cli

import (
	"testing"

	"inkling/ui/cli/ptytest"
)

// A chat on three terminals and one that answers nothing, from the first screen to the shell.
func TestTerminal(t *testing.T) {
	for _, terminal := range append(ptytest.Terminals, ptytest.Silent) {
		t.Run(terminal.Name, func(t *testing.T) {
			t.Parallel()
			p := ptytest.Start(t, ptytest.Options{Terminal: terminal, Args: []string{"--seed", "1"}})
			p.Shows("You are talking to starter")
			p.Type("hello")
			p.Shows("❯ hello")
			p.Type("\r")
			p.Shows("seed 1")
			p.Resize(60, 15)
			p.Until("the input is on the last line but one", func(s ptytest.Screen) bool { return s.Y == 13 && s.CursorShown })
			p.Type("\x04")
			if status := p.Ends(); status != 0 {
				t.Errorf("status %d", status)
			}
			if s := p.Screen(); s.Alternate || !s.CursorShown || !p.Cooked() {
				t.Errorf("the terminal is not as it was: %+v, cooked %t", s, p.Cooked())
			}
			if left := p.Unread(); left != "" {
				t.Errorf("the shell finds %q", left)
			}
		})
	}
}
