package cli

import (
	"context"

	"inkling/engine"
)

// continuations are several texts that go on from one prompt.
type continuations struct {
	model     *engine.Model
	prompt    []int // token ids, at least one
	params    engine.Params
	seed      uint64 // of the first one; each further one has the next
	sequences int
	top       int // likeliest tokens to report with each token
}

// writer takes continuations one after the other: begin, token for each token, end.
type writer interface {
	begin(index int, seed uint64) error
	token(t engine.Token) error
	end(r engine.Result) error
}

// write generates them all. When ctx ends, what is there is written and the error is errInterrupted.
func (c continuations) write(ctx context.Context, w writer) error {
	sequence := c.model.NewSequence() // it computes the prompt once
	controls := engine.NewControls(c.params)
	for i := range c.sequences {
		seed := c.seed + uint64(i)
		if err := w.begin(i, seed); err != nil {
			return err
		}
		request := engine.Request{Prompt: c.prompt, Controls: controls, Seed: &seed, Top: c.top}
		result, err := one(ctx, sequence, request, w)
		switch {
		case err != nil:
			return err
		case result.Reason == engine.Cancelled:
			return errInterrupted
		}
	}
	return nil
}

// one writes a single continuation. The generation has ended when it returns.
func one(ctx context.Context, s *engine.Sequence, r engine.Request, w writer) (engine.Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := s.Generate(ctx, r)
	var failure error // of w
	for t := range g.Tokens() {
		if failure == nil {
			failure = w.token(t)
		}
		if failure != nil {
			cancel()
		}
	}
	result := g.Result()
	if failure == nil {
		failure = result.Err
	}
	if failure == nil {
		failure = w.end(result)
	}
	return result, failure
}
