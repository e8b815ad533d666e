package pane

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/ui/style"
)

// No row ends in the middle of a word or of a key, at any width, and what the chosen one does can be read to its end.
func TestThePaletteCutsNoWord(t *testing.T) {
	all := []Entry{
		{Words: "new line", Keys: "Shift+Enter, Alt+Enter, Ctrl+J"},
		{Words: "task: write a poem of four lines about what you name, in the manner of an old song that everybody knows by heart", Keys: "/task poem"},
		{Words: "notes that come in when a key appears: words or /regex/", Keys: "/world"},
	}
	look := style.Theme{Base: "dark"}.Look(true, false)
	for _, width := range []int{40, 60, 80, 100, 140} {
		p := NewPalette(all)
		for i, e := range all {
			words, keys := e.row(width - 4)
			if got := ansi.StringWidth(words) + ansi.StringWidth(keys); got != width-4 {
				t.Errorf("%d columns: %q and %q take %d", width, words, keys, got)
			}
			for _, pair := range [][2]string{{words, e.Words}, {strings.TrimSpace(keys), e.Keys}} {
				shown, whole := strings.TrimSuffix(pair[0], "…"), pair[1]
				if !strings.HasPrefix(whole, shown) || shown != whole && !strings.ContainsRune(" ,;:", rune(whole[len(shown)])) {
					t.Errorf("%d columns: %q is cut to %q", width, whole, pair[0])
				}
			}
			lines := p.Draw(look, width, 24, true)
			text := strings.Join(strings.Fields(ansi.Strip(strings.Join(lines, " "))), " ")
			if len(lines) != 24 || !strings.Contains(text, e.Words) {
				t.Errorf("%d columns: entry %d cannot be read to its end:\n%s", width, i, ansi.Strip(strings.Join(lines, "\n")))
			}
			p.Handle(tea.KeyPressMsg{Code: tea.KeyDown})
		}
	}
}
