// Package bpe is GPT-2's byte-level byte-pair encoding.
//
// A text is split into words by GPT-2's pattern; the bytes of each word are
// the first tokens, and neighbouring tokens are merged by the ranks of
// merges.txt until none of them merge. Every byte string can be encoded, and
// the bytes of its tokens are that string again.
//
// Radford et al. 2019, "Language Models are Unsupervised Multitask Learners",
// section 2.2; encoder.py in github.com/openai/gpt-2.
package bpe

import (
	"strings"

	"inkling/engine/added"
)

// Tokenizer turns text into token ids and back. It never changes after New and
// may be used by several goroutines at once.
type Tokenizer struct {
	tokens  texts
	letters [256]int32 // byte -> id of its single-byte token
	merges  pairs      // what neighbouring tokens merge to
	added   *added.Set

	whole       map[string]int // words that are not merged, with their ids
	prefixSpace bool
}

// Encode returns the ids of a text, which need not be valid UTF-8. Special
// tokens written out in the text are recognised only where special is set;
// otherwise they are text like any other.
func (t *Tokenizer) Encode(text string, special bool) []int {
	ids := make([]int, 0, len(text)/4+1)
	t.added.Split(text, special,
		func(piece string) { ids = t.appendText(ids, piece) },
		func(id int) { ids = append(ids, id) })
	return ids
}

// EncodeGuarded is Encode with special tokens, for a text in which guard, which
// is not empty, stands before what must not become one. Guards are no part of
// the text.
func (t *Tokenizer) EncodeGuarded(text, guard string) []int {
	ids := make([]int, 0, len(text)/4+1)
	t.added.SplitGuarded(text, guard,
		func(piece string) { ids = t.appendText(ids, piece) },
		func(id int) { ids = append(ids, id) })
	return ids
}

// appendText appends the ids of a text without added tokens.
func (t *Tokenizer) appendText(ids []int, text string) []int {
	if t.prefixSpace && !strings.HasPrefix(text, " ") {
		text = " " + text
	}
	for len(text) > 0 {
		n := NextWord(text)
		ids = t.appendWord(ids, text[:n])
		text = text[n:]
	}
	return ids
}

// Bytes returns the bytes that a token stands for, which may be part of a rune
// only; for an added token, its text; nil where no token has the id. They are
// not to be modified.
func (t *Tokenizer) Bytes(id int) []byte {
	if id < 0 || id >= t.Size() {
		return nil
	}
	return t.tokens.bytes(id)
}

// Size returns 1 + the largest id.
func (t *Tokenizer) Size() int { return len(t.tokens.spans) }

// Special returns the id of an added token by its text, such as
// "<|endoftext|>".
func (t *Tokenizer) Special(text string) (id int, ok bool) { return t.added.ID(text) }

// IsSpecial reports whether the id is that of a special token.
func (t *Tokenizer) IsSpecial(id int) bool {
	token, _ := t.added.Token(id)
	return token.Special
}

// SpecialTokens returns the texts of the special tokens, by their ids.
func (t *Tokenizer) SpecialTokens() []string { return t.added.Special() }
