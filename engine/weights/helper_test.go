package weights

import (
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"math"
	"testing"
	"testing/fstest"
)

// A stored is a tensor for the writer below.
type stored struct {
	name  string
	dtype string
	shape []int
	data  []byte
}

// safetensors writes the tensors one after the other; the header is padded to 8 bytes as the
// format's own writer pads it.
func safetensors(tensors ...stored) []byte {
	header := map[string]any{"__metadata__": map[string]string{"format": "pt"}}
	var data []byte
	for _, t := range tensors {
		header[t.name] = map[string]any{
			"dtype":        t.dtype,
			"shape":        append([]int{}, t.shape...),
			"data_offsets": []int{len(data), len(data) + len(t.data)},
		}
		data = append(data, t.data...)
	}
	text, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return withHeader(string(text), data)
}

func withHeader(header string, data []byte) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), data...)
}

func bytesF32(values ...float32) []byte {
	var data []byte
	for _, value := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(value))
	}
	return data
}

// modelFolder is a complete small folder with the weights.
func modelFolder(weights []byte) fstest.MapFS {
	return fstest.MapFS{
		configFile:  {Data: []byte(`{"model_type": "gpt2"}`)},
		vocabFile:   {Data: []byte(`{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}`)},
		mergesFile:  {Data: []byte("#version: 0.2\na b\n")},
		weightsFile: {Data: weights},
	}
}

func mustOpen(t testing.TB, fsys fs.FS) *Folder {
	t.Helper()
	f, err := Open(fsys, "m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	if err.Error() != want {
		t.Errorf("error\n got %s\nwant %s", err, want)
	}
}
