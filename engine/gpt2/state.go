package gpt2

import (
	"fmt"

	"inkling/engine/kernel"
)

// Block is the most positions that one pass computes.
const Block = 64

// State is one sequence: the key/value cache of the positions seen so far. A State and its forks serve one goroutine at a
// time.
type State struct {
	model  *Model
	n      int             // positions seen
	caches []*kernel.Cache // L: the positions from shared on
	prefix *State          // has the positions before; nil for none
	shared int             // how many those are, a multiple of kernel.CacheUnit
}

// NewState returns an empty sequence.
func (m *Model) NewState() *State {
	return &State{model: m, caches: m.newCaches(m.Context)}
}

// cacheFormat is how keys and values are kept beside weights of a format: in 8 bits where these are integers too. For GPT-2
// 124M in Q8 at position 1000 that is 20 MB to read for a token, of 151 with the weights; binary16 would be 38. Where the
// weights are floats, results are to be those of the reference.
func cacheFormat(weights kernel.Format) kernel.Format {
	if weights.Integer() {
		return kernel.Q8
	}
	return kernel.F32
}

// newCaches returns room for so many positions in every layer.
func (m *Model) newCaches(positions int) []*kernel.Cache {
	caches := make([]*kernel.Cache, m.Layers)
	for i := range caches {
		caches[i] = kernel.NewCache(cacheFormat(m.Format), positions, m.Heads, m.Width/m.Heads)
	}
	return caches
}

// Fork returns a sequence that begins as s is now. They share the cache of these positions, which s must not truncate as
// long as the fork is in use.
func (s *State) Fork() *State {
	f := &State{model: s.model, n: s.n, caches: s.model.newCaches(s.model.Context)}
	f.prefix, f.shared = s.prefix, s.shared
	if s.prefix == nil {
		f.share(s, s.n)
	}
	for i, c := range f.caches {
		c.Copy(s.caches[i], f.shared-s.shared, s.n-f.shared)
	}
	return f
}

// share makes the first n positions of a sequence without a prefix those that s stands on, as far as whole units go.
func (s *State) share(prefix *State, n int) {
	s.prefix, s.shared = prefix, n/kernel.CacheUnit*kernel.CacheUnit
	if s.shared == 0 {
		s.prefix = nil
	}
}

// Truncate forgets every position from n on. It costs next to nothing; n beyond the positions seen changes nothing.
func (s *State) Truncate(n int) {
	s.n = min(s.n, max(n, 0))
	if s.n >= s.shared {
		return
	}
	prefix := s.prefix
	s.share(prefix, s.n)
	for i, c := range s.caches {
		c.Copy(prefix.caches[i], s.shared, s.n-s.shared)
	}
}

// Step is what one sequence takes part in a pass with.
type Step struct {
	State  *State
	IDs    []int // appended to the sequence, at least one
	Scores int   // how many of the last of them to score
}

// Forward computes several sequences in one pass over the weights: each is appended its ids, at most Block of them
// together, and each sequence is there once. What comes of one does not depend on the others.
//
// logits receives the scores of the next token after the ids that ask for it, V each, in the order of the steps. On an
// error nothing has changed.
func (m *Model) Forward(w *Workspace, steps []Step, logits []float32) error {
	T, scores := 0, 0
	for _, s := range steps {
		if len(s.IDs) == 0 {
			return fmt.Errorf("no token to append")
		}
		if n := s.State.n + len(s.IDs); n > m.Context {
			return fmt.Errorf("%d tokens, but the model's context has room for %d", n, m.Context)
		}
		for _, id := range s.IDs {
			if id < 0 || id >= m.Vocab {
				return fmt.Errorf("token id %d, expected 0 to %d", id, m.Vocab-1)
			}
		}
		if s.Scores < 0 || s.Scores > len(s.IDs) {
			return fmt.Errorf("scores after %d tokens, expected 0 to %d", s.Scores, len(s.IDs))
		}
		if s.State.model != m {
			return fmt.Errorf("a sequence of another model")
		}
		T += len(s.IDs)
		scores += s.Scores
	}
	if T == 0 || T > Block {
		return fmt.Errorf("%d tokens in one pass, expected 1 to %d", T, Block)
	}
	if len(logits) != scores*m.Vocab {
		return fmt.Errorf("room for %d logits, expected %d", len(logits), scores*m.Vocab)
	}
	(*pass)(w).forward(steps, T, logits)
	for _, s := range steps {
		s.State.n += len(s.IDs)
	}
	return nil
}
