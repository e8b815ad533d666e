package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"inkling/engine/gpt2"
	"inkling/engine/jsonfile"
	"inkling/engine/kernel"
	"inkling/engine/pages"
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

// Open reads the model called name: Starter, the name of one that was fetched from the hub, or the path of a Hugging Face
// folder or of a GGUF file. Nothing is fetched here: the error is a hub.ErrNotLocal for a name that might be. The error is one line
// that says what was found, what was expected and where.
func Open(name string, o Options) (m *Model, err error) {
	err = pages.Guard(func() error {
		m, err = openModel(name, o)
		return err
	})
	return m, err
}

func openModel(name string, o Options) (*Model, error) {
	level, err := Kernel()
	if err != nil {
		return nil, err
	}
	format, err := o.format()
	if err != nil {
		return nil, err
	}
	path, err := locate(name)
	if err != nil {
		return nil, err
	}
	files, err := openFiles(path, name, weights.Open)
	if err != nil {
		return nil, err
	}
	defer files.Close()

	info, config, err := readSizes(files, name)
	if err != nil {
		return nil, err
	}
	place := newCachePlace(files, path)
	if o.Cache == CacheIgnored {
		place = nil
	}
	// Meanwhile the weights come.
	opened := make(chan openedTokenizer, 1)
	go func() {
		t, err := openTokenizer(files, place, name, config, &info)
		opened <- openedTokenizer{t, err}
	}()
	from := origin{name: name, tensors: files, store: newCacheStore(files, place, format), caching: o.Cache}
	network, err := openNetwork(from, config, format, o.threads())
	tokenizer := <-opened
	if err == nil && tokenizer.err != nil {
		network.Close()
		err = tokenizer.err
	}
	if err != nil {
		return nil, err
	}
	info.Kernel = level
	network.describe(&info)
	return New(network, tokenizer.Tokenizer, info), nil
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

type openedTokenizer struct {
	Tokenizer
	err error
}

// openTokenizer also fills in what the tokenizer's files say of the model.
func openTokenizer(files weights.Source, place *cachePlace, name string, config gpt2.Config, info *Info) (Tokenizer, error) {
	store := newTokenizerStore(files, place, config.Vocab)
	vocabulary, tokenizer := store.find()
	if tokenizer == nil {
		var err error
		if vocabulary, err = files.Vocabulary(); err != nil {
			return nil, err
		}
		if tokenizer, err = newTokenizer(vocabulary, config.Vocab, store); err != nil {
			return nil, fmt.Errorf("%s: %w", jsonfile.Path(name), err)
		}
	}
	if err := describeTokenizer(info, vocabulary, tokenizer, files); err != nil {
		return nil, fmt.Errorf("%s: %w", jsonfile.Path(name), err)
	}
	return tokenizer, nil
}

// Source opens the files of the model called name, as for Open.
func Source(name string) (weights.Source, error) {
	path, err := locate(name)
	if err != nil {
		return nil, err
	}
	return openFiles(path, name, weights.Open)
}

// openFiles opens the files at a path, "" for the starter's, a folder by the function given; messages call them name.
func openFiles(path, name string, folder func(fs.FS, string) (*weights.Folder, error)) (weights.Source, error) {
	name = jsonfile.Path(name)
	if path == "" {
		return weights.OpenGGUF(starter.Files(), starter.File, name)
	}
	stat, err := os.Stat(path)
	switch {
	case err != nil:
		if failed, ok := errors.AsType[*fs.PathError](err); ok {
			err = failed.Err
		}
		return nil, fmt.Errorf("model %q: %w", name, err)
	case stat.IsDir():
		return folder(os.DirFS(path), name)
	case weights.IsGGUF(path) || weights.LooksLikeGGUF(beginning(path)):
		return weights.OpenGGUF(os.DirFS(filepath.Dir(path)), filepath.Base(path), name)
	}
	return nil, fmt.Errorf("model %q is a file, expected a folder with config.json and model.safetensors, or a GGUF file (*.gguf), or the name of a model that \"inkling pull\" has downloaded, such as gpt2", name)
}

// beginning is the first bytes of a regular file; nothing where it cannot be read.
func beginning(path string) []byte {
	stat, err := os.Stat(path)
	if err != nil || !stat.Mode().IsRegular() {
		return nil // opening a named pipe would wait
	}
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	begin := make([]byte, 64)
	n, _ := io.ReadFull(file, begin)
	return begin[:n]
}

// readConfig reads config.json: the architecture, and what it says beyond that.
func readConfig(files weights.Source, name string) (Info, gpt2.Config, error) {
	info, err := promptInfo(files.Config())
	if err != nil {
		return Info{}, gpt2.Config{}, fmt.Errorf("%s: %w", jsonfile.Path(name), err)
	}
	c, err := gpt2.ParseConfig(files.Config())
	if err != nil {
		return Info{}, gpt2.Config{}, fmt.Errorf("%s: %w", jsonfile.Path(name), err)
	}
	info.Name = name
	info.Context, info.Vocab, info.Layers, info.Heads, info.Width, info.Inner = c.Context, c.Vocab, c.Layers, c.Heads, c.Width, c.Inner
	return info, c, nil
}

// promptInfo reads what config.json says of prompts.
func promptInfo(config []byte) (Info, error) {
	var file struct {
		PromptFormat string                     `json:"prompt_format"`
		Preamble     *string                    `json:"prompt_preamble"`
		Tasks        map[string]json.RawMessage `json:"task_specific_params"`
	}
	if err := jsonfile.Unmarshal(config, &file); err != nil {
		return Info{}, fmt.Errorf("config.json: %w", err)
	}
	_, conversational := file.Tasks["conversational"]
	return Info{PromptFormat: file.PromptFormat, Preamble: file.Preamble, Conversational: conversational}, nil
}
