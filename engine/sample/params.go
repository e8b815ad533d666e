package sample

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync/atomic"
)

// Params say how tokens are drawn and when a text ends. [Table] has a row for each field but Bias and Ban, with its range. The
// zero value is not valid: start from Neutral or Defaults.
type Params struct {
	// Temperature divides the logits: below 1 sharpens, above 1 flattens, 0 is greedy decoding.
	Temperature float64 `json:"temperature"`
	// TopK keeps the K most likely tokens.
	TopK int `json:"top_k"`
	// TypicalP keeps the most typical tokens that together have this mass.
	TypicalP float64 `json:"typical_p"`
	// TopP keeps the most likely tokens that together have this mass.
	TopP float64 `json:"top_p"`
	// MinP keeps the tokens with at least this fraction of the largest probability.
	MinP float64 `json:"min_p"`
	// TopNSigma keeps the tokens whose logits lie within so many standard deviations of the largest.
	TopNSigma float64 `json:"top_n_sigma,omitempty"`
	// RepetitionPenalty scales down the logits of tokens seen before; below 1 it is a reward.
	RepetitionPenalty float64 `json:"repetition_penalty"`
	// PresencePenalty is subtracted once from the logit of each token seen before.
	PresencePenalty float64 `json:"presence_penalty"`
	// FrequencyPenalty is subtracted from the logit of a token as often as it was seen.
	FrequencyPenalty float64 `json:"frequency_penalty"`
	// PenaltyRange is how many of the last tokens the three penalties look at; 0 means all.
	PenaltyRange int `json:"penalty_range"`
	// NoRepeatNgram bans the token that would complete a sequence of this many tokens a second time.
	NoRepeatNgram int `json:"no_repeat_ngram"`
	// Bias is added to the logits of these tokens. Finite; ids outside the vocabulary have no effect.
	Bias map[int]float64 `json:"bias,omitempty"`
	// Ban lists tokens that are never drawn. Ids outside the vocabulary have no effect.
	Ban []int `json:"ban,omitempty"`

	// Samplers is the order of the stages, by the names of [Samplers]; those that it leaves out are off. None: the usual order.
	Samplers []string `json:"samplers,omitempty"`

	// MaxTokens ends the text after so many tokens; 0: when the context is full.
	MaxTokens int `json:"max_tokens"`
	// MinTokens bans end-of-text before so many tokens, and, unless it is 0, until there is more than white space: a reply
	// that ends at once would leave the user with nothing. So long, line feeds are banned too where a stop string begins with one.
	MinTokens int `json:"min_tokens"`
	// Stop ends the text where one of these strings begins; it is not part of the text.
	Stop []string `json:"stop"`
	// Pace is the most tokens to draw in a second; 0: as many as the machine can.
	Pace float64 `json:"pace,omitempty"`
}

// Neutral returns the parameters that draw from the model's own distribution without a limit: every row at its Off.
func Neutral() Params { return every(func(r *Row) float64 { return r.Off }) }

// Defaults returns the parameters of somebody who set nothing.
func Defaults() Params { return every(func(r *Row) float64 { return r.Default }) }

// every fills in each parameter that is a number or a switch; lists are empty, and not nil, which JSON would show as null.
func every(value func(r *Row) float64) Params {
	var p Params
	for i := range table {
		switch to := table[i].At(&p).(type) {
		case *float64:
			*to = value(&table[i])
		case *int:
			*to = int(value(&table[i]))
		case *[]string:
			*to = []string{}
		}
	}
	return p
}

// Validate reports the first parameter that is out of its range in one line: its JSON name, its value and the range.
func (p *Params) Validate() error {
	for i := range table {
		if err := table[i].check(p); err != nil {
			return err
		}
	}
	for id, bias := range p.Bias {
		if id < 0 {
			return outOfRange("bias", id, "token ids of 0 or more")
		}
		if !(bias >= -math.MaxFloat64 && bias <= math.MaxFloat64) {
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

func outOfRange(name string, value any, allowed string) error {
	return fmt.Errorf("%s: found %v, expected %s", name, value, allowed)
}

func (p Params) clone() *Params {
	p.Stop = slices.Clone(p.Stop)
	p.Ban = slices.Clone(p.Ban)
	p.Samplers = slices.Clone(p.Samplers)
	p.Bias = maps.Clone(p.Bias)
	return &p
}

// Controls holds the parameters of a text that is being written. Any goroutine may read and replace them at any time; the
// writer takes one snapshot before every draw, so a change is in force from the very next token.
type Controls struct {
	current atomic.Pointer[Params]
}

// NewControls starts with p, which should be valid.
func NewControls(p Params) *Controls {
	c := &Controls{}
	c.Store(p)
	return c
}

// Load returns the parameters in force. They must not be changed in place.
func (c *Controls) Load() *Params { return c.current.Load() }

// Store replaces the parameters. It keeps a copy.
func (c *Controls) Store(p Params) { c.current.Store(p.clone()) }
