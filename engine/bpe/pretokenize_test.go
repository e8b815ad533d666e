package bpe

import (
	"slices"
	"testing"
	"unicode"
)

func words(text string) (words []string) {
	for text != "" {
		n := NextWord(text)
		words = append(words, text[:n])
		text = text[n:]
	}
	return words
}

// The words are what GPT-2's pattern finds with Python's regex module.
func TestWordsOfThePattern(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Hello, world!", []string{"Hello", ",", " world", "!"}},
		{"one two  three   four", []string{"one", " two", " ", " three", "  ", " four"}},
		{" a", []string{" a"}},
		{"  a", []string{" ", " a"}},
		{"   ", []string{"   "}},
		{" ", []string{" "}},
		{"a ", []string{"a", " "}},
		{"a  ", []string{"a", "  "}},
		{"a\n", []string{"a", "\n"}},
		{"a\n\nb", []string{"a", "\n", "\n", "b"}},
		{"a \n b", []string{"a", " \n", " b"}},
		{"\t\tx", []string{"\t", "\t", "x"}},
		{" \tx", []string{" ", "\t", "x"}},
		{"\t x", []string{"\t", " x"}},
		{"a\u00a0b", []string{"a", "\u00a0", "b"}},
		{"a \u00a0b", []string{"a", " ", "\u00a0", "b"}},
		{"a\u3000\u3000b", []string{"a", "\u3000", "\u3000", "b"}},
		{"a\u0085b", []string{"a", "\u0085", "b"}},
		{"a\x1cb", []string{"a", "\x1c", "b"}},
		{" \x1fb", []string{" \x1f", "b"}},
		{"a\u200b b", []string{"a", "\u200b", " b"}},
		{"x\x7fy", []string{"x", "\x7f", "y"}},
		{"it's IT'S", []string{"it", "'s", " IT", "'", "S"}},
		{"don't DON'T", []string{"don", "'t", " DON", "'", "T"}},
		{"we're I've you'll he'd I'm", []string{"we", "'re", " I", "'ve", " you", "'ll", " he", "'d", " I", "'m"}},
		{"'S'T'RE'VE'M'LL'D", []string{"'", "S", "'", "T", "'", "RE", "'", "VE", "'", "M", "'", "LL", "'", "D"}},
		{"''s", []string{"''", "s"}},
		{"'''s", []string{"'''", "s"}},
		{" 's", []string{" '", "s"}},
		{"!'s", []string{"!'", "s"}},
		{"'s's", []string{"'s", "'s"}},
		{"'", []string{"'"}},
		{"'l", []string{"'", "l"}},
		{"'lx", []string{"'", "lx"}},
		{"'r", []string{"'", "r"}},
		{"'sun", []string{"'s", "un"}},
		{"it’s", []string{"it", "’", "s"}},
		{"'ſ", []string{"'", "ſ"}},
		{"3's", []string{"3", "'s"}},
		{"a1b22c", []string{"a", "1", "b", "22", "c"}},
		{"½x²Ⅳ", []string{"½", "x", "²Ⅳ"}},
		{"٣٫١٤", []string{"٣", "٫", "١٤"}},
		{"你好，世界", []string{"你好", "，", "世界"}},
		{"e\u0301", []string{"e", "\u0301"}},
		{"नमस\u094dत\u0947", []string{"नमस", "\u094d", "त", "\u0947"}},
		{"👩\u200d🚀 👍🏽", []string{"👩\u200d🚀", " 👍🏽"}},
		{"$5.00 (50%)", []string{"$", "5", ".", "00", " (", "50", "%)"}},
		{"a_b", []string{"a", "_", "b"}},
		{"a--b -- c", []string{"a", "--", "b", " --", " c"}},
		{"x\n  y\n", []string{"x", "\n ", " y", "\n"}},
		{"\r\n\r\nz", []string{"\r\n\r", "\n", "z"}},
		{"foo.bar() // baz", []string{"foo", ".", "bar", "()", " //", " baz"}},
	} {
		if got := words(c.text); !slices.Equal(got, c.want) {
			t.Errorf("words of %q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// Bytes that are not valid UTF-8 are symbols, one by one.
func TestInvalidBytesAreSymbols(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"a\xffb", []string{"a", "\xff", "b"}},
		{"a \xff\xc3!\xe2\x82 b", []string{"a", " \xff\xc3!\xe2\x82", " b"}},
		{"\xed\xa0\x801", []string{"\xed\xa0\x80", "1"}}, // a surrogate
		{"\xc0\xa0", []string{"\xc0\xa0"}},               // an overlong blank
		{"  \x80", []string{" ", " \x80"}},
		{"\xc2", []string{"\xc2"}},
		{"'\xff's", []string{"'\xff'", "s"}},
	} {
		if got := words(c.text); !slices.Equal(got, c.want) {
			t.Errorf("words of %q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// The 25 code points with the property White_Space (Unicode, PropList.txt).
func TestSpaceIsWhiteSpace(t *testing.T) {
	white := map[rune]bool{0x20: true, 0x85: true, 0xA0: true, 0x1680: true, 0x2028: true, 0x2029: true, 0x202F: true, 0x205F: true, 0x3000: true}
	for r := rune(0x09); r <= 0x0D; r++ {
		white[r] = true
	}
	for r := rune(0x2000); r <= 0x200A; r++ {
		white[r] = true
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got := classOf(r) == space; got != white[r] {
			t.Errorf("U+%04X is space: %t; want %t", r, got, white[r])
		}
	}
}
