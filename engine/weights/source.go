package weights

import (
	"fmt"
	"slices"

	"inkling/engine/torchfile"
)

// A Source is an open model: a Folder, or a GGUF file. Its methods, Close apart, may be called from several goroutines.
// Tensors go by their names in transformers' GPT-2, without the prefix "transformer.".
type Source interface {
	// Config returns config.json, or one that says the same.
	Config() []byte
	// Vocabulary returns what the tokenizer is made of.
	Vocabulary() (Vocabulary, error)
	// Has says whether there is a tensor of that name; the following methods fail where there is none.
	Has(name string) bool
	// DType returns the type of a tensor's elements, such as "F16" or "Q8_0", or "".
	DType(name string) string
	// Shape returns the shape of a tensor, outermost dimension first.
	Shape(name string) ([]int, error)
	// Rows reads rows lo to hi (hi not included) of a tensor's outermost dimension into dst, which is as long as they are;
	// of a vector, each element is a row.
	Rows(name string, lo, hi int, dst []float32) error
	// Transposed reports whether a matrix has a row for each input of its layer, and not one for each output.
	Transposed(name string) bool
	// Tensor reads a tensor that must have the shape into a new slice.
	Tensor(name string, shape ...int) ([]float32, error)
	// Close closes the files. Tensors that were read stay valid.
	Close() error
}

var (
	_ Source = (*Folder)(nil)
	_ Source = (*GGUF)(nil)
)

// An array is a tensor in a file of one of the formats. Errors name the file and the tensor.
type array interface {
	dimensions() []int
	elements() string // type
	readRows(lo, hi int, dst []float32) error
	mismatch(shape []int, advice string) error // it does not have that shape
}

// readWhole reads all of a tensor, which must have the shape.
func readWhole(t array, shape []int, advice string) ([]float32, error) {
	if !slices.Equal(t.dimensions(), shape) {
		return nil, t.mismatch(shape, advice)
	}
	n, elements := 1, 1
	if len(shape) > 0 {
		n = shape[0]
	}
	for _, d := range shape {
		elements *= d
	}
	values := make([]float32, elements)
	return values, t.readRows(0, n, values)
}

// foreign is a tensor in a file that another package reads.
type foreign struct {
	path  string // of the file
	name  string // in the file
	dtype string
	shape []int
	read  func(lo, hi int, dst []float32) error
}

func (t foreign) dimensions() []int { return t.shape }

func (t foreign) elements() string { return t.dtype }

func (t foreign) readRows(lo, hi int, dst []float32) error {
	if err := t.read(lo, hi, dst); err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	return nil
}

func (t foreign) mismatch(shape []int, advice string) error {
	return fmt.Errorf("%s: tensor %s: shape %s, expected %d; %s", t.path, label(t.name), shorten(fmt.Sprint(t.shape)), shape, advice)
}

// readTorch returns the tensors of a file of PyTorch's by their names.
func readTorch(f *file) (map[string]array, error) {
	read, err := torchfile.Read(f, f.size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	tensors := make(map[string]array)
	for _, t := range read.Tensors {
		tensors[t.Name] = foreign{f.path, t.Name, t.DType, t.Shape, t.ReadRows}
	}
	return tensors, nil
}
