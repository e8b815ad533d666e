package gguf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The fixture has one key of every type and an array of every type.
func TestMetadata(t *testing.T) {
	f, _ := fixture(t)
	want := Metadata{{"general.architecture", "test"}}
	pair := func(name string, one, many any) {
		want = append(want, Pair{"one." + name, one}, Pair{"many." + name, many})
	}
	pair("UINT8", uint8(200), []uint8{200, 200})
	pair("INT8", int8(-100), []int8{-100, -100})
	pair("UINT16", uint16(60000), []uint16{60000, 60000})
	pair("INT16", int16(-30000), []int16{-30000, -30000})
	pair("UINT32", uint32(4000000000), []uint32{4000000000, 4000000000})
	pair("INT32", int32(-2000000000), []int32{-2000000000, -2000000000})
	pair("FLOAT32", float32(0.5), []float32{0.5, 0.5})
	pair("BOOL", true, []bool{true, true})
	pair("STRING", " Ġa\n ", []string{" Ġa\n ", " Ġa\n "})
	pair("UINT64", uint64(1<<63), []uint64{1 << 63, 1 << 63})
	pair("INT64", int64(-1<<62), []int64{-1 << 62, -1 << 62})
	pair("FLOAT64", 0.1, []float64{0.1, 0.1})
	if !reflect.DeepEqual(f.Metadata, want) {
		t.Errorf("\n got %v\nwant %v", f.Metadata, want)
	}
}

func TestGetters(t *testing.T) {
	m := Metadata{{"s", "a\x1b"}, {"n", uint8(7)}, {"big", uint64(1 << 63)}, {"neg", int32(-1)}, {"f", float32(0.5)}, {"d", 0.25}, {"b", true},
		{"texts", []string{"x"}}, {"i", []int32{-1, 3}}, {"u", []uint32{3, 4}}, {"u2", []uint32{3, math.MaxUint32}}, {"l", []int64{1}}}
	must := func(got any, err error) func(want any) {
		return func(want any) {
			t.Helper()
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		}
	}
	must(m.Text("s"))("a\x1b")
	must(m.Int("n", 7))(7)
	must(m.Float("f"))(0.5)
	must(m.Float("d"))(0.25)
	must(m.Bool("b"))(true)
	must(m.Texts("texts"))([]string{"x"})
	must(m.Int32s("i"))([]int32{-1, 3})
	must(m.Int32s("u"))([]int32{3, 4})

	fails := func(_ any, err error) func(want string) {
		return func(want string) { t.Helper(); checkError(t, err, want) }
	}
	fails(m.Text("n"))("n: found 7 (uint8), expected a string")
	fails(m.Int("s", 9))(`s: found the string "a\x1b", expected a whole number from 0 to 9`)
	fails(m.Int("n", 6))("n: found 7 (uint8), expected a whole number from 0 to 6")
	fails(m.Int("neg", 6))("neg: found -1 (int32), expected a whole number from 0 to 6")
	fails(m.Int("big", math.MaxInt))("big: found 9223372036854775808 (uint64), expected a whole number")
	fails(m.Float("n"))("n: found 7 (uint8), expected a floating-point number")
	fails(m.Bool("n"))("n: found 7 (uint8), expected true or false")
	fails(m.Texts("i"))("i: found an array of int32, expected an array of strings")
	fails(m.Int32s("l"))("l: found an array of int64, expected an array of 32-bit integers")
	fails(m.Int32s("u2"))("u2: found 4294967295, expected at most 2147483647")
	for _, err := range []error{
		second(m.Text("x\n")), second(m.Texts("x\n")), second(m.Int("x\n", 1)), second(m.Float("x\n")), second(m.Bool("x\n")), second(m.Int32s("x\n")),
	} {
		checkError(t, err, `"x\n": the file lacks this key`)
		if !errors.Is(err, ErrNoKey) {
			t.Errorf("%v does not wrap ErrNoKey", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestVersions(t *testing.T) {
	data := head(0, 0)
	for version, want := range map[uint32]string{1: "GGUF version 1, expected 2 or 3", 2: "", 3: "", 4: "GGUF version 4, expected 2 or 3",
		0x03000000: "a big-endian GGUF file, expected a little-endian one"} {
		copy(data[4:], raw(version))
		_, err := read(data)
		if want == "" && err != nil {
			t.Errorf("version %d: %v", version, err)
		}
		if want != "" {
			checkError(t, err, want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	const fetch = "; the file is damaged, download it again"
	pairs := func(n uint64, fields ...any) []byte { return append(head(0, n), raw(fields...)...) }
	one := func(kind any, fields ...any) []byte { return pairs(1, append([]any{"k", kind}, fields...)...) }
	// tensors has a tensor for each of the lists of fields, and 64 bytes of data.
	tensors := func(fields ...[]any) []byte {
		file := head(uint64(len(fields)), 0)
		for _, f := range fields {
			file = append(file, raw(f...)...)
		}
		return padded(file, make([]byte, 64))
	}
	vector := func(name string, n, offset uint64) []any { return []any{name, uint32(1), n, uint32(0), offset} }
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "the file ends within its metadata, after 0 bytes; the file is cut short, download it again"},
		{"another format", []byte("<!DOCTYPE html><html></html>"), `begins with "<!DO", expected "GGUF"; this is not a GGUF file`},
		{"cut in the head", head(0, 0)[:20], "the file ends within its metadata, after 20 bytes"},
		{"keys", pairs(1<<15, []byte("xxxx")), "found 32768 keys, but only 4 bytes follow" + fetch},
		{"many keys", pairs(1<<60, []byte("xxxx")), "found 1152921504606846976 keys, expected at most 65536"},
		{"many tensors", head(math.MaxUint64, 0), "found 18446744073709551615 tensors, expected at most 65536"},
		{"tensors", head(7, 0), "found 7 tensors, but only 8 bytes follow" + fetch},
		{"cut key", pairs(1, uint64(30), []byte("xxxxxx")), "key 1: found 30 bytes of a string, but only 6 bytes follow" + fetch},
		{"key twice", pairs(2, "k", uint32(typeUint8), uint8(1), "k", uint32(typeUint8), uint8(1)), "key k appears twice" + fetch},
		{"cut value", one(uint32(typeUint64), uint32(1)), "key k: the file ends within its metadata"},
		{"cut string", one(uint32(typeString), uint64(1<<63), []byte("xxxx")), "key k: found 9223372036854775808 bytes of a string, but only 4 bytes follow" + fetch},
		{"type", one(uint32(13), uint64(1)), "key k: type 13 of value, expected 0 to 12" + fetch},
		{"type of elements", one(uint32(typeArray), uint32(13), uint64(1), uint32(0)), "key k: type 13 of the values of an array, expected 0 to 12" + fetch},
		{"array of arrays", one(uint32(typeArray), uint32(typeArray), uint64(1), uint32(0), uint64(0)), "key k: an array of arrays, expected an array of numbers or strings; such files are not read"},
		{"long array", one(uint32(typeArray), uint32(typeInt32), uint64(1<<62), uint32(0)), "key k: found 4611686018427387904 values of an array, but only 4 bytes follow" + fetch},
		{"long array of strings", one(uint32(typeArray), uint32(typeString), uint64(3), "a", "b"), "key k: found 3 strings of an array, but only 18 bytes follow" + fetch},
		{"cut string of an array", one(uint32(typeArray), uint32(typeString), uint64(2), "a", uint64(1)), "key k: string 2 of 2: found 1 bytes of a string, but only 0 bytes follow" + fetch},
		{"control characters", pairs(1, "a\n\x1b[2J", uint32(99), uint64(0)), `key "a\n\x1b[2J": type 99 of value`},

		{"alignment 0", pairs(1, alignmentKey, uint32(typeUint32), uint32(0)), "general.alignment: found 0 (uint32), expected a uint32 that is a power of two up to 1048576" + fetch},
		{"alignment 24", pairs(1, alignmentKey, uint32(typeUint32), uint32(24)), "general.alignment: found 24 (uint32), expected a uint32 that is a power of two"},
		{"large alignment", pairs(1, alignmentKey, uint32(typeUint32), uint32(1<<31)), "general.alignment: found 2147483648 (uint32)"},
		{"alignment of another type", pairs(1, alignmentKey, uint32(typeUint64), uint64(32)), "general.alignment: found 32 (uint64)"},

		{"dimensions", tensors([]any{"t", uint32(5), uint64(1), uint64(1), uint64(1)}), "tensor t: found 5 dimensions, expected at most 4" + fetch},
		{"huge dimension", tensors([]any{"t", uint32(1), uint64(1 << 63), uint32(0), uint64(0)}), "tensor t: a dimension of 9223372036854775808" + fetch},
		{"product", tensors([]any{"t", uint32(2), uint64(1 << 40), uint64(1 << 40), uint32(0), uint64(0)}), "tensor t: shape [1099511627776 1099511627776] of F32 is larger than any file" + fetch},
		{"product overflows to 0", tensors([]any{"t", uint32(2), uint64(1 << 32), uint64(1 << 32), uint32(0), uint64(0)}), "is larger than any file" + fetch},
		{"type of tensor", tensors([]any{"t", uint32(1), uint64(1), uint32(99), uint64(0)}), "tensor t: found type 99, expected one of ggml's up to 41; the file is damaged or newer than this program"},
		{"removed type", tensors([]any{"t", uint32(1), uint64(32), uint32(4), uint64(0)}), "tensor t: type Q4_2 was removed from ggml and is not read; convert the model again from its source"},
		{"removed type, later", tensors([]any{"t", uint32(1), uint64(32), uint32(33), uint64(0)}), "tensor t: type Q4_0_8_8 was removed"},
		{"row of 48", tensors([]any{"t", uint32(2), uint64(48), uint64(2), uint32(Q8_0), uint64(0)}), "tensor t: rows of 48 elements, expected a multiple of 32 for Q8_0" + fetch},
		{"row of 32 for 256", tensors([]any{"t", uint32(2), uint64(32), uint64(8), uint32(Q4_K), uint64(0)}), "tensor t: rows of 32 elements, expected a multiple of 256 for Q4_K" + fetch},
		{"quantised number", tensors([]any{"t", uint32(0), uint32(Q8_0), uint64(0)}), "tensor t: a single number, expected rows of a multiple of 32 for Q8_0" + fetch},
		{"name twice", tensors(vector("t", 4, 0), vector("t", 4, 32)), "tensor t appears twice" + fetch},
		{"cut list", tensors(vector("t", 4, 0))[:40], "tensor t: the file ends within its metadata, after 40 bytes"},
		{"odd offset", tensors(vector("t", 4, 8)), "tensor t: offset 8, expected a multiple of the alignment 32" + fetch},
		{"beyond the end", tensors(vector("t", 4, 64)), "tensor t: 16 bytes from 64 of the data on, but the file holds 64; the file is cut short, download it again"},
		{"longer than the file", tensors(vector("t", 17, 0)), "tensor t: 68 bytes from 0 of the data on, but the file holds 64; the file is cut short, download it again"},
		{"far beyond the end", tensors(vector("t", 4, 1<<62-32)), "tensor t: 16 bytes from 4611686018427387872 of the data on"},
		{"offset beyond any file", tensors(vector("t", 4, 1<<63)), "tensor t: offset 9223372036854775808 is beyond any file" + fetch},
		{"overlap", tensors(vector("a", 16, 0), vector("b", 8, 32)), "tensor b: bytes from 32 of the data on, which another tensor holds up to 64" + fetch},
		{"same bytes", tensors(vector("a", 8, 0), vector("b", 8, 0)), "tensor b: bytes from 0 of the data on, which another tensor holds up to 32" + fetch},
		{"no data", append(head(1, 0), raw(vector("t", 4, 0)...)...), "tensor t: 16 bytes from 0 of the data on, but the file holds 0; the file is cut short"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(test.file)
			checkError(t, err, test.want)
		})
	}
}

// A file ends where it likes after its last tensor; tensors may lie apart, in any order, and hold nothing.
func TestLayouts(t *testing.T) {
	file := head(4, 1)
	file = append(file, raw(alignmentKey, uint32(typeUint32), uint32(64))...)
	file = append(file, raw("second", uint32(1), uint64(2), uint32(F32), uint64(64))...)
	file = append(file, raw("first", uint32(0), uint32(F32), uint64(0))...)
	file = append(file, raw("nothing", uint32(2), uint64(3), uint64(0), uint32(F32), uint64(128))...)
	file = append(file, raw("unknown to us", uint32(1), uint64(256), uint32(16), uint64(128))...)
	data := make([]byte, 128+66)
	copy(data, raw(float32(7)))
	copy(data[64:], raw(float32(8), float32(9)))
	file = append(append(file, make([]byte, align(int64(len(file)), 64)-int64(len(file)))...), data...)
	f := mustRead(t, file)
	for i, want := range [][]float32{{8, 9}, {7}, {}} {
		if got := all(t, f.Tensors[i]); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", f.Tensors[i].Name, got, want)
		}
	}
	if got, want := f.Tensors[2].Shape, []int{0, 3}; !slices.Equal(got, want) {
		t.Errorf("shape %v, want %v", got, want)
	}
	err := f.Tensors[3].ReadRows(0, 1, make([]float32, 1))
	checkError(t, err, `tensor "unknown to us": type IQ2_XXS cannot be read; get the model in another quantisation, such as Q8_0 or Q4_K`)
}

// Any range of rows is that part of the whole, also where rows end within a block, and several goroutines may read.
func TestReadRows(t *testing.T) {
	const n = 3*chunk/4 + 96 // of F32: several chunks
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i % 251)
	}
	var file bytes.Buffer
	tensors := []Info{{"vector", F32, []int{n}}, {"matrix", F32, []int{n / 32, 32}}, {"cube", F32, []int{n / 96, 3, 32}},
		{"blocks", Q8_0, []int{n}}, {"rows of blocks", Q4_0, []int{n / 96, 96}}}
	w, err := NewWriter(&file, nil, tensors)
	if err != nil {
		t.Fatal(err)
	}
	for range tensors {
		if err := w.Write(values); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for _, tensor := range mustRead(t, file.Bytes()).Tensors {
		group.Go(func() {
			whole := make([]float32, n)
			count, width := rows(tensor.Shape)
			if err := tensor.ReadRows(0, count, whole); err != nil {
				t.Error(err)
			}
			for _, r := range [][2]int{{0, 0}, {0, 1}, {1, 3}, {5, 40}, {17, count - 1}, {count - 1, count}, {count, count}} {
				got := make([]float32, (r[1]-r[0])*width)
				if err := tensor.ReadRows(r[0], r[1], got); err != nil {
					t.Error(err)
				}
				if !slices.Equal(got, whole[r[0]*width:r[1]*width]) {
					t.Errorf("%s: rows %v differ from those of the whole", tensor.Name, r)
				}
			}
			if tensor.Type == F32 && !slices.Equal(whole, values) {
				t.Errorf("%s: the values differ", tensor.Name)
			}
			for _, r := range [][3]int{{-1, 1, 2}, {2, 1, 0}, {0, count + 1, count + 1}, {0, 1, 2}, {0, 1, 0}} {
				if tensor.ReadRows(r[0], r[1], make([]float32, r[2]*width)) == nil {
					t.Errorf("%s: rows %v were read", tensor.Name, r)
				}
			}
		})
	}
	group.Wait()
}

func TestClaimedSizesAreNotAllocated(t *testing.T) {
	large := make([]byte, 1000)
	files := map[string][]byte{
		"keys":    append(head(0, maxPairs), large...),
		"tensors": append(head(maxTensors, 0), large...),
		"string":  append(head(0, 1), raw("k", uint32(typeString), uint64(1<<30), large)...),
		"numbers": append(head(0, 1), raw("k", uint32(typeArray), uint32(typeUint64), uint64(1<<27), large)...),
		"strings": append(head(0, 1), raw("k", uint32(typeArray), uint32(typeString), uint64(1<<27), large)...),
		"tensor":  padded(append(head(1, 0), raw("t", uint32(1), uint64(1<<40), uint32(F32), uint64(0))...), large),
	}
	for name, file := range files {
		var err error
		if n := allocated(func() { _, err = read(file) }); n > 1<<20 {
			t.Errorf("%s: allocated %d bytes for a file of %d", name, n, len(file))
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// zeros is a file of zeros behind a beginning.
type zeros struct{ begin []byte }

func (z zeros) ReadAt(p []byte, offset int64) (int, error) {
	clear(p)
	if offset < int64(len(z.begin)) {
		copy(p, z.begin[offset:])
	}
	return len(p), nil
}

// However large a file is, its metadata is read up to a bound.
func TestMetadataIsBounded(t *testing.T) {
	const size = 1 << 40
	for name, begin := range map[string][]byte{
		"string": append(head(0, 1), raw("k", uint32(typeString), uint64(1<<39))...),
		"array":  append(head(0, 1), raw("k", uint32(typeArray), uint32(typeUint8), uint64(1<<39))...),
		"second": append(head(0, 2), raw("k", uint32(typeArray), uint32(typeUint64), uint64(maxHeader/8-7))...),
	} {
		var err error
		if n := allocated(func() { _, err = Read(zeros{begin}, size) }); n > 3*maxHeader {
			t.Errorf("%s: allocated %d bytes", name, n)
		}
		checkError(t, err, "67108864")
	}
}

var errDisk = errors.New("disk on fire")

// faulty is a file that cannot be read from an offset on.
type faulty struct {
	*bytes.Reader
	from int64
	err  error
}

func (f faulty) ReadAt(p []byte, offset int64) (int, error) {
	if end := offset + int64(len(p)); end > f.from {
		n, _ := f.Reader.ReadAt(p[:max(0, f.from-offset)], offset)
		return n, f.err
	}
	return f.Reader.ReadAt(p, offset)
}

func TestFaultyReads(t *testing.T) {
	header := append(head(1, 1), raw("k", uint32(typeString), strings.Repeat("x", 100<<10))...)
	header = append(header, raw("t", uint32(1), uint64(8), uint32(F32), uint64(0))...)
	file := padded(header, make([]byte, 32))
	end := int64(len(file))
	tests := []struct {
		from int64
		err  error
		want string
		is   error
	}{
		{10, errDisk, "reading metadata after 8 bytes: disk on fire", errDisk},
		{50 << 10, errDisk, "key k: reading metadata after 45 bytes: disk on fire", errDisk},
		{50 << 10, io.EOF, "key k: reading metadata after 45 bytes: unexpected EOF", io.ErrUnexpectedEOF},
		{end - 1, errDisk, fmt.Sprintf("tensor t: reading bytes %d to %d: disk on fire", end-32, end), errDisk},
		{end - 1, io.EOF, fmt.Sprintf("tensor t: reading bytes %d to %d: unexpected EOF", end-32, end), io.ErrUnexpectedEOF},
	}
	for _, test := range tests {
		f, err := Read(faulty{bytes.NewReader(file), test.from, test.err}, end)
		if err == nil {
			err = f.Tensors[0].ReadRows(0, 8, make([]float32, 8))
		}
		checkError(t, err, test.want)
		if !errors.Is(err, test.is) {
			t.Errorf("%v does not wrap %v", err, test.is)
		}
	}
}
