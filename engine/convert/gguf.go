package convert

import (
	"encoding/json"
	"fmt"
	"io"

	"inkling/engine/gguf"
	"inkling/engine/gpt2"
	"inkling/engine/jsonfile"
	"inkling/engine/weights"
)

// fileTypes are what llama.cpp calls files by most of their tensors (llama_ftype), and the types of those.
var fileTypes = map[Precision]struct {
	number uint32
	matrix gguf.Type
}{F32: {0, gguf.F32}, F16: {1, gguf.F16}, Q4: {2, gguf.Q4_0}, Q8: {7, gguf.Q8_0}}

// writeGGUF writes the file as llama.cpp's converter does: norms, biases and the positions are F32. It returns how many
// matrices are F16 in place of the precision, as that converter has those whose rows are no whole blocks.
func (m *model) writeGGUF(w io.Writer, p Precision) (asF16 int, err error) {
	metadata, err := m.metadata(p)
	if err != nil {
		return 0, err
	}
	var infos []gguf.Info
	for _, t := range m.tensors {
		shape := t.shape
		if t.linear {
			shape = []int{shape[1], shape[0]}
		}
		kind := gguf.F32
		if t.matrix {
			kind = fileTypes[p].matrix
			if shape[1]%kind.Block() != 0 {
				kind = gguf.F16
				asF16++
			}
		}
		infos = append(infos, gguf.Info{Name: weights.GGUFName(t.name), Type: kind, Shape: shape})
	}
	file, err := gguf.NewWriter(w, metadata, infos)
	if err != nil {
		return 0, err
	}
	err = m.stream(true, func(values []float32) error {
		if err := file.Write(values); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return asF16, file.Close()
}

// checkArchitecture refuses a model that llama.cpp would compute wrongly. It computes every GPT-2 alike, with gelu_new and
// scores that are divided by the root of a head's width (its src/models/gpt2.cpp), and has no keys that say otherwise.
func (m *model) checkArchitecture() error {
	var found string
	switch c := m.config; {
	case c.Activation != gpt2.GeluTanh:
		found = fmt.Sprintf("activation_function is %q", c.Activation)
	case c.ScaleByLayer:
		found = "scale_attn_by_inverse_layer_idx is true"
	case c.Unscaled:
		found = "scale_attn_weights is false"
	default:
		return nil
	}
	return fmt.Errorf("%s: config.json: %s, which a GGUF file of a GPT-2 cannot tell; convert to a folder", m.name, found)
}

func (m *model) metadata(p Precision) (gguf.Metadata, error) {
	if err := m.checkArchitecture(); err != nil {
		return nil, err
	}
	if m.tokenizer != nil {
		return nil, fmt.Errorf("%s: its tokenizer is of another kind than GPT-2's, which a GGUF file of a GPT-2 cannot tell; convert to a folder", m.name)
	}
	if m.vocabulary.PrefixSpace || m.vocabulary.IgnoreMerges {
		return nil, fmt.Errorf("%s: its tokenizer has add_prefix_space or ignore_merges, which a GGUF file of a GPT-2 cannot tell; convert to a folder", m.name)
	}
	c := m.config
	var meta gguf.Metadata
	add := func(key string, value any) { meta = append(meta, gguf.Pair{Key: key, Value: value}) }
	add(weights.KeyArchitecture, weights.Architecture)
	add("general.name", m.modelName())
	add("general.file_type", fileTypes[p].number)
	if p == Q4 || p == Q8 {
		add("general.quantization_version", uint32(2)) // GGML_QNT_VERSION
	}
	add(weights.KeyContext, uint32(c.Context))
	add(weights.KeyWidth, uint32(c.Width))
	add(weights.KeyLayers, uint32(c.Layers))
	add(weights.KeyInner, uint32(c.Inner))
	add(weights.KeyHeads, uint32(c.Heads))
	add(weights.KeyEpsilon, c.Epsilon)
	if err := m.promptMetadata(add); err != nil {
		return nil, err
	}
	if m.vocabulary.ChatTemplate != "" {
		add(weights.KeyTemplate, m.vocabulary.ChatTemplate)
	}
	texts, types := m.tokens()
	merges := make([]string, len(m.vocabulary.Merges))
	for i, pair := range m.vocabulary.Merges {
		merges[i] = pair[0] + " " + pair[1]
	}
	add(weights.KeyTokenizer, weights.Architecture)
	add(weights.KeyPretokenizer, "gpt-2")
	add(weights.KeyTokens, texts)
	add(weights.KeyTokenTypes, types)
	add(weights.KeyMerges, merges)
	m.addFlags(add)
	begin, end := m.ends()
	if begin >= 0 {
		add(weights.KeyBegin, uint32(begin))
	}
	if m.vocabulary.Begin != "" {
		add(weights.KeyAddBegin, true)
	}
	if end >= 0 {
		add(weights.KeyEnd, uint32(end))
	}
	return meta, nil
}

// addFlags adds what added tokens do beside being found, which llama.cpp has no keys for.
func (m *model) addFlags(add func(string, any)) {
	for _, name := range weights.AddedFlags() {
		var ids []int32
		for _, token := range m.vocabulary.Added {
			if *weights.AddedFlag(&token, name) && token.ID < m.config.Vocab {
				ids = append(ids, int32(token.ID))
			}
		}
		if ids != nil {
			add(weights.KeyAddedFlag+name, ids)
		}
	}
}

// promptMetadata adds what config.json says of prompts, which llama.cpp has no keys for.
func (m *model) promptMetadata(add func(string, any)) error {
	var file struct {
		PromptFormat *string                    `json:"prompt_format"`
		Preamble     *string                    `json:"prompt_preamble"`
		Tasks        map[string]json.RawMessage `json:"task_specific_params"`
	}
	if err := jsonfile.Unmarshal(m.Config(), &file); err != nil {
		return fmt.Errorf("%s: config.json: %w", m.name, err)
	}
	if file.PromptFormat != nil {
		add(weights.KeyPromptFormat, *file.PromptFormat)
	}
	if file.Preamble != nil {
		add(weights.KeyPreamble, *file.Preamble)
	}
	if _, conversational := file.Tasks["conversational"]; conversational {
		add(weights.KeyConversational, true)
	}
	return nil
}

// tokens returns the text and the type of every id. Ids without a token are padding, by the name that llama.cpp's converter
// gives it: a GGUF file has as many tokens as the embedding has rows.
func (m *model) tokens() (texts []string, types []int32) {
	texts, types = make([]string, m.config.Vocab), make([]int32, m.config.Vocab)
	for piece, id := range m.vocabulary.Pieces {
		texts[id], types[id] = piece, weights.TokenNormal
	}
	for _, token := range m.vocabulary.Added {
		if token.ID >= m.config.Vocab { // it cannot be used
			continue
		}
		texts[token.ID], types[token.ID] = token.Text, weights.TokenUser
		if token.Special {
			types[token.ID] = weights.TokenControl
		}
	}
	for id := range texts {
		if types[id] == 0 {
			texts[id], types[id] = weights.Padding(id), weights.TokenUnused
		}
	}
	return texts, types
}

// ends returns the ids that begin and end a text: the token that the tokenizer has every text begin with, those of config.json, or
// else end-of-text; -1 for none.
func (m *model) ends() (begin, end int) {
	var file struct {
		Begin json.RawMessage `json:"bos_token_id"`
		End   json.RawMessage `json:"eos_token_id"`
	}
	known := -1
	if id, ok := m.vocabulary.Special[weights.EndOfText]; ok && id < m.config.Vocab {
		known = id
	}
	if json.Unmarshal(m.Config(), &file) != nil {
		return known, known
	}
	begin, end = m.id(file.Begin, known), m.id(file.End, known)
	if id, ok := m.vocabulary.Special[m.vocabulary.Begin]; ok && id < m.config.Vocab {
		begin = id
	}
	return begin, end
}

// id reads an id, or the first of a list of ids.
func (m *model) id(raw json.RawMessage, otherwise int) int {
	var several []int
	if json.Unmarshal(raw, &several) != nil || len(several) == 0 {
		several = []int{-1}
		if json.Unmarshal(raw, &several[0]) != nil {
			return otherwise
		}
	}
	if several[0] < 0 || several[0] >= m.config.Vocab {
		return otherwise
	}
	return several[0]
}
