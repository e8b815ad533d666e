package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"inkling/engine"
	"inkling/engine/enginetest"
)

// scoredTiny is the model of gpt2/testdata, which comes without a tokenizer, with one of single bytes.
func scoredTiny(t *testing.T) *engine.Model {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"config.json", "model.safetensors"} {
		data, err := os.ReadFile(filepath.Join("gpt2/testdata/tiny", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), data)
	}
	pieces := map[string]int{}
	spare := rune(256)
	for b := range rune(256) {
		letter := b
		if b < '!' || b > '~' && b < '¡' || b == '\u00ad' {
			letter = spare
			spare++
		}
		pieces[string(letter)] = int(b)
	}
	vocabulary, err := json.Marshal(pieces)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "vocab.json"), vocabulary)
	write(t, filepath.Join(folder, "merges.txt"), []byte("#version: 0.2\n"))
	return openAs(t, folder, "f32", 2)
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func openAs(t *testing.T, name, format string, threads int) *engine.Model {
	t.Helper()
	m, err := engine.Open(name, engine.Options{Threads: threads, Weights: format, Cache: engine.CacheIgnored})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func heldout(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/heldout.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// perplexities is what testdata/make_perplexity.py wrote for a model.
type perplexities struct {
	Characters int   `json:"characters"`
	IDs        []int `json:"ids"`
	Cases      []struct {
		Window int       `json:"window"`
		Stride int       `json:"stride"`
		Losses []float64 `json:"losses"` // of every token but the first
	} `json:"cases"`
}

func TestScoreEqualsTransformers(t *testing.T) {
	data, err := os.ReadFile("testdata/perplexity.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Tiny, Small perplexities }
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	model := openAs(t, small, "f32", 2)
	if got := model.Encode(heldout(t)[:want.Small.Characters]); !slices.Equal(got, want.Small.IDs) {
		t.Fatalf("%d tokens that are not the %d of transformers", len(got), len(want.Small.IDs))
	}
	for _, test := range []struct {
		name  string
		model *engine.Model
		want  perplexities
	}{{"tiny", scoredTiny(t), want.Tiny}, {"small", model, want.Small}} {
		for _, c := range test.want.Cases {
			t.Run(fmt.Sprintf("%s/window=%d/stride=%d", test.name, c.Window, c.Stride), func(t *testing.T) {
				// The score after every pass, so that errors cannot cancel each other over the whole text.
				var before engine.Score
				score, err := test.model.Score(t.Context(), test.want.IDs, c.Window, c.Stride, func(s engine.Score) {
					var sum float64
					for _, loss := range c.Losses[before.Scored:s.Scored] {
						sum += loss
					}
					n := s.Scored - before.Scored
					if d := math.Abs(s.Loss - before.Loss - sum); !(d <= 1e-4*float64(n)) {
						t.Errorf("tokens %d to %d: loss %v, want %v", before.Scored+1, s.Scored, s.Loss-before.Loss, sum)
					}
					before = s
				})
				if err != nil || score != before || score.Scored != len(c.Losses) || score.Tokens != len(test.want.IDs) {
					t.Errorf("%+v, %v after %+v", score, err, before)
				}
			})
		}
	}
}

// Every token but the first is scored once, with the context that it is to have.
func TestScoreVisitsEveryTokenOnce(t *testing.T) {
	const most = 250
	contexts := make([][]int, most) // how much was before a token whenever it was scored
	m := enginetest.New(200, func(ids []int, logits []float32) {
		last := ids[len(ids)-1]
		for i, id := range ids { // a token is its place in the text
			if id != last-len(ids)+1+i {
				t.Fatalf("the model sees %d", ids)
			}
		}
		contexts[last+1] = append(contexts[last+1], len(ids))
		logits[last+1] = float32(math.Log(float64(len(ids)))) // among 256 others that are 0
	})
	ids := make([]int, most)
	for i := range ids {
		ids[i] = i
	}
	for _, n := range []int{2, 3, 5, 63, 64, 65, 66, 100, 129, 199, 200, 201, most} {
		for _, window := range []int{1, 2, 3, 7, 63, 64, 65, 66, 100, 128, 129, 200} {
			for _, stride := range []int{1, 2, 3, 7, 50, 64, 65, 100, 199, 200} {
				if stride > window || stride == 1 && n*window > 13_000 {
					continue
				}
				clear(contexts)
				score, err := m.Score(t.Context(), ids[:n], window, stride, nil)
				if err != nil || score.Tokens != n || score.Scored != n-1 {
					t.Fatalf("%d tokens, window %d, stride %d: %+v, %v", n, window, stride, score, err)
				}
				loss := 0.0
				for i := 1; i < n; i++ {
					if len(contexts[i]) != 1 {
						t.Fatalf("%d tokens, window %d, stride %d: token %d was scored %d times", n, window, stride, i, len(contexts[i]))
					}
					c := contexts[i][0]
					if least := min(i, max(window-stride, 1)); c < least || c > window {
						t.Fatalf("%d tokens, window %d, stride %d: token %d has %d before it, want %d to %d", n, window, stride, i, c, least, window)
					}
					loss += math.Log(256+float64(c)) - math.Log(float64(c))
				}
				if math.Abs(score.Loss-loss) > 1e-4 {
					t.Fatalf("%d tokens, window %d, stride %d: loss %v, want %v", n, window, stride, score.Loss, loss)
				}
			}
		}
	}
}

func TestScoreRefusesBadInput(t *testing.T) {
	m := enginetest.New(8, func([]int, []float32) {})
	text := []int{1, 2, 3}
	for name, c := range map[string]struct {
		ids            []int
		window, stride int
	}{
		"no token":                     {nil, 8, 4},
		"one token":                    {text[:1], 8, 4},
		"no window":                    {text, 0, 4},
		"a window beyond the context":  {text, 9, 4},
		"no stride":                    {text, 8, 0},
		"a stride beyond the window":   {text, 4, 5},
		"an unknown token at the end":  {[]int{1, 2, 257}, 8, 4},
		"a negative token at the end":  {[]int{1, 2, -1}, 8, 4},
		"an unknown token in a window": {[]int{1, 257, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 2},
	} {
		score, err := m.Score(t.Context(), c.ids, c.window, c.stride, nil)
		if err == nil || strings.Contains(err.Error(), "\n") || score.Scored > 0 {
			t.Errorf("%s: %+v, %v", name, score, err)
		}
	}
}

func TestScoreStopsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := enginetest.New(128, func([]int, []float32) {})
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	score, err := m.Score(ctx, make([]int, 1000), 128, 64, func(engine.Score) {
		calls++
		if calls == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || calls != 3 || score.Scored == 0 || score.Scored >= 999 {
		t.Errorf("%+v, %v after %d passes", score, err, calls)
	}
	if want := float64(score.Scored) * math.Log(257); math.Abs(score.Loss-want) > 1e-6 {
		t.Errorf("loss %v of what was scored, want %v", score.Loss, want)
	}
}

func TestScoreIsTheSameWithAnyThreads(t *testing.T) {
	var first engine.Score
	for threads := 1; threads <= 3; threads++ {
		m := openAs(t, engine.Starter, "q8", threads)
		score, err := m.Score(t.Context(), m.Encode(heldout(t)[:1000]), 100, 75, nil)
		if err != nil {
			t.Fatal(err)
		}
		if threads == 1 {
			first = score
		}
		if score != first {
			t.Errorf("%d threads: %+v, with one %+v", threads, score, first)
		}
	}
}

func TestScoreOfADamagedModel(t *testing.T) {
	for _, value := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		m := enginetest.New(8, func(_ []int, logits []float32) { logits[2] = float32(value) })
		_, err := m.Score(t.Context(), []int{1, 2, 3}, 8, 8, nil)
		if err == nil || !strings.Contains(err.Error(), "weights are damaged") {
			t.Errorf("a logit of %v: %v", value, err)
		}
	}
}

func TestScoreAfterClose(t *testing.T) {
	m := enginetest.New(8, func([]int, []float32) {})
	m.Close()
	if _, err := m.Score(t.Context(), []int{1, 2}, 8, 8, nil); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Error(err)
	}
}

func TestPredict(t *testing.T) {
	// After the bytes of "ab", "c" and "d" are equally likely; after any others nothing stands out.
	m := enginetest.New(3, func(ids []int, logits []float32) {
		if string(enginetest.Bytes(ids)) == "ab" {
			logits['c'], logits['d'] = 3, 3
		}
	})
	likely := 3 - math.Log(255+2*math.Exp(3))
	for _, c := range []struct {
		text string
		from int
		want []engine.Prediction
	}{
		{"abc", 2, []engine.Prediction{{Logprob: likely, Greedy: true}}},
		{"abd", 2, []engine.Prediction{{Logprob: likely}}}, // the lower id wins
		{"abe", 2, []engine.Prediction{{Logprob: likely - 3}}},
		{"abc", 1, []engine.Prediction{{Logprob: -math.Log(257)}, {Logprob: likely, Greedy: true}}},
		{"a\x00", 1, []engine.Prediction{{Logprob: -math.Log(257), Greedy: true}}},
		{"abcd", 3, []engine.Prediction{{Logprob: -math.Log(257)}}}, // the last one need not fit
	} {
		var got []engine.Prediction
		err := m.NewScorer().Predict(t.Context(), m.Encode(c.text), c.from, func(p []engine.Prediction) { got = append(got, p...) })
		if err != nil || !slices.EqualFunc(got, c.want, func(a, b engine.Prediction) bool {
			return math.Abs(a.Logprob-b.Logprob) < 1e-6 && a.Greedy == b.Greedy
		}) {
			t.Errorf("%q from %d: %+v, %v, want %+v", c.text, c.from, got, err, c.want)
		}
	}
	for _, c := range []struct {
		text string
		from int
	}{{"", 0}, {"ab", 0}, {"ab", 2}, {"ab", -1}, {"abcde", 1}} {
		if err := m.NewScorer().Predict(t.Context(), m.Encode(c.text), c.from, func([]engine.Prediction) {}); err == nil {
			t.Errorf("%q from %d: accepted", c.text, c.from)
		}
	}
}

// What smaller weights cost on a text that a model in float16 was not trained on; the starter is in 8 bits already.
func TestWeightFormatsCost(t *testing.T) {
	text := heldout(t)
	perplexity := func(format string) float64 {
		m := openAs(t, small, format, 2)
		if m.Info().Kernel == "generic" {
			text = text[:3000] // all of it takes a minute
		}
		context := m.Info().Context
		score, err := m.Score(t.Context(), m.Encode(text), context, context, nil)
		if err != nil {
			t.Fatal(err)
		}
		return math.Exp(score.Loss / float64(score.Scored))
	}
	exact := perplexity("f32")
	for _, c := range []struct {
		format string
		limit  float64
	}{{"q8", 0.005}, {"q4", 0.04}} {
		got := perplexity(c.format)
		if cost := got/exact - 1; !(math.Abs(cost) <= c.limit) {
			t.Errorf("%s: perplexity %v, %+.3f%% of f32's %v, want within %v%%", c.format, got, 100*cost, exact, 100*c.limit)
		}
	}
}
