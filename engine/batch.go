package engine

import (
	"context"
	"fmt"
	"time"
)

// batch is the generations that go on from one prompt.
type batch struct {
	sequence *Sequence
	writers  []*writer
}

// run generates and ends every writer, whatever happens: a panic too, which would otherwise end the program with the terminal
// still in raw mode.
func (b *batch) run(ctx context.Context) {
	err := ctx.Err()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("internal error while generating: %v", cause)
		}
		for _, w := range b.writers {
			w.end("", err, ctx.Err() != nil)
		}
	}()
	select {
	case b.sequence.turn <- struct{}{}:
		defer func() { <-b.sequence.turn }()
	case <-ctx.Done():
		err = ctx.Err()
		return
	}
	if err = b.prepare(ctx); err != nil {
		return
	}
	if len(b.writers) == 1 {
		err = b.alone(ctx, b.writers[0])
	} else {
		err = b.together(ctx)
	}
}

// prepare computes the prompt and gives each writer a track.
func (b *batch) prepare(ctx context.Context) error {
	track := &b.sequence.track
	track.guesser.made, track.guesser.right = 0, 0
	prompt := b.writers[0].request.Prompt
	start := time.Now()
	cached, err := track.feed(ctx, prompt)
	now := time.Now()
	for i, w := range b.writers {
		w.began, w.drawn = now, now
		t := &w.result.Timings
		t.PromptTokens, t.CachedTokens, t.Prefill = len(prompt), cached, now.Sub(start)
		if i > 0 { // the first has computed it
			t.CachedTokens, t.Prefill = len(prompt), 0
		}
	}
	b.writers[0].track = track
	return err
}

// alone is a generation by itself, with guesses.
func (b *batch) alone(ctx context.Context, w *writer) error {
	for {
		id, reason, err := w.next(ctx)
		if err != nil {
			return err
		}
		if reason != "" {
			w.end(reason, nil, false)
			return nil
		}
		if err := w.track.advance(id, !w.request.NoGuesses); err != nil {
			return err
		}
	}
}

// together is several generations, on forks of the prompt. An error that is one writer's own ends that one alone.
func (b *batch) together(ctx context.Context) error {
	model, prompt := b.sequence.model, &b.sequence.track
	vocab := model.info.Vocab
	logits := make([]float32, len(b.writers)*vocab)
	for i, w := range b.writers {
		w.track = prompt.fork(logits[i*vocab:][:vocab])
	}
	steps, drawn := make([]Step, 0, len(b.writers)), make([]int, len(b.writers))
	going := append([]*writer(nil), b.writers...)
	for {
		steps = steps[:0]
		still := going[:0]
		for _, w := range going {
			id, reason, err := w.next(ctx)
			if err != nil && ctx.Err() != nil {
				return err
			}
			if err != nil || reason != "" {
				w.end(reason, err, false)
				continue
			}
			n := len(steps)
			drawn[n] = id
			w.track.logits = logits[n*vocab:][:vocab]
			steps = append(steps, Step{State: w.track.state, IDs: drawn[n : n+1], Scores: 1})
			still = append(still, w)
		}
		if going = still; len(going) == 0 {
			return nil
		}
		if err := model.lm.Forward(steps, logits[:len(steps)*vocab]); err != nil {
			return err
		}
		for i, w := range going {
			w.track.ids = append(w.track.ids, drawn[i])
		}
	}
}
