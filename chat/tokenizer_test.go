package chat

import (
	"strings"
	"testing"

	"github.com/tiktoken-go/tokenizer"
)

// byteTokenizer has a token for every byte, and end-of-text.
type byteTokenizer struct{ noEnd bool }

const byteEnd = 256

func (byteTokenizer) Encode(text string) []int {
	ids := make([]int, len(text))
	for i := range len(text) {
		ids[i] = int(text[i])
	}
	return ids
}

func (byteTokenizer) Decode(ids []int) string {
	var b strings.Builder
	for _, id := range ids {
		if id == byteEnd {
			b.WriteString("<|endoftext|>")
		} else {
			b.WriteByte(byte(id))
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func (t byteTokenizer) EndOfText() (int, bool) { return byteEnd, !t.noEnd }

// gpt2Tokenizer is GPT-2's vocabulary, as another implementation has it.
type gpt2Tokenizer struct {
	t     *testing.T
	codec tokenizer.Codec
}

const gpt2End = 50256

func newGPT2Tokenizer(t *testing.T) gpt2Tokenizer {
	t.Helper()
	codec, err := tokenizer.Get(tokenizer.R50kBase)
	if err != nil {
		t.Fatal(err)
	}
	return gpt2Tokenizer{t, codec}
}

func (g gpt2Tokenizer) Encode(text string) []int {
	ids, _, err := g.codec.Encode(text)
	if err != nil {
		g.t.Fatal(err)
	}
	list := make([]int, len(ids))
	for i, id := range ids {
		list[i] = int(id)
	}
	return list
}

func (g gpt2Tokenizer) Decode(ids []int) string {
	list := make([]uint, len(ids))
	for i, id := range ids {
		list[i] = uint(id)
	}
	text, err := g.codec.Decode(list)
	if err != nil {
		g.t.Fatal(err)
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

func (gpt2Tokenizer) EndOfText() (int, bool) { return gpt2End, true }
