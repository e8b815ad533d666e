package sample

import (
	"math"

	"inkling/engine/kernel"
)

// xtc drops the likeliest candidates, those with at least the probability threshold, but for the least likely of them, so that what is
// left is still a good choice, in the part chance of all draws. Of equal logits the smaller id is the likelier.
//
// Source: p-e-w 2024, "Exclude Top Choices (XTC)"; llama_sampler_xtc in llama.cpp.
func (d *Draw) xtc() {
	c := d.Candidates
	if d.Random.Uniform(forXTC) > d.Params.XTCProbability {
		return
	}
	c.weigh()
	if c.total == 0 {
		return
	}
	// A weight is a float32, and the least that reaches the threshold is found with the rounding of the division.
	enough := func(weight float32) bool { return float32(float64(weight)/c.total) >= float32(d.Params.XTCThreshold) }
	least, last := float32(math.Inf(1)), -1
	floor := float32(d.Params.XTCThreshold * c.total * (1 - 1e-6))
	n := kernel.Indices(c.room.found[:len(c.Logits)], c.weights, floor, float32(math.Inf(1)))
	kept := 0
	for _, i := range c.room.found[:n] {
		if !enough(c.weights[i]) || c.weights[i] == 0 {
			continue
		}
		c.room.found[kept] = i
		kept++
		if logit := c.Logits[i]; logit <= least {
			least, last = logit, int(i)
		}
	}
	for _, i := range c.room.found[:kept] {
		if int(i) != last {
			c.exclude(int(i))
		}
	}
}

// mirostat drops the candidates that would surprise by more than d.Memo bits, but never all. [Draw.After] steers that towards
// the surprise wanted.
//
// Source: Basu, Ramachandran, Keskar and Varshney 2021, "Mirostat: A Neural Text Decoding Algorithm that Directly Controls
// Perplexity", with the simpler rule of mirostat 2, llama_sampler_mirostat_v2 in llama.cpp.
func (d *Draw) mirostat() {
	c := d.Candidates
	c.weigh()
	if c.total == 0 {
		return
	}
	// -log2(exp(logit - top) / total) ≤ memo
	distance := math.Log(c.total) - d.memo()*math.Ln2
	c.above(lowest(float64(c.base), min(distance, 0)))
}

// memo is what mirostat has come to; a text begins with twice the surprise that is wanted.
func (d *Draw) memo() float64 {
	if d.Memo == 0 {
		return 2 * d.Params.MirostatTau
	}
	return d.Memo
}

// After is the memo for the draw that follows when the token id is taken, which need not be the one that was drawn; it counts right after
// [Chain.Draw] alone. A token that could not be drawn teaches nothing.
func (d *Draw) After(id int) float64 {
	p, c := d.Params, d.Candidates
	if p.MirostatTau == 0 || !d.chain.runs("mirostat") {
		return d.Memo
	}
	c.weigh()
	i := c.Find(id)
	if i < 0 || c.weights[i] == 0 {
		return d.memo()
	}
	surprise := -math.Log2(float64(c.weights[i]) / c.total)
	memo := d.memo() - p.MirostatEta*(surprise-p.MirostatTau)
	if memo == 0 {
		memo = math.SmallestNonzeroFloat64 // 0 is a text that begins
	}
	return memo
}

// dynamic is the temperature for the candidates that are left: from temperature - span where one is certain, to temperature + span where all
// are as likely, by their entropy to the power of exponent.
//
// Source: kalomaze 2023, "Dynamic Temperature Sampling"; llama_sampler_temp_ext in llama.cpp.
func (c *Candidates) dynamic(temperature, span, exponent float64) float64 {
	n := c.left()
	if n <= 1 {
		return 1 // as it is
	}
	c.weigh()
	entropy := math.Log(c.total) - kernel.Moment(c.weights, c.Logits, float64(c.base))/c.total
	part := math.Pow(min(max(entropy/math.Log(float64(n)), 0), 1), exponent)
	low, high := max(temperature-span, 0), temperature+span
	return low + (high-low)*part
}
