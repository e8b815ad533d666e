package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"inkling/engine/decode"
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

	// Banned are sequences of ids that no text has ("bad_words_ids" and "suppress_tokens" in generation_config.json): the last one
	// is not drawn after the others.
	Banned [][]int

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

// Model is a language model with its tokenizer: an Engine whose texts can be stepped through. It may serve any number of callers.
type Model struct {
	Codec
	network Network
	loop    *decode.Loop
	padding []int // ids that the network has and the tokenizer does not, ascending
	texts   int   // most at once
}

var (
	_ Engine    = (*Model)(nil)
	_ Inspector = (*Model)(nil)
	_ Steppable = (*decode.Generation)(nil)
)

// Together is the most texts that a model writes at once, unless Serve says otherwise.
const Together = 8

// Serve has the model write so many texts at once, and keep what as many have read. It is for a model that has written nothing yet.
func (m *Model) Serve(texts int) {
	m.texts = texts
	m.loop.Serve(texts)
}

// New puts a model together from its parts.
func New(network Network, tokenizer Tokenizer, info Info) *Model {
	info.Context, info.Vocab = network.Context(), network.Vocab()
	m := &Model{Codec: newCodec(tokenizer, info), network: network, texts: Together}
	var blank []int
	for id := range network.Vocab() {
		switch piece := tokenizer.Bytes(id); {
		case piece == nil:
			m.padding = append(m.padding, id)
		case len(bytes.TrimSpace(piece)) == 0 && bytes.IndexByte(piece, '\n') >= 0:
			blank = append(blank, id)
		}
	}
	m.loop = decode.NewLoop(network, decode.Text{Padding: m.padding, Blank: blank, Ends: m.ends, Banned: m.bannable(info.Banned), Piece: m.Piece, Decode: m.Decode,
		Decoder: tokenizer.NewDecoder}, Together)
	return m
}

// bannable leaves out what is no token of the model, and tokens that end a text: to ban these is no business of a file, as in
// transformers.
func (m *Model) bannable(sequences [][]int) [][]int {
	return slices.DeleteFunc(slices.Clone(sequences), func(ids []int) bool {
		return len(ids) == 0 || len(ids) == 1 && slices.Contains(m.ends, ids[0]) ||
			slices.ContainsFunc(ids, func(id int) bool { return id < 0 || id >= m.network.Vocab() })
	})
}

// Close waits for the texts under way and releases the model: a later one fails. Closing twice is harmless.
func (m *Model) Close() { m.loop.Close() }

// Can tells what a model does: everything.
func (m *Model) Can() Abilities {
	return Abilities{Accepts: IDs | Text, Live: NextToken, Top: m.info.Vocab, Parallel: m.texts, Continue: true, Exact: true,
		Param: func(string) bool { return true }}
}

// Generate continues a prompt of ids, or of text. What the model has read before of the same beginning is not read again.
func (m *Model) Generate(ctx context.Context, r Request) (Generation, error) {
	if len(r.Messages) > 0 {
		return nil, errors.New("a model takes ids or text, not messages")
	}
	if r.Prompt == nil && r.Text != "" {
		r.Prompt = m.Prompt(r.Text, false)
	}
	return m.loop.Join(ctx, decode.Request{Prompt: r.Prompt, Controls: r.Controls, Seed: r.Seed, Attempt: r.Attempt, Position: r.Position,
		Forced: r.Forced, Ends: r.Ends, Endless: r.Endless, Unwanted: r.Unwanted, Top: r.Top, Room: r.Room, Paused: r.Paused, Memo: r.Memo, NoDrafts: r.NoDrafts}), nil
}

// Network is the model without its tokenizer, for measurements. It must not be used after Close, nor be closed itself.
func (m *Model) Network() Network { return m.network }

// Inspect runs ids through a sequence of their own, in blocks between the rounds of the texts that are being written.
func (m *Model) Inspect(ctx context.Context, ids []int, from int, p Probe) error {
	switch {
	case len(ids) == 0:
		return ErrEmptyPrompt
	case len(ids) > m.info.Context:
		return &ContextError{Tokens: len(ids), Context: m.info.Context}
	}
	watched, ok := m.network.(interface {
		watch(w Workspace, p Probe)
	})
	if !ok {
		return errors.New("this model cannot be inspected")
	}
	state := m.network.NewState()
	from = min(max(from, 0), len(ids))
	for at := 0; at < len(ids); {
		next := min(at+Block, len(ids))
		if at < from {
			next = min(next, from)
		}
		err := m.loop.Between(ctx, func(w Workspace) error {
			if at >= from {
				watched.watch(w, p)
				defer watched.watch(w, nil)
			}
			return m.network.Forward(w, []Step{{State: state, IDs: ids[at:next]}}, nil)
		})
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}
