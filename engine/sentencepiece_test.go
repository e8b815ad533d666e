package engine_test

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"inkling/engine"
	"inkling/engine/sample"
)

// A model with a tokenizer of SentencePiece's is opened like any other. No end token follows a prompt, although the
// post-processor of such a tokenizer adds one.
func TestOpenSentencePiece(t *testing.T) {
	type tokenized struct {
		Name  string
		File  json.RawMessage
		Model string
		Cases []struct {
			Text, Again string
			IDs         []int
		}
	}
	read := func(name, tokenizer string) tokenized {
		file, err := os.Open(filepath.Join("pipeline", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		text, err := gzip.NewReader(file)
		var all []tokenized
		if err == nil {
			err = json.NewDecoder(text).Decode(&all)
		}
		i := slices.IndexFunc(all, func(c tokenized) bool { return c.Name == tokenizer })
		if err != nil || i < 0 {
			t.Fatalf("%s: %v", tokenizer, err)
		}
		return all[i]
	}
	spiece, whole := read("spiece.json.gz", "unigram as rinna's"), read("tokenizers.json.gz", "unigram as T5")
	model, err := base64.StdEncoding.DecodeString(spiece.Model)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tokenized
		files map[string]string
	}{
		{spiece, map[string]string{"spiece.model": string(model), "tokenizer_config.json": `{"tokenizer_class": "T5Tokenizer", "eos_token": "</s>", "bos_token": "<s>", "unk_token": "<unk>"}`}},
		{whole, map[string]string{"tokenizer.json": string(whole.File), "tokenizer_config.json": `{"eos_token": "</s>"}`}},
	} {
		folder := tiny(t, map[string]any{"bos_token_id": 1, "eos_token_id": 2}, c.files)
		m, err := engine.Open(folder, engine.Options{Threads: 1, Weights: "f32", Cache: engine.CacheIgnored})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for _, text := range c.Cases {
			if c.Model == "" && len(text.IDs) > 0 && text.Text != m.Decode(m.Encode(text.Text)) {
				continue // some spell special tokens, which a prompt does not
			}
			if got := m.Prompt(text.Text, false); len(text.IDs) > 0 && !slices.Equal(got, text.IDs) {
				t.Errorf("%s: %q: %v, want %v", c.Name, text.Text, got, text.IDs)
			}
			if got := m.Decode(text.IDs); got != text.Again {
				t.Errorf("%s: %v: %q, want %q", c.Name, text.IDs, got, text.Again)
			}
		}
		if end, ok := m.EndOfText(); !ok || end != 2 {
			t.Errorf("%s: ends with %d, %v", c.Name, end, ok)
		}
		if got := m.Prompt("", false); !slices.Equal(got, []int{1}) {
			t.Errorf("%s: nothing begins with %v", c.Name, got)
		}
		if info := m.Info(); info.PromptFormat != "plain" { // a line feed is lost
			t.Errorf("%s: format %q", c.Name, info.PromptFormat)
		}
		d, err := engine.Describe(folder)
		if err != nil || d.Tokenizer != "Unigram" {
			t.Errorf("%s: %+v, %v", c.Name, d, err)
		}
		generation := join(m, t.Context(), engine.Request{Prompt: m.Prompt("hello", false), Controls: sample.NewControls(short())})
		for range generation.Events() {
		}
		if r := generation.Result(); r.Err != nil || len(r.IDs) == 0 {
			t.Errorf("%s: %+v", c.Name, r)
		}
	}
}

func short() sample.Params {
	p := sample.Neutral()
	p.MaxTokens = 8
	return p
}
