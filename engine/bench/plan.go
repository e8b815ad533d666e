package bench

import (
	"fmt"

	"inkling/engine/gpt2"
)

// A plan says what is in memory at the same time.
type plan struct {
	weights []string // those that fit
	apart   bool     // one at a time, and each loaded anew in every round
	buffer  int      // bytes to measure the memory with
	small   []string // formats in which the caches hold the weights: their limit is that of memory of their own size
	notes   []string
}

const (
	leastBuffer = 128 << 20 // bytes to measure the memory with: more than the caches of most processors
	mostBuffer  = 512 << 20 // beyond that more makes no difference

	// assumed is how much memory there is where the system does not tell.
	assumed = 4 << 30

	// mostTogether is how much memory is taken at the most, where half of what is available is not less: enough for all
	// formats of a GPT-2 of 124 million parameters.
	mostTogether = 4 << 30
)

// plan decides by the memory available (0: unknown) and the size of the last-level caches (0: unknown), in bytes.
func (o Options) plan(c gpt2.Config, caches, available int) plan {
	if available == 0 {
		available = assumed
	}
	var p plan
	together, largest, weights := 0, 0, 0
	for _, w := range o.Weights {
		f := formatOf(w)
		// One sequence for all but the text, one for that, and forks of the first.
		need := c.Size(f) + (1+o.Sequences)*c.Context*c.PositionBytes(f)
		if need > available {
			p.notes = append(p.notes, fmt.Sprintf("%s is left out: it takes %s of memory, %s are free", w, amount(need), amount(available)))
			continue
		}
		p.weights = append(p.weights, w)
		if c.Size(f) <= caches {
			p.small = append(p.small, w)
		}
		together += need
		largest = max(largest, need)
		weights = max(weights, c.Size(f))
	}
	least := max(leastBuffer, 2*caches)
	p.buffer = min(max(weights, least), max(mostBuffer, least))
	// What is loaded is loaded once more to take the time, and by another process.
	all := together + largest + p.buffer
	if p.apart = all > min(available/2, mostTogether); p.apart && len(p.weights) > 0 {
		p.notes = append(p.notes, fmt.Sprintf("the formats are loaded one after the other, anew in every round: all at once would take %s of memory",
			amount(all)))
	}
	return p
}
