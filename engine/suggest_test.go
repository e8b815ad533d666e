package engine_test

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// generating is a folder with a generation_config.json.
func generating(t testing.TB, file string) string {
	t.Helper()
	return tiny(t, map[string]any{"eos_token_id": 4}, map[string]string{"vocab.txt": words(), engine.GenerationFile: file})
}

func TestGenerationConfig(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want map[string]any
		ends []int
	}{
		"as GPT-2's": {`{"_from_model_config": true, "bos_token_id": 0, "eos_token_id": 0, "transformers_version": "4.26.0"}`, nil, []int{0}},
		"all": {`{"temperature": 0.7, "top_k": 50, "top_p": 0.9, "min_p": 0.05, "typical_p": 0.95, "repetition_penalty": 1.2,
			"no_repeat_ngram_size": 3, "max_new_tokens": 256, "eos_token_id": [0, 2, 77]}`, map[string]any{"temperature": 0.7, "top_k": int64(50), "top_p": 0.9,
			"min_p": 0.05, "typical_p": 0.95, "repetition_penalty": 1.2, "no_repeat_ngram": int64(3), "max_tokens": int64(256)}, []int{0, 2}},
		"greedy by default":      {`{"do_sample": false}`, nil, []int{4}},
		"sampling, says nothing": {`{"do_sample": true, "num_beams": 4, "max_length": 50}`, nil, []int{4}},
		"null is absent":         {`{"temperature": null, "top_k": null, "eos_token_id": null}`, nil, []int{4}},
		"whole numbers":          {`{"temperature": 1, "top_k": 50.0}`, map[string]any{"temperature": int64(1), "top_k": int64(50)}, []int{4}},
		"not checked":            {`{"temperature": "hot", "top_p": -3, "top_k": 1e999}`, map[string]any{"temperature": "hot", "top_p": int64(-3), "top_k": math.Inf(1)}, []int{4}},
	} {
		info := open(t, generating(t, c.file)).Info()
		if !maps.EqualFunc(info.Defaults, c.want, func(a, b any) bool { return reflect.DeepEqual(a, b) }) || info.Notes != nil {
			t.Errorf("%s: %v, %q, want %v", name, info.Defaults, info.Notes, c.want)
		}
		// Ids that no token has are left out: 77 is one of the last, 299 of the network alone.
		ends := slices.DeleteFunc(slices.Clone(c.ends), func(id int) bool { return id == 77 })
		if !slices.Equal(slices.DeleteFunc(slices.Clone(info.Ends), func(id int) bool { return id == 77 }), ends) {
			t.Errorf("%s: texts end with %v, want %v", name, info.Ends, c.ends)
		}
	}
}

// A generation_config.json that is of no use costs a note, and no more.
func TestDamagedGenerationConfig(t *testing.T) {
	for file, want := range map[string]string{
		`{"temperature": 0.7`:         "generation_config.json: the text ends too early, after 19 bytes; it is ignored",
		`[1, 2]`:                      "generation_config.json: found an array, expected an object",
		`{"temperature": NaN}`:        "generation_config.json: byte 17: found 'N', which is no JSON",
		`{"bad_words_ids": {"a": 1}}`: `generation_config.json: bad_words_ids: found an object, expected a list of lists of ids; it is ignored`,
		`{"eos_token_id": "the end"}`: `generation_config.json: eos_token_id: found "the end", expected an id or a list of ids; it is ignored`,
	} {
		info := open(t, generating(t, file)).Info()
		if info.Defaults != nil || !slices.Equal(info.Ends, []int{4}) || len(info.Notes) != 1 || !strings.Contains(info.Notes[0], want) || strings.Contains(info.Notes[0], "\n") {
			t.Errorf("%s: %v, ends %v, %q, want a line with %q", file, info.Defaults, info.Ends, info.Notes, want)
		}
	}
	folder := generating(t, "{}")
	path := filepath.Join(folder, engine.GenerationFile)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if info := open(t, folder).Info(); len(info.Notes) != 1 || !strings.Contains(info.Notes[0], "not a regular file") {
		t.Errorf("%q", info.Notes)
	}
}

// Tokens and sequences of tokens that generation_config.json bans do not come up; the end of a text is not among them.
func TestBannedTokens(t *testing.T) {
	info := open(t, generating(t, `{"suppress_tokens": [7, 9], "bad_words_ids": [[4], [5, 6], []], "min_new_tokens": 3}`)).Info()
	if want := [][]int{{4}, {5, 6}, {}, {7}, {9}}; !reflect.DeepEqual(info.Banned, want) || info.Defaults["min_tokens"] != int64(3) {
		t.Errorf("%v, %v, want %v and 3 tokens at least", info.Banned, info.Defaults, want)
	}
	info = open(t, generating(t, `{"top_k": [1, 2.5, null]}`)).Info()
	if want := []any{int64(1), 2.5, nil}; !reflect.DeepEqual(info.Defaults["top_k"], want) {
		t.Errorf("%v, want %v", info.Defaults, want)
	}
	info = open(t, generating(t, `{"bad_words_ids": [1]}`)).Info()
	if len(info.Notes) != 1 || !strings.Contains(info.Notes[0], "bad_words_ids: found [1], expected a list of lists of ids") {
		t.Errorf("%q", info.Notes)
	}
	m := enginetest.NewWith(64, func(ids []int, logits []float32) {
		next := map[int]int{'p': 'a', 'a': 'b', 'b': 'c'}[ids[len(ids)-1]]
		logits[next], logits['x'], logits[enginetest.EndOfText] = 50, 40, 30
		if ids[len(ids)-1] == 'x' {
			logits[enginetest.EndOfText] = 60
		}
	}, engine.Info{Banned: [][]int{{'c'}, {'p', 'a', 'b'}, {enginetest.EndOfText}, {5000}}})
	if _, r := generate(m, "p", greedy()); r.Text != "ax" || r.Reason != engine.EndOfText {
		t.Errorf("%q, %s, %v, want ax: b comes after p and a, c never", r.Text, r.Reason, r.Err)
	}
	if _, r := generate(m, "b", greedy()); r.Text != "x" {
		t.Errorf("%q, %v, want x", r.Text, r.Err)
	}
	p := greedy()
	p.MaxTokens = 5
	_, r := collect(join(m, t.Context(), engine.Request{Prompt: m.Encode("x"), Controls: sample.NewControls(p), Endless: true}))
	if r.Reason != engine.Length || len(r.IDs) != 5 {
		t.Errorf("without an end: %q, %s, %v", r.Text, r.Reason, r.Err)
	}
}
