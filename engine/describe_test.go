package engine_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/weights"
)

func describe(t testing.TB, name string) *engine.Description {
	t.Helper()
	d, err := engine.Describe(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What a description says of a model is what the opened model says of itself.
func TestDescribeAgreesWithOpen(t *testing.T) {
	words := tiny(t, nil, map[string]string{"vocab.txt": words()})
	for _, name := range []string{engine.Starter, words} {
		d := describe(t, name)
		for _, memory := range d.Memory {
			m, err := engine.Open(name, engine.Options{Threads: 1, Weights: memory.Format, Cache: engine.CacheIgnored})
			if err != nil {
				t.Fatal(err)
			}
			want := m.Info()
			m.Close()
			if memory.Weights != want.Bytes {
				t.Errorf("%s: %s takes %d bytes, want %d", name, memory.Format, memory.Weights, want.Bytes)
			}
			want.Weights, want.Bytes, want.Cached, want.Kernel, want.Threads = "", 0, false, "", 0
			if got := d.Info(); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
		if got := open(t, name).Encode("hello"); !slices.Equal(got, d.Encode("hello")) {
			t.Errorf("%s: %v", name, d.Encode("hello"))
		}
	}
}

func TestDescribe(t *testing.T) {
	d := describe(t, engine.Starter)
	if d.Activation != "gelu_new" || d.Tokenizer != "byte-level BPE" || d.Pieces != 4096 || d.Path != "" || d.Licence != "mit" || d.Size() > 10<<20 {
		t.Errorf("%+v", d)
	}
	// The matrices of the starter are in 8 bits.
	for _, x := range d.Tensors {
		if want := map[bool]string{true: "F32", false: "Q8_0"}[len(x.Shape) == 1 || strings.Contains(x.Name, "position")]; x.DType != want {
			t.Errorf("%s is %s, want %s", x.Name, x.DType, want)
		}
	}

	d = describe(t, small)
	if d.Activation != "gelu_new" || d.Tokenizer != "byte-level BPE" || d.Pieces != 4096 || d.Path != small || len(d.Files) != 5 || d.Licence != "mit" {
		t.Errorf("%+v", d)
	}
	// wte, wpe, ln_f; and 12 in each of 4 layers.
	if len(d.Tensors) != 2+2+4*12 {
		t.Errorf("%d tensors", len(d.Tensors))
	}
	first := d.Tensors[slices.IndexFunc(d.Tensors, func(x weights.Tensor) bool { return strings.HasSuffix(x.Name, "h.0.attn.c_attn.weight") })]
	if first.DType != "F16" || !slices.Equal(first.Shape, []int{192, 3 * 192}) {
		t.Errorf("%+v", first)
	}
	// 512 positions of 4 layers with 6 heads of 32: in f32 a key and a value for each number; in q8 a byte for each, and for each
	// 32 of the key, and for the whole value, a scale of 4 bytes beside the 1 of 4 bytes that every value's block of 32 has.
	for _, m := range d.Memory {
		switch m.Format {
		case "f32", "f16":
			if want := 512 * 4 * 192 * 2 * 4; m.Cache != want {
				t.Errorf("%s: %d bytes for the context, want %d", m.Format, m.Cache, want)
			}
		default:
			if least := 512 * 4 * 192 * 2; m.Cache < least || m.Cache > 2*least {
				t.Errorf("%s: %d bytes for the context, of which %d are needed", m.Format, m.Cache, least)
			}
		}
	}

	folder := tiny(t, nil, map[string]string{"vocab.txt": words(), "README.md": "---\nlicense: mit\n---\n", ".hidden": "x"})
	if err := os.MkdirAll(filepath.Join(folder, "onnx"), 0o700); err != nil {
		t.Fatal(err)
	}
	d = describe(t, folder)
	if d.Licence != "mit" || d.Tokenizer != "WordPiece" || d.Path != folder {
		t.Errorf("%+v", d)
	}
	var names []string
	var size int64
	for _, f := range d.Files {
		names = append(names, f.Name)
		info, err := os.Stat(filepath.Join(folder, f.Name))
		if err != nil || info.Size() != f.Size {
			t.Errorf("%s has %d bytes, %v", f.Name, f.Size, err)
		}
		size += f.Size
	}
	if want := []string{"README.md", "config.json", "model.safetensors", "vocab.txt"}; !slices.Equal(names, want) || size != d.Size() {
		t.Errorf("files %q of %d bytes, want %q", names, d.Size(), want)
	}
}

// withHead adds an output head to the weights of a folder: the token embedding, with one number changed in the rows given.
func withHead(t testing.TB, folder string, rows ...int) {
	t.Helper()
	s, err := engine.Source(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	header, data := map[string]any{}, []byte{}
	add := func(name string, shape []int, values []float32) {
		header[name] = map[string]any{"dtype": "F32", "shape": shape, "data_offsets": []int{len(data), len(data) + 4*len(values)}}
		for _, v := range values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
	}
	for _, tensor := range s.Tensors() {
		name := strings.TrimPrefix(tensor.Name, "transformer.")
		values, err := s.Tensor(name, tensor.Shape...)
		if err != nil {
			t.Fatal(err)
		}
		add(name, tensor.Shape, values)
		if name == "wte.weight" {
			for _, row := range rows {
				values[row*tensor.Shape[1]] += 1
			}
			add("lm_head.weight", tensor.Shape, values)
		}
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	if err := os.WriteFile(filepath.Join(folder, "model.safetensors"), append(file, data...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An output head that is there may still be the token embedding, whatever config.json says.
func TestDescribeTellsAHeadOfItsOwn(t *testing.T) {
	all := make([]int, 300)
	for i := range all {
		all[i] = i
	}
	for _, c := range []struct {
		rows []int
		says bool // config.json
		tied bool
	}{{nil, true, true}, {nil, false, true}, {all, true, false}, {all[200:], false, false}} {
		folder := tiny(t, map[string]any{"tie_word_embeddings": c.says}, map[string]string{"vocab.txt": words()})
		withHead(t, folder, c.rows...)
		got, want := describe(t, folder).Info(), open(t, folder).Info()
		if got.Tied != c.tied || want.Tied != c.tied || got.Parameters != want.Parameters {
			t.Errorf("%d rows differ: tied %v, %d parameters; opened: %v, %d", len(c.rows), got.Tied, got.Parameters, want.Tied, want.Parameters)
		}
	}
}

func TestDescribeExplainsWhatIsWrong(t *testing.T) {
	vocabulary := map[string]string{"vocab.txt": words()}
	t.Setenv("HF_HUB_CACHE", t.TempDir())
	for name, c := range map[string]struct{ folder, want string }{
		"no such model":    {filepath.Join(t.TempDir(), "none"), "no such folder"},
		"not fetched":      {"gpt2-medium", "inkling pull gpt2-medium"},
		"not a GPT-2":      {tiny(t, map[string]any{"model_type": "llama"}, vocabulary), `model_type is "llama"`},
		"no tokenizer":     {tiny(t, nil, nil), "vocab.json"},
		"no head":          {tiny(t, map[string]any{"tie_word_embeddings": false}, vocabulary), "lm_head.weight"},
		"too many layers":  {tiny(t, map[string]any{"n_layer": 1 << 24}, vocabulary), "n_layer is 16777216, but there are only 40 tensors"},
		"sizes of nothing": {tiny(t, map[string]any{"n_embd": 1 << 24, "n_head": 1, "n_inner": 1 << 24}, vocabulary), "config.json: its sizes"},
	} {
		_, described := engine.Describe(c.folder)
		_, opened := engine.Open(c.folder, engine.Options{})
		for _, err := range []error{described, opened} {
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v, want one line with %q", name, err, c.want)
			}
		}
	}
}

// A model that is larger than the machine is refused before anything of it is loaded, with the figures.
func TestTooLargeForTheMemory(t *testing.T) {
	folder := tiny(t, map[string]any{"n_embd": 1 << 20, "n_head": 1, "n_layer": 30}, map[string]string{"vocab.txt": words()})
	_, err := engine.Open(folder, engine.Options{Weights: "q4"})
	if err == nil || !strings.Contains(err.Error(), "not enough memory for ") || !strings.Contains(err.Error(), " GB for weights (q4) and ") ||
		!strings.Contains(err.Error(), " available; ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}

func TestOpenTokenizer(t *testing.T) {
	folder := tiny(t, nil, map[string]string{"vocab.txt": words()})
	want := open(t, folder)
	if err := os.Remove(filepath.Join(folder, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	c, err := engine.OpenTokenizer(folder)
	if err != nil {
		t.Fatal(err)
	}
	const text = "你好 hello"
	if got := c.Encode(text); !slices.Equal(got, want.Encode(text)) {
		t.Errorf("%v, want %v", got, want.Encode(text))
	}
	if begin, ok := c.BeginOfText(); !ok || begin != 2 {
		t.Errorf("texts begin with %d, %v", begin, ok)
	}
	if end, ok := c.EndOfText(); !ok || end != 3 {
		t.Errorf("texts end with %d, %v", end, ok)
	}
	if got, want := fmt.Sprint(c.Info().Context, c.Info().Vocab), "64 300"; got != want {
		t.Errorf("context and vocabulary %s, want %s", got, want)
	}
	if _, err := engine.OpenTokenizer("someone/nothing"); err == nil {
		t.Error("a model that is not there has a tokenizer")
	}
}
