package engine_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/convert"
)

// vocabulary is a tokenizer of less than 300 pieces with two special tokens beside end-of-text.
func vocabulary(t testing.TB, settings string) map[string]string {
	t.Helper()
	files := map[string]string{"tokenizer_config.json": settings}
	for _, name := range []string{"vocab.json", "merges.txt"} {
		data, err := os.ReadFile(filepath.Join("convert", "testdata", "vocabulary", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	return files
}

const twoTokens = `"added_tokens_decoder": {"281": {"content": "<|start|>", "special": true}, "282": {"content": "<mask>", "special": true}}`

// A prompt begins with what the model wants, once; an empty one with the token that begins texts, not the one that ends them.
func TestPrompt(t *testing.T) {
	for name, c := range map[string]struct {
		config   map[string]any
		settings string
		text     string
		special  bool
		want     []int
	}{
		"nothing, end of text":             {nil, `{}`, "", false, []int{299}},
		"nothing, another beginning":       {map[string]any{"bos_token_id": 281}, `{` + twoTokens + `}`, "", false, []int{281}},
		"nothing, a name in the tokenizer": {map[string]any{"bos_token_id": nil}, `{"bos_token": "<|start|>", ` + twoTokens + `}`, "", false, []int{281}},
		"nothing, an id without a token":   {map[string]any{"bos_token_id": 298}, `{` + twoTokens + `}`, "", false, []int{299}},
		"text, another beginning":          {map[string]any{"bos_token_id": 281}, `{` + twoTokens + `}`, "a", false, []int{97}},
		"text, always a beginning":         {nil, `{"bos_token": "<|start|>", "add_bos_token": true, ` + twoTokens + `}`, "a", false, []int{281, 97}},
		"nothing, always a beginning":      {nil, `{"bos_token": "<|start|>", "add_bos_token": true, ` + twoTokens + `}`, "", false, []int{281}},
		"a beginning that is spelt":        {nil, `{"bos_token": "<|start|>", "add_bos_token": true, ` + twoTokens + `}`, "<|start|>a<mask>", true, []int{281, 97, 282}},
		"special tokens":                   {nil, `{` + twoTokens + `}`, "<|start|>a", true, []int{281, 97}},
	} {
		codec, err := engine.OpenTokenizer(tiny(t, c.config, vocabulary(t, c.settings)))
		if err != nil {
			t.Fatal(err)
		}
		if got := codec.Prompt(c.text, c.special); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if codec.Prompt(c.text, true) == nil {
			t.Errorf("%s: nothing to begin from", name)
		}
	}
}

// Weights that are no numbers are named when the model is opened.
func TestDamagedWeights(t *testing.T) {
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		folder := tiny(t, nil, vocabulary(t, `{}`))
		path := filepath.Join(folder, "model.safetensors")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		binary.LittleEndian.PutUint32(data[len(data)-4:], math.Float32bits(bad)) // the last number of the last tensor
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, weights := range []string{"f32", "q8"} {
			_, err = engine.Open(folder, engine.Options{Threads: 1, Weights: weights, Cache: engine.CacheIgnored})
			if err == nil || !strings.HasPrefix(err.Error(), folder) || !strings.Contains(err.Error(), "tensor wte.weight: found ") && !strings.Contains(err.Error(), "tensor wpe.weight: found ") ||
				!strings.HasSuffix(err.Error(), "expected numbers; the weights are damaged, download the model again") {
				t.Errorf("%v in %s: %v", bad, weights, err)
			}
		}
	}
}

// A GGUF file is known by its first bytes, whatever it is called.
func TestGGUFByAnyName(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "x.gguf")
	if _, err := convert.Run(t.Context(), tiny(t, nil, vocabulary(t, `{}`)), file, convert.Options{}); err != nil {
		t.Fatal(err)
	}
	blob := filepath.Join(folder, "sha256-0123")
	if err := os.Rename(file, blob); err != nil {
		t.Fatal(err)
	}
	m, err := engine.Open(blob, engine.Options{Threads: 1, Cache: engine.CacheIgnored})
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	d, err := engine.Describe(blob)
	if err != nil || len(d.Files) != 1 || d.Files[0].Name != "sha256-0123" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := os.WriteFile(blob, []byte("version https://git-lfs.github.com/spec/v1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Open(blob, engine.Options{}); err == nil || !strings.HasSuffix(err.Error(), "a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull") {
		t.Error(err)
	}
	if err := os.WriteFile(blob, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Open(blob, engine.Options{}); err == nil || !strings.Contains(err.Error(), "is a file, expected a folder") {
		t.Error(err)
	}
}

// An error is a line that can be read, however long the path is.
func TestLongPaths(t *testing.T) {
	long := strings.Repeat("a/", 2500) + "model"
	for _, name := range []string{long, long + ".gguf", t.TempDir() + "/" + strings.Repeat("b", 5000)} {
		_, err := engine.Open(name, engine.Options{})
		if err == nil || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d bytes: %.300v", len(err.Error()), err)
		}
	}
}
