package gpt2

import (
	"fmt"

	"inkling/engine/kernel"
)

// Block is the most positions that one call of Append computes.
const Block = 64

// State is one sequence: the key/value cache of the positions seen so far and the room the forward pass works in, all
// of it allocated once. A State serves one goroutine at a time.
type State struct {
	model *Model
	n     int // positions in the cache

	keys, values [][]float32 // L of (H, C, D): the rows of one head are contiguous

	x      []float32 // (T, W) residual stream
	normed []float32 // (T, W)
	qkv    []float32 // (T, 3W)
	mixed  []float32 // (T, W) values mixed by attention, head beside head
	inner  []float32 // (T, I)
	added  []float32 // (T, W) what a sublayer adds to the residual stream

	linear    kernel.Linear
	activated activatedLinear
	attention attention
}

// NewState returns an empty sequence.
func (m *Model) NewState() *State {
	s := &State{
		model:  m,
		keys:   make([][]float32, m.Layers),
		values: make([][]float32, m.Layers),
		x:      make([]float32, Block*m.Width),
		normed: make([]float32, Block*m.Width),
		qkv:    make([]float32, Block*3*m.Width),
		mixed:  make([]float32, Block*m.Width),
		inner:  make([]float32, Block*m.Inner),
		added:  make([]float32, Block*m.Width),
	}
	for i := range m.Layers {
		s.keys[i] = make([]float32, m.Context*m.Width)
		s.values[i] = make([]float32, m.Context*m.Width)
	}
	s.attention = attention{heads: m.Heads, context: m.Context, width: m.Width,
		scores: make([]float32, m.Heads*m.Context)}
	return s
}

// Len is the number of positions in the cache.
func (s *State) Len() int { return s.n }

// Truncate forgets every position from n on. It costs nothing; n beyond Len changes nothing.
func (s *State) Truncate(n int) { s.n = min(s.n, max(n, 0)) }

// Append computes the positions of ids, at most Block of them, after those in the cache.
//
// logits receives the scores of the next token: len(logits) may be 0 (none wanted), V (after the last id) or
// len(ids)*V (after every id). On an error nothing has changed.
func (s *State) Append(ids []int, logits []float32) error {
	m := s.model
	if len(ids) == 0 || len(ids) > Block {
		return fmt.Errorf("%d tokens in one block, expected 1 to %d", len(ids), Block)
	}
	if s.n+len(ids) > m.Context {
		return fmt.Errorf("%d tokens, but the model's context has room for %d", s.n+len(ids), m.Context)
	}
	for _, id := range ids {
		if id < 0 || id >= m.Vocab {
			return fmt.Errorf("token id %d, expected 0 to %d", id, m.Vocab-1)
		}
	}
	if len(logits)%m.Vocab != 0 || len(logits)/m.Vocab > 1 && len(logits)/m.Vocab != len(ids) {
		return fmt.Errorf("room for %d logits, expected 0, %d or %d", len(logits), m.Vocab, len(ids)*m.Vocab)
	}
	s.forward(ids, logits)
	s.n += len(ids)
	return nil
}
