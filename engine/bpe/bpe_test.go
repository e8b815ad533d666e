package bpe_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"inkling/engine/bpe"
)

func TestEncodeKnownText(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
	}{
		{"", nil},
		{"Hello, world!", []int{15496, 11, 995, 0}},
		{" world", []int{995}},
		{"\n\n", []int{628}},
		{"<|endoftext|>", []int{27, 91, 437, 1659, 5239, 91, 29}},
		{"a\x7fb", []int{64, 221, 65}},
		{"\xff", []int{187}},
	} {
		if got := gpt2().Encode(c.text, false); !slices.Equal(got, c.want) {
			t.Errorf("Encode(%q) = %v; want %v", c.text, got, c.want)
		}
	}
}

func TestEncodeEveryByte(t *testing.T) {
	pieces := gpt2Vocabulary().pieces
	for b := range 256 {
		text := string([]byte{byte(b)})
		want, ok := pieces[letters[b]]
		if !ok {
			t.Fatalf("vocab.json has no piece for byte %#x", b)
		}
		if got := gpt2().Encode(text, false); !slices.Equal(got, []int{want}) {
			t.Errorf("Encode(%q) = %v; want [%d]", text, got, want)
		}
		if got := string(gpt2().Bytes(want)); got != text {
			t.Errorf("Bytes(%d) = %q; want %q", want, got, text)
		}
	}
}

func TestEveryPieceHasItsBytes(t *testing.T) {
	for piece, id := range gpt2Vocabulary().pieces {
		if piece == endOfText {
			continue
		}
		var spelled strings.Builder
		for _, b := range gpt2().Bytes(id) {
			spelled.WriteString(letters[b])
		}
		if spelled.String() != piece {
			t.Errorf("Bytes(%d) spell %q; want %q", id, spelled.String(), piece)
		}
	}
}

func TestBytesOfEncodedAreTheText(t *testing.T) {
	tok := gpt2()
	check := func(text string) {
		t.Helper()
		for _, special := range []bool{false, true} {
			if got := bytesOf(tok, tok.Encode(text, special)); got != text {
				t.Fatalf("Encode(%q, %t) stands for %q", text, special, got)
			}
		}
	}
	for _, text := range texts(t) {
		check(text)
	}
	random := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		bytes := make([]byte, random.IntN(200))
		for i := range bytes {
			bytes[i] = byte(random.Uint32())
		}
		check(string(bytes))
	}
}

// With time that grows with the square of a word these would take hours.
func TestVeryLongWords(t *testing.T) {
	const n = 1 << 20
	for _, part := range []string{"a", " ", "\n", "é", "7", "-", "\xff", "ab", "中"} {
		text := strings.Repeat(part, n/len(part))
		if got := bytesOf(gpt2(), gpt2().Encode(text, false)); got != text {
			t.Errorf("the tokens of %q, repeated, stand for another text of %d bytes; want %d", part, len(got), len(text))
		}
	}
	spaces := gpt2().Encode(strings.Repeat(" ", n)+"word", false)
	if got, want := spaces[len(spaces)-1], 1573; got != want {
		t.Errorf("the last token after %d blanks is %d; want %d, for %q", n, got, want, " word")
	}
}

func TestSpecialTokens(t *testing.T) {
	const end = 50256
	tok := gpt2()
	join := func(parts ...any) (ids []int) {
		for _, part := range parts {
			switch part := part.(type) {
			case int:
				ids = append(ids, part)
			case string:
				ids = append(ids, oracle(t, part)...)
			}
		}
		return ids
	}
	for _, c := range []struct {
		text string
		want []int
	}{
		{"<|endoftext|>", join(end)},
		{"<|endoftext|><|endoftext|>", join(end, end)},
		{"one<|endoftext|>two", join("one", end, "two")},
		{"one  <|endoftext|>  two", join("one  ", end, "  two")},
		{"<|endoftext|>\n", join(end, "\n")},
		{"<|<|endoftext|>|>", join("<|", end, "|>")},
		{"<|endoftext|", join("<|endoftext|")},
		{"<|ENDOFTEXT|>", join("<|ENDOFTEXT|>")},
	} {
		if got := tok.Encode(c.text, true); !slices.Equal(got, c.want) {
			t.Errorf("Encode(%q, true) = %v; want %v", c.text, got, c.want)
		}
		if got, want := tok.Encode(c.text, false), oracle(t, c.text); !slices.Equal(got, want) {
			t.Errorf("Encode(%q, false) = %v; want %v", c.text, got, want)
		}
	}
	if id, ok := tok.Special(endOfText); id != end || !ok {
		t.Errorf("Special(%q) = %d, %t; want %d, true", endOfText, id, ok, end)
	}
	if id, ok := tok.Special("the"); ok {
		t.Errorf("Special(%q) = %d, true; want no such token", "the", id)
	}
	if got := string(tok.Bytes(end)); got != endOfText {
		t.Errorf("Bytes(%d) = %q; want %q", end, got, endOfText)
	}
	if got, want := tok.Size(), 50257; got != want {
		t.Errorf("Size() = %d; want %d", got, want)
	}
}

func TestLongestSpecialTokenFirst(t *testing.T) {
	pieces, _ := byteVocabulary()
	tok, err := bpe.New(pieces, nil, map[string]int{"<a": 300, "<a>": 301, "<a>b": 302, "a>": 303, " ünd ": 304})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		want []int
	}{
		{"<a", []int{300}},
		{"<a>", []int{301}},
		{"<a>b", []int{302}},
		{"<a>c", []int{301, 'c'}},
		{"<<a<a>", []int{'<', 300, 301}},
		{"a>", []int{303}},
		{"b ünd b", []int{'b', 304, 'b'}},
	} {
		got := tok.Encode(c.text, true)
		if !slices.Equal(got, c.want) {
			t.Errorf("Encode(%q, true) = %v; want %v", c.text, got, c.want)
		}
		if text := tok.Decode(got); text != c.text {
			t.Errorf("Decode(%v) = %q; want %q", got, text, c.text)
		}
	}
}

func TestUnknownIDs(t *testing.T) {
	for _, id := range []int{-1, math.MinInt, 50257, math.MaxInt} {
		if got := gpt2().Bytes(id); got != nil {
			t.Errorf("Bytes(%d) = %q; want nil", id, got)
		}
	}
	if got, want := gpt2().Decode([]int{15496, -1, 50257, math.MaxInt, 995}), "Hello world"; got != want {
		t.Errorf("Decode with unknown ids = %q; want %q", got, want)
	}
}

func TestGoroutinesShareATokenizer(t *testing.T) {
	text := texts(t)["emoji"]
	want := gpt2().Encode(text, true)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got := gpt2().Encode(text, true); !slices.Equal(got, want) {
				t.Error("Encode in several goroutines returns different ids")
			}
			if got := gpt2().Decode(want); got != text {
				t.Error("Decode in several goroutines returns a different text")
			}
		})
	}
	group.Wait()
}
