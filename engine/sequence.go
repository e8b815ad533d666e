package engine

import (
	"context"
	"errors"
	"fmt"
)

// ErrEmptyPrompt says that there is nothing to continue.
var ErrEmptyPrompt = errors.New("the prompt is empty, expected at least one token")

// ContextError says that a prompt is longer than the model's context.
type ContextError struct {
	Tokens, Context int
}

func (e *ContextError) Error() string {
	return fmt.Sprintf("the prompt has %d tokens, but the model's context has room for %d; shorten it", e.Tokens, e.Context)
}

// Sequence is one text in the making.
type Sequence struct {
	model *Model

	turn  chan struct{} // holds a value while a generation runs; the rest belongs to that generation
	track track
}

// NewSequence returns an empty sequence.
func (m *Model) NewSequence() *Sequence {
	return &Sequence{model: m, turn: make(chan struct{}, 1), track: track{
		model:   m,
		state:   m.lm.NewState(),
		ids:     make([]int, 0, m.info.Context),
		logits:  make([]float32, m.info.Vocab),
		guesser: newGuesser(),
	}}
}

// A track is the token ids of a text with their cache and the scores of the token after them. The cache may hold guesses
// beyond ids.
type track struct {
	model  *Model
	state  State
	ids    []int
	logits []float32 // (V)

	step    [1]Step // of a pass of this track alone
	guesser *guesser
}

// feed makes the cache hold exactly ids and logits the scores after them. What the cache already has of them, from the
// beginning, is kept; the rest is computed in blocks, between which a cancelled context ends it. cached is how many ids
// were kept. Whatever happens, ids and state agree.
func (t *track) feed(ctx context.Context, ids []int) (cached int, err error) {
	if len(ids) == 0 {
		return 0, ErrEmptyPrompt
	}
	if len(ids) > t.model.info.Context {
		return 0, &ContextError{Tokens: len(ids), Context: t.model.info.Context}
	}
	// The last id is always computed: its logits are needed.
	for cached < min(len(t.ids), len(ids)-1) && t.ids[cached] == ids[cached] {
		cached++
	}
	t.truncate(cached)
	t.logits = t.guesser.row(0, t.model.info.Vocab)
	for rest := ids[cached:]; len(rest) > 0; {
		if err := ctx.Err(); err != nil {
			return cached, err
		}
		n := min(len(rest), Block)
		var logits []float32
		if n == len(rest) {
			logits = t.logits
		}
		if err := t.append(rest[:n], logits); err != nil {
			return cached, err
		}
		rest = rest[n:]
	}
	return cached, nil
}

func (t *track) append(ids []int, logits []float32) error {
	t.step[0] = Step{State: t.state, IDs: ids, Scores: min(len(logits), 1)}
	if err := t.model.lm.Forward(t.step[:], logits); err != nil {
		return err
	}
	t.ids = append(t.ids, ids...)
	return nil
}

// truncate forgets the ids from n on, and every guess.
func (t *track) truncate(n int) {
	t.state.Truncate(n)
	t.ids = t.ids[:n]
	t.guesser.forget()
}

// fork returns a track that begins as t is now, with scores of its own.
func (t *track) fork(logits []float32) *track {
	t.truncate(len(t.ids))
	copy(logits, t.logits)
	ids := append(make([]int, 0, t.model.info.Context), t.ids...)
	return &track{model: t.model, state: t.state.Fork(), ids: ids, logits: logits}
}
