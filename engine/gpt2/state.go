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
	pass   *pass           // in which State and forks are computed
	alone  [1]Step         // the step of Append
}

// NewState returns an empty sequence.
func (m *Model) NewState() *State {
	return &State{model: m, caches: m.newCaches(m.Context), pass: m.newPass()}
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
	f := &State{model: s.model, n: s.n, caches: s.model.newCaches(s.model.Context), pass: s.pass}
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

// Len is the number of positions seen.
func (s *State) Len() int { return s.n }

// Truncate forgets every position from n on. It costs next to nothing; n beyond Len changes nothing.
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

// Append computes the positions of ids, at most Block of them, after those in the cache.
//
// logits receives the scores of the next token: len(logits) may be 0 (none wanted), V (after the last id) or
// len(ids)*V (after every id). On an error nothing has changed.
func (s *State) Append(ids []int, logits []float32) error {
	V := s.model.Vocab
	if len(logits)%V != 0 || len(logits)/V > 1 && len(logits)/V != len(ids) {
		return fmt.Errorf("room for %d logits, expected 0, %d or %d", len(logits), V, len(ids)*V)
	}
	s.alone[0] = Step{State: s, IDs: ids, Scores: len(logits) / V}
	return s.model.Forward(s.alone[:], logits)
}

// Step is what one sequence takes part in a pass with.
type Step struct {
	State  *State
	IDs    []int // appended to the sequence, at least one
	Scores int   // how many of the last of them to score
}

// Forward computes several sequences in one pass over the weights: each is appended its ids, at most Block of them
// together. The sequences are forks of one another, and each is there once.
//
// logits receives the scores of the next token after the ids that ask for it, V each, in the order of the steps. On an
// error nothing has changed.
func (m *Model) Forward(steps []Step, logits []float32) error {
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
		if s.State.pass != steps[0].State.pass {
			return fmt.Errorf("sequences that are no forks of one another in one pass")
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
	steps[0].State.pass.forward(steps, T, logits)
	for _, s := range steps {
		s.State.n += len(s.IDs)
	}
	return nil
}
