package chat

import "testing"

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		" and went home. Then":             " and went home.",
		" and went home.":                  "", // "home.com" may come
		`," she said. "No." He`:            `," she said.`,
		` "Go away!" he said.` + "\n":      ` "Go away!"`,
		" to Mr. Fox and J. R. Smith. The": " to Mr. Fox and J. R. Smith.",
		" It was I. The end":               " It was I.",
		" 3.5 miles... Then":               " 3.5 miles...",
		"\n\nA title\nand":                 "\n\nA title",
		"她走了。然后":                           "她走了。",
		" no end":                          "",
		"... She ran. He":                  "... She ran.",
	} {
		got := ""
		if n := Sentence(text); n >= 0 {
			got = text[:n]
		}
		if got != want {
			t.Errorf("Sentence(%q): %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]int{"\n\nOne. Two.\nThree": 11, "One. Two.": -1, "\n": -1, "a \n": 1} {
		if got := Paragraph(text); got != want {
			t.Errorf("Paragraph(%q): %d, want %d", text, got, want)
		}
	}
}
