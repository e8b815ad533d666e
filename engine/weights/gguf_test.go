package weights

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"inkling/engine/added"
	"inkling/engine/gguf"
)

// smallMetadata is that of a model with a vocabulary of 6, the last of which is padding, and the width 4.
func smallMetadata() gguf.Metadata {
	return gguf.Metadata{
		{Key: KeyArchitecture, Value: "gpt2"}, {Key: KeyContext, Value: uint32(8)}, {Key: KeyWidth, Value: uint32(4)}, {Key: KeyLayers, Value: uint32(1)},
		{Key: KeyInner, Value: uint32(12)}, {Key: KeyHeads, Value: uint32(2)}, {Key: KeyEpsilon, Value: float32(1e-5)},
		{Key: KeyTokenizer, Value: "gpt2"}, {Key: KeyPretokenizer, Value: "gpt-2"}, {Key: KeyTokens, Value: []string{"a", "b", "ab", "<|endoftext|>", "<|user|>", "[PAD5]"}},
		{Key: KeyTokenTypes, Value: []int32{1, 1, 1, 3, 4, 5}}, {Key: KeyMerges, Value: []string{"a b"}}, {Key: KeyEnd, Value: uint32(3)},
	}
}

// with is the metadata with another value of a key; nil leaves the key out.
func with(key string, value any) gguf.Metadata { return change(smallMetadata(), key, value) }

func change(m gguf.Metadata, key string, value any) gguf.Metadata {
	m = slices.DeleteFunc(m, func(p gguf.Pair) bool { return p.Key == key })
	if value != nil {
		m = append(m, gguf.Pair{Key: key, Value: value})
	}
	return m
}

// ggufFile is a file with the metadata, the token embedding and a matrix of a layer.
func ggufFile(m gguf.Metadata) []byte {
	var file bytes.Buffer
	w, err := gguf.NewWriter(&file, m, []gguf.Info{{Name: "token_embd.weight", Type: gguf.F16, Shape: []int{6, 4}}, {Name: "blk.0.attn_qkv.weight", Type: gguf.F32, Shape: []int{12, 4}}})
	for i := 0; err == nil && i < 6*4+12*4; i++ {
		err = w.Write([]float32{float32(i)})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return file.Bytes()
}

func openGGUF(data []byte) (*GGUF, error) {
	return OpenGGUF(fstest.MapFS{"x.gguf": {Data: data}}, "x.gguf", "m/x.gguf")
}

func TestGGUF(t *testing.T) {
	g, err := openGGUF(ggufFile(smallMetadata()))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	const config = `{"activation_function":"gelu_new","architectures":["GPT2LMHeadModel"],"eos_token_id":3,"layer_norm_epsilon":1e-05,` +
		`"model_type":"gpt2","n_embd":4,"n_head":2,"n_inner":12,"n_layer":1,"n_positions":8,"tie_word_embeddings":true,"vocab_size":6}`
	if string(g.Config()) != config {
		t.Errorf("config\n got %s\nwant %s", g.Config(), config)
	}
	v, err := g.Vocabulary()
	want := Vocabulary{
		Pieces: map[string]int{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}, Merges: [][2]string{{"a", "b"}},
		Special: map[string]int{"<|endoftext|>": 3},
		Added:   []added.Token{{Text: "<|endoftext|>", ID: 3, Special: true}, {Text: "<|user|>", ID: 4}},
		Names:   map[string]string{"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"},
	}
	if err != nil || !reflect.DeepEqual(v, want) {
		t.Errorf("got %v, %v, want %v", v, err, want)
	}
	if !g.Has("wte.weight") || !g.Has("h.0.attn.c_attn.weight") || g.Has("wpe.weight") || g.Has("token_embd.weight") || g.Has("") {
		t.Error("Has finds the wrong tensors")
	}
	shape, err := g.Shape("h.0.attn.c_attn.weight")
	if err != nil || !slices.Equal(shape, []int{12, 4}) || g.Transposed("h.0.attn.c_attn.weight") {
		t.Errorf("shape %v, %v", shape, err)
	}
	row := make([]float32, 4)
	if err := g.Rows("wte.weight", 5, 6, row); err != nil || !slices.Equal(row, []float32{20, 21, 22, 23}) {
		t.Errorf("row %v, %v", row, err)
	}
	if values, err := g.Tensor("wte.weight", 6, 4); err != nil || values[23] != 23 || g.DType("wte.weight") != "F16" || g.DType("x") != "" {
		t.Errorf("got %v, %v", values, err)
	}
	_, err = g.Tensor("wte.weight", 4, 6)
	checkError(t, err, "m/x.gguf: tensor token_embd.weight: shape [6 4], expected [4 6]; the tensors do not match the file's metadata")
	_, err = g.Tensor("ln_f.weight", 4)
	checkError(t, err, "m/x.gguf: tensor output_norm.weight (ln_f.weight): not in the file; the tensors do not match the file's metadata")
	checkError(t, g.Rows("wte.weight", 0, 7, row), "m/x.gguf: tensor token_embd.weight: rows 0 to 7 into 4 values, expected rows within 0 to 6 of 4 values each")
}

func TestGGUFNames(t *testing.T) {
	for name, want := range map[string]string{
		"wte.weight": "token_embd.weight", "wpe.weight": "position_embd.weight", "ln_f.weight": "output_norm.weight", "ln_f.bias": "output_norm.bias",
		"lm_head.weight": "output.weight", "h.0.ln_1.weight": "blk.0.attn_norm.weight", "h.11.ln_2.bias": "blk.11.ffn_norm.bias",
		"h.0.attn.c_attn.weight": "blk.0.attn_qkv.weight", "h.0.attn.c_proj.bias": "blk.0.attn_output.bias",
		"h.3.mlp.c_fc.weight": "blk.3.ffn_up.weight", "h.3.mlp.c_proj.bias": "blk.3.ffn_down.bias",
		"": "", "x": "", "h.0.attn.bias": "", "h.0.attn.masked_bias": "", "h.x.ln_1.bias": "", "h.-1.ln_1.bias": "", "transformer.wte.weight": "",
	} {
		if got := GGUFName(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// What a file may leave out, and what it may say beyond the rest.
func TestGGUFConfig(t *testing.T) {
	for name, c := range map[string]struct {
		m    gguf.Metadata
		want map[string]any
	}{
		"no inner size": {with(KeyInner, nil), map[string]any{"n_inner": nil}},
		"no epsilon":    {with(KeyEpsilon, nil), map[string]any{"layer_norm_epsilon": nil}},
		"epsilon":       {with(KeyEpsilon, float32(1e-6)), map[string]any{"layer_norm_epsilon": 1e-6}},
		"begin":         {with(KeyBegin, uint32(2)), map[string]any{"bos_token_id": 2.0, "eos_token_id": 3.0}},
		"uint64":        {with(KeyLayers, uint64(7)), map[string]any{"n_layer": 7.0}},
		"prompt":        {with(KeyPromptFormat, "transcript"), map[string]any{"prompt_format": "transcript", "prompt_preamble": nil}},
		"preamble":      {with(KeyPreamble, ""), map[string]any{"prompt_preamble": ""}},
		"conversation":  {with(KeyConversational, true), map[string]any{"task_specific_params": map[string]any{"conversational": map[string]any{}}}},
		"no talk":       {with(KeyConversational, false), map[string]any{"task_specific_params": nil}},
	} {
		g, err := openGGUF(ggufFile(c.m))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var config map[string]any
		if err := json.Unmarshal(g.Config(), &config); err != nil {
			t.Fatal(err)
		}
		for key, want := range c.want {
			if got, there := config[key]; !reflect.DeepEqual(got, want) || there && want == nil {
				t.Errorf("%s: %s is %v, want %v", name, key, got, want)
			}
		}
	}
}

func TestGGUFErrors(t *testing.T) {
	const fetch = "; the file is damaged, download it again"
	for name, c := range map[string]struct {
		m    gguf.Metadata
		want string
	}{
		"no architecture": {with(KeyArchitecture, nil), "general.architecture: the file lacks this key" + fetch},
		"another one":     {with(KeyArchitecture, "llama"), "general.architecture is llama, expected gpt2: only GPT-2 models can be opened"},
		"number":          {with(KeyArchitecture, true), "general.architecture: found true (bool), expected a string" + fetch},
		"no layers":       {with(KeyLayers, nil), "gpt2.block_count: the file lacks this key" + fetch},
		"0 heads":         {with(KeyHeads, uint32(0)), "gpt2.attention.head_count: found 0, expected at least 1" + fetch},
		"many layers":     {with(KeyLayers, uint32(1<<30)), "gpt2.block_count: found 1073741824 (uint32), expected a whole number from 0 to 16777216" + fetch},
		"heads":           {with(KeyHeads, uint32(3)), "gpt2.embedding_length is 4, which is not a multiple of gpt2.attention.head_count 3" + fetch},
		"epsilon":         {with(KeyEpsilon, float32(2)), "gpt2.attention.layer_norm_epsilon: found 2, expected more than 0 and less than 1" + fetch},
		"epsilon is text": {with(KeyEpsilon, "x"), `gpt2.attention.layer_norm_epsilon: found the string "x", expected a floating-point number` + fetch},
		"end":             {with(KeyEnd, int32(-1)), "tokenizer.ggml.eos_token_id: found -1 (int32), expected a whole number from 0 to 16777215" + fetch},
	} {
		_, err := openGGUF(ggufFile(c.m))
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		checkError(t, err, "m/x.gguf: "+c.want)
	}
	_, err := openGGUF([]byte("GGUF"))
	checkError(t, err, "m/x.gguf: the file ends within its metadata, after 4 bytes; the file is cut short, download it again")
	var file bytes.Buffer
	w, err := gguf.NewWriter(&file, smallMetadata(), nil)
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	_, err = openGGUF(file.Bytes())
	checkError(t, err, "m/x.gguf: found no matrix token_embd.weight"+fetch)
	_, err = OpenGGUF(fstest.MapFS{}, "x.gguf", "m/x.gguf")
	checkError(t, err, "m/x.gguf: file does not exist")
}

func TestGGUFVocabulary(t *testing.T) {
	tokens := func(texts ...string) []string {
		return append(texts, []string{"a", "b", "ab", "c", "d", "e"}[len(texts):]...)
	}
	types := func(types ...int32) []int32 { return append(types, []int32{1, 1, 1, 1, 1, 1}[len(types):]...) }
	for name, c := range map[string]struct {
		m                     gguf.Metadata
		pieces, added, merges int
	}{
		"no types":              {with(KeyTokenTypes, nil), 6, 1, 1},
		"no pretokenizer":       {with(KeyPretokenizer, nil), 4, 2, 1},
		"default":               {with(KeyPretokenizer, "default"), 4, 2, 1},
		"unsigned types":        {with(KeyTokenTypes, []uint32{1, 1, 1, 3, 4, 5}), 4, 2, 1},
		"older padding":         {with(KeyTokenTypes, []int32{1, 1, 1, 3, 4, 4}), 4, 2, 1},
		"spaces are kept":       {with(KeyTokens, tokens("a", "b", "ab", "<|endoftext|>", "  \n")), 4, 2, 1},
		"fewer tokens than ids": {change(change(with(KeyTokenTypes, nil), KeyTokens, []string{"a", "b", "ab"}), KeyMerges, []string{}), 3, 0, 0},
	} {
		g, err := openGGUF(ggufFile(c.m))
		if err != nil {
			t.Fatal(err)
		}
		v, err := g.Vocabulary()
		if err != nil || len(v.Pieces) != c.pieces || len(v.Added) != c.added || len(v.Merges) != c.merges {
			t.Errorf("%s: %v, %v, want %d pieces, %d added tokens, %d merges", name, v, err, c.pieces, c.added, c.merges)
		}
		if ok := slices.ContainsFunc(v.Added, func(t added.Token) bool { return t.Text == "  \n" }); ok != (name == "spaces are kept") {
			t.Errorf("%s: added tokens %v", name, v.Added)
		}
	}
	const fetch = "; the file is damaged, download it again"
	for name, c := range map[string]struct {
		m    gguf.Metadata
		want string
	}{
		"no model":        {with(KeyTokenizer, nil), "tokenizer.ggml.model: the file lacks this key"},
		"no tokens":       {with(KeyTokens, nil), "tokenizer.ggml.tokens: the file lacks this key"},
		"no merges":       {with(KeyMerges, nil), "tokenizer.ggml.merges: the file lacks this key"},
		"merge of three":  {with(KeyMerges, []string{"a b", "a b c"}), `tokenizer.ggml.merges: merge 2: found "a b c", expected two pieces with one space between them`},
		"too many tokens": {with(KeyTokens, append(tokens(), "f")), "tokenizer.ggml.tokens: found 7 tokens, but the embedding has 6 rows"},
		"too few types":   {with(KeyTokenTypes, []int32{1, 1}), "tokenizer.ggml.tokens: found 6 tokens, but 2 types of tokens"},
		"token twice":     {with(KeyTokens, tokens("a", "a")), "tokenizer.ggml.tokens: token a: found for both 0 and 1, expected one of them"},
		"not UTF-8":       {with(KeyTokens, tokens("a", "\xff")), "tokenizer.ggml.tokens: token 1: not UTF-8 text"},
		"no text":         {with(KeyTokens, tokens("a", "b", "ab", "d", "")), "tokenizer.ggml.tokens: the token with id 4: found no text, expected some"},
		"all unused":      {with(KeyTokenTypes, types(5, 5, 5, 5, 5, 5)), "tokenizer.ggml.tokens: no pieces"},
	} {
		g, err := openGGUF(ggufFile(c.m))
		if err != nil {
			t.Fatal(err)
		}
		v, err := g.Vocabulary()
		if err == nil || !reflect.DeepEqual(v, Vocabulary{}) {
			t.Errorf("%s: got %v, %v", name, v, err)
			continue
		}
		checkError(t, err, "m/x.gguf: "+c.want+fetch)
	}
}

// A whole file with another tokenizer is not called damaged.
func TestGGUFOfAnotherTokenizer(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{KeyTokenizer, "llama", "tokenizer.ggml.model is llama, expected gpt2"}, {KeyPretokenizer, "llama-bpe", "tokenizer.ggml.pre is llama-bpe, expected gpt-2"},
	} {
		g, err := openGGUF(ggufFile(with(c.key, c.value)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = g.Vocabulary()
		checkError(t, err, "m/x.gguf: "+c.want+": "+adviseFolder)
	}
}

// A control token may be a piece that others are made of: "!" as padding.
func TestGGUFSpecialPieces(t *testing.T) {
	g, err := openGGUF(ggufFile(change(with(KeyTokenTypes, []int32{3, 1, 3, 3, 4, 5}), KeyAddBegin, true)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := g.Vocabulary()
	want := map[string]int{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}
	if err != nil || !maps.Equal(v.Pieces, want) || v.Special["a"] != 0 || v.Special["ab"] != 2 || v.Begin != "<|endoftext|>" {
		t.Errorf("%+v, %v", v, err)
	}
}

// A model in several files is read from any of them.
func TestSplitGGUF(t *testing.T) {
	part := func(number, count int, m gguf.Metadata, tensor string, shape ...int) *fstest.MapFile {
		var file bytes.Buffer
		m = append(m, gguf.Pair{Key: keySplitNumber, Value: uint16(number)}, gguf.Pair{Key: keySplitCount, Value: uint16(count)})
		w, err := gguf.NewWriter(&file, m, []gguf.Info{{Name: tensor, Type: gguf.F32, Shape: shape}})
		if err == nil {
			err = w.Write(make([]float32, shape[0]*shape[1]))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return &fstest.MapFile{Data: file.Bytes()}
	}
	first, second := part(0, 2, smallMetadata(), "token_embd.weight", 6, 4), part(1, 2, nil, "blk.0.attn_qkv.weight", 12, 4)
	const one, two = "x-00001-of-00002.gguf", "x-00002-of-00002.gguf"
	whole := fstest.MapFS{one: first, two: second}
	for _, name := range []string{one, two} {
		g, err := OpenGGUF(whole, name, "m/"+name)
		if err != nil {
			t.Fatal(err)
		}
		if !g.Has("wte.weight") || !g.Has("h.0.attn.c_attn.weight") || !slices.Equal(g.WeightFiles(), []string{one, two}) {
			t.Errorf("%s: %v of %v", name, g.Tensors(), g.WeightFiles())
		}
		if v, err := g.Vocabulary(); err != nil || len(v.Pieces) != 4 {
			t.Errorf("%s: %v, %v", name, v, err)
		}
		g.Close()
	}
	for _, c := range []struct {
		fsys       fstest.MapFS
		name, want string
	}{
		{fstest.MapFS{two: second}, two, "m/" + one + ": file does not exist; the model has 2 parts, download this one beside the others"},
		{fstest.MapFS{one: first}, one, "m/" + two + ": file does not exist; the model has 2 parts, download this one beside the others"},
		{fstest.MapFS{"y.gguf": second}, "y.gguf", "m/y.gguf: part 2 of the 2 of a model, expected a name that ends in -00002-of-00002.gguf; give the parts the names that they had"},
		{fstest.MapFS{one: first, two: first}, one, "m/" + two + ": split.no is not 1, expected as the name says; download the parts again from one place"},
		{fstest.MapFS{one: first, two: part(1, 2, nil, "token_embd.weight", 6, 4)}, one, "m/" + two + ": tensor token_embd.weight: found in another part of the model as well; download all parts again from one place"},
	} {
		_, err := OpenGGUF(c.fsys, c.name, "m/"+c.name)
		checkError(t, err, c.want)
	}
	_, err := openGGUF([]byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"))
	checkError(t, err, "m/x.gguf: a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull")
}

func TestIsGGUF(t *testing.T) {
	for name, want := range map[string]bool{"x.gguf": true, "X.GGUF": true, "gguf": false, "x.gguf/": false, "x.bin": false} {
		if IsGGUF(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func FuzzGGUF(f *testing.F) {
	f.Add(ggufFile(smallMetadata()))
	f.Add(ggufFile(change(with(KeyTokenTypes, nil), KeyPreamble, "Hello")))
	f.Fuzz(func(t *testing.T, data []byte) {
		plain := func(err error) {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("the message is not one plain line: %q", err)
			}
		}
		g, err := openGGUF(data)
		if err != nil {
			plain(err)
			return
		}
		defer g.Close()
		if !json.Valid(g.Config()) {
			t.Errorf("config %q", g.Config())
		}
		for _, name := range []string{"wte.weight", "h.0.attn.c_attn.weight"} {
			if shape, err := g.Shape(name); err == nil {
				if _, err := g.Tensor(name, shape...); err != nil {
					plain(err)
				}
			}
		}
		v, err := g.Vocabulary()
		if err != nil {
			plain(err)
			return
		}
		rows := g.tensors[GGUFName("wte.weight")].dimensions()[0]
		for _, ids := range []map[string]int{v.Pieces, v.Special} {
			for text, id := range ids {
				if id < 0 || id >= rows {
					t.Errorf("id %d of %q, in an embedding of %d rows", id, text, rows)
				}
			}
		}
	})
}
