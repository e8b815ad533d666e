package weights

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"inkling/engine/dtype"
	"inkling/engine/kernel"
)

func TestTensorTypes(t *testing.T) {
	f := mustOpen(t, modelFolder(safetensors(
		stored{"single", "F32", []int{2, 2}, bytesF32(1, -2, 0.5, 1e-40)},
		stored{"half", "F16", []int{3}, []byte{0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc}},
		stored{"brain", "BF16", []int{1, 2}, []byte{0x80, 0x3f, 0x49, 0xc0}},
		stored{"scalar", "F32", nil, bytesF32(7)},
		stored{"empty", "F32", []int{0, 5}, nil},
		stored{"h.0.attn.bias", "BOOL", []int{1, 1, 2, 2}, []byte{1, 0, 1, 1}},
		stored{"h.0.attn.masked_bias", "F4_OF_TOMORROW", []int{2}, []byte{9}},
	)))
	tests := []struct {
		name  string
		shape []int
		want  []float32
	}{
		{"single", []int{2, 2}, []float32{1, -2, 0.5, 1e-40}},
		{"half", []int{3}, []float32{1, 0x1p-24, float32(math.Inf(-1))}},
		{"brain", []int{1, 2}, []float32{1, -3.140625}},
		{"scalar", nil, []float32{7}},
		{"empty", []int{0, 5}, []float32{}},
	}
	for _, test := range tests {
		got, err := f.Tensor(test.name, test.shape...)
		if err != nil {
			t.Error(err)
		} else if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	_, err := f.Tensor("h.0.attn.bias", 1, 1, 2, 2)
	checkError(t, err, "m/model.safetensors: tensor h.0.attn.bias: dtype BOOL, expected F64, F32, F16 or BF16; convert the model to one of them")
	_, err = f.Tensor("h.0.attn.masked_bias", 2)
	checkError(t, err, "m/model.safetensors: tensor h.0.attn.masked_bias: dtype F4_OF_TOMORROW, expected F64, F32, F16 or BF16; convert the model to one of them")
}

// Long tensors keep every element in its place, and several goroutines may read them.
func TestLongTensors(t *testing.T) {
	const n = 1<<18 + 12345
	var half, single []byte
	for i := range n {
		half = binary.LittleEndian.AppendUint16(half, uint16(i%0x7c00))
		single = binary.LittleEndian.AppendUint32(single, math.Float32bits(float32(i)))
	}
	f := mustOpen(t, modelFolder(safetensors(stored{"half", "F16", []int{n}, half}, stored{"single", "F32", []int{n}, single})))
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			got, err := f.Tensor("half", n)
			if err != nil {
				t.Error(err)
				return
			}
			for i, x := range got {
				if x != kernel.FromHalf(uint16(i%0x7c00)) {
					t.Errorf("half: element %d: got %v", i, x)
					return
				}
			}
		})
		group.Go(func() {
			got, err := f.Tensor("single", n)
			if err != nil {
				t.Error(err)
				return
			}
			for i, x := range got {
				if x != float32(i) {
					t.Errorf("single: element %d: got %v", i, x)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestTensorPrefix(t *testing.T) {
	for _, prefix := range []string{"", "transformer."} {
		f := mustOpen(t, modelFolder(safetensors(stored{prefix + "ln_f.bias", "F32", []int{1}, bytesF32(5)})))
		if !f.Has("ln_f.bias") || f.Has("ln_f.weight") {
			t.Errorf("prefix %q: Has finds the wrong tensors", prefix)
		}
		got, err := f.Tensor("ln_f.bias", 1)
		if err != nil || got[0] != 5 {
			t.Errorf("prefix %q: got %v, %v", prefix, got, err)
		}
		_, err = f.Tensor("ln_f.weight", 1)
		checkError(t, err, "m/model.safetensors: tensor ln_f.weight: not in the file, expected with shape [1]; the file does not match its config.json")
		_, err = f.Tensor("ln_f.bias", 1, 1)
		checkError(t, err, "m/model.safetensors: tensor "+prefix+"ln_f.bias: shape [1], expected [1 1]; the file does not match its config.json")
	}
}

func TestHeaderErrors(t *testing.T) {
	const (
		fetch = "; the file is damaged, download it again"
		cut   = "; the file is cut short, download it again"
	)
	eight := make([]byte, 8)
	one := func(fields string) []byte { return withHeader(`{"w":{`+fields+`}}`, eight) }
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"empty file", nil, "0 bytes, expected a header length of 8 bytes" + cut},
		{"seven bytes", eight[:7], "7 bytes, expected a header length of 8 bytes" + cut},
		{"LFS pointer", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
			"a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull"},
		{"another format", []byte("<!DOCTYPE html><html></html>"),
			"header of 5789751444030890300 bytes, expected at most 100000000; this is not a safetensors file"},
		{"largest length", []byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"),
			"header of 18446744073709551615 bytes, expected at most 100000000; this is not a safetensors file"},
		{"header longer than file", []byte("\x03\x00\x00\x00\x00\x00\x00\x00{}"), "header of 3 bytes, but only 2 follow" + cut},
		{"no header", eight, "header: the text ends too early, after 0 bytes" + fetch},
		{"not UTF-8", withHeader("{\"\xff\":{}}", nil), "header: not UTF-8 text" + fetch},
		{"not an object", withHeader(`[]`, nil), "header: byte 1: found [, expected an object" + fetch},
		{"cut JSON", withHeader(`{"w":{"dtype":"F32"`, nil), "header: tensor w: the text ends too early, after 19 bytes" + fetch},
		{"bad JSON", withHeader(`{"w" 1}`, nil), "header: tensor w: byte 5: found '1', which is no JSON" + fetch},
		{"more after the object", withHeader(`{} {}`, nil), "header: byte 4: found {, expected the end of the text" + fetch},
		{"same tensor twice", withHeader(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{}}`, nil),
			"header: byte 57: key w appears twice" + fetch},
		{"same field twice", one(`"dtype":"F32","dtype":"F16"`), "header: tensor w: byte 27: key dtype appears twice" + fetch},
		{"no dtype", one(`"shape":[2],"data_offsets":[0,8]`), "header: tensor w: no dtype" + fetch},
		{"field in another case", one(`"Dtype":"F32","shape":[2],"data_offsets":[0,8]`), "header: tensor w: no dtype" + fetch},
		{"no shape", one(`"dtype":"F32","data_offsets":[0,8]`), "header: tensor w: no shape" + fetch},
		{"no offsets", one(`"dtype":"F32","shape":[2]`), "header: tensor w: no data_offsets" + fetch},
		{"dtype is a number", one(`"dtype":32`), "header: tensor w: dtype: byte 16: found 32, expected a string" + fetch},
		{"shape is null", one(`"shape":null`), "header: tensor w: shape: byte 18: found null, expected an array" + fetch},
		{"negative dimension", one(`"shape":[-2]`),
			"header: tensor w: shape: byte 17: found -2, expected a whole number from 0 to 9223372036854775807" + fetch},
		{"fractional dimension", one(`"shape":[2.5]`),
			"header: tensor w: shape: byte 18: found 2.5, expected a whole number from 0 to 9223372036854775807" + fetch},
		{"dimension beyond 63 bits", one(`"shape":[9223372036854775808]`),
			"header: tensor w: shape: byte 34: found 9223372036854775808, expected a whole number from 0 to 9223372036854775807" + fetch},
		{"rank", one(`"shape":[` + strings.Repeat("1,", 64) + `1]`), "header: tensor w: shape: found more than 64 numbers" + fetch},
		{"one offset", one(`"dtype":"F32","shape":[2],"data_offsets":[8]`),
			`header: tensor w: data_offsets: found [8], expected [begin end]` + fetch},
		{"three offsets", one(`"data_offsets":[0,8,8]`), "header: tensor w: data_offsets: found more than 2 numbers" + fetch},
		{"end before begin", one(`"dtype":"F32","shape":[2],"data_offsets":[8,0]`),
			`header: tensor w: data_offsets: found [8 0], expected [begin end]` + fetch},
		{"deep nesting", withHeader(`{"__metadata__":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`}`, nil),
			"header: byte 10015: found values within each other, more than 9000 deep" + fetch},
		{"deep nesting in a tensor", one(`"shape":` + strings.Repeat("[", 20000)), "header: tensor w: shape: byte 16: found [, expected a whole number from 0 to 9223372036854775807" + fetch},
		{"beyond the file", one(`"dtype":"F32","shape":[3],"data_offsets":[0,12]`),
			"tensor w: bytes 0 to 12 of the data, but the file holds 8" + cut},
		{"far beyond the file", one(`"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]`),
			"tensor w: bytes 0 to 4611686018427387904 of the data, but the file holds 8" + cut},
		{"elements beyond the bytes", one(`"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,8]`),
			"tensor w: 8 bytes, expected 4611686018427387904 for shape [1152921504606846976] of F32" + fetch},
		{"product overflows", one(`"dtype":"F16","shape":[4294967296,4294967296],"data_offsets":[0,8]`),
			`tensor w: shape [4294967296 4294967296] of F16 is larger than any file` + fetch},
		{"product overflows to the size", one(`"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]`),
			`tensor w: shape [9223372036854775807 2] of F32 is larger than any file` + fetch},
		{"fewer elements than bytes", one(`"dtype":"F32","shape":[1],"data_offsets":[0,8]`),
			"tensor w: 8 bytes, expected 4 for shape [1] of F32" + fetch},
		{"type nobody asks for", one(`"dtype":"I64","shape":[2],"data_offsets":[0,8]`),
			"tensor w: 8 bytes, expected 16 for shape [2] of I64" + fetch},
		{"hole at the start", one(`"dtype":"F32","shape":[1],"data_offsets":[4,8]`), "tensor w: begins at byte 4 of the data, expected 0" + fetch},
		{"hole", withHeader(`{"v":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"w":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}`, eight),
			"tensor w: begins at byte 4 of the data, expected 2" + fetch},
		{"overlap", withHeader(`{"w":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},"v":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}`, eight),
			"tensor w: begins at byte 4 of the data, expected 5" + fetch},
		{"same bytes twice", withHeader(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, eight),
			"tensor w: begins at byte 0 of the data, expected 8" + fetch},
		{"bytes left over", one(`"dtype":"F32","shape":[1],"data_offsets":[0,4]`), "8 bytes of data, but the tensors take 4" + fetch},
		{"control characters in a name", withHeader(`{"a\n\u001b[2J":{}}`, nil), `header: tensor "a\n\x1b[2J": no dtype` + fetch},
		{"long name", withHeader(`{"`+strings.Repeat("é", 100)+`":{}}`, nil), "header: tensor " + strings.Repeat("é", 40) + "...: no dtype" + fetch},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Open(modelFolder(test.file), "m")
			if f != nil {
				t.Error("got a folder with the error")
			}
			checkError(t, err, "m/model.safetensors: "+test.want)
		})
	}
}

// allocated returns the bytes that call allocates, live or not.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestClaimedSizesAreNotAllocated(t *testing.T) {
	files := map[string][]byte{
		"header length":    binary.LittleEndian.AppendUint64(nil, 99_999_999),
		"2^60 elements":    withHeader(`{"w":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]}}`, nil),
		"2^30 elements":    withHeader(`{"w":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,4294967296]}}`, make([]byte, 8)),
		"elements alone":   withHeader(`{"w":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,8]}}`, make([]byte, 8)),
		"unknown elements": withHeader(`{"w":{"dtype":"X","shape":[1073741824],"data_offsets":[0,4294967296]}}`, nil),
	}
	for name, file := range files {
		fsys := modelFolder(file)
		var err error
		if n := allocated(func() { _, err = Open(fsys, "m") }); n > 1<<20 {
			t.Errorf("%s: allocated %d bytes for a file of %d", name, n, len(file))
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

var errDisk = errors.New("disk on fire")

// A faultyFS is a folder in which reads of the weights from an offset on fail.
type faultyFS struct {
	fstest.MapFS
	from int64
	err  error
}

type faultyFile struct {
	fs.File
	faultyFS
}

func (f faultyFS) Open(name string) (fs.File, error) {
	file, err := f.MapFS.Open(name)
	if err == nil && name == weightsFile {
		return faultyFile{file, f}, nil
	}
	return file, err
}

func (f faultyFile) ReadAt(p []byte, offset int64) (int, error) {
	if end := offset + int64(len(p)); end > f.from {
		n, _ := f.File.(io.ReaderAt).ReadAt(p[:max(0, f.from-offset)], offset)
		return n, f.err
	}
	return f.File.(io.ReaderAt).ReadAt(p, offset)
}

func TestFaultyReads(t *testing.T) {
	file := safetensors(stored{"w", "F32", []int{2}, bytesF32(1, 2)})
	end := int64(len(file))
	tests := []struct {
		name string
		from int64
		err  error
		want string
		is   error
	}{
		{"in the length", 3, errDisk, "m/model.safetensors: reading bytes 0 to 8: disk on fire", errDisk},
		{"in the header", 20, io.EOF, fmt.Sprintf("m/model.safetensors: reading bytes 8 to %d: unexpected EOF", end-8), io.ErrUnexpectedEOF},
		{"before the tensor", end - 8, &fs.PathError{Op: "read", Path: "x", Err: errDisk},
			fmt.Sprintf("m/model.safetensors: tensor w: reading bytes %d to %d: disk on fire", end-8, end), errDisk},
		{"in the tensor", end - 1, io.EOF,
			fmt.Sprintf("m/model.safetensors: tensor w: reading bytes %d to %d: unexpected EOF", end-8, end), io.ErrUnexpectedEOF},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Open(faultyFS{modelFolder(file), test.from, test.err}, "m")
			if err == nil {
				defer f.Close()
				_, err = f.Tensor("w", 2)
			}
			checkError(t, err, test.want)
			if !errors.Is(err, test.is) {
				t.Errorf("the error does not wrap %v", test.is)
			}
		})
	}
}

func TestRows(t *testing.T) {
	w := make([]float32, 5*3)
	for i := range w {
		w[i] = float32(i)
	}
	var half []byte
	for range 5 * 3 {
		half = append(half, 0, 0x3c)
	}
	f := mustOpen(t, modelFolder(safetensors(stored{"w", "F32", []int{5, 3}, bytesF32(w...)}, stored{"h", "F16", []int{5, 3}, half})))
	for lo := range 6 {
		for hi := lo; hi <= 5; hi++ {
			got := make([]float32, (hi-lo)*3)
			if err := f.Rows("w", lo, hi, got); err != nil || !slices.Equal(got, w[lo*3:hi*3]) {
				t.Errorf("rows %d to %d: %v, %v", lo, hi, got, err)
			}
			if err := f.Rows("h", lo, hi, got); err != nil || slices.ContainsFunc(got, func(v float32) bool { return v != 1 }) {
				t.Errorf("half rows %d to %d: %v, %v", lo, hi, got, err)
			}
		}
	}
	for name, err := range map[string]error{
		"no such tensor": f.Rows("x", 0, 1, make([]float32, 3)),
		"before":         f.Rows("w", -1, 1, make([]float32, 6)),
		"beyond":         f.Rows("w", 4, 6, make([]float32, 6)),
		"backward":       f.Rows("w", 2, 1, nil),
		"short":          f.Rows("w", 0, 2, make([]float32, 5)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add(safetensors(stored{"wte.weight", "F32", []int{1, 2}, bytesF32(1, 2)}, stored{"ln", "F16", []int{1}, []byte{0, 0}}))
	f.Add(safetensors(stored{"empty", "BF16", []int{0}, nil}))
	f.Add(withHeader(`{"w":{"dtype":"X","shape":[4611686018427387904,4],"data_offsets":[0,1]}}`, []byte{1}))
	f.Add(withHeader(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} `, []byte{1, 2}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var folder *Folder
		var err error
		fsys := modelFolder(data)
		bound := 512*uint64(len(data)) + 4<<20
		if n := allocated(func() { folder, err = Open(fsys, "m") }); n > bound {
			t.Errorf("allocated %d bytes for a file of %d", n, len(data))
		}
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("the message is not one plain line: %q", err)
			}
			return
		}
		defer folder.Close()
		covered := make([]bool, len(data))
		headerEnd := lengthSize + int(binary.LittleEndian.Uint64(data))
		for i := range headerEnd {
			covered[i] = true
		}
		for name, array := range folder.tensors {
			tensor, elements := array.(tensor), int64(1)
			for _, dimension := range tensor.shape {
				elements *= int64(dimension)
			}
			if size := dtype.Size(tensor.dtype); size != 0 && size*elements != tensor.size {
				t.Errorf("%q: %d elements of %s in %d bytes", name, elements, tensor.dtype, tensor.size)
			}
			for i := tensor.begin; i < tensor.begin+tensor.size; i++ {
				if covered[i] {
					t.Fatalf("%q: byte %d belongs to something else", name, i)
				}
				covered[i] = true
			}
			values, err := folder.Tensor(name, tensor.shape...)
			if decodable := dtype.Decoder(tensor.dtype) != nil; decodable != (err == nil) || decodable && int64(len(values)) != elements {
				t.Errorf("%q of %s: %d values, error %v", name, tensor.dtype, len(values), err)
			}
		}
		for i, is := range covered {
			if !is {
				t.Fatalf("byte %d belongs to nothing", i)
			}
		}
	})
}

func BenchmarkTensor(b *testing.B) {
	const n = 1 << 20
	f := mustOpen(b, modelFolder(safetensors(stored{"w", "F16", []int{n}, make([]byte, 2*n)})))
	b.SetBytes(2 * n)
	for b.Loop() {
		if _, err := f.Tensor("w", n); err != nil {
			b.Fatal(err)
		}
	}
}
