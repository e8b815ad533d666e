package convert

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"inkling/engine"
)

// variant is a folder with weights of gpt2/testdata/variants (300 ids, no size a multiple of 16), a configuration for them and
// the vocabulary of testdata.
func variant(t *testing.T, weights string, changes map[string]any) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "variant")
	if err := copyFiles("testdata/vocabulary", folder); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join("../gpt2/testdata/variants", weights))
	if err != nil {
		t.Fatal(err)
	}
	file := weightsFile
	if filepath.Ext(weights) == ".bin" {
		file = "pytorch_model.bin"
	}
	write(t, filepath.Join(folder, file), string(data))
	config := map[string]any{"model_type": "gpt2", "vocab_size": 300, "n_positions": 24, "n_embd": 36, "n_layer": 2, "n_head": 3, "n_inner": 40}
	for key, value := range changes {
		config[key] = value
	}
	data, err = json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, configFile), string(data))
	return folder
}

// logits are those after some ids, with the model called name in a format.
func logits(t *testing.T, name, format string) []float32 {
	t.Helper()
	m, err := engine.Open(name, engine.Options{Threads: 2, Weights: format, Cache: engine.CacheIgnored})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	random := rand.New(rand.NewPCG(1, 2))
	ids := make([]int, 20)
	for i := range ids {
		ids[i] = random.IntN(m.Network().Vocab())
	}
	logits := make([]float32, m.Network().Vocab())
	if err := m.Network().Forward(m.Network().NewWorkspace(), []engine.Step{{State: m.Network().NewState(), IDs: ids, Scores: 1}}, logits); err != nil {
		t.Fatal(err)
	}
	return logits
}

// The same numbers give the same logits, to the bit, whatever they are stored in.
func TestContainersComputeTheSame(t *testing.T) {
	sources := map[string]string{
		"pytorch_model.bin": variant(t, "base.bin", nil),
		"an output head":    variant(t, "untied.safetensors", map[string]any{"tie_word_embeddings": false}),
		"epsilon":           variant(t, "base.safetensors", map[string]any{"layer_norm_epsilon": 1e-3}),
		"other names":       variant(t, "base.safetensors", map[string]any{"n_head": 4, "num_attention_heads": 3, "n_ctx": 16}),
		"old names":         variant(t, "old.bin", nil),
		"the head alone":    variant(t, "head.safetensors", nil),
	}
	for name, source := range sources {
		out := t.TempDir()
		for _, destination := range []string{"file.gguf", "folder"} {
			run(t, source, filepath.Join(out, destination), Options{})
			for _, format := range []string{"f32", "f16", "q8", "q4"} {
				if want := logits(t, source, format); !slices.Equal(logits(t, filepath.Join(out, destination), format), want) {
					t.Errorf("%s: a %s has other logits in %s", name, destination, format)
				}
			}
		}
	}
	usual := logits(t, variant(t, "base.safetensors", nil), "f32")
	for _, name := range []string{"pytorch_model.bin", "other names", "old names", "the head alone"} {
		if !slices.Equal(logits(t, sources[name], "f32"), usual) {
			t.Errorf("%s: other logits than those of the same numbers as safetensors", name)
		}
	}
}

// What llama.cpp does not compute goes to folders only, which say what it is.
func TestVariantsThatGGUFCannotTell(t *testing.T) {
	usual := logits(t, variant(t, "base.safetensors", nil), "f32")
	for _, c := range []struct {
		key   string
		value any
		want  string
	}{
		{"activation_function", "gelu", `activation_function is "gelu"`},
		{"activation_function", "relu", `activation_function is "relu"`},
		{"activation_function", "swish", `activation_function is "silu"`},
		{"scale_attn_by_inverse_layer_idx", true, "scale_attn_by_inverse_layer_idx is true"},
		{"scale_attn_weights", false, "scale_attn_weights is false"},
	} {
		source, out := variant(t, "base.safetensors", map[string]any{c.key: c.value}), t.TempDir()
		_, err := Run(context.Background(), source, filepath.Join(out, "x.gguf"), Options{})
		checkError(t, err, c.want+", which a GGUF file of a GPT-2 cannot tell; convert to a folder")
		if found := names(t, out); len(found) != 0 {
			t.Errorf("%s: there is %q", c.want, found)
		}
		folder := filepath.Join(out, "x")
		run(t, source, folder, Options{})
		checkSameConfig(t, opened(t, source), opened(t, folder))
		got := logits(t, folder, "f32")
		if !slices.Equal(got, logits(t, source, "f32")) || slices.Equal(got, usual) {
			t.Errorf("%s: the folder does not compute what the source does", c.want)
		}
	}
	// Other names of gelu_new are nothing else.
	source, file := variant(t, "base.safetensors", map[string]any{"activation_function": "gelu_pytorch_tanh"}), filepath.Join(t.TempDir(), "x.gguf")
	run(t, source, file, Options{})
	if !slices.Equal(logits(t, file, "f32"), usual) {
		t.Error("a GGUF file computes something else than gelu_new")
	}
}

// A tokenizer of another kind than GPT-2's goes into a folder as it is, and not into a GGUF file.
func TestOtherTokenizers(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	for _, name := range []string{vocabFile, mergesFile, addedFile} {
		if err := os.Remove(filepath.Join(source, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(source, "tokenizer.json"), `{"added_tokens": [{"id": 1, "content": "</s>", "special": true}],
		"pre_tokenizer": {"type": "Metaspace"}, "decoder": {"type": "Metaspace"},
		"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["</s>", 0], ["▁a", -1], ["▁", -2], ["a", -2], ["b", -2], ["ab", -3]]}}`)
	write(t, filepath.Join(source, tokensFile), `{"eos_token": "</s>"}`)
	_, err := Run(t.Context(), source, filepath.Join(out, "x.gguf"), Options{})
	checkError(t, err, "its tokenizer is of another kind than GPT-2's, which a GGUF file of a GPT-2 cannot tell; convert to a folder")
	run(t, source, filepath.Join(out, "folder"), Options{Precision: F16})
	var ids [2][]int
	for i, name := range []string{source, filepath.Join(out, "folder")} {
		codec, err := engine.OpenTokenizer(name)
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = codec.Encode("ab a b")
	}
	if !slices.Equal(ids[0], ids[1]) || len(ids[0]) == 0 {
		t.Errorf("%v, converted %v", ids[0], ids[1])
	}
	checkSameConfig(t, opened(t, source), opened(t, filepath.Join(out, "folder")))
}
