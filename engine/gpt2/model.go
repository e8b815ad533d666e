package gpt2

import (
	"inkling/engine/kernel"
)

// Model is a GPT-2's weights. It does not change after it was loaded and may serve any number of States at once.
type Model struct {
	Config
	Format    kernel.Format  // of the matrices; all else is float32
	tokens    *kernel.Matrix // (V, W) embedding of each token
	positions []float32      // (C, W) embedding of each position
	blocks    []block        // L of them
	norm      norm           // before the output head
	head      *kernel.Matrix // (V, W) output head; the token embedding itself where the two are tied
	pool      *kernel.Pool
}

// block is one transformer layer.
type block struct {
	norm1 norm
	qkv   linear // W -> 3W: queries, keys, values side by side
	proj  linear // W -> W
	norm2 norm
	fc    linear // W -> I
	out   linear // I -> W
}

type norm struct {
	weight, bias []float32 // (W) each
}

type linear struct {
	weight *kernel.Matrix // (rows, cols)
	bias   []float32      // (rows)
}

// Parameters counts the numbers in the model; a tied head counts once.
func (m *Model) Parameters() int { return m.Config.Parameters() }

// Parameters counts the numbers in a model of these sizes; a tied head counts once.
func (c Config) Parameters() int {
	n := 0
	for _, t := range c.Tensors() {
		n += t.Elements()
	}
	return n
}
