package convert

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/dtype"
	"inkling/engine/gguf"
	"inkling/engine/gpt2"
	"inkling/engine/sample"
	"inkling/engine/weights"
)

// tiny is a folder with the random model of package gpt2 and the vocabulary of testdata, in a folder of its own.
func tiny(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "tiny")
	for _, from := range []string{"../gpt2/testdata/tiny", "testdata/vocabulary"} {
		if err := copyFiles(from, folder); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func copyFiles(from, to string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return errors.Join(err, os.MkdirAll(to, 0o777))
		}
		data, err := os.ReadFile(filepath.Join(from, path))
		return errors.Join(err, os.WriteFile(filepath.Join(to, path), data, 0o666))
	})
}

func run(t testing.TB, source, destination string, o Options) Result {
	t.Helper()
	result, err := Run(context.Background(), source, destination, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func opened(t testing.TB, name string) weights.Source {
	t.Helper()
	s, err := engine.Source(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// upright reads a tensor with a row for each output, whichever way round it is stored.
func upright(t testing.TB, s weights.Source, name string) []float32 {
	t.Helper()
	shape, err := s.Shape(name)
	if err != nil {
		t.Fatal(err)
	}
	values, err := s.Tensor(name, shape...)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Transposed(name) {
		return values
	}
	turned := make([]float32, len(values))
	for i, x := range values {
		turned[i%shape[1]*shape[0]+i/shape[1]] = x
	}
	return turned
}

// tensorNames are the names of all tensors of the tiny model.
func tensorNames(t testing.TB, s weights.Source) []string {
	t.Helper()
	config, err := gpt2.ParseConfig(s.Config())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tensor := range list(config) {
		names = append(names, tensor.name)
	}
	return names
}

func checkSameBits(t *testing.T, a, b weights.Source) {
	t.Helper()
	for _, name := range tensorNames(t, a) {
		x, y := upright(t, a, name), upright(t, b, name)
		if !slices.EqualFunc(x, y, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }) {
			t.Errorf("%s differs", name)
		}
	}
}

func checkSameVocabulary(t *testing.T, a, b weights.Source) {
	t.Helper()
	x, err := a.Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x.Added, y.Added) || x.Begin != y.Begin {
		t.Errorf("added tokens %v, beginning %q; and %v, %q", x.Added, x.Begin, y.Added, y.Begin)
	}
	// An added token may be among the pieces or not: it is what it is in either case.
	for _, token := range x.Added {
		delete(x.Pieces, token.Text)
		delete(y.Pieces, token.Text)
	}
	if !maps.Equal(x.Pieces, y.Pieces) || !maps.Equal(x.Special, y.Special) || !slices.Equal(x.Merges, y.Merges) {
		t.Errorf("the vocabularies differ:\n%v\n%v", x, y)
	}
}

func checkSameConfig(t *testing.T, a, b weights.Source) {
	t.Helper()
	x, err := gpt2.ParseConfig(a.Config())
	if err != nil {
		t.Fatal(err)
	}
	y, err := gpt2.ParseConfig(b.Config())
	if err != nil {
		t.Fatal(err)
	}
	if x != y {
		t.Errorf("the configurations differ: %+v, %+v", x, y)
	}
}

// Whatever way a model of float32 goes, it comes back as it was.
func TestThereAndBack(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	file, folder, again := filepath.Join(out, "1.gguf"), filepath.Join(out, "2"), filepath.Join(out, "3.gguf")
	for _, step := range [][2]string{{source, file}, {file, folder}, {folder, again}} {
		if r := run(t, step[0], step[1], Options{}); r.Precision != F32 || r.AsF16 != 0 {
			t.Errorf("%v: %+v", step, r)
		}
	}
	want := opened(t, source)
	for _, name := range []string{file, folder, again} {
		got := opened(t, name)
		checkSameBits(t, want, got)
		checkSameVocabulary(t, want, got)
		checkSameConfig(t, want, got)
	}
}

// What a tokenizer says of its added tokens comes along: a special token that is a piece as well, flags, and the token that every
// text begins with.
func TestTokensThereAndBack(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	write(t, filepath.Join(source, tokensFile), `{"add_bos_token": true, "bos_token": "<|start|>", "pad_token": "!", "added_tokens_decoder": {
		"281": {"content": "<|start|>", "special": true}, "282": {"content": "<mask>", "special": true, "lstrip": true},
		"283": {"content": "word", "single_word": true, "rstrip": true, "normalized": true}}}`)
	file, folder, again := filepath.Join(out, "1.gguf"), filepath.Join(out, "2"), filepath.Join(out, "3.gguf")
	for _, step := range [][2]string{{source, file}, {file, folder}, {folder, again}} {
		run(t, step[0], step[1], Options{})
	}
	want := opened(t, source)
	v, err := want.Vocabulary()
	if err != nil || v.Begin != "<|start|>" || v.Special["!"] != v.Pieces["!"] {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, name := range []string{file, folder, again} {
		checkSameVocabulary(t, want, opened(t, name))
		m, err := engine.Open(name, engine.Options{Threads: 1, Weights: "f32", Cache: engine.CacheIgnored})
		if err != nil {
			t.Fatal(err)
		}
		begin, ok := m.BeginOfText()
		if ids := m.Encode("a!b"); !ok || begin != 281 || !slices.Equal(ids, []int{v.Pieces["a"], v.Pieces["!"], v.Pieces["b"]}) {
			t.Errorf("%s: begins with %d, %v; %v", name, begin, ok, ids)
		}
		if ids := m.EncodeSpecial("a <mask> word "); !slices.Equal(ids, []int{v.Pieces["a"], 282, v.Pieces["Ġ"], 283}) {
			t.Errorf("%s: %v", name, ids)
		}
		m.Close()
	}
}

// Greedy tokens of transformers for the tiny model, from what it was converted to.
func TestConvertedModelsCompute(t *testing.T) {
	data, err := os.ReadFile("../gpt2/testdata/tiny.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Prompt []int `json:"greedy_prompt"`
		Greedy []int `json:"greedy"`
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	source, out := tiny(t), t.TempDir()
	// The fixture's model may choose any id but end-of-text: here, all of them have tokens.
	vocab := make(map[string]int)
	text, err := os.ReadFile(filepath.Join(source, vocabFile))
	if err == nil {
		err = json.Unmarshal(text, &vocab)
	}
	if err != nil {
		t.Fatal(err)
	}
	for id := len(vocab) - 1; id < 299; id++ {
		vocab["x"+strings.Repeat("y", id)] = id
	}
	if err := errors.Join(os.WriteFile(filepath.Join(source, vocabFile), object(vocab), 0o666), os.Remove(filepath.Join(source, addedFile))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"f32.gguf", "folder"} {
		run(t, source, filepath.Join(out, name), Options{})
		m, err := engine.Open(filepath.Join(out, name), engine.Options{Threads: 2, Weights: "f32"})
		if err != nil {
			t.Fatal(err)
		}
		p := sample.Neutral()
		p.Temperature, p.MaxTokens, p.MinTokens = 0, len(want.Greedy), len(want.Greedy)
		r, err := m.Generate(context.Background(), engine.Request{Prompt: want.Prompt, Controls: sample.NewControls(p)})
		if err != nil {
			t.Fatal(err)
		}
		for range r.Events() {
		}
		if got := r.Result(); got.Err != nil || !slices.Equal(got.IDs, want.Greedy) {
			t.Errorf("%s: %v, %v, want %v", name, got.IDs, got.Err, want.Greedy)
		}
		m.Close()
	}
}

// A GGUF file has a cache of its own beside it, which gives the model that the file gives.
func TestCacheOfGGUF(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	ids := func(name string) []int {
		m, err := engine.Open(filepath.Join(out, name), engine.Options{Threads: 1, Weights: "q8"})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close() // which waits for the cache
		p := sample.Neutral()
		p.Temperature, p.MaxTokens, p.MinTokens = 0, 20, 20
		r, err := m.Generate(context.Background(), engine.Request{Prompt: []int{1, 2, 3}, Controls: sample.NewControls(p)})
		if err != nil {
			t.Fatal(err)
		}
		for range r.Events() {
		}
		return r.Result().IDs
	}
	for _, name := range []string{"a.gguf", "b.gguf"} {
		run(t, source, filepath.Join(out, name), Options{})
		if first, second := ids(name), ids(name); len(first) != 20 || !slices.Equal(first, second) {
			t.Errorf("%s: %v, and from the cache %v", name, first, second)
		}
	}
	found := slices.DeleteFunc(names(t, filepath.Join(out, engine.CacheFolder)), func(name string) bool {
		return strings.Contains(name, "-tokenizer-")
	})
	if len(found) != 2 || !strings.HasPrefix(found[0], "a.gguf-q8-") || !strings.HasPrefix(found[1], "b.gguf-q8-") {
		t.Errorf("the caches of weights are %q", found)
	}
	// A folder with a cache is still one that can be replaced.
	run(t, source, filepath.Join(out, "folder"), Options{})
	ids("folder")
	run(t, source, filepath.Join(out, "folder"), Options{Force: true})
}

// dump.json is what the Python package of llama.cpp found in files that were converted before, down to the last byte.
func TestFilesAreThoseThatGGUFRead(t *testing.T) {
	data, err := os.ReadFile("testdata/dump.json")
	if err != nil {
		t.Fatal(err)
	}
	var dump map[Precision]struct {
		SHA256  string         `json:"sha256"`
		Keys    map[string]any `json:"keys"`
		Tensors []struct {
			Name   string `json:"name"`
			Shape  []int  `json:"shape"`
			Type   string `json:"type"`
			SHA256 string `json:"sha256"`
		} `json:"tensors"`
	}
	if err := json.Unmarshal(data, &dump); err != nil {
		t.Fatal(err)
	}
	source, out := tiny(t), t.TempDir()
	for _, p := range Precisions() {
		path := filepath.Join(out, string(p)+".gguf")
		result := run(t, source, path, Options{Precision: p})
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := dump[p]
		if int64(len(file)) != result.Bytes || result.Parameters != 262_800 {
			t.Errorf("%s: %+v, but the file has %d bytes", p, result, len(file))
		}
		if sum(file) != want.SHA256 {
			t.Errorf("%s: the file is another one than that of dump.json; make that again if it should be", p)
		}
		read, err := gguf.Read(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if len(read.Tensors) != len(want.Tensors) || len(read.Metadata) != len(want.Keys) {
			t.Fatalf("%s: %d tensors and %d keys, want %d and %d", p, len(read.Tensors), len(read.Metadata), len(want.Tensors), len(want.Keys))
		}
		asF16 := 0
		for i, tensor := range read.Tensors {
			w := want.Tensors[i]
			elements := 1
			for _, n := range tensor.Shape {
				elements *= n
			}
			values := make([]float32, elements)
			if err := tensor.ReadRows(0, tensor.Shape[0], values); err != nil {
				t.Fatal(err)
			}
			if tensor.Name != w.Name || !slices.Equal(tensor.Shape, w.Shape) || tensor.Type.String() != w.Type || sum(dtype.AppendF32(nil, values)) != w.SHA256 {
				t.Errorf("%s: %s of %s %v, want %+v", p, tensor.Name, tensor.Type, tensor.Shape, w)
			}
			if tensor.Type == gguf.F16 && p != F16 {
				asF16++
			}
			if vector := len(tensor.Shape) == 1 || tensor.Name == "position_embd.weight"; vector != (tensor.Type == gguf.F32) && p != F32 {
				t.Errorf("%s: %s is %s", p, tensor.Name, tensor.Type)
			}
		}
		if asF16 != result.AsF16 {
			t.Errorf("%s: %d matrices are F16, the result says %d", p, asF16, result.AsF16)
		}
	}
}

func sum(data []byte) string {
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:])
}

func TestTokensOfGGUF(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.gguf")
	run(t, tiny(t), out, Options{})
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	file, err := gguf.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := file.Texts(weights.KeyTokens)
	if err != nil {
		t.Fatal(err)
	}
	types, err := file.Int32s(weights.KeyTokenTypes)
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) != 300 || len(types) != 300 {
		t.Fatalf("%d tokens and %d types, want as many as the embedding has rows, 300", len(texts), len(types))
	}
	for id, want := range map[int]struct {
		text string
		kind int32
	}{10: {"Ċ", 1}, 258: {"Ġthe", 1}, 269: {"[PAD269]", 5}, 280: {"<|user|>", 3}, 298: {"[PAD298]", 5}, 299: {"<|endoftext|>", 3}} {
		if texts[id] != want.text || types[id] != want.kind {
			t.Errorf("token %d is %q of the type %d, want %v", id, texts[id], types[id], want)
		}
	}
	for _, key := range []string{weights.KeyBegin, weights.KeyEnd} {
		if id, err := file.Int(key, 300); err != nil || id != 299 {
			t.Errorf("%s: %d, %v", key, id, err)
		}
	}
}

// Without a precision, the matrices lose nothing.
func TestPrecisionOfTheSource(t *testing.T) {
	source, out := tiny(t), t.TempDir()
	at := func(name string) string { return filepath.Join(out, name) }
	for _, p := range Precisions() {
		run(t, source, at(string(p)+".gguf"), Options{Precision: p})
	}
	run(t, source, at("f16"), Options{Precision: F16})
	for _, c := range []struct {
		source string
		file   bool
		want   Precision
	}{
		{"f32.gguf", true, F32}, {"f16.gguf", true, F16}, {"q8.gguf", true, Q8}, {"q4.gguf", true, Q4}, {"f16", true, F16},
		{"f32.gguf", false, F32}, {"f16.gguf", false, F16}, {"q8.gguf", false, F32}, {"q4.gguf", false, F32}, {"f16", false, F16},
	} {
		to := at("out")
		if c.file {
			to += ".gguf"
		}
		if r := run(t, at(c.source), to, Options{Force: true}); r.Precision != c.want {
			t.Errorf("%s as a file %v: %s, want %s", c.source, c.file, r.Precision, c.want)
		}
		a, b := opened(t, at(c.source)), opened(t, to)
		for _, name := range []string{"wte.weight", "h.0.attn.c_attn.weight", "h.1.attn.c_proj.weight", "h.2.mlp.c_fc.weight", "h.2.mlp.c_proj.weight"} {
			if !slices.Equal(upright(t, a, name), upright(t, b, name)) {
				t.Errorf("%s as a file %v: %s differs", c.source, c.file, name)
			}
		}
		a.Close()
		b.Close()
	}
}

// The starter's own prompt format goes with it.
func TestStarter(t *testing.T) {
	out := t.TempDir()
	file, folder := filepath.Join(out, "starter.gguf"), filepath.Join(out, "starter")
	run(t, engine.Starter, file, Options{})
	run(t, file, folder, Options{})
	want, err := engine.Open(engine.Starter, engine.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	const text = "Once upon a time, there wasn't\n\n  a \"naïve\" fox<|endoftext|>"
	for _, name := range []string{file, folder} {
		m, err := engine.Open(name, engine.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		a, b := m.Info(), want.Info()
		a.Name = b.Name
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%+v, want %+v", a, b)
		}
		if ids := m.EncodeSpecial(text); !slices.Equal(ids, want.EncodeSpecial(text)) {
			t.Errorf("%s: ids %v", name, ids)
		}
		m.Close()
	}
	checkSameBits(t, opened(t, engine.Starter), opened(t, folder))
}

// withHead adds an output head to the folder of a model: the token embedding, with another value in one place if own.
func withHead(t *testing.T, folder string, own bool) {
	t.Helper()
	s, err := engine.Source(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	header, offset := map[string]any{}, 0
	var data []byte
	add := func(name string, values []float32) {
		shape, err := s.Shape(strings.Replace(name, "lm_head", "wte", 1))
		if err != nil {
			t.Fatal(err)
		}
		data = dtype.AppendF32(data, values)
		header[name] = map[string]any{"dtype": "F32", "shape": shape, "data_offsets": []int{offset, len(data)}}
		offset = len(data)
	}
	for _, name := range tensorNames(t, s) {
		shape, _ := s.Shape(name)
		values, err := s.Tensor(name, shape...)
		if err != nil {
			t.Fatal(err)
		}
		add(name, values)
		if name == "wte.weight" {
			if own {
				values[len(values)-1]++
			}
			add("lm_head.weight", values)
		}
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	if err := os.WriteFile(filepath.Join(folder, weightsFile), append(file, data...), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestOutputHead(t *testing.T) {
	for _, own := range []bool{true, false} {
		source, out := tiny(t), t.TempDir()
		withHead(t, source, own)
		file, folder := filepath.Join(out, "x.gguf"), filepath.Join(out, "x")
		run(t, source, file, Options{})
		run(t, file, folder, Options{})
		want := opened(t, source)
		for _, name := range []string{file, folder} {
			got := opened(t, name)
			if got.Has("lm_head.weight") != own {
				t.Errorf("%s: an output head: %v, want %v", name, !own, own)
			}
			config, err := gpt2.ParseConfig(got.Config())
			if err != nil || config.Tied == own {
				t.Errorf("%s: tied %v, %v", name, config.Tied, err)
			}
			if own && !slices.Equal(upright(t, got, "lm_head.weight"), upright(t, want, "lm_head.weight")) {
				t.Errorf("%s: the output head differs", name)
			}
		}
	}
}

func TestConfigurationOfFolders(t *testing.T) {
	source, out := tiny(t), filepath.Join(t.TempDir(), "out")
	run(t, source, out, Options{Precision: F16})
	var before, after map[string]any
	for path, into := range map[string]*map[string]any{source: &before, out: &after} {
		data, err := os.ReadFile(filepath.Join(path, configFile))
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	delete(before, "dtype")
	before["torch_dtype"] = "float16"
	if !reflect.DeepEqual(after, before) {
		t.Errorf("\n got %v\nwant %v", after, before)
	}
}

// How a model is to be sampled goes along.
func TestSuggestionsOfFolders(t *testing.T) {
	source, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	if err := os.CopyFS(source, os.DirFS(tiny(t))); err != nil {
		t.Fatal(err)
	}
	want := []byte(`{"temperature": 0.55, "top_k": 7}`)
	if err := os.WriteFile(filepath.Join(source, generationFile), want, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, source, out, Options{})
	if got, err := os.ReadFile(filepath.Join(out, generationFile)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestEnds(t *testing.T) {
	m := &model{config: gpt2.Config{Vocab: 10}, vocabulary: weights.Vocabulary{Special: map[string]int{weights.EndOfText: 7}}}
	for config, want := range map[string][2]int{
		`{}`: {7, 7}, `{"bos_token_id": 1, "eos_token_id": 2}`: {1, 2}, `{"eos_token_id": [3, 4]}`: {7, 3}, `{"eos_token_id": []}`: {7, 7},
		`{"bos_token_id": null, "eos_token_id": 10}`: {7, 7}, `{"bos_token_id": -1, "eos_token_id": "x"}`: {7, 7}, `{"eos_token_id": 0}`: {7, 0},
	} {
		m.Source = configured{config: config}
		if begin, end := m.ends(); begin != want[0] || end != want[1] {
			t.Errorf("%s: %d and %d, want %v", config, begin, end, want)
		}
	}
	m.vocabulary.Special = nil
	m.Source = configured{config: `{}`}
	if begin, end := m.ends(); begin != -1 || end != -1 {
		t.Errorf("without end-of-text: %d and %d", begin, end)
	}
}

// configured is a source that has a configuration and nothing else.
type configured struct {
	weights.Source
	config string
}

func (c configured) Config() []byte { return []byte(c.config) }
