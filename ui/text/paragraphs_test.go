package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func wrapped(text string, width int) []string { return strings.Split(ansi.Wrap(text, width, ""), "\n") }

// A text that grows, shrinks or changes has the rows that it has when it is laid out whole.
func TestParagraphsAreLaidOutAsTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"word ", "小说", "\n", "\n\n", "longer-words-and-more ", "👨‍👩‍👧", " ", "e\u0301"}
	var p Paragraphs
	text, width := "", 20
	for i := range 3000 {
		switch n := random.IntN(100); {
		case n < 1:
			text = text[:strings.LastIndexByte(text, '\n')+1]
		case n < 2:
			text = strings.Replace(text, "word", "world", 1)
		case n < 3:
			width = 5 + random.IntN(40)
		case n < 4:
			text = ""
		default:
			text += pieces[random.IntN(len(pieces))]
		}
		want := wrapped(strings.TrimRight(text, "\n"), width)
		if got := p.Lay(text, width, wrapped); !slices.Equal(got, want) {
			t.Fatalf("step %d, %q to %d columns: %q, want %q", i, text, width, got, want)
		}
	}
}

// Only the last paragraph of a growing text is laid out anew.
func TestParagraphsAreKept(t *testing.T) {
	laid := 0
	count := func(text string, width int) []string {
		laid += len(text)
		return wrapped(text, width)
	}
	var p Paragraphs
	text := strings.Repeat(strings.Repeat("word ", 50)+"\n\n", 100)
	p.Lay(text, 80, count)
	laid = 0
	for range 10 {
		text += "more "
		p.Lay(text, 80, count)
	}
	if most := 10 * 250; laid > most {
		t.Errorf("%d bytes were laid out for 10 short words; ten times the last paragraph is %d", laid, most)
	}
}
