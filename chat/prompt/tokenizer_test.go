package prompt

import (
	"strings"
	"testing"

	"github.com/tiktoken-go/tokenizer"
)

// byteTokenizer has a token for every byte, end-of-text, and where it begins
// texts, one for that.
type byteTokenizer struct{ noEnd, begins bool }

const (
	byteEnd   = 256
	byteBegin = 257
)

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
		switch id {
		case byteEnd:
			b.WriteString("<|endoftext|>")
		case byteBegin:
			b.WriteString("[CLS]")
		default:
			b.WriteByte(byte(id))
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func (t byteTokenizer) BeginOfText() (int, bool) { return byteBegin, t.begins }

func (t byteTokenizer) StartOfText() (int, bool) { return t.EndOfText() }

func (t byteTokenizer) EndOfText() (int, bool) { return byteEnd, !t.noEnd }

func (t byteTokenizer) EncodeGuarded(text, guard string) []int {
	var ids []int
	for text != "" {
		switch {
		case strings.HasPrefix(text, guard):
			text = text[len(guard):]
			ids, text = append(ids, int(text[0])), text[1:]
		case strings.HasPrefix(text, "<|endoftext|>"):
			ids, text = append(ids, byteEnd), text[len("<|endoftext|>"):]
		case strings.HasPrefix(text, "[CLS]"):
			ids, text = append(ids, byteBegin), text[len("[CLS]"):]
		default:
			ids, text = append(ids, int(text[0])), text[1:]
		}
	}
	return ids
}

func (byteTokenizer) SpecialTokens() []string { return []string{"<|endoftext|>", "[CLS]"} }

func (byteTokenizer) SpecialID(text string) (int, bool) {
	switch text {
	case "<|endoftext|>":
		return byteEnd, true
	case "[CLS]":
		return byteBegin, true
	}
	return 0, false
}

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

func (gpt2Tokenizer) BeginOfText() (int, bool) { return 0, false }

func (t gpt2Tokenizer) StartOfText() (int, bool) { return t.EndOfText() }

func (gpt2Tokenizer) EndOfText() (int, bool) { return gpt2End, true }

func (g gpt2Tokenizer) EncodeGuarded(text, guard string) []int {
	g.t.Fatal("not for templates")
	return nil
}

func (gpt2Tokenizer) SpecialTokens() []string { return []string{"<|endoftext|>"} }

func (gpt2Tokenizer) SpecialID(text string) (int, bool) { return gpt2End, text == "<|endoftext|>" }
