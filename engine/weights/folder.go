// Package weights reads model folders in the layout that Hugging Face publishes GPT-2 in:
//
//	config.json                     the hyperparameters
//	model.safetensors               the tensors, or
//	model.safetensors.index.json    a list of the shards that hold them
//	vocab.json, merges.txt          the tokenizer, or
//	tokenizer.json                  the same in one file
//	added_tokens.json               further special tokens (optional)
//
// A folder comes from anywhere and may be damaged or hostile: every size that a file states is
// held against the file before memory is set aside for it, and an error is one line that names the
// file, what was found, what was expected and what to do.
package weights

import (
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

// Largest sizes of the files that are read whole, in bytes.
const (
	maxConfig    = 1 << 20
	maxIndex     = 64 << 20
	maxTokenizer = 64 << 20
)

// What messages advise.
const (
	adviseNeeds    = "a model folder needs config.json, model.safetensors, and vocab.json with merges.txt (or tokenizer.json)"
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
	tensors map[string]tensor // by the name in the file
	listing string            // the file that says which tensors there are
}

// Open opens the model folder at the root of fsys and checks the headers of its weight files; no
// tensor is read yet. Messages call the folder name. Files that do not implement io.ReaderAt are
// read whole.
func Open(fsys fs.FS, name string) (*Folder, error) {
	f := &Folder{fsys: fsys, name: name, tensors: make(map[string]tensor)}
	if err := f.open(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Folder) open() error {
	root, err := fs.Stat(f.fsys, ".")
	if err != nil {
		return fmt.Errorf("%s: %w; %s", f.name, bare(err), adviseNeeds)
	}
	if !root.IsDir() {
		return fmt.Errorf("%s: not a folder; %s", f.name, adviseNeeds)
	}
	if err := f.openWeights(); err != nil {
		return err
	}
	f.config, err = f.read(configFile, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s", err, adviseNeeds)
	}
	return err
}

func (f *Folder) openWeights() error {
	f.listing = weightsFile
	single, err := f.openFile(weightsFile, math.MaxInt64)
	if err == nil {
		tensors, err := readHeader(single)
		if err != nil {
			return err
		}
		for _, t := range tensors {
			f.tensors[t.name] = t
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	index, indexErr := f.read(indexFile, maxIndex)
	if indexErr == nil {
		f.listing = indexFile
		return f.openShards(index)
	}
	if !errors.Is(indexErr, fs.ErrNotExist) {
		return indexErr
	}
	if other := f.otherFormat(); other != "" {
		return fmt.Errorf("%w, but there is %s; weights are read as safetensors only: convert them or download a version that has model.safetensors",
			err, label(other))
	}
	return fmt.Errorf("%w; %s", err, adviseNeeds)
}

// otherFormat returns the name of a file in the folder that holds weights in a format that is not
// read, or "".
func (f *Folder) otherFormat() string {
	entries, err := fs.ReadDir(f.fsys, ".")
	if err != nil {
		return ""
	}
	for _, pattern := range []string{"pytorch_model*.bin", "*.gguf", "*.ggml", "*.h5", "*.ckpt*", "checkpoint", "*.msgpack", "*.onnx", "*.pt", "*.pth"} {
		for _, entry := range entries {
			if match, _ := path.Match(pattern, strings.ToLower(entry.Name())); match {
				return entry.Name()
			}
		}
	}
	return ""
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

// Tensor reads a tensor, row-major, into a new slice; F64, F16 and BF16 become float32. It fails when
// there is none of that name (as for Has), or when it has another shape or another type of element.
func (f *Folder) Tensor(name string, shape ...int) ([]float32, error) {
	t, ok := f.find(name)
	if !ok {
		return nil, fmt.Errorf("%s: tensor %s: not in the file, expected with shape %d; %s",
			f.path(f.listing), label(name), shape, adviseMismatch)
	}
	return t.read(shape)
}

func (f *Folder) find(name string) (tensor, bool) {
	if t, ok := f.tensors[name]; ok {
		return t, true
	}
	t, ok := f.tensors["transformer."+name]
	return t, ok
}

// path is what messages call a file of the folder.
func (f *Folder) path(file string) string {
	return path.Join(f.name, file)
}
