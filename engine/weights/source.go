package weights

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	// Check returns an error when a tensor is missing, has another shape or cannot be read.
	Check(name string, shape ...int) error
	// DType returns the type of a tensor's elements, such as "F16" or "Q8_0", or "".
	DType(name string) string
	// Shape returns the shape of a tensor, outermost dimension first.
	Shape(name string) ([]int, error)
	// Rows reads rows lo to hi (hi not included) of a tensor's outermost dimension into dst, which is as long as they are;
	// of a vector, each element is a row.
	Rows(name string, lo, hi int, dst []float32) error
	// Transposed reports whether a matrix has a row for each input of its layer, and not one for each output.
	Transposed(name string) bool
	// Tensors lists all tensors, by the names that they have in the file.
	Tensors() []Tensor
	// Tensor reads a tensor into a new slice. It fails as Check does.
	Tensor(name string, shape ...int) ([]float32, error)
	// WeightFiles are the names of the files that hold the tensors, in the folder that they are in, until Close.
	WeightFiles() []string
	// TokenizerFiles are the names of the files that Vocabulary reads, in that folder, apart from those of the weights.
	TokenizerFiles() []string
	// Licence is what the model card (README.md) or the metadata name as the licence, or "".
	Licence() string
	// Generation returns generation_config.json, nil where there is none.
	Generation() ([]byte, error)
	// Close closes the files. Tensors that were read stay valid.
	Close() error
}

// A Tensor is what a file says of one.
type Tensor struct {
	Name  string // in the file
	DType string // of its elements, such as "F16" or "Q8_0"
	Shape []int  // outermost dimension first
}

var (
	_ Source = (*Folder)(nil)
	_ Source = (*GGUF)(nil)
)

// An array is a tensor in a file of one of the formats. Errors name the file and the tensor.
type array interface {
	dimensions() []int
	elements() string                       // type
	check(shape []int, advice string) error // that it has the shape, and elements that can be read
	readRows(lo, hi int, dst []float32) error
}

// list describes tensors in the order of their names, with numbers in these in their own order.
func list(tensors map[string]array) []Tensor {
	all := make([]Tensor, 0, len(tensors))
	for name, t := range tensors {
		all = append(all, Tensor{name, t.elements(), slices.Clone(t.dimensions())})
	}
	slices.SortFunc(all, func(a, b Tensor) int { return compareNames(a.Name, b.Name) })
	return all
}

// compareNames has "h.9" before "h.10", and numbers before words.
func compareNames(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, notM := strconv.ParseUint(x[i], 10, 32)
		n, notN := strconv.ParseUint(y[i], 10, 32)
		var order int
		switch {
		case notM == nil && notN == nil:
			order = cmp.Compare(m, n)
		case notM == nil:
			order = -1
		case notN == nil:
			order = 1
		}
		if order = cmp.Or(order, strings.Compare(x[i], y[i])); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(x), len(y))
}

// readWhole reads all of a tensor.
func readWhole(t array) ([]float32, error) {
	n, elements := 1, 1
	if shape := t.dimensions(); len(shape) > 0 {
		n = shape[0]
	}
	for _, d := range t.dimensions() {
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
	rows  reader
}

// reader is what a tensor of such a package has.
type reader interface {
	Readable() error
	ReadRows(lo, hi int, dst []float32) error
}

func (t foreign) dimensions() []int { return t.shape }

func (t foreign) elements() string { return t.dtype }

func (t foreign) readRows(lo, hi int, dst []float32) error {
	if err := t.rows.ReadRows(lo, hi, dst); err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	return nil
}

func (t foreign) check(shape []int, advice string) error {
	if err := t.rows.Readable(); err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	if !slices.Equal(t.shape, shape) {
		return fmt.Errorf("%s: tensor %s: shape %s, expected %d; %s", t.path, label(t.name), shorten(fmt.Sprint(t.shape)), shape, advice)
	}
	return nil
}

// readTorch returns the tensors of a file of PyTorch's by their names.
func readTorch(f *file) (map[string]array, error) {
	read, err := torchfile.Read(f, f.size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	tensors := make(map[string]array)
	for _, t := range read.Tensors {
		tensors[t.Name] = foreign{f.path, t.Name, t.DType, t.Shape, t}
	}
	return tensors, nil
}
