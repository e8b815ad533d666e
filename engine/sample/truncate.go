package sample

import (
	"math"
	"slices"
)

// TopK keeps the k most likely candidates, the most likely first; where equal logits straddle the cut, those with the smaller
// ids stay. If k is 0 or there are no more than k candidates, they are returned as they are.
//
// Source: Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation". TopKLogitsWarper in Hugging Face
// transformers keeps all candidates that tie with the last.
func TopK(c []Candidate, k int) []Candidate {
	if k <= 0 || len(c) <= k {
		return c
	}
	best := c[:k]
	for i, x := range best {
		if !drawable(x.Logit) {
			best[i].Logit = float32(math.Inf(-1)) // NaN has no place in an order
		}
	}
	heapify(best, lessLikely)
	for i := k; i < len(c); i++ {
		if c[i].Logit >= best[0].Logit && moreLikely(c[i], best[0]) {
			best[0] = c[i]
			sift(best, 0, lessLikely)
		}
	}
	for n := k - 1; n > 0; n-- {
		best[0], best[n] = best[n], best[0]
		sift(best[:n], 0, lessLikely)
	}
	return best
}

// Typical keeps the smallest set of the most typical candidates whose mass reaches p, and at least one, the most typical
// first. A candidate is the more typical the nearer its information content -log p(x) is to the entropy of the distribution;
// among equals the more likely, then the one with the smaller id, comes first. A p of 1 or more is off.
//
// Source: Meister, Pimentel, Wiher and Cotterell 2022, "Locally Typical Sampling"; TypicalLogitsWarper in Hugging
// Face transformers.
func Typical(c []Candidate, p float64) []Candidate {
	if p >= 1 {
		return c
	}
	c, top := possible(c)
	// With log p(x) = logit - log Z, the entropy is log Z minus the mean logit under p. So the distance of a candidate's
	// information content from the entropy is that of its logit from the mean logit.
	total, sum := 0.0, 0.0
	for _, x := range c {
		w := weight(x, top)
		total += w
		sum += w * (float64(x.Logit) - top)
	}
	mean := top + sum/total
	return take(c, top, p*total, func(a, b Candidate) bool {
		da, db := math.Abs(float64(a.Logit)-mean), math.Abs(float64(b.Logit)-mean)
		return da < db || da == db && moreLikely(a, b)
	})
}

// TopP keeps the smallest set of the most likely candidates whose mass reaches p, and at least one, the most likely first:
// the candidate that crosses p stays. Among equal logits the smaller id comes first. A p of 1 or more is off.
//
// Source: Holtzman, Buys, Du, Forbes and Choi 2020, "The Curious Case of Neural Text Degeneration", section 3.1;
// TopPLogitsWarper in Hugging Face transformers.
func TopP(c []Candidate, p float64) []Candidate {
	if p >= 1 {
		return c
	}
	c, top := possible(c)
	total := mass(c, top)
	// The candidates that weigh less than (1-p) total/n hold less than (1-p) total together, so those above them reach p
	// alone and need not be ordered against them. The 2 is room for rounding.
	floor := top + math.Log((1-p)*total/float64(2*len(c)))
	c = slices.DeleteFunc(c, func(x Candidate) bool { return float64(x.Logit) < floor })
	return take(c, top, p*total, moreLikely)
}

// MinP keeps the candidates whose probability is at least p times that of the most likely one, in their order. 0 is off.
//
// Source: Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs";
// MinPLogitsWarper in Hugging Face transformers.
func MinP(c []Candidate, p float64) []Candidate {
	if p <= 0 {
		return c
	}
	c, top := possible(c)
	distance := math.Log(p)
	return slices.DeleteFunc(c, func(x Candidate) bool { return float64(x.Logit)-top < distance })
}
