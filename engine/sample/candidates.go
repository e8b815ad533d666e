package sample

import (
	"math"
	"slices"

	"inkling/engine/kernel"
)

// Candidates are the tokens that are left in a draw, in ascending order of id. Their probabilities are the softmax of their
// logits. At first every token of the vocabulary is one; where a cut leaves few they move together, so that what comes after it
// has little to look at.
type Candidates struct {
	// Logits has one for each candidate, -Inf where it cannot be drawn; none is NaN. Who changes some calls Changed.
	Logits []float32

	vocab int
	ids   []int32 // ascending; nil: candidate i is token i

	weights []float32 // of the candidates, if weighed: exp(logit - base), 0 for those that cannot be drawn
	total   float64   // of the weights of those that are left
	weighed bool

	// base is the largest logit since logits were changed last, unless what is left is far below it. So weights stay right when a cut
	// takes the likeliest.
	base  float32
	based bool

	highest float32 // the largest logit, if known
	known   bool

	room room
}

// room is memory for a number for each token.
type room struct {
	logits, weights, keys []float32
	ids, found            []int32

	// Those between two bounds, moved together: what they are, their keys and weights.
	part                  []int32
	partKeys, partWeights []float32
}

// reset makes every token a candidate.
func (c *Candidates) reset(logits []float32) {
	n := len(logits)
	if len(c.room.logits) < n {
		part := n/few + 1
		c.room = room{make([]float32, n), make([]float32, n), make([]float32, n), make([]int32, n), make([]int32, n),
			make([]int32, n), make([]float32, part), make([]float32, part)}
	}
	c.vocab, c.Logits, c.ids, c.weighed, c.known, c.based = n, c.room.logits[:n], nil, false, false, false
	copy(c.Logits, logits)
	if kernel.Count(c.Logits, impossible) == n {
		return
	}
	for i, v := range c.Logits {
		if v != v {
			c.Logits[i] = impossible
		}
	}
}

var impossible = float32(math.Inf(-1))

// possible reports whether a logit leaves its token a chance.
func possible(logit float32) bool { return logit >= -math.MaxFloat32 }

// ID is the token that candidate i is.
func (c *Candidates) ID(i int) int {
	if c.ids == nil {
		return i
	}
	return int(c.ids[i])
}

// Find returns the index of the candidate that is a token, or -1.
func (c *Candidates) Find(id int) int {
	if c.ids == nil {
		if id < 0 || id >= len(c.Logits) {
			return -1
		}
		return id
	}
	if id < 0 || id >= c.vocab {
		return -1
	}
	if i, found := slices.BinarySearch(c.ids, int32(id)); found {
		return i
	}
	return -1
}

// Changed says that logits have been changed.
func (c *Candidates) Changed() { c.weighed, c.known, c.based = false, false, false }

// Drop takes candidate i out.
func (c *Candidates) Drop(i int) {
	if c.known && c.Logits[i] >= c.highest || !c.known && c.based {
		c.Changed()
	}
	c.exclude(i)
}

// exclude takes candidate i out of a list that has been weighed, or will be by what is left.
func (c *Candidates) exclude(i int) {
	if c.weighed {
		c.total -= float64(c.weights[i])
		c.weights[i] = 0
	}
	c.known = c.known && c.Logits[i] < c.highest
	c.Logits[i] = impossible
}

// Top is the largest logit, -Inf where none is left. It is finite otherwise: if some are +Inf, those share all the mass evenly.
func (c *Candidates) Top() float32 {
	if c.known {
		return c.highest
	}
	top := kernel.Max(c.Logits)
	if top <= math.MaxFloat32 {
		c.highest, c.known = top, true
		if !c.based || top < c.base-far {
			c.base, c.based, c.weighed = top, true, false
		}
		return top
	}
	for i, v := range c.Logits {
		if v == top {
			c.Logits[i] = 0
		} else {
			c.Logits[i] = impossible
		}
	}
	c.Changed()
	c.highest, c.known, c.base, c.based = 0, true, 0, true
	return 0
}

// far is how much of their precision weights may lose, as a logarithm.
const far = 8

// weigh computes the weights, unless those at hand are right.
func (c *Candidates) weigh() {
	top := c.Top()
	if c.weighed {
		return
	}
	c.weights, c.weighed = c.room.weights[:len(c.Logits)], true
	if c.total = 0; top == impossible {
		clear(c.weights)
		return
	}
	c.total = kernel.Weights(c.weights, c.Logits, c.base)
}

// left counts the candidates that can be drawn.
func (c *Candidates) left() int { return kernel.Count(c.Logits, -math.MaxFloat32) }

// few is the part of a list that is worth moving together.
const few = 4

// above keeps the candidates whose logits are at least a bound.
func (c *Candidates) above(bound float32) {
	c.take(c.Logits, bound, kernel.Count(c.Logits, bound))
	c.weighAgain()
}

// weighAgain adds up the weights of those that are left.
func (c *Candidates) weighAgain() {
	if c.weighed {
		_, c.total = kernel.Above(c.Logits, c.weights, -math.MaxFloat32)
	}
}

// gather makes the first n candidates that room.found has the indices of the only ones.
func (c *Candidates) gather(n int) {
	for to, i := range c.room.found[:n] {
		c.Logits[to] = c.Logits[i]
		if c.weighed {
			c.weights[to] = c.weights[i]
		}
		if c.ids == nil {
			c.room.ids[to] = i
		} else {
			c.ids[to] = c.ids[i]
		}
	}
	c.Logits, c.ids = c.Logits[:n], c.room.ids[:n]
	if c.weighed {
		c.weights = c.weights[:n]
	}
}

// only leaves candidate i alone.
func (c *Candidates) only(i int) {
	c.known = false
	if c.weighed {
		c.total = float64(c.weights[i])
	}
	c.room.found[0] = int32(i)
	c.gather(1)
}

// pick maps u, of [0,1), to a candidate: with the probabilities laid end to end on [0,1) in the order of ids, it returns the
// candidate whose stretch holds u, or -1 where none is left.
func (c *Candidates) pick(u float64) int {
	if len(c.Logits) == 0 {
		return -1
	}
	c.weigh()
	const block = 1024
	target, sum := u*c.total, 0.0
	for from := 0; from < len(c.Logits); from += block {
		to := min(from+block, len(c.Logits))
		_, mass := kernel.Above(c.weights[from:to], c.weights[from:to], 0)
		if to < len(c.Logits) && target >= sum+mass {
			sum += mass
			continue
		}
		for i := from; i < to; i++ {
			if sum += float64(c.weights[i]); target < sum {
				return i
			}
		}
	}
	// u·total was rounded up to the total, or no candidate is left.
	for i := len(c.Logits) - 1; i >= 0; i-- {
		if c.weights[i] > 0 {
			return i
		}
	}
	return -1
}
