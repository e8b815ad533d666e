package sample

import (
	"math"
	"slices"

	"inkling/engine/kernel"
)

// mostInHeap is how many candidates topK collects in a heap; beyond it bounds close in on the last one.
const mostInHeap = 256

// topK keeps the k likeliest candidates; where equal logits straddle the cut, those with the smaller ids stay.
//
// Source: Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation". TopKLogitsWarper in Hugging Face
// transformers keeps all candidates that tie with the last.
func (c *Candidates) topK(k int) {
	if len(c.Logits) <= k {
		return
	}
	c.Top() // so that none is infinite
	if k <= mostInHeap {
		n := c.likeliest(k)
		for n > 0 && !possible(c.Logits[c.room.found[0]]) { // there are not so many
			c.room.found[0] = c.room.found[n-1]
			n--
			c.sift(n, 0)
		}
		slices.Sort(c.room.found[:n])
		c.gather(n)
		c.weighAgain()
		return
	}
	if c.left() > k {
		c.keep(ranking{keys: c.Logits}, true, float64(k))
	}
}

// typical keeps the smallest set of the most typical candidates whose mass reaches p, and at least one. A candidate is the more
// typical the nearer its information content -log p(x) is to the entropy of the distribution; among equals the more likely, then
// the one with the smaller id, comes first.
//
// Source: Meister, Pimentel, Wiher and Cotterell 2022, "Locally Typical Sampling"; TypicalLogitsWarper in Hugging
// Face transformers.
func (c *Candidates) typical(p float64) {
	c.weigh()
	if c.total == 0 {
		return
	}
	// With log p(x) = logit - log Z, the entropy is log Z minus the mean logit under p. So the distance of a candidate's
	// information content from the entropy is that of its logit from the mean logit.
	moment := kernel.Moment(c.weights, c.Logits, float64(c.base))
	if moment == 0 { // all are as likely and as typical
		c.keep(ranking{keys: c.Logits}, false, p*c.total)
		return
	}
	mean := float64(c.base) + moment/c.total
	keys := c.room.keys[:len(c.Logits)]
	kernel.Nearness(keys, c.Logits, mean)
	c.keep(ranking{keys, c.Logits, mean}, false, p*c.total)
}

// topP keeps the smallest set of the most likely candidates whose mass reaches p, and at least one: the candidate that crosses p
// stays. Among equal logits the smaller id comes first.
//
// Source: Holtzman, Buys, Du, Forbes and Choi 2020, "The Curious Case of Neural Text Degeneration", section 3.1;
// TopPLogitsWarper in Hugging Face transformers.
func (c *Candidates) topP(p float64) {
	c.weigh()
	if c.total > 0 {
		c.keep(ranking{keys: c.Logits}, false, p*c.total)
	}
}

// minP keeps the candidates whose probability is at least p times that of the most likely one.
//
// Source: Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs";
// MinPLogitsWarper in Hugging Face transformers.
func (c *Candidates) minP(p float64) {
	if top := c.Top(); top != impossible {
		c.above(lowest(float64(top), math.Log(p)))
	}
}

// topNSigma keeps the candidates whose logits are at least the largest one less n standard deviations of all that are left.
//
// Source: Tang et al. 2024, "Top-nσ: Not All Logits Are You Need"; llama_sampler_top_n_sigma in llama.cpp.
func (c *Candidates) topNSigma(n float64) {
	top := c.Top()
	if top == impossible {
		return
	}
	count, sum, squares := 0.0, 0.0, 0.0
	for _, v := range c.Logits {
		if possible(v) {
			d := float64(v) - float64(top)
			count, sum, squares = count+1, sum+d, squares+d*d
		}
	}
	mean := sum / count
	c.above(lowest(float64(top), -n*math.Sqrt(max(squares/count-mean*mean, 0))))
}

// lowest is the least float32 that lies at most a distance, which is negative, below top.
func lowest(top, distance float64) float32 {
	x := float32(top + distance)
	for float64(x)-top >= distance && possible(x) {
		x = math.Nextafter32(x, impossible)
	}
	for float64(x)-top < distance {
		x = math.Nextafter32(x, math.MaxFloat32)
	}
	return x
}
