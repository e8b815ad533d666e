package gpt2

import (
	"fmt"
	"slices"

	"inkling/engine/kernel"
)

// Model is a GPT-2's weights. It does not change after Load and may serve any number of States at once.
type Model struct {
	Config
	tokens    []float32 // (V, W) embedding of each token
	positions []float32 // (C, W) embedding of each position
	blocks    []block   // L of them
	norm      norm      // before the output head
	head      []float32 // (V, W) output head; the token embedding itself where the two are tied
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
	weight     []float32 // (rows, cols)
	bias       []float32 // (rows)
	rows, cols int
}

// Tensors gives a model's weights by their names in transformers, without the prefix "transformer.".
type Tensors interface {
	Has(name string) bool
	// Tensor returns a fresh float32 copy, or an error when the tensor is missing or has another shape.
	Tensor(name string, shape ...int) ([]float32, error)
	// Transposed reports whether the matrix of a linear layer has a row for each input (in, out), as a Conv1D of
	// transformers has, and not one for each output (out, in).
	Transposed(name string) bool
}

// Load reads the weights of a model with the sizes c. The model computes on pool, which stays the caller's to close.
// A head of its own (lm_head.weight) is used where the file has one that differs from the token embedding; without one
// the head is the token embedding, unless the configuration forbids that.
func Load(c Config, t Tensors, pool *kernel.Pool) (*Model, error) {
	l := loader{tensors: t}
	m := &Model{Config: c, pool: pool}
	m.tokens = l.tensor("wte.weight", c.Vocab, c.Width)
	m.positions = l.tensor("wpe.weight", c.Context, c.Width)
	for i := range c.Layers {
		if l.err != nil {
			break
		}
		h := fmt.Sprintf("h.%d.", i)
		m.blocks = append(m.blocks, block{
			norm1: l.norm(h+"ln_1", c.Width),
			qkv:   l.linear(h+"attn.c_attn", c.Width, 3*c.Width),
			proj:  l.linear(h+"attn.c_proj", c.Width, c.Width),
			norm2: l.norm(h+"ln_2", c.Width),
			fc:    l.linear(h+"mlp.c_fc", c.Width, c.Inner),
			out:   l.linear(h+"mlp.c_proj", c.Inner, c.Width),
		})
	}
	m.norm = l.norm("ln_f", c.Width)
	m.head = m.tokens
	if t.Has("lm_head.weight") || !c.Tied {
		if head := l.tensor("lm_head.weight", c.Vocab, c.Width); !slices.Equal(head, m.tokens) {
			m.head = head
		}
	}
	if l.err != nil {
		return nil, l.err
	}
	return m, nil
}

// Parameters counts the numbers in the model; a tied head counts once.
func (m *Model) Parameters() int {
	n := len(m.tokens) + len(m.positions) + len(m.norm.weight) + len(m.norm.bias)
	if &m.head[0] != &m.tokens[0] {
		n += len(m.head)
	}
	for _, b := range m.blocks {
		for _, v := range []norm{b.norm1, b.norm2} {
			n += len(v.weight) + len(v.bias)
		}
		for _, v := range []linear{b.qkv, b.proj, b.fc, b.out} {
			n += len(v.weight) + len(v.bias)
		}
	}
	return n
}

// loader keeps the first error, so that the list of tensors reads as a list.
type loader struct {
	tensors Tensors
	err     error
}

func (l *loader) tensor(name string, shape ...int) []float32 {
	if l.err != nil {
		return nil
	}
	data, err := l.tensors.Tensor(name, shape...)
	l.err = err
	return data
}

func (l *loader) norm(name string, width int) norm {
	return norm{weight: l.tensor(name+".weight", width), bias: l.tensor(name+".bias", width)}
}

// linear reads a layer's weight so that the weights of one output are contiguous; one that is stored input-major is turned
// over once.
func (l *loader) linear(name string, in, out int) linear {
	transposed := l.tensors.Transposed(name + ".weight")
	rows, cols := out, in
	if transposed {
		rows, cols = in, out
	}
	weight := l.tensor(name+".weight", rows, cols)
	bias := l.tensor(name+".bias", out)
	if l.err != nil {
		return linear{}
	}
	if transposed {
		weight = transpose(weight, in, out)
	}
	return linear{weight: weight, bias: bias, rows: out, cols: in}
}

// transpose turns a (rows, cols) matrix into (cols, rows), tile by tile so that both sides stay in the cache.
func transpose(x []float32, rows, cols int) []float32 {
	const tile = 32
	y := make([]float32, len(x))
	for r0 := 0; r0 < rows; r0 += tile {
		for c0 := 0; c0 < cols; c0 += tile {
			for r := r0; r < min(r0+tile, rows); r++ {
				for c := c0; c < min(c0+tile, cols); c++ {
					y[c*rows+r] = x[r*cols+c]
				}
			}
		}
	}
	return y
}
