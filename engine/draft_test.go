package engine_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// passes counts the passes of a model and the tokens that they computed. Like those of a network that waits for its
// weights, all of them take about as long.
type passes struct {
	engine.Network
	wait      time.Duration
	n, tokens int
}

func (p *passes) Forward(w engine.Workspace, steps []engine.Step, logits []float32) error {
	p.n++
	time.Sleep(p.wait)
	for _, s := range steps {
		p.tokens += len(s.IDs)
	}
	return p.Network.Forward(w, steps, logits)
}

// A text that repeats itself is drafted, and comes in fewer passes than tokens.
func TestRepetitionsAreDrafted(t *testing.T) {
	const line = "the quick brown fox jumps over the lazy dog. "
	script := func(ids []int, logits []float32) { logits[line[len(ids)%len(line)]] = 50 }
	p := &passes{Network: enginetest.Network(1024, script), wait: 200 * time.Microsecond}
	m := engine.New(p, enginetest.Tokenizer(), engine.Info{})
	params := greedy()
	params.MaxTokens = 500
	_, r := generate(m, "t", params)
	if r.Err != nil || len(r.IDs) != 500 {
		t.Fatalf("%d tokens, %v", len(r.IDs), r.Err)
	}
	for i, c := range []byte(r.Text) {
		if want := line[(i+1)%len(line)]; c != want {
			t.Fatalf("byte %d is %q, want %q", i, c, want)
		}
	}
	if p.n > 250 || r.Timings.Accepted < 200 || r.Timings.Drafted < r.Timings.Accepted {
		t.Errorf("%d passes for 500 tokens; %d of %d drafted tokens were right", p.n, r.Timings.Accepted, r.Timings.Drafted)
	}
}

// Where no draft comes true drafting pauses, and little is computed for nothing.
func TestWrongDraftsAreFew(t *testing.T) {
	// Every pair of letters comes again, each time with another one behind it.
	var text []byte
	for i := range 600 {
		text = append(text, 'a', 'b', byte(i*7%120+1))
	}
	p := &passes{wait: 50 * time.Microsecond, Network: enginetest.Network(2048, func(ids []int, logits []float32) { logits[text[len(ids)]] = 50 })}
	m := engine.New(p, enginetest.Tokenizer(), engine.Info{})
	params := greedy()
	params.MaxTokens = 1500
	_, r := generate(m, "a", params)
	if r.Err != nil || r.Text != string(text[1:1501]) {
		t.Fatalf("%v, %q", r.Err, r.Text)
	}
	if extra := p.tokens - 1501; extra > 1500/2 {
		t.Errorf("%d tokens were computed for nothing beside 1500", extra)
	}
}

// The text is the same with drafts and without: at temperature 0 and, with the same seed, at any other, as the scores are the
// same to the last bit.
func TestDraftsChangeNothing(t *testing.T) {
	for _, format := range []string{"f32", "q8", "q4"} {
		m, err := engine.Open(engine.Starter, engine.Options{Threads: 2, Weights: format})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		accepted := 0
		for _, temperature := range []float64{0, 0.7, 1.2} {
			for seed := range uint64(3) {
				t.Run(fmt.Sprintf("%s/T=%v/seed=%d", format, temperature, seed), func(t *testing.T) {
					p := sample.Neutral()
					p.Temperature, p.MaxTokens, p.RepetitionPenalty, p.PenaltyRange = temperature, 150, 1.05, 64
					prompt := m.Encode("User: sing la la la la, la la la la\nAssistant: la la la la, la la")
					run := func(without bool) engine.Result {
						_, r := collect(join(m, context.Background(), engine.Request{
							Prompt: prompt, Controls: sample.NewControls(p), Seed: &seed, NoDrafts: without}))
						if r.Err != nil {
							t.Fatal(r.Err)
						}
						return r
					}
					with, without := run(false), run(true)
					if !slices.Equal(with.IDs, without.IDs) || with.Text != without.Text || with.Reason != without.Reason {
						t.Errorf("with drafts %q, without %q", with.Text, without.Text)
					}
					if without.Timings.Drafted != 0 {
						t.Errorf("%d drafted tokens though there were to be none", without.Timings.Drafted)
					}
					accepted += with.Timings.Accepted
				})
			}
		}
		if accepted == 0 {
			t.Errorf("%s: no draft came true, so nothing was tested", format)
		}
	}
}

// Tokens that are drawn from drafted positions follow the model's distribution (chi-squared, 5 degrees of freedom): here each
// letter is mostly followed by the next one, in a circle of six, and the distance between neighbours is counted.
func TestDraftedTokensFollowTheDistribution(t *testing.T) {
	probabilities := []float64{0.05, 0.75, 0.08, 0.06, 0.04, 0.02}
	network := enginetest.Network(4096, func(ids []int, logits []float32) {
		for i := range logits {
			logits[i] = float32(math.Inf(-1))
		}
		for distance, p := range probabilities {
			logits['a'+(ids[len(ids)-1]-'a'+distance)%6] = float32(math.Log(p))
		}
	})
	m := engine.New(&passes{Network: network, wait: 100 * time.Microsecond}, enginetest.Tokenizer(), engine.Info{})
	p := sample.Neutral()
	p.MaxTokens = 2000
	counts, right := make([]float64, len(probabilities)), 0
	for seed := range uint64(4) {
		_, r := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode("abc"), Controls: sample.NewControls(p), Seed: &seed}))
		if r.Err != nil || len(r.IDs) != 2000 {
			t.Fatalf("%d tokens, %v", len(r.IDs), r.Err)
		}
		before := int('c')
		for _, id := range r.IDs {
			counts[(id-before+6)%6]++
			before = id
		}
		right += r.Timings.Accepted
	}
	const n = 4 * 2000
	chi := 0.0
	for i, p := range probabilities {
		chi += (counts[i] - n*p) * (counts[i] - n*p) / (n * p)
	}
	if chi > 20.5 { // exceeded once in a thousand times
		t.Errorf("chi-squared is %.1f for the counts %v", chi, counts)
	}
	if right < n/5 {
		t.Errorf("only %d of %d tokens were drafted", right, n)
	}
}
