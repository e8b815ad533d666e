package weights

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func smallWeights() []byte {
	return safetensors(stored{"wte.weight", "F32", []int{2, 1}, bytesF32(1, 2)})
}

func TestConfig(t *testing.T) {
	f := mustOpen(t, modelFolder(smallWeights()))
	const want = `{"model_type": "gpt2"}`
	clear(f.Config())
	if got := f.Config(); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFolderOnDisk(t *testing.T) {
	dir := t.TempDir()
	for name, file := range modelFolder(smallWeights()) {
		if err := os.WriteFile(filepath.Join(dir, name), file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f := mustOpen(t, os.DirFS(dir))
	got, err := f.Tensor("wte.weight", 2, 1)
	if err != nil || got[0] != 1 || got[1] != 2 {
		t.Errorf("got %v, %v", got, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Tensor("wte.weight", 2, 1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close: got %v, want an error that wraps %v", err, os.ErrClosed)
	}
}

func TestMissingFiles(t *testing.T) {
	const needs = "; a model folder needs config.json, weights (model.safetensors or pytorch_model.bin), and a tokenizer (tokenizer.json, vocab.json with merges.txt, vocab.txt, or spiece.model); " +
		`"inkling pull gpt2" downloads a whole one, "inkling pull owner/name" any other of the hub`
	other := func(name, advice string) string {
		return "m/model.safetensors: file does not exist, but there is " + name + "; " + advice
	}
	const (
		convert    = "weights are read as safetensors, pytorch_model.bin or GGUF only: convert them or download a version that has model.safetensors"
		tensorFlow = "the original TensorFlow checkpoint is out of scope: convert it with transformers or download a version that has model.safetensors"
	)
	tests := []struct {
		name  string
		files []string
		want  string
	}{
		{"empty", nil, "m/model.safetensors: file does not exist" + needs},
		{"no weights", []string{configFile}, "m/model.safetensors: file does not exist" + needs},
		{"no config", []string{weightsFile}, "m/config.json: file does not exist" + needs},
		{"PyTorch shards", []string{configFile, "pytorch_model-00001-of-00002.bin"},
			"m/pytorch_model-00002-of-00002.bin: file does not exist; there are 1 of the 2 parts of the model, download this one into the folder"},
		{"an adapter", []string{configFile, "adapter_model.safetensors", "adapter_config.json"},
			"m/model.safetensors: file does not exist: the folder has an adapter (LoRA) alone, for the model that it was trained with; merge the two in Python (merge_and_unload of peft) and save the whole model"},
		{"GGUF", []string{"GPT2-Q8_0.GGUF", "README.md"}, other("GPT2-Q8_0.GGUF", "give the path of that file as the model")},
		{"TensorFlow", []string{configFile, "tf_model.h5"}, other("tf_model.h5", convert)},
		{"ONNX", []string{configFile, "model.onnx"}, other("model.onnx", convert)},
		{"TensorFlow checkpoint", []string{"checkpoint", "hparams.json", "model.ckpt.index"}, other("model.ckpt.index", tensorFlow)},
		{"TensorFlow checkpoint alone", []string{"checkpoint"}, other("checkpoint", tensorFlow)},
		{"control characters", []string{"a\x1b[2J.gguf"}, other(`"a\x1b[2J.gguf"`, "give the path of that file as the model")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for _, name := range test.files {
				fsys[name] = &fstest.MapFile{Data: smallWeights()}
			}
			_, err := Open(fsys, "m")
			checkError(t, err, test.want)
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the error does not wrap %v", fs.ErrNotExist)
			}
		})
	}
}

func TestFolderErrors(t *testing.T) {
	const needs = "; a model folder needs config.json, weights (model.safetensors or pytorch_model.bin), and a tokenizer (tokenizer.json, vocab.json with merges.txt, vocab.txt, or spiece.model); " +
		`"inkling pull gpt2" downloads a whole one, "inkling pull owner/name" any other of the hub`
	dir := t.TempDir()
	_, err := Open(os.DirFS(filepath.Join(dir, "nothing")), "m")
	checkError(t, err, "m: file does not exist"+needs)

	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err = Open(os.DirFS(file), "m"); err == nil || !strings.HasSuffix(err.Error(), needs) {
		t.Errorf("a file in place of the folder: got %v", err)
	}

	fsys := modelFolder(smallWeights())
	fsys[configFile] = &fstest.MapFile{Data: make([]byte, maxConfig+1)}
	_, err = Open(fsys, "m")
	checkError(t, err, "m/config.json: 1048577 bytes, expected at most 1048576; this is not the file of a GPT-2 model")

	fsys[configFile] = &fstest.MapFile{Mode: fs.ModeDir}
	_, err = Open(fsys, "m")
	checkError(t, err, "m/config.json: not a regular file"+needs)
}

// A plainFS hides io.ReaderAt, as the files of an archive do, and may state a wrong size.
type plainFS struct {
	fstest.MapFS
	surplus int64
}

type plainFile struct {
	fs.File
	surplus int64
}

type plainInfo struct {
	fs.FileInfo
	surplus int64
}

func (f plainFS) Open(name string) (fs.File, error) {
	file, err := f.MapFS.Open(name)
	if err != nil {
		return nil, err
	}
	return plainFile{struct{ fs.File }{file}, f.surplus}, nil
}

func (f plainFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return plainInfo{info, f.surplus}, err
}

func (i plainInfo) Size() int64 { return i.FileInfo.Size() + i.surplus }

func TestFilesWithoutReadAt(t *testing.T) {
	fsys := modelFolder(smallWeights())
	f := mustOpen(t, plainFS{fsys, 0})
	got, err := f.Tensor("wte.weight", 2, 1)
	if err != nil || got[0] != 1 || got[1] != 2 {
		t.Errorf("got %v, %v", got, err)
	}
	for _, surplus := range []int64{-1, 1, 1 << 60} {
		_, err := Open(plainFS{fsys, surplus}, "m")
		if err == nil || !strings.HasPrefix(err.Error(), "m/model.safetensors: read ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("size %d off: got %v", surplus, err)
		}
	}
}

func shardedFolder(index string) fstest.MapFS {
	fsys := modelFolder(nil)
	delete(fsys, weightsFile)
	fsys[indexFile] = &fstest.MapFile{Data: []byte(index)}
	fsys["one.safetensors"] = &fstest.MapFile{Data: safetensors(
		stored{"transformer.wte.weight", "F32", []int{1}, bytesF32(1)},
		stored{"transformer.wpe.weight", "F32", []int{1}, bytesF32(2)})}
	fsys["two.safetensors"] = &fstest.MapFile{Data: safetensors(
		stored{"transformer.ln_f.weight", "BF16", []int{1}, []byte{0x40, 0x40}},
		stored{"transformer.wpe.weight", "F32", []int{1}, bytesF32(4)})}
	return fsys
}

func TestShards(t *testing.T) {
	f := mustOpen(t, shardedFolder(`{"metadata": {"total_size": 14}, "weight_map": {
		"transformer.wte.weight": "one.safetensors",
		"transformer.ln_f.weight": "two.safetensors",
		"transformer.wpe.weight": "two.safetensors"}}`))
	for name, want := range map[string]float32{"wte.weight": 1, "ln_f.weight": 3, "wpe.weight": 4} {
		got, err := f.Tensor(name, 1)
		if err != nil || got[0] != want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	_, err := f.Tensor("ln_f.bias", 1)
	checkError(t, err, "m/model.safetensors.index.json: tensor ln_f.bias: not in the file, expected with shape [1]; the file does not match its config.json")
	_, err = f.Tensor("ln_f.weight", 2)
	checkError(t, err, "m/two.safetensors: tensor transformer.ln_f.weight: shape [1], expected [2]; the file does not match its config.json")
}

// An output head that is the token embedding may be there under the name of the head alone.
func TestEmbeddingByTheNameOfTheHead(t *testing.T) {
	const head, embedding = "lm_head.weight", "transformer.wte.weight"
	both := []stored{{head, "F32", []int{1, 2}, bytesF32(1, 2)}, {embedding, "F32", []int{1, 2}, bytesF32(3, 4)}}
	for _, c := range []struct {
		config  string
		tensors []stored
		want    []float32 // nil: there is none
	}{
		{`{}`, both[:1], []float32{1, 2}},
		{`{"tie_word_embeddings": true}`, both[:1], []float32{1, 2}},
		{`{"tie_word_embeddings": false}`, both[:1], nil},
		{`{"tie_word_embeddings": "?"}`, both[:1], nil},
		{`{}`, both, []float32{3, 4}},
		{`{}`, nil, nil},
	} {
		fsys := modelFolder(safetensors(c.tensors...))
		fsys[configFile] = &fstest.MapFile{Data: []byte(c.config)}
		f := mustOpen(t, fsys)
		got, err := f.Tensor("wte.weight", 1, 2)
		if !slices.Equal(got, c.want) || f.Has("wte.weight") != (c.want != nil) || (err == nil) != (c.want != nil) {
			t.Errorf("%s with %d tensors: got %v, %v, want %v", c.config, len(c.tensors), got, err, c.want)
		}
	}
}

func TestShardErrors(t *testing.T) {
	const (
		index = "m/model.safetensors.index.json: "
		fetch = "; the file is damaged, download it again"
	)
	tests := []struct {
		name, index, want string
	}{
		{"missing shard", `{"weight_map": {"wte": "three.safetensors"}}`,
			index + "tensor wte: shard three.safetensors: file does not exist; download it into the folder"},
		{"missing tensor", `{"weight_map": {"transformer.wte.weight": "one.safetensors", "wte": "one.safetensors"}}`,
			index + "tensor wte: not in one.safetensors, which the index gives for it; download the shards and the index again from one place"},
		{"folder above", `{"weight_map": {"wte": "../one.safetensors"}}`,
			index + "tensor wte: shard ../one.safetensors, expected the name of a file in the folder" + fetch},
		{"folder below", `{"weight_map": {"wte": "x/one.safetensors"}}`,
			index + "tensor wte: shard x/one.safetensors, expected the name of a file in the folder" + fetch},
		{"Windows path", `{"weight_map": {"wte": "..\\one.safetensors"}}`,
			index + `tensor wte: shard ..\one.safetensors, expected the name of a file in the folder` + fetch},
		{"folder itself", `{"weight_map": {"wte": "."}}`,
			index + "tensor wte: shard ., expected the name of a file in the folder" + fetch},
		{"no name", `{"weight_map": {"wte": ""}}`, index + `tensor wte: shard "", expected the name of a file in the folder` + fetch},
		{"no map", `{"metadata": {}}`, index + "no weight_map" + fetch},
		{"shard is a number", `{"weight_map": {"wte": 1}}`, index + "tensor wte: byte 24: found 1, expected a string" + fetch},
		{"tensor twice", `{"weight_map": {"wte": "one.safetensors", "wte": "two.safetensors"}}`,
			index + "byte 47: key wte appears twice" + fetch},
		{"damaged shard", `{"weight_map": {"wte": "vocab.json"}}`,
			"m/vocab.json: header of 3184080370607923835 bytes, expected at most 100000000; this is not a safetensors file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(shardedFolder(test.index), "m")
			checkError(t, err, test.want)
		})
	}
}

// A closingFS counts the files that are open.
type closingFS struct {
	fstest.MapFS
	open *int
}

type closingFile struct {
	fs.File
	*bytes.Reader
	open *int
}

func (f closingFS) Open(name string) (fs.File, error) {
	file, err := f.MapFS.Open(name)
	if err != nil || f.MapFS[name] == nil {
		return file, err
	}
	*f.open++
	return closingFile{file, bytes.NewReader(f.MapFS[name].Data), f.open}, nil
}

func (f closingFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

func (f closingFile) Close() error { *f.open--; return f.File.Close() }

func TestFilesAreClosed(t *testing.T) {
	folders := map[string]fstest.MapFS{
		"good":           modelFolder(smallWeights()),
		"bad header":     modelFolder([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{]")),
		"no config":      {weightsFile: {Data: smallWeights()}},
		"missing shard":  shardedFolder(`{"weight_map": {"transformer.wte.weight": "one.safetensors", "w": "three.safetensors"}}`),
		"missing tensor": shardedFolder(`{"weight_map": {"transformer.wte.weight": "one.safetensors", "w": "two.safetensors"}}`),
	}
	for name, folder := range folders {
		open := 0
		f, err := Open(closingFS{folder, &open}, "m")
		if (err == nil) != (name == "good") {
			t.Errorf("%s: error %v", name, err)
		}
		if err == nil {
			if _, err := f.Vocabulary(); err != nil {
				t.Error(err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		if open != 0 {
			t.Errorf("%s: %d files left open", name, open)
		}
	}
}
