package sample

import (
	"math"
	"slices"
)

// penalize makes the tokens of the last span of history (all of it if span is 0) less likely.
//
// The repetition penalty divides the positive logit of a token by it and multiplies others with it, once however often the token
// occurs; below 1 it makes the token more likely. Source: Keskar et al. 2019, "CTRL: A Conditional Transformer Language Model for
// Controllable Generation", section 4.1, with the treatment of negative logits of RepetitionPenaltyLogitsProcessor in Hugging Face
// transformers.
//
// The others are subtracted from the logit: presence once, frequency for each time the token occurs. Source: presence_penalty and
// frequency_penalty of the OpenAI API, "Advanced usage: frequency and presence penalties".
func (d *Draw) penalize() {
	p, history := d.Params, d.History
	if span := p.PenaltyRange; span > 0 && span < len(history) {
		history = history[len(history)-span:]
	}
	c, counts := d.Candidates, d.chain.counts[:d.Candidates.vocab]
	for _, id := range history {
		if id >= 0 && id < len(counts) {
			counts[id]++
		}
	}
	for _, id := range history {
		if id < 0 || id >= len(counts) || counts[id] == 0 {
			continue
		}
		n := counts[id]
		counts[id] = 0
		i := c.Find(id)
		if i < 0 {
			continue
		}
		logit := float64(c.Logits[i])
		switch {
		case p.RepetitionPenalty == 1:
		case logit > 0:
			logit = float64(saturate(logit / p.RepetitionPenalty))
		default:
			logit = float64(saturate(logit * p.RepetitionPenalty))
		}
		if p.PresencePenalty != 0 || p.FrequencyPenalty != 0 {
			logit -= p.PresencePenalty + p.FrequencyPenalty*float64(n)
		}
		c.Logits[i] = saturate(logit)
	}
	c.Changed()
}

// saturate converts x to float32; finite values beyond the range of float32 become its largest finite value.
func saturate(x float64) float32 {
	if math.IsInf(x, 0) {
		return float32(x)
	}
	return float32(max(-math.MaxFloat32, min(math.MaxFloat32, x)))
}

// noRepeatNgram drops every token that would complete a sequence of n tokens that the history holds already: the tokens that
// followed an earlier occurrence of its last n-1 tokens. With n = 1 that is every token of the history.
//
// Source: Paulus et al. 2017, "A Deep Reinforced Model for Abstractive Summarization", section 2.5 (there for trigrams);
// NoRepeatNGramLogitsProcessor in Hugging Face transformers.
func (d *Draw) noRepeatNgram() {
	n, history := d.Params.NoRepeatNgram, d.History
	if n > len(history) {
		return
	}
	suffix := history[len(history)-n+1:]
	for start := 0; start+n <= len(history); start++ {
		last := start + n - 1
		if slices.Equal(history[start:last], suffix) {
			d.drop(history[last])
		}
	}
}

// ban adds the bias and drops the tokens that are not to be drawn.
//
// Source: logit_bias of the OpenAI API.
func (d *Draw) ban() {
	for id, bias := range d.Params.Bias {
		if i := d.Candidates.Find(id); i >= 0 {
			d.Candidates.Logits[i] = saturate(float64(d.Candidates.Logits[i]) + bias)
			d.Candidates.Changed()
		}
	}
	for at, id := range d.Tired {
		if i := d.Candidates.Find(id); i >= 0 && !slices.Contains(d.Tired[:at], id) {
			d.Candidates.Logits[i] = saturate(float64(d.Candidates.Logits[i]) - d.Weary)
			d.Candidates.Changed()
		}
	}
	for _, id := range d.Params.Ban {
		d.drop(id)
	}
	for _, id := range d.Banned {
		d.drop(id)
	}
}

// drop takes a token out.
func (d *Draw) drop(id int) {
	if i := d.Candidates.Find(id); i >= 0 {
		d.Candidates.Drop(i)
	}
}
