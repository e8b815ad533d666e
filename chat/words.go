package chat

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// alone are the scripts without spaces between words: each character is a word of the index, and several of them one after
// the other are a phrase.
var alone = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao,
	unicode.Khmer, unicode.Myanmar}

// Alone reports whether a character is a word by itself.
func Alone(r rune) bool { return r >= 0xe00 && unicode.In(r, alone...) }

// Spaced is text with spaces around each character that is a word by itself.
func Spaced(text string) string {
	var b strings.Builder
	for _, r := range text {
		if Alone(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Words are the words of a text as they are searched for: without marks above letters, without regard to case, and without
// what is neither letter nor number.
func Words(text string) []string {
	return strings.FieldsFunc(fold(Spaced(text)), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.Co) })
}

// fold takes case and marks away.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

// Phrases are what a query asks for: the words of each part between blanks, which a text has one after the other.
func Phrases(query string) (phrases [][]string) {
	for part := range strings.FieldsSeq(query) {
		if words := Words(part); len(words) > 0 {
			phrases = append(phrases, words)
		}
	}
	return phrases
}

// snippetRunes is the longest snippet.
const snippetRunes = 160

// Snippet is the piece of a text around the first word that one of the phrases begins with, on one line. The last word of the
// last phrase may be the beginning of a word.
func Snippet(text string, phrases [][]string) string {
	at := 0
	for begin, end := range spans(text) {
		word := fold(text[begin:end])
		if matches(word, phrases) {
			at = begin
			break
		}
	}
	const before = snippetRunes / 4
	from := at
	for range before {
		if from == 0 {
			break
		}
		from--
		for from > 0 && text[from]&0xc0 == 0x80 {
			from--
		}
	}
	cut := shorten(text[from:], snippetRunes)
	if from > 0 {
		return "…" + cut
	}
	return cut
}

func matches(word string, phrases [][]string) bool {
	for i, phrase := range phrases {
		last := i == len(phrases)-1 && len(phrase) == 1
		if word == phrase[0] || last && strings.HasPrefix(word, phrase[0]) {
			return true
		}
	}
	return false
}

// spans yields where the words of a text begin and end.
func spans(text string) func(yield func(begin, end int) bool) {
	return func(yield func(begin, end int) bool) {
		begin := -1
		for i, r := range text {
			in := unicode.In(r, unicode.L, unicode.N, unicode.Co, unicode.Mn)
			if begin >= 0 && (!in || Alone(r)) {
				if !yield(begin, i) {
					return
				}
				begin = -1
			}
			if in && Alone(r) {
				if !yield(i, i+len(string(r))) {
					return
				}
			} else if in && begin < 0 {
				begin = i
			}
		}
		if begin >= 0 {
			yield(begin, len(text))
		}
	}
}
