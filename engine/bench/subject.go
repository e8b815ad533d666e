package bench

import (
	"context"
	"fmt"
	"time"

	"inkling/engine"
	"inkling/engine/sample"
)

// A subject is a model in one format, open, with a sequence to measure with.
type subject struct {
	model     *engine.Model
	network   engine.Network
	state     engine.State
	n         int            // positions of state
	forks     []engine.State // state and its forks, as many as are computed at once
	workspace engine.Workspace
	logits    []float32 // (sequences, V)
	steps     []engine.Step
	ids       []int

	least time.Duration // how long a figure is measured: a small model does it over and over
}

func newSubject(m *engine.Model, sequences int, least time.Duration) *subject {
	s := &subject{least: least, model: m, network: m.Network(), workspace: m.Network().NewWorkspace()}
	s.state = s.network.NewState()
	s.forks = []engine.State{s.state}
	for len(s.forks) < sequences {
		s.forks = append(s.forks, s.state.Fork())
	}
	s.logits = make([]float32, sequences*m.Info().Vocab)
	s.ids = make([]int, 0, engine.Block) // steps hold parts of it
	return s
}

// id is the token at a position.
func (s *subject) id(position int) int { return token(position, s.model.Info().Vocab) }

// token is a token that is as good as any other.
func token(position, vocab int) int { return (position*7919 + 13) % vocab }

func (s *subject) measure(ctx context.Context, f figure) (float64, error) {
	run := map[kind]func(context.Context, figure) (time.Duration, error){
		prefill: s.prefill, decode: s.decode, sequences: s.together, generate: s.generate, sampled: s.sample,
	}[f.kind]
	tokens, took := 0, time.Duration(0)
	for took < s.least {
		once, err := run(ctx, f)
		if err != nil {
			return 0, err
		}
		took += max(once, 1)
		tokens += f.tokens()
	}
	return float64(tokens) / took.Seconds(), nil
}

// tokens is how many a run of the figure computes.
func (f figure) tokens() int {
	if f.kind == sequences {
		return f.n * decoded
	}
	return f.n
}

// prefill computes n tokens from the beginning, and the scores after the last.
func (s *subject) prefill(ctx context.Context, f figure) (time.Duration, error) {
	s.truncate(0)
	start := time.Now()
	err := s.fill(ctx, f.n, 1)
	return time.Since(start), err
}

// decode computes n tokens one at a time, with the scores after each.
func (s *subject) decode(ctx context.Context, f figure) (time.Duration, error) {
	s.truncate(f.from)
	if err := s.fill(ctx, f.from, 0); err != nil {
		return 0, err
	}
	start := time.Now()
	for range f.n {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := s.append(s.n+1, 1); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// together decodes n sequences at once, from the beginning.
func (s *subject) together(ctx context.Context, f figure) (time.Duration, error) {
	s.truncate(0)
	for _, fork := range s.forks {
		fork.Truncate(0)
	}
	start := time.Now()
	for position := range decoded {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		s.ids, s.steps = s.ids[:0], s.steps[:0]
		for i, fork := range s.forks {
			s.ids = append(s.ids, s.id(position+101*i))
			s.steps = append(s.steps, engine.Step{State: fork, IDs: s.ids[i : i+1], Scores: 1})
		}
		if err := s.network.Forward(s.workspace, s.steps, s.logits); err != nil {
			return 0, err
		}
	}
	s.n = decoded
	return time.Since(start), nil
}

// generate draws n tokens greedily after a prompt of one, as a user has it. As many passes are made as tokens are drawn.
func (s *subject) generate(ctx context.Context, f figure) (time.Duration, error) {
	timings, err := greedy(ctx, s.model, []int{s.id(0)}, f.n)
	return timings.Prefill + timings.Decode, err
}

// sample draws them by temperature and top-p, from all of the vocabulary.
func (s *subject) sample(ctx context.Context, f figure) (time.Duration, error) {
	p := sample.Neutral()
	p.Temperature, p.TopP = 0.8, 0.95
	timings, err := write(ctx, s.model, []int{s.id(0)}, f.n, p)
	return timings.Prefill + timings.Decode, err
}

// greedy generates n tokens.
func greedy(ctx context.Context, m *engine.Model, prompt []int, n int) (engine.Timings, error) {
	p := sample.Neutral()
	p.Temperature = 0
	return write(ctx, m, prompt, n, p)
}

// write generates n tokens.
func write(ctx context.Context, m *engine.Model, prompt []int, n int, p sample.Params) (engine.Timings, error) {
	p.MaxTokens, p.MinTokens = n, n
	g, err := m.Generate(ctx, engine.Request{Prompt: prompt, Controls: sample.NewControls(p), NoDrafts: true})
	if err != nil {
		return engine.Timings{}, err
	}
	for range g.Events() {
	}
	r := g.Result()
	switch {
	case r.Reason == engine.Cancelled:
		return r.Timings, ctx.Err()
	case r.Err != nil:
		return r.Timings, r.Err
	case r.Timings.Tokens != n:
		return r.Timings, fmt.Errorf("generated %d tokens, expected %d", r.Timings.Tokens, n)
	}
	return r.Timings, nil
}

func (s *subject) truncate(n int) {
	s.state.Truncate(n)
	s.n = min(s.n, n)
}

// fill appends tokens until the sequence has n, in blocks, with the scores after the last if scores is 1.
func (s *subject) fill(ctx context.Context, n, scores int) error {
	for s.n < n {
		if err := ctx.Err(); err != nil {
			return err
		}
		to, last := min(s.n+engine.Block, n), 0
		if to == n {
			last = scores
		}
		if err := s.append(to, last); err != nil {
			return err
		}
	}
	return nil
}

// append computes the tokens up to position n in one pass.
func (s *subject) append(n, scores int) error {
	s.ids = s.ids[:0]
	for position := s.n; position < n; position++ {
		s.ids = append(s.ids, s.id(position))
	}
	s.steps = append(s.steps[:0], engine.Step{State: s.state, IDs: s.ids, Scores: scores})
	if err := s.network.Forward(s.workspace, s.steps, s.logits[:scores*s.model.Info().Vocab]); err != nil {
		return err
	}
	s.n = n
	return nil
}
