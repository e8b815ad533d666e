package weights

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"inkling/engine/pipeline"
	"inkling/engine/pretokenize"
)

// fixture reads a file that pipeline/testdata/make_fixtures.py has written.
func fixture(t testing.TB, name string, into any) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "pipeline", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err == nil {
		err = json.NewDecoder(text).Decode(into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A tokenized is a tokenizer with what its own library makes of texts with it.
type tokenized struct {
	Name  string
	File  json.RawMessage
	Model string
	Cases []struct {
		Text  string
		IDs   []int
		Again string
	}
	Random []struct {
		IDs  []int
		Text string
	}
}

// files are those of a folder with the tokenizer.
func (c tokenized) files(t testing.TB) []string {
	t.Helper()
	if c.Model == "" {
		return []string{tokenizerFile, string(c.File)}
	}
	data, err := base64.StdEncoding.DecodeString(c.Model)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"spiece.model", string(data)}
}

func makePipeline(t testing.TB, files ...string) *pipeline.Tokenizer {
	t.Helper()
	v, err := mustOpen(t, vocabularyFolder(files...)).Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	if v.Pipeline == nil {
		t.Fatal("it is taken for byte-level BPE as in GPT-2")
	}
	p := v.Pipeline
	made, err := pipeline.New(pipeline.Options{Pieces: v.Pieces, Added: v.Added, Normalize: p.Normalize, Split: p.Split, Model: p.Model, Decode: p.Decode})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// stream decodes ids one by one.
func stream(d pipeline.Decoder, ids []int) string {
	text := ""
	for _, id := range ids {
		text += d.Push(id)
	}
	return text + d.Flush()
}

// Tokenizers of many kinds give the ids that their own libraries give, and decode as these do.
func TestPipelinesEqualTheirLibraries(t *testing.T) {
	for _, name := range []string{"tokenizers.json.gz", "spiece.json.gz"} {
		var all []tokenized
		fixture(t, name, &all)
		if len(all) < 9 {
			t.Fatalf("%s: %d tokenizers", name, len(all))
		}
		for _, c := range all {
			t.Run(c.Name, func(t *testing.T) {
				tok := makePipeline(t, c.files(t)...)
				for _, text := range c.Cases {
					if got := tok.Encode(text.Text, c.Model == ""); !slices.Equal(got, text.IDs) {
						t.Errorf("%q: %v, want %v", text.Text, got, text.IDs)
					}
					if got := tok.Decode(text.IDs); got != text.Again {
						t.Errorf("%q decodes to %q, want %q", text.Text, got, text.Again)
					}
					if got := stream(tok.NewDecoder(), text.IDs); got != text.Again {
						t.Errorf("%q streams to %q, want %q", text.Text, got, text.Again)
					}
				}
				for _, ids := range c.Random {
					if got := stream(tok.NewDecoder(), ids.IDs); got != ids.Text {
						t.Errorf("%v: %q, want %q", ids.IDs, got, ids.Text)
					}
				}
			})
		}
	}
}

// Single steps do what the library's do.
func TestStepsEqualTheLibrary(t *testing.T) {
	var all []struct {
		Name         string
		Normalizer   json.RawMessage
		PreTokenizer json.RawMessage `json:"pre_tokenizer"`
		Cases        []struct {
			Text, Normal string
			Words        []string
		}
	}
	fixture(t, "steps.json.gz", &all)
	if len(all) < 50 {
		t.Fatalf("%d steps", len(all))
	}
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			if c.Normalizer != nil {
				normalize, err := readNormalizer(c.Normalizer)
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range c.Cases {
					if got := normalize(text.Text); got != text.Normal {
						t.Errorf("%q: %q, want %q", text.Text, got, text.Normal)
					}
				}
				return
			}
			split, err := readPreTokenizer(c.PreTokenizer)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range c.Cases {
				got := []string{}
				if text.Text != "" {
					for _, w := range split([]pretokenize.Word{{Text: text.Text, Start: true}}) {
						got = append(got, w.Text)
					}
				}
				if !slices.Equal(got, text.Words) {
					t.Errorf("%q: %q, want %q", text.Text, got, text.Words)
				}
			}
		})
	}
}

// Normalizers do to single code points what the library's do.
func TestCodePoints(t *testing.T) {
	var all map[string][][]any
	fixture(t, "codepoints.json.gz", &all)
	if len(all) < 5 {
		t.Fatalf("%d normalizers", len(all))
	}
	for name, changed := range all {
		normalize, err := readNormalizer(json.RawMessage(`{"type": "` + name + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changed {
			first, last := rune(c[0].(float64)), rune(c[len(c)-2].(float64))
			for r := first; r <= last; r++ {
				if got := normalize(string(r)); got != c[len(c)-1] {
					t.Errorf("%s(%U) = %q, want %q", name, r, got, c[len(c)-1])
				}
			}
		}
	}
}
