package torchfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"runtime"
	"strings"
	"testing"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(data []byte) (*File, error) { return Read(bytes.NewReader(data), int64(len(data))) }

// An item of a zip file for the writer below.
type item struct {
	name string
	data []byte
}

// zipFile is a zip file with the entries, stored as they are.
func zipFile(items ...item) []byte {
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, i := range items {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: i.name, Method: zip.Store})
		if err == nil {
			_, err = entry.Write(i.data)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// Pieces of pickles.

func text(s string) string {
	return string(binary.LittleEndian.AppendUint32([]byte{opBinUnicode}, uint32(len(s)))) + s
}

func number(n int32) string {
	return string(binary.LittleEndian.AppendUint32([]byte{opBinInt}, uint32(n)))
}

func name(module, name string) string { return "c" + module + "\n" + name + "\n" }

func numbers(values ...int32) string {
	s := "("
	for _, n := range values {
		s += number(n)
	}
	return s + "t"
}

// stored is a reference to a storage.
func stored(kind, key string, elements int32) string {
	return "(" + text("storage") + name("torch", kind) + text(key) + text("cpu") + number(elements) + "tQ"
}

// rebuilt is a tensor of a storage; shape and strides are tuples.
func rebuilt(storage string, offset int32, shape, strides string) string {
	return name("torch._utils", "_rebuild_tensor_v2") + "(" + storage + number(offset) + shape + strides + "\x89N" + "tR"
}

// pickled is a dictionary of one tensor, or whatever value is.
func pickled(value string) []byte { return []byte("\x80\x02}" + text("t") + value + "s.") }

// oneTensor is a zip file with a storage "0" of 24 bytes and the pickle.
func oneTensor(pickle []byte) []byte {
	return zipFile(item{"r/data.pkl", pickle}, item{"r/data/0", make([]byte, 24)})
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
