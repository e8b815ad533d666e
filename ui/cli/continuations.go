package cli

import (
	"context"

	"inkling/engine"
	"inkling/engine/sample"
)

// continuations are several texts that go on from one prompt.
type continuations struct {
	model     engine.Engine
	prompt    []int  // token ids, at least one
	text      string // in place of it, for a service
	params    sample.Params
	seed      uint64
	attempt   uint32 // of the first one; each further one has the next
	sequences int
	top       int // likeliest tokens to report with each token
	noDrafts  bool
	endless   bool // tokens that end the text are not drawn
}

// writer takes continuations one after the other: begin, token for each token, end.
type writer interface {
	begin(index int, seed uint64, attempt uint32) error
	token(t engine.Token) error
	end(r engine.Result) error
}

// write generates them all, several at once. When ctx ends, what is there is written and the error is errInterrupted.
func (c continuations) write(ctx context.Context, w writer) error {
	controls := sample.NewControls(c.params)
	together := c.model.Can().Parallel
	for first := 0; first < c.sequences; first += together {
		var requests []engine.Request
		for i := first; i < min(first+together, c.sequences); i++ {
			requests = append(requests, engine.Request{Prompt: c.prompt, Text: c.text, Controls: controls, Seed: &c.seed, Attempt: c.attempt + uint32(i),
				Top: c.top, NoDrafts: c.noDrafts, Endless: c.endless, Room: max(c.model.Info().Context, c.params.MaxTokens)})
		}
		if err := writeAll(ctx, c.model, requests, first, w); err != nil {
			return err
		}
	}
	return nil
}

// writeAll writes several continuations, the first of which has the given index. They share a prompt, which is computed once, and
// every pass serves all that are going on. The generations have ended when it returns.
func writeAll(ctx context.Context, m engine.Engine, requests []engine.Request, first int, w writer) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	contexts := make([]context.Context, len(requests))
	for i := range contexts {
		contexts[i] = ctx
	}
	all, err := engine.GenerateAll(m, contexts, requests)
	for i, g := range all {
		if err == nil {
			err = w.begin(first+i, g.Seed(), requests[i].Attempt)
		}
		for e := range g.Events() {
			if err == nil && e.Kind == engine.Drawn {
				err = w.token(e.Token)
			}
			if err != nil {
				cancel()
			}
		}
		result := g.Result()
		if err != nil {
			cancel()
			continue
		}
		if err = result.Err; err == nil {
			err = w.end(result)
		}
		if err == nil && result.Reason == engine.Cancelled {
			err = errInterrupted
		}
	}
	return err
}
