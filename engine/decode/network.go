package decode

import (
	"errors"
	"fmt"
)

// A Network turns token ids into logits.
type Network interface {
	Vocab() int
	Context() int // the most positions of a sequence
	NewState() State
	NewWorkspace() Workspace
	// Forward computes several sequences in one pass: each is appended its ids, at most Block of them together. logits takes the
	// scores (Vocab of them each) of the token after the ids that ask for it, in the order of the steps. What comes of a sequence
	// does not depend on the others. On an error nothing has changed.
	Forward(w Workspace, steps []Step, logits []float32) error
	// Close releases what the network holds. No State of it may be in use.
	Close()
}

// A Workspace is the room that a pass works in. It serves one pass at a time.
type Workspace any

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
const Block = 64

// Text is what there is to know of the tokens of a network.
type Text struct {
	Padding []int                       // ids that are no tokens, ascending: they are never drawn
	Blank   []int                       // tokens of white space with a line feed in it and nothing else
	Ends    []int                       // tokens that end a text
	Banned  [][]int                     // sequences of tokens that no text has: the last one is not drawn after the others
	Piece   func(id int) []byte         // the bytes of a token, which need not be whole runes
	Decode  func(ids []int) string      // bytes that are no UTF-8 become U+FFFD
	Decoder func(before ...int) Decoder // decodes what follows the ids before it
}

// A Decoder decodes the ids of one text as they come. Push returns the text that became certain with the next id, Flush
// what was held back until the end.
type Decoder = interface {
	Push(id int) string
	Flush() string
}

// ErrEmptyPrompt says that there is nothing to continue.
var ErrEmptyPrompt = errors.New("the prompt is empty, expected at least one token")

// ErrDamaged says that a network does not give every token a probability.
var ErrDamaged = errors.New("the model computes probabilities that are no numbers; its weights are damaged")

// ContextError says that a prompt is longer than the context.
type ContextError struct {
	Tokens, Context int
}

func (e *ContextError) Error() string {
	return fmt.Sprintf("the prompt has %d tokens, but the model's context has room for %d; shorten it", e.Tokens, e.Context)
}
