package sample

import "slices"

// take returns, in the order of before, the first candidates whose weights sum to enough, and at least one if there is any.
// It works in the memory of c; top is the largest logit.
func take(c []Candidate, top, enough float64, before func(a, b Candidate) bool) []Candidate {
	heapify(c, before)
	n, sum := len(c), 0.0
	for n > 0 {
		sum += weight(c[0], top)
		n--
		c[0], c[n] = c[n], c[0]
		if sum >= enough {
			break
		}
		sift(c[:n], 0, before)
	}
	taken := c[n:]
	slices.Reverse(taken)
	return taken
}

// heapify makes c a binary heap: no candidate comes before its parent, and the first of all is c[0].
func heapify(c []Candidate, before func(a, b Candidate) bool) {
	for i := len(c)/2 - 1; i >= 0; i-- {
		sift(c, i, before)
	}
}

// sift moves c[i] down to its place in a heap that is in order below i.
func sift(c []Candidate, i int, before func(a, b Candidate) bool) {
	for {
		child := 2*i + 1
		if child >= len(c) {
			return
		}
		if right := child + 1; right < len(c) && before(c[right], c[child]) {
			child = right
		}
		if !before(c[child], c[i]) {
			return
		}
		c[i], c[child] = c[child], c[i]
		i = child
	}
}
