package bpe_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"inkling/engine/bpe"
)

// Any bytes encode to the ids that tiktoken gives, and those stand for the
// same bytes.
func FuzzEncode(f *testing.F) {
	for _, text := range texts(f) {
		for line := range strings.Lines(text) {
			f.Add(line)
		}
	}
	f.Add("a\x7f\x7fb \x7f")
	f.Add("\xff\xfe'\xe2\x82 \xf0\x9f\x98")
	f.Add(strings.Repeat(" ", 70) + "x" + strings.Repeat("ab", 40))
	f.Add(endOfText + " 's")
	f.Fuzz(func(t *testing.T, text string) {
		matchOracle(t, text)
		for _, special := range []bool{false, true} {
			ids := gpt2().Encode(text, special)
			if got := bytesOf(gpt2(), ids); got != text {
				t.Fatalf("Encode(%q, %t) stands for %q", text, special, got)
			}
			if utf8.ValidString(text) {
				if got := gpt2().Decode(ids); got != text {
					t.Fatalf("Decode(Encode(%q, %t)) = %q", text, special, got)
				}
			}
		}
	})
}

// Ids decode to the same text at once and one by one.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte{0, 64, 0, 221, 0, 65})
	f.Add([]byte("\x00\xbe\x00\xe0\x00\x9f\xc4\x50\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var ids []int
		for ; len(data) >= 2; data = data[2:] {
			ids = append(ids, int(data[0])<<8|int(data[1]))
		}
		checkDecoder(t, ids)
	})
}

// Each line of a table is a merge, and makes its pieces known unless it starts
// with '!'. New returns an error, or a tokenizer that merges as the table says.
func FuzzNew(f *testing.F) {
	f.Add("a b\nab c\nc a\nab ca", "abcabcaabcc", 256)
	f.Add("a a\naa aa\naaaa a", strings.Repeat("a", 99), 300)
	f.Add("!a b\n\xff \x00\n日 本\n  ", "ab", 9_999_999)
	f.Add("a b", "ab", -1)
	f.Fuzz(func(t *testing.T, table, text string, next int) {
		pieces, merges := byteVocabulary()
		for line := range strings.SplitSeq(table, "\n") {
			merge, unknown := strings.CutPrefix(line, "!")
			left, right, _ := strings.Cut(merge, " ")
			merges = append(merges, [2]string{left, right})
			for _, piece := range []string{left, right, left + right} {
				if _, ok := pieces[piece]; !ok && !unknown {
					pieces[piece] = next
					next++
				}
			}
		}
		tok, err := bpe.New(pieces, merges, nil)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("message %q is not one line", err)
			}
			return
		}
		if got := bytesOf(tok, tok.Encode(text, false)); got != text {
			t.Fatalf("Encode(%q) stands for %q", text, got)
		}
		word := strings.Map(func(r rune) rune { // one match of the pattern
			if 'a' <= r && r <= 'z' {
				return r
			}
			return -1
		}, text)
		if word = word[:min(len(word), 200)]; word == "" {
			return
		}
		if got, want := tok.Encode(word, false), simpleMerge(word, pieces, merges); !slices.Equal(got, want) {
			t.Fatalf("merges %q: Encode(%q) = %v; want %v", merges, word, got, want)
		}
	})
}
