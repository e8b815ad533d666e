package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
)

// Where the completions do not fit, the list says how many more there are, and the chosen one is always shown.
func TestSuggestionsSayThatThereAreMore(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	all := len(session.Commands())
	u.types("/")
	u.shows(fmt.Sprintf("%d more", all-mostRows+1))
	for range all {
		u.press("down")
		line := ""
		for l := range strings.Lines(u.screen()) {
			if strings.Contains(l, "› /") {
				line = l
			}
		}
		if want, _ := u.p.suggest.list.Chosen(); !strings.Contains(line, want.Name) {
			t.Errorf("the chosen row %q is not shown:\n%s", want.Name, u.screen())
		}
	}
	u.types("q")
	u.hides("more")

	s := newSuggestions([]session.Completion{{Name: "/a"}, {Name: "/b"}})
	for limit, want := range map[int]string{0: "", 1: "  /a", 2: "  /a|  /b", 3: "  /a|  /b"} {
		var lines []string
		for _, l := range s.lines(u.p.look, 40, limit) {
			lines = append(lines, strings.TrimRight(ansi.Strip(l), " "))
		}
		if got := strings.Join(lines, "|"); got != want {
			t.Errorf("on %d lines: %q, want %q", limit, got, want)
		}
	}
}
