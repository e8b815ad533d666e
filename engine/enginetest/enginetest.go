// Package enginetest provides scripted models, so that what is built on package engine can be tested without a network's
// weights and with replies that are known beforehand.
package enginetest

import (
	"fmt"
	"slices"
	"strings"

	"inkling/engine"
	"inkling/engine/bpe"
)

// EndOfText is the id of <|endoftext|> in a scripted model's vocabulary. Ids 0 to 255 are the single bytes.
const EndOfText = 256

// Logits is a scripted network: it sets the scores (one for each id, all zero at first) of the token after ids.
type Logits func(ids []int, logits []float32)

// New returns a model that is the function and has the given context.
func New(context int, f Logits) *engine.Model {
	return NewWith(context, f, engine.Info{PromptFormat: "transcript"})
}

// NewWith is New for a model that tells what info has, and that has further special tokens, from the id EndOfText+1 on.
func NewWith(context int, f Logits, info engine.Info, special ...string) *engine.Model {
	info.Name, info.Parameters = "scripted", 1_000_000
	return engine.New(network{f, context, EndOfText + 1 + len(special)}, Tokenizer(special...), info)
}

// Large is New with a vocabulary as large as GPT-2's: after the bytes and end-of-text come words that nothing is encoded with.
func Large(context int, f Logits) *engine.Model {
	const vocab = 50257
	pieces := pieces()
	for id := EndOfText + 1; id < vocab; id++ {
		pieces[fmt.Sprintf("Ġw%d", id)] = id // which is a blank, and the word
	}
	return engine.New(network{f, context, vocab}, tokenizer(pieces, map[string]int{"<|endoftext|>": EndOfText}),
		engine.Info{Name: "scripted", Parameters: 1_000_000, PromptFormat: "transcript"})
}

// Network is the network of such a model.
func Network(context int, f Logits) engine.Network { return network{f, context, EndOfText + 1} }

// Alphabet is a network that likes best to say the letters in order, and likes the ones after the next a little less.
func Alphabet(ids []int, logits []float32) {
	last := ids[len(ids)-1]
	if last < 'a' || last > 'w' {
		last = 'a' - 1
	}
	for i := range 12 {
		logits[last+1+i] = 40 - float32(i)
	}
}

// Replies is a network for transcripts: after "Assistant:" it says, byte by byte, what reply answers to the text
// after the last "User:", and then ends the text. Sampling parameters hardly matter to it: every other byte is far less
// likely.
func Replies(reply func(question string) string) Logits {
	return func(ids []int, logits []float32) {
		text := string(Bytes(ids))
		next := EndOfText
		if cue := strings.LastIndex(text, "Assistant:"); cue >= 0 {
			question := text[:cue]
			if i := strings.LastIndex(question, "User:"); i >= 0 {
				question = question[i+len("User:"):]
			}
			said, answer := text[cue+len("Assistant:"):], " "+reply(strings.TrimSpace(question))
			if strings.HasPrefix(answer, said) && len(said) < len(answer) {
				next = int(answer[len(said)])
			}
		}
		logits[next] = 50
	}
}

// Gate is f slowed down: it sets the logits of a token when a value comes out of the channel.
func Gate(f Logits, gate <-chan struct{}) Logits {
	return func(ids []int, logits []float32) {
		<-gate
		f(ids, logits)
	}
}

// Bytes is the text that ids spell, without special tokens.
func Bytes(ids []int) []byte {
	var text []byte
	for _, id := range ids {
		if id < EndOfText {
			text = append(text, byte(id))
		}
	}
	return text
}

// Tokenizer has one piece for each byte, end-of-text, and further special tokens.
func Tokenizer(special ...string) *bpe.Tokenizer {
	tokens := map[string]int{"<|endoftext|>": EndOfText}
	for i, text := range special {
		tokens[text] = EndOfText + 1 + i
	}
	return tokenizer(pieces(), tokens)
}

// pieces has one for each byte, and end-of-text.
func pieces() map[string]int {
	pieces := map[string]int{"<|endoftext|>": EndOfText}
	spare := rune(256)
	for b := range rune(256) {
		// GPT-2's letters: printable bytes stand for themselves, the others for the code points from 256 on.
		letter := b
		if b < '!' || b > '~' && b < '¡' || b == '\u00ad' {
			letter = spare
			spare++
		}
		pieces[string(letter)] = int(b)
	}
	return pieces
}

func tokenizer(pieces, tokens map[string]int) *bpe.Tokenizer {
	t, err := bpe.New(pieces, nil, tokens)
	if err != nil {
		panic(err) // a mistake of the test
	}
	return t
}

type network struct {
	f       Logits
	context int
	vocab   int
}

func (n network) Vocab() int             { return n.vocab }
func (n network) Context() int           { return n.context }
func (n network) NewState() engine.State { return &state{} }
func (n network) Close()                 {}

func (n network) NewWorkspace() engine.Workspace { return nil }

func (n network) Forward(_ engine.Workspace, steps []engine.Step, logits []float32) error {
	total, scores := 0, 0
	for _, s := range steps {
		total += len(s.IDs)
		scores += s.Scores
		if held := len(s.State.(*state).ids); len(s.IDs) == 0 || held+len(s.IDs) > n.context || s.Scores > len(s.IDs) {
			return fmt.Errorf("%d tokens after %d in a context of %d, %d of them scored", len(s.IDs), held, n.context, s.Scores)
		}
	}
	if total > engine.Block || len(logits) != scores*n.Vocab() {
		return fmt.Errorf("%d tokens in one pass, room for %d logits, expected %d", total, len(logits), scores*n.Vocab())
	}
	for _, s := range steps {
		own := s.State.(*state)
		for i, id := range s.IDs {
			own.ids = append(own.ids, id)
			if i >= len(s.IDs)-s.Scores {
				row := logits[:n.Vocab()]
				clear(row)
				n.f(own.ids, row)
				logits = logits[n.Vocab():]
			}
		}
	}
	return nil
}

type state struct{ ids []int }

func (s *state) Truncate(n int) { s.ids = s.ids[:min(n, len(s.ids))] }

func (s *state) Fork() engine.State { return &state{slices.Clone(s.ids)} }
