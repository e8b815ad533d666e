package engine

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"inkling/engine/gpt2"
	"inkling/engine/jsonfile"
	"inkling/engine/kernel"
	"inkling/engine/pipeline"
	"inkling/engine/starter"
	"inkling/engine/unigram"
	"inkling/engine/weights"
	"inkling/engine/wordpiece"
)

// Description is what the files of a model say of it.
type Description struct {
	*Codec            // Info lacks what only an open model has: Weights, Bytes, Cached, Kernel, Threads
	Activation string // of the feed-forward part, as config.json calls it
	Tokenizer  string // kind: "byte-level BPE", "BPE", "Unigram" or "WordPiece"
	Pieces     int    // tokens that the tokenizer knows
	Licence    string // that the model card or the metadata name, or ""
	Tensors    []weights.Tensor
	Path       string // of the folder or the GGUF file; "" for the starter
	Files      []File // in the folder, by name; or the GGUF file
	Memory     []Footprint
}

// A File is one of the files of a model.
type File struct {
	Name string
	Size int64 // bytes
}

// Size is how many bytes all files have.
func (d *Description) Size() (n int64) {
	for _, f := range d.Files {
		n += f.Size
	}
	return n
}

// Describe reads what there is to know of the model called name, as for [Open], without its weights: of these it reads the
// headers, and some rows where an output head may be the token embedding once more.
func Describe(name string) (*Description, error) {
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
	info.Parameters, info.Tied = config.Parameters(), config.Tied
	codec, err := openCodec(files, nil, name, config, info)
	if err != nil {
		return nil, err
	}
	d := &Description{Codec: codec, Activation: activation(files.Config()), Tokenizer: kind(codec.tokenizer), Licence: files.Licence(),
		Tensors: files.Tensors(), Path: path}
	for id := range config.Vocab {
		if codec.Piece(id) != nil {
			d.Pieces++
		}
	}
	for _, format := range []kernel.Format{kernel.F32, kernel.F16, kernel.Q8, kernel.Q4} {
		d.Memory = append(d.Memory, footprint(config, format))
	}
	if d.Files, err = listFiles(path, files); err != nil {
		return nil, fmt.Errorf("%s: %w", jsonfile.Path(name), err)
	}
	return d, nil
}

// OpenTokenizer opens the tokenizer of the model called name, as for [Open]. The files of its weights need not be there, but
// in a GGUF file.
func OpenTokenizer(name string) (*Codec, error) {
	path, err := locate(name)
	if err != nil {
		return nil, err
	}
	files, err := openFiles(path, name, weights.OpenTokenizer)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	info, config, err := readConfig(files, name)
	if err != nil {
		return nil, err
	}
	return openCodec(files, newCachePlace(files, path), name, config, info)
}

func openCodec(files weights.Source, place *cachePlace, name string, config gpt2.Config, info Info) (*Codec, error) {
	tokenizer, err := openTokenizer(files, place, name, config, &info)
	if err != nil {
		return nil, err
	}
	codec := newCodec(tokenizer, info)
	return &codec, nil
}

// readSizes is readConfig with sizes that go with the tensors, as far as these can be told without reading them.
func readSizes(files weights.Source, name string) (Info, gpt2.Config, error) {
	info, config, err := readConfig(files, name)
	if err != nil {
		return Info{}, gpt2.Config{}, err
	}
	if err := checkSizes(config, len(files.Tensors())); err != nil {
		return Info{}, gpt2.Config{}, fmt.Errorf("%s: %w", jsonfile.Path(name), err)
	}
	config, err = guessTie(config, files)
	return info, config, err
}

// checkSizes refuses sizes that are not those of the tensors, or so large that what is computed from them would overflow.
func checkSizes(c gpt2.Config, tensors int) error {
	if c.Layers > tensors {
		return fmt.Errorf("config.json: n_layer is %d, but there are only %d tensors; the files do not belong together", c.Layers, tensors)
	}
	const most = 1 << 50
	w := float64(c.Width)
	layer := 4*w*w + 2*w*float64(c.Inner) + 2*w*float64(c.Context)
	if n := float64(c.Layers)*layer + (2*float64(c.Vocab)+float64(c.Context))*w; n > most {
		return fmt.Errorf("config.json: its sizes are those of a model of %.1g numbers, expected fewer than %.1g", n, float64(most))
	}
	return nil
}

const (
	tokensName = "wte.weight"
	headName   = "lm_head.weight"
)

// guessTie is gpt2.Config.Tie by some rows of the output head, from its beginning to its end: one that was trained apart from the
// token embedding differs in all of them.
func guessTie(c gpt2.Config, files weights.Source) (gpt2.Config, error) {
	if !files.Has(headName) {
		if !c.Tied {
			return c, files.Check(headName, c.Vocab, c.Width) // tells that it is missing
		}
		return c, nil
	}
	for _, name := range []string{headName, tokensName} {
		if err := files.Check(name, c.Vocab, c.Width); err != nil {
			return c, err
		}
	}
	const samples = 8
	head, token := make([]float32, c.Width), make([]float32, c.Width)
	c.Tied = true
	for i := range samples {
		row := i * (c.Vocab - 1) / (samples - 1)
		if err := files.Rows(headName, row, row+1, head); err != nil {
			return c, err
		}
		if err := files.Rows(tokensName, row, row+1, token); err != nil {
			return c, err
		}
		if !slices.Equal(head, token) {
			c.Tied = false
			break
		}
	}
	return c, nil
}

func kind(t Tokenizer) string {
	switch t := t.(type) {
	case *wordpiece.Tokenizer:
		return "WordPiece"
	case *pipeline.Tokenizer:
		if _, ok := t.Model.(*unigram.Model); ok {
			return "Unigram"
		}
		return "BPE"
	}
	return "byte-level BPE"
}

// activation is what config.json calls the activation; GPT2Config has a default.
func activation(config []byte) string {
	file := struct {
		Activation string `json:"activation_function"`
	}{"gelu_new"}
	if json.Unmarshal(config, &file) != nil {
		return ""
	}
	return file.Activation
}

// listFiles lists the files of a model: those of its folder, without folders and hidden files, or the GGUF file, or its parts.
func listFiles(path string, files weights.Source) ([]File, error) {
	folder, only := fs.FS(nil), []string(nil)
	switch _, single := files.(*weights.GGUF); {
	case path == "":
		folder = starter.Files()
	case single:
		folder, only = os.DirFS(filepath.Dir(path)), files.WeightFiles()
	default:
		folder = os.DirFS(path)
	}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var list []File
	for _, entry := range entries {
		name := entry.Name()
		if only != nil && !slices.Contains(only, name) || only == nil && strings.HasPrefix(name, ".") {
			continue
		}
		// Through links, of which a folder of the hub's consists.
		if info, err := fs.Stat(folder, name); err == nil && info.Mode().IsRegular() {
			list = append(list, File{name, info.Size()})
		}
	}
	return list, nil
}
