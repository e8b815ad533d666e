package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortened are words that a full stop after them does not end a sentence.
var shortened = []string{"mr", "mrs", "ms", "dr", "st", "prof", "rev", "capt", "col", "gen", "lt", "sgt", "jr", "sr", "mt", "no", "vs", "e.g", "i.e",
	"cf", "z.b", "hr", "fr", "nr"}

// Sentence is how many bytes of a text its first sentence is, with the quotes that close after it; -1 while the text may go on with it:
// where a full stop is the last that has come, what follows tells. A line that ends, ends its sentence.
func Sentence(text string) int {
	begun := false // the sentence has a letter or a digit
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		end := at + size
		switch {
		case r == '\n' && begun:
			return len(strings.TrimRightFunc(text[:at], unicode.IsSpace))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			begun = true
		case strings.ContainsRune("。！？", r) && begun:
			return closed(text, end)
		case strings.ContainsRune(".!?…", r) && begun:
			end = closed(text, end)
			next, _ := utf8.DecodeRuneInString(text[end:])
			if end < len(text) && unicode.IsSpace(next) && !(r == '.' && abbreviated(text[:at])) {
				return end
			}
		}
		at = end
	}
	return -1
}

// closed is the place after the quotes, brackets and further marks of an end that begin at a place.
func closed(text string, at int) int {
	return len(text) - len(strings.TrimLeft(text[at:], ".!?…。！？\"'”’»)]*_」』"))
}

// abbreviated reports whether the full stop after a text belongs to its last word.
func abbreviated(text string) bool {
	word := text[strings.LastIndexFunc(text, unicode.IsSpace)+1:]
	word = strings.TrimLeftFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.Contains(shortened, strings.ToLower(word)) || utf8.RuneCountInString(word) == 1 && word != "I" && unicode.IsUpper([]rune(word)[0])
}

// Paragraph is how many bytes of a text its first paragraph is; -1 while no line of it has ended.
func Paragraph(text string) int {
	begun := len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	if i := strings.IndexByte(text[begun:], '\n'); i >= 0 {
		return len(strings.TrimRightFunc(text[:begun+i], unicode.IsSpace))
	}
	return -1
}
