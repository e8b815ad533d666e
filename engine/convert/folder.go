package convert

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"inkling/engine/dtype"
	"inkling/engine/jsonfile"
	"inkling/engine/weights"
)

// Names of the files of a folder.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
	vocabFile   = "vocab.json"
	mergesFile  = "merges.txt"
	addedFile   = "added_tokens.json"
	tokensFile  = "tokenizer_config.json"

	generationFile = "generation_config.json"
)

// writeFolder writes the files of a folder, which is there and empty, and returns how many bytes they have. Messages call
// the folder name.
func (m *model) writeFolder(dir, name string, p Precision) (int64, error) {
	config, err := m.configuration(p)
	if err != nil {
		return 0, err
	}
	files := map[string]func(*output) error{
		configFile:  content(config),
		weightsFile: func(w *output) error { return m.writeSafetensors(w, p) },
	}
	tokenizer, err := m.tokenizerFiles()
	if err != nil {
		return 0, err
	}
	for name, data := range tokenizer {
		files[name] = content(data)
	}
	suggested, err := m.Generation()
	if err != nil {
		return 0, err
	}
	if suggested != nil {
		files[generationFile] = content(suggested)
	}
	var total int64
	for _, file := range slices.Sorted(maps.Keys(files)) {
		n, err := create(filepath.Join(dir, file), filepath.Join(name, file), files[file])
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// tokenizerFiles are the files of the tokenizer by their names.
func (m *model) tokenizerFiles() (map[string][]byte, error) {
	if m.tokenizer != nil {
		return m.tokenizer, nil
	}
	vocab, added := m.vocabularies()
	files := map[string][]byte{vocabFile: object(vocab), mergesFile: m.merges()}
	settings, err := m.tokenizerSettings()
	if err != nil {
		return nil, err
	}
	if settings != nil {
		files[tokensFile] = settings
	}
	if len(added) > 0 {
		files[addedFile] = object(added) // transformers reads it up to its version 4, the settings from there on
	}
	return files, nil
}

func content(data []byte) func(*output) error {
	return func(w *output) error {
		_, err := w.Write(data)
		return err
	}
}

// configuration is the source's config.json with what has changed.
func (m *model) configuration(p Precision) ([]byte, error) {
	config := make(map[string]any)
	decoder := json.NewDecoder(bytes.NewReader(m.Config()))
	decoder.UseNumber()
	if err := decoder.Decode(&config); err != nil {
		return nil, fmt.Errorf("%s: config.json: %w", m.name, jsonfile.Words(m.Config(), err))
	}
	delete(config, "dtype") // a newer name of torch_dtype
	config["torch_dtype"] = map[Precision]string{F16: "float16", F32: "float32"}[p]
	config["architectures"] = []string{"GPT2LMHeadModel"}
	config["model_type"] = "gpt2"
	config["tie_word_embeddings"] = m.tensors[len(m.tensors)-1].name != m.head().name
	if begin, end := m.ends(); begin >= 0 && end >= 0 && m.tokenizer == nil {
		config["bos_token_id"], config["eos_token_id"] = begin, end
	}
	data, err := json.MarshalIndent(config, "", "  ")
	return append(data, '\n'), err
}

// vocabularies returns all tokens, for vocab.json, and the added ones besides end-of-text. transformers counts on by
// itself where vocab.json lacks a token, so that it has to have them all.
func (m *model) vocabularies() (vocab, added map[string]int) {
	vocab, added = maps.Clone(m.vocabulary.Pieces), make(map[string]int)
	for _, token := range m.vocabulary.Added {
		if token.ID >= m.config.Vocab { // it cannot be used
			continue
		}
		vocab[token.Text] = token.ID
		if token.Text != weights.EndOfText {
			added[token.Text] = token.ID
		}
	}
	return vocab, added
}

// tokenizerSettings is a tokenizer_config.json that tells of the added tokens, of the tokens with a part of their own, of the
// chat template and of what GPT-2's tokenizer does otherwise; nil where there is nothing to tell.
func (m *model) tokenizerSettings() ([]byte, error) {
	type token struct {
		Content    string `json:"content"`
		LStrip     bool   `json:"lstrip"`
		Normalized bool   `json:"normalized"`
		RStrip     bool   `json:"rstrip"`
		SingleWord bool   `json:"single_word"`
		Special    bool   `json:"special"`
	}
	v := m.vocabulary
	tokens := make(map[int]token)
	for _, t := range v.Added {
		if t.ID < m.config.Vocab && t.Text != weights.EndOfText {
			tokens[t.ID] = token{t.Text, t.LStrip, t.Normalized, t.RStrip, t.SingleWord, t.Special}
		}
	}
	settings := map[string]any{}
	if len(tokens) > 0 {
		settings["added_tokens_decoder"] = tokens
	}
	for name, text := range v.Names {
		if text != weights.EndOfText { // which they all are by default
			settings[name] = text
		}
	}
	if v.ChatTemplate != "" {
		settings["chat_template"] = v.ChatTemplate
	}
	if v.PrefixSpace {
		settings["add_prefix_space"] = true
	}
	if v.Begin != "" {
		settings["add_bos_token"], settings["bos_token"] = true, v.Begin
	}
	if len(settings) == 0 {
		return nil, nil
	}
	settings["tokenizer_class"] = "GPT2Tokenizer"
	data, err := json.MarshalIndent(settings, "", "  ")
	return append(data, '\n'), err
}

// object writes {"TOKEN": ID, ...} in the order of the ids.
func object(ids map[string]int) []byte {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	separator := "{"
	for _, text := range slices.SortedFunc(maps.Keys(ids), func(a, b string) int { return ids[a] - ids[b] }) {
		data.WriteString(separator)
		encoder.Encode(text)          // a string can always be encoded
		data.Truncate(data.Len() - 1) // its line feed
		fmt.Fprintf(&data, ": %d", ids[text])
		separator = ", "
	}
	data.WriteString("}\n")
	return data.Bytes()
}

func (m *model) merges() []byte {
	data := []byte("#version: 0.2\n")
	for _, pair := range m.vocabulary.Merges {
		data = append(data, pair[0]+" "+pair[1]+"\n"...)
	}
	return data
}

// writeSafetensors writes the tensors one after the other (https://github.com/huggingface/safetensors#format).
func (m *model) writeSafetensors(w *output, p Precision) error {
	type entry struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	kind := map[Precision]string{F16: "F16", F32: "F32"}[p]
	header := map[string]any{"__metadata__": map[string]string{"format": "pt"}} // transformers asks for it
	offset := 0
	for _, t := range m.tensors {
		name := t.name
		if name != m.head().name {
			name = "transformer." + name
		}
		end := offset + t.elements()*int(dtype.Size(kind))
		header[name] = entry{kind, t.shape, [2]int{offset, end}}
		offset = end
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(text)%8 != 0 { // the data are aligned
		text = append(text, ' ')
	}
	if _, err := w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)); err != nil {
		return err
	}
	var buffer []byte
	return m.stream(false, func(values []float32) error {
		if p == F32 {
			buffer = dtype.AppendF32(buffer[:0], values)
		} else {
			for _, x := range values {
				if x-x == 0 && (x >= tooLarge || x <= -tooLarge) {
					return fmt.Errorf("%s: value %g, but f16 holds at most %d; use --weights f32", m.name, x, dtype.MaxHalf)
				}
			}
			buffer = dtype.AppendF16(buffer[:0], values)
		}
		_, err := w.Write(buffer)
		return err
	})
}

// tooLarge is the smallest number that a binary16 rounds to infinity.
const tooLarge = 65520
