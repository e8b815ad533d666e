// Package wordpiece is BERT's tokenizer, which GPT-2 models for Chinese have: basic tokenisation, then WordPiece.
//
// A text is cleaned, Chinese characters are set apart, letters are lower-cased and lose their accents where the model
// wants that; what white space and punctuation divide is a word; a word is cut into the longest pieces of the vocabulary
// from left to right, or is the unknown token where that fails. White space is lost, and so is what the vocabulary lacks.
//
// Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers", section 4.1 and tokenization.py in
// github.com/google-research/bert; in the details BertNormalizer, BertPreTokenizer and WordPiece of
// github.com/huggingface/tokenizers.
package wordpiece

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"inkling/engine/added"
)

// Options are what a tokenizer is made of. The names of tokenizer.json are given with each.
type Options struct {
	Pieces  map[string]int // vocab: id by piece
	Added   []added.Token  // added_tokens; they may be among the pieces as well
	Unknown string         // unk_token: stands for a word that cannot be cut into pieces; a piece
	Prefix  string         // continuing_subword_prefix: begins a piece that continues a word, "##"
	Longest int            // max_input_chars_per_word: a longer word, in runes, is unknown

	Clean        bool // clean_text: white space becomes spaces, control characters go
	Chinese      bool // handle_chinese_chars: every Chinese character is a word
	StripAccents bool // strip_accents
	Lower        bool // lowercase
}

// A Tokenizer turns text into token ids and back. It never changes after New and may be used by several goroutines at
// once.
type Tokenizer struct {
	Options
	tokens  added.Table
	unknown int
	words   map[string]int // pieces that begin a word
	rest    map[string]int // pieces that continue one, without the prefix
	longest int            // bytes of the longest piece
	added   *added.Set
}

// New makes a tokenizer. It returns an error unless the unknown token is a piece and each id is within bounds and
// belongs to one token.
func New(o Options) (*Tokenizer, error) {
	t := &Tokenizer{Options: o, words: map[string]int{}, rest: map[string]int{}}
	var ok bool
	if t.unknown, ok = o.Pieces[o.Unknown]; !ok {
		return nil, fmt.Errorf("tokenizer: the vocabulary of %d pieces lacks the unknown token %.60q", len(o.Pieces), o.Unknown)
	}
	for piece, id := range o.Pieces {
		if err := t.tokens.Claim(piece, id); err != nil {
			return nil, err
		}
		t.words[piece] = id
		if rest, ok := strings.CutPrefix(piece, o.Prefix); ok {
			t.rest[rest] = id
		}
		t.longest = max(t.longest, len(piece))
	}
	for _, token := range o.Added {
		if err := t.tokens.Claim(token.Text, token.ID); err != nil {
			return nil, err
		}
	}
	var err error
	if t.added, err = added.New(o.Added, t.normalize); err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	return t, nil
}

// Encode returns the ids of a text. Special tokens written out in the text are recognised only where special is set;
// otherwise they are text like any other.
func (t *Tokenizer) Encode(text string, special bool) []int {
	var ids []int
	t.added.Split(text, special,
		func(piece string) { ids = t.appendText(ids, piece) },
		func(id int) { ids = append(ids, id) })
	return ids
}

// EncodeGuarded is Encode with special tokens, for a text in which guard, which is not empty, stands before what must not
// become one. Guards are no part of the text.
func (t *Tokenizer) EncodeGuarded(text, guard string) []int {
	var ids []int
	t.added.SplitGuarded(text, guard,
		func(piece string) { ids = t.appendText(ids, piece) },
		func(id int) { ids = append(ids, id) })
	return ids
}

// appendText appends the ids of a normalised text without added tokens.
func (t *Tokenizer) appendText(ids []int, text string) []int {
	for text != "" {
		word, rest := nextWord(text)
		if word != "" {
			ids = t.appendWord(ids, word)
		}
		text = rest
	}
	return ids
}

// appendWord appends the pieces of a word, the longest first from left to right.
func (t *Tokenizer) appendWord(ids []int, word string) []int {
	if utf8.RuneCountInString(word) > t.Longest {
		return append(ids, t.unknown)
	}
	begin := len(ids)
	pieces := t.words
	for word != "" {
		n := min(len(word), t.longest)
		id, ok := 0, false
		for ; n > 0; n-- {
			if id, ok = pieces[word[:n]]; ok {
				break
			}
		}
		if !ok {
			return append(ids[:begin], t.unknown)
		}
		ids = append(ids, id)
		word, pieces = word[n:], t.rest
	}
	return ids
}

// Bytes returns the text of a token as the vocabulary has it, "##" included; nil where no token has the id. They are not
// to be modified.
func (t *Tokenizer) Bytes(id int) []byte {
	text, ok := t.tokens.Text(id)
	if !ok {
		return nil
	}
	return []byte(text)
}

// Special returns the id of an added token by its text, such as "[SEP]".
func (t *Tokenizer) Special(text string) (id int, ok bool) { return t.added.ID(text) }

// IsSpecial reports whether the id is that of a special token.
func (t *Tokenizer) IsSpecial(id int) bool {
	token, _ := t.added.Token(id)
	return token.Special
}

// SpecialTokens returns the texts of the special tokens, by their ids.
func (t *Tokenizer) SpecialTokens() []string { return t.added.Special() }
