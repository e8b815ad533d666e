package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"

	"inkling/engine/bpe"
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

	// PromptFormat is the format that the folder names for itself ("prompt_format" in config.json), or "".
	PromptFormat string
	// Preamble is the text that the folder wants before a transcript ("prompt_preamble" in config.json); nil where the
	// folder says nothing of it.
	Preamble *string
	// Conversational is set for models trained on turns joined by end-of-text, as DialoGPT is
	// (task_specific_params.conversational in config.json).
	Conversational bool

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
	tokenizer *bpe.Tokenizer
	info      Info
	end       int   // id of end-of-text, -1 where the vocabulary has none
	unknown   []int // ids that the network has and the tokenizer does not
	blank     []int // ids of white space with a line feed in it and nothing else
}

// New puts a model together from its parts.
func New(lm LanguageModel, tokenizer *bpe.Tokenizer, info Info) *Model {
	info.Context, info.Vocab = lm.Context(), lm.Vocab()
	end, ok := tokenizer.Special(weights.EndOfText)
	if !ok || end >= lm.Vocab() {
		end = -1
	}
	m := &Model{lm: lm, tokenizer: tokenizer, info: info, end: end}
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

// Open reads the model called name: Starter, the path of a Hugging Face folder, or a model that was fetched from the hub
// ("gpt2", "owner/name"). The error is one line that says what was found, what was expected and where.
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
	for piece, id := range vocabulary.Pieces {
		if id >= config.Vocab {
			return nil, fmt.Errorf("%s: the tokenizer has the piece %q with the id %d, but config.json gives the model %d ids; the files do not belong together",
				name, piece, id, config.Vocab)
		}
	}
	// A special token that was added without making the embedding larger cannot be used, and need not be.
	maps.DeleteFunc(vocabulary.Special, func(_ string, id int) bool { return id >= config.Vocab })
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
	tokenizer, err := bpe.New(vocabulary.Pieces, vocabulary.Merges, vocabulary.Special)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
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
	path, err := locate(name)
	if err != nil {
		return nil, err
	}
	stat, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("model %q: %w", name, err)
	case !stat.IsDir():
		return nil, fmt.Errorf("model %q is a file, expected a folder with config.json and model.safetensors", name)
	}
	return os.DirFS(path), nil
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

// Decode turns token ids into text; bytes that are no UTF-8 become U+FFFD.
func (m *Model) Decode(ids []int) string { return m.tokenizer.Decode(ids) }

// Piece is the text of one token, as bytes: they need not be whole runes. It is nil where there is no such token, and must
// not be changed.
func (m *Model) Piece(id int) []byte { return m.tokenizer.Bytes(id) }

// EndOfText is the id of the token that ends a document; ok is false where the vocabulary has none.
func (m *Model) EndOfText() (id int, ok bool) { return m.end, m.end >= 0 }
