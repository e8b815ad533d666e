package sample

import (
	"cmp"
	"math"
	"slices"
)

// What follows draws as the definitions of the processors read: over a list of candidates that is ordered, with sums in float64.

// Candidate is a token that may be drawn. Its probability is the softmax of the logits of all candidates.
type Candidate struct {
	ID    int
	Logit float32
}

// refCandidates returns a candidate for each logit, by token id.
func refCandidates(logits []float32) []Candidate {
	return candidates(make([]Candidate, len(logits)), logits)
}

func candidates(c []Candidate, logits []float32) []Candidate {
	for id, logit := range logits {
		c[id] = Candidate{ID: id, Logit: logit}
	}
	return c
}

// refMoreLikely orders candidates by falling logit; among equal logits the smaller id comes first.
func refMoreLikely(a, b Candidate) bool {
	return a.Logit > b.Logit || a.Logit == b.Logit && a.ID < b.ID
}

// refLessLikely is the reverse of moreLikely.
func refLessLikely(a, b Candidate) bool { return refMoreLikely(b, a) }

// drawable reports whether a logit leaves its token a chance: it is neither -Inf nor NaN.
func drawable(logit float32) bool { return logit >= -math.MaxFloat32 }

// refPossible drops the candidates that cannot be drawn, keeping the order of the others, and returns the largest logit. All
// logits that it leaves are finite: if some are +Inf, only those candidates remain, with the logit 0.
func refPossible(c []Candidate) (kept []Candidate, top float64) {
	largest, n := float32(math.Inf(-1)), 0
	for i := range c {
		logit := c[i].Logit
		if drawable(logit) {
			n++
		}
		if logit > largest {
			largest = logit
		}
	}
	if n < len(c) {
		c = slices.DeleteFunc(c, func(x Candidate) bool { return !drawable(x.Logit) })
	}
	if largest <= math.MaxFloat32 {
		return c, float64(largest)
	}
	c = slices.DeleteFunc(c, func(x Candidate) bool { return x.Logit < largest })
	for i := range c {
		c[i].Logit = 0
	}
	return c, 0
}

// weight is the probability of x times a factor that is the same for all candidates whose largest logit is top.
func weight(x Candidate, top float64) float64 { return math.Exp(float64(x.Logit) - top) }

// mass is the sum of the weights of c.
func mass(c []Candidate, top float64) float64 {
	sum := 0.0
	for _, x := range c {
		sum += weight(x, top)
	}
	return sum
}

// find returns the index of the candidate with this id in c, which is in ascending order of id, or -1.
func find(c []Candidate, id int) int {
	if id >= 0 && id < len(c) && c[id].ID == id {
		return id
	}
	i, ok := slices.BinarySearchFunc(c, id, func(x Candidate, id int) int { return cmp.Compare(x.ID, id) })
	if !ok {
		return -1
	}
	return i
}

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

// refTemperature divides the logits by t, after shifting them so that the largest is 0: the softmax ignores the shift, and even
// a tiny t keeps the order. As t falls to 0 all mass moves to the largest logit, so t = 0 leaves only the most likely
// candidate, the one with the smallest id among equals. A t of 1 changes nothing.
//
// Source: Ackley, Hinton and Sejnowski 1985, "A Learning Algorithm for Boltzmann Machines".
func refTemperature(c []Candidate, t float64) []Candidate {
	if t == 1 {
		return c
	}
	if t == 0 {
		return refTopK(c, 1)
	}
	c, top := refPossible(c)
	scale := min(1/t, math.MaxFloat64) // finite, for 0 times it is 0
	for i := range c {
		c[i].Logit = float32((float64(c[i].Logit) - top) * scale)
	}
	return c
}

// refTopK keeps the k most likely candidates, the most likely first; where equal logits straddle the cut, those with the smaller
// ids stay. If k is 0 or there are no more than k candidates, they are returned as they are.
//
// Source: Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation". TopKLogitsWarper in Hugging Face
// transformers keeps all candidates that tie with the last.
func refTopK(c []Candidate, k int) []Candidate {
	if k <= 0 || len(c) <= k {
		return c
	}
	best := c[:k]
	for i, x := range best {
		if !drawable(x.Logit) {
			best[i].Logit = float32(math.Inf(-1)) // NaN has no place in an order
		}
	}
	heapify(best, refLessLikely)
	for i := k; i < len(c); i++ {
		if c[i].Logit >= best[0].Logit && refMoreLikely(c[i], best[0]) {
			best[0] = c[i]
			sift(best, 0, refLessLikely)
		}
	}
	for n := k - 1; n > 0; n-- {
		best[0], best[n] = best[n], best[0]
		sift(best[:n], 0, refLessLikely)
	}
	return best
}

// refTypical keeps the smallest set of the most typical candidates whose mass reaches p, and at least one, the most typical
// first. A candidate is the more typical the nearer its information content -log p(x) is to the entropy of the distribution;
// among equals the more likely, then the one with the smaller id, comes first. A p of 1 or more is off.
//
// Source: Meister, Pimentel, Wiher and Cotterell 2022, "Locally Typical Sampling"; TypicalLogitsWarper in Hugging
// Face transformers.
func refTypical(c []Candidate, p float64) []Candidate {
	if p >= 1 {
		return c
	}
	c, top := refPossible(c)
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
		return da < db || da == db && refMoreLikely(a, b)
	})
}

// refTopP keeps the smallest set of the most likely candidates whose mass reaches p, and at least one, the most likely first:
// the candidate that crosses p stays. Among equal logits the smaller id comes first. A p of 1 or more is off.
//
// Source: Holtzman, Buys, Du, Forbes and Choi 2020, "The Curious Case of Neural Text Degeneration", section 3.1;
// TopPLogitsWarper in Hugging Face transformers.
func refTopP(c []Candidate, p float64) []Candidate {
	if p >= 1 {
		return c
	}
	c, top := refPossible(c)
	total := mass(c, top)
	// The candidates that weigh less than (1-p) total/n hold less than (1-p) total together, so those above them reach p
	// alone and need not be ordered against them. The 2 is room for rounding.
	floor := top + math.Log((1-p)*total/float64(2*len(c)))
	c = slices.DeleteFunc(c, func(x Candidate) bool { return float64(x.Logit) < floor })
	return take(c, top, p*total, refMoreLikely)
}

// refMinP keeps the candidates whose probability is at least p times that of the most likely one, in their order. 0 is off.
//
// Source: Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs";
// MinPLogitsWarper in Hugging Face transformers.
func refMinP(c []Candidate, p float64) []Candidate {
	if p <= 0 {
		return c
	}
	c, top := refPossible(c)
	distance := math.Log(p)
	return slices.DeleteFunc(c, func(x Candidate) bool { return float64(x.Logit)-top < distance })
}

// refTopNSigma keeps the candidates whose logits are within n standard deviations of the largest. 0 is off.
func refTopNSigma(c []Candidate, n float64) []Candidate {
	c, top := refPossible(c)
	mean, variance := 0.0, 0.0
	for _, x := range c {
		mean += float64(x.Logit) / float64(len(c))
	}
	for _, x := range c {
		variance += (float64(x.Logit) - mean) * (float64(x.Logit) - mean) / float64(len(c))
	}
	return slices.DeleteFunc(c, func(x Candidate) bool { return n > 0 && float64(x.Logit) < top-n*math.Sqrt(variance) })
}

// refNoRepeatNgram bans every token that would complete a sequence of n tokens that history holds already: the tokens that
// followed an earlier occurrence of its last n-1 tokens. With n = 1 that is every token of history; 0 is off. The candidates
// are in ascending order of id.
//
// Source: Paulus et al. 2017, "A Deep Reinforced Model for Abstractive Summarization", section 2.5 (there for trigrams);
// NoRepeatNGramLogitsProcessor in Hugging Face transformers.
func refNoRepeatNgram(c []Candidate, history []int, n int) []Candidate {
	if n <= 0 || n > len(history) {
		return c
	}
	suffix := history[len(history)-n+1:]
	for start := 0; start+n <= len(history); start++ {
		last := start + n - 1
		if slices.Equal(history[start:last], suffix) {
			ban(c, history[last])
		}
	}
	return c
}

// refBias adds to the logits of the tokens in bias. The candidates are in ascending order of id.
//
// Source: logit_bias of the OpenAI API.
func refBias(c []Candidate, bias map[int]float64) []Candidate {
	for id, b := range bias {
		if i := find(c, id); i >= 0 {
			c[i].Logit = saturate(float64(c[i].Logit) + b)
		}
	}
	return c
}

// refBan makes sure that none of these tokens is drawn. The candidates are in ascending order of id.
func refBan(c []Candidate, ids []int) []Candidate {
	for _, id := range ids {
		ban(c, id)
	}
	return c
}

func ban(c []Candidate, id int) {
	if i := find(c, id); i >= 0 {
		c[i].Logit = float32(math.Inf(-1))
	}
}

// Count says how often a token occurs in a history.
type Count struct {
	ID int
	N  int
}

// refCounts counts the last span tokens of history (all of them if span is 0) and appends one Count per distinct token to
// counts, in ascending order of id.
func refCounts(counts []Count, history []int, span int) []Count {
	if span > 0 && span < len(history) {
		history = history[len(history)-span:]
	}
	start := len(counts)
	for _, id := range history {
		counts = append(counts, Count{ID: id, N: 1})
	}
	run := counts[start:]
	slices.SortFunc(run, func(a, b Count) int { return cmp.Compare(a.ID, b.ID) })
	n := 0
	for _, x := range run {
		if n > 0 && run[n-1].ID == x.ID {
			run[n-1].N++
			continue
		}
		run[n] = x
		n++
	}
	return counts[:start+n]
}

// refRepetition makes the tokens in seen less likely, each once however often it occurs: it divides their positive logits by
// penalty and multiplies the others by it. A penalty of 1 changes nothing; one below 1 makes them more likely instead. The
// candidates are in ascending order of id.
//
// Source: Keskar et al. 2019, "CTRL: A Conditional Transformer Language Model for Controllable Generation", section 4.1,
// with the treatment of negative logits of RepetitionPenaltyLogitsProcessor in Hugging Face transformers.
func refRepetition(c []Candidate, seen []Count, penalty float64) []Candidate {
	if penalty == 1 {
		return c
	}
	for _, x := range seen {
		i := find(c, x.ID)
		if i < 0 {
			continue
		}
		if logit := float64(c[i].Logit); logit > 0 {
			c[i].Logit = saturate(logit / penalty)
		} else {
			c[i].Logit = saturate(logit * penalty)
		}
	}
	return c
}

// refPresenceFrequency subtracts presence + frequency*N from the logit of every token that was seen N times. The candidates are
// in ascending order of id.
//
// Source: presence_penalty and frequency_penalty of the OpenAI API, "Advanced usage: frequency and presence penalties".
func refPresenceFrequency(c []Candidate, seen []Count, presence, frequency float64) []Candidate {
	if presence == 0 && frequency == 0 {
		return c
	}
	for _, x := range seen {
		if i := find(c, x.ID); i >= 0 {
			c[i].Logit = saturate(float64(c[i].Logit) - presence - frequency*float64(x.N))
		}
	}
	return c
}

// refStages passes candidates through stages in an order.
func refStages(c []Candidate, history []int, p Params, names []string) []Candidate {
	byID := func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) }
	for _, name := range names {
		slices.SortFunc(c, byID)
		switch name {
		case "penalties":
			seen := refCounts(nil, history, p.PenaltyRange)
			c = refRepetition(c, seen, p.RepetitionPenalty)
			c = refPresenceFrequency(c, seen, p.PresencePenalty, p.FrequencyPenalty)
		case "no_repeat_ngram":
			c = refNoRepeatNgram(c, history, p.NoRepeatNgram)
		case "temperature":
			c = refTemperature(c, p.Temperature)
		case "top_n_sigma":
			c = refTopNSigma(c, p.TopNSigma)
		case "top_k":
			c = refTopK(c, p.TopK)
		case "typ_p":
			c = refTypical(c, p.TypicalP)
		case "top_p":
			c = refTopP(c, p.TopP)
		case "min_p":
			c = refMinP(c, p.MinP)
		}
	}
	c, _ = refPossible(c)
	slices.SortFunc(c, byID)
	return c
}
