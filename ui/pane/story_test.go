package pane

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Counting what has changed equals counting all.
func TestWordsAreCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	letters := []string{"a", "b", " ", "\n", "é", "\u00a0", "字"}
	var s Story
	text := []string{}
	for range 3000 {
		at := r.IntN(len(text) + 1)
		gone := r.IntN(min(len(text)-at, 3) + 1)
		var in []string
		for range r.IntN(4) {
			in = append(in, letters[r.IntN(len(letters))])
		}
		text = append(text[:at:at], append(in, text[at+gone:]...)...)
		whole := strings.Join(text, "")
		if s.count(whole); s.words != len(strings.Fields(whole)) {
			t.Fatalf("%d words, want %d: %q", s.words, len(strings.Fields(whole)), whole)
		}
		if len(text) > 60 {
			text = text[:10]
		}
	}
}
