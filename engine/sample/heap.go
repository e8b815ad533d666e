package sample

import "inkling/engine/kernel"

// likeliest sets room.found to the indices of the n likeliest candidates, as a heap with the least likely first, and returns how
// many those are. Of equal logits the smaller id is the likelier.
func (c *Candidates) likeliest(n int) int {
	n = min(n, len(c.Logits))
	if n == 0 {
		return 0
	}
	heap := c.room.found[:n]
	for i := range heap {
		heap[i] = int32(i)
	}
	for i := n/2 - 1; i >= 0; i-- {
		c.sift(n, i)
	}
	const block = 64 // blocks that stay below all of the heap are passed over
	for from := n; from < len(c.Logits); from += block {
		part := c.Logits[from:min(from+block, len(c.Logits))]
		bound := c.Logits[heap[0]]
		if kernel.Max(part) <= bound {
			continue
		}
		for i, logit := range part {
			if logit > bound { // an equal one has a larger id
				heap[0] = int32(from + i)
				c.sift(n, 0)
				bound = c.Logits[heap[0]]
			}
		}
	}
	return n
}

// sift moves entry i of the heap of n in room.found down to its place.
func (c *Candidates) sift(n, i int) {
	heap := c.room.found[:n]
	for {
		child := 2*i + 1
		if child >= n {
			return
		}
		if right := child + 1; right < n && c.lessLikely(heap[right], heap[child]) {
			child = right
		}
		if !c.lessLikely(heap[child], heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

func (c *Candidates) lessLikely(a, b int32) bool {
	x, y := c.Logits[a], c.Logits[b]
	return x < y || x == y && a > b
}
