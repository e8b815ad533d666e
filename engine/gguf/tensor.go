package gguf

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// chunk is how many bytes of a tensor are in memory before they are decoded.
const chunk = 256 << 10

// A Tensor is a tensor of a file. Its methods may be called from several goroutines.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int // outermost dimension first

	file   io.ReaderAt
	layout layout
	begin  int64 // offset in the file
	size   int64 // bytes
}

// measure returns the bytes that a tensor of the shape takes.
func (l layout) measure(shape []int) (int64, error) {
	if len(shape) > 0 {
		if row := int64(shape[len(shape)-1]); row%l.elements != 0 {
			return 0, fmt.Errorf("rows of %d elements, expected a multiple of %d for %s", row, l.elements, l.name)
		}
	} else if l.elements > 1 {
		return 0, fmt.Errorf("a single number, expected rows of a multiple of %d for %s", l.elements, l.name)
	}
	elements := int64(1)
	for _, n := range shape {
		if n != 0 && elements > math.MaxInt64/l.bytes/int64(n) {
			return 0, fmt.Errorf("shape %v of %s is larger than any file", shape, l.name)
		}
		elements *= int64(n)
	}
	return elements / l.elements * l.bytes, nil
}

// rows splits a shape into the outermost dimension and the elements of one of its rows. A single number is one row.
func rows(shape []int) (n, width int) {
	n, width = 1, 1
	if len(shape) > 0 {
		n = shape[0]
	}
	for _, d := range shape[min(1, len(shape)):] {
		width *= d
	}
	return n, width
}

// Readable returns an error when the type of the tensor cannot be decoded.
func (t *Tensor) Readable() error {
	if t.layout.decode == nil {
		return fmt.Errorf("tensor %s: type %s cannot be read; get the model in another quantisation, such as Q8_0 or Q4_K", label(t.Name), t.Type)
	}
	return nil
}

// ReadRows reads rows lo to hi (hi not included) of the outermost dimension into dst, which is as long as they are; of a
// vector, each element is a row. Beside dst it needs a few hundred kilobytes.
func (t *Tensor) ReadRows(lo, hi int, dst []float32) error {
	if err := t.Readable(); err != nil {
		return err
	}
	n, width := rows(t.Shape)
	if lo < 0 || hi < lo || hi > n || len(dst) != (hi-lo)*width {
		return fmt.Errorf("tensor %s: rows %d to %d into %d values, expected rows within 0 to %d of %d values each", label(t.Name), lo, hi, len(dst), n, width)
	}
	if err := t.read(int64(lo)*int64(width), dst); err != nil {
		return fmt.Errorf("tensor %s: %w", label(t.Name), err)
	}
	return nil
}

// read reads elements from first on. At either end they may begin or stop within a block.
func (t *Tensor) read(first int64, dst []float32) error {
	l := t.layout
	buffer := make([]byte, min(chunk/l.bytes, int64(len(dst))/l.elements+1)*l.bytes)
	var part []float32 // one block, of which some elements are wanted
	for len(dst) > 0 {
		block, skip := first/l.elements, int(first%l.elements)
		blocks := min(int64(len(dst))/l.elements, int64(len(buffer))/l.bytes)
		partial := skip > 0 || blocks == 0
		if partial {
			blocks = 1
		}
		data := buffer[:blocks*l.bytes]
		if err := readFull(t.file, data, t.begin+block*l.bytes); err != nil {
			return err
		}
		n := int(blocks * l.elements)
		if partial {
			if part == nil {
				part = make([]float32, l.elements)
			}
			l.decode(part, data)
			n = copy(dst, part[skip:])
		} else {
			l.decode(dst[:n], data)
		}
		dst, first = dst[n:], first+int64(n)
	}
	return nil
}

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
