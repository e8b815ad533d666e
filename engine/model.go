package engine

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"inkling/engine/weights"
)

// Info describes an opened model.
type Info struct {
	Name       string // as the user named it
	Parameters int
	Context    int // positions
	Vocab      int
	Layers     int
	Heads      int
	Width      int
	Inner      int  // width of the feed-forward part
	Tied       bool // the output head is the token embedding

	// PromptFormat is the format that the folder names for itself ("prompt_format" in config.json), or "". Models with BERT's
	// tokenizer have "plain" where it names none.
	PromptFormat string
	// Preamble is the text that the folder wants before a transcript ("prompt_preamble" in config.json); nil where the
	// folder says nothing of it.
	Preamble *string
	// Conversational is set for models trained on turns joined by end-of-text, as DialoGPT is
	// (task_specific_params.conversational in config.json).
	Conversational bool

	// ChatTemplate is the Jinja template by which the folder wants conversations written down, or "".
	ChatTemplate string
	// Tokens are the special tokens by the names that templates have for them: "bos_token", "eos_token" and so on.
	Tokens map[string]string
	// Begin is the special token that every text begins with, or "": "[CLS]" of BERT's tokenizer.
	Begin string
	// End is the special token that ends a text; "" stands for GPT-2's.
	End string
	// Ends are further ids that end a text.
	Ends []int

	Weights string // format of the weights in memory: "f32", "f16", "q8" or "q4"
	Bytes   int    // that the weights take in memory
	Cached  bool   // they are mapped from the cache on disk
	Kernel  string // instruction set in use
	Threads int
}

// Size is the number of parameters as people write it: "2.7M", "124M", "1.6B".
func (i Info) Size() string {
	switch n := float64(i.Parameters); {
	case n >= 1e9:
		return fmt.Sprintf("%.1fB", n/1e9)
	case n >= 1e8:
		return fmt.Sprintf("%.0fM", n/1e6)
	case n >= 1e6:
		return fmt.Sprintf("%.1fM", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0fK", n/1e3)
	}
	return fmt.Sprint(i.Parameters)
}

// Model is a language model with its tokenizer. It does not change and may serve any number of sequences.
type Model struct {
	lm        LanguageModel
	tokenizer Tokenizer
	info      Info
	end       int   // id of end-of-text, -1 where the vocabulary has none
	ends      []int // all ids that end a text
	unknown   []int // ids that the network has and the tokenizer does not, ascending: padding
	blank     []int // ids of white space with a line feed in it and nothing else

	mu      sync.Mutex // guards closed
	closed  bool
	running sync.WaitGroup // generations
}

// New puts a model together from its parts.
func New(lm LanguageModel, tokenizer Tokenizer, info Info) *Model {
	info.Context, info.Vocab = lm.Context(), lm.Vocab()
	m := &Model{lm: lm, tokenizer: tokenizer, info: info, end: -1, ends: slices.Clone(info.Ends)}
	if end, ok := tokenizer.Special(cmp.Or(info.End, weights.EndOfText)); ok && end < lm.Vocab() {
		m.end, m.ends = end, append(m.ends, end)
	}
	for id := range lm.Vocab() {
		switch piece := tokenizer.Bytes(id); {
		case piece == nil:
			m.unknown = append(m.unknown, id)
		case len(bytes.TrimSpace(piece)) == 0 && bytes.IndexByte(piece, '\n') >= 0:
			m.blank = append(m.blank, id)
		}
	}
	return m
}

// Close waits for the generations under way and releases the model: a later one fails. Closing twice is harmless.
func (m *Model) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.closed = true
		m.running.Wait()
		m.lm.Close()
	}
}

// errClosed says that a model has been closed.
var errClosed = errors.New("the model has been closed")

// use keeps the model open until the function it returns is called.
func (m *Model) use() (release func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	m.running.Add(1)
	return m.running.Done, nil
}

// Network is the model without its tokenizer, for measurements. It must not be used after Close, nor be closed itself.
func (m *Model) Network() LanguageModel { return m.lm }

// Info describes the model.
func (m *Model) Info() Info { return m.info }

// Encode turns text into token ids; special tokens in it are text like any other.
func (m *Model) Encode(text string) []int { return m.tokenizer.Encode(text, false) }

// EncodeSpecial is Encode, but recognises special tokens such as <|endoftext|>.
func (m *Model) EncodeSpecial(text string) []int { return m.tokenizer.Encode(text, true) }

// EncodeGuarded is EncodeSpecial for a text in which guard, which is not empty, stands before what must not become a special
// token. Guards are no part of the text.
func (m *Model) EncodeGuarded(text, guard string) []int {
	return m.tokenizer.EncodeGuarded(text, guard)
}

// Decode turns token ids into text; bytes that are no UTF-8 become U+FFFD.
func (m *Model) Decode(ids []int) string { return m.tokenizer.Decode(ids) }

// Show is Decode with every special token written out.
func (m *Model) Show(ids []int) string {
	var text strings.Builder
	decoder := m.tokenizer.NewDecoder()
	for _, id := range ids {
		if m.tokenizer.IsSpecial(id) {
			text.WriteString(decoder.Flush())
			text.Write(m.Piece(id))
			continue
		}
		text.WriteString(decoder.Push(id))
	}
	text.WriteString(decoder.Flush())
	return text.String()
}

// Piece is the text of one token, as bytes: they need not be whole runes. It is nil where there is no such token, and must
// not be changed.
func (m *Model) Piece(id int) []byte { return m.tokenizer.Bytes(id) }

// SpecialID is the id of a special token by its text.
func (m *Model) SpecialID(text string) (id int, ok bool) {
	id, ok = m.tokenizer.Special(text)
	return id, ok && m.tokenizer.IsSpecial(id)
}

// SpecialTokens are the texts of the special tokens.
func (m *Model) SpecialTokens() []string { return m.tokenizer.SpecialTokens() }

// BeginOfText is the id of the token that every text begins with; ok is false where texts begin without one.
func (m *Model) BeginOfText() (id int, ok bool) { return m.SpecialID(m.info.Begin) }

// EndOfText is the id of the token that ends a document; ok is false where the vocabulary has none.
func (m *Model) EndOfText() (id int, ok bool) { return m.end, m.end >= 0 }
