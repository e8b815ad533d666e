package gguf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Info describes a tensor that is to be written.
type Info struct {
	Name  string
	Type  Type  // F32, F16, Q8_0 or Q4_0
	Shape []int // outermost dimension first
}

// A Writer writes a file from its beginning to its end: what NewWriter is given, then the tensors in that order.
type Writer struct {
	out       *bufio.Writer
	alignment int64
	at        int64   // bytes written
	tensors   []sized // those that are not complete; the first of them is being written
	buffer    []byte
	err       error // of an earlier call: what was written since is not a file
}

type sized struct {
	Info
	layout layout
	left   int64 // bytes
}

// NewWriter begins a file of version 3 with all that comes before the tensors' data. A name has at most 63 bytes, as ggml
// wants it, and rows are whole blocks of their type. The alignment is general.alignment of the metadata, or 32.
func NewWriter(w io.Writer, m Metadata, tensors []Info) (*Writer, error) {
	alignment, err := m.alignment()
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32([]byte(magic), 3)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(tensors)))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(m)))
	seen := make(map[string]bool)
	for _, p := range m {
		if seen[p.Key] {
			return nil, fmt.Errorf("key %s is given twice", label(p.Key))
		}
		seen[p.Key] = true
		if head, err = appendValue(appendText(head, p.Key), p.Value); err != nil {
			return nil, fmt.Errorf("key %s: %w", label(p.Key), err)
		}
	}
	f := &Writer{out: bufio.NewWriterSize(w, 256<<10), alignment: alignment}
	if head, err = f.list(head, tensors); err != nil {
		return nil, err
	}
	f.write(head)
	f.pad()
	f.next()
	return f, f.err
}

// list appends the list of the tensors to the head and takes note of what has to be written.
func (f *Writer) list(head []byte, tensors []Info) ([]byte, error) {
	seen := make(map[string]bool)
	var offset int64
	for _, t := range tensors {
		l, size, err := t.check()
		if err != nil {
			return nil, fmt.Errorf("tensor %s: %w", label(t.Name), err)
		}
		if seen[t.Name] {
			return nil, fmt.Errorf("tensor %s is given twice", label(t.Name))
		}
		seen[t.Name] = true
		head = appendText(head, t.Name)
		head = binary.LittleEndian.AppendUint32(head, uint32(len(t.Shape)))
		for i := len(t.Shape) - 1; i >= 0; i-- {
			head = binary.LittleEndian.AppendUint64(head, uint64(t.Shape[i]))
		}
		head = binary.LittleEndian.AppendUint32(head, uint32(t.Type))
		head = binary.LittleEndian.AppendUint64(head, uint64(offset))
		f.tensors = append(f.tensors, sized{t, l, size})
		if size > math.MaxInt64/2-offset {
			return nil, fmt.Errorf("tensor %s: the file would be larger than any disk", label(t.Name))
		}
		offset = align(offset+size, f.alignment)
	}
	return head, nil
}

func (t Info) check() (layout, int64, error) {
	l, err := t.Type.layout()
	switch {
	case err != nil:
		return layout{}, 0, err
	case l.encode == nil:
		return layout{}, 0, fmt.Errorf("type %s cannot be written, expected F32, F16, Q8_0 or Q4_0", t.Type)
	case t.Name == "" || len(t.Name) > maxName:
		return layout{}, 0, fmt.Errorf("a name of %d bytes, expected 1 to %d", len(t.Name), maxName)
	case len(t.Shape) > maxRank:
		return layout{}, 0, fmt.Errorf("%d dimensions, expected at most %d", len(t.Shape), maxRank)
	}
	for _, n := range t.Shape {
		if n < 0 {
			return layout{}, 0, fmt.Errorf("shape %v, expected no negative numbers", t.Shape)
		}
	}
	size, err := l.measure(t.Shape)
	return l, size, err
}

// Write writes the next values of the tensor whose turn it is, row-major: whole rows, or whole blocks of its type. A value
// that the type cannot hold is an error that names the tensor.
func (f *Writer) Write(values []float32) error {
	if f.err != nil {
		return f.err
	}
	const most = 16 << 10 // elements encoded at a time, a multiple of every block
	for len(values) > 0 {
		if len(f.tensors) == 0 {
			return f.fail(fmt.Errorf("%d values beyond the last tensor", len(values)))
		}
		t := &f.tensors[0]
		n := min(len(values), most, int(t.left/t.layout.bytes*t.layout.elements))
		if n%int(t.layout.elements) != 0 {
			return f.fail(fmt.Errorf("tensor %s: %d values, expected a multiple of %d for %s", label(t.Name), n, t.layout.elements, t.Type))
		}
		var err error
		if f.buffer, err = t.layout.encode(f.buffer[:0], values[:n]); err != nil {
			return f.fail(fmt.Errorf("tensor %s: %w", label(t.Name), err))
		}
		f.write(f.buffer)
		values, t.left = values[n:], t.left-int64(len(f.buffer))
		f.next()
	}
	return f.err
}

// next leaves the tensors that are complete behind.
func (f *Writer) next() {
	for len(f.tensors) > 0 && f.tensors[0].left == 0 {
		f.pad()
		f.tensors = f.tensors[1:]
	}
}

// Close completes the file; it does not close what the file is written to. A tensor that lacks values is an error.
func (f *Writer) Close() error {
	if f.err != nil {
		return f.err
	}
	if len(f.tensors) > 0 {
		t := f.tensors[0]
		return f.fail(fmt.Errorf("tensor %s: %d bytes are still to be written", label(t.Name), t.left))
	}
	if err := f.out.Flush(); err != nil {
		return f.fail(err)
	}
	f.err = errClosed
	return nil
}

var errClosed = errors.New("the file is closed")

func (f *Writer) pad() { f.write(make([]byte, align(f.at, f.alignment)-f.at)) }

func (f *Writer) write(data []byte) {
	n, err := f.out.Write(data)
	f.at += int64(n)
	f.keep(err)
}

func (f *Writer) keep(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *Writer) fail(err error) error {
	f.keep(err)
	return f.err
}

func appendText(dst []byte, text string) []byte {
	return append(binary.LittleEndian.AppendUint64(dst, uint64(len(text))), text...)
}

// appendValue appends the type of a value and the value.
func appendValue(dst []byte, value any) ([]byte, error) {
	kind, count := kindOf(value)
	if count >= 0 {
		dst = binary.LittleEndian.AppendUint32(dst, typeArray)
	}
	dst = binary.LittleEndian.AppendUint32(dst, kind)
	if count >= 0 {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(count))
	}
	switch x := value.(type) {
	case string:
		return appendText(dst, x), nil
	case []string:
		for _, text := range x {
			dst = appendText(dst, text)
		}
		return dst, nil
	}
	if kind == typeArray {
		return nil, fmt.Errorf("a value of type %T, which GGUF does not have", value)
	}
	return binary.Append(dst, binary.LittleEndian, value)
}

// kindOf returns the type of a value, or of the elements of an array and their number, which is -1 for what is no array.
// It is typeArray for what cannot be stored.
func kindOf(value any) (kind uint32, count int) {
	switch x := value.(type) {
	case bool:
		return typeBool, -1
	case []bool:
		return typeBool, len(x)
	case string:
		return typeString, -1
	case []string:
		return typeString, len(x)
	case uint8:
		return typeUint8, -1
	case []uint8:
		return typeUint8, len(x)
	case int8:
		return typeInt8, -1
	case []int8:
		return typeInt8, len(x)
	case uint16:
		return typeUint16, -1
	case []uint16:
		return typeUint16, len(x)
	case int16:
		return typeInt16, -1
	case []int16:
		return typeInt16, len(x)
	case uint32:
		return typeUint32, -1
	case []uint32:
		return typeUint32, len(x)
	case int32:
		return typeInt32, -1
	case []int32:
		return typeInt32, len(x)
	case uint64:
		return typeUint64, -1
	case []uint64:
		return typeUint64, len(x)
	case int64:
		return typeInt64, -1
	case []int64:
		return typeInt64, len(x)
	case float32:
		return typeFloat32, -1
	case []float32:
		return typeFloat32, len(x)
	case float64:
		return typeFloat64, -1
	case []float64:
		return typeFloat64, len(x)
	}
	return typeArray, -1
}
