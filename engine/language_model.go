package engine

import "inkling/engine/gpt2"

// LanguageModel is what generation needs of a network: sizes, and sequences that turn token ids into logits.
type LanguageModel interface {
	Vocab() int
	Context() int
	NewState() State
	// Forward computes several sequences, forks of one another, in one pass: each is appended its ids, at most Block of them
	// together. logits takes the scores (Vocab of them each) of the token after the ids that ask for it, in the order of the
	// steps. On an error nothing has changed.
	Forward(steps []Step, logits []float32) error
	// Close releases what the model holds. No State of it may be in use.
	Close()
}

// State is one sequence with its key/value cache. It and its forks serve one goroutine at a time.
type State interface {
	// Truncate forgets every position from n on, at next to no cost.
	Truncate(n int)
	// Fork returns a sequence that begins as this one is now and shares the cache of that with it: this one must not be
	// truncated below while the fork is in use.
	Fork() State
}

// Step is what one sequence takes part in a pass with.
type Step struct {
	State  State
	IDs    []int // appended to the sequence, at least one
	Scores int   // how many of the last of them to score
}

// Block is the most token ids that one pass takes.
const Block = gpt2.Block
