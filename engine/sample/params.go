package sample

import (
	"fmt"
	"math"
)

// Params are the settings of a draw. The zero value is not valid: start from Neutral. Bias and Ban are only read.
type Params struct {
	// Temperature divides the logits: below 1 sharpens, above 1 flattens, 0 is greedy decoding. 0 to 100; off at 1.
	Temperature float64 `json:"temperature"`
	// TopK keeps the K most likely tokens. At least 0; off at 0.
	TopK int `json:"top_k"`
	// TypicalP keeps the most typical tokens that together have this mass. Above 0, at most 1; off at 1.
	TypicalP float64 `json:"typical_p"`
	// TopP keeps the most likely tokens that together have this mass. Above 0, at most 1; off at 1.
	TopP float64 `json:"top_p"`
	// MinP keeps the tokens with at least this fraction of the largest probability. At least 0, below 1; off at 0.
	MinP float64 `json:"min_p"`
	// RepetitionPenalty scales down the logits of tokens seen before. 0.01 to 100; off at 1; below 1 it is a reward.
	RepetitionPenalty float64 `json:"repetition_penalty"`
	// PresencePenalty is subtracted once from the logit of each token seen before. -100 to 100; off at 0.
	PresencePenalty float64 `json:"presence_penalty"`
	// FrequencyPenalty is subtracted from the logit of a token as often as it was seen. -100 to 100; off at 0.
	FrequencyPenalty float64 `json:"frequency_penalty"`
	// PenaltyRange is how many of the last tokens the three penalties look at. At least 0; 0 means all.
	PenaltyRange int `json:"penalty_range"`
	// NoRepeatNgram bans the token that would complete a sequence of this many tokens a second time. At least 0; off at 0.
	NoRepeatNgram int `json:"no_repeat_ngram"`
	// Bias is added to the logits of these tokens. Finite; ids outside the vocabulary have no effect.
	Bias map[int]float64 `json:"bias,omitempty"`
	// Ban lists tokens that are never drawn. Ids outside the vocabulary have no effect.
	Ban []int `json:"ban,omitempty"`
}

// Neutral returns the settings that draw from the model's own distribution: temperature 1 and everything else off.
func Neutral() Params {
	return Params{Temperature: 1, TypicalP: 1, TopP: 1, RepetitionPenalty: 1}
}

// Validate reports the first parameter that is out of its range in one line: its JSON name, its value and the range.
func (p Params) Validate() error {
	switch {
	case !within(p.Temperature, 0, 100):
		return outOfRange("temperature", p.Temperature, "0 to 100")
	case p.TopK < 0:
		return outOfRange("top_k", p.TopK, "0 or more (0 is off)")
	case !(p.TypicalP > 0 && p.TypicalP <= 1):
		return outOfRange("typical_p", p.TypicalP, "above 0 and at most 1 (1 is off)")
	case !(p.TopP > 0 && p.TopP <= 1):
		return outOfRange("top_p", p.TopP, "above 0 and at most 1 (1 is off)")
	case !(p.MinP >= 0 && p.MinP < 1):
		return outOfRange("min_p", p.MinP, "at least 0 and below 1 (0 is off)")
	case !within(p.RepetitionPenalty, 0.01, 100):
		return outOfRange("repetition_penalty", p.RepetitionPenalty, "0.01 to 100 (1 is off)")
	case !within(p.PresencePenalty, -100, 100):
		return outOfRange("presence_penalty", p.PresencePenalty, "-100 to 100 (0 is off)")
	case !within(p.FrequencyPenalty, -100, 100):
		return outOfRange("frequency_penalty", p.FrequencyPenalty, "-100 to 100 (0 is off)")
	case p.PenaltyRange < 0:
		return outOfRange("penalty_range", p.PenaltyRange, "0 or more (0 is all tokens)")
	case p.NoRepeatNgram < 0:
		return outOfRange("no_repeat_ngram", p.NoRepeatNgram, "0 or more (0 is off)")
	}
	for id, bias := range p.Bias {
		if id < 0 {
			return outOfRange("bias", id, "token ids of 0 or more")
		}
		if !within(bias, -math.MaxFloat64, math.MaxFloat64) {
			return outOfRange(fmt.Sprintf("bias of token %d", id), bias, "a finite number")
		}
	}
	for _, id := range p.Ban {
		if id < 0 {
			return outOfRange("ban", id, "token ids of 0 or more")
		}
	}
	return nil
}

// within reports whether x lies in low..high; NaN does not.
func within(x, low, high float64) bool { return x >= low && x <= high }

func outOfRange(name string, value any, allowed string) error {
	return fmt.Errorf("%s is %v, expected %s", name, value, allowed)
}
