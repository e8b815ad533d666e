package sample

import (
	"cmp"
	"math"
	"slices"

	"inkling/engine/kernel"
)

// shortlist returns the candidates among which p draws, in ascending order of id: all of them, or, where only the k likeliest
// are to stay, those that can be among them. To list and process a vocabulary of 50,257 takes 240 µs, this some 10.
//
// Penalties, bans and bias change the logits of the tokens that they name and leave the others alone. So of the n tokens
// named, and of the k+n likeliest others before any change, at least k stand above every token that is left out.
func (s *Sampler) shortlist(logits []float32, history []int, p *Params) []Candidate {
	k := p.TopK
	if p.Temperature == 0 {
		k = 1
	}
	s.named = s.named[:0]
	if k > 0 {
		s.named = p.name(s.named, history)
	}
	enough := k + len(s.named) + 1 // TopK orders what is more than k
	if k == 0 || enough > len(logits)/8 {
		return candidates(slices.Grow(s.candidates[:0], len(logits))[:len(logits)], logits)
	}
	s.best = best(s.best[:0], logits, enough)
	c := s.candidates[:0]
	// Division by the temperature rounds: what is less than a rounding below the last may come to stand beside it.
	least, top := s.best[0].Logit, s.best[0].Logit
	for _, x := range s.best {
		top = max(top, x.Logit)
	}
	least -= (top - least) * 0x1p-20
	eachAbove(logits, least, func(id int, logit float32) float32 {
		c = append(c, Candidate{ID: id, Logit: logit})
		return least
	})
	for _, id := range s.named {
		if id >= 0 && id < len(logits) {
			c = append(c, Candidate{ID: id, Logit: logits[id]})
		}
	}
	slices.SortFunc(c, func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(c, func(a, b Candidate) bool { return a.ID == b.ID })
}

// name appends the ids whose logits the parameters may change.
func (p *Params) name(ids []int, history []int) []int {
	if p.RepetitionPenalty != 1 || p.PresencePenalty != 0 || p.FrequencyPenalty != 0 {
		span := len(history)
		if p.PenaltyRange > 0 {
			span = min(span, p.PenaltyRange)
		}
		ids = append(ids, history[len(history)-span:]...)
	}
	if p.NoRepeatNgram > 0 {
		ids = append(ids, history...)
	}
	for id := range p.Bias {
		ids = append(ids, id)
	}
	ids = append(ids, p.Ban...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// best appends the n likeliest candidates to c, as a heap with the least likely first. NaN is never among them unless there
// is not enough else.
func best(c []Candidate, logits []float32, n int) []Candidate {
	for id, logit := range logits[:n] {
		if !drawable(logit) {
			logit = float32(math.Inf(-1)) // NaN has no place in an order
		}
		c = append(c, Candidate{ID: id, Logit: logit})
	}
	heapify(c, lessLikely)
	eachAbove(logits[n:], c[0].Logit, func(i int, logit float32) float32 {
		if x := (Candidate{ID: n + i, Logit: logit}); moreLikely(x, c[0]) {
			c[0] = x
			sift(c, 0, lessLikely)
		}
		return c[0].Logit
	})
	return c
}

// eachAbove calls f for each logit that is at least a bound, in order; f returns the bound from there on. Blocks that stay
// below it are passed over.
func eachAbove(logits []float32, bound float32, f func(id int, logit float32) float32) {
	const block = 64
	for from := 0; from < len(logits); from += block {
		part := logits[from:min(from+block, len(logits))]
		if kernel.Max(part) < bound {
			continue
		}
		for i, logit := range part {
			if logit >= bound {
				bound = f(from+i, logit)
			}
		}
	}
}
