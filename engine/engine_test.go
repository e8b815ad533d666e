package engine_test

import (
	"context"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// Front ends ask what an engine can do, and find out by its type what can be done with a text.
func TestEnginesTellWhatTheyCan(t *testing.T) {
	defer goleak.VerifyNone(t)
	remote := enginetest.Remote{Name: "home", Answer: func(m []engine.Message) string { return "you said " + m[len(m)-1].Text }}
	model := says("hi", " there")
	defer model.Close()
	for _, e := range []engine.Engine{remote, model} {
		can := e.Can()
		r := engine.Request{Text: "hi"}
		if can.Accepts&engine.Messages != 0 {
			r = engine.Request{Messages: []engine.Message{{Role: "user", Text: "hi"}}}
		}
		g, err := e.Generate(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for event := range g.Events() {
			text += event.Token.Text
		}
		if result := g.Result(); text+result.Rest != result.Text || result.Reason != engine.EndOfText || g.Seed() != result.Seed {
			t.Errorf("%s: %q, %+v", e.Info().Name, text, result)
		}
		if _, steps := g.(engine.Steppable); steps != (can.Live == engine.NextToken) {
			t.Errorf("%s: takes orders: %t, changes count from the next token: %t", e.Info().Name, steps, can.Live == engine.NextToken)
		}
		if _, inspects := e.(engine.Inspector); inspects != (e == engine.Engine(model)) {
			t.Errorf("%s: can be inspected: %t", e.Info().Name, inspects)
		}
	}
	if _, err := remote.Generate(context.Background(), engine.Request{Prompt: []int{1}}); err == nil {
		t.Error("a service took ids")
	}
	if _, err := model.Generate(context.Background(), engine.Request{Messages: []engine.Message{{}}}); err == nil {
		t.Error("a model took messages")
	}
}

// A text is stepped through by hand, and inspected meanwhile.
func TestStepsAndProbes(t *testing.T) {
	m, err := engine.Open(engine.Starter, engine.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p := sample.Neutral()
	p.MaxTokens = 12
	seed := uint64(3)
	r := engine.Request{Text: "Once upon a time", Controls: sample.NewControls(p), Seed: &seed, Top: 4}
	whole, want := collect(join(m, context.Background(), r))
	r.Paused = true
	g := join(m, context.Background(), r).(engine.Steppable)
	var ids []int
	for i, token := range whole {
		trace := &sample.Trace{Want: 4}
		if err := g.Peek(trace); err != nil || trace.Drawn.ID != token.ID || trace.Drawn.Logprob != token.Logprob || trace.Drawn.Rank != token.Rank {
			t.Fatalf("token %d: Peek says %+v, %v, want %+v", i, trace.Drawn, err, token)
		}
		probe := &counting{}
		if err := m.Inspect(context.Background(), m.Prompt("Once upon a time", false), 2, probe); err != nil || probe.residuals == 0 {
			t.Fatalf("%d residuals, %v", probe.residuals, err)
		}
		g.Resume(1)
		for e := range g.Events() {
			if e.Kind == engine.Drawn {
				ids = append(ids, e.Token.ID)
			}
			if e.Kind == engine.Paused && len(ids) == i+1 {
				break
			}
		}
	}
	g.Resume(0) // it waits, though it is long enough: somebody may go back
	if got := g.Result(); !slices.Equal(ids, want.IDs) || got.Text != want.Text || got.Reason != want.Reason {
		t.Errorf("stepped %q, %s, want %q, %s", got.Text, got.Reason, want.Text, want.Reason)
	}
}

type counting struct{ residuals int }

func (c *counting) Residual(int, int, []float32)       { c.residuals++ }
func (c *counting) Attention(int, int, int, []float32) {}
