// Package convert writes a model in another container or another precision: as a GGUF file, which llama.cpp opens, or as
// a Hugging Face folder, which transformers opens. Both are read by package weights as well.
package convert

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"inkling/engine"
	"inkling/engine/gpt2"
	"inkling/engine/weights"
)

// Precision is how the numbers of a model are stored.
type Precision string

const (
	F32 Precision = "f32"
	F16 Precision = "f16"
	Q8  Precision = "q8" // Q8_0 of GGUF
	Q4  Precision = "q4" // Q4_0 of GGUF
)

// Precisions are all there are, from the smallest file to the largest.
func Precisions() []Precision { return []Precision{Q4, Q8, F16, F32} }

// Options say how a model is converted.
type Options struct {
	Precision Precision // "": that of the source's matrices, or the next one that the destination has
	Force     bool      // an existing destination is replaced
	// Progress is called now and then with the share of the numbers that are written, from 0 to 1; it may be nil.
	Progress func(share float64)
}

// Result describes what was written.
type Result struct {
	Precision  Precision
	Parameters int
	Bytes      int64
	// AsF16 counts the matrices that are stored as F16 because the blocks of the precision do not fit their rows.
	AsF16 int
}

// Run converts the model called source, as engine.Open knows it, to a GGUF file where destination ends in ".gguf" and to a
// folder otherwise. Everything is written under another name beside the destination, which it gets at the end; whatever
// goes wrong, ctx ending included, nothing of it stays. The error is one line.
func Run(ctx context.Context, source, destination string, o Options) (Result, error) {
	if err := check(source, destination, o); err != nil {
		return Result{}, err
	}
	files, err := engine.Source(source)
	if err != nil {
		return Result{}, err
	}
	defer files.Close()
	m, err := open(ctx, source, files, o.Progress)
	if err != nil {
		return Result{}, err
	}
	file := weights.IsGGUF(destination)
	if o.Precision == "" {
		o.Precision = m.precision(file)
	}
	result := Result{Precision: o.Precision, Parameters: m.elements}
	if file {
		result.Bytes, err = writeFile(destination, o.Force, func(w *output) error {
			result.AsF16, err = m.writeGGUF(w, o.Precision)
			return err
		})
	} else {
		result.Bytes, err = writeFolder(destination, o.Force, func(dir string) (int64, error) { return m.writeFolder(dir, destination, o.Precision) })
	}
	return result, err
}

// check refuses what cannot be done before anything is read.
func check(source, destination string, o Options) error {
	switch o.Precision {
	case "", F16, F32:
	case Q8, Q4:
		if !weights.IsGGUF(destination) {
			return fmt.Errorf("%s: a folder holds f16 or f32, not %s; give a destination that ends in .gguf", destination, o.Precision)
		}
	default:
		return fmt.Errorf("weights %q, expected one of %v", o.Precision, Precisions())
	}
	if source != engine.Starter && same(source, destination) {
		return fmt.Errorf("%s: the source and the destination are the same", destination)
	}
	return checkFree(destination, weights.IsGGUF(destination), o.Force)
}

// A model is a source with what is to be written of it.
type model struct {
	weights.Source
	ctx        context.Context
	name       string
	config     gpt2.Config
	vocabulary weights.Vocabulary
	tokenizer  map[string][]byte // the files of another tokenizer than GPT-2's, which are copied; nil for that
	tensors    []tensor
	elements   int // of all tensors
	done       int // elements that were handed over
	progress   func(float64)
}

// A tensor is one of a GPT-2's.
type tensor struct {
	name  string
	shape []int // that of transformers: a linear layer is (in, out)
	// linear is set for the matrix of a linear layer, which is stored either way round; matrix for these, the token embedding
	// and the output head, which have the precision that was asked for.
	linear, matrix bool
}

func (t tensor) elements() int {
	n := 1
	for _, d := range t.shape {
		n *= d
	}
	return n
}

// open reads what comes before the tensors.
func open(ctx context.Context, name string, files weights.Source, progress func(float64)) (*model, error) {
	m := &model{Source: files, ctx: ctx, name: name, progress: progress}
	var err error
	if m.config, err = gpt2.ParseConfig(files.Config()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if m.vocabulary, err = files.Vocabulary(); err != nil {
		return nil, err
	}
	for piece, id := range m.vocabulary.Pieces {
		if id >= m.config.Vocab {
			return nil, fmt.Errorf("%s: the tokenizer has the piece %q with the id %d, but the model has %d ids; the files do not belong together", name, piece, id, m.config.Vocab)
		}
	}
	if err := m.keepTokenizer(); err != nil {
		return nil, err
	}
	m.tensors = list(m.config)
	own, err := m.ownHead()
	if err != nil {
		return nil, err
	}
	if own {
		m.tensors = append(m.tensors, m.head())
	}
	for _, t := range m.tensors {
		m.elements += t.elements()
	}
	return m, nil
}

// keepTokenizer reads the files of a tokenizer that is not GPT-2's byte-level BPE: a folder gets them as they are.
func (m *model) keepTokenizer() error {
	if m.vocabulary.WordPiece == nil && m.vocabulary.Pipeline == nil {
		return nil
	}
	folder, ok := m.Source.(*weights.Folder)
	if !ok {
		return fmt.Errorf("%s: its tokenizer is of another kind than GPT-2's, expected that in a GGUF file", m.name)
	}
	m.tokenizer = map[string][]byte{}
	for _, name := range folder.TokenizerFiles() {
		data, err := folder.TokenizerFile(name)
		if err != nil {
			return err
		}
		m.tokenizer[name] = data
	}
	return nil
}

// list returns the tensors of a model without an output head of its own.
func list(c gpt2.Config) []tensor {
	c.Tied = true
	var tensors []tensor
	for _, t := range c.Tensors() {
		tensors = append(tensors, tensor{name: t.Name, shape: t.Shape, linear: t.Kind == gpt2.Linear, matrix: t.Kind != gpt2.Floats})
	}
	return tensors
}

// head is the output head, where the model has one of its own.
func (m *model) head() tensor {
	c := m.config
	c.Tied = false
	all := c.Tensors()
	last := all[len(all)-1]
	return tensor{name: last.Name, shape: last.Shape, matrix: true}
}

// ownHead reports whether the output head is another matrix than the token embedding, by the rules of gpt2.Load.
func (m *model) ownHead() (bool, error) {
	head, embedding := m.head(), m.tensors[0]
	if !m.Has(head.name) {
		if m.config.Tied {
			return false, nil
		}
		_, err := m.Shape(head.name)
		return true, err
	}
	for _, t := range []tensor{head, embedding} {
		if err := m.checkShape(t); err != nil {
			return false, err
		}
	}
	n := rowsAtOnce(m.config.Width)
	a, b := make([]float32, n*m.config.Width), make([]float32, n*m.config.Width)
	for lo := 0; lo < m.config.Vocab; lo += n {
		if err := m.ctx.Err(); err != nil {
			return false, err
		}
		hi := min(lo+n, m.config.Vocab)
		a, b := a[:(hi-lo)*m.config.Width], b[:(hi-lo)*m.config.Width]
		if err := m.Rows(head.name, lo, hi, a); err != nil {
			return false, err
		}
		if err := m.Rows(embedding.name, lo, hi, b); err != nil {
			return false, err
		}
		for i := range a {
			if a[i] != b[i] {
				return true, nil
			}
		}
	}
	return false, nil
}

// precision is that of the source's matrices. One that the destination does not have becomes the next one that loses
// nothing, or hardly anything.
func (m *model) precision(file bool) Precision {
	count := make(map[string]int)
	quantised := 0
	for _, t := range m.tensors {
		if t.matrix {
			kind := m.DType(t.name)
			count[kind]++
			if !slices.Contains([]string{"F64", "F32", "BF16", "F16"}, kind) {
				quantised++
			}
		}
	}
	switch {
	case quantised > 0 && !file:
		return F32
	case quantised > 0 && quantised == count["Q4_0"]:
		return Q4
	case quantised > 0:
		return Q8
	case count["F64"]+count["F32"]+count["BF16"] > 0: // a bfloat16 may be too large or too small for F16
		return F32
	}
	return F16
}

// modelName is what a model is called in its metadata.
func (m *model) modelName() string {
	name := filepath.Base(filepath.Clean(m.name))
	if weights.IsGGUF(name) {
		return name[:len(name)-len(".gguf")]
	}
	return name
}
