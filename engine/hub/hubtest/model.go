package hubtest

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
)

// Config is the config.json of a small GPT-2.
const Config = `{"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 512, "n_positions": 128, "n_embd": 64, "n_layer": 2, "n_head": 2}`

// Model is a repository as the hub has GPT-2, all formats that nobody needs included. Its weights are noise of that many
// bytes.
func Model(seed uint64, size int) Files {
	random := rand.NewChaCha8([32]byte(binary.LittleEndian.AppendUint64(make([]byte, 24), seed)))
	noise := func(n int) []byte {
		b := make([]byte, n)
		random.Read(b)
		return b
	}
	return Files{
		".gitattributes":         []byte("*.bin filter=lfs diff=lfs merge=lfs -text\n"),
		"64.tflite":              noise(100),
		"README.md":              fmt.Appendf(nil, "---\nlicense: mit\n---\n\n# Model %d\n", seed),
		"chat_template.jinja":    []byte("{{ messages[0].content }}"),
		"config.json":            []byte(Config),
		"flax_model.msgpack":     noise(100),
		"generation_config.json": []byte(`{"eos_token_id": 50256}`),
		"merges.txt":             append([]byte("#version: 0.2\n"), noise(3000)...),
		"model.safetensors":      noise(size),
		"onnx/config.json":       []byte("{}"),
		"onnx/decoder.onnx":      noise(100),
		"pytorch_model.bin":      noise(size),
		"rust_model.ot":          noise(100),
		"tf_model.h5":            noise(100),
		"tokenizer.json":         noise(5000),
		"vocab.json":             noise(4000),
	}
}

// With returns files with others added or, where these are nil, taken out.
func (f Files) With(changes Files) Files {
	files := maps.Clone(f)
	for name, content := range changes {
		if content == nil {
			delete(files, name)
		} else {
			files[name] = content
		}
	}
	return files
}

// Folder returns the files of a folder.
func Folder(folder fs.FS) (Files, error) {
	files := Files{}
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(folder, name)
		return err
	})
	return files, err
}
