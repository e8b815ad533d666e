// Package detokenize has the decoders of tokenizer.json: how the pieces of a text become the text again, piece by piece as
// they come.
//
// They are those of github.com/huggingface/tokenizers (tokenizers/src/decoders). All that comes out, in order, is what that
// library makes of the whole list.
package detokenize

import "strings"

// A Step makes texts of pieces, or of the texts of the step before it.
type Step struct {
	// begin is the step at the beginning of a text. joined says that what comes to it are parts of one text, cut anywhere,
	// and not pieces.
	begin func(joined bool) stage
	joins bool // what it gives are parts of one text
	// single is what becomes of a piece within a text.
	single func(piece []byte) []byte
}

// A stage is a step in the middle of a text.
type stage interface {
	push(text string, out func(string))
	// flush gives what was held back until the end of a text.
	flush(out func(string))
}

// A Chain is steps one after the other. It does not change.
type Chain []Step

// Bytes are what a piece stands for within a text, which need not be whole characters.
func (c Chain) Bytes(piece string) []byte {
	b := []byte(piece)
	for _, step := range c {
		b = step.single(b)
	}
	return b
}

// A Text is one that is being put together, by one goroutine.
type Text struct {
	chain Chain
	push  func(string)
	flush func()
	out   strings.Builder
}

// Begin begins a text.
func (c Chain) Begin() *Text {
	t := &Text{chain: c}
	t.restart()
	return t
}

func (t *Text) restart() {
	t.push, t.flush = func(text string) { t.out.WriteString(text) }, func() {}
	stages := make([]stage, len(t.chain))
	joined := false
	for i, step := range t.chain {
		stages[i] = step.begin(joined)
		joined = joined || step.joins
	}
	for i := len(stages) - 1; i >= 0; i-- {
		s, push, flush := stages[i], t.push, t.flush
		t.push = func(text string) { s.push(text, push) }
		t.flush = func() {
			s.flush(push)
			flush()
		}
	}
}

// Push returns the text that became certain with the next piece.
func (t *Text) Push(piece string) string {
	t.push(piece)
	return t.take()
}

// Settle returns what was held back. The text goes on.
func (t *Text) Settle() string {
	t.flush()
	return t.take()
}

// Flush ends the text and returns what was held back. Then the next one begins.
func (t *Text) Flush() string {
	rest := t.Settle()
	t.restart()
	return rest
}

func (t *Text) take() string {
	text := t.out.String()
	t.out.Reset()
	return text
}

// plain is a stage that holds nothing back.
type plain func(text string) string

func (f plain) push(text string, out func(string)) { out(f(text)) }
func (f plain) flush(func(string))                 {}
