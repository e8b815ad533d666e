// Package normalize has the normalizers of tokenizer.json: what a tokenizer does to a text before it cuts it.
//
// They are those of github.com/huggingface/tokenizers (tokenizers/src/normalizers), which differ from the usual functions of
// their names in places.
package normalize

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Func is a normalizer. It may be used by several goroutines at once.
type Func func(text string) string

// Sequence applies normalizers one after the other; nil where there are none.
func Sequence(all ...Func) Func {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return func(text string) string {
		for _, f := range all {
			text = f(text)
		}
		return text
	}
}

// The forms of The Unicode Standard, annex 15.
var (
	NFC  Func = norm.NFC.String
	NFD  Func = norm.NFD.String
	NFKC Func = norm.NFKC.String
	NFKD Func = norm.NFKD.String
)

// Lowercase is the full lower-casing of single runes: one of them becomes two.
func Lowercase(text string) string {
	const dotted = "\u0130" // becomes i and U+0307
	if strings.Contains(text, dotted) {
		text = strings.ReplaceAll(text, dotted, "i\u0307")
	}
	return strings.Map(unicode.ToLower, text)
}

// StripAccents drops combining marks, those that stand alone: letters that carry theirs within them keep it.
func StripAccents(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, text)
}

// Strip takes white space off the ends.
func Strip(left, right bool) Func {
	return func(text string) string {
		if left {
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
		}
		if right {
			text = strings.TrimRightFunc(text, unicode.IsSpace)
		}
		return text
	}
}

// Prepend puts a prefix before a text, unless that is empty.
func Prepend(prefix string) Func {
	return func(text string) string {
		if text == "" || tooLong(text, 1, prefix) {
			return text
		}
		return prefix + text
	}
}

// Replace puts one text in place of another.
func Replace(old, with string) Func {
	return func(text string) string {
		if old == "" || tooLong(text, strings.Count(text, old), with) {
			return text
		}
		return strings.ReplaceAll(text, old, with)
	}
}

// longest is how many bytes a text may come to have by a normalizer; those of a hostile file could fill the memory.
const longest = 16 << 20

// tooLong reports whether a text would grow beyond that by so many replacements.
func tooLong(text string, times int, with string) bool { return with != "" && times > most(text, with) }

// most is how many replacements a text has room for.
func most(text, with string) int { return (longest - min(len(text), longest)) / len(with) }

// ReplaceMatches puts a text in place of every match of a pattern.
func ReplaceMatches(pattern *regexp.Regexp, with string) Func {
	return func(text string) string {
		if tooLong(text, len(text)+1, with) && tooLong(text, len(pattern.FindAllStringIndex(text, most(text, with)+1)), with) {
			return text
		}
		return pattern.ReplaceAllLiteralString(text, with)
	}
}

// Nmt drops control characters and makes spaces of what separates or is invisible, as systems for translation do.
func Nmt(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x1 && r <= 0x8, r == 0xB, r >= 0xE && r <= 0x1F, r == 0x7F, r == 0x8F, r == 0x9F:
			return -1
		case r == 0x9, r == 0xA, r == 0xC, r == 0xD, r == 0x1680, r >= 0x200B && r <= 0x200F, r == 0x2028, r == 0x2029, r == 0x2581,
			r == 0xFEFF, r == 0xFFFD:
			return ' '
		}
		return r
	}, text)
}
