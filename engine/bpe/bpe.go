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

import "strings"

// Tokenizer turns text into token ids and back. It never changes after New and
// may be used by several goroutines at once.
type Tokenizer struct {
	tokens  [][]byte   // id -> bytes; nil where no token has the id
	letters [256]int32 // byte -> id of its single-byte token
	merges  pairs      // what neighbouring tokens merge to

	special   map[string]int      // text -> id
	specialAt [256][]specialToken // by first byte, longer ones first
}

type specialToken struct {
	text string
	id   int
}

// Encode returns the ids of a text, which need not be valid UTF-8. Special
// tokens written out in the text are recognised only where special is set,
// the longest that fits; otherwise they are text like any other.
func (t *Tokenizer) Encode(text string, special bool) []int {
	ids := make([]int, 0, len(text)/4+1)
	if special {
		for {
			at, found, ok := t.findSpecial(text)
			if !ok {
				break
			}
			ids = t.appendText(ids, text[:at])
			ids = append(ids, found.id)
			text = text[at+len(found.text):]
		}
	}
	return t.appendText(ids, text)
}

// appendText appends the ids of a text without special tokens.
func (t *Tokenizer) appendText(ids []int, text string) []int {
	for len(text) > 0 {
		n := nextWord(text)
		ids = t.appendWord(ids, text[:n])
		text = text[n:]
	}
	return ids
}

// findSpecial returns the first special token in text and its position.
func (t *Tokenizer) findSpecial(text string) (at int, found specialToken, ok bool) {
	for at := range len(text) {
		for _, s := range t.specialAt[text[at]] {
			if strings.HasPrefix(text[at:], s.text) {
				return at, s, true
			}
		}
	}
	return 0, specialToken{}, false
}

// Bytes returns the bytes that a token stands for, which may be part of a rune
// only; for a special token, its text; nil where no token has the id. They are
// not to be modified.
func (t *Tokenizer) Bytes(id int) []byte {
	if id < 0 || id >= len(t.tokens) {
		return nil
	}
	return t.tokens[id]
}

// Size returns 1 + the largest id.
func (t *Tokenizer) Size() int { return len(t.tokens) }

// Special returns the id of a special token by its text, such as
// "<|endoftext|>".
func (t *Tokenizer) Special(text string) (id int, ok bool) {
	id, ok = t.special[text]
	return id, ok
}
