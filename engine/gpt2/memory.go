package gpt2

import (
	"fmt"
	"unsafe"

	"inkling/engine/kernel"
)

// A model lies in one piece of memory: the token embedding, the position embedding, the layers one after the other as
// they are computed, the last norm, and the output head if it is not the token embedding. Each part begins at a multiple
// of 64 bytes. The same memory may later be mapped from a file.

// carver cuts the parts of a model out of its memory, in order. Without memory it only measures.
type carver struct {
	format kernel.Format
	memory []byte
	at     int // bytes
}

const alignment = 64

func (c *carver) cut(size int) []byte {
	from := c.at
	c.at += (size + alignment - 1) / alignment * alignment
	if c.memory == nil {
		return nil
	}
	return c.memory[from : from+size : from+size]
}

func (c *carver) matrix(rows, cols int) *kernel.Matrix {
	part := c.cut(kernel.Size(c.format, rows, cols))
	if part == nil {
		return nil
	}
	m, err := kernel.NewMatrix(c.format, rows, cols, part)
	if err != nil {
		panic(err) // the sizes were checked, and the memory begins where it should
	}
	return m
}

func (c *carver) vector(n int) []float32 {
	part := c.cut(4 * n)
	if part == nil {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&part[0])), n)
}

// model cuts all parts.
func (c *carver) model(config Config) *Model {
	m := &Model{Config: config, Format: c.format, blocks: make([]block, config.Layers)}
	parts := m.parts()
	for i, t := range config.Tensors() {
		switch t.Kind {
		case Embedding:
			*parts[i].matrix = c.matrix(t.Shape[0], t.Shape[1])
		case Linear:
			*parts[i].matrix = c.matrix(t.Shape[1], t.Shape[0])
		case Floats:
			*parts[i].floats = c.vector(t.Elements())
		}
	}
	if config.Tied {
		m.head = m.tokens
	}
	return m
}

// Size is how many bytes the weights of a model of these sizes take in memory.
func (c Config) Size(f kernel.Format) int {
	measure := carver{format: f}
	measure.model(c)
	return measure.at
}

// New returns a model with the sizes c whose weights lie in memory, Size bytes from a multiple of 64 on: what is there is
// what the model is. Nothing is copied. The model computes on pool, which stays the caller's to close.
func New(c Config, f kernel.Format, memory []byte, pool *kernel.Pool) (*Model, error) {
	size := c.Size(f)
	switch {
	case len(memory) != size:
		return nil, fmt.Errorf("%d bytes of weights, expected %d for this model in %v", len(memory), size, f)
	case uintptr(unsafe.Pointer(&memory[0]))%alignment != 0:
		return nil, fmt.Errorf("weights at an address that is no multiple of %d", alignment)
	}
	m := (&carver{format: f, memory: memory}).model(c)
	m.pool = pool
	return m, nil
}
