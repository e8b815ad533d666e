package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/wrap"
	"inkling/ui/style"
)

// No terminal cuts a line off, whether it gives a sign of several runes the columns of the sign or those of its runes.
func TestWrappedLinesFitEveryTerminal(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("👩‍👩‍👧 ", 4) + "abcdefghijklm nopqrstuvw 0123456789 0123456789 0123456789",
		strings.Repeat("👍🏽❤️🇩🇪", 30),
		strings.Repeat("क्षत्रिय ", 20),
		"春天来了，小狐狸在森林里走来走去 " + strings.Repeat("x", 50),
	} {
		for _, width := range []int{7, 20, 76} {
			for name, lines := range map[string][]string{
				"wrap": wrap.Text(text, width),
				"fit":  fit(strings.Split(ansi.Hardwrap(text, width, true), "\n"), width),
			} {
				for _, line := range lines {
					if ansi.StringWidth(line) > width || ansi.StringWidthWc(line) > width {
						t.Errorf("%s: %q is %d or %d columns wide, expected at most %d", name, line, ansi.StringWidth(line), ansi.StringWidthWc(line), width)
					}
				}
				whole := strings.ReplaceAll(strings.Join(lines, ""), " ", "")
				if want := strings.ReplaceAll(text, " ", ""); whole != want {
					t.Errorf("%s to %d columns: %q, want %q", name, width, whole, want)
				}
			}
		}
	}
}

// How a model came to a reply stands dim above it, without escape sequences of its own.
func TestThoughtIsDim(t *testing.T) {
	turn := &chat.Turn{ID: 1, Role: chat.Assistant, Text: "Yes.", State: chat.Done}
	it := &item{look: &look{Look: style.Theme{}.Look(true, false), width: 60, widest: 60}, turn: turn, plain: true, dim: "Hm,\x1b[2J well."}
	rows := it.render(60)
	if len(rows) < 3 || rows[0] != style.Margin+it.look.Dim.Render(ansi.Strip(rows[0])[len(style.Margin):]) || !strings.Contains(rows[0], "well.") ||
		strings.Contains(rows[0], "\x1b[2J") || rows[1] != "" || ansi.Strip(rows[2]) != style.Margin+"Yes." {
		t.Errorf("%q", rows)
	}
}
