// Package weights reads models: GGUF files, and model folders in the layout that Hugging Face publishes GPT-2 in:
//
//	config.json                     the hyperparameters
//	model.safetensors               the tensors, or
//	model.safetensors.index.json    a list of the shards that hold them, which may be missing, or
//	pytorch_model.bin               the same in PyTorch's own format, or
//	pytorch_model.bin.index.json    a list of shards in that format
//	tokenizer.json                  the tokenizer, or
//	vocab.json, merges.txt          the same in two files, or
//	vocab.txt                       the tokenizer of BERT, which models for Chinese have, or
//	spiece.model                    one of SentencePiece's, also as tokenizer.model
//	tokenizer_config.json           its settings, special tokens and chat template (optional)
//	special_tokens_map.json         names of special tokens (optional)
//	added_tokens.json               further special tokens (optional)
//	chat_template.jinja             the chat template (optional)
//	generation_config.json          how the model is to be sampled (optional)
//	README.md                       the model card, which names the licence (optional)
//
// A folder comes from anywhere and may be damaged or hostile: every size that a file states is
// held against the file before memory is set aside for it, and an error is one line that names the
// file, what was found, what was expected and what to do.
package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
)

const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
	indexFile   = "model.safetensors.index.json"
)

// A format is one that the weights of a folder may have. The first that is there is read.
type format struct {
	single, index string // names of files
	tensors       func(*file) (map[string]array, error)
}

var formats = []format{
	{weightsFile, indexFile, readSafetensors},
	{"pytorch_model.bin", "pytorch_model.bin.index.json", readTorch},
}

// Largest sizes of the files that are read whole, in bytes.
const (
	maxConfig    = 1 << 20
	maxIndex     = 64 << 20
	maxTokenizer = 64 << 20
)

// What messages advise.
const (
	adviseNeeds    = "a model folder needs config.json, weights (model.safetensors or pytorch_model.bin), and a tokenizer (tokenizer.json, vocab.json with merges.txt, vocab.txt, or spiece.model); \"inkling pull gpt2\" downloads a whole one, \"inkling pull owner/name\" any other of the hub"
	adviseFetch    = "the file is damaged, download it again"
	adviseCut      = "the file is cut short, download it again"
	adviseMismatch = "the file does not match its config.json"
)

// A Folder is an open model folder. Its methods, Close apart, may be called from several goroutines.
type Folder struct {
	fsys    fs.FS
	name    string
	config  []byte
	files   []*file
	tensors map[string]array // by the name in the file
	listing string           // the file that says which tensors there are
	tied    bool             // the output head, which is there alone, is the token embedding
}

// OpenTokenizer opens the model folder at the root of fsys without its weights, of which there need be none: only Config,
// Vocabulary, Licence and Generation tell anything. Messages call the folder name.
func OpenTokenizer(fsys fs.FS, name string) (*Folder, error) {
	f := &Folder{fsys: fsys, name: name}
	if err := f.checkRoot(); err != nil {
		return nil, err
	}
	return f, f.openConfig()
}

// Open opens the model folder at the root of fsys and checks the headers of its weight files; no
// tensor is read yet. Messages call the folder name. Files that do not implement io.ReaderAt are
// read whole.
func Open(fsys fs.FS, name string) (*Folder, error) {
	f := &Folder{fsys: fsys, name: name, tensors: make(map[string]array)}
	if err := f.open(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Folder) open() error {
	if err := f.checkRoot(); err != nil {
		return err
	}
	if err := f.openWeights(); err != nil {
		return err
	}
	return f.openConfig()
}

func (f *Folder) checkRoot() error {
	root, err := fs.Stat(f.fsys, ".")
	if err != nil {
		return fmt.Errorf("%s: %w; %s", f.name, bare(err), adviseNeeds)
	}
	if !root.IsDir() {
		return fmt.Errorf("%s: not a folder; %s", f.name, adviseNeeds)
	}
	return nil
}

func (f *Folder) openConfig() (err error) {
	f.config, err = f.read(configFile, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s", err, adviseNeeds)
	}
	if err == nil {
		f.tie()
	}
	return err
}

// tie lets the output head be the token embedding where the file has the head alone. Of two names of one matrix,
// safetensors.torch.save_model keeps the one that comes first in the alphabet.
func (f *Folder) tie() {
	config := struct {
		Tied bool `json:"tie_word_embeddings"`
	}{Tied: true}
	f.tied = json.Unmarshal(f.config, &config) == nil && config.Tied && !f.Has(embeddingName)
}

const (
	embeddingName = "wte.weight"
	headName      = "lm_head.weight"
)

func (f *Folder) openWeights() error {
	for _, format := range formats {
		single, err := f.openFile(format.single, math.MaxInt64)
		if err == nil {
			f.listing = format.single
			f.tensors, err = format.tensors(single)
			return err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		index, err := f.read(format.index, maxIndex)
		if err == nil {
			f.listing = format.index
			return f.openShards(format, index)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, format := range formats {
		if shards := f.parts(format); len(shards) > 0 {
			return f.openParts(format, shards)
		}
	}
	missing := fmt.Errorf("%s: %w", f.path(weightsFile), fs.ErrNotExist)
	if base, ok := f.adapter(); ok {
		return fmt.Errorf("%w: the folder has an adapter (LoRA) alone, for %s; merge the two in Python (merge_and_unload of peft) and save the whole model", missing, base)
	}
	if other, advice := f.otherFormat(); other != "" {
		return fmt.Errorf("%w, but there is %s; %s", missing, label(other), advice)
	}
	return fmt.Errorf("%w; %s", missing, adviseNeeds)
}

// otherFormat returns the name of a file in the folder that holds weights in a format that a folder is not read in, and
// what to do, or "".
func (f *Folder) otherFormat() (name, advice string) {
	entries, err := fs.ReadDir(f.fsys, ".")
	if err != nil {
		return "", ""
	}
	const (
		convert    = "weights are read as safetensors, pytorch_model.bin or GGUF only: convert them or download a version that has model.safetensors"
		byPath     = "give the path of that file as the model"
		tensorFlow = "the original TensorFlow checkpoint is out of scope: convert it with transformers or download a version that has model.safetensors"
	)
	for _, other := range []struct{ pattern, advice string }{
		{"*.gguf", byPath}, {"*.h5", convert}, {"*.msgpack", convert}, {"*.onnx", convert}, {"*.ggml", convert},
		{"*.pt", convert}, {"*.pth", convert}, {"*.pkl", convert}, {"*.ckpt*", tensorFlow}, {"checkpoint", tensorFlow},
	} {
		for _, entry := range entries {
			if match, _ := path.Match(other.pattern, strings.ToLower(entry.Name())); match {
				return entry.Name(), other.advice
			}
		}
	}
	return "", ""
}

// Close closes the weight files. Tensors that were read stay valid.
func (f *Folder) Close() error {
	var errs []error
	for _, file := range f.files {
		errs = append(errs, file.Close())
	}
	f.files = nil
	return errors.Join(errs...)
}

// Config returns a copy of config.json.
func (f *Folder) Config() []byte {
	return slices.Clone(f.config)
}

// Has says whether there is a tensor of that name. The name comes without the prefix
// "transformer."; in the file the tensor may have it or not.
func (f *Folder) Has(name string) bool {
	_, ok := f.find(name)
	return ok
}

// Tensors lists all tensors, by the names that they have in the file.
func (f *Folder) Tensors() []Tensor { return list(f.tensors) }

// Shape returns the shape of a tensor, outermost dimension first. It fails when there is none of that name (as for Has).
func (f *Folder) Shape(name string) ([]int, error) {
	t, err := f.must(name)
	if err != nil {
		return nil, err
	}
	return slices.Clone(t.dimensions()), nil
}

// DType returns the type of a tensor's elements, such as "F16", or "" when there is none of that name (as for Has).
func (f *Folder) DType(name string) string {
	if t, ok := f.find(name); ok {
		return t.elements()
	}
	return ""
}

// Rows reads rows lo to hi (hi not included) of a tensor's outermost dimension, as they are in the file, into dst, which
// is as long as they are; of a vector, each element is a row. F64, F16 and BF16 become float32.
func (f *Folder) Rows(name string, lo, hi int, dst []float32) error {
	t, err := f.must(name)
	if err != nil {
		return err
	}
	return t.readRows(lo, hi, dst)
}

// Transposed reports whether the tensor is a matrix that is stored input-major (in, out): that of a Conv1D, as
// transformers calls GPT-2's linear layers.
func (f *Folder) Transposed(name string) bool {
	for _, layer := range []string{"attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"} {
		if strings.HasSuffix(name, "."+layer+".weight") {
			return true
		}
	}
	return false
}

// Check returns an error when there is no tensor of that name (as for Has), or when it has another shape or another type
// of element than can be read.
func (f *Folder) Check(name string, shape ...int) error {
	t, ok := f.find(name)
	if !ok {
		return fmt.Errorf("%s: tensor %s: not in the file, expected with shape %d; %s",
			f.path(f.listing), label(name), shape, adviseMismatch)
	}
	return t.check(shape, adviseMismatch)
}

// Tensor reads a tensor, row-major, into a new slice. It fails as Check does.
func (f *Folder) Tensor(name string, shape ...int) ([]float32, error) {
	if err := f.Check(name, shape...); err != nil {
		return nil, err
	}
	t, _ := f.find(name)
	return readWhole(t)
}

func (f *Folder) must(name string) (array, error) {
	if t, ok := f.find(name); ok {
		return t, nil
	}
	return nil, fmt.Errorf("%s: tensor %s: not in the file; %s", f.path(f.listing), label(name), adviseMismatch)
}

func (f *Folder) find(name string) (array, bool) {
	if t, ok := f.tensors[name]; ok {
		return t, true
	}
	if t, ok := f.tensors["transformer."+name]; ok {
		return t, true
	}
	if name == embeddingName && f.tied {
		return f.find(headName)
	}
	return nil, false
}

// path is what messages call a file of the folder.
func (f *Folder) path(file string) string {
	return path.Join(f.name, file)
}

// WeightFiles are the names of the files that hold the tensors, until Close.
func (f *Folder) WeightFiles() []string {
	var names []string
	for _, file := range f.files {
		names = append(names, file.name)
	}
	return names
}

// TokenizerFiles are the names of the files that Vocabulary reads.
func (f *Folder) TokenizerFiles() []string {
	var names []string
	for _, name := range append([]string{tokenizerFile, vocabFile, mergesFile, wordsFile, addedFile, settingsFile, namesFile, templateFile}, spieceFiles...) {
		if _, err := fs.Stat(f.fsys, name); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// TokenizerFile returns the content of one of TokenizerFiles.
func (f *Folder) TokenizerFile(name string) ([]byte, error) { return f.read(name, maxTokenizer) }
