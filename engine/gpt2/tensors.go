package gpt2

import (
	"fmt"

	"inkling/engine/kernel"
)

// Kind is what a tensor is for, and how it is held in memory.
type Kind int

const (
	Embedding Kind = iota // a matrix in the model's format, stored row by row
	Linear                // the same, of a linear layer: files have its columns as rows, or its rows
	Floats                // float32 in memory
)

// Tensor is one of a model's weights.
type Tensor struct {
	Name  string // in transformers, without the prefix "transformer."
	Shape []int  // as GPT-2's files have it: (in, out) of a linear layer
	Kind  Kind
}

// Elements is how many numbers it has.
func (t Tensor) Elements() int {
	n := 1
	for _, size := range t.Shape {
		n *= size
	}
	return n
}

// Tensors lists the weights of a model, in the order in which they are computed with and lie in memory.
func (c Config) Tensors() []Tensor {
	list := []Tensor{{tokensName, []int{c.Vocab, c.Width}, Embedding}, {"wpe.weight", []int{c.Context, c.Width}, Floats}}
	norm := func(name string) {
		list = append(list, Tensor{name + ".weight", []int{c.Width}, Floats}, Tensor{name + ".bias", []int{c.Width}, Floats})
	}
	linear := func(name string, in, out int) {
		list = append(list, Tensor{name + ".weight", []int{in, out}, Linear}, Tensor{name + ".bias", []int{out}, Floats})
	}
	for i := range c.Layers {
		h := fmt.Sprintf("h.%d.", i)
		norm(h + "ln_1")
		linear(h+"attn.c_attn", c.Width, 3*c.Width)
		linear(h+"attn.c_proj", c.Width, c.Width)
		norm(h + "ln_2")
		linear(h+"mlp.c_fc", c.Width, c.Inner)
		linear(h+"mlp.c_proj", c.Inner, c.Width)
	}
	norm("ln_f")
	if !c.Tied {
		list = append(list, Tensor{headName, []int{c.Vocab, c.Width}, Embedding})
	}
	return list
}

// A part is where a tensor of the list goes in a model: a matrix, or floats.
type part struct {
	matrix **kernel.Matrix
	floats *[]float32
}

// parts are those of the model, in the order of Tensors.
func (m *Model) parts() []part {
	list := []part{{matrix: &m.tokens}, {floats: &m.positions}}
	norm := func(n *norm) { list = append(list, part{floats: &n.weight}, part{floats: &n.bias}) }
	linear := func(l *linear) { list = append(list, part{matrix: &l.weight}, part{floats: &l.bias}) }
	for i := range m.blocks {
		b := &m.blocks[i]
		norm(&b.norm1)
		linear(&b.qkv)
		linear(&b.proj)
		norm(&b.norm2)
		linear(&b.fc)
		linear(&b.out)
	}
	norm(&m.norm)
	if !m.Tied {
		list = append(list, part{matrix: &m.head})
	}
	return list
}
