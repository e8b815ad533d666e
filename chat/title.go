package chat

import (
	"strings"
	"unicode"
)

// titleRunes is the longest default title.
const titleRunes = 60

// Title returns the first line of text that is not blank, cut at a word where
// it is longer than titleRunes.
func Title(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return shorten(line, titleRunes)
}

// shorten folds white space to single spaces and cuts text to at most limit
// runes, at a word where there is one in the second half, with an ellipsis.
func shorten(text string, limit int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= limit {
		return string(runes)
	}
	end := limit - 1
	for i := end; i > limit/2; i-- {
		if unicode.IsSpace(runes[i]) {
			end = i
			break
		}
	}
	return string(runes[:end]) + "…"
}
