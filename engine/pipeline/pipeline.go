// Package pipeline is a tokenizer that is put together from parts, as tokenizer.json has them: a text is normalised, cut into
// words, and these into pieces by a model; a decoder makes a text of pieces again.
//
// The order of these is that of TokenizerImpl in github.com/huggingface/tokenizers.
package pipeline

import (
	"fmt"
	"strings"

	"inkling/engine/added"
	"inkling/engine/detokenize"
	"inkling/engine/normalize"
	"inkling/engine/pretokenize"
)

// A Model cuts words into pieces. Several goroutines may use it at once.
type Model interface {
	// Append appends the ids of a word, which is UTF-8.
	Append(ids []int, word string) []int
}

// Options are what a tokenizer is made of.
type Options struct {
	Pieces    map[string]int // id by piece
	Added     []added.Token  // they may be among the pieces as well
	Normalize normalize.Func // nil: a text stays as it is
	Split     pretokenize.Func
	Model     Model
	Decode    detokenize.Chain
}

// A Tokenizer turns text into token ids and back. It never changes after New and may be used by several goroutines at once.
type Tokenizer struct {
	Options
	tokens added.Table
	added  *added.Set
}

// New makes a tokenizer. It returns an error unless each id is within bounds and belongs to one token.
func New(o Options) (*Tokenizer, error) {
	t := &Tokenizer{Options: o}
	for piece, id := range o.Pieces {
		if err := t.tokens.Claim(piece, id); err != nil {
			return nil, err
		}
	}
	for _, token := range o.Added {
		if err := t.tokens.Claim(token.Text, token.ID); err != nil {
			return nil, err
		}
	}
	var err error
	if t.added, err = added.New(o.Added, o.Normalize); err != nil {
		return nil, fmt.Errorf("tokenizer: %w", err)
	}
	return t, nil
}

// Encode returns the ids of a text; what is no UTF-8 in it is U+FFFD. Special tokens written out in the text are recognised
// only where special is set; otherwise they are text like any other.
func (t *Tokenizer) Encode(text string, special bool) []int {
	var e encoding
	t.added.Split(valid(text), special, func(piece string) { e.text(t, piece) }, e.token)
	return e.ids
}

// EncodeGuarded is Encode with special tokens, for a text in which guard, which is not empty, stands before what must not
// become one. Guards are no part of the text.
func (t *Tokenizer) EncodeGuarded(text, guard string) []int {
	var e encoding
	t.added.SplitGuarded(valid(text), guard, func(piece string) { e.text(t, piece) }, e.token)
	return e.ids
}

func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// encoding is the ids of a text, as far as they are known.
type encoding struct {
	ids   []int
	begun bool // something has been encoded
}

func (e *encoding) token(id int) { e.ids, e.begun = append(e.ids, id), true }

// text encodes a normalised text without added tokens.
func (e *encoding) text(t *Tokenizer, text string) {
	words := []pretokenize.Word{{Text: text, Start: !e.begun}}
	e.begun = true
	if t.Split != nil {
		words = t.Split(words)
	}
	for _, w := range words {
		e.ids = t.Model.Append(e.ids, w.Text)
	}
}

// Bytes returns the bytes that a token stands for within a text, which may be part of a rune only; for a special token, its
// text; nil where no token has the id.
func (t *Tokenizer) Bytes(id int) []byte {
	text, ok := t.tokens.Text(id)
	if !ok {
		return nil
	}
	if t.IsSpecial(id) {
		return []byte(text)
	}
	if b := t.Options.Decode.Bytes(text); b != nil {
		return b
	}
	return []byte{}
}

// Decode returns the text of the ids. Special tokens and unknown ids stand for nothing.
func (t *Tokenizer) Decode(ids []int) string {
	d := t.NewDecoder()
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(d.Push(id))
	}
	text.WriteString(d.Flush())
	return text.String()
}

// A Decoder decodes the ids of one text as they come, for one goroutine: all that Push and Flush return, in order, is what
// Decode returns for all ids. After Flush the Decoder is at the start of another text.
type Decoder = interface {
	Push(id int) string
	Flush() string
}

// NewDecoder returns a Decoder of a text that follows the ids before it: whether it begins with a space depends on them.
func (t *Tokenizer) NewDecoder(before ...int) Decoder {
	d := decoder{t, t.Options.Decode.Begin()}
	for _, id := range before {
		d.Push(id)
	}
	d.text.Settle()
	return d
}

type decoder struct {
	tokenizer *Tokenizer
	text      *detokenize.Text
}

func (d decoder) Push(id int) string {
	t := d.tokenizer
	text, ok := t.tokens.Text(id)
	if !ok || t.IsSpecial(id) {
		return ""
	}
	return d.text.Push(text)
}

func (d decoder) Flush() string { return d.text.Flush() }

// Special returns the id of an added token by its text, such as "</s>".
func (t *Tokenizer) Special(text string) (id int, ok bool) { return t.added.ID(text) }

// IsSpecial reports whether the id is that of a special token.
func (t *Tokenizer) IsSpecial(id int) bool {
	token, _ := t.added.Token(id)
	return token.Special
}

// SpecialTokens returns the texts of the special tokens, by their ids.
func (t *Tokenizer) SpecialTokens() []string { return t.added.Special() }
