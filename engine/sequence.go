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

// Sequence is one text in the making: the token ids that the cache holds and the scores of the token after them.
type Sequence struct {
	model *Model

	turn   chan struct{} // holds a value while a generation runs; the rest belongs to that generation
	state  State
	ids    []int     // what the cache holds
	logits []float32 // (V) scores of the token after ids
	step   [1]Step   // of a pass of this sequence alone
}

// NewSequence returns an empty sequence.
func (m *Model) NewSequence() *Sequence {
	return &Sequence{
		model:  m,
		turn:   make(chan struct{}, 1),
		state:  m.lm.NewState(),
		ids:    make([]int, 0, m.info.Context),
		logits: make([]float32, m.info.Vocab),
	}
}

// feed makes the cache hold exactly ids and logits the scores after them. What the cache already has of them, from the
// beginning, is kept; the rest is computed in blocks, between which a cancelled context ends it. cached is how many ids
// were kept. Whatever happens, ids and state agree.
func (s *Sequence) feed(ctx context.Context, ids []int) (cached int, err error) {
	if len(ids) == 0 {
		return 0, ErrEmptyPrompt
	}
	if len(ids) > s.model.info.Context {
		return 0, &ContextError{Tokens: len(ids), Context: s.model.info.Context}
	}
	// The last id is always computed: its logits are needed.
	for cached < min(len(s.ids), len(ids)-1) && s.ids[cached] == ids[cached] {
		cached++
	}
	s.truncate(cached)
	for rest := ids[cached:]; len(rest) > 0; {
		if err := ctx.Err(); err != nil {
			return cached, err
		}
		n := min(len(rest), Block)
		var logits []float32
		if n == len(rest) {
			logits = s.logits
		}
		if err := s.append(rest[:n], logits); err != nil {
			return cached, err
		}
		rest = rest[n:]
	}
	return cached, nil
}

func (s *Sequence) append(ids []int, logits []float32) error {
	s.step[0] = Step{State: s.state, IDs: ids, Scores: min(len(logits), 1)}
	if err := s.model.lm.Forward(s.step[:], logits); err != nil {
		return err
	}
	s.ids = append(s.ids, ids...)
	return nil
}

func (s *Sequence) truncate(n int) {
	s.state.Truncate(n)
	s.ids = s.ids[:n]
}
