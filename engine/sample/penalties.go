package sample

import (
	"cmp"
	"slices"
)

// Count says how often a token occurs in a history.
type Count struct {
	ID int
	N  int
}

// Counts counts the last span tokens of history (all of them if span is 0) and appends one Count per distinct token to
// counts, in ascending order of id.
func Counts(counts []Count, history []int, span int) []Count {
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

// Repetition makes the tokens in seen less likely, each once however often it occurs: it divides their positive logits by
// penalty and multiplies the others by it. A penalty of 1 changes nothing; one below 1 makes them more likely instead. The
// candidates are in ascending order of id.
//
// Source: Keskar et al. 2019, "CTRL: A Conditional Transformer Language Model for Controllable Generation", section 4.1,
// with the treatment of negative logits of RepetitionPenaltyLogitsProcessor in Hugging Face transformers.
func Repetition(c []Candidate, seen []Count, penalty float64) []Candidate {
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

// PresenceFrequency subtracts presence + frequency*N from the logit of every token that was seen N times. The candidates are
// in ascending order of id.
//
// Source: presence_penalty and frequency_penalty of the OpenAI API, "Advanced usage: frequency and presence penalties".
func PresenceFrequency(c []Candidate, seen []Count, presence, frequency float64) []Candidate {
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
