package prompt

import (
	"math/rand/v2"
	"strings"
	"testing"

	"inkling/chat"
)

// The passages of a text read as that text, but for blanks at its end; a long one keeps its end.
func TestPassages(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", " ", "\n", "word ", "\n\n", "字", ".", "\t"}
	for range 3000 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		text, context := b.String(), r.IntN(12)
		turns, cut := Passages(text, context)
		for i, turn := range turns {
			if i < len(turns)-1 && (turn.Blank() || strings.TrimRight(turn.Text, " \t\n") != turn.Text) {
				t.Fatalf("passage %q of %q", turn.Text, text)
			}
		}
		want := strings.TrimRight(text[cut:], " \t")
		if strings.TrimSpace(want) == "" {
			continue
		}
		if got := chat.StoryText(turns); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}
