package sample

import "math"

// Temperature divides the logits by t, after shifting them so that the largest is 0: the softmax ignores the shift, and even
// a tiny t keeps the order. As t falls to 0 all mass moves to the largest logit, so t = 0 leaves only the most likely
// candidate, the one with the smallest id among equals. A t of 1 changes nothing.
//
// Source: Ackley, Hinton and Sejnowski 1985, "A Learning Algorithm for Boltzmann Machines".
func Temperature(c []Candidate, t float64) []Candidate {
	if t == 1 {
		return c
	}
	if t == 0 {
		return TopK(c, 1)
	}
	c, top := possible(c)
	scale := min(1/t, math.MaxFloat64) // finite, for 0 times it is 0
	for i := range c {
		c[i].Logit = float32((float64(c[i].Logit) - top) * scale)
	}
	return c
}
