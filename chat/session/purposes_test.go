package session

import (
	"strings"
	"testing"
)

// Every command stands in the help once, under a heading.
func TestEveryCommandHasAPurpose(t *testing.T) {
	seen := map[string]int{}
	for _, p := range Purposes() {
		if p.Heading == "" || len(p.Commands) == 0 {
			t.Errorf("a purpose without a heading or commands: %+v", p)
		}
		for _, c := range p.Commands {
			seen[c.Names[0]]++
		}
	}
	for _, c := range Commands() {
		if seen[c.Names[0]] != 1 {
			t.Errorf("%s stands %d times in the help", c.Names[0], seen[c.Names[0]])
		}
	}
	if text := (Help{}).Text(); strings.Index(text, ToSample) > strings.Index(text, "/temp ") || strings.Index(text, "/temp ") > strings.Index(text, ToBranch) {
		t.Errorf("/temp is not under %q:\n%s", ToSample, text)
	}
}
