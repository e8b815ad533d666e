package weights

import (
	"strings"
	"testing"
	"unicode/utf8"

	"inkling/engine/pipeline"
	"inkling/engine/pretokenize"
	"inkling/engine/spiece"
)

// oneLineOnly asserts that an error is one line.
func oneLineOnly(t *testing.T, err error) {
	t.Helper()
	if strings.ContainsAny(err.Error(), "\n\r\x1b") {
		t.Fatalf("%q is not one line", err)
	}
}

// use encodes and decodes a text: whatever the tokenizer, its ids are its own, and a text is the same at once and in parts.
func use(t *testing.T, v Vocabulary, text string) {
	t.Helper()
	if v.Pipeline == nil {
		return
	}
	p := v.Pipeline
	tok, err := pipeline.New(pipeline.Options{Pieces: v.Pieces, Added: v.Added, Normalize: p.Normalize, Split: p.Split, Model: p.Model, Decode: p.Decode})
	if err != nil {
		oneLineOnly(t, err)
		return
	}
	for _, special := range []bool{false, true} {
		ids := tok.Encode(text, special)
		for _, id := range ids {
			if tok.Bytes(id) == nil {
				t.Fatalf("%q: no token has the id %d", text, id)
			}
		}
		whole := tok.Decode(ids)
		if parts := stream(tok.NewDecoder(), ids); parts != whole || !utf8.ValidString(whole) {
			t.Fatalf("%q: %q, and %q in parts", text, whole, parts)
		}
	}
	tok.EncodeGuarded(text+"\uFDD0<s>", "\uFDD0")
}

// Whatever a tokenizer.json holds, it is refused in one line, or cuts texts.
func FuzzPipeline(f *testing.F) {
	var all []tokenized
	fixture(f, "tokenizers.json.gz", &all)
	for _, c := range all {
		if len(c.File) < 12_000 {
			f.Add(string(c.File), "hello  world, 今日は <s> \U0001f642\n")
		}
	}
	f.Add(`{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1], ["aa", -1.5]]}, "pre_tokenizer": {"type": "Metaspace"}}`, "aaa b")
	f.Add(`{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}, "normalizer": {"type": "Replace", "pattern": {"Regex": "c|"}, "content": "ab"}}`, "abc")
	f.Fuzz(func(t *testing.T, file, text string) {
		if len(text) > 1000 {
			return
		}
		v, err := mustOpen(t, vocabularyFolder(tokenizerFile, file)).Vocabulary()
		if err != nil {
			oneLineOnly(t, err)
			return
		}
		use(t, v, text)
	})
}

// Whatever a file of SentencePiece's holds, it is refused in one line, or cuts texts.
func FuzzSpiece(f *testing.F) {
	var all []tokenized
	fixture(f, "spiece.json.gz", &all)
	for _, c := range all {
		if data := c.files(f)[1]; len(data) < 6_000 {
			f.Add(data, " hello  ab<sep> 今日は\n")
		}
	}
	f.Add("\x0a\x05\x0a\x01a\x18\x02\x0a\x03\x0a\x01b", "ab")
	f.Fuzz(func(t *testing.T, file, text string) {
		if len(text) > 1000 {
			return
		}
		if _, err := spiece.Read([]byte(file)); err != nil {
			oneLineOnly(t, err)
			return
		}
		v, err := mustOpen(t, vocabularyFolder("spiece.model", file)).Vocabulary()
		if err != nil {
			oneLineOnly(t, err)
			return
		}
		use(t, v, text)
	})
}

// A pattern is refused, or its matches lie in order within the text.
func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{splitPatterns[0], `\w+|[^\w\s]+`, `a*+|\s+(?!\S)|\s+`, `[^]a]`, `(?i:x)|\p{Han}`, `\bfoo|^a$`, `[[:alpha:]\S]`} {
		f.Add(pattern, "foo bar's  x1\n 今日 ]")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(text) > 1000 {
			return
		}
		matches, err := pretokenize.Compile(pattern)
		if err != nil {
			oneLineOnly(t, err)
			return
		}
		last := 0
		matches(text, func(start, end int) {
			if start < last || end < start || end > len(text) {
				t.Fatalf("%q in %q: a match from %d to %d after %d", pattern, text, start, end, last)
			}
			last = end
		})
	})
}
