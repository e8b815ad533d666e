package engine

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
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
	// Start is the token that a text begins after where nothing else comes before it; empty for the one that ends a text.
	Start []int
	// End is the special token that ends a text; "" stands for GPT-2's.
	End string
	// Ends are further ids that end a text.
	Ends []int

	// Defaults are the parameters that generation_config.json names, by their JSON names in Params: float64, int64 for a whole
	// number, or whatever else the file has there. They are not checked.
	Defaults map[string]any
	// Notes say in a line each what of the model's files was ignored.
	Notes []string

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
	Codec
	lm      LanguageModel
	unknown []int // ids that the network has and the tokenizer does not, ascending: padding
	blank   []int // ids of white space with a line feed in it and nothing else

	mu      sync.Mutex // guards closed
	closed  bool
	running sync.WaitGroup // generations
}

// New puts a model together from its parts.
func New(lm LanguageModel, tokenizer Tokenizer, info Info) *Model {
	info.Context, info.Vocab = lm.Context(), lm.Vocab()
	m := &Model{Codec: newCodec(tokenizer, info), lm: lm}
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
