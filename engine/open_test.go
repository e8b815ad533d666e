package engine_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"inkling/engine"
	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
	"inkling/engine/sample"
)

func open(t testing.TB, name string) *engine.Model {
	t.Helper()
	m, err := engine.Open(name, engine.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// small is the folder of a model of 2.7M parameters.
const small = "gpt2/testdata/small"

// TestOpenEqualsTransformers draws greedily through everything that this package adds to the network.
func TestOpenEqualsTransformers(t *testing.T) {
	for _, format := range []string{"f32", "f16"} {
		t.Run(format, func(t *testing.T) { testOpenEqualsTransformers(t, format) })
	}
}

func testOpenEqualsTransformers(t *testing.T, format string) {
	m, err := engine.Open(small, engine.Options{Threads: 2, Weights: format, Cache: engine.CacheIgnored})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	data, err := os.ReadFile("gpt2/testdata/small.json")
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
	p := sample.Neutral()
	p.Temperature, p.MaxTokens, p.MinTokens = 0, len(want.Greedy), len(want.Greedy)
	_, r := collect(join(m, context.Background(), engine.Request{Prompt: want.Prompt, Controls: sample.NewControls(p)}))
	if r.Err != nil || len(r.IDs) != len(want.Greedy) {
		t.Fatalf("%d tokens, %v", len(r.IDs), r.Err)
	}
	for i, id := range want.Greedy {
		if r.IDs[i] != id {
			t.Fatalf("token %d is %d, want %d", i, r.IDs[i], id)
		}
	}
}

func TestInfo(t *testing.T) {
	info := open(t, engine.Starter).Info()
	if info.Name != engine.Starter || info.Context < 256 || info.PromptFormat != "transcript" || info.Parameters < 1e6 || info.Threads != 2 || info.Kernel == "" {
		t.Errorf("%+v", info)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1K", 2_664_576: "2.7M", 124_439_808: "124M", 1_557_611_200: "1.6B"} {
		if got := (engine.Info{Parameters: n}).Size(); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestOpenExplainsWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HF_HUB_CACHE", t.TempDir())
	for name, want := range map[string]string{
		"no/such/folder": "no such folder",
		"gpt2-medium":    `model "gpt2-medium" is not on this machine; get it with: inkling pull gpt2-medium`,
		"someone/model":  "no folder of that name either",
		"gpt3":           "distilgpt2",
		file:             "is a file",
		folder:           "config.json",
	} {
		_, err := engine.Open(name, engine.Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", name, err, want)
		}
	}
}

// A model that was fetched is opened by the name it was fetched by.
func TestOpenFromTheCache(t *testing.T) {
	files, err := hubtest.Folder(os.DirFS(small))
	if err != nil {
		t.Fatal(err)
	}
	s := hubtest.New(t)
	s.Add("openai-community/gpt2", files)
	s.AddRevision("someone/model", "v1", files)
	t.Setenv("HF_HUB_CACHE", t.TempDir())
	t.Setenv("HF_ENDPOINT", s.URL)
	t.Chdir(t.TempDir())
	settings, err := hub.Environment(os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	client, err := hub.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, name := range []string{"gpt2", "someone/model@v1"} {
		if _, err := engine.Open(name, engine.Options{}); err == nil || !strings.Contains(err.Error(), "inkling pull "+name) {
			t.Errorf("%s: %v", name, err)
		}
		ref, err := hub.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Pull(t.Context(), ref, hub.PullOptions{}); err != nil {
			t.Fatal(err)
		}
		if info := open(t, name).Info(); info.Name != name || info.Parameters < 1e6 {
			t.Errorf("%+v", info)
		}
	}
	// A folder that only has the name is not in the way, but one with a model is meant.
	if err := os.MkdirAll("gpt2", 0o700); err != nil {
		t.Fatal(err)
	}
	open(t, "gpt2")
	if err := os.WriteFile(filepath.Join("gpt2", "config.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Open("gpt2", engine.Options{}); err == nil || !strings.Contains(err.Error(), "gpt2/model.safetensors") {
		t.Errorf("%v", err)
	}
}

func TestCloseEndsEveryGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	m, err := engine.Open(engine.Starter, engine.Options{Threads: 3})
	if err != nil {
		t.Fatal(err)
	}
	p := sample.Neutral()
	p.MaxTokens = 3
	collect(join(m, context.Background(), engine.Request{Prompt: m.Encode("Once upon a time"), Controls: sample.NewControls(p)}))
	m.Close()
	goleak.VerifyNone(t, before)
}

// A model whose sampling takes a special token from the user's text would let the text end the document.
func TestEncodeRecognisesSpecialTokensOnlyWhenAsked(t *testing.T) {
	m := open(t, engine.Starter)
	end, ok := m.EndOfText()
	if !ok {
		t.Fatal("the starter has no end-of-text")
	}
	if ids := m.EncodeSpecial("<|endoftext|>"); len(ids) != 1 || ids[0] != end {
		t.Errorf("asked for: %v, want [%d]", ids, end)
	}
	if ids := m.Encode("<|endoftext|>"); len(ids) < 2 {
		t.Errorf("not asked for: %v", ids)
	}
}

func BenchmarkDecode(b *testing.B) {
	m := open(b, engine.Starter)
	p := sample.Neutral()
	p.TopK, p.MinTokens = 40, 400
	p.MaxTokens = 400
	controls := sample.NewControls(p)
	tokens := 0
	for b.Loop() {
		_, r := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode("Once upon a time"), Controls: controls}))
		if r.Err != nil {
			b.Fatal(r.Err)
		}
		tokens += len(r.IDs)
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
}
