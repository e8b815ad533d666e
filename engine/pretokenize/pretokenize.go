// Package pretokenize has the pre-tokenizers of tokenizer.json: how a text is cut into words before a model cuts these into
// pieces. No piece goes across the border of two words.
//
// They are those of github.com/huggingface/tokenizers (tokenizers/src/pre_tokenizers).
package pretokenize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"inkling/engine/bpe"
)

// A Word is a part of a text.
type Word struct {
	Text  string // never empty
	Start bool   // it stands at the beginning of the whole text
}

// A Func cuts words further, or changes their letters. It may be used by several goroutines at once.
type Func func(words []Word) []Word

// Sequence applies pre-tokenizers one after the other.
func Sequence(all ...Func) Func {
	return func(words []Word) []Word {
		for _, f := range all {
			words = f(words)
		}
		return words
	}
}

// Digits sets digits apart: each of them, or those that stand together.
func Digits(each bool) Func {
	behavior := Contiguous
	if each {
		behavior = Isolated
	}
	return Split(runes(unicode.IsNumber), behavior, false)
}

// Whitespace takes runs of word characters, and runs of what is neither these nor white space, as words.
func Whitespace(words []Word) []Word { return whitespace(words) }

var whitespace = Split(func(text string, found func(start, end int)) {
	kind := func(r rune) int {
		switch {
		case unicode.IsSpace(r):
			return 0
		case isWord(r):
			return 1
		}
		return 2
	}
	for start := 0; start < len(text); {
		r, n := utf8.DecodeRuneInString(text[start:])
		end, first := start+n, kind(r)
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if kind(r) != first {
				break
			}
			end += n
		}
		if first != 0 {
			found(start, end)
		}
		start = end
	}
}, Removed, true)

// isWord is \w of regular expressions: Alphabetic, M, Nd, Pc, Join_Control.
func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.In(r, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}

// WhitespaceSplit takes what white space divides as words.
func WhitespaceSplit(words []Word) []Word { return whitespaceSplit(words) }

var whitespaceSplit = Split(runes(unicode.IsSpace), Removed, false)

// Punctuation divides at punctuation.
func Punctuation(behavior Behavior) Func { return Split(runes(isPunctuation), behavior, false) }

func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return '!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
	}
	return unicode.IsPunct(r)
}

// Bert takes what white space divides as words, and every punctuation character as one.
func Bert(words []Word) []Word { return bert(words) }

var bert = Sequence(whitespaceSplit, Punctuation(Isolated))

// Delimiter divides at a character, which is dropped.
func Delimiter(delimiter rune) Func {
	return Split(runes(func(r rune) bool { return r == delimiter }), Removed, false)
}

// ByteLevel writes the bytes of words in GPT-2's letters, after it has cut them by GPT-2's pattern where pattern is set.
// prefixSpace puts a space before a word that does not begin with one.
func ByteLevel(prefixSpace, pattern bool) Func {
	return func(words []Word) []Word {
		var out []Word
		for _, w := range words {
			if prefixSpace && !strings.HasPrefix(w.Text, " ") {
				w.Text = " " + w.Text
			}
			if !pattern {
				out = append(out, Word{letters(w.Text), w.Start})
				continue
			}
			for rest, start := w.Text, w.Start; rest != ""; start = false {
				n := bpe.NextWord(rest)
				out = append(out, Word{letters(rest[:n]), start})
				rest = rest[n:]
			}
		}
		return out
	}
}

func letters(text string) string {
	var out strings.Builder
	for i := range len(text) {
		out.WriteRune(bpe.Letter(text[i]))
	}
	return out.String()
}

// A Scheme says which words Metaspace puts a mark before.
type Scheme int

const (
	Always Scheme = iota
	First         // the word at the beginning of the text
	Never
)

// Metaspace writes spaces as a mark, "▁", and puts one before words that do not begin with it, as the scheme says. With split,
// a word ends before every mark.
func Metaspace(mark string, scheme Scheme, split bool) Func {
	divide := Split(literal(mark), MergedWithNext, false)
	return func(words []Word) []Word {
		marked := make([]Word, len(words))
		for i, w := range words {
			w.Text = strings.ReplaceAll(w.Text, " ", mark)
			if !strings.HasPrefix(w.Text, mark) && (scheme == Always || scheme == First && w.Start) {
				w.Text = mark + w.Text
			}
			marked[i] = w
		}
		if split {
			return divide(marked)
		}
		return marked
	}
}
