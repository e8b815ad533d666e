package sample

import (
	"math"

	"inkling/engine/kernel"
)

// Warmth is the temperature at the place of the draw, with the ramp: that of [Params] at the beginning of the reply.
func (d *Draw) Warmth() float64 { return max(d.Params.Temperature+d.Params.Ramp*d.Progress, 0) }

// temper divides the logits by the temperature, or by the dynamic one around it. A temperature of 0 is greedy with either.
func (d *Draw) temper() {
	t := d.Warmth()
	if d.Params.DynatempRange > 0 && t > 0 {
		t = d.Candidates.dynamic(t, d.Params.DynatempRange, d.Params.DynatempExponent)
	}
	if t != 1 {
		d.Candidates.temperature(t)
	}
}

// temperature divides the logits by t, after shifting them so that the largest is 0: the softmax ignores the shift, and even
// a tiny t keeps the order. As t falls to 0 all mass moves to the largest logit, so t = 0 leaves only the most likely
// candidate, the one with the smallest id among equals.
//
// Source: Ackley, Hinton and Sejnowski 1985, "A Learning Algorithm for Boltzmann Machines".
func (c *Candidates) temperature(t float64) {
	top := c.Top()
	switch {
	case top == impossible:
	case t == 0:
		kernel.Indices(c.room.found[:len(c.Logits)], c.Logits, top, float32(math.Inf(1)))
		c.only(int(c.room.found[0]))
	default:
		kernel.Scale(c.Logits, float64(top), min(1/t, math.MaxFloat64)) // a finite factor, for 0 times it is 0
		c.Changed()
		c.highest, c.known, c.base, c.based = 0, true, 0, true
	}
}
