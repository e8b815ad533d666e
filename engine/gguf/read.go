package gguf

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// A File is the metadata of a file and where its tensors lie.
type File struct {
	Metadata
	Tensors []*Tensor // in the order of the file
}

// Read reads the metadata and the list of tensors from a file of so many bytes; no tensor is read yet. The tensors read
// from r later on.
func Read(r io.ReaderAt, size int64) (*File, error) {
	h := &header{size: min(size, maxHeader), cut: size > maxHeader}
	h.r = bufio.NewReaderSize(io.NewSectionReader(r, 0, h.size), 64<<10)
	tensors, pairs, err := h.start()
	if err != nil {
		return nil, err
	}
	f := &File{}
	if f.Metadata, err = h.metadata(pairs); err != nil {
		return nil, err
	}
	alignment, err := f.alignment()
	if err != nil {
		return nil, fmt.Errorf("%w; %s", err, adviseFetch)
	}
	if f.Tensors, err = h.tensors(tensors); err != nil {
		return nil, err
	}
	if err := place(f.Tensors, align(h.at, alignment), alignment, size); err != nil {
		return nil, err
	}
	for _, t := range f.Tensors {
		t.file = r
	}
	return f, nil
}

// align returns the next multiple of alignment.
func align(n, alignment int64) int64 { return (n + alignment - 1) &^ (alignment - 1) }

// place checks that the tensors lie within the file and apart from each other, and turns their offsets, which count from
// the beginning of the data, into offsets in the file.
func place(tensors []*Tensor, data, alignment, size int64) error {
	order := slices.SortedFunc(slices.Values(tensors), func(a, b *Tensor) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.size, b.size))
	})
	room := size - data
	var end int64
	for _, t := range order {
		switch {
		case t.begin%alignment != 0:
			return fmt.Errorf("tensor %s: offset %d, expected a multiple of the alignment %d; %s", label(t.Name), t.begin, alignment, adviseFetch)
		case t.begin < end:
			return fmt.Errorf("tensor %s: bytes from %d of the data on, which another tensor holds up to %d; %s", label(t.Name), t.begin, end, adviseFetch)
		case t.size == 0:
			continue
		case t.begin > room || t.size > room-t.begin:
			return fmt.Errorf("tensor %s: %d bytes from %d of the data on, but the file holds %d; the file is cut short, download it again",
				label(t.Name), t.size, t.begin, max(room, 0))
		}
		end = t.begin + t.size
	}
	for _, t := range tensors {
		t.begin += data
	}
	return nil
}

// header reads what comes before the data.
type header struct {
	r    *bufio.Reader
	at   int64 // bytes read
	size int64 // bytes that can be read
	cut  bool  // the file goes on after them
}

// errShort is the error for a header that goes on beyond the end.
func (h *header) errShort() error {
	if h.cut {
		return fmt.Errorf("found more than %d bytes of metadata; this is not the file of a GPT-2 model", h.size)
	}
	return fmt.Errorf("the file ends within its metadata, after %d bytes; the file is cut short, download it again", h.size)
}

// bytes reads n bytes, valid until the next call of any method.
func (h *header) bytes(n int) ([]byte, error) {
	if int64(n) > h.size-h.at {
		return nil, h.errShort()
	}
	data, err := h.r.Peek(n)
	if err != nil {
		return nil, h.failed(err)
	}
	h.r.Discard(n)
	h.at += int64(n)
	return data, nil
}

func (h *header) failed(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the file is shorter than its stated size
	}
	return fmt.Errorf("reading metadata after %d bytes: %w", h.at, err)
}

func (h *header) uint32() (uint32, error) {
	data, err := h.bytes(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(data), nil
}

func (h *header) uint64() (uint64, error) {
	data, err := h.bytes(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(data), nil
}

// count reads a number of things, at most so many, that take at least so many bytes each.
func (h *header) count(what string, most uint64, least int64) (int, error) {
	n, err := h.uint64()
	if err != nil {
		return 0, err
	}
	if n > most {
		return 0, fmt.Errorf("found %d %s, expected at most %d; this is not the file of a GPT-2 model", n, what, most)
	}
	if left := h.size - h.at; n > uint64(left/least) {
		if h.cut {
			return 0, fmt.Errorf("found %d %s, expected no more metadata than %d bytes; this is not the file of a GPT-2 model", n, what, h.size)
		}
		return 0, fmt.Errorf("found %d %s, but only %d bytes follow; %s", n, what, left, adviseFetch)
	}
	return int(n), nil
}

func (h *header) text() (string, error) {
	n, err := h.count("bytes of a string", anyNumber, 1)
	if err != nil {
		return "", err
	}
	if n <= h.r.Size() {
		data, err := h.bytes(n)
		return string(data), err
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(h.r, data); err != nil {
		return "", h.failed(err)
	}
	h.at += int64(n)
	return string(data), nil
}

const (
	leastPair   = 8 + 4 + 1     // bytes of a key with its value
	leastTensor = 8 + 4 + 4 + 8 // bytes of a tensor in the list
	anyNumber   = math.MaxUint64
)

// start reads up to the numbers of tensors and keys.
func (h *header) start() (tensors, pairs int, err error) {
	head, err := h.bytes(len(magic))
	if err != nil {
		return 0, 0, err
	}
	if string(head) == "vers" {
		return 0, 0, errors.New("a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull")
	}
	if string(head) != magic {
		return 0, 0, fmt.Errorf("begins with %q, expected %q; this is not a GGUF file", head, magic)
	}
	version, err := h.uint32()
	switch {
	case err != nil:
		return 0, 0, err
	case version == 2 || version == 3:
	case version&0xffff == 0:
		return 0, 0, errors.New("a big-endian GGUF file, expected a little-endian one; convert the model again from its source")
	default:
		return 0, 0, fmt.Errorf("GGUF version %d, expected 2 or 3; convert the model again from its source", version)
	}
	if tensors, err = h.count("tensors", maxTensors, leastTensor); err != nil {
		return 0, 0, err
	}
	pairs, err = h.count("keys", maxPairs, leastPair)
	return tensors, pairs, err
}

func (h *header) metadata(n int) (Metadata, error) {
	var m Metadata
	seen := make(map[string]bool)
	for i := range n {
		key, err := h.text()
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		if seen[key] {
			return nil, fmt.Errorf("key %s appears twice; %s", label(key), adviseFetch)
		}
		seen[key] = true
		value, err := h.value()
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", label(key), err)
		}
		m = append(m, Pair{key, value})
	}
	return m, nil
}

// The numbers of the types of values.
const (
	typeUint8 = iota
	typeInt8
	typeUint16
	typeInt16
	typeUint32
	typeInt32
	typeFloat32
	typeBool
	typeString
	typeArray
	typeUint64
	typeInt64
	typeFloat64
)

func (h *header) value() (any, error) {
	kind, err := h.uint32()
	if err != nil {
		return nil, err
	}
	switch kind {
	case typeString:
		return h.text()
	case typeArray:
		return h.array()
	case typeBool:
		return one(h, toBool)
	case typeUint8:
		return one(h, toUint8)
	case typeInt8:
		return one(h, toInt8)
	case typeUint16:
		return one(h, toUint16)
	case typeInt16:
		return one(h, toInt16)
	case typeUint32:
		return one(h, toUint32)
	case typeInt32:
		return one(h, toInt32)
	case typeFloat32:
		return one(h, toFloat32)
	case typeUint64:
		return one(h, toUint64)
	case typeInt64:
		return one(h, toInt64)
	case typeFloat64:
		return one(h, toFloat64)
	}
	return nil, fmt.Errorf("type %d of value, expected 0 to %d; %s", kind, typeFloat64, adviseFetch)
}

func (h *header) array() (any, error) {
	kind, err := h.uint32()
	if err != nil {
		return nil, err
	}
	switch kind {
	case typeString:
		return h.texts()
	case typeArray:
		return nil, errors.New("an array of arrays, expected an array of numbers or strings; such files are not read")
	case typeBool:
		return many(h, toBool)
	case typeUint8:
		return many(h, toUint8)
	case typeInt8:
		return many(h, toInt8)
	case typeUint16:
		return many(h, toUint16)
	case typeInt16:
		return many(h, toInt16)
	case typeUint32:
		return many(h, toUint32)
	case typeInt32:
		return many(h, toInt32)
	case typeFloat32:
		return many(h, toFloat32)
	case typeUint64:
		return many(h, toUint64)
	case typeInt64:
		return many(h, toInt64)
	case typeFloat64:
		return many(h, toFloat64)
	}
	return nil, fmt.Errorf("type %d of the values of an array, expected 0 to %d; %s", kind, typeFloat64, adviseFetch)
}

func (h *header) texts() ([]string, error) {
	n, err := h.count("strings of an array", anyNumber, 8)
	if err != nil {
		return nil, err
	}
	values := make([]string, n)
	for i := range values {
		if values[i], err = h.text(); err != nil {
			return nil, fmt.Errorf("string %d of %d: %w", i+1, n, err)
		}
	}
	return values, nil
}

// A scalar turns the bytes of a value into the value.
type scalar[T any] struct {
	size int
	read func([]byte) T
}

var (
	toBool    = scalar[bool]{1, func(b []byte) bool { return b[0] != 0 }}
	toUint8   = scalar[uint8]{1, func(b []byte) uint8 { return b[0] }}
	toInt8    = scalar[int8]{1, func(b []byte) int8 { return int8(b[0]) }}
	toUint16  = scalar[uint16]{2, binary.LittleEndian.Uint16}
	toInt16   = scalar[int16]{2, func(b []byte) int16 { return int16(binary.LittleEndian.Uint16(b)) }}
	toUint32  = scalar[uint32]{4, binary.LittleEndian.Uint32}
	toInt32   = scalar[int32]{4, func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) }}
	toFloat32 = scalar[float32]{4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }}
	toUint64  = scalar[uint64]{8, binary.LittleEndian.Uint64}
	toInt64   = scalar[int64]{8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }}
	toFloat64 = scalar[float64]{8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }}
)

func one[T any](h *header, s scalar[T]) (any, error) {
	data, err := h.bytes(s.size)
	if err != nil {
		return nil, err
	}
	return s.read(data), nil
}

func many[T any](h *header, s scalar[T]) (any, error) {
	n, err := h.count("values of an array", anyNumber, int64(s.size))
	if err != nil {
		return nil, err
	}
	values := make([]T, n)
	for i := range values {
		data, err := h.bytes(s.size)
		if err != nil {
			return nil, err
		}
		values[i] = s.read(data)
	}
	return values, nil
}

func (h *header) tensors(n int) ([]*Tensor, error) {
	var tensors []*Tensor
	seen := make(map[string]bool)
	for i := range n {
		name, err := h.text()
		if err != nil {
			return nil, fmt.Errorf("tensor %d: %w", i+1, err)
		}
		if seen[name] {
			return nil, fmt.Errorf("tensor %s appears twice; %s", label(name), adviseFetch)
		}
		seen[name] = true
		t := &Tensor{Name: name}
		if err := h.tensor(t); err != nil {
			return nil, fmt.Errorf("tensor %s: %w", label(name), err)
		}
		tensors = append(tensors, t)
	}
	return tensors, nil
}

func (h *header) tensor(t *Tensor) error {
	rank, err := h.uint32()
	if err != nil {
		return err
	}
	if rank > maxRank {
		return fmt.Errorf("found %d dimensions, expected at most %d; %s", rank, maxRank, adviseFetch)
	}
	t.Shape = make([]int, rank)
	for i := range t.Shape {
		n, err := h.uint64()
		if err != nil {
			return err
		}
		if n > math.MaxInt {
			return fmt.Errorf("a dimension of %d; %s", n, adviseFetch)
		}
		t.Shape[int(rank)-1-i] = int(n) // innermost first in the file
	}
	kind, err := h.uint32()
	if err != nil {
		return err
	}
	offset, err := h.uint64()
	if err != nil {
		return err
	}
	if offset > math.MaxInt64/2 {
		return fmt.Errorf("offset %d is beyond any file; %s", offset, adviseFetch)
	}
	t.Type, t.begin = Type(kind), int64(offset)
	if t.layout, err = t.Type.layout(); err != nil {
		return err
	}
	if t.size, err = t.layout.measure(t.Shape); err != nil {
		return fmt.Errorf("%w; %s", err, adviseFetch)
	}
	return nil
}
