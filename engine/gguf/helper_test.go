package gguf

import (
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"strings"
	"testing"
)

// raw puts a file together from its fields: numbers are written as they are typed, strings with their length, and []byte
// as it is.
func raw(fields ...any) []byte {
	var data []byte
	for _, field := range fields {
		switch x := field.(type) {
		case string:
			data = append(binary.LittleEndian.AppendUint64(data, uint64(len(x))), x...)
		case []byte:
			data = append(data, x...)
		default:
			var err error
			if data, err = binary.Append(data, binary.LittleEndian, x); err != nil {
				panic(err)
			}
		}
	}
	return data
}

// head is the beginning of a file of version 3.
func head(tensors, pairs uint64) []byte { return raw([]byte(magic), uint32(3), tensors, pairs) }

// padded appends zeros up to the alignment of 32 and the data.
func padded(header, data []byte) []byte {
	return append(append(header, make([]byte, align(int64(len(header)), 32)-int64(len(header)))...), data...)
}

func read(data []byte) (*File, error) { return Read(bytes.NewReader(data), int64(len(data))) }

func mustRead(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fixture is testdata/types.gguf with its tensors by name.
func fixture(t testing.TB) (*File, map[string]*Tensor) {
	t.Helper()
	data, err := os.ReadFile("testdata/types.gguf")
	if err != nil {
		t.Fatal(err)
	}
	f := mustRead(t, data)
	tensors := make(map[string]*Tensor)
	for _, tensor := range f.Tensors {
		tensors[tensor.Name] = tensor
	}
	return f, tensors
}

// all reads a whole tensor.
func all(t testing.TB, tensor *Tensor) []float32 {
	t.Helper()
	n, width := rows(tensor.Shape)
	values := make([]float32, n*width)
	if err := tensor.ReadRows(0, n, values); err != nil {
		t.Fatal(err)
	}
	return values
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	if !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n\r\x1b") {
		t.Errorf("error\n got %s\nwant %s", err, want)
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
