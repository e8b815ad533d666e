package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// together generates attempts 0, 1 and so on.
func together(m *engine.Model, n int, r engine.Request) []engine.Result {
	var requests []engine.Request
	for i := range n {
		r.Attempt = uint32(i)
		requests = append(requests, r)
	}
	var results []engine.Result
	var all []engine.Generation
	for _, r := range requests {
		r.Room = m.Info().Context
		all = append(all, join(m, context.Background(), r))
	}
	for _, g := range all {
		_, result := collect(g)
		results = append(results, result)
	}
	return results
}

// Several generations at once give what each gives alone, to the last token.
func TestTogetherIsAsAlone(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, format := range []string{"f32", "q8"} {
		m, err := engine.Open(engine.Starter, engine.Options{Threads: 2, Weights: format})
		if err != nil {
			t.Fatal(err)
		}
		p := sample.Neutral()
		p.Temperature, p.TopK, p.MaxTokens = 0.9, 40, 60
		// With a beginning that is shared, and one that is too short for that.
		for _, prompt := range []string{strings.Repeat("Once upon a time there was a fox. ", 12), "The sea"} {
			seed := uint64(3)
			r := engine.Request{Prompt: m.Encode(prompt), Controls: sample.NewControls(p), Seed: &seed}
			texts := map[string]bool{}
			for i, got := range together(m, 5, r) {
				r.Attempt = uint32(i)
				_, want := collect(join(m, context.Background(), r))
				if got.Err != nil || !slices.Equal(got.IDs, want.IDs) || got.Text != want.Text || got.Reason != want.Reason || got.Seed != want.Seed {
					t.Errorf("%s, %q, attempt %d: %q, %v; alone %q", format, prompt[:7], i, got.Text, got.Err, want.Text)
				}
				texts[got.Text] = true
			}
			if len(texts) != 5 {
				t.Errorf("%s, %q: 5 attempts gave %d texts", format, prompt[:7], len(texts))
			}
			// The sequence still has the prompt.
			_, next := collect(join(m, context.Background(), r))
			if next.Timings.CachedTokens != len(r.Prompt)-1 {
				t.Errorf("%d tokens of the prompt were kept, want %d", next.Timings.CachedTokens, len(r.Prompt)-1)
			}
		}
		m.Close()
	}
}

// Each pass serves all that are still going on, and each ends by itself.
func TestTogetherShareTheirPasses(t *testing.T) {
	// The text ends after as many letters as the first drawn one says.
	p := &passes{wait: time.Millisecond, Network: enginetest.Network(512, func(ids []int, logits []float32) {
		switch drawn := len(ids) - 3; {
		case drawn == 0:
			for i := range 8 {
				logits['0'+i] = 50
			}
		case drawn > 10*(ids[3]-'0'):
			logits[enginetest.EndOfText] = 100
		default:
			logits['x'] = 100
		}
	})}
	m := engine.New(p, enginetest.Tokenizer(), engine.Info{})
	longest := 0
	for _, r := range together(m, 6, engine.Request{Prompt: m.Encode("abc"), NoDrafts: true}) {
		if want := 1 + 10*int(r.Text[0]-'0'); r.Reason != engine.EndOfText || len(r.IDs) != want {
			t.Errorf("%q: %s, %v, %d tokens, want %d", r.Text, r.Reason, r.Err, len(r.IDs), want)
		}
		longest = max(longest, len(r.IDs))
	}
	// Those that share the prompt join when it has been read.
	if want := 1 + longest; p.n < want || p.n > want+2 {
		t.Errorf("%d passes, want %d or little more: one for the prompt, and one for each token of the longest", p.n, want)
	}
}

func TestTogetherIsCancelled(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(context.Background())
	m := enginetest.New(512, func(ids []int, logits []float32) {
		if len(ids) == 20 {
			cancel()
		}
		logits['x'] = 50
	})
	r := engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(greedy())}
	for i, g := range []engine.Generation{join(m, ctx, r), join(m, ctx, r), join(m, ctx, r)} {
		_, result := collect(g)
		if result.Reason != engine.Cancelled || result.Err != nil || len(result.IDs) < 15 {
			t.Errorf("%d: %s, %v, %d tokens", i, result.Reason, result.Err, len(result.IDs))
		}
	}
}
