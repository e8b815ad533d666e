package gguf

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What the fixture holds is written again: the same keys, and the same numbers.
func TestWriteWhatWasRead(t *testing.T) {
	f, _ := fixture(t)
	var infos []Info
	for _, tensor := range f.Tensors {
		kind := F32
		if tensor.Type == F16 {
			kind = F16
		}
		infos = append(infos, Info{tensor.Name, kind, tensor.Shape})
	}
	var file bytes.Buffer
	w, err := NewWriter(&file, f.Metadata, infos)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range f.Tensors {
		if err := w.Write(all(t, tensor)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again := mustRead(t, file.Bytes())
	if !reflect.DeepEqual(again.Metadata, f.Metadata) {
		t.Errorf("\n got %v\nwant %v", again.Metadata, f.Metadata)
	}
	for i, tensor := range f.Tensors {
		got := again.Tensors[i]
		if got.Name != tensor.Name || got.Type != infos[i].Type || !slices.Equal(got.Shape, tensor.Shape) {
			t.Errorf("got %s %s %v, want %v", got.Name, got.Type, got.Shape, infos[i])
		}
		if !slices.Equal(all(t, got), all(t, tensor)) {
			t.Errorf("%s: the numbers differ", tensor.Name)
		}
	}
}

// A file is the same whatever pieces its values come in.
func TestWriteInPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	infos := []Info{{"a", F32, []int{40, 1000}}, {"nothing", F16, []int{0, 5}}, {"b", F16, []int{3}}, {"c", Q8_0, []int{10, 3200}}, {"d", Q4_0, []int{7, 32}}, {"end", F32, []int{0}}}
	values := make([]float32, 40000+3+32000+7*32)
	for i := range values {
		values[i] = random.Float32()
	}
	m := Metadata{{alignmentKey, uint32(128)}}
	write := func(piece func(left int) int) []byte {
		var file bytes.Buffer
		w, err := NewWriter(&file, m, infos)
		if err != nil {
			t.Fatal(err)
		}
		for rest := values; len(rest) > 0; {
			n := piece(len(rest))
			if err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	want := write(func(left int) int { return left })
	blocks := func(left int) int { // whole blocks, but within the first three tensors
		if left > 32000+7*32 {
			return min(left-32000-7*32, 999)
		}
		return 32
	}
	if !bytes.Equal(write(blocks), want) {
		t.Error("the file depends on the pieces")
	}
	f := mustRead(t, want)
	var got []float32
	for _, tensor := range f.Tensors {
		if tensor.begin%128 != 0 {
			t.Errorf("%s begins at %d", tensor.Name, tensor.begin)
		}
		got = append(got, all(t, tensor)...)
	}
	if len(got) != len(values) || !slices.Equal(got[:40000], values[:40000]) {
		t.Error("the numbers differ")
	}
}

func TestNewWriterErrors(t *testing.T) {
	for _, test := range []struct {
		m    Metadata
		info []Info
		want string
	}{
		{Metadata{{"k", 1}}, nil, "key k: a value of type int, which GGUF does not have"},
		{Metadata{{"k", [][]string{}}}, nil, "key k: a value of type [][]string, which GGUF does not have"},
		{Metadata{{"k", nil}}, nil, "key k: a value of type <nil>, which GGUF does not have"},
		{Metadata{{"k", true}, {"k", true}}, nil, "key k is given twice"},
		{Metadata{{alignmentKey, uint32(3)}}, nil, "general.alignment: found 3 (uint32), expected a uint32 that is a power of two"},
		{nil, []Info{{"t", F32, nil}, {"t", F32, nil}}, "tensor t is given twice"},
		{nil, []Info{{"t", Q4_K, []int{256}}}, "tensor t: type Q4_K cannot be written, expected F32, F16, Q8_0 or Q4_0"},
		{nil, []Info{{"t", 4, []int{256}}}, "tensor t: type Q4_2 was removed"},
		{nil, []Info{{"t", Q8_0, []int{2, 80}}}, "tensor t: rows of 80 elements, expected a multiple of 32 for Q8_0"},
		{nil, []Info{{"", F32, nil}}, `tensor "": a name of 0 bytes, expected 1 to 63`},
		{nil, []Info{{strings.Repeat("x", 64), F32, nil}}, "a name of 64 bytes, expected 1 to 63"},
		{nil, []Info{{"t", F32, []int{1, 1, 1, 1, 1}}}, "tensor t: 5 dimensions, expected at most 4"},
		{nil, []Info{{"t", F32, []int{-1}}}, "tensor t: shape [-1], expected no negative numbers"},
		{nil, []Info{{"t", F32, []int{1 << 40, 1 << 40}}}, "is larger than any file"},
		{nil, []Info{{"s", F32, []int{1 << 59}}, {"t", F32, []int{1 << 59}}}, "tensor t: the file would be larger than any disk"},
	} {
		_, err := NewWriter(io.Discard, test.m, test.info)
		checkError(t, err, test.want)
	}
}

func TestWriteErrors(t *testing.T) {
	open := func() *Writer {
		w, err := NewWriter(io.Discard, nil, []Info{{"a", Q8_0, []int{2, 32}}, {"b", F16, []int{2}}})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := open()
	checkError(t, w.Close(), "tensor a: 68 bytes are still to be written")
	w = open()
	checkError(t, w.Write(make([]float32, 33)), "tensor a: 33 values, expected a multiple of 32 for Q8_0")
	checkError(t, w.Close(), "tensor a: 33 values")
	w = open()
	checkError(t, w.Write(make([]float32, 67)), "1 values beyond the last tensor")
	w = open()
	checkError(t, w.Write(append(make([]float32, 64), 1e6, 0)), "tensor b: value 1e+06, but F16 holds at most 65504")
	w = open()
	if err := w.Write(make([]float32, 66)); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	checkError(t, w.Write(make([]float32, 1)), "the file is closed")
}

// full is a disk with room for so many bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return f.room, errDisk
	}
	f.room -= len(p)
	return len(p), nil
}

// A disk that is full shows in Write or in Close, wherever it happens.
func TestFullDisk(t *testing.T) {
	const n = 200 << 10
	for _, room := range []int{0, 10, 100, 300 << 10, 4*n - 1, 4 * n} {
		w, err := NewWriter(&full{room}, nil, []Info{{"a", F32, []int{n}}})
		if err == nil {
			err = w.Write(make([]float32, n))
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	types, err := os.ReadFile("testdata/types.gguf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(types[:2000])
	f.Add(padded(append(head(1, 1), raw("k", uint32(typeArray), uint32(typeString), uint64(2), "a", "b", "t", uint32(2), uint64(32), uint64(2), uint32(Q8_0), uint64(0))...), make([]byte, 80)))
	f.Add(padded(append(head(2, 1), raw(alignmentKey, uint32(typeUint32), uint32(64), "t", uint32(1), uint64(2), uint32(F32), uint64(64), "u", uint32(0), uint32(F16), uint64(0))...), make([]byte, 200)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var file *File
		var err error
		if n := allocated(func() { file, err = read(data) }); n > 64*uint64(len(data))+4<<20 {
			t.Errorf("allocated %d bytes for a file of %d", n, len(data))
		}
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("the message is not one plain line: %q", err)
			}
			return
		}
		taken := make([]bool, len(data))
		var infos []Info
		var numbers [][]float32
		for _, tensor := range file.Tensors {
			elements := 1
			for _, n := range tensor.Shape {
				elements *= n
			}
			if int64(elements)*tensor.layout.bytes != tensor.size*tensor.layout.elements {
				t.Fatalf("%v of %s in %d bytes", tensor.Shape, tensor.Type, tensor.size)
			}
			for i := tensor.begin; i < tensor.begin+tensor.size; i++ {
				if taken[i] {
					t.Fatalf("byte %d belongs to two tensors", i)
				}
				taken[i] = true
			}
			if tensor.layout.decode == nil || len(tensor.Name) > maxName || tensor.Name == "" {
				continue
			}
			infos = append(infos, Info{tensor.Name, F32, tensor.Shape})
			numbers = append(numbers, all(t, tensor))
		}
		var again bytes.Buffer
		w, err := NewWriter(&again, file.Metadata, infos)
		if err != nil {
			t.Fatal(err)
		}
		for _, values := range numbers {
			if err := w.Write(values); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		second := mustRead(t, again.Bytes())
		if len(second.Metadata) != len(file.Metadata) || len(second.Tensors) != len(infos) {
			t.Errorf("%d keys and %d tensors became %d and %d", len(file.Metadata), len(infos), len(second.Metadata), len(second.Tensors))
		}
	})
}
