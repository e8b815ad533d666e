package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/sample"
)

// tiny writes a folder with the weights of gpt2/testdata/tiny (300 ids), its config.json changed, and further files by name.
func tiny(t testing.TB, config map[string]any, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("gpt2", "testdata", "tiny", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	write("model.safetensors", read("model.safetensors"))
	all := map[string]any{}
	if err := json.Unmarshal(read("config.json"), &all); err != nil {
		t.Fatal(err)
	}
	maps.Copy(all, config)
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	write("config.json", data)
	for name, content := range files {
		write(name, []byte(content))
	}
	return folder
}

// words is a vocab.txt of less than 300 pieces.
func words() string {
	pieces := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
	for _, r := range "这是很久之前的事情了你好世界，。！" {
		pieces = append(pieces, string(r))
	}
	for r := 'a'; r <= 'z'; r++ {
		pieces = append(pieces, string(r), "##"+string(r))
	}
	pieces = append(pieces, "hello", "world")
	return strings.Join(pieces, "\n") + "\n"
}

func TestOpenWordPiece(t *testing.T) {
	whole, err := json.Marshal(map[string]any{
		"added_tokens":  []any{map[string]any{"id": 2, "content": "[CLS]", "special": true}, map[string]any{"id": 3, "content": "[SEP]", "special": true}},
		"normalizer":    map[string]any{"type": "BertNormalizer", "lowercase": true},
		"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
		"model": map[string]any{"type": "WordPiece", "unk_token": "[UNK]", "vocab": func() map[string]int {
			ids := map[string]int{}
			for id, piece := range strings.Split(strings.TrimSpace(words()), "\n") {
				ids[piece] = id
			}
			return ids
		}()},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]map[string]string{
		"vocab.txt":      {"vocab.txt": words()},
		"tokenizer.json": {"tokenizer.json": string(whole)},
	} {
		t.Run(name, func(t *testing.T) {
			m := open(t, tiny(t, map[string]any{"eos_token_id": 50256}, files)) // an id that this model lacks
			if got := m.Encode("你好 Hello, [SEP]"); len(got) < 9 || slices.Contains(got, 3) {
				t.Errorf("text is %v", got)
			}
			begin, ok := m.BeginOfText()
			if !ok || begin != 2 {
				t.Errorf("texts begin with %d, %v, want [CLS]", begin, ok)
			}
			if end, ok := m.EndOfText(); !ok || end != 3 {
				t.Errorf("texts end with %d, %v, want [SEP]", end, ok)
			}
			if got := m.Show(append([]int{begin}, m.Encode("你好hello world")...)); got != "[CLS]你好hello world" {
				t.Errorf("a prompt is shown as %q", got)
			}
			if got := m.Info().PromptFormat; got != "plain" {
				t.Errorf("the prompt format is %q", got)
			}

			// Ids that have no token are never drawn, and the text of the tokens is that of the whole.
			p := sample.Neutral()
			p.Temperature, p.MaxTokens = 3, 40
			prompt := append([]int{begin}, m.Encode("hello")...)
			for seed := range uint64(20) {
				tokens, r := collect(join(m, context.Background(), engine.Request{Prompt: prompt, Controls: sample.NewControls(p), Seed: &seed}))
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				text := ""
				for _, token := range tokens {
					text += token.Text
				}
				if both := m.Decode(append(slices.Clone(prompt), r.IDs...)); "hello"+text != both || r.Text != text {
					t.Fatalf("the tokens write %q, all of the text is %q", text, both)
				}
				for _, id := range r.IDs {
					if m.Piece(id) == nil {
						t.Fatalf("id %d was drawn, which is no token", id)
					}
				}
			}
		})
	}
}

// A text ends with what the folder says: the tokenizer's end, and config.json's.
func TestEndOfText(t *testing.T) {
	for _, c := range []struct {
		name   string
		config any
		files  map[string]string
		end    string
	}{
		{"[SEP] by default", nil, map[string]string{"vocab.txt": words()}, "[SEP]"},
		{"an id without a token", 299, map[string]string{"vocab.txt": words()}, "[SEP]"},
		{"an id", 4, map[string]string{"vocab.txt": words()}, "[MASK]"},
		{"several ids", []int{0, 4}, map[string]string{"vocab.txt": words()}, "[PAD]"},
		{"the tokenizer's", 4, map[string]string{"vocab.txt": words(), "tokenizer_config.json": `{"eos_token": "[UNK]"}`}, "[UNK]"},
	} {
		m := open(t, tiny(t, map[string]any{"eos_token_id": c.config}, c.files))
		end, ok := m.EndOfText()
		if !ok || string(m.Piece(end)) != c.end {
			t.Errorf("%s: %q, %v, want %s", c.name, m.Piece(end), ok, c.end)
		}
	}
	folder := tiny(t, map[string]any{"eos_token_id": "end"}, map[string]string{"vocab.txt": words()})
	if _, err := engine.Open(folder, engine.Options{}); err == nil || !strings.Contains(err.Error(), "eos_token_id") || strings.Contains(err.Error(), "\n") {
		t.Errorf("an end that is no id: %v", err)
	}
}

// Every id that ends a text ends the generation, whichever the network draws, and so does one that the request names.
func TestGenerationEndsAtEveryEnd(t *testing.T) {
	for _, want := range []int{3, 4, 7} {
		m := open(t, tiny(t, map[string]any{"eos_token_id": 4}, map[string]string{"vocab.txt": words(), "tokenizer_config.json": `{"eos_token": "[SEP]"}`}))
		p := sample.Neutral()
		p.Bias = map[int]float64{want: 1e6}
		_, r := collect(join(m, context.Background(), engine.Request{Prompt: []int{2}, Controls: sample.NewControls(p), Ends: []int{7}}))
		if r.Err != nil || r.Reason != engine.EndOfText || len(r.IDs) != 0 {
			t.Errorf("id %d: %v, %v, %v", want, r.Reason, r.IDs, r.Err)
		}
		p.MinTokens, p.MaxTokens = 1, 2 // not at once, then
		_, r = collect(join(m, context.Background(), engine.Request{Prompt: []int{2}, Controls: sample.NewControls(p), Ends: []int{7}}))
		if r.Err != nil || r.Reason != engine.EndOfText || len(r.IDs) != 1 {
			t.Errorf("id %d, one token at least: %v, %v, %v", want, r.Reason, r.IDs, r.Err)
		}
	}
}

func TestOpenRefusesAVocabularyThatIsTooLarge(t *testing.T) {
	var text strings.Builder
	text.WriteString(words())
	for i := range 300 {
		fmt.Fprintf(&text, "piece%d\n", i)
	}
	_, err := engine.Open(tiny(t, nil, map[string]string{"vocab.txt": text.String()}), engine.Options{})
	if err == nil || !strings.Contains(err.Error(), "300 ids") {
		t.Errorf("%v", err)
	}
}
