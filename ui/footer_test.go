package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Only the reply at hand has a footer, a short one, until F3 asks for all there is to tell of every reply.
func TestFooters(t *testing.T) {
	u := newUser(t, 80, 40, poem)
	u.says("one")
	u.says("two")
	if n := strings.Count(u.screen(), " tokens"); n != 1 {
		t.Errorf("%d replies have a footer, want the last:\n%s", n, u.screen())
	}
	if strings.Contains(u.screen(), "end of text · seed") {
		t.Errorf("the footer tells of the seed:\n%s", u.screen())
	}
	u.press("f3")
	if n := strings.Count(u.screen(), "T 0.80 · end of text · seed 42"); n != 2 {
		t.Errorf("%d replies have a whole footer, want 2:\n%s", n, u.screen())
	}
	u.press("f3")
	if n := strings.Count(u.screen(), " tokens"); n != 1 {
		t.Errorf("%d replies have a footer, want the last again:\n%s", n, u.screen())
	}
}

// Text is as wide as the setting says and no wider, on a screen of any width.
func TestTheReadingColumn(t *testing.T) {
	widest := func(u *user) (most int) {
		for _, item := range u.p.transcript.items {
			for _, l := range item.lines() {
				most = max(most, ansi.StringWidth(l))
			}
		}
		return most
	}
	for width, want := range map[int]int{140: 86, 60: 60} {
		u := newUser(t, width, 40, func(string) string { return strings.Repeat("a ", 80) })
		u.says("hello")
		if got := widest(u); got > want || got < want-4 {
			t.Errorf("%d columns: text goes to column %d, want %d", width, got, want)
		}
		u.says("/set text_width 30")
		if got := widest(u); got > 32 || got < 28 {
			t.Errorf("%d columns: text goes to column %d, want 32", width, got)
		}
	}
}
