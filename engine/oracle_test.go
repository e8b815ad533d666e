package engine

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"inkling/engine/weights"
)

// TestTokenizersEqualOracle holds tokenizer files of many shapes to what tokenizers and transformers make of texts with
// them; see testdata/make_fixtures.py.
func TestTokenizersEqualOracle(t *testing.T) {
	var fixtures []struct {
		Name    string
		Files   map[string]map[string]json.RawMessage
		Starter bool
		Begin   string
		Names   map[string]string
		Cases   []struct {
			Text       string
			IDs, Plain []int
		}
	}
	data, err := os.ReadFile(filepath.Join("testdata", "tokenizers.json"))
	if err == nil {
		err = json.Unmarshal(data, &fixtures)
	}
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := os.ReadFile(filepath.Join("gpt2", "testdata", "tiny", "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if len(fixtures) < 20 {
		t.Fatalf("%d fixtures", len(fixtures))
	}
	for _, f := range fixtures {
		t.Run(f.Name, func(t *testing.T) {
			if f.Starter {
				addSmall(t, f.Files["tokenizer.json"])
			}
			files := fstest.MapFS{"config.json": {Data: []byte("{}")}, "model.safetensors": {Data: tensors}}
			for name, members := range f.Files {
				text, err := json.Marshal(members)
				if err != nil {
					t.Fatal(err)
				}
				files[name] = &fstest.MapFile{Data: text}
			}
			folder, err := weights.Open(files, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			v, err := folder.Vocabulary()
			if err != nil {
				t.Fatal(err)
			}
			if v.Begin != f.Begin {
				t.Errorf("texts begin with %q, want %q", v.Begin, f.Begin)
			}
			if f.Names != nil && !maps.Equal(v.Names, f.Names) {
				t.Errorf("names %v, want %v", v.Names, f.Names)
			}
			tok, err := newTokenizer(v, 1<<20, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range f.Cases {
				if got := tok.Encode(c.Text, true); !slices.Equal(got, c.IDs) {
					t.Errorf("%q:\n got %v\nwant %v", c.Text, got, c.IDs)
				}
				if got := tok.Encode(c.Text, false); !slices.Equal(got, c.Plain) {
					t.Errorf("%q, special tokens as text:\n got %v\nwant %v", c.Text, got, c.Plain)
				}
			}
		})
	}
}

// addSmall puts the small model's pieces and merges into a tokenizer.json.
func addSmall(t *testing.T, file map[string]json.RawMessage) {
	t.Helper()
	folder, err := weights.Open(os.DirFS("gpt2/testdata/small"), "small")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	v, err := folder.Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	var model map[string]any
	if err := json.Unmarshal(file["model"], &model); err != nil {
		t.Fatal(err)
	}
	model["vocab"], model["merges"] = v.Pieces, v.Merges
	if file["model"], err = json.Marshal(model); err != nil {
		t.Fatal(err)
	}
}
