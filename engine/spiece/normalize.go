package spiece

import (
	"math"
	"strings"
	"unicode/utf8"
)

// next returns what the beginning of a text, which is not empty, becomes, and its length: the longest text that stays as it is,
// or else the longest that the character map has, or else a character.
func (n *normalizer) next(text string) (becomes string, length int) {
	for size := min(n.longest, len(text)); size > 0; size-- {
		if n.kept[text[:size]] {
			return text[:size], size
		}
	}
	if n.charMap != nil {
		if becomes, length = n.charMap.Longest(text); length > 0 {
			return becomes, length
		}
	}
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return string(utf8.RuneError), 1
	}
	return text[:size], size
}

// Normalize is what SentencePiece does to a text before it cuts it (Normalizer::Normalize). A text of nothing but white space
// becomes none where that is taken off the ends.
func (n *normalizer) Normalize(text string) string {
	for n.extra && text != "" {
		becomes, length := n.next(text)
		if becomes != " " {
			break
		}
		text = text[length:]
	}
	if text == "" {
		return ""
	}
	space := " "
	if n.escape {
		space = Mark
	}
	var out strings.Builder
	out.Grow(len(text) + len(space))
	if n.prefix && !n.suffix {
		out.WriteString(space)
	}
	afterSpace := n.extra
	for text != "" {
		becomes, length := n.next(text)
		text = text[length:]
		if afterSpace {
			becomes = strings.TrimLeft(becomes, " ")
		}
		if becomes != "" {
			out.WriteString(strings.ReplaceAll(becomes, " ", space))
			afterSpace = n.extra && strings.HasSuffix(becomes, " ")
		}
	}
	normal := out.String()
	for n.extra && strings.HasSuffix(normal, space) {
		normal = strings.TrimSuffix(normal, space)
	}
	if n.prefix && n.suffix {
		normal += space
	}
	return normal
}

// FirstSpaces is how many spaces a text loses at its beginning, at most, when it is put together again.
func (n *normalizer) FirstSpaces() int {
	switch {
	case n.extra:
		return math.MaxInt
	case n.prefix && !n.suffix:
		return 1
	}
	return 0
}
