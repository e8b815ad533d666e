package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"inkling/engine/dtype"
)

// The safetensors format (https://github.com/huggingface/safetensors#format):
//
//	8 bytes    N, little-endian
//	N bytes    JSON: {"NAME": {"dtype": "F16", "shape": [2, 3], "data_offsets": [BEGIN, END]}, ...}
//	the rest   the tensors' elements, little-endian, row-major
//
// Offsets count from the end of the header. The tensors cover the rest of the file without holes
// or overlap.

const (
	lengthSize = 8           // bytes before the header
	maxHeader  = 100_000_000 // bytes, the limit of the format's own implementation
	maxRank    = 64          // dimensions, the limit of PyTorch
	maxTensors = 1 << 14     // far above any GPT-2: the largest has some 600
)

// A tensor is where the elements of a tensor lie.
type tensor struct {
	file  *file
	name  string // as in the file
	dtype string
	shape []int
	begin int64 // offset in the file, bytes
	size  int64 // bytes
}

// readSafetensors returns the tensors of a safetensors file by their names.
func readSafetensors(f *file) (map[string]array, error) {
	tensors, err := parseHeader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	byName := make(map[string]array, len(tensors))
	for _, t := range tensors {
		byName[t.name] = t
	}
	return byName, nil
}

func parseHeader(f *file) ([]tensor, error) {
	if f.size < lengthSize {
		return nil, fmt.Errorf("%d bytes, expected a header length of %d bytes; %s", f.size, lengthSize, adviseCut)
	}
	var prefix [lengthSize]byte
	if err := f.readFull(prefix[:], 0); err != nil {
		return nil, err
	}
	if string(prefix[:]) == "version " {
		return nil, errors.New("a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull")
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxHeader {
		return nil, fmt.Errorf("header of %d bytes, expected at most %d; this is not a safetensors file", length, maxHeader)
	}
	if length > uint64(f.size-lengthSize) {
		return nil, fmt.Errorf("header of %d bytes, but only %d follow; %s", length, f.size-lengthSize, adviseCut)
	}
	header := make([]byte, length)
	if err := f.readFull(header, lengthSize); err != nil {
		return nil, err
	}
	if n := bytes.Count(header, []byte(`"data_offsets"`)); n > maxTensors {
		return nil, tooMany(n)
	}
	tensors, err := decodeHeader(header)
	if err != nil {
		return nil, fmt.Errorf("header: %w; %s", err, adviseFetch)
	}
	dataBegin := lengthSize + int64(length)
	if err := checkLayout(tensors, f.size-dataBegin); err != nil {
		return nil, err
	}
	for i := range tensors {
		tensors[i].file = f
		tensors[i].begin += dataBegin
	}
	return tensors, nil
}

func tooMany(n int) error {
	return fmt.Errorf("header: found %d tensors, expected at most %d; this is not the file of a GPT-2 model", n, maxTensors)
}

// decodeHeader reads the JSON; what it says is not checked yet, except that begin <= end.
func decodeHeader(header []byte) ([]tensor, error) {
	d, err := newDocument(header)
	if err != nil {
		return nil, err
	}
	var tensors []tensor
	err = d.object(func(name string) error {
		if name == "__metadata__" {
			return d.skip()
		}
		t, err := decodeTensor(d)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", label(name), err)
		}
		if len(tensors) == maxTensors {
			return fmt.Errorf("found more than %d tensors", maxTensors)
		}
		t.name = name
		tensors = append(tensors, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return tensors, d.end()
}

func decodeTensor(d *document) (tensor, error) {
	var t tensor
	var offsets []int64
	found := make(map[string]bool)
	err := d.object(func(key string) (err error) {
		found[key] = true
		switch key {
		case "dtype":
			t.dtype, err = d.text()
		case "shape":
			t.shape, err = decodeIntegers[int](d, maxRank)
		case "data_offsets":
			offsets, err = decodeIntegers[int64](d, 2)
		default:
			err = d.skip()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", label(key), err)
		}
		return nil
	})
	if err != nil {
		return t, err
	}
	for _, key := range []string{"dtype", "shape", "data_offsets"} {
		if !found[key] {
			return t, fmt.Errorf("no %s", key)
		}
	}
	if len(offsets) != 2 || offsets[0] > offsets[1] {
		return t, fmt.Errorf("data_offsets: found %d, expected [begin end]", offsets)
	}
	t.begin, t.size = offsets[0], offsets[1]-offsets[0]
	return t, nil
}

func decodeIntegers[T int | int64](d *document, most int) ([]T, error) {
	var values []T
	err := d.array(func() error {
		if len(values) == most {
			return fmt.Errorf("found more than %d numbers", most)
		}
		value, err := d.integer(math.MaxInt64)
		values = append(values, T(value))
		return err
	})
	return values, err
}

// checkLayout sorts the tensors by offset and checks that they cover the data, of that many
// bytes, exactly, and that the size of each is that of its shape.
func checkLayout(tensors []tensor, data int64) error {
	slices.SortFunc(tensors, func(a, b tensor) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name))
	})
	var end int64
	for _, t := range tensors {
		if t.begin != end {
			return fmt.Errorf("tensor %s: begins at byte %d of the data, expected %d; %s", label(t.name), t.begin, end, adviseFetch)
		}
		if t.size > data-end {
			return fmt.Errorf("tensor %s: bytes %d to %d of the data, but the file holds %d; %s",
				label(t.name), t.begin, t.begin+t.size, data, adviseCut)
		}
		if err := t.checkSize(); err != nil {
			return err
		}
		end += t.size
	}
	if end != data {
		return fmt.Errorf("%d bytes of data, but the tensors take %d; %s", data, end, adviseFetch)
	}
	return nil
}

// checkSize checks the size in bytes against the shape. A type that is unknown has no size to
// check; it matters only when the tensor is asked for.
func (t tensor) checkSize() error {
	size := dtype.Size(t.dtype)
	if size == 0 {
		return nil
	}
	for _, dimension := range t.shape {
		if dimension != 0 && size > math.MaxInt64/int64(dimension) {
			return fmt.Errorf("tensor %s: shape %s of %s is larger than any file; %s",
				label(t.name), shorten(fmt.Sprint(t.shape)), t.dtype, adviseFetch)
		}
		size *= int64(dimension)
	}
	if size != t.size {
		return fmt.Errorf("tensor %s: %d bytes, expected %d for shape %s of %s; %s",
			label(t.name), t.size, size, shorten(fmt.Sprint(t.shape)), t.dtype, adviseFetch)
	}
	return nil
}

func (t tensor) dimensions() []int { return t.shape }

func (t tensor) elements() string { return t.dtype }

// check returns an error unless the tensor has the shape and elements that can be read.
func (t tensor) check(shape []int, advice string) error {
	if dtype.Decoder(t.dtype) == nil {
		return t.errorf("dtype %s, expected F64, F32, F16 or BF16; convert the model to one of them", label(t.dtype))
	}
	if !slices.Equal(t.shape, shape) {
		return t.errorf("shape %s, expected %d; %s", shorten(fmt.Sprint(t.shape)), shape, advice)
	}
	return nil
}

// readRows reads to the end of dst's own memory and widens the elements from there, so that no other is needed; but for
// F64, which needs twice as much.
func (t tensor) readRows(lo, hi int, dst []float32) error {
	if err := t.check(t.shape, ""); err != nil {
		return err
	}
	n, width := 1, 1 // a single number is one row
	if len(t.shape) > 0 {
		n = t.shape[0]
	}
	for _, d := range t.shape[min(1, len(t.shape)):] {
		width *= d
	}
	if lo < 0 || hi < lo || hi > n || len(dst) != (hi-lo)*width {
		return t.errorf("rows %d to %d into %d values, expected rows within 0 to %d of %d values each", lo, hi, len(dst), n, width)
	}
	if len(dst) == 0 {
		return nil
	}
	size := int(dtype.Size(t.dtype))
	var raw []byte
	if size > 4 {
		raw = make([]byte, size*len(dst))
	} else {
		memory := unsafe.Slice((*byte)(unsafe.Pointer(&dst[0])), 4*len(dst))
		raw = memory[len(memory)-size*len(dst):]
	}
	if err := t.file.readFull(raw, t.begin+int64(lo)*int64(width)*int64(size)); err != nil {
		return t.errorf("%w", err)
	}
	dtype.Decoder(t.dtype)(dst, raw)
	return nil
}

func (t tensor) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: tensor %s: %w", t.file.path, label(t.name), fmt.Errorf(format, args...))
}
