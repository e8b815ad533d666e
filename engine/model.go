package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"inkling/engine/gpt2"
	"inkling/engine/kernel"
	"inkling/engine/starter"
	"inkling/engine/weights"
)

// Starter is the name of the model inside the binary.
const Starter = "starter"

// Options says how a model is opened.
type Options struct {
	Threads int // goroutines that compute; 0: one for each processor that Go may use
}

// Info describes an opened model.
type Info struct {
	Name       string // as the user named it
	Parameters int
	Context    int // positions
	Vocab      int
	Layers     int
	Heads      int
	Width      int

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
	unknown   []int // ids that the network has and the tokenizer does not
	blank     []int // ids of white space with a line feed in it and nothing else
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

// Open reads the model called name: Starter, or the path of a Hugging Face folder. The error is one line that says what
// was found, what was expected and where.
func Open(name string, o Options) (*Model, error) {
	files, err := source(name)
	if err != nil {
		return nil, err
	}
	folder, err := weights.Open(files, name)
	if err != nil {
		return nil, err
	}
	defer folder.Close()

	info, err := describe(folder.Config())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	config, err := gpt2.ParseConfig(folder.Config())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	vocabulary, err := folder.Vocabulary()
	if err != nil {
		return nil, err
	}
	tokenizer, err := newTokenizer(vocabulary, config.Vocab)
	if err == nil {
		err = describeTokenizer(&info, vocabulary, tokenizer, folder.Config())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	pool := kernel.NewPool(threads)
	model, err := gpt2.Load(config, folder, pool)
	if err != nil {
		pool.Close()
		return nil, err
	}
	info.Name, info.Parameters = name, model.Parameters()
	info.Layers, info.Heads, info.Width = config.Layers, config.Heads, config.Width
	info.Kernel, info.Threads = kernel.Level(), threads
	return New(network{model, pool}, tokenizer, info), nil
}

func source(name string) (fs.FS, error) {
	if name == Starter {
		return starter.Files(), nil
	}
	stat, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("model %q: no such folder; give %q or the path of a folder with config.json and model.safetensors (models cannot be downloaded yet)", name, Starter)
	case err != nil:
		return nil, fmt.Errorf("model %q: %w", name, err)
	case !stat.IsDir():
		return nil, fmt.Errorf("model %q is a file, expected a folder with config.json and model.safetensors", name)
	}
	return os.DirFS(name), nil
}

// describe reads what config.json says beyond the architecture.
func describe(config []byte) (Info, error) {
	var file struct {
		PromptFormat string                     `json:"prompt_format"`
		Preamble     *string                    `json:"prompt_preamble"`
		Tasks        map[string]json.RawMessage `json:"task_specific_params"`
	}
	if err := json.Unmarshal(config, &file); err != nil {
		return Info{}, fmt.Errorf("config.json: %w", err)
	}
	_, conversational := file.Tasks["conversational"]
	return Info{PromptFormat: file.PromptFormat, Preamble: file.Preamble, Conversational: conversational}, nil
}

// Close releases the model. None of its sequences may be in use.
func (m *Model) Close() { m.lm.Close() }

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
