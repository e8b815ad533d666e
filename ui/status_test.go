package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"inkling/ui/style"
)

// Whatever there is to tell, on a screen of 40 columns or more every part of the line stands as a whole or not at all, what
// goes first goes first, and what there is room for is there.
func TestTheStatusLineDropsWholeParts(t *testing.T) {
	look := style.Theme{Base: "dark"}.Look(true, false)
	for name, s := range map[string]status{
		"new":  {model: "starter", warmth: 0.8, context: 512},
		"full": {model: "dialogpt-medium (story)", warmth: 1.25, active: []string{"top-k off", "min-p 0.05", "rep 1.2"}, context: 1024, used: 1000, rate: 123.4, seeded: true, fixedSeed: true, seed: 18446744073709551615, unsaved: true},
		"wait": {next: []string{"↓ gpt2-xl 42%", "12 MB/s", "41s left"}, model: "starter", warmth: 2, context: 512, used: 20},
		"long": {model: strings.Repeat("gpt2-", 30), warmth: 0, context: 1024, used: 820},
	} {
		whole := map[string]bool{}
		for _, p := range s.parts(look) {
			whole[p.text] = true
			whole[ansi.Strip(p.bar)+" "+p.text] = p.bar != ""
		}
		for _, width := range []int{40, 60, 80, 100, 140} {
			line := ansi.Strip(s.line(width, look))
			if ansi.StringWidth(line) > width {
				t.Errorf("%s: %q is wider than %d columns", name, line, width)
			}
			if !strings.Contains(line, "T ") {
				t.Errorf("%s, %d columns: %q has no temperature", name, width, line)
			}
			for _, group := range strings.Split(line, " · ") {
				for _, text := range s.next {
					group = strings.TrimPrefix(strings.TrimPrefix(group, text), " ")
				}
				if group != "" && !whole[group] {
					t.Errorf("%s, %d columns: %q of %q is no whole part", name, width, group, line)
				}
			}
		}
	}
}

// What a context that fills up looks like changes at 80 and at 95 percent.
func TestTheContextWarns(t *testing.T) {
	look := style.Theme{Base: "dark"}.Look(true, false)
	at := func(used int) string {
		parts := status{model: "m", context: 1000, used: used}.parts(look)
		return parts[len(parts)-1].paint.Render("x")
	}
	for _, step := range []struct {
		used int
		want string
	}{{0, look.Dim.Render("x")}, {799, look.Dim.Render("x")}, {800, look.Warning.Render("x")}, {949, look.Warning.Render("x")}, {950, look.Problem.Render("x")}} {
		if got := at(step.used); got != step.want {
			t.Errorf("%d of 1000 is painted %q, want %q", step.used, got, step.want)
		}
	}
}
