// Package torchfile reads the weights that PyTorch's torch.save writes from a state dict, such as pytorch_model.bin.
//
// Such a file is a pickle, which is a program: what Python runs when it loads one can be anything. This package runs only
// the few instructions that a dictionary of tensors is written with, and knows only the few names that occur in one;
// anything else is refused by its name. Of the two containers, it reads both:
//
//	zip      since PyTorch 1.6: ROOT/data.pkl, the pickle, and ROOT/data/KEY, the elements of each storage, not compressed
//	legacy   before: five pickles (magic number, version, system, state dict, keys of the storages), then for each key a
//	         uint64 number of elements and the elements
//
// A file may be damaged or hostile: what it states is held against its size before memory is set aside for it, the
// pickle is bounded in every direction, and an error is one line that says what was found and what to do.
//
// Sources: torch/serialization.py and torch/_utils.py of PyTorch; pickletools.py of Python.
package torchfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"inkling/engine/dtype"
)

const (
	adviseFetch   = "the file is damaged, download it again"
	adviseConvert = "convert the weights to model.safetensors, or get a version of the model that has it"
)

// sharing is how many times the file's size its tensors may add up to. A tied output head and the token embedding are
// one storage, so that twice the size is no surprise.
const sharing = 4

// A File is where the tensors of a state dict lie.
type File struct {
	Tensors []*Tensor // in the order of the state dict
}

// Read reads the pickle of a file of so many bytes; no tensor is read yet. The tensors read from r later on.
func Read(r io.ReaderAt, size int64) (*File, error) {
	var start [8]byte
	n, err := r.ReadAt(start[:min(size, int64(len(start)))], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the first bytes: %w", err)
	}
	var f *File
	switch head := string(start[:n]); {
	case len(head) >= 4 && head[:4] == "PK\x03\x04":
		f, err = readZip(r, size)
	case len(head) >= 1 && head[0] == opProto:
		f, err = readLegacy(r, size)
	case head == "version ":
		return nil, errors.New("a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull")
	default:
		return nil, fmt.Errorf("begins with %q, expected a zip file or a pickle; this is not a file of PyTorch's", head)
	}
	if err != nil {
		return nil, err
	}
	return f, f.check(size)
}

// check bounds what the tensors are together: a small file must not fill the memory by one storage in many tensors.
func (f *File) check(size int64) error {
	var total int64
	for _, t := range f.Tensors {
		t.most = sharing * size
		if !t.strided { // what few elements make up many is no more than that, one by one
			total += min(t.size, math.MaxInt64/2-total)
		}
	}
	if total/sharing > size {
		return fmt.Errorf("tensors of %d bytes, in a file of %d; %s", total, size, adviseFetch)
	}
	return nil
}

// A storage is the elements that tensors are views of.
type storage struct {
	key      string
	dtype    string // in the names of package dtype
	elements int64
	begin    int64 // offset in the file
}

func (s *storage) size() int64 { return s.elements * dtype.Size(s.dtype) }

// A Tensor is a tensor of a file. Its methods may be called from several goroutines.
type Tensor struct {
	Name  string
	DType string // in the names of the safetensors format: "F32"
	Shape []int  // outermost dimension first

	file    io.ReaderAt
	storage *storage
	offset  int64 // of the first element in the storage, in elements
	size    int64 // bytes, if no two elements are the same
	strides []int64
	strided bool  // the elements do not follow each other
	most    int64 // bytes that such a tensor may have
}

// newTensor checks that every element lies within the storage.
func newTensor(s *storage, offset int64, shape, strides []int64) (*Tensor, error) {
	t := &Tensor{DType: s.dtype, Shape: make([]int, len(shape)), storage: s, offset: offset, strides: strides}
	if len(shape) != len(strides) || len(shape) > maxRank || offset < 0 {
		return nil, fmt.Errorf("shape %d with strides %d at %d; %s", shape, strides, offset, adviseFetch)
	}
	elements, last, contiguous := int64(1), offset, int64(1)
	for i := len(shape) - 1; i >= 0; i-- {
		n, stride := shape[i], strides[i]
		if n < 0 || stride < 0 {
			return nil, fmt.Errorf("shape %d with strides %d at %d; %s", shape, strides, offset, adviseFetch)
		}
		t.Shape[i] = int(n)
		if n > 0 && elements > math.MaxInt64/8/n {
			return nil, fmt.Errorf("shape %d is larger than any file; %s", shape, adviseFetch)
		}
		elements *= n
		if n > 1 {
			if stride > (math.MaxInt64-last)/(n-1) {
				return nil, fmt.Errorf("shape %d with strides %d is larger than any file; %s", shape, strides, adviseFetch)
			}
			last += (n - 1) * stride
			t.strided = t.strided || stride != contiguous
		}
		contiguous = elements
	}
	if elements > 0 && last >= s.elements {
		return nil, fmt.Errorf("shape %d with strides %d at %d, but the storage %.60q holds %d elements; %s", shape, strides, offset, s.key, s.elements, adviseFetch)
	}
	t.size, t.strided = elements*dtype.Size(s.dtype), t.strided && elements > 0
	return t, nil
}

// Readable returns an error when the tensor has another type of element than F64, F32, F16 or BF16, or a few elements over and
// over.
func (t *Tensor) Readable() error {
	switch {
	case dtype.Decoder(t.DType) == nil:
		return fmt.Errorf("tensor %.60q: dtype %s, expected F64, F32, F16 or BF16; %s", t.Name, t.DType, adviseConvert)
	case t.strided && t.size > t.most:
		return fmt.Errorf("tensor %.60q: %d bytes of the same few elements, expected at most %d; %s", t.Name, t.size, t.most, adviseFetch)
	}
	return nil
}

// ReadRows reads rows lo to hi (hi not included) of the outermost dimension into dst, which is as long as they are; of a
// vector, each element is a row. Beside dst it needs a few hundred kilobytes.
func (t *Tensor) ReadRows(lo, hi int, dst []float32) error {
	if err := t.Readable(); err != nil {
		return err
	}
	if err := t.readRows(lo, hi, dst); err != nil {
		return fmt.Errorf("tensor %.60q: %w", t.Name, err)
	}
	return nil
}

func (t *Tensor) readRows(lo, hi int, dst []float32) error {
	n, width := 1, 1 // a single number is one row
	if len(t.Shape) > 0 {
		n = t.Shape[0]
	}
	for _, d := range t.Shape[min(1, len(t.Shape)):] {
		width *= d
	}
	if lo < 0 || hi < lo || hi > n || len(dst) != (hi-lo)*width {
		return fmt.Errorf("rows %d to %d into %d values, expected rows within 0 to %d of %d values each", lo, hi, len(dst), n, width)
	}
	if t.strided {
		return t.readStrided(lo, hi, dst)
	}
	size, decode := dtype.Size(t.DType), dtype.Decoder(t.DType)
	at := t.storage.begin + (t.offset+int64(lo)*int64(width))*size
	buffer := make([]byte, min(int64(len(dst))*size, chunk))
	for len(dst) > 0 {
		n := min(len(dst), len(buffer)/int(size))
		data := buffer[:int64(n)*size]
		if err := readFull(t.file, data, at); err != nil {
			return err
		}
		decode(dst[:n], data)
		dst, at = dst[n:], at+int64(len(data))
	}
	return nil
}

// chunk is how many bytes of a tensor are in memory before they are decoded.
const chunk = 256 << 10

// readFull fills buffer from the bytes at offset. A file that ends before that is io.ErrUnexpectedEOF.
func readFull(r io.ReaderAt, buffer []byte, offset int64) error {
	n, err := r.ReadAt(buffer, offset)
	if n == len(buffer) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading bytes %d to %d: %w", offset, offset+int64(len(buffer)), err)
}

// stateDict takes the tensors out of the value that a pickle stands for. Entries that are no tensors are left out.
func stateDict(value any, file io.ReaderAt) (*File, error) {
	d, ok := value.(*dict)
	if !ok {
		return nil, fmt.Errorf("holds %s, expected a dictionary of tensors; %s", describe(value), adviseConvert)
	}
	f := &File{}
	names := make(map[string]bool)
	for _, e := range d.entries {
		t, ok := e.value.(*Tensor)
		if !ok {
			continue
		}
		name, ok := e.key.(string)
		if !ok {
			return nil, fmt.Errorf("a tensor is called by %s, expected a string; %s", describe(e.key), adviseConvert)
		}
		if names[name] {
			return nil, fmt.Errorf("tensor %.60q appears twice; %s", name, adviseFetch)
		}
		names[name] = true
		named := *t // one tensor may have several names
		named.Name, named.file, named.Shape = name, file, slices.Clone(t.Shape)
		f.Tensors = append(f.Tensors, &named)
	}
	if len(f.Tensors) == 0 {
		return nil, fmt.Errorf("holds no tensors at the top level of its dictionary; save model.state_dict() from Python, or %s", adviseConvert)
	}
	return f, nil
}
