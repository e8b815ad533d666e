package bpe

import (
	"unicode"
	"unicode/utf8"
)

// class is what the pattern distinguishes runes by.
type class uint8

const (
	symbol class = iota // [^\s\p{L}\p{N}]
	space               // \s
	letter              // \p{L}
	number              // \p{N}
)

// asciiClass is the class of the runes below utf8.RuneSelf.
var asciiClass = func() (classes [utf8.RuneSelf]class) {
	for r := range classes {
		classes[r] = classOf(rune(r))
	}
	return classes
}()

// classOf returns the class of a rune, by the Unicode version of package
// unicode. \s is the property White_Space, as in the regular expressions of
// Python's regex module and of Rust; so U+0085 and U+00A0 are space, while
// U+001C to U+001F and U+200B are not.
func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	case unicode.IsSpace(r):
		return space
	}
	return symbol
}

// firstClass returns the class of the first rune of text, which is not empty,
// and its size in bytes. A byte that is not valid UTF-8 is a symbol of size 1.
func firstClass(text string) (c class, size int) {
	if text[0] < utf8.RuneSelf {
		return asciiClass[text[0]], 1
	}
	r, size := utf8.DecodeRuneInString(text) // U+FFFD, a symbol, where invalid
	return classOf(r), size
}

// NextWord returns the length in bytes of the first match in text, which is
// not empty, of GPT-2's pattern (encoder.py in github.com/openai/gpt-2):
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// Matches follow one another without gaps. No pair is merged across their
// borders.
func NextWord(text string) int {
	if n := contraction(text); n > 0 {
		return n
	}
	c, n := firstClass(text)
	if text[0] == ' ' && len(text) > 1 {
		if after, size := firstClass(text[1:]); after != space {
			c, n = after, 1+size
		}
	}
	if c == space {
		return spaces(text)
	}
	return n + run(text[n:], c)
}

// contraction returns the length of 's, 't, 're, 've, 'm, 'll or 'd at the
// start of text, or 0. As in GPT-2 only lower case counts.
func contraction(text string) int {
	if len(text) < 2 || text[0] != '\'' {
		return 0
	}
	switch text[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	if len(text) >= 3 {
		switch text[1:3] {
		case "re", "ve", "ll":
			return 3
		}
	}
	return 0
}

// spaces matches \s+(?!\S)|\s+ : white space up to the end of the text is
// taken whole; before anything else its last rune is left for the next match,
// unless it is the only one.
func spaces(text string) int {
	last, end := 0, 0 // start of the last space, end of the run
	for end < len(text) {
		c, size := firstClass(text[end:])
		if c != space {
			if last > 0 {
				return last
			}
			break
		}
		last, end = end, end+size
	}
	return end
}

// run returns the length of the longest prefix of text with runes of class c
// only.
func run(text string, c class) int {
	for n := 0; n < len(text); {
		next, size := firstClass(text[n:])
		if next != c {
			return n
		}
		n += size
	}
	return len(text)
}
