package engine

import (
	"cmp"
	"slices"
	"strings"

	"inkling/engine/weights"
)

// Codec is a model's tokenizer, with what its files say of it. It does not change.
type Codec struct {
	tokenizer Tokenizer
	info      Info
	end       int   // id of end-of-text, -1 where the vocabulary has none
	ends      []int // all ids that end a text
}

// newCodec is the tokenizer of a model with info.Vocab ids.
func newCodec(tokenizer Tokenizer, info Info) Codec {
	c := Codec{tokenizer: tokenizer, info: info, end: -1, ends: slices.Clone(info.Ends)}
	if end, ok := tokenizer.Special(cmp.Or(info.End, weights.EndOfText)); ok && end < info.Vocab {
		c.end, c.ends = end, append(c.ends, end)
	}
	return c
}

// Info describes the model.
func (c *Codec) Info() Info { return c.info }

// Encode turns text into token ids; special tokens in it are text like any other.
func (c *Codec) Encode(text string) []int { return c.tokenizer.Encode(text, false) }

// EncodeSpecial is Encode, but recognises special tokens such as <|endoftext|>.
func (c *Codec) EncodeSpecial(text string) []int { return c.tokenizer.Encode(text, true) }

// Prompt turns a text that the model is to continue into token ids, behind the token that every text begins with, unless the
// text has spelt it. special recognises special tokens in the text. Where there is nothing to begin from, the first token is the
// one of StartOfText; no ids are left where there is none.
func (c *Codec) Prompt(text string, special bool) []int {
	ids := c.tokenizer.Encode(text, special)
	if begin, ok := c.BeginOfText(); ok && (len(ids) == 0 || ids[0] != begin) {
		return append([]int{begin}, ids...)
	}
	if start, ok := c.StartOfText(); ok && len(ids) == 0 {
		return []int{start}
	}
	return ids
}

// EncodeGuarded is EncodeSpecial for a text in which guard, which is not empty, stands before what must not become a special
// token. Guards are no part of the text.
func (c *Codec) EncodeGuarded(text, guard string) []int {
	return c.tokenizer.EncodeGuarded(text, guard)
}

// Decode turns token ids into text; bytes that are no UTF-8 become U+FFFD.
func (c *Codec) Decode(ids []int) string { return c.tokenizer.Decode(ids) }

// Show is Decode with every special token written out.
func (c *Codec) Show(ids []int) string {
	var text strings.Builder
	decoder := c.tokenizer.NewDecoder()
	for _, id := range ids {
		if c.tokenizer.IsSpecial(id) {
			text.WriteString(decoder.Flush())
			text.Write(c.Piece(id))
			continue
		}
		text.WriteString(decoder.Push(id))
	}
	text.WriteString(decoder.Flush())
	return text.String()
}

// Piece is the text of one token, as bytes: they need not be whole runes. It is nil where there is no such token, and must
// not be changed.
func (c *Codec) Piece(id int) []byte { return c.tokenizer.Bytes(id) }

// SpecialID is the id of a special token by its text.
func (c *Codec) SpecialID(text string) (id int, ok bool) {
	id, ok = c.tokenizer.Special(text)
	return id, ok && c.tokenizer.IsSpecial(id)
}

// SpecialTokens are the texts of the special tokens.
func (c *Codec) SpecialTokens() []string { return c.tokenizer.SpecialTokens() }

// BeginOfText is the id of the token that every text begins with; ok is false where texts begin without one.
func (c *Codec) BeginOfText() (id int, ok bool) { return c.SpecialID(c.info.Begin) }

// StartOfText is the id of the token that a text of the model's own begins after: that of the configuration, or else the one that
// ends a document.
func (c *Codec) StartOfText() (id int, ok bool) {
	if len(c.info.Start) > 0 {
		return c.info.Start[0], true
	}
	return c.EndOfText()
}

// EndOfText is the id of the token that ends a document; ok is false where the vocabulary has none.
func (c *Codec) EndOfText() (id int, ok bool) { return c.end, c.end >= 0 }
