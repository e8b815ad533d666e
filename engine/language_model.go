package engine

import (
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// LanguageModel is what generation needs of a network: sizes, and sequences that turn token ids into logits.
type LanguageModel interface {
	Vocab() int
	Context() int
	NewState() State
	// Close releases what the model holds. No State of it may be in use.
	Close()
}

// State is one sequence with its key/value cache. It serves one goroutine at a time.
type State interface {
	// Truncate forgets every position from n on, at no cost.
	Truncate(n int)
	// Append computes the positions of ids, at most Block of them. logits is empty, or takes the scores (Vocab of them) of
	// the token after the last id. On an error nothing has changed.
	Append(ids []int, logits []float32) error
}

// Block is the most token ids that one call of State.Append takes.
const Block = gpt2.Block

// network is a gpt2.Model together with the pool that it computes on.
type network struct {
	model *gpt2.Model
	pool  *kernel.Pool
}

func (n network) Vocab() int      { return n.model.Config.Vocab }
func (n network) Context() int    { return n.model.Config.Context }
func (n network) NewState() State { return n.model.NewState() }
func (n network) Close()          { n.pool.Close() }
