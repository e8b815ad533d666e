package gpt2_test

import (
	"testing"

	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// sizes of a model that are all different: V=11, C=7, W=6, L=2, H=3, I=5.
var small = gpt2.Config{Vocab: 11, Context: 7, Width: 6, Layers: 2, Heads: 3, Inner: 5, Epsilon: 1e-5, Tied: true}

func TestProducts(t *testing.T) {
	// By hand, with one loop for each matrix: W x 3W, W x W, W x I, I x W, and V x W once.
	count := func(c gpt2.Config, position, T int) int {
		n := 0
		for p := position; p < position+T; p++ {
			for range c.Layers {
				n += c.Width * 3 * c.Width
				n += c.Width * c.Width
				n += c.Width * c.Inner
				n += c.Inner * c.Width
				n += (p + 1) * c.Width // the query with every key
				n += (p + 1) * c.Width // the weighted values
			}
		}
		return n + c.Vocab*c.Width
	}
	for _, at := range []struct{ position, T int }{{0, 1}, {3, 1}, {0, 4}, {2, 5}} {
		if got, want := small.Products(at.position, at.T), count(small, at.position, at.T); got != want {
			t.Errorf("%d positions from %d on: %d products, want %d", at.T, at.position, got, want)
		}
	}
}

// What a pass reads grows by the keys and values of a position, and does not include the embeddings.
func TestPassBytes(t *testing.T) {
	for format, step := range map[kernel.Format]int{
		// Numbers of 4 bytes; values fill panels of 16.
		kernel.F32: small.Layers * small.Heads * 4 * (2 + 16), kernel.F16: small.Layers * small.Heads * 4 * (2 + 16),
		// Keys fill units of 64 numbers, of 1088 bytes for 16 positions, values panels of 16, of 1088 bytes for 64 positions.
		kernel.Q8: small.Layers * small.Heads * (68 + 17 + 4), kernel.Q4: small.Layers * small.Heads * (68 + 17 + 4),
	} {
		first := small.PassBytes(format, 0)
		if got := small.PassBytes(format, 5) - first; got != 5*step {
			t.Errorf("%v: 5 positions more are %d bytes, want %d", format, got, 5*step)
		}
		// A longer table of positions is not read.
		long := small
		long.Context = 1000
		if got := long.PassBytes(format, 0) - first; got < -64 || got > 64 {
			t.Errorf("%v: %d bytes more with a longer context, want no more than the alignment", format, got)
		}
		// Nor is the embedding where there is a head beside it: only a row.
		untied := small
		untied.Tied = false
		row := kernel.Size(format, 1, small.Width)
		if got := untied.PassBytes(format, 0) - first; got < row-64 || got > row+64 {
			t.Errorf("%v: %d bytes more with a head of its own, want %d", format, got, row)
		}
	}
	if got, want := small.PassBytes(kernel.F32, 0)-small.PositionBytes(kernel.F32), small.Size(kernel.F32); got >= want {
		t.Errorf("%d bytes, want less than all %d of the model", got, want)
	}
}
