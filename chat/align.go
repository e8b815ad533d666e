package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Align says where each token of a reply ends in the text of its turn. The pieces are the bytes of the tokens, which need not be whole
// runes: a rune belongs to the token that completes it. White space that was left out at the beginning belongs to no token, and what
// comes after the text, as a stop string does, neither.
func Align(text string, pieces [][]byte) (ends []int) {
	ends = make([]int, len(pieces))
	var raw []byte
	for i, p := range pieces {
		raw = append(raw, p...)
		ends[i] = len(raw)
	}
	at, to, token := 0, 0, 0 // in raw, in text
	if first, _ := utf8.DecodeRuneInString(text); !unicode.IsSpace(first) {
		at = len(raw) - len(strings.TrimLeftFunc(string(raw), unicode.IsSpace))
	}
	before := 0
	pass := func() { // the tokens that end by here
		for ; token < len(ends) && ends[token] <= at; token++ {
			if ends[token] == at {
				before = to
			}
			ends[token] = before
		}
	}
	for pass(); at < len(raw) && to < len(text); pass() {
		before = to
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 { // decoded as one sign for several bytes, or for each
			for at < len(raw) && r == utf8.RuneError && size == 1 {
				at += size
				r, size = utf8.DecodeRune(raw[at:])
			}
			to += len(text[to:]) - len(strings.TrimLeft(text[to:], string(utf8.RuneError)))
		} else if strings.HasPrefix(text[to:], string(r)) {
			at, to = at+size, to+size
		}
		if to == before {
			break // the text was changed
		}
	}
	for ; token < len(ends); token++ {
		ends[token] = to
	}
	return ends
}
