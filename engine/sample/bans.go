package sample

import (
	"math"
	"slices"
)

// NoRepeatNgram bans every token that would complete a sequence of n tokens that history holds already: the tokens that
// followed an earlier occurrence of its last n-1 tokens. With n = 1 that is every token of history; 0 is off. The candidates
// are in ascending order of id.
//
// Source: Paulus et al. 2017, "A Deep Reinforced Model for Abstractive Summarization", section 2.5 (there for trigrams);
// NoRepeatNGramLogitsProcessor in Hugging Face transformers.
func NoRepeatNgram(c []Candidate, history []int, n int) []Candidate {
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

// Bias adds to the logits of the tokens in bias. The candidates are in ascending order of id.
//
// Source: logit_bias of the OpenAI API.
func Bias(c []Candidate, bias map[int]float64) []Candidate {
	for id, b := range bias {
		if i := find(c, id); i >= 0 {
			c[i].Logit = saturate(float64(c[i].Logit) + b)
		}
	}
	return c
}

// Ban makes sure that none of these tokens is drawn. The candidates are in ascending order of id.
func Ban(c []Candidate, ids []int) []Candidate {
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
