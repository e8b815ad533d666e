package style

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"inkling/ui/markdown"
)

const document = "# Title\n\nText with **bold**, `code`, a [link](https://example.org) and ![picture](p.png).\n\n- one\n  1. two\n- [x] done\n\n" +
	"> quoted\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```go\n// Comment\nfunc main() { return \"x\" + 42 + nil }\n```\n\n---\n"

// Everything that Markdown colours has a colour of the theme, in every theme: other colours are not checked for their contrast.
func TestMarkdownHasTheThemesColours(t *testing.T) {
	painted := regexp.MustCompile(`38;2;(\d+);(\d+);(\d+)`)
	for _, base := range Bases() {
		if base == "terminal" { // whose colours are the terminal's own
			continue
		}
		for _, dark := range []bool{true, false} {
			theme, known := Theme{Base: base}, map[string]bool{}
			for _, token := range Tokens() {
				r, g, b, _ := theme.Colour(token.Name, dark).RGBA()
				known[fmt.Sprintf("38;2;%d;%d;%d", r>>8, g>>8, b>>8)] = true
			}
			text := strings.Join(markdown.New(theme.Look(dark, false).Markdown).Render(document, 60), "\n")
			seen := map[string]bool{}
			for _, colour := range painted.FindAllString(text, -1) {
				if seen[colour] = true; !known[colour] {
					t.Errorf("%s, dark %v: %s is no colour of the theme", base, dark, colour)
				}
			}
			if len(seen) < 6 {
				t.Errorf("%s, dark %v: only %d colours", base, dark, len(seen))
			}
		}
	}
}
