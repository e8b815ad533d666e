package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"

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
	Threads int    // that compute; 0: one for each core of the processor, see [kernel.Cores]
	Weights string // format of the weights in memory: "f32", "f16", "q8" or "q4"; "" and AutoWeights: the usual one
	Cache   Caching
}

// Caching says what Open does about weights on disk in the form in which they lie in memory. Models in f32 and the starter
// have none.
type Caching int

const (
	CacheUsed    Caching = iota // they are mapped where they are there, and otherwise written in the background
	CacheWritten                // the same, but they are written before Open returns, which fails if they cannot be
	CacheIgnored                // they are neither mapped nor written
)

// AutoWeights stands for the format that is used unless the user asks for another: q8.
const AutoWeights = "auto"

// Kernel names the instruction set that models are computed with. The error says that the environment asks for one that
// this processor does not have.
func Kernel() (string, error) { return kernel.Level() }

// Open reads the model called name: Starter, or the path of a Hugging Face folder. The error is one line that says what
// was found, what was expected and where.
func Open(name string, o Options) (*Model, error) {
	level, err := Kernel()
	if err != nil {
		return nil, err
	}
	format, err := o.format()
	if err != nil {
		return nil, err
	}
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
	// The tokenizer of GPT-2 takes some 50 ms to build: meanwhile the weights come.
	tokenizer := make(chan tokenizerResult, 1)
	go func() {
		t, err := openTokenizer(folder, name, config)
		tokenizer <- tokenizerResult{t, err}
	}()
	from := origin{name: name, tensors: folder, store: newCacheStore(folder, name, format), caching: o.Cache}
	network, err := openNetwork(from, config, format, o.threads())
	t := <-tokenizer
	if err == nil && t.err != nil {
		network.Close()
		err = t.err
	}
	if err != nil {
		return nil, err
	}
	info.Name, info.Kernel = name, level
	network.describe(&info)
	return New(network, t.tokenizer, info), nil
}

// format is that of the weights.
func (o Options) format() (kernel.Format, error) {
	if o.Weights == "" || o.Weights == AutoWeights {
		return kernel.Q8, nil
	}
	return kernel.ParseFormat(o.Weights)
}

// threads is how many there are to be.
func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return kernel.Cores()
}

type tokenizerResult struct {
	tokenizer *bpe.Tokenizer
	err       error
}

func openTokenizer(folder *weights.Folder, name string, config gpt2.Config) (*bpe.Tokenizer, error) {
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
	tokenizer, err := bpe.New(vocabulary.Pieces, vocabulary.Merges, vocabulary.Special)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return tokenizer, nil
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
