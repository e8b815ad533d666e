package wordpiece

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalize does what the model wants done to a text before it is cut into words.
func (t *Tokenizer) normalize(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for _, r := range text {
		switch {
		case t.Clean && unwanted(r):
		case t.Clean && isSpace(r):
			out.WriteByte(' ')
		case t.Chinese && isChinese(r):
			out.WriteByte(' ')
			out.WriteRune(r)
			out.WriteByte(' ')
		default:
			out.WriteRune(r) // U+FFFD for what is not UTF-8
		}
	}
	text = out.String()
	if t.StripAccents {
		text = strings.Map(func(r rune) rune {
			if r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(text))
	}
	if t.Lower {
		text = lower(text)
	}
	return text
}

// unwanted reports whether cleaning drops the rune: U+0000, U+FFFD, and control, format and private use characters.
func unwanted(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return false
	case r < utf8.RuneSelf:
		return r < ' ' || r == '\x7f'
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

// isSpace is the property White_Space.
func isSpace(r rune) bool { return unicode.IsSpace(r) }

// isChinese reports whether the rune is in one of BERT's blocks of CJK ideographs. The gap before U+2B920 is that of the
// tokenizers library.
func isChinese(r rune) bool {
	switch {
	case r < 0x3400:
		return false
	case r <= 0x4DBF, 0x4E00 <= r && r <= 0x9FFF, 0xF900 <= r && r <= 0xFAFF:
		return true
	case 0x20000 <= r && r <= 0x2A6DF, 0x2A700 <= r && r <= 0x2B81F, 0x2B920 <= r && r <= 0x2CEAF, 0x2F800 <= r && r <= 0x2FA1F:
		return true
	}
	return false
}

// lower is the full lower-casing of single runes: one of them becomes two.
func lower(text string) string {
	const dotted = "İ" // i and U+0307
	text = strings.ReplaceAll(text, dotted, "i̇")
	return strings.Map(unicode.ToLower, text)
}

// isPunctuation reports whether the rune is a word of its own: ASCII that is neither letter, number, space nor control,
// and Unicode's category P.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return '!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
	}
	return unicode.IsPunct(r)
}

// nextWord cuts the first word from a normalised text that is not empty. The word is empty where the text begins with
// white space.
func nextWord(text string) (word, rest string) {
	for i, r := range text {
		switch space := isSpace(r); {
		case space && i == 0:
			return "", text[utf8.RuneLen(r):]
		case isPunctuation(r) && i == 0:
			return text[:utf8.RuneLen(r)], text[utf8.RuneLen(r):]
		case space, isPunctuation(r):
			return text[:i], text[i:]
		}
	}
	return text, ""
}
