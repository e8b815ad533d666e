package weights

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"inkling/engine/added"
	"inkling/engine/bpe"
	"inkling/engine/gguf"
)

// Keys of a GPT-2's metadata, as llama.cpp has them (gguf-py/gguf/constants.py), and our own for what config.json says of
// prompts beyond them.
const (
	KeyArchitecture   = "general.architecture"
	KeyContext        = "gpt2.context_length"
	KeyWidth          = "gpt2.embedding_length"
	KeyLayers         = "gpt2.block_count"
	KeyInner          = "gpt2.feed_forward_length"
	KeyHeads          = "gpt2.attention.head_count"
	KeyEpsilon        = "gpt2.attention.layer_norm_epsilon"
	KeyTokenizer      = "tokenizer.ggml.model"
	KeyPretokenizer   = "tokenizer.ggml.pre"
	KeyTokens         = "tokenizer.ggml.tokens"
	KeyTokenTypes     = "tokenizer.ggml.token_type"
	KeyMerges         = "tokenizer.ggml.merges"
	KeyBegin          = "tokenizer.ggml.bos_token_id"
	KeyEnd            = "tokenizer.ggml.eos_token_id"
	KeyAddBegin       = "tokenizer.ggml.add_bos_token"
	KeyTemplate       = "tokenizer.chat_template"
	KeyPromptFormat   = "inkling.prompt_format"
	KeyPreamble       = "inkling.prompt_preamble"
	KeyConversational = "inkling.conversational"

	keySplitNumber = "split.no" // of a part of a model, from 0
	keySplitCount  = "split.count"
)

// KeyAddedFlag and the name of a flag in tokenizer.json ("lstrip") is the key of the ids of the added tokens that have it.
const KeyAddedFlag = "inkling.added_tokens."

// AddedFlags are the names of the flags.
func AddedFlags() []string { return []string{"lstrip", "normalized", "rstrip", "single_word"} }

// AddedFlag is the flag of a token by its name in tokenizer.json; nil for other names.
func AddedFlag(token *added.Token, name string) *bool { return flagOf(token, name) }

// Types of tokens (llama_token_type in llama.cpp's include/llama.h).
const (
	TokenNormal  int32 = 1
	TokenControl int32 = 3
	TokenUser    int32 = 4 // literal text, as control tokens are
	TokenUnused  int32 = 5
)

// Architecture is what a GGUF file calls GPT-2, and its tokenizer.
const Architecture = "gpt2"

const (
	adviseMetadata = "the tensors do not match the file's metadata"
	maxSize        = 1 << 24 // of a width, a number of layers and so on
)

// layerNames are the modules of a layer in GGUF.
var layerNames = map[string]string{"ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}

// moduleNames are the other modules in GGUF.
var moduleNames = map[string]string{"wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm", "lm_head": "output"}

// GGUFName returns the name that a tensor has in GGUF, or "" for one that GGUF has none for. The name comes without the
// prefix "transformer.".
func GGUFName(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return ""
	}
	module, part := name[:dot], name[dot:] // ".weight" or ".bias"
	if known := moduleNames[module]; known != "" {
		return known + part
	}
	layer, module, _ := strings.Cut(strings.TrimPrefix(module, "h."), ".")
	if _, err := strconv.ParseUint(layer, 10, 32); err != nil || layerNames[module] == "" {
		return ""
	}
	return "blk." + layer + "." + layerNames[module] + part
}

// A GGUF is an open GGUF file of a GPT-2, or several that are parts of one. Its methods, Close apart, may be called from several
// goroutines.
type GGUF struct {
	fsys    fs.FS   // the folder
	files   []*file // the first has the metadata
	name    string  // that messages use
	meta    gguf.Metadata
	tensors map[string]array // by the name in the file
	config  []byte
}

// OpenGGUF opens a GGUF file at the root of fsys, with the other parts where it is one of several, and checks its metadata and
// its list of tensors; no tensor is read yet. Messages call it name.
func OpenGGUF(fsys fs.FS, file, name string) (*GGUF, error) {
	g := &GGUF{fsys: fsys, name: name, tensors: make(map[string]array)}
	if err := g.openFiles(file); err != nil {
		g.Close()
		return nil, err
	}
	if err := g.open(); err != nil {
		g.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

// IsGGUF reports whether a file has the name of a GGUF file.
func IsGGUF(name string) bool { return strings.EqualFold(path.Ext(name), ".gguf") }

// LooksLikeGGUF reports whether a file begins as a GGUF file does, or as what Git has in place of one.
func LooksLikeGGUF(begin []byte) bool {
	return bytes.HasPrefix(begin, []byte("GGUF")) || bytes.HasPrefix(begin, []byte("version https://git-lfs"))
}

func (g *GGUF) open() error {
	architecture, err := g.meta.Text(KeyArchitecture)
	if err != nil {
		return fmt.Errorf("%w; %s", err, adviseFetch)
	}
	if architecture != Architecture {
		return fmt.Errorf("%s is %s, expected %s: only GPT-2 models can be opened", KeyArchitecture, label(architecture), Architecture)
	}
	config, err := g.describe()
	if err != nil {
		return fmt.Errorf("%w; %s", err, adviseFetch)
	}
	g.config, err = json.Marshal(config)
	return err
}

// describe returns what config.json would say.
func (g *GGUF) describe() (map[string]any, error) {
	config := map[string]any{"model_type": "gpt2", "architectures": []string{"GPT2LMHeadModel"}, "activation_function": "gelu_new"}
	for _, size := range []struct{ key, name string }{
		{KeyContext, "n_positions"}, {KeyWidth, "n_embd"}, {KeyLayers, "n_layer"}, {KeyHeads, "n_head"}, {KeyInner, "n_inner"},
	} {
		n, err := g.meta.Int(size.key, maxSize)
		if errors.Is(err, gguf.ErrNoKey) && size.key == KeyInner {
			continue // four times the width
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, fmt.Errorf("%s: found 0, expected at least 1", size.key)
		}
		config[size.name] = n
	}
	if width, heads := config["n_embd"].(int), config["n_head"].(int); width%heads != 0 {
		return nil, fmt.Errorf("%s is %d, which is not a multiple of %s %d", KeyWidth, width, KeyHeads, heads)
	}
	embedding := g.tensors[GGUFName("wte.weight")]
	if embedding == nil || len(embedding.dimensions()) != 2 {
		return nil, fmt.Errorf("found no matrix %s", GGUFName("wte.weight"))
	}
	config["vocab_size"] = embedding.dimensions()[0]
	config["tie_word_embeddings"] = g.tensors[GGUFName("lm_head.weight")] == nil
	return config, g.describeOptional(config)
}

// describeOptional adds what a file may leave out.
func (g *GGUF) describeOptional(config map[string]any) error {
	optional := func(err error) error {
		if errors.Is(err, gguf.ErrNoKey) {
			return nil
		}
		return err
	}
	epsilon, err := g.meta.Float(KeyEpsilon)
	if err == nil {
		// As the shortest number that is the same as a float32: 1e-05 and not 9.999999747378752e-06.
		config["layer_norm_epsilon"] = json.Number(strconv.FormatFloat(epsilon, 'g', -1, 32))
		if !(epsilon > 0 && epsilon < 1) {
			return fmt.Errorf("%s: found %v, expected more than 0 and less than 1", KeyEpsilon, epsilon)
		}
	}
	if optional(err) != nil {
		return err
	}
	for key, name := range map[string]string{KeyBegin: "bos_token_id", KeyEnd: "eos_token_id"} {
		id, err := g.meta.Int(key, maxID)
		if err == nil {
			config[name] = id
		}
		if optional(err) != nil {
			return err
		}
	}
	for key, name := range map[string]string{KeyPromptFormat: "prompt_format", KeyPreamble: "prompt_preamble"} {
		text, err := g.meta.Text(key)
		if err == nil {
			config[name] = text
		}
		if optional(err) != nil {
			return err
		}
	}
	conversational, err := g.meta.Bool(KeyConversational)
	if conversational {
		config["task_specific_params"] = map[string]any{"conversational": map[string]any{}}
	}
	return optional(err)
}

// Close closes the files. Tensors that were read stay valid.
func (g *GGUF) Close() error {
	var errs []error
	for _, f := range g.files {
		errs = append(errs, f.Close())
	}
	g.files = nil
	return errors.Join(errs...)
}

// Config returns a config.json that says what the file's metadata say.
func (g *GGUF) Config() []byte { return append([]byte{}, g.config...) }

// Vocabulary returns what the metadata have of the tokenizer: pieces, merges, and as Added the control tokens, which are
// special, and those that users defined. Unused tokens, which pad the vocabulary, are left out.
func (g *GGUF) Vocabulary() (Vocabulary, error) {
	v, err := g.vocabulary()
	if err != nil {
		if _, ok := errors.AsType[unsupported](err); ok {
			return Vocabulary{}, fmt.Errorf("%s: %w", g.name, err)
		}
		return Vocabulary{}, fmt.Errorf("%s: %w; %s", g.name, err, adviseFetch)
	}
	return v, nil
}

func (g *GGUF) vocabulary() (Vocabulary, error) {
	if err := g.checkTokenizer(); err != nil {
		return Vocabulary{}, err
	}
	texts, err := g.meta.Texts(KeyTokens)
	if err != nil {
		return Vocabulary{}, err
	}
	pieces, tokens, err := g.tokens(texts)
	if err != nil {
		return Vocabulary{}, fmt.Errorf("%s: %w", KeyTokens, err)
	}
	lines, err := g.meta.Texts(KeyMerges)
	if err != nil {
		return Vocabulary{}, err
	}
	merges := make([][2]string, len(lines))
	for i, line := range lines {
		if merges[i], err = splitMerge(line); err != nil {
			return Vocabulary{}, fmt.Errorf("%s: merge %d: %w", KeyMerges, i+1, err)
		}
	}
	keepPieces(pieces, tokens, merges)
	if err := g.setFlags(tokens); err != nil {
		return Vocabulary{}, err
	}
	b, err := newBuilder(pieces, merges)
	if err != nil {
		return Vocabulary{}, fmt.Errorf("%s: %w", KeyTokens, err)
	}
	for _, token := range tokens {
		if err := b.add(token); err != nil {
			return Vocabulary{}, fmt.Errorf("%s: %w", KeyTokens, err)
		}
	}
	if b.vocabulary.Names, err = g.names(texts); err != nil {
		return Vocabulary{}, err
	}
	if b.vocabulary.ChatTemplate, err = g.meta.Text(KeyTemplate); err != nil && !errors.Is(err, gguf.ErrNoKey) {
		return Vocabulary{}, err
	}
	b.complete()
	begins, err := g.meta.Bool(KeyAddBegin)
	if err != nil && !errors.Is(err, gguf.ErrNoKey) {
		return Vocabulary{}, err
	}
	if begins {
		b.vocabulary.Begin = b.vocabulary.Names["bos_token"]
	}
	b.addNamed(nil)
	return b.vocabulary, b.finish()
}

// keepPieces takes from the pieces those that are added tokens and nothing else: a token may be a letter of other pieces as well,
// or a part of them.
func keepPieces(pieces map[string]int, tokens []added.Token, merges [][2]string) {
	if len(tokens) == 0 {
		return
	}
	drop, lengths := map[string]bool{}, map[int]bool{}
	for _, token := range tokens {
		letter, size := utf8.DecodeRuneInString(token.Text)
		drop[token.Text] = size != len(token.Text) || !bpe.IsLetter(letter)
		lengths[len(token.Text)] = true
	}
	for _, m := range merges {
		delete(drop, m[0])
		delete(drop, m[1])
		if lengths[len(m[0])+len(m[1])] {
			delete(drop, m[0]+m[1])
		}
	}
	for text, unused := range drop {
		if unused {
			delete(pieces, text)
		}
	}
}

// setFlags sets the flags of added tokens, which llama.cpp has no keys for.
func (g *GGUF) setFlags(tokens []added.Token) error {
	places := make(map[int]int, len(tokens))
	for i, token := range tokens {
		places[token.ID] = i
	}
	for _, name := range AddedFlags() {
		ids, err := g.meta.Int32s(KeyAddedFlag + name)
		if errors.Is(err, gguf.ErrNoKey) {
			continue
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			if i, ok := places[int(id)]; ok {
				*flagOf(&tokens[i], name) = true
			}
		}
	}
	return nil
}

// names are the tokens that begin and end a text, by the names that tokenizer_config.json has for them.
func (g *GGUF) names(texts []string) (map[string]string, error) {
	names := make(map[string]string)
	for key, name := range map[string]string{KeyBegin: "bos_token", KeyEnd: "eos_token"} {
		id, err := g.meta.Int(key, math.MaxUint32)
		switch {
		case errors.Is(err, gguf.ErrNoKey):
		case err != nil:
			return nil, err
		case id < len(texts):
			names[name] = texts[id]
		}
	}
	return names, nil
}

// checkTokenizer refuses tokenizers that cut text in another way than GPT-2's.
func (g *GGUF) checkTokenizer() error {
	model, err := g.meta.Text(KeyTokenizer)
	if err != nil {
		return err
	}
	if model != Architecture {
		return unsupportedf("%s is %s, expected %s: %s", KeyTokenizer, label(model), Architecture, adviseFolder)
	}
	pre, err := g.meta.Text(KeyPretokenizer)
	if errors.Is(err, gguf.ErrNoKey) { // files from before 2024
		return nil
	}
	if err == nil && pre != "" && !slices.Contains(gpt2Pretokenizers, pre) {
		err = unsupportedf("%s is %s, expected gpt-2: %s", KeyPretokenizer, label(pre), adviseFolder)
	}
	return err
}

// gpt2Pretokenizers are llama.cpp's names of those that cut a text by GPT-2's pattern (src/llama-vocab.cpp).
var gpt2Pretokenizers = []string{"default", "gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de"}

const adviseFolder = "a GGUF file is read with GPT-2's own tokenizer only; take the model as a folder with tokenizer.json"

// tokens sorts the tokens by their types.
func (g *GGUF) tokens(texts []string) (pieces map[string]int, tokens []added.Token, err error) {
	if rows := g.tensors[GGUFName("wte.weight")].dimensions()[0]; len(texts) > rows {
		return nil, nil, fmt.Errorf("found %d tokens, but the embedding has %d rows", len(texts), rows)
	}
	types, err := g.meta.Int32s(KeyTokenTypes)
	if errors.Is(err, gguf.ErrNoKey) {
		types, err = make([]int32, len(texts)), nil
	}
	if err != nil {
		return nil, nil, err
	}
	if len(types) != len(texts) {
		return nil, nil, fmt.Errorf("found %d tokens, but %d types of tokens", len(texts), len(types))
	}
	pieces = make(map[string]int, len(texts))
	for id, text := range texts {
		// Converters have called their padding tokens of users as well.
		if types[id] == TokenUnused || types[id] == TokenUser && text == Padding(id) {
			continue
		}
		if !utf8.ValidString(text) {
			return nil, nil, fmt.Errorf("token %d: not UTF-8 text", id)
		}
		if first, twice := pieces[text]; twice {
			return nil, nil, fmt.Errorf("token %s: found for both %d and %d, expected one of them", label(text), first, id)
		}
		pieces[text] = id
		if types[id] == TokenControl && text != EndOfText || types[id] == TokenUser {
			tokens = append(tokens, added.Token{Text: text, ID: id, Special: types[id] == TokenControl})
		}
	}
	return pieces, tokens, nil
}

// Padding is the text that llama.cpp's converter gives an id that no token has.
func Padding(id int) string { return fmt.Sprintf("[PAD%d]", id) }

// Has says whether there is a tensor of that name.
func (g *GGUF) Has(name string) bool { return g.tensors[GGUFName(name)] != nil }

// Tensors lists all tensors, by the names that they have in the file.
func (g *GGUF) Tensors() []Tensor { return list(g.tensors) }

// DType returns the type of a tensor's elements, such as "Q8_0", or "" when there is none of that name.
func (g *GGUF) DType(name string) string {
	if t := g.tensors[GGUFName(name)]; t != nil {
		return t.elements()
	}
	return ""
}

// Shape returns the shape of a tensor, outermost dimension first. It fails when there is none of that name.
func (g *GGUF) Shape(name string) ([]int, error) {
	t, err := g.must(name)
	if err != nil {
		return nil, err
	}
	return append([]int{}, t.dimensions()...), nil
}

// Rows reads rows lo to hi (hi not included) of a tensor's outermost dimension into dst, which is as long as they are; of
// a vector, each element is a row. Quantised elements become float32. Beside dst it needs a few hundred kilobytes.
func (g *GGUF) Rows(name string, lo, hi int, dst []float32) error {
	t, err := g.must(name)
	if err != nil {
		return err
	}
	return t.readRows(lo, hi, dst)
}

// Transposed is false: matrices of GGUF have a row for each output.
func (g *GGUF) Transposed(string) bool { return false }

// Check returns an error when there is no tensor of that name, or when it has another shape or a type that is not read.
func (g *GGUF) Check(name string, shape ...int) error {
	t, err := g.must(name)
	if err != nil {
		return err
	}
	return t.check(shape, adviseMetadata)
}

// Tensor reads a tensor, row-major, into a new slice; quantised elements become float32. It fails as Check does.
func (g *GGUF) Tensor(name string, shape ...int) ([]float32, error) {
	if err := g.Check(name, shape...); err != nil {
		return nil, err
	}
	t, _ := g.must(name)
	return readWhole(t)
}

// WeightFiles are the names of the file, or of the parts, in the folder that they are in, until Close.
func (g *GGUF) WeightFiles() []string {
	var names []string
	for _, f := range g.files {
		names = append(names, f.name)
	}
	return names
}

func (g *GGUF) must(name string) (array, error) {
	if t := g.tensors[GGUFName(name)]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("%s: tensor %s (%s): not in the file; %s", g.name, label(GGUFName(name)), label(name), adviseMetadata)
}

// TokenizerFiles are none: the tokenizer is in the file of the weights.
func (g *GGUF) TokenizerFiles() []string { return nil }
