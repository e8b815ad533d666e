package bpe_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The texts are what Python's bytes.decode("utf-8", errors="replace") returns.
func TestDecodeInvalidBytes(t *testing.T) {
	for _, c := range []struct{ bytes, want string }{
		{"abc", "abc"},
		{"\xff", "\ufffd"},
		{"a\x80b", "a\ufffdb"},
		{"\x80\x80", "\ufffd\ufffd"},
		{"\xc0\xaf", "\ufffd\ufffd"},
		{"\xc1\xbf", "\ufffd\ufffd"},
		{"\xc3", "\ufffd"},
		{"\xc3(", "\ufffd("},
		{"\xe2\x82", "\ufffd"},
		{"\xe2\x82\x82\x82", "\u2082\ufffd"},
		{"\xe2(\xa1", "\ufffd(\ufffd"},
		{"\xe0\x80\x80", "\ufffd\ufffd\ufffd"},
		{"\xe0\x9f\xbf", "\ufffd\ufffd\ufffd"},
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
		{"\xed\xbf\xbf", "\ufffd\ufffd\ufffd"},
		{"\xf0\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf0\x9f\x98", "\ufffd"},
		{"\xf0\x9fa", "\ufffda"},
		{"\xf0\x9f\x98\x80\x98", "\U0001f600\ufffd"},
		{"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf5\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"\xf8\x88\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd\ufffd"},
		{"\xef\xbf\xbd\xff", "\ufffd\ufffd"},
		{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbfA", "\ufffd\ufffd\ufffd\ufffdA"},
		{"\xf0\x9f\xf0\x9f\x98\x80", "\ufffd\U0001f600"},
		{"\xef\xbb\xbfx", "\ufeffx"},
	} {
		ids := gpt2().Encode(c.bytes, false)
		if got := gpt2().Decode(ids); got != c.want {
			t.Errorf("Decode of bytes %x = %+q; want %+q", c.bytes, got, c.want)
		}
	}
}

func TestDecoderHoldsBackAPartOfARune(t *testing.T) {
	for _, c := range []struct {
		bytes string   // one token each
		want  []string // after each token, and at the end
	}{
		{"a", []string{"a", ""}},
		{"é", []string{"", "é", ""}},
		{"€", []string{"", "", "€", ""}},
		{"😀!", []string{"", "", "", "😀", "!", ""}},
		{"\xff", []string{"\ufffd", ""}},                                       // starts no rune
		{"\x80a", []string{"\ufffd", "a", ""}},                                 // continues none
		{"\xe2\x82", []string{"", "", "\ufffd"}},                               // cut off at the end
		{"\xe2\x82a", []string{"", "", "\ufffda", ""}},                         // cut off by a rune
		{"\xe2\xe2\x82\xac", []string{"", "\ufffd", "", "€", ""}},              // cut off by the start of one
		{"\xf0\x9f\x98", []string{"", "", "", "\ufffd"}},                       // one replacement for all three
		{"\xc0\xaf", []string{"\ufffd", "\ufffd", ""}},                         // overlong
		{"\xe0\x80", []string{"", "\ufffd\ufffd", ""}},                         // overlong
		{"\xed\xa0\x80", []string{"", "\ufffd\ufffd", "\ufffd", ""}},           // surrogate
		{"\xf4\x90\x80", []string{"", "\ufffd\ufffd", "\ufffd", ""}},           // above U+10FFFF
		{"\xef\xbf\xbd", []string{"", "", "\ufffd", ""}},                       // U+FFFD itself
		{"\xf0\x90\x80x", []string{"", "", "", "\ufffdx", ""}},                 // cut off in the fourth byte
		{"\xe2\x82\xf0\x9f", []string{"", "", "\ufffd", "", "\ufffd"}},         // twice
		{"\xc3\xa9\xc3\xa9\xc3", []string{"", "é", "", "é", "", "\ufffd"}},     // whole ones before
		{"\xef\xbb\xbfa", []string{"", "", "\ufeff", "a", ""}},                 // a byte order mark is kept
		{"\x00\x7f\u0085", []string{"\x00", "\x7f", "", "\u0085", ""}},         // control characters are kept
		{"\xf8\x88\x80", []string{"\ufffd", "\ufffd", "\ufffd", ""}},           // five-byte forms are no UTF-8
		{"\xf1\x80\xc3\xa9", []string{"", "", "\ufffd", "é", ""}},              // cut off by a whole rune
		{"\xf4\x8f\xbf\xbf", []string{"", "", "", "\U0010ffff", ""}},           // the last rune
		{"\xe1\x80\xe1\x80\x80", []string{"", "", "\ufffd", "", "\u1000", ""}}, // cut off, then whole
	} {
		decoder := gpt2().NewDecoder()
		var got []string
		for i := range len(c.bytes) {
			got = append(got, decoder.Push(gpt2Vocabulary().pieces[letters[c.bytes[i]]]))
		}
		got = append(got, decoder.Flush())
		if !slices.Equal(got, c.want) {
			t.Errorf("Push of bytes %x, then Flush: %+q; want %+q", c.bytes, got, c.want)
		}
	}
}

func TestDecoderStartsAfreshAfterFlush(t *testing.T) {
	pieces := gpt2Vocabulary().pieces
	decoder := gpt2().NewDecoder()
	if got := decoder.Flush(); got != "" {
		t.Errorf("Flush of nothing = %q; want nothing", got)
	}
	decoder.Push(pieces[letters[0xe2]])
	decoder.Flush()
	if got := decoder.Push(pieces["a"]); got != "a" {
		t.Errorf("Push after Flush = %q; want %q", got, "a")
	}
	decoder.Push(pieces[letters[0xe2]])
	if got, want := decoder.Push(50256), "\ufffd"+endOfText; got != want {
		t.Errorf("Push of a special token amid a rune = %q; want %q", got, want)
	}
	decoder.Push(pieces[letters[0xc3]])
	if got := decoder.Push(-1) + decoder.Push(50257); got != "" {
		t.Errorf("Push of unknown ids amid a rune = %q; want nothing", got)
	}
	if got := decoder.Push(pieces[letters[0xa9]]); got != "é" {
		t.Errorf("Push of the rest of a rune after unknown ids = %q; want %q", got, "é")
	}
}

// checkDecoder decodes ids one by one. At each step what has come must be all
// of the text so far but for one rune that may yet become whole.
func checkDecoder(t *testing.T, ids []int) {
	t.Helper()
	decoder := gpt2().NewDecoder()
	var text strings.Builder
	for i, id := range ids {
		part := decoder.Push(id)
		if !utf8.ValidString(part) {
			t.Fatalf("ids %v: Push(%d) = %q, which is not valid UTF-8", ids[:i], id, part)
		}
		text.WriteString(part)
		held := strings.TrimPrefix(gpt2().Decode(ids[:i+1]), text.String())
		if held != "" && held != "\ufffd" {
			t.Fatalf("ids %v: after %q the Decoder holds back %q; want one rune at most", ids[:i+1], text.String(), held)
		}
	}
	text.WriteString(decoder.Flush())
	if got, want := text.String(), gpt2().Decode(ids); got != want {
		t.Fatalf("ids %v one by one: %q; want %q", ids, got, want)
	}
}

func TestDecoderMatchesDecode(t *testing.T) {
	for name, text := range texts(t) {
		ids := gpt2().Encode(text[:min(len(text), 1000)], false)
		checkDecoder(t, ids)
		if got, want := gpt2().Decode(gpt2().Encode(text, false)), text; got != want {
			t.Errorf("%s: Decode(Encode(text)) is another text", name)
		}
	}
	random := rand.New(rand.NewPCG(11, 12))
	for range 20_000 {
		ids := make([]int, random.IntN(10))
		for i := range ids {
			ids[i] = random.IntN(50260)
			if random.IntN(2) == 0 {
				ids[i] = 94 + random.IntN(256-94) // single bytes, but for printable ASCII
			}
		}
		checkDecoder(t, ids)
	}
}
